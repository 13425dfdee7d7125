use super::*;
use crate::session::Trust;
use crate::testing::{Provider, metadata, person};
use sealpost_cms::time::ClaimedTime;
use sealpost_erds::relay::{RelayMetadata, SUBMISSION_VERSION};
use sealpost_erds::{Address, ConsignmentMode};
use sealpost_letter::record::RECORD_VERSION;
use sealpost_letter::{Party, SentRecord, Suite};

fn prepared(about: &RelayMetadata, signed_content: Vec<u8>) -> Prepared {
    let address = Address::parse("anna@north.example").unwrap();
    let record = SentRecord {
        version: RECORD_VERSION.to_owned(),
        letter_id: about.letter_id,
        mode: about.mode,
        suite: Suite::Smime2019,
        deadline: None,
        date: ClaimedTime::from_unix(0),
        sender: Party { address, name: "Anna".to_owned() },
        to: Vec::new(),
        cc: Vec::new(),
        blind_copy: false,
        subject: "Subject".to_owned(),
        reference: None,
        sender_disclosures: Vec::new(),
        content_commitment: about.content_commitment,
        signed_content: about.enveloped,
        body: None,
        shares: None,
        recipients: Vec::new(),
    };
    let head = SubmissionHead {
        version: SUBMISSION_VERSION.to_owned(),
        letter_id: about.letter_id,
        mode: about.mode,
        deadline: None,
        content_commitment: about.content_commitment,
        body: None,
        sender: Vec::new(),
        consignments: Vec::new(),
    };
    let submission = PreparedSubmission { head, record, signed_content };
    Prepared { submission, parts: Vec::new(), lists: Vec::new() }
}

#[test]
fn agt_022_of_a_letter_with_blind_copies_all_submissions_are_recorded_or_none() {
    let place = tempfile::tempdir().unwrap();
    let anna = person(&place, &Provider::new("north.example"), "anna@north.example");
    let (one, two) = (metadata(ConsignmentMode::Basic), metadata(ConsignmentMode::Basic));
    let pending = || records::list::<Pending>(&anna.vault, PENDING).unwrap().len();
    let too_large = vec![0; crate::limits::RECORD_OCTETS_MAX + 1];
    let failed = anna.keep(&[prepared(&one, vec![1]), prepared(&two, too_large)]);
    assert_eq!(failed.unwrap_err().code(), "vault-record-too-large");
    assert_eq!(pending(), 0, "what is told to have failed is not handed in later");
    anna.keep(&[prepared(&one, vec![1]), prepared(&two, vec![2])]).unwrap();
    assert_eq!(pending(), 2);
}

/// Bert as his provider's directory shows him.
fn shown(provider: &Provider, certificates: &[&Certificate]) -> Vec<Recipient> {
    let lists = vec![provider.list.clone()];
    let trust = Trust::new(Some(provider.root.clone()), Vec::new(), lists);
    let verified = |certificate: &&Certificate| {
        let bert = Address::parse("bert@south.example").unwrap();
        Recipient::verified(bert, (*certificate).clone(), &trust.verification()).unwrap()
    };
    certificates.iter().map(verified).collect()
}

#[test]
fn agt_042_a_directory_that_hides_the_better_certificate_is_found_out() {
    let (place, south) = (tempfile::tempdir().unwrap(), Provider::new("south.example"));
    let bert = person(&place, &south, "bert@south.example");
    let (weak, strong) =
        (&bert.certificates.encryption, &bert.certificates.hybrid.as_ref().unwrap().encryption);
    let (both, weak_alone) = (shown(&south, &[strong, weak]), shown(&south, &[weak]));
    let relies = |known: &[&Certificate], shown: &[Recipient], seen, demanded| {
        let known: Vec<Certificate> = known.iter().map(|it| (*it).clone()).collect();
        let relied = relied_on(&known, &bert.account.address, shown.to_vec(), seen, demanded);
        relied
            .map(|all| all.iter().map(Recipient::suite).collect::<Vec<_>>())
            .map_err(|it| it.code())
    };
    let (hybrid, smime) = (Suite::Hybrid2026, Suite::Smime2019);
    assert_eq!(relies(&[], &both, Some(hybrid), None), Ok(vec![hybrid, smime]));
    assert_eq!(relies(&[], &weak_alone, None, None), Ok(vec![smime]), "never seen with another");
    let hidden = Err("recipient-suite-missing");
    assert_eq!(relies(&[], &weak_alone, Some(hybrid), None), hidden);
    assert_eq!(
        relies(&[], &weak_alone, Some(hybrid), Some(smime)),
        Ok(vec![smime]),
        "his own wish"
    );
    // Certificates from elsewhere decide alone.
    assert_eq!(relies(&[strong, weak], &weak_alone, None, None), hidden);
    assert_eq!(relies(&[weak], &both, Some(hybrid), None), Ok(vec![smime]));
    assert_eq!(relies(&[strong], &both, None, None), Ok(vec![hybrid]));
    let signs = &bert.certificates.signature;
    assert_eq!(relies(&[signs], &both, None, None), Err("recipient-certificate-differs"));
}

#[test]
fn the_best_suite_that_was_seen_of_somebody_is_remembered() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let south = Provider::new("south.example");
    let anna = person(&here, &Provider::new("north.example"), "anna@north.example");
    let bert = person(&there, &south, "bert@south.example");
    let (weak, strong) =
        (&bert.certificates.encryption, &bert.certificates.hybrid.as_ref().unwrap().encryption);
    let seen = |certificates: &[&Certificate]| {
        anna.best_seen(&bert.account.address, &shown(&south, certificates)).unwrap()
    };
    assert_eq!(seen(&[weak]), Some(Suite::Smime2019));
    assert_eq!(seen(&[strong, weak]), Some(Suite::Hybrid2026));
    assert_eq!(seen(&[weak]), Some(Suite::Hybrid2026));
}
