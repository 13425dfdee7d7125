use super::*;
use crate::error::ComposeError;
use getrandom::SysRng;
use proptest::prelude::*;
use rand_core::UnwrapErr;
use sealpost_erds::enveloped::Enveloped;

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// A file that differs everywhere, so that a piece cannot be taken for another.
fn file(octets: usize) -> Vec<u8> {
    (0..octets as u64).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect()
}

fn sealed(file: &[u8]) -> (ChunkedAttachment, Vec<Vec<u8>>) {
    let mut sealer =
        ChunkSealer::new("../Plans 1.bin", "application/zip", file.len() as u64, &mut rng())
            .unwrap();
    let (mut objects, mut rest) = (Vec::new(), file);
    while let Some(wanted) = sealer.wanted() {
        let (piece, after) = rest.split_at(wanted);
        objects.push(sealer.seal(piece.to_vec(), &mut rng()).unwrap());
        rest = after;
    }
    (sealer.finish().unwrap(), objects)
}

fn opened(attachment: &ChunkedAttachment, objects: &[Vec<u8>]) -> Result<Vec<u8>, ChunkError> {
    let (mut reader, mut file) = (ChunkReader::new(attachment), Vec::new());
    for object in objects {
        file.extend_from_slice(&reader.open(object)?);
    }
    reader.finish()?;
    Ok(file)
}

#[test]
fn a_file_comes_back_from_objects_of_one_size_and_each_is_an_envelope() {
    let file = file(2 * CHUNK_OCTETS + 17);
    let (attachment, objects) = sealed(&file);
    assert_eq!(attachment.file_name, "Plans 1.bin", "the name is made safe");
    assert_eq!(opened(&attachment, &objects).unwrap(), file);
    assert_eq!(attachment.sha256, Digest::of(&file));
    assert_eq!(objects.len(), chunks(file.len() as u64));
    for object in &objects {
        assert_eq!(object.len() as u64, attachment.object_octets, "one size, the last one too");
        assert!(Enveloped::from_der(object.clone()).is_ok(), "invariant 1");
    }
    let manifest = ChunkedManifest::of(vec![attachment]);
    assert_eq!(ChunkedManifest::from_json(&manifest.to_json()), Ok(manifest));
}

#[test]
fn the_number_of_objects_tells_only_a_bucket() {
    let mib = |octets: u64| octets * 1024 * 1024;
    assert_eq!(chunks(1), 1);
    assert_eq!(chunks(mib(8)), 2);
    assert_eq!(chunks(mib(8) + 1), 3, "padded to 8.5 MiB");
    assert_eq!(chunks(mib(300)), chunks(mib(304)));
    assert_eq!(chunks(ATTACHMENT_OCTETS_MAX), 1280);
    assert!(chunks(ATTACHMENT_OCTETS_MAX) <= OBJECTS_MAX);
}

#[test]
fn a_piece_that_is_padding_alone_belongs_to_the_file_too() {
    // 257 MiB are padded to 264: the last of 66 pieces holds nothing of the file.
    let octets = 257 * 1024 * 1024_u64;
    assert_eq!((octets.div_ceil(CHUNK_OCTETS as u64), chunks(octets)), (65, 66));
    let sealer = ChunkSealer::new("a", "a/b", octets, &mut rng()).unwrap();
    assert_eq!(sealer.wanted(), Some(CHUNK_OCTETS));
    assert!(sealer.finish().is_none(), "an unfinished file is no attachment");
    let sealer = ChunkSealer::new("a", "a/b", octets, &mut rng()).unwrap();
    let mut sealer = sealer.behind(65);
    assert_eq!(sealer.wanted(), Some(0));
    let object = sealer.seal(Vec::new(), &mut rng()).unwrap();
    assert_eq!(sealer.wanted(), None);
    let attachment = sealer.finish().unwrap();
    assert_eq!(attachment.object_octets, object.len() as u64, "as large as all others");
    let mut reader = ChunkReader::new(&attachment).behind(65);
    assert!(reader.open(&object).unwrap().is_empty());
    assert_eq!(reader.open(&object).err(), Some(ChunkError::TooMany));
}

#[test]
fn let_081_an_object_opens_at_its_place_alone() {
    let (attachment, objects) = sealed(&file(2 * CHUNK_OCTETS + 1));
    // A forger who could choose the digests that are signed would still not move an object.
    let mut swapped = attachment.clone();
    swapped.objects.swap(0, 1);
    let order = [objects[1].clone(), objects[0].clone(), objects[2].clone()];
    assert_eq!(opened(&swapped, &order), Err(ChunkError::Unauthentic { number: 0 }));
    let mut cut = attachment.clone();
    cut.objects.pop();
    let mut reader = ChunkReader::new(&cut);
    assert!(reader.open(&objects[0]).is_ok());
    assert_eq!(reader.open(&objects[1]).err(), Some(ChunkError::Unauthentic { number: 1 }));
    let (other, _) = sealed(&file(2 * CHUNK_OCTETS + 1));
    let other = ChunkedAttachment { key: other.key, ..attachment };
    assert_eq!(opened(&other, &objects), Err(ChunkError::Unauthentic { number: 0 }));
}

#[test]
fn let_082_let_084_missing_repeated_swapped_and_truncated_objects_are_found_and_named() {
    let (attachment, objects) = sealed(&file(2 * CHUNK_OCTETS + 1));
    let pick = |numbers: &[usize]| -> Vec<Vec<u8>> {
        numbers.iter().map(|number| objects[*number].clone()).collect()
    };
    for (numbers, error) in [
        (&[][..], ChunkError::Missing { number: 0 }),
        (&[0, 1], ChunkError::Missing { number: 2 }),
        (&[0, 2], ChunkError::Other { number: 1 }),
        (&[0, 0, 1, 2], ChunkError::Other { number: 1 }),
        (&[1, 0, 2], ChunkError::Other { number: 0 }),
        (&[0, 1, 2, 2], ChunkError::TooMany),
    ] {
        assert_eq!(opened(&attachment, &pick(numbers)), Err(error), "{numbers:?}");
    }
    let mut truncated = objects.clone();
    truncated[2].pop();
    assert_eq!(opened(&attachment, &truncated), Err(ChunkError::Other { number: 2 }));
    let another = ChunkedAttachment { sha256: Digest::of(b"another"), ..attachment };
    assert_eq!(opened(&another, &objects), Err(ChunkError::OtherFile));
}

#[test]
fn let_083_nothing_hides_behind_the_end_of_the_file() {
    let (attachment, objects) = sealed(&file(CHUNK_OCTETS + 100));
    let shorter = ChunkedAttachment { octets: CHUNK_OCTETS as u64 + 99, ..attachment.clone() };
    assert_eq!(opened(&shorter, &objects), Err(ChunkError::Padding { number: 1 }));
    // An octet that is not there is a zero, and then it is another file.
    let longer = ChunkedAttachment { octets: CHUNK_OCTETS as u64 + 101, ..attachment };
    assert_eq!(opened(&longer, &objects), Err(ChunkError::OtherFile));
}

#[test]
fn let_080_a_list_that_does_not_add_up_is_refused() {
    let (attachment, _) = sealed(&file(CHUNK_OCTETS + 1));
    let read = |attachments: Vec<ChunkedAttachment>| {
        ChunkedManifest::from_json(&ChunkedManifest::of(attachments).to_json())
    };
    let changed = |change: &dyn Fn(&mut ChunkedAttachment)| {
        let mut changed = attachment.clone();
        change(&mut changed);
        read(vec![changed]).is_err()
    };
    assert!(read(vec![attachment.clone()]).is_ok());
    assert!(read(Vec::new()).is_err());
    assert!(changed(&|it| it.file_name = "../x".to_owned()));
    assert!(changed(&|it| it.media_type = CHUNKED_MEDIA_TYPE.to_owned()));
    assert!(changed(&|it| it.octets = 0));
    assert!(changed(&|it| it.octets = ATTACHMENT_OCTETS_MAX + 1));
    assert!(changed(&|it| it.octets = 1));
    assert!(changed(&|it| it.chunk_octets = 1024));
    assert!(changed(&|it| it.object_octets = OBJECT_OCTETS_MAX + 1));
    assert!(changed(&|it| it.objects.push(Digest::of(b"one more"))));
    assert!(changed(&|it| it.objects[1] = it.objects[0]));
    let (mut same_key, _) = sealed(&file(CHUNK_OCTETS + 2));
    same_key.key = attachment.key.clone();
    assert!(read(vec![attachment.clone(), same_key]).is_err());
    let unknown = ChunkedManifest {
        version: "sealpost-attachments/2".to_owned(),
        attachments: vec![attachment],
    };
    assert!(ChunkedManifest::from_json(&unknown.to_json()).is_err());
}

#[test]
fn what_cannot_be_sealed_is_said_before() {
    let new = |name, media, octets| ChunkSealer::new(name, media, octets, &mut rng()).err();
    assert_eq!(new("..", "a/b", 1), Some(ComposeError::FileName));
    assert_eq!(new("a", CHUNKED_MEDIA_TYPE, 1), Some(ComposeError::MediaType));
    assert!(matches!(new("a", "a/b", 0), Some(ComposeError::TooLarge { .. })));
    let too_large = new("a", "a/b", ATTACHMENT_OCTETS_MAX + 1);
    assert!(matches!(too_large, Some(ComposeError::TooLarge { .. })));
    let mut sealer = ChunkSealer::new("a", "a/b", 5, &mut rng()).unwrap();
    assert!(sealer.seal(vec![0; 4], &mut rng()).is_err(), "not as many octets as were announced");
}

#[test]
fn logs_see_neither_names_nor_keys() {
    let (attachment, _) = sealed(b"one octet or two");
    assert_eq!(format!("{attachment:?}"), "ChunkedAttachment(16 octets in 1 objects)");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn let_082_any_flipped_bit_of_any_object_is_found_and_named(
        number in 0usize..2,
        place in 0usize..CHUNK_OCTETS,
        bit in 0u8..8,
    ) {
        static SEALED: std::sync::LazyLock<(ChunkedAttachment, Vec<Vec<u8>>)> =
            std::sync::LazyLock::new(|| sealed(&file(CHUNK_OCTETS + 9)));
        let (attachment, objects) = &*SEALED;
        let mut objects = objects.clone();
        objects[number][place] ^= 1 << bit;
        prop_assert_eq!(opened(attachment, &objects), Err(ChunkError::Other { number }));
        // And if the digest in the list were of the changed octets, the envelope would not open.
        let mut named = attachment.clone();
        named.objects[number] = Digest::of(&objects[number]);
        let error = opened(&named, &objects).unwrap_err();
        let found = [ChunkError::Unauthentic { number }, ChunkError::Malformed { number }];
        prop_assert!(found.contains(&error));
    }

    #[test]
    fn every_size_of_a_small_file_comes_back(octets in 1usize..3000) {
        let file = file(octets);
        let (attachment, objects) = sealed(&file);
        prop_assert_eq!(opened(&attachment, &objects).unwrap(), file);
    }
}
