//! Choosing the suite of a letter: the best that the policy, the sender and the recipient have in
//! common. The same question always gets the same answer.

use core::fmt;

use super::suite::{Audience, Protection, SenderKey, Suite, SuiteId};
use super::{AlgorithmPolicy, Direction, KeyEstablishment, KeyKind, SignatureAlgorithm};
use crate::capabilities::SmimeCapabilities;

/// What the sender has.
#[derive(Clone, Copy)]
pub struct Sender<'a> {
    /// The kinds of all his certified keys.
    pub keys: &'a [KeyKind],
    /// The suites that his program writes.
    pub writes: &'a [SuiteId],
}

/// What is known of the recipient.
#[derive(Clone, Copy)]
pub struct Partner<'a> {
    /// What kind of program reads.
    pub audience: Audience,
    /// The kinds of the keys in his valid certificates for encryption.
    pub keys: &'a [KeyKind],
    /// What he has announced, in his certificate (RFC 4262) or in a signature (RFC 8551 §2.5.2).
    /// `None` is "nothing": then his keys alone speak for him.
    pub capabilities: Option<&'a SmimeCapabilities>,
}

/// A suite, and how it is used for one recipient. Only the policy makes one, so it is its word that
/// the suite counts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Choice {
    /// The suite.
    pub suite: &'static Suite,
    /// How the content key is established with him.
    pub establishment: KeyEstablishment,
    /// With which of his keys.
    pub key: KeyKind,
    /// The signatures of the sender; each makes a SignerInfo.
    pub signatures: &'static [SignatureAlgorithm],
}

/// Why a suite is not used, in the order of how far it got.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Obstacle {
    /// It is for another kind of program.
    OtherAudience,
    /// This program does not write it yet.
    NotWritten,
    /// The recipient has no key for it.
    RecipientKey,
    /// The recipient announces what he reads, and this is not among it.
    NotAnnounced,
    /// It protects less than the policy demands.
    BelowFloor {
        /// What it protects.
        protection: Protection,
        /// What is demanded.
        floor: Protection,
    },
    /// The sender has no key for it.
    OwnKey,
    /// It, or an algorithm of it, has ended in the policy of this release.
    Ended {
        /// What exactly, log-safe.
        detail: String,
    },
    /// It, or an algorithm of it, was withdrawn by the update that the provider has published.
    Withdrawn {
        /// What exactly, log-safe.
        detail: String,
    },
}

/// Who has to act so that a suite is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtFault {
    /// The recipient: his keys, or what his program reads.
    Recipient,
    /// The sender: his keys.
    Sender,
    /// Whoever published the update of the policy.
    Provider,
    /// This release.
    Release,
}

impl Obstacle {
    /// Stable word for reports and translations.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherAudience => "suite-other-audience",
            Self::NotWritten => "suite-not-written",
            Self::RecipientKey => "suite-recipient-key",
            Self::NotAnnounced => "suite-not-announced",
            Self::BelowFloor { .. } => "suite-below-floor",
            Self::OwnKey => "suite-own-key",
            Self::Ended { .. } => "suite-ended",
            Self::Withdrawn { .. } => "suite-withdrawn",
        }
    }

    /// How far the suite got: the one that got farthest says what to do.
    const fn distance(&self) -> u8 {
        match self {
            Self::OtherAudience => 0,
            Self::NotWritten => 1,
            Self::RecipientKey => 2,
            Self::NotAnnounced => 3,
            Self::BelowFloor { .. } => 4,
            Self::OwnKey => 5,
            Self::Ended { .. } => 6,
            Self::Withdrawn { .. } => 7,
        }
    }

    /// Who has to act.
    pub const fn at_fault(&self) -> AtFault {
        match self {
            Self::RecipientKey | Self::NotAnnounced | Self::BelowFloor { .. } => AtFault::Recipient,
            Self::OwnKey => AtFault::Sender,
            Self::Withdrawn { .. } => AtFault::Provider,
            Self::OtherAudience | Self::NotWritten | Self::Ended { .. } => AtFault::Release,
        }
    }

    /// What exactly, where the code does not say all; log-safe.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::BelowFloor { protection, floor } => {
                Some(format!("{} < {}", protection.name(), floor.name()))
            }
            Self::Ended { detail } | Self::Withdrawn { detail } => Some(detail.clone()),
            _ => None,
        }
    }
}

/// No suite is common to the policy, the sender and the recipient: nothing may be encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoSuite {
    /// Each suite of the policy, in its order, and why it is not used.
    pub obstacles: Vec<(SuiteId, Obstacle)>,
}

impl NoSuite {
    /// The suite that came nearest, and what stands against it; of several the first.
    pub fn nearest(&self) -> (SuiteId, &Obstacle) {
        let mut nearest: Option<&(SuiteId, Obstacle)> = None;
        for candidate in &self.obstacles {
            if nearest.is_none_or(|nearest| candidate.1.distance() > nearest.1.distance()) {
                nearest = Some(candidate);
            }
        }
        // A policy without suites encrypts nothing either.
        nearest.map_or((SuiteId::Hybrid2026, &Obstacle::NotWritten), |(id, it)| (*id, it))
    }

    /// The stable word of the nearest obstacle.
    pub fn code(&self) -> &'static str {
        self.nearest().1.code()
    }
}

impl fmt::Display for NoSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (suite, obstacle) = self.nearest();
        write!(f, "{}: {}", suite.name(), obstacle.code())?;
        obstacle.detail().map_or(Ok(()), |detail| write!(f, " ({detail})"))
    }
}

impl core::error::Error for NoSuite {}

/// The first suite in the policy's order that everybody concerned knows at the Unix second `at`.
/// There is no fallback below the floor: then it is an error.
pub fn choose(
    policy: &AlgorithmPolicy,
    sender: Sender<'_>,
    partner: Partner<'_>,
    at: i64,
) -> Result<Choice, NoSuite> {
    let mut obstacles = Vec::new();
    for suite in policy.suites {
        match policy.judge_suite(suite, sender, partner, at) {
            Ok(choice) => return Ok(choice),
            Err(obstacle) => obstacles.push((suite.id, obstacle)),
        }
    }
    Err(NoSuite { obstacles })
}

impl AlgorithmPolicy {
    /// What messages protect at least for such a reader: the higher of what the release and the
    /// update say. [POL-023]
    pub fn floor(&self, audience: Audience) -> Protection {
        let tightening = self.tightening.as_ref();
        let (built_in, raised) = match audience {
            Audience::Agents => (self.floors.agents, tightening.and_then(|it| it.floor_for_agents)),
            Audience::MailClients => {
                (self.floors.mail_clients, tightening.and_then(|it| it.floor_for_mail_clients))
            }
        };
        raised.map_or(built_in, |raised| built_in.max(raised))
    }

    /// The suites, best first.
    pub const fn suites(&self) -> &'static [Suite] {
        self.suites
    }

    /// How one suite is used between the two, or what stands against it.
    pub fn judge_suite(
        &self,
        suite: &'static Suite,
        sender: Sender<'_>,
        partner: Partner<'_>,
        at: i64,
    ) -> Result<Choice, Obstacle> {
        self.judge(suite, sender, partner, at).map_err(|obstacle| match obstacle {
            // What the release alone would allow, the update has withdrawn.
            Obstacle::Ended { detail }
                if self.of_the_release().judge(suite, sender, partner, at).is_ok() =>
            {
                Obstacle::Withdrawn { detail }
            }
            other => other,
        })
    }

    fn judge(
        &self,
        suite: &'static Suite,
        sender: Sender<'_>,
        partner: Partner<'_>,
        at: i64,
    ) -> Result<Choice, Obstacle> {
        if !suite.audiences.contains(&partner.audience) {
            return Err(Obstacle::OtherAudience);
        }
        if !sender.writes.contains(&suite.id) {
            return Err(Obstacle::NotWritten);
        }
        let held = |establishment: &KeyEstablishment| {
            let key = partner.keys.iter().find(|key| establishment.fits(**key));
            key.map(|key| (*establishment, *key))
        };
        let mut ways = suite.establishment.iter().filter_map(held).peekable();
        if ways.peek().is_none() {
            return Err(Obstacle::RecipientKey);
        }
        // RFC 8551 §2.7.1: what the recipient announces decides. [POL-024]
        let announced = |(establishment, _): &(KeyEstablishment, KeyKind)| {
            partner.capabilities.is_none_or(|it| {
                let reads = match suite.mac {
                    Some(mac) => it.reads_mac(mac),
                    None => it.reads_content(suite.content),
                };
                reads && it.takes_keys_by(*establishment)
            })
        };
        let mut ways = ways.filter(announced).peekable();
        if ways.peek().is_none() {
            return Err(Obstacle::NotAnnounced);
        }
        let floor = self.floor(partner.audience);
        // A hard end: there is nothing below that somebody could agree on. [POL-025]
        if suite.protection < floor {
            return Err(Obstacle::BelowFloor { protection: suite.protection, floor });
        }
        let signatures = self.signatures_of(suite, sender, at)?;
        self.check_suite(suite, at)?;
        let mut ended = None;
        for (establishment, key) in ways {
            match self.check_establishment(establishment, key, Direction::Encrypting, at) {
                Ok(_) => return Ok(Choice { suite, establishment, key, signatures }),
                Err(shortfall) => ended = ended.or(Some(shortfall.detail)),
            }
        }
        Err(Obstacle::Ended { detail: ended.unwrap_or_default() })
    }

    /// The first way to sign for which the sender has every key, and which counts.
    fn signatures_of(
        &self,
        suite: &'static Suite,
        sender: Sender<'_>,
        at: i64,
    ) -> Result<&'static [SignatureAlgorithm], Obstacle> {
        let held_by = |algorithm: &SignatureAlgorithm| {
            sender.keys.iter().find(|key| algorithm.fits(**key)).copied()
        };
        if suite.sender_key == SenderKey::Static
            && !suite.establishment.iter().any(|it| sender.keys.iter().any(|key| it.fits(*key)))
        {
            return Err(Obstacle::OwnKey);
        }
        let mut obstacle = Obstacle::OwnKey;
        for way in suite.signatures {
            let keys: Option<Vec<KeyKind>> = way.iter().map(held_by).collect();
            let Some(keys) = keys else { continue };
            let judged = way.iter().zip(keys);
            let judged: Result<Vec<String>, _> =
                judged.map(|(algorithm, key)| self.check_kind(*algorithm, key, at)).collect();
            match judged {
                Ok(_) => return Ok(way),
                Err(shortfall) => obstacle = Obstacle::Ended { detail: shortfall.detail },
            }
        }
        Err(obstacle)
    }

    /// Whether a suite and what it encrypts with count. That a suite is listed is the permission for
    /// its cipher; an end of the cipher alone ends it all the same. [POL-026]
    fn check_suite(&self, suite: &Suite, at: i64) -> Result<(), Obstacle> {
        let ended = |detail| Obstacle::Ended { detail };
        let end = self.end_of_suite(suite);
        if at > end {
            let (id, until) = (suite.id.name(), crate::time::format_rfc3339(end));
            return Err(ended(format!("{id} counts until {until} in policy {}", self.id)));
        }
        let names = [Some(suite.content.name()), suite.mac.map(super::suite::ContentMac::name)];
        for name in names.into_iter().flatten() {
            self.check_not_withdrawn(name, at).map_err(|shortfall| ended(shortfall.detail))?;
        }
        let listed = self.content.iter().find(|entry| entry.algorithm == suite.content);
        match listed.and_then(|entry| entry.encrypting_until) {
            Some(until) if at > until => {
                let (name, until) = (suite.content.name(), crate::time::format_rfc3339(until));
                Err(ended(format!("{name} counts until {until} in policy {}", self.id)))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
