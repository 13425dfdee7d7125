use core::cell::Cell;

use const_oid::ObjectIdentifier;
use const_oid::db::rfc4519;
use der::asn1::OctetString;
use x509_cert::ext::pkix::constraints::name::GeneralSubtree;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, NameConstraints, SubjectAltName,
};
use x509_cert::ext::{Extension, Extensions};

use super::*;
use crate::certificate::EMAIL_PROTECTION;
use crate::issue::{self, Issuer, Profile, RevokedEntry, Territory, Validity};
use crate::keys::SigningKey;
use crate::testing::rng;

const NOW: i64 = 1_795_317_120;
const DAY: i64 = 86_400;
const YEARS: Validity = Validity { not_before: NOW - 365 * DAY, not_after: NOW + 3650 * DAY };
const MONTHS: Validity = Validity { not_before: NOW - 30 * DAY, not_after: NOW + 60 * DAY };

/// An authority and somebody it certifies.
const NORTH: Territory<'_> = Territory::of("north.example");

struct House {
    key: SigningKey,
    root: Certificate,
    person: SigningKey,
    lists: Cell<u64>,
}

impl House {
    fn new(organisation: &str) -> Self {
        let key = SigningKey::generate(&mut rng());
        let root = issue::self_signed_root(&key, organisation, NORTH, YEARS, &mut rng()).unwrap();
        Self { key, root, person: SigningKey::generate(&mut rng()), lists: Cell::new(0) }
    }

    fn issuer(&self) -> Issuer<'_> {
        Issuer { certificate: &self.root, key: &self.key }
    }

    fn certifies(&self, validity: Validity) -> Certificate {
        let profile = Profile::PersonSignature {
            name: "Anna",
            address: "anna@north.example",
            organisation: None,
        };
        issue::issue(self.issuer(), profile, &self.person.spki_der(), validity, &mut rng()).unwrap()
    }

    fn revokes(&self, from: i64, until: i64, revoked: &[(&Certificate, i64)]) -> Crl {
        self.lists.set(self.lists.get() + 1);
        let entry = |&(certificate, at): &(&Certificate, i64)| RevokedEntry {
            serial: certificate.serial().to_vec(),
            at,
        };
        let entries: Vec<_> = revoked.iter().map(entry).collect();
        let list =
            issue::issue_crl(self.issuer(), self.lists.get(), from, until, &entries).unwrap();
        Crl::from_der(&list).unwrap()
    }

    fn current_list(&self) -> Crl {
        self.revokes(NOW - DAY, NOW + DAY, &[])
    }

    fn anchors(&self) -> TrustAnchors {
        let mut anchors = TrustAnchors::new();
        anchors.add(self.root.clone());
        anchors
    }

    fn judges(&self, leaf: &Certificate, crls: &[Crl], at: i64) -> Result<PathFinding, Shortfall> {
        judged(leaf, &[], crls, at, &self.anchors())
    }
}

fn judged(
    leaf: &Certificate,
    pool: &[Certificate],
    crls: &[Crl],
    at: i64,
    anchors: &TrustAnchors,
) -> Result<PathFinding, Shortfall> {
    let policy = AlgorithmPolicy::current();
    validate_path(leaf, pool, crls, at, KeyPurpose::LetterSignature, anchors, policy)
}

fn code(result: Result<PathFinding, Shortfall>) -> &'static str {
    result.map_or_else(|shortfall| shortfall.sub.code(), |_| "passed")
}

/// A certificate with any extensions, signed by `key` in the name of `issuer`.
fn forged(
    key: &SigningKey,
    issuer: &Certificate,
    subject: &str,
    subject_key: &SigningKey,
    extensions: Extensions,
) -> Certificate {
    let subject = issue::name(&[(rfc4519::CN, subject)]).unwrap();
    issue::signed_certificate(
        key,
        issuer.subject().clone(),
        subject,
        MONTHS,
        &subject_key.spki_der(),
        extensions,
        &mut rng(),
    )
    .unwrap()
}

fn authority(path_len_constraint: Option<u8>) -> Extensions {
    let mut extensions = Vec::new();
    issue::add(&mut extensions, true, &BasicConstraints { ca: true, path_len_constraint });
    issue::add(&mut extensions, true, &KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign));
    extensions
}

fn signer() -> Extensions {
    let mut extensions = Vec::new();
    issue::add(&mut extensions, true, &KeyUsage(KeyUsages::DigitalSignature.into()));
    issue::add(&mut extensions, false, &ExtendedKeyUsage(vec![EMAIL_PROTECTION]));
    let address = der::asn1::Ia5String::new("anna@north.example").unwrap();
    issue::add(&mut extensions, false, &SubjectAltName(vec![GeneralName::Rfc822Name(address)]));
    extensions
}

/// A root that, unlike ours, permits authorities below it.
fn wide_root(key: &SigningKey, extensions: Extensions) -> Certificate {
    let subject = issue::name(&[(rfc4519::CN, "Wide root")]).unwrap();
    let spki = key.spki_der();
    issue::signed_certificate(key, subject.clone(), subject, YEARS, &spki, extensions, &mut rng())
        .unwrap()
}

fn list_of(key: &SigningKey, certificate: &Certificate, revoked: &[RevokedEntry]) -> Crl {
    // Forged authorities carry no key identifier, which `issue_crl` wants: build on a twin.
    let mut extensions = authority(None);
    let identifier = OctetString::new(vec![7; 20]).unwrap();
    let identifier = x509_cert::ext::pkix::SubjectKeyIdentifier(identifier);
    issue::add(&mut extensions, false, &identifier);
    let twin = issue::signed_certificate(
        key,
        certificate.issuer().clone(),
        certificate.subject().clone(),
        MONTHS,
        &key.spki_der(),
        extensions,
        &mut rng(),
    )
    .unwrap();
    let issuer = Issuer { certificate: &twin, key };
    let list = issue::issue_crl(issuer, 1, NOW - DAY, NOW + DAY, revoked).unwrap();
    Crl::from_der(&list).unwrap()
}

#[test]
fn a_certified_person_with_a_current_list_passes() {
    let house = House::new("North Ltd");
    let person = house.certifies(MONTHS);
    let finding = house.judges(&person, &[house.current_list()], NOW).unwrap();
    assert_eq!(finding.chain, [person.clone(), house.root.clone()]);
    assert_eq!(finding.algorithms, ["ecdsa-p256-sha256"]);
    let this_update = LocalTime::from_unix(NOW - DAY);
    assert_eq!(finding.revocation, Revocation::Checked { this_update });
    let outcome = verify_certificate(
        &person,
        &[],
        &[house.current_list()],
        LocalTime::from_unix(NOW),
        KeyPurpose::LetterSignature,
        &house.anchors(),
        AlgorithmPolicy::current(),
    );
    assert_eq!(outcome.indication(), "TOTAL-PASSED");
}

#[test]
fn path_001_without_an_anchor_there_is_no_chain() {
    let (north, south) = (House::new("North Ltd"), House::new("South Ltd"));
    let person = north.certifies(MONTHS);
    let crls = [north.current_list()];
    assert_eq!(code(south.judges(&person, &crls, NOW)), "NO_CERTIFICATE_CHAIN_FOUND");
    // The pool is not trust: the root in hand, but not among the anchors.
    let pool = [north.root.clone()];
    let result = judged(&person, &pool, &crls, NOW, &south.anchors());
    assert_eq!(code(result), "NO_CERTIFICATE_CHAIN_FOUND");
}

#[test]
fn path_010_the_name_of_an_issuer_without_its_key_is_refused() {
    let (real, false_one) = (House::new("North Ltd"), House::new("North Ltd"));
    // Same names everywhere and no key identifiers to tell them apart.
    let person = forged(&false_one.key, &real.root, "Anna", &real.person, signer());
    let result = real.judges(&person, &[real.current_list()], NOW);
    assert_eq!(code(result), "NO_CERTIFICATE_CHAIN_FOUND");
}

#[test]
fn path_002_an_algorithm_after_its_end_is_a_crypto_failure() {
    let house = House::new("North Ltd");
    let far = Validity { not_before: NOW, not_after: 2_200_000_000 };
    let key = SigningKey::generate(&mut rng());
    let root = issue::self_signed_root(&key, "Far Ltd", NORTH, far, &mut rng()).unwrap();
    let profile = Profile::PersonSignature {
        name: "Anna",
        address: "anna@north.example",
        organisation: None,
    };
    let issuer = Issuer { certificate: &root, key: &key };
    let spki = house.person.spki_der();
    let person = issue::issue(issuer, profile, &spki, far, &mut rng()).unwrap();
    let mut anchors = TrustAnchors::new();
    anchors.add(root);
    // That the chain itself is good, the anchors know by then.
    assert_eq!(code(judged(&person, &[], &[], NOW, &anchors)), "TRY_LATER");
    let result = judged(&person, &[], &[], 2_100_000_000, &anchors);
    assert_eq!(code(result), "CRYPTO_CONSTRAINTS_FAILURE");
}

#[test]
fn path_003_a_key_for_another_purpose_is_refused() {
    let house = House::new("North Ltd");
    let person = house.certifies(MONTHS);
    for purpose in [
        KeyPurpose::Authentication,
        KeyPurpose::Encryption,
        KeyPurpose::ElectronicSeal,
        KeyPurpose::TimeStamping,
        KeyPurpose::CertificateSigning,
        KeyPurpose::Tls,
    ] {
        let crls = [house.current_list()];
        let policy = AlgorithmPolicy::current();
        let result = validate_path(&person, &[], &crls, NOW, purpose, &house.anchors(), policy);
        assert_eq!(code(result), "CHAIN_CONSTRAINTS_FAILURE", "{purpose:?}");
    }
}

#[test]
fn path_004_an_authority_for_another_purpose_is_refused() {
    let (root_key, middle_key, key) = three_keys();
    let root = wide_root(&root_key, authority(None));
    let mut extensions = authority(None);
    let usage = ExtendedKeyUsage(vec![ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1")]);
    issue::add(&mut extensions, false, &usage);
    let middle = forged(&root_key, &root, "Middle", &middle_key, extensions);
    let leaf = forged(&middle_key, &middle, "Anna", &key, signer());
    let result = judged(&leaf, &[middle], &[], NOW, &anchor(root));
    assert_eq!(code(result), "CHAIN_CONSTRAINTS_FAILURE");
}

#[test]
fn path_005_before_the_first_second_a_certificate_is_not_yet_valid() {
    let house = House::new("North Ltd");
    let person = house.certifies(MONTHS);
    let early = MONTHS.not_before;
    let crls = [house.revokes(early - DAY, early + DAY, &[])];
    assert_eq!(code(house.judges(&person, &crls, early - 1)), "NOT_YET_VALID");
    assert_eq!(code(house.judges(&person, &crls, early)), "passed");
}

#[test]
fn path_006_after_the_last_second_a_certificate_is_expired() {
    let house = House::new("North Ltd");
    let person = house.certifies(MONTHS);
    let late = MONTHS.not_after;
    let crls = [house.revokes(late - DAY, late + DAY, &[])];
    assert_eq!(code(house.judges(&person, &crls, late)), "passed");
    assert_eq!(code(house.judges(&person, &crls, late + 1)), "EXPIRED");
}

#[test]
fn path_006_an_expired_anchor_vouches_no_longer() {
    let house = House::new("North Ltd");
    let key = SigningKey::generate(&mut rng());
    let short = Validity { not_before: NOW - 9 * DAY, not_after: NOW - DAY };
    let root = issue::self_signed_root(&key, "Short Ltd", NORTH, short, &mut rng()).unwrap();
    let leaf = forged(&key, &root, "Anna", &house.person, signer());
    assert_eq!(code(judged(&leaf, &[], &[], NOW, &anchor(root))), "OUT_OF_BOUNDS_NO_POE");
}

#[test]
fn path_008_revoked_counts_from_its_second_on() {
    let house = House::new("North Ltd");
    let person = house.certifies(MONTHS);
    let other = house.certifies(MONTHS);
    let crls = [house.revokes(NOW - DAY, NOW + DAY, &[(&other, NOW - DAY), (&person, NOW - 60)])];
    assert_eq!(code(house.judges(&person, &crls, NOW)), "REVOKED");
    assert_eq!(code(house.judges(&person, &crls, NOW - 60)), "REVOKED");
    assert_eq!(code(house.judges(&person, &crls, NOW - 61)), "passed");
}

/// What anchors remember is what holds for ever, and nothing of what is judged anew.
#[test]
fn a_chain_that_was_good_once_is_still_judged_for_time_purpose_and_revocation() {
    let house = House::new("North Post Ltd");
    let leaf = house.certifies(MONTHS);
    let anchors = house.anchors();
    let list = house.current_list();
    let asked = |leaf: &Certificate, crls: &[Crl], at, purpose| {
        let policy = AlgorithmPolicy::current();
        code(validate_path(leaf, &[], crls, at, purpose, &anchors, policy))
    };
    let purpose = KeyPurpose::LetterSignature;
    let lists = core::slice::from_ref(&list);
    for _ in 0..2 {
        assert_eq!(asked(&leaf, lists, NOW, purpose), "passed");
    }
    assert_eq!(asked(&leaf, lists, MONTHS.not_after + 1, purpose), "EXPIRED");
    assert_eq!(asked(&leaf, lists, NOW, KeyPurpose::TimeStamping), "CHAIN_CONSTRAINTS_FAILURE");
    assert_eq!(asked(&leaf, &[], NOW, purpose), "TRY_LATER");
    let revoked = house.revokes(NOW - DAY, NOW + DAY, &[(&leaf, NOW - 1)]);
    assert_eq!(asked(&leaf, &[list.clone(), revoked], NOW, purpose), "REVOKED");
    // Another list under the same name, and a chain that differs in one bit of its signature.
    let other = House::new("North Post Ltd").current_list();
    assert_eq!(asked(&leaf, &[other], NOW, purpose), "TRY_LATER");
    let mut der = leaf.der().to_vec();
    *der.last_mut().unwrap() ^= 1;
    let changed = Certificate::from_der(&der).unwrap();
    for _ in 0..2 {
        assert_eq!(asked(&changed, lists, NOW, purpose), "NO_CERTIFICATE_CHAIN_FOUND");
    }
    assert_eq!(asked(&leaf, lists, NOW, purpose), "passed");
}

#[test]
fn crl_011_without_a_list_the_verdict_is_try_later() {
    let house = House::new("North Ltd");
    let person = house.certifies(MONTHS);
    assert_eq!(code(house.judges(&person, &[], NOW)), "TRY_LATER");
    let stale = house.revokes(NOW - 9 * DAY, NOW - 1, &[]);
    assert_eq!(code(house.judges(&person, &[stale], NOW)), "TRY_LATER");
    let foreign = House::new("South Ltd").current_list();
    assert_eq!(code(house.judges(&person, &[foreign], NOW)), "TRY_LATER");
}

#[test]
fn crl_009_a_list_signed_by_another_key_is_no_list() {
    let (real, false_one) = (House::new("North Ltd"), House::new("North Ltd"));
    let person = real.certifies(MONTHS);
    let lists = [false_one.current_list()];
    assert_eq!(code(real.judges(&person, &lists, NOW)), "TRY_LATER");
}

#[test]
fn crl_009_whoever_keeps_lists_can_ask_whose_they_are() {
    let (real, namesake, other) =
        (House::new("North Ltd"), House::new("North Ltd"), House::new("South Ltd"));
    let is_of =
        |list: &Crl, house: &House| list.is_signed_by(&house.root, NOW, AlgorithmPolicy::current());
    let list = real.current_list();
    assert!(is_of(&list, &real) && !is_of(&list, &namesake) && !is_of(&list, &other));
    assert!(list.has_issuer_of(&namesake.current_list()));
    assert!(!list.has_issuer_of(&other.current_list()));
}

#[test]
fn a_list_is_read_from_pem_and_nothing_else_is() {
    let list = House::new("North Ltd").current_list();
    let ending = der::pem::LineEnding::LF;
    let pem = |label| der::pem::encode_string(label, ending, list.der()).unwrap();
    assert_eq!(Crl::from_pem(&pem("X509 CRL")).unwrap().der(), list.der());
    assert!(Crl::from_pem(&pem("CERTIFICATE")).is_err());
    assert!(Crl::from_pem("").is_err());
}

#[test]
fn crl_008_an_authority_without_crl_sign_signs_no_lists() {
    let (root_key, _, key) = three_keys();
    let root = |usages: der::flagset::FlagSet<KeyUsages>| {
        let basic = BasicConstraints { ca: true, path_len_constraint: None };
        wide_root(&root_key, with(&KeyUsage(usages), with(&basic, Vec::new())))
    };
    let silent = root(KeyUsages::KeyCertSign.into());
    let speaking = root(KeyUsages::KeyCertSign | KeyUsages::CRLSign);
    let leaf = forged(&root_key, &silent, "Anna", &key, signer());
    let lists = [list_of(&root_key, &silent, &[])];
    assert_eq!(code(judged(&leaf, &[], &lists, NOW, &anchor(silent))), "TRY_LATER");
    assert_eq!(code(judged(&leaf, &[], &lists, NOW, &anchor(speaking))), "passed");
}

#[test]
fn crl_007_a_later_list_speaks_for_the_past_while_the_certificate_is_valid() {
    let house = House::new("North Ltd");
    let person = house.certifies(MONTHS);
    let later = house.revokes(NOW + DAY, NOW + 2 * DAY, &[(&person, NOW + 1)]);
    assert_eq!(code(house.judges(&person, core::slice::from_ref(&later), NOW)), "passed");
    assert_eq!(code(house.judges(&person, &[later], NOW + 1)), "REVOKED");
    let expired = MONTHS.not_after;
    let much_later = house.revokes(expired + 1, expired + DAY, &[]);
    assert_eq!(code(house.judges(&person, &[much_later], NOW)), "TRY_LATER");
}

#[test]
fn the_newest_list_decides() {
    let house = House::new("North Ltd");
    let person = house.certifies(MONTHS);
    let old = house.revokes(NOW - 2 * DAY, NOW + DAY, &[]);
    let new = house.revokes(NOW - DAY, NOW + DAY, &[(&person, NOW - DAY)]);
    assert_eq!(code(house.judges(&person, &[old.clone(), new.clone()], NOW)), "REVOKED");
    assert_eq!(code(house.judges(&person, &[new, old], NOW)), "REVOKED");
}

#[test]
fn crl_010_more_lists_than_we_look_at_are_refused_not_cut_short() {
    let house = House::new("North Ltd");
    let person = house.certifies(MONTHS);
    let lists = vec![house.current_list(); limits::CRLS_MAX + 1];
    assert_eq!(code(house.judges(&person, &lists, NOW)), "TRY_LATER");
}

#[test]
fn path_010_an_unknown_critical_extension_is_refused() {
    let house = House::new("North Ltd");
    let unknown = |critical| {
        let mut extensions = signer();
        extensions.push(Extension {
            extn_id: ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1"),
            critical,
            extn_value: OctetString::new(vec![5, 0]).unwrap(),
        });
        forged(&house.key, &house.root, "Anna", &house.person, extensions)
    };
    let crls = [house.current_list()];
    assert_eq!(code(house.judges(&unknown(false), &crls, NOW)), "passed");
    let refused = house.judges(&unknown(true), &crls, NOW);
    assert_eq!(code(refused), "CERTIFICATE_CHAIN_GENERAL_FAILURE");
    // PATH-012: trusted directly, it still binds.
    let direct = judged(&unknown(true), &[], &[], NOW, &anchor(unknown(true)));
    assert_eq!(code(direct), "NO_CERTIFICATE_CHAIN_FOUND");
    let itself = unknown(true);
    let direct = judged(&itself, &[], &[], NOW, &anchor(itself.clone()));
    assert_eq!(code(direct), "CERTIFICATE_CHAIN_GENERAL_FAILURE");
}

#[test]
fn path_012_a_trusted_leaf_needs_nobody_to_vouch_for_it() {
    let house = House::new("North Ltd");
    let person = house.certifies(MONTHS);
    let finding = judged(&person, &[], &[], NOW, &anchor(person.clone())).unwrap();
    assert_eq!(finding.revocation, Revocation::NotRequired);
    assert_eq!(finding.chain, [person]);
}

#[test]
fn an_intermediate_authority_is_followed_and_its_revocation_checked() {
    let (root_key, middle_key, key) = three_keys();
    let root = wide_root(&root_key, authority(None));
    let middle = forged(&root_key, &root, "Middle", &middle_key, authority(Some(0)));
    let leaf = forged(&middle_key, &middle, "Anna", &key, signer());
    let of_middle = list_of(&middle_key, &middle, &[]);
    let of_root = list_of(&root_key, &root, &[]);
    let pool = [middle.clone()];
    let lists = [of_middle.clone(), of_root];
    let finding = judged(&leaf, &pool, &lists, NOW, &anchor(root.clone())).unwrap();
    assert_eq!(finding.chain, [leaf.clone(), middle.clone(), root.clone()]);
    let missing = judged(&leaf, &pool, &lists[..1], NOW, &anchor(root.clone()));
    assert_eq!(code(missing), "TRY_LATER");
    let entry = RevokedEntry { serial: middle.serial().to_vec(), at: NOW - 60 };
    let lists = [of_middle, list_of(&root_key, &root, &[entry])];
    let revoked = judged(&leaf, &pool, &lists, NOW, &anchor(root));
    assert_eq!(code(revoked), "REVOKED_CA_NO_POE");
}

#[test]
fn path_010_a_path_longer_than_permitted_is_refused() {
    let (root_key, middle_key, key) = three_keys();
    // By the anchor: our own roots permit no authority below them.
    let house = House::new("North Ltd");
    let middle = forged(&house.key, &house.root, "Middle", &middle_key, authority(None));
    let leaf = forged(&middle_key, &middle, "Anna", &key, signer());
    let result = judged(&leaf, &[middle], &[], NOW, &house.anchors());
    assert_eq!(code(result), "CERTIFICATE_CHAIN_GENERAL_FAILURE");
    // By an authority in the middle.
    let root = wide_root(&root_key, authority(None));
    let lower_key = SigningKey::generate(&mut rng());
    let upper = forged(&root_key, &root, "Upper", &middle_key, authority(Some(0)));
    let lower = forged(&middle_key, &upper, "Lower", &lower_key, authority(None));
    let leaf = forged(&lower_key, &lower, "Anna", &key, signer());
    let result = judged(&leaf, &[upper, lower], &[], NOW, &anchor(root)).unwrap_err();
    assert_eq!(result.sub, SubIndication::CertificateChainGeneralFailure);
    assert!(result.detail.contains("longer"));
}

#[test]
fn path_010_a_person_cannot_act_as_an_authority() {
    let (root_key, middle_key, key) = three_keys();
    let root = wide_root(&root_key, authority(None));
    for (name, extensions) in [
        ("no basicConstraints", signer()),
        ("CA:false", with(&BasicConstraints { ca: false, path_len_constraint: None }, signer())),
        ("no keyCertSign", {
            let mut extensions = Vec::new();
            let basic = BasicConstraints { ca: true, path_len_constraint: None };
            issue::add(&mut extensions, true, &basic);
            issue::add(&mut extensions, true, &KeyUsage(KeyUsages::CRLSign.into()));
            extensions
        }),
    ] {
        let middle = forged(&root_key, &root, "Middle", &middle_key, extensions);
        let leaf = forged(&middle_key, &middle, "Anna", &key, signer());
        let result = judged(&leaf, &[middle], &[], NOW, &anchor(root.clone()));
        assert_eq!(code(result), "CERTIFICATE_CHAIN_GENERAL_FAILURE", "{name}");
    }
}

#[test]
fn path_011_an_anchor_that_is_no_authority_issues_nothing() {
    let (root_key, _, key) = three_keys();
    let root = wide_root(&root_key, signer());
    let leaf = forged(&root_key, &root, "Anna", &key, signer());
    let result = judged(&leaf, &[], &[], NOW, &anchor(root));
    assert_eq!(code(result), "CERTIFICATE_CHAIN_GENERAL_FAILURE");
}

#[test]
fn path_010_name_constraints_bind() {
    let (root_key, middle_key, key) = three_keys();
    let root = wide_root(&root_key, authority(None));
    let result = |host: &str| {
        let host = der::asn1::Ia5String::new(host).unwrap();
        let subtree =
            GeneralSubtree { base: GeneralName::Rfc822Name(host), minimum: 0, maximum: None };
        let constraints =
            NameConstraints { permitted_subtrees: Some(vec![subtree]), excluded_subtrees: None };
        let extensions = with(&constraints, authority(None));
        let middle = forged(&root_key, &root, "Middle", &middle_key, extensions);
        let leaf = forged(&middle_key, &middle, "Anna", &key, signer());
        let lists = [list_of(&middle_key, &middle, &[]), list_of(&root_key, &root, &[])];
        judged(&leaf, &[middle], &lists, NOW, &anchor(root.clone()))
    };
    assert_eq!(code(result("north.example")), "passed");
    let refused = result("south.example").unwrap_err();
    assert_eq!(refused.sub, SubIndication::CertificateChainGeneralFailure);
    assert!(refused.detail.contains("name"));
}

#[test]
fn x509_012_a_root_vouches_for_its_own_domain_and_no_other() {
    let house = House::new("North Ltd");
    let (organisation, name, spki) = ("North Ltd", "Anna", house.person.spki_der());
    let result = |profile: Profile<'_>, purpose| {
        let leaf = issue::issue(house.issuer(), profile, &spki, MONTHS, &mut rng()).unwrap();
        let (crls, policy) = ([house.current_list()], AlgorithmPolicy::current());
        code(validate_path(&leaf, &[], &crls, NOW, purpose, &house.anchors(), policy))
    };
    let refused = "CERTIFICATE_CHAIN_GENERAL_FAILURE";
    for (domain, expected) in [
        ("north.example", "passed"),
        ("NORTH.example", "passed"),
        ("south.example", refused),
        ("notnorth.example", refused),
        ("example", refused),
    ] {
        let seal = Profile::ElectronicSeal { organisation, domain };
        assert_eq!(result(seal, KeyPurpose::ElectronicSeal), expected, "{domain}");
        let time = Profile::TimeStamping { organisation, domain };
        assert_eq!(result(time, KeyPurpose::TimeStamping), expected, "{domain}");
        let address = &format!("anna@{domain}");
        let person = Profile::PersonSignature { name, address, organisation: None };
        assert_eq!(result(person, KeyPurpose::LetterSignature), expected, "{domain}");
    }
    let address = "anna@below.north.example";
    let person = Profile::PersonSignature { name, address, organisation: None };
    assert_eq!(result(person, KeyPurpose::LetterSignature), refused);
    let host = |also| Profile::Tls { domain: "north.example", also_dns: also };
    assert_eq!(result(host(&["post.north.example", "127.0.0.1"]), KeyPurpose::Tls), "passed");
    assert_eq!(result(host(&["localhost"]), KeyPurpose::Tls), refused);
}

#[test]
fn path_009_a_pool_full_of_cross_certificates_ends_in_bounded_time() {
    let keys: Vec<_> = (0..5).map(|_| SigningKey::generate(&mut rng())).collect();
    let root = wide_root(&keys[0], authority(None));
    let mut pool = Vec::new();
    for _ in 0..40 {
        // Every one claims to be issued by "Wide root" and to be "Wide root".
        pool.push(forged(&keys[1], &root, "Wide root", &keys[2], authority(None)));
    }
    let leaf = forged(&keys[3], &root, "Anna", &keys[4], signer());
    let nobody = House::new("North Ltd").anchors();
    assert_eq!(code(judged(&leaf, &pool, &[], NOW, &nobody)), "NO_CERTIFICATE_CHAIN_FOUND");
    let result = judged(&leaf, &pool, &[], NOW, &anchor(root));
    assert_eq!(code(result), "NO_CERTIFICATE_CHAIN_FOUND");
}

#[test]
fn crl_001_to_006_crl_012_lists_that_say_less_than_they_seem_to_are_refused() {
    let house = House::new("North Ltd");
    let list = house.current_list();
    let altered = |change: &dyn Fn(&mut x509_cert::crl::CertificateList)| {
        let mut parsed = der::Decode::from_der(list.der()).unwrap();
        change(&mut parsed);
        Crl::from_der(&der::Encode::to_der(&parsed).unwrap()).map_err(|error| error.code())
    };
    let with_extension = |oid: &str, critical, value: &[u8]| {
        let extension = Extension {
            extn_id: ObjectIdentifier::new_unwrap(oid),
            critical,
            extn_value: OctetString::new(value).unwrap(),
        };
        altered(&|list| list.tbs_cert_list.crl_extensions.as_mut().unwrap().push(extension.clone()))
            .map(|_| ())
    };
    assert!(altered(&|_| {}).is_ok());
    // CRL-001, CRL-002, CRL-003
    let version = altered(&|list| list.tbs_cert_list.version = x509_cert::Version::V1);
    assert_eq!(version.unwrap_err(), "unsupported");
    let algorithm =
        altered(&|list| list.signature_algorithm.oid = ObjectIdentifier::new_unwrap("1.2.3"));
    assert_eq!(algorithm.unwrap_err(), "malformed");
    let endless = altered(&|list| list.tbs_cert_list.next_update = None);
    assert_eq!(endless.unwrap_err(), "malformed");
    // CRL-004, CRL-006
    assert!(with_extension("1.3.6.1.4.1.32473.1", false, &[5, 0]).is_ok());
    let critical = with_extension("1.3.6.1.4.1.32473.1", true, &[5, 0]);
    assert_eq!(critical.unwrap_err(), "unsupported");
    assert_eq!(with_extension("2.5.29.27", true, &[2, 1, 1]).unwrap_err(), "unsupported");
    assert_eq!(with_extension("2.5.29.28", true, &[0x30, 0]).unwrap_err(), "unsupported");
    // CRL-012
    assert_eq!(with_extension("2.5.29.46", false, &[0x30, 0]).unwrap_err(), "unsupported");
    assert_eq!(with_extension("2.5.29.20", false, &[2, 1, 1]).unwrap_err(), "malformed");
    // DER-001, DER-002
    let trailing = [list.der(), &[0]].concat();
    assert_eq!(Crl::from_der(&trailing).unwrap_err().code(), "trailing-octets");
    let oversize = vec![0x30; limits::CRL_OCTETS_MAX + 1];
    assert_eq!(Crl::from_der(&oversize).unwrap_err().code(), "too-large");
}

#[test]
fn crl_013_an_authority_with_a_new_key_may_list_with_the_one_above_and_not_with_the_new_alone() {
    let [root_key, old, new, person] = core::array::from_fn(|_| SigningKey::generate(&mut rng()));
    let root = wide_root(&root_key, authority(None));
    let first = forged(&root_key, &root, "North", &old, authority(None));
    let second = forged(&old, &first, "North", &new, authority(None));
    let leaf = forged(&new, &second, "Anna", &person, signer());
    let mut anchors = TrustAnchors::new();
    anchors.add(root.clone());
    let pool = [first.clone(), second.clone()];
    let of_root = list_of(&root_key, &root, &[]);
    let said = |list: Crl| code(judged(&leaf, &pool, &[of_root.clone(), list], NOW, &anchors));
    assert_eq!(said(list_of(&old, &first, &[])), "passed");
    assert_eq!(said(list_of(&new, &second, &[])), "TRY_LATER");
    let revoked = RevokedEntry { serial: leaf.serial().to_vec(), at: NOW - 60 };
    assert_eq!(said(list_of(&old, &first, &[revoked])), "REVOKED");
    // A stranger's list is none, whatever name it bears.
    assert_eq!(said(list_of(&person, &first, &[])), "TRY_LATER");
}

#[test]
fn crl_005_entry_extensions_are_heeded() {
    let house = House::new("North Ltd");
    let person = house.certifies(MONTHS);
    let list = house.revokes(NOW - DAY, NOW + DAY, &[(&person, NOW - 60)]);
    let entry_with = |oid: &str, critical, value: &[u8]| {
        let mut parsed: x509_cert::crl::CertificateList =
            der::Decode::from_der(list.der()).unwrap();
        let extension = Extension {
            extn_id: ObjectIdentifier::new_unwrap(oid),
            critical,
            extn_value: OctetString::new(value).unwrap(),
        };
        let entries = parsed.tbs_cert_list.revoked_certificates.as_mut().unwrap();
        entries[0].crl_entry_extensions = Some(vec![extension]);
        let tbs = der::Encode::to_der(&parsed.tbs_cert_list).unwrap();
        parsed.signature = BitString::from_bytes(&house.key.sign_raw(&tbs)).unwrap();
        Crl::from_der(&der::Encode::to_der(&parsed).unwrap())
    };
    // PATH-007: on hold.
    let hold = entry_with("2.5.29.21", false, &[0x0a, 1, 6]).unwrap();
    assert_eq!(code(house.judges(&person, &[hold], NOW)), "TRY_LATER");
    let compromised = entry_with("2.5.29.21", false, &[0x0a, 1, 1]).unwrap();
    assert_eq!(code(house.judges(&person, &[compromised], NOW)), "REVOKED");
    // RFC 5280 §5.3.2: invalidityDate 2026-11-01 counts before revocationDate.
    let value = [&[0x18, 15][..], b"20261101000000Z"].concat();
    let lost_before = entry_with("2.5.29.24", false, &value).unwrap();
    assert_eq!(code(house.judges(&person, &[lost_before], NOW - DAY)), "REVOKED");
    assert!(entry_with("2.5.29.29", true, &[0x30, 0]).is_err());
}

#[test]
fn certval_can_log_no_name() {
    assert_eq!(log::STATIC_MAX_LEVEL, log::LevelFilter::Off);
}

fn three_keys() -> (SigningKey, SigningKey, SigningKey) {
    let key = || SigningKey::generate(&mut rng());
    (key(), key(), key())
}

fn anchor(certificate: Certificate) -> TrustAnchors {
    let mut anchors = TrustAnchors::new();
    anchors.add(certificate);
    anchors
}

fn with<T>(value: &T, mut extensions: Extensions) -> Extensions
where
    T: der::oid::AssociatedOid + der::Encode,
{
    issue::add(&mut extensions, true, value);
    extensions
}
