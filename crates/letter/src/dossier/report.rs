//! The report of a verification: for programs as JSON, for people as text.
//!
//! A report says what is proven and never more. It holds names of parties only where a
//! disclosure in the dossier opens them, and it has no `Display`: a report is shown or stored on
//! purpose, not by accident in a log.
//!
//! JSON schema `sealpost-report/1`: the fields below by their names; times are RFC 3339 in UTC;
//! digests are hexadecimal; `indication` and `sub_indication` are the words of EN 319 102-1
//! §5.1.3. Absent means unknown. New fields may come within version 1, none changes its meaning.

mod check;
mod english;
mod german;
mod proof;
mod render;
mod unproven;
mod words;

pub use check::Check;
pub(super) use proof::names;
pub use proof::{Proof, Signer};
pub use unproven::Unproven;

use super::layout::PartKind;
use super::model::Perspective;
use sealpost_cms::time::{Deadline, LocalTime, ProvenTime};
use sealpost_cms::verdict::{Shortfall, SubIndication};
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::event::Event;
use sealpost_erds::{ConsignmentMode, Digest, DispatchId, LetterId};
use serde::{Serialize, Serializer};

/// The version word of the JSON form.
pub const REPORT_VERSION: &str = "sealpost-report/1";

/// A language that reports are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// German.
    German,
}

/// The three results of EN 319 102-1 §5.1.3, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Indication {
    /// Every check passed.
    #[serde(rename = "TOTAL-PASSED")]
    TotalPassed,
    /// Nothing is wrong for sure, something is missing for certainty.
    #[serde(rename = "INDETERMINATE")]
    Indeterminate,
    /// Something is wrong, and nothing can mend it.
    #[serde(rename = "TOTAL-FAILED")]
    TotalFailed,
}

impl Indication {
    /// The words of the standard.
    pub const fn words(self) -> &'static str {
        match self {
            Self::TotalPassed => "TOTAL-PASSED",
            Self::Indeterminate => "INDETERMINATE",
            Self::TotalFailed => "TOTAL-FAILED",
        }
    }
}

/// A result with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// The result.
    pub indication: Indication,
    /// Why it is not TOTAL-PASSED, as a code of EN 319 102-1; absent where the standard has none.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "sub_indication")]
    pub sub_indication: Option<SubIndication>,
    /// The same in English words without names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Judgement {
    /// TOTAL-PASSED.
    pub const fn passed() -> Self {
        Self { indication: Indication::TotalPassed, sub_indication: None, detail: None }
    }

    /// INDETERMINATE for this reason.
    pub fn indeterminate(sub: SubIndication, detail: impl Into<String>) -> Self {
        Self::because(Indication::Indeterminate, Shortfall::new(sub, detail))
    }

    /// TOTAL-FAILED for this reason.
    pub fn failed(sub: SubIndication, detail: impl Into<String>) -> Self {
        Self::because(Indication::TotalFailed, Shortfall::new(sub, detail))
    }

    /// TOTAL-FAILED because parts that are all genuine do not fit together. EN 319 102-1, which
    /// judges one signature, has no code for it; the check itself says what is wrong.
    pub fn misfit(detail: impl Into<String>) -> Self {
        Self::because(Indication::TotalFailed, Shortfall::new(SubIndication::Mismatch, detail))
    }

    pub(super) fn because(indication: Indication, shortfall: Shortfall) -> Self {
        let sub_indication = Some(shortfall.sub).filter(|sub| *sub != SubIndication::Mismatch);
        Self { indication, sub_indication, detail: Some(shortfall.detail) }
    }

    /// Whether it is TOTAL-PASSED.
    pub fn is_passed(&self) -> bool {
        self.indication == Indication::TotalPassed
    }

    /// The worst of several results; of equals the first.
    pub fn worst<'a>(judgements: impl Iterator<Item = &'a Self>) -> Self {
        judgements.fold(Self::passed(), |worst, next| {
            if next.indication > worst.indication { next.clone() } else { worst }
        })
    }
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckResult {
    /// Which check.
    #[serde(rename = "id", serialize_with = "check_id")]
    pub check: Check,
    /// How it ended.
    #[serde(flatten)]
    pub judgement: Judgement,
}

/// The result for one part of the dossier.
#[derive(Debug, Clone, Serialize)]
pub struct PartReport {
    /// Its name in the container.
    pub part: String,
    /// What it is; absent if no part of a dossier has such a name.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "kind")]
    pub kind: Option<PartKind>,
    /// The worst of its checks.
    #[serde(flatten)]
    pub judgement: Judgement,
    /// What was checked. A part without checks was not judged beyond its digest.
    pub checks: Vec<CheckResult>,
    /// Who signed it, when and how; only if the signature is TOTAL-PASSED.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
}

/// How far a letter provably came on its way to one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Nothing is proven.
    Nothing,
    /// The sender's provider took it (A.1).
    Submitted,
    /// The recipient's provider took it over (B.1).
    Relayed,
    /// A notice of it lies in the recipient's mailbox, whether he fetched it or not (C.1).
    Notified,
    /// It was put at the recipient's disposal (D.1).
    MadeAvailable,
    /// The recipient accepted it (C.3).
    Accepted,
    /// The recipient refused it (C.4).
    Refused,
    /// The recipient did not answer in time (C.5).
    Expired,
    /// It was handed over to the recipient (E.1).
    HandedOver,
}

/// One event that is proven.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// The event, by its URI in EN 319 522-2.
    pub event: Event,
    /// Its letter code, for people.
    pub code: &'static str,
    /// Since when it is proven.
    pub proven_time: ProvenTime,
    /// The domain of the provider that states it.
    pub issuer_domain: String,
    /// The legal name of that provider, as the certificate of its seal has it.
    pub issuer: String,
    /// The evidence that proves it.
    pub part: String,
}

/// What is proven about one recipient.
#[derive(Debug, Clone, Serialize)]
pub struct RecipientReport {
    /// The letter's way to this recipient.
    pub dispatch_id: DispatchId,
    /// Who it is, if disclosed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<DisclosedParty>,
    /// How far the letter provably came.
    pub grade: Grade,
    /// Since when that is proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<ProvenTime>,
    /// The events that are proven, in the order of their proven times.
    pub steps: Vec<Step>,
    /// What the steps together must fulfil.
    pub checks: Vec<CheckResult>,
    /// What is not proven about this recipient.
    pub not_proven: Vec<Unproven>,
}

/// A party as disclosures open it in evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisclosedParty {
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The name in a verified certificate of this address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How surely its provider says that it identified the party.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assurance: Option<Assurance>,
}

/// The letter that a report is about.
#[derive(Debug, Clone, Serialize)]
pub struct LetterReport {
    /// The letter.
    pub letter_id: LetterId,
    /// How it is consigned.
    pub mode: ConsignmentMode,
    /// Until when it could be accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// The salted commitment to its content.
    pub content_commitment: Digest,
    /// Whose dossier it is; absent for a single evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub perspective: Option<Perspective>,
    /// Whether the content in the dossier is proven to be what the evidence is about, and to be
    /// signed by its sender.
    pub content_proven: bool,
    /// Since when the sender's signature over the content provably exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_proven_time: Option<ProvenTime>,
    /// Large attachments that the proven content names. They are not in the dossier: whoever has such a
    /// file compares its digest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub large_attachments: Vec<NamedAttachment>,
}

/// What the sender has signed of a file that travelled beside the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedAttachment {
    /// Its name.
    pub file_name: String,
    /// How many octets it has.
    pub octets: u64,
    /// Its SHA-256.
    pub sha256: Digest,
}

/// What was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// A whole dossier.
    Dossier,
    /// One evidence.
    Evidence,
}

/// The report.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// [`REPORT_VERSION`].
    pub version: &'static str,
    /// What was verified.
    pub subject: Subject,
    /// SHA-256 of the octets that were verified.
    pub sha256: Digest,
    /// The clock of the machine that verified.
    pub verified_at: LocalTime,
    /// The algorithm policy that was applied.
    pub algorithm_policy: String,
    /// The worst of everything below.
    pub overall: Judgement,
    /// The letter; absent if it could not be found out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letter: Option<LetterReport>,
    /// Who sent it, if disclosed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<DisclosedParty>,
    /// One per recipient that evidence is about.
    pub recipients: Vec<RecipientReport>,
    /// What is not proven whatever the grade.
    pub not_proven: Vec<Unproven>,
    /// One per part.
    pub parts: Vec<PartReport>,
}

impl Report {
    /// The JSON form, indented.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a report has string keys and no odd numbers")
    }

    /// The text form.
    pub fn render(&self, language: Language) -> String {
        render::report(self, language)
    }

    /// The exit code of a program: 0 total-passed, 1 total-failed, 3 indeterminate.
    pub const fn exit_code(&self) -> u8 {
        match self.overall.indication {
            Indication::TotalPassed => 0,
            Indication::TotalFailed => 1,
            Indication::Indeterminate => 3,
        }
    }

    /// The report on the part of this name.
    pub fn part(&self, name: &str) -> Option<&PartReport> {
        self.parts.iter().find(|part| part.part == name)
    }
}

fn sub_indication<S: Serializer>(
    sub: &Option<SubIndication>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    sub.map(SubIndication::code).serialize(serializer)
}

fn check_id<S: Serializer>(check: &Check, serializer: S) -> Result<S::Ok, S::Error> {
    check.id().serialize(serializer)
}

fn kind<S: Serializer>(kind: &Option<PartKind>, serializer: S) -> Result<S::Ok, S::Error> {
    kind.map(PartKind::word).serialize(serializer)
}
