//! The sans-I/O rooms in WebAssembly: built for a browser, and tested under Node.
//!
//! Decision 0013 says why the tests run on another target than the browser's: rustc's test harness
//! needs a terminal and arguments, which wasm32-wasip1 has and wasm32-unknown-unknown has not. Back-ends
//! are chosen by architecture, so the code under test is the same.

use crate::summary::Summary;
use crate::{setup, shell};
use anyhow::{Result, bail};

/// The rooms that own no clock, socket, file or random source, and so build for a browser; with the
/// least number of tests of each that has to pass in WebAssembly. The numbers only go up: tests that
/// vanish there, because they are excluded or no longer built, would not be missed otherwise.
const ROOMS: [(&str, u64); 4] =
    [("sealpost-cms", 331), ("sealpost-erds", 110), ("sealpost-letter", 165), ("sealpost-wire", 8)];

/// One that builds for a browser as well; its interpreter runs plug-ins, and its tests assemble them
/// from files.
const BUILT_ONLY: &str = "sealpost-experiment";

/// Whether the rooms compile for a browser.
pub fn check() -> Result<()> {
    let mut command = shell::cargo();
    command.args(["check", "--locked", "--lib", "--target", setup::WASM_BROWSER]);
    for room in ROOMS.iter().map(|(room, _)| *room).chain([BUILT_ONLY]) {
        command.args(["--package", room]);
    }
    shell::run(&mut command)
}

/// Runs the unit and vector tests of the rooms under Node.
pub fn tests() -> Result<()> {
    let mut sums = Vec::new();
    for (room, passed_min) in ROOMS {
        let mut sum = Summary::default();
        let mut command = shell::cargo();
        command.args(["test", "--locked", "--lib", "--package", room]);
        command.args(["--target", setup::WASM_TESTS, "--config", &runner()]);
        // A panic ends the program, and with it what the harness has captured of it.
        sum.run(command.args(["--", "--nocapture"]))?;
        if sum.passed() < passed_min {
            bail!("{room}: {} tests passed in wasm32, {passed_min} did before", sum.passed());
        }
        sums.push(format!("{room}: {}", sum.in_words()));
    }
    println!("    in wasm32 under Node:");
    for sum in sums {
        println!("    {sum}");
    }
    Ok(())
}

/// As a list, so that a path may hold spaces. Node calls its WASI experimental in a warning.
fn runner() -> String {
    let script = shell::root().join("tests/wasm/run.mjs");
    format!("target.{}.runner=['node', '--no-warnings', '{}']", setup::WASM_TESTS, script.display())
}
