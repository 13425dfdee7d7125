//! A foreign time-stamping authority (RFC 3161 over HTTP): OpenSSL behind a socket. It vouches for
//! itself, or a root vouches for it and publishes a revocation list.

use crate::program::run;
use crate::provider::free_port;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The authority: its folder and its port. It answers once it is opened.
pub struct Authority {
    folder: PathBuf,
    port: u16,
}

const CONFIGURATION: &str = "
[ tsa ]
default_tsa = clock
[ clock ]
serial = $ENV::FOLDER/serial
signer_cert = $ENV::FOLDER/clock.pem
signer_key = $ENV::FOLDER/clock.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.32473.1
digests = sha256
accuracy = secs:1
tsa_name = no
ess_cert_id_alg = sha256
[ req ]
distinguished_name = name
x509_extensions = usage
prompt = no
[ name ]
O = Foreign Clock
CN = Foreign Clock
[ usage ]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[ root ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ ca ]
default_ca = registry
[ registry ]
database = $ENV::FOLDER/registry
crlnumber = $ENV::FOLDER/crlnumber
certificate = $ENV::FOLDER/root.pem
private_key = $ENV::FOLDER/root.key
default_md = sha256
default_crl_days = 1
";

impl Authority {
    /// Makes keys and certificate.
    pub fn new(parent: &Path) -> Self {
        Self::named(parent, "clock")
    }

    /// As [`Authority::new`], for a house with several: in a folder of this name.
    pub fn named(parent: &Path, name: &str) -> Self {
        let authority = Self::in_folder(parent, name);
        authority.openssl(
            "req -x509 -days 30 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
             -config tsa.cnf -keyout clock.key -out clock.pem",
        );
        authority
    }

    /// An authority as one finds them: a root, and under it the certificate that it stamps with. Its
    /// tokens hold no revocation list.
    pub fn under_a_root(parent: &Path) -> Self {
        let authority = Self::in_folder(parent, "clock");
        fs::write(authority.folder.join("registry"), "")
            .and_then(|()| fs::write(authority.folder.join("crlnumber"), "01\n"))
            .expect("the folder is ours");
        let keys = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config tsa.cnf";
        authority.openssl(&format!(
            "req -x509 -days 30 {keys} -extensions root -subj /O=Foreign/CN=Root \
             -keyout root.key -out root.pem"
        ));
        authority.openssl(&format!(
            "req -x509 -days 29 {keys} -CA root.pem -CAkey root.key \
             -keyout clock.key -out clock.pem"
        ));
        authority.publish_list();
        authority
    }

    /// The root revokes the certificate that time is stamped with, and publishes that.
    pub fn revoke(&self) {
        self.openssl("ca -config tsa.cnf -revoke clock.pem");
        self.publish_list();
    }

    fn publish_list(&self) {
        self.openssl("ca -config tsa.cnf -gencrl -out list.pem");
        self.openssl("crl -in list.pem -outform DER -out list.crl");
    }

    fn in_folder(parent: &Path, name: &str) -> Self {
        let folder = parent.join(name);
        fs::create_dir(&folder).expect("the folder is new");
        let text = folder.to_str().expect("test folders have plain names");
        fs::write(folder.join("tsa.cnf"), CONFIGURATION.replace("$ENV::FOLDER", text))
            .and_then(|()| fs::write(folder.join("serial"), "01\n"))
            .expect("the folder is ours");
        Self { folder, port: free_port() }
    }

    /// Runs OpenSSL in the folder; the arguments are split at spaces.
    #[track_caller]
    fn openssl(&self, arguments: &str) {
        let mut command = Command::new("openssl");
        command.args(arguments.split_whitespace()).current_dir(&self.folder);
        run(command).succeeded();
    }

    /// Its root certificate (PEM), if it is under one.
    pub fn root(&self) -> PathBuf {
        self.folder.join("root.pem")
    }

    /// Where its revocation list is.
    pub fn list_url(&self) -> String {
        format!("{}list.crl", self.url())
    }

    /// Where it will answer.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Its certificate (PEM), which vouches for itself.
    pub fn certificate(&self) -> PathBuf {
        self.folder.join("clock.pem")
    }

    /// Answers from now on, until the test ends.
    pub fn open(&self) {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).expect("the port is free");
        let folder = self.folder.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                // A caller that goes away is his own affair.
                let _ = answer(&folder, connection);
            }
        });
    }
}

/// One question for each connection: two providers ask at the same time.
fn answer(folder: &Path, connection: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(connection);
    let (mut octets, mut asks_for_list) = (0, false);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        asks_for_list |= line.starts_with("GET /list.crl ");
        if let Some(length) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            octets = length.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
    }
    if asks_for_list {
        let list = fs::read(folder.join("list.crl"))?;
        return give(reader.get_mut(), "application/pkix-crl", &list);
    }
    let mut query = vec![0; octets];
    reader.read_exact(&mut query)?;
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (config, question, reply) = (path("tsa.cnf"), path("query"), path("reply"));
    fs::write(&question, query)?;
    let arguments = ["ts", "-reply", "-config", &config, "-queryfile", &question, "-out", &reply];
    // A folder that is gone belongs to a test that is over.
    if Command::new("openssl").args(arguments).stderr(Stdio::null()).status()?.success() {
        give(reader.get_mut(), "application/timestamp-reply", &fs::read(reply)?)?;
    }
    Ok(())
}

fn give(connection: &mut TcpStream, media_type: &str, octets: &[u8]) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n",
        octets.len()
    );
    connection.write_all(&[head.as_bytes(), octets].concat())
}
