//! Letters at the recipient's provider, from arrival (B.1, with C.1 or D.1) to their end.
//!
//! Every operation here takes the evidence of the state it writes; there is no other way to
//! change a letter's state.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sealpost_erds::delivery::{Awaiting, Consigned, Expired, HandedOver, Received, Refused};
use sealpost_erds::event::Event;
use sealpost_erds::relay::{PartDigest, RelayMetadata};
use sealpost_erds::{Digest, DispatchId, Domain};
use sealpost_wire::api::{LetterState, Taken};

use super::evidence::{self, Owner};
use super::receipts::{self, NewReceipt};
use super::submissions::{taken, word};
use super::uploads::{self, Uploader};
use super::{Store, StoreError, Tx, sql_count};
use crate::blobs::{BlobDigest, Blobs, StagedBlob};
use crate::limits;
use crate::observe;
use crate::service::notary::{Issued, SignedEvidence};

/// What a dispatch was answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredDispatch {
    /// Who sent it.
    pub origin: Domain,
    /// SHA-256 of its head.
    pub head_digest: Digest,
    /// Whether it was taken.
    pub outcome: Taken,
    /// B.1 or B.2.
    pub evidence: Vec<u8>,
}

/// Which dispatch.
#[derive(Debug, Clone)]
pub struct DispatchKey {
    /// Its identifier.
    pub dispatch_id: DispatchId,
    /// Who sent it.
    pub origin: Domain,
    /// What exactly.
    pub head_digest: Digest,
    /// Until when a repetition is recognised.
    pub purge_after: i64,
}

/// A letter on arrival: in the mailbox at once, or waiting for a decision.
pub enum Arrived {
    /// Basic mode.
    Consigned(Consigned),
    /// The consent modes.
    Awaiting(Awaiting),
}

impl Arrived {
    fn metadata(&self) -> &RelayMetadata {
        match self {
            Self::Consigned(letter) => letter.metadata(),
            Self::Awaiting(letter) => letter.metadata(),
        }
    }

    const fn state(&self) -> LetterState {
        match self {
            Self::Consigned(_) => LetterState::Consigned,
            Self::Awaiting(_) => LetterState::Awaiting,
        }
    }
}

/// A letter that this provider takes over, whole.
pub struct Arrival {
    /// Which dispatch brought it.
    pub key: DispatchKey,
    /// Into whose mailbox.
    pub account: i64,
    /// B.1.
    pub received: Issued<Received>,
    /// What follows at once, with C.1 or D.1.
    pub arrived: Issued<Arrived>,
    /// As sealed as it came.
    pub slip: Vec<u8>,
    /// A.1, as the sender's provider issued it.
    pub submission_evidence: Vec<u8>,
    /// Name and ciphertext.
    pub parts: Vec<(PartName, StagedBlob)>,
    /// What its provider has sent before, or with a letter to somebody else.
    pub objects: Vec<PartDigest>,
    /// C.1 or D.1 on its way back.
    pub receipt: NewReceipt,
}

/// The ciphertexts of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartName {
    /// The notice, or the whole letter in basic mode.
    Enveloped,
    /// The locked body.
    Body,
}

impl PartName {
    const fn word(self) -> &'static str {
        match self {
            Self::Enveloped => "enveloped",
            Self::Body => "body",
        }
    }
}

/// A letter as it lies in the database.
pub struct LetterRow {
    /// The row.
    pub id: i64,
    /// Where it stands.
    pub state: LetterState,
    /// The sealed slip, the metadata and A.1: as long as the letter has not ended.
    pub open: Option<OpenLetter>,
    /// The recipient's decision.
    pub decision_digest: Option<Digest>,
}

/// A place in the order in which letters expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overdue {
    /// Unix seconds.
    pub deadline: i64,
    /// The row.
    pub id: i64,
}

impl Overdue {
    /// Before all others.
    pub const FIRST: Self = Self { deadline: i64::MIN, id: i64::MIN };
}

/// What is kept of a letter until it ends.
pub struct OpenLetter {
    /// What it is.
    pub metadata: RelayMetadata,
    /// As sealed as it came.
    pub slip: Vec<u8>,
    /// A.1.
    pub submission_evidence: Vec<u8>,
}

/// What became of a transition.
#[derive(Debug, PartialEq, Eq)]
pub enum Written {
    /// It happened.
    Now,
    /// The letter no longer stands where the transition begins; nothing was written.
    TooLate,
}

/// What became of a dispatch.
#[derive(Debug, PartialEq, Eq)]
pub enum DispatchRecord {
    /// It is recorded.
    New,
    /// It was answered before; nothing was recorded now.
    Before(AnsweredDispatch),
    /// An object is not here, or not this provider's; nothing was recorded.
    ObjectsMissing,
}

/// How a finished letter is wound up.
pub struct Ending {
    /// Deletes the ciphertext.
    pub blobs: Blobs,
    /// Until when a repeated request gets the same answer.
    pub purge_after: i64,
    /// The evidence on its way back, unless the sender is not to know.
    pub receipt: Option<NewReceipt>,
}

impl Store {
    /// What a dispatch was answered with, if it was.
    pub async fn answered_dispatch(
        &self,
        dispatch_id: DispatchId,
    ) -> Result<Option<AnsweredDispatch>, StoreError> {
        self.read(move |connection| answered(connection, dispatch_id)).await
    }

    /// B.1 with D.1 or C.1: letter, ciphertext, evidence, receipt and answer together.
    pub async fn take_over(&self, arrival: Arrival) -> Result<DispatchRecord, StoreError> {
        self.write("relay-in", move |tx| {
            if let Some(before) = answered(tx, arrival.key.dispatch_id)? {
                return Ok(DispatchRecord::Before(before));
            }
            let uploader = Uploader::Provider(arrival.key.origin.clone());
            if !uploads::are_here(tx, &uploader, &arrival.objects)? {
                return Ok(DispatchRecord::ObjectsMissing);
            }
            insert_answer(tx, &arrival.key, Taken::Accepted, arrival.received.evidence())?;
            let letter = insert_letter(tx, &arrival)?;
            evidence::put(
                tx,
                arrival.account,
                arrival.arrived.evidence(),
                None,
                Owner::Letter(letter),
            )?;
            for (name, blob) in arrival.parts {
                let digest = *blob.digest();
                blob.record(tx)?;
                tx.prepare_cached(
                    "INSERT INTO letter_part (letter, name, digest) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![letter, name.word(), digest])?;
            }
            insert_objects(tx, letter, &arrival.objects)?;
            uploads::claim(tx, &uploader, &arrival.objects)?;
            receipts::queue(tx, &arrival.receipt)?;
            Ok(DispatchRecord::New)
        })
        .await
    }

    /// B.2: what was answered, and nothing of the letter.
    pub async fn turn_away(
        &self,
        key: DispatchKey,
        rejection: Issued<()>,
    ) -> Result<DispatchRecord, StoreError> {
        self.write("relay-in", move |tx| {
            if let Some(before) = answered(tx, key.dispatch_id)? {
                return Ok(DispatchRecord::Before(before));
            }
            insert_answer(tx, &key, Taken::Rejected, rejection.evidence())?;
            Ok(DispatchRecord::New)
        })
        .await
    }

    /// A letter of an account.
    pub async fn letter(
        &self,
        account: i64,
        dispatch_id: DispatchId,
    ) -> Result<Option<LetterRow>, StoreError> {
        self.read(move |connection| {
            let row = connection
                .prepare_cached(
                    "SELECT id, state, metadata, slip, submission_evidence, decision_digest
                     FROM letter WHERE dispatch_id = ?1 AND account = ?2",
                )?
                .query_row(params![dispatch_id.as_array(), account], raw)
                .optional()?;
            row.map(RawLetter::read).transpose()
        })
        .await
    }

    /// The letters of an account that wait or can be fetched: first those that can be fetched. As
    /// many as fit; the others follow when these have reached their end.
    pub async fn open_letters(&self, account: i64) -> Result<Vec<LetterRow>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, state, metadata, slip, submission_evidence, decision_digest FROM letter
                 WHERE account = ?1 AND state IN ('awaiting', 'consigned')
                 ORDER BY state DESC, id LIMIT ?2",
            )?;
            let mut rows =
                statement.query(params![account, sql_count(limits::MAILBOX_LETTERS_MAX)])?;
            let (mut letters, mut octets) = (Vec::new(), 0);
            while let Some(row) = rows.next()? {
                let letter = raw(row)?;
                octets += letter.octets();
                if octets > limits::MAILBOX_LETTERS_OCTETS_MAX && !letters.is_empty() {
                    break;
                }
                match letter.read() {
                    Ok(letter) => letters.push(letter),
                    // The others can still be fetched and decided on.
                    Err(error) => observe::error("letter-unreadable").reason(error.code()).write(),
                }
            }
            Ok(letters)
        })
        .await
    }

    /// The digest of a letter's ciphertext.
    pub async fn letter_part(
        &self,
        account: i64,
        dispatch_id: DispatchId,
        name: PartName,
    ) -> Result<Option<BlobDigest>, StoreError> {
        self.read(move |connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT digest FROM letter_part JOIN letter ON letter.id = letter_part.letter
                     WHERE dispatch_id = ?1 AND account = ?2 AND name = ?3",
                )?
                .query_row(params![dispatch_id.as_array(), account, name.word()], |row| row.get(0))
                .optional()?)
        })
        .await
    }

    /// The evidence that answered a request about a letter.
    pub async fn letter_evidence(
        &self,
        letter: i64,
        events: &'static [Event],
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        self.read(move |connection| evidence::of_letter(connection, letter, events)).await
    }

    /// C.3 and D.1, which follow from one act and so stand in one transaction.
    pub async fn accept_letter(
        &self,
        account: i64,
        letter: i64,
        decision: Digest,
        accepted: SignedEvidence,
        consigned: Issued<Consigned>,
        receipts: [NewReceipt; 2],
    ) -> Result<Written, StoreError> {
        self.write("acceptance", move |tx| {
            let changed = tx
                .prepare_cached(
                    "UPDATE letter SET state = 'consigned', deadline = NULL, decision_digest = ?2
                     WHERE id = ?1 AND state = 'awaiting'",
                )?
                .execute(params![letter, decision.as_array()])?;
            if changed == 0 {
                return Ok(Written::TooLate);
            }
            for evidence in [&accepted, consigned.evidence()] {
                evidence::put(tx, account, evidence, None, Owner::Letter(letter))?;
            }
            for receipt in &receipts {
                receipts::queue(tx, receipt)?;
            }
            Ok(Written::Now)
        })
        .await
    }

    /// C.4: the letter is gone at once.
    pub async fn refuse_letter(
        &self,
        account: i64,
        letter: i64,
        decision: Digest,
        refused: Issued<Refused>,
        ending: Ending,
    ) -> Result<Written, StoreError> {
        let end = End {
            state: LetterState::Refused,
            from: LetterState::Awaiting,
            decision: Some(decision),
        };
        self.end("refusal", Some(account), letter, end, refused.into_parts().1, ending).await
    }

    /// C.5: the letter is gone at once.
    pub async fn expire_letter(
        &self,
        letter: i64,
        expired: Issued<Expired>,
        ending: Ending,
    ) -> Result<Written, StoreError> {
        let end = End { state: LetterState::Expired, from: LetterState::Awaiting, decision: None };
        self.end("expiry", None, letter, end, expired.into_parts().1, ending).await
    }

    /// E.1: the letter is with the recipient and no longer here.
    pub async fn hand_over_letter(
        &self,
        account: i64,
        letter: i64,
        handed_over: Issued<HandedOver>,
        ending: Ending,
    ) -> Result<Written, StoreError> {
        let end =
            End { state: LetterState::HandedOver, from: LetterState::Consigned, decision: None };
        self.end("handover", Some(account), letter, end, handed_over.into_parts().1, ending).await
    }

    /// Letters whose deadline was before `deadline_before`, and that come after `after`, in the
    /// order of their deadlines.
    pub async fn overdue_letters(
        &self,
        deadline_before: i64,
        after: Overdue,
        count_max: usize,
    ) -> Result<Vec<(Overdue, Result<LetterRow, StoreError>)>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, state, metadata, slip, submission_evidence, decision_digest, deadline
                 FROM letter WHERE deadline < ?1 AND (deadline, id) > (?2, ?3)
                 ORDER BY deadline, id LIMIT ?4",
            )?;
            let found = params![deadline_before, after.deadline, after.id, sql_count(count_max)];
            let rows = statement
                .query_map(found, |row| {
                    let place = Overdue { deadline: row.get(6)?, id: row.get(0)? };
                    Ok((place, raw(row)?))
                })?
                .collect::<Result<Vec<_>, _>>()?;
            // One damaged row does not hide the others.
            Ok(rows.into_iter().map(|(place, raw)| (place, raw.read())).collect())
        })
        .await
    }

    async fn end(
        &self,
        transition: &'static str,
        account: Option<i64>,
        letter: i64,
        end: End,
        evidence: SignedEvidence,
        ending: Ending,
    ) -> Result<Written, StoreError> {
        self.write(transition, move |tx| {
            let changed = tx
                .prepare_cached(
                    "UPDATE letter
                     SET state = ?2, purge_after = ?3, decision_digest = coalesce(?4, decision_digest),
                         deadline = NULL, metadata = NULL, slip = NULL, submission_evidence = NULL
                     WHERE id = ?1 AND state = ?5",
                )?
                .execute(params![
                    letter,
                    state_word(end.state),
                    ending.purge_after,
                    end.decision.as_ref().map(|digest| digest.as_array()),
                    state_word(end.from),
                ])?;
            if changed == 0 {
                return Ok(Written::TooLate);
            }
            let account = match account {
                Some(account) => account,
                None => tx
                    .prepare_cached("SELECT account FROM letter WHERE id = ?1")?
                    .query_row([letter], |row| row.get(0))?,
            };
            evidence::put(tx, account, &evidence, None, Owner::Letter(letter))?;
            if let Some(receipt) = &ending.receipt {
                receipts::queue(tx, receipt)?;
            }
            delete_parts(tx, &ending.blobs, letter)?;
            Ok(Written::Now)
        })
        .await
    }
}

/// From where to where a letter ends.
struct End {
    state: LetterState,
    from: LetterState,
    decision: Option<Digest>,
}

fn insert_answer(
    tx: &Tx<'_>,
    key: &DispatchKey,
    outcome: Taken,
    evidence: &SignedEvidence,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO dispatch_in (dispatch_id, origin_domain, head_digest, outcome, evidence, purge_after)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        key.dispatch_id.as_array(),
        key.origin.as_str(),
        key.head_digest.as_array(),
        word(outcome),
        evidence.octets(),
        key.purge_after,
    ])?;
    Ok(())
}

fn insert_letter(tx: &Tx<'_>, arrival: &Arrival) -> Result<i64, StoreError> {
    let arrived = arrival.arrived.next();
    let metadata = arrived.metadata();
    let deadline = match arrived {
        Arrived::Awaiting(_) => metadata.deadline.map(|deadline| deadline.unix()),
        Arrived::Consigned(_) => None,
    };
    tx.prepare_cached(
        "INSERT INTO letter (dispatch_id, account, state, metadata, slip, submission_evidence, deadline)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        metadata.dispatch_id.as_array(),
        arrival.account,
        state_word(arrived.state()),
        metadata.to_json(),
        arrival.slip,
        arrival.submission_evidence,
        deadline,
    ])?;
    Ok(tx.last_insert_rowid())
}

fn insert_objects(tx: &Tx<'_>, letter: i64, objects: &[PartDigest]) -> Result<(), StoreError> {
    for (ordinal, object) in (0_i64..).zip(objects) {
        if !Blobs::retain(tx, object.sha256.as_array())? {
            return Err(StoreError::Unexpected);
        }
        tx.prepare_cached(
            "INSERT INTO letter_object (letter, ordinal, digest) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![letter, ordinal, object.sha256.as_array()])?;
    }
    Ok(())
}

fn delete_parts(tx: &Tx<'_>, blobs: &Blobs, letter: i64) -> Result<(), StoreError> {
    let parts: Vec<BlobDigest> = tx
        .prepare_cached(
            "SELECT digest FROM letter_part WHERE letter = ?1
             UNION ALL SELECT digest FROM letter_object WHERE letter = ?1",
        )?
        .query_map([letter], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    tx.prepare_cached("DELETE FROM letter_part WHERE letter = ?1")?.execute([letter])?;
    tx.prepare_cached("DELETE FROM letter_object WHERE letter = ?1")?.execute([letter])?;
    for digest in parts {
        blobs.release(tx, &digest)?;
    }
    Ok(())
}

fn answered(
    connection: &Connection,
    dispatch_id: DispatchId,
) -> Result<Option<AnsweredDispatch>, StoreError> {
    let row: Option<(String, [u8; 32], String, Vec<u8>)> = connection
        .prepare_cached(
            "SELECT origin_domain, head_digest, outcome, evidence FROM dispatch_in
             WHERE dispatch_id = ?1",
        )?
        .query_row([dispatch_id.as_array()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    row.map(|(origin, head_digest, outcome, evidence)| {
        Ok(AnsweredDispatch {
            origin: Domain::parse(&origin).map_err(|_| StoreError::Unexpected)?,
            head_digest: Digest::from_array(head_digest),
            outcome: taken(&outcome),
            evidence,
        })
    })
    .transpose()
}

/// The row before its octets are read as anything.
struct RawLetter {
    id: i64,
    state: String,
    metadata: Option<Vec<u8>>,
    slip: Option<Vec<u8>>,
    submission_evidence: Option<Vec<u8>>,
    decision_digest: Option<[u8; 32]>,
}

fn raw(row: &Row<'_>) -> rusqlite::Result<RawLetter> {
    Ok(RawLetter {
        id: row.get(0)?,
        state: row.get(1)?,
        metadata: row.get(2)?,
        slip: row.get(3)?,
        submission_evidence: row.get(4)?,
        decision_digest: row.get(5)?,
    })
}

impl RawLetter {
    fn octets(&self) -> usize {
        let blobs = [&self.metadata, &self.slip, &self.submission_evidence];
        blobs.into_iter().flatten().map(Vec::len).sum()
    }

    /// We wrote it: what does not read is a damaged database.
    fn read(self) -> Result<LetterRow, StoreError> {
        let state = STATES.iter().find(|(_, word)| *word == self.state);
        let open = match (self.metadata, self.slip, self.submission_evidence) {
            (Some(metadata), Some(slip), Some(submission_evidence)) => Some(OpenLetter {
                metadata: RelayMetadata::from_json(&metadata)
                    .map_err(|_| StoreError::Unexpected)?,
                slip,
                submission_evidence,
            }),
            _ => None,
        };
        Ok(LetterRow {
            id: self.id,
            state: state.ok_or(StoreError::Unexpected)?.0,
            open,
            decision_digest: self.decision_digest.map(Digest::from_array),
        })
    }
}

/// The word in the database, which is that of the API.
fn state_word(state: LetterState) -> &'static str {
    STATES.iter().find(|(known, _)| *known == state).map_or("", |(_, word)| word)
}

const STATES: [(LetterState, &str); 5] = [
    (LetterState::Awaiting, "awaiting"),
    (LetterState::Consigned, "consigned"),
    (LetterState::HandedOver, "handed-over"),
    (LetterState::Refused, "refused"),
    (LetterState::Expired, "expired"),
];
