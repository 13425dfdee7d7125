//! Makes the seeds of all fuzz targets: real objects of two providers and their people.
//!
//! ```text
//! cargo run --manifest-path fuzz/Cargo.toml --example seeds
//! ```
//!
//! The keys repeat themselves, signatures do not, so two runs differ although nothing changed.
//! OpenSSL makes what is foreign.

mod basics;
mod containers;
mod experiments;
mod foreign;
mod journey;
mod letters;
mod parties;
mod recipients;
mod sealed;
mod transactions;
mod world;

use std::path::PathBuf;

/// Where seeds are put, in place of those of the run before.
pub struct Seeds {
    folder: PathBuf,
}

impl Seeds {
    fn put(&self, target: &str, name: &str, octets: &[u8]) {
        let folder = self.folder.join(target);
        std::fs::create_dir_all(&folder).expect("the source tree can be written");
        std::fs::write(folder.join(name), octets).expect("the source tree can be written");
    }

    /// A seed whose first octet says what the rest is.
    fn put_kind(&self, target: &str, name: &str, kind: u8, octets: &[u8]) {
        self.put(target, name, &[&[kind], octets].concat());
    }
}

fn main() {
    let seeds = Seeds { folder: sealpost_fuzz::folder() };
    std::fs::remove_dir_all(&seeds.folder).ok();
    let world = world::World::new();
    basics::make(&seeds, &world);
    containers::make(&seeds, &world);
    foreign::make(&seeds, &world);
    parties::make(&seeds, &world);
    sealed::make(&seeds, &world);
    letters::make(&seeds, &world);
    transactions::make(&seeds);
    experiments::make(&seeds);
    recipients::make(&seeds, &world);
}
