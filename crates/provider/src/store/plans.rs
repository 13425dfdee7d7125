//! Every statement of the house, judged by SQLite's own plan: work per letter must not grow with
//! the number of letters.

use rusqlite::Connection;

use super::{Store, StoreError};

const SOURCES: &[(&str, &str)] = &[
    ("accounts", include_str!("accounts.rs")),
    ("dispatches", include_str!("dispatches.rs")),
    ("evidence", include_str!("evidence.rs")),
    ("letters", include_str!("letters.rs")),
    ("receipts", include_str!("receipts.rs")),
    ("registrations", include_str!("registrations.rs")),
    ("renewals", include_str!("renewals.rs")),
    ("retention", include_str!("retention.rs")),
    ("submissions", include_str!("submissions.rs")),
    ("times", include_str!("times.rs")),
    ("uploads", include_str!("uploads.rs")),
    ("blobs", include_str!("../blobs/mod.rs")),
    ("outlet", include_str!("../blobs/outlet.rs")),
];

/// Statements that may look at all rows, and why.
const MAY_SCAN: &[(&str, &str)] = &[
    ("SELECT DISTINCT domain FROM dispatch_out", "once, when the workers start"),
    ("SELECT EXISTS (SELECT 1 FROM registration", "once a minute; invitations that wait are few"),
    ("DELETE FROM invitation WHERE expires_at", "as above"),
    ("SELECT domain, der FROM time_root", "once, at the start; eight of each peer at most"),
];

/// The string literals of a source text that are statements.
fn statements(source: &str) -> Vec<String> {
    let literals = source.split('"').skip(1).step_by(2);
    let is_sql = |text: &&str| {
        ["SELECT ", "UPDATE ", "DELETE ", "INSERT "].iter().any(|verb| text.starts_with(verb))
    };
    literals.filter(is_sql).filter(|text| !text.contains('{')).map(str::to_owned).collect()
}

fn scans(connection: &Connection, sql: &str) -> Result<Vec<String>, rusqlite::Error> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
    let mut rows = statement.raw_query();
    let mut scans = Vec::new();
    while let Some(row) = rows.next()? {
        let step: String = row.get(3)?;
        // "SEARCH letter USING INDEX …" is what we want; "SCAN letter" reads the table.
        let reads_table = step.starts_with("SCAN ") && !step.contains("CONSTANT ROW");
        // A partial index over what is due holds nothing else.
        if reads_table && !step.contains("_to_purge") {
            scans.push(step);
        }
    }
    Ok(scans)
}

#[tokio::test]
async fn no_statement_reads_a_whole_table() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("db")).unwrap();
    let mut looked_at = 0;
    for (name, source) in SOURCES {
        for sql in statements(source) {
            if MAY_SCAN.iter().any(|(allowed, _)| sql.starts_with(allowed)) {
                continue;
            }
            looked_at += 1;
            let statement = sql.clone();
            let found = store
                .read(move |connection| scans(connection, &statement).map_err(StoreError::from))
                .await
                .unwrap_or_else(|error| panic!("{name}: {error:?}: {sql}"));
            assert!(found.is_empty(), "{name}: {found:?}: {sql}");
        }
    }
    assert!(looked_at > 50, "only {looked_at} statements were found");
    store.close().await.unwrap();
}
