//! A foreign time-stamping authority (RFC 3161 over HTTP): OpenSSL behind a socket.

use crate::program::foreign;
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
";

impl Authority {
    /// Makes keys and certificate.
    pub fn new(parent: &Path) -> Self {
        Self::named(parent, "clock")
    }

    /// As [`Authority::new`], for a house with several: in a folder of this name.
    pub fn named(parent: &Path, name: &str) -> Self {
        let folder = parent.join(name);
        fs::create_dir(&folder).expect("the folder is new");
        let text = folder.to_str().expect("test folders have plain names");
        fs::write(folder.join("tsa.cnf"), CONFIGURATION.replace("$ENV::FOLDER", text))
            .and_then(|()| fs::write(folder.join("serial"), "01\n"))
            .expect("the folder is ours");
        let (key, certificate) = (format!("{text}/clock.key"), format!("{text}/clock.pem"));
        let make =
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let config = format!("{text}/tsa.cnf");
        let about = ["-days", "30", "-config", &config, "-keyout", &key, "-out", &certificate];
        foreign("openssl", make.into_iter().chain(about)).succeeded();
        Self { folder, port: free_port() }
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
    let mut octets = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if let Some(length) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            octets = length.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut query = vec![0; octets];
    reader.read_exact(&mut query)?;
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (config, question, reply) = (path("tsa.cnf"), path("query"), path("reply"));
    fs::write(&question, query)?;
    let arguments = ["ts", "-reply", "-config", &config, "-queryfile", &question, "-out", &reply];
    // A folder that is gone belongs to a test that is over.
    if Command::new("openssl").args(arguments).stderr(Stdio::null()).status()?.success() {
        let reply = fs::read(reply)?;
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/timestamp-reply\r\n\
             connection: close\r\ncontent-length: {}\r\n\r\n",
            reply.len()
        );
        reader.get_mut().write_all(&[head.as_bytes(), &reply].concat())?;
    }
    Ok(())
}
