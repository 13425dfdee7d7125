//! The one writer: a thread that owns the only writable connection and commits in groups.
//!
//! Whatever is queued when the previous COMMIT ends goes into the next one. There is no timer:
//! a lone operation is committed at once, thirty-two at the same time share one sync.
//!
//! Each operation runs in a SAVEPOINT of its own. One that refuses, fails or panics is rolled
//! back alone. No answer, not even a refusal, is given before the COMMIT: a refusal may rest on
//! a row ("this letter was submitted before") that another operation of the same batch wrote.

use std::any::Any;
use std::cell::RefCell;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use rusqlite::{Connection, ErrorCode};
use tokio::sync::{mpsc, oneshot};

use super::error::{StoreError, is_full};
use crate::observe::{self, meter};
use crate::{fault, limits};

/// The transaction as an operation sees it: a connection, and a place for what may happen only
/// after the COMMIT.
pub struct Tx<'c> {
    connection: &'c Connection,
    after_commit: RefCell<Vec<AfterCommit>>,
}

type AfterCommit = Box<dyn FnOnce() + Send>;

impl Tx<'_> {
    /// Registers an act for the time after the COMMIT (deleting a file, say). It never runs if
    /// the operation does not take effect. It must be short: it runs on the writer's thread.
    pub fn after_commit(&self, act: impl FnOnce() + Send + 'static) {
        self.after_commit.borrow_mut().push(Box::new(act));
    }

    /// Keeps a value alive until after the COMMIT, even if nobody waits for the answer any more.
    pub fn hold(&self, value: impl Any + Send) {
        self.after_commit(move || drop(value));
    }
}

impl Deref for Tx<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

/// The handle: sends to the thread.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Command>,
}

enum Command {
    Write(Job),
    /// Empty the write-ahead log.
    Checkpoint(oneshot::Sender<Result<bool, StoreError>>),
    Close(oneshot::Sender<Result<(), StoreError>>),
}

struct Job {
    transition: &'static str,
    queued: Instant,
    /// Runs the operation, or tells it why it cannot run.
    run: Operation,
}

type Operation = Box<dyn FnOnce(Result<&Tx<'_>, StoreError>) -> Ran + Send>;

impl Job {
    fn refuse(self, error: StoreError) {
        ((self.run)(Err(error)).answer)(Ok(()));
    }
}

/// An operation that has run inside the transaction and waits for the COMMIT.
struct Ran {
    /// It succeeded: its savepoint is kept.
    keep: bool,
    /// Sends its own answer, or the reason why that answer does not count.
    answer: Box<dyn FnOnce(Result<(), StoreError>) + Send>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> std::io::Result<Self> {
        let (queue, commands) = mpsc::channel(limits::WRITE_QUEUE_MAX);
        std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || run(&connection, commands))?;
        Ok(Self { queue })
    }

    pub(super) async fn write<T, E>(
        &self,
        transition: &'static str,
        op: impl FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let run = Box::new(move |tx: Result<&Tx<'_>, StoreError>| {
            let result = tx.map_err(E::from).and_then(op);
            Ran {
                keep: result.is_ok(),
                answer: Box::new(move |committed| {
                    // Nobody may be waiting any more; the COMMIT stands all the same.
                    let _ = answer.send(committed.map_err(E::from).and(result));
                }),
            }
        });
        let job = Job { transition, queued: Instant::now(), run };
        self.queue.try_send(Command::Write(job)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => StoreError::Stopping,
        })?;
        match answered.await {
            Ok(result) => result,
            // The closure was dropped without an answer: it panicked.
            Err(_) => Err(StoreError::Unexpected.into()),
        }
    }

    pub(super) async fn checkpoint(&self) -> Result<bool, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.queue.send(Command::Checkpoint(answer)).await.map_err(|_| StoreError::Stopping)?;
        answered.await.unwrap_or(Err(StoreError::Stopping))
    }

    pub(super) async fn close(&self) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        self.queue.send(Command::Close(answer)).await.map_err(|_| StoreError::Stopping)?;
        answered.await.unwrap_or(Err(StoreError::Stopping))
    }
}

fn run(connection: &Connection, mut commands: mpsc::Receiver<Command>) {
    let mut next = commands.blocking_recv();
    while let Some(command) = next.take() {
        match command {
            Command::Write(first) => {
                let (batch, then) = collect(first, &mut commands);
                commit_together(connection, batch);
                next = then;
            }
            Command::Checkpoint(answer) => {
                let _ = answer.send(empty_log(connection));
            }
            Command::Close(answer) => {
                commands.close();
                let _ = answer.send(empty_log(connection).map(drop));
                return;
            }
        }
        if next.is_none() {
            next = commands.blocking_recv();
        }
    }
    // All handles are gone: the process ends without a proper shutdown. SQLite loses nothing.
}

/// Everything that is queued now, up to the bound, and the command that ended the batch.
fn collect(first: Job, commands: &mut mpsc::Receiver<Command>) -> (Vec<Job>, Option<Command>) {
    let mut batch = vec![first];
    while batch.len() < limits::WRITE_BATCH_MAX {
        match commands.try_recv() {
            Ok(Command::Write(job)) => batch.push(job),
            Ok(other) => return (batch, Some(other)),
            Err(_) => break,
        }
    }
    (batch, None)
}

fn commit_together(connection: &Connection, batch: Vec<Job>) {
    let count = batch.len();
    let mut jobs = batch.into_iter();
    let mut waiting = Vec::with_capacity(count);
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        return refuse_all(jobs, &error);
    }
    while let Some(job) = jobs.next() {
        let ran = run_in_savepoint(connection, job);
        if !connection.is_autocommit() {
            waiting.extend(ran);
            continue;
        }
        // This operation met a full or failing disk and SQLite has ended the transaction:
        // nothing of the batch took effect so far. The culprit knows why, the others may retry.
        undo(waiting.drain(..), || StoreError::Busy);
        ran.into_iter().for_each(Waiting::answer_for_itself);
        if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
            return refuse_all(jobs, &error);
        }
    }
    for kept in waiting.iter().filter(|waiting| waiting.ran.keep) {
        fault::reached(kept.transition, "in-transaction");
    }
    match connection.execute_batch("COMMIT") {
        Ok(()) => settle(waiting, count),
        Err(error) if is_certainly_undone(&error) => {
            // Fails if SQLite has rolled back already.
            let _ = connection.execute_batch("ROLLBACK");
            let full = is_full(&error);
            observe::error("commit-refused").reason(StoreError::from(error).code()).write();
            undo(
                waiting.into_iter(),
                || if full { StoreError::Full } else { StoreError::Unexpected },
            );
        }
        Err(error) => stop_the_process(&error),
    }
}

/// An operation between its savepoint and the COMMIT.
struct Waiting {
    transition: &'static str,
    queued: Instant,
    ran: Ran,
    after_commit: Vec<AfterCommit>,
}

impl Waiting {
    /// The transaction ended under this operation: its own error stands, its success does not.
    fn answer_for_itself(self) {
        let verdict = if self.ran.keep { Err(StoreError::Full) } else { Ok(()) };
        (self.ran.answer)(verdict);
    }
}

/// `None` if the operation panicked: its caller sees the closed channel.
fn run_in_savepoint(connection: &Connection, job: Job) -> Option<Waiting> {
    let Job { transition, queued, run } = job;
    if let Err(error) = connection.execute_batch("SAVEPOINT op") {
        Job { transition, queued, run }.refuse(error.into());
        return None;
    }
    let tx = Tx { connection, after_commit: RefCell::new(Vec::new()) };
    let outcome = catch_unwind(AssertUnwindSafe(|| run(Ok(&tx))));
    let keep = outcome.as_ref().is_ok_and(|ran| ran.keep);
    // Fails only if SQLite has ended the whole transaction; the caller looks for that.
    let _ =
        connection.execute_batch(if keep { "RELEASE op" } else { "ROLLBACK TO op; RELEASE op" });
    let after_commit = if keep { tx.after_commit.into_inner() } else { Vec::new() };
    match outcome {
        Ok(ran) => Some(Waiting { transition, queued, ran, after_commit }),
        Err(_) => {
            observe::error("operation-panicked").transition(transition).write();
            None
        }
    }
}

fn settle(committed: Vec<Waiting>, count: usize) {
    meter::committed(count);
    for kept in committed.iter().filter(|waiting| waiting.ran.keep) {
        fault::reached(kept.transition, "committed");
    }
    for waiting in committed {
        meter::written(waiting.transition, waiting.queued.elapsed());
        waiting.after_commit.into_iter().for_each(|act| act());
        (waiting.ran.answer)(Ok(()));
    }
}

/// Nothing of these took effect, whatever they would have answered.
fn undo(undone: impl Iterator<Item = Waiting>, why: impl Fn() -> StoreError) {
    undone.for_each(|waiting| (waiting.ran.answer)(Err(why())));
}

/// BEGIN failed: another process holds the lock for longer than we wait, or the disk is full.
fn refuse_all(jobs: impl Iterator<Item = Job>, error: &rusqlite::Error) {
    observe::error("begin-failed").write();
    for job in jobs {
        job.refuse(if is_full(error) { StoreError::Full } else { StoreError::Busy });
    }
}

/// Checkpoints in TRUNCATE mode: the log's content is in the database, the log is empty, and what
/// was deleted is on neither. `false` if a reader was in the way.
fn empty_log(connection: &Connection) -> Result<bool, StoreError> {
    let blocked: i64 = connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        .map_err(StoreError::from)?;
    Ok(blocked == 0)
}

/// SQLite wrote no commit record: the log is full, a lock was not to be had, a constraint that
/// is checked at COMMIT failed. Everything else may or may not have reached the disk.
fn is_certainly_undone(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::ConstraintViolation)
    )
}

/// The outcome of a COMMIT is unknown. Going on could answer "no" to what is on the disk as
/// "yes". Restarting reads what is true, through the same path as any start.
fn stop_the_process(error: &rusqlite::Error) -> ! {
    let code = error.sqlite_error().map_or(0, |error| error.extended_code);
    observe::error("commit-outcome-unknown").count(usize::try_from(code).unwrap_or(0)).write();
    #[allow(clippy::print_stderr)]
    {
        eprintln!(
            "error: the database could not say whether the last COMMIT is on the disk (SQLite code {code}).\n\
             The provider stops here so that no evidence contradicts its state.\n\
             Check the disk of the data folder, then start again: it continues with what is stored."
        );
    }
    std::process::exit(2)
}
