//! The matrix of interoperability: what we write, others read, and what they write, we read.
//!
//! Every kind of object that this library exchanges (`rows`) is tried with every foreign program in
//! both directions, and once more with one octet changed. What comes of it is compared with
//! `differences.tsv`, in which everything stands that does not simply work, with its reason. An
//! unexpected failure fails this test, and an unexpected success does too. From the same outcomes
//! `docs/interoperability.md` is made.
//!
//! It stands here and not in the test house because it judges this library alone, and needs it to be
//! compiled in; the test house links none of the rooms, so that the house rules are judged in seconds.
//!
//! `cargo xtask interop` sets up the foreign programs and runs this; `--write` renews the page.
#![allow(clippy::unwrap_used)] // a test throughout

mod differences;
mod gpgsm;
mod house;
mod matrix;
mod openssl;
mod ours;
mod page;
mod programs;
mod python;
mod rows;

use matrix::{Cell, Peer};
use ours::Ours;
use programs::{installed, set_up};

#[test]
fn every_cell_is_as_expected_and_the_page_says_so() {
    let ours = Ours::new();
    let mut peers = peers(&ours);
    let rows = rows::all();
    let samples = matrix::samples(&ours, &rows);
    // Each has a folder and keys of its own, so all are asked at once.
    let cells: Vec<Cell> = std::thread::scope(|scope| {
        let columns = peers
            .iter_mut()
            .map(|peer| scope.spawn(|| matrix::column(&ours, &rows, &samples, peer.as_mut())));
        let columns: Vec<_> = columns.collect();
        columns.into_iter().flat_map(|column| column.join().expect("the peer answers")).collect()
    });
    let versions: Vec<String> = peers.iter().map(|peer| peer.version()).collect();
    let known = differences::all();
    let complaints = differences::complaints(&cells, &known);
    // A page is made of outcomes that somebody has accepted.
    assert!(complaints.is_empty(), "with {}:\n{}", versions.join(", "), complaints.join("\n"));
    page::compare_or_write(&rows, &cells, &known, &versions);
}

/// In the order of the table.
fn peers(ours: &Ours) -> Vec<Box<dyn Peer>> {
    let openssl = |name, program| Box::new(openssl::OpenSsl::new(name, program, ours));
    vec![
        openssl("OpenSSL 3.0", installed("openssl")),
        openssl("OpenSSL 4", set_up("openssl-4/openssl")),
        Box::new(gpgsm::Gpgsm::new(ours)),
        Box::new(python::Python::new(&set_up("python/bin/python"), ours)),
    ]
}
