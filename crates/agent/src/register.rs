//! Registration: keys are born here, the provider certifies them.

use crate::certify::{self, Requests};
use crate::client::{Client, read};
use crate::errors::{AgentError, PostError};
use crate::keystore::{Keystore, Pin, Unlocked};
use crate::profile::Profile;
use crate::records::{self, ACCOUNT, ASKED, Account, Asked};
use crate::session::{Agent, claimed_now, runtime};
use crate::system_random;
use crate::vault::Vault;
use sealpost_cms::certificate::Certificate;
use sealpost_cms::path::Crl;
use sealpost_cms::signed::{ContentRef, request_signature};
use sealpost_erds::registration::{REGISTRATION_VERSION, RegistrationStatement};
use sealpost_erds::{Address, Digest, Domain, Octets};
use sealpost_wire::api::{RegistrationAnswer, RegistrationChallenge, RegistrationRequest};
use sealpost_wire::invitation::Invitation;
use sealpost_wire::paths;

/// Why the provider should believe who asks.
pub enum Vouching<'a> {
    /// An invitation of the operator.
    Invitation(&'a Invitation),
    /// An identity that another provider certified, in a profile of the same person.
    Identity {
        /// The unlocked other profile.
        agent: &'a Agent,
        /// `host:port` of the new provider.
        endpoint: &'a str,
        /// The new provider's root, received on another way.
        root: &'a Certificate,
    },
}

impl Agent {
    /// Registers `address`. Repeated after an interruption it goes on with the same keys.
    pub fn register(
        profile: Profile,
        pin: &Pin,
        address: &Address,
        vouching: &Vouching<'_>,
    ) -> Result<Self, AgentError> {
        let keys = match Keystore::exists(&profile)? {
            true => Keystore::unlock(&profile, pin)?,
            false => Keystore::create(&profile, pin, &mut system_random())?,
        };
        let vault = Vault::open(&profile, keys.vault_key())?;
        if records::get::<Account>(&vault, ACCOUNT, "account")?.is_some() {
            return Err(PostError::AlreadyRegistered.into());
        }
        let account = runtime()?.block_on(ask(&keys, &vault, address, vouching))?;
        let octets = records::write(&account)?;
        vault.commit(|tx| {
            tx.put(ACCOUNT, "account", &octets)?;
            tx.delete(ASKED, "asked")?;
            Ok::<(), AgentError>(())
        })?;
        let agent = Self::assemble(profile, keys, vault, account)?;
        // The account is there, whatever is wrong with the update: the next command says it.
        let _ = agent.wait(agent.renew_policy());
        Ok(agent)
    }
}

async fn ask(
    keys: &Unlocked,
    vault: &Vault,
    address: &Address,
    vouching: &Vouching<'_>,
) -> Result<Account, AgentError> {
    let domain = address.domain();
    let (endpoint, root) = match vouching {
        Vouching::Invitation(invitation) => {
            if invitation.address != *address {
                return Err(PostError::NotPossible("invitation-for-another-address").into());
            }
            (invitation.endpoint.as_str(), fetch_root(invitation, &domain).await?)
        }
        Vouching::Identity { endpoint, root, .. } => (*endpoint, (*root).clone()),
    };
    let client = Client::pinned(endpoint, &domain, &root, None)?;
    let asked = asked(keys, vault, address)?;
    let answer = match vouching {
        Vouching::Invitation(invitation) => {
            let token = Some(invitation.token.clone());
            hand_in(&client, address, &asked, token, None).await?
        }
        Vouching::Identity { agent, .. } => {
            by_identity(agent, &client, vault, address, asked).await?
        }
    };
    let list = client.get(paths::REVOCATION_LIST).await?;
    let list =
        Crl::from_der(&list).map_err(|_| PostError::Nonsense { expected: "revocation list" })?;
    certify::are_ours(keys.present_keys(), &answer, address, &root, &list)?;
    Ok(Account {
        address: address.clone(),
        name: answer.name,
        assurance: answer.assurance,
        endpoint: endpoint.to_owned(),
        root: Octets(root.der().to_vec()),
        signature: answer.signature_certificate,
        authentication: answer.authentication_certificate,
        encryption: answer.encryption_certificate,
        hybrid: answer.hybrid,
        static_dh: answer.static_dh_certificate,
        former: Vec::new(),
        unconfirmed: false,
    })
}

/// The certificate requests, made once and stored before they are sent: if the answer is lost, the
/// same octets get the same certificates. [AGT-020]
fn asked(keys: &Unlocked, vault: &Vault, address: &Address) -> Result<Asked, AgentError> {
    let earlier = records::get::<Asked>(vault, ASKED, "asked")?;
    // The statement about the key that cannot sign names the address.
    if let Some(asked) = earlier.filter(|asked| asked.is_for(address)) {
        return Ok(asked);
    }
    let Requests { signature, authentication, encryption, hybrid, static_dh } =
        certify::requests(keys.present_keys(), address)?;
    let of = Some(address.clone());
    let asked = Asked {
        signature,
        authentication,
        encryption,
        hybrid,
        static_dh,
        address: of,
        identity: None,
    };
    records::put(vault, ASKED, "asked", &asked)?;
    Ok(asked)
}

async fn hand_in(
    client: &Client,
    address: &Address,
    asked: &Asked,
    invitation: Option<String>,
    identity: Option<Octets>,
) -> Result<RegistrationAnswer, AgentError> {
    let question = RegistrationRequest {
        address: address.clone(),
        invitation,
        identity,
        signature_request: asked.signature.clone(),
        authentication_request: asked.authentication.clone(),
        encryption_request: asked.encryption.clone(),
        hybrid: asked.hybrid.clone(),
        static_dh_request: asked.static_dh.clone(),
    };
    client.post_json(paths::REGISTRATIONS, &question).await
}

/// Registers by certified identity. A statement whose answer was lost is sent again first; one that
/// no longer counts is made anew.
async fn by_identity(
    agent: &Agent,
    client: &Client,
    vault: &Vault,
    address: &Address,
    mut asked: Asked,
) -> Result<RegistrationAnswer, AgentError> {
    if let Some((of, statement)) = asked.identity.clone()
        && of == *address
    {
        match hand_in(client, address, &asked, None, Some(statement)).await {
            Err(AgentError::Post(PostError::Refused { status: 400..=499, .. })) => {}
            other => return other,
        }
    }
    let statement = identify(agent, client, address, asked.digest()).await?;
    asked.identity = Some((address.clone(), statement.clone()));
    records::put(vault, ASKED, "asked", &asked)?;
    hand_in(client, address, &asked, None, Some(statement)).await
}

/// Fetches the root that the invitation names.
async fn fetch_root(invitation: &Invitation, domain: &Domain) -> Result<Certificate, AgentError> {
    let client = Client::dangerously_unverified(&invitation.endpoint, domain)?;
    let pem = client.get(paths::ROOT).await?;
    let nonsense = || PostError::Nonsense { expected: "root certificate" };
    let pem = String::from_utf8(pem).map_err(|_| nonsense())?;
    the_invited_root(&pem, invitation)
}

/// Holds a root against the fingerprint in the invitation (row B15). [AGT-001]
fn the_invited_root(pem: &str, invitation: &Invitation) -> Result<Certificate, AgentError> {
    let root = Certificate::from_pem(pem)
        .map_err(|_| PostError::Nonsense { expected: "root certificate" })?;
    if root.sha256() != *invitation.root_sha256.as_array() {
        return Err(PostError::NotTrusted { code: "root-not-the-one-invited-to" }.into());
    }
    Ok(root)
}

/// A fresh statement, signed with the identity that another provider certified.
async fn identify(
    agent: &Agent,
    client: &Client,
    address: &Address,
    requests_sha256: Digest,
) -> Result<Octets, AgentError> {
    let challenge: RegistrationChallenge = read(&client.get(paths::REGISTRATION_CHALLENGE).await?)?;
    let statement = RegistrationStatement {
        version: REGISTRATION_VERSION.to_owned(),
        provider: address.domain(),
        address: address.clone(),
        challenge: challenge.challenge,
        requests_sha256,
        signed_at: claimed_now(),
    };
    let content = statement.to_json();
    let signer = &agent.certificates.signature;
    let request = request_signature(ContentRef::of(&content), None, signer, claimed_now(), &[]);
    let answer = agent.sign(&request);
    let signature = request.answered(answer).map_err(|_| PostError::Archive)?;
    let list = agent.client.get(paths::REVOCATION_LIST).await?;
    let crl =
        Crl::from_der(&list).map_err(|_| PostError::Nonsense { expected: "revocation list" })?;
    Ok(Octets(signature.attached(&content, std::slice::from_ref(signer), &[crl])))
}

#[cfg(test)]
mod tests;
