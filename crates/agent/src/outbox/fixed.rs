//! Letters of the suite `static-dh-cbc-hmac`: what the own fixed key takes part in.

use crate::errors::{AgentError, PostError};
use crate::session::Agent;
use sealpost_cms::enveloped::KeyAnswer;
use sealpost_cms::keys::{KeyError, KeyQuestion};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_letter::Timestamped;
use zeroize::Zeroizing;

impl Agent {
    /// The letter with what the own key has agreed on with each recipient's.
    pub(crate) fn agreed(
        &self,
        letter: Timestamped,
        policy: &AlgorithmPolicy,
    ) -> Result<Timestamped, AgentError> {
        let refused = |code| AgentError::from(PostError::Draft { code });
        // A profile without such a key was refused when the recipients were looked up.
        let own = self.certificates.static_dh.as_ref().zip(self.keys.static_dh_key());
        let (certificate, key) = own.ok_or(PostError::Archive)?;
        let choice = self.suite_for(certificate, policy)?;
        let asked = letter.agreement(&choice, certificate).map_err(|it| refused(it.code()))?;
        let answer = |question: KeyQuestion<'_>| {
            let secret = key.answer_question(question)?;
            Ok(KeyAnswer::from_octets(Zeroizing::new(secret.expose().to_vec())))
        };
        // A key on which nobody can agree: RFC 7748 §6.1, all zeros.
        let answers: Result<Vec<_>, KeyError> = asked.questions().map(answer).collect();
        let answers = answers.map_err(|_| refused("recipient-key"))?;
        let agreed = asked.answered(answers).map_err(|error| refused(error.code()))?;
        Ok(letter.agreed(agreed))
    }
}
