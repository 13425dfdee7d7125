"""What everybody in the matrix has: the folder with the keys, the text, and the secrets that are shared."""

from pathlib import Path

from asn1crypto import keys, parser, pem, x509

KEK_ID = bytes.fromhex("abcd")
KEK = bytes([7] * 32)
PASSWORD = b"correct-horse-battery"


class Refused(Exception):
    """Judged, and found wanting."""


class Untried(Exception):
    """These libraries have nothing for it."""


def octets(name):
    return Path(name).read_bytes()


def text():
    return octets("text")


def der(name):
    """The DER in a PEM file."""
    return pem.unarmor(octets(name))[2]


def certificate(name):
    return x509.Certificate.load(der(f"{name}.pem"))


def private_key(name):
    return keys.PrivateKeyInfo.load(der(f"{name}.key"))


def demand(holds, why):
    if not holds:
        raise Refused(why)


def put(message, *beside):
    Path("message").write_bytes(message)
    for number, more in enumerate(beside):
        Path(f"beside-{number}").write_bytes(more)


class Element:
    """One element of BER: its tag octet, what is inside, and the whole of it."""

    def __init__(self, data):
        tag_class, method, tag, header, inside, trailer = parser.parse(data)
        self.tag = tag_class << 6 | method << 5 | tag
        self.inside = inside
        self.whole = header + inside + trailer

    def children(self):
        found, rest = [], self.inside
        while rest:
            element = Element(rest[: parser.peek(rest)])
            found.append(element)
            rest = rest[len(element.whole) :]
        return found

    def string(self):
        """An octet string, put together if it came in pieces."""
        if not self.tag & 0x20:
            return self.inside
        return b"".join(piece.string() for piece in self.children())


def write(tag, *parts):
    """One element of DER."""
    return parser.emit(tag >> 6, tag >> 5 & 1, tag & 0x1F, b"".join(parts))
