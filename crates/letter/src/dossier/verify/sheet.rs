//! The sheet on which results are noted, part by part.

use crate::dossier::container::Container;
use crate::dossier::layout::PartKind;
use crate::dossier::report::{Check, CheckResult, Indication, Judgement, PartReport, Proof};
use sealpost_cms::verdict::Shortfall;

/// Results so far.
#[derive(Default)]
pub(super) struct Sheet {
    parts: Vec<PartReport>,
}

impl Sheet {
    pub(super) fn of(container: &Container<'_>) -> Self {
        let mut sheet = Self::default();
        for part in container.parts() {
            sheet.add(part.name, PartKind::of(part.name));
        }
        sheet
    }

    /// A sheet for one evidence alone.
    pub(super) fn single(part: &str) -> Self {
        let mut sheet = Self::default();
        sheet.add(part, Some(PartKind::Evidence));
        sheet
    }

    /// Begins a part.
    pub(super) fn add(&mut self, part: &str, kind: Option<PartKind>) {
        self.parts.push(PartReport {
            part: part.to_owned(),
            kind,
            judgement: Judgement::passed(),
            checks: Vec::new(),
            proof: None,
        });
    }

    /// Notes the result of a check for a part.
    pub(super) fn note(&mut self, part: &str, check: Check, judgement: Judgement) {
        if let Some(report) = self.parts.iter_mut().find(|report| report.part == part) {
            let all = [&report.judgement, &judgement];
            report.judgement = Judgement::worst(all.into_iter());
            report.checks.push(CheckResult { check, judgement });
        }
    }

    /// Notes whether a part fits what it should belong to.
    pub(super) fn note_fit(&mut self, part: &str, check: Check, fits: bool, otherwise: &str) {
        let misfit = || Judgement::misfit(otherwise);
        self.note(part, check, if fits { Judgement::passed() } else { misfit() });
    }

    /// Keeps why the signature of a part is believed.
    pub(super) fn prove(&mut self, part: &str, proof: Proof) {
        if let Some(report) = self.parts.iter_mut().find(|report| report.part == part) {
            report.proof = Some(proof);
        }
    }

    /// Whether everything about this part is TOTAL-PASSED so far.
    pub(super) fn is_passed(&self, part: &str) -> bool {
        self.indication(part) == Some(Indication::TotalPassed)
    }

    /// Whether this part is there and not TOTAL-FAILED.
    pub(super) fn stands(&self, part: &str) -> bool {
        self.indication(part).is_some_and(|indication| indication != Indication::TotalFailed)
    }

    fn indication(&self, part: &str) -> Option<Indication> {
        let report = self.parts.iter().find(|report| report.part == part);
        report.map(|report| report.judgement.indication)
    }

    pub(super) fn into_parts(self) -> Vec<PartReport> {
        self.parts
    }
}

/// A shortfall of a certification path, sorted by EN 319 102-1 §5.1.3.
pub(super) fn sorted(shortfall: Shortfall) -> Judgement {
    let failed = shortfall.sub.is_total_failure();
    let indication = if failed { Indication::TotalFailed } else { Indication::Indeterminate };
    Judgement::because(indication, shortfall)
}
