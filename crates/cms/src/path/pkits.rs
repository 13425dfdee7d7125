//! The NIST Public Key Interoperability Test Suite (PKITS): 224 tests of RFC 5280 §6 in 249 cases.
//!
//! `cases.tsv` is what the suite says: which certificates and lists, which policy inputs, and whether
//! the path is valid. `refusals.tsv` is what we say: every case that we refuse, with the verdict,
//! and a reason where the suite would let it pass. It may only ever make us stricter. A case that
//! passes although it is listed, or is refused although it is not, fails the test.
//!
//! The purpose of the end entity's key, which the suite leaves open, is not asked here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::*;
use crate::policy::pkits::pkits_2011;
use crate::testing::NOW;

/// One case, as the suite describes it.
struct Case {
    /// Section, test and, where a test asks several questions, which of them.
    number: String,
    is_valid: bool,
    inputs: Vec<String>,
    /// Names of files from the certificate below the anchor down to the end entity.
    path: Vec<String>,
    lists: Vec<String>,
}

/// What stands in `refusals.tsv` about a case.
struct Refusal {
    verdict: String,
    /// Why we refuse what the suite accepts.
    stricter_because: Option<String>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors/pkits")
}

fn rows(file: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder().join(file)).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| row.split('\t').map(str::to_owned).collect()).collect()
}

fn cases() -> Vec<Case> {
    let words = |text: &str, between: char| -> Vec<String> {
        text.split(between).filter(|word| *word != "-").map(str::to_owned).collect()
    };
    let case = |row: Vec<String>| {
        let [number, expected, inputs, path, lists] = row.try_into().unwrap();
        assert!(matches!(expected.as_str(), "valid" | "invalid"), "{number}");
        let inputs = words(&inputs, ',');
        let (path, lists) = (words(&path, ' '), words(&lists, ' '));
        Case { number, is_valid: expected == "valid", inputs, path, lists }
    };
    rows("cases.tsv").into_iter().map(case).collect()
}

fn refusals() -> BTreeMap<String, Refusal> {
    let refusal = |row: Vec<String>| {
        let [number, verdict, reason] = row.try_into().unwrap();
        let stricter_because = Some(reason).filter(|reason| reason != "-");
        (number, Refusal { verdict, stricter_because })
    };
    rows("refusals.tsv").into_iter().map(refusal).collect()
}

fn certificate(name: &str) -> Result<Certificate, DecodeError> {
    let file = folder().join("certs").join(name).with_extension("crt");
    Certificate::from_der(&std::fs::read(&file).unwrap_or_else(|_| panic!("no {name}")))
}

fn list(name: &str) -> Result<Crl, DecodeError> {
    let file = folder().join("crls").join(name).with_extension("crl");
    Crl::from_der(&std::fs::read(&file).unwrap_or_else(|_| panic!("no {name}")))
}

/// The inputs of RFC 5280 §6.1.1 that a case asks for, on top of our own.
fn inputs(case: &Case) -> CertificationPathSettings {
    /// csor-nist 3 2 1 48: NIST's arc for test policies.
    const TEST_POLICIES: &str = "2.16.840.1.101.3.2.1.48";
    let mut settings = settings();
    let mut policies = Vec::new();
    for input in &case.inputs {
        match input.as_str() {
            "explicit-policy" => settings.set_initial_explicit_policy_indicator(true),
            "inhibit-mapping" => settings.set_initial_policy_mapping_inhibit_indicator(true),
            "inhibit-any-policy" => settings.set_initial_inhibit_any_policy_indicator(true),
            policy => {
                let number = policy.strip_prefix("policy-").unwrap();
                policies.push(format!("{TEST_POLICIES}.{number}"));
            }
        }
    }
    if !policies.is_empty() {
        settings.set_initial_policy_set(policies);
    }
    settings
}

/// What is at hand to judge with.
struct Hand {
    pool: Vec<Certificate>,
    crls: Vec<Crl>,
}

impl Hand {
    /// What the case lists. A list that does not read is no list: nobody can hand it in.
    fn of(case: &Case) -> Self {
        let names = case.lists.iter().map(String::as_str).chain(["TrustAnchorRootCRL"]);
        let (_, authorities) = case.path.split_last().unwrap();
        Self {
            pool: authorities.iter().filter_map(|name| certificate(name).ok()).collect(),
            crls: names.filter_map(|name| list(name).ok()).collect(),
        }
    }

    /// The whole suite at once, as a directory would hold it.
    fn of_all(cases: &[Case]) -> Self {
        let names = |of: fn(&Case) -> &[String]| -> BTreeSet<&str> {
            cases.iter().flat_map(of).map(String::as_str).collect()
        };
        let lists = names(|case| &case.lists).into_iter().chain(["TrustAnchorRootCRL"]);
        let certificates = names(|case| &case.path).into_iter();
        Self {
            pool: certificates.filter_map(|name| certificate(name).ok()).collect(),
            crls: lists.filter_map(|name| list(name).ok()).collect(),
        }
    }
}

/// What we say about a case: `passed` or the code of the shortfall.
///
/// As [`validate_path`], without the purpose and with the inputs of the case.
fn judged(case: &Case, hand: &Hand) -> &'static str {
    let Ok(leaf) = certificate(case.path.last().unwrap()) else {
        return SubIndication::FormatFailure.code();
    };
    let mut anchors = TrustAnchors::new();
    anchors.add(certificate("TrustAnchorRootCertificate").unwrap());
    let interest = Interest {
        proven: &Proven::default(),
        crls: &hand.crls,
        when: Moments::all(NOW),
        purpose: KeyPurpose::CertificateSigning,
        policy: &pkits_2011(),
    };
    let settings = inputs(case);
    let judge = |chain: &[Certificate]| {
        interest.check_algorithms(chain)?;
        check_rfc_5280(chain, &settings)?;
        interest.check_validity(chain)?;
        interest.check_revocation(chain)
    };
    let mut verdict = SubIndication::NoCertificateChainFound.code();
    for chain in candidates(&leaf, &hand.pool, &anchors) {
        match judge(&chain) {
            Ok(_) => return "passed",
            Err(miss) => verdict = miss.sub.code(),
        }
    }
    verdict
}

#[test]
fn every_case_of_pkits_ends_as_the_suite_says_or_stricter() {
    let mut refusals = refusals();
    let mut complaints = Vec::new();
    let cases = cases();
    for case in &cases {
        let verdict = judged(case, &Hand::of(case));
        let listed = refusals.remove(&case.number);
        let name = format!("{} {}", case.number, case.path.last().unwrap());
        match (&listed, verdict) {
            (None, "passed") if case.is_valid => {}
            (_, "passed") if !case.is_valid => complaints.push(format!("{name}: DANGER, passed")),
            (None, _) => complaints.push(format!("{name}: {verdict}, which is not listed")),
            (Some(_), "passed") => complaints.push(format!("{name}: passed, and is listed")),
            (Some(refusal), _) if refusal.verdict != verdict => {
                complaints.push(format!("{name}: {verdict} instead of {}", refusal.verdict));
            }
            (Some(refusal), _) if refusal.stricter_because.is_some() != case.is_valid => {
                complaints.push(format!("{name}: a reason is for what we refuse and should not"));
            }
            _ => {}
        }
    }
    complaints.extend(refusals.keys().map(|number| format!("{number}: listed, and no case")));
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    let valid = cases.iter().filter(|case| case.is_valid).count();
    assert_eq!((cases.len(), valid), (249, 114));
}

#[test]
fn paths_are_found_among_all_certificates_of_pkits_and_no_other_ones_pass() {
    let cases = cases();
    let all = Hand::of_all(&cases);
    assert!(all.pool.len() > 350 && all.crls.len() > 130, "the suite is at hand");
    let differences: Vec<_> = cases
        .iter()
        .map(|case| (&case.number, judged(case, &Hand::of(case)), judged(case, &all)))
        .filter(|(_, listed, all)| (*listed == "passed") != (*all == "passed"))
        .collect();
    assert!(differences.is_empty(), "{differences:#?}");
}
