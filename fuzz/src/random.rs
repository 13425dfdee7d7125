//! A random source that repeats itself, so that an input that fails once fails again, and so that
//! the keys of the seeds need not lie in the repository.

use rand_core::{TryCryptoRng, TryRng};
use sealpost_cms::kdf::sha256;
use std::convert::Infallible;

/// SHA-256 of a name and a counter. For fuzzing only: whoever knows the name knows the numbers.
pub struct Repeatable {
    state: [u8; 32],
}

impl Repeatable {
    /// The source with this name.
    pub fn of(name: &str) -> Self {
        Self { state: sha256(name.as_bytes()) }
    }
}

impl TryRng for Repeatable {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut octets = [0; 4];
        self.try_fill_bytes(&mut octets)?;
        Ok(u32::from_be_bytes(octets))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut octets = [0; 8];
        self.try_fill_bytes(&mut octets)?;
        Ok(u64::from_be_bytes(octets))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for chunk in out.chunks_mut(self.state.len()) {
            self.state = sha256(&self.state);
            // The state itself is not given away, so that two draws do not hang together.
            chunk.copy_from_slice(&sha256(&[&self.state[..], b"out"].concat())[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Repeatable {}
