//! The house for tests and demonstration: real providers and real users as processes of their
//! own, on loopback ports, in a folder that goes away.
//!
//! Nothing of the project is linked here: what a journey sees is what a user sees, the binaries
//! `sealpost-provider` and `sealpost`, their output, their files and their exit codes.

pub mod authority;
pub mod house;
pub mod needle;
pub mod otherwise;
pub mod patience;
pub mod person;
pub mod program;
pub mod provider;

pub use house::House;
pub use needle::Needle;
pub use patience::until;
pub use person::Person;
pub use program::Ran;
pub use provider::Provider;
