//! The one order of which the seeds hold the number.

use sealpost_erds::Digest;
use sealpost_erds::transaction::OrderDigest;

/// Its digest.
pub fn transaction_order() -> OrderDigest {
    OrderDigest::from_digest(Digest::of(b"the order of the seeds"))
}
