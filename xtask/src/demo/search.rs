//! What the providers could have learned: every octet that they hold is searched, and the demo
//! fails if there is anything to be found.

use super::story::{Document, SUBJECT, TEXT_NEEDLE, kilo};
use super::timeline::Timeline;
use anyhow::{Context, Result, ensure};
use sealpost_tests::{House, Needle};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Searches both providers and tells what was looked for.
pub fn who_learned_what(timeline: &mut Timeline, house: &House, document: &Document) -> Result<()> {
    timeline.heading("5  What the providers could have learned");
    for (provider, other_address) in
        [(&house.north, "bert@south.example"), (&house.south, "anna@north.example")]
    {
        let held = provider.everything_it_holds();
        let octets: usize = held.iter().map(|(_, octets)| octets.len()).sum();
        let files = held.len();
        timeline.say(&format!("{}: searched {files} files, {}", provider.domain, kilo(octets)));
        let other = Needle::text("the other party's address", other_address);
        for needle in std::iter::once(other).chain(needles(document)) {
            let found = needle.files_of(provider);
            timeline.say(&format!("    {:<28} found in {} files", needle.what, found.len()));
            ensure!(found.is_empty(), "{} holds {}: {found:?}", provider.domain, needle.what);
        }
    }
    timeline.say("Searched for plainly, in hexadecimal, in base64 and in quoted-printable.");
    timeline.say("Known to the sender's provider: its account, the recipient's domain, padded sizes, until relayed.");
    timeline.say("Known to the recipient's provider: its mailbox, the sender's provider, padded sizes, until handed over.");
    Ok(())
}

/// The same while a letter waits, when the providers hold most.
pub fn nothing_is_held(house: &House, document: &Document) -> Result<()> {
    for needle in needles(document) {
        for provider in [&house.north, &house.south] {
            let found = needle.files_of(provider);
            ensure!(found.is_empty(), "{} holds {}: {found:?}", provider.domain, needle.what);
        }
    }
    Ok(())
}

/// In the letter that Bert saved, subject and text are found: the search can find.
pub fn would_be_found(letters: &Path, document: &Document) -> Result<()> {
    let saved = fs::read_dir(letters)?.next().context("a letter was saved")??.path();
    let saved = fs::read(saved)?;
    for needle in needles(document).take(2) {
        ensure!(!needle.forms_in(&saved).is_empty(), "{} is not in the letter itself", needle.what);
    }
    Ok(())
}

fn needles(document: &Document) -> impl Iterator<Item = Needle> {
    // A short name, or octets of little variety, stand anywhere by chance.
    let name = Some(&document.name).filter(|name| name.len() >= 12);
    let varied = |window: &&[u8]| window.iter().collect::<BTreeSet<_>>().len() >= 12;
    let octets = document.octets.windows(24).skip(document.octets.len() / 2).find(varied);
    [Needle::text("the subject", SUBJECT), Needle::text("the text", TEXT_NEEDLE)]
        .into_iter()
        .chain(name.map(|name| Needle::text("the file's name", name)))
        .chain(octets.map(|octets| Needle::octets("the document", octets)))
}
