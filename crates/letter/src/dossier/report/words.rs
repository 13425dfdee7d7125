//! The words that differ between languages. Every language is one value of [`Words`].

use super::english::ENGLISH;
use super::german::GERMAN;
use super::{Grade, Indication, Language, Subject};
use crate::dossier::layout::PartKind;
use crate::dossier::model::Perspective;
use sealpost_cms::verdict::SubIndication;
use sealpost_erds::ConsignmentMode;
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::event::Event;

impl Language {
    /// What a code of EN 319 102-1 §5.1.3 says, as a clause.
    pub fn reason(self, code: SubIndication) -> &'static str {
        (self.words().reason)(code)
    }

    pub(super) const fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
        }
    }
}

/// All words of a report in one language.
pub(super) struct Words {
    pub(super) title: fn(Subject) -> &'static str,
    pub(super) result: &'static str,
    pub(super) meaning: fn(Indication) -> &'static str,
    pub(super) reason: fn(SubIndication) -> &'static str,
    pub(super) technical: &'static str,
    pub(super) verified_at: &'static str,
    pub(super) policy: &'static str,
    pub(super) digest: &'static str,
    pub(super) letter: &'static str,
    pub(super) mode: &'static str,
    pub(super) mode_words: fn(ConsignmentMode) -> &'static str,
    pub(super) deadline: &'static str,
    pub(super) perspective: fn(Perspective) -> &'static str,
    pub(super) content: &'static str,
    pub(super) content_proven: &'static str,
    pub(super) content_unproven: &'static str,
    pub(super) large_attachment: &'static str,
    pub(super) since: &'static str,
    pub(super) sender: &'static str,
    pub(super) recipient: &'static str,
    pub(super) undisclosed: &'static str,
    pub(super) assurance: fn(Assurance) -> &'static str,
    pub(super) grade: fn(Grade) -> &'static str,
    pub(super) proven_is: &'static str,
    pub(super) event: fn(Event) -> &'static str,
    pub(super) stated_by: &'static str,
    pub(super) not_proven: &'static str,
    pub(super) findings: &'static str,
    pub(super) parts: &'static str,
    pub(super) kind: fn(Option<PartKind>) -> &'static str,
    pub(super) signed_by: &'static str,
    pub(super) vouched_by: &'static str,
    pub(super) proven_time: &'static str,
    pub(super) claimed_time: &'static str,
    pub(super) time_stamp_by: &'static str,
    pub(super) algorithms: &'static str,
    pub(super) revocation: &'static str,
    pub(super) certificate: &'static str,
}
