//! Steps of a run: each is announced, timed, and listed in a table at the end.

use anyhow::{Result, anyhow};
use std::time::{Duration, Instant};

/// What ran so far. The first step that fails ends the run.
pub struct Steps {
    began: Instant,
    done: Vec<(String, Duration, &'static str)>,
}

impl Steps {
    pub fn new() -> Self {
        Self { began: Instant::now(), done: Vec::new() }
    }

    /// Runs one step; on failure prints the table and returns an error that names the step.
    pub fn step(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        println!("\n==> {name}");
        let began = Instant::now();
        let outcome = work();
        let took = began.elapsed();
        match outcome {
            Ok(()) => {
                println!("    {name}: passed in {}", seconds(took));
                self.done.push((name.to_owned(), took, "passed"));
                Ok(())
            }
            Err(error) => {
                self.done.push((name.to_owned(), took, "FAILED"));
                self.table();
                println!("failed in step '{name}': {error:#}");
                Err(anyhow!("step '{name}' failed after {}", seconds(took)))
            }
        }
    }

    /// Lists a step that was deliberately not run, with the reason beside it.
    pub fn skipped(&mut self, name: &str, reason: &str) {
        println!("\n==> {name}\n    not part of this run: {reason}");
        self.done.push((name.to_owned(), Duration::ZERO, "not run"));
    }

    /// The final table.
    pub fn table(&self) {
        println!("\n{:<44} {:>10}  result", "step", "time");
        for (name, took, result) in &self.done {
            println!("{name:<44} {:>10}  {result}", seconds(*took));
        }
        println!("{:<44} {:>10}", "together", seconds(self.began.elapsed()));
    }
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}
