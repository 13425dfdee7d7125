//! The named peer: Postfix on a loopback port, with configuration and queue of its own. It accepts
//! plain messages durably and puts all of them on hold, so that it delivers nothing.

use super::machine;
use crate::setup;
use anyhow::{Context, Result, bail};
use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);

/// A running Postfix.
pub struct Postfix {
    configuration: PathBuf,
    master: u32,
    pub port: u16,
    pub version: String,
}

impl Postfix {
    /// Starts it below `folder`; an error says why there is no peer in this run.
    pub fn start(folder: &Path) -> Result<Self> {
        setup::postfix()?;
        let version = output(Command::new("postconf").args(["-d", "-h", "mail_version"]))?;
        let configuration = folder.join("postfix");
        let queue = folder.join("postfix-queue");
        let data = folder.join("postfix-data");
        // Postfix works as a user of its own, who has to find the way.
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
        for folder in [&configuration, &queue, &data] {
            fs::create_dir(folder)?;
        }
        run(Command::new("chown").arg("postfix").arg(&data))?;
        let port = sealpost_tests::provider::free_port();
        fs::write(configuration.join("main.cf"), main_cf(&queue, &data))?;
        fs::write(configuration.join("master.cf"), master_cf(port))?;
        run(Command::new("postfix").arg("-c").arg(&configuration).arg("start"))?;
        let mut postfix =
            Self { configuration, master: 0, port, version: version.trim().to_owned() };
        postfix.wait_until_it_listens()?;
        let id = fs::read_to_string(queue.join("pid/master.pid"))?;
        postfix.master = id.trim().parse()?;
        Ok(postfix)
    }

    /// CPU of all its processes since they started.
    pub fn cpu_ms(&self) -> Result<f64> {
        let times = machine::family(self.master).into_iter().map(|id| machine::cpu_ms(id, true));
        // A process that ended meanwhile is in the times of its parent.
        Ok(times.filter_map(Result::ok).sum())
    }

    fn wait_until_it_listens(&self) -> Result<()> {
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            if began.elapsed() > PATIENCE {
                bail!("Postfix does not listen");
            }
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // The queue lies in a temporary folder; whatever is left in it goes.
        let _ = run(Command::new("postfix").arg("-c").arg(&self.configuration).arg("stop"));
    }
}

fn main_cf(queue: &Path, data: &Path) -> String {
    let (queue, data) = (queue.display(), data.display());
    format!(
        "compatibility_level = 3.6\nqueue_directory = {queue}\ndata_directory = {data}\n\
         command_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\n\
         mail_owner = postfix\nsetgid_group = postdrop\nmyhostname = bench.invalid\nmydestination =\n\
         inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmynetworks = 127.0.0.0/8\n\
         smtpd_relay_restrictions = permit_mynetworks, reject\n\
         smtpd_recipient_restrictions = check_recipient_access static:HOLD, permit_mynetworks, reject\n\
         smtpd_peername_lookup = no\ndisable_dns_lookups = yes\nalias_maps =\nalias_database =\n\
         smtpd_client_connection_count_limit = 0\ndefault_process_limit = 100\nbiff = no\n\
         maillog_file = /dev/null\nmaillog_file_prefixes = /dev\n"
    )
}

fn master_cf(port: u16) -> String {
    let services = [
        "127.0.0.1:PORT inet n - n - - smtpd",
        "cleanup unix n - n - 0 cleanup",
        "qmgr unix n - n 300 1 qmgr",
        "rewrite unix - - n - - trivial-rewrite",
        "bounce unix - - n - 0 bounce",
        "defer unix - - n - 0 bounce",
        "trace unix - - n - 0 bounce",
        "proxymap unix - - n - - proxymap",
        "anvil unix - - n - 1 anvil",
        "postlog unix-dgram n - n - 1 postlogd",
    ];
    services.join("\n").replace("PORT", &port.to_string()) + "\n"
}

fn run(command: &mut Command) -> Result<()> {
    output(command).map(drop)
}

/// Quiet unless it fails.
fn output(command: &mut Command) -> Result<String> {
    let words = crate::shell::in_words(command);
    // Daemons keep what they inherit: standard error goes to a file, or reading it would never end.
    let said = command.stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::piped());
    let output = match words.ends_with("start") {
        true => said.stdout(Stdio::null()).output(),
        false => said.output(),
    };
    let output = output.with_context(|| format!("`{words}` could not be started"))?;
    if !output.status.success() {
        bail!("`{words}` ended with {}", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
