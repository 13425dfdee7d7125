"""Envelopes by hand: asn1crypto parses, cryptography computes, and everything between follows the standards.

It is the second judge of what no other program knows: X25519 (RFC 8418), ML-KEM (RFC 9936), the composite
of ML-KEM-768 and X25519 (draft-ietf-lamps-pq-composite-kem) and CEK-HKDF (RFC 9709).
"""

import os

from asn1crypto import core
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.padding import PKCS7

import recipients
from house import Element, Untried, demand, octets, put, text
from house import write as element

ENVELOPED = {"gcm": "1.2.840.113549.1.9.16.1.23", "cbc": "1.2.840.113549.1.7.3"}
# By mode and octets of the key.
CIPHERS = {
    ("gcm", 16): "2.16.840.1.101.3.4.1.6",
    ("gcm", 32): "2.16.840.1.101.3.4.1.46",
    ("cbc", 16): "2.16.840.1.101.3.4.1.2",
    ("cbc", 32): "2.16.840.1.101.3.4.1.42",
}
DATA = "1.2.840.113549.1.7.1"
CEK_HKDF_SHA256 = "1.2.840.113549.1.9.16.3.31"


def oid(dotted):
    return core.ObjectIdentifier(dotted).dump()


def split(row):
    """`sealed-rsa-pkcs1-gcm`: whom it is for, how it is encrypted, the key's octets, and if it is bound."""
    words = row.split("-")[1:]
    mode = words.pop()
    name = "-".join(word for word in words if word not in ("bound", "short", "streamed"))
    return name, mode, 16 if "short" in words else 32, "bound" in words


def inner(mode):
    return text() if mode == "gcm" else octets("inner")


def bound_key(key, algorithm):
    """RFC 9709 §2: the key is derived for the algorithm with its parameters."""
    salt = b"The Cryptographic Message Syntax"
    return HKDF(SHA256(), len(key), salt, algorithm).derive(key)


async def read(row):
    name, mode, length, bound = split(row)
    kind, explicit = Element(octets("message")).children()
    demand(kind.whole == oid(ENVELOPED[mode]), "another type of envelope")
    fields = explicit.children()[0].children()
    infos, content = fields[1].children(), fields[2].children()
    if name == "many":
        name, infos = "p256", [it for it in infos if recipients.is_agreement(it, "p256")]
    demand(len(infos) == 1, "not one recipient")
    key = recipients.content_key(infos[0], name)
    algorithm, ciphertext = content[1], content[2].string()
    if bound:
        outer, algorithm = algorithm.children()
        demand(outer.whole == oid(CEK_HKDF_SHA256), "the key is not bound")
        key = bound_key(key, algorithm.whole)
    cipher, parameters = algorithm.children()
    demand(cipher.whole == oid(CIPHERS[mode, length]), "another cipher")
    if mode == "gcm":
        nonce = parameters.children()[0].inside
        opened = AESGCM(key).decrypt(nonce, ciphertext + fields[3].inside, None)
    else:
        reader = Cipher(algorithms.AES(key), modes.CBC(parameters.inside)).decryptor()
        padding = PKCS7(128).unpadder()
        opened = padding.update(reader.update(ciphertext) + reader.finalize()) + padding.finalize()
    demand(opened == inner(mode), "another content")


async def write(row):
    if "streamed" in row:
        raise Untried
    name, mode, length, bound = split(row)
    key, iv = os.urandom(length), os.urandom(12 if mode == "gcm" else 16)
    parameters = element(0x04, iv)
    if mode == "gcm":
        parameters = element(0x30, parameters, element(0x02, bytes([16])))
    algorithm = element(0x30, oid(CIPHERS[mode, length]), parameters)
    used = key
    if bound:
        used = bound_key(key, algorithm)
        algorithm = element(0x30, oid(CEK_HKDF_SHA256), algorithm)
    tag = b""
    if mode == "gcm":
        sealed = AESGCM(used).encrypt(iv, inner(mode), None)
        ciphertext, tag = sealed[:-16], element(0x04, sealed[-16:])
    else:
        padding = PKCS7(128).padder()
        writer = Cipher(algorithms.AES(used), modes.CBC(iv)).encryptor()
        ciphertext = (
            writer.update(padding.update(inner(mode)) + padding.finalize()) + writer.finalize()
        )
    names = ["mlkem768", "x25519", "p256"] if name == "many" else [name]
    infos, versions = zip(*(recipients.info(key, it) for it in names), strict=True)
    fields = [
        element(0x02, bytes([0 if mode == "gcm" else max(versions)])),
        # SET OF in DER: in the order of their octets.
        element(0x31, *sorted(infos)),
        element(0x30, oid(DATA), algorithm, element(0x80, ciphertext)),
        tag,
    ]
    put(element(0x30, oid(ENVELOPED[mode]), element(0xA0, element(0x30, *fields))))
