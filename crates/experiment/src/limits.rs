//! Bounds on plug-ins and on what they may spend. Each has a unit and a reason.

/// Octets of one module. ChaCha20-Poly1305 together with AES-GCM, compiled from Rust, has 42 KiB.
pub const MODULE_OCTETS_MAX: usize = 128 * 1024;

/// Ciphers installed at once. They are experiments: a person tries one or two, and keeps those of
/// old letters.
pub const CIPHERS_MAX: usize = 16;

/// Characters of a cipher's name, so that it fits into a message about it.
pub const NAME_OCTETS_MAX: usize = 32;

/// Octets of a key, at least: what every approved suite has for its content, 128 bits and more.
pub const KEY_OCTETS_MIN: usize = 16;

/// Octets of a key, at most: twice 256 bits, for ciphers with a second key to authenticate.
pub const KEY_OCTETS_MAX: usize = 64;

/// Octets of a nonce. The longest in use has 24; wide block ciphers take up to 64.
pub const NONCE_OCTETS_MAX: usize = 64;

/// Octets by which a ciphertext may be longer than its plaintext: tags, padding, commitments.
pub const OVERHEAD_OCTETS_MAX: usize = 256;

/// Octets that one call takes. A letter's text and small attachments; everything is in memory,
/// in the sandbox a second time, and an interpreter takes a second for some MiB.
pub const INPUT_OCTETS_MAX: usize = 16 * 1024 * 1024;

/// Octets of the layer around the ciphertext: identifiers, name, nonce and the DER of them.
pub(crate) const LAYER_FRAME_OCTETS_MAX: usize = 512;

/// Memory that a cipher has in any case: code written in Rust begins with 1 MiB of stack.
pub const MEMORY_OCTETS_FIXED: usize = 4 * 1024 * 1024;

/// Memory that a cipher has besides for each octet of its input: input, output, and both again.
pub const MEMORY_OCTETS_PER_OCTET: usize = 4;

/// Elements of the one table that a module may have: functions called through pointers.
pub const TABLE_ELEMENTS_MAX: usize = 1024;

/// Octets of locals and operands over all calls that are open, of which each takes 16. A cipher is
/// not recursive; twenty open calls with a hundred locals each fit.
pub const STACK_OCTETS_MAX: usize = 32 * 1024;

/// Calls open at once, for functions that have no locals.
pub const RECURSION_DEPTH_MAX: usize = 64;

/// Fuel of one call in any case, for tables and key schedules. One instruction takes one unit, of
/// which an interpreter burns some hundred million in a second.
pub const FUEL_FIXED: u64 = 50_000_000;

/// Fuel for each octet of input. ChaCha20 takes 90, a bitsliced AES 250; four in a cascade fit.
pub const FUEL_PER_OCTET: u64 = 1000;

/// Fuel that one call of a function takes. The sandbox clears the callee's locals without charging
/// for them: up to [`STACK_OCTETS_MAX`], which takes as long as a hundred instructions.
pub const FUEL_PER_CALL: u8 = 128;
