"""Writes the message of this folder: the suite static-dh-cbc-hmac by a program that shares nothing with this project.

It reads its standards for itself, RFC 6476 for the content and RFC 8418 with RFC 5753 for the key, and tries its reading
on the example of RFC 6476 §6 (AES-128-CBC and HMAC-SHA-1 under a password) before it writes anything.
Needs Python's `cryptography`.
"""

import base64
import datetime
import hashlib
import hmac
import os
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, keywrap, serialization
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HERE = pathlib.Path(__file__).parent


def tlv(tag, *values):
    value = b"".join(values)
    if len(value) < 128:
        return bytes([tag, len(value)]) + value
    length = len(value).to_bytes((len(value).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + value


def oid(text):
    first, second, *rest = (int(arc) for arc in text.split("."))
    octets = bytearray()
    for arc in [40 * first + second, *rest]:
        group = [arc & 0x7F]
        while arc := arc >> 7:
            group.insert(0, 0x80 | arc & 0x7F)
        octets += bytes(group)
    return tlv(0x06, bytes(octets))


def cbc(key, iv, octets, encrypt):
    cipher = Cipher(algorithms.AES(key), modes.CBC(iv))
    mode = cipher.encryptor() if encrypt else cipher.decryptor()
    return mode.update(octets) + mode.finalize()


def keys(master, digest, lengths):
    names = (b"encryption", b"authentication")
    return [hashlib.pbkdf2_hmac(digest, master, name, 1, octets) for name, octets in zip(names, lengths)]


def rfc6476_example():
    der = base64.b64decode(
        "MIH9BgsqhkiG9w0BCRABF6CB7TCB6gIBADFyo3ACAQCgGwYJKoZIhvcNAQUMMA4ECOe3h9+CHRLMAgITiDAsBgsqhkiG9w0BCRADCTAdBglghkgBZQME"
        "AQIEEBHZXFIKOr8isjBw7/R9bvYEIBg5IifDwiwqpp8qsHckdarYWJzNu0yu0w3Cyx2DlGw3MFsGCSqGSIb3DQEHATA8BgsqhkiG9w0BCRADDzAtMB0G"
        "CWCGSAFlAwQBAgQQtyUCdoQ8WBulMOJAJ+7DBjAMBggrBgEFBQgBAgUAgBCYNg8MeWI2tS0tnhxihR4QBBSIpMGyungbyvkUsOX80Y34AuKyng=="
    )
    # Where the parts lie in it.
    salt, outer_iv, wrapped = der[49:57], der[91:107], der[109:141]
    algorithm, iv, ciphertext, code = der[154:216], der[186:202], der[218:234], der[236:256]
    # RFC 3211 §2.3.2: decrypted twice, from the last block.
    wrapping = hashlib.pbkdf2_hmac("sha1", b"password", salt, 5000, 16)
    last = cbc(wrapping, wrapped[:16], wrapped[16:], False)
    inner = cbc(wrapping, outer_iv, cbc(wrapping, last, wrapped[:16], False) + last, False)
    master = inner[4 : 4 + inner[0]]
    encryption, authentication = keys(master, "sha1", (16, 20))
    assert hmac.new(authentication, algorithm + ciphertext, "sha1").digest() == code
    assert cbc(encryption, iv, ciphertext, False) == b"Some test data\0\1"


def certificate(name, public_key, issuer_key):
    def named(text):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    builder = x509.CertificateBuilder().subject_name(named(name)).issuer_name(named("Authority"))
    builder = builder.public_key(public_key).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(datetime.datetime(2026, 1, 1)).not_valid_after(datetime.datetime(2036, 1, 1))
    usage = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_cert_sign", "crl_sign",
         "encipher_only", "decipher_only"), False)
    builder = builder.add_extension(x509.KeyUsage(key_agreement=True, **usage), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(f"{name}@north.example")]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def issuer_and_serial(holder):
    serial = holder.serial_number
    octets = serial.to_bytes(serial.bit_length() // 8 + 1, "big")
    return tlv(0x30, holder.issuer.public_bytes(), tlv(0x02, octets))


def wrapping_key(secret, ukm):
    wrap = tlv(0x30, oid("2.16.840.1.101.3.4.1.45"))
    info = tlv(0x30, wrap, tlv(0xA0, tlv(0x04, ukm)), tlv(0xA2, tlv(0x04, (256).to_bytes(4, "big"))))
    return wrap, HKDF(algorithm=hashes.SHA256(), length=32, salt=ukm, info=info).derive(secret)


def recipient_info(sender, sender_key, recipient, master):
    ukm = os.urandom(64)
    wrap, key = wrapping_key(sender_key.exchange(recipient.public_key()), ukm)
    wrapped = keywrap.aes_key_wrap(key, master)
    return tlv(
        0xA1,
        tlv(0x02, b"\3"),
        tlv(0xA0, issuer_and_serial(sender)),
        tlv(0xA1, tlv(0x04, ukm)),
        tlv(0x30, oid("1.2.840.113549.1.9.16.3.19"), wrap),
        tlv(0x30, tlv(0x30, issuer_and_serial(recipient), tlv(0x04, wrapped))),
    )


def message(info, master, plaintext):
    iv = os.urandom(16)
    hmac_sha256 = tlv(0x30, oid("1.2.840.113549.2.9"), tlv(0x05))
    pbkdf2 = oid("1.2.840.113549.1.5.12") + tlv(0x30, tlv(0x04), tlv(0x02, b"\1"), hmac_sha256)
    aes = tlv(0x30, oid("2.16.840.1.101.3.4.1.42"), tlv(0x04, iv))
    algorithm = tlv(0x30, oid("1.2.840.113549.1.9.16.3.16"), tlv(0x30, tlv(0xA0, pbkdf2), aes, hmac_sha256))
    encryption, authentication = keys(master, "sha256", (32, 32))
    missing = 16 - len(plaintext) % 16
    ciphertext = cbc(encryption, iv, plaintext + bytes([missing]) * missing, True)
    code = hmac.new(authentication, algorithm + ciphertext, "sha256").digest()
    encrypted = tlv(0x30, oid("1.2.840.113549.1.7.1"), algorithm, tlv(0x80, ciphertext))
    fields = tlv(0x30, tlv(0x02, b"\0"), tlv(0x31, info), encrypted, tlv(0x04, code))
    return tlv(0x30, oid("1.2.840.113549.1.9.16.1.23"), tlv(0xA0, fields))


def main():
    rfc6476_example()
    authority, sender_key, recipient_key = ec.generate_private_key(ec.SECP256R1()), *(
        x25519.X25519PrivateKey.generate() for _ in range(2))
    sender = certificate("anna", sender_key.public_key(), authority)
    recipient = certificate("bert", recipient_key.public_key(), authority)
    master = os.urandom(32)
    info = recipient_info(sender, sender_key, recipient, master)
    der = serialization.Encoding.DER
    (HERE / "anna.cer").write_bytes(sender.public_bytes(der))
    (HERE / "bert.cer").write_bytes(recipient.public_bytes(der))
    pkcs8 = (der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (HERE / "bert.p8").write_bytes(recipient_key.private_bytes(*pkcs8))
    (HERE / "message.p7m").write_bytes(message(info, master, b"A letter under two fixed keys.\r\n"))


main()
