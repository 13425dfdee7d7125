//! The guides inside a dossier: their commands work as they stand there.

use super::journey::{Course, Letter};
use super::world::{World, parts_of};
use crate::dossier::layout::{GUIDE_ENGLISH, GUIDE_GERMAN};
use sealpost_erds::ConsignmentMode::Signed;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// The indented lines of a guide that are commands of OpenSSL and their like, one after another.
fn commands(guide: &str) -> Vec<String> {
    let guide = guide.replace("\\\n", "");
    let mut commands = Vec::new();
    let mut lines = guide.lines();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("  ") else { continue };
        let mut command = command.to_owned();
        if command.starts_with("for ") {
            command.extend(lines.by_ref().take(2).map(|line| format!("\n{line}")));
        }
        if ["openssl ", "for ", "cmp ", "printf "].iter().any(|start| command.starts_with(start)) {
            commands.push(command);
        }
    }
    commands
}

fn run(folder: &Path, command: &str) -> Output {
    Command::new("sh").arg("-ec").arg(command).current_dir(folder).output().unwrap()
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn the_commands_of_both_guides_are_the_same_and_work_with_openssl() {
    let world = World::new();
    let letter = Letter::travelled(&world, Signed, &[&world.bert], Course::HandedOver);
    let parts = parts_of(&letter.dossier());
    let folder = tempfile::tempdir().unwrap();
    for part in &parts {
        let path = folder.path().join(&part.name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &part.octets).unwrap();
    }
    let roots = [&world.north, &world.south].map(|provider| provider.root.1.to_pem());
    fs::write(folder.path().join("trust.pem"), roots.concat()).unwrap();

    let guide = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let english = commands(&guide(GUIDE_ENGLISH));
    assert_eq!(english, commands(&guide(GUIDE_GERMAN)));
    assert_eq!(english.len(), 9);
    let disclosure = &letter.parts().recipients[0].disclosures[0];
    let name = letter.dispatch(0).hex();
    for command in &english {
        let command = command.replace("NAME", &name).replace("TEXT", disclosure.encoded());
        // The clock of OpenSSL is that of the machine; the world has its own.
        let at = format!("-attime {} -CAfile", world.clock.get());
        let command = command.replace("-CAfile", &at);
        let output = run(folder.path(), &command);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}\n{errors}");
        assert!(!errors.contains("failure"), "{command}\n{errors}");
        if command.starts_with("for ") {
            let stated = String::from_utf8_lossy(&output.stdout);
            assert_eq!(stated.matches("\"sealpost-evidence/1").count(), 6, "{stated}");
        }
        if command.starts_with("printf ") {
            let digest = String::from_utf8_lossy(&output.stdout);
            assert_eq!(digest.trim(), disclosure.digest().as_str());
        }
    }
}
