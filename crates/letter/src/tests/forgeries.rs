//! Letters and notices that their own sender signed, and that still contradict themselves.

use super::house::{House, NOW, Sent, entity_in, rng};
use super::refusals::sign;
use crate::Suite;
use crate::binding::LetterBinding;
use crate::chunked::ChunkedAttachment;
use crate::draft::{Draft, Party};
use crate::mime::read::{self, Entity};
use crate::mime::write::{self, EntityDraft, PartDraft};
use crate::notice::{MANIFEST_MEDIA_TYPE, text_of};
use crate::open::{
    open_body, verify_announced_letter, verify_letter_signature, verify_notice_signature,
};
use crate::parties::PARTIES_MEDIA_TYPE;
use sealpost_cms::verdict::Outcome;
use sealpost_erds::ConsignmentMode::{Basic, Signed};
use sealpost_erds::disclosure::Disclosure;
use sealpost_experiment::Registry;
use serde_json::{Value, json};

/// A letter or a notice that Anna sent, opened to be changed and signed again.
pub(super) struct Forge {
    house: House,
    pub(super) entity: Entity,
    binding: LetterBinding,
}

impl Forge {
    fn letter() -> Self {
        Self::letter_with(Vec::new())
    }

    pub(super) fn letter_with(chunked: Vec<Vec<ChunkedAttachment>>) -> Self {
        let house = House::new();
        let draft = Draft { chunked, ..house.draft(Basic, &[&house.bert], &[&house.cleo], &[]) };
        let sent = house.send(&draft).remove(0);
        let letter = sent.to(&house.bert).letter(&house, &house.bert, None).passed().unwrap();
        let entity = read::entity(letter.get().mime()).unwrap();
        Self { entity, binding: letter.get().binding().clone(), house }
    }

    fn notice() -> Self {
        let house = House::new();
        let sent = house.send(&house.draft(Signed, &[&house.bert], &[], &[])).remove(0);
        Self::notice_of(house, &sent)
    }

    fn notice_of(house: House, sent: &Sent) -> Self {
        let binding = Self::binding_of(&house, sent);
        let message = sent.to(&house.bert).decrypted_by(&house.bert);
        let entity = entity_in(message.claims().signed_data());
        Self { entity, binding, house }
    }

    fn binding_of(house: &House, sent: &Sent) -> LetterBinding {
        sent.to(&house.bert).notice(house, &house.bert).passed().unwrap().get().binding().clone()
    }

    /// Changes the JSON of the last part.
    fn json(&mut self, change: impl FnOnce(&mut Value)) {
        let part = self.entity.parts.last_mut().unwrap();
        let mut value = serde_json::from_slice(&part.octets).unwrap();
        change(&mut value);
        part.octets = serde_json::to_vec(&value).unwrap();
    }

    /// Lets the text for people say what the manifest says now.
    fn retell(&mut self) {
        self.entity.text = text_of(&self.entity.parts.last().unwrap().octets);
    }

    fn mime(&self) -> Vec<u8> {
        let parts = self.entity.parts.iter().map(|part| PartDraft {
            media_type: &part.media_type,
            file_name: part.file_name.as_deref().unwrap(),
            octets: &part.octets,
        });
        write::entity(&EntityDraft {
            from: &self.entity.from,
            to: &self.entity.to,
            cc: &self.entity.cc,
            subject: &self.entity.subject,
            date: sealpost_cms::time::ClaimedTime::from_unix(NOW),
            message_id: "00".to_owned(),
            text: &self.entity.text,
            parts: parts.collect(),
        })
        .unwrap()
    }

    pub(super) fn read_letter(&self) -> Result<(), String> {
        let message = sign(&self.mime(), &self.house.anna.signing, &self.binding);
        said(verify_letter_signature(message.claims().signed_data(), &self.house.verification()))
    }

    fn read_notice(&self) -> Result<(), String> {
        let message = sign(&self.mime(), &self.house.anna.signing, &self.binding);
        said(verify_notice_signature(message.claims().signed_data(), &self.house.verification()))
    }
}

fn said<T>(outcome: Outcome<T>) -> Result<(), String> {
    outcome.passed().map(|_| ()).map_err(|shortfall| shortfall.detail)
}

/// What is wrong with a letter that was changed so.
fn letter(change: impl FnOnce(&mut Forge)) -> String {
    let mut forge = Forge::letter();
    assert_eq!(forge.read_letter(), Ok(()));
    change(&mut forge);
    forge.read_letter().unwrap_err()
}

/// What is wrong with a notice that was changed so.
fn notice(change: impl FnOnce(&mut Forge)) -> String {
    let mut forge = Forge::notice();
    assert_eq!(forge.read_notice(), Ok(()));
    change(&mut forge);
    forge.read_notice().unwrap_err()
}

fn disclosure(claim: &str, value: &str) -> Value {
    json!(Disclosure::new(claim, value, &mut rng()))
}

#[test]
fn let_011_a_disclosure_says_the_address_beside_it() {
    let detail = letter(|forge| {
        forge.json(|parties| {
            parties["recipients"][0]["disclosure"] = disclosure("identifier", "eve@south.example")
        })
    });
    assert!(detail.contains("a disclosure of another address"), "{detail}");
    let detail =
        letter(|forge| forge.json(|parties| parties["version"] = json!("sealpost-parties/2")));
    assert!(detail.contains("unknown version"), "{detail}");
}

#[test]
fn let_050_the_parties_are_the_last_part() {
    let detail = letter(|forge| forge.entity.parts.reverse());
    assert!(detail.contains("no list of parties"), "{detail}");
    let detail = letter(|forge| forge.entity.parts.clear());
    assert!(detail.contains("no list of parties"), "{detail}");
}

#[test]
fn let_051_the_named_recipients_are_the_visible_ones_and_the_sender_is_the_disclosed_one() {
    let detail = letter(|forge| forge.entity.cc.clear());
    assert!(detail.contains("not the visible ones"), "{detail}");
    let detail = letter(|forge| {
        forge.json(|parties| {
            parties["recipients"].as_array_mut().unwrap().pop();
        })
    });
    assert!(detail.contains("not the visible ones"), "{detail}");
    for (index, claim) in ["identifier", "name"].into_iter().enumerate() {
        let detail = letter(|forge| {
            forge.json(|parties| {
                parties["sender_disclosures"][index] = disclosure(claim, "eve@north.example")
            })
        });
        assert!(detail.contains("not the disclosed one"), "{detail}");
    }
}

/// Cleo's key stays bound while only Bert is named, twice.
#[test]
fn let_012_nobody_hides_behind_a_name_that_stands_twice() {
    let detail = letter(|forge| {
        forge.entity.cc = forge.entity.to.clone();
        forge.json(|parties| parties["recipients"][1] = parties["recipients"][0].clone());
    });
    assert!(detail.contains("a recipient named twice"), "{detail}");
    let detail = letter(|forge| {
        forge.json(|parties| {
            let way = parties["recipients"][0]["dispatch_id"].clone();
            parties["recipients"][1]["dispatch_id"] = way;
        })
    });
    assert!(detail.contains("a recipient named twice"), "{detail}");
}

#[test]
fn let_052_our_own_media_types_are_no_attachments() {
    for media_type in [PARTIES_MEDIA_TYPE, MANIFEST_MEDIA_TYPE] {
        let detail = letter(|forge| forge.entity.parts[0].media_type = media_type.to_owned());
        assert!(detail.contains("reserved media type"), "{detail}");
    }
}

#[test]
fn names_of_files_are_made_safe_on_reading() {
    let mut forge = Forge::letter();
    let octets = || b"x".to_vec();
    for name in ["../../.ssh/authorized_keys", "AUTHORIZED_KEYS", "..", "con"] {
        let part = read::Part {
            media_type: "text/html".into(),
            file_name: Some(name.into()),
            octets: octets(),
        };
        forge.entity.parts.insert(0, part);
    }
    let message = sign(&forge.mime(), &forge.house.anna.signing, &forge.binding);
    let signed_data = message.claims().signed_data();
    let read = verify_letter_signature(signed_data, &forge.house.verification()).passed().unwrap();
    let names: Vec<&str> =
        read.get().attachments().iter().map(|file| file.file_name.as_str()).collect();
    assert_eq!(names[..4], ["_con", "attachment-2", "AUTHORIZED_KEYS", "authorized_keys (2)"]);
}

#[test]
fn not_001_a_notice_holds_one_manifest() {
    let detail = notice(|forge| forge.entity.parts[0].media_type = "application/json".to_owned());
    assert!(detail.contains("no manifest"), "{detail}");
    let detail = notice(|forge| forge.entity.parts.clear());
    assert!(detail.contains("not exactly one manifest"), "{detail}");
    for (field, value, expected) in [
        ("version", json!("sealpost-notice/2"), "unknown version"),
        ("mode", json!("basic"), "needs no notice"),
        ("subject", json!("a\nb"), "no line of text"),
        ("extra", json!(1), "unknown"),
    ] {
        let detail = notice(|forge| forge.json(|manifest| manifest[field] = value));
        assert!(detail.contains(expected), "{detail}");
    }
}

#[test]
fn not_002_header_section_manifest_and_attribute_tell_one_story() {
    let detail =
        notice(|forge| forge.json(|manifest| manifest["recipient"] = json!("cleo@south.example")));
    assert!(detail.contains("differ between"), "{detail}");
    let detail =
        notice(|forge| forge.json(|manifest| manifest["sender"]["name"] = json!("Federal Court")));
    assert!(detail.contains("differ between"), "{detail}");
    let detail =
        notice(|forge| forge.json(|manifest| manifest["letter_id"] = json!("00".repeat(16))));
    assert!(detail.contains("bound to another letter"), "{detail}");
    let detail = notice(|forge| {
        let persons = [&forge.house.bert.encryption.1, &forge.house.cleo.encryption.1];
        forge.binding =
            LetterBinding::new(forge.binding.letter_id(), Suite::Smime2019, persons, &mut rng());
    });
    assert!(detail.contains("more than one recipient"), "{detail}");
}

/// The recipient reads the text, the program reads the manifest.
#[test]
fn not_013_the_text_for_people_says_what_the_manifest_says() {
    for (field, other) in [
        ("subject", json!("Birthday greetings")),
        ("attachments", json!(0)),
        ("deadline", json!("2027-12-31T00:00:00Z")),
    ] {
        let mut told = Forge::notice();
        told.json(|manifest| manifest[field] = other);
        told.retell();
        let detail = notice(|forge| forge.entity.text = told.entity.text);
        assert!(detail.contains("the text tells something else"), "{field}: {detail}");
    }
}

/// The commitment in a notice binds the content, and nobody can look behind it before he has
/// accepted: what he decides on is what the notice shows him.
#[test]
fn let_069_the_opened_letter_is_the_one_that_was_announced() {
    for (field, other) in [
        ("subject", json!("Birthday greetings")),
        ("visible_recipients", json!(["bert@south.example", "cleo@south.example"])),
        ("blind_copy", json!(true)),
        ("attachments", json!(2)),
        ("attachments_octets", json!(1)),
    ] {
        let house = House::new();
        let sent = house.send(&house.draft(Signed, &[&house.bert], &[], &[])).remove(0);
        let mut forge = Forge::notice_of(house, &sent);
        let judged = |forge: &Forge| {
            let (house, delivery) = (&forge.house, sent.to(&forge.house.bert));
            let message = sign(&forge.mime(), &house.anna.signing, &forge.binding);
            let (signed, verification) = (message.claims().signed_data(), house.verification());
            let notice = verify_notice_signature(signed, &verification).passed().unwrap();
            let (body, share) = (sent.body.as_deref().unwrap(), notice.get().recipient_share());
            let release = delivery.slip.release_share.as_ref().unwrap();
            let letter =
                open_body(body, &delivery.metadata, share, release, &Registry::default()).unwrap();
            let reader = delivery.reader(&house.bert);
            said(verify_announced_letter(&letter, &reader, &notice, &verification))
        };
        assert_eq!(judged(&forge), Ok(()));
        forge.json(|manifest| manifest[field] = other);
        forge.retell();
        let detail = judged(&forge).unwrap_err();
        assert!(detail.starts_with("not-as-announced"), "{field}: {detail}");
    }
}

#[test]
fn not_003_a_notice_discloses_the_parties_it_names() {
    for field in ["recipient_disclosure", "sender_disclosures"] {
        let detail = notice(|forge| {
            forge.json(|manifest| {
                let other = disclosure("identifier", "eve@north.example");
                manifest[field] =
                    if field == "sender_disclosures" { json!([other]) } else { other };
            })
        });
        assert!(detail.contains("disclosures of other parties"), "{detail}");
    }
}

#[test]
fn let_063_a_notice_is_signed_by_whom_it_names() {
    let detail = notice(|forge| {
        let name = "Federal Court".to_owned();
        forge.entity.from = Party { address: forge.house.anna.address.clone(), name: name.clone() };
        forge.json(|manifest| {
            manifest["sender"]["name"] = json!(name);
            manifest["sender_disclosures"][1] = disclosure("name", &name);
        });
        forge.retell();
    });
    assert!(detail.starts_with("signer-other-name"), "{detail}");
}
