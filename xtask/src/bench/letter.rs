//! What `cargo xtask bench letter` measures: two providers, two people and Postfix, on loopback.

use super::driver::Driver;
use super::page::{Page, Section};
use super::{Arguments, builds, journey, machine, submissions};
use crate::shell;
use anyhow::{Context, Result, bail};
use sealpost_tests::{House, Person, program};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Two providers, two people and the client side.
pub struct Setting {
    pub house: House,
    pub recipient: Person,
    pub driver: Driver,
    pub folder: TempDir,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    if arguments.rounds == 0 || arguments.letters == 0 {
        bail!("at least one round and one letter are needed");
    }
    let load_before = machine::load();
    let binaries = build()?;
    program::use_binaries(binaries.clone());
    let mut setting = Setting::new(&binaries)?;
    println!("idle …");
    let mut sections = vec![footprint(&setting, &binaries)?];
    println!("letters one by one …");
    sections.insert(0, journey::measure(&mut setting, arguments.letters)?);
    println!("submissions …");
    let submitted = submissions::measure(&mut setting, arguments.rounds)?;
    sections.splice(1..1, submitted);
    let builds = match arguments.with_build {
        // What was measured before must not be lost to a test that fails.
        true => builds::measure()
            .inspect_err(|error| eprintln!("clean build and tests were not measured: {error:#}"))
            .ok(),
        false => None,
    };
    let page = Page { subject: "measured", sections, builds, load_before };
    page.publish(arguments.dry_run)
}

/// Builds what is measured, optimised; the folder it lies in. `SEALPOST_BIN_DIR` names a folder
/// that has it already.
fn build() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("SEALPOST_BIN_DIR") {
        return Ok(folder.into());
    }
    let mut cargo = shell::cargo();
    cargo.args(["build", "--release", "--locked", "-p", "sealpost-provider", "-p", "sealpost-cli"]);
    cargo.args(["-p", "sealpost-agent", "--bins", "--example", "bench_driver"]);
    shell::run(&mut cargo)?;
    Ok(shell::target_dir().join("release"))
}

impl Setting {
    fn new(binaries: &Path) -> Result<Self> {
        let folder = TempDir::new().context("the folder for temporary files is not writable")?;
        let house = folder.path().join("house");
        fs::create_dir(&house)?;
        let mut house = House::built_in(house, None);
        // All clients of a measurement have one account.
        house.north.configure("limits", "requests_of_account_max", "384");
        house.north.start();
        house.south.start();
        let sender = house.northerner("Anna Adler");
        let recipient = house.southerner("Bert Brandt");
        let driver = Driver::start(
            &binaries.join("examples/bench_driver"),
            &sender,
            &recipient,
            &house.north,
        )?;
        Ok(Self { house, recipient, driver, folder })
    }

    /// The process of the sender's provider.
    pub fn north(&self) -> Result<u32> {
        self.house.north.process_id().context("the provider does not run")
    }

    /// The process of the recipient's provider.
    pub fn south(&self) -> Result<u32> {
        self.house.south.process_id().context("the provider does not run")
    }
}

/// What lies on disk and in memory while nothing happens.
fn footprint(setting: &Setting, binaries: &Path) -> Result<Section> {
    std::thread::sleep(std::time::Duration::from_secs(2));
    let memory = machine::memory(setting.north()?)?;
    let mut section = Section::new("Footprint", &["what", "measured", "goal"]);
    let mib = |octets: u64| format!("{:.1} MiB", octets as f64 / f64::from(1 << 20));
    section.row(["provider idle, RSS", &mib(memory.rss), "≤ 32 MiB"]);
    section.row(["provider idle, PSS", &mib(memory.pss), ""]);
    for (name, goal) in [("sealpost-provider", "≤ 20 MiB"), ("sealpost", "≤ 10 MiB")] {
        let octets = fs::metadata(binaries.join(name))?.len();
        section.row([&format!("binary `{name}`, stripped"), &mib(octets), goal]);
    }
    section
        .note("Idle: two seconds after two people registered, with the driver's connections open.");
    Ok(section)
}
