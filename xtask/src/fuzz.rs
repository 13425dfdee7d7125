//! `cargo xtask fuzz`: every target for a bounded time, from its committed seeds.
//!
//! No nightly toolchain: the product has no `unsafe`, so libFuzzer runs without a sanitizer and
//! finds panics, endless loops and unbounded memory.

use crate::steps::Steps;
use crate::{setup, shell};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Memory that one input may make a target use, in MiB: inputs are bounded far below it.
const MEMORY_MIB_MAX: u32 = 1024;
/// Time that one input may take, in seconds: more is a loop that grows with its input.
const INPUT_SECONDS_MAX: u32 = 10;

/// Runs every fuzz target for a bounded time.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only these targets (default: all).
    targets: Vec<String>,
    /// Seconds for each target.
    #[arg(long, default_value_t = 20)]
    seconds: u32,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let cargo_fuzz = setup::CARGO_FUZZ.path()?;
    let known = targets()?;
    let chosen =
        if arguments.targets.is_empty() { known.clone() } else { arguments.targets.clone() };
    if let Some(stranger) = chosen.iter().find(|name| !known.contains(name)) {
        bail!("no fuzz target '{stranger}'; there are: {}", known.join(", "));
    }
    if let Some(target) = known.iter().find(|target| !seeds(target).is_dir()) {
        bail!("fuzz target '{target}' has no seeds; docs/fuzzing.md says how to make them");
    }
    let mut steps = Steps::new();
    steps.step("build", || shell::run(&mut call(&cargo_fuzz, "build")))?;
    for target in chosen {
        steps.step(&target, || fuzz(&cargo_fuzz, &target, arguments.seconds))?;
    }
    steps.table();
    println!("no target failed");
    Ok(())
}

/// One file under `fuzz/fuzz_targets` is one target.
fn targets() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(shell::root().join("fuzz/fuzz_targets"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

/// The real objects that a target begins with.
fn seeds(target: &str) -> PathBuf {
    shell::root().join("fuzz/seeds").join(target)
}

fn call(cargo_fuzz: &Path, verb: &str) -> Command {
    let mut command = Command::new(cargo_fuzz);
    command
        .current_dir(shell::root())
        .env_remove("CARGO_TARGET_DIR")
        .args([verb, "--sanitizer", "none", "--target-dir"])
        .arg(shell::target_dir().join("fuzz"));
    command
}

fn fuzz(cargo_fuzz: &Path, target: &str, seconds: u32) -> Result<()> {
    let corpus = shell::root().join("fuzz/corpus").join(target);
    std::fs::create_dir_all(&corpus)?;
    let mut command = call(cargo_fuzz, "run");
    // What is found goes into the first folder, the seeds are only read.
    command.arg(target).arg(corpus).arg(seeds(target)).args([
        "--".to_owned(),
        format!("-max_total_time={seconds}"),
        format!("-rss_limit_mb={MEMORY_MIB_MAX}"),
        format!("-timeout={INPUT_SECONDS_MAX}"),
        "-print_final_stats=1".to_owned(),
        "-verbosity=0".to_owned(),
    ]);
    shell::run(&mut command)
}
