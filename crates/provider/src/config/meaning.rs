//! The configuration as it is meant: checked, resolved, typed.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::time::{ClaimedTime, LocalTime};
use sealpost_erds::address::Domain;
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::policy::{POLICY_VERSION, PolicyUpdate, Restrictions};

use super::duration;
use super::error::{ConfigError, line_of};
use super::file::{self, ConfigFile};
use crate::{durable, limits};

/// What the provider is to do.
#[derive(Debug, Clone)]
pub struct Config {
    /// The domain it serves.
    pub domain: Domain,
    /// The organisation that runs it.
    pub organisation: String,
    /// Where its files lie.
    pub files: Files,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Host and port told to people.
    pub public_endpoint: String,
    /// Who says what time it is.
    pub time_stamp: TimeStampAuthority,
    /// The largest letter in octets of ciphertext.
    pub letter_octets_max: u64,
    /// The largest objects beside one letter, together, in octets.
    pub objects_octets_max: u64,
    /// The requests of one account that are worked on at the same time.
    pub requests_of_account_max: usize,
    /// How long a recipient may have to accept.
    pub deadline: Span,
    /// How much later than the deadline an acceptance that was made in time may arrive.
    pub deadline_grace: Duration,
    /// Without success for this long, a dispatch fails.
    pub relay_give_up_after: Duration,
    /// First and longest pause between two tries.
    pub relay_retry: Span,
    /// Without success for this long, evidence on its way back is dropped.
    pub relay_receipts_give_up_after: Duration,
    /// A finished letter is remembered for this long.
    pub retention_after_handover: Duration,
    /// A repeated submission is recognised for this long.
    pub retention_idempotency: Duration,
    /// Evidence that nobody has fetched waits for this long.
    pub retention_mailbox: Duration,
    /// Who may read the metrics.
    pub metrics_allow: Vec<IpAddr>,
    /// The least severe level that is logged.
    pub log_level: tracing::Level,
    /// Peers whose certified identities open an account.
    pub identity_issuers: Vec<Domain>,
    /// How surely such an identity is known to be right.
    pub identity_assurance: Assurance,
    /// The update of the algorithm policy that it publishes. When the sealed copy ends is decided
    /// when it is sealed.
    pub policy_update: Option<PolicyUpdate>,
    /// Which algorithms count here: the release's policy, and what the update takes away.
    pub policy: Arc<AlgorithmPolicy>,
    /// The providers it trusts.
    pub peers: Vec<Peer>,
}

/// A shortest and a longest time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Not shorter.
    pub min: Duration,
    /// Not longer.
    pub max: Duration,
}

/// Who says what time it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeStampAuthority {
    /// The provider itself, by a key of its own.
    Internal,
    /// An RFC 3161 authority.
    External {
        /// Its URL.
        url: String,
        /// Its root certificate.
        root: PathBuf,
        /// Where its revocation list is, if its tokens do not hold it.
        revocation_list: Option<ListPlace>,
    },
}

/// Where a revocation list is to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListPlace {
    /// From a web server. A list is signed, so that http will do (RFC 5280 §8).
    Url(String),
    /// From a file that somebody renews.
    File(PathBuf),
}

/// Another provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its domain.
    pub domain: Domain,
    /// Its root certificate.
    pub root: PathBuf,
    /// Where to connect.
    pub host: String,
    /// Where to connect.
    pub port: u16,
}

/// The provider's files. Their names are fixed, only the folder is a matter of configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The data folder.
    pub folder: PathBuf,
}

impl Files {
    /// A private key: `ca`, `seal`, `time-stamping`, `tls` or `routing`.
    #[must_use]
    pub fn key(&self, name: &str) -> PathBuf {
        self.folder.join("keys").join(format!("{name}.key.pem"))
    }

    /// A certificate: `root`, `seal`, `time-stamping` or `tls`.
    #[must_use]
    pub fn certificate(&self, name: &str) -> PathBuf {
        self.folder.join("certificates").join(format!("{name}.pem"))
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.folder.join("provider.sqlite")
    }

    /// The folder of large ciphertext.
    #[must_use]
    pub fn blobs(&self) -> PathBuf {
        self.folder.join("blobs")
    }

    /// Locked by the process that serves, so that there is only one.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.folder.join("serve.lock")
    }
}

impl Config {
    /// Reads, checks and resolves the file. Opens nothing else but the roots' existence.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let unreadable = |source| ConfigError::Unreadable { path: path.to_path_buf(), source };
        let octets = durable::read_bounded(path, limits::CONFIG_OCTETS_MAX).map_err(unreadable)?;
        let text = String::from_utf8(octets).map_err(|_| {
            unreadable(std::io::Error::new(std::io::ErrorKind::InvalidData, "not UTF-8"))
        })?;
        Self::parse(path, &text)
    }

    /// As [`Config::load`], from text that stands in `path`.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let file: ConfigFile =
            toml::from_str(text).map_err(|error| ConfigError::syntax(path, text, &error))?;
        Reading { path, text }.config(file)
    }
}

/// What is needed to say where an error stands.
struct Reading<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Reading<'_> {
    fn config(&self, file: ConfigFile) -> Result<Config, ConfigError> {
        let domain = self.domain("domain", &file.domain)?;
        let peers = self.peers(&file.peer, &domain)?;
        let policy_update =
            file.policy.as_ref().map(|table| self.policy(table, &domain)).transpose()?;
        let release = AlgorithmPolicy::current();
        let policy = match &policy_update {
            None => release.clone(),
            Some(update) => update.effective(release).map_err(|error| {
                self.wrong("policy", error.detail, "See docs/operating.md, \"A stricter policy\".")
            })?,
        };
        Ok(Config {
            domain,
            policy_update,
            policy: Arc::new(policy),
            organisation: self.organisation(&file.organisation)?,
            files: Files { folder: self.resolve(&file.data_dir) },
            listen: self.listen(&file.listen)?,
            public_endpoint: self.public_endpoint(&file.public_endpoint)?,
            time_stamp: self.time_stamp(&file.time_stamp)?,
            letter_octets_max: self.letter_octets_max(file.limits.letter_octets_max)?,
            objects_octets_max: self.objects_octets_max(file.limits.objects_octets_max)?,
            requests_of_account_max: self
                .requests_of_account_max(file.limits.requests_of_account_max)?,
            deadline: self.span(
                "deadline.min",
                &file.deadline.min,
                "deadline.max",
                &file.deadline.max,
            )?,
            deadline_grace: self.duration("deadline.grace", &file.deadline.grace)?,
            relay_receipts_give_up_after: self
                .duration("relay.receipts_give_up_after", &file.relay.receipts_give_up_after)?,
            relay_give_up_after: self.duration("relay.give_up_after", &file.relay.give_up_after)?,
            relay_retry: self.span(
                "relay.first_retry",
                &file.relay.first_retry,
                "relay.retry_max",
                &file.relay.retry_max,
            )?,
            retention_after_handover: self
                .duration("retention.after_handover", &file.retention.after_handover)?,
            retention_idempotency: self
                .duration("retention.idempotency", &file.retention.idempotency)?,
            retention_mailbox: self.duration("retention.mailbox", &file.retention.mailbox)?,
            metrics_allow: self.metrics_allow(&file.metrics.allow)?,
            log_level: self.log_level(&file.log.level)?,
            identity_issuers: self.identity_issuers(&file.registration.identity_issuers, &peers)?,
            identity_assurance: self.assurance(&file.registration.identity_assurance)?,
            peers,
        })
    }

    fn policy(&self, table: &file::Policy, domain: &Domain) -> Result<PolicyUpdate, ConfigError> {
        let since = LocalTime::parse_rfc3339(&table.since).map_err(|_| {
            self.wrong(
                "policy.since",
                format!("is {:?}, which is no time", table.since),
                "Write for example \"2027-03-01T00:00:00Z\".",
            )
        })?;
        let since = ClaimedTime::from_unix(since.unix());
        let mut restrictions = Restrictions {
            algorithms: table.algorithms.clone(),
            suites: table.suites.clone(),
            floor_for_agents: table.floor_for_agents.clone(),
            floor_for_mail_clients: table.floor_for_mail_clients.clone(),
            rsa: table.rsa,
        };
        restrictions.algorithms.sort_by(|one, other| one.name.cmp(&other.name));
        restrictions.suites.sort_by(|one, other| one.name.cmp(&other.name));
        let update = PolicyUpdate {
            version: POLICY_VERSION.to_owned(),
            domain: domain.clone(),
            id: table.id.clone(),
            since,
            next_update: since,
            restrictions,
        };
        // What agents would refuse is refused here.
        PolicyUpdate::from_json(&update.to_json()).map_err(|error| {
            self.wrong("policy", error.detail, "See docs/operating.md, \"A stricter policy\".")
        })
    }

    fn organisation(&self, text: &str) -> Result<String, ConfigError> {
        if (1..=limits::NAME_CHARACTERS_MAX).contains(&text.chars().count()) {
            return Ok(text.to_owned());
        }
        Err(self.wrong(
            "organisation",
            "must have 1 to 64 characters".into(),
            "Shorten the name; RFC 5280 allows no more in a certificate.",
        ))
    }

    fn listen(&self, text: &str) -> Result<SocketAddr, ConfigError> {
        text.parse().map_err(|_| {
            self.wrong(
                "listen",
                format!("is {text:?}, which is no address and port"),
                "Write for example \"127.0.0.1:8443\" or \"[::]:443\".",
            )
        })
    }

    fn public_endpoint(&self, text: &str) -> Result<String, ConfigError> {
        self.endpoint("public_endpoint", text).map(|_| text.to_owned())
    }

    fn time_stamp(&self, table: &file::TimeStamp) -> Result<TimeStampAuthority, ConfigError> {
        if table.authority == "internal" {
            return Ok(TimeStampAuthority::Internal);
        }
        if !is_url(&table.authority) {
            return Err(self.wrong(
                "time_stamp.authority",
                format!("is {:?}, which is neither \"internal\" nor a URL", table.authority),
                "Write \"internal\" or the http(s) URL of an RFC 3161 time-stamping authority.",
            ));
        }
        if table.root.is_empty() {
            return Err(self.wrong(
                "time_stamp.root",
                "is missing".into(),
                "Name the PEM file with the root certificate of the time-stamping authority.",
            ));
        }
        let root = self.existing("time_stamp.root", &table.root)?;
        let revocation_list = match table.revocation_list.as_str() {
            "" => None,
            url if is_url(url) => Some(ListPlace::Url(url.to_owned())),
            file => {
                let key = "time_stamp.revocation_list";
                Some(ListPlace::File(self.existing(key, file)?))
            }
        };
        Ok(TimeStampAuthority::External { url: table.authority.clone(), root, revocation_list })
    }

    fn letter_octets_max(&self, octets: u64) -> Result<u64, ConfigError> {
        if (limits::LETTER_OCTETS_FLOOR..=limits::LETTER_OCTETS_CEILING).contains(&octets) {
            return Ok(octets);
        }
        let what = format!(
            "is {octets}; it must be between {} and {}",
            limits::LETTER_OCTETS_FLOOR,
            limits::LETTER_OCTETS_CEILING
        );
        Err(self.wrong("limits.letter_octets_max", what, "The default is 67108864 (64 MiB)."))
    }

    fn objects_octets_max(&self, octets: u64) -> Result<u64, ConfigError> {
        if octets <= limits::OBJECTS_OCTETS_CEILING {
            return Ok(octets);
        }
        let what = format!("is {octets}; it must not exceed {}", limits::OBJECTS_OCTETS_CEILING);
        Err(self.wrong(
            "limits.objects_octets_max",
            what,
            "The default is 5373952000 (5 GiB of files).",
        ))
    }

    fn requests_of_account_max(&self, count: u64) -> Result<usize, ConfigError> {
        let count_max = limits::REQUESTS_OF_ACCOUNTS_MAX;
        let fits = usize::try_from(count).ok().filter(|count| (1..=count_max).contains(count));
        fits.ok_or_else(|| {
            self.wrong(
                "limits.requests_of_account_max",
                format!("is {count}; it must be between 1 and {count_max}"),
                "The default is 16; one agent seldom needs more than four.",
            )
        })
    }

    fn metrics_allow(&self, texts: &[String]) -> Result<Vec<IpAddr>, ConfigError> {
        let read = |text: &String| {
            text.parse().map_err(|_| {
                self.wrong(
                    "metrics.allow",
                    format!("holds {text:?}, which is no IP address"),
                    "List IPv4 or IPv6 addresses, such as \"127.0.0.1\".",
                )
            })
        };
        texts.iter().map(read).collect()
    }

    fn log_level(&self, text: &str) -> Result<tracing::Level, ConfigError> {
        match text {
            "error" => Ok(tracing::Level::ERROR),
            "warn" => Ok(tracing::Level::WARN),
            "info" => Ok(tracing::Level::INFO),
            _ => Err(self.wrong(
                "log.level",
                format!("is {text:?}"),
                "Write \"error\", \"warn\" or \"info\".",
            )),
        }
    }

    fn identity_issuers(
        &self,
        texts: &[String],
        peers: &[Peer],
    ) -> Result<Vec<Domain>, ConfigError> {
        let key = "registration.identity_issuers";
        let mut issuers = Vec::with_capacity(texts.len());
        for text in texts {
            let domain = self.domain(key, text)?;
            if !peers.iter().any(|peer| peer.domain == domain) {
                return Err(self.wrong(key, format!("holds {text:?}, which is no peer"), "Add a [[peer]] block for it: its certificates can be checked only with its root."));
            }
            issuers.push(domain);
        }
        Ok(issuers)
    }

    fn assurance(&self, text: &str) -> Result<Assurance, ConfigError> {
        Assurance::parse(text).ok_or_else(|| {
            self.wrong(
                "registration.identity_assurance",
                format!("is {text:?}"),
                "Write \"low\", \"substantial\" or \"high\".",
            )
        })
    }

    fn peers(&self, blocks: &[file::Peer], own: &Domain) -> Result<Vec<Peer>, ConfigError> {
        if blocks.len() > limits::PEERS_MAX {
            return Err(self.wrong(
                "peer",
                format!("stands there {} times", blocks.len()),
                "At most 1000 peers are possible.",
            ));
        }
        let mut peers: Vec<Peer> = Vec::with_capacity(blocks.len());
        for (index, block) in blocks.iter().enumerate() {
            let domain = self.domain(&format!("peer[{index}].domain"), &block.domain)?;
            if peers.iter().any(|peer| peer.domain == domain) {
                return Err(self.wrong(
                    &format!("peer[{index}].domain"),
                    format!("{:?} stands there twice", block.domain),
                    "Keep one block; a peer has one root.",
                ));
            }
            // Letters to our own people would go wherever the block says.
            if domain == *own {
                return Err(self.wrong(
                    &format!("peer[{index}].domain"),
                    format!("is {:?}, the domain of this provider itself", block.domain),
                    "Take the block out; a provider needs none for itself.",
                ));
            }
            let root = self.existing(&format!("peer[{index}].root"), &block.root)?;
            let (host, port) = match &block.endpoint {
                Some(endpoint) => self.endpoint(&format!("peer[{index}].endpoint"), endpoint)?,
                None => (domain.as_str().to_owned(), HTTPS),
            };
            peers.push(Peer { domain, root, host, port });
        }
        Ok(peers)
    }

    fn domain(&self, key: &str, text: &str) -> Result<Domain, ConfigError> {
        Domain::parse(text).map_err(|_| {
            self.wrong(
                key,
                format!("is {text:?}, which is no domain name"),
                "Write a name with at least two labels, such as \"north.example\".",
            )
        })
    }

    /// `host:port`; an IPv6 host stands in brackets.
    fn endpoint(&self, key: &str, text: &str) -> Result<(String, u16), ConfigError> {
        let parts = text.rsplit_once(':').and_then(|(host, port)| {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let plain = !host.is_empty() && !host.contains(['/', ' ', '@']);
            Some((plain.then(|| host.to_owned())?, port.parse().ok().filter(|&port| port != 0)?))
        });
        parts.ok_or_else(|| {
            self.wrong(
                key,
                format!("is {text:?}, which is no host and port"),
                "Write for example \"north.example:443\" or \"127.0.0.1:8443\".",
            )
        })
    }

    fn span(
        &self,
        key_min: &str,
        min: &str,
        key_max: &str,
        max: &str,
    ) -> Result<Span, ConfigError> {
        let span = Span { min: self.duration(key_min, min)?, max: self.duration(key_max, max)? };
        if span.min > span.max {
            return Err(self.wrong(
                key_min,
                format!("is {min:?}, longer than {key_max} ({max:?})"),
                "Make it shorter, or the other one longer.",
            ));
        }
        Ok(span)
    }

    fn duration(&self, key: &str, text: &str) -> Result<Duration, ConfigError> {
        duration::parse(text).filter(|duration| !duration.is_zero()).ok_or_else(|| {
            self.wrong(
                key,
                format!("is {text:?}, which is no span of time"),
                "Write a whole number and one of s, m, h, d, such as \"72h\".",
            )
        })
    }

    fn existing(&self, key: &str, text: &str) -> Result<PathBuf, ConfigError> {
        let path = self.resolve(text);
        if path.is_file() {
            return Ok(path);
        }
        Err(self.wrong(key, format!("names {}, which is no file", path.display()), "Put the PEM file there, or correct the name; it is relative to the configuration file."))
    }

    /// Paths are relative to the configuration file, not to where the program was started.
    fn resolve(&self, text: &str) -> PathBuf {
        let folder =
            self.path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        if text == "." { folder.to_path_buf() } else { folder.join(text) }
    }

    fn wrong(&self, key: &str, what: String, advice: &str) -> ConfigError {
        ConfigError::Value {
            path: self.path.to_path_buf(),
            line: line_of(self.text, key),
            key: key.to_owned(),
            what,
            advice: advice.to_owned(),
        }
    }
}

fn is_url(text: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| text.starts_with(scheme))
}

/// RFC 9110 §4.2.2.
const HTTPS: u16 = 443;
