//! The agent's plain values as documents of ours.

use sealpost_agent::ConsignmentMode;
use sealpost_agent::views::{
    self as agent_views, ContentView, InboxEntry, LargeView, OutgoingView, PersonView,
    RecipientView, Shown, SignatureView, State, StepView,
};

use crate::documents::ciphers::Cipher;
use crate::documents::handed_in::HandingIn;
use crate::documents::inbox::Entry;
use crate::documents::letter::{self, Attachment, Attachments, Content, Letter, Signature};
use crate::documents::outgoing::{Dispatch, Outgoing, Step};
use crate::documents::{Moment, Person, Verdict};

pub(super) fn mode(mode: ConsignmentMode) -> letter::Mode {
    match mode {
        ConsignmentMode::Basic => letter::Mode::Basic,
        ConsignmentMode::Consent => letter::Mode::Consent,
        ConsignmentMode::Signed => letter::Mode::Signed,
    }
}

pub(super) fn state(state: State) -> letter::State {
    match state {
        State::Waiting => letter::State::Waiting,
        State::Available => letter::State::Available,
        State::Opened => letter::State::Opened,
        State::Experimental => letter::State::Experimental,
        State::Refused => letter::State::Refused,
        State::Expired => letter::State::Expired,
        State::Unverified => letter::State::Unverified,
    }
}

pub(super) fn person(person: PersonView) -> Person {
    Person {
        address: person.address.as_str().to_owned(),
        name: person.name,
        assurance: person.assurance.map(|assurance| assurance.word()),
    }
}

pub(super) fn entry(entry: InboxEntry) -> Entry {
    Entry {
        letter_id: entry.letter_id.hex(),
        dispatch_id: entry.dispatch_id.hex(),
        state: state(entry.state),
        mode: mode(entry.mode),
        sender: entry.sender.map(person),
        sender_provider: entry.sender_provider,
        subject: entry.subject,
        deadline: entry.deadline.map(Moment),
        octets: entry.octets,
    }
}

pub(super) fn letter(shown: Shown) -> Letter {
    let of = entry(shown.entry);
    Letter {
        letter_id: of.letter_id,
        dispatch_id: of.dispatch_id,
        state: of.state,
        mode: of.mode,
        suite: shown.suite.id(),
        experiment: shown.experiment.map(Cipher::of),
        sender: of.sender,
        sender_provider: of.sender_provider,
        recipient_provider: shown.recipient_provider,
        signature: signature(shown.signature),
        deadline: of.deadline,
        decided: shown.decided.map(Moment),
        octets: of.octets,
        attachments: shown.attachments.map(|(count, octets)| Attachments { count, octets }),
        subject: of.subject,
        recipients: shown
            .recipients
            .map(|all| all.iter().map(|it| it.as_str().to_owned()).collect()),
        blind_copy: shown.blind_copy,
        content: shown.content.map(content),
    }
}

fn signature(view: SignatureView) -> Signature {
    Signature {
        verdict: Verdict {
            indication: view.verdict.indication,
            sub_indication: view.verdict.sub_indication,
            detail: view.verdict.detail,
        },
        proven_time: view.proven_time.map(Moment),
        claimed_time: view.claimed_time.map(Moment),
        trust_anchor: view.trust_anchor,
        algorithm_policy: view.algorithm_policy,
    }
}

fn content(view: ContentView) -> Content {
    let attachment = |file: sealpost_letter::Attachment| Attachment {
        octets: file.octets.len() as u64,
        file_name: file.file_name,
        media_type: file.media_type,
        sha256: None,
        here: None,
    };
    let large = |file: LargeView| Attachment {
        octets: file.octets,
        file_name: file.file_name,
        media_type: file.media_type,
        sha256: Some(file.sha256.hex()),
        here: Some(file.here),
    };
    Content {
        date: Moment(view.date),
        to: view.to.iter().map(|address| address.as_str().to_owned()).collect(),
        cc: view.cc.iter().map(|address| address.as_str().to_owned()).collect(),
        subject: view.subject,
        text: view.text,
        attachments: view
            .attachments
            .into_iter()
            .map(attachment)
            .chain(view.large.into_iter().map(large))
            .collect(),
    }
}

pub(super) fn step(view: &StepView) -> Step {
    Step {
        event: view.event.name().to_owned(),
        code: view.event.code().to_owned(),
        proven_time: view.proven_time.map(Moment),
        issuer: view.issuer.clone(),
        reason: view.reason.map(|(code, _)| code.to_owned()),
        reason_name: view.reason.map(|(_, name)| name.to_owned()),
        indication: view.indication,
    }
}

pub(super) fn outgoing(view: &OutgoingView) -> Outgoing {
    let dispatch = |recipient: &RecipientView| Dispatch {
        address: recipient.address.as_str().to_owned(),
        dispatch_id: recipient.dispatch_id.hex(),
        blind_copy: view.blind_copy,
        last: last(&recipient.steps),
        steps: recipient.steps.iter().map(step).collect(),
    };
    Outgoing {
        letter_id: view.letter_id.hex(),
        mode: mode(view.mode),
        suite: view.suite.id(),
        subject: view.subject.clone(),
        reference: view.reference.clone(),
        date: Moment(view.date),
        deadline: view.deadline.map(Moment),
        handing_in: handing_in(view.handing_in.clone()),
        recipients: view.recipients.iter().map(dispatch).collect(),
    }
}

pub(super) fn handing_in(view: agent_views::HandingIn) -> HandingIn {
    match view {
        agent_views::HandingIn::HandedIn => HandingIn::HandedIn,
        agent_views::HandingIn::Waiting { code } => HandingIn::Waiting { code },
        agent_views::HandingIn::Refused { code } => HandingIn::Refused { code },
    }
}

/// The last event of which a time is proven: what is not believed moves nothing.
fn last(steps: &[StepView]) -> Option<String> {
    let proven = steps.iter().rfind(|step| step.proven_time.is_some());
    proven.map(|step| step.event.code().to_owned())
}
