//! The suite `static-dh-cbc-hmac`: AuthEnvelopedData (RFC 5083) with AES-256-CBC and HMAC-SHA-256,
//! encrypt-then-MAC in the form of RFC 6476, under a key that two fixed X25519 keys agree on.
//!
//! What it gives, and what not:
//! - Nothing is decrypted before the code over algorithm and ciphertext was found right.
//! - The code is made with a key that sender and recipient both have: it proves to the recipient that
//!   one of the two wrote, and to nobody else. Signatures are inside.
//! - There is no forward secrecy: whoever gets hold of one of the two keys reads all messages between
//!   them, past ones too. Therefore nobody gets this suite by default.
//!
//! A message of ours MUST be strict DER, and have one sender, 1 to [`crate::limits::RECIPIENTS_MAX`]
//! recipients with X25519 certificates, 64 octets of fresh keying material, the sender's certificate in
//! originatorInfo, and no attributes. It shows whom it is from: where nobody on the way may know that,
//! something else must be around it.
//! Writing needs the word of the policy, a [`crate::policy::Choice`]; whether a suite may be read,
//! the reader's policy says.

mod content;
mod form;
mod locked;
mod open;
mod seal;

pub use locked::{LockedMessage, seal_locked};
pub use open::StaticMessage;
pub use seal::SealRequest;

#[cfg(test)]
mod tests;
