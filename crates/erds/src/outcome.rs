//! Carrying a verdict over from signed octets to the object that they spell.

use crate::format::FormatError;
use sealpost_cms::signed::SignedContent;
use sealpost_cms::verdict::{Outcome, Shortfall, SubIndication, Unverified};

/// Reads the object out of verified octets. What was not verified stays [`Unverified`]; what was
/// verified but does not read becomes TOTAL-FAILED with FORMAT_FAILURE (EN 319 102-1 §5.1.3).
pub fn read<T>(
    outcome: Outcome<SignedContent>,
    reader: fn(&SignedContent) -> Result<T, FormatError>,
) -> Outcome<T> {
    let format_failure = |error: FormatError| {
        Outcome::TotalFailed(Shortfall::new(SubIndication::FormatFailure, error.to_string()))
    };
    match outcome {
        Outcome::TotalPassed(verified) => match verified.decode(reader) {
            Ok(verified) => Outcome::TotalPassed(verified),
            Err(error) => format_failure(error),
        },
        Outcome::Indeterminate(unverified, shortfall) => match reader(unverified.claims()) {
            Ok(object) => Outcome::Indeterminate(Unverified::new(object), shortfall),
            Err(error) => format_failure(error),
        },
        Outcome::TotalFailed(shortfall) => Outcome::TotalFailed(shortfall),
    }
}

/// TOTAL-FAILED because what was signed does not fit what it should be about.
pub fn mismatch<T>(detail: impl Into<String>) -> Outcome<T> {
    Outcome::TotalFailed(Shortfall::new(SubIndication::SigConstraintsFailure, detail))
}
