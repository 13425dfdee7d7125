//! OpenSSL, of the system and of tomorrow, through its command line.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::house::{PASSWORD, TEXT, pem};
use crate::matrix::{No, Peer, Sample};
use crate::ours::Ours;
use crate::programs::{call, run};
use crate::rows::{Form, Key, Level, Opener, Place, Recipient, Row, Signer, Signers};

/// One OpenSSL with a folder of its own.
pub struct OpenSsl {
    name: &'static str,
    program: PathBuf,
    folder: TempDir,
    /// What its envelopes hold where nothing else protects the content.
    inner: Vec<u8>,
}

const CONFIGURATION: &str = "
[tsa]
default_tsa = own
[own]
serial = serial
signer_cert = tsa.pem
certs = root.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ca]
default_ca = lists
[lists]
database = index.txt
crlnumber = number.txt
default_crl_days = 30
[req]
distinguished_name = name
prompt = no
[name]
CN = Foreign root
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,nonRepudiation
extendedKeyUsage = emailProtection
subjectAltName = email:anna@north.example
authorityKeyIdentifier = keyid
[agrees]
keyUsage = critical,keyAgreement
extendedKeyUsage = emailProtection
subjectAltName = email:bert@south.example
authorityKeyIdentifier = keyid
[enciphers]
keyUsage = critical,keyEncipherment
extendedKeyUsage = emailProtection
subjectAltName = email:bert@south.example
authorityKeyIdentifier = keyid
";

impl OpenSsl {
    pub fn new(name: &'static str, program: PathBuf, ours: &Ours) -> Self {
        let folder = tempfile::tempdir().unwrap();
        ours.house.moves_into(folder.path());
        let put = |name: &str, octets: &[u8]| fs::write(folder.path().join(name), octets).unwrap();
        put("own.cnf", CONFIGURATION.as_bytes());
        put("index.txt", b"");
        put("number.txt", b"01\n");
        put("serial", b"0A\n");
        put("request.tsq", &ours.request.to_der());
        put("letter.p7m", &ours.letter);
        put("inner", &ours.inner);
        Self { name, program, folder, inner: ours.inner.clone() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Its arguments are split at spaces.
    fn run(&self, arguments: &str) -> Result<Vec<u8>, No> {
        let mut command = call(&self.program, self.path());
        command.env("OPENSSL_CONF", "own.cnf").args(arguments.split_whitespace());
        run(command)
    }

    fn put(&self, name: &str, octets: &[u8]) {
        fs::write(self.path().join(name), octets).unwrap();
    }

    fn verifies(&self, options: &str) -> Result<(), No> {
        let verify = "cms -verify -binary -inform DER -in message -CAfile root.pem";
        is(TEXT, &self.run(&format!("{verify} {options}"))?)
    }

    fn signs(&self, signers: Signers, options: &str) -> Result<Sample, No> {
        let (first, second) = match signers {
            Signers::One(signer) => (signer, None),
            Signers::Two(first, second) => (first, Some(second)),
        };
        // One call has one digest for all who sign.
        let sign = format!("cms -sign -binary -cades -md {} -in text -outform DER", first.digest);
        let by_second = second.map(by).unwrap_or_default();
        Ok(self.run(&format!("{sign} {options} {} {by_second}", by(first)))?.into())
    }

    fn decrypts(&self, recipient: Recipient, wanted: &[u8]) -> Result<(), No> {
        let by = match recipient {
            Recipient::Holder(Opener { name, .. }) | Recipient::Many(Opener { name, .. }) => {
                format!("-recip opens-{name}.pem -inkey opens-{name}.key")
            }
            Recipient::RsaPkcs1 => "-recip opens-rsa.pem -inkey opens-rsa.key".into(),
            Recipient::SharedKey => format!("-secretkey {} -secretkeyid ABCD", "07".repeat(32)),
            Recipient::Password => format!("-pwri_password {PASSWORD}"),
        };
        let decrypt = "cms -decrypt -binary -inform DER -in message";
        is(wanted, &self.run(&format!("{decrypt} {by}"))?)
    }

    fn encrypts(&self, recipient: Recipient, cipher: &str, input: &str) -> Result<Sample, No> {
        let to = match recipient {
            Recipient::Holder(Opener { name: "p256", .. }) => {
                "-recip opens-p256.pem -keyopt ecdh_kdf_md:sha256".into()
            }
            Recipient::Holder(Opener { name: "p384", .. }) => {
                "-recip opens-p384.pem -keyopt ecdh_kdf_md:sha384".into()
            }
            Recipient::Holder(Opener { name: "rsa", .. }) => {
                "-recip opens-rsa.pem -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256"
                    .into()
            }
            Recipient::Holder(Opener { name, .. }) => format!("-recip opens-{name}.pem"),
            Recipient::Many(Opener { name, .. }) => {
                format!("-recip opens-rsa.pem -recip opens-{name}.pem -keyopt ecdh_kdf_md:sha256")
            }
            Recipient::RsaPkcs1 => "-recip opens-rsa.pem".into(),
            Recipient::SharedKey => format!("-secretkey {} -secretkeyid ABCD", "07".repeat(32)),
            Recipient::Password => format!("-pwri_password {PASSWORD}"),
        };
        let encrypt = format!("cms -encrypt -binary -{cipher} -in {input} -outform DER {to}");
        Ok(self.run(&encrypt)?.into())
    }

    /// The certificate stands alone, root and list beside it.
    fn judges(&self, sample: &Sample) -> Result<(), No> {
        self.put("own-root.pem", pem("CERTIFICATE", &sample.beside[0]).as_bytes());
        self.put("own-crl.pem", pem("X509 CRL", &sample.beside[1]).as_bytes());
        self.put("leaf.pem", pem("CERTIFICATE", &sample.message).as_bytes());
        let verify = "verify -x509_strict -check_ss_sig -crl_check_all";
        let files = "-CAfile own-root.pem -CRLfile own-crl.pem leaf.pem";
        self.run(&format!("{verify} {files}"))?;
        // A key that it does not know it would have passed over.
        self.run("x509 -in leaf.pem -noout -pubkey").map(drop)
    }

    fn makes_path(&self, signer: Signer) -> Result<Sample, No> {
        let key = match signer.name {
            "p256" => "EC -pkeyopt ec_paramgen_curve:P-256",
            "p384" => "EC -pkeyopt ec_paramgen_curve:P-384",
            "ed25519" => "ED25519",
            "ml-dsa-65" => "ML-DSA-65",
            _ => "RSA -pkeyopt rsa_keygen_bits:3072",
        };
        let digest = match signer.name {
            "ed25519" | "ml-dsa-65" => String::new(),
            "rsa-pss" => "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32".into(),
            _ => format!("-{}", signer.digest),
        };
        for name in ["own-root", "leaf"] {
            self.run(&format!("genpkey -algorithm {key} -out {name}.key"))?;
        }
        let root = "req -x509 -key own-root.key -extensions root -days 900 -out own-root.pem";
        self.run(&format!("{root} {digest}"))?;
        self.run("req -new -key leaf.key -subj /CN=Anna -out leaf.csr")?;
        self.certifies("-req -in leaf.csr", "own-root", "signer", &digest)?;
        // Here the digest is spelt `-md sha256`, unlike everywhere else.
        let digest = match digest.strip_prefix('-') {
            Some(rest) => format!("-md {rest}"),
            None => "-md default".into(),
        };
        let list = "ca -gencrl -cert own-root.pem -keyfile own-root.key -out own-crl.pem";
        self.run(&format!("{list} {digest}"))?;
        self.three("own-root.pem", "own-crl.pem")
    }

    fn certifies(&self, what: &str, root: &str, as_a: &str, digest: &str) -> Result<(), No> {
        let sign = format!("x509 {what} -CA {root}.pem -CAkey {root}.key -set_serial 77");
        let fields = format!("-extfile own.cnf -extensions {as_a} -days 300 -out leaf.pem");
        self.run(&format!("{sign} {fields} {digest}")).map(drop)
    }

    fn three(&self, root: &str, list: &str) -> Result<Sample, No> {
        let der =
            |command: &str, name: &str| self.run(&format!("{command} -in {name} -outform DER"));
        Ok(Sample {
            message: der("x509", "leaf.pem")?,
            beside: vec![der("x509", root)?, der("crl", list)?],
        })
    }

    fn certifies_key(&self, opener: Opener) -> Result<Sample, No> {
        let usage = match opener.name {
            "p256" | "p384" | "x25519" => "agrees",
            _ => "enciphers",
        };
        let key = format!("pkey -in opens-{}.key -pubout -out public.pem", opener.name);
        self.run(&key)?;
        self.certifies("-new -subj /CN=Bert -force_pubkey public.pem", "root", usage, "")?;
        self.three("root.pem", "crl.pem")
    }

    fn reads_key_file(&self, key: Key) -> Result<(), No> {
        let name = key_name(key);
        let read = self.run(&format!("pkcs12 -in message -passin pass:{PASSWORD} -nodes"))?;
        self.put("both.pem", &read);
        let inside = self.run("pkey -in both.pem -pubout")?;
        let certificate = self.run("x509 -in both.pem -outform DER")?;
        is(&self.run(&format!("pkey -in {name}.key -pubout"))?, &inside)?;
        is(&self.run(&format!("x509 -in {name}.pem -outform DER"))?, &certificate)
    }

    /// A request that it does not take it answers too, with a rejection.
    fn answers(&self, request: &str) -> Result<Vec<u8>, No> {
        let reply = self.run(&format!("ts -reply -queryfile {request} -config own.cnf"))?;
        self.put("reply.tsr", &reply);
        let text = self.run("ts -reply -in reply.tsr -text")?;
        let text = String::from_utf8_lossy(&text).into_owned();
        if text.contains("Status: Granted.") { Ok(reply) } else { Err(No::refused(text)) }
    }
}

fn by(signer: Signer) -> String {
    let by = format!("-signer {0}.pem -inkey {0}.key", signer.key);
    match signer.name {
        "rsa-pss" => format!("{by} -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:32"),
        _ => by,
    }
}

fn key_name(key: Key) -> String {
    match key {
        Key::Signs(signer) => signer.key.to_owned(),
        Key::Opens(opener) => format!("opens-{}", opener.name),
    }
}

fn is(wanted: &[u8], got: &[u8]) -> Result<(), No> {
    if wanted == got { Ok(()) } else { Err(No::refused("it brings out another content")) }
}

impl Peer for OpenSsl {
    fn name(&self) -> &'static str {
        self.name
    }

    fn version(&self) -> String {
        let said = self.run("version").unwrap();
        let said = String::from_utf8_lossy(&said).into_owned();
        said.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
    }

    fn reads(&mut self, row: &Row, sample: &Sample) -> Result<(), No> {
        self.put("message", &sample.message);
        match row.form {
            Form::Cades(_, Level::Signed | Level::TimeStamped) => self.verifies("-cades"),
            Form::Cades(..) => self.verifies("-cades -crl_check"),
            Form::Certified(_) | Form::Path(_) => self.judges(sample),
            Form::KeyFile(key) => self.reads_key_file(key),
            Form::Receipt => {
                let letter = "-inform DER -in letter.p7m -CAfile root.pem";
                let verify = "cms -verify_receipt message -rctform DER -purpose any";
                self.run(&format!("{verify} {letter}")).map(drop)
            }
            Form::Sealed(recipient, content) => {
                let is_authenticated = content.encryption().is_authenticated();
                self.decrypts(recipient, if is_authenticated { TEXT } else { &self.inner })
            }
            Form::SealedStreamed(opener) => self.decrypts(Recipient::Holder(opener), TEXT),
            Form::Signed(_, Place::Detached) => self.verifies("-content text"),
            Form::Signed(..) => self.verifies(""),
            Form::TimeStampReply => {
                let verify = "ts -verify -in message -queryfile request.tsq -CAfile root.pem";
                self.run(verify).map(drop)
            }
            Form::TimeStampRequest => self.answers("message").map(drop),
        }
    }

    fn writes(&mut self, row: &Row) -> Result<Sample, No> {
        match row.form {
            Form::Cades(signers, Level::Signed) => self.signs(signers, "-nodetach"),
            Form::Cades(..) => Err(No::Untried),
            Form::Certified(opener) => self.certifies_key(opener),
            Form::KeyFile(key) => {
                let name = key_name(key);
                let export = format!("pkcs12 -export -inkey {name}.key -in {name}.pem");
                let more = format!("-certfile root.pem -passout pass:{PASSWORD}");
                Ok(self.run(&format!("{export} {more}"))?.into())
            }
            Form::Path(signer) => self.makes_path(signer),
            Form::Receipt => {
                let letter = "-inform DER -in letter.p7m -CAfile root.pem -purpose any";
                let sign = "cms -sign_receipt -cades -md sha256 -signer bert.pem -inkey bert.key";
                Ok(self.run(&format!("{sign} {letter} -outform DER"))?.into())
            }
            Form::Sealed(_, content) if content.is_bound() => Err(No::Untried),
            Form::Sealed(recipient, content) => {
                let is_authenticated = content.encryption().is_authenticated();
                // It spells the ciphers as we do.
                let input = if is_authenticated { "text" } else { "inner" };
                self.encrypts(recipient, content.encryption().name(), input)
            }
            Form::SealedStreamed(opener) => {
                self.encrypts(Recipient::Holder(opener), "aes-256-gcm -stream", "text")
            }
            Form::Signed(signers, Place::Attached) => self.signs(signers, "-nodetach"),
            Form::Signed(signers, Place::Detached) => self.signs(signers, ""),
            Form::Signed(signers, Place::Streamed) => self.signs(signers, "-nodetach -stream"),
            Form::TimeStampReply => Ok(self.answers("request.tsq")?.into()),
            Form::TimeStampRequest => Ok(self.run("ts -query -data text -sha256 -cert")?.into()),
        }
    }
}
