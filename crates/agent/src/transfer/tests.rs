use super::*;
use crate::testing::vault;

fn files(place: &tempfile::TempDir) -> usize {
    std::fs::read_dir(place.path().join("bodies")).unwrap().count()
}

#[test]
fn what_is_uploaded_from_files_is_the_framed_message_in_small_pieces() {
    let place = tempfile::tempdir().unwrap();
    let vault = vault(&place);
    let parts = [vec![7; 3 * limits::PIECE_OCTETS + 1], Vec::new(), vec![9; 10]];
    let stored = parts.iter().map(|part| vault.bodies().store(part).unwrap().digest);
    let stored: Vec<Digest> = stored.map(Digest::from_array).collect();
    let framed = Framed::of(b"{}", &stored, vault.bodies()).unwrap();
    let announced = framed.octets();
    let pieces: Vec<Vec<u8>> = framed.into_pieces().map(Result::unwrap).collect();
    assert!(pieces.iter().all(|piece| piece.len() <= limits::PIECE_OCTETS));
    let message = pieces.concat();
    assert_eq!(announced, message.len() as u64, "the length is known before");
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    assert!(message == framing::frame(b"{}", &parts), "the same octets as in memory");
}

#[test]
fn a_damaged_or_missing_body_is_found_before_anything_is_uploaded() {
    let place = tempfile::tempdir().unwrap();
    let vault = vault(&place);
    let id = vault.bodies().store(b"ciphertext").unwrap();
    let digest = Digest::from_array(id.digest);
    std::fs::write(place.path().join("bodies").join(digest.hex()), b"ciphertexT").unwrap();
    let code = |digest| Framed::of(b"{}", &[digest], vault.bodies()).err().unwrap().code();
    assert_eq!(code(digest), "body-tampered");
    assert_eq!(code(Digest::of(b"nowhere")), "body-missing");
}

#[test]
fn agt_006_a_ciphertext_of_another_length_or_digest_than_announced_is_not_kept() {
    let place = tempfile::tempdir().unwrap();
    let vault = vault(&place);
    let announced = PartDigest::of(b"body");
    let arrives = |pieces: &[&[u8]]| {
        let mut arriving = Arriving::new(vault.bodies(), announced)?;
        for piece in pieces {
            arriving.take(piece)?;
        }
        arriving.finish()
    };
    let others: [&[&[u8]]; 5] = [&[b"bo", b"dY"], &[b"bod"], &[], &[b"body", b" "], &[b"bodybody"]];
    for other in others {
        assert_eq!(arrives(other).err().unwrap().code(), "body-digest-differs");
        assert_eq!(files(&place), 0, "nothing stays");
    }
    arrives(&[b"bo", b"", b"dy"]).unwrap();
    assert_eq!(vault.bodies().read(announced.sha256.as_array()).unwrap(), b"body");
}

#[test]
fn a_ciphertext_that_could_not_be_opened_here_is_not_fetched() {
    let place = tempfile::tempdir().unwrap();
    let vault = vault(&place);
    let octets = limits::CIPHERTEXT_OCTETS_MAX + 1;
    let announced = PartDigest { octets, ..PartDigest::of(b"body") };
    let error = Arriving::new(vault.bodies(), announced).err().unwrap();
    assert_eq!(error.code(), "body-too-large");
    assert_eq!(files(&place), 0);
}
