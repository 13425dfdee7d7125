//! The user agent: keys, outbox, inbox and archive of one person.
//!
//! This room answers what the lower rooms ask: it owns the clock, the random source, the files and
//! the sockets. Its security module is the [`keystore`]: keys are born there and never leave it,
//! except the encryption key on the owner's explicit wish. Everything else a person owns rests in
//! the [`vault`], encrypted; only the name and the size of a file is seen on disk.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod certify;
pub mod ciphers;
mod client;
mod decide;
pub mod errors;
mod inbox;
mod judge;
pub mod keystore;
mod large;
mod layered;
pub mod limits;
mod measure;
mod objects;
mod opened;
mod outbox;
mod peers;
pub mod policy;
pub mod profile;
mod proof;
mod records;
mod register;
mod roots;
mod rotate;
mod save;
mod session;
mod sweep;
#[cfg(test)]
mod testing;
mod transfer;
pub mod treacherous;
pub mod vault;
pub mod views;

pub use errors::{AgentError, Fault, Language, PostError};
pub use large::LargeFile;
pub use proof::{Exported, FileFault, verify_file};
pub use register::Vouching;
pub use roots::PeerRoots;
pub use rotate::Rotated;
pub use save::{SaveAs, write_new};
pub use session::Agent;

pub use sealpost_cms::certificate::Certificate;
pub use sealpost_cms::time::Deadline;
pub use sealpost_erds::{Address, ConsignmentMode, Domain};
pub use sealpost_wire::invitation::Invitation;

/// Forbids this process to leave its memory, and the keys in it, in a core dump.
pub fn forbid_core_dumps() -> std::io::Result<()> {
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    rustix::process::setrlimit(rustix::process::Resource::Core, none)?;
    Ok(())
}

/// The operating system's random source, as the lower rooms take it.
///
/// It panics if the operating system has no random octets to give: no key and no nonce may be made
/// then, and no caller could do anything else.
pub fn system_random() -> impl sealpost_cms::CryptoRng {
    getrandom::rand_core::UnwrapErr(getrandom::SysRng)
}
