"""Signatures, time-stamps and CAdES with pyHanko; archive time-stamps with asn1crypto alone."""

import hashlib
from datetime import UTC, datetime

from asn1crypto import algos, cms, crl, tsp
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import (
    async_validate_cms_signature,
    async_validate_detached_cms,
    validate_tst_signed_data,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

import archive
from house import Untried, certificate, demand, der, octets, private_key, put, text

SHA256 = algos.DigestAlgorithm({"algorithm": "sha256"})
# Left alone, pyHanko makes the salt as long as the key permits.
PSS_SHA256 = algos.SignedDigestAlgorithm(
    {
        "algorithm": "rsassa_pss",
        "parameters": {
            "hash_algorithm": SHA256,
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": SHA256},
            "salt_length": 32,
        },
    }
)
DIGESTS = {"p384": "sha384", "ed25519": "sha512", "ml": "sha512"}


def trust(lists=None):
    """The root alone is believed; revocation is judged by the lists that are given, or the house's."""
    lists = lists or [crl.CertificateList.load(der("crl.pem"))]
    return ValidationContext(
        trust_roots=[certificate("root")],
        crls=lists,
        allow_fetching=False,
        revocation_mode="require",
    )


async def read(row):
    message = octets("message")
    if row == "time-stamp-reply":
        return await read_reply(message)
    if row == "time-stamp-request":
        return read_request(tsp.TimeStampReq.load(message, strict=True))
    if row == "receipt":
        raise Untried
    data = cms.ContentInfo.load(message)["content"]
    if row.endswith("-detached"):
        status = await async_validate_detached_cms(text(), data, signer_validation_context=trust())
    else:
        # What is kept for the long term is judged by what is inside, and by nothing else.
        inside = [it.chosen for it in data["crls"]] if row.startswith("cades-lt") else None
        demand(inside != [], "no revocation list inside")
        demand(data["encap_content_info"]["content"].native == text(), "another content")
        if row == "cades-lta-two":
            return await read_two(data, inside)
        status = await async_validate_cms_signature(data, validation_context=trust(inside))
    demand(status.intact and status.valid and status.trusted, status.summary())
    if row.startswith("cades"):
        await read_cades(row, data, data["signer_infos"][0])


async def read_two(data, lists):
    """pyHanko takes one signer. Each is covered alone (EN 319 122-1 §5.5.3), and so may be shown alone."""
    signers = data["signer_infos"]
    demand(len(signers) == 2, f"{len(signers)} signers")
    for signer in signers:
        alone = data.copy()
        alone["signer_infos"] = [signer]
        status = await async_validate_cms_signature(alone, validation_context=trust(lists))
        demand(status.intact and status.valid and status.trusted, status.summary())
        await read_cades("cades-lta", data, signer)


async def read_cades(row, data, signer):
    """pyHanko judges the signature time-stamp, and asn1crypto takes the archive time-stamp apart."""
    attributes = {it["type"].native for it in signer["signed_attrs"]}
    demand("signing_certificate_v2" in attributes, "it does not name the signer's certificate")
    if row == "cades-b":
        return
    token = one(signer["unsigned_attrs"], "signature_time_stamp_token")["content"]
    await read_token(token, signer["signature"].native)
    if row == "cades-lta":
        stamp = one(signer["unsigned_attrs"], archive.TIME_STAMP)
        await read_token(
            cms.ContentInfo.load(stamp.dump())["content"], archive.stamped(data, signer, stamp)
        )


def one(attributes, name):
    values = [value for it in attributes if it["type"].native == name for value in it["values"]]
    demand(len(values) == 1, f"{len(values)} of {name}")
    return values[0]


async def read_token(token, stamped):
    def imprint(algorithm):
        return hashlib.new(algorithm, stamped).digest()

    status = await validate_tst_signed_data(token, trust(), imprint)
    demand(
        status["intact"] and status["valid"] and status["trust_problem_indic"] is None, str(status)
    )


async def read_reply(message):
    response = tsp.TimeStampResp.load(message, strict=True)
    demand(response["status"]["status"].native == "granted", "not granted")
    token = response["time_stamp_token"]["content"]
    request = tsp.TimeStampReq.load(octets("request.tsq"))
    stamped = token["encap_content_info"]["content"].parsed
    demand(stamped["nonce"].native == request["nonce"].native, "another nonce")
    await read_token(token, text())


def read_request(request):
    imprint = request["message_imprint"]
    digest = hashlib.new(imprint["hash_algorithm"]["algorithm"].native, text()).digest()
    demand(imprint["hashed_message"].native == digest, "another digest")
    demand(request["cert_req"].native, "no certificate is asked for")


async def write(row):
    if row == "time-stamp-request":
        _, request = Authority().request_cms(hashlib.sha256(text()).digest(), "sha256")
        return put(request.dump())
    if row == "time-stamp-reply":
        request = tsp.TimeStampReq.load(octets("request.tsq"))
        return put((await Authority().async_request_tsa_response(request)).dump())
    if row == "receipt" or row.startswith("cades-lt") or "+" in row or row.endswith("-streamed"):
        raise Untried
    kind = "p256" if row.startswith("cades") else row.split("-", 1)[1].rsplit("-", 1)[0]
    name = "signs-rsa" if kind.startswith("rsa") else f"signs-{kind}"
    info = await signer_named(name, kind == "rsa-pss").async_sign_general_data(
        text(),
        DIGESTS.get(kind.split("-")[0], "sha256"),
        detached=row.endswith("-detached"),
        use_cades=True,
        timestamper=Authority() if row == "cades-t" else None,
    )
    put(info.dump())


def signer_named(name, prefer_pss=False):
    mechanism = PSS_SHA256 if prefer_pss else None
    return SimpleSigner(
        certificate(name),
        private_key(name),
        SimpleCertificateStore(),
        signature_mechanism=mechanism,
    )


class Authority(TimeStamper):
    """pyHanko's own authority for tests signs with RSA and binds its certificate by SHA-1 alone."""

    async def async_request_tsa_response(self, req):
        fields = {
            "version": "v1",
            "policy": "1.2.3.4",
            "message_imprint": req["message_imprint"],
            "serial_number": 10,
            "gen_time": datetime.now(UTC).replace(microsecond=0),
        }
        if req["nonce"].native is not None:
            fields["nonce"] = req["nonce"]
        content = cms.EncapsulatedContentInfo(
            {
                "content_type": "tst_info",
                "content": cms.ParsableOctetString(tsp.TSTInfo(fields).dump()),
            }
        )
        token = await signer_named("tsa").async_sign_general_data(
            content, "sha256", detached=False, use_cades=True
        )
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})
