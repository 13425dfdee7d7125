//! Places: no path of somebody's machine, no package host, no dead link, no room without a header.

use crate::{Failures, sources};

/// Folders that exist on one machine only. In pieces, so that this file passes its own rule.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("../sha", "red"),
    concat!("/home/", "runner"),
];

/// Where packages come from is the reader's own configuration.
const PACKAGE_HOSTS: &[&str] = &[
    concat!("crates", ".io"),
    concat!("registry.npm", "js"),
    concat!("pypi", ".org"),
    concat!("files.python", "hosted"),
    concat!("deb.deb", "ian.org"),
    concat!("proxy.go", "lang.org"),
];

/// The one source that a lock file may name: cargo's default.
const DEFAULT_SOURCE: &str = concat!("registry+https://github.com/rust-lang/crates", ".io-index");

#[test]
fn no_file_names_a_place_on_somebodys_machine() {
    let mut failures = Failures::of("machine path");
    for file in sources::text_files() {
        for (index, line) in file.text.lines().enumerate() {
            for place in MACHINE_PATHS.iter().filter(|place| line.contains(**place)) {
                failures.add(&file.path, index + 1, format!("'{place}' exists on one machine; use a relative path or an environment variable"));
            }
        }
    }
    failures.assert_none();
}

#[test]
fn no_file_names_a_package_host() {
    let mut failures = Failures::of("package host");
    for file in sources::text_files().iter().filter(|file| !file.path.ends_with("Cargo.lock")) {
        for (index, line) in file.text.lines().enumerate() {
            for host in PACKAGE_HOSTS.iter().filter(|host| line.contains(**host)) {
                failures.add(
                    &file.path,
                    index + 1,
                    format!("'{host}': leave the source of packages to the reader's configuration"),
                );
            }
        }
    }
    failures.assert_none();
}

#[test]
fn lock_files_name_only_the_default_source_and_agree() {
    let mut failures = Failures::of("lock file");
    let house = packages("Cargo.lock");
    for path in ["Cargo.lock", "fuzz/Cargo.lock"] {
        for (name, version, source, line) in packages(path) {
            if !source.is_empty() && source != DEFAULT_SOURCE {
                failures.add(
                    path,
                    line,
                    format!("'{name}' comes from '{source}'; take it from the default source"),
                );
            }
            let others: Vec<&str> =
                house.iter().filter(|it| it.0 == name).map(|it| it.1.as_str()).collect();
            if !others.is_empty() && !others.contains(&version.as_str()) {
                failures.add(path, line, format!("'{name}' is {version} here and {} in Cargo.lock; fuzz what is shipped: cargo update --manifest-path fuzz/Cargo.toml {name} --precise {}", others.join(", "), others[0]));
            }
        }
    }
    failures.assert_none();
}

/// Name, version, source and line of each package in a lock file.
fn packages(path: &str) -> Vec<(String, String, String, usize)> {
    let text =
        std::fs::read_to_string(sources::root().join(path)).expect("lock files are committed");
    let mut packages: Vec<(String, String, String, usize)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let value =
            |key: &str| line.strip_prefix(key).map(|rest| rest.trim_matches('"').to_owned());
        if line == "[[package]]" {
            packages.push((String::new(), String::new(), String::new(), index + 1));
        } else if let Some(package) = packages.last_mut() {
            if let Some(name) = value("name = ") {
                package.0 = name;
            } else if let Some(version) = value("version = ") {
                package.1 = version;
            } else if let Some(source) = value("source = ") {
                package.2 = source;
            }
        }
    }
    packages
}

#[test]
fn every_room_begins_with_what_it_is() {
    let mut failures = Failures::of("room header");
    let is_root = |path: &str| path.ends_with("/src/lib.rs") || path.ends_with("/src/main.rs");
    let files = sources::rust_files(&["crates/", "tests/src/", "xtask/"]);
    for file in files.iter().filter(|file| is_root(&file.path)) {
        let header: String = file.text.lines().take_while(|line| line.starts_with("//!")).collect();
        if header.len() < 40 || header.contains("placeholder") {
            failures.add(
                &file.path,
                1,
                "begin with a `//!` header: what it is, and what it never does",
            );
        }
    }
    failures.assert_none();
}

#[test]
fn links_in_documents_lead_to_files() {
    let mut failures = Failures::of("dead link");
    let files = sources::text_files();
    if !files.iter().any(|file| file.path == "README.md") {
        failures.add("README.md", 1, "is missing; write it: two commands and a picture");
    }
    for file in files.iter().filter(|file| file.path.ends_with(".md")) {
        let folder = sources::root().join(&file.path);
        let folder = folder.parent().expect("a file lies in a folder");
        for (index, line) in file.text.lines().enumerate() {
            for target in links(line) {
                let path = target.split('#').next().unwrap_or_default();
                let elsewhere = path.contains("://") || path.starts_with("mailto:");
                if !path.is_empty() && !elsewhere && !folder.join(path).exists() {
                    failures.add(
                        &file.path,
                        index + 1,
                        format!("'{target}' does not exist; correct the link or write the file"),
                    );
                }
            }
        }
    }
    failures.assert_none();
}

/// The targets of `[text](target)`, of `![picture](target)`, and of `src="…"` and `href="…"`.
fn links(line: &str) -> Vec<&str> {
    let mut targets = Vec::new();
    for (opening, closing) in [("](", ')'), ("src=\"", '"'), ("href=\"", '"')] {
        for part in line.split(opening).skip(1) {
            targets.extend(part.split(closing).next().and_then(|inside| inside.split(' ').next()));
        }
    }
    targets
}

#[test]
fn links_are_found_in_text_and_pictures() {
    let line = "See [a](docs/a.md#part \"title\") and ![b](b.svg) <img src=\"c.png\">.";
    assert_eq!(links(line), ["docs/a.md#part", "b.svg", "c.png"]);
}
