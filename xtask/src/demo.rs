//! `cargo xtask demo`: a registered letter between two providers on this machine, from sending to
//! offline proof, with a refused and an expired one beside it.

mod pdf;
mod picture;
mod search;
pub mod story;
mod timeline;

use crate::shell;
use anyhow::{Context, Result, bail};
use sealpost_tests::{House, program};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What the demo sends, and what it leaves behind.
#[derive(clap::Args)]
pub struct Arguments {
    /// The document to send (default: a PDF that the demo makes).
    #[arg(long)]
    file: Option<PathBuf>,
    /// Leaves both providers running and prints commands to try.
    #[arg(long)]
    keep: bool,
    /// Keeps everything made in this folder: letters, and of all three letters each evidence and
    /// the dossier, and the trust anchors.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Writes the timeline as a picture.
    #[arg(long, value_name = "SVG")]
    picture: Option<PathBuf>,
    /// Uses optimised binaries; building them takes longer.
    #[arg(long)]
    release: bool,
}

impl Arguments {
    /// The shortest run that still shows every step, as a test.
    pub fn smoke() -> Self {
        Self { file: None, keep: false, out: None, picture: None, release: false }
    }
}

pub fn run(arguments: &Arguments) -> Result<()> {
    program::use_binaries(build(arguments.release)?);
    let document = document(arguments.file.as_deref())?;
    let temporary = TempDir::new().context("the folder for temporary files is not writable")?;
    let out = match &arguments.out {
        Some(folder) => empty_folder(folder)?,
        None => temporary.path().join("out"),
    };
    // A house that is kept must outlive this process, so its folder is not a temporary one.
    let folder = match arguments.keep {
        true => out.join("house"),
        false => temporary.path().join("house"),
    };
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    println!("Setting up two providers, north.example and south.example, and two people …");
    let mut house = House::built_in(folder, None);
    let told = story::tell(&mut house, &document, &out, arguments.keep)?;
    for line in &told.lines {
        println!("{}", line.strip_prefix("## ").unwrap_or(line));
    }
    if let Some(path) = &arguments.picture {
        fs::write(path, picture::draw(&told.lines))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    if arguments.out.is_some() {
        println!("\nEverything made is in {}", out.display());
    }
    if arguments.keep {
        keep(&mut house, temporary, &out);
    }
    Ok(())
}

/// Builds the two binaries and names the folder they lie in.
fn build(release: bool) -> Result<PathBuf> {
    let mut cargo = shell::cargo();
    cargo.args(["build", "-p", "sealpost-provider", "-p", "sealpost-cli"]);
    if release {
        cargo.arg("--release");
    }
    println!("Building sealpost-provider and sealpost (some minutes the first time) …");
    shell::run(&mut cargo)?;
    Ok(shell::target_dir().join(if release { "release" } else { "debug" }))
}

/// The file to send, under its name.
fn document(file: Option<&Path>) -> Result<story::Document> {
    let Some(path) = file else {
        return Ok(story::Document {
            name: "notice-of-termination.pdf".to_owned(),
            octets: pdf::page(&[
                "Notice of termination",
                "Dear Mr Brandt,",
                "I hereby terminate the lease of 1 March 2021 for the flat at 7 Lindenweg",
                "with effect from 28 February 2027.",
                "Please confirm the date for the handover of the flat.",
                "Anna Adler",
            ]),
        });
    };
    let octets = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let name =
        path.file_name().and_then(|name| name.to_str()).context("the file needs a plain name")?;
    Ok(story::Document { name: name.to_owned(), octets })
}

fn empty_folder(folder: &Path) -> Result<PathBuf> {
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} is not empty; name a new folder with --out", folder.display());
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    folder.canonicalize().with_context(|| format!("cannot use {}", folder.display()))
}

/// Leaves the providers running and says what can be tried.
fn keep(house: &mut House, temporary: TempDir, out: &Path) {
    let (north, south) = (house.north.detach(), house.south.detach());
    // The profiles lie in the house; without --out so does everything else.
    let _kept = temporary.keep();
    let binaries = program::binaries().display();
    let home = house.folder().display();
    println!("\nBoth providers keep running (processes {north} and {south}). To try:");
    println!("  export PATH={binaries}:$PATH");
    println!(
        "  alias anna='sealpost --home {home}/anna@north.example --pin-file {home}/anna@north.example.pin'"
    );
    println!(
        "  alias bert='sealpost --home {home}/bert@south.example --pin-file {home}/bert@south.example.pin'"
    );
    println!(
        "  anna send --to bert@south.example --subject 'A second letter' --text 'Dear Bert' --deadline 14d"
    );
    println!("  bert sync && bert inbox");
    println!(
        "  sealpost verify {}/dossier-anna.asice --trust {}/trust --lang de",
        out.display(),
        out.display()
    );
    println!("  sealpost-provider knows --config {home}/north.example/provider.toml");
    println!("To stop them: kill {north} {south}");
}
