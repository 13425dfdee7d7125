//! The signed attribute that binds a letter to its recipients and lets evidence commit to it.
//!
//! ```text
//! id-sealpost-letter-binding OBJECT IDENTIFIER ::= { 2 25 1397048400 1 }
//! LetterBinding ::= SEQUENCE {
//!   letterId      OCTET STRING (SIZE (16)),
//!   recipientSalt OCTET STRING (SIZE (32)),
//!   recipients    SET (SIZE (1..256)) OF OCTET STRING (SIZE (32)),
//!                   -- SHA-256(recipientSalt || SubjectPublicKeyInfo of the encryption certificate)
//!   contentSalt   OCTET STRING (SIZE (32)),
//!   suite         UTF8String DEFAULT "smime-2019" }
//! ```
//!
//! - The recipients MUST be those that the letter is encrypted for: who forwards a signed letter
//!   under his own encryption cannot make it look as if it were addressed to the new reader.
//! - The suite MUST be the one that the letter is encrypted and signed by: of two signatures none can be
//!   cut off, and to no letter can one be added.
//! - Evidence carries SHA-256("sealpost/content-commitment/v1" || 0x00 || contentSalt ||
//!   SHA-256(content)): AES-GCM does not commit to its key, this does.

use crate::limits::RECIPIENTS_MAX;
use crate::suite::Suite;
use sealpost_cms::attributes::{Attribute, SEALPOST_LETTER_BINDING};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::kdf::sha256;
use sealpost_cms::signed::SignedContent;
use sealpost_cms::{CryptoRng, kdf};
use sealpost_erds::format::FormatError;
use sealpost_erds::{Digest, LetterId};
use std::collections::BTreeSet;

/// What the signer binds a content to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterBinding {
    letter_id: LetterId,
    recipient_salt: [u8; 32],
    recipients: BTreeSet<[u8; 32]>,
    content_salt: [u8; 32],
    suite: Suite,
}

impl LetterBinding {
    /// Binds `letter_id` to a suite and the keys of these certificates, with fresh salts.
    pub fn new<'c>(
        letter_id: LetterId,
        suite: Suite,
        certificates: impl IntoIterator<Item = &'c Certificate>,
        rng: &mut dyn CryptoRng,
    ) -> Self {
        let (mut recipient_salt, mut content_salt) = ([0; 32], [0; 32]);
        rng.fill_bytes(&mut recipient_salt);
        rng.fill_bytes(&mut content_salt);
        let recipients = certificates
            .into_iter()
            .map(|certificate| key_digest(&recipient_salt, certificate))
            .collect();
        Self { letter_id, recipient_salt, recipients, content_salt, suite }
    }

    /// The letter.
    pub const fn letter_id(&self) -> LetterId {
        self.letter_id
    }

    /// What the letter is encrypted and signed by.
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// The same for another suite, for tests that forge letters.
    #[cfg(test)]
    pub(crate) fn of_suite(self, suite: Suite) -> Self {
        Self { suite, ..self }
    }

    /// How many keys are bound.
    pub fn recipient_count(&self) -> usize {
        self.recipients.len()
    }

    /// Whether the key of this certificate is bound.
    pub fn binds(&self, certificate: &Certificate) -> bool {
        self.recipients.contains(&key_digest(&self.recipient_salt, certificate))
    }

    /// The commitment that evidence carries for a content with this SHA-256.
    pub fn commitment(&self, content_sha256: &[u8; 32]) -> Digest {
        let parts = [COMMITMENT_LABEL, &[0], &self.content_salt, content_sha256].concat();
        Digest::from_array(kdf::sha256(&parts))
    }

    /// The attribute to sign.
    pub fn to_attribute(&self) -> Attribute {
        Attribute { oid: SEALPOST_LETTER_BINDING, value_der: self.to_der() }
    }

    /// Reads the attribute of a signed content.
    pub fn of(content: &SignedContent) -> Result<Self, FormatError> {
        let value = content.signed_attribute(SEALPOST_LETTER_BINDING);
        Self::from_der(value.ok_or_else(|| FormatError::new(OBJECT, "the signature has none"))?)
    }

    /// Strict DER.
    pub fn to_der(&self) -> Vec<u8> {
        // X.690 §11.6: a SET OF is sorted; all members have one length, so sorting the values does.
        let recipients: Vec<u8> =
            self.recipients.iter().flat_map(|digest| element(OCTET_STRING, digest)).collect();
        let members = [
            element(OCTET_STRING, self.letter_id.as_array()),
            element(OCTET_STRING, &self.recipient_salt),
            element(SET, &recipients),
            element(OCTET_STRING, &self.content_salt),
            self.suite_der(),
        ];
        element(SEQUENCE, &members.concat())
    }

    /// X.690 §11.5: a default is not written.
    fn suite_der(&self) -> Vec<u8> {
        match self.suite {
            Suite::Smime2019 => Vec::new(),
            suite => element(UTF8_STRING, suite.id().as_bytes()),
        }
    }

    /// Reads strict DER: the one encoding of the value and nothing behind it. [LET-010]
    pub fn from_der(der: &[u8]) -> Result<Self, FormatError> {
        let malformed = || FormatError::new(OBJECT, "not its DER");
        let binding = Self::parse(der).ok_or_else(malformed)?;
        if !(1..=RECIPIENTS_MAX).contains(&binding.recipients.len()) {
            return Err(FormatError::new(OBJECT, "no recipient, or too many"));
        }
        if binding.to_der() == der { Ok(binding) } else { Err(malformed()) }
    }

    fn parse(der: &[u8]) -> Option<Self> {
        let mut outer = der;
        let mut members = take(&mut outer, SEQUENCE)?;
        let letter_id = take(&mut members, OCTET_STRING)?.try_into().ok()?;
        let recipient_salt = take(&mut members, OCTET_STRING)?.try_into().ok()?;
        let mut set = take(&mut members, SET)?;
        let mut recipients = BTreeSet::new();
        while !set.is_empty() {
            recipients.insert(take(&mut set, OCTET_STRING)?.try_into().ok()?);
        }
        let content_salt = take(&mut members, OCTET_STRING)?.try_into().ok()?;
        let suite = match members {
            [] => Suite::Smime2019,
            _ => Suite::parse(std::str::from_utf8(take(&mut members, UTF8_STRING)?).ok()?)?,
        };
        Some(Self {
            letter_id: LetterId::from_array(letter_id),
            recipient_salt,
            recipients,
            content_salt,
            suite,
        })
    }
}

fn key_digest(salt: &[u8; 32], certificate: &Certificate) -> [u8; 32] {
    sha256(&[salt.as_slice(), &certificate.spki_der()].concat())
}

/// One DER element (X.690 §8.1).
fn element(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).expect("256 recipients of 34 octets stay below 64 KiB");
    let [high, low] = length.to_be_bytes();
    let header = match length {
        0..0x80 => vec![tag, low],
        0x80..0x100 => vec![tag, 0x81, low],
        0x100.. => vec![tag, 0x82, high, low],
    };
    [&header, value].concat()
}

/// The value of the next element. That lengths are the shortest is checked by encoding again.
fn take<'a>(rest: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let (found, after) = rest.split_first()?;
    let (first, after) = after.split_first()?;
    let (length, after) = match (first, after) {
        (0..=0x7f, after) => (usize::from(*first), after),
        (0x81, [low, after @ ..]) => (usize::from(*low), after),
        (0x82, [high, low, after @ ..]) => (usize::from(u16::from_be_bytes([*high, *low])), after),
        _ => return None,
    };
    if *found != tag {
        return None;
    }
    let (value, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(value)
}

const OBJECT: &str = "letter binding";
const COMMITMENT_LABEL: &[u8] = b"sealpost/content-commitment/v1";
const OCTET_STRING: u8 = 0x04;
const UTF8_STRING: u8 = 0x0c;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn binding(recipients: u8) -> LetterBinding {
        LetterBinding {
            letter_id: LetterId::from_array([7; 16]),
            recipient_salt: [8; 32],
            recipients: (1..=recipients).map(|octet| [octet; 32]).collect(),
            content_salt: [9; 32],
            suite: Suite::Smime2019,
        }
    }

    #[test]
    fn let_010_a_binding_reads_back_from_its_der_and_from_nothing_else() {
        for recipients in [1, 2, 3, 4, 255] {
            let der = binding(recipients).to_der();
            assert_eq!(LetterBinding::from_der(&der), Ok(binding(recipients)));
            assert!(LetterBinding::from_der(&[der.as_slice(), &[0]].concat()).is_err());
        }
        assert!(LetterBinding::from_der(&binding(0).to_der()).is_err());
        let hybrid = LetterBinding { suite: Suite::Hybrid2026, ..binding(1) };
        assert_eq!(LetterBinding::from_der(&hybrid.to_der()), Ok(hybrid.clone()));
        // The default written out, and a suite that nobody knows.
        for suite in ["smime-2019", "hybrid-2099"] {
            let mut der = binding(1).to_der();
            der.extend(element(UTF8_STRING, suite.as_bytes()));
            assert!(LetterBinding::from_der(&element(SEQUENCE, &der[2..])).is_err(), "{suite}");
        }
        // Two members of the set in the wrong order, and the same one twice.
        let der = binding(2).to_der();
        let at = der.windows(2).position(|w| w == [4, 32]).unwrap() + 34 + 2;
        let mut swapped = der.clone();
        swapped[at..at + 34].copy_from_slice(&der[at + 34..at + 68]);
        assert!(LetterBinding::from_der(&swapped).is_err());
        swapped[at + 34..at + 68].copy_from_slice(&der[at..at + 34]);
        assert!(LetterBinding::from_der(&swapped).is_err());
    }

    #[test]
    fn the_commitment_is_the_salted_digest_that_the_documentation_states() {
        let expected =
            [b"sealpost/content-commitment/v1\0".as_slice(), &[9; 32], &[1; 32]].concat();
        assert_eq!(binding(1).commitment(&[1; 32]), Digest::of(&expected));
    }

    proptest! {
        #[test]
        fn any_octets_are_read_or_refused(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(binding) = LetterBinding::from_der(&octets) {
                prop_assert_eq!(binding.to_der(), octets);
            }
        }
    }
}
