//! Events and reasons of EN 319 522-1 §6 and EN 319 522-2 §8, by the names and URIs of the
//! standard. Letter codes such as `C.3` are for people; only URIs travel.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Where event URIs begin.
const EVENT_URI: &str = "http://uri.etsi.org/19522/Event/";
/// Where reason URIs begin.
const REASON_URI: &str = "http://uri.etsi.org/19522/EventReason/";

/// What happened to a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // The names are the documentation: EN 319 522-1 Table 1.
pub enum Event {
    SubmissionAcceptance,
    SubmissionRejection,
    RelayAcceptance,
    RelayRejection,
    RelayFailure,
    NotificationForAcceptance,
    NotificationForAcceptanceFailure,
    ConsignmentAcceptance,
    ConsignmentRejection,
    AcceptanceRejectionExpiry,
    ContentConsignment,
    ContentConsignmentFailure,
    ConsignmentNotification,
    ConsignmentNotificationFailure,
    ContentHandover,
    ContentHandoverFailure,
    RelayToNonErds,
    RelayToNonErdsFailure,
    ReceivedFromNonErds,
}

/// Event, code and name, in the order of EN 319 522-1 Table 1.
const EVENTS: [(Event, &str, &str); 19] = [
    (Event::SubmissionAcceptance, "A.1", "SubmissionAcceptance"),
    (Event::SubmissionRejection, "A.2", "SubmissionRejection"),
    (Event::RelayAcceptance, "B.1", "RelayAcceptance"),
    (Event::RelayRejection, "B.2", "RelayRejection"),
    (Event::RelayFailure, "B.3", "RelayFailure"),
    (Event::NotificationForAcceptance, "C.1", "NotificationForAcceptance"),
    (Event::NotificationForAcceptanceFailure, "C.2", "NotificationForAcceptanceFailure"),
    (Event::ConsignmentAcceptance, "C.3", "ConsignmentAcceptance"),
    (Event::ConsignmentRejection, "C.4", "ConsignmentRejection"),
    (Event::AcceptanceRejectionExpiry, "C.5", "AcceptanceRejectionExpiry"),
    (Event::ContentConsignment, "D.1", "ContentConsignment"),
    (Event::ContentConsignmentFailure, "D.2", "ContentConsignmentFailure"),
    (Event::ConsignmentNotification, "D.3", "ConsignmentNotification"),
    (Event::ConsignmentNotificationFailure, "D.4", "ConsignmentNotificationFailure"),
    (Event::ContentHandover, "E.1", "ContentHandover"),
    (Event::ContentHandoverFailure, "E.2", "ContentHandoverFailure"),
    (Event::RelayToNonErds, "F.1", "RelayToNonERDS"),
    (Event::RelayToNonErdsFailure, "F.2", "RelayToNonERDSFailure"),
    (Event::ReceivedFromNonErds, "F.3", "ReceivedFromNonERDS"),
];

impl Event {
    fn row(self) -> &'static (Self, &'static str, &'static str) {
        EVENTS.iter().find(|row| row.0 == self).expect("the table lists every event")
    }

    /// The letter code of version 1.1.1 of the standard, for people only.
    pub fn code(self) -> &'static str {
        self.row().1
    }

    /// The name in the standard.
    pub fn name(self) -> &'static str {
        self.row().2
    }

    /// The URI in the standard.
    pub fn uri(self) -> String {
        format!("{EVENT_URI}{}", self.name())
    }

    /// The event with this name.
    pub fn parse_name(name: &str) -> Option<Self> {
        EVENTS.iter().find(|row| row.2 == name).map(|row| row.0)
    }

    /// Whether the event belongs to groups C, D or E, whose evidence refers to one recipient
    /// (EN 319 522-2 I09).
    pub fn refers_to_recipient(self) -> bool {
        matches!(self.code().as_bytes()[0], b'C' | b'D' | b'E')
    }

    /// Whether the event is a relay event, whose evidence names the other ERDS (M05).
    pub fn names_external_erds(self) -> bool {
        self.code().starts_with('B')
    }

    /// Whether the evidence of this event states the recipient's identity assurance
    /// (EN 319 522-2 Table 13, I12).
    pub fn states_recipient_assurance(self) -> bool {
        matches!(
            self,
            Self::ConsignmentAcceptance
                | Self::ConsignmentRejection
                | Self::ConsignmentNotification
                | Self::ContentHandover
        )
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.uri())
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let uri = String::deserialize(deserializer)?;
        uri.strip_prefix(EVENT_URI)
            .and_then(Self::parse_name)
            .ok_or_else(|| D::Error::custom("no event of EN 319 522-1"))
    }
}

/// Why it happened (EN 319 522-2 G04).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reason {
    code: &'static str,
    name: &'static str,
}

/// Declares the reasons of the standard that this project issues or reads.
macro_rules! reasons {
    ($($constant:ident = $code:literal, $name:literal;)*) => {
        impl Reason {
            $(#[doc = concat!($code, " ", $name, ".")] pub const $constant: Self = Self { code: $code, name: $name };)*
            const ALL: &'static [Self] = &[$(Self::$constant),*];
        }
    };
}

reasons! {
    MESSAGE_ACCEPTED = "RA01", "MessageAccepted";
    INVALID_MESSAGE_FORMAT = "RA02", "InvalidMessageFormat";
    MALWARE_FOUND = "RA03", "MalwareFound";
    SENDER_SIGNING_CERT_EXPIRED_OR_REVOKED = "RA04", "SenderSigningCertExpiredOrRevoked";
    S_ERDS_POLICY_VIOLATION = "RA05", "S_ERDS_PolicyViolation";
    MESSAGE_SUCCESSFULLY_RELAYED = "RB01", "S_ERDS_MessageSuccessfullyRelayed";
    R_ERDS_MESSAGE_REJECTED = "RB02", "R_ERDS_MessageRejected";
    R_ERDS_MESSAGE_REJECTED_FOR_INVALID_SIGNATURE = "RB04", "R_ERDS_MessageRejectedForInvalidSignature";
    R_ERDS_MESSAGE_REJECTED_FOR_INVALID_CERTIFICATE = "RB05", "R_ERDS_MessageRejectedForInvalidCertificate";
    R_ERDS_POLICY_VIOLATION = "RB06", "R_ERDS_PolicyViolation";
    R_ERDS_MALFUNCTION = "RB07", "R_ERDS_Malfunction";
    R_ERDS_NOT_IDENTIFIED = "RB08", "R_ERDS_NotIdentified";
    R_ERDS_UNREACHABLE = "RB09", "R_ERDS_Unreachable";
    UNKNOWN_RECIPIENT = "RB10", "UnknownRecipient";
    NOTIFICATION_FOR_ACCEPTANCE_SENT = "RC01", "NotificationForAcceptanceSent";
    SUBSEQUENT_NOTIFICATION_FOR_ACCEPTANCE_SENT = "RC02", "SubsequentNotificationForAcceptanceSent";
    // The misspelling is the standard's own and part of the URI.
    NOTIFICATION_FOR_ACCEPTANCE_ERROR = "RC03", "NotificationForAcceptenceError";
    MESSAGE_ACCEPTED_BY_RECIPIENT = "RC07", "MessageAcceptedByRecipient";
    MESSAGE_REJECTED_BY_RECIPIENT = "RC08", "MessageRejectedByRecipient";
    MESSAGE_NOT_ACCEPTED_IN_TIME = "RC09", "MessageNotAcceptedInTimeByRecipient";
    MESSAGE_CONSIGNED_TO_RECIPIENT = "RD01", "MessageConsignedToRecipient";
    MESSAGE_CONSIGNED_TO_DELEGATE = "RD02", "MessageConsignedToDelegate";
    NO_DELIVERY_INFO_FROM_R_ERDSP = "RD03", "S_ERDSP_ReceivedNoDeliveryInfoFromR_ERDSP";
    MESSAGE_NOT_CONSIGNED_FOR_QUOTA = "RD04", "MessageNotConsignedForQuota";
    MESSAGE_NOT_CONSIGNED_FOR_MALFUNCTION = "RD05", "MessageNotConsignedForMalfunction";
    MESSAGE_NOT_CONSIGNED_FOR_UNALLOWED_TYPE = "RD06", "MessageNotConsignedForUnallowedType";
    MESSAGE_HANDED_OVER = "RE01", "MessageHandedOver";
    MESSAGE_HANDED_OVER_TO_DELEGATE = "RE02", "MessageHandedOverToDelegate";
    MESSAGE_NOT_HANDED_OVER_FOR_UNALLOWED_TYPE = "RE03", "MessageNotHandedOverForUnallowedType";
    MESSAGE_HANDOVER_TIMEOUT = "RE04", "MessageHandoverTimeout";
}

impl Reason {
    /// The code of the standard, such as `RA01`.
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// The name in the standard.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The URI in the standard.
    pub fn uri(self) -> String {
        format!("{REASON_URI}{}", self.name)
    }

    /// The reason with this URI.
    pub fn parse_uri(uri: &str) -> Option<Self> {
        let name = uri.strip_prefix(REASON_URI)?;
        Self::ALL.iter().find(|reason| reason.name == name).copied()
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.uri())
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let uri = String::deserialize(deserializer)?;
        Self::parse_uri(&uri)
            .ok_or_else(|| D::Error::custom("no reason of EN 319 522-2 known here"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_the_uri_of_the_standard_and_is_read_back_from_it() {
        for (event, _, name) in EVENTS {
            let json = serde_json::to_string(&event).unwrap();
            assert_eq!(json, format!("\"http://uri.etsi.org/19522/Event/{name}\""));
            assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
        }
    }

    #[test]
    fn reasons_keep_the_misspelling_of_the_standard() {
        assert!(
            Reason::NOTIFICATION_FOR_ACCEPTANCE_ERROR
                .uri()
                .ends_with("NotificationForAcceptenceError")
        );
    }

    #[test]
    fn only_groups_c_d_and_e_refer_to_a_recipient() {
        assert!(Event::ConsignmentAcceptance.refers_to_recipient());
        assert!(!Event::RelayAcceptance.refers_to_recipient());
        assert!(!Event::SubmissionAcceptance.refers_to_recipient());
    }
}
