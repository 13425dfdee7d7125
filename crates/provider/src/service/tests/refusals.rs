//! What is refused by rule, with evidence; and what does not count, without any.

use sealpost_cms::time::Deadline;
use sealpost_erds::acceptance::Verdict;
use sealpost_erds::disclosure::{Disclosure, PartyReference};
use sealpost_erds::event::{Event, Reason};
use sealpost_erds::relay::DispatchHead;
use sealpost_erds::{Address, ConsignmentMode, Domain, Octets};
use sealpost_wire::api::Taken;

use super::town::{Changes, Letter, QUICK, Town, Wish, change, quick_and, stored_part, until};
use crate::service::{decision, relay_in, submission};
use crate::store::StoreError;
use crate::{clock, limits};

#[tokio::test]
async fn a_submission_is_refused_for_all_recipients_with_the_reason() {
    let town = Town::new(QUICK).await;
    let anna = town.north.person("anna@north.example").await;
    let south = town.south.provider();
    let letters = [
        // SUB-001
        ("sender-mismatch", Wish { in_the_name_of: Some("otto@north.example"), ..Wish::default() }),
        // SUB-004
        (
            "deadline-out-of-range",
            Wish { mode: ConsignmentMode::Signed, deadline_in: -5, ..Wish::default() },
        ),
        (
            "deadline-out-of-range",
            Wish { mode: ConsignmentMode::Signed, deadline_in: 91 * 86_400, ..Wish::default() },
        ),
        // SUB-005
        (
            "unknown-domain",
            Wish { to: &["bert@south.example", "x@nowhere.example"], ..Wish::default() },
        ),
    ];
    let mut before = 0;
    for (code, wish) in letters {
        let letter = Letter::new(&anna, south, &wish);
        let answer = anna.submits(&letter).await.unwrap();
        assert_eq!(answer.outcome, Taken::Rejected, "{code}");
        assert_eq!(answer.evidence.len(), wish.to.len(), "{code}");
        for evidence in &answer.evidence {
            let evidence = anna.reads(&evidence.0);
            assert_eq!(evidence.event, Event::SubmissionRejection);
            assert_eq!(evidence.reasons[0].details[1], code);
        }
        before += wish.to.len();
        assert_eq!(
            anna.submits(&letter).await.unwrap(),
            answer,
            "the same refusal for the same letter"
        );
    }
    assert_eq!(anna.mailbox().await.evidence.len(), before);
    assert_eq!(town.north.count("dispatch_out").await, 0);
    assert_eq!(town.north.count("blob").await, 0);
}

#[tokio::test]
async fn sub_002_what_is_no_ciphertext_or_another_than_announced_is_refused() {
    let town = Town::new(QUICK).await;
    let anna = town.north.person("anna@north.example").await;
    let (north, south) = (town.north.provider(), town.south.provider());
    let clear = b"From: anna@north.example\r\n\r\nDear Bert".to_vec();
    let changed = |letter: &Letter| {
        let mut octets = letter.parts[0].clone();
        *octets.last_mut().unwrap() ^= 1;
        octets
    };
    for large in [false, true] {
        let octets = if large { 200_000 } else { 2000 };
        let letter = Letter::new(&anna, south, &Wish { octets, ..Wish::default() });
        let part = stored_part(north, letter.head.parts()[0], &changed(&letter)).await;
        assert!(!part.is_enveloped());
        let (json, head) = (letter.head.to_json(), letter.head.clone());
        let answer =
            submission::submit(north, &anna.account, &json, head, vec![part]).await.unwrap();
        let evidence = anna.reads(&answer.evidence[0].0);
        assert_eq!(evidence.reason(), Some(Reason::INVALID_MESSAGE_FORMAT));
    }
    let mut letter = Letter::new(&anna, south, &Wish::default());
    letter.head.consignments[0].enveloped = sealpost_erds::relay::PartDigest::of(&clear);
    letter.parts = vec![clear];
    let answer = anna.submits(&letter).await.unwrap();
    assert_eq!(answer.outcome, Taken::Rejected);
}

const SMALL: Changes = &[("letter_octets_max = 67108864", "letter_octets_max = 65536")];

#[tokio::test]
async fn sub_003_a_submission_larger_than_the_limit_is_refused_as_a_whole() {
    let town = Town::new(SMALL).await;
    let anna = town.north.person("anna@north.example").await;
    let to = ["bert@south.example", "carl@south.example"];
    let wish = Wish { octets: 40_000, to: &to, ..Wish::default() };
    let letter = Letter::new(&anna, town.south.provider(), &wish);
    let answer = anna.submits(&letter).await.unwrap();
    assert_eq!(answer.outcome, Taken::Rejected);
    assert_eq!(anna.reads(&answer.evidence[1].0).reasons[0].details[1], "too-large");
}

#[tokio::test]
async fn rin_004_a_letter_larger_than_the_recipients_provider_takes_is_turned_away() {
    let mut town = Town::not_started(QUICK).await;
    change(&town.south.folder.join("provider.toml"), SMALL, "");
    town.north.start().await;
    town.south.start().await;
    let anna = town.north.person("anna@north.example").await;
    let wish = Wish { mode: ConsignmentMode::Signed, octets: 9_000_000, ..Wish::default() };
    let letter = Letter::new(&anna, town.south.provider(), &wish);
    anna.submits(&letter).await.unwrap();
    until("it is turned away", async || anna.mailbox().await.evidence.len() == 2).await;
    let evidence = anna.mailbox().await.evidence;
    let rejection = evidence.iter().map(|item| anna.reads(&item.evidence.0));
    let events: Vec<_> = rejection.map(|one| (one.event, one.reason())).collect();
    assert_eq!(events[1], (Event::RelayRejection, Some(Reason::R_ERDS_POLICY_VIOLATION)));
}

#[tokio::test]
async fn slp_001_a_slip_without_the_share_that_the_mode_demands_is_turned_away() {
    let town = Town::new(QUICK).await;
    let anna = town.north.person("anna@north.example").await;
    let _bert = town.south.person("bert@south.example").await;
    let wish = Wish { mode: ConsignmentMode::Consent, forgets_share: true, ..Wish::default() };
    let letter = Letter::new(&anna, town.south.provider(), &wish);
    anna.submits(&letter).await.unwrap();
    anna.waits_for(&[Event::SubmissionAcceptance, Event::RelayRejection]).await;
    let rejection = anna.reads(&anna.evidence(Event::RelayRejection).await.evidence.0);
    assert_eq!(rejection.reasons[0].details[1], "invalid-slip");
}

#[tokio::test]
async fn rin_007_a_letter_older_than_the_memory_of_its_receiver_is_not_taken_twice() {
    let changes = quick_and(&[
        ("give_up_after = \"72h\"", "give_up_after = \"6s\""),
        ("idempotency = \"7d\"", "idempotency = \"2s\""),
    ]);
    let mut town = Town::new(changes).await;
    let (anna, bert) = town.anna_and_bert().await;
    let letter = Letter::new(&anna, town.south.provider(), &Wish::default());
    drop(bert);
    town.south.stop().await;
    anna.submits(&letter).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    town.south.start().await;
    anna.waits_for(&[Event::SubmissionAcceptance, Event::RelayFailure]).await;
    let failure = anna.reads(&anna.evidence(Event::RelayFailure).await.evidence.0);
    assert_eq!(failure.reason(), Some(Reason::R_ERDS_MALFUNCTION));
    assert_eq!(town.south.count("letter").await, 0);
}

#[tokio::test]
async fn rin_009_nobody_of_that_name_is_told_to_the_sender() {
    let town = Town::new(QUICK).await;
    let anna = town.north.person("anna@north.example").await;
    let letter = Letter::new(&anna, town.south.provider(), &Wish::default());
    anna.submits(&letter).await.unwrap();
    anna.waits_for(&[Event::SubmissionAcceptance, Event::RelayRejection]).await;
    let rejection = anna.reads(&anna.evidence(Event::RelayRejection).await.evidence.0);
    assert_eq!(rejection.reason(), Some(Reason::UNKNOWN_RECIPIENT));
    assert_eq!(town.south.count("blob").await, 0);
    assert_eq!(town.south.count("letter").await, 0);
    assert_eq!(town.north.count("dispatch_out").await, 0);
}

#[tokio::test]
async fn a_dispatch_that_does_not_fit_its_evidence_its_slip_or_its_parts_is_turned_away() {
    let mut town = Town::new(QUICK).await;
    let (anna, bert) = town.anna_and_bert().await;
    let wish = Wish { mode: ConsignmentMode::Consent, ..Wish::default() };
    let letter = Letter::new(&anna, town.south.provider(), &wish);
    drop(bert);
    town.south.stop().await;
    anna.submits(&letter).await.unwrap();
    let read = |db: &rusqlite::Connection| {
        Ok::<_, StoreError>(db.query_row("SELECT head FROM dispatch_out", [], |row| row.get(0))?)
    };
    let json: Vec<u8> = town.north.provider().store.read(read).await.unwrap();
    drop(anna);
    town.north.stop().await;
    town.south.start().await;
    let south = town.south.provider();
    let from = Domain::parse("north.example").unwrap();
    let good = DispatchHead::from_json(&json).unwrap();
    let random = &mut clock::system_random();
    let stranger = Disclosure::identifier(&Address::parse("eve@south.example").unwrap(), random);
    let change = |change: &dyn Fn(&mut DispatchHead)| {
        let mut head = good.clone();
        change(&mut head);
        head
    };
    // Each is turned away under a name of its own: the first answer to a name is final.
    let cases = [
        // RIN-005
        (
            "deadline-out-of-range",
            change(&|head| {
                head.metadata.deadline = Some(Deadline::from_unix(clock::now_unix() - 1));
            }),
        ),
        // RIN-006
        ("invalid-evidence", change(&|head| head.submission_evidence = Octets(vec![0x30, 0]))),
        (
            "invalid-evidence",
            change(&|head| {
                head.metadata.content_commitment = sealpost_erds::Digest::of(b"other");
            }),
        ),
        (
            "invalid-evidence",
            change(&|head| {
                head.metadata.recipient = PartyReference::to(std::slice::from_ref(&stranger), None);
            }),
        ),
        (
            "invalid-evidence",
            change(&|head| {
                head.metadata.sender.assurance = Some(sealpost_erds::disclosure::Assurance::High);
            }),
        ),
        // RIN-008
        ("invalid-slip", change(&|head| head.slip.0[100] ^= 1)),
    ];
    for (code, head) in cases {
        let json = head.to_json();
        let parts = letter.stored_parts(south).await;
        let answer = relay_in::receive(south, &from, &json, head, parts).await.unwrap();
        assert_eq!(answer.outcome, Taken::Rejected, "{code}");
        assert_eq!(details(&town, &answer.evidence.0), code);
        forget_answers(&town).await;
    }
    // RIN-003
    let parts = letter.stored_parts(south).await;
    let swapped: Vec<_> = parts.into_iter().rev().collect();
    let answer = relay_in::receive(south, &from, &json, good.clone(), swapped).await.unwrap();
    assert_eq!(details(&town, &answer.evidence.0), "not-enveloped");
    forget_answers(&town).await;
    // RIN-001, RIN-002
    for (code, head) in [
        (
            "dispatch-of-another-provider",
            change(&|head| head.metadata.sender_erds = south.config.domain.clone()),
        ),
        (
            "dispatch-for-another-provider",
            change(&|head| head.metadata.recipient_erds = from.clone()),
        ),
    ] {
        let parts = letter.stored_parts(south).await;
        let error =
            relay_in::receive(south, &from, &head.to_json(), head, parts).await.unwrap_err();
        assert_eq!(error.code(), code);
    }
    assert_eq!(town.south.count("letter").await, 0);
    assert_eq!(town.south.count("blob").await, 0);
    let parts = letter.stored_parts(south).await;
    let answer = relay_in::receive(south, &from, &json, good, parts).await.unwrap();
    assert_eq!(answer.outcome, Taken::Accepted, "and what fits is taken");
}

#[tokio::test]
async fn a_decision_that_does_not_count_leaves_the_letter_waiting() {
    let town = Town::new(QUICK).await;
    let anna = town.north.person("anna@north.example").await;
    let (bert, carl) = (
        town.south.person("bert@south.example").await,
        town.south.person("carl@south.example").await,
    );
    let wish = Wish { mode: ConsignmentMode::Signed, ..Wish::default() };
    let letters = [(); 2].map(|()| Letter::new(&anna, town.south.provider(), &wish));
    for letter in &letters {
        anna.submits(letter).await.unwrap();
    }
    until("both wait", async || bert.mailbox().await.letters.len() == 2).await;
    let south = town.south.provider();
    let waiting = bert.mailbox().await.letters;
    let (this, other) = (&waiting[0].metadata, &waiting[1].metadata);
    let accepts = async |request| {
        let answer = decision::accept(south, &bert.account, this.dispatch_id, request).await;
        answer.unwrap_err().code()
    };
    assert_eq!(
        accepts(bert.decides(other, Verdict::Accepted).await).await,
        "decision-for-another-letter"
    );
    assert_eq!(
        accepts(carl.decides(this, Verdict::Accepted).await).await,
        "decision-by-another-signer"
    );
    // In the mode `signed` the key that logs in decides nothing.
    let wrong_key = bert.decides_with_wrong_key(this, Verdict::Accepted).await;
    assert_eq!(accepts(wrong_key).await, "decision-not-verified");
    assert_eq!(accepts(bert.decides(this, Verdict::Refused).await).await, "decision-not-verified");
    let mut broken = bert.decides(this, Verdict::Accepted).await;
    let middle = broken.decision.0.len() / 2;
    broken.decision.0[middle] ^= 1;
    assert_eq!(accepts(broken).await, "decision-not-verified");
    // DCN-001
    let mut heavy = bert.decides(this, Verdict::Accepted).await;
    heavy.for_sender = Some(Octets(vec![0; limits::DECISION_ATTACHMENT_OCTETS_MAX + 1]));
    assert_eq!(accepts(heavy).await, "attachment-too-large");
    // Another's letter is not there.
    let request = carl.decides(this, Verdict::Accepted).await;
    let error =
        decision::accept(south, &carl.account, this.dispatch_id, request).await.unwrap_err();
    assert_eq!(error.code(), "letter-not-found");
    assert_eq!(bert.events().await, [Event::NotificationForAcceptance; 2]);
    let request = bert.decides(this, Verdict::Accepted).await;
    decision::accept(south, &bert.account, this.dispatch_id, request).await.unwrap();
}

#[tokio::test]
async fn an_acceptance_after_the_deadline_does_not_count_even_before_the_clock_has_struck() {
    let changes = quick_and(&[("grace = \"1s\"", "grace = \"1h\"")]);
    let town = Town::new(changes).await;
    let (anna, bert) = town.anna_and_bert().await;
    let wish = Wish { mode: ConsignmentMode::Consent, deadline_in: 2, ..Wish::default() };
    let (letter, metadata) = anna.sends(&bert, &wish).await;
    let in_time = bert.decides(&metadata, Verdict::Accepted).await;
    let deadline = metadata.deadline.unwrap().unix();
    until("the deadline is over", async || clock::now_unix() > deadline).await;
    let late = bert.decides(&metadata, Verdict::Accepted).await;
    let (south, id) = (town.south.provider(), letter.dispatch_id());
    let error = decision::accept(south, &bert.account, id, late).await.unwrap_err();
    assert_eq!(error.code(), "decision-after-deadline");
    // What was signed in time may arrive late.
    decision::accept(south, &bert.account, id, in_time).await.unwrap();
}

#[tokio::test]
async fn without_time_nothing_is_accepted_and_nothing_is_kept() {
    const NO_TIME: Changes = &[
        ("authority = \"internal\"", "authority = \"http://127.0.0.1:9/\""),
        ("root = \"\"", "root = \"certificates/root.pem\""),
    ];
    let town = Town::new(NO_TIME).await;
    let anna = town.north.person("anna@north.example").await;
    let letter = Letter::new(&anna, town.south.provider(), &Wish::default());
    let error = anna.submits(&letter).await.unwrap_err();
    assert_eq!(error.code(), "time-stamp-unavailable");
    for table in ["submission", "dispatch_out", "evidence", "blob"] {
        assert_eq!(town.north.count(table).await, 0, "{table}");
    }
}

/// The second detail of the first reason: our own word for it.
fn details(town: &Town, signed: &[u8]) -> String {
    let south = town.south.provider();
    let evidence = crate::service::trust::evidence_of(south, &south.config.domain, signed.to_vec());
    evidence.unwrap_or_else(|doubt| panic!("{doubt:?}")).get().reasons[0].details[1].clone()
}

async fn forget_answers(town: &Town) {
    let forget = |tx: &crate::store::Tx<'_>| {
        tx.execute("DELETE FROM dispatch_in", [])?;
        Ok::<_, StoreError>(())
    };
    town.south.provider().store.write("test", forget).await.unwrap();
}
