//! The crate graph is the security claim: who may depend on whom, and what the lower rooms never do.

use crate::{Failures, lexer, sources};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Each room and the only rooms that it may name, in tests too.
const ALLOWED: &[(&str, &[&str])] = &[
    ("sealpost-cms", &[]),
    ("sealpost-erds", &["sealpost-cms"]),
    ("sealpost-experiment", &["sealpost-cms"]),
    ("sealpost-letter", &["sealpost-erds", "sealpost-experiment", "sealpost-cms"]),
    ("sealpost-wire", &["sealpost-erds"]),
    ("sealpost-provider", &["sealpost-wire", "sealpost-erds", "sealpost-cms"]),
    (
        "sealpost-agent",
        &[
            "sealpost-letter",
            "sealpost-experiment",
            "sealpost-wire",
            "sealpost-erds",
            "sealpost-cms",
        ],
    ),
    ("sealpost-cli", &["sealpost-agent", "sealpost-letter"]),
    // The test house runs the binaries as processes and links nothing of ours itself.
    ("xtask", &["sealpost-tests"]),
    (
        "sealpost-tests",
        &[
            "sealpost-cms",
            "sealpost-erds",
            "sealpost-letter",
            "sealpost-wire",
            "sealpost-provider",
            "sealpost-agent",
            "sealpost-cli",
        ],
    ),
];

/// Rooms that are synchronous and own no clock, socket, file or random source.
const SANS_IO: &[&str] =
    &["sealpost-cms", "sealpost-erds", "sealpost-experiment", "sealpost-letter", "sealpost-wire"];

/// Crates that bring a runtime, a socket, a database or a random source with them.
const IMPURE_CRATES: &[&str] = &[
    "tokio",
    "async-std",
    "smol",
    "mio",
    "socket2",
    "hyper",
    "reqwest",
    "axum",
    "rusqlite",
    "redb",
    "ureq",
];

/// The same said in code, for what the standard library offers to everybody.
const IMPURE_CODE: &[&str] = &[
    "std::net",
    "std::fs",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime::now",
    "Instant::now",
    "now_utc",
    "now_local",
    "OsRng",
    "SysRng",
    "getrandom::",
    "thread_rng",
    "rand::rng",
    "tokio::",
    "reqwest::",
    "rusqlite::",
];

#[test]
fn rooms_depend_only_on_the_rooms_that_the_architecture_allows() {
    let mut failures = Failures::of("crate graph");
    let metadata = Metadata::read();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    for (name, manifest) in &metadata.members {
        let Some(may) = allowed.get(name.as_str()) else {
            failures.add(manifest, 1, format!("room '{name}' is not in the table of tests/tidy/graph.rs; add it there and to docs/architecture.md"));
            continue;
        };
        for other in &metadata.declared[name] {
            if metadata.members.contains_key(other) && !may.contains(&other.as_str()) {
                failures.add(manifest, 1, format!("'{name}' may not depend on '{other}'; move the code to where it may be known"));
            }
        }
    }
    for (name, _) in ALLOWED {
        if !metadata.members.contains_key(*name) {
            failures.add(
                "tests/tidy/graph.rs",
                1,
                format!("the table names '{name}', which is no room"),
            );
        }
    }
    failures.assert_none();
}

#[test]
fn the_providers_dependency_tree_cannot_name_plaintext() {
    let mut failures = Failures::of("blind provider");
    let tree = Metadata::read().tree("sealpost-provider");
    assert!(tree.contains("sealpost-erds"), "the dependency tree was not read");
    for room in ["sealpost-letter", "sealpost-agent", "sealpost-cli", "sealpost-experiment"] {
        if tree.contains(room) {
            failures.add(
                "crates/provider/Cargo.toml",
                1,
                format!("its tree contains '{room}', which holds content; take it out"),
            );
        }
    }
    failures.assert_none();
}

#[test]
fn the_lower_rooms_bring_no_runtime_socket_or_database() {
    let mut failures = Failures::of("sans-I/O tree");
    let metadata = Metadata::read();
    for room in SANS_IO {
        let tree = metadata.tree(room);
        for impure in IMPURE_CRATES.iter().filter(|name| tree.contains(**name)) {
            let manifest = &metadata.members[*room];
            failures.add(
                manifest,
                1,
                format!("its tree contains '{impure}'; take what is needed as a parameter"),
            );
        }
    }
    failures.assert_none();
}

#[test]
fn the_lower_rooms_take_time_chance_and_files_as_parameters() {
    let mut failures = Failures::of("sans-I/O code");
    for file in sources::rust_files(&[
        "crates/cms/src",
        "crates/erds/src",
        "crates/experiment/src",
        "crates/letter/src",
        "crates/wire/src",
    ]) {
        for (number, line) in file.numbered_product() {
            for impure in IMPURE_CODE.iter().filter(|impure| names(&line.code, impure)) {
                failures.add(
                    &file.path,
                    number,
                    format!("'{impure}' in a room without I/O; take it as a parameter"),
                );
            }
        }
    }
    failures.assert_none();
}

/// Whether `code` contains `path` as whole words.
fn names(code: &str, path: &str) -> bool {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    code.match_indices(path).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + path.len()..].chars().next();
        !before.is_some_and(is_word) && (path.ends_with(':') || !after.is_some_and(is_word))
    })
}

#[test]
fn rooms_use_the_lints_of_the_workspace() {
    let mut failures = Failures::of("lints");
    for (name, manifest) in &Metadata::read().members {
        let text =
            std::fs::read_to_string(sources::root().join(manifest)).expect("listed by cargo");
        if !text.contains("[lints]\nworkspace = true") {
            failures.add(manifest, 1, format!("'{name}' lacks `[lints] workspace = true`"));
        }
    }
    failures.assert_none();
}

#[test]
fn names_are_matched_as_whole_words() {
    assert!(names("let a = std::fs::read();", "std::fs"));
    assert!(!names("use my_std::fsync;", "std::fs"));
    assert_eq!(lexer::words("a::b_c(d)").collect::<Vec<_>>(), ["a", "b_c", "d"]);
}

/// What `cargo metadata` says, reduced to names.
struct Metadata {
    /// Room -> its manifest, relative to the root.
    members: BTreeMap<String, String>,
    /// Room -> everything its manifest names, in every section.
    declared: BTreeMap<String, BTreeSet<String>>,
    /// Package id -> (name, ids of what it is built with).
    resolved: BTreeMap<String, (String, Vec<String>)>,
}

impl Metadata {
    fn read() -> Self {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(sources::root()).args(["metadata", "--format-version", "1", "--locked"]);
        // What other systems would build was perhaps never downloaded, and proves nothing here.
        cargo.args(["--filter-platform", HOST]);
        let output = cargo.output().expect("cargo runs this test");
        assert!(
            output.status.success(),
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Self::from_json(&serde_json::from_slice(&output.stdout).expect("cargo writes JSON"))
    }

    fn from_json(json: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let ids: BTreeSet<String> = list(&json["workspace_members"]).iter().map(text).collect();
        let root = format!("{}/", text(&json["workspace_root"]));
        let (mut members, mut declared, mut names) =
            (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for package in list(&json["packages"]) {
            let (id, name) = (text(&package["id"]), text(&package["name"]));
            if ids.contains(&id) {
                members
                    .insert(name.clone(), text(&package["manifest_path"]).replacen(&root, "", 1));
                let named =
                    list(&package["dependencies"]).iter().map(|it| text(&it["name"])).collect();
                declared.insert(name.clone(), named);
            }
            names.insert(id, name);
        }
        let built_with =
            |dep: &&Value| list(&dep["dep_kinds"]).iter().any(|kind| kind["kind"] != "dev");
        let mut resolved = BTreeMap::new();
        for node in list(&json["resolve"]["nodes"]) {
            let id = text(&node["id"]);
            let deps = list(&node["deps"]);
            let needs = deps.iter().filter(built_with).map(|dep| text(&dep["pkg"])).collect();
            resolved.insert(id.clone(), (names[&id].clone(), needs));
        }
        Self { members, declared, resolved }
    }

    /// The names of everything that a room is built from, itself included.
    fn tree(&self, room: &str) -> BTreeSet<String> {
        let mut open: Vec<&String> =
            self.resolved.iter().filter(|(_, (name, _))| name == room).map(|(id, _)| id).collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                open.extend(&self.resolved[id].1);
            }
        }
        seen.into_iter().map(|id| self.resolved[id].0.clone()).collect()
    }
}

/// The system that runs this test, as cargo names it.
const HOST: &str = if cfg!(all(target_arch = "x86_64", target_os = "linux")) {
    "x86_64-unknown-linux-gnu"
} else if cfg!(all(target_arch = "aarch64", target_os = "linux")) {
    "aarch64-unknown-linux-gnu"
} else if cfg!(target_os = "macos") {
    "aarch64-apple-darwin"
} else {
    "x86_64-pc-windows-msvc"
};
