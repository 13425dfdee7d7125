use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

#[test]
fn the_profile_is_where_the_environment_says() {
    let located = |set: &[(&str, &str)]| {
        locate_by(|name| {
            set.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        })
        .map(|path| path.into_os_string().into_string().unwrap())
    };
    let all = [("SEALPOST_HOME", "/a"), ("XDG_DATA_HOME", "/b"), ("HOME", "/c")];
    assert_eq!(located(&all).unwrap(), "/a");
    assert_eq!(located(&all[1..]).unwrap(), "/b/sealpost");
    assert_eq!(located(&all[2..]).unwrap(), "/c/.local/share/sealpost");
    assert_eq!(
        located(&[("XDG_DATA_HOME", "b"), ("HOME", "/c")]).unwrap(),
        "/c/.local/share/sealpost"
    );
    assert_eq!(
        located(&[("SEALPOST_HOME", ""), ("HOME", "/c")]).unwrap(),
        "/c/.local/share/sealpost"
    );
    assert_eq!(located(&[]).unwrap_err().code(), "profile-no-home");
}

#[test]
fn directories_are_closed_to_others_and_so_are_files() {
    let place = tempfile::tempdir().unwrap();
    let home = place.path().join("deep/er");
    let profile = Profile::open(&home).unwrap();
    let file = profile.path("a.json");
    write_private(&file, b"{}").unwrap();
    let folder = profile.folder("bodies").unwrap();
    assert_eq!((mode(&home), mode(&file), mode(&folder)), (0o700, 0o600, 0o700));
    assert_eq!(mode(&home.join("lock")), 0o600);
}

#[test]
fn an_empty_open_directory_is_closed_and_a_filled_one_refused() {
    let place = tempfile::tempdir().unwrap();
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(place.path(), open.clone()).unwrap();
    drop(Profile::open(place.path()).unwrap());
    assert_eq!(mode(place.path()), 0o700);

    fs::set_permissions(place.path(), open).unwrap();
    let refused = Profile::open(place.path()).err().unwrap();
    assert!(matches!(refused, ProfileError::NotPrivate { mode: 0o755 }));
    assert_eq!(mode(place.path()), 0o755);
}

#[test]
fn a_second_holder_in_the_same_process_is_refused_until_the_first_is_gone() {
    let place = tempfile::tempdir().unwrap();
    let profile = Profile::open(place.path()).unwrap();
    let clone = profile.clone();
    drop(profile);
    let refused = Profile::open_at_once(place.path()).err().unwrap();
    let own = std::process::id();
    assert!(matches!(refused, ProfileError::InUse { pid: Some(process) } if process == own));
    drop(clone);
    Profile::open_at_once(place.path()).unwrap();
}

#[test]
fn a_second_holder_waits_for_the_first_and_says_for_whom() {
    let place = tempfile::tempdir().unwrap();
    let first = Profile::open(place.path()).unwrap();
    let ends = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(1500));
        drop(first);
    });
    let mut told = Vec::new();
    Profile::open_waiting(place.path(), &mut |process| told.push(process)).unwrap();
    assert_eq!(told, [Some(std::process::id())], "once, and not at every try");
    ends.join().unwrap();
}

#[test]
fn a_profile_that_is_let_go_is_free_even_while_children_are_being_forked() {
    let place = tempfile::tempdir().unwrap();
    let forks = std::thread::spawn(|| {
        for _ in 0..200 {
            Command::new("true").status().unwrap();
        }
    });
    let mut opened = 0;
    while !forks.is_finished() {
        Profile::open_at_once(place.path()).map(drop).unwrap_or_else(|error| {
            panic!("after {opened} times: {error}");
        });
        opened += 1;
    }
    forks.join().unwrap();
    assert!(opened > 0);
}

#[test]
fn two_processes_exclude_each_other_and_a_killed_one_lets_go() {
    let place = tempfile::tempdir().unwrap();
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "profile::tests::child_holds_the_profile", "--ignored", "--nocapture"])
        .env("SEALPOST_TEST_PROFILE", place.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("holding")));

    let refused = Profile::open_at_once(place.path()).err().unwrap();
    assert_eq!(refused.code(), "profile-in-use");
    let pid = child.id();
    assert!(matches!(refused, ProfileError::InUse { pid: Some(process) } if process == pid));

    child.kill().unwrap();
    child.wait().unwrap();
    Profile::open(place.path()).unwrap();
}

#[test]
#[ignore = "the other process of the test above"]
fn child_holds_the_profile() {
    let Some(place) = env::var_os("SEALPOST_TEST_PROFILE") else {
        return;
    };
    let _profile = Profile::open(Path::new(&place)).unwrap();
    println!("holding");
    let _ = io::stdin().read_line(&mut String::new());
}

#[test]
fn a_file_is_replaced_as_a_whole_and_the_old_octets_are_overwritten() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("keys");
    write_private(&path, b"old secret").unwrap();
    let mut old = File::open(&path).unwrap();
    replace_and_erase(&path, b"new").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    let mut left = Vec::new();
    old.read_to_end(&mut left).unwrap();
    assert_eq!(left, [0; 10]);
}

#[test]
fn a_hard_linked_backup_is_not_overwritten() {
    let place = tempfile::tempdir().unwrap();
    let (path, backup) = (place.path().join("keys"), place.path().join("backup"));
    write_private(&path, b"old secret").unwrap();
    fs::hard_link(&path, &backup).unwrap();
    replace_and_erase(&path, b"new").unwrap();
    assert_eq!(fs::read(&backup).unwrap(), b"old secret");
}

#[test]
fn what_a_killed_process_left_aside_is_swept() {
    let place = tempfile::tempdir().unwrap();
    drop(Profile::open(place.path()).unwrap());
    let aside = Aside::create(&place.path().join("keystore.json")).unwrap();
    std::mem::forget(aside);
    let names = || fs::read_dir(place.path()).unwrap().count();
    assert_eq!(names(), 2);
    drop(Profile::open(place.path()).unwrap());
    assert_eq!(names(), 1);
}

#[test]
fn a_file_over_its_bound_is_not_read() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("long");
    fs::write(&path, [0; 11]).unwrap();
    assert_eq!(read_bounded(&path, 10).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    assert_eq!(read_bounded(&path, 11).unwrap().unwrap().len(), 11);
    assert!(read_bounded(&place.path().join("none"), 10).unwrap().is_none());
}
