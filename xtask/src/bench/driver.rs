//! The client side as a process of its own, so that its work is not counted as the provider's.

use anyhow::{Context, Result};
use sealpost_tests::{Person, Provider};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The running driver (`crates/agent/examples/bench_driver`).
pub struct Driver {
    process: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// What unlocking a profile with its PIN took.
    pub unlock_ms: f64,
}

impl Driver {
    pub fn start(
        binary: &Path,
        sender: &Person,
        recipient: &Person,
        provider: &Provider,
    ) -> Result<Self> {
        let mut command = Command::new(binary);
        for person in [sender, recipient] {
            command.arg(&person.home).arg(&person.pin_file);
        }
        command.arg(provider.endpoint()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().context("the driver could not be started")?;
        let commands = process.stdin.take().context("it was piped")?;
        let answers = BufReader::new(process.stdout.take().context("it was piped")?);
        let mut driver = Self { process, commands, answers, unlock_ms: 0.0 };
        let unlocked = driver.answer()?;
        driver.unlock_ms = unlocked["unlock_ms"].as_f64().unwrap_or(f64::NAN);
        Ok(driver)
    }

    /// One command and its answer.
    pub fn ask(&mut self, command: &str) -> Result<Value> {
        writeln!(self.commands, "{command}")?;
        self.answer().with_context(|| format!("the driver failed at '{command}'"))
    }

    fn answer(&mut self) -> Result<Value> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        serde_json::from_str(&line).context("the driver ended; what it said stands above")
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It has nothing to lose: its profiles lie in a temporary folder.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The numbers of a list in an answer.
pub fn numbers(answer: &Value, name: &str) -> Vec<f64> {
    answer[name].as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}
