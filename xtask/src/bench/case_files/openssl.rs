//! The peer: one process of OpenSSL for each signed file of a dossier and for each time-stamp in it.

use super::contents::Signed;
use crate::shell;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Everything that OpenSSL checks, as one script.
pub struct Peer {
    folder: PathBuf,
    calls: Vec<String>,
    /// Files that need the newest version.
    by_newest: usize,
    newest_version: String,
    system_version: String,
}

impl Peer {
    /// Writes down what time-stamps and their signatures are beside the files, and finds out which version
    /// reads which file: the system's reads no ML-DSA.
    pub fn prepared(
        folder: &Path,
        signed: &[Signed],
        roots: &[PathBuf],
        newest: &Path,
    ) -> Result<Self> {
        let mut trust = String::new();
        for root in roots {
            trust.push_str(&fs::read_to_string(root)?);
        }
        fs::write(folder.join(TRUST), trust)?;
        let mut peer = Self {
            folder: folder.to_owned(),
            calls: Vec::new(),
            by_newest: 0,
            newest_version: version(newest)?,
            system_version: version(Path::new("openssl"))?,
        };
        for (number, file) in signed.iter().enumerate() {
            peer.add_file(&file.name, newest)?;
            for (signer, stamped) in file.stamped.iter().enumerate() {
                let name = format!("{number}-{signer}");
                fs::write(folder.join(format!("{name}.signature")), &stamped.signature)?;
                fs::write(folder.join(format!("{name}.token")), &stamped.token)?;
                peer.add_token(&name)?;
            }
        }
        Ok(peer)
    }

    fn add_file(&mut self, name: &str, newest: &Path) -> Result<()> {
        let content = match name {
            "META-INF/signature.p7s" => "-content META-INF/ASiCManifest.xml",
            _ => "",
        };
        // Time-stamps are of the present, so no -attime is needed.
        let words = format!(
            "cms -verify -binary -inform DER -in {name} {content} -CAfile {TRUST} -purpose any \
             -crl_check_all -out /dev/null"
        );
        let newest = newest.to_str().context("the target folder needs a plain name")?;
        let newest = format!("'{newest}'");
        if self.passes(&format!("openssl {words}"))? {
            self.calls.push(format!("openssl {words}"));
        } else if self.passes(&format!("{newest} {words}"))? {
            self.calls.push(format!("{newest} {words}"));
            self.by_newest += 1;
        } else {
            bail!("no OpenSSL verifies {name}");
        }
        Ok(())
    }

    fn add_token(&mut self, name: &str) -> Result<()> {
        let call = format!(
            "openssl ts -verify -token_in -in {name}.token -data {name}.signature -CAfile {TRUST}"
        );
        if !self.passes(&call)? {
            bail!("OpenSSL does not verify the time-stamp {name}");
        }
        self.calls.push(call);
        Ok(())
    }

    fn passes(&self, call: &str) -> Result<bool> {
        Ok(self.shell(call).output()?.status.success())
    }

    fn shell(&self, script: &str) -> Command {
        let mut command = Command::new("sh");
        command.current_dir(&self.folder).args(["-e", "-c", script]);
        command
    }

    /// All calls, one after the other; the first that fails ends it.
    pub fn command(&self) -> Command {
        self.shell(&self.calls.join("\n"))
    }

    /// How many processes that are.
    pub fn processes(&self) -> usize {
        self.calls.len()
    }

    /// Which version checks what, in a sentence.
    pub fn versions(&self) -> String {
        let Self { by_newest, newest_version, system_version, .. } = self;
        match by_newest {
            0 => format!("OpenSSL {system_version} checks everything."),
            files => format!(
                "OpenSSL {system_version} checks everything but the {files} files that carry a signature by \
                 ML-DSA-65 too, which it cannot read: those OpenSSL {newest_version} checks, as \
                 `cargo xtask interop` builds it (no shared libraries, -O1)."
            ),
        }
    }
}

/// Both roots in one file, beside the parts of the dossier.
const TRUST: &str = "trust.pem";

fn version(program: &Path) -> Result<String> {
    let text = shell::output_of(Command::new(program).arg("version"))?;
    text.split_whitespace().nth(1).map(str::to_owned).context("openssl says its version")
}
