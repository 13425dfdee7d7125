use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::limits;

/// A database in a folder of its own, with one table to play with.
struct Scratch {
    folder: tempfile::TempDir,
    store: Store,
}

impl Scratch {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("db")).unwrap();
        store
            .write("setup", |tx| {
                tx.execute_batch("CREATE TABLE note (text BLOB NOT NULL UNIQUE) STRICT")?;
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
        Self { folder, store }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("db")
    }

    async fn notes(&self) -> i64 {
        self.store.read(count).await.unwrap()
    }
}

fn count(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("SELECT count(*) FROM note", [], |row| row.get(0))?)
}

fn add(tx: &Tx<'_>, text: &str) -> Result<(), StoreError> {
    tx.execute("INSERT INTO note (text) VALUES (?1)", [text.as_bytes()])?;
    Ok(())
}

/// Makes the writer wait inside an operation until the returned sender is used or dropped, so that
/// a test can decide what is queued meanwhile.
async fn hold_writer(store: &Store) -> mpsc::Sender<()> {
    let (release, wait) = mpsc::channel::<()>();
    let (entered, inside) = tokio::sync::oneshot::channel();
    let store = store.clone();
    tokio::spawn(async move {
        let op = move |_: &Tx<'_>| {
            let _ = entered.send(());
            let _ = wait.recv();
            Ok::<_, StoreError>(())
        };
        store.write("hold", op).await
    });
    inside.await.unwrap();
    release
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_together_is_committed_together_and_answered_after_it() {
    let scratch = Scratch::new().await;
    let release = hold_writer(&scratch.store).await;
    let store = &scratch.store;
    let (in_second, second_runs) = tokio::sync::oneshot::channel();
    let (go_on, wait) = mpsc::channel::<()>();
    let first = store.write("first", |tx| add(tx, "first"));
    let second = store.write("second", move |tx| {
        let seen = count(tx)?;
        let _ = in_second.send(seen);
        let _ = wait.recv();
        add(tx, "second")
    });
    let watch = async {
        release.send(()).unwrap();
        assert_eq!(second_runs.await.unwrap(), 1, "the second sees the first: one transaction");
        assert_eq!(scratch.notes().await, 0, "nobody else sees it before the COMMIT");
        go_on.send(()).unwrap();
    };
    let answered_first = async {
        first.await.unwrap();
        assert_eq!(scratch.notes().await, 2, "its answer waited for the COMMIT of both");
    };
    let ((), second, ()) = tokio::join!(answered_first, second, watch);
    second.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_refuses_fails_or_panics_hurts_no_other_of_its_batch() {
    #[derive(Debug)]
    enum Refusal {
        Rule,
        Store,
    }
    impl From<StoreError> for Refusal {
        fn from(_: StoreError) -> Self {
            Self::Store
        }
    }
    let scratch = Scratch::new().await;
    let store = &scratch.store;
    let release = hold_writer(store).await;
    let (good, refused, failed, panicked, also_good, ()) = tokio::join!(
        store.write("good", |tx| add(tx, "good")),
        store.write("refused", |tx| {
            add(tx, "refused")?;
            Err::<(), _>(Refusal::Rule)
        }),
        store.write("failed", |tx| {
            add(tx, "good too")?;
            add(tx, "good")
        }),
        store.write("panicked", |tx| -> Result<(), StoreError> {
            add(tx, "panicked")?;
            panic!("on purpose")
        }),
        store.write("good", |tx| {
            tx.after_commit(|| {});
            add(tx, "also good")
        }),
        async { release.send(()).unwrap() },
    );
    good.unwrap();
    assert!(matches!(refused, Err(Refusal::Rule)));
    assert!(matches!(failed, Err(StoreError::Statement(_))));
    assert!(matches!(panicked, Err(StoreError::Unexpected)));
    also_good.unwrap();
    assert_eq!(scratch.notes().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_after_the_commit_run_only_for_what_took_effect() {
    let scratch = Scratch::new().await;
    let (done, seen) = mpsc::channel();
    let (yes, no) = (done.clone(), done);
    scratch
        .store
        .write("kept", move |tx| {
            tx.after_commit(move || yes.send("kept").unwrap());
            add(tx, "kept")
        })
        .await
        .unwrap();
    let refused = scratch.store.write("refused", move |tx| {
        tx.after_commit(move || no.send("refused").unwrap());
        Err::<(), _>(StoreError::Busy)
    });
    refused.await.unwrap_err();
    assert_eq!(seen.iter().collect::<Vec<_>>(), ["kept"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_answers_busy_and_does_nothing() {
    let scratch = Scratch::new().await;
    let release = hold_writer(&scratch.store).await;
    let mut waiting = tokio::task::JoinSet::new();
    for number in 0..limits::WRITE_QUEUE_MAX {
        let store = scratch.store.clone();
        waiting.spawn(
            async move { store.write("fill", move |tx| add(tx, &number.to_string())).await },
        );
    }
    let mut refused: Option<Result<(), StoreError>> = None;
    // While there is still room each of these waits; the first that finds none is answered.
    for _ in 0..200 {
        let one_more = scratch.store.write("one too many", |_| Ok::<_, StoreError>(()));
        refused = tokio::time::timeout(Duration::from_millis(20), one_more).await.ok();
        if refused.is_some() {
            break;
        }
    }
    assert!(matches!(refused, Some(Err(StoreError::Busy))));
    release.send(()).unwrap();
    let mut stored = 0;
    while let Some(answer) = waiting.join_next().await {
        stored += i64::from(answer.unwrap().is_ok());
    }
    assert_eq!(scratch.notes().await, stored);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_a_refusal_and_leaves_nothing_half_done() {
    let scratch = Scratch::new().await;
    let store = &scratch.store;
    store
        .write("limit", |tx| {
            let pages: i64 = tx.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            tx.query_row(&format!("PRAGMA max_page_count = {}", pages + 4), [], |_| Ok(()))?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    let release = hold_writer(store).await;
    let big = |tx: &Tx<'_>| {
        add(tx, "small part of the big one")?;
        add(tx, &"x".repeat(100_000))
    };
    let (before, full, after, ()) = tokio::join!(
        store.write("before", |tx| add(tx, "before")),
        store.write("big", big),
        store.write("after", |tx| add(tx, "after")),
        async { release.send(()).unwrap() },
    );
    assert!(matches!(full, Err(StoreError::Full)), "{full:?}");
    let stored = i64::from(before.is_ok()) + i64::from(after.is_ok());
    assert!(before.is_ok() || matches!(before, Err(StoreError::Busy)), "{before:?}");
    assert_eq!(scratch.notes().await, stored, "exactly what was answered with yes");
    store.write("later", |tx| add(tx, "later")).await.unwrap();
    assert_eq!(scratch.notes().await, stored + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_is_in_no_file_any_more() {
    let scratch = Scratch::new().await;
    let store = &scratch.store;
    let secret = "A-MARKER-THAT-MUST-VANISH".repeat(300);
    let written = secret.clone();
    store.write("add", move |tx| add(tx, &written)).await.unwrap();
    let found = |marker: &str| {
        std::fs::read_dir(scratch.folder.path()).unwrap().any(|file| {
            let octets = std::fs::read(file.unwrap().path()).unwrap();
            octets.windows(marker.len()).any(|window| window == marker.as_bytes())
        })
    };
    assert!(found("A-MARKER-THAT-MUST-VANISH"));
    store
        .write("delete", |tx| {
            tx.execute("DELETE FROM note", [])?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    assert!(store.erase_deleted().await.unwrap());
    assert!(!found("MARKER-THAT-MUST"));
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_commits_what_waits_and_refuses_what_comes_later() {
    let scratch = Scratch::new().await;
    let store = &scratch.store;
    let release = hold_writer(store).await;
    let (last, closed, ()) =
        tokio::join!(store.write("last", |tx| add(tx, "last")), store.close(), async {
            release.send(()).unwrap()
        },);
    last.unwrap();
    closed.unwrap();
    let late = store.write("late", |tx| add(tx, "late")).await;
    assert!(matches!(late, Err(StoreError::Stopping)));
    assert_eq!(
        std::fs::metadata(scratch.folder.path().join("db-wal")).map_or(0, |log| log.len()),
        0
    );
    let again = Store::open(&scratch.path()).unwrap();
    assert_eq!(again.read(count).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_cannot_write() {
    let scratch = Scratch::new().await;
    let tried = scratch.store.read(|connection| {
        connection.execute("DELETE FROM note", [])?;
        Ok::<_, StoreError>(())
    });
    assert!(matches!(tried.await, Err(StoreError::Statement(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_release_is_refused() {
    let scratch = Scratch::new().await;
    scratch
        .store
        .write("future", |tx| {
            tx.execute("INSERT INTO migration (number, applied_at) VALUES (99, 0)", [])?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    scratch.store.close().await.unwrap();
    let error = Store::open(&scratch.path()).err().unwrap();
    assert!(matches!(error, StoreError::TooNew { found: 99, .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_and_its_log_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new().await;
    for name in ["db", "db-wal", "db-shm"] {
        let mode =
            std::fs::metadata(scratch.folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn knows_shows_every_table_even_those_nobody_told_it_about() {
    let scratch = Scratch::new().await;
    scratch.store.write("add", |tx| add(tx, "seen")).await.unwrap();
    let mut rows = Vec::new();
    let snapshot = knows::Snapshot::open(&scratch.path()).unwrap();
    for table in snapshot.tables().unwrap() {
        snapshot.rows(&table, |row| rows.push(row)).unwrap();
    }
    let note = rows.iter().find(|row| row.table == "note").unwrap();
    assert_eq!(note.values, [("text".to_owned(), knows::KnownValue::Octets(b"seen".to_vec()))]);
    assert!(rows.iter().any(|row| row.table == "migration"));
}

/// Not a test of its own: the process that [`a_killed_process_keeps_exactly_what_it_answered`]
/// starts and that dies in the middle.
#[cfg(debug_assertions)]
#[tokio::test(flavor = "multi_thread")]
async fn child_that_is_killed() {
    let Some(path) = std::env::var_os("SEALPOST_TEST_DATABASE") else {
        return;
    };
    let path = PathBuf::from(path);
    let store = Store::open(&path).unwrap();
    for number in 1..=3 {
        store.write("deposit", move |tx| add(tx, &number.to_string())).await.unwrap();
        std::fs::write(path.with_extension("answered"), number.to_string()).unwrap();
    }
}

#[cfg(debug_assertions)]
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_keeps_exactly_what_it_answered() {
    use std::os::unix::process::ExitStatusExt;
    // Where it dies, what is stored then, what was answered by then.
    for (point, stored, answered) in
        [("deposit.in-transaction:2", 1, "1"), ("deposit.committed:2", 2, "1")]
    {
        let scratch = Scratch::new().await;
        scratch.store.close().await.unwrap();
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::tests::child_that_is_killed"])
            .env("SEALPOST_TEST_DATABASE", scratch.path())
            .env("SEALPOST_ABORT_AT", point)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.signal(), Some(9), "{point}");
        let again = Store::open(&scratch.path()).unwrap();
        assert_eq!(again.read(count).await.unwrap(), stored, "{point}");
        let said = std::fs::read_to_string(scratch.path().with_extension("answered")).unwrap();
        assert_eq!(said, answered, "{point}: never more answers than COMMITs");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_question_whether_it_can_write_is_answered_by_writing() {
    let scratch = Scratch::new().await;
    assert!(scratch.store.erase_deleted().await.unwrap());
    let log = || {
        let files = std::fs::read_dir(scratch.folder.path()).unwrap().map(|file| file.unwrap());
        let logs = files.filter(|file| file.file_name().to_string_lossy().ends_with("-wal"));
        logs.map(|file| file.metadata().unwrap().len()).sum::<u64>()
    };
    assert_eq!(log(), 0);
    assert!(scratch.store.is_writable().await);
    assert!(log() > 0);
    scratch.store.close().await.unwrap();
    assert!(!scratch.store.is_writable().await);
}
