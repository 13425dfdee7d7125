//! What every party may see: addresses, relay metadata, the Enveloped letter, events, evidence
//! and the rules of delivery (EN 319 522-1, -2).
//!
//! This room never holds content. It is synchronous and sans-I/O; clock, random source, network
//! and storage are parameters of those who call it. Types here say who may know what: whatever
//! names a person travels either inside something sealed ([`slip`]) or as a salted digest
//! ([`disclosure`]).
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod acceptance;
pub mod address;
pub mod delivery;
pub mod directory;
pub mod disclosure;
pub mod discovery;
pub mod enveloped;
pub mod event;
pub mod evidence;
pub mod format;
pub mod ids;
pub mod limits;
pub mod mode;
pub mod objects;
pub mod outcome;
pub mod policy;
pub mod registration;
pub mod relay;
pub mod slip;
pub mod transaction;

#[cfg(test)]
mod sealed_tests;
#[cfg(test)]
mod testing;

pub use address::{Address, Domain};
pub use ids::{Digest, DispatchId, LetterId, Octets};
pub use mode::ConsignmentMode;
