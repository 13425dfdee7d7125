//! A plug-in that was taken in: what it says of itself was checked once and is not asked again.
//!
//! ```text
//! export               type                       meaning
//! memory               memory                     where everything lies
//! sealpost_cipher_abi  () -> i32                  the version of this table: 1
//! name                 () -> i64                  pointer << 32 | octets, a name for people
//! key_octets           () -> i32                  16 to 64
//! nonce_octets         () -> i32                  0 to 64
//! overhead             () -> i32                  0 to 256: a ciphertext is so much longer
//! alloc                (octets) -> i32            room of its own for so many octets, 0 for "none"
//! seal                 (key, nonce, input, octets, output) -> i32    octets written, -1 for "no"
//! open                 (key, nonce, input, octets, output) -> i32    octets written, -1 for "no"
//! ```

use core::ops::Range;

use zeroize::Zeroizing;

use crate::cipher_id::CipherId;
use crate::limits;
use crate::registry::InstallError;
use crate::sandbox::{Call, CipherError, Sandbox};

/// An installed experimental cipher. It encrypts only through [`crate::InnerLayer`].
///
/// ```compile_fail,E0624
/// fn alone(cipher: &sealpost_experiment::Cipher) { let _ = cipher.seal(&[], &[], b"content"); }
/// ```
/// ```
/// fn named(cipher: &sealpost_experiment::Cipher) -> &str { cipher.name() }
/// ```
#[derive(Debug, Clone)]
pub struct Cipher {
    id: CipherId,
    name: String,
    key_octets: usize,
    nonce_octets: usize,
    overhead: usize,
    sandbox: Sandbox,
}

/// A vector: what the cipher's author says that it gives.
#[derive(Clone, Copy)]
pub struct KnownAnswer<'a> {
    /// As many octets as the cipher's keys have.
    pub key: &'a [u8],
    /// As many octets as the cipher's nonces have.
    pub nonce: &'a [u8],
    /// What goes in.
    pub plaintext: &'a [u8],
    /// What must come out.
    pub ciphertext: &'a [u8],
}

/// Which way a call goes; also the name of the export.
#[derive(Clone, Copy)]
enum Way {
    Seal,
    Open,
}

impl Cipher {
    /// Validates a module, asks it what it is, and tries whether it opens what it seals.
    pub(crate) fn load(module: &[u8]) -> Result<Self, InstallError> {
        // [EXP-002]
        if module.len() > limits::MODULE_OCTETS_MAX {
            return Err(InstallError::TooLarge { octets: module.len() });
        }
        let sandbox = Sandbox::compile(module).ok_or(InstallError::Malformed)?;
        // Nothing of ours is callable from inside. [EXP-003]
        if sandbox.wants_imports() {
            return Err(InstallError::Imports);
        }
        check_exports(&sandbox)?;
        let (name, [key_octets, nonce_octets, overhead]) =
            sandbox.call(0, |call| Ok(introduction(call))).map_err(InstallError::Failed)??;
        let id = CipherId::of(module);
        let cipher = Self { id, name, key_octets, nonce_octets, overhead, sandbox };
        cipher.opens_what_it_seals()?;
        Ok(cipher)
    }

    /// The digest of its module.
    #[must_use]
    pub const fn id(&self) -> CipherId {
        self.id
    }

    /// What it calls itself: small letters, digits, dots and hyphens.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Octets of its keys.
    #[must_use]
    pub const fn key_octets(&self) -> usize {
        self.key_octets
    }

    /// Octets of its nonces.
    #[must_use]
    pub const fn nonce_octets(&self) -> usize {
        self.nonce_octets
    }

    /// Octets by which its ciphertexts are longer than their plaintexts.
    #[must_use]
    pub const fn overhead(&self) -> usize {
        self.overhead
    }

    /// Whether it gives this known answer, in both directions. It says no more than that.
    pub fn gives(&self, answer: &KnownAnswer<'_>) -> Result<bool, CipherError> {
        let fits = answer.key.len() == self.key_octets
            && answer.nonce.len() == self.nonce_octets
            && answer.plaintext.len() <= limits::INPUT_OCTETS_MAX;
        if !fits {
            return Ok(false);
        }
        let sealed = self.seal(answer.key, answer.nonce, answer.plaintext)?;
        if sealed.as_slice() != answer.ciphertext {
            return Ok(false);
        }
        let opened = self.open(answer.key, answer.nonce, answer.ciphertext)?;
        Ok(opened.as_slice() == answer.plaintext)
    }

    pub(crate) fn seal(
        &self,
        key: &[u8],
        nonce: &[u8],
        plaintext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CipherError> {
        self.run(Way::Seal, key, nonce, plaintext, plaintext.len() + self.overhead)
    }

    pub(crate) fn open(
        &self,
        key: &[u8],
        nonce: &[u8],
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CipherError> {
        let plaintext_octets = ciphertext.len().checked_sub(self.overhead);
        let plaintext_octets = plaintext_octets.ok_or(CipherError::Refused)?;
        self.run(Way::Open, key, nonce, ciphertext, plaintext_octets)
    }

    /// One call in a fresh instance. All room is asked for before the first secret goes in, so that
    /// memory that grows and moves leaves none behind.
    fn run(
        &self,
        way: Way,
        key: &[u8],
        nonce: &[u8],
        input: &[u8],
        output_octets: usize,
    ) -> Result<Zeroizing<Vec<u8>>, CipherError> {
        self.sandbox.call(input.len(), |call| {
            let mut rooms = Rooms(Vec::with_capacity(4));
            let places = [key.len(), nonce.len(), input.len(), output_octets]
                .map(|octets| rooms.take(call, octets));
            let [key_at, nonce_at, input_at, output_at] = places;
            let (key_at, nonce_at) = (key_at?, nonce_at?);
            let (input_at, output_at) = (input_at?, output_at?);
            call.write(key_at, key)?;
            call.write(nonce_at, nonce)?;
            call.write(input_at, input)?;
            let places = [key_at, nonce_at, input_at, input.len() as u32, output_at];
            let parameters: (u32, u32, u32, u32, u32) = places.into();
            let written: i32 = call.function(way.export(), parameters)?;
            if written < 0 {
                return Err(CipherError::Refused);
            }
            // How long an answer is, is known beforehand; no other length is believed. [EXP-010]
            if written.cast_unsigned() as usize != output_octets {
                return Err(CipherError::AnswerLength);
            }
            Ok(Zeroizing::new(call.read(output_at, output_octets)?.to_vec()))
        })
    }

    /// What cannot be opened again is a lost letter, so a cipher has to show it before anybody
    /// relies on it: lengths around the borders of blocks. [EXP-006]
    fn opens_what_it_seals(&self) -> Result<(), InstallError> {
        let key: Vec<u8> = (1..).take(self.key_octets).collect();
        let nonce: Vec<u8> = (101..).take(self.nonce_octets).collect();
        for octets in TRIALS {
            let plaintext: Vec<u8> = (0..=255).cycle().take(octets).collect();
            let sealed = self.seal(&key, &nonce, &plaintext).map_err(InstallError::Failed)?;
            let opened = self.open(&key, &nonce, &sealed).map_err(InstallError::Failed)?;
            if *opened != plaintext {
                return Err(InstallError::DoesNotOpen);
            }
        }
        Ok(())
    }
}

impl Way {
    const fn export(self) -> &'static str {
        match self {
            Self::Seal => "seal",
            Self::Open => "open",
        }
    }
}

/// The places that a cipher gave for one call.
struct Rooms(Vec<Range<u64>>);

impl Rooms {
    /// Room that lies in its memory and apart from all that it gave before.
    fn take(&mut self, call: &mut Call, octets: usize) -> Result<u32, CipherError> {
        // Even nothing has a place of its own, so that a pointer is never zero.
        let octets = octets.max(1);
        let start: u32 = call.function("alloc", octets as u32)?;
        if start == 0 {
            return Err(CipherError::OutOfMemory);
        }
        call.read(start, octets)?;
        let room = u64::from(start)..u64::from(start) + octets as u64;
        // [EXP-012]
        if self.0.iter().any(|other| other.start < room.end && room.start < other.end) {
            return Err(CipherError::Region);
        }
        self.0.push(room);
        Ok(start)
    }
}

/// Names and types, before anything runs. [EXP-004]
fn check_exports(sandbox: &Sandbox) -> Result<(), InstallError> {
    if !sandbox.exports_memory() {
        return Err(InstallError::Export { what: "memory" });
    }
    for (what, parameters, place) in EXPORTS {
        if !sandbox.exports_function(what, parameters, place) {
            return Err(InstallError::Export { what });
        }
    }
    Ok(())
}

/// What a cipher says of itself: its name, and octets of key, nonce and overhead.
fn introduction(call: &mut Call) -> Result<(String, [usize; 3]), InstallError> {
    let abi: i32 = call.function("sealpost_cipher_abi", ()).map_err(InstallError::Failed)?;
    if abi != ABI_VERSION {
        return Err(InstallError::AbiVersion { got: abi });
    }
    let mut numbers = [0; 3];
    for (number, (what, least, most)) in numbers.iter_mut().zip(NUMBERS) {
        let said: i32 = call.function(what, ()).map_err(InstallError::Failed)?;
        let said = usize::try_from(said).ok().filter(|said| (least..=most).contains(said));
        *number = said.ok_or(InstallError::OutOfRange { what })?;
    }
    let place: i64 = call.function("name", ()).map_err(InstallError::Failed)?;
    let (start, octets) = ((place >> 32) as u32, place as u32 as usize);
    if octets > limits::NAME_OCTETS_MAX {
        return Err(InstallError::Name);
    }
    let name = call.read(start, octets).map_err(InstallError::Failed)?;
    let name = core::str::from_utf8(name).ok().filter(|name| is_name(name));
    Ok((name.ok_or(InstallError::Name)?.to_owned(), numbers))
}

/// Names stand in messages to people: nothing in them can pretend to be something else.
pub(crate) fn is_name(name: &str) -> bool {
    let letter = |octet: u8| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
    (1..=limits::NAME_OCTETS_MAX).contains(&name.len()) && name.bytes().all(letter)
}

/// The version of the table above.
const ABI_VERSION: i32 = 1;
/// Functions that have to be there: name, parameters, whether they give a place.
const EXPORTS: [(&str, usize, bool); 8] = [
    ("sealpost_cipher_abi", 0, false),
    ("name", 0, true),
    ("key_octets", 0, false),
    ("nonce_octets", 0, false),
    ("overhead", 0, false),
    ("alloc", 1, false),
    ("seal", 5, false),
    ("open", 5, false),
];
/// Numbers that a cipher says of itself, with their bounds.
const NUMBERS: [(&str, usize, usize); 3] = [
    ("key_octets", limits::KEY_OCTETS_MIN, limits::KEY_OCTETS_MAX),
    ("nonce_octets", 0, limits::NONCE_OCTETS_MAX),
    ("overhead", 0, limits::OVERHEAD_OCTETS_MAX),
];
/// Octets of the plaintexts that a cipher is tried with.
const TRIALS: [usize; 9] = [0, 1, 15, 16, 17, 63, 64, 65, 1000];
