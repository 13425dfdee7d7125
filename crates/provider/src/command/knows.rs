//! `knows`: everything the provider holds, for whoever has a right to ask, in the order of the
//! knowledge budget.

use std::path::Path;

use serde_json::{Value, json};

use super::KnowsArgs;
use super::printer::{self, Complaint, Outcome};
use crate::blobs::Blobs;
use crate::config::Config;
use crate::knowledge::{Budget, Group};
use crate::store::StoreError;
use crate::store::knows::{KnownRow, KnownValue, Snapshot};

pub(super) fn knows(args: &KnowsArgs) -> Result<Outcome, Complaint> {
    let config = super::load(&args.config)?;
    let budget = Budget::of_this_release();
    let snapshot = Snapshot::open(&config.files.database())?;
    let files = files(&config)?;
    if args.json {
        print_json(&budget, &snapshot, &files)?;
    } else {
        print_text(&budget, &snapshot, &files, if args.full { usize::MAX } else { OCTETS_SHOWN })?;
    }
    Ok(Outcome::Done)
}

/// Files with ciphertext, relative to the folder they lie in, and their sizes.
fn files(config: &Config) -> Result<Vec<(String, u64)>, Complaint> {
    let unreadable = |error: std::io::Error| {
        Complaint::new("blob-unreadable", &error, "Run it as the user that runs the provider.")
    };
    let folder = config.files.blobs();
    let found = Blobs::open(&folder).and_then(|blobs| blobs.list()).map_err(unreadable)?;
    let name = |path: &Path| path.strip_prefix(&folder).unwrap_or(path).display().to_string();
    Ok(found.iter().map(|(path, octets)| (format!("blobs/{}", name(path)), *octets)).collect())
}

fn print_text(
    budget: &Budget,
    snapshot: &Snapshot,
    files: &[(String, u64)],
    octets_shown: usize,
) -> Result<(), StoreError> {
    for group in &budget.groups {
        printer::result(&format!(
            "== {} ==\n{} ({})\nUntil: {}\n\n",
            group.title,
            group.why,
            group.basis.word(),
            group.lifetime
        ));
        rows_of(group, snapshot, |row| printer::result(&text(&row, octets_shown)))?;
        if !group.blobs.is_empty() {
            for (name, octets) in files {
                printer::result(&format!("{name}\n  {octets} octets of ciphertext\n"));
            }
        }
        printer::result(&spoken(group));
    }
    unlisted(budget, snapshot, |row| {
        printer::result(&format!("NOT IN THE BUDGET: {}", text(&row, octets_shown)));
    })
}

/// What a group says instead of holding it.
fn spoken(group: &Group) -> String {
    let mut out = String::new();
    for (name, meaning) in group.log_fields.iter().chain(&group.metrics).chain(&group.metric_labels)
    {
        out.push_str(&format!("  {name}: {meaning}\n"));
    }
    out.push('\n');
    out
}

fn print_json(
    budget: &Budget,
    snapshot: &Snapshot,
    files: &[(String, u64)],
) -> Result<(), StoreError> {
    let mut groups = Vec::new();
    for group in &budget.groups {
        let mut rows = Vec::new();
        rows_of(group, snapshot, |row| rows.push(row_json(&row)))?;
        let files: Vec<Value> = files
            .iter()
            .filter(|_| !group.blobs.is_empty())
            .map(|(name, octets)| json!({ "name": name, "octets": octets }))
            .collect();
        groups.push(json!({
            "title": group.title,
            "about": group.about.word(),
            "basis": group.basis.word(),
            "why": group.why,
            "lifetime": group.lifetime,
            "columns": group.columns,
            "log_fields": group.log_fields,
            "metrics": group.metrics,
            "metric_labels": group.metric_labels,
            "rows": rows,
            "files": files,
        }));
    }
    let mut strangers = Vec::new();
    unlisted(budget, snapshot, |row| strangers.push(row_json(&row)))?;
    printer::result(&format!("{}\n", json!({ "groups": groups, "not_in_the_budget": strangers })));
    Ok(())
}

/// Every row of the group's tables, with the columns that the group speaks of.
fn rows_of(
    group: &Group,
    snapshot: &Snapshot,
    mut show: impl FnMut(KnownRow),
) -> Result<(), StoreError> {
    for table in group.tables() {
        snapshot.rows(table, |mut row| {
            row.values.retain(|(column, _)| group.has_column(table, column));
            show(row);
        })?;
    }
    Ok(())
}

/// What the database of a newer or older release holds beyond this budget: nothing is left out.
fn unlisted(
    budget: &Budget,
    snapshot: &Snapshot,
    mut show: impl FnMut(KnownRow),
) -> Result<(), StoreError> {
    for table in snapshot.tables()? {
        let is_listed =
            |column: &str| budget.groups.iter().any(|group| group.has_column(&table, column));
        if snapshot.columns(&table)?.iter().all(|column| is_listed(column)) {
            continue;
        }
        snapshot.rows(&table, |mut row| {
            row.values.retain(|(column, _)| !is_listed(column));
            show(row);
        })?;
    }
    Ok(())
}

fn text(row: &KnownRow, octets_shown: usize) -> String {
    let mut out = format!("{}\n", row.table);
    for (column, value) in &row.values {
        let value = match value {
            KnownValue::Null => "-".to_owned(),
            KnownValue::Number(number) => number.to_string(),
            KnownValue::Text(text) => format!("{text:?}"),
            KnownValue::Octets(octets) if octets.len() > octets_shown => {
                format!("{}… ({} octets)", hex::encode(&octets[..octets_shown]), octets.len())
            }
            KnownValue::Octets(octets) => hex::encode(octets),
        };
        out.push_str(&format!("  {column} = {value}\n"));
    }
    out
}

fn row_json(row: &KnownRow) -> Value {
    let mut values = serde_json::Map::new();
    for (column, value) in &row.values {
        let value = match value {
            KnownValue::Null => Value::Null,
            KnownValue::Number(number) => json!(number),
            KnownValue::Text(text) => json!(text),
            KnownValue::Octets(octets) => json!(hex::encode(octets)),
        };
        values.insert(column.clone(), value);
    }
    json!({ "table": row.table, "values": values })
}

/// A digest fits.
const OCTETS_SHOWN: usize = 32;
