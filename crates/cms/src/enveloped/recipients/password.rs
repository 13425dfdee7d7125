//! Recipients who know a password (RFC 5652 §6.2.4, RFC 3211): PBKDF2 with HMAC-SHA256 (RFC 8018 §5.2)
//! makes the wrapping key.

use subtle::{Choice, ConstantTimeEq as _, ConstantTimeGreater as _, ConstantTimeLess as _};
use zeroize::Zeroizing;

use super::Slot;
use crate::CryptoRng;
use crate::attributes::{AES128_CBC, AES256_CBC, HMAC_SHA256, ObjectIdentifier, PBKDF2, PWRI_KEK};
use crate::cbc::{BLOCK_OCTETS, CbcDecryptor, CbcEncryptor};
use crate::decode::DecodeError;
use crate::enveloped::{ContentKey, Password};
use crate::gcm::AesKey;
use crate::kdf::pbkdf2_sha256;
use crate::limits;
use crate::tlv::{self, Reader, malformed};

/// How a password becomes a content key.
#[derive(Clone, Copy)]
pub(crate) struct PasswordSlot<'a> {
    salt: &'a [u8],
    iterations: u32,
    kek_octets: usize,
    iv: &'a [u8; BLOCK_OCTETS],
    wrapped: &'a [u8],
}

/// ```text
/// PasswordRecipientInfo ::= [3] SEQUENCE { version (0), keyDerivationAlgorithm [0] OPTIONAL,
///     keyEncryptionAlgorithm, encryptedKey OCTET STRING }
/// PBKDF2-params ::= SEQUENCE { salt OCTET STRING, iterationCount INTEGER, keyLength INTEGER OPTIONAL,
///     prf AlgorithmIdentifier DEFAULT hmacWithSHA1 }
/// ```
pub(super) fn write(
    password: &Password,
    content_key: &ContentKey,
    rng: &mut dyn CryptoRng,
) -> Vec<u8> {
    let mut salt = [0; SALT_OCTETS];
    let mut iv = [0; BLOCK_OCTETS];
    rng.fill_bytes(&mut salt);
    rng.fill_bytes(&mut iv);
    let iterations = limits::PASSWORD_ITERATIONS;
    let kek = pbkdf2_sha256(password.expose(), &salt, iterations);
    let wrapped = wrap(AesKey::Aes256(&kek), &iv, content_key, rng);
    tlv::nested(tlv::context(3), |info| {
        info.small(0);
        info.nest(tlv::context(0), |derivation| {
            derivation.oid(&PBKDF2);
            derivation.nest(tlv::SEQUENCE, |parameters| {
                parameters.element(tlv::OCTET_STRING, &salt);
                parameters.unsigned(&iterations.to_be_bytes());
                // keyLength is left out, since the cipher says it.
                parameters.nest(tlv::SEQUENCE, |prf| {
                    prf.oid(&HMAC_SHA256);
                    prf.element(tlv::NULL, &[]);
                });
            });
        });
        info.nest(tlv::SEQUENCE, |encryption| {
            encryption.oid(&PWRI_KEK);
            encryption.nest(tlv::SEQUENCE, |cipher| {
                cipher.oid(&AES256_CBC);
                cipher.element(tlv::OCTET_STRING, &iv);
            });
        });
        info.element(tlv::OCTET_STRING, &wrapped);
    })
}

pub(super) fn read(mut fields: Reader<'_>) -> Result<Slot<'_>, DecodeError> {
    if fields.small("PasswordRecipientInfo version")? != 0 {
        return Err(malformed("PasswordRecipientInfo version"));
    }
    let derivation = fields.optional(tlv::context(0), "keyDerivationAlgorithm")?;
    let encryption = fields.enter(tlv::SEQUENCE, "keyEncryptionAlgorithm")?;
    let wrapped = fields.value(tlv::OCTET_STRING, "encryptedKey")?;
    fields.finish("PasswordRecipientInfo")?;
    let ours = || {
        let (salt, iterations, length) = read_pbkdf2(Reader::new(derivation?.value))?;
        let (kek_octets, iv) = read_pwri_kek(encryption)?;
        // RFC 3211 §2.3.1: at least two blocks; no content key of ours needs more than three.
        let blocks = wrapped.len() / BLOCK_OCTETS;
        let fits = wrapped.len() % BLOCK_OCTETS == 0 && (2..=BLOCKS_MAX).contains(&blocks);
        let length = length.is_none_or(|length| length == [kek_octets as u8]);
        (fits && length).then_some(PasswordSlot { salt, iterations, kek_octets, iv, wrapped })
    };
    Ok(ours().map_or(Slot::Other, Slot::Password))
}

type Pbkdf2<'a> = (&'a [u8], u32, Option<&'a [u8]>);

fn read_pbkdf2(mut algorithm: Reader<'_>) -> Option<Pbkdf2<'_>> {
    if algorithm.oid(WHAT).ok()? != PBKDF2 {
        return None;
    }
    let mut parameters = algorithm.enter(tlv::SEQUENCE, WHAT).ok()?;
    let salt = parameters.value(tlv::OCTET_STRING, WHAT).ok()?;
    let iterations = parameters.integer(WHAT).ok()?;
    let length = match parameters.next_is(tlv::INTEGER) {
        true => Some(parameters.integer(WHAT).ok()?),
        false => None,
    };
    // Divergence: the DEFAULT is HMAC-SHA1, and nobody should rely on it any more.
    let mut prf = parameters.enter(tlv::SEQUENCE, WHAT).ok()?;
    let is_ours = prf.oid(WHAT).ok()? == HMAC_SHA256
        && prf.optional(tlv::NULL, WHAT).is_ok()
        && prf.is_empty();
    // A number that guesses too fast is refused as one that keeps us busy for minutes. [CMS-225]
    let iterations = read_number(iterations).filter(|it| {
        (limits::PASSWORD_ITERATIONS_MIN..=limits::PASSWORD_ITERATIONS_MAX).contains(it)
    })?;
    let bounded = salt.len() <= limits::PASSWORD_SALT_OCTETS_MAX;
    let complete = parameters.is_empty() && algorithm.is_empty();
    (is_ours && bounded && complete).then_some((salt, iterations, length))
}

fn read_number(octets: &[u8]) -> Option<u32> {
    let is_negative = octets.first().is_some_and(|first| first & 0x80 != 0);
    let digits = octets.strip_prefix(&[0]).unwrap_or(octets);
    (!is_negative && digits.len() <= 4)
        .then(|| digits.iter().fold(0, |sum, octet| sum << 8 | u32::from(*octet)))
}

fn read_pwri_kek(mut algorithm: Reader<'_>) -> Option<(usize, &[u8; BLOCK_OCTETS])> {
    if algorithm.oid(WHAT).ok()? != PWRI_KEK {
        return None;
    }
    let mut cipher = algorithm.enter(tlv::SEQUENCE, WHAT).ok()?;
    let oid: ObjectIdentifier = cipher.oid(WHAT).ok()?;
    let octets = match oid {
        AES128_CBC => 16,
        AES256_CBC => 32,
        _ => return None,
    };
    let iv = cipher.value(tlv::OCTET_STRING, WHAT).ok()?.try_into().ok()?;
    (cipher.is_empty() && algorithm.is_empty()).then_some((octets, iv))
}

impl PasswordSlot<'_> {
    /// The content key, if the password is the one. A wrong one is found by the check value in all
    /// but one of 2^24 cases, and by the content's tag in that.
    pub(super) fn unwrap(&self, password: &Password) -> Option<ContentKey> {
        let kek = pbkdf2_sha256(password.expose(), self.salt, self.iterations);
        let kek = AesKey::of(&kek[..self.kek_octets])?;
        let mut block = Zeroizing::new(self.wrapped.to_vec());
        // RFC 3211 §2.3.2: the last block of the outer layer decrypts with the one before it, and is
        // the vector that the outer layer began with.
        let last = block.len() - BLOCK_OCTETS;
        let before: [u8; BLOCK_OCTETS] = block[last - BLOCK_OCTETS..last].try_into().ok()?;
        let mut outer_iv: [u8; BLOCK_OCTETS] = block[last..].try_into().ok()?;
        CbcDecryptor::new(kek, &before).decrypt(&mut outer_iv);
        CbcDecryptor::new(kek, &outer_iv).decrypt(&mut block);
        CbcDecryptor::new(kek, self.iv).decrypt(&mut block);
        let (key, right) = unformatted(&block);
        bool::from(right).then(|| ContentKey::from_octets(key)).flatten()
    }
}

/// RFC 3211 §2.3.1: length, three check octets, the key, random padding; encrypted twice, so that
/// every octet depends on all others.
fn wrap(
    kek: AesKey<'_>,
    iv: &[u8; BLOCK_OCTETS],
    content_key: &ContentKey,
    rng: &mut dyn CryptoRng,
) -> Vec<u8> {
    let key = content_key.octets();
    let octets = (HEAD_OCTETS + key.len()).next_multiple_of(BLOCK_OCTETS);
    let mut block = vec![0; octets.max(2 * BLOCK_OCTETS)];
    rng.fill_bytes(&mut block);
    block[0] = key.len() as u8;
    for (check, octet) in block[1..HEAD_OCTETS].iter_mut().zip(key) {
        *check = !octet;
    }
    block[HEAD_OCTETS..HEAD_OCTETS + key.len()].copy_from_slice(key);
    let mut mode = CbcEncryptor::new(kek, iv);
    mode.encrypt(&mut block);
    mode.encrypt(&mut block);
    block
}

/// The key inside, and whether length and check octets are right, in one time for all blocks.
fn unformatted(block: &[u8]) -> (&[u8], Choice) {
    let room = block.len() - HEAD_OCTETS;
    let length = block[0];
    let fits = !length.ct_gt(&(room as u8)) & !length.ct_lt(&3);
    let checked = (1..HEAD_OCTETS).fold(Choice::from(1), |right, at| {
        right & (!block[at]).ct_eq(&block[HEAD_OCTETS - 1 + at])
    });
    let length = usize::from(length).min(room);
    (&block[HEAD_OCTETS..HEAD_OCTETS + length], fits & checked)
}

const WHAT: &str = "PasswordRecipientInfo";
/// SP 800-132 §5.1 asks for 16.
const SALT_OCTETS: usize = 16;
/// Length and check octets.
const HEAD_OCTETS: usize = 4;
/// Room for a key of 32 octets, its head and padding.
const BLOCKS_MAX: usize = 3;
