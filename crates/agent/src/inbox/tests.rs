use super::*;
use crate::records::Pending;
use crate::system_random;
use crate::testing::{Provider, meets, metadata, person, sent};
use sealpost_cms::issue::Profile as Kind;
use sealpost_cms::keys::SigningKey;
use sealpost_erds::acceptance::{Decision, Verdict};
use sealpost_letter::decision::encrypt_for_sender;
use tempfile::TempDir;

/// Anna at north.example, who knows south.example.
struct House {
    north: Provider,
    south: Provider,
    anna: Agent,
    _place: TempDir,
}

fn house() -> House {
    let place = tempfile::tempdir().unwrap();
    let (north, south) = (Provider::new("north.example"), Provider::new("south.example"));
    let anna = person(&place, &north, "anna@north.example");
    meets(&anna, &north);
    meets(&anna, &south);
    House { north, south, anna, _place: place }
}

impl House {
    fn takes(&self, evidence: &Octets, attachment: Option<&Octets>) -> Result<bool, AgentError> {
        self.anna.wait(self.anna.take_evidence(evidence, attachment))
    }
}

fn share() -> Share {
    Share::from_array([7; 32])
}

/// A decision by somebody whom a provider certified.
fn decision(by: &Provider, metadata: &RelayMetadata, verdict: Verdict) -> Vec<u8> {
    let key = SigningKey::generate(&mut system_random());
    let (name, address, organisation) = ("Bert", "bert@south.example", None);
    let certificate =
        by.certifies(Kind::PersonSignature { name, address, organisation }, &key.spki_der());
    by.signs(&Decision::about(metadata, verdict).unwrap().to_json(), (&key, &certificate))
}

#[test]
fn evidence_that_does_not_read_is_kept_for_a_version_that_can_read_it() {
    let house = house();
    let strange = Octets(b"an evidence of the year 2050".to_vec());
    assert!(!house.takes(&strange, None).unwrap());
    let kept = records::list::<Kept>(&house.anna.vault, UNREADABLE).unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].1.evidence, strange);
    // What reads now, because the program is newer, moves to where it belongs.
    let metadata = metadata(ConsignmentMode::Basic);
    let good = house.south.seals(&house.south.states(Event::ContentConsignment, &metadata));
    records::put(&house.anna.vault, UNREADABLE, "good", &Kept::of(good)).unwrap();
    let mut report = SyncReport::default();
    house.anna.wait(house.anna.read_again(&mut report)).unwrap();
    assert_eq!(report.evidence_new, 1);
    assert_eq!(records::list::<Kept>(&house.anna.vault, UNREADABLE).unwrap().len(), 1);
    assert_eq!(house.anna.steps(&Way::here(&metadata)).unwrap().len(), 1);
}

#[test]
fn evidence_that_comes_twice_is_new_once() {
    let house = house();
    let metadata = metadata(ConsignmentMode::Basic);
    let good = house.south.seals(&house.south.states(Event::ContentConsignment, &metadata));
    assert!(house.takes(&good, None).unwrap());
    assert!(!house.takes(&good, None).unwrap());
    assert_eq!(house.anna.steps(&Way::here(&metadata)).unwrap().len(), 1);
}

#[test]
fn what_does_not_prove_anything_is_shown_as_what_it_is() {
    let house = house();
    let metadata = metadata(ConsignmentMode::Basic);
    let way = Way::here(&metadata);
    // The sender's provider states what only the recipient's may state.
    let wrong = house.north.seals(&house.north.states(Event::ContentConsignment, &metadata));
    house.takes(&wrong, None).unwrap();
    let mut broken = house.south.seals(&house.south.states(Event::ContentConsignment, &metadata));
    let last = broken.0.len() - 1;
    broken.0[last] ^= 1;
    house.takes(&broken, None).unwrap();
    let steps = house.anna.steps(&way).unwrap();
    assert_eq!(steps.len(), 2);
    for step in steps {
        assert_ne!(step.indication, "TOTAL-PASSED");
        assert_eq!(step.proven_time, None);
    }
}

#[test]
fn agt_005_a_decision_is_kept_only_if_evidence_names_it_and_its_signature_holds() {
    let house = house();
    let mut metadata = metadata(ConsignmentMode::Signed);
    let record = sent(&mut metadata);
    let name = metadata.dispatch_id.hex();
    records::put(&house.anna.vault, SENT, &metadata.letter_id.hex(), &record).unwrap();
    let arrives = |by: &Provider, decision: &[u8], named: Digest, event: Event| {
        let mut evidence = by.states(event, &metadata);
        evidence.decision_sha256 = Some(named);
        let rng = &mut system_random();
        let sealed = encrypt_for_sender(decision, metadata.dispatch_id, &share(), rng).unwrap();
        house.takes(&by.seals(&evidence), Some(&Octets(sealed))).unwrap();
        house.anna.vault.get(DECISION, &name).unwrap().map(|record| record.octets.to_vec())
    };
    let accepts = Event::ConsignmentAcceptance;
    let good = decision(&house.south, &metadata, Verdict::Accepted);
    let (south, north) = (&house.south, &house.north);
    assert_eq!(arrives(south, &good, Digest::of(b"another"), accepts), None);
    assert_eq!(arrives(north, &good, Digest::of(&good), accepts), None, "by the wrong provider");
    let refusal = decision(&house.south, &metadata, Verdict::Refused);
    assert_eq!(arrives(south, &refusal, Digest::of(&refusal), accepts), None, "it refuses");
    let forged = decision(&house.north, &metadata, Verdict::Accepted);
    assert_eq!(arrives(south, &forged, Digest::of(&forged), accepts), None, "nobody of theirs");
    assert_eq!(arrives(south, &good, Digest::of(&good), accepts), Some(good.clone()));
    // And nothing that comes later puts another in its place.
    assert_eq!(arrives(south, &forged, Digest::of(&forged), accepts), Some(good));
}

#[test]
fn agt_028_a_decision_waits_until_the_evidence_that_names_it_is_believed() {
    let house = house();
    let mut metadata = metadata(ConsignmentMode::Signed);
    let record = sent(&mut metadata);
    records::put(&house.anna.vault, SENT, &metadata.letter_id.hex(), &record).unwrap();
    let accepted = decision(&house.south, &metadata, Verdict::Accepted);
    let mut evidence = house.south.states(Event::ConsignmentAcceptance, &metadata);
    evidence.decision_sha256 = Some(Digest::of(&accepted));
    let rng = &mut system_random();
    let sealed = encrypt_for_sender(&accepted, metadata.dispatch_id, &share(), rng).unwrap();
    let kept = || {
        let name = metadata.dispatch_id.hex();
        house.anna.vault.get(DECISION, &name).unwrap().map(|record| record.octets.to_vec())
    };
    // What is known of the other provider does not prove its evidence yet, as when it has changed
    // its authority for time; and nobody can be asked.
    meets(&house.anna, &Provider::new("south.example"));
    assert!(house.takes(&house.south.seals(&evidence), Some(&Octets(sealed))).unwrap());
    assert_eq!(kept(), None);
    meets(&house.anna, &house.south);
    let mut report = SyncReport::default();
    house.anna.wait(house.anna.read_again(&mut report)).unwrap();
    assert_eq!(kept(), Some(accepted));
    assert!(records::list::<Kept>(&house.anna.vault, SEALED).unwrap().is_empty());
}

#[test]
fn an_answer_of_the_own_provider_is_verified_before_it_is_used() {
    let place = tempfile::tempdir().unwrap();
    let (north, south) = (Provider::new("north.example"), Provider::new("south.example"));
    let bert = person(&place, &south, "bert@south.example");
    let metadata = metadata(ConsignmentMode::Basic);
    let keeps = |evidence: &Octets| {
        bert.wait(bert.keep_answer(
            &metadata,
            std::slice::from_ref(evidence),
            &[Event::ContentHandover],
            None,
        ))
        .map_err(|error| error.code())
    };
    let good = south.seals(&south.states(Event::ContentHandover, &metadata));
    let mut broken = good.clone();
    let last = broken.0.len() - 1;
    broken.0[last] ^= 1;
    assert_eq!(keeps(&broken), Err("not-verified"));
    assert_eq!(keeps(&Octets(b"nothing".to_vec())), Err("not-verified"));
    let foreign = north.seals(&north.states(Event::ContentHandover, &metadata));
    assert_eq!(keeps(&foreign), Err("not-verified"));
    let other = crate::testing::metadata(ConsignmentMode::Basic);
    let other = south.seals(&south.states(Event::ContentHandover, &other));
    assert_eq!(keeps(&other), Err("provider-answer-malformed"));
    assert!(bert.steps(&Way::here(&metadata)).unwrap().is_empty(), "nothing wrong was kept");
    assert_eq!(keeps(&good), Ok(()));
    assert_eq!(bert.steps(&Way::here(&metadata)).unwrap().len(), 1);
}

#[test]
fn a_pending_letter_that_cannot_be_read_does_not_hold_up_the_others() {
    let house = house();
    let letter = LetterId::random(&mut system_random());
    let pending = pending(b"no head");
    records::put(&house.anna.vault, PENDING, &letter.hex(), &pending).unwrap();
    let mut report = SyncReport::default();
    house.anna.wait(house.anna.hand_in_all(&mut report, &mut |_| {})).unwrap();
    assert_eq!(report.fault.unwrap().code(), "archive-unreadable");
    assert_eq!(report.handed_in, 0);
    let [not_handed_in] = report.not_handed_in.as_slice() else { panic!("one") };
    assert_eq!(not_handed_in.letter_id, letter);
    let why = HandingIn::Waiting { code: Some("archive-unreadable".to_owned()) };
    assert_eq!(not_handed_in.handing_in, why);
    // Without a connection there is nothing to go on with.
    let error = house.anna.sync(&mut |_| {}).err().unwrap();
    assert_eq!(error.code(), "provider-unreachable");
    assert!(records::get::<Pending>(&house.anna.vault, PENDING, &letter.hex()).unwrap().is_some());
}

/// A submission without ciphertexts.
fn pending(head: &[u8]) -> Pending {
    Pending {
        head: Octets(head.to_vec()),
        parts: Vec::new(),
        objects: Vec::new(),
        uploaded: false,
        failed: None,
    }
}

#[test]
fn whether_a_letter_was_handed_in_waits_or_was_refused_is_told_apart() {
    let house = house();
    let mut metadata = metadata(ConsignmentMode::Basic);
    let record = sent(&mut metadata);
    let (vault, name) = (&house.anna.vault, metadata.letter_id.hex());
    records::put(vault, SENT, &name, &record).unwrap();
    records::put(vault, PENDING, &name, &pending(b"no head")).unwrap();
    let told = || house.anna.sent(Some(&name)).unwrap().remove(0).handing_in;
    assert_eq!(told(), HandingIn::Waiting { code: None }, "it was not tried yet");
    house.anna.wait(house.anna.hand_in(metadata.letter_id, &mut |_| ()));
    let why = |code: &str| Some(code.to_owned());
    assert_eq!(told(), HandingIn::Waiting { code: why("archive-unreadable") });
    house.anna.note_refusal(&name, "too-large").unwrap();
    assert_eq!(told(), HandingIn::Refused { code: why("too-large") });
    vault.commit(|tx| tx.delete(records::REFUSED, &name)).unwrap();
    assert_eq!(told(), HandingIn::Refused { code: None }, "as older versions left it");
    let evidence = house.north.seals(&house.north.states(Event::SubmissionAcceptance, &metadata));
    house.takes(&evidence, None).unwrap();
    assert_eq!(told(), HandingIn::HandedIn);
}

#[test]
fn agt_011_a_mailbox_that_brings_the_same_again_is_left_alone() {
    let mut acknowledged = HashSet::new();
    assert!(brings_new(&[1, 2], &mut acknowledged));
    assert!(brings_new(&[2, 3], &mut acknowledged));
    assert!(!brings_new(&[1, 2, 3], &mut acknowledged));
    assert!(!brings_new(&[], &mut acknowledged));
}

#[test]
fn errors_about_one_letter_do_not_stop_a_synchronisation_and_others_do() {
    let refused = |code: &str, status| PostError::Refused {
        code: code.to_owned(),
        status,
        sub_indication: None,
    };
    for error in [
        refused("letter-not-found", 404),
        refused("letter-expired", 409),
        refused("peer-failed", 502),
        PostError::NotOpened { code: "unauthentic" },
        PostError::Nonsense { expected: "letter" },
    ] {
        assert!(is_about_one(&error.into()));
    }
    for error in [
        refused("certificate-refused", 401),
        refused("busy", 503),
        refused("storage-full", 507),
        PostError::Unreachable,
        PostError::Waits { cause: Box::new(PostError::Unreachable) },
    ] {
        assert!(!is_about_one(&error.into()));
    }
    assert!(is_about_one(&VaultError::BodyMissing.into()));
    assert!(!is_about_one(&VaultError::Random.into()));
}
