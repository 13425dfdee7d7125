//! Carrying a verdict over from signed octets to the object that they spell.

use crate::format::FormatError;
use sealpost_cms::signed::SignedContent;
use sealpost_cms::verdict::{Outcome, Unverified};

/// Reads the object out of verified octets. What was not verified stays [`Unverified`]; what was
/// verified but does not read becomes TOTAL-FAILED with FORMAT_FAILURE (EN 319 102-1 §5.1.3).
pub fn read<T>(
    outcome: Outcome<SignedContent>,
    reader: fn(&SignedContent) -> Result<T, FormatError>,
) -> Outcome<T> {
    let malformed = |error: FormatError| Outcome::malformed(error.to_string());
    match outcome {
        Outcome::TotalPassed(verified) => match verified.decode(reader) {
            Ok(verified) => Outcome::TotalPassed(verified),
            Err(error) => malformed(error),
        },
        Outcome::Indeterminate(unverified, shortfall) => match reader(unverified.claims()) {
            Ok(object) => Outcome::Indeterminate(Unverified::new(object), shortfall),
            Err(error) => malformed(error),
        },
        Outcome::TotalFailed(shortfall) => Outcome::TotalFailed(shortfall),
    }
}
