//! A provider as a process.

use crate::program::{Ran, ours, run, run_with_input};
use memchr::memmem;
use serde_json::Value;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a provider may take to start or to stop. Generous: two cores may be busy elsewhere.
const PATIENCE: Duration = Duration::from_secs(60);

/// A provider: its folder, and its process while it runs.
pub struct Provider {
    /// Its domain.
    pub domain: String,
    /// Where everything of it lies.
    pub folder: PathBuf,
    /// The loopback port it listens on.
    pub port: u16,
    process: Option<Child>,
}

impl Provider {
    /// Sets a provider up with `quickstart`. It does not run yet.
    pub fn quickstart(parent: &Path, domain: &str, organisation: &str) -> Self {
        let port = free_port();
        let folder = parent.join(domain);
        let provider = Self { domain: domain.to_owned(), folder, port, process: None };
        let endpoint = provider.endpoint();
        let mut command = ours("sealpost-provider");
        command.args(["quickstart", domain, "--organisation", organisation]);
        command.args(["--listen", &endpoint, "--endpoint", &endpoint]);
        run_in(command, "--dir", &provider.folder).succeeded();
        provider
    }

    /// `host:port`.
    pub fn endpoint(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The configuration file.
    pub fn config(&self) -> PathBuf {
        self.folder.join("provider.toml")
    }

    /// The root certificate (PEM).
    pub fn root(&self) -> PathBuf {
        self.folder.join("certificates").join("root.pem")
    }

    /// Everything the process wrote to its log so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log.jsonl")).unwrap_or_default()
    }

    /// Replaces `key = …` in the configuration, in table `[table]`.
    #[track_caller]
    pub fn configure(&self, table: &str, key: &str, value: &str) {
        let text = fs::read_to_string(self.config()).expect("quickstart wrote it");
        let mut in_table = table.is_empty();
        let mut found = false;
        let lines: Vec<String> = text
            .lines()
            .map(|line| {
                if line.starts_with('[') {
                    in_table = line == format!("[{table}]");
                }
                if in_table && line.starts_with(&format!("{key} = ")) {
                    found = true;
                    return format!("{key} = {value}");
                }
                line.to_owned()
            })
            .collect();
        assert!(found, "no {key} in [{table}] of:\n{text}");
        fs::write(self.config(), lines.join("\n") + "\n").expect("the folder is ours");
    }

    /// Makes this provider trust `other` by its root.
    pub fn trusts(&self, other: &Self) {
        let root = other.root();
        let root = root.to_str().expect("test folders have plain names");
        self.command(&[
            "peer",
            "add",
            &other.domain,
            "--root",
            root,
            "--endpoint",
            &other.endpoint(),
        ])
        .succeeded();
    }

    /// Runs a subcommand against this provider's configuration.
    pub fn command(&self, arguments: &[&str]) -> Ran {
        let mut command = ours("sealpost-provider");
        command.args(arguments);
        run_in(command, "--config", &self.config())
    }

    /// Starts the process and waits until it takes connections.
    pub fn start(&mut self) {
        self.start_with(&[]);
    }

    /// Starts the process with environment variables, such as the one that injects a fault.
    pub fn start_with(&mut self, environment: &[(&str, &str)]) {
        let mut command = ours("sealpost-provider");
        command.arg("serve").arg("--config").arg(self.config());
        command.envs(environment.iter().copied());
        self.start_by(command);
    }

    /// Starts the process by a command that ends up as `sealpost-provider serve`.
    pub fn start_by(&mut self, mut command: Command) {
        assert!(self.process.is_none(), "{} runs already", self.domain);
        let log = File::options().create(true).append(true).open(self.folder.join("log.jsonl"));
        command.stdout(Stdio::null()).stderr(log.expect("the folder is ours"));
        self.process = Some(command.spawn().expect("the binary was built"));
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            if let Some(status) =
                self.process.as_mut().and_then(|child| child.try_wait().ok().flatten())
            {
                panic!("{} ended while starting ({status}):\n{}", self.domain, self.log());
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{} does not start:\n{}",
                self.domain,
                self.log()
            );
            sleep(Duration::from_millis(20));
        }
    }

    /// Whether the process runs.
    pub fn runs(&mut self) -> bool {
        self.process
            .as_mut()
            .is_some_and(|child| child.try_wait().is_ok_and(|status| status.is_none()))
    }

    /// The process number, for measurements.
    pub fn process_id(&self) -> Option<u32> {
        self.process.as_ref().map(Child::id)
    }

    /// Waits until the process has ended by itself, as an injected fault makes it.
    #[track_caller]
    pub fn wait_for_death(&mut self) {
        let started = Instant::now();
        while self.runs() {
            assert!(started.elapsed() < PATIENCE, "{} is still alive", self.domain);
            sleep(Duration::from_millis(20));
        }
        self.process = None;
    }

    /// SIGTERM, and the exit code.
    pub fn stop(&mut self) -> i32 {
        let Some(mut child) = self.process.take() else { return 0 };
        signal("-TERM", child.id());
        let started = Instant::now();
        loop {
            if let Ok(Some(status)) = child.try_wait() {
                return status.code().unwrap_or(255);
            }
            assert!(started.elapsed() < PATIENCE, "{} does not stop:\n{}", self.domain, self.log());
            sleep(Duration::from_millis(20));
        }
    }

    /// Leaves the process running when this value goes; its process number.
    pub fn detach(&mut self) -> u32 {
        self.process.take().map_or(0, |child| child.id())
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.process.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Invites a person; the text of the invitation.
    pub fn invites(&self, address: &str, name: &str) -> String {
        let ran = self
            .command(&["invite", address, "--name", name, "--assurance", "substantial"])
            .succeeded();
        ran.stdout.trim().to_owned()
    }

    /// What the provider holds, as it says itself.
    pub fn knows(&self) -> Value {
        self.command(&["knows", "--json"]).succeeded().json()
    }

    /// What `/metrics` says, asked by a foreign program.
    #[track_caller]
    pub fn metrics(&self) -> String {
        let mut ask = Command::new("openssl");
        ask.args(["s_client", "-quiet", "-ign_eof", "-verify_return_error", "-connect"]);
        ask.arg(self.endpoint()).args(["-servername", &self.domain, "-CAfile"]).arg(self.root());
        let request = format!(
            "GET /metrics HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.endpoint()
        );
        let answer = run_with_input(ask, request.as_bytes());
        assert!(answer.stdout.starts_with("HTTP/1.1 200"), "{}{}", answer.stdout, answer.stderr);
        answer.stdout
    }

    /// Every octet the provider holds about letters and people: database, write-ahead log, blobs,
    /// and its log. Keys and configuration are not letters.
    pub fn everything_it_holds(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect(&self.folder, &mut files);
        files
    }

    /// In which files of the provider `needle` stands.
    pub fn files_with(&self, needle: &[u8]) -> Vec<PathBuf> {
        let stands_in = |octets: &[u8]| memmem::find(octets, needle).is_some();
        self.everything_it_holds()
            .into_iter()
            .filter(|(_, octets)| stands_in(octets))
            .map(|(path, _)| path)
            .collect()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.kill();
    }
}

fn run_in(mut command: Command, option: &str, path: &Path) -> Ran {
    command.arg(option).arg(path);
    run(command)
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if let Ok(octets) = fs::read(&path) {
            files.push((path, octets));
        }
    }
}

/// Sends a signal to a process.
pub fn signal(signal: &str, process: u32) {
    let _ = Command::new("kill").args([signal, &process.to_string()]).status();
}

/// A loopback port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
    listener.local_addr().expect("a bound socket has an address").port()
}
