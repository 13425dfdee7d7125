//! `trust`.

use sealpost_agent::{Certificate, Domain};

use super::identity::hexadecimal;
use crate::arguments::Trust;
use crate::desk::Desk;
use crate::documents::Moment;
use crate::documents::trust::{Root, Roots};
use crate::failure::Failure;
use crate::printer::Answer;
use crate::progress::Progress;

/// Shows the roots of another provider, and believes the new one if its digest was given.
pub(super) fn perform(asked: &Trust, desk: &Desk<'_>) -> Result<Answer, Failure> {
    let domain = Domain::parse(&asked.domain).map_err(|_| {
        Failure::usage("this is no domain", "das ist keine Domain", "sealpost trust south.example")
    })?;
    let agent = desk.agent()?;
    let progress = Progress::begin(desk.printer, desk.printer.texts().asking_peer);
    let roots = match asked.root_sha256 {
        Some(sha256) => agent.trust_peer(&domain, sha256.0)?,
        None => agent.peer_roots(&domain)?,
    };
    drop(progress);
    let differs = roots.differ();
    let document = Roots {
        domain: domain.as_str().to_owned(),
        known: roots.known.as_ref().map(root),
        presented: root(&roots.presented),
        differs,
        confirmed: asked.root_sha256.is_some(),
    };
    let text = document.text(desk.printer);
    Ok(Answer::new("trust", &document, text))
}

fn root(certificate: &Certificate) -> Root {
    Root {
        subject: certificate.subject_display(),
        sha256: hexadecimal(&certificate.sha256()),
        not_before: Moment(certificate.not_before()),
        not_after: Moment(certificate.not_after()),
    }
}
