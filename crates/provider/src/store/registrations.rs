//! Opening a mailbox: from an invitation or a challenge to an account with certificates.

use rusqlite::{Connection, OptionalExtension, params};
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::{Address, Digest};

use super::accounts::{AccountRow, account_of};
use super::{Store, StoreError, Tx};
use crate::limits;

/// What a certificate in the database is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signs in the person's name.
    Signature,
    /// Authenticates the person.
    Authentication,
    /// Letters are encrypted for it.
    Encryption,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Authentication => "authentication",
            Self::Encryption => "encryption",
        }
    }
}

/// An invitation as it was recorded.
#[derive(Clone)]
pub struct InvitationRow {
    /// The mailbox.
    pub address: String,
    /// The person, as it will stand in the certificates.
    pub name: String,
    /// Whom the person belongs to.
    pub organisation: Option<String>,
    /// How surely the operator identified the person.
    pub assurance: Assurance,
    /// Unix seconds.
    pub expires_at: i64,
}

/// A proof that was used before.
#[derive(Clone)]
pub struct UsedProof {
    /// SHA-256 over the requests it was used with.
    pub requests_hash: Digest,
    /// What it opened.
    pub account: RegisteredAccount,
}

/// An account with all its certificates that count (DER).
#[derive(Clone)]
pub struct RegisteredAccount {
    /// The mailbox.
    pub address: Address,
    /// The owner.
    pub name: String,
    /// How surely the owner was identified.
    pub assurance: Assurance,
    /// Neither revoked nor expired.
    pub certificates: Vec<Vec<u8>>,
}

/// What the database says about a proof.
#[derive(Clone)]
pub enum ProofStanding {
    /// Nothing.
    Unknown,
    /// An invitation that waits, or has expired.
    Invited(InvitationRow),
    /// It was used.
    Used(UsedProof),
}

/// Why the applicant is believed, as far as the database has to know.
#[derive(Clone, Copy)]
pub enum ProofKind {
    /// The token of an invitation, which goes with it.
    Invitation,
    /// A challenge that a certified identity has signed.
    Identity,
}

/// A certificate to record.
#[derive(Clone)]
pub struct NewCertificate {
    /// Its serial number.
    pub serial: Vec<u8>,
    /// What it is for.
    pub purpose: Purpose,
    /// The certificate.
    pub der: Vec<u8>,
    /// Unix seconds.
    pub not_after: i64,
}

/// Who registered with which keys, as one digest.
#[derive(Clone, Copy)]
pub struct Repetition {
    /// SHA-256.
    pub hash: [u8; 32],
    /// How long it is known.
    pub forget_after: i64,
}

/// An account to open, or to give new certificates to.
#[derive(Clone)]
pub struct NewRegistration {
    /// SHA-256 of token or challenge.
    pub proof_hash: [u8; 32],
    /// Which of the two.
    pub kind: ProofKind,
    /// SHA-256 over the requests.
    pub requests_hash: Digest,
    /// How long a repetition is recognised; longer than the proof itself is good for.
    pub forget_after: i64,
    /// What else a repetition is recognised by, after the proof has ended.
    pub repetition: Option<Repetition>,
    /// The mailbox.
    pub address: Address,
    /// The owner.
    pub name: String,
    /// Whom the owner belongs to.
    pub organisation: Option<String>,
    /// How surely the owner was identified.
    pub assurance: Assurance,
    /// For each purpose one or more.
    pub certificates: Vec<NewCertificate>,
    /// Unix seconds.
    pub now: i64,
}

/// What became of it. Everything but `New` has recorded nothing.
pub enum RegistrationRecord {
    /// It is recorded.
    New,
    /// The proof was used, perhaps a moment ago.
    Used(UsedProof),
    /// The invitation is gone.
    NotInvited,
    /// Somebody has the address.
    AddressTaken,
}

/// Who calls, by the certificate it shows.
pub struct CallerRow {
    /// The mailbox.
    pub account: AccountRow,
    /// The certificate was revoked.
    pub is_revoked: bool,
}

impl Store {
    /// What is known of the SHA-256 of a token or challenge.
    pub async fn proof(&self, proof_hash: [u8; 32], now: i64) -> Result<ProofStanding, StoreError> {
        self.read(move |connection| {
            if let Some(used) = used_proof(connection, &proof_hash, now)? {
                return Ok(ProofStanding::Used(used));
            }
            Ok(invitation(connection, &proof_hash)?
                .map_or(ProofStanding::Unknown, ProofStanding::Invited))
        })
        .await
    }

    /// Whether somebody can use this address: an account, closed or not, that has a certificate
    /// that counts. An account whose owner lost his keys is free for a new invitation once its
    /// certificates are revoked.
    pub async fn is_address_in_use(&self, address: Address, now: i64) -> Result<bool, StoreError> {
        self.read(move |connection| is_in_use(connection, &address, now)).await
    }

    /// Opens the account, or gives it new certificates, in one transaction.
    pub async fn register(&self, new: NewRegistration) -> Result<RegistrationRecord, StoreError> {
        self.write("registration", move |tx| {
            if let Some(used) = used_proof(tx, &new.proof_hash, new.now)? {
                return Ok(RegistrationRecord::Used(used));
            }
            let existing = account_of(tx, &new.address)?;
            let taken = match new.kind {
                ProofKind::Invitation => is_in_use(tx, &new.address, new.now)?,
                // [REG-013] The operator's word about whose address it is goes first.
                ProofKind::Identity => {
                    existing.is_some() || is_promised(tx, &new.address, new.now)?
                }
            };
            if taken {
                return Ok(RegistrationRecord::AddressTaken);
            }
            if matches!(new.kind, ProofKind::Invitation) && !use_invitation(tx, &new)? {
                return Ok(RegistrationRecord::NotInvited);
            }
            let account = match existing {
                Some(account) => renew_account(tx, account.id, &new)?,
                None => insert_account(tx, &new)?,
            };
            for certificate in &new.certificates {
                insert_certificate(tx, account, certificate, false)?;
            }
            let repetition = new.repetition.map(|known| (known.hash, known.forget_after));
            for (hash, until) in [(new.proof_hash, new.forget_after)].into_iter().chain(repetition)
            {
                tx.execute(
                    "INSERT INTO registration (proof_hash, account, requests_hash, forget_after)
                     VALUES (?1, ?2, ?3, ?4)",
                    params![hash, account, new.requests_hash.as_array(), until],
                )?;
            }
            Ok(RegistrationRecord::New)
        })
        .await
    }

    /// The account that an authentication certificate belongs to.
    pub async fn caller(
        &self,
        certificate: Vec<u8>,
        address: Address,
    ) -> Result<Option<CallerRow>, StoreError> {
        self.read(move |connection| {
            let Some(account) = account_of(connection, &address)? else { return Ok(None) };
            // The whole certificate, not its number: nothing else was ever issued to this account.
            let is_revoked = connection
                .prepare_cached(
                    "SELECT revoked_at IS NOT NULL FROM certificate
                     WHERE account = ?1 AND purpose = 'authentication' AND der = ?2",
                )?
                .query_row(params![account.id, certificate], |row| row.get(0))
                .optional()?;
            Ok(is_revoked.map(|is_revoked| CallerRow { account, is_revoked }))
        })
        .await
    }

    /// Closes a mailbox; a new invitation that is taken up opens it again. `false` if there is none.
    pub async fn block_account(&self, address: Address, at: i64) -> Result<bool, StoreError> {
        self.write("block", move |tx| {
            let changed = tx.execute(
                "UPDATE account SET blocked_at = coalesce(blocked_at, ?2) WHERE address = ?1",
                params![address.as_str(), at],
            )?;
            Ok(changed == 1)
        })
        .await
    }

    /// Forgets used proofs and invitations that nobody took up. Returns how many went.
    pub async fn forget_proofs(&self, now: i64) -> Result<usize, StoreError> {
        let has_any = self
            .read(move |connection| {
                Ok::<bool, StoreError>(connection.query_row(
                    "SELECT EXISTS (SELECT 1 FROM registration WHERE forget_after < ?1)
                         OR EXISTS (SELECT 1 FROM invitation WHERE expires_at < ?2)",
                    params![now, now - limits::INVITATION_MEMORY_SECONDS],
                    |row| row.get(0),
                )?)
            })
            .await?;
        if !has_any {
            return Ok(0);
        }
        self.write("forget-proofs", move |tx| {
            let used = tx.execute("DELETE FROM registration WHERE forget_after < ?1", [now])?;
            let expired = tx.execute(
                "DELETE FROM invitation WHERE expires_at < ?1",
                [now - limits::INVITATION_MEMORY_SECONDS],
            )?;
            Ok(used + expired)
        })
        .await
    }
}

pub(super) fn used_proof(
    connection: &Connection,
    proof_hash: &[u8; 32],
    now: i64,
) -> Result<Option<UsedProof>, StoreError> {
    let row: Option<(i64, [u8; 32], String)> = connection
        .prepare_cached(
            "SELECT account.id, requests_hash, address
             FROM registration JOIN account ON account.id = registration.account
             WHERE proof_hash = ?1",
        )?
        .query_row([proof_hash], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((id, requests_hash, address)) = row else { return Ok(None) };
    // Only what was an address went in.
    let address = Address::parse(&address).map_err(|_| StoreError::Unexpected)?;
    let account = account_of(connection, &address)?.ok_or(StoreError::Unexpected)?;
    let mut statement = connection.prepare_cached(
        "SELECT der FROM certificate WHERE account = ?1 AND revoked_at IS NULL AND not_after > ?2",
    )?;
    let certificates =
        statement.query_map([id, now], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let account = RegisteredAccount {
        address,
        name: account.name,
        assurance: account.assurance,
        certificates,
    };
    Ok(Some(UsedProof { requests_hash: Digest::from_array(requests_hash), account }))
}

fn invitation(
    connection: &Connection,
    token_hash: &[u8; 32],
) -> Result<Option<InvitationRow>, StoreError> {
    let row: Option<(String, String, Option<String>, String, i64)> = connection
        .prepare_cached(
            "SELECT address, name, organisation, assurance, expires_at FROM invitation
             WHERE token_hash = ?1",
        )?
        .query_row([token_hash], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })
        .optional()?;
    row.map(|(address, name, organisation, assurance, expires_at)| {
        // The schema allows no other word.
        let assurance = Assurance::parse(&assurance).ok_or(StoreError::Unexpected)?;
        Ok(InvitationRow { address, name, organisation, assurance, expires_at })
    })
    .transpose()
}

fn is_in_use(connection: &Connection, address: &Address, now: i64) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (
                 SELECT 1 FROM certificate JOIN account ON account.id = certificate.account
                 WHERE address = ?1 AND revoked_at IS NULL AND not_after > ?2)",
        )?
        .query_row(params![address.as_str(), now], |row| row.get(0))?)
}

/// Whether an invitation for this address can still be taken up.
fn is_promised(tx: &Tx<'_>, address: &Address, now: i64) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM invitation WHERE address = ?1 AND expires_at >= ?2)",
        )?
        .query_row(params![address.as_str(), now], |row| row.get(0))?)
}

fn use_invitation(tx: &Tx<'_>, new: &NewRegistration) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "DELETE FROM invitation WHERE token_hash = ?1 AND address = ?2 AND expires_at >= ?3",
        params![new.proof_hash, new.address.as_str(), new.now],
    )?;
    Ok(changed == 1)
}

fn insert_account(tx: &Tx<'_>, new: &NewRegistration) -> Result<i64, StoreError> {
    tx.execute(
        "INSERT INTO account (address, name, organisation, assurance, created_day)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            new.address.as_str(),
            new.name,
            new.organisation,
            new.assurance.word(),
            new.now / SECONDS_OF_A_DAY
        ],
    )?;
    Ok(tx.last_insert_rowid())
}

fn renew_account(tx: &Tx<'_>, id: i64, new: &NewRegistration) -> Result<i64, StoreError> {
    tx.execute(
        "UPDATE account SET name = ?2, organisation = ?3, assurance = ?4, blocked_at = NULL
         WHERE id = ?1",
        params![id, new.name, new.organisation, new.assurance.word()],
    )?;
    Ok(id)
}

/// Records a certificate; a pending one is not in use yet.
pub(super) fn insert_certificate(
    tx: &Tx<'_>,
    account: i64,
    certificate: &NewCertificate,
    pending: bool,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO certificate (serial, account, purpose, der, not_after, pending)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        certificate.serial,
        account,
        certificate.purpose.word(),
        certificate.der,
        certificate.not_after,
        pending
    ])?;
    Ok(())
}

const SECONDS_OF_A_DAY: i64 = 24 * 3600;
