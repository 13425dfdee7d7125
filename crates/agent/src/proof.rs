//! Dossiers: exporting what a person holds of a letter, and verifying offline.

use crate::errors::{AgentError, PostError};
use crate::judge::Way;
use crate::limits::{ANCHORS_OCTETS_MAX, FILE_OCTETS_MAX};
use crate::outbox::LISTS;
use crate::records::{self, CONTENT, DECISION, Received};
use crate::session::{Agent, claimed_now, nonce, now};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::path::{Crl, TrustAnchors};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_erds::{ConsignmentMode, Octets};
use sealpost_letter::dossier::{
    DossierDraft, DossierError, DossierParts, LetterFacts, Perspective, RecipientParts, Report,
    verify_dossier, verify_single,
};
use sealpost_letter::record::Shares;
use sealpost_letter::{SentRecord, record};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// A dossier as it was exported.
pub struct Exported {
    /// The container.
    pub octets: Vec<u8>,
    /// How many evidence are here and not in it, because they do not verify.
    pub evidence_left_out: u64,
}

impl Agent {
    /// A dossier of the letter whose identifier begins with `id`, signed and time-stamped.
    pub fn export(&self, id: &str) -> Result<Exported, AgentError> {
        let (parts, evidence_left_out) = match self.sent(Some(id)) {
            Ok(letters) => {
                let letter = letters.first().ok_or(PostError::LetterNotFound)?;
                let record = self.sent_record(letter.letter_id)?.ok_or(PostError::Archive)?;
                self.sender_parts(&record)?
            }
            Err(AgentError::Post(PostError::LetterNotFound)) => {
                let mut record = self.received(id)?;
                // Of a letter of basic mode nothing is proven without its content.
                if record.notice.is_none() {
                    self.open_closed(&mut record)?;
                }
                self.recipient_parts(&record)?
            }
            Err(error) => return Err(error),
        };
        let octets = self.wait(self.seal_dossier(parts))?;
        Ok(Exported { octets, evidence_left_out })
    }

    /// The evidence of a way that is TOTAL-PASSED, and how many are not: what this program does not
    /// believe itself is not handed to others as proof.
    fn proving(&self, way: &Way) -> Result<(Vec<Vec<u8>>, u64), AgentError> {
        let (passed, others): (Vec<_>, Vec<_>) =
            self.steps(way)?.into_iter().partition(|step| step.indication == "TOTAL-PASSED");
        Ok((passed.into_iter().map(|step| step.octets).collect(), others.len() as u64))
    }

    async fn seal_dossier(&self, parts: DossierParts) -> Result<Vec<u8>, AgentError> {
        let draft = DossierDraft::new(parts).map_err(refused)?;
        let signer = &self.certificates.signature;
        let request = draft.signature_request(signer, claimed_now());
        let answer = self.sign(&request);
        let signature = request.answered(answer).map_err(|_| PostError::Archive)?;
        let token = self.time_stamp(&signature.time_stamp_request(nonce())).await?;
        let trust = self.own_trust().await?;
        let signature = signature.with_time_stamp(token);
        draft.finish(&signature, std::slice::from_ref(signer), &trust.crls).map_err(refused)
    }

    fn sender_parts(&self, record: &SentRecord) -> Result<(DossierParts, u64), AgentError> {
        let name = record.letter_id.hex();
        let content = self.vault.get(CONTENT, &name)?.ok_or(PostError::Archive)?;
        let mut parts = DossierParts::sent(record, content.octets.to_vec()).map_err(refused)?;
        let mut left_out = 0;
        let bodies = self.vault.bodies();
        if let Some(body) = record.body {
            parts.body = Some(bodies.read(body.sha256.as_array())?);
        }
        let ways = record.recipients.iter().zip(Way::of_sent(record));
        for (recipient, (sent, way)) in parts.recipients.iter_mut().zip(ways) {
            recipient.enveloped = Some(bodies.read(sent.enveloped.sha256.as_array())?);
            let decision = self.vault.get(DECISION, &sent.dispatch_id.hex())?;
            recipient.decision = decision.map(|record| record.octets.to_vec());
            let (evidence, others) = self.proving(&way)?;
            parts.evidence.extend(evidence);
            left_out += others;
        }
        let lists: Option<Vec<Octets>> = records::get(&self.vault, LISTS, &name)?;
        parts.revocation_lists = distinct(lists.unwrap_or_default())?;
        Ok((parts, left_out))
    }

    fn recipient_parts(&self, record: &Received) -> Result<(DossierParts, u64), AgentError> {
        let metadata = &record.metadata;
        let bodies = self.vault.bodies();
        let body =
            metadata.body.filter(|body| bodies.contains(body.sha256.as_array()).unwrap_or(false));
        let (sender, own, shares) = self.opened_by(record)?;
        let recipient = RecipientParts {
            enveloped: Some(bodies.read(metadata.enveloped.sha256.as_array())?),
            notice: record.notice.clone().map(|notice| notice.0),
            carrier_key: Some(record.carrier_key.clone()),
            content_key: record.content_key.clone(),
            decision: record.decision.clone().map(|decision| decision.0),
            disclosures: vec![own],
            certificate: self.certificates.of_reader(record.read_by()).cloned(),
            ..RecipientParts::new(metadata.dispatch_id)
        };
        let list = self.wait(self.own_trust())?.crls;
        let (evidence, left_out) = self.proving(&Way::here(metadata))?;
        let parts = DossierParts {
            perspective: Perspective::Recipient,
            letter: LetterFacts {
                letter_id: metadata.letter_id,
                mode: metadata.mode,
                deadline: metadata.deadline,
                content_commitment: metadata.content_commitment,
            },
            content: self
                .vault
                .get(CONTENT, &record.name())?
                .map(|content| content.octets.to_vec()),
            body: body.map(|body| bodies.read(body.sha256.as_array())).transpose()?,
            shares,
            sender_disclosures: sender,
            recipients: vec![recipient],
            evidence,
            revocation_lists: list,
        };
        Ok((parts, left_out))
    }

    /// The disclosures of both parties and, after acceptance, both halves of the body's key.
    fn opened_by(&self, record: &Received) -> Result<Opened, AgentError> {
        if record.metadata.mode == ConsignmentMode::Basic {
            let signed = self.vault.get(CONTENT, &record.name())?.ok_or(PostError::Archive)?;
            let trust = self.trust_in(&record.metadata.sender_erds)?;
            let verification = sealpost_cms::signed::Verification {
                require_time_stamp: false,
                ..trust.verification()
            };
            let content = trust
                .only(sealpost_letter::open::verify_letter_signature(&signed.octets, &verification))
                .passed()
                .map_err(|shortfall| PostError::NotVerified { what: "letter", shortfall })?;
            let parties = content.get().parties();
            let own = parties.recipient(&self.account.address).ok_or(PostError::Archive)?;
            return Ok((parties.sender_disclosures.clone(), own.disclosure.clone(), None));
        }
        let notice = self.notice(record)?;
        let notice = notice.get();
        let shares = record
            .release_share
            .clone()
            .map(|release| Shares { recipient: notice.recipient_share().clone(), release });
        Ok((notice.sender_disclosures().to_vec(), notice.recipient_disclosure().clone(), shares))
    }
}

type Opened = (
    Vec<sealpost_erds::disclosure::Disclosure>,
    sealpost_erds::disclosure::Disclosure,
    Option<record::Shares>,
);

/// Each list once.
fn distinct(lists: Vec<Octets>) -> Result<Vec<Crl>, AgentError> {
    let mut distinct: Vec<Crl> = Vec::new();
    for list in lists {
        let list = Crl::from_der(&list.0).map_err(|_| PostError::Archive)?;
        if distinct.iter().all(|other| other.der() != list.der()) {
            distinct.push(list);
        }
    }
    Ok(distinct)
}

fn refused(error: DossierError) -> AgentError {
    PostError::Draft { code: error.code() }.into()
}

/// Why there is no verdict, and with which file that lies.
#[derive(Debug)]
pub struct FileFault {
    /// The file: what was to be verified, the folder of trust anchors, or one of its files.
    pub file: PathBuf,
    /// What is wrong with it.
    pub error: AgentError,
}

impl FileFault {
    fn io(file: &Path) -> impl Fn(std::io::Error) -> Self {
        move |error| Self::of(file)(PostError::File { kind: error.kind() })
    }

    fn of(file: &Path) -> impl Fn(PostError) -> Self {
        move |error| Self { file: file.to_owned(), error: error.into() }
    }
}

/// Verifies a dossier or a single evidence with nothing but a folder of root certificates (PEM).
/// No network, no profile. `stricter` is a file with a provider's update of the algorithm policy;
/// without one the release's policy counts alone. The report names what was applied.
pub fn verify_file(
    file: &Path,
    trust: &Path,
    stricter: Option<&Path>,
) -> Result<Report, FileFault> {
    let anchors = read_anchors(trust)?;
    let policy = match stricter {
        Some(update) => stricter::read(update, &anchors)
            .map_err(|error| FileFault { file: update.to_owned(), error })?,
        None => AlgorithmPolicy::current().clone(),
    };
    let octets = read_bounded(file, FILE_OCTETS_MAX)
        .map_err(FileFault::io(file))?
        .ok_or(PostError::NotPossible("file-too-large"))
        .map_err(FileFault::of(file))?;
    // A dossier is a ZIP container, a single evidence is CMS (DER).
    let verify = if octets.first() == Some(&0x30) { verify_single } else { verify_dossier };
    Ok(verify(&octets, &anchors, &policy, now()))
}

/// The octets of a file; none if there are more than the bound. What a pipe or a device will give
/// is not known before it is read.
fn read_bounded(file: &Path, octets_max: u64) -> std::io::Result<Option<Vec<u8>>> {
    let file = fs::File::open(file)?;
    if file.metadata()?.len() > octets_max {
        return Ok(None);
    }
    let mut octets = Vec::new();
    file.take(octets_max + 1).read_to_end(&mut octets)?;
    Ok(Some(octets).filter(|octets| octets.len() as u64 <= octets_max))
}

/// All certificates in the `.pem` files of a folder, or of one file.
fn read_anchors(trust: &Path) -> Result<TrustAnchors, FileFault> {
    let mut anchors = TrustAnchors::new();
    let mut found = false;
    for file in anchor_files(trust).map_err(FileFault::io(trust))? {
        let unreadable = || FileFault::of(&file)(PostError::NotPossible("trust-anchor-unreadable"));
        let pem = read_bounded(&file, ANCHORS_OCTETS_MAX).map_err(FileFault::io(&file))?;
        let pem = String::from_utf8(pem.ok_or_else(unreadable)?).map_err(|_| unreadable())?;
        let certificates = Certificate::many_from_pem(&pem).map_err(|_| unreadable())?;
        for certificate in certificates {
            anchors.add(certificate);
            found = true;
        }
    }
    let missing = || FileFault::of(trust)(PostError::NotPossible("no-trust-anchors"));
    if found { Ok(anchors) } else { Err(missing()) }
}

/// The certificate files of a folder, in the order of their names, or the one file that was named.
fn anchor_files(trust: &Path) -> std::io::Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(trust) else { return Ok(vec![trust.to_owned()]) };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "pem" || ending == "crt") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

mod stricter;
#[cfg(test)]
mod tests;
