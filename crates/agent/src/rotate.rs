//! Moving to new keys: `sealpost rotate`.
//!
//! ```text
//! begun      new keys lie in the keystore beside those in use
//! certified  the provider has certified them, and the vault holds the certificates
//! switched   one replacement of the keystore: new keys and a new master key count   <- the moment
//! moving     the provider knows that, and has revoked the former certificates
//! idle       every record lies under the new master key; the former one is wiped
//! ```
//!
//! Each state is durable before the next is begun, each step can be repeated, and what is read from
//! the profile alone says which one is next: a process that was killed anywhere goes on where it was.
//! The switch is in one file, and the vault follows it when it is next opened ([`following`]).
//!
//! - Former private keys that sign or authenticate are wiped at the switch, those that open letters
//!   when their owner says so ([`Agent::forget_former_keys`]): letters may be under way.
//! - Nothing that was signed, evidenced or encrypted changes: records are sealed anew with their octets
//!   as they are, and bodies stay ciphertext under the content keys that records hold.

use crate::certify::{self, Requests};
use crate::client::read;
use crate::errors::{AgentError, PostError};
use crate::keystore::{Pin, Unlocked};
use crate::profile::Profile;
use crate::records::{self, ACCOUNT, Account, FormerCertificates, RENEWAL};
use crate::session::{Agent, claimed_now};
use crate::system_random;
use crate::vault::Vault;
use crate::views::{Progress, RotationView};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::path::Crl;
use sealpost_cms::signed::{ContentRef, request_signature};
use sealpost_erds::Octets;
use sealpost_erds::registration::{RENEWAL_VERSION, RenewalStatement};
use sealpost_wire::api::{CertificateRequests, RegistrationAnswer, RenewalRequest};
use sealpost_wire::paths;
use serde::{Deserialize, Serialize};

/// What a rotation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotated {
    /// Whether one that was interrupted before was finished.
    pub resumed: bool,
    /// Records that lie under the new key since.
    pub records: u64,
}

/// The request as it is sent, the same octets each time: the provider knows a repetition by them.
#[derive(Serialize, Deserialize)]
struct AskedAnew {
    /// The public half of the new signature key.
    of: Octets,
    request: RenewalRequest,
}

/// Which step is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rotation {
    Idle,
    Begun,
    Certified,
    Switched,
    Moving,
}

impl Agent {
    /// Moves to new keys, or finishes a rotation that was interrupted, and opens the profile anew.
    pub fn rotate(
        profile: &Profile,
        pin: &Pin,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(Self, Rotated), AgentError> {
        let mut agent = Self::open(profile.clone(), pin)?;
        let mut rotated = Rotated { resumed: agent.is_rotating(), records: 0 };
        if !rotated.resumed {
            agent.keys.begin_rotation(&mut system_random())?;
        }
        loop {
            match agent.rotation()? {
                Rotation::Idle => return Ok((agent, rotated)),
                Rotation::Begun => {
                    progress(Progress::Certifying);
                    agent.wait(agent.ask_anew())?;
                }
                Rotation::Certified => agent = agent.switched(pin)?,
                Rotation::Switched => {
                    progress(Progress::Certifying);
                    agent.confirm_switch()?;
                }
                Rotation::Moving => rotated.records += agent.move_archive(progress)?,
            }
        }
    }

    /// Wipes the former keys that open letters, after fetching what waits; how many sets there were.
    /// What is still under way to a former certificate cannot be read any more.
    pub fn forget_former_keys(
        &mut self,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<usize, AgentError> {
        // [AGT-055] In between, the provider still gives the former certificates to whoever asks.
        if self.is_rotating() {
            return Err(PostError::NotPossible("rotation-under-way").into());
        }
        self.sync(progress)?;
        Ok(self.keys.forget_former_keys()?)
    }

    /// How it stands about new keys.
    pub(crate) fn rotation_view(&self) -> RotationView {
        let first_end = self.certificates.in_use().map(Certificate::not_after).min();
        RotationView {
            under_way: self.is_rotating(),
            former_keys: self.keys.former_keys(),
            first_end: first_end.unwrap_or_default(),
        }
    }

    fn is_rotating(&self) -> bool {
        let begun = self.keys.next_keys().is_some() || self.keys.has_former_master();
        begun || self.account.unconfirmed
    }

    /// Which step is next, as the profile says.
    pub(crate) fn rotation(&self) -> Result<Rotation, AgentError> {
        if self.account.unconfirmed {
            return Ok(Rotation::Switched);
        }
        if self.keys.has_former_master() {
            return Ok(Rotation::Moving);
        }
        if self.keys.next_keys().is_none() {
            return Ok(Rotation::Idle);
        }
        let given = self.vault.get(RENEWAL, GIVEN)?;
        Ok(given.map_or(Rotation::Begun, |_| Rotation::Certified))
    }

    /// Asks for certificates for the new keys, and keeps them if they are what was asked for.
    async fn ask_anew(&self) -> Result<(), AgentError> {
        let asked = self.asked_anew()?;
        let answer = self.client.post_json(paths::ACCOUNT_CERTIFICATES, &asked.request).await;
        if let Err(AgentError::Post(PostError::Refused { code, .. })) = &answer
            && ASKED_IN_VAIN.contains(&code.as_str())
        {
            // The same octets would be refused again; the keys stay.
            self.vault.commit(|tx| tx.delete(RENEWAL, ASKED))?;
        }
        let answer: RegistrationAnswer = answer?;
        let list = self.client.get(paths::REVOCATION_LIST).await?;
        let list = Crl::from_der(&list)
            .map_err(|_| PostError::Nonsense { expected: "revocation list" })?;
        let next = self.keys.next_keys().ok_or(PostError::Archive)?;
        let root = &self.certificates.root;
        // [AGT-056] Keys for which there is no certificate of ours never come into use.
        certify::are_ours(next, &answer, &self.account.address, root, &list)?;
        records::put(&self.vault, RENEWAL, GIVEN, &answer)
    }

    /// The request for the new keys, made once and stored before it is sent.
    fn asked_anew(&self) -> Result<AskedAnew, AgentError> {
        let next = self.keys.next_keys().ok_or(PostError::Archive)?;
        let of = Octets(next.signature.spki_der());
        let earlier: Option<AskedAnew> = records::get(&self.vault, RENEWAL, ASKED)?;
        if let Some(asked) = earlier.filter(|asked| asked.of == of) {
            return Ok(asked);
        }
        let Requests { signature, authentication, encryption, hybrid, static_dh } =
            certify::requests(next, &self.account.address)?;
        let hybrid = hybrid.ok_or(PostError::Archive)?;
        let requests = CertificateRequests {
            signature: &signature,
            authentication: &authentication,
            encryption: &encryption,
            hybrid: Some(&hybrid),
            static_dh: static_dh.as_ref(),
        };
        let statement = RenewalStatement {
            version: RENEWAL_VERSION.to_owned(),
            provider: self.domain(),
            address: self.account.address.clone(),
            requests_sha256: requests.digest(),
            signed_at: claimed_now(),
        };
        let request = RenewalRequest {
            signature_request: signature,
            authentication_request: authentication,
            encryption_request: encryption,
            hybrid,
            static_dh_request: static_dh,
            statement: self.vouch(&statement)?,
        };
        let asked = AskedAnew { of, request };
        records::put(&self.vault, RENEWAL, ASKED, &asked)?;
        Ok(asked)
    }

    /// The statement, signed with the key that signs in the person's name now.
    fn vouch(&self, statement: &RenewalStatement) -> Result<Octets, AgentError> {
        let (content, signer) = (statement.to_json(), &self.certificates.signature);
        let request = request_signature(ContentRef::of(&content), None, signer, claimed_now(), &[]);
        let answer = self.sign(&request);
        let signature = request.answered(answer).map_err(|_| PostError::Archive)?;
        Ok(Octets(signature.attached(&content, std::slice::from_ref(signer), &[])))
    }

    /// Puts the new keys into use, and opens the profile with them.
    fn switched(self, pin: &Pin) -> Result<Self, AgentError> {
        let Self { profile, keys, vault, .. } = self;
        // Closed first: it is opened anew with both keys.
        drop(vault);
        keys.switch(pin, &mut system_random())?;
        Self::open(profile, pin)
    }

    /// Tells the provider, by the new authentication key, that the new keys are in use.
    fn confirm_switch(&mut self) -> Result<(), AgentError> {
        let path = paths::ACCOUNT_CERTIFICATES_CONFIRMATION;
        self.wait(self.client.post(path, "application/json", Vec::new()))?;
        self.account.unconfirmed = false;
        records::put(&self.vault, ACCOUNT, "account", &self.account)
    }

    /// Moves all records to the new master key and wipes the one before; how many there were.
    fn move_archive(&mut self, progress: &mut dyn FnMut(Progress)) -> Result<u64, AgentError> {
        let mut moved = 0;
        loop {
            let batch = self.vault.move_records()?;
            moved += batch.moved;
            progress(Progress::Moving { moved, of: moved + batch.left });
            if batch.left == 0 {
                break;
            }
        }
        self.keys.forget_former_master()?;
        Ok(moved)
    }
}

/// The account as it belongs to the keys: after the switch it has the certificates that were given for
/// them. The keystore decides, in which the switch was made. [AGT-057]
pub(crate) fn following(
    keys: &Unlocked,
    vault: &Vault,
    account: Account,
) -> Result<Account, AgentError> {
    let Some(given) = vault.get(RENEWAL, GIVEN)? else { return Ok(account) };
    let given: RegistrationAnswer = read(&given.octets)?;
    let signature =
        Certificate::from_der(&given.signature_certificate.0).map_err(|_| PostError::Archive)?;
    if signature.spki_der() != keys.signature_key().spki_der() {
        return Ok(account);
    }
    let mut former = account.former;
    former.push(FormerCertificates {
        encryption: account.encryption,
        hybrid: account.hybrid.map(|hybrid| hybrid.encryption_certificate),
        static_dh: account.static_dh,
    });
    let account = Account {
        signature: given.signature_certificate,
        authentication: given.authentication_certificate,
        encryption: given.encryption_certificate,
        hybrid: given.hybrid,
        static_dh: given.static_dh_certificate,
        former,
        unconfirmed: true,
        ..account
    };
    let octets = records::write(&account)?;
    vault.commit(|tx| {
        tx.put(ACCOUNT, "account", &octets)?;
        tx.delete(RENEWAL, GIVEN)?;
        tx.delete(RENEWAL, ASKED)?;
        Ok::<(), AgentError>(())
    })?;
    Ok(account)
}

const ASKED: &str = "asked";
const GIVEN: &str = "given";
/// What the provider says of a request that it will never grant.
const ASKED_IN_VAIN: &[&str] = &["renewal-ended", "renewal-not-signed"];

#[cfg(test)]
mod tests;
