//! The configuration as it is written. The documentation of each field is the comment that
//! `quickstart` prints above it: there is no second text to keep in step.

use sealpost_erds::policy::{End, Rsa};
use serde::{Deserialize, Serialize};

/// Declares one table of the file: the structure, its defaults, and its printing with comments.
macro_rules! table {
    (
        $(#[doc = $about:literal])*
        $name:ident {
            $( $(#[doc = $doc:literal])* $field:ident: $type:ty = $default:expr, )*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $( $(#[doc = $doc])* pub $field: $type, )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )* }
            }
        }

        impl $name {
            /// The table with its comments, as TOML. The nameless one stands at the top.
            fn print(&self, out: &mut String, name: Option<&str>) {
                if let Some(name) = name {
                    out.push('\n');
                    $( comment(out, $about); )*
                    out.push_str(&format!("[{name}]\n"));
                }
                $(
                    $( comment(out, $doc); )*
                    setting(out, stringify!($field), &self.$field);
                )*
            }
        }
    };
}

table! {
    /// What stands above the first table.
    Provider {
        /// The domain this provider serves: the part after the @ of every address here.
        domain: String = String::new(),
        /// The name of the organisation that runs it, as it stands in its certificates.
        organisation: String = String::new(),
        /// Where keys, certificates, database and ciphertext lie. Relative to this file.
        data_dir: String = ".".to_owned(),
        /// The address and port to listen on.
        listen: String = "127.0.0.1:8443".to_owned(),
        /// Host and port by which people reach this provider; it is told to them in invitations.
        public_endpoint: String = String::new(),
    }
}

table! {
    /// Who says what time it is.
    TimeStamp {
        /// "internal", or the URL of an RFC 3161 time-stamping authority.
        authority: String = "internal".to_owned(),
        /// The root certificate (PEM) of an external authority. Relative to this file.
        root: String = String::new(),
        /// The revocation list of an external authority: an http or https URL, or a file (DER or
        /// PEM) that something of yours renews. Needed unless the authority puts its list into
        /// its tokens, or `root` is the very certificate that it stamps with.
        revocation_list: String = String::new(),
    }
}

table! {
    /// What is too much.
    Limits {
        /// The largest letter in octets, counted as ciphertext.
        letter_octets_max: u64 = 64 * 1024 * 1024,
        /// The largest attachments of one letter in octets, counted as the ciphertexts that travel
        /// beside it; 0 takes none. Twice that much of one account may wait for its letters. The default
        /// is a file of 5 GiB in 1280 pieces with their envelopes.
        objects_octets_max: u64 = 1280 * (4096 + 4) * 1024,
        /// The requests of one account that are worked on at the same time, so that one cannot hold
        /// up all others. The next one is told to try again after a second.
        requests_of_account_max: u64 = 16,
    }
}

table! {
    /// How long a recipient may have to accept. Spans are a number and one of s, m, h, d.
    Deadline {
        /// A sender who gives less is refused.
        min: String = "1h".to_owned(),
        /// A sender who gives more is refused.
        max: String = "90d".to_owned(),
        /// An acceptance that was signed in time may arrive this much later.
        grace: String = "60s".to_owned(),
    }
}

table! {
    /// Passing letters on to other providers.
    Relay {
        /// After this long without success the sender gets a RelayFailure.
        give_up_after: String = "72h".to_owned(),
        /// The first try again comes after this, each further one after twice the time …
        first_retry: String = "2s".to_owned(),
        /// … but never after more than this.
        retry_max: String = "15m".to_owned(),
        /// Evidence for a sender elsewhere is kept this long for a provider that does not answer.
        receipts_give_up_after: String = "30d".to_owned(),
    }
}

table! {
    /// When what is no longer needed is deleted.
    Retention {
        /// The memory of a finished letter, which makes a repeated request give the same evidence.
        /// Its ciphertext goes at once.
        after_handover: String = "7d".to_owned(),
        /// The memory that makes a repeated submission give the same evidence.
        idempotency: String = "7d".to_owned(),
        /// Evidence in a mailbox that nobody has fetched.
        mailbox: String = "3650d".to_owned(),
    }
}

table! {
    /// Numbers for the operator at /metrics.
    Metrics {
        /// The source addresses that may read them.
        allow: Vec<String> = vec!["127.0.0.1".to_owned(), "::1".to_owned()],
    }
}

table! {
    /// JSON lines on stderr; they never name a party.
    Log {
        /// "error", "warn" or "info".
        level: String = "info".to_owned(),
    }
}

table! {
    /// Who may open an account besides those who were invited.
    Registration {
        /// Providers whose certified identities are accepted, by domain; each must be a peer.
        identity_issuers: Vec<String> = Vec::new(),
        /// How surely such an identity is known to be right: "low", "substantial" or "high"
        /// (Regulation (EU) 910/2014 Art. 8). It stands in every evidence about these people.
        identity_assurance: String = "low".to_owned(),
    }
}

/// The update of the algorithm policy that this provider publishes for its people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// How the operator calls it.
    pub id: String,
    /// When it was set down, RFC 3339.
    pub since: String,
    /// Algorithms that end earlier.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub algorithms: Vec<End>,
    /// Suites that end earlier.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suites: Vec<End>,
    /// What letters to agents protect at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor_for_agents: Option<String>,
    /// What messages to ordinary mail clients protect at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor_for_mail_clients: Option<String>,
    /// Longer RSA keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rsa: Option<Rsa>,
}

/// Another provider that this one trusts, by its root.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Its domain.
    pub domain: String,
    /// Its root certificate (PEM), received from its operator. Relative to this file.
    pub root: String,
    /// Host and port to connect to, if that is not port 443 of its domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

/// The whole file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// See [`Provider`].
    pub domain: String,
    /// See [`Provider`].
    pub organisation: String,
    /// See [`Provider`].
    #[serde(default = "data_dir_default")]
    pub data_dir: String,
    /// See [`Provider`].
    #[serde(default = "listen_default")]
    pub listen: String,
    /// See [`Provider`].
    pub public_endpoint: String,
    /// See [`TimeStamp`].
    #[serde(default)]
    pub time_stamp: TimeStamp,
    /// See [`Limits`].
    #[serde(default)]
    pub limits: Limits,
    /// See [`Deadline`].
    #[serde(default)]
    pub deadline: Deadline,
    /// See [`Relay`].
    #[serde(default)]
    pub relay: Relay,
    /// See [`Retention`].
    #[serde(default)]
    pub retention: Retention,
    /// See [`Metrics`].
    #[serde(default)]
    pub metrics: Metrics,
    /// See [`Log`].
    #[serde(default)]
    pub log: Log,
    /// See [`Registration`].
    #[serde(default)]
    pub registration: Registration,
    /// See [`Policy`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// See [`Peer`].
    #[serde(default)]
    pub peer: Vec<Peer>,
}

fn data_dir_default() -> String {
    Provider::default().data_dir
}

fn listen_default() -> String {
    Provider::default().listen
}

impl ConfigFile {
    /// The defaults, with the fields that have none left empty.
    #[must_use]
    pub fn sample() -> Self {
        Self { data_dir: data_dir_default(), listen: listen_default(), ..Self::default() }
    }

    /// The file with its comments. Reading it back gives the same value.
    #[must_use]
    pub fn print(&self) -> String {
        let mut out = String::from(HEADING);
        let provider = Provider {
            domain: self.domain.clone(),
            organisation: self.organisation.clone(),
            data_dir: self.data_dir.clone(),
            listen: self.listen.clone(),
            public_endpoint: self.public_endpoint.clone(),
        };
        provider.print(&mut out, None);
        self.time_stamp.print(&mut out, Some("time_stamp"));
        self.limits.print(&mut out, Some("limits"));
        self.deadline.print(&mut out, Some("deadline"));
        self.relay.print(&mut out, Some("relay"));
        self.retention.print(&mut out, Some("retention"));
        self.metrics.print(&mut out, Some("metrics"));
        self.log.print(&mut out, Some("log"));
        self.registration.print(&mut out, Some("registration"));
        out.push_str(POLICY_COMMENT);
        if let Some(policy) = &self.policy {
            out.push_str(&policy.print());
        }
        out.push_str(PEER_COMMENT);
        for peer in &self.peer {
            out.push_str(&peer.print());
        }
        out
    }
}

impl Policy {
    /// The table, as TOML.
    fn print(&self) -> String {
        let table =
            toml::Value::try_from(self).expect("strings, numbers and lists are TOML values");
        let mut out = String::from("\n[policy]\n");
        for (key, value) in table.as_table().into_iter().flatten() {
            setting(&mut out, key, value);
        }
        out
    }
}

impl Peer {
    /// The block of one peer, as TOML.
    #[must_use]
    pub fn print(&self) -> String {
        let mut out = String::from("\n[[peer]]\n");
        setting(&mut out, "domain", &self.domain);
        setting(&mut out, "root", &self.root);
        if let Some(endpoint) = &self.endpoint {
            setting(&mut out, "endpoint", endpoint);
        }
        out
    }
}

fn comment(out: &mut String, text: &str) {
    out.push('#');
    out.push_str(text);
    out.push('\n');
}

fn setting(out: &mut String, key: &str, value: &impl Serialize) {
    let value = toml::Value::try_from(value).expect("strings, numbers and lists are TOML values");
    out.push_str(&format!("{key} = {value}\n"));
}

const HEADING: &str = "\
# Sealpost provider. `sealpost-provider check-config` says whether this file is right.
# Unknown names are refused, so that a slip of the keyboard is never silently ignored.

";

const POLICY_COMMENT: &str = "
# The update of the algorithm policy that this provider seals and publishes. It can end earlier what
# the release allows, and never allow more. Give a changed one another id and a later `since`: agents
# refuse one that is older than what they have. To lift it, publish one that ends nothing.
#
# [policy]
# id = \"2027-1\"
# since = \"2027-03-01T00:00:00Z\"
# algorithms = [{ name = \"ecdh-p256\", until = \"2027-06-30T23:59:59Z\" }]
# suites = [{ name = \"smime-legacy\", until = \"2027-03-31T23:59:59Z\" }]
# floor_for_agents = \"quantum-resistant\"  # or \"authenticated\"
# rsa = { bits_min = 4096, from = \"2028-01-01T00:00:00Z\" }
";

const PEER_COMMENT: &str = "
# Other providers that this one trusts. Exchange roots with their operators by a way you trust:
# `sealpost-provider peer show` prints yours, `sealpost-provider peer add` enters theirs.
#
# [[peer]]
# domain = \"south.example\"          # its domain
# root = \"peers/south.example.pem\"  # its root certificate (PEM), relative to this file
# endpoint = \"127.0.0.1:8444\"       # only if it is not port 443 of its domain
";
