//! Journeys of letters inside this room: composed, locked, opened, verified, tampered with.

mod chunked;
mod decisions;
mod drafts;
mod every_suite;
mod exfiltration;
pub(crate) mod experimental;
mod fixed_keys;
mod foreign;
mod forgeries;
mod house;
mod refusals;
mod suites;
mod travels;
