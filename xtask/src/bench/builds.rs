//! How long a newcomer waits: a clean build, and the test steps after it.

use super::page::Section;
use crate::shell;
use anyhow::{Context, Result};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Builds the workspace into an empty folder, then passes the tests with what was built.
pub fn measure() -> Result<Section> {
    let target = TempDir::new().context("the folder for temporary files is not writable")?;
    println!("clean build …");
    let build = timed(clean(&target).args(["build", "--workspace", "--locked", "--quiet"]))?;
    println!("tests …");
    let tests = timed(clean(&target).args(["xtask", "test", "--no-demo"]))?;
    println!("tests once more …");
    let again = timed(clean(&target).args(["xtask", "test", "--no-demo"]))?;
    let mut section = Section::new("Clean build and tests", &["what", "minutes"]);
    section.row(["`cargo build`, nothing built before", &minutes(build)]);
    section.row([
        "`cargo xtask test --no-demo` after it, building what only tests need",
        &minutes(tests),
    ]);
    section.row(["the same once more, nothing changed", &minutes(again)]);
    section.note("Packages had been downloaded before. The demo, which the test steps end with, is left out.");
    Ok(section)
}

fn clean(target: &TempDir) -> Command {
    let mut cargo = shell::cargo();
    cargo.env("CARGO_TARGET_DIR", target.path());
    cargo
}

fn timed(command: &mut Command) -> Result<Duration> {
    let began = Instant::now();
    shell::run(command)?;
    Ok(began.elapsed())
}

fn minutes(took: Duration) -> String {
    format!("{:.1}", took.as_secs_f64() / 60.0)
}
