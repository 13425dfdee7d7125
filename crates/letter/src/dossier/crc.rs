//! CRC-32 as ZIP uses it (ISO 3309, polynomial EDB88320). It finds accidents, not attackers: what
//! binds the parts of a dossier are the digests of the signed manifest.

/// The checksum of `octets`.
pub(super) fn crc32(octets: &[u8]) -> u32 {
    !octets.iter().fold(!0, |crc, octet| (crc >> 8) ^ TABLE[usize::from(crc as u8 ^ octet)])
}

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut row = index as u32;
        let mut bit = 0;
        while bit < 8 {
            row = if row & 1 == 1 { (row >> 1) ^ 0xEDB8_8320 } else { row >> 1 };
            bit += 1;
        }
        table[index] = row;
        index += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn the_check_value_of_the_polynomial() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
