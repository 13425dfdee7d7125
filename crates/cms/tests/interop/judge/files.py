"""PKCS #12 with cryptography; certificates and revocation lists with pyhanko-certvalidator."""

from asn1crypto import crl, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PublicFormat,
    load_der_private_key,
    pkcs12,
)
from pyhanko_certvalidator import CertificateValidator, ValidationContext

import authority
from house import PASSWORD, demand, der, octets, put


async def read(row):
    if row.startswith("pkcs12"):
        return read_key_file(row.split("-", 1)[1], octets("message"))
    leaf = x509.Certificate.load(octets("message"), strict=True)
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(octets("beside-0"))],
        crls=[crl.CertificateList.load(octets("beside-1"))],
        allow_fetching=False,
        revocation_mode="require",
    )
    usages = {"digital_signature"} if row.startswith("path") else set()
    await CertificateValidator(leaf, [], context).async_validate_usage(usages, {"email_protection"})
    # A key that it does not know the validator passes over.
    pyca.load_der_x509_certificate(octets("message")).public_key()


def spki(public_key):
    return public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def read_key_file(name, file):
    key, certificate, more = pkcs12.load_key_and_certificates(file, PASSWORD)
    demand(certificate.public_bytes(Encoding.DER) == der(f"{name}.pem"), "another certificate")
    demand(spki(key.public_key()) == spki(certificate.public_key()), "another key")
    demand([it.public_bytes(Encoding.DER) for it in more] == [der("root.pem")], "another root")


async def write(row):
    room, name = row.split("-", 1)
    if room != "pkcs12":
        return authority.path(name) if room == "path" else authority.certified(name)
    key = load_der_private_key(der(f"{name}.key"), None)
    certificate, root = (pyca.load_der_x509_certificate(der(f"{it}.pem")) for it in (name, "root"))
    put(
        pkcs12.serialize_key_and_certificates(
            b"key", key, certificate, [root], BestAvailableEncryption(PASSWORD)
        )
    )
