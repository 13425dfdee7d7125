use super::*;
use crate::records::{PEER, Peer};
use crate::testing::{Letter, Provider, meets, person};
use crate::views::{InboxEntry, State};
use sealpost_erds::Octets;
use tempfile::TempDir;

/// Bert at south.example, to whom Anna at north.example has written.
struct House {
    north: Provider,
    bert: Agent,
    letter: Letter,
    _place: TempDir,
}

fn house(time_stamp: bool) -> House {
    let place = tempfile::tempdir().unwrap();
    let (north, south) = (Provider::new("north.example"), Provider::new("south.example"));
    let bert = person(&place, &south, "bert@south.example");
    meets(&bert, &north);
    let letter = north.delivers(&bert, &south, time_stamp);
    House { north, bert, letter, _place: place }
}

impl House {
    fn listed(&self) -> InboxEntry {
        self.bert.inbox(true).unwrap().remove(0)
    }

    fn record(&self) -> Received {
        records::list(&self.bert.vault, RECEIVED).unwrap().remove(0).1
    }

    /// Puts something else where the content was, which no list that relies on an earlier
    /// verification notices.
    fn loses_the_content(&self) {
        let name = self.record().name();
        self.bert.vault.commit(|tx| tx.put(CONTENT, &name, b"another content")).unwrap();
    }

    fn shown(&self) -> State {
        self.bert.show(&self.letter.metadata.letter_id.hex()).unwrap().entry.state
    }
}

#[test]
fn a_list_reads_no_content_twice_and_whoever_shows_one_verifies_it() {
    let house = house(true);
    house.letter.is_kept_by(&house.bert, &house.letter.content);
    assert!(house.record().listed.is_none(), "as an earlier version left it");
    for time in ["verified", "remembered"] {
        let entry = house.listed();
        assert_eq!(entry.state, State::Opened, "{time}");
        assert_eq!(entry.subject.as_deref(), Some("Subject"));
        assert_eq!(entry.sender.unwrap().name.as_deref(), Some("Anna"));
    }
    assert!(house.record().listed.is_some());
    house.loses_the_content();
    assert_eq!(house.listed().state, State::Opened);
    assert_eq!(house.shown(), State::Unverified);
}

#[test]
fn agt_023_a_list_relies_on_no_verification_under_another_policy_or_other_roots() {
    let changes: [fn(&House); 3] = [
        |house| {
            let mut record = house.record();
            let listed = record.listed.as_mut().unwrap();
            listed.algorithm_policy = "sealpost-2020".to_owned();
            records::put(&house.bert.vault, RECEIVED, &record.name(), &record).unwrap();
        },
        |house| {
            let another = Provider::new("north.example");
            meets(&house.bert, &another);
        },
        |house| {
            let clock = Provider::new("time.example").root.der().to_vec();
            let known: Option<Peer> =
                records::get(&house.bert.vault, PEER, "north.example").unwrap();
            let peer = Peer { for_time: vec![Octets(clock)], ..known.unwrap() };
            records::put(&house.bert.vault, PEER, "north.example", &peer).unwrap();
        },
    ];
    for change in changes {
        let house = house(true);
        house.letter.is_kept_by(&house.bert, &house.letter.content);
        assert_eq!(house.listed().state, State::Opened);
        house.loses_the_content();
        assert_eq!(house.listed().state, State::Opened, "it is remembered");
        change(&house);
        assert_eq!(house.listed().state, State::Unverified, "it is verified again");
        assert!(house.listed().sender.is_none());
    }
}

#[test]
fn what_rests_on_the_clock_of_today_is_not_remembered() {
    let house = house(false);
    house.letter.is_kept_by(&house.bert, &house.letter.content);
    assert_eq!(house.listed().state, State::Opened);
    assert!(house.record().listed.is_none());
    house.loses_the_content();
    assert_eq!(house.listed().state, State::Unverified);
}

#[test]
fn agt_024_a_letter_whose_content_does_not_verify_is_not_confirmed() {
    let house = house(true);
    let (bert, letter) = (&house.bert, &house.letter);
    let takes = || bert.wait(bert.take_letter(&letter.in_mailbox(), &mut |_| ()));
    let id = letter.metadata.letter_id.hex();
    let mut changed = letter.content.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    letter.is_kept_by(bert, &changed);
    let arrival = takes().unwrap();
    assert!(!arrival.verified && !arrival.new);
    assert_eq!((house.listed().state, house.shown()), (State::Unverified, State::Unverified));
    let refused = bert.accept(&id, &mut |_| {}).err().unwrap();
    assert_eq!(refused.code(), "not-verified");
    assert!(!house.record().handed_over);
    // What verifies is confirmed: this is the first time that anybody calls the provider, which
    // nobody can reach.
    letter.is_kept_by(bert, &letter.content);
    assert_eq!(takes().err().unwrap().code(), "provider-unreachable");
    assert_eq!(bert.accept(&id, &mut |_| {}).err().unwrap().code(), "provider-unreachable");
}

#[test]
fn agt_024_a_letter_of_another_root_is_confirmed_once_its_sender_is_known() {
    let house = house(true);
    let (bert, letter) = (&house.bert, &house.letter);
    letter.is_kept_by(bert, &letter.content);
    meets(bert, &Provider::new("north.example"));
    let takes = || bert.wait(bert.take_letter(&letter.in_mailbox(), &mut |_| ()));
    assert!(!takes().unwrap().verified);
    meets(bert, &house.north);
    assert_eq!(takes().err().unwrap().code(), "provider-unreachable");
}
