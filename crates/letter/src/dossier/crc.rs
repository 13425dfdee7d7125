//! CRC-32 as ZIP uses it (ISO 3309, polynomial EDB88320). It finds accidents, not attackers: what
//! binds the parts of a dossier are the digests of the signed manifest.

/// The checksum of `octets`, eight of them at a step.
pub(super) fn crc32(octets: &[u8]) -> u32 {
    let (eights, rest) = octets.as_chunks::<8>();
    let crc = eights.iter().fold(!0, |crc: u32, eight| {
        let eight = u64::from_le_bytes(*eight) ^ u64::from(crc);
        let octets = eight.to_le_bytes().into_iter().rev();
        octets.zip(&TABLES).fold(0, |sum, (octet, table)| sum ^ table[usize::from(octet)])
    });
    !rest.iter().fold(crc, |crc, octet| (crc >> 8) ^ TABLES[0][usize::from(crc as u8 ^ octet)])
}

/// What an octet adds that has as many octets after it in its step as there are tables before its own.
const TABLES: [[u32; 256]; 8] = {
    let mut tables = [[0; 256]; 8];
    let mut index = 0;
    while index < 256 {
        let mut row = index as u32;
        let mut number = 0;
        while number < 8 {
            let mut bit = 0;
            while bit < 8 {
                row = if row & 1 == 1 { (row >> 1) ^ 0xEDB8_8320 } else { row >> 1 };
                bit += 1;
            }
            tables[number][index] = row;
            number += 1;
        }
        index += 1;
    }
    tables
};

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn the_check_value_of_the_polynomial() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn steps_of_eight_are_as_bit_by_bit() {
        let octets: Vec<u8> = (0..200u8).map(|it| it.wrapping_mul(31) ^ 0x5a).collect();
        for end in 0..octets.len() {
            let slow = !octets[..end].iter().fold(!0u32, |crc, octet| {
                (0..8).fold(crc ^ u32::from(*octet), |crc, _| {
                    if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 }
                })
            });
            assert_eq!(crc32(&octets[..end]), slow, "{end} octets");
        }
    }
}
