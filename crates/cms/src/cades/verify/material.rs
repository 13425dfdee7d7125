//! Certificates and revocation lists, each with the time since which it provably exists.
//!
//! Whoever breaks an algorithm can make certificates and lists that look old. So each one counts only
//! if its own signature's algorithm still counted when it was first proven to exist.

use super::stamps::{Stamp, known_by};
use crate::certificate::Certificate;
use crate::limits;
use crate::path::{Crl, TrustAnchors};
use crate::policy::{AlgorithmPolicy, SignatureAlgorithm};
use crate::signed::{Dialect, Parsed, Verification, format_failure};
use crate::verdict::{Shortfall, SubIndication};

/// What may be relied on.
pub(super) struct Material {
    /// All there are: signatures bind the certificates of those who made them.
    everybody: Vec<Certificate>,
    certificates: Vec<Certificate>,
    crls: Vec<Crl>,
    /// Whether something does not count.
    is_short: bool,
}

/// Something and the Unix second since which it provably exists.
struct Known<T> {
    item: T,
    since: i64,
}

impl Material {
    /// Everything in the message, in these time-stamps of one signer and given besides.
    pub(super) fn collect(
        parsed: &Parsed<'_>,
        stamps: &[&Stamp<'_>],
        v: &Verification<'_>,
    ) -> Result<Self, Shortfall> {
        let (mut certificates, mut crls) = (Vec::new(), Vec::new());
        let now = v.now.unix();
        let archive: Vec<&Stamp<'_>> =
            stamps.iter().copied().filter(|stamp| stamp.index.is_some()).collect();
        let first = |covers: &dyn Fn(&Stamp<'_>) -> bool| {
            archive.iter().find(|stamp| covers(stamp)).map_or(now, |stamp| stamp.gen_time)
        };
        for certificate in &parsed.certificates {
            let since = first(&|stamp| {
                stamp.index.as_ref().is_some_and(|it| it.covers_certificate(certificate.der()))
            });
            add(&mut certificates, certificate.clone(), since);
        }
        for crl in &parsed.crls {
            let since =
                first(&|stamp| stamp.index.as_ref().is_some_and(|it| it.covers_crl(crl.der())));
            add(&mut crls, crl.clone(), since);
        }
        for stamp in stamps {
            let since = known_by(&stamp.value, archive.iter().copied()).unwrap_or(now);
            let token = Parsed::read(stamp.value.value_der, Dialect::Foreign)
                .map_err(|error| format_failure(&error))?;
            token.certificates.into_iter().for_each(|it| add(&mut certificates, it, since));
            token.crls.into_iter().for_each(|it| add(&mut crls, it, since));
        }
        v.certificates.iter().for_each(|it| add(&mut certificates, it.clone(), now));
        v.crls.iter().for_each(|it| add(&mut crls, it.clone(), now));
        // Each is held against each below. [CAD-013]
        let fits = certificates.len() <= limits::CERTIFICATES_MAX
            && crls.len() <= limits::ARCHIVED_CRLS_MAX;
        if !fits {
            let detail = "too many certificates or revocation lists to look at";
            return Err(Shortfall::new(SubIndication::TryLater, detail));
        }
        Ok(Self::usable(&certificates, &crls, v.anchors, v.policy))
    }

    /// EN 319 102-1 §5.6.2.4: what was signed with an algorithm is proven to be older than the
    /// algorithm's end, or does not count. [CAD-014]
    fn usable(
        certificates: &[Known<Certificate>],
        crls: &[Known<Crl>],
        anchors: &TrustAnchors,
        policy: &AlgorithmPolicy,
    ) -> Self {
        let issuers = || certificates.iter().map(|known| &known.item).chain(anchors.iter());
        let counted = |known: &&Known<Certificate>| {
            let identifier = known.item.x509().signature_algorithm();
            let algorithm = SignatureAlgorithm::from_identifier(identifier);
            algorithm.is_some_and(|algorithm| {
                issuers().any(|issuer| {
                    known.item.names_as_issuer(issuer)
                        && policy.check(algorithm, &issuer.spki_der(), known.since).is_ok()
                })
            })
        };
        let signed = |known: &&Known<Crl>| {
            issuers().any(|it| known.item.is_signed_by(it, known.since, policy))
        };
        let everybody: Vec<_> = certificates.iter().map(|known| known.item.clone()).collect();
        let counting: Vec<_> =
            certificates.iter().filter(counted).map(|known| known.item.clone()).collect();
        let lists: Vec<_> = crls.iter().filter(signed).map(|known| known.item.clone()).collect();
        let is_short = counting.len() < everybody.len() || lists.len() < crls.len();
        Self { everybody, certificates: counting, crls: lists, is_short }
    }

    /// To find out who signed.
    pub(super) fn for_signers<'a>(&'a self, v: &Verification<'a>) -> Verification<'a> {
        Verification { certificates: &self.everybody, crls: &[], ..*v }
    }

    /// What is missing may be there, and not count.
    pub(super) fn explain(&self, shortfall: Shortfall) -> Shortfall {
        let missing = matches!(
            shortfall.sub,
            SubIndication::NoCertificateChainFound | SubIndication::TryLater
        );
        if !(missing && self.is_short) {
            return shortfall;
        }
        let detail = format!("{}; what is there is not proven to be old enough", shortfall.detail);
        Shortfall::new(SubIndication::CryptoConstraintsFailureNoPoe, detail)
    }

    /// The same verification, with this to rely on.
    pub(super) fn verification<'a>(&'a self, v: &Verification<'a>) -> Verification<'a> {
        Verification { certificates: &self.certificates, crls: &self.crls, ..*v }
    }
}

/// Adds what is new; of what comes again the earlier proof counts.
fn add<T: Octets>(all: &mut Vec<Known<T>>, item: T, since: i64) {
    match all.iter_mut().find(|known| known.item.octets() == item.octets()) {
        Some(known) => known.since = known.since.min(since),
        None => all.push(Known { item, since }),
    }
}

/// Two things are the same if their octets are.
trait Octets {
    fn octets(&self) -> &[u8];
}

impl Octets for Certificate {
    fn octets(&self) -> &[u8] {
        self.der()
    }
}

impl Octets for Crl {
    fn octets(&self) -> &[u8] {
        self.der()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DAY, HOUSE, NOW};

    #[test]
    fn cad_014_what_is_not_proven_to_be_older_than_its_algorithm_does_not_count() {
        // ECDSA ends with 2035 in the policy of this release.
        const IN_2036: i64 = NOW + 9 * 365 * DAY + 100 * DAY;
        let policy = AlgorithmPolicy::current();
        for (since, counts) in [(NOW, true), (IN_2036, false)] {
            let lists = [Known { item: HOUSE.crls[0].clone(), since }];
            let certificates = [Known { item: HOUSE.tsa.clone(), since }];
            let material = Material::usable(&certificates, &lists, &HOUSE.anchors, policy);
            assert_eq!(material.crls.len() == 1, counts);
            assert_eq!(material.certificates.len() == 1, counts);
            assert_eq!(material.everybody.len(), 1, "whoever signed is still named");
            let missing = Shortfall::new(SubIndication::TryLater, "no list");
            let sub = material.explain(missing).sub;
            assert_eq!(sub == SubIndication::TryLater, counts, "{}", sub.code());
        }
    }
}
