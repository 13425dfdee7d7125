//! What the evidence proves about each recipient: the grade, and what the steps must fulfil
//! together.
//!
//! A grade rests on evidence that is TOTAL-PASSED in everything and on nothing else. Where the
//! steps contradict each other or one is missing, the grade stays below the doubt.

use super::Case;
use super::evidence::KnownEvidence;
use crate::dossier::report::{
    Check, CheckResult, Grade, Judgement, RecipientReport, Step, Unproven,
};
use sealpost_cms::time::ProvenTime;
use sealpost_cms::verdict::SubIndication;
use sealpost_erds::DispatchId;
use sealpost_erds::event::Event;
use sealpost_erds::limits::EVENT_TIME_DRIFT_SECONDS_MAX;

/// Counted evidence about one recipient: event, proven time, evidence.
pub(super) struct Counted<'c>(Vec<(Event, ProvenTime, &'c KnownEvidence)>);

impl<'c> Counted<'c> {
    pub(super) fn of(evidence: impl Iterator<Item = &'c KnownEvidence>) -> Self {
        let counted = evidence
            .filter_map(|known| Some((known.evidence.event, known.proven_time?, known)))
            .collect();
        Self(counted)
    }

    fn time(&self, event: Event) -> Option<ProvenTime> {
        self.0.iter().filter(|(found, ..)| *found == event).map(|(_, time, _)| *time).min()
    }

    fn has(&self, event: Event) -> bool {
        self.time(event).is_some()
    }

    pub(super) fn steps(&self) -> Vec<Step> {
        let mut steps: Vec<_> = self
            .0
            .iter()
            .map(|(event, proven_time, known)| Step {
                event: *event,
                code: event.code(),
                proven_time: *proven_time,
                issuer_domain: known.evidence.issuer.domain.as_str().to_owned(),
                issuer: known.sealer.clone(),
                part: known.part.clone(),
            })
            .collect();
        steps.sort_by_key(|step| (step.proven_time, step.code));
        steps
    }

    /// The grade of an evidence that stands alone.
    pub(super) fn grade_alone(&self) -> Grade {
        self.0.iter().map(|(event, ..)| grade_of(*event)).max().unwrap_or(Grade::Nothing)
    }
}

/// The grade that an event gives.
fn grade_of(event: Event) -> Grade {
    match event {
        Event::SubmissionAcceptance => Grade::Submitted,
        Event::RelayAcceptance => Grade::Relayed,
        Event::NotificationForAcceptance => Grade::Notified,
        Event::ContentConsignment => Grade::MadeAvailable,
        Event::ConsignmentAcceptance => Grade::Accepted,
        Event::ConsignmentRejection => Grade::Refused,
        Event::AcceptanceRejectionExpiry => Grade::Expired,
        Event::ContentHandover => Grade::HandedOver,
        _ => Grade::Nothing,
    }
}

impl Case<'_> {
    /// One report per recipient that evidence or a disclosure is about.
    pub(super) fn recipients(&self) -> Vec<RecipientReport> {
        let mut dispatches: Vec<DispatchId> = self.parties.recipients.keys().copied().collect();
        dispatches.extend(self.evidence.iter().map(|known| known.evidence.dispatch_id));
        dispatches.sort();
        dispatches.dedup();
        dispatches.into_iter().map(|dispatch| self.recipient(dispatch)).collect()
    }

    fn recipient(&self, dispatch: DispatchId) -> RecipientReport {
        let counted = Counted::of(self.counted(dispatch));
        let checks = self.consistency(&counted);
        let (grade, since) = self.grade(dispatch, &counted, &checks);
        let party = self.parties.recipients.get(&dispatch);
        RecipientReport {
            dispatch_id: dispatch,
            party: party.and_then(super::parties::OpenedParty::report),
            grade,
            since,
            steps: counted.steps(),
            not_proven: self.not_proven(dispatch, grade, &counted),
            checks,
        }
    }

    fn needs_acceptance(&self) -> bool {
        self.head.as_ref().is_none_or(|head| head.letter.mode.needs_acceptance())
    }

    fn consistency(&self, counted: &Counted<'_>) -> Vec<CheckResult> {
        if counted.0.is_empty() {
            return Vec::new();
        }
        let mut checks = vec![
            CheckResult { check: Check::TIME_ORDER, judgement: in_order(counted) },
            CheckResult { check: Check::ONE_END, judgement: one_end(counted) },
        ];
        if self.needs_acceptance() {
            let judgement = accepted_first(counted);
            checks.push(CheckResult { check: Check::ACCEPTED_FIRST, judgement });
            let judgement = self.expired_late(counted);
            checks.push(CheckResult { check: Check::EXPIRED_LATE, judgement });
        }
        checks
    }

    /// [DOS-061]
    fn expired_late(&self, counted: &Counted<'_>) -> Judgement {
        let deadline = self.head.as_ref().and_then(|head| head.letter.deadline);
        match (counted.time(Event::AcceptanceRejectionExpiry), deadline) {
            (Some(time), Some(deadline)) if !time.is_after(deadline) => {
                Judgement::misfit("the letter expired before its deadline")
            }
            _ => Judgement::passed(),
        }
    }

    /// The highest grade whose evidence counts and that no finding puts in doubt.
    fn grade(
        &self,
        dispatch: DispatchId,
        counted: &Counted<'_>,
        checks: &[CheckResult],
    ) -> (Grade, Option<ProvenTime>) {
        let holds = |check| !checks.iter().any(|r| r.check == check && !r.judgement.is_passed());
        let decision_holds = self.has_decision(dispatch) != Some(false);
        let end = holds(Check::ONE_END) && holds(Check::TIME_ORDER);
        let counts = |event: &Event| match event {
            Event::ConsignmentAcceptance | Event::ConsignmentRejection => end && decision_holds,
            Event::AcceptanceRejectionExpiry => end && holds(Check::EXPIRED_LATE),
            Event::ContentConsignment | Event::ContentHandover => {
                end && holds(Check::ACCEPTED_FIRST) && (decision_holds || !self.needs_acceptance())
            }
            _ => true,
        };
        let graded = counted.0.iter().filter(|(event, ..)| counts(event));
        let best =
            graded.max_by_key(|(event, time, _)| (grade_of(*event), std::cmp::Reverse(*time)));
        match best.map(|(event, time, _)| (grade_of(*event), *time)) {
            Some((grade, time)) if grade > Grade::Nothing => (grade, Some(time)),
            _ => (Grade::Nothing, None),
        }
    }

    fn not_proven(
        &self,
        dispatch: DispatchId,
        grade: Grade,
        counted: &Counted<'_>,
    ) -> Vec<Unproven> {
        let mut unproven = Vec::new();
        let named = self.parties.recipient_address(dispatch).is_some();
        if !named {
            // Without the address nothing says which provider may speak of the recipient.
            unproven.extend([Unproven::RECIPIENT, Unproven::ISSUER_ENTITLED]);
        }
        let consent = self.needs_acceptance();
        let missing = [
            (Grade::Submitted, Event::SubmissionAcceptance, true, Unproven::SUBMISSION),
            (Grade::Relayed, Event::RelayAcceptance, true, Unproven::RELAY),
            (Grade::Notified, Event::NotificationForAcceptance, consent, Unproven::NOTIFICATION),
            (Grade::Accepted, Event::ConsignmentAcceptance, consent, Unproven::ACCEPTANCE),
            (Grade::MadeAvailable, Event::ContentConsignment, true, Unproven::AVAILABILITY),
            (Grade::HandedOver, Event::ContentHandover, true, Unproven::HANDOVER),
        ];
        // What evidence states counts as proven only up to the grade that was reached.
        let lacks = |rank: Grade, event| !counted.has(event) || rank > grade;
        unproven.extend(
            missing
                .into_iter()
                .filter(|(rank, event, asked, _)| *asked && lacks(*rank, *event))
                .map(|(.., statement)| statement),
        );
        let decided =
            counted.has(Event::ConsignmentAcceptance) || counted.has(Event::ConsignmentRejection);
        // A decision in the dossier is somebody's: whose, only the address says.
        if decided && !(named && self.has_decision(dispatch) == Some(true)) {
            unproven.push(Unproven::OWN_DECISION);
        }
        unproven
    }
}

/// [DOS-060] In the consent modes the key is released against the acceptance; without its
/// evidence a consignment or handover is not what it should be.
fn accepted_first(counted: &Counted<'_>) -> Judgement {
    let given = counted.has(Event::ContentConsignment) || counted.has(Event::ContentHandover);
    if given && !counted.has(Event::ConsignmentAcceptance) {
        let missing = "the evidence of the acceptance is missing";
        return Judgement::indeterminate(SubIndication::SignedDataNotFound, missing);
    }
    Judgement::passed()
}

/// [DOS-062] Time-stamps of two authorities may differ by the drift that evidence may have.
fn in_order(counted: &Counted<'_>) -> Judgement {
    const ORDER: [Event; 6] = [
        Event::SubmissionAcceptance,
        Event::RelayAcceptance,
        Event::NotificationForAcceptance,
        Event::ConsignmentAcceptance,
        Event::ContentConsignment,
        Event::ContentHandover,
    ];
    let times: Vec<_> = ORDER.iter().filter_map(|event| counted.time(*event)).collect();
    let disorder =
        times.windows(2).any(|pair| pair[0].unix() - pair[1].unix() > EVENT_TIME_DRIFT_SECONDS_MAX);
    if disorder {
        let detail = "an event is proven before the one that must come first";
        return Judgement::misfit(detail);
    }
    Judgement::passed()
}

/// [DOS-063] A submission and a relay are accepted or rejected, and a letter that waits ends in
/// one way.
fn one_end(counted: &Counted<'_>) -> Judgement {
    let count = |events: &[Event]| events.iter().filter(|event| counted.has(**event)).count();
    let ends = [
        Event::ConsignmentAcceptance,
        Event::ConsignmentRejection,
        Event::AcceptanceRejectionExpiry,
    ];
    let taken_or_not = [
        [Event::SubmissionAcceptance, Event::SubmissionRejection],
        [Event::RelayAcceptance, Event::RelayRejection],
    ];
    if count(&ends) > 1 || taken_or_not.iter().any(|pair| count(pair) > 1) {
        let detail = "two events are proven that exclude each other";
        return Judgement::misfit(detail);
    }
    Judgement::passed()
}
