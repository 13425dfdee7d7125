//! The list of large attachments in a signed content, and objects that are read by it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_erds::limits::{OBJECT_OCTETS_MAX, OBJECTS_MAX};
use sealpost_fuzz::Repeatable;
use sealpost_letter::chunked::{ChunkError, ChunkedManifest, chunks};
use sealpost_letter::limits::{ATTACHMENT_OCTETS_MAX, ATTACHMENTS_MAX};
use sealpost_letter::{ChunkReader, ChunkSealer, ChunkedAttachment};
use std::sync::LazyLock;

static SEALED: LazyLock<ChunkedAttachment> = LazyLock::new(|| {
    let mut rng = Repeatable::of("chunked");
    let mut sealer = ChunkSealer::new("a", "a/b", 1, &mut rng).expect("a size that is allowed");
    sealer.seal(vec![7], &mut rng).expect("as many octets as were wanted");
    sealer.finish().expect("there is one piece")
});

fuzz_target!(|octets: &[u8]| {
    nothing_opens_that_was_not_sealed(octets);
    let Ok(manifest) = ChunkedManifest::from_json(octets) else {
        return;
    };
    assert_eq!(ChunkedManifest::from_json(&manifest.to_json()).as_ref(), Ok(&manifest));
    assert!((1..=ATTACHMENTS_MAX).contains(&manifest.attachments.len()));
    let objects = manifest.objects();
    assert!(objects.len() <= OBJECTS_MAX);
    assert!(objects.iter().all(|object| object.octets <= OBJECT_OCTETS_MAX));
    for attachment in &manifest.attachments {
        assert!(attachment.octets <= ATTACHMENT_OCTETS_MAX);
        assert_eq!(attachment.objects.len(), chunks(attachment.octets));
        assert!(!attachment.file_name.contains(['/', '\\', '\0', '\n']), "a name with a folder");
        let debug = format!("{attachment:?}");
        assert!(attachment.file_name.len() < 8 || !debug.contains(&attachment.file_name));
        // Whatever the input says, it is no object that it names: it would hold its own digest.
        assert!(ChunkReader::new(attachment).open(octets).is_err());
    }
});

/// An attachment that names these very octets as its object: only what was sealed opens.
fn nothing_opens_that_was_not_sealed(octets: &[u8]) {
    let mut attachment = SEALED.clone();
    attachment.objects = vec![sealpost_erds::Digest::of(octets)];
    attachment.object_octets = octets.len() as u64;
    let opened = ChunkReader::new(&attachment).open(octets);
    let found = matches!(
        opened,
        Err(ChunkError::Malformed { number: 0 } | ChunkError::Unauthentic { number: 0 })
    );
    assert!(found, "it opened, or failed otherwise: {opened:?}");
}
