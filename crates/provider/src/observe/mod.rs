//! What the operator may see of a running provider: log lines, metrics, health.
//!
//! MUST: no address, name, key, digest or id of a party or a letter, in any of them. The fields
//! of a log line are the fields of [`Line`] and no others; what fills them is a number, a word of
//! our own, or a type that has earned [`LogSafe`].

pub mod health;
mod line;
pub mod meter;

pub use line::{FIELDS, Line, LogSafe, RouteTemplate, error, info, start_logging, warn};
