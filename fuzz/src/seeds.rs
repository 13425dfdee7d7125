//! The committed seeds, read while a target runs.

use sealpost_cms::signed::{Limits, SignedData};
use sealpost_cms::verdict::Outcome;
use std::path::PathBuf;

/// Where the seeds lie.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("seeds")
}

/// One seed, `target/name`.
pub fn read(name: &str) -> Vec<u8> {
    let path = folder().join(name);
    let octets = std::fs::read(&path);
    octets.unwrap_or_else(|error| panic!("{}: {error}; make the seeds", path.display()))
}

/// All seeds of a target.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder().join(target)).expect("every target has seeds");
    entries.map(|entry| std::fs::read(entry.expect("a seed").path()).expect("a seed")).collect()
}

/// What the seeds of a target say that verify: all that anything may say that verifies.
pub fn genuine<T>(target: &str, verify: impl Fn(&[u8]) -> Outcome<T>) -> Vec<T> {
    let passed = |seed: Vec<u8>| Some(verify(&seed).passed().ok()?.into_parts().0);
    let genuine: Vec<T> = seeds(target).into_iter().filter_map(passed).collect();
    assert!(!genuine.is_empty(), "no seed of {target} verifies any more; make the seeds again");
    genuine
}

/// The contents of all seeds of a target that are SignedData.
pub fn contents(target: &str) -> Vec<Vec<u8>> {
    let content = |seed: Vec<u8>| {
        let signed = SignedData::from_ber(&seed, Limits::default()).ok()?;
        signed.claims().content().map(<[u8]>::to_vec)
    };
    seeds(target).into_iter().filter_map(content).collect()
}
