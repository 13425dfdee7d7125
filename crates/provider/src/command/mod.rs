//! The operator's command line. Results on stdout, everything else on stderr; exit code 0 for done,
//! 1 for "no" (a check that fails, nobody to revoke), 2 for wrong use or a fault.

mod invite;
mod knows;
mod peer;
mod printer;
mod revoke;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use sealpost_erds::disclosure::Assurance;

use crate::config::{Config, TimeStampAuthority};
use crate::keys::load_certificate;
use crate::quickstart::Quickstart;
use crate::serve;
use crate::service::time_list;
use crate::service::time_source::external_client;
use crate::{clock, observe};
use printer::{Complaint, Outcome};

/// Registered mail for the Internet: the provider. It carries what it cannot read.
#[derive(Parser)]
#[command(name = "sealpost-provider", version, max_term_width = 100, after_help = START)]
struct CommandLine {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Make configuration, keys, certificates and database of a new provider in one folder
    #[command(after_help = QUICKSTART)]
    Quickstart(QuickstartArgs),
    /// Serve until SIGTERM or SIGINT
    #[command(after_help = SERVE)]
    Serve(ConfigArgs),
    /// Say whether the configuration is right; starts nothing
    #[command(after_help = CHECK_CONFIG)]
    CheckConfig(ConfigArgs),
    /// Invite a person to open a mailbox
    #[command(after_help = INVITE)]
    Invite(InviteArgs),
    /// Revoke the certificates of a person, or one certificate
    #[command(after_help = REVOKE)]
    Revoke(RevokeArgs),
    /// Trust another provider, or show what others need to trust this one
    #[command(subcommand)]
    Peer(PeerVerb),
    /// Print everything this provider holds about letters and people
    #[command(after_help = KNOWS)]
    Knows(KnowsArgs),
}

#[derive(Args)]
struct ConfigArgs {
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "provider.toml")]
    config: PathBuf,
}

#[derive(Args)]
struct QuickstartArgs {
    /// The domain to serve: the part after the @ of its addresses
    domain: String,
    /// The folder to make, or to complete
    #[arg(long)]
    dir: PathBuf,
    /// The address and port to listen on [default: 127.0.0.1:8443]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Host and port that people are told [default: the listening address]
    #[arg(long, value_name = "HOST:PORT")]
    endpoint: Option<String>,
    /// The organisation that runs it [default: the domain]
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
}

#[derive(Args)]
struct InviteArgs {
    /// The address the person is to have
    address: String,
    /// The person's name, as it will stand in the certificates
    #[arg(long)]
    name: String,
    /// Whom the person belongs to
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// How surely you have identified the person (eIDAS Art. 8); every evidence will say it
    #[arg(long, value_enum, default_value = "low", value_name = "LEVEL")]
    assurance: AssuranceLevel,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum AssuranceLevel {
    /// Somebody who could receive the invitation
    Low,
    /// You have seen an identity document, or rely on somebody who has
    Substantial,
    /// You have compared the person with an identity document face to face
    High,
}

impl From<AssuranceLevel> for Assurance {
    fn from(level: AssuranceLevel) -> Self {
        match level {
            AssuranceLevel::Low => Self::Low,
            AssuranceLevel::Substantial => Self::Substantial,
            AssuranceLevel::High => Self::High,
        }
    }
}

#[derive(Args)]
struct RevokeArgs {
    /// An address (all its certificates) or a serial number in hexadecimal (one certificate)
    #[arg(value_name = "ADDRESS|SERIAL")]
    what: String,
    /// Why
    #[arg(long, value_enum, default_value = "unspecified")]
    reason: Reason,
    /// Close the mailbox too: nothing is received, submitted or fetched any more
    #[arg(long)]
    block: bool,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum Reason {
    /// No reason given
    Unspecified,
    /// Somebody else may have the key
    KeyCompromise,
    /// The person no longer belongs to the organisation
    AffiliationChanged,
    /// The mailbox is given up
    CessationOfOperation,
}

#[derive(Subcommand)]
enum PeerVerb {
    /// Print this provider's root: what others need
    #[command(after_help = PEER_SHOW)]
    Show(ConfigArgs),
    /// Trust another provider by its root
    #[command(after_help = PEER_ADD)]
    Add(PeerAddArgs),
}

#[derive(Args)]
struct PeerAddArgs {
    /// The other provider's domain
    domain: String,
    /// Its root certificate (PEM), received by a way you trust
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// Host and port to connect to, if that is not port 443 of its domain
    #[arg(long, value_name = "HOST:PORT")]
    endpoint: Option<String>,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Args)]
struct KnowsArgs {
    /// Print octets whole instead of their first 32
    #[arg(long)]
    full: bool,
    /// Print JSON; octets are whole, in hexadecimal
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: ConfigArgs,
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    // clap answers wrong use with exit code 2, --help and --version with 0.
    let CommandLine { verb } = CommandLine::parse();
    hide_panic_messages();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return printer::fault(&Complaint::new(
                "no-runtime",
                &error,
                "Look at the limits of this user.",
            ));
        }
    };
    match runtime.block_on(run(verb)) {
        Ok(outcome) => outcome.exit_code(),
        Err(complaint) => printer::fault(&complaint),
    }
}

async fn run(verb: Verb) -> Result<Outcome, Complaint> {
    match verb {
        Verb::Quickstart(args) => quickstart(args).await,
        Verb::Serve(args) => serve_until_stopped(&args).await,
        Verb::CheckConfig(args) => check_config(&args).await,
        Verb::Invite(args) => invite::invite(args).await,
        Verb::Revoke(args) => revoke::revoke(args).await,
        Verb::Peer(PeerVerb::Show(args)) => peer::show(&args),
        Verb::Peer(PeerVerb::Add(args)) => peer::add(&args),
        Verb::Knows(args) => knows::knows(&args),
    }
}

async fn quickstart(args: QuickstartArgs) -> Result<Outcome, Complaint> {
    let QuickstartArgs { domain, dir, listen, endpoint, organisation } = args;
    let report = Quickstart { domain, folder: dir, listen, endpoint, organisation }.run().await?;
    printer::result(&report.to_string());
    Ok(Outcome::Done)
}

async fn serve_until_stopped(args: &ConfigArgs) -> Result<Outcome, Complaint> {
    let config = load(args)?;
    observe::start_logging(config.log_level);
    serve::run(config).await?;
    Ok(Outcome::Done)
}

async fn check_config(args: &ConfigArgs) -> Result<Outcome, Complaint> {
    let config = match load(args) {
        Ok(config) => check_time_list(&config).await.map(|()| config),
        wrong => wrong,
    };
    match config {
        Ok(config) => {
            if let Err(error) = crate::keys::check_files(&config) {
                printer::complain(&error.into());
                return Ok(Outcome::No);
            }
            printer::result(&format!(
                "{} is right: {} listens on {} and trusts {} peers.\n",
                args.config.display(),
                config.domain.as_str(),
                config.listen,
                config.peers.len()
            ));
            Ok(Outcome::Done)
        }
        // The question was whether it is right; the answer is no.
        Err(complaint) => {
            printer::complain(&complaint);
            Ok(Outcome::No)
        }
    }
}

/// The one thing that the file names and that only asking can check.
async fn check_time_list(config: &Config) -> Result<(), Complaint> {
    let TimeStampAuthority::External { root, revocation_list: Some(place), .. } =
        &config.time_stamp
    else {
        return Ok(());
    };
    load_certificate(root)?;
    match time_list::fetch(&external_client(), place).await {
        Ok(list) if list.next_update() >= clock::now_unix() => Ok(()),
        Ok(_) => Err(Complaint::plain(
            "time-stamp-list-ended",
            "the authority's revocation list is out of date",
            "Ask the authority for its new one; until then there is no evidence.",
        )),
        Err(failure) => Err(Complaint::new(
            failure.code(),
            &failure,
            "Correct time_stamp.revocation_list. The address stands in the certificate of the \
             authority: `openssl x509 -noout -ext crlDistributionPoints`.",
        )),
    }
}

fn load(args: &ConfigArgs) -> Result<Config, Complaint> {
    Ok(Config::load(&args.config)?)
}

/// A panic's message may quote what a request brought; its place in the source cannot.
fn hide_panic_messages() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, ToString::to_string);
        printer::note(&format!("internal error at {place}; please report it"));
    }));
}

const START: &str = "\
Begin with:
  sealpost-provider quickstart north.example --dir ./north
  sealpost-provider serve --config ./north/provider.toml";

const QUICKSTART: &str = "\
Running it again keeps every file that is there and writes only what is missing.

Examples:
  sealpost-provider quickstart north.example --dir ./north
  sealpost-provider quickstart north.example --dir /srv/north --listen '[::]:443' \\
      --endpoint mail.north.example:443 --organisation 'North Registered Mail'";

const SERVE: &str = "\
Logs JSON lines to stderr. SIGTERM and SIGINT end it in order: requests in flight finish,
everything that was answered is on the disk.

Example:
  sealpost-provider serve --config ./north/provider.toml";

const CHECK_CONFIG: &str = "\
Exit code 0: right; 1: wrong, and stderr says where and what to do.

Example:
  sealpost-provider check-config --config ./north/provider.toml";

const INVITE: &str = "\
Prints the invitation. It opens the mailbox to whoever holds it: give it to that person only.

Examples:
  sealpost-provider invite anna@north.example --name 'Anna Example' --config ./north/provider.toml
  sealpost-provider invite bert@north.example --name 'Bert Example' --organisation 'Example GmbH' \\
      --assurance high";

const REVOKE: &str = "\
Issues a new revocation list at once; a serving provider heeds it from the next request on. Letters and evidence signed before stay provable.
Exit code 1: there was nothing to revoke.

Examples:
  sealpost-provider revoke anna@north.example --reason key-compromise
  sealpost-provider revoke anna@north.example --reason cessation-of-operation --block
  sealpost-provider revoke 4be1f00d9a";

const PEER_SHOW: &str = "\
Example:
  sealpost-provider peer show --config ./north/provider.toml";

const PEER_ADD: &str = "\
Compare the fingerprint it prints with the other operator, by telephone or in person.
A serving provider has to be restarted to see the new peer.

Example:
  sealpost-provider peer add south.example --root south-root.pem --config ./north/provider.toml";

const KNOWS: &str = "\
Reads the live database and the folder of ciphertext; nothing is left out. Each group says why it
is held and for how long (docs/knowledge-budget.toml).

Examples:
  sealpost-provider knows --config ./north/provider.toml
  sealpost-provider knows --full | less
  sealpost-provider knows --json";
