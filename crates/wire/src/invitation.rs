//! The invitation that an operator gives to a person: where to register, with which one-time
//! token, and the fingerprint that pins the provider's root (row B15: no rerouting).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sealpost_erds::{Address, Digest};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How an invitation begins, so that people and programs recognise one.
pub const PREFIX: &str = "sealpost-invitation-";
/// Characters of an invitation: five short fields.
const CHARS_MAX: usize = 2048;

/// What an invitation says. `Debug` hides the token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// For whom.
    pub address: Address,
    /// `host:port` of the provider.
    pub endpoint: String,
    /// SHA-256 of the provider's root certificate (DER).
    pub root_sha256: Digest,
    /// The one-time token; the provider keeps only its digest.
    pub token: String,
}

/// The text is no invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnInvitation;

impl NotAnInvitation {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        "not-an-invitation"
    }
}

impl fmt::Display for NotAnInvitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is no Sealpost invitation; copy it whole, it begins with \"sealpost-invitation-\"")
    }
}

impl std::error::Error for NotAnInvitation {}

impl Invitation {
    /// Reads the text that the operator handed over.
    pub fn parse(text: &str) -> Result<Self, NotAnInvitation> {
        let encoded = text.trim().strip_prefix(PREFIX).filter(|text| text.len() <= CHARS_MAX);
        let json =
            URL_SAFE_NO_PAD.decode(encoded.ok_or(NotAnInvitation)?).map_err(|_| NotAnInvitation)?;
        serde_json::from_slice(&json).map_err(|_| NotAnInvitation)
    }

    /// The text to hand over.
    pub fn to_text(&self) -> String {
        let json = serde_json::to_vec(self).expect("four strings always become JSON");
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(json))
    }
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_survives_being_written_on_paper() {
        let invitation = Invitation {
            address: Address::parse("anna@north.example").unwrap(),
            endpoint: "127.0.0.1:8443".to_owned(),
            root_sha256: Digest::of(b"root"),
            token: "token".to_owned(),
        };
        assert_eq!(Invitation::parse(&format!("  {}\n", invitation.to_text())), Ok(invitation));
    }

    #[test]
    fn half_an_invitation_is_refused() {
        assert_eq!(Invitation::parse("sealpost-invitation-eyJh"), Err(NotAnInvitation));
        assert_eq!(Invitation::parse("hello"), Err(NotAnInvitation));
    }
}
