//! Python's pyHanko, asn1crypto and cryptography, through one process that judges line by line.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver};

use tempfile::TempDir;

use crate::matrix::{No, Peer, Sample};
use crate::ours::Ours;
use crate::programs::{PATIENCE, service};
use crate::rows::Row;

const REQUIREMENTS: &str = include_str!("judge/requirements.txt");

/// The process, which ends with its input.
pub struct Python {
    folder: TempDir,
    child: Child,
    questions: Option<ChildStdin>,
    answers: Receiver<String>,
}

impl Python {
    pub fn new(program: &Path, ours: &Ours) -> Self {
        let folder = tempfile::tempdir().unwrap();
        ours.house.moves_into(folder.path());
        fs::write(folder.path().join("request.tsq"), ours.request.to_der()).unwrap();
        fs::write(folder.path().join("inner"), &ours.inner).unwrap();
        let judge = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/interop/judge");
        let mut command = service(program, folder.path());
        command.arg(judge).arg(folder.path());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let questions = child.stdin.take();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (told, answers) = mpsc::channel();
        // Reading has no time limit of its own, receiving has.
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|it| told.send(it)));
        Self { folder, child, questions, answers }
    }

    fn asks(&mut self, verb: &str, row: &Row) -> Result<(), No> {
        writeln!(self.questions.as_mut().unwrap(), "{verb} {}", row.id).unwrap();
        let line = self.answers.recv_timeout(PATIENCE);
        let line = line.unwrap_or_else(|error| panic!("the judge at {verb} {}: {error}", row.id));
        match line.split_once(' ').unwrap_or((&line, "")) {
            ("works", _) => Ok(()),
            ("untried", _) => Err(No::Untried),
            ("refused", why) => Err(No::refused(why)),
            _ => panic!("the judge at {verb} {}: {line}", row.id),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.questions.take());
        // It may be what nobody had patience with.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer for Python {
    fn name(&self) -> &'static str {
        "Python"
    }

    /// As pinned in the list of packages that `cargo xtask` installs.
    fn version(&self) -> String {
        let line = REQUIREMENTS.lines().find_map(|line| line.strip_prefix("pyhanko=="));
        let version = line.and_then(|rest| rest.split_whitespace().next());
        format!("pyHanko {}", version.expect("it is pinned"))
    }

    fn reads(&mut self, row: &Row, sample: &Sample) -> Result<(), No> {
        fs::write(self.path("message"), &sample.message).unwrap();
        for (number, more) in sample.beside.iter().enumerate() {
            fs::write(self.path(&format!("beside-{number}")), more).unwrap();
        }
        self.asks("read", row)
    }

    fn writes(&mut self, row: &Row) -> Result<Sample, No> {
        let names = ["message", "beside-0", "beside-1"];
        for name in names {
            let _ = fs::remove_file(self.path(name));
        }
        self.asks("write", row)?;
        let mut written = names.iter().map_while(|name| fs::read(self.path(name)).ok());
        let message = written.next().expect("what works is written");
        Ok(Sample { message, beside: written.collect() })
    }
}
