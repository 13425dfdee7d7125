//! What a letter may be encrypted for: of the certificates that the directory shows of a recipient,
//! those that the sender relies on and that the policy allows.

use crate::errors::{AgentError, PostError};
use crate::records::{self, SEEN, Seen};
use crate::session::{Agent, now};
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::policy::{
    AlgorithmPolicy, Audience, Choice, KeyKind, Obstacle, Partner, Sender, SuiteId, choose,
};
use sealpost_erds::Address;
use sealpost_letter::{Recipient, Suite};

impl Agent {
    /// The best suite that somebody was ever seen to have a verified certificate for. What is shown now
    /// counts, and is remembered.
    pub(super) fn best_seen(
        &self,
        address: &Address,
        shown: &[Recipient],
    ) -> Result<Option<Suite>, AgentError> {
        let seen = records::get::<Seen>(&self.vault, SEEN, address.as_str())?.map(|it| it.suite);
        let best = shown.iter().map(Recipient::suite).filter(|it| it.is_given_unasked()).max();
        if let Some(suite) = best.filter(|best| seen < Some(*best)) {
            records::put(&self.vault, SEEN, address.as_str(), &Seen { suite })?;
        }
        Ok(seen.max(best))
    }

    /// Those of a recipient's certificates that letters may be encrypted for, of the demanded suite or
    /// of any.
    ///
    /// A better suite that the policy has taken away is an error and no reason to use a lesser one in
    /// silence: whoever publishes updates could otherwise choose how weak letters are. The sender may
    /// demand the lesser. One whose profile has no key for it uses the next. [AGT-035]
    pub(super) fn permitted(
        &self,
        shown: Vec<Recipient>,
        demanded: Option<Suite>,
        policy: &AlgorithmPolicy,
    ) -> Result<Vec<Recipient>, AgentError> {
        let is_used = |it: &Recipient| match demanded {
            Some(suite) => suite == it.suite(),
            None => it.suite().is_given_unasked(),
        };
        let (used, others): (Vec<_>, Vec<_>) = shown.into_iter().partition(is_used);
        let (mut permitted, mut refused) = (Vec::new(), Vec::new());
        for recipient in used {
            match self.suite_for(recipient.certificate(), policy) {
                Ok(_) => permitted.push(recipient),
                Err(error) => refused.push((recipient.suite(), error)),
            }
        }
        let best = permitted.iter().map(Recipient::suite).max();
        let counts = |(suite, error): &(_, AgentError)| match best {
            Some(best) => *suite > best && error.code() != Obstacle::OwnKey.code(),
            None => true,
        };
        match refused.into_iter().filter(counts).max_by_key(|(suite, _)| *suite) {
            Some((_, error)) => Err(error),
            None => {
                // So that it can be said which suites he does read.
                permitted.extend(others);
                Ok(permitted)
            }
        }
    }

    /// The suite of a letter to somebody with this certificate. [AGT-033]
    pub(crate) fn suite_for(
        &self,
        recipient: &Certificate,
        policy: &AlgorithmPolicy,
    ) -> Result<Choice, AgentError> {
        let nonsense = |_| PostError::Nonsense { expected: "certificate" };
        let capabilities = recipient.smime_capabilities().map_err(nonsense)?;
        // The kind of the key says the suite: what other suites do with such a key is not asked.
        let suites: Vec<SuiteId> = Suite::of(recipient).map(Suite::in_policy).into_iter().collect();
        let keys: Vec<KeyKind> = recipient.key_kind().into_iter().collect();
        let partner = Partner {
            audience: Audience::Agents,
            keys: &keys,
            capabilities: capabilities.as_ref(),
        };
        let own = self.own_kinds();
        let sender = Sender { keys: &own, writes: &suites };
        choose(policy, sender, partner, now().unix())
            .map_err(|none| PostError::NoSuite { none: Box::new(none) }.into())
    }
}

/// What the letter may be encrypted for, of what the directory shows of one recipient.
///
/// Whoever has a recipient's certificate from elsewhere relies on it: a directory that shows
/// another one may be lying. [AGT-014] So may one that hides the certificate of a better suite that
/// he is known to have; then nothing is sent unless the sender himself asks for the other suite.
/// [AGT-042]
pub(super) fn relied_on(
    known: &[Certificate],
    address: &Address,
    shown: Vec<Recipient>,
    seen: Option<Suite>,
    demanded: Option<Suite>,
) -> Result<Vec<Recipient>, PostError> {
    let names = |it: &&Certificate| {
        it.email_addresses().iter().any(|named| named.eq_ignore_ascii_case(address.as_str()))
    };
    let about_him: Vec<&Certificate> = known.iter().filter(names).collect();
    let (relied_on, best): (Vec<Recipient>, _) = match about_him.is_empty() {
        true => (shown, seen),
        false => {
            let is_known = |it: &Recipient| about_him.contains(&it.certificate());
            let best = about_him.iter().filter_map(|it| suite_of(it)).max();
            (shown.into_iter().filter(is_known).collect(), best)
        }
    };
    if relied_on.is_empty() {
        return Err(PostError::NotTrusted { code: "recipient-certificate-differs" });
    }
    if demanded.is_none() && relied_on.iter().map(Recipient::suite).max() < best {
        return Err(PostError::NotTrusted { code: "recipient-suite-missing" });
    }
    Ok(relied_on)
}

/// The suite that a certificate is for, if it is one for encryption.
fn suite_of(certificate: &Certificate) -> Option<Suite> {
    Suite::of(certificate).filter(|_| certificate.allows(KeyPurpose::Encryption))
}

#[cfg(test)]
mod tests;
