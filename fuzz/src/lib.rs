//! What the fuzz targets share: a small public-key infrastructure, its seeds, one moment in time
//! and a random source that repeats itself.
//!
//! With it, an input that is a seed verifies, small changes reach the code behind the parsers, and
//! whatever verifies must say what a seed says: nobody else has the keys.

pub mod archive;
mod house;
mod random;
mod sealed;
mod seeds;
mod transaction;

pub use house::{
    CONTENT, House, KEY_ENCRYPTION_KEY, NOW, PASSWORD, agreement_key, hybrid_encryption_key,
    routing_key, signing_key,
};
pub use random::Repeatable;
pub use sealed::{Way, padded};
pub use seeds::{contents, folder, genuine, read, seeds};
pub use transaction::transaction_order;
