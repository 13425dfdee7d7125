use super::*;

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn nothing_is_overwritten() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("letter.txt"), "mine").unwrap();
    let second = write_new(place.path(), "letter", "txt", b"second").unwrap();
    let third = write_new(place.path(), "letter", "txt", b"third").unwrap();
    assert_eq!(fs::read(place.path().join("letter.txt")).unwrap(), b"mine");
    assert_eq!(fs::read(second).unwrap(), b"second");
    assert_eq!(fs::read(third).unwrap(), b"third");
    assert_eq!(names_in(place.path()), ["letter-2.txt", "letter-3.txt", "letter.txt"]);
    // Not even through a link that somebody laid there.
    std::os::unix::fs::symlink(place.path().join("elsewhere"), place.path().join("a")).unwrap();
    assert!(write_new(place.path(), "a", "", b"x").unwrap().ends_with("a-2"));
    assert!(!place.path().join("elsewhere").exists());
}

#[test]
fn agt_013_a_senders_file_name_stays_in_its_folder_and_steers_nothing() {
    let safe = |name: &str| {
        let (stem, ending) = safe_name(name);
        if ending.is_empty() { stem } else { format!("{stem}.{ending}") }
    };
    assert_eq!(safe("lease.pdf"), "lease.pdf");
    assert_eq!(safe("archive.tar.gz"), "archive.tar.gz");
    assert_eq!(safe("K\u{fc}ndigung.pdf"), "K\u{fc}ndigung.pdf");
    assert_eq!(safe("../../.ssh/authorized_keys"), "authorized_keys");
    assert_eq!(safe("C:\\Windows\\a.exe"), "a.exe");
    assert_eq!(safe(".bashrc"), "bashrc");
    assert_eq!(safe("..."), "document");
    assert_eq!(safe(""), "document");
    assert_eq!(safe("a\u{1b}[2J.pdf"), "a_[2J.pdf");
    assert_eq!(safe("invoice\u{202e}fdp.exe"), "invoice_fdp.exe");
    for unseen in ['\u{61c}', '\u{feff}', '\u{ad}', '\u{2060}', '\u{206f}', '\u{e0041}'] {
        assert_eq!(safe(&format!("a{unseen}b.pdf")), "a_b.pdf", "{unseen:?}");
    }
    assert!(safe(&format!("{}.pdf", "\u{fc}".repeat(300))).len() < 240);
}

#[test]
fn a_folder_that_takes_no_files_is_named_as_the_reason() {
    let place = tempfile::tempdir().unwrap();
    let missing = place.path().join("missing");
    assert_eq!(write_new(&missing, "a", "txt", b"").err().unwrap().code(), "file-missing");
    if Path::new("/dev/full").exists() {
        // A device that is always full, reached through the same writing.
        let mut file = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let error = file.write_all(b"x").err().unwrap();
        let error = AgentError::from(PostError::File { kind: error.kind() });
        assert_eq!(error.code(), "disk-full");
    }
}
