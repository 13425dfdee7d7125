//! Dossiers: all that a party needs to prove a letter for ever, in one file, checked offline.
//!
//! A dossier is an ASiC-E container (EN 319 162-1) in one canonical form: the letter as it was
//! signed and as it travelled, what opens it, the evidence, the recipients' decisions, the
//! disclosures that say who is who, and a manifest under the exporting party's signature.
//!
//! ```text
//! DossierParts -> DossierDraft -> SignatureRequest … Signature -> octets        what a party does
//! octets + TrustAnchors -> Report -> JSON, text in English and German          what a judge does
//! ```
//!
//! Verification believes no part of a dossier for its own sake. Every signature is judged under
//! EN 319 102-1 at its proven time, and what is not proven is said as plainly as what is.

mod container;
mod layout;
mod limits;
mod manifest;
mod model;
mod opening;
mod records;
mod report;
mod verify;

pub use container::{ContainerError, MEDIA_TYPE};
pub use layout::PartKind;
pub use limits::DOSSIER_OCTETS_MAX;
pub use model::{
    DossierDraft, DossierError, DossierParts, LetterFacts, Perspective, RecipientParts,
};
pub use report::{
    Check, CheckResult, DisclosedParty, Grade, Indication, Judgement, Language, LetterReport,
    NamedAttachment, PartReport, Proof, REPORT_VERSION, RecipientReport, Report, Signer, Step,
    Subject, Unproven,
};
pub use verify::{verify_dossier, verify_single};

#[cfg(test)]
mod tests;
