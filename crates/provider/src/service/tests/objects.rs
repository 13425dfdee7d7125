//! Objects beside a letter: sent before it, gone on with after an interruption, never another's, and
//! gone with their letter.

use sealpost_erds::relay::{DispatchHead, PartDigest};
use sealpost_wire::api::{HandoverRequest, Taken};

use super::repetitions::dispatch_head;
use super::town::{
    CONSIGNED, Letter, Person, QUICK, Town, Wish, ciphertext, quick_and, stored_part, until,
};
use crate::service::{handover, objects, relay_in, retention};
use crate::store::uploads::Uploader;
use crate::{clock, limits};

const WITH_OBJECTS: Wish<'static> = Wish {
    mode: sealpost_erds::ConsignmentMode::Basic,
    deadline_in: 3600,
    octets: 5000,
    to: &["bert@south.example"],
    in_the_name_of: None,
    objects: 3,
    forgets_share: false,
};

async fn hands_over(bert: &Person, letter: &Letter) {
    let told = HandoverRequest { tell_sender: false };
    handover::confirm(&bert.provider, &bert.account, letter.dispatch_id(), told).await.unwrap();
}

#[tokio::test]
async fn obj_001_a_letter_whose_objects_are_not_all_here_is_refused_and_leaves_nothing() {
    let town = Town::new(QUICK).await;
    let (anna, bert) = town.anna_and_bert().await;
    let carl = town.north.person("carl@north.example").await;
    let letter = Letter::new(&anna, &bert.provider, &WITH_OBJECTS);
    let refused = async || anna.submits(&letter).await.unwrap_err().code();
    assert_eq!(refused().await, "objects-missing");
    // What somebody else has sent is not hers.
    assert_eq!(carl.uploads(&letter).await.unwrap(), 3);
    assert_eq!(refused().await, "objects-missing");
    assert_eq!(town.north.count("submission").await + town.north.count("evidence").await, 0);
    assert_eq!(anna.uploads(&letter).await.unwrap(), 3, "asked for all the same");
    assert_eq!(anna.uploads(&letter).await.unwrap(), 0, "nothing is sent twice");
    let answer = anna.submits(&letter).await.unwrap();
    assert_eq!(answer.outcome, Taken::Accepted);
    assert_eq!(anna.submits(&letter).await.unwrap(), answer, "the same letter, the same answer");
    // Another size than was sent is another object.
    let mut other = Letter::new(&anna, &bert.provider, &WITH_OBJECTS);
    anna.uploads(&other).await.unwrap();
    other.head.objects[0].octets += 1;
    assert_eq!(anna.submits(&other).await.unwrap_err().code(), "objects-missing");
}

#[tokio::test]
async fn obj_002_an_object_is_an_envelope_under_its_own_digest() {
    let town = Town::new(QUICK).await;
    let anna = town.north.person("anna@north.example").await;
    let keeps = async |announced: PartDigest, octets: &[u8]| {
        let part = stored_part(&anna.provider, announced, octets).await;
        let kept = objects::keep(&anna.provider, Uploader::Account(anna.account.id), part).await;
        kept.map_err(|error| error.code())
    };
    let (object, other) = (ciphertext(70_000), ciphertext(70_000));
    let clear = vec![b'x'; 70_000];
    assert_eq!(keeps(PartDigest::of(&clear), &clear).await, Err("object-not-as-named"));
    let renamed = PartDigest { sha256: PartDigest::of(&other).sha256, ..PartDigest::of(&object) };
    assert_eq!(keeps(renamed, &object).await, Err("object-not-as-named"));
    assert_eq!(keeps(PartDigest::of(&object), &object[..69_000]).await, Err("object-not-as-named"));
    assert_eq!(town.north.count("blob").await, 0);
    assert_eq!(keeps(PartDigest::of(&object), &object).await, Ok(()));
    assert_eq!(keeps(PartDigest::of(&object), &object).await, Ok(()), "again changes nothing");
    assert_eq!((town.north.count("blob").await, town.north.count("upload").await), (1, 1));
}

#[tokio::test]
async fn obj_003_only_so_much_waits_for_letters_and_not_for_ever() {
    let max = ("objects_octets_max = 5373952000", "objects_octets_max = 150000");
    let town = Town::new(quick_and(&[max])).await;
    let (anna, bert) = town.anna_and_bert().await;
    let wish = |objects| Wish { objects, ..WITH_OBJECTS };
    // Twice 150000 octets: four objects of 70000 and some.
    let four = Letter::new(&anna, &bert.provider, &wish(4));
    anna.uploads(&four).await.unwrap();
    let one_more = Letter::new(&anna, &bert.provider, &wish(1));
    assert_eq!(anna.uploads(&one_more).await.unwrap_err().code(), "objects-too-many");
    // More than one letter may have is evidenced as that (A.2).
    assert_eq!(anna.submits(&four).await.unwrap().outcome, Taken::Rejected);
    let (store, blobs) = (&anna.provider.store, anna.provider.blobs.clone());
    let later = clock::now_unix() + limits::UPLOAD_MEMORY_SECONDS;
    assert_eq!(store.forget_uploads(blobs.clone(), later - 60).await.unwrap(), 0);
    assert_eq!(store.forget_uploads(blobs, later + 60).await.unwrap(), 4);
    assert_eq!(town.north.count("blob").await, 0);
    retention::forget(&anna.provider, true).await.unwrap();
    assert!(anna.provider.blobs.list().unwrap().is_empty(), "no file is left");
    assert_eq!(anna.uploads(&one_more).await.unwrap(), 1, "there is room again");
}

#[tokio::test]
async fn objects_reach_the_mailbox_and_go_with_the_letter() {
    let town = Town::new(QUICK).await;
    let (anna, bert) = town.anna_and_bert().await;
    let cora = town.south.person("cora@south.example").await;
    let to = &["bert@south.example", "cora@south.example"];
    let (letter, _) = anna.sends(&bert, &Wish { to, ..WITH_OBJECTS }).await;
    until("Cora has it too", async || !cora.mailbox().await.letters.is_empty()).await;
    until("north has forgotten it", async || town.north.count("blob").await == 0).await;
    assert_eq!(town.north.count("upload").await + town.south.count("upload").await, 0);
    assert_eq!(town.south.count("letter_object").await, 6);
    let object = letter.head.objects[1];
    let of_bert = async |person: &Person| {
        let south = town.south.provider();
        let id = letter.dispatch_id();
        objects::of_letter(south, &person.account, id, object.sha256).await.map(|it| it.octets())
    };
    assert_eq!(of_bert(&bert).await.unwrap(), object.octets);
    assert_eq!(of_bert(&cora).await.unwrap_err().code(), "letter-not-found", "it is Bert's");
    hands_over(&bert, &letter).await;
    assert_eq!(of_bert(&bert).await.unwrap_err().code(), "letter-handed-over");
    assert_eq!(town.south.count("letter_object").await, 3, "Cora's are still here");
    let coras = cora.mailbox().await.letters.remove(0).metadata.dispatch_id;
    let told = HandoverRequest { tell_sender: false };
    handover::confirm(&cora.provider, &cora.account, coras, told).await.unwrap();
    assert_eq!((town.south.count("letter_object").await, town.south.count("blob").await), (0, 0));
    retention::forget(town.south.provider(), true).await.unwrap();
    assert!(town.south.provider().blobs.list().unwrap().is_empty(), "no file is left");
}

#[tokio::test]
async fn rin_011_a_dispatch_whose_objects_are_not_all_here_is_not_taken_over() {
    let mut town = Town::new(QUICK).await;
    let (anna, bert) = town.anna_and_bert().await;
    let letter = Letter::new(&anna, &bert.provider, &WITH_OBJECTS);
    // North never comes to send the objects.
    town.south.stop().await;
    drop(bert);
    anna.uploads(&letter).await.unwrap();
    anna.submits(&letter).await.unwrap();
    let head_json = dispatch_head(&town).await;
    let north = town.north.provider().config.domain.clone();
    drop(anna);
    town.north.stop().await;
    town.south.start().await;
    let south = town.south.provider();
    let head = DispatchHead::from_json(&head_json).unwrap();
    let part = stored_part(south, head.metadata.enveloped, &letter.parts[0]).await;
    let refused = relay_in::receive(south, &north, &head_json, head, vec![part]).await;
    assert_eq!(refused.unwrap_err().code(), "objects-missing");
    assert_eq!(town.south.count("dispatch_in").await + town.south.count("evidence").await, 0);
    town.north.start().await;
    until("north brings both", async || town.south.count("letter_object").await == 3).await;
}

#[tokio::test]
async fn objects_of_a_letter_wait_for_a_provider_that_is_down() {
    let mut town = Town::new(QUICK).await;
    let (anna, bert) = town.anna_and_bert().await;
    let letter = Letter::new(&anna, &bert.provider, &WITH_OBJECTS);
    drop(bert);
    town.south.stop().await;
    anna.uploads(&letter).await.unwrap();
    anna.submits(&letter).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert_eq!(town.north.count("dispatch_out_part").await, 4, "one part, three objects");
    town.south.start().await;
    anna.waits_for(CONSIGNED).await;
    assert_eq!(town.south.count("letter_object").await, 3);
    assert_eq!(town.north.count("blob").await, 0);
}
