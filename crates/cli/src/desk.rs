//! Where a verb begins: the profile is found, locked and unlocked.

use std::path::{Path, PathBuf};

use sealpost_agent::Agent;
use sealpost_agent::errors::KeystoreError;
use sealpost_agent::keystore::{Keystore, Pin, Unlocked};
use sealpost_agent::profile::Profile;

use crate::arguments::Everywhere;
use crate::failure::Failure;
use crate::pin::{self, Source};
use crate::printer::Printer;
use crate::progress::Progress;

/// What every verb that needs a profile is given.
pub(crate) struct Desk<'a> {
    everywhere: &'a Everywhere,
    pub(crate) printer: &'a Printer,
}

impl<'a> Desk<'a> {
    /// A desk for one command.
    pub(crate) fn new(everywhere: &'a Everywhere, printer: &'a Printer) -> Self {
        Self { everywhere, printer }
    }

    /// The directory of the profile, which may not exist yet.
    pub(crate) fn home(&self) -> Result<PathBuf, Failure> {
        match &self.everywhere.home {
            Some(home) => Ok(home.clone()),
            None => Ok(Profile::locate()?),
        }
    }

    /// The file that `--pin-file` names.
    pub(crate) fn pin_file(&self) -> Option<&Path> {
        self.everywhere.pin_file.as_deref()
    }

    /// The agent of this profile, unlocked.
    pub(crate) fn agent(&self) -> Result<Agent, Failure> {
        self.agent_at(&self.home()?, self.own_pin())
    }

    /// The agent of any profile, unlocked.
    pub(crate) fn agent_at(&self, home: &Path, source: Source<'_>) -> Result<Agent, Failure> {
        let profile = self.with_keys(home)?;
        let pin = pin::known(source, self.printer)?;
        let _progress = Progress::begin(self.printer, self.printer.texts().unlocking);
        Ok(Agent::open(profile, &pin)?)
    }

    /// This profile and its PIN, for what opens the profile itself.
    pub(crate) fn profile_and_pin(&self) -> Result<(Profile, Pin), Failure> {
        let profile = self.with_keys(&self.home()?)?;
        let pin = pin::known(self.own_pin(), self.printer)?;
        Ok((profile, pin))
    }

    /// The keys of this profile alone, unlocked; they are cared for without an account too.
    pub(crate) fn keys(&self) -> Result<Unlocked, Failure> {
        let profile = self.with_keys(&self.home()?)?;
        let pin = pin::known(self.own_pin(), self.printer)?;
        let _progress = Progress::begin(self.printer, self.printer.texts().unlocking);
        Ok(Keystore::unlock(&profile, &pin)?)
    }

    fn own_pin(&self) -> Source<'a> {
        let prompt = self.printer.texts().ask_pin;
        Source { file: self.everywhere.pin_file.as_deref(), option: "--pin-file", prompt }
    }

    /// The profile, as soon as no other command uses it; the person hears for whom he waits.
    pub(crate) fn profile(&self, home: &Path) -> Result<Profile, Failure> {
        let waiting = self.printer.texts().profile_in_use;
        Ok(Profile::open_waiting(home, &mut |process| self.printer.message(&waiting(process)))?)
    }

    /// Whether there are keys in this profile. Nothing is created.
    pub(crate) fn has_keys(&self) -> Result<bool, Failure> {
        let home = self.home()?;
        Ok(home.is_dir() && Keystore::exists(&self.profile(&home)?)?)
    }

    /// A profile that has keys. That it has none is found out before anybody is asked for a PIN,
    /// and nothing is created.
    fn with_keys(&self, home: &Path) -> Result<Profile, Failure> {
        if !home.is_dir() {
            return Err(KeystoreError::Missing.into());
        }
        let profile = self.profile(home)?;
        match Keystore::exists(&profile)? {
            true => Ok(profile),
            false => Err(KeystoreError::Missing.into()),
        }
    }
}
