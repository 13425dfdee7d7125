//! Writing recipient infos of all kinds, side by side.

use super::{ORI, PWRI, WHAT, agreement, kem, password, shared, transport};
use crate::CryptoRng;
use crate::certificate::{Certificate, KeyPurpose};
use crate::enveloped::{ContentKey, KeyEncryptionKey, Password, SealError};
use crate::limits;
use crate::policy::KeyKind;
use crate::tlv::{self, Reader, Writer};

/// Who can open what is sealed.
#[derive(Clone, Copy)]
pub enum RecipientSlot<'a> {
    /// The holder of the key in this certificate, which must be for [`KeyPurpose::Encryption`]. The
    /// kind of the key decides how: agreement, RSA-OAEP or encapsulation. Whether the certificate
    /// and its kind of key count today is for the caller to have verified.
    Certificate(&'a Certificate),
    /// Everybody who knows this key.
    KeyEncryption {
        /// The name under which they find it.
        id: &'a [u8],
        /// The key.
        kek: &'a KeyEncryptionKey,
    },
    /// Everybody who knows this password. Such a content is as safe as the password is long.
    Password(&'a Password),
}

/// All recipients of a message, as they are written.
pub(crate) struct RecipientInfos {
    /// A SET OF RecipientInfo.
    pub(crate) der: Vec<u8>,
    /// The version of an EnvelopedData that holds them (RFC 5652 §6.1).
    pub(crate) enveloped_version: u8,
}

/// Wraps the content key for all recipients.
pub(crate) fn recipient_infos(
    recipients: &[RecipientSlot<'_>],
    content_key: &ContentKey,
    rng: &mut dyn CryptoRng,
) -> Result<RecipientInfos, SealError> {
    // [CMS-132]
    if recipients.is_empty() {
        return Err(SealError::NoRecipient);
    }
    let passwords = recipients.iter().filter(|one| matches!(one, RecipientSlot::Password(_)));
    if recipients.len() > limits::RECIPIENTS_MAX
        || passwords.count() > limits::PASSWORD_RECIPIENTS_MAX
    {
        return Err(SealError::TooManyRecipients);
    }
    let holders: Vec<&Certificate> = recipients
        .iter()
        .filter_map(|one| match one {
            RecipientSlot::Certificate(certificate) => Some(*certificate),
            _ => None,
        })
        .collect();
    // How a recipient is named: by issuer and serial number, which every program reads, or, where
    // many names would be longer than all the rest, by subject key identifier (RFC 5652 §6.2.2).
    let by_key_identifier = holders.len() > NAMED_RECIPIENTS_MAX;
    let mut infos = certificate_infos(&holders, by_key_identifier, content_key, rng)?;
    for recipient in recipients {
        match recipient {
            RecipientSlot::Certificate(_) => {}
            RecipientSlot::KeyEncryption { id, kek } => {
                infos.push(shared::write(id, kek, content_key));
            }
            RecipientSlot::Password(password) => {
                infos.push(password::write(password, content_key, rng));
            }
        }
    }
    let enveloped_version = enveloped_version(&infos);
    let mut set = Writer::new();
    set.set_of(tlv::SET, infos);
    Ok(RecipientInfos { der: set.into_octets(), enveloped_version })
}

/// [CMS-135]
fn certificate_infos(
    holders: &[&Certificate],
    by_key_identifier: bool,
    content_key: &ContentKey,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<Vec<u8>>, SealError> {
    let kind_of = |holder: &Certificate| {
        let allowed = holder.allows(KeyPurpose::Encryption);
        holder.key_kind().filter(|_| allowed).ok_or(SealError::RecipientKey)
    };
    let kinds = holders.iter().map(|holder| kind_of(holder)).collect::<Result<Vec<_>, _>>()?;
    let mut infos = Vec::new();
    for curve in agreement::CURVES {
        let same = holders.iter().zip(&kinds).filter(|(_, kind)| **kind == curve);
        let same: Vec<&Certificate> = same.map(|(holder, _)| *holder).collect();
        if !same.is_empty() {
            infos.push(agreement::write(curve, &same, by_key_identifier, content_key, rng)?);
        }
    }
    for (holder, kind) in holders.iter().zip(kinds) {
        match kind {
            KeyKind::Rsa { .. } => {
                infos.push(transport::write(holder, by_key_identifier, content_key)?);
            }
            kind if kind.enciphers() => {
                infos.push(kem::write(holder, by_key_identifier, content_key, rng)?);
            }
            _ => {}
        }
    }
    Ok(infos)
}

/// RFC 5652 §6.1: 3 with a password or another type of recipient, 0 if all are RecipientInfos of
/// version 0, else 2. Ours have neither originatorInfo nor unprotectedAttrs.
fn enveloped_version(infos: &[Vec<u8>]) -> u8 {
    let has = |tags: &[u8]| infos.iter().any(|info| tags.contains(&info[0]));
    if has(&[PWRI, ORI]) {
        return 3;
    }
    let is_first_version = |info: &Vec<u8>| {
        let version =
            Reader::new(info).enter(tlv::SEQUENCE, WHAT).and_then(|mut it| it.small(WHAT));
        version == Ok(0)
    };
    if infos.iter().all(is_first_version) { 0 } else { 2 }
}

/// `key_tag` is `[0]` around an OCTET STRING in key agreement, and `[0]` instead of one elsewhere.
pub(super) fn write_rid(
    certificate: &Certificate,
    by_key_identifier: bool,
    key_tag: u8,
) -> Vec<u8> {
    match certificate.subject_key_identifier() {
        Some(id) if by_key_identifier && key_tag == tlv::context(0) => {
            tlv::nested(key_tag, |key| key.element(tlv::OCTET_STRING, id))
        }
        Some(id) if by_key_identifier => tlv::element(key_tag, id),
        _ => tlv::nested(tlv::SEQUENCE, |rid| {
            rid.raw(&certificate.issuer_der());
            rid.raw(&certificate.serial_der());
        }),
    }
}

/// Recipients of one message who are named by issuer and serial number. A letter to a household, a
/// board or both sides of a court case stays below.
const NAMED_RECIPIENTS_MAX: usize = 16;
