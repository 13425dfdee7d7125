//! Signers with every kind of key.

use std::fs;
use std::path::Path;

use super::*;
use crate::certificate::Certificate;
use crate::digest::DigestAlgorithm;
use crate::issue::{self, Issuer, Profile, Validity};
use crate::keys::SignatureScheme;
use crate::policy::SignatureAlgorithm;
use crate::testing::{RSA_EXISTS, openssl, openssl_agrees};
use crate::tsp::{TimeStampAuthority, token_from_response};

pub(super) const SCHEMES: [(SignatureScheme, DigestAlgorithm, &str); if RSA_EXISTS {
    5
} else {
    4
}] = [
    (SignatureScheme::P256, DigestAlgorithm::Sha256, "ecdsa-p256-sha256"),
    (SignatureScheme::P384, DigestAlgorithm::Sha384, "ecdsa-p384-sha384"),
    (SignatureScheme::Ed25519, DigestAlgorithm::Sha512, "ed25519"),
    (SignatureScheme::MlDsa65, DigestAlgorithm::Sha512, "ml-dsa-65"),
    #[cfg(not(target_arch = "wasm32"))]
    (SignatureScheme::Rsa3072, DigestAlgorithm::Sha256, "rsa-pss-sha256-3072"),
];

/// Anna with another kind of key, certified by the same root.
pub(super) struct Signer {
    pub(super) key: SigningKey,
    pub(super) certificate: Certificate,
}

impl Signer {
    pub(super) fn new(scheme: SignatureScheme) -> Self {
        let anna = Profile::PersonSignature {
            name: "Anna",
            address: "anna@north.example",
            organisation: None,
        };
        Self::certified(scheme, anna)
    }

    pub(super) fn certified(scheme: SignatureScheme, profile: Profile<'_>) -> Self {
        let key = SigningKey::generate_for(scheme, &mut rng()).unwrap();
        let issuer = Issuer { certificate: &HOUSE.root, key: &HOUSE.root_key };
        let validity = Validity { not_before: NOW - DAY, not_after: NOW + 300 * DAY };
        let certificate =
            issue::issue(issuer, profile, &key.spki_der(), validity, &mut rng()).unwrap();
        Self { key, certificate }
    }

    fn content(&self) -> ContentRef {
        ContentRef::with(CONTENT, &digests_for(&[&self.certificate]))
    }

    pub(super) fn signs(&self) -> Signature {
        self.signs_what(self.content())
    }

    pub(super) fn signs_what(&self, content: ContentRef) -> Signature {
        let at = ClaimedTime::from_unix(NOW);
        let asked = request_signature(content, None, &self.certificate, at, &[]);
        let answer = self.key.answer(&asked);
        asked.answered(answer).unwrap()
    }

    pub(super) fn moves_into(&self, folder: &Path) {
        let pem = |label, der: &[u8]| {
            der::pem::encode_string(label, der::pem::LineEnding::LF, der).unwrap()
        };
        fs::write(folder.join("root.pem"), HOUSE.root.to_pem()).unwrap();
        fs::write(folder.join("signer.pem"), self.certificate.to_pem()).unwrap();
        fs::write(folder.join("signer.key"), pem("PRIVATE KEY", &self.key.to_pkcs8_der())).unwrap();
        fs::write(folder.join("content"), CONTENT).unwrap();
    }
}

#[test]
fn every_kind_of_key_signs_with_the_digest_that_goes_with_it() {
    let v = HOUSE.verification();
    for (scheme, digest, label) in SCHEMES {
        let signer = Signer::new(scheme);
        assert_eq!(digests_for(&[&signer.certificate, &signer.certificate]), [digest]);
        let signature = signer.signs();
        let attached = signature.attached(CONTENT, &[], &[]);
        let verified = verify_attached(&attached, &v).passed().unwrap();
        let algorithms = &verified.finding().algorithms;
        assert_eq!(algorithms[0], "ecdsa-p256-sha256", "the root's");
        assert!(algorithms.contains(&label.to_owned()), "{algorithms:?}");
        assert!(algorithms.contains(&digest.name().to_owned()), "{algorithms:?}");
        assert!(verify_foreign(&attached, &v).passed().is_ok());

        let detached = signature.detached(&[], &[]);
        let verified = verify_detached_content(&detached, signer.content(), &v).passed().unwrap();
        assert_eq!(verified.get().digest(), sha256(CONTENT));
        let other = ContentRef::with(b"other", &[digest]);
        let refused = verify_detached_content(&detached, other, &v);
        assert_eq!(code(&refused), ("TOTAL-FAILED", "HASH_FAILURE"));
        // CMS-123: by a digest that was not computed nobody can say anything.
        let refused = verify_detached(&detached, sha256(CONTENT), &v);
        let expected = if digest == DigestAlgorithm::Sha256 {
            ("TOTAL-PASSED", "")
        } else {
            ("INDETERMINATE", "SIGNED_DATA_NOT_FOUND")
        };
        assert_eq!(code(&refused), expected);
    }
}

#[test]
fn no_changed_octet_of_a_message_signed_by_any_kind_of_key_is_accepted() {
    let v = HOUSE.verification();
    for (scheme, _, label) in SCHEMES {
        let message = Signer::new(scheme).signs().attached(CONTENT, &[], &[]);
        let step = message.len() / 150 + 1;
        for (at, changed) in flipped(&message).step_by(step) {
            assert!(verify_attached(&changed, &v).passed().is_err(), "{label}, octet {at}");
            assert!(verify_foreign(&changed, &v).passed().is_err(), "{label}, octet {at}");
        }
    }
}

#[test]
fn cms_210_an_algorithm_or_a_digest_that_does_not_fit_is_refused_before_anybody_signs() {
    let at = ClaimedTime::from_unix(NOW);
    let ask = |algorithm, content, certificate: &Certificate| {
        request_signature_with(algorithm, content, None, certificate, at, &[])
    };
    let ed25519 = Signer::new(SignatureScheme::Ed25519);
    let bare = ContentRef::of(CONTENT);
    let missing = ask(None, bare, &ed25519.certificate).err().unwrap();
    assert_eq!(missing, RequestError::DigestMissing(DigestAlgorithm::Sha512));
    assert_eq!(missing.code(), "content-digest-missing");
    let ecdsa = Some(SignatureAlgorithm::EcdsaP256Sha256);
    let unfit = ask(ecdsa, ed25519.content(), &ed25519.certificate).err();
    assert_eq!(unfit, Some(RequestError::SignerKey));
    let asked = ask(None, ed25519.content(), &ed25519.certificate).unwrap();
    assert_eq!(asked.algorithm(), SignatureAlgorithm::Ed25519);
    let answer = ed25519.key.answer(&asked);
    assert!(asked.answered(answer).is_ok());
    // HOUSE.bert is for encryption; his kind of key would sign all the same, X25519 never does.
    let x25519 =
        crate::keys::DecryptionKey::generate_for(crate::keys::DecryptionScheme::X25519, &mut rng());
    let issuer = Issuer { certificate: &HOUSE.root, key: &HOUSE.root_key };
    let reader =
        Profile::PersonEncryption { name: "Bert", address: "b@s.example", organisation: None };
    let validity = Validity { not_before: NOW - DAY, not_after: NOW + DAY };
    let spki_der = x25519.unwrap().spki_der();
    let certificate = issue::issue(issuer, reader, &spki_der, validity, &mut rng()).unwrap();
    assert_eq!(ask(None, bare, &certificate).err(), Some(RequestError::SignerKey));
    let asked = request_signature(bare, None, &certificate, at, &[]);
    let answer = HOUSE.anna_key.answer(&asked);
    assert!(asked.answered(answer).is_err());
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "RSA exists natively only")]
fn rsa_signs_as_old_partners_want_it() {
    let rsa = Signer::new(SignatureScheme::Rsa3072);
    let content = ContentRef::with(CONTENT, &[DigestAlgorithm::Sha512]);
    let (algorithm, at) = (SignatureAlgorithm::RsaPkcs1Sha512, ClaimedTime::from_unix(NOW));
    let asked =
        request_signature_with(Some(algorithm), content, None, &rsa.certificate, at, &[]).unwrap();
    let answer = rsa.key.answer(&asked);
    let message = asked.answered(answer).unwrap().attached(CONTENT, &[], &[]);
    let verified = verify_attached(&message, &HOUSE.verification()).passed().unwrap();
    assert!(verified.finding().algorithms.contains(&"rsa-pkcs1-sha512-3072".to_owned()));
}

#[test]
fn cms_211_no_signature_goes_with_another_digest_than_its_own() {
    let signer = Signer::new(SignatureScheme::MlDsa65);
    let at = ClaimedTime::from_unix(NOW);
    let asked = request_signature(ContentRef::of(CONTENT), None, &signer.certificate, at, &[]);
    let answer = signer.key.answer(&asked);
    assert!(asked.answered(answer).is_err());
}

#[test]
fn time_stamps_are_made_with_every_kind_of_key() {
    let profile = Profile::TimeStamping { organisation: "North Ltd", domain: "north.example" };
    for (scheme, _, label) in SCHEMES {
        let authority = Signer::certified(scheme, profile);
        let authority = TimeStampAuthority {
            certificate: &authority.certificate,
            chain: &[],
            key: &authority.key,
            policy_oid: crate::testing::TSA_POLICY,
            crls: &[],
        };
        let signature = HOUSE.signs(CONTENT);
        let request = signature.time_stamp_request(7);
        let response = authority.respond(&request.to_der(), 1, LocalTime::from_unix(NOW));
        let token = token_from_response(&response, &request).unwrap();
        let message = signature.with_time_stamp(token).attached(CONTENT, &[], &[]);
        let verified = verify_attached(&message, &HOUSE.verification()).passed();
        let proven = verified.unwrap().finding().proven_time.map(|time| time.unix());
        assert_eq!(proven, Some(NOW), "{label}");
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_verifies_what_every_kind_of_key_signs_and_we_what_it_signs() {
    let v = HOUSE.verification();
    for (scheme, digest, label) in SCHEMES {
        // OpenSSL 3.0 knows no ML-DSA.
        if scheme == SignatureScheme::MlDsa65 {
            continue;
        }
        let signer = Signer::new(scheme);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        signer.moves_into(path);
        fs::write(path.join("a.p7m"), signer.signs().attached(CONTENT, &[], &[])).unwrap();
        let verify = format!(
            "cms -verify -binary -inform DER -CAfile root.pem -attime {NOW} -cades -in a.p7m"
        );
        if scheme == SignatureScheme::Ed25519 {
            // A known difference: OpenSSL 3.0 hands EdDSA the digest of RFC 8419 and stumbles.
            let refused = openssl(path, &verify);
            let complaint = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert!(complaint.contains("invalid digest"), "it has learnt to: {complaint}");
            continue;
        }
        assert_eq!(openssl_agrees(path, &verify), CONTENT, "{label}");
        let options: &[&str] = match scheme {
            SignatureScheme::Rsa3072 => {
                &["", "-keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:32"]
            }
            _ => &[""],
        };
        for option in options {
            let sign = format!(
                "cms -sign -binary -nodetach -cades -md {} -outform DER -in content \
                 -signer signer.pem -inkey signer.key {option}",
                digest.name()
            );
            let signed = openssl(path, &sign);
            assert!(signed.status.success(), "{label}: {signed:?}");
            let verified = verify_foreign(&signed.stdout, &v).passed();
            let verified = verified.unwrap_or_else(|short| panic!("{label} {option}: {short}"));
            assert_eq!(verified.get().content(), CONTENT);
        }
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn cms_233_where_nobody_can_verify_nothing_has_failed() {
    // ECDSA with SHA-256 by a key on P-384, as OpenSSL signs it if asked to.
    let signer = Signer::new(SignatureScheme::P384);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    signer.moves_into(path);
    let sign = "cms -sign -binary -nodetach -cades -md sha256 -outform DER -in content \
                -signer signer.pem -inkey signer.key";
    let message = openssl_agrees(path, sign);
    let outcome = verify_foreign(&message, &HOUSE.verification());
    assert_eq!(code(&outcome), ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE"));
    let detail = &outcome.shortfall().unwrap().detail;
    assert_eq!(detail, "ecdsa-p256-sha256 with a key of another kind");
    // A curve that is not ours.
    openssl_agrees(
        path,
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-521 -nodes -subj /CN=Anna -days 3 \
         -keyout other.key -out other.pem",
    );
    let sign = "cms -sign -binary -nodetach -cades -md sha256 -outform DER -in content \
                -signer other.pem -inkey other.key";
    let outcome = verify_foreign(&openssl_agrees(path, sign), &HOUSE.verification());
    assert_eq!(code(&outcome), ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE"));
    // A key that fits and a signature that does not is a failure as ever.
    let mut changed = Signer::new(SignatureScheme::Ed25519).signs().attached(CONTENT, &[], &[]);
    *changed.last_mut().unwrap() ^= 1;
    let outcome = verify_attached(&changed, &HOUSE.verification());
    assert_eq!(code(&outcome), ("TOTAL-FAILED", "SIG_CRYPTO_FAILURE"));
}
