//! The configuration: [`ConfigFile`] is what was written, [`Config`] is what it means. One
//! function goes from the one to the other; nothing else reads the file, and no environment
//! variable changes it.

pub mod duration;
mod error;
mod file;
mod meaning;
#[cfg(test)]
mod tests;

pub use error::ConfigError;
pub use file::{ConfigFile, Peer as PeerFile, Policy as PolicyFile};
pub use meaning::{Config, Files, ListPlace, Peer, Span, TimeStampAuthority};
