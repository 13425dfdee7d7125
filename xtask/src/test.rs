//! `cargo xtask test`: everything that must hold before a change gets in, in the order in which
//! failures are cheapest to find.

use crate::steps::Steps;
use crate::summary::Summary;
use crate::{demo, peers, setup, shell, wasm};
use anyhow::Result;
use std::process::Command;

/// Sets up and passes every test.
#[derive(clap::Args)]
pub struct Arguments {
    /// Also checks dependencies against the advisory database, which has to be downloaded.
    #[arg(long)]
    advisories: bool,
    /// Leaves out the smoke run of the demo.
    #[arg(long)]
    no_demo: bool,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let mut steps = Steps::new();
    steps.step("set-up", || {
        setup::components()?;
        setup::wasm_targets()?;
        setup::foreign_programs()
    })?;
    steps.step("format", format)?;
    steps.step("clippy, warnings denied", clippy)?;
    steps.step("sans-I/O rooms build for wasm32", wasm::check)?;
    steps.step("fuzz targets compile", fuzz_targets)?;
    steps.step("dependency audit: bans, licences, sources", || {
        audit(&["bans", "licenses", "sources"])
    })?;
    if arguments.advisories {
        steps.step("dependency audit: advisories", || audit(&["advisories"]))?;
    } else {
        steps.skipped(
            "dependency audit: advisories",
            "needs a download of the advisory database; add --advisories",
        );
    }
    steps.step("peers: OpenSSL 4, pyHanko", peers::set_up)?;
    let mut sum = Summary::default();
    steps.step("tests: tidy, unit, journeys, interop", || tests(&mut sum))?;
    steps.step("doc tests, compile-fail ones too", || {
        sum.run(shell::cargo().args(["test", "--workspace", "--locked", "--doc"]))
    })?;
    steps.step("tests of the sans-I/O rooms in wasm32", wasm::tests)?;
    if arguments.no_demo {
        steps.skipped("demo, smoke run", "left out by --no-demo");
    } else {
        steps.step("demo, smoke run", || demo::run(&demo::Arguments::smoke()))?;
    }
    steps.table();
    println!("all steps passed\n\n{}", sum.in_words());
    Ok(())
}

/// The fuzz targets are a workspace of their own, which would rot unseen.
const FUZZ: [&str; 2] = ["--manifest-path", "fuzz/Cargo.toml"];

fn format() -> Result<()> {
    shell::run(shell::cargo().args(["fmt", "--all", "--check"]))?;
    shell::run(shell::cargo().arg("fmt").args(FUZZ).arg("--check"))
}

fn fuzz_targets() -> Result<()> {
    // Only checked, in the target folder of the house: fuzzing itself is `cargo xtask fuzz`.
    shell::run(shell::cargo().args(["check", "--locked", "--bins", "--examples"]).args(FUZZ))
}

fn clippy() -> Result<()> {
    let mut command = shell::cargo();
    command.args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]);
    shell::run(&mut command)
}

fn audit(checks: &[&str]) -> Result<()> {
    let mut command = Command::new(setup::CARGO_DENY.path()?);
    command.current_dir(shell::root()).args(["--workspace", "--locked"]);
    shell::run(command.args(["check", "--hide-inclusion-graph"]).args(checks))
}

fn tests(sum: &mut Summary) -> Result<()> {
    // The journeys start the real binaries, which `cargo test` of another package does not build.
    shell::run(shell::cargo().args(["build", "--workspace", "--locked", "--bins"]))?;
    let mut command = shell::cargo();
    command.env("SEALPOST_BIN_DIR", shell::target_dir().join("debug"));
    command.env("SEALPOST_PEERS_DIR", peers::folder());
    if shell::answers(command.get_program(), &["nextest", "--version"]) {
        return sum.run(command.args(["nextest", "run", "--workspace", "--locked"]));
    }
    command.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
    sum.run(command.args(["--lib", "--bins", "--tests", "--examples"]))
}
