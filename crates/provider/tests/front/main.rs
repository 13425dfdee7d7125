//! The front of the provider: real sockets, real TLS, real keys, in this process; and the binary,
//! where a process matters.
#![allow(clippy::unwrap_used)]

mod access;
mod binary;
mod documents;
mod downloads;
mod house;
mod intake;
mod interop;
mod registration;
mod relayed_identity;
mod renewal;
mod shutdown;
