//! The signatures of a letter: by ECDSA, and in the suite `hybrid-2026` by ML-DSA-65 too.
//!
//! Nothing in CMS binds two signers of a message to each other. What they sign here does: the letter
//! binding names the suite, and a letter has exactly the signatures of its suite or none that counts.

use crate::error::{ComposeError, Mismatch};
use crate::suite::Suite;
use sealpost_cms::attributes::Attribute;
use sealpost_cms::certificate::Certificate;
use sealpost_cms::policy::{KeyKind, SignatureAlgorithm};
use sealpost_cms::signed::{
    ContentRef, Signature, SignatureRequest, SignatureValue, SignedContent, SignerReport,
    WrongAnswer, digests_for, request_signature_with,
};
use sealpost_cms::time::ClaimedTime;

/// Whom a sender signs as: certificates of one person.
#[derive(Clone, Copy)]
pub struct Signers<'a> {
    /// For the signature that every letter has.
    pub classic: &'a Certificate,
    /// For the second one of the suite `hybrid-2026`.
    pub post_quantum: Option<&'a Certificate>,
}

impl Signers<'_> {
    /// The certificates that letters of a suite are signed with.
    pub(crate) fn in_suite(&self, suite: Suite) -> Result<Vec<Certificate>, ComposeError> {
        match (suite, self.post_quantum) {
            (Suite::StaticDhCbcHmac | Suite::Smime2019, _) => Ok(vec![self.classic.clone()]),
            (Suite::Hybrid2026, Some(second)) if second.key_kind() == Some(KeyKind::MlDsa65) => {
                Ok(vec![self.classic.clone(), second.clone()])
            }
            (Suite::Hybrid2026, _) => Err(ComposeError::SignerSuite),
        }
    }
}

/// What the signers' keys are asked about one content: one question for each of them.
pub(crate) struct Questions(Vec<SignatureRequest>);

impl Questions {
    /// All signers say the same about the content. Nothing if a key cannot sign.
    pub(crate) fn about(
        content: &[u8],
        signers: &[Certificate],
        signing_time: ClaimedTime,
        attribute: Attribute,
    ) -> Option<Self> {
        let named: Vec<&Certificate> = signers.iter().collect();
        let content = ContentRef::with(content, &digests_for(&named));
        let ask = |signer: &Certificate| {
            let extra = std::slice::from_ref(&attribute);
            request_signature_with(None, content, None, signer, signing_time, extra).ok()
        };
        signers.iter().map(ask).collect::<Option<_>>().map(Self)
    }

    pub(crate) fn requests(&self) -> &[SignatureRequest] {
        &self.0
    }

    /// Takes one answer for each question, in their order.
    pub(crate) fn answered(self, answers: Vec<SignatureValue>) -> Result<Signatures, WrongAnswer> {
        if answers.len() != self.0.len() {
            return Err(WrongAnswer);
        }
        let answered = self.0.into_iter().zip(answers);
        let answered = answered.map(|(request, answer)| request.answered(answer));
        answered.collect::<Result<_, _>>().map(Signatures)
    }
}

/// All signatures of one message, at least one.
pub(crate) struct Signatures(Vec<Signature>);

impl Signatures {
    pub(crate) fn each(&self) -> &[Signature] {
        &self.0
    }

    /// With a token for each.
    pub(crate) fn with_time_stamps(self, tokens: Vec<Vec<u8>>) -> Self {
        let stamped = self.0.into_iter().zip(tokens);
        Self(stamped.map(|(signature, token)| signature.with_time_stamp(token)).collect())
    }

    /// Side by side in one message; nothing if one key signed twice.
    pub(crate) fn together(self) -> Option<Signature> {
        let mut each = self.0.into_iter();
        let first = each.next()?;
        each.try_fold(first, |all, next| all.together_with(next).ok())
    }
}

/// What a message was signed with, as it says itself; whether each of them holds says the verdict.
pub(crate) fn algorithms_of(signed: &SignedContent) -> Vec<Option<SignatureAlgorithm>> {
    signed.signers().iter().map(SignerReport::algorithm).collect()
}

/// Whether these are the signatures of a suite, no more and no less. Whoever cuts one off a hybrid
/// letter does not get a letter of another suite, since what is left names the suite. [LET-071]
pub(crate) fn are_of_suite(
    algorithms: &[Option<SignatureAlgorithm>],
    suite: Suite,
) -> Result<(), Mismatch> {
    let post_quantum =
        algorithms.iter().flatten().filter(|algorithm| algorithm.is_post_quantum()).count();
    let expected = match suite {
        Suite::StaticDhCbcHmac | Suite::Smime2019 => (1, 0),
        Suite::Hybrid2026 => (2, 1),
    };
    if (algorithms.len(), post_quantum) == expected { Ok(()) } else { Err(Mismatch::Signers) }
}
