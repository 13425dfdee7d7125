//! Files of any size, in one pass.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sealpost_cms::enveloped::{ContentKey, RecipientSlot};
use sealpost_cms::signed::request_signature;
use sealpost_cms::stream::{SealedReader, SealingWriter, SigningWriter, StreamError, verify};
use sealpost_cms::time::ClaimedTime;

use super::hierarchy::{Hierarchy, now, rng};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Octets read at once.
const PIECE_OCTETS: usize = 64 * 1024;

/// Signs and encrypts.
pub fn seal(folder: &Path, from: &str, to: &str) -> Result<()> {
    let house = Hierarchy::read(folder)?;
    let key = ContentKey::generate(&mut rng());
    let slots = [RecipientSlot::Certificate(&house.reader)];
    let out = BufWriter::new(File::create(to)?);
    let sealing = SealingWriter::begin(out, &slots, &key, &mut rng())?;
    let mut signing = SigningWriter::begin(sealing, &house.signer)?;
    pour(&mut File::open(from)?, &mut signing)?;
    let unsigned = signing.finish_content()?;
    let at = ClaimedTime::from_unix(now());
    let asked = request_signature(unsigned.content(), None, &house.signer, at, &[]);
    let answer = house.signing_key.answer(&asked);
    let sealing = unsigned.finish(&asked.answered(answer)?, &[], &house.crls)?;
    sealing.finish()?.flush()?;
    Ok(())
}

/// Decrypts and verifies; the file gets its name only if both hold.
pub fn open(folder: &Path, from: &str, to: &str) -> Result<()> {
    let house = Hierarchy::read(folder)?;
    let reader = SealedReader::new(File::open(from)?)?;
    let request = reader.head().key_request(&house.reader).ok_or("not for this key")?;
    let key = reader.head().content_key(&request, &house.reading_key.answer(&request)?)?;
    let aside = Aside::create(to)?;
    let outcome = reader.open(&key, |plaintext| {
        verify(plaintext, aside, u64::MAX, &house.verification(&house.anchors()))
    })?;
    let verified = outcome.passed().map_err(|shortfall| shortfall.to_string())?;
    verified.into_parts().0.into_sink().publish(to)?;
    Ok(())
}

fn pour(from: &mut impl io::Read, to: &mut impl Write) -> Result<()> {
    let mut piece = vec![0; PIECE_OCTETS];
    loop {
        match from.read(&mut piece)? {
            0 => return Ok(()),
            read => to.write_all(&piece[..read]).map_err(StreamError::from)?,
        }
    }
}

/// A file that is gone unless it is published.
struct Aside {
    path: PathBuf,
    file: File,
}

impl Aside {
    fn create(to: &str) -> io::Result<Self> {
        let path = PathBuf::from(format!("{to}.part"));
        let file = File::create(&path)?;
        Ok(Self { path, file })
    }

    fn publish(self, to: &str) -> io::Result<()> {
        fs::rename(&self.path, to)
    }
}

impl Write for Aside {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.file.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // Nothing is left to remove once it was published.
        let _ = fs::remove_file(&self.path);
    }
}
