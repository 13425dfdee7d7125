//! Evidence on its way back: the receipt that a transition queues, by the path in the slip.

use sealpost_cms::hpke::RoutingKey;
use sealpost_erds::relay::RelayMetadata;
use sealpost_erds::slip::{RelaySlip, SlipBinding, SlipError};
use sealpost_erds::{Octets, limits as erds_limits};

use super::backoff;
use super::notary::SignedEvidence;
use crate::clock;
use crate::provider::Provider;
use crate::store::letters::OpenLetter;
use crate::store::receipts::NewReceipt;

/// Opens the slip of a letter that was taken. It stays in memory for one transition only.
pub fn open_slip(key: &RoutingKey, letter: &OpenLetter) -> Result<RelaySlip, SlipError> {
    let sealed = Octets(letter.slip.clone());
    RelaySlip::open(key, &SlipBinding::of_metadata(&letter.metadata), &sealed)
}

/// Evidence for the sender.
pub fn receipt(
    provider: &Provider,
    metadata: &RelayMetadata,
    slip: &RelaySlip,
    evidence: &SignedEvidence,
    attachment: Option<Vec<u8>>,
) -> NewReceipt {
    let now = clock::now_unix();
    NewReceipt {
        domain: metadata.sender_erds.clone(),
        dispatch_id: metadata.dispatch_id,
        reply_path: slip.reply_path.0.clone(),
        evidence: evidence.octets().to_vec(),
        attachment,
        now,
        give_up_at: now
            .saturating_add(backoff::seconds(provider.config.relay_receipts_give_up_after)),
    }
}

/// Whether a slip holds what the mode demands, and a reply path of the one size there is.
/// [SLP-001]
pub fn is_complete(slip: &RelaySlip, metadata: &RelayMetadata) -> bool {
    slip.release_share.is_some() == metadata.mode.needs_acceptance()
        && slip.reply_path.0.len() == erds_limits::SEALED_REPLY_PATH_OCTETS
}
