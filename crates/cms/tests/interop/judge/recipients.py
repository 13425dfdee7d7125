"""RecipientInfos of every kind, read and written from the standards' text."""

import hashlib
import os

from asn1crypto import core
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, mlkem, padding, x25519
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
)

from house import KEK, KEK_ID, PASSWORD, Element, certificate, demand, der, write

WRAP = write(0x30, core.ObjectIdentifier("2.16.840.1.101.3.4.1.45").dump())
KEM = "1.2.840.113549.1.9.16.13.3"
HKDF_SHA256 = "1.2.840.113549.1.9.16.3.28"
PBKDF2, HMAC_SHA256 = "1.2.840.113549.1.5.12", "1.2.840.113549.2.9"
PWRI_KEK, AES256_CBC = "1.2.840.113549.1.9.16.3.9", "2.16.840.1.101.3.4.1.42"
RSA, OAEP, MGF1, SHA256 = (
    "1.2.840.113549.1.1.1",
    "1.2.840.113549.1.1.7",
    "1.2.840.113549.1.1.8",
    "2.16.840.1.101.3.4.2.1",
)
AGREEMENT = {
    "p256": ("1.3.132.1.11.1", "1.2.840.10045.2.1"),
    "p384": ("1.3.132.1.11.2", "1.2.840.10045.2.1"),
    "x25519": ("1.2.840.113549.1.9.16.3.19", "1.3.101.110"),
}
CURVES = {"p256": ec.SECP256R1, "p384": ec.SECP384R1}
ENCAPSULATION = {
    "mlkem768": (mlkem.MLKEM768PublicKey, "2.16.840.1.101.3.4.4.2"),
    "mlkem1024": (mlkem.MLKEM1024PublicKey, "2.16.840.1.101.3.4.4.3"),
    "composite": (None, "1.3.6.1.5.5.7.6.58"),
}
ML_KEM_768_CIPHERTEXT, ML_KEM_768_PUBLIC, ML_KEM_SEED = 1088, 1184, 64


def oid(dotted):
    return core.ObjectIdentifier(dotted).dump()


def demand_oid(element, dotted):
    demand(element.whole == oid(dotted), f"not {dotted}")


def is_agreement(info, name):
    """Whether this is a KeyAgreeRecipientInfo for this kind of key."""
    scheme = info.tag == 0xA1 and info.children()[-2].children()[0].whole
    return scheme == oid(AGREEMENT[name][0])


def content_key(info, name):
    """The content key of the one recipient, who has this kind of key."""
    fields = info.children()
    if name in AGREEMENT:
        demand(info.tag == 0xA1, "no KeyAgreeRecipientInfo")
        return agreed(fields, name)
    if name in ENCAPSULATION:
        demand(info.tag == 0xA4, "no OtherRecipientInfo")
        demand_oid(fields[0], KEM)
        return encapsulated(fields[1].children(), name)
    if name == "kek":
        demand(info.tag == 0xA2 and fields[1].children()[0].inside == KEK_ID, "another shared key")
        return aes_key_unwrap(KEK, fields[3].inside)
    if name == "password":
        demand(info.tag == 0xA3, "no PasswordRecipientInfo")
        return unlocked(fields)
    demand(info.tag == 0x30, "no KeyTransRecipientInfo")
    key = load_der_private_key(der("opens-rsa.key"), None)
    demand_oid(fields[2].children()[0], OAEP if name == "rsa" else RSA)
    return key.decrypt(fields[3].inside, padding_of(name))


def info(key, name):
    """A RecipientInfo for this kind of key, and the version of an EnvelopedData that holds it."""
    if name in AGREEMENT:
        return agreeing(key, name), 2
    if name in ENCAPSULATION:
        return encapsulating(key, name), 3
    if name == "kek":
        named = write(0x30, write(0x04, KEK_ID))
        wrapped = write(0x04, aes_key_wrap(KEK, key))
        return write(0xA2, write(0x02, b"\x04"), named, WRAP, wrapped), 2
    if name == "password":
        return locking(key), 3
    public = load_der_private_key(der("opens-rsa.key"), None).public_key()
    sent = write(0x04, public.encrypt(key, padding_of(name)))
    algorithm = transport(name)
    return write(0x30, write(0x02, b"\x00"), identifier("opens-rsa"), algorithm, sent), 0


def identifier(name):
    """IssuerAndSerialNumber (RFC 5652 §10.2.4)."""
    of = certificate(name)
    return write(0x30, of.issuer.dump(), of["tbs_certificate"]["serial_number"].dump())


def padding_of(name):
    if name == "rsa":
        return padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    return padding.PKCS1v15()


def transport(name):
    """RFC 4055 §4.1, and RFC 3370 §4.2.1 for the old padding."""
    if name != "rsa":
        return write(0x30, oid(RSA), write(0x05))
    sha256 = write(0x30, oid(SHA256), write(0x05))
    mask = write(0x30, oid(MGF1), sha256)
    return write(0x30, oid(OAEP), write(0x30, write(0xA0, sha256), write(0xA1, mask)))


def shared_secret(private, peer, name):
    """What both sides of an agreement compute, of the one's private and the other's public octets."""
    if name == "x25519":
        return private.exchange(x25519.X25519PublicKey.from_public_bytes(peer))
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVES[name](), peer)
    return private.exchange(ec.ECDH(), public)


def agreement_kek(secret, name):
    """RFC 5753 §7.2, RFC 8418 §2.2: ECC-CMS-SharedInfo with no keying material of the sender."""
    shared = write(0x30, WRAP, write(0xA2, write(0x04, (256).to_bytes(4, "big"))))
    if name == "x25519":
        return HKDF(hashes.SHA256(), 32, None, shared).derive(secret)
    digest = hashes.SHA256() if name == "p256" else hashes.SHA384()
    return X963KDF(digest, 32, shared).derive(secret)


def agreed(fields, name):
    originator, algorithm, keys_inside = fields[1], fields[-2].children(), fields[-1].children()
    demand(len(fields) == 4 and len(keys_inside) == 1, "another form of KeyAgreeRecipientInfo")
    demand_oid(algorithm[0], AGREEMENT[name][0])
    demand(algorithm[1].whole == WRAP, "not wrapped with AES-256")
    peer = originator.children()[0].children()[1].inside[1:]
    private = load_der_private_key(der(f"opens-{name}.key"), None)
    kek = agreement_kek(shared_secret(private, peer, name), name)
    return aes_key_unwrap(kek, keys_inside[0].children()[1].inside)


def agreeing(key, name):
    if name == "x25519":
        ephemeral = x25519.X25519PrivateKey.generate()
        public = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    else:
        ephemeral = ec.generate_private_key(CURVES[name]())
        public = point(ephemeral.public_key())
    peer = load_der_private_key(der(f"opens-{name}.key"), None).public_key()
    peer = peer.public_bytes(Encoding.Raw, PublicFormat.Raw) if name == "x25519" else point(peer)
    kek = agreement_kek(shared_secret(ephemeral, peer, name), name)
    scheme, curve = AGREEMENT[name]
    sender = write(0xA1, write(0x30, oid(curve)), write(0x03, b"\x00", public))
    one = write(0x30, identifier(f"opens-{name}"), write(0x04, aes_key_wrap(kek, key)))
    return write(
        0xA1,
        write(0x02, b"\x03"),
        write(0xA0, sender),
        write(0x30, oid(scheme), WRAP),
        write(0x30, one),
    )


def point(public):
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def kem_kek(secret):
    """RFC 9629 §5: CMSORIforKEMOtherInfo with no keying material of the sender."""
    other = write(0x30, WRAP, write(0x02, bytes([32])))
    return HKDF(hashes.SHA256(), 32, None, other).derive(secret)


def encapsulated(fields, name):
    demand(fields[0].inside == b"\x00", "another version of KEMRecipientInfo")
    demand_oid(fields[2].children()[0], ENCAPSULATION[name][1])
    demand_oid(fields[4].children()[0], HKDF_SHA256)
    demand(fields[5].inside == bytes([32]) and fields[6].whole == WRAP, "not wrapped with AES-256")
    secret = decapsulated(fields[3].inside, name)
    return aes_key_unwrap(kem_kek(secret), fields[7].inside)


def decapsulated(ciphertext, name):
    if name != "composite":
        return load_der_private_key(der(f"opens-{name}.key"), None).decapsulate(ciphertext)
    first, second = composite_private()
    ml_kem, traditional = ciphertext[:ML_KEM_768_CIPHERTEXT], ciphertext[ML_KEM_768_CIPHERTEXT:]
    public = second.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    agreed_on = shared_secret(second, traditional, "x25519")
    return combined(first.decapsulate(ml_kem), agreed_on, traditional, public)


def composite_private():
    """draft-ietf-lamps-pq-composite-kem §5.3: the seed of ML-KEM, then the number of X25519."""
    octets = Element(der("opens-composite.key")).children()[2].inside
    first = mlkem.MLKEM768PrivateKey.from_seed_bytes(octets[:ML_KEM_SEED])
    return first, x25519.X25519PrivateKey.from_private_bytes(octets[ML_KEM_SEED:])


def combined(ml_kem, traditional, ciphertext, public):
    """draft-ietf-lamps-pq-composite-kem §3.4, with the label of id-MLKEM768-X25519-SHA3-256."""
    return hashlib.sha3_256(ml_kem + traditional + ciphertext + public + rb"\.//^\ "[:-1]).digest()


def encapsulating(key, name):
    public = certificate(f"opens-{name}").public_key["public_key"]
    public = bytes(Element(public.dump()).inside[1:])
    if name == "composite":
        secret, sent = composite_encapsulated(public)
    else:
        secret, sent = ENCAPSULATION[name][0].from_public_bytes(public).encapsulate()
    return write(
        0xA4,
        oid(KEM),
        write(
            0x30,
            write(0x02, b"\x00"),
            identifier(f"opens-{name}"),
            write(0x30, oid(ENCAPSULATION[name][1])),
            write(0x04, sent),
            write(0x30, oid(HKDF_SHA256)),
            write(0x02, bytes([32])),
            WRAP,
            write(0x04, aes_key_wrap(kem_kek(secret), key)),
        ),
    )


def composite_encapsulated(public):
    first, second = public[:ML_KEM_768_PUBLIC], public[ML_KEM_768_PUBLIC:]
    ml_kem, sent = mlkem.MLKEM768PublicKey.from_public_bytes(first).encapsulate()
    ephemeral = x25519.X25519PrivateKey.generate()
    own = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return combined(ml_kem, shared_secret(ephemeral, second, "x25519"), own, second), sent + own


def password_key(salt, iterations):
    return PBKDF2HMAC(hashes.SHA256(), 32, salt, iterations).derive(PASSWORD)


def unlocked(fields):
    """RFC 3211 §2.3: decrypted from the last block, and then the whole."""
    derivation, encryption, wrapped = fields[1].children(), fields[2].children(), fields[3].inside
    demand_oid(derivation[0], PBKDF2)
    salt, iterations, prf = derivation[1].children()
    demand_oid(prf.children()[0], HMAC_SHA256)
    demand_oid(encryption[0], PWRI_KEK)
    kek = algorithms.AES(password_key(salt.inside, int.from_bytes(iterations.inside, "big")))
    iv = encryption[1].children()[1].inside
    last = decrypt(kek, wrapped[-32:-16], wrapped[-16:])
    once = decrypt(kek, last, wrapped[:-16]) + last
    plain = decrypt(kek, iv, once)
    length, check, key = plain[0], plain[1:4], plain[4 : 4 + plain[0]]
    demand(length == 32 and bytes(it ^ 0xFF for it in check) == key[:3], "another password")
    return key


def decrypt(cipher, iv, octets):
    reader = Cipher(cipher, modes.CBC(iv)).decryptor()
    return reader.update(octets) + reader.finalize()


def encrypt(cipher, iv, octets):
    writer = Cipher(cipher, modes.CBC(iv)).encryptor()
    return writer.update(octets) + writer.finalize()


def locking(key):
    # As many iterations as our reader demands at the least, and no more: this is no secret.
    salt, iv, iterations = os.urandom(16), os.urandom(16), 600_000
    kek = algorithms.AES(password_key(salt, iterations))
    plain = bytes([len(key)]) + bytes(it ^ 0xFF for it in key[:3]) + key
    plain += os.urandom(-len(plain) % 16)
    once = encrypt(kek, iv, plain)
    wrapped = encrypt(kek, once[-16:], once)
    prf = write(0x30, oid(HMAC_SHA256), write(0x05))
    count = write(0x02, iterations.to_bytes(3, "big"))
    derivation = write(0xA0, oid(PBKDF2), write(0x30, write(0x04, salt), count, prf))
    cipher = write(0x30, oid(AES256_CBC), write(0x04, iv))
    encryption = write(0x30, oid(PWRI_KEK), cipher)
    return write(0xA3, write(0x02, b"\x00"), derivation, encryption, write(0x04, wrapped))
