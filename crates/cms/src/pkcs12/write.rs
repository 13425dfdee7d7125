//! Writing: one form, one password, a fresh salt for each use of it.

use zeroize::Zeroizing;

use super::read::public_half;
use super::{Pkcs12Error, oid, password};
use crate::CryptoRng;
use crate::attributes::ID_DATA;
use crate::certificate::Certificate;
use crate::digest::DigestAlgorithm;
use crate::limits;
use crate::signed::digest_algorithm;
use crate::tlv::{self, Writer};

/// How often a password is hashed for each guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Iterations(pub(super) u32);

impl Iterations {
    /// More than the floor if a machine can afford it; less is raised to
    /// [`limits::PKCS12_ITERATIONS_MIN`], and more than a third of what we read ourselves is cut.
    #[must_use]
    pub const fn new(iterations: u32) -> Self {
        // Three uses of the password in one file: two parts and the code.
        let most = limits::PKCS12_ITERATIONS_MAX / 3;
        Self(if iterations < limits::PKCS12_ITERATIONS_MIN {
            limits::PKCS12_ITERATIONS_MIN
        } else if iterations > most {
            most
        } else {
            iterations
        })
    }
}

impl Default for Iterations {
    fn default() -> Self {
        Self::new(limits::PKCS12_ITERATIONS_MIN)
    }
}

/// Writes a private key in PKCS#8, its certificate and those above it as a PKCS#12 file.
///
/// Certificates are encrypted as well: they hold names and addresses.
pub fn write(
    pkcs8_der: &[u8],
    certificate: &Certificate,
    chain: &[Certificate],
    password: &str,
    iterations: Iterations,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Pkcs12Error> {
    // [PFX-019]
    if password.is_empty() || password.len() > limits::PKCS12_PASSWORD_OCTETS_MAX {
        return Err(Pkcs12Error::Password);
    }
    let spki_der = public_half(pkcs8_der).map_err(Pkcs12Error::Key)?;
    // [PFX-020]
    if certificate.spki_der() != spki_der {
        return Err(Pkcs12Error::OtherCertificate);
    }
    let mut writing = Writing { password, iterations: iterations.0, rng };
    let id = &certificate.spki_sha256()[..20];
    let key = writing.shrouded_key(pkcs8_der, id);
    let certificates = writing.certificates(certificate, chain, id);
    let safe = tlv::nested(tlv::SEQUENCE, |safe| {
        safe.raw(&certificates);
        safe.raw(&content_info(|content| content.element(tlv::OCTET_STRING, &key)));
    });
    Ok(writing.protected(&safe))
}

struct Writing<'a> {
    password: &'a str,
    iterations: u32,
    rng: &'a mut dyn CryptoRng,
}

impl Writing<'_> {
    fn shrouded_key(&mut self, pkcs8_der: &[u8], id: &[u8]) -> Vec<u8> {
        let (algorithm, octets) = self.encrypt(pkcs8_der);
        tlv::nested(tlv::SEQUENCE, |contents| {
            contents.raw(&bag(&oid::SHROUDED_KEY_BAG, Some(id), |value| {
                value.nest(tlv::SEQUENCE, |info| {
                    info.raw(&algorithm);
                    info.element(tlv::OCTET_STRING, &octets);
                });
            }));
        })
    }

    fn certificates(
        &mut self,
        certificate: &Certificate,
        chain: &[Certificate],
        id: &[u8],
    ) -> Vec<u8> {
        let contents = tlv::nested(tlv::SEQUENCE, |contents| {
            contents.raw(&certificate_bag(certificate, Some(id)));
            for authority in chain.iter().filter(|authority| *authority != certificate) {
                contents.raw(&certificate_bag(authority, None));
            }
        });
        let (algorithm, octets) = self.encrypt(&contents);
        tlv::nested(tlv::SEQUENCE, |info| {
            info.oid(&oid::ENCRYPTED_DATA);
            info.nest(tlv::context(0), |content| {
                content.nest(tlv::SEQUENCE, |data| {
                    data.small(0);
                    data.nest(tlv::SEQUENCE, |inner| {
                        inner.oid(&ID_DATA);
                        inner.raw(&algorithm);
                        inner.element(tlv::context_primitive(0), &octets);
                    });
                });
            });
        })
    }

    /// PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC: the algorithm's identifier and the ciphertext.
    fn encrypt(&mut self, octets: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let (mut salt, mut iv) = ([0; SALT_OCTETS], [0; 16]);
        self.rng.fill_bytes(&mut salt);
        self.rng.fill_bytes(&mut iv);
        let derived = password::pbkdf2(
            DigestAlgorithm::Sha256,
            self.password.as_bytes(),
            &salt,
            self.iterations,
            32,
        );
        let mut key = Zeroizing::new([0; 32]);
        key.copy_from_slice(&derived);
        let algorithm = tlv::nested(tlv::SEQUENCE, |algorithm| {
            algorithm.oid(&oid::PBES2);
            algorithm.nest(tlv::SEQUENCE, |parameters| {
                parameters.nest(tlv::SEQUENCE, |derivation| {
                    derivation.oid(&oid::PBKDF2);
                    derivation.nest(tlv::SEQUENCE, |fields| {
                        fields.element(tlv::OCTET_STRING, &salt);
                        fields.unsigned(&self.iterations.to_be_bytes());
                        fields.nest(tlv::SEQUENCE, |prf| {
                            prf.oid(&oid::HMAC_SHA256);
                            prf.element(tlv::NULL, &[]);
                        });
                    });
                });
                parameters.nest(tlv::SEQUENCE, |scheme| {
                    scheme.oid(&oid::AES256_CBC);
                    scheme.element(tlv::OCTET_STRING, &iv);
                });
            });
        });
        (algorithm, password::encrypt(&key, &iv, octets))
    }

    /// The file with its code: RFC 7292 §5.1.
    fn protected(&mut self, safe: &[u8]) -> Vec<u8> {
        let mut salt = [0; SALT_OCTETS];
        self.rng.fill_bytes(&mut salt);
        let digest = DigestAlgorithm::Sha256;
        let key = password::mac_key(digest, self.password, &salt, self.iterations);
        let mac = password::hmac(digest, &key, safe);
        tlv::nested(tlv::SEQUENCE, |pfx| {
            pfx.small(3);
            pfx.raw(&content_info(|content| content.element(tlv::OCTET_STRING, safe)));
            pfx.nest(tlv::SEQUENCE, |mac_data| {
                mac_data.nest(tlv::SEQUENCE, |info| {
                    info.raw(&digest_algorithm(digest));
                    info.element(tlv::OCTET_STRING, &mac);
                });
                mac_data.element(tlv::OCTET_STRING, &salt);
                mac_data.unsigned(&self.iterations.to_be_bytes());
            });
        })
    }
}

fn content_info(inside: impl FnOnce(&mut Writer)) -> Vec<u8> {
    tlv::nested(tlv::SEQUENCE, |info| {
        info.oid(&ID_DATA);
        info.nest(tlv::context(0), inside);
    })
}

fn certificate_bag(certificate: &Certificate, id: Option<&[u8]>) -> Vec<u8> {
    bag(&oid::CERTIFICATE_BAG, id, |value| {
        value.nest(tlv::SEQUENCE, |bag| {
            bag.oid(&oid::X509_CERTIFICATE);
            bag.nest(tlv::context(0), |explicit| {
                explicit.element(tlv::OCTET_STRING, certificate.der());
            });
        });
    })
}

/// A bag; `id` tells other programs which certificate goes with which key (RFC 2985 §5.5.2).
fn bag(
    oid: &crate::attributes::ObjectIdentifier,
    id: Option<&[u8]>,
    value: impl FnOnce(&mut Writer),
) -> Vec<u8> {
    tlv::nested(tlv::SEQUENCE, |bag| {
        bag.oid(oid);
        bag.nest(tlv::context(0), value);
        if let Some(id) = id {
            bag.nest(tlv::SET, |attributes| {
                attributes.nest(tlv::SEQUENCE, |attribute| {
                    attribute.oid(&oid::LOCAL_KEY_ID);
                    attribute.nest(tlv::SET, |values| values.element(tlv::OCTET_STRING, id));
                });
            });
        }
    })
}

/// RFC 8018 §4.1 wants eight; a hash's worth of the password's own uncertainty is cheap.
const SALT_OCTETS: usize = 16;
