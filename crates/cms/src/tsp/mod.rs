//! Time-stamps (RFC 3161, RFC 5816; profile EN 319 422).
//!
//! The authority sees a digest and nothing else. A client of ours MUST send a nonce and ask for
//! certificates; it MUST find in the token the imprint and nonce it sent, exactly one signer bound
//! by signing-certificate-v2, with extendedKeyUsage critical and timeStamping alone, and a path
//! that holds at genTime.

mod authority;
mod enclose;
mod imprint;
mod request;
mod token;

pub use authority::TimeStampAuthority;
pub use enclose::{response_with_list, token_with_list};
pub use imprint::Imprint;
pub use request::TimeStampRequest;
pub use token::{TimeStamp, TspError, token_from_response, verify_token};
pub(crate) use token::{stamped_by, verify_token_known_by};

#[cfg(test)]
mod tests;
