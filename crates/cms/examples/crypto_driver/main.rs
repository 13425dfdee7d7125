//! One process that does one thing with CMS, for measurements beside `openssl cms`
//! (`cargo xtask bench crypto`) and for trying the streaming engine by hand.
//!
//! ```sh
//! cargo run --release -p sealpost-cms --example crypto_driver -- keys DIR
//! cargo run --release -p sealpost-cms --example crypto_driver -- seal DIR IN OUT
//! cargo run --release -p sealpost-cms --example crypto_driver -- open DIR IN OUT
//! ```

mod files;
mod hierarchy;
mod small;
mod tokens;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("crypto_driver: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<(), Box<dyn Error>> {
    match *words {
        ["keys", folder] => hierarchy::write(Path::new(folder)),
        ["seal", folder, from, to] => files::seal(Path::new(folder), from, to),
        ["open", folder, from, to] => files::open(Path::new(folder), from, to),
        ["small", folder] => small::measure(Path::new(folder)),
        _ => Err("keys DIR | seal DIR IN OUT | open DIR IN OUT | small DIR".into()),
    }
}
