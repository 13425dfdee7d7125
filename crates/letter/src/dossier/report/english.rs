//! Reports in English.

use super::words::Words;
use super::{Grade, Indication, Subject};
use crate::dossier::layout::PartKind;
use crate::dossier::model::Perspective;
use sealpost_cms::verdict::SubIndication;
use sealpost_erds::ConsignmentMode;
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::event::Event;

pub(super) const ENGLISH: Words = Words {
    title: |subject| match subject {
        Subject::Dossier => "Verification of a dossier",
        Subject::Evidence => "Verification of one evidence",
    },
    result: "Result",
    meaning,
    reason,
    technical: "Detail",
    verified_at: "Verified at",
    policy: "Algorithm policy",
    digest: "SHA-256",
    letter: "Letter",
    mode: "Consignment",
    mode_words: |mode| match mode {
        ConsignmentMode::Basic => "basic: into the mailbox at once",
        ConsignmentMode::Consent => "consent: opened only after the recipient accepted it",
        ConsignmentMode::Signed => "signed: opened only after the recipient signed for it",
    },
    deadline: "Deadline",
    perspective: |perspective| match perspective {
        Perspective::Sender => "Dossier of the sender",
        Perspective::Recipient => "Dossier of the recipient",
    },
    content: "Content",
    content_proven: "signed by the sender, and the very content that the evidence is about",
    content_unproven: "NOT PROVEN",
    large_attachment: "Large attachment, named in the content and not in this file",
    since: "since",
    sender: "Sender",
    recipient: "Recipient",
    undisclosed: "not disclosed",
    assurance: |assurance| match assurance {
        Assurance::Low => "identified by the provider with low assurance",
        Assurance::Substantial => "identified by the provider with substantial assurance",
        Assurance::High => "identified by the provider with high assurance",
    },
    grade,
    proven_is: "Proven",
    event,
    stated_by: "stated by",
    not_proven: "Not proven",
    findings: "Contradictions and gaps",
    parts: "Parts",
    kind,
    signed_by: "signed by",
    vouched_by: "vouched for by",
    proven_time: "proven since",
    claimed_time: "claimed time",
    time_stamp_by: "time-stamp by",
    algorithms: "algorithms",
    revocation: "not revoked according to lists of",
    certificate: "certificate",
};

fn meaning(indication: Indication) -> &'static str {
    match indication {
        Indication::TotalPassed => "everything that was checked is in order",
        Indication::Indeterminate => {
            "nothing is wrong for sure, but something is missing for certainty"
        }
        Indication::TotalFailed => "something is wrong; what it concerns proves nothing",
    }
}

fn reason(sub: SubIndication) -> &'static str {
    match sub {
        SubIndication::FormatFailure => "not in the form that it should have",
        SubIndication::HashFailure => "the octets were changed",
        SubIndication::SigCryptoFailure => "the signature does not verify",
        SubIndication::Revoked | SubIndication::RevokedNoPoe => "the certificate was revoked",
        SubIndication::RevokedCaNoPoe => "the certificate of an authority was revoked",
        SubIndication::Expired => "the certificate had expired",
        SubIndication::NotYetValid => "the certificate was not valid yet",
        SubIndication::SigConstraintsFailure => "it does not fit what it should belong to",
        SubIndication::ChainConstraintsFailure => "a certificate is not meant for this purpose",
        SubIndication::CertificateChainGeneralFailure => {
            "the certificates do not form a valid path"
        }
        SubIndication::CryptoConstraintsFailure | SubIndication::CryptoConstraintsFailureNoPoe => {
            "an algorithm is not permitted"
        }
        SubIndication::NoCertificateChainFound => "no path leads to a trust anchor that you named",
        SubIndication::NoSigningCertificateFound => "the signer's certificate is missing",
        SubIndication::OutOfBoundsNoPoe => {
            "the certificate is not valid now, and nothing proves that the signature is older"
        }
        SubIndication::NoPoe => "nothing proves when it existed",
        SubIndication::TryLater => "revocation information is missing or stale",
        SubIndication::TimestampOrderFailure => "the times contradict each other",
        SubIndication::SignedDataNotFound => "what it belongs to is missing",
        _ => "no verdict",
    }
}

fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Nothing => "NOTHING about the way of the letter",
        Grade::Submitted => "SUBMITTED: the sender's provider took the letter",
        Grade::Relayed => "RELAYED: the recipient's provider took the letter over",
        Grade::Notified => {
            "NOTIFIED: a notice was put into the recipient's mailbox; that he fetched it is not proven"
        }
        Grade::MadeAvailable => "MADE AVAILABLE: the letter was put at the recipient's disposal",
        Grade::Accepted => "ACCEPTED: the recipient accepted the letter",
        Grade::Refused => "REFUSED: the recipient refused the letter",
        Grade::Expired => "EXPIRED: the recipient did not answer before the deadline",
        Grade::HandedOver => {
            "HANDED OVER: the recipient's program confirmed that it had the letter"
        }
    }
}

fn event(event: Event) -> &'static str {
    match event {
        Event::SubmissionAcceptance => "the provider accepted the submission",
        Event::SubmissionRejection => "the provider rejected the submission",
        Event::RelayAcceptance => "the recipient's provider took the letter over",
        Event::RelayRejection => "the recipient's provider rejected the letter",
        Event::RelayFailure => "the letter could not be relayed",
        Event::NotificationForAcceptance => {
            "a notice was put into the recipient's mailbox; that he fetched it is not proven"
        }
        Event::NotificationForAcceptanceFailure => "no notice could be given to the recipient",
        Event::ConsignmentAcceptance => "the recipient accepted the letter",
        Event::ConsignmentRejection => "the recipient refused the letter",
        Event::AcceptanceRejectionExpiry => "the deadline passed without an answer",
        Event::ContentConsignment => "the letter was put at the recipient's disposal",
        Event::ContentConsignmentFailure => "the letter could not be consigned",
        Event::ConsignmentNotification => "a notice of the consignment was sent to the recipient",
        Event::ConsignmentNotificationFailure => "no notice could be given to the recipient",
        Event::ContentHandover => "the letter was handed over",
        Event::ContentHandoverFailure => "the letter could not be handed over",
        Event::RelayToNonErds => "the letter left to another network",
        Event::RelayToNonErdsFailure => "the letter could not leave to another network",
        Event::ReceivedFromNonErds => "the letter came from another network",
    }
}

fn kind(kind: Option<PartKind>) -> &'static str {
    match kind {
        Some(PartKind::Body) => "locked body",
        Some(PartKind::Content) => "signed content",
        Some(PartKind::ContentEntity) => "readable copy of the content",
        Some(PartKind::Decision(_)) => "decision of the recipient",
        Some(PartKind::Disclosures) => "disclosures: who the parties are",
        Some(PartKind::Enveloped(_)) => "ciphertext for the recipient",
        Some(PartKind::Evidence) => "evidence",
        Some(PartKind::Guide) => "guide",
        Some(PartKind::Head) => "head of the dossier",
        Some(PartKind::Manifest) => "manifest",
        Some(PartKind::ManifestSignature) => "signature of the exporting party",
        Some(PartKind::MediaType) => "container",
        Some(PartKind::Notice(_)) => "notice to the recipient",
        Some(PartKind::Opening) => "keys that open the ciphertext",
        Some(PartKind::RecipientCertificate(_)) => "encryption certificate of the recipient",
        Some(PartKind::RevocationList) => "revocation list",
        None => "unknown part",
    }
}
