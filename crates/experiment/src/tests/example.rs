//! The worked example of docs/experimental-ciphers.md: ChaCha20 in a text that can be read.

use super::{assembled, installed, letter, read};
use crate::{CipherId, KnownAnswer, Registry};

const TEXT: &str = include_str!("../../ciphers/example-chacha20.wat");
/// As it stands in docs/experimental-ciphers.md.
const DIGEST: &str = "f4611218fdd0762ef0f93b1ef7b63a9d0bb4bdf3a1c12a49674408facf9b6847";

const SUNSCREEN: &[u8] =
    b"Ladies and Gentlemen of the class of '99: If I could offer you only one \
    tip for the future, sunscreen would be it.";

#[test]
fn the_text_gives_the_module_that_the_page_names() {
    let module = assembled(TEXT);
    assert_eq!(CipherId::of(&module).to_string(), DIGEST);
    let page = include_str!("../../../../docs/experimental-ciphers.md");
    assert!(page.contains(DIGEST), "the page names another digest");
    let cipher = installed(&module).unwrap();
    assert_eq!(cipher.name(), "example-chacha20");
    assert_eq!((cipher.key_octets(), cipher.nonce_octets(), cipher.overhead()), (32, 12, 0));
}

#[test]
fn rfc_8439_2_4_2_sunscreen() {
    let cipher = installed(&assembled(TEXT)).unwrap();
    let key: Vec<u8> = (0..32).collect();
    let nonce = hex::decode("000000000000004a00000000").unwrap();
    let ciphertext = hex::decode(
        "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab\
         8f593dabcd62b3571639d624e65152ab8f530c359f0861d807ca0dbf500d6a6156a38e088a22b65e\
         52bc514d16ccf806818ce91ab77937365af90bbf74a35be6b40b8eedf2785e42874d",
    )
    .unwrap();
    let answer =
        KnownAnswer { key: &key, nonce: &nonce, plaintext: SUNSCREEN, ciphertext: &ciphertext };
    assert_eq!(cipher.gives(&answer), Ok(true));
    // Any other octet, and a key of another length, is not that answer.
    let mut other = ciphertext.clone();
    other[113] ^= 1;
    assert_eq!(cipher.gives(&KnownAnswer { ciphertext: &other, ..answer }), Ok(false));
    assert_eq!(cipher.gives(&KnownAnswer { key: &key[1..], ..answer }), Ok(false));
}

#[test]
fn rfc_8439_a_2_vectors_with_counter_one() {
    // Appendix A.2 test vector 2: 375 octets, so that the last block is a part of one.
    let cipher = installed(&assembled(TEXT)).unwrap();
    let mut key = [0; 32];
    key[31] = 1;
    let nonce = hex::decode("000000000000000000000002").unwrap();
    let plaintext =
        b"Any submission to the IETF intended by the Contributor for publication as all \
        or part of an IETF Internet-Draft or RFC and any statement made within the context of an \
        IETF activity is considered an \"IETF Contribution\". Such statements include oral \
        statements in IETF sessions, as well as written and electronic communications made at any \
        time or place, which are addressed to";
    let ciphertext = hex::decode(
        "a3fbf07df3fa2fde4f376ca23e82737041605d9f4f4f57bd8cff2c1d4b7955ec2a97948bd3722915\
         c8f3d337f7d370050e9e96d647b7c39f56e031ca5eb6250d4042e02785ececfa4b4bb5e8ead0440e\
         20b6e8db09d881a7c6132f420e52795042bdfa7773d8a9051447b3291ce1411c680465552aa6c405\
         b7764d5e87bea85ad00f8449ed8f72d0d662ab052691ca66424bc86d2df80ea41f43abf937d3259d\
         c4b2d0dfb48a6c9139ddd7f76966e928e635553ba76c5c879d7b35d49eb2e62b0871cdac638939e2\
         5e8a1e0ef9d5280fa8ca328b351c3c765989cbcf3daa8b6ccc3aaf9f3979c92b3720fc88dc95ed84\
         a1be059c6499b9fda236e7e818b04b0bc39c1e876b193bfe5569753f88128cc08aaa9b63d1a16f80\
         ef2554d7189c411f5869ca52c5b83fa36ff216b9c1d30062bebcfd2dc5bce0911934fda79a86f6e6\
         98ced759c3ff9b6477338f3da4f9cd8514ea9982ccafb341b2384dd902f3d1ab7ac61dd29c6f21ba\
         5b862f3730e37cfdc4fd806c22f221",
    )
    .unwrap();
    let answer = KnownAnswer { key: &key, nonce: &nonce, plaintext, ciphertext: &ciphertext };
    assert_eq!(cipher.gives(&answer), Ok(true));
}

#[test]
fn letters_of_every_length_around_a_block_come_back() {
    let module = assembled(TEXT);
    let mut registry = Registry::default();
    let id = registry.install(CipherId::of(&module), &module).unwrap().id();
    for octets in [0, 1, 63, 64, 65, 127, 128, 129, 70_000] {
        let content: Vec<u8> = (0..=255).cycle().take(octets).collect();
        let message = letter(registry.get(id).unwrap(), &content).unwrap();
        let opened = read(&message, &registry).unwrap();
        assert_eq!(*opened.content, content);
        assert_eq!(opened.cipher, Some(id));
    }
}
