//! What quickstart tells the operator: each file, and what to do next.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::keys::ProviderKeys;

/// What became of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It was there and is as it was.
    Kept,
    /// It was not there and is now.
    Written,
}

/// The whole account. Its `Display` is the text for the terminal.
#[derive(Debug, Default)]
pub struct Report {
    /// In the order of the work.
    pub files: Vec<(PathBuf, Written)>,
    /// Certificates that were kept although they have ended.
    pub expired: Vec<PathBuf>,
    next: String,
}

impl Report {
    pub(super) fn kept(&mut self, path: &Path) {
        self.files.push((path.to_path_buf(), Written::Kept));
    }

    pub(super) fn written(&mut self, path: &Path) {
        self.files.push((path.to_path_buf(), Written::Written));
    }

    pub(super) fn expired(&mut self, path: &Path) {
        self.expired.push(path.to_path_buf());
    }

    pub(super) fn finish(&mut self, config: &Config, keys: &ProviderKeys, config_path: PathBuf) {
        let config_path = config_path.display();
        let domain = config.domain.as_str();
        self.next = format!(
            "\nThe provider of {domain} is ready.\n\n\
             Next:\n\
             \x20 1. Back up {keys_folder}: without it nothing that was sealed can be continued.\n\
             \x20 2. Check the configuration:  sealpost-provider check-config --config {config_path}\n\
             \x20 3. Serve:                    sealpost-provider serve --config {config_path}\n\
             \x20 4. Invite somebody:          sealpost-provider invite anna@{domain} --name 'Anna Example' --config {config_path}\n\
             \x20 5. Exchange roots with another provider by a way you both trust (on paper, in person):\n\
             \x20      yours:   {root}\n\
             \x20      SHA-256: {fingerprint}\n\
             \x20      theirs:  sealpost-provider peer add DOMAIN --root FILE.pem --config {config_path}\n",
            keys_folder = config.files.folder.join("keys").display(),
            root = config.files.certificate("root").display(),
            fingerprint = fingerprint(&keys.root().sha256()),
        );
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, what) in &self.files {
            let word = match what {
                Written::Kept => "kept   ",
                Written::Written => "written",
            };
            writeln!(f, "{word}  {}", path.display())?;
        }
        for path in &self.expired {
            writeln!(
                f,
                "\nwarning: {} has ended. Move it away and run quickstart again: it issues a new certificate for the same key.",
                path.display()
            )?;
        }
        f.write_str(&self.next)
    }
}

/// A fingerprint as people compare it: groups of four.
#[must_use]
pub fn fingerprint(digest: &[u8; 32]) -> String {
    let hex = hex::encode(digest);
    let groups: Vec<&str> = (0..hex.len()).step_by(4).map(|start| &hex[start..start + 4]).collect();
    groups.join(" ")
}
