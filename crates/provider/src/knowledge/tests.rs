use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::observe::{FIELDS, meter};
use crate::store::Store;
use crate::store::knows::Snapshot;

fn listed(budget: &Budget, of: fn(&Group) -> &BTreeMap<String, String>) -> BTreeSet<&str> {
    let mut all = BTreeSet::new();
    for name in budget.groups.iter().flat_map(|group| of(group).keys()) {
        assert!(all.insert(name.as_str()), "{name} is listed twice");
    }
    all
}

#[track_caller]
fn assert_same(what: &str, real: &BTreeSet<&str>, listed: &BTreeSet<&str>) {
    let unlisted: Vec<_> = real.difference(listed).collect();
    let gone: Vec<_> = listed.difference(real).collect();
    assert!(
        unlisted.is_empty() && gone.is_empty(),
        "docs/knowledge-budget.toml and the {what} differ.\n\
         Held but not listed (say why it may be held, or do not hold it): {unlisted:?}\n\
         Listed but gone (take it out): {gone:?}"
    );
}

#[test]
fn kno_001_every_column_of_the_schema_is_in_the_budget() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("provider.sqlite");
    drop(Store::open(&database).unwrap());
    let snapshot = Snapshot::open(&database).unwrap();
    let mut columns = Vec::new();
    for table in snapshot.tables().unwrap() {
        for column in snapshot.columns(&table).unwrap() {
            columns.push(format!("{table}.{column}"));
        }
    }
    assert!(columns.len() > 50, "the schema was not read");
    let real = columns.iter().map(String::as_str).collect();
    assert_same("schema", &real, &listed(&Budget::of_this_release(), |group| &group.columns));
}

#[test]
fn kno_002_every_field_of_a_log_line_is_in_the_budget() {
    let real = FIELDS.iter().copied().collect();
    assert_same("log", &real, &listed(&Budget::of_this_release(), |group| &group.log_fields));
}

#[test]
fn kno_002_nothing_is_logged_but_by_the_one_place_that_knows_the_fields() {
    let line = std::fs::read_to_string(source().join("observe/line.rs")).unwrap();
    let (_, event) = line.split_once("tracing::event!(").unwrap();
    let (event, _) = event.split_once("\n                )").unwrap();
    let written: BTreeSet<&str> = event
        .lines()
        .filter_map(|line| line.split_once(" = self."))
        .map(|(name, _)| name.trim())
        .collect();
    let added_by_tracing = BTreeSet::from(["timestamp", "level", "target"]);
    let fields: BTreeSet<&str> = FIELDS.iter().copied().collect();
    assert_eq!(written, fields.difference(&added_by_tracing).copied().collect());
    for forbidden in [
        "tracing::event!",
        "tracing::info!",
        "tracing::warn!",
        "tracing::error!",
        "tracing::debug!",
        "tracing::trace!",
        "span!(",
        "#[instrument",
    ] {
        assert_only_in(forbidden, "observe/line.rs");
    }
}

#[test]
fn kno_003_every_metric_and_label_is_in_the_budget() {
    let budget = Budget::of_this_release();
    let names = meter::METRICS.iter().map(|(name, _)| *name).collect();
    assert_same("metrics", &names, &listed(&budget, |group| &group.metrics));
    let labels = meter::METRICS.iter().flat_map(|(_, labels)| labels.iter().copied()).collect();
    assert_same("metrics' labels", &labels, &listed(&budget, |group| &group.metric_labels));
    for forbidden in ["counter!(", "gauge!(", "histogram!("] {
        assert_only_in(forbidden, "observe/meter.rs");
    }
}

#[test]
fn kno_003_the_metrics_that_are_counted_are_the_metrics_that_are_listed() {
    let source = std::fs::read_to_string(source().join("observe/meter.rs")).unwrap();
    let (product, _) = source.split_once("#[cfg(test)]").unwrap_or((&source, ""));
    let labels: BTreeSet<&str> = product
        .match_indices("\" => ")
        .map(|(at, _)| product[..at].rsplit('"').next().unwrap())
        .collect();
    let listed = meter::METRICS.iter().flat_map(|(_, labels)| labels.iter().copied()).collect();
    assert_eq!(labels, listed, "METRICS in observe/meter.rs is not what is counted");
    let names: BTreeSet<&str> = product
        .split('"')
        .filter(|text| text.starts_with("sealpost_") && !text.contains(' '))
        .collect();
    assert_eq!(names, meter::METRICS.iter().map(|(name, _)| *name).collect());
}

#[test]
fn every_group_says_why_and_how_long() {
    let budget = Budget::of_this_release();
    for group in &budget.groups {
        assert!(group.why.ends_with('.') && group.lifetime.len() > 5, "{}", group.title);
    }
    assert_eq!(listed(&budget, |group| &group.blobs).len(), 2);
}

fn source() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// No other file of the product says `text`.
#[track_caller]
fn assert_only_in(text: &str, place: &str) {
    let mut folders = vec![source()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !path.ends_with("knowledge/tests.rs")
                && !path.ends_with(place)
            {
                let source = std::fs::read_to_string(&path).unwrap();
                assert!(!source.contains(text), "{} says {text}", path.display());
            }
        }
    }
}
