//! Why a signature is believed, in the words of a report.

use sealpost_cms::certificate::Certificate;
use sealpost_cms::time::{ClaimedTime, LocalTime, ProvenTime};
use sealpost_cms::verdict::{Finding, Revocation};
use sealpost_erds::Digest;
use serde::Serialize;

/// Who signed. A person is named only if a disclosure opens the address in the certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signer {
    /// The legal person that sealed or that runs the time-stamping authority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// Its domains.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
    /// The person's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// SHA-256 of the certificate.
    pub certificate_sha256: Digest,
    /// Its serial number, hexadecimal.
    pub serial: String,
}

impl Signer {
    /// A provider or an authority.
    pub(in crate::dossier) fn legal_person(certificate: &Certificate) -> Self {
        Self {
            organisation: certificate.organisation().or_else(|| certificate.common_name()),
            domains: certificate.dns_names(),
            ..Self::unnamed(certificate)
        }
    }

    /// A person; `disclosed` is the address that a disclosure opens.
    pub(in crate::dossier) fn person(certificate: &Certificate, disclosed: Option<&str>) -> Self {
        let address = disclosed.filter(|address| names(certificate, address)).map(str::to_owned);
        Self { address, ..Self::unnamed(certificate) }
    }

    fn unnamed(certificate: &Certificate) -> Self {
        Self {
            organisation: None,
            domains: Vec::new(),
            address: None,
            certificate_sha256: Digest::from_array(certificate.sha256()),
            serial: certificate.serial_hex(),
        }
    }
}

/// Whether the certificate is that of `address`.
pub(in crate::dossier) fn names(certificate: &Certificate, address: &str) -> bool {
    certificate.email_addresses().iter().any(|named| named.eq_ignore_ascii_case(address))
}

/// Why a signature is believed.
#[derive(Debug, Clone, Serialize)]
pub struct Proof {
    /// Who signed.
    pub signer: Signer,
    /// Who vouches for the signer: the trust anchor at the end of the path.
    pub trust_anchor: Signer,
    /// When the signature provably existed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proven_time: Option<ProvenTime>,
    /// Who proved that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_stamp_authority: Option<Signer>,
    /// When the signer says it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_time: Option<ClaimedTime>,
    /// The algorithm policy that was applied.
    pub algorithm_policy: String,
    /// The algorithms relied on.
    pub algorithms: Vec<String>,
    /// Issue time of the oldest revocation list relied on; absent if none was needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation_as_of: Option<LocalTime>,
}

impl Proof {
    pub(in crate::dossier) fn of(finding: &Finding, signer: Signer) -> Self {
        let anchor = finding.chain.last().unwrap_or(&finding.signer);
        Self {
            signer,
            trust_anchor: Signer::legal_person(anchor),
            proven_time: finding.proven_time,
            time_stamp_authority: finding.time_stamp_authority.as_ref().map(Signer::legal_person),
            claimed_time: finding.claimed_time,
            algorithm_policy: finding.policy.to_string(),
            algorithms: finding.algorithms.clone(),
            revocation_as_of: match finding.revocation {
                Revocation::Checked { this_update } => Some(this_update),
                Revocation::NotRequired => None,
            },
        }
    }
}
