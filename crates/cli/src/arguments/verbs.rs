//! The verbs and their arguments.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use clap_complete::Shell;
use sealpost_letter::Suite;

use super::examples;
use crate::durations::DeadlineText;
use crate::fingerprint::Fingerprint;
use crate::letter_name::LetterName;
use crate::limits::SYNC_WAIT_SECONDS_MAX;

/// What can be done.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Make keys and have them certified by your provider
    ///
    /// Your keys (for signature, authentication and encryption) are made here and protected by a PIN
    /// that you choose. They never leave this computer, unless you yourself write the encryption
    /// key to a file with 'sealpost identity export-key'. Your provider certifies them, either
    /// because it invited you or because another profile of yours vouches for you with its
    /// signature.
    #[command(after_help = examples::REGISTER)]
    Register(Register),
    /// See who you are here, and care for keys and PIN
    ///
    /// Without a verb of its own it shows your address, your name as it is certified, and your
    /// provider.
    #[command(after_help = examples::IDENTITY)]
    Identity(Identity),
    /// Send a registered letter
    ///
    /// The letter is signed with your key, encrypted for its recipients alone, and handed in at
    /// your provider, whose evidence of it comes back at once. Further evidence follows with
    /// 'sealpost sync'.
    ///
    /// Modes: 'basic' makes the letter available at once. 'consent' lets the recipient open it only
    /// after accepting. 'signed', the default, asks for an acceptance with the recipient's own
    /// signature.
    #[command(after_help = examples::SEND)]
    Send(Send),
    /// Fetch letters and evidence, and hand in what waits
    ///
    /// Letters that need acceptance stay closed, and nothing is accepted: their senders do not learn
    /// that you fetched. Letters of mode 'basic' are decrypted, verified and stored here; your
    /// provider learns that they arrived, their senders do not. What you began before is finished:
    /// for a letter that you accepted, the sender receives the evidence that it was handed over.
    #[command(after_help = examples::SYNC)]
    Sync(Sync),
    /// List the letters to you
    ///
    /// Lists what was fetched last; 'sealpost sync' fetches.
    #[command(after_help = examples::INBOX)]
    Inbox(Inbox),
    /// Show one letter: what is known before acceptance, everything after it
    ///
    /// Of a letter that waits it shows who sends it, how large it is, until when it can be accepted
    /// and what accepting means. Of an opened letter it shows what was verified, then its text and
    /// its documents.
    #[command(after_help = examples::SHOW)]
    Show(Show),
    /// Accept a waiting letter, which opens it
    ///
    /// On a terminal it shows what waits, says what the decision means and asks. Elsewhere it needs
    /// --yes. The decision cannot be taken back.
    #[command(after_help = examples::ACCEPT)]
    Accept(Decide),
    /// Refuse a waiting letter, which stays closed
    ///
    /// On a terminal it shows what waits, says what the decision means and asks. Elsewhere it needs
    /// --yes. The decision cannot be taken back.
    #[command(after_help = examples::REFUSE)]
    Refuse(Decide),
    /// Save a letter and its documents as files
    ///
    /// No file is ever overwritten.
    #[command(after_help = examples::SAVE)]
    Save(Save),
    /// List the letters from you, or how far one of them came
    ///
    /// Without an id it lists what you sent; with one it tells what happened to that letter, and
    /// since when each step is proven.
    #[command(after_help = examples::SENT)]
    Sent(Sent),
    /// List the evidence about a letter, or write it to files
    ///
    /// Each evidence is a signed statement of a provider (CAdES, a .p7m file) that other programs
    /// can verify too. Whom to trust is for you to choose: no certificates are written beside it.
    #[command(after_help = examples::EVIDENCE)]
    Evidence(Evidence),
    /// Put all that proves a letter into one file
    ///
    /// The dossier (ASiC-E) holds the letter, all evidence and what is needed to verify them for
    /// ever. Whoever gets it can read the letter.
    #[command(after_help = examples::EXPORT)]
    Export(Export),
    /// Verify a dossier or one evidence, without network or profile
    ///
    /// Says in the terms of EN 319 102-1 what is proven, since when, by whom, and what is not. It
    /// believes nothing but the certificates in the directory that you choose, and asks nobody. Which
    /// algorithms count says the policy of this version; what was applied stands in the result.
    ///
    /// Exit code: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 3 INDETERMINATE, 2 no verdict.
    #[command(after_help = examples::VERIFY)]
    Verify(Verify),
    /// See the root of another provider, and believe a new one
    ///
    /// The root that a provider had when you first wrote there is the only one you believe. If it
    /// has another one now, letters to that domain are not sent until you confirm it here, with the
    /// SHA-256 that its operator has told you on another way. Without that, both roots are shown
    /// and nothing is changed.
    #[command(after_help = examples::TRUST)]
    Trust(Trust),
    /// Move to new keys and certificates, and encrypt the archive anew
    ///
    /// Makes new keys of all suites, has your provider certify them (your present signature key
    /// vouches for them), and puts them into use at one moment. Then the archive is encrypted under a
    /// new key, record by record, while it stays readable. Whatever interrupts it, run it again: it
    /// goes on where it was, and nothing is lost.
    ///
    /// The former keys that sign are wiped at once, and their certificates revoked as superseded;
    /// what was signed before stays proven. The former keys that open letters are kept for letters
    /// that are still under way, until you say --forget-former. If another program has your exported
    /// key, export the new one for it; if you keep a copy of the profile, make a new one.
    #[command(after_help = examples::ROTATE)]
    Rotate(Rotate),
    /// See what letters are encrypted with, try it on this machine, have it explained
    ///
    /// A suite says which algorithms go together in a letter. Without a verb of its own it lists the
    /// suites of the algorithm policy in force (that of this version, and what your provider has
    /// taken away since), until when they count, and why one is or is not used with your keys.
    #[command(after_help = examples::SUITES)]
    Suites(Suites),
    /// Install, list and remove experimental ciphers
    ///
    /// An experimental cipher is a plug-in that runs in a sandbox. It is only ever put inside the
    /// encryption that every letter has, which goes around what it makes: no letter's protection rests
    /// on it. Without a verb of its own it lists what is installed.
    #[command(after_help = examples::CIPHERS)]
    Ciphers(Ciphers),
    /// Print the completions for a shell
    ///
    /// Prints a script for your shell.
    #[command(after_help = examples::COMPLETIONS)]
    Completions(Completions),
}

/// The arguments of `register`.
#[derive(Args)]
#[command(group = ArgGroup::new("voucher").required(true).args(["invitation", "identity_from"]))]
pub(crate) struct Register {
    /// Your address, such as anna@north.example
    #[arg(value_name = "ADDRESS")]
    pub(crate) address: String,
    /// The invitation of your provider, or @FILE that holds it
    #[arg(long, value_name = "TEXT|@FILE", conflicts_with_all = ["provider", "root"])]
    pub(crate) invitation: Option<String>,
    /// Where the provider answers
    #[arg(long, value_name = "HOST:PORT", requires = "identity_from")]
    pub(crate) provider: Option<String>,
    /// The provider's root certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "identity_from")]
    pub(crate) root: Option<PathBuf>,
    /// The profile whose certified identity vouches for you
    #[arg(long, value_name = "HOME", requires_all = ["provider", "root"])]
    pub(crate) identity_from: Option<PathBuf>,
    /// Read the PIN of that profile from the first line of this file
    #[arg(long, value_name = "FILE", requires = "identity_from")]
    pub(crate) identity_pin_file: Option<PathBuf>,
}

/// The arguments of `identity`.
#[derive(Args)]
pub(crate) struct Identity {
    #[command(subcommand)]
    pub(crate) verb: Option<IdentityVerb>,
}

/// What can be done with an identity.
#[derive(Subcommand)]
pub(crate) enum IdentityVerb {
    /// Show your address, name and provider
    #[command(after_help = examples::IDENTITY_SHOW)]
    Show,
    /// Print your certificates and those of their issuers (PEM)
    #[command(after_help = examples::IDENTITY_CERTIFICATES)]
    Certificates,
    /// Write your encryption key, protected by a passphrase, for other programs
    #[command(after_help = examples::IDENTITY_EXPORT_KEY)]
    ExportKey {
        /// The file to write; it must not exist yet
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Read the passphrase from the first line of this file instead of asking
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
    /// Protect the same keys with another PIN
    #[command(after_help = examples::IDENTITY_CHANGE_PIN)]
    ChangePin {
        /// Read the new PIN from the first line of this file instead of asking
        #[arg(long, value_name = "FILE")]
        new_pin_file: Option<PathBuf>,
    },
}

/// The arguments of `send`.
#[derive(Args)]
#[command(group = ArgGroup::new("recipients").required(true).multiple(true).args(["to", "cc", "bcc"]))]
pub(crate) struct Send {
    /// A recipient; may be repeated
    #[arg(long, value_name = "ADDRESS", num_args = 1)]
    pub(crate) to: Vec<String>,
    /// A recipient of a copy; may be repeated
    #[arg(long, value_name = "ADDRESS", num_args = 1)]
    pub(crate) cc: Vec<String>,
    /// A recipient of a copy whom nobody else sees; may be repeated
    #[arg(long, value_name = "ADDRESS", num_args = 1)]
    pub(crate) bcc: Vec<String>,
    /// The subject
    #[arg(long)]
    pub(crate) subject: String,
    /// The text; without it, text comes from stdin unless that is a terminal
    #[arg(long, conflicts_with = "text_file")]
    pub(crate) text: Option<String>,
    /// The file that holds the text (UTF-8)
    #[arg(long, value_name = "FILE")]
    pub(crate) text_file: Option<PathBuf>,
    /// Documents that go with the letter
    #[arg(value_name = "FILE")]
    pub(crate) documents: Vec<PathBuf>,
    /// How the letter is consigned
    #[arg(long, value_enum, default_value_t = Mode::Signed)]
    pub(crate) mode: Mode,
    /// Until when it can be accepted: 14d, 12h, 20s, or 2026-12-24T18:00:00+01:00 [default: 14d]
    #[arg(long, value_name = "DEADLINE")]
    pub(crate) deadline: Option<DeadlineText>,
    /// Let the recipients see the subject before they accept
    #[arg(long)]
    pub(crate) show_subject: bool,
    /// Let the recipients see the To and Cc recipients before they accept
    #[arg(long)]
    pub(crate) show_recipients: bool,
    /// Do without a time-stamp on your signature (mode basic only)
    #[arg(long)]
    pub(crate) without_time_stamp: bool,
    /// A recipient's certificate (PEM) that you have from elsewhere: encrypt for it, or do not send
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Vec<PathBuf>,
    /// Encrypt by this suite, or do not send [default: the best that all recipients read]
    #[arg(long, value_name = "SUITE", value_parser = suites())]
    pub(crate) suite: Option<Suite>,
    /// Put this experimental cipher around the content, inside the encryption that every letter has;
    /// the recipients need the same plug-in (see 'sealpost ciphers')
    #[arg(long, value_name = "NAME-OR-DIGEST")]
    pub(crate) experimental: Option<String>,
    /// Your own reference; it is kept here and not sent
    #[arg(long, value_name = "TEXT")]
    pub(crate) reference: Option<String>,
}

fn suites() -> impl TypedValueParser<Value = Suite> {
    // Best first.
    let mut ids = Suite::ALL.map(Suite::id);
    ids.reverse();
    PossibleValuesParser::new(ids).map(|id| Suite::parse(&id).expect("it is one of these"))
}

/// How a letter is consigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// Available at once
    Basic,
    /// The recipient accepts first
    Consent,
    /// The recipient accepts first, with a signature
    Signed,
}

/// The arguments of `sync`.
#[derive(Args)]
pub(crate) struct Sync {
    /// Keep asking for so many seconds until something new came
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=SYNC_WAIT_SECONDS_MAX))]
    pub(crate) wait: u64,
}

/// The arguments of `inbox`.
#[derive(Args)]
pub(crate) struct Inbox {
    /// Also letters that were refused or have expired
    #[arg(long)]
    pub(crate) all: bool,
}

/// The arguments of `show`.
#[derive(Args)]
pub(crate) struct Show {
    /// The letter: the first digits (four or more) of its id
    #[arg(value_name = "ID")]
    pub(crate) letter: LetterName,
}

/// The arguments of `accept` and `refuse`.
#[derive(Args)]
pub(crate) struct Decide {
    /// The letter: the first digits (four or more) of its id
    #[arg(value_name = "ID")]
    pub(crate) letter: LetterName,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

/// The arguments of `save`.
#[derive(Args)]
pub(crate) struct Save {
    /// The letter: the first digits (four or more) of its id
    #[arg(value_name = "ID")]
    pub(crate) letter: LetterName,
    /// The directory to write to; it is made if it is missing
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// In which form
    #[arg(long = "as", value_enum, default_value_t = SaveAs::Parts)]
    pub(crate) form: SaveAs,
}

/// The form of a saved letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SaveAs {
    /// One message, as mail programs read it, with what was verified in its header
    Eml,
    /// The text and each document as a file of its own
    Parts,
    /// The encrypted message (S/MIME) as it came, for programs that have your exported key
    Smime,
}

/// The arguments of `sent`.
#[derive(Args)]
pub(crate) struct Sent {
    /// The letter: the first digits (four or more) of its id
    #[arg(value_name = "ID")]
    pub(crate) letter: Option<LetterName>,
}

/// The arguments of `evidence`.
#[derive(Args)]
pub(crate) struct Evidence {
    /// The letter: the first digits (four or more) of its id
    #[arg(value_name = "ID")]
    pub(crate) letter: LetterName,
    /// The directory to write to; it is made if it is missing
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

/// The arguments of `export`.
#[derive(Args)]
pub(crate) struct Export {
    /// The letter: the first digits (four or more) of its id
    #[arg(value_name = "ID")]
    pub(crate) letter: LetterName,
    /// The file to write; it must not exist yet
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// The arguments of `verify`.
#[derive(Args)]
pub(crate) struct Verify {
    /// The dossier (.asice) or one evidence (.p7m)
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The directory that holds the certificates you trust (PEM)
    #[arg(long, value_name = "DIR")]
    pub(crate) trust: PathBuf,
    /// A provider's update of the algorithm policy (/v1/policy), for a stricter judgement than that
    /// of this version alone
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
}

/// The arguments of `trust`.
#[derive(Args)]
pub(crate) struct Trust {
    /// The domain of the provider, such as south.example
    #[arg(value_name = "DOMAIN")]
    pub(crate) domain: String,
    /// The SHA-256 of its new root, 64 hexadecimal digits, as its operator told you
    #[arg(long, value_name = "HEX")]
    pub(crate) root_sha256: Option<Fingerprint>,
}

/// The arguments of `rotate`.
#[derive(Args)]
pub(crate) struct Rotate {
    /// Do not rotate: fetch what waits, then wipe the former keys that open letters
    #[arg(long)]
    pub(crate) forget_former: bool,
}

/// The arguments of `suites`.
#[derive(Args)]
pub(crate) struct Suites {
    #[command(subcommand)]
    pub(crate) verb: Option<SuitesVerb>,
}

/// What can be done with suites.
#[derive(Subcommand)]
pub(crate) enum SuitesVerb {
    /// List the suites, their ends, and whether they are used with your keys
    #[command(after_help = examples::SUITES_LIST)]
    List,
    /// Compute the known answers of every primitive here and now
    ///
    /// Exit code: 0 all are right, 1 one is wrong.
    #[command(after_help = examples::SUITES_TEST)]
    Test,
    /// Say in plain words what a suite protects against whom, and what not
    #[command(after_help = examples::SUITES_EXPLAIN)]
    Explain {
        /// The suite, such as smime-2019
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// The arguments of `ciphers`.
#[derive(Args)]
pub(crate) struct Ciphers {
    #[command(subcommand)]
    pub(crate) verb: Option<CiphersVerb>,
}

/// What can be done with experimental ciphers.
#[derive(Subcommand)]
pub(crate) enum CiphersVerb {
    /// Install a plug-in by its SHA-256, after trying it
    ///
    /// It is tried in the sandbox and kept in your profile, encrypted. Install only what somebody
    /// whom you trust has named to you by its SHA-256: a name can be given twice.
    #[command(after_help = examples::CIPHERS_INSTALL)]
    Install {
        /// The plug-in, a WebAssembly module
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Its SHA-256, 64 hexadecimal digits, as its author told you
        #[arg(long, value_name = "HEX")]
        sha256: Fingerprint,
    },
    /// List what is installed
    #[command(after_help = examples::CIPHERS_LIST)]
    List,
    /// Remove a plug-in; letters that were opened with it stay readable
    #[command(after_help = examples::CIPHERS_REMOVE)]
    Remove {
        /// Its name, or its SHA-256 if several have that name
        #[arg(value_name = "NAME-OR-DIGEST")]
        cipher: String,
    },
}

/// The arguments of `completions`.
#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub(crate) shell: Shell,
}
