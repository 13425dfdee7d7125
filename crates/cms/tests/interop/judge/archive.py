"""archive-time-stamp-v3 (EN 319 122-1 §5.5.3), computed from the standard's text and with no code of ours."""

import hashlib

from asn1crypto import cms

from house import Element, demand

TIME_STAMP = "0.4.0.1733.2.4"
HASH_INDEX = "0.4.0.19122.1.5"


def stamped(data, signer, stamp):
    """The octets that an archive time-stamp in this signer stamps. Its index must name them all."""
    token = cms.ContentInfo.load(stamp.dump())["content"]
    attributes = token["signer_infos"][0]["unsigned_attrs"]
    index = [it["values"][0] for it in attributes if it["type"].native == HASH_INDEX]
    demand(len(index) == 1, "not one index of what is stamped")
    index = Element(index[0].dump())
    algorithm, *lists = index.children()
    name = cms.DigestAlgorithm.load(algorithm.whole)["algorithm"].native

    def digest(octets):
        return hashlib.new(name, octets).digest()

    values = [
        it["type"].dump() + value.dump()
        for it in signer["unsigned_attrs"]
        if it["type"].native != TIME_STAMP
        for value in it["values"]
    ]
    covered = [
        [it.dump() for it in data["certificates"]],
        [it.dump() for it in data["crls"]],
        values,
    ]
    for named, there in zip(lists, covered, strict=True):
        indexed = {entry.string() for entry in named.children()}
        demand({digest(octets) for octets in there} == indexed, "the index names other objects")
    content = data["encap_content_info"]
    fields = [
        "version",
        "sid",
        "digest_algorithm",
        "signed_attrs",
        "signature_algorithm",
        "signature",
    ]
    return b"".join(
        [
            content["content_type"].dump(),
            digest(content["content"].native),
            *(signer[field].dump() for field in fields),
            index.whole,
        ]
    )
