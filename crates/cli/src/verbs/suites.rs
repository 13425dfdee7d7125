//! `suites` and what belongs to it.

use sealpost_agent::policy::known_answers::{Answer as Known, try_suite};
use sealpost_agent::policy::{self, AlgorithmPolicy, PolicyView, SuiteId, SuiteView};

use crate::arguments::SuitesVerb;
use crate::desk::Desk;
use crate::documents::Moment;
use crate::documents::suites::{Explained, Primitive, Suite, Suites, Tested, TestedSuite, Tests};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::{Answer, Printer};
use crate::progress::Progress;

/// Lists, tries or explains suites.
pub(super) fn perform(verb: Option<SuitesVerb>, desk: &Desk<'_>) -> Result<Answer, Failure> {
    match verb {
        None | Some(SuitesVerb::List) => list(desk),
        Some(SuitesVerb::Test) => Ok(test(desk.printer)),
        Some(SuitesVerb::Explain { id }) => explain(&id, desk.printer),
    }
}

/// Under the policy in force with the own keys; without a profile, under that of the release.
fn list(desk: &Desk<'_>) -> Result<Answer, Failure> {
    let with_keys = desk.has_keys()?;
    let view = match with_keys {
        true => {
            let agent = desk.agent()?;
            let _progress = Progress::begin(desk.printer, desk.printer.texts().reading);
            agent.policy_view()
        }
        false => PolicyView::of_the_release(),
    };
    let document = Suites {
        policy: view.name,
        since: view.since.map(Moment),
        next_update: view.next_update.map(Moment),
        out_of_date: view.out_of_date,
        with_own_keys: with_keys,
        suites: view.suites.iter().map(suite).collect(),
    };
    let text = document.text(desk.printer);
    Ok(Answer::new("suites", &document, text))
}

fn suite(view: &SuiteView) -> Suite {
    let known = view.suite;
    Suite {
        id: known.id.name(),
        readers: known.audiences.iter().map(|audience| audience.name()).collect(),
        protection: known.protection.name(),
        key_establishment: known.establishment.iter().map(|way| way.name()).collect(),
        content: known.content.name(),
        mac: known.mac.map(|mac| mac.name()),
        signatures: known
            .signatures
            .iter()
            .map(|way| way.iter().map(|algorithm| algorithm.name()).collect())
            .collect(),
        until: Moment(view.until),
        encrypts: view.obstacle.is_none(),
        unasked: view.unasked,
        obstacle: view.obstacle.as_ref().map(|obstacle| obstacle.code()),
        detail: view.obstacle.as_ref().and_then(|obstacle| obstacle.detail()),
        reaches_you: view.reaches_us,
    }
}

/// Tries every primitive of every suite on this machine.
fn test(printer: &Printer) -> Answer {
    let tried = |suite: &policy::Suite| TestedSuite {
        id: suite.id.name(),
        primitives: try_suite(suite)
            .into_iter()
            .map(|one| Primitive {
                name: one.primitive,
                known_from: one.source,
                answer: one.answer.name(),
            })
            .collect(),
    };
    let suites: Vec<TestedSuite> = AlgorithmPolicy::current().suites().iter().map(tried).collect();
    let wrong = Known::Wrong.name();
    let right = suites.iter().flat_map(|suite| &suite.primitives).all(|one| one.answer != wrong);
    let document = Tested { right, suites };
    let text = Tests(&document).text(printer);
    let exit = if right { Exit::Passed } else { Exit::Failed };
    Answer::new("suites-test", &document, text).exit(exit)
}

/// What protects what against whom, in plain words.
fn explain(id: &str, printer: &Printer) -> Result<Answer, Failure> {
    let known = SuiteId::of_name(id).and_then(|id| AlgorithmPolicy::current().suite(id));
    let suite = known.ok_or_else(|| {
        Failure::usage(
            "there is no such suite",
            "eine solche Suite gibt es nicht",
            "sealpost suites explain smime-2019",
        )
    })?;
    let document = Explained::of(suite, printer.language());
    let text = document.text(printer);
    Ok(Answer::new("suites-explain", &document, text))
}
