use super::*;
use crate::ciphers::tests::{example, sha256};
use crate::inbox::Arrival;
use crate::testing::{Letter, Provider, bert_and_providers};
use crate::views::State;
use sealpost_cms::time::Deadline;
use sealpost_experiment::{Cipher, CipherId, Registry};
use tempfile::TempDir;

/// Bert at south.example, to whom Anna at north.example writes; nobody can be asked.
struct House {
    north: Provider,
    south: Provider,
    bert: Agent,
    place: TempDir,
}

fn house() -> House {
    let place = tempfile::tempdir().unwrap();
    let (north, south, bert) = bert_and_providers(&place);
    House { north, south, bert, place }
}

fn cipher(module: &[u8]) -> Cipher {
    let mut registry = Registry::default();
    registry.install(CipherId::of(module), module).unwrap().clone()
}

impl House {
    fn writes_with(&self, module: &[u8]) -> Letter {
        self.north.delivers_within(&self.bert, &self.south, cipher(module))
    }

    /// The letter comes; its ciphertext is here already, since nobody can be asked for it.
    fn takes(&self, letter: &Letter) -> Result<Arrival, AgentError> {
        self.bert.vault.bodies().store(&letter.enveloped).unwrap();
        self.bert.wait(self.bert.take_letter(&letter.in_mailbox(), &mut |_| ()))
    }

    fn installs(&self, module: &[u8]) {
        self.bert.install_cipher(module, sha256(module)).unwrap();
    }

    fn record(&self, letter: &Letter) -> Received {
        records::get(&self.bert.vault, RECEIVED, &letter.metadata.dispatch_id.hex())
            .unwrap()
            .unwrap()
    }

    fn show(&self, letter: &Letter) -> Result<crate::views::Shown, AgentError> {
        self.bert.show(&letter.metadata.letter_id.hex())
    }

    fn state(&self) -> State {
        self.bert.inbox(false).unwrap()[0].state
    }
}

#[test]
fn agt_070_a_letter_stays_closed_until_the_plug_in_that_it_names_is_installed() {
    let house = house();
    let (named, namesake) = (example("one"), example("other"));
    let letter = house.writes_with(&named);
    // Another under the same name does not stand in.
    house.installs(&namesake);
    for new in [true, false] {
        let arrival = house.takes(&letter).unwrap();
        assert_eq!((arrival.new, arrival.verified), (new, false));
        assert_eq!(house.state(), State::Experimental);
    }
    assert!(!house.record(&letter).handed_over, "nobody was told that it arrived");
    let error = house.show(&letter).err().unwrap();
    assert_eq!(error.code(), "cipher-not-installed");
    for language in [crate::Language::English, crate::Language::German] {
        let said = error.message(language);
        assert!(said.contains(&sealpost_erds::Digest::of(&named).hex()), "{said}");
        assert!(said.contains("example-chacha20"), "{said}");
    }
    let folder = house.place.path().join("saved");
    let id = letter.metadata.letter_id.hex();
    let saves = || house.bert.save(&id, &folder, crate::SaveAs::Parts);
    assert_eq!(saves().unwrap_err().code(), "cipher-not-installed");
    assert_eq!(house.bert.export(&id).err().unwrap().code(), "cipher-not-installed");
    let refused = house.bert.refuse(&id, &mut |_| ()).err().unwrap();
    assert_eq!(refused.code(), "no-decision-needed");

    house.installs(&named);
    assert_eq!(saves().unwrap().len(), 1);
    let shown = house.show(&letter).unwrap();
    assert_eq!(shown.entry.state, State::Opened);
    assert_eq!(shown.content.unwrap().text, "Text");
    let experiment = shown.experiment.unwrap();
    assert_eq!(experiment.digest, sealpost_erds::Digest::of(&named));
    assert!(!house.record(&letter).is_closed());
    // What was opened stays so.
    house.bert.remove_cipher(&experiment.digest.hex()).unwrap();
    assert_eq!(house.show(&letter).unwrap().entry.state, State::Opened);
}

#[test]
fn a_letter_that_comes_when_the_plug_in_is_there_is_opened_at_once() {
    let house = house();
    let module = example("one");
    house.installs(&module);
    let letter = house.writes_with(&module);
    // It is opened, and the provider cannot be told.
    assert_eq!(house.takes(&letter).err().unwrap().code(), "provider-unreachable");
    assert_eq!(house.state(), State::Opened);
    // An ordinary letter has nothing around it.
    let plain = house.north.delivers(&house.bert, &house.south, true);
    assert_eq!(house.takes(&plain).err().unwrap().code(), "provider-unreachable");
    assert_eq!(house.show(&plain).unwrap().experiment, None);
}

#[test]
fn agt_074_garbage_for_a_plug_in_is_an_error_of_its_letter_and_not_computed_again() {
    let house = house();
    let module = example("one");
    house.installs(&module);
    let cipher = cipher(&module);
    let hostile = |nonce: usize, name: &str| {
        let layer = layer(cipher.id().as_bytes(), name, &vec![7; nonce], &[9; 5000]);
        house.north.delivers(&house.bert, &house.south, true).holding(&layer, &house.bert)
    };
    let cases = [
        (hostile(cipher.nonce_octets(), cipher.name()), "cipher-gives-no-letter"),
        (hostile(cipher.nonce_octets() - 1, cipher.name()), "cipher-other"),
        (hostile(cipher.nonce_octets(), "xor"), "cipher-other"),
    ];
    for (letter, code) in cases {
        assert!(!house.takes(&letter).unwrap().verified);
        assert_eq!(house.record(&letter).experiment.unwrap().closed.as_deref(), Some(code));
        assert_eq!(house.show(&letter).err().unwrap().code(), code);
        // The next synchronisation does not even look at its ciphertext.
        let digest = letter.metadata.enveloped.sha256;
        house.bert.vault.bodies().remove(digest.as_array()).unwrap();
        let again = house.bert.wait(house.bert.take_letter(&letter.in_mailbox(), &mut |_| ()));
        assert!(!again.unwrap().verified);
    }
    // Other letters come as ever.
    let letter = house.writes_with(&module);
    assert_eq!(house.takes(&letter).err().unwrap().code(), "provider-unreachable");
    assert_eq!(house.show(&letter).unwrap().entry.state, State::Opened);
}

#[test]
fn a_synchronisation_opens_what_the_plug_in_was_installed_for() {
    let house = house();
    let module = example("one");
    let letter = house.writes_with(&module);
    assert!(!house.takes(&letter).unwrap().verified);
    house.installs(&module);
    assert_eq!(house.takes(&letter).err().unwrap().code(), "provider-unreachable");
    assert_eq!(house.state(), State::Opened);
}

#[test]
fn agt_073_no_plug_in_stands_before_a_notice() {
    let house = house();
    let module = example("one");
    house.installs(&module);
    let letter = house.writes_with(&module);
    house.takes(&letter).err().unwrap();
    let key = house.record(&letter).content_key.unwrap();
    let revealed = house.bert.revealed(&letter.carried(), &key, false);
    assert_eq!(revealed.err().unwrap().code(), "cipher-around-notice");
    assert!(house.bert.revealed(&letter.carried(), &key, true).unwrap().0.is_some());
}

#[test]
fn agt_075_a_large_file_beside_the_letter_is_refused_before_anything_is_sent() {
    let house = house();
    let module = example("one");
    house.installs(&module);
    let path = house.place.path().join("film.mp4");
    std::fs::write(&path, vec![0; 8 << 20]).unwrap();
    let file = crate::LargeFile {
        path,
        file_name: "film.mp4".to_owned(),
        media_type: "video/mp4".to_owned(),
    };
    let draft = draft(&house);
    let sent = |cipher: &str, files: &[crate::LargeFile]| {
        house.bert.send_within(cipher, &draft, files, &[], &mut |_| ()).err().unwrap()
    };
    assert_eq!(sent("example-chacha20", &[file]).code(), "cipher-content-too-large");
    assert_eq!(sent("another", &[]).code(), "cipher-unknown");
    assert_eq!(sent("example-chacha20", &[]).code(), "provider-unreachable");
}

fn draft(house: &House) -> sealpost_letter::Draft {
    let account = &house.bert.account;
    sealpost_letter::Draft {
        sender: sealpost_letter::Party {
            address: account.address.clone(),
            name: account.name.clone(),
        },
        to: vec![crate::testing::address("anna@north.example")],
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: "Subject".to_owned(),
        text: "Text".to_owned(),
        attachments: Vec::new(),
        chunked: Vec::new(),
        mode: sealpost_erds::ConsignmentMode::Signed,
        deadline: Some(Deadline::from_unix(crate::session::now().unix() + 1000)),
        show_subject: false,
        show_recipients: false,
        time_stamp: true,
        suite: None,
        reference: None,
    }
}

/// An experimental layer, octet by octet, as its page describes it: the room itself makes none that
/// does not open.
fn layer(cipher: &[u8], name: &str, nonce: &[u8], ciphertext: &[u8]) -> Vec<u8> {
    fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        let head = match length {
            [0, octets @ 0..=0x7f] => vec![tag, octets],
            [0, octets] => vec![tag, 0x81, octets],
            [high, low] => vec![tag, 0x82, high, low],
        };
        [head, content].concat()
    }
    let fields = [
        element(0x02, &[&[1]]),
        element(0x04, &[cipher]),
        element(0x0c, &[name.as_bytes()]),
        element(0x04, &[nonce]),
        element(0x04, &[ciphertext]),
    ];
    let fields: Vec<&[u8]> = fields.iter().map(Vec::as_slice).collect();
    // 2.25.1397048400.4
    let arc = [0x69, 0x85, 0x9a, 0x95, 0x88, 0x50, 0x04];
    element(0x30, &[&element(0x06, &[&arc]), &element(0xa0, &[&element(0x30, &fields)])])
}
