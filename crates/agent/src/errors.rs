//! What can go wrong in the agent, sorted by whose fault it is.
//!
//! Each error has a stable word ([`AgentError::code`], the same in documents and `--json`), a
//! sentence that says what happened and a sentence that says what to do. English is what `Display`
//! prints; German is written here too and chosen at the edge. No error holds an address, a name, a
//! path, a PIN or content, so all of them may reach a log.

mod attachments;
mod ciphers;
mod english;
mod german;
mod local;
mod reasons;
mod refusals;
mod remote;
mod rotation;
mod suites;

use crate::ciphers::CipherView;
use std::error::Error;
use std::fmt;

pub use local::{
    Act, KeystoreError, KeystorePart, ProfileError, ProfileFile, StorageFault, VaultError,
};
pub use remote::PostError;

/// Who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The person at this computer: a wrong PIN, a missing profile.
    User,
    /// This computer: its disk, its files, what others did to them.
    Machine,
    /// This program: a mistake of ours.
    Program,
    /// A provider, or the way to it.
    Provider,
}

/// The languages the agent speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// The language of a POSIX locale name such as `de_AT.UTF-8`; English if unknown.
    pub fn of_locale(locale: &str) -> Self {
        let language = locale.split(['_', '.', '@', '-']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("de") { Self::German } else { Self::English }
    }

    /// What the operating system says, as a clause: it says so in English alone.
    pub fn cause(self, kind: std::io::ErrorKind) -> String {
        match self {
            Self::English => kind.to_string(),
            Self::German => german::cause(kind).to_owned(),
        }
    }
}

/// Anything the agent can fail with.
#[derive(Debug)]
#[non_exhaustive]
pub enum AgentError {
    /// The profile directory.
    Profile(ProfileError),
    /// The keystore and its PIN.
    Keystore(KeystoreError),
    /// The vault and the bodies.
    Vault(VaultError),
    /// Sending, receiving and proving.
    Post(PostError),
}

impl AgentError {
    /// The stable word for this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Profile(error) => error.code(),
            Self::Keystore(error) => error.code(),
            Self::Vault(error) => error.code(),
            Self::Post(error) => error.code(),
        }
    }

    /// The stable word for what is behind this error: the provider's own if it refused something.
    pub fn why(&self) -> &str {
        match self {
            Self::Post(error) => error.why(),
            other => other.code(),
        }
    }

    /// The provider's own code, if it refused something.
    pub fn provider_code(&self) -> Option<&str> {
        match self {
            Self::Post(error) => error.refusal().map(|(code, _)| code),
            _ => None,
        }
    }

    /// Why a signature or a certificate is not believed, in the terms of EN 319 102-1: as it was
    /// found here, or as a provider that refused says.
    pub fn sub_indication(&self) -> Option<&str> {
        match self {
            Self::Post(error) => error.sub_indication(),
            _ => None,
        }
    }

    /// The plug-in that a letter needs and that is not installed.
    pub fn missing_cipher(&self) -> Option<CipherView> {
        match self {
            Self::Post(PostError::CipherMissing { cipher, name }) => {
                Some(CipherView { digest: *cipher, name: name.clone() })
            }
            _ => None,
        }
    }

    /// Who has to act.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Profile(error) => error.fault(),
            Self::Keystore(error) => error.fault(),
            Self::Vault(error) => error.fault(),
            Self::Post(error) => error.fault(),
        }
    }

    /// What happened, as a sentence.
    pub fn message(&self, language: Language) -> String {
        self.sentences(language).0
    }

    /// What to do now, as a sentence.
    pub fn remedy(&self, language: Language) -> &'static str {
        self.sentences(language).1
    }

    fn sentences(&self, language: Language) -> Sentences {
        match (self, language) {
            (Self::Profile(error), Language::English) => english::profile(error),
            (Self::Profile(error), Language::German) => german::profile(error),
            (Self::Keystore(error), Language::English) => english::keystore(error),
            (Self::Keystore(error), Language::German) => german::keystore(error),
            (Self::Vault(error), Language::English) => english::vault(error),
            (Self::Vault(error), Language::German) => german::vault(error),
            (Self::Post(error), language) => error.sentences(language),
        }
    }
}

/// What happened, and what to do.
type Sentences = (String, &'static str);

/// The words for one stable code: what happened (without a full stop, since the code follows in
/// brackets), and what to do.
#[derive(Clone, Copy)]
struct Words {
    code: &'static str,
    english: (&'static str, &'static str),
    german: (&'static str, &'static str),
}

impl Words {
    fn of<'a>(table: &'a [Self], code: &str) -> Option<&'a Self> {
        table.iter().find(|words| words.code == code)
    }

    /// Of a rule of ours, in whichever table it stands: the languages look into the same ones.
    fn of_rule(code: &str) -> Option<&'static Self> {
        let tables = [
            reasons::REASONS,
            attachments::ATTACHMENTS,
            ciphers::CIPHERS,
            suites::UPDATES,
            suites::OF_LETTERS,
            rotation::ROTATION,
        ];
        tables.into_iter().find_map(|table| Self::of(table, code))
    }
}

impl fmt::Display for AgentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl Error for AgentError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Profile(error) => error.source(),
            Self::Keystore(error) => error.source(),
            Self::Vault(error) => error.source(),
            Self::Post(error) => error.source(),
        }
    }
}

impl From<ProfileError> for AgentError {
    fn from(error: ProfileError) -> Self {
        Self::Profile(error)
    }
}

impl From<KeystoreError> for AgentError {
    fn from(error: KeystoreError) -> Self {
        Self::Keystore(error)
    }
}

impl From<VaultError> for AgentError {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

impl From<PostError> for AgentError {
    fn from(error: PostError) -> Self {
        Self::Post(error)
    }
}

#[cfg(test)]
mod tests;
