//! The ERDS provider (EN 319 522): submission, relay, consignment, evidence. It carries what it
//! cannot read.
//!
//! This room holds ciphertext, relay metadata, evidence and its own keys. It never holds a type
//! that could name the content of a letter: it does not depend on the `letter` room, and
//! `cargo tree -p sealpost-provider` shows that.
//!
//! Map: [`config`] and [`quickstart`] before serving; [`serve`] and [`server`] while serving;
//! [`store`] and [`blobs`] remember; [`tls`] and [`peer_client`] speak; [`observe`] and [`problem`]
//! tell.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod blobs;
pub mod clock;
pub mod command;
pub mod config;
mod durable;
pub mod fault;
pub mod http;
pub mod keys;
pub mod knowledge;
pub mod limits;
pub mod observe;
pub mod peer_client;
pub mod problem;
pub mod provider;
pub mod quickstart;
mod revocation;
pub mod serve;
pub mod server;
pub mod service;
pub mod store;
pub mod tls;
