//! A provider's update of the algorithm policy from a file, for verifying offline.

use super::read_bounded;
use crate::errors::{AgentError, PostError};
use crate::session::now;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::path::TrustAnchors;
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::Verification;
use sealpost_erds::limits::POLICY_OCTETS_MAX;
use sealpost_erds::policy::{claimed_policy_update, verify_policy_update};
use std::path::Path;

/// The release's policy with what a provider has published, sealed under one of the anchors. One
/// that is out of date is refused: whoever asks for the stricter judgement gets the newest or none.
/// [AGT-034]
pub(super) fn read(file: &Path, anchors: &TrustAnchors) -> Result<AlgorithmPolicy, AgentError> {
    let failed = |error: std::io::Error| AgentError::from(PostError::File { kind: error.kind() });
    let unreadable = || PostError::NotPossible("policy-file-unreadable");
    let octets_max = POLICY_OCTETS_MAX as u64;
    let sealed = read_bounded(file, octets_max).map_err(failed)?.ok_or_else(unreadable)?;
    let domain = claimed_policy_update(&sealed).map_err(|_| unreadable())?.domain;
    let verification = Verification {
        anchors,
        certificates: &[],
        crls: &[],
        policy: AlgorithmPolicy::current(),
        now: now(),
        purpose: KeyPurpose::ElectronicSeal,
        require_time_stamp: false,
    };
    let verified = verify_policy_update(&sealed, &domain, &verification).passed();
    let not_verified = |shortfall| PostError::NotVerified { what: "policy update", shortfall };
    let update = verified.map_err(not_verified)?.into_parts().0;
    let replaces = update.replaces(None, now().unix());
    replaces.map_err(|refusal| PostError::Policy { code: refusal.code() })?;
    Ok(update.effective(AlgorithmPolicy::current()).map_err(|_| unreadable())?)
}
