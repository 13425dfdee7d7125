//! Known answers for every primitive of every suite, computed here and now by the back-end of this
//! machine: a library that was built wrong, or a processor that computes wrong, is found before a
//! letter is.
//!
//! The vectors are of standards and of Wycheproof (`vectors.txt`). Signatures are judged both ways: a
//! known one must verify, and the same with one octet changed must not.

use aes_kw::{KeyInit, KwAes256};

use crate::backend::{self, Agreement, COMPOSITE_SEED_OCTETS, Composite, Curve, RsaDecryption};
use crate::cbc::{BLOCK_OCTETS, CbcDecryptor, CbcEncryptor};
use crate::digest::DigestAlgorithm;
use crate::gcm::{AesKey, aead_open, aead_seal};
use crate::kdf::{hkdf_sha256, hmac_sha256, x963};
use crate::policy::{ContentEncryption, ContentMac, KeyEstablishment, SignatureAlgorithm, Suite};

/// What came of one primitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The known one.
    Right,
    /// Another: nothing that rests on it may be used on this machine.
    Wrong,
    /// This release, or this machine's back-end, does not have the primitive.
    NotHere,
}

impl Answer {
    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::NotHere => "not-here",
        }
    }

    fn of(right: bool) -> Self {
        if right { Self::Right } else { Self::Wrong }
    }
}

/// One primitive that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Its name in the policy, or of the standard.
    pub primitive: &'static str,
    /// Where the known answer is from.
    pub source: &'static str,
    /// What came.
    pub answer: Answer,
}

/// Tries every primitive of a suite, each once.
pub fn try_suite(suite: &Suite) -> Vec<Tried> {
    let vectors = Vectors::of(VECTORS);
    let mut tried: Vec<Tried> = Vec::new();
    for one in primitives(suite) {
        if tried.iter().all(|before| before.primitive != one.name) {
            let (answer, source) = ((one.run)(&vectors), one.source);
            tried.push(Tried { primitive: one.name, source, answer });
        }
    }
    tried
}

/// How a primitive is tried.
struct Primitive {
    name: &'static str,
    source: &'static str,
    run: fn(&Vectors<'_>) -> Answer,
}

const WYCHEPROOF: &str = "Wycheproof";

/// What a suite is made of, in the order in which a letter is: sign, encrypt, establish the key.
fn primitives(suite: &Suite) -> Vec<Primitive> {
    let mut all = Vec::new();
    for algorithm in suite.signatures.iter().flat_map(|way| *way) {
        all.push(digest(algorithm.digest()));
        all.push(signature(*algorithm));
    }
    all.push(content(suite.content));
    if suite.mac == Some(ContentMac::HmacSha256) {
        all.push(HMAC);
    }
    for way in suite.establishment {
        all.extend(establishment(*way));
    }
    all
}

fn digest(algorithm: DigestAlgorithm) -> Primitive {
    let run: fn(&Vectors<'_>) -> Answer = match algorithm {
        DigestAlgorithm::Sha256 => |it| hashes(it, DigestAlgorithm::Sha256, "sha256"),
        DigestAlgorithm::Sha512 => |it| hashes(it, DigestAlgorithm::Sha512, "sha512"),
        // No suite signs with it.
        DigestAlgorithm::Sha384 => |_| Answer::NotHere,
    };
    Primitive { name: algorithm.name(), source: "FIPS 180-4", run }
}

fn hashes(vectors: &Vectors<'_>, algorithm: DigestAlgorithm, known: &str) -> Answer {
    Answer::of(algorithm.of(&vectors.octets("sha_message")) == vectors.octets(known))
}

fn signature(algorithm: SignatureAlgorithm) -> Primitive {
    let run: fn(&Vectors<'_>) -> Answer = match algorithm {
        SignatureAlgorithm::EcdsaP256Sha256 => {
            |it| verifies(it, SignatureAlgorithm::EcdsaP256Sha256, "ecdsa_p256")
        }
        SignatureAlgorithm::Ed25519 => |it| verifies(it, SignatureAlgorithm::Ed25519, "ed25519"),
        SignatureAlgorithm::MlDsa65 => |it| verifies(it, SignatureAlgorithm::MlDsa65, "ml_dsa_65"),
        SignatureAlgorithm::RsaPkcs1Sha256 if HAS_RSA => {
            |it| verifies(it, SignatureAlgorithm::RsaPkcs1Sha256, "rsa_pkcs1")
        }
        // No suite signs with the others.
        _ => |_| Answer::NotHere,
    };
    Primitive { name: algorithm.name(), source: WYCHEPROOF, run }
}

fn verifies(vectors: &Vectors<'_>, algorithm: SignatureAlgorithm, name: &str) -> Answer {
    let part = |part| vectors.octets(&format!("{name}_{part}"));
    let (key, message, signature) = (part("key"), part("message"), part("signature"));
    let mut changed = signature.clone();
    if let Some(octet) = changed.last_mut() {
        *octet ^= 1;
    }
    let verify = |signature: &[u8]| backend::verify(algorithm, &key, &message, signature);
    Answer::of(verify(&signature) && !verify(&changed))
}

fn content(algorithm: ContentEncryption) -> Primitive {
    let run: fn(&Vectors<'_>) -> Answer = match algorithm {
        ContentEncryption::Aes256Gcm => seals,
        ContentEncryption::Aes256Cbc => chains,
        // No suite uses AES-128.
        _ => |_| Answer::NotHere,
    };
    let source = match algorithm {
        ContentEncryption::Aes256Cbc => "SP 800-38A F.2.5",
        _ => WYCHEPROOF,
    };
    Primitive { name: algorithm.name(), source, run }
}

fn seals(vectors: &Vectors<'_>) -> Answer {
    let parts = ["gcm_aad", "gcm_plaintext", "gcm_sealed"].map(|name| vectors.octets(name));
    let (Some(key), Some(nonce)) = (vectors.array("gcm_key"), vectors.array("gcm_nonce")) else {
        return Answer::Wrong;
    };
    let [aad, plaintext, sealed] = parts;
    let mut changed = sealed.clone();
    if let Some(octet) = changed.last_mut() {
        *octet ^= 1;
    }
    let opened = aead_open(&key, &nonce, &aad, &sealed);
    Answer::of(
        aead_seal(&key, &nonce, &aad, &plaintext) == sealed
            && opened.is_ok_and(|opened| *opened == plaintext)
            && aead_open(&key, &nonce, &aad, &changed).is_err(),
    )
}

fn chains(vectors: &Vectors<'_>) -> Answer {
    let (Some(key), Some(iv)) = (vectors.array::<32>("cbc_key"), vectors.array("cbc_iv")) else {
        return Answer::Wrong;
    };
    let (plaintext, known) = (vectors.octets("cbc_plaintext"), vectors.octets("cbc_ciphertext"));
    let mut octets = plaintext.clone();
    let mut encryptor = CbcEncryptor::new(AesKey::Aes256(&key), &iv);
    octets.chunks_mut(BLOCK_OCTETS).for_each(|block| encryptor.encrypt(block));
    let right = !known.is_empty() && octets == known;
    CbcDecryptor::new(AesKey::Aes256(&key), &iv).decrypt(&mut octets);
    Answer::of(right && octets == plaintext)
}

const HMAC: Primitive = Primitive {
    name: ContentMac::HmacSha256.name(),
    source: "RFC 4231 §4.3",
    run: |it| {
        let code = hmac_sha256(&it.octets("hmac_key"), &it.octets("hmac_message"));
        Answer::of(code[..] == it.octets("hmac_code"))
    },
};

const HKDF: Primitive = Primitive {
    name: "hkdf-sha256",
    source: "RFC 5869 A.1",
    run: |it| {
        let known = it.octets("hkdf_okm");
        let mut made = vec![0; known.len()];
        let [salt, ikm, info] = ["hkdf_salt", "hkdf_ikm", "hkdf_info"].map(|name| it.octets(name));
        hkdf_sha256(&salt, &ikm, &info, &mut made);
        Answer::of(!known.is_empty() && made == known)
    },
};

const X963: Primitive = Primitive {
    name: "x963-kdf-sha256",
    source: "NIST CAVP",
    run: |it| {
        let made = x963(DigestAlgorithm::Sha256, &it.octets("x963_secret"), &[], 32);
        Answer::of(made[..] == it.octets("x963_key"))
    },
};

const WRAP: Primitive = Primitive {
    name: "aes-256-wrap",
    source: "RFC 3394 §4.6",
    run: |it| {
        let Some(kek) = it.array::<32>("wrap_kek") else { return Answer::Wrong };
        let (key, wrapped) = (it.octets("wrap_key"), it.octets("wrap_wrapped"));
        let cipher = KwAes256::new(&kek.into());
        let (mut made, mut back) = (vec![0; wrapped.len()], vec![0; key.len()]);
        let right = cipher.wrap_key(&key, &mut made).is_ok_and(|made| made == wrapped)
            && cipher.unwrap_key(&wrapped, &mut back).is_ok_and(|back| back == key);
        Answer::of(right)
    },
};

/// The key, how it is derived, and how it is wrapped.
fn establishment(way: KeyEstablishment) -> Vec<Primitive> {
    let with = |source, run: fn(&Vectors<'_>) -> Answer, more: Vec<Primitive>| {
        let mut all = vec![Primitive { name: way.name(), source, run }];
        all.extend(more);
        all
    };
    match way {
        KeyEstablishment::EcdhP256 => {
            with(WYCHEPROOF, |it| agrees(it, Curve::P256, "ecdh_p256"), vec![X963, WRAP])
        }
        KeyEstablishment::X25519 => {
            with("RFC 7748 §6.1", |it| agrees(it, Curve::X25519, "x25519"), vec![HKDF, WRAP])
        }
        KeyEstablishment::MlKem768X25519 => {
            with("draft-connolly-cfrg-xwing-kem", decapsulates, vec![HKDF, WRAP])
        }
        KeyEstablishment::RsaOaepSha256 => with(WYCHEPROOF, decrypts_oaep, Vec::new()),
        KeyEstablishment::RsaPkcs1 => with(WYCHEPROOF, decrypts_pkcs1, Vec::new()),
        // No suite establishes keys like this.
        KeyEstablishment::EcdhP384 | KeyEstablishment::MlKem768 | KeyEstablishment::MlKem1024 => {
            with("-", |_| Answer::NotHere, Vec::new())
        }
    }
}

fn agrees(vectors: &Vectors<'_>, curve: Curve, name: &str) -> Answer {
    let part = |part| vectors.octets(&format!("{name}_{part}"));
    let own = Agreement::new(curve, &part("private"));
    let agreed = own.and_then(|own| own.agree(&part("public")));
    Answer::of(agreed.is_some_and(|agreed| *agreed == part("shared")))
}

fn decapsulates(vectors: &Vectors<'_>) -> Answer {
    let seed = vectors.array::<COMPOSITE_SEED_OCTETS>("composite_seed");
    let key = seed.and_then(|seed| Composite::new(&seed));
    let secret = key.and_then(|key| key.decapsulate(&vectors.octets("composite_ciphertext")));
    Answer::of(secret.is_some_and(|secret| secret[..] == vectors.octets("composite_shared")))
}

fn decrypts_oaep(vectors: &Vectors<'_>) -> Answer {
    if !HAS_RSA {
        return Answer::NotHere;
    }
    let key = RsaDecryption::new(&vectors.octets("rsa_oaep_key"));
    let opened = key.and_then(|key| key.decrypt_oaep(&vectors.octets("rsa_oaep_ciphertext")));
    Answer::of(opened.is_some_and(|opened| *opened == vectors.octets("rsa_oaep_plaintext")))
}

fn decrypts_pkcs1(vectors: &Vectors<'_>) -> Answer {
    if !HAS_RSA {
        return Answer::NotHere;
    }
    let known = vectors.octets("rsa_v15_plaintext");
    let key = RsaDecryption::new(&vectors.octets("rsa_v15_key"));
    let ciphertext = vectors.octets("rsa_v15_ciphertext");
    // Nothing would be decrypted to nothing by whatever key.
    let decrypts = |key: RsaDecryption| *key.decrypt_pkcs1(&ciphertext, known.len()) == known;
    Answer::of(!known.is_empty() && key.is_some_and(decrypts))
}

/// The portable back-end has no RSA.
const HAS_RSA: bool = cfg!(not(target_arch = "wasm32"));

/// Names and hexadecimal octets of a text.
struct Vectors<'a>(&'a str);

impl<'a> Vectors<'a> {
    const fn of(text: &'a str) -> Self {
        Self(text)
    }

    /// The octets with this name. None at all if there are none, which is never the right answer.
    fn octets(&self, name: &str) -> Vec<u8> {
        let mut lines = self.0.lines();
        let found = lines.by_ref().any(|line| line.strip_suffix(':') == Some(name));
        let digits = lines.map_while(|line| line.strip_prefix("  "));
        let digits: Vec<u8> = digits.filter(|_| found).flat_map(str::bytes).collect();
        let value = |digit: u8| char::from(digit).to_digit(16).unwrap_or_default() as u8;
        digits.chunks(2).map(|pair| pair.iter().fold(0, |sum, it| sum << 4 | value(*it))).collect()
    }

    fn array<const N: usize>(&self, name: &str) -> Option<[u8; N]> {
        self.octets(name).try_into().ok()
    }
}

const VECTORS: &str = include_str!("vectors.txt");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::AlgorithmPolicy;

    fn answers(text: &str) -> Vec<(&'static str, Answer)> {
        let vectors = Vectors::of(text);
        let suites = AlgorithmPolicy::current().suites().iter();
        suites.flat_map(primitives).map(|it| (it.name, (it.run)(&vectors))).collect()
    }

    #[test]
    fn every_primitive_of_every_suite_gives_its_known_answer() {
        for (name, answer) in answers(VECTORS) {
            let here = HAS_RSA || !name.starts_with("rsa");
            assert_eq!(answer, if here { Answer::Right } else { Answer::NotHere }, "{name}");
        }
        let tried = try_suite(&AlgorithmPolicy::current().suites()[0]);
        let names: Vec<_> = tried.iter().map(|tried| tried.primitive).collect();
        let expected = [
            "sha256",
            "ecdsa-p256-sha256",
            "sha512",
            "ml-dsa-65",
            "aes-256-gcm",
            "ml-kem-768-x25519",
            "hkdf-sha256",
            "aes-256-wrap",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_wrong_answer_is_found_wherever_it_is() {
        // Every vector in turn with its last octet changed, or gone: some primitive notices.
        let names = VECTORS.lines().filter_map(|line| line.strip_suffix(':'));
        let tried = |name: &&str| HAS_RSA || !name.starts_with("rsa");
        for name in names.filter(|name| !name.starts_with('#')).filter(tried) {
            let at = VECTORS.find(&format!("\n{name}:\n")).unwrap() + name.len() + 3;
            let end = at + VECTORS[at..].find("\n\n").unwrap_or(VECTORS.len() - at);
            let end = VECTORS[at..end]
                .find(":\n")
                .map_or(end, |colon| at + VECTORS[at..at + colon].rfind('\n').unwrap());
            let digits = VECTORS[at..end].trim_end();
            let (rest, last) = digits.split_at(digits.len() - 1);
            let last = if last == "0" { "1" } else { "0" };
            let changed =
                format!("{}{rest}{last}{}", &VECTORS[..at], &VECTORS[at + digits.len()..]);
            let gone = VECTORS.replace(&format!("\n{name}:\n"), "\nnobody:\n");
            for text in [changed, gone] {
                let wrong = answers(&text).iter().any(|(_, answer)| *answer == Answer::Wrong);
                assert!(wrong, "{name}");
            }
        }
    }
}
