//! Adds up what the test runner says at the end of each binary, to say it once at the end of all.

use crate::shell;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Passed, failed and ignored tests.
#[derive(Default, Clone, Copy)]
pub struct Summary {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Summary {
    /// Runs a test runner, shows its output, and counts.
    pub fn run(&mut self, command: &mut Command) -> Result<()> {
        let words = shell::in_words(command);
        // Both streams in one, since runners differ in where they write their results.
        let (reader, writer) = std::io::pipe()?;
        command.stdout(writer.try_clone()?).stderr(writer);
        let spawned = command.spawn();
        // The command keeps its ends of the pipe, and reading would never end.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = spawned.with_context(|| format!("`{words}` could not be started"))?;
        for line in BufReader::new(reader).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            self.count(line.trim());
        }
        let status = child.wait()?;
        if !status.success() {
            bail!("`{words}` ended with {status}");
        }
        Ok(())
    }

    /// `test result: ok. 3 passed; 0 failed; 1 ignored; …` of cargo's own runner, or
    /// `Summary [ 0.1s] 4 tests run: 3 passed, 1 skipped` of nextest.
    fn count(&mut self, line: &str) {
        let own = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "));
        let nextest = line.strip_prefix("Summary [").and_then(|rest| rest.split_once(" run: "));
        let Some((_, counts)) = own.or(nextest) else { return };
        for part in counts.split([';', ',']) {
            let mut words = part.split_whitespace();
            let number: u64 = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
            match words.next() {
                Some("passed") => self.passed += number,
                Some("failed") => self.failed += number,
                Some("ignored" | "skipped") => self.ignored += number,
                _ => {}
            }
        }
    }

    /// How many tests passed.
    pub fn passed(&self) -> u64 {
        self.passed
    }

    /// The sum, in the form of the test runner.
    pub fn in_words(&self) -> String {
        let Self { passed, failed, ignored } = self;
        let result = if *failed == 0 { "ok" } else { "FAILED" };
        format!("test result: {result}. {passed} passed; {failed} failed; {ignored} ignored")
    }
}

#[test]
fn results_of_several_binaries_are_added() {
    let mut sum = Summary::default();
    sum.count("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out");
    sum.count("running 4 tests");
    sum.count("Summary [   0.1s] 7 tests run: 6 passed (1 slow), 1 skipped");
    sum.count("test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out");
    assert_eq!(sum.in_words(), "test result: FAILED. 11 passed; 1 failed; 2 ignored");
}
