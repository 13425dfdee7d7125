//! `cargo xtask demo | test | tidy | interop | fuzz | bench`: everything a newcomer or CI runs.
//!
//! Runs cargo, the built binaries and foreign programs as processes; links none of our own crates
//! and never changes a file under version control, except tables when asked (`tidy --write`, `interop --write`).
#![allow(clippy::print_stdout)] // a program for the terminal: its output is its purpose

mod bench;
mod demo;
mod fuzz;
mod interop;
mod peers;
mod setup;
mod shell;
mod steps;
mod summary;
mod test;
mod tidy;
mod wasm;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Demo, tests, fuzzing and measurements of Sealpost.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A registered letter between two providers on this machine, from sending to offline proof.
    Demo(demo::Arguments),
    /// Sets up and passes every test: what CI runs.
    Test(test::Arguments),
    /// The house rules alone (crate graph, sizes, words, standards, check ids).
    Tidy(tidy::Arguments),
    /// What others read of ours, and we of theirs; writes `docs/interoperability.md`.
    Interop(interop::Arguments),
    /// Runs every fuzz target for a bounded time.
    Fuzz(fuzz::Arguments),
    /// Measures and writes `docs/benchmarks.md`.
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Tidy(arguments) => tidy::run(&arguments),
        Command::Interop(arguments) => interop::run(&arguments),
        Command::Fuzz(arguments) => fuzz::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
