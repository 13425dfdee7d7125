//! GnuPG's gpgsm, with an agent of its own in a folder of its own.
//!
//! Private keys are laid into the agent's folder in its own format: gpgsm 2.2 imports PKCS #12 as it was in
//! former times, and nothing else.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use der::Decode as _;
use der::asn1::{AnyRef, UintRef};
use sealpost_cms::policy::ContentEncryption;
use tempfile::TempDir;

use crate::house::{House, PASSWORD, TEXT, pem};
use crate::matrix::{No, Peer, Sample};
use crate::ours::Ours;
use crate::programs::{call, installed, run};
use crate::rows::{
    Form, Key, Level, OPENERS, Opener, Place, Recipient, Row, SIGNERS, Signer, Signers,
};

/// A gpgsm that trusts the root of the house and has the keys that it knows.
pub struct Gpgsm {
    program: PathBuf,
    folder: TempDir,
    /// Name of the file and fingerprint, as gpgsm calls a certificate.
    fingerprints: Vec<(String, String)>,
    inner: Vec<u8>,
}

/// Revocation it asks of another process, which asks the network. Of the constraint on names, which
/// binds our roots to their territory, it knows nothing: it refuses it unless told to pass it over.
const CONFIGURATION: &str = "disable-crl-checks\nignore-cert-extension 2.5.29.30\n";

impl Gpgsm {
    pub fn new(ours: &Ours) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        ours.house.moves_into(path);
        let home = path.join("home");
        fs::create_dir_all(home.join("private-keys-v1.d")).unwrap();
        fs::write(home.join("gpgsm.conf"), CONFIGURATION).unwrap();
        let inner = ours.inner.clone();
        fs::write(path.join("inner"), &inner).unwrap();
        let program = installed("gpgsm");
        let mut gpgsm = Self { program, folder, fingerprints: Vec::new(), inner };
        gpgsm.trusts("root").unwrap();
        for (name, kind) in known_keys() {
            gpgsm.takes_key(&ours.house, &name, kind);
        }
        gpgsm
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Its arguments are split at spaces.
    fn command(&self, arguments: &str) -> Command {
        let mut command = call(&self.program, self.folder.path());
        command.env("GNUPGHOME", self.path("home")).args(["--batch", "--yes", "--quiet"]);
        command.args(arguments.split_whitespace()).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &str) -> Result<Vec<u8>, No> {
        run(self.command(arguments))
    }

    fn agent(&self, line: &str) -> Result<Vec<u8>, No> {
        let mut command = call(Path::new("gpg-connect-agent"), self.folder.path());
        command.env("GNUPGHOME", self.path("home")).args([line, "/bye"]);
        run(command)
    }

    /// Imports a certificate; its fingerprint and the name of its key.
    fn imports(&self, file: &str) -> Result<(String, String), No> {
        let said = self.run(&format!("--status-fd 1 --import {file}"))?;
        let said = String::from_utf8_lossy(&said).into_owned();
        let mut words = said.split_whitespace().skip_while(|word| *word != "IMPORT_OK");
        let fingerprint = words.nth(2).ok_or_else(|| No::refused(&said))?.to_owned();
        let listed =
            self.run(&format!("--with-colons --with-keygrip --list-keys {fingerprint}"))?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let grip = listed.lines().find(|line| line.starts_with("grp:"));
        let grip = grip.and_then(|line| line.split(':').nth(9)).unwrap_or_default();
        Ok((fingerprint, grip.to_owned()))
    }

    fn trusts(&self, name: &str) -> Result<(), No> {
        let (fingerprint, _) = self.imports(&format!("{name}.pem"))?;
        let list = self.path("home").join("trustlist.txt");
        let mut file = fs::OpenOptions::new().create(true).append(true).open(list).unwrap();
        writeln!(file, "{fingerprint} S relax").unwrap();
        self.agent("reloadagent").map(drop)
    }

    fn takes_key(&mut self, house: &House, name: &str, kind: KnownKey) {
        let (fingerprint, grip) = self.imports(&format!("{name}.pem")).unwrap();
        let place = self.path("home").join(format!("private-keys-v1.d/{grip}.key"));
        fs::write(place, expression(house, kind)).unwrap();
        self.fingerprints.push((name.to_owned(), fingerprint));
    }

    fn fingerprint(&self, name: &str) -> Result<&str, No> {
        let found = self.fingerprints.iter().find(|(known, _)| known == name);
        found.map(|(_, fingerprint)| fingerprint.as_str()).ok_or(No::Untried)
    }

    fn verifies(&self, detached: bool) -> Result<(), No> {
        if detached {
            return self.run("--verify message text").map(drop);
        }
        self.run("--output content --verify message")?;
        is(TEXT, &fs::read(self.path("content")).unwrap())
    }

    fn signs(&self, signer: Signer, options: &str) -> Result<Sample, No> {
        if signer.name == "rsa-pss" {
            return Err(No::Untried);
        }
        let digest = signer.digest.to_uppercase();
        let by = self.fingerprint(signer.key)?;
        let sign = format!("--digest-algo {digest} --local-user {by} {options} --output - text");
        Ok(self.run(&sign)?.into())
    }

    fn encrypts(&self, recipient: Recipient, cipher: &str) -> Result<Sample, No> {
        let name = match recipient {
            Recipient::Holder(Opener { name: "rsa", .. }) => return Err(No::Untried),
            Recipient::Holder(opener) => format!("opens-{}", opener.name),
            Recipient::RsaPkcs1 => "opens-rsa".into(),
            Recipient::Many(_) | Recipient::Password | Recipient::SharedKey => {
                return Err(No::Untried);
            }
        };
        let to = self.fingerprint(&name)?;
        let encrypt = format!("--cipher-algo {cipher} --recipient {to} --output - --encrypt inner");
        Ok(self.run(&encrypt)?.into())
    }

    /// What it says of a certificate whose root it trusts.
    fn judges(&self, sample: &Sample) -> Result<(), No> {
        fs::write(self.path("own-root.pem"), pem("CERTIFICATE", &sample.beside[0])).unwrap();
        self.trusts("own-root")?;
        fs::write(self.path("message"), &sample.message).unwrap();
        let (fingerprint, _) = self.imports("message")?;
        let listed = self.run(&format!("--with-validation --list-keys {fingerprint}"))?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        if listed.contains("[certificate is good]") { Ok(()) } else { Err(No::refused(listed)) }
    }

    fn reads_key_file(&self) -> Result<(), No> {
        self.with_password("--import message").map(drop)
    }

    fn exports(&self, key: Key) -> Result<Sample, No> {
        let name = match key {
            Key::Signs(signer) => signer.key.to_owned(),
            Key::Opens(opener) => format!("opens-{}", opener.name),
        };
        let of = self.fingerprint(&name)?;
        Ok(self.with_password(&format!("--export-secret-key-p12 {of}"))?.into())
    }

    fn with_password(&self, arguments: &str) -> Result<Vec<u8>, No> {
        fs::write(self.path("password"), PASSWORD).unwrap();
        let options = "--pinentry-mode loopback --passphrase-fd 0";
        let mut command = self.command(&format!("{options} {arguments}"));
        command.stdin(fs::File::open(self.path("password")).unwrap());
        run(command)
    }
}

impl Drop for Gpgsm {
    fn drop(&mut self) {
        let _ = self.agent("killagent");
    }
}

impl Peer for Gpgsm {
    fn name(&self) -> &'static str {
        "gpgsm"
    }

    fn version(&self) -> String {
        let said = self.run("--version").unwrap();
        let said = String::from_utf8_lossy(&said).into_owned();
        said.lines().next().unwrap_or_default().replace("(GnuPG) ", "")
    }

    fn reads(&mut self, row: &Row, sample: &Sample) -> Result<(), No> {
        fs::write(self.path("message"), &sample.message).unwrap();
        match row.form {
            Form::Cades(..) => self.verifies(false),
            Form::Certified(_) | Form::Path(_) => self.judges(sample),
            Form::KeyFile(_) => self.reads_key_file(),
            Form::Receipt | Form::TimeStampReply | Form::TimeStampRequest => Err(No::Untried),
            Form::Sealed(_, content) if !content.encryption().is_authenticated() => {
                is(&self.inner, &self.run("--output - --decrypt message")?)
            }
            Form::Sealed(..) | Form::SealedStreamed(_) => {
                is(TEXT, &self.run("--output - --decrypt message")?)
            }
            Form::Signed(_, place) => self.verifies(place == Place::Detached),
        }
    }

    fn writes(&mut self, row: &Row) -> Result<Sample, No> {
        match row.form {
            Form::Signed(Signers::One(signer), Place::Attached) => self.signs(signer, "--sign"),
            Form::Signed(Signers::One(signer), Place::Detached) => {
                self.signs(signer, "--detach-sign")
            }
            Form::Cades(Signers::One(signer), Level::Signed) => self.signs(signer, "--sign"),
            Form::KeyFile(key) => self.exports(key),
            Form::Sealed(recipient, content)
                if !content.encryption().is_authenticated() && !content.is_bound() =>
            {
                let is_short = content.encryption() == ContentEncryption::Aes128Cbc;
                self.encrypts(recipient, if is_short { "AES" } else { "AES256" })
            }
            _ => Err(No::Untried),
        }
    }
}

fn is(wanted: &[u8], got: &[u8]) -> Result<(), No> {
    if wanted == got { Ok(()) } else { Err(No::refused("it brings out another content")) }
}

/// What gpgsm 2.2 has private keys of: RSA and the curves of NIST.
#[derive(Clone, Copy)]
enum KnownKey {
    Opens(Opener),
    Signs(Signer),
}

fn known_keys() -> Vec<(String, KnownKey)> {
    let knows = |name: &str| ["p256", "p384", "rsa", "rsa-pkcs1"].contains(&name);
    let signers = SIGNERS.into_iter().filter(|it| knows(it.name));
    let openers = OPENERS.into_iter().filter(|it| knows(it.name));
    signers
        .map(|it| (it.key.to_owned(), KnownKey::Signs(it)))
        .chain(openers.map(|it| (format!("opens-{}", it.name), KnownKey::Opens(it))))
        .collect()
}

/// A private key as gpg-agent keeps it, unprotected: an S-expression in its canonical form.
fn expression(house: &House, kind: KnownKey) -> Vec<u8> {
    let (name, pkcs8, spki) = match kind {
        KnownKey::Signs(it) => {
            let key = &house.signer(it).key;
            (it.name, key.to_pkcs8_der(), key.spki_der())
        }
        KnownKey::Opens(it) => {
            let key = &house.opener(it).key;
            (it.name, key.to_pkcs8_der(), key.spki_der())
        }
    };
    let inside = private_octets(&pkcs8);
    let key = match name {
        "p256" => curve("NIST P-256", 32, &spki, &inside),
        "p384" => curve("NIST P-384", 48, &spki, &inside),
        _ => rsa(&inside),
    };
    list("private-key", &[key])
}

/// The inside of PrivateKeyInfo's OCTET STRING (RFC 5958 §2).
fn private_octets(pkcs8: &[u8]) -> Vec<u8> {
    let fields: Vec<AnyRef<'_>> = Vec::from_der(pkcs8).unwrap();
    fields[2].value().to_vec()
}

fn curve(name: &str, octets: usize, spki: &[u8], private: &[u8]) -> Vec<u8> {
    let public = &spki[spki.len() - 2 * octets - 1..];
    // RFC 5915 §3: the number stands behind version 1.
    let at = private.windows(4).position(|it| it == [2, 1, 1, 4]).unwrap() + 5;
    let number = &private[at..at + octets];
    list("ecc", &[pair("curve", name.as_bytes()), pair("q", public), pair("d", number)])
}

/// RFC 8017 appendix A.1.2. GnuPG's `u` is the inverse of its first prime, the standard's coefficient
/// that of the second: so the primes change places.
fn rsa(private: &[u8]) -> Vec<u8> {
    let numbers: Vec<AnyRef<'_>> = Vec::from_der(private).unwrap();
    let number = |at: usize| {
        let number: UintRef<'_> = numbers[at].decode_as().unwrap();
        // A number is signed: a leading bit would make it negative.
        [&[0][..], number.as_bytes()].concat()
    };
    let named = [("n", 1), ("e", 2), ("d", 3), ("p", 5), ("q", 4), ("u", 8)];
    let pairs: Vec<_> = named.iter().map(|(name, at)| pair(name, &number(*at))).collect();
    list("rsa", &pairs)
}

fn pair(name: &str, value: &[u8]) -> Vec<u8> {
    list(name, &[[format!("{}:", value.len()).as_bytes(), value].concat()])
}

fn list(name: &str, inside: &[Vec<u8>]) -> Vec<u8> {
    let mut opening = String::new();
    write!(opening, "({}:{name}", name.len()).unwrap();
    [opening.as_bytes(), &inside.concat(), b")"].concat()
}
