use super::*;
use crate::save::SaveAs;
use crate::testing::bert_and_providers;
use sealpost_letter::ChunkSealer;
use std::fs;
use tempfile::TempDir;

/// Bert has a letter with a large attachment, opened and not confirmed; nobody can be asked.
struct House {
    bert: Agent,
    record: Received,
    objects: Vec<Vec<u8>>,
    file: Vec<u8>,
    place: TempDir,
}

fn house() -> House {
    let place = tempfile::tempdir().unwrap();
    let (north, south, bert) = bert_and_providers(&place);
    let file = [vec![7; 4 << 20], vec![8; 1000]].concat();
    let (mut rng, octets) = (crate::system_random(), file.len() as u64);
    let mut sealer = ChunkSealer::new("film.mp4", "video/mp4", octets, &mut rng).unwrap();
    let (mut objects, mut rest) = (Vec::new(), &file[..]);
    while let Some(wanted) = sealer.wanted() {
        let (piece, after) = rest.split_at(wanted);
        objects.push(sealer.seal(piece.to_vec(), &mut rng).unwrap());
        rest = after;
    }
    let chunked = vec![vec![sealer.finish().unwrap()]];
    let letter = north.delivers_with(&bert, &south, true, chunked);
    let record = letter.is_kept_by(&bert, &letter.content);
    House { bert, record, objects, file, place }
}

impl House {
    fn fetches(&mut self) -> Result<(), AgentError> {
        self.bert.wait(self.bert.fetch_objects(&mut self.record, &mut |_| ()))
    }

    fn saves(&self) -> Result<Vec<std::path::PathBuf>, AgentError> {
        self.bert.save(&self.record.name(), &self.folder(), SaveAs::Parts)
    }

    fn folder(&self) -> std::path::PathBuf {
        self.place.path().join("saved")
    }

    /// Names of what was saved, also of what is hidden.
    fn saved(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

#[test]
fn agt_062_a_letter_has_arrived_with_all_its_objects_and_those_here_are_not_fetched_again() {
    let mut house = house();
    for object in &house.objects {
        house.bert.vault.bodies().store(object).unwrap();
    }
    // Nobody is asked for what is here.
    house.fetches().unwrap();
    assert_eq!(house.record.objects.len(), 2, "and they are named, so that nobody sweeps them");
    house.bert.vault.bodies().remove(house.record.objects[1].as_array()).unwrap();
    assert_eq!(house.fetches().unwrap_err().code(), "provider-unreachable");
    let mut record = house.record.clone();
    let confirmed = house.bert.wait(house.bert.confirm_opened(&mut record, &mut |_| ()));
    assert_eq!(confirmed.unwrap_err().code(), "provider-unreachable");
    assert!(!record.handed_over);
    let here = |house: &House| {
        house.bert.show(&house.record.name()).unwrap().content.unwrap().large[0].here
    };
    assert!(!here(&house));
    house.bert.vault.bodies().store(&house.objects[1]).unwrap();
    assert!(here(&house));
    assert_eq!(house.bert.named_bodies().unwrap().len(), 3, "the letter and its objects");
}

#[test]
fn agt_063_a_saved_attachment_has_its_name_when_it_is_whole_and_the_one_that_was_signed() {
    let house = house();
    house.bert.vault.bodies().store(&house.objects[0]).unwrap();
    assert_eq!(house.saves().unwrap_err().code(), "attachment-not-here");
    let text = |names: &[String]| names.iter().all(|name| name.ends_with(".txt"));
    assert!(text(&house.saved()), "nothing but the text: {:?}", house.saved());
    let second = house.bert.vault.bodies().store(&house.objects[1]).unwrap();
    let path = house.place.path().join("bodies").join(hex::encode(second.digest));
    let mut changed = house.objects[1].clone();
    changed[2000] ^= 1;
    fs::write(&path, &changed).unwrap();
    assert_eq!(house.saves().unwrap_err().code(), "body-tampered");
    assert!(text(&house.saved()), "nothing but the text: {:?}", house.saved());
    fs::write(&path, &house.objects[1]).unwrap();
    let saved = house.saves().unwrap();
    assert_eq!(fs::read(saved.last().unwrap()).unwrap(), house.file);
    assert!(saved.last().unwrap().ends_with("film.mp4"));
    // Nothing is overwritten.
    assert!(house.saves().unwrap().last().unwrap().ends_with("film-2.mp4"));
}
