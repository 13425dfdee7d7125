//! Certification paths at a time of interest (RFC 5280 §6) and what revocation lists say.
//!
//! `certval` judges a path by RFC 5280 §6 with our signature verification underneath. We find the
//! candidate paths and add what the standard leaves to its user: the purpose of the key, the
//! algorithm policy, and revocation at the time of interest. Nothing is fetched; what is not handed
//! in is missing, and the verdict says so.

mod crl;
mod proven;

use certval::{
    CertificationPath, CertificationPathResults, CertificationPathSettings, Error, PDVCertificate,
    PDVTrustAnchorChoice, PathValidationStatus, PkiEnvironment, TimeOfInterest,
    enforce_trust_anchor_constraints, validate_path_rfc5280,
};
use der::asn1::BitString;
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

pub use crl::Crl;
use proven::{Proven, Statement};

use crate::certificate::{Certificate, KeyPurpose};
use crate::decode::DecodeError;
use crate::policy::{AlgorithmPolicy, SignatureAlgorithm};
use crate::time::LocalTime;
use crate::verdict::{Finding, Outcome, Revocation, Shortfall, SubIndication, Verified};
use crate::{backend, limits};

/// The certificates that somebody decided to trust. They remember which chains and lists have been found to
/// be signed as they should.
#[derive(Clone, Default)]
pub struct TrustAnchors {
    certificates: Vec<Certificate>,
    proven: Proven,
}

impl TrustAnchors {
    /// Trusts nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts one more. Trusting the same certificate twice changes nothing.
    pub fn add(&mut self, certificate: Certificate) {
        if !self.certificates.contains(&certificate) {
            self.certificates.push(certificate);
        }
    }

    /// Trusts all certificates of a PEM text.
    pub fn from_pem(pem: &str) -> Result<Self, DecodeError> {
        let mut anchors = Self::new();
        for certificate in Certificate::many_from_pem(pem)? {
            anchors.add(certificate);
        }
        Ok(anchors)
    }

    /// All anchors in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Certificate> {
        self.certificates.iter()
    }

    /// The anchor with this fingerprint, see [`Certificate::sha256`].
    pub fn find_by_sha256(&self, fingerprint: &[u8; 32]) -> Option<&Certificate> {
        self.certificates.iter().find(|anchor| anchor.sha256() == *fingerprint)
    }

    fn holds(&self, certificate: &Certificate) -> bool {
        self.certificates.contains(certificate)
    }
}

/// A path that holds.
#[derive(Debug, Clone)]
pub struct PathFinding {
    /// From the leaf to the trust anchor.
    pub chain: Vec<Certificate>,
    /// What is known about revocation.
    pub revocation: Revocation,
    /// Names of the algorithms relied on, in the policy's words.
    pub algorithms: Vec<String>,
}

/// Whether a path leads from `leaf` to a trust anchor that holds at the Unix second `at`.
///
/// The shortfall is worded as for a proven `at`. Where `at` is only a claim or the present, apply
/// [`Shortfall::without_proof_of_existence`].
///
/// Revocation: a list speaks for `at` if it was current then, or if it was issued later, while the
/// certificate was still valid (RFC 5280 §5.1.2.6 lets expired entries drop out). The newest one
/// decides, and an entry counts from its date on. Without any the answer is `TRY_LATER`.
pub fn validate_path(
    leaf: &Certificate,
    pool: &[Certificate],
    crls: &[Crl],
    at: i64,
    purpose: KeyPurpose,
    anchors: &TrustAnchors,
    policy: &AlgorithmPolicy,
) -> Result<PathFinding, Shortfall> {
    validate_path_when(leaf, pool, crls, Moments::all(at), purpose, anchors, policy)
}

/// The Unix seconds that count.
#[derive(Clone, Copy)]
pub(crate) struct Moments {
    /// When the path must hold.
    pub(crate) at: i64,
    /// For when a list must speak, or for a later time.
    pub(crate) listed_since: i64,
    /// When the leaf's key was used, if its holder tells the truth.
    pub(crate) used_at: i64,
}

impl Moments {
    /// One moment for all.
    pub(crate) const fn all(at: i64) -> Self {
        Self { at, listed_since: at, used_at: at }
    }
}

/// [`validate_path`] for more than one moment.
pub(crate) fn validate_path_when(
    leaf: &Certificate,
    pool: &[Certificate],
    crls: &[Crl],
    when: Moments,
    purpose: KeyPurpose,
    anchors: &TrustAnchors,
    policy: &AlgorithmPolicy,
) -> Result<PathFinding, Shortfall> {
    let interest = Interest { crls, when, purpose, policy, proven: &anchors.proven };
    let mut nearest: Option<(Stage, Shortfall)> = None;
    for chain in candidates(leaf, pool, anchors) {
        match interest.judge(&chain) {
            Ok(finding) => return Ok(finding),
            Err(miss) if nearest.as_ref().is_none_or(|best| miss.0 > best.0) => {
                nearest = Some(miss)
            }
            Err(_) => {}
        }
    }
    // [PATH-001]
    Err(nearest.map_or_else(
        || {
            let detail = "no certificates in hand lead to a trust anchor";
            Shortfall::new(SubIndication::NoCertificateChainFound, detail)
        },
        |(_, shortfall)| shortfall,
    ))
}

/// [`validate_path`] for the present, as a verdict on the certificate itself: may I encrypt for it?
pub fn verify_certificate(
    leaf: &Certificate,
    pool: &[Certificate],
    crls: &[Crl],
    now: LocalTime,
    purpose: KeyPurpose,
    anchors: &TrustAnchors,
    policy: &AlgorithmPolicy,
) -> Outcome<Certificate> {
    match validate_path(leaf, pool, crls, now.unix(), purpose, anchors, policy) {
        Ok(path) => {
            let finding = Finding {
                policy: policy.id(),
                signer: leaf.clone(),
                cosigners: Vec::new(),
                chain: path.chain,
                proven_time: None,
                claimed_time: None,
                time_stamp_authority: None,
                algorithms: path.algorithms,
                revocation: path.revocation,
            };
            Outcome::TotalPassed(Verified::new(leaf.clone(), finding))
        }
        // Here the question is about now, so "expired" and "revoked" are final as they stand.
        Err(shortfall) => Outcome::fell_short(leaf.clone(), shortfall),
    }
}

/// How far a candidate came; of several failures the farthest says most.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Policy,
    Path,
    Purpose,
    Validity,
    Revocation,
}

/// What a path is judged for.
struct Interest<'a> {
    crls: &'a [Crl],
    when: Moments,
    purpose: KeyPurpose,
    policy: &'a AlgorithmPolicy,
    proven: &'a Proven,
}

impl Interest<'_> {
    fn judge(&self, chain: &[Certificate]) -> Result<PathFinding, (Stage, Shortfall)> {
        let algorithms = self.check_algorithms(chain).map_err(|miss| (Stage::Policy, miss))?;
        self.check_rfc_5280(chain).map_err(|miss| (Stage::Path, miss))?;
        self.check_purpose(chain).map_err(|miss| (Stage::Purpose, miss))?;
        self.check_validity(chain).map_err(|miss| (Stage::Validity, miss))?;
        let revocation = self.check_revocation(chain).map_err(|miss| (Stage::Revocation, miss))?;
        Ok(PathFinding { chain: chain.to_vec(), revocation, algorithms })
    }

    /// Every signature of the path, by the key that made it. The anchor's own is not looked at:
    /// it is trusted for what it is. [PATH-002]
    fn check_algorithms(&self, chain: &[Certificate]) -> Result<Vec<String>, Shortfall> {
        let mut algorithms: Vec<String> = Vec::new();
        for pair in chain.windows(2) {
            let algorithm = signature_algorithm(pair[0].x509().signature_algorithm())?;
            let label = self.policy.check(algorithm, &pair[1].spki_der(), self.when.at)?;
            if !algorithms.contains(&label) {
                algorithms.push(label);
            }
        }
        Ok(algorithms)
    }

    /// The rules that depend on nothing but the chain.
    fn check_rfc_5280(&self, chain: &[Certificate]) -> Result<(), Shortfall> {
        let statement = Statement::new("RFC 5280", chain.iter().map(Certificate::der));
        self.proven.holds(&statement, || check_rfc_5280(chain, &settings()))
    }

    fn check_purpose(&self, chain: &[Certificate]) -> Result<(), Shortfall> {
        let refuse =
            |detail: String| Err(Shortfall::new(SubIndication::ChainConstraintsFailure, detail));
        let purpose = self.purpose.name();
        // [PATH-003]
        if !chain[0].allows(self.purpose) {
            return refuse(format!("the certificate is not for {purpose}"));
        }
        // [PATH-004]
        if chain[1..].iter().any(|authority| !authority.permits_below(self.purpose)) {
            return refuse(format!("an authority of the path is not for {purpose}"));
        }
        Ok(())
    }

    /// RFC 5280 §6.1.3 (a)(2), for the anchor too: an anchor that has expired vouches no longer.
    fn check_validity(&self, chain: &[Certificate]) -> Result<(), Shortfall> {
        for (position, certificate) in chain.iter().enumerate() {
            let (early, late) = if position == 0 {
                (SubIndication::NotYetValid, SubIndication::Expired)
            } else {
                (SubIndication::OutOfBoundsNoPoe, SubIndication::OutOfBoundsNoPoe)
            };
            let whose = if position == 0 { "the certificate" } else { "an authority of the path" };
            // [PATH-005]
            if self.when.at < certificate.not_before() {
                return Err(Shortfall::new(early, format!("{whose} was not valid yet")));
            }
            // [PATH-006]
            if self.when.at > certificate.not_after() {
                return Err(Shortfall::new(late, format!("{whose} had expired")));
            }
        }
        Ok(())
    }

    /// RFC 5280 §6.3, for every certificate below the anchor.
    fn check_revocation(&self, chain: &[Certificate]) -> Result<Revocation, Shortfall> {
        let mut oldest: Option<i64> = None;
        for (position, certificate) in chain[..chain.len() - 1].iter().enumerate() {
            let issuers = keys_of_issuer(&chain[position + 1..]);
            let crl = crl::newest_for(certificate, issuers, self)?;
            // [PATH-007]
            if crl.holds_back(certificate, self.when.at) {
                let detail = "a certificate of the path was suspended";
                return Err(Shortfall::new(SubIndication::TryLater, detail));
            }
            // RFC 3161 §4: an authority for time that says why it ended, and lost no key, leaves good what
            // it stamped before. Without such a reason, everything that it ever stamped is in doubt. [TSP-019]
            let is_of_time = position == 0 && self.purpose == KeyPurpose::TimeStamping;
            let is_over = is_of_time && crl.retires(certificate);
            let counts_at = if is_over { self.when.used_at } else { self.when.at };
            // [PATH-008]
            if crl.revokes(certificate, counts_at) {
                return Err(if position == 0 {
                    Shortfall::new(SubIndication::Revoked, "the certificate was revoked")
                } else {
                    let detail = "an authority of the path was revoked";
                    Shortfall::new(SubIndication::RevokedCaNoPoe, detail)
                });
            }
            oldest = Some(oldest.map_or(crl.this_update(), |t| t.min(crl.this_update())));
        }
        Ok(oldest.map_or(Revocation::NotRequired, |this_update| Revocation::Checked {
            this_update: LocalTime::from_unix(this_update),
        }))
    }
}

/// The issuer of the certificate below, and above it the same authority under its other keys: an
/// authority that changes its key certifies the new one with the old one or the other way round
/// (RFC 5280 §6.1, self-issued), and signs its list with one of them. Only keys above are asked: a key
/// that answered for its own certificate could never be revoked. [CRL-013]
fn keys_of_issuer(above: &[Certificate]) -> &[Certificate] {
    let others = above.iter().take_while(|certificate| certificate.is_self_issued()).count();
    &above[..above.len().min(others + 1)]
}

/// All chains from the leaf to an anchor that names and key identifiers permit, shortest first,
/// bounded in depth and number. Signatures are for later.
fn candidates(
    leaf: &Certificate,
    pool: &[Certificate],
    anchors: &TrustAnchors,
) -> Vec<Vec<Certificate>> {
    // An anchor needs nobody to vouch for it (EN 319 102-1 §5.2.6.4).
    if anchors.holds(leaf) {
        return vec![vec![leaf.clone()]];
    }
    let mut found = Vec::new();
    let mut open = vec![vec![leaf.clone()]];
    // Breadth first: each round lengthens all open chains by one certificate.
    for _ in 1..limits::PATH_DEPTH_MAX {
        let mut longer = Vec::new();
        for chain in &open {
            let last = chain.last().expect("every chain begins with the leaf");
            let issues = |candidate: &&Certificate| {
                last.names_as_issuer(candidate) && !chain.contains(candidate)
            };
            for anchor in anchors.iter().filter(issues) {
                found.push(extended(chain, anchor));
            }
            for authority in pool.iter().filter(issues) {
                if !anchors.holds(authority) {
                    longer.push(extended(chain, authority));
                }
            }
            // [PATH-009]
            if found.len() + longer.len() >= limits::PATH_CANDIDATES_MAX {
                break;
            }
        }
        found.truncate(limits::PATH_CANDIDATES_MAX);
        longer.truncate(limits::PATH_CANDIDATES_MAX);
        open = longer;
    }
    found
}

fn extended(chain: &[Certificate], next: &Certificate) -> Vec<Certificate> {
    let mut longer = chain.to_vec();
    longer.push(next.clone());
    longer
}

/// RFC 5280 §6.1 and §6.2: signatures, names and name constraints, basicConstraints, path length,
/// keyUsage, policies, and no critical extension that nobody understands. [PATH-010]
fn check_rfc_5280(
    chain: &[Certificate],
    settings: &CertificationPathSettings,
) -> Result<(), Shortfall> {
    let ([leaf, between @ ..], Some(anchor)) = (chain, chain.last()) else {
        return Ok(());
    };
    let Some((_, between)) = between.split_last() else {
        return check_lone_anchor(leaf);
    };
    // certval does not ask an anchor whether it is an authority. [PATH-011]
    if !anchor.allows(KeyPurpose::CertificateSigning) {
        return Err(general("the trust anchor may not issue certificates"));
    }
    let unreadable = |_| general("a certificate of the path cannot be read");
    let target = PDVCertificate::try_from(leaf.der()).map_err(unreadable)?;
    let anchor = PDVTrustAnchorChoice::try_from(anchor.der()).map_err(unreadable)?;
    let mut intermediates = Vec::with_capacity(between.len());
    for authority in between.iter().rev() {
        intermediates.push(PDVCertificate::try_from(authority.der()).map_err(unreadable)?);
    }
    let settings =
        enforce_trust_anchor_constraints(settings, &anchor).map_err(|error| explain(&error))?;
    let mut environment = PkiEnvironment::new();
    environment.add_verify_signature_message_callback(verify_for_certval);
    let path = CertificationPath::new(anchor, intermediates, target);
    let mut results = CertificationPathResults::new();
    validate_path_rfc5280(&environment, &settings, &path, &mut results)
        .map_err(|error| explain(&error))
}

/// The inputs of RFC 5280 §6.1.1. Any policy will do: what a certificate policy promises is for
/// whoever chose the anchor to know.
fn settings() -> CertificationPathSettings {
    let mut settings = CertificationPathSettings::new();
    // Validity is ours to judge, with the codes of EN 319 102-1: see `check_validity`.
    settings.set_time_of_interest(TimeOfInterest::disabled());
    settings.set_enforce_trust_anchor_validity(false);
    // The anchor in hand is the decision; there is no second store to ask.
    settings.set_require_ta_store(false);
    // RFC 5937: what an anchor's own certificate forbids stays forbidden.
    settings.set_enforce_trust_anchor_constraints(true);
    settings
}

/// A leaf that is itself trusted has no path to judge, but its own critical extensions still bind
/// (RFC 5280 §4.2). [PATH-012]
fn check_lone_anchor(anchor: &Certificate) -> Result<(), Shortfall> {
    let understood = anchor.critical_extensions_are_understood();
    if understood { Ok(()) } else { Err(general("a critical extension is not understood")) }
}

fn verify_for_certval(
    _: &PkiEnvironment,
    message: &[u8],
    signature: &BitString,
    identifier: &AlgorithmIdentifierOwned,
    spki: &SubjectPublicKeyInfoOwned,
) -> certval::Result<()> {
    let failed = Error::PathValidation(PathValidationStatus::SignatureVerificationFailure);
    let algorithm = SignatureAlgorithm::from_identifier(identifier).ok_or(failed)?;
    let signature = signature.as_bytes().ok_or(failed)?;
    let spki_der = der::Encode::to_der(spki)?;
    if backend::verify(algorithm, &spki_der, message, signature) { Ok(()) } else { Err(failed) }
}

fn signature_algorithm(
    identifier: &AlgorithmIdentifierOwned,
) -> Result<SignatureAlgorithm, Shortfall> {
    SignatureAlgorithm::from_identifier(identifier).ok_or_else(|| {
        let detail = format!("signature algorithm {} is not known", identifier.oid);
        Shortfall::new(SubIndication::CryptoConstraintsFailure, detail)
    })
}

fn explain(error: &Error) -> Shortfall {
    use PathValidationStatus as Status;
    let Error::PathValidation(status) = error else {
        return general("the path cannot be judged");
    };
    match status {
        Status::SignatureVerificationFailure | Status::NameChainingFailure => Shortfall::new(
            SubIndication::NoCertificateChainFound,
            "a certificate of the path was not issued by the one above it",
        ),
        Status::MissingBasicConstraints | Status::InvalidBasicConstraints => {
            general("a certificate of the path is no authority")
        }
        Status::InvalidPathLength => general("the path is longer than an authority permits"),
        Status::InvalidKeyUsage => general("an authority of the path may not issue certificates"),
        Status::NameConstraintsViolation => general("an authority may not issue for this name"),
        Status::UnprocessedCriticalExtension => general("a critical extension is not understood"),
        Status::NullPolicySet | Status::InvalidPolicyMapping => {
            general("no certificate policy holds along the path")
        }
        _ => general("the path breaks a rule of RFC 5280 section 6"),
    }
}

fn general(detail: &str) -> Shortfall {
    Shortfall::new(SubIndication::CertificateChainGeneralFailure, detail)
}

#[cfg(test)]
mod interop;
#[cfg(all(test, not(target_arch = "wasm32")))] // RSA exists natively only
mod pkits;
#[cfg(test)]
mod tests;
