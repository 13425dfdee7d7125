//! Stopping in order, in the middle of an upload.

use std::time::Duration;

use sealpost_erds::relay::PartDigest;
use sealpost_provider::serve::Running;
use sealpost_wire::api::Taken;
use sealpost_wire::paths;
use tokio::sync::mpsc;

use super::intake::{answer, blob_files, enveloped, head, message, north, submit};

/// A body that comes as the test hands it out.
pub fn body_in_pieces() -> (mpsc::Sender<Vec<u8>>, reqwest::Body) {
    let (pieces, handed_out) = mpsc::channel::<Vec<u8>>(4);
    let stream = futures_util::stream::unfold(handed_out, |mut handed_out| async {
        let piece = handed_out.recv().await?;
        Some((Ok::<_, std::io::Error>(piece), handed_out))
    });
    (pieces, reqwest::Body::wrap_stream(Box::pin(stream)))
}

#[tokio::test]
async fn a_stop_lets_an_upload_finish_and_loses_nothing() {
    let (mut north, anna) = north().await;
    let part = enveloped(500_000);
    let announced = head("anna@north.example", "south.example", PartDigest::of(&part));
    let whole = message(&announced, &[&part]);
    let (first, second) = whole.split_at(whole.len() / 2);
    let (pieces, body) = body_in_pieces();
    let sending = tokio::spawn(anna.post(paths::SUBMISSIONS, paths::MEDIA_FRAMED, body).send());
    pieces.send(first.to_vec()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;

    let config = north.provider().config.clone();
    let running = north.running;
    let stopping = tokio::spawn(running.stop());
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!stopping.is_finished(), "it waits for what is in flight");
    pieces.send(second.to_vec()).await.unwrap();
    drop(pieces);
    let first_answer = answer(sending.await.unwrap().unwrap()).await;
    assert_eq!(first_answer.outcome, Taken::Accepted);
    stopping.await.unwrap().unwrap();

    // Everything that was answered is there after the restart.
    north.running = Running::start(config).await.unwrap();
    assert_eq!(blob_files(north.folder.path()).len(), 1);
    let answer_again = {
        let response = anna_again(&north, &anna).await;
        answer(submit(&response, whole.clone()).await).await
    };
    assert_eq!(answer_again, first_answer);
}

/// The same client at the port of the restarted provider.
async fn anna_again(
    north: &super::house::House,
    anna: &super::house::Caller,
) -> super::house::Caller {
    assert!(
        anna.base.ends_with(&format!(":{}", north.running.address.port())),
        "the port was kept"
    );
    anna.clone()
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever_and_an_unfinished_upload_leaves_nothing() {
    let (mut north, anna) = north().await;
    let part = enveloped(500_000);
    let announced = head("anna@north.example", "south.example", PartDigest::of(&part));
    let whole = message(&announced, &[&part]);
    let (pieces, body) = body_in_pieces();
    let sending = tokio::spawn(anna.post(paths::SUBMISSIONS, paths::MEDIA_FRAMED, body).send());
    pieces.send(whole[..whole.len() / 2].to_vec()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(blob_files(north.folder.path()).len(), 1, "it streams to the disk");
    let config = north.provider().config.clone();
    let stopping = tokio::spawn(north.running.stop());
    tokio::time::sleep(Duration::from_millis(100)).await;
    // The client gives up.
    sending.abort();
    drop(pieces);
    drop(anna);
    tokio::time::timeout(Duration::from_secs(20), stopping).await.unwrap().unwrap().unwrap();
    north.running = Running::start(config).await.unwrap();
    assert_eq!(blob_files(north.folder.path()), Vec::<std::path::PathBuf>::new());
}
