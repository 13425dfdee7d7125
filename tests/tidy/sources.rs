//! The files that the rules look at.

use crate::lexer::{self, Line};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

/// A text file of the repository; `path` is relative to its root and uses `/`.
pub struct TextFile {
    pub path: String,
    pub text: String,
}

/// A Rust file, split into code and comments.
pub struct RustFile {
    pub path: String,
    pub text: String,
    pub lines: Vec<Line>,
}

impl RustFile {
    /// Lines with their number, as an editor counts.
    pub fn numbered(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines.iter().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Lines that the product itself compiles.
    pub fn numbered_product(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.numbered().filter(|(_, line)| !line.test)
    }
}

/// Asked of cargo at run time: checkouts that share a target directory share this binary too.
pub fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR");
    let manifest = manifest.map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    manifest.parent().expect("this crate lives inside the workspace").to_path_buf()
}

/// Every committed or committable text file.
pub fn text_files() -> Vec<TextFile> {
    let mut files = Vec::new();
    for path in listed_by_git().unwrap_or_else(found_by_walking) {
        let Ok(octets) = std::fs::read(root().join(&path)) else {
            continue;
        };
        if let Ok(text) = String::from_utf8(octets)
            && !text.contains('\0')
        {
            files.push(TextFile { path, text });
        }
    }
    assert!(files.len() > 10, "the sources were not found under {}", root().display());
    files
}

/// Rust files whose path begins with one of `prefixes`, test-only files marked as such.
pub fn rust_files(prefixes: &[&str]) -> Vec<RustFile> {
    let wanted = |path: &str| {
        path.ends_with(".rs") && prefixes.iter().any(|prefix| path.starts_with(prefix))
    };
    let mut files: Vec<RustFile> = text_files()
        .into_iter()
        .filter(|file| wanted(&file.path))
        .map(|file| RustFile { lines: lexer::lines(&file.text), path: file.path, text: file.text })
        .collect();
    let gated: BTreeSet<String> = files.iter().flat_map(modules_only_for_tests).collect();
    for file in &mut files {
        let stem = file.path.trim_end_matches(".rs").trim_end_matches("/mod");
        let inside_gated = gated.iter().any(|module| {
            stem == module
                || stem.strip_prefix(module.as_str()).is_some_and(|rest| rest.starts_with('/'))
        });
        if inside_gated || is_test_path(&file.path) {
            file.lines.iter_mut().for_each(|line| line.test = true);
        }
    }
    files
}

fn is_test_path(path: &str) -> bool {
    let tops = ["tests/", "fuzz/"];
    tops.iter().any(|top| path.starts_with(top))
        || ["/tests/", "/benches/", "/examples/"].iter().any(|part| path.contains(part))
        || path.ends_with("/tests.rs")
}

/// `#[cfg(test)] mod name;` makes the file of that module a test file: its path without `.rs`.
fn modules_only_for_tests(file: &RustFile) -> Vec<String> {
    let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    let folder = match name {
        "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
        other => format!("{folder}/{}", other.trim_end_matches(".rs")),
    };
    let declared = |line: &Line| {
        let words: Vec<&str> = lexer::words(&line.code).collect();
        let place = words.iter().position(|&word| word == "mod")?;
        let is_file = line.test && line.code.trim_end().ends_with(';');
        is_file.then(|| words.get(place + 1).map(|module| format!("{folder}/{module}")))?
    };
    file.lines.iter().filter_map(declared).collect()
}

fn listed_by_git() -> Option<Vec<String>> {
    let mut git = Command::new("git");
    git.current_dir(root()).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let output = git.output().ok().filter(|output| output.status.success())?;
    let mut paths: Vec<String> =
        String::from_utf8(output.stdout).ok()?.split_terminator('\0').map(str::to_owned).collect();
    paths.sort();
    paths.dedup();
    Some(paths)
}

/// For an unpacked archive without Git.
fn found_by_walking() -> Vec<String> {
    const SKIPPED: [&str; 6] = [".git", "target", "corpus", "artifacts", "coverage", "demo-out"];
    let mut paths = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if SKIPPED.iter().any(|name| entry.file_name() == *name) {
                continue;
            } else if path.is_dir() {
                folders.push(path);
            } else if let Ok(relative) = path.strip_prefix(root()) {
                paths.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    paths.sort();
    paths
}
