//! `peer show` and `peer add`: two operators exchange their roots.

use std::path::Path;

use sealpost_erds::address::Domain;

use super::printer::{self, Complaint, Outcome};
use super::{ConfigArgs, PeerAddArgs};
use crate::config::{Config, PeerFile};
use crate::quickstart::fingerprint;
use crate::{durable, keys, limits};

pub(super) fn show(args: &ConfigArgs) -> Result<Outcome, Complaint> {
    let config = super::load(args)?;
    let path = config.files.certificate("root");
    let root = keys::load_certificate(&path)?;
    printer::result(&format!(
        "domain:   {}\nroot:     {}\nSHA-256:  {}\nendpoint: {}\n\n\
         Give the file to the other operator and compare the SHA-256 by another way. There:\n\
         \x20 sealpost-provider peer add {} --root FILE.pem --endpoint {}\n",
        config.domain.as_str(),
        path.display(),
        fingerprint(&root.sha256()),
        config.public_endpoint,
        config.domain.as_str(),
        config.public_endpoint,
    ));
    Ok(Outcome::Done)
}

pub(super) fn add(args: &PeerAddArgs) -> Result<Outcome, Complaint> {
    let config = super::load(&args.config)?;
    let domain = Domain::parse(&args.domain).map_err(|error| {
        Complaint::new(error.code(), &error, "Write a name such as south.example.")
    })?;
    if config.peers.iter().any(|peer| peer.domain == domain) || domain == config.domain {
        printer::note(
            "error: this domain is trusted already; change its [[peer]] block by hand [peer-exists]",
        );
        return Ok(Outcome::No);
    }
    let root = keys::load_certificate(&args.root)?;
    if !root.is_ca() {
        return Err(Complaint::plain(
            "not-a-root",
            format!("{} holds no certificate of an authority", args.root.display()),
            "Ask the other operator for what `sealpost-provider peer show` names as root.",
        ));
    }
    let name = format!("peers/{}.pem", domain.as_str());
    let copy = folder_of(&args.config.config).join(&name);
    let not_written = |error: std::io::Error| {
        Complaint::new("not-written", &error, "Look at the folder's owner and at the free space.")
    };
    durable::create_folder(folder_of(&copy)).map_err(not_written)?;
    durable::replace(&copy, root.to_pem().as_bytes()).map_err(not_written)?;
    let block = PeerFile {
        domain: domain.as_str().to_owned(),
        root: name,
        endpoint: args.endpoint.clone(),
    };
    append(&args.config.config, &block)?;
    printer::result(&format!(
        "{} is trusted by the root with SHA-256\n  {}\nCompare it with the other operator, then restart `serve`.\n",
        domain.as_str(),
        fingerprint(&root.sha256()),
    ));
    Ok(Outcome::Done)
}

/// Adds the block at the end; the operator's own text and comments stay as they are.
fn append(path: &Path, block: &PeerFile) -> Result<(), Complaint> {
    let unwritable = |error: std::io::Error| {
        Complaint::new(
            "not-written",
            &error,
            "Add the [[peer]] block to the configuration by hand.",
        )
    };
    let octets = durable::read_bounded(path, limits::CONFIG_OCTETS_MAX).map_err(unwritable)?;
    let mut text = String::from_utf8_lossy(&octets).into_owned();
    text.push_str(&block.print());
    // Judged before it is written.
    Config::parse(path, &text)?;
    durable::replace(path, text.as_bytes()).map_err(unwritable)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}
