//! OpenSSL against the time-stamp endpoint: its query, our reply, its verdict.

use std::process::Command;

use sealpost_wire::paths;

use super::house::House;

fn openssl(arguments: &[&str]) -> std::process::Output {
    Command::new("openssl").args(arguments).output().expect("OpenSSL is installed")
}

#[tokio::test]
async fn openssl_asks_for_a_time_stamp_and_believes_it() {
    let north = House::open("north.example").await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("letter"), b"Dear Bert").unwrap();
    std::fs::write(path("other"), b"Dear Burt").unwrap();
    std::fs::write(path("root.pem"), north.root().to_pem()).unwrap();
    for arguments in [vec!["-cert"], vec!["-cert", "-no_nonce"]] {
        let (letter, query) = (path("letter"), path("query.tsq"));
        let mut asked = vec!["ts", "-query", "-data", &letter, "-sha256", "-out", &query];
        asked.extend(arguments);
        assert!(openssl(&asked).status.success());
        // As `curl --data-binary` would.
        let answer = north
            .stranger()
            .post(paths::TIME_STAMP, paths::MEDIA_TIME_STAMP_QUERY, std::fs::read(&query).unwrap())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], paths::MEDIA_TIME_STAMP_REPLY);
        std::fs::write(path("reply.tsr"), answer.bytes().await.unwrap()).unwrap();
        let (reply, root, other) = (path("reply.tsr"), path("root.pem"), path("other"));
        let verified =
            openssl(&["ts", "-verify", "-queryfile", &query, "-in", &reply, "-CAfile", &root]);
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
        let verified =
            openssl(&["ts", "-verify", "-data", &other, "-in", &reply, "-CAfile", &root]);
        assert!(!verified.status.success(), "it is not a time-stamp over something else");
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_granted_is_rejected_in_the_reply() {
    let north = House::open("north.example").await;
    let answer = north
        .stranger()
        .post(paths::TIME_STAMP, paths::MEDIA_TIME_STAMP_QUERY, b"no query".to_vec())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let folder = tempfile::tempdir().unwrap();
    let reply = folder.path().join("reply.tsr").display().to_string();
    std::fs::write(&reply, answer.bytes().await.unwrap()).unwrap();
    let shown = openssl(&["ts", "-reply", "-in", &reply, "-text"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("Rejected"));
}
