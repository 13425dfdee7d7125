//! One process that checks one case file again and again, for `cargo xtask bench case-files`.
//!
//! ```sh
//! cargo run --release -p sealpost-letter --example case_driver -- unpack DOSSIER DIR
//! cargo run --release -p sealpost-letter --example case_driver -- verify DOSSIER SECONDS ROOT...
//! ```
#![allow(clippy::print_stdout)] // standard output is how it answers

use sealpost_cms::certificate::Certificate;
use sealpost_cms::path::TrustAnchors;
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::time::LocalTime;
use sealpost_letter::dossier::verify_dossier;
use std::error::Error;
use std::fs::{self, File};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("case_driver: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<(), Box<dyn Error>> {
    match *words {
        ["unpack", dossier, folder] => {
            let mut archive = zip::ZipArchive::new(File::open(dossier)?)?;
            Ok(archive.extract(folder)?)
        }
        ["verify", dossier, seconds, ref roots @ ..] => verify(dossier, seconds.parse()?, roots),
        _ => Err("unpack DOSSIER DIR | verify DOSSIER SECONDS ROOT...".into()),
    }
}

/// Prints the microseconds of a core that one check takes, with dossier and roots in memory.
fn verify(dossier: &str, seconds: u64, roots: &[&str]) -> Result<(), Box<dyn Error>> {
    let octets = fs::read(dossier)?;
    let mut trusted = Vec::new();
    for root in roots {
        trusted.extend(Certificate::many_from_pem(&fs::read_to_string(root)?)?);
    }
    let policy = AlgorithmPolicy::current();
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let (began, mut times) = (Instant::now(), 0u32);
    let before = nanoseconds()?;
    while times == 0 || began.elapsed() < Duration::from_secs(seconds) {
        // Anchors remember what they have seen: here each case is the first that they see.
        let mut anchors = TrustAnchors::new();
        trusted.iter().for_each(|root| anchors.add(root.clone()));
        let report = verify_dossier(&octets, &anchors, policy, LocalTime::from_unix(now));
        if !report.overall.is_passed() {
            return Err("the dossier does not pass".into());
        }
        black_box(report);
        times += 1;
    }
    println!("{:.1}", (nanoseconds()? - before) / 1e3 / f64::from(times));
    Ok(())
}

/// What this process has had of a core so far: others on the machine do not count (proc(5), schedstat).
fn nanoseconds() -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/schedstat")?;
    Ok(text.split(' ').next().ok_or("no time in schedstat")?.parse()?)
}
