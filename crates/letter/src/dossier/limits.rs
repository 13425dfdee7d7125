//! Bounds on a dossier: value, unit and reason.

/// Octets of a whole dossier, which is held in memory: a letter of 96 MiB as ciphertext, signed
/// and readable, with room for evidence about 256 recipients.
pub const DOSSIER_OCTETS_MAX: usize = 512 * 1024 * 1024;
/// Parts of one dossier: 256 recipients with a dozen pieces each.
pub const PARTS_MAX: usize = 4096;
/// Octets of the name of a part: the longest of ours has about 70.
pub const PART_NAME_OCTETS_MAX: usize = 128;
/// Octets of the manifest: about 400 for each of [`PARTS_MAX`] parts.
pub const MANIFEST_OCTETS_MAX: usize = 2 * 1024 * 1024;
/// Octets of one JSON part: openings and disclosures of 256 recipients, about 4 KiB each.
pub const JSON_PART_OCTETS_MAX: usize = 2 * 1024 * 1024;
