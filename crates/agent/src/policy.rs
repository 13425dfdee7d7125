//! The algorithm policy in force: that of the release, and what the own provider's newest update
//! takes away from it.
//!
//! The update is asked for at each synchronisation and before each letter, kept in the vault, and in
//! force from then on, in this process too. One that is older than what is known, dated ahead of
//! this machine's clock or out of date is an error, and nothing is encrypted until it is mended; what
//! was in force before stays in force. Without any update the release's policy counts alone.

use crate::errors::{AgentError, PostError};
use crate::records;
use crate::session::{Agent, Certificates, Trust, now};
use crate::vault::{Kind, Vault};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::policy::{Audience, KeyKind, Partner, Sender};
use sealpost_cms::signed::Verification;
use sealpost_erds::Octets;
use sealpost_erds::policy::{
    PolicyRefusal, PolicyUpdate, claimed_policy_update, verify_policy_update,
};
use sealpost_letter::{LETTER_KEYS, LETTER_SUITES};
use sealpost_wire::paths;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use sealpost_cms::known_answers;
pub use sealpost_cms::policy::{AlgorithmPolicy, Obstacle, Suite, SuiteId};

/// The newest update, as it was sealed.
pub(crate) const POLICY: Kind = Kind::new("policy");
const NEWEST: &str = "newest";

/// The record of it.
#[derive(Clone, Serialize, Deserialize)]
struct KeptUpdate {
    sealed: Octets,
}

/// What counts now.
#[derive(Clone)]
pub(crate) struct InForce {
    policy: Arc<AlgorithmPolicy>,
    update: Option<PolicyUpdate>,
}

impl InForce {
    /// The release alone.
    pub(crate) fn of_the_release() -> Self {
        Self { policy: Arc::new(AlgorithmPolicy::current().clone()), update: None }
    }

    /// The release and the update that is kept. It was verified before it was kept, and nobody
    /// writes in the vault without its keys; the certificate of its seal may have ended since.
    pub(crate) fn read(vault: &Vault) -> Result<Self, AgentError> {
        let Some(kept) = records::get::<KeptUpdate>(vault, POLICY, NEWEST)? else {
            return Ok(Self::of_the_release());
        };
        let update = claimed_policy_update(&kept.sealed.0).map_err(|_| PostError::Archive)?;
        Self::with(update)
    }

    fn with(update: PolicyUpdate) -> Result<Self, AgentError> {
        let policy = update.effective(AlgorithmPolicy::current());
        let policy = Arc::new(policy.map_err(|_| PostError::Archive)?);
        Ok(Self { policy, update: Some(update) })
    }

    /// The policy, unless there must be a newer copy of the update.
    fn may_encrypt(&self) -> Result<Arc<AlgorithmPolicy>, PostError> {
        match self.update.as_ref().is_some_and(|update| update.is_out_of_date(now().unix())) {
            true => Err(refused(PolicyRefusal::OutOfDate)),
            false => Ok(Arc::clone(&self.policy)),
        }
    }
}

/// The policy in force, for people.
#[derive(Debug, Clone)]
pub struct PolicyView {
    /// Release and update by name.
    pub name: String,
    /// When the update was set down, if there is one.
    pub since: Option<i64>,
    /// After that there must be a newer copy of it.
    pub next_update: Option<i64>,
    /// Whether there must be a newer copy now: then nothing is encrypted.
    pub out_of_date: bool,
    /// The suites, best first.
    pub suites: Vec<SuiteView>,
}

/// One suite under the policy in force, with the own keys.
#[derive(Debug, Clone)]
pub struct SuiteView {
    /// The suite.
    pub suite: &'static Suite,
    /// The last second for which letters are encrypted with it.
    pub until: i64,
    /// Whether a letter may get it without that its sender demands it.
    pub unasked: bool,
    /// What stands against encrypting with it, for somebody who can open it.
    pub obstacle: Option<Obstacle>,
    /// Whether others can encrypt with it for the own encryption key.
    pub reaches_us: bool,
}

impl PolicyView {
    /// Of the release alone, for somebody whose keys are not known: as if there were all of them.
    pub fn of_the_release() -> Self {
        Self::of(&InForce::of_the_release(), None)
    }

    fn of(in_force: &InForce, own: Option<&[KeyKind]>) -> Self {
        let update = in_force.update.as_ref();
        let at = now().unix();
        let suites = in_force.policy.suites().iter();
        Self {
            name: in_force.policy.id().to_string(),
            since: update.map(|update| update.since.unix()),
            next_update: update.map(|update| update.next_update.unix()),
            out_of_date: update.is_some_and(|update| update.is_out_of_date(at)),
            suites: suites.map(|suite| SuiteView::of(suite, &in_force.policy, own, at)).collect(),
        }
    }
}

impl SuiteView {
    fn of(
        suite: &'static Suite,
        policy: &AlgorithmPolicy,
        own: Option<&[KeyKind]>,
        at: i64,
    ) -> Self {
        let sender = Sender { keys: own.unwrap_or(ALL_KEYS), writes: LETTER_SUITES };
        // Somebody with every key that this program encrypts letters for: so only the policy, the
        // program and the own keys decide.
        let judge = |audience: &Audience| {
            let partner = Partner { audience: *audience, keys: LETTER_KEYS, capabilities: None };
            policy.judge_suite(suite, sender, partner, at).err()
        };
        let mut obstacles: Vec<Option<Obstacle>> = suite.audiences.iter().map(judge).collect();
        // Usable for some is usable.
        obstacles.sort_by_key(Option::is_some);
        let opens = |kind: &KeyKind| suite.establishment.iter().any(|way| way.fits(*kind));
        Self {
            suite,
            until: policy.end_of_suite(suite),
            unasked: sealpost_letter::Suite::parse(suite.id.name())
                .is_some_and(sealpost_letter::Suite::is_given_unasked),
            obstacle: obstacles.into_iter().next().flatten(),
            reaches_us: LETTER_SUITES.contains(&suite.id)
                && own.is_none_or(|own| own.iter().any(opens)),
        }
    }
}

/// One of each kind that a suite may ask for.
const ALL_KEYS: &[KeyKind] = &[
    KeyKind::MlKem768X25519,
    KeyKind::P256,
    KeyKind::X25519,
    KeyKind::Rsa { bits: 4096 },
    KeyKind::Ed25519,
    KeyKind::MlDsa65,
];

impl Agent {
    /// The policy in force, and what each suite is worth with the own keys.
    pub fn policy_view(&self) -> PolicyView {
        PolicyView::of(&self.in_force(), Some(&self.own_kinds()))
    }

    /// Which algorithms count now.
    pub(crate) fn policy(&self) -> Arc<AlgorithmPolicy> {
        Arc::clone(&self.in_force().policy)
    }

    fn in_force(&self) -> MutexGuard<'_, InForce> {
        // Replaced whole: a panic elsewhere leaves an old one.
        self.in_force.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn own_kinds(&self) -> Vec<KeyKind> {
        let Certificates { signature, encryption, hybrid, static_dh, .. } = &self.certificates;
        let hybrid = hybrid.iter().flat_map(|hybrid| [&hybrid.signature, &hybrid.encryption]);
        [signature, encryption]
            .into_iter()
            .chain(hybrid)
            .chain(static_dh)
            .filter_map(Certificate::key_kind)
            .collect()
    }

    /// Asks the own provider for its newest update. What takes effect is returned by name.
    pub(crate) async fn renew_policy(&self) -> Result<Option<String>, AgentError> {
        let sealed = match self.client.get(paths::POLICY).await {
            Ok(sealed) => sealed,
            // A provider that publishes none, or is of a version that knows of none. What it has
            // said before stays in force all the same. [AGT-030]
            Err(AgentError::Post(PostError::Refused { status: 404, .. })) => return Ok(None),
            Err(error) => return Err(error),
        };
        let trust = self.trust_in(&self.domain())?;
        self.take_policy(sealed, &trust)
    }

    /// Puts an update into force if it is the own provider's and newer. [AGT-031]
    pub(crate) fn take_policy(
        &self,
        sealed: Vec<u8>,
        trust: &Trust,
    ) -> Result<Option<String>, AgentError> {
        let verification = Verification { require_time_stamp: false, ..trust.verification() };
        let outcome = verify_policy_update(&sealed, &self.domain(), &verification);
        let update = trust.only(outcome).passed();
        let not_verified = |shortfall| PostError::NotVerified { what: "policy update", shortfall };
        let update = update.map_err(not_verified)?.into_parts().0;
        let known = self.in_force().update.clone();
        if !update.replaces(known.as_ref(), now().unix()).map_err(refused)? {
            return Ok(None);
        }
        records::put(&self.vault, POLICY, NEWEST, &KeptUpdate { sealed: Octets(sealed) })?;
        let another = known.is_none_or(|known| known.since != update.since);
        let in_force = InForce::with(update)?;
        let name = in_force.policy.id().to_string();
        *self.in_force() = in_force;
        Ok(another.then_some(name))
    }

    /// Asks for the newest update, and fails unless what is in force allows to encrypt: with a withheld
    /// update nobody knows what has been withdrawn since. [AGT-032]
    pub(crate) async fn policy_for_encrypting(&self) -> Result<Arc<AlgorithmPolicy>, AgentError> {
        self.renew_policy().await?;
        Ok(self.in_force().may_encrypt()?)
    }
}

/// Whether this is a fault of the update alone, so that mail can be fetched all the same.
pub(crate) fn is_about_policy(error: &AgentError) -> bool {
    matches!(
        error,
        AgentError::Post(
            PostError::Policy { .. } | PostError::NotVerified { .. } | PostError::Nonsense { .. }
        )
    )
}

fn refused(refusal: PolicyRefusal) -> PostError {
    PostError::Policy { code: refusal.code() }
}

/// The state of a new agent.
pub(crate) fn in_force(vault: &Vault) -> Result<Mutex<InForce>, AgentError> {
    InForce::read(vault).map(Mutex::new)
}

#[cfg(test)]
mod tests;
