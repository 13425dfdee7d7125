//! Two providers with real sockets and TLS between them, real databases, keys and clocks. What an
//! agent would ask over HTTP the tests ask of the services directly.

mod clock_tower;
mod endings;
mod foreign_time;
mod forgetting;
mod keeping;
#[cfg(debug_assertions)]
mod killed;
mod objects;
mod refusals;
#[cfg(debug_assertions)]
mod renewing;
mod repetitions;
mod town;
mod transitions;
mod trusting;
