//! What is sealed opens only where it should, and what is malformed is refused.

use crate::directory::{DirectoryAnswer, DirectoryQuery};
use crate::disclosure::{Assurance, Disclosure, PartyReference};
use crate::discovery::{
    DISCOVERY_VERSION, Discovery, EVIDENCE_MODE_PRIVATE, ProviderCertificates, RoutingKeyEntry,
    verify_discovery,
};
use crate::enveloped::{Enveloped, EnvelopedStream};
use crate::ids::{Digest, DispatchId, LetterId, Octets};
use crate::limits::{DIRECTORY_CERTIFICATES_MAX, SEALED_REPLY_PATH_OCTETS, SEALED_SLIP_OCTETS};
use crate::mode::ConsignmentMode;
use crate::relay::{
    DispatchHead, PartDigest, RelayMetadata, SUBMISSION_VERSION, SubmissionHead,
    SubmittedConsignment,
};
use crate::slip::{RelaySlip, ReplyPath, Share, SlipBinding, SlipError};
use crate::testing::{NOW, World, address, metadata, rng};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sealpost_cms::hpke::RoutingKey;
use sealpost_cms::time::{ClaimedTime, Deadline};

fn slip(to: &str, reply_path: Octets) -> RelaySlip {
    RelaySlip {
        recipient: Disclosure::identifier(&address(to), &mut rng()),
        carrier_key: Share::random(&mut rng()),
        release_share: Some(Share::random(&mut rng())),
        reply_path,
    }
}

#[test]
fn a_slip_opens_for_its_provider_and_its_letter_only_and_its_size_says_nothing() {
    let (south, other) = (RoutingKey::generate(&mut rng()), RoutingKey::generate(&mut rng()));
    let letter = metadata(ConsignmentMode::Signed);
    let binding = SlipBinding::of_metadata(&letter);
    let path = ReplyPath { mailbox: address("anna@north.example") }
        .seal(&other.public(), letter.dispatch_id, &mut rng())
        .unwrap();
    assert_eq!(path.0.len(), SEALED_REPLY_PATH_OCTETS);
    let long = format!("{}@south.example", "b".repeat(60));
    for to in ["b@south.example", &long] {
        let slip = slip(to, path.clone());
        let sealed = slip.seal(&south.public(), &binding, &mut rng()).unwrap();
        assert_eq!(sealed.0.len(), SEALED_SLIP_OCTETS);
        assert_eq!(RelaySlip::open(&south, &binding, &sealed), Ok(slip));
        assert_eq!(RelaySlip::open(&other, &binding, &sealed), Err(SlipError::CannotOpen));
        let elsewhere = SlipBinding::of_metadata(&metadata(ConsignmentMode::Signed));
        assert_eq!(RelaySlip::open(&south, &elsewhere, &sealed), Err(SlipError::CannotOpen));
    }
    let opened = ReplyPath::open(&other, letter.dispatch_id, &path).unwrap();
    assert_eq!(opened.mailbox.as_str(), "anna@north.example");
    assert!(ReplyPath::open(&other, DispatchId::random(&mut rng()), &path).is_err());
}

/// A sender's provider that works with the recipient relays a letter of mode `signed` as one of
/// mode `consent`, for which the recipient need not sign, or gives him more time.
#[test]
fn slp_010_a_slip_opens_only_for_the_letter_as_the_sender_wanted_it() {
    let south = RoutingKey::generate(&mut rng());
    let letter = metadata(ConsignmentMode::Signed);
    let sealed = slip("bert@south.example", Octets::default())
        .seal(&south.public(), &SlipBinding::of_metadata(&letter), &mut rng())
        .unwrap();
    let opens = |letter: &RelayMetadata| {
        RelaySlip::open(&south, &SlipBinding::of_metadata(letter), &sealed).is_ok()
    };
    assert!(opens(&letter));
    let other = metadata(ConsignmentMode::Signed);
    let later = letter.deadline.map(|it| Deadline::from_unix(it.unix() + 1));
    let long = PartDigest::of(b"another");
    for changed in [
        RelayMetadata { mode: ConsignmentMode::Consent, ..letter.clone() },
        RelayMetadata { mode: ConsignmentMode::Basic, ..letter.clone() },
        RelayMetadata { deadline: later, ..letter.clone() },
        RelayMetadata { deadline: None, ..letter.clone() },
        RelayMetadata { sender: other.sender.clone(), ..letter.clone() },
        RelayMetadata { recipient: other.recipient.clone(), ..letter.clone() },
        RelayMetadata { enveloped: long, ..letter.clone() },
        RelayMetadata { body: Some(long), ..letter.clone() },
        RelayMetadata { body: None, ..letter.clone() },
        RelayMetadata { objects: Some(long), ..letter.clone() },
        RelayMetadata { content_commitment: Digest::of(b"other"), ..letter.clone() },
        RelayMetadata { letter_id: other.letter_id, ..letter.clone() },
    ] {
        assert!(!opens(&changed), "{changed:?}");
    }
    // What the sender's provider adds of its own does not matter.
    let mut relayed = letter.clone();
    relayed.sender.assurance = Some(Assurance::High);
    relayed.submission_time = ClaimedTime::from_unix(NOW + 5);
    assert!(opens(&relayed));
}

#[test]
fn slp_010_sender_and_recipients_provider_compute_one_binding() {
    let objects = vec![PartDigest::of(b"an object")];
    let head = SubmissionHead { objects, ..submission(ConsignmentMode::Signed) };
    let sender = PartyReference::to(&head.sender, Some(Assurance::Low));
    let (consignment, time) = (&head.consignments[0], ClaimedTime::from_unix(NOW));
    let north = crate::Domain::parse("north.example").unwrap();
    let relayed = RelayMetadata::of_submission(&head, consignment, &north, &sender, time);
    let south = RoutingKey::generate(&mut rng());
    let binding = SlipBinding::of_submission(&head, consignment);
    let slip = slip("bert@south.example", Octets::default());
    let sealed = slip.seal(&south.public(), &binding, &mut rng()).unwrap();
    assert_eq!(RelaySlip::open(&south, &SlipBinding::of_metadata(&relayed), &sealed), Ok(slip));
}

#[test]
fn dir_011_a_directory_answer_has_a_handful_of_certificates_and_one_size() {
    let south = RoutingKey::generate(&mut rng());
    let query = DirectoryQuery { address: address("bert@south.example") };
    let answered = |count: usize| {
        let (sealed, mine) = query.seal(&south.public(), &mut rng()).unwrap();
        let (_, theirs) = DirectoryQuery::open(&south, &sealed).unwrap();
        let encryption_certificates = vec![Octets(vec![7; 2300]); count];
        let answer = DirectoryAnswer { encryption_certificates, revocation_list: None };
        let sealed = answer.seal(theirs, &mut rng()).unwrap();
        (sealed.len(), DirectoryAnswer::open(mine, &sealed).is_ok())
    };
    let (octets, opens) = answered(0);
    assert!(opens);
    assert_eq!(answered(DIRECTORY_CERTIFICATES_MAX), (octets, true));
    assert_eq!(answered(DIRECTORY_CERTIFICATES_MAX + 1), (octets, false));
}

#[test]
fn a_directory_answer_opens_only_for_the_one_who_asked() {
    let south = RoutingKey::generate(&mut rng());
    let query = DirectoryQuery { address: address("bert@south.example") };
    let (sealed, my_key) = query.seal(&south.public(), &mut rng()).unwrap();
    let (opened, their_key) = DirectoryQuery::open(&south, &sealed).unwrap();
    assert_eq!(opened, query);
    let answer = DirectoryAnswer {
        encryption_certificates: vec![Octets(vec![1, 2, 3])],
        revocation_list: None,
    };
    let sealed_answer = answer.seal(their_key, &mut rng()).unwrap();
    let (_, somebody_elses_key) = query.seal(&south.public(), &mut rng()).unwrap();
    assert!(DirectoryAnswer::open(somebody_elses_key, &sealed_answer).is_err());
    assert_eq!(DirectoryAnswer::open(my_key, &sealed_answer), Ok(answer));
}

#[test]
fn evd_001_a_disclosure_with_a_short_salt_is_refused() {
    let weak = URL_SAFE_NO_PAD.encode(r#"["c2FsdA","identifier","anna@north.example"]"#);
    assert!(Disclosure::parse(&weak).is_err());
    let strong = Disclosure::identifier(&address("anna@north.example"), &mut rng());
    assert_eq!(Disclosure::parse(strong.encoded()), Ok(strong));
}

#[test]
fn evd_002_a_party_needs_at_least_one_well_formed_digest() {
    assert!(!PartyReference { digests: vec![], assurance: None }.is_well_formed());
    let good =
        PartyReference::to(&[Disclosure::identifier(&address("a@b.example"), &mut rng())], None);
    assert!(good.is_well_formed());
}

fn submission(mode: ConsignmentMode) -> SubmissionHead {
    let letter = metadata(mode);
    SubmissionHead {
        version: SUBMISSION_VERSION.to_owned(),
        letter_id: LetterId::random(&mut rng()),
        mode,
        deadline: letter.deadline,
        content_commitment: letter.content_commitment,
        body: letter.body,
        objects: Vec::new(),
        sender: vec![Disclosure::identifier(&address("anna@north.example"), &mut rng())],
        consignments: vec![SubmittedConsignment {
            dispatch_id: letter.dispatch_id,
            domain: letter.recipient_erds,
            recipient: letter.recipient,
            enveloped: letter.enveloped,
            slip: Octets(vec![0; SEALED_SLIP_OCTETS]),
        }],
    }
}

#[test]
fn rel_001_body_and_deadline_belong_to_the_consent_modes_only() {
    let good = submission(ConsignmentMode::Signed);
    assert_eq!(SubmissionHead::from_json(&good.to_json()), Ok(good.clone()));
    assert_eq!(good.parts().len(), 2);
    let without_body = SubmissionHead { body: None, ..good.clone() };
    assert!(SubmissionHead::from_json(&without_body.to_json()).is_err());
    let basic_with_body =
        SubmissionHead { body: Some(PartDigest::of(b"")), ..submission(ConsignmentMode::Basic) };
    assert!(SubmissionHead::from_json(&basic_with_body.to_json()).is_err());
}

#[test]
fn rel_005_a_dispatch_names_the_objects_that_its_metadata_stand_for() {
    let objects = vec![PartDigest::of(b"one"), PartDigest::of(b"two")];
    let metadata = RelayMetadata {
        objects: crate::objects::summary(&objects),
        ..metadata(ConsignmentMode::Basic)
    };
    let (slip, submission_evidence) = (Octets(vec![0; SEALED_SLIP_OCTETS]), Octets::default());
    let head = DispatchHead { metadata, objects, slip, submission_evidence };
    assert_eq!(DispatchHead::from_json(&head.to_json()), Ok(head.clone()));
    let swapped = head.objects.iter().rev().copied().collect();
    for objects in [swapped, head.objects[..1].to_vec(), Vec::new()] {
        let other = DispatchHead { objects, ..head.clone() };
        assert!(DispatchHead::from_json(&other.to_json()).is_err());
    }
}

#[test]
fn rel_002_a_slip_of_another_size_is_refused() {
    let mut head = submission(ConsignmentMode::Basic);
    head.consignments[0].slip.0.pop();
    assert!(SubmissionHead::from_json(&head.to_json()).is_err());
}

#[test]
fn the_same_dispatch_twice_and_unknown_fields_are_refused() {
    let mut head = submission(ConsignmentMode::Basic);
    head.consignments.push(head.consignments[0].clone());
    assert!(SubmissionHead::from_json(&head.to_json()).is_err());
    let json = String::from_utf8(submission(ConsignmentMode::Basic).to_json()).unwrap();
    let with_more = json.replacen('{', r#"{"recipient_name":"Bert","#, 1);
    assert!(SubmissionHead::from_json(with_more.as_bytes()).is_err());
}

#[test]
fn env_001_env_002_clear_text_is_no_enveloped_letter() {
    for clear in [b"Dear Bert".as_slice(), b"", b"\x30\x80"] {
        assert!(Enveloped::from_der(clear.to_vec()).is_err());
        assert!(EnvelopedStream::from_prefix(clear, clear.len() as u64).is_err());
    }
}

fn discovery(domain: &str) -> Discovery {
    let key = RoutingKey::generate(&mut rng());
    Discovery {
        version: DISCOVERY_VERSION.to_owned(),
        domain: crate::Domain::parse(domain).unwrap(),
        organisation: "Provider Ltd".to_owned(),
        evidence_mode: EVIDENCE_MODE_PRIVATE.to_owned(),
        consignment_modes: vec![ConsignmentMode::Basic],
        expiry_supported: true,
        scheduled_delivery_supported: false,
        relay_endpoint: format!("{domain}:443"),
        certificates: ProviderCertificates {
            electronic_seal: Octets::default(),
            time_stamping: None,
            time_stamping_root: None,
        },
        routing_key: RoutingKeyEntry::of(&key.public()),
        log_origin: format!("{domain}/log"),
        letter_octets_max: 1,
        objects_octets_max: 1,
        issued: ClaimedTime::from_unix(NOW),
        next_update: ClaimedTime::from_unix(NOW + 7200),
    }
}

#[test]
fn dis_001_dis_002_a_discovery_document_is_of_its_own_domain_and_of_today() {
    let south = World::new("south.example");
    let domain = crate::Domain::parse("south.example").unwrap();
    let sealed = |document: &Discovery| south.sign(&document.to_json(), &south.seal, NOW);
    let good = sealed(&discovery("south.example"));
    assert!(verify_discovery(&good, &domain, &south.verification()).passed().is_ok());
    let of_another = sealed(&discovery("north.example"));
    assert!(verify_discovery(&of_another, &domain, &south.verification()).passed().is_err());
    let old = Discovery { next_update: ClaimedTime::from_unix(NOW), ..discovery("south.example") };
    let outcome = verify_discovery(&sealed(&old), &domain, &south.verification());
    assert_eq!(outcome.shortfall().map(|shortfall| shortfall.sub.code()), Some("EXPIRED"));
}
