//! A person at work: unlocked keys, the open vault, and the connection to the provider.

use crate::client::Client;
use crate::errors::{AgentError, PostError};
use crate::keystore::{Keystore, Pin, Unlocked};
use crate::policy::{self, InForce};
use crate::profile::Profile;
use crate::records::{self, ACCOUNT, Account, ReadBy};
use crate::rotate;
use crate::vault::Vault;
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::path::{Crl, TrustAnchors, validate_path};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::{SignatureRequest, SignatureValue, Verification};
use sealpost_cms::time::{ClaimedTime, LocalTime};
use sealpost_cms::tsp::{TimeStampRequest, token_from_response};
use sealpost_cms::verdict::{Finding, Outcome, Shortfall, SubIndication};
use sealpost_erds::{Digest, Domain};
use sealpost_letter::{Signers, Suite};
use sealpost_wire::paths;
use std::future::Future;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

/// The user agent of one person.
pub struct Agent {
    pub(crate) profile: Profile,
    pub(crate) keys: Unlocked,
    pub(crate) vault: Vault,
    pub(crate) account: Account,
    pub(crate) certificates: Certificates,
    pub(crate) client: Client,
    /// Which algorithms count.
    pub(crate) in_force: Mutex<InForce>,
    /// Whether orphaned bodies were looked for.
    pub(crate) swept: AtomicBool,
    runtime: tokio::runtime::Runtime,
}

/// The person's certificates and the root that issued them.
pub(crate) struct Certificates {
    pub(crate) root: Certificate,
    pub(crate) signature: Certificate,
    pub(crate) authentication: Certificate,
    pub(crate) encryption: Certificate,
    /// Those of the suite `hybrid-2026`.
    pub(crate) hybrid: Option<Hybrid>,
    /// That of the suite `static-dh-cbc-hmac`.
    pub(crate) static_dh: Option<Certificate>,
    /// What letters were encrypted for before rotations, the newest last.
    former: Vec<Encryption>,
}

/// Certificates that letters were encrypted for.
struct Encryption {
    encryption: Certificate,
    hybrid: Option<Certificate>,
    static_dh: Option<Certificate>,
}

/// The person's certificates of the suite `hybrid-2026`.
pub(crate) struct Hybrid {
    pub(crate) signature: Certificate,
    pub(crate) encryption: Certificate,
}

impl Certificates {
    /// Those in use.
    pub(crate) fn in_use(&self) -> impl Iterator<Item = &Certificate> {
        let hybrid = self.hybrid.iter().flat_map(|hybrid| [&hybrid.signature, &hybrid.encryption]);
        [&self.signature, &self.authentication, &self.encryption]
            .into_iter()
            .chain(hybrid)
            .chain(&self.static_dh)
    }

    /// What letters of a suite to this person are and were encrypted for, the newest first.
    pub(crate) fn encryption_in(&self, suite: Suite) -> impl Iterator<Item = &Certificate> {
        let present = match suite {
            Suite::Hybrid2026 => self.hybrid.as_ref().map(|hybrid| &hybrid.encryption),
            Suite::Smime2019 => Some(&self.encryption),
            Suite::StaticDhCbcHmac => self.static_dh.as_ref(),
        };
        let former = self.former.iter().rev().filter_map(move |former| match suite {
            Suite::Hybrid2026 => former.hybrid.as_ref(),
            Suite::Smime2019 => Some(&former.encryption),
            Suite::StaticDhCbcHmac => former.static_dh.as_ref(),
        });
        present.into_iter().chain(former)
    }

    /// What a letter was encrypted for. Where its record does not say, nothing had changed when it
    /// came: the oldest. [AGT-054]
    pub(crate) fn of_reader(&self, by: ReadBy) -> Option<&Certificate> {
        let mut all = self.encryption_in(by.suite);
        match by.certificate {
            Some(digest) => all.find(|it| it.sha256() == *digest.as_array()),
            None => all.last(),
        }
    }
}

/// Whom to believe about one domain: its provider's root and, for time alone, the authority that
/// the provider names.
pub(crate) struct Trust {
    /// None: nobody has vouched for this domain yet.
    root: Option<Certificate>,
    /// Roots it had, and when each was replaced.
    former: Vec<(Certificate, i64)>,
    anchors: TrustAnchors,
    roots: Digest,
    policy: Arc<AlgorithmPolicy>,
    pub(crate) crls: Vec<Crl>,
}

impl Trust {
    pub(crate) fn new(
        root: Option<Certificate>,
        for_time: Vec<Certificate>,
        crls: Vec<Crl>,
        policy: &Arc<AlgorithmPolicy>,
    ) -> Self {
        let mut anchors = TrustAnchors::new();
        let mut named = Vec::new();
        for anchor in root.iter().cloned().chain(for_time) {
            named.extend(anchor.sha256());
            anchors.add(anchor);
        }
        let (roots, policy) = (Digest::of(&named), Arc::clone(policy));
        Self { root, former: Vec::new(), anchors, roots, policy, crls }
    }

    /// The same, where the domain's provider had other roots before.
    pub(crate) fn with_former(mut self, former: Vec<(Certificate, i64)>) -> Self {
        let mut named = self.roots.as_array().to_vec();
        for (root, replaced) in &former {
            named.extend(root.sha256());
            named.extend(replaced.to_be_bytes());
            self.anchors.add(root.clone());
        }
        if !former.is_empty() {
            self.roots = Digest::of(&named);
        }
        Self { former, ..self }
    }

    /// Names all that is believed, in its order: other roots have another digest.
    pub(crate) const fn roots(&self) -> Digest {
        self.roots
    }

    /// Which algorithms count.
    pub(crate) fn policy(&self) -> &AlgorithmPolicy {
        &self.policy
    }

    /// The outcome, unless the signer's path ends elsewhere than at this domain's root: one
    /// provider's root does not vouch for the people and seals of another, and an authority for
    /// time vouches for time alone. [AGT-008]
    pub(crate) fn only<T>(&self, outcome: Outcome<T>) -> Outcome<T> {
        match outcome {
            Outcome::TotalPassed(verified) if !self.vouches(verified.finding()) => {
                let detail = "the signer's path ends at another provider's root";
                let shortfall = Shortfall::new(SubIndication::NoCertificateChainFound, detail);
                Outcome::fell_short(verified.into_parts().0, shortfall)
            }
            other => other,
        }
    }

    /// Whether the signer's path ends at the root of this domain, or at one that it had: then the
    /// signature counts if it provably existed before that root was replaced. Whoever has stolen
    /// the keys of an old root and of its time-stamps can still make a past. [AGT-025]
    fn vouches(&self, finding: &Finding) -> bool {
        let anchor = finding.chain.last();
        let proven = finding.proven_time.map(|time| time.unix());
        let formerly = self.former.iter().any(|(root, replaced)| {
            anchor == Some(root) && proven.is_some_and(|proven| proven < *replaced)
        });
        anchor == self.root.as_ref() || formerly
    }

    /// Whether a certificate holds now, for a purpose.
    pub(crate) fn certificate(
        &self,
        certificate: &Certificate,
        purpose: KeyPurpose,
    ) -> Result<(), Shortfall> {
        let (policy, at) = (&self.policy, now().unix());
        validate_path(certificate, &[], &self.crls, at, purpose, &self.anchors, policy).map(drop)
    }

    /// The verification at the present time.
    pub(crate) fn verification(&self) -> Verification<'_> {
        Verification {
            anchors: &self.anchors,
            certificates: &[],
            crls: &self.crls,
            policy: &self.policy,
            now: now(),
            purpose: KeyPurpose::LetterSignature,
            require_time_stamp: true,
        }
    }
}

/// The clock of this machine: a claim, never a proof.
pub(crate) fn now() -> LocalTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    LocalTime::from_unix(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

pub(crate) fn claimed_now() -> ClaimedTime {
    ClaimedTime::from_unix(now().unix())
}

pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, AgentError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| PostError::File { kind: error.kind() }.into())
}

impl Agent {
    /// Unlocks the profile with its PIN.
    pub fn open(profile: Profile, pin: &Pin) -> Result<Self, AgentError> {
        let keys = Keystore::unlock(&profile, pin)?;
        let vault = Vault::open(&profile, keys.vault_key())?;
        let account: Option<Account> = records::get(&vault, ACCOUNT, "account")?;
        let account = account.ok_or(PostError::NotRegistered)?;
        let account = rotate::following(&keys, &vault, account)?;
        Self::assemble(profile, keys, vault, account)
    }

    pub(crate) fn assemble(
        profile: Profile,
        keys: Unlocked,
        vault: Vault,
        account: Account,
    ) -> Result<Self, AgentError> {
        let read = |octets: &[u8]| Certificate::from_der(octets).map_err(|_| PostError::Archive);
        let certificates = Certificates {
            root: read(&account.root.0)?,
            signature: read(&account.signature.0)?,
            authentication: read(&account.authentication.0)?,
            encryption: read(&account.encryption.0)?,
            hybrid: match &account.hybrid {
                Some(hybrid) => Some(Hybrid {
                    signature: read(&hybrid.signature_certificate.0)?,
                    encryption: read(&hybrid.encryption_certificate.0)?,
                }),
                None => None,
            },
            static_dh: account.static_dh.as_ref().map(|octets| read(&octets.0)).transpose()?,
            former: account
                .former
                .iter()
                .map(|former| {
                    let hybrid = former.hybrid.as_ref();
                    let hybrid = hybrid.map(|octets| read(&octets.0)).transpose()?;
                    let static_dh = former.static_dh.as_ref();
                    let static_dh = static_dh.map(|octets| read(&octets.0)).transpose()?;
                    Ok(Encryption { encryption: read(&former.encryption.0)?, hybrid, static_dh })
                })
                .collect::<Result<_, PostError>>()?,
        };
        let runtime = runtime()?;
        let identity = (&certificates.authentication, keys.authentication_key());
        let client = {
            let _entered = runtime.enter();
            Client::pinned(
                &account.endpoint,
                &account.address.domain(),
                &certificates.root,
                Some(identity),
            )?
        };
        let (in_force, swept) = (policy::in_force(&vault)?, AtomicBool::new(false));
        Ok(Self { profile, keys, vault, account, certificates, client, in_force, swept, runtime })
    }

    /// Runs a conversation with the provider to its end.
    pub(crate) fn wait<F: Future>(&self, conversation: F) -> F::Output {
        self.runtime.block_on(conversation)
    }

    /// The profile's directory.
    pub fn home(&self) -> &std::path::Path {
        self.profile.directory()
    }

    /// The keys, for changing the PIN or exporting the encryption key on the owner's wish.
    pub const fn keys(&self) -> &Unlocked {
        &self.keys
    }

    /// The own provider's domain.
    pub(crate) fn domain(&self) -> Domain {
        self.account.address.domain()
    }

    /// Trust in the own provider alone, with its newest revocation list.
    pub(crate) async fn own_trust(&self) -> Result<Trust, AgentError> {
        let list = self.client.get(paths::REVOCATION_LIST).await?;
        let crl = Crl::from_der(&list)
            .map_err(|_| PostError::Nonsense { expected: "revocation list" })?;
        self.meet(&self.domain()).await?;
        let mut trust = self.trust_in(&self.domain())?;
        trust.crls.push(crl);
        Ok(trust)
    }

    /// Asks the own provider's time-stamp authority.
    pub(crate) async fn time_stamp(
        &self,
        request: &TimeStampRequest,
    ) -> Result<Vec<u8>, AgentError> {
        let reply = self
            .client
            .post(paths::TIME_STAMP, paths::MEDIA_TIME_STAMP_QUERY, request.to_der())
            .await?;
        token_from_response(&reply, request)
            .map_err(|_| PostError::Nonsense { expected: "time-stamp" }.into())
    }

    /// Answers with the key that signs in the person's name, of the kind that is asked.
    pub(crate) fn sign(&self, request: &SignatureRequest) -> SignatureValue {
        let second = self.keys.hybrid_signature_key();
        let second = second.filter(|_| request.algorithm().is_post_quantum());
        second.unwrap_or(self.keys.signature_key()).answer(request)
    }

    /// Whom letters from this person are signed as.
    pub(crate) fn signers(&self) -> Signers<'_> {
        let post_quantum = self.certificates.hybrid.as_ref().map(|hybrid| &hybrid.signature);
        Signers { classic: &self.certificates.signature, post_quantum }
    }
}

/// A nonce for a time-stamp request (RFC 3161 §2.4.1 recommends 64 bit).
pub(crate) fn nonce() -> u64 {
    let mut octets = [0; 8];
    getrandom::rand_core::Rng::fill_bytes(&mut crate::system_random(), &mut octets);
    u64::from_be_bytes(octets)
}
