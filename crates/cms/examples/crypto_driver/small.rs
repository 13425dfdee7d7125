//! Small messages in memory: how long one takes, in CPU time, by size and by recipients.

use std::error::Error;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use sealpost_cms::certificate::Certificate;
use sealpost_cms::enveloped::{AuthEnveloped, ContentKey, RecipientSlot, seal};
use sealpost_cms::signed::{ContentRef, request_signature, verify_attached};
use sealpost_cms::time::ClaimedTime;

use super::hierarchy::{Hierarchy, now, rng};

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How long each case is repeated.
const PATIENCE: Duration = Duration::from_millis(700);

/// Prints `case microseconds octets` lines.
pub fn measure(folder: &Path) -> Result<()> {
    let house = Hierarchy::read(folder)?;
    let mut out = std::io::stdout().lock();
    for octets in [1024, 10 * 1024, 64 * 1024] {
        let content = vec![0x5a; octets];
        let message = sealed(&house, &content, 1)?;
        opened(&house, &message)?;
        let micros = timed(|| sealed(&house, &content, 1).map(drop))?;
        writeln!(out, "seal-{octets} {micros:.1} {}", message.len())?;
        let micros = timed(|| opened(&house, &message))?;
        writeln!(out, "open-{octets} {micros:.1} {}", message.len())?;
    }
    for recipients in [1, 10, 100, 1000] {
        let content = [0x5a; 1024];
        let message = sealed(&house, &content, recipients)?;
        let micros = timed(|| sealed(&house, &content, recipients).map(drop))?;
        writeln!(out, "recipients-{recipients} {micros:.1} {}", message.len())?;
        let micros = timed(|| opened(&house, &message))?;
        writeln!(out, "reader-of-{recipients} {micros:.1} {}", message.len())?;
    }
    super::tokens::measure(&house, &mut out)
}

fn sealed(house: &Hierarchy, content: &[u8], recipients: usize) -> Result<Vec<u8>> {
    let at = ClaimedTime::from_unix(now());
    let asked = request_signature(ContentRef::of(content), None, &house.signer, at, &[]);
    let answer = house.signing_key.answer(&asked);
    let signed = asked.answered(answer)?.attached(content, &[], &house.crls);
    let readers: Vec<&Certificate> = vec![&house.reader; recipients];
    let slots: Vec<_> = readers.into_iter().map(RecipientSlot::Certificate).collect();
    Ok(seal(&signed, &slots, &ContentKey::generate(&mut rng()), &mut rng())?)
}

fn opened(house: &Hierarchy, message: &[u8]) -> Result<()> {
    let enveloped = AuthEnveloped::from_der(message)?;
    let request = enveloped.key_request(&house.reader).ok_or("not for this key")?;
    let answer = house.reading_key.answer(&request)?;
    let signed = enveloped.open(&enveloped.content_key(request, answer)?)?;
    let verified = verify_attached(&signed, &house.verification(&house.anchors())).passed();
    black_box(verified.map_err(|shortfall| shortfall.to_string())?.get().content());
    Ok(())
}

/// Microseconds of one repetition.
pub fn timed(mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let (began, mut times) = (Instant::now(), 0u32);
    while began.elapsed() < PATIENCE {
        work()?;
        times += 1;
    }
    Ok(began.elapsed().as_secs_f64() * 1e6 / f64::from(times))
}
