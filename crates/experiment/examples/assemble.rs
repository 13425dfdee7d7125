//! Makes a module of a text: `cargo run -p sealpost-experiment --example assemble -- IN.wat OUT.wasm`.
//!
//! It installs the module, so that its author learns at once what is wrong with it, and ends with
//! its digest, by which people install it.
#![allow(clippy::print_stdout)]

use std::error::Error;

use sealpost_experiment::{CipherId, Registry};

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args_os().skip(1);
    let (Some(text), Some(out), None) = (paths.next(), paths.next(), paths.next()) else {
        return Err("two paths: a text, and where its module goes".into());
    };
    let module = wat::parse_file(text)?;
    let id = CipherId::of(&module);
    let mut registry = Registry::default();
    let cipher = registry.install(id, &module)?;
    std::fs::write(out, &module)?;
    println!("{id}  {}, {} octets", cipher.name(), module.len());
    Ok(())
}
