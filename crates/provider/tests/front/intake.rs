//! Framed messages: what is not whole, not ciphertext, or not what was announced.

use std::path::Path;

use sealpost_cms::enveloped::{ContentKey, KeyEncryptionKey, RecipientSlot, seal};
use sealpost_erds::disclosure::{Disclosure, PartyReference};
use sealpost_erds::limits::{OBJECT_OCTETS_MAX, SEALED_SLIP_OCTETS};
use sealpost_erds::mode::ConsignmentMode;
use sealpost_erds::relay::{PartDigest, SUBMISSION_VERSION, SubmissionHead, SubmittedConsignment};
use sealpost_erds::{Address, Digest, DispatchId, Domain, LetterId, Octets};
use sealpost_wire::api::{SubmissionAnswer, Taken};
use sealpost_wire::{framing, paths};

use super::house::{Caller, House, code, rng};

/// Ciphertext that nobody will open.
pub fn enveloped(plaintext_octets: usize) -> Vec<u8> {
    let (kek, cek) = (KeyEncryptionKey::generate(&mut rng()), ContentKey::generate(&mut rng()));
    let slot = RecipientSlot::KeyEncryption { id: b"a letter to Bert", kek: &kek };
    seal(&vec![b'x'; plaintext_octets], &[slot], &cek, &mut rng()).unwrap()
}

/// The head of a letter in basic mode, from Anna to Bert.
pub fn head(sender: &str, domain: &str, part: PartDigest) -> SubmissionHead {
    let address = |text| Address::parse(text).unwrap();
    let recipient = Disclosure::identifier(&address("bert@south.example"), &mut rng());
    SubmissionHead {
        version: SUBMISSION_VERSION.to_owned(),
        letter_id: LetterId::random(&mut rng()),
        mode: ConsignmentMode::Basic,
        deadline: None,
        content_commitment: Digest::of(b"content"),
        body: None,
        objects: Vec::new(),
        sender: vec![Disclosure::identifier(&address(sender), &mut rng())],
        consignments: vec![SubmittedConsignment {
            dispatch_id: DispatchId::random(&mut rng()),
            domain: Domain::parse(domain).unwrap(),
            recipient: PartyReference::to(&[recipient], None),
            enveloped: part,
            slip: Octets(vec![0; SEALED_SLIP_OCTETS]),
        }],
    }
}

pub fn message(head: &SubmissionHead, parts: &[&[u8]]) -> Vec<u8> {
    framing::frame(&head.to_json(), parts)
}

pub async fn submit(caller: &Caller, message: Vec<u8>) -> reqwest::Response {
    caller.post(paths::SUBMISSIONS, paths::MEDIA_FRAMED, message).send().await.unwrap()
}

pub async fn answer(response: reqwest::Response) -> SubmissionAnswer {
    assert_eq!(response.status(), 200);
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

/// Files with ciphertext in the blob store, unfinished ones among them.
pub fn blob_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder.join("blobs")).unwrap() {
        files.extend(
            std::fs::read_dir(entry.unwrap().path()).unwrap().map(|file| file.unwrap().path()),
        );
    }
    files
}

/// A house with one peer that is configured and not reached, so that what was taken waits.
pub async fn north() -> (House, Caller) {
    let folder = tempfile::tempdir().unwrap();
    let south = super::house::configuration(folder.path(), "south.example", "").await;
    let root = south.files.certificate("root");
    let peer = format!(
        "\n[[peer]]\ndomain = \"south.example\"\nroot = {root:?}\nendpoint = \"127.0.0.1:9\"\n"
    );
    let mut north = House::with_settings("north.example", &peer).await;
    north.silent_peer = Some(folder);
    let anna = north.register("anna@north.example", "Anna Adler").await.at(&north);
    (north, anna)
}

#[tokio::test]
async fn a_letter_small_or_large_is_taken_with_its_evidence() {
    let (north, anna) = north().await;
    for octets in [100, 300_000] {
        let part = enveloped(octets);
        let head = head("anna@north.example", "south.example", PartDigest::of(&part));
        let first = answer(submit(&anna, message(&head, &[&part])).await).await;
        assert_eq!((first.outcome, first.evidence.len()), (Taken::Accepted, 1));
        let again = answer(submit(&anna, message(&head, &[&part])).await).await;
        assert_eq!(again, first, "the same letter once more gets the same evidence");
    }
    // The large one lies in a file, the small one in the database.
    assert_eq!(blob_files(north.folder.path()).len(), 1);
}

#[tokio::test]
async fn what_is_not_ciphertext_is_rejected_by_evidence_and_not_kept() {
    let (north, anna) = north().await;
    let clear = b"Dear Bert, this is readable by everybody.".repeat(5000);
    let good = enveloped(200_000);
    let mut other = good.clone();
    other[100_000] ^= 1;
    // Not enveloped; and other octets than announced.
    for (announced, sent) in [(PartDigest::of(&clear), &clear), (PartDigest::of(&good), &other)] {
        let head = head("anna@north.example", "south.example", announced);
        let answer = answer(submit(&anna, message(&head, &[sent])).await).await;
        assert_eq!((answer.outcome, answer.evidence.len()), (Taken::Rejected, 1));
    }
    let database = std::fs::read(north.provider().config.files.database()).unwrap();
    let log = std::fs::read(north.folder.path().join("provider.sqlite-wal")).unwrap_or_default();
    for octets in [database, log] {
        assert!(!octets.windows(30).any(|window| window == &clear[..30]));
    }
    north.provider().blobs.collect(&north.provider().store).await.unwrap();
    assert_eq!(blob_files(north.folder.path()), Vec::<std::path::PathBuf>::new());
}

#[tokio::test]
async fn int_003_a_letter_that_was_not_encrypted_never_reaches_the_disk() {
    let (north, anna) = north().await;
    let clear = b"Dear Bert, this is readable by everybody.".repeat(10_000);
    let head = head("anna@north.example", "south.example", PartDigest::of(&clear));
    let whole = message(&head, &[&clear]);
    let (pieces, body) = super::shutdown::body_in_pieces();
    let sending = tokio::spawn(anna.post(paths::SUBMISSIONS, paths::MEDIA_FRAMED, body).send());
    let (most, rest) = whole.split_at(whole.len() - 10);
    pieces.send(most.to_vec()).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(blob_files(north.folder.path()), Vec::<std::path::PathBuf>::new());
    pieces.send(rest.to_vec()).await.unwrap();
    drop(pieces);
    assert_eq!(answer(sending.await.unwrap().unwrap()).await.outcome, Taken::Rejected);
}

#[tokio::test]
async fn int_001_what_is_announced_is_what_is_read() {
    let (north, anna) = north().await;
    let part = enveloped(100_000);
    let announced = head("anna@north.example", "south.example", PartDigest::of(&part));
    let whole = message(&announced, &[&part]);
    let refused = |status: u16, code: &str| (status, code.to_owned());

    let short = submit(&anna, whole[..whole.len() - 1].to_vec()).await;
    assert_eq!(code(short).await, refused(400, "message-too-short"));
    let long = submit(&anna, [whole.as_slice(), b"!"].concat()).await;
    assert_eq!(code(long).await, refused(400, "message-too-long"));
    let cut = submit(&anna, whole[..6].to_vec()).await;
    assert_eq!(code(cut).await, refused(400, "message-too-short"));
    let foreign = submit(&anna, b"GET / HTTP/1.1\r\n\r\n".to_vec()).await;
    assert_eq!(code(foreign).await, refused(400, "not-framed"));
    let head_only = submit(&anna, framing::frame(b"{\"version\":1}", &[])).await;
    assert_eq!(code(head_only).await, refused(400, "malformed"));
    let endless_head = [framing::MAGIC.as_slice(), &u32::MAX.to_be_bytes()].concat();
    assert_eq!(code(submit(&anna, endless_head).await).await, refused(413, "head-too-long"));
    assert_eq!(
        blob_files(north.folder.path()),
        Vec::<std::path::PathBuf>::new(),
        "nothing is left behind"
    );
    // None of this used the letter's identifier up.
    let taken = answer(submit(&anna, whole).await).await;
    assert_eq!(taken.outcome, Taken::Accepted);
}

#[tokio::test]
async fn what_its_head_announces_as_too_large_is_rejected_by_evidence_and_not_read() {
    let (north, anna) = north().await;
    let part = enveloped(1000);
    let announcing = |octets| {
        let part = PartDigest { octets, ..PartDigest::of(&part) };
        head("anna@north.example", "south.example", part)
    };
    for octets in [65 * 1024 * 1024, u64::MAX] {
        let head = announcing(octets);
        // The part never comes: it is not waited for.
        let (pieces, body) = super::shutdown::body_in_pieces();
        let sending = anna.post(paths::SUBMISSIONS, paths::MEDIA_FRAMED, body).send();
        let sending = tokio::spawn(sending);
        pieces.send(message(&head, &[])).await.unwrap();
        let first = answer(sending.await.unwrap().unwrap()).await;
        assert_eq!((first.outcome, first.evidence.len()), (Taken::Rejected, 1));
        drop(pieces);
        let again = answer(submit(&anna, message(&head, &[])).await).await;
        assert_eq!(again, first, "the same letter once more gets the same evidence");
    }
    assert_eq!(blob_files(north.folder.path()), Vec::<std::path::PathBuf>::new());
}

#[tokio::test]
async fn what_is_too_large_as_a_whole_and_whose_head_says_nothing_gets_no_evidence() {
    let (_north, anna) = north().await;
    let part = enveloped(1000);
    let small = head("anna@north.example", "south.example", PartDigest::of(&part));
    let announced = 70 * 1024 * 1024;
    for begins in [
        b"GET / HTTP/1.1".to_vec(),
        framing::frame(b"{\"version\":1}", &[]),
        // It reads, and announces less than is on its way.
        message(&small, &[&part]),
    ] {
        let (pieces, body) = super::shutdown::body_in_pieces();
        let sending = anna
            .post(paths::SUBMISSIONS, paths::MEDIA_FRAMED, body)
            .header("content-length", announced)
            .send();
        let sending = tokio::spawn(sending);
        pieces.send(begins).await.unwrap();
        assert_eq!(code(sending.await.unwrap().unwrap()).await, (413, "too-large".to_owned()));
    }
}

#[tokio::test]
async fn a_sender_that_stops_in_the_middle_leaves_nothing_behind() {
    let (north, anna) = north().await;
    let part = enveloped(600_000);
    let head = head("anna@north.example", "south.example", PartDigest::of(&part));
    let whole = message(&head, &[&part]);
    let half = whole[..whole.len() / 2].to_vec();
    // The stream fails in the middle: the client resets it.
    let stream = futures_util::stream::iter([Ok(half), Err(std::io::Error::other("gone"))]);
    let body = reqwest::Body::wrap_stream(stream);
    let sent = anna.post(paths::SUBMISSIONS, paths::MEDIA_FRAMED, body).send().await;
    assert!(sent.is_err() || sent.unwrap().status() != 200);
    for _ in 0..100 {
        if blob_files(north.folder.path()).is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("left behind: {:?}", blob_files(north.folder.path()));
}

#[tokio::test]
async fn int_002_heads_that_together_would_fill_the_memory_are_told_busy() {
    let (north, anna) = north().await;
    // One account has 16 places only.
    let mut senders = vec![anna];
    for number in 1..6 {
        let address = format!("sender{number}@north.example");
        senders.push(north.register(&address, "Somebody Else").await.at(&north));
    }
    // Each announces 4 MiB of head and sends nothing of it; 256 MiB are 64 of them.
    let preamble = framing::preamble(&vec![0; framing::HEAD_OCTETS_MAX]).to_vec();
    let (hold, _) = tokio::sync::broadcast::channel::<()>(1);
    let mut waiting = Vec::new();
    for number in 0..90 {
        let held = hold.subscribe();
        let preamble = preamble.clone();
        let body = futures_util::stream::unfold(Some(preamble), move |state| {
            let mut held = held.resubscribe();
            async move {
                match state {
                    Some(octets) => Some((Ok::<_, std::io::Error>(octets), None)),
                    None => {
                        let _ = held.recv().await;
                        None
                    }
                }
            }
        });
        let body = reqwest::Body::wrap_stream(Box::pin(body));
        let sender = &senders[number % senders.len()];
        let request = sender.post(paths::SUBMISSIONS, paths::MEDIA_FRAMED, body);
        waiting.push(tokio::spawn(request.send()));
    }
    let mut busy = 0;
    for _ in 0..100 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        busy = waiting.iter().filter(|request| request.is_finished()).count();
        if busy >= 5 {
            break;
        }
    }
    assert!(busy >= 5, "{busy}");
    for request in waiting {
        if request.is_finished() {
            let response = request.await.unwrap().unwrap();
            assert_eq!(code(response).await, (503, "busy".to_owned()));
        } else {
            request.abort();
        }
    }
}

#[tokio::test]
async fn an_object_is_bounded_an_envelope_and_what_its_name_says() {
    let (north, anna) = north().await;
    let path = |octets: &[u8]| paths::fill(paths::OBJECT, &Digest::of(octets).hex());
    let puts = async |path: String, octets: &[u8]| {
        let request = anna.request(reqwest::Method::PUT, &path);
        let request = request.header("content-type", paths::MEDIA_CMS).body(octets.to_vec());
        request.send().await.unwrap()
    };
    let (object, clear) = (enveloped(200_000), vec![b'x'; 200_000]);
    let question = serde_json::json!({ "objects": [Digest::of(&object), Digest::of(b"never")] });
    let missing = async || {
        let asked = anna.post(paths::OBJECTS_MISSING, "application/json", question.to_string());
        let answer = asked.send().await.unwrap().bytes().await.unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
        answer["missing"].as_array().unwrap().len()
    };
    assert_eq!(missing().await, 2);
    let refused = (422, "object-not-as-named".to_owned());
    assert_eq!(code(puts(path(b"another"), &object).await).await, refused);
    assert_eq!(code(puts(path(&clear), &clear).await).await, refused);
    let too_large = vec![0; usize::try_from(OBJECT_OCTETS_MAX).unwrap() + 1];
    let answer = code(puts(path(&too_large), &too_large).await).await;
    assert_eq!(answer, (413, "too-large".to_owned()));
    assert_eq!(code(puts("/v1/objects/x".to_owned(), &object).await).await.0, 404);
    let (_pieces, body) = super::shutdown::body_in_pieces();
    let request = anna.request(reqwest::Method::PUT, &path(&object));
    let request = request.header("content-type", paths::MEDIA_CMS).body(body);
    assert_eq!(code(request.send().await.unwrap()).await, (400, "malformed".to_owned()));
    for _ in 0..2 {
        assert_eq!(puts(path(&object), &object).await.status(), 204, "and once more");
    }
    assert_eq!(missing().await, 1);
    assert_eq!(blob_files(north.folder.path()).len(), 1);
    let of_nobody = paths::fill(paths::LETTER_OBJECT, &"00".repeat(16));
    let of_nobody = paths::fill(&of_nobody, &Digest::of(&object).hex());
    let answer = code(anna.get(&of_nobody).send().await.unwrap()).await;
    assert_eq!(answer, (404, "letter-not-found".to_owned()), "what is sent is not fetched again");
}
