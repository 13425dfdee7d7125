//! Signatures that outlive their certificates and algorithms: CAdES B-LT and B-LTA
//! (EN 319 122-1 §5.5 and §6).
//!
//! - B-LT: a B-T signature with every certificate and revocation list that its verdict needs, for the
//!   signer and for the authorities of its time-stamps: [`with_validation_data`].
//! - B-LTA: an archive-time-stamp-v3 over all of that: [`ArchiveRequest`]. Before its authority's
//!   certificate expires or its algorithms end, the next one is put around it, under a newer digest
//!   if need be, after the validation data of the one before.
//!
//! A message has one signer or two. Each has time-stamps of its own, which cover its SignerInfo and the
//! certificates and lists that both share; a message is prepared as far as the weaker of the two.
//!
//! [`verify_archived`] goes back in time from now: the last time-stamp must hold today, and each one
//! proves what it covers to have existed when it was made. What is proven to be older than the end of
//! an algorithm, a certificate or a key's secrecy stays good; what is not stays in doubt.
//!
//! It never writes legacy attributes (archive-time-stamp-v2, long-term-validation) and reads them as
//! unknown. Divergence: OCSP responses are kept and covered, but revocation is judged by lists alone.

mod extend;
mod index;
mod parts;
mod verify;

pub use extend::{ArchiveError, ArchiveRequest, with_validation_data};
pub use verify::{ArchiveProof, Level, Preservation, Preserved, verify_archived};

#[cfg(all(test, not(target_arch = "wasm32")))] // their signer is RSA, which exists natively only
mod tests;
