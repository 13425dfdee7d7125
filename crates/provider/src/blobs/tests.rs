use aws_lc_rs::digest::{SHA256, digest};
use tokio::io::AsyncReadExt;

use super::*;
use crate::limits;

struct Scratch {
    folder: tempfile::TempDir,
    store: Store,
    blobs: Blobs,
}

impl Scratch {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("db")).unwrap();
        let blobs = Blobs::open(&folder.path().join("blobs")).unwrap();
        Self { folder, store, blobs }
    }

    async fn take_in(&self, octets: &[u8]) -> Result<StagedBlob, IntakeError> {
        let mut intake = self.blobs.intake(u64::MAX);
        for piece in octets.chunks(16 * 1024 + 7) {
            intake.write(piece).await?;
        }
        intake.finish(&sha256(octets)).await
    }

    async fn record(&self, staged: StagedBlob) {
        self.store.write("record", move |tx| staged.record(tx)).await.unwrap();
    }

    async fn release(&self, digest: BlobDigest) {
        let blobs = self.blobs.clone();
        self.store.write("release", move |tx| blobs.release(tx, &digest)).await.unwrap();
    }

    async fn read(&self, digest: BlobDigest) -> Option<Vec<u8>> {
        let mut reader = self.blobs.read(&self.store, digest).await.unwrap()?;
        let mut octets = Vec::new();
        reader.read_to_end(&mut octets).await.unwrap();
        assert_eq!(octets.len() as u64, reader.octets());
        Some(octets)
    }

    fn files(&self) -> usize {
        self.blobs.list().unwrap().len()
    }
}

fn sha256(octets: &[u8]) -> BlobDigest {
    digest(&SHA256, octets).as_ref().try_into().unwrap()
}

fn ciphertext(octets: usize) -> Vec<u8> {
    (0..octets).map(|index| (index * 31 % 251) as u8).collect()
}

fn larger_than_inline() -> Vec<u8> {
    ciphertext(usize::try_from(limits::INLINE_OCTETS_MAX).unwrap() + 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn small_ciphertext_lies_in_the_database_and_large_in_a_file() {
    let scratch = Scratch::new();
    let inline_max = usize::try_from(limits::INLINE_OCTETS_MAX).unwrap();
    for (octets, files) in [(0, 0), (1, 0), (inline_max, 0), (inline_max + 1, 1), (3_000_000, 2)] {
        let sent = ciphertext(octets);
        let staged = scratch.take_in(&sent).await.unwrap();
        assert_eq!(staged.octets(), octets as u64);
        scratch.record(staged).await;
        assert_eq!(scratch.files(), files, "{octets}");
        assert_eq!(scratch.read(sha256(&sent)).await.unwrap(), sent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_octets_than_announced_are_refused_and_leave_nothing() {
    let scratch = Scratch::new();
    let sent = larger_than_inline();
    let mut intake = scratch.blobs.intake(u64::MAX);
    intake.write(&sent).await.unwrap();
    let refused = intake.finish(&[7; 32]).await.err().unwrap();
    assert_eq!(refused.code(), "other-digest");
    assert_eq!(scratch.files(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_allowed_is_refused_as_it_arrives_and_leaves_nothing() {
    let scratch = Scratch::new();
    let mut intake = scratch.blobs.intake(100_000);
    intake.write(&ciphertext(90_000)).await.unwrap();
    let refused = intake.write(&ciphertext(10_001)).await.unwrap_err();
    assert!(matches!(refused, IntakeError::TooLarge { octets_max: 100_000 }));
    drop(intake);
    assert_eq!(scratch.files(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let scratch = Scratch::new();
    let mut intake = scratch.blobs.intake(u64::MAX);
    intake.write(&larger_than_inline()).await.unwrap();
    intake.write(&ciphertext(600_000)).await.unwrap();
    assert_eq!(scratch.files(), 1);
    drop(intake);
    assert_eq!(scratch.files(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_holder_takes_row_and_file_along() {
    let scratch = Scratch::new();
    for sent in [ciphertext(10), larger_than_inline()] {
        let digest = sha256(&sent);
        let first = scratch.take_in(&sent).await.unwrap();
        scratch.record(first).await;
        let second = scratch.take_in(&sent).await.unwrap();
        scratch.record(second).await;
        let retained = scratch.store.write("retain", move |tx| Blobs::retain(tx, &digest)).await;
        assert!(retained.unwrap());
        for _ in 0..2 {
            scratch.release(digest).await;
            scratch.blobs.collect(&scratch.store).await.unwrap();
            assert_eq!(scratch.read(digest).await.as_deref(), Some(&sent[..]));
        }
        scratch.release(digest).await;
        assert_eq!(scratch.read(digest).await, None);
        scratch.blobs.collect(&scratch.store).await.unwrap();
        assert_eq!(scratch.files(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staged_ciphertext_that_is_never_recorded_is_collected_and_not_before() {
    let scratch = Scratch::new();
    let sent = larger_than_inline();
    let staged = scratch.take_in(&sent).await.unwrap();
    assert_eq!(scratch.blobs.collect(&scratch.store).await.unwrap(), 0);
    assert_eq!(scratch.files(), 1, "its transaction may still come");
    drop(staged);
    assert_eq!(scratch.blobs.collect(&scratch.store).await.unwrap(), 1);
    assert_eq!(scratch.files(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_transaction_gives_its_ciphertext_up() {
    let scratch = Scratch::new();
    let staged = scratch.take_in(&larger_than_inline()).await.unwrap();
    let refused = scratch.store.write("refused", move |tx| {
        staged.record(tx)?;
        Err::<(), _>(StoreError::Busy)
    });
    refused.await.unwrap_err();
    assert_eq!(scratch.blobs.collect(&scratch.store).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn ciphertext_that_comes_again_while_it_is_being_deleted_stays() {
    let scratch = Scratch::new();
    let sent = larger_than_inline();
    let digest = sha256(&sent);
    let first = scratch.take_in(&sent).await.unwrap();
    scratch.record(first).await;
    scratch.release(digest).await;
    // The file is suspect now; the same octets arrive before anybody collects.
    let again = scratch.take_in(&sent).await.unwrap();
    assert_eq!(scratch.blobs.collect(&scratch.store).await.unwrap(), 0);
    scratch.record(again).await;
    assert_eq!(scratch.blobs.collect(&scratch.store).await.unwrap(), 0);
    assert_eq!(scratch.read(digest).await.as_deref(), Some(&sent[..]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_deletes_what_a_crash_has_left_and_nothing_else() {
    let scratch = Scratch::new();
    let sent = larger_than_inline();
    let staged = scratch.take_in(&sent).await.unwrap();
    scratch.record(staged).await;
    let orphan = scratch.take_in(&ciphertext(200_000)).await.unwrap();
    // As after SIGKILL: no destructor has run.
    std::mem::forget(orphan);
    let folder = scratch.folder.path().join("blobs");
    std::fs::write(folder.join("incoming/0123"), b"half an upload").unwrap();
    let blobs = Blobs::open(&folder).unwrap();
    assert_eq!(blobs.sweep(&scratch.store).await.unwrap(), 2);
    assert_eq!(blobs.list().unwrap().len(), 1);
    assert_eq!(scratch.read(sha256(&sent)).await.unwrap(), sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_gives_the_octets_in_pieces() {
    use futures_util::TryStreamExt;
    let scratch = Scratch::new();
    let sent = ciphertext(1_000_000);
    let staged = scratch.take_in(&sent).await.unwrap();
    scratch.record(staged).await;
    let reader = scratch.blobs.read(&scratch.store, sha256(&sent)).await.unwrap().unwrap();
    let pieces: Vec<_> = reader.into_stream().try_collect().await.unwrap();
    assert!(pieces.iter().all(|piece| piece.len() <= limits::READ_PIECE_OCTETS));
    assert_eq!(pieces.concat(), sent);
}
