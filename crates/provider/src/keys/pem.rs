//! Private keys as PEM text (RFC 7468 §10, PKCS#8), so that `openssl pkey` reads what we write.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sealpost_cms::hpke::RoutingKey;
use sealpost_cms::keys::SigningKey;
use zeroize::Zeroizing;

pub(crate) fn signing_key_to_pem(key: &SigningKey) -> Zeroizing<String> {
    encode(&key.to_pkcs8_der())
}

pub(crate) fn signing_key_from_pem(pem: &str) -> Option<SigningKey> {
    SigningKey::from_pkcs8_der(&decode(pem)?).ok()
}

/// RFC 8410 §7: for X25519 the DER is a fixed prefix and the 32 octets.
pub(crate) fn routing_key_to_pem(key: &RoutingKey) -> Zeroizing<String> {
    let mut der = Zeroizing::new(X25519_PREFIX.to_vec());
    der.extend_from_slice(&key.to_bytes()[..]);
    encode(&der)
}

pub(crate) fn routing_key_from_pem(pem: &str) -> Option<RoutingKey> {
    let der = decode(pem)?;
    let octets = Zeroizing::new(<[u8; 32]>::try_from(der.strip_prefix(X25519_PREFIX)?).ok()?);
    Some(RoutingKey::from_bytes(&octets))
}

fn encode(der: &[u8]) -> Zeroizing<String> {
    let base64 = Zeroizing::new(BASE64_STANDARD.encode(der));
    // The whole text in one allocation: growing would leave copies of the key behind.
    let mut pem = Zeroizing::new(String::with_capacity(base64.len() * 2 + BEGIN.len() + END.len()));
    pem.push_str(BEGIN);
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(LINE));
        pem.push_str(line);
        pem.push('\n');
        rest = more;
    }
    pem.push_str(END);
    pem
}

fn decode(pem: &str) -> Option<Zeroizing<Vec<u8>>> {
    let body = pem.trim().strip_prefix(BEGIN.trim_end())?.strip_suffix(END.trim_end())?;
    let mut base64 = Zeroizing::new(String::with_capacity(body.len()));
    base64.extend(body.chars().filter(|c| !c.is_ascii_whitespace()));
    BASE64_STANDARD.decode(base64.as_bytes()).ok().map(Zeroizing::new)
}

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----\n";
const END: &str = "-----END PRIVATE KEY-----\n";

/// RFC 7468 §2: 64 characters a line.
const LINE: usize = 64;

/// SEQUENCE { 0, SEQUENCE { id-X25519 }, OCTET STRING { OCTET STRING (32) } }.
const X25519_PREFIX: &[u8] = &[
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::system_random;

    #[test]
    fn keys_survive_being_written_and_read() {
        let signing = SigningKey::generate(&mut system_random());
        let again = signing_key_from_pem(&signing_key_to_pem(&signing)).unwrap();
        assert_eq!(again.spki_der(), signing.spki_der());
        let routing = RoutingKey::generate(&mut system_random());
        let again = routing_key_from_pem(&routing_key_to_pem(&routing)).unwrap();
        assert_eq!(again.public().to_bytes(), routing.public().to_bytes());
    }

    #[test]
    fn damaged_text_is_no_key() {
        let signing = SigningKey::generate(&mut system_random());
        let pem = signing_key_to_pem(&signing);
        assert!(signing_key_from_pem(&pem[..pem.len() - 30]).is_none());
        assert!(routing_key_from_pem(&pem).is_none());
        assert!(signing_key_from_pem("").is_none());
    }
}
