"""Certificates and revocation lists of a foreign authority, made with cryptography."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_der_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from house import der, put

KINDS = {
    "p256": (lambda: ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()),
    "p384": (lambda: ec.generate_private_key(ec.SECP384R1()), hashes.SHA384()),
    "ed25519": (ed25519.Ed25519PrivateKey.generate, None),
    "rsa-pss": (lambda: rsa.generate_private_key(65537, 3072), hashes.SHA256()),
    "ml-dsa-65": (mldsa.MLDSA65PrivateKey.generate, None),
}
USAGES = [
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
]


def usage(*allowed):
    return x509.KeyUsage(**{name: name in allowed for name in USAGES})


def named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def now():
    return datetime.now(UTC).replace(microsecond=0)


def signed(builder, key, digest):
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
        return builder.sign(key, digest, rsa_padding=pss)
    return builder.sign(key, digest)


def begun(subject, issuer, public_key, days):
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
    builder = builder.public_key(public_key).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now() - timedelta(days=1))
    return builder.not_valid_after(now() + timedelta(days=days))


def path(kind):
    """A root, a certificate for somebody who signs, and a list, all with this kind of key."""
    make, digest = KINDS[kind]
    key, name = make(), named("Foreign root")
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = begun(name, name, key.public_key(), 900)
    builder = builder.add_extension(x509.BasicConstraints(True, None), True)
    builder = builder.add_extension(usage("key_cert_sign", "crl_sign"), True)
    root = signed(builder.add_extension(identifier, False), key, digest)
    leaf = leaf_of(
        root, key, digest, make().public_key(), "anna@north.example", ["digital_signature"]
    )
    lists = x509.CertificateRevocationListBuilder().issuer_name(name).last_update(now())
    lists = lists.next_update(now() + timedelta(days=30)).add_extension(x509.CRLNumber(1), False)
    lists = lists.add_extension(authority_of(root), False)
    put(*(it.public_bytes(Encoding.DER) for it in (leaf, root, signed(lists, key, digest))))


def authority_of(root):
    identifier = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def leaf_of(root, key, digest, public_key, address, allowed):
    builder = begun(named(address.split("@", maxsplit=1)[0]), root.subject, public_key, 300)
    builder = builder.add_extension(usage(*allowed), True)
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
    builder = builder.add_extension(purpose, False)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(address)]), False)
    return signed(builder.add_extension(authority_of(root), False), key, digest)


def certified(kind):
    """A certificate by the root of the house for a key that opens."""
    root = x509.load_der_x509_certificate(der("root.pem"))
    key = load_der_private_key(der("root.key"), None)
    public_key = x509.load_der_x509_certificate(der(f"opens-{kind}.pem")).public_key()
    agrees = kind in ("p256", "p384", "x25519")
    allowed = ["key_agreement" if agrees else "key_encipherment"]
    leaf = leaf_of(root, key, hashes.SHA256(), public_key, "bert@south.example", allowed)
    put(leaf.public_bytes(Encoding.DER), der("root.pem"), der("crl.pem"))
