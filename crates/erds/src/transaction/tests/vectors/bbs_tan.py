#!/usr/bin/env python3
"""Test vectors for BBS-TAN/v1, made with Python's own integers and hashes alone.

A second, independent reading of docs/transaction-authenticator.md: it shares no code with the
product and takes no care of time or secrets. Prints bbs_tan.json, which the tests read:

    python3 bbs_tan.py > bbs_tan.json

The keys are derived from labels, so that everybody gets the same file. They are worth nothing.
"""

import json
from hashlib import sha256, shake_256


def lp(*parts):
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def stream(label, octets):
    return shake_256(label.encode()).digest(octets)


def is_prime(number):
    if any(number % small == 0 for small in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for at in range(40):
        base = int.from_bytes(stream(f"witness {at}", 64), "big") % (number - 3) + 2
        power = pow(base, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def blum_prime(label, bits):
    number = int.from_bytes(stream(label, bits // 8), "big")
    number |= 3 << (bits - 2) | 3
    while not is_prime(number):
        number += 4
    return number


def jacobi(a, n):
    a, sign = a % n, 1
    while a:
        while a % 2 == 0:
            a //= 2
            if n % 8 in (3, 5):
                sign = -sign
        a, n = n, a
        if a % 4 == 3 and n % 4 == 3:
            sign = -sign
        a %= n
    return sign if n == 1 else 0


class Chain:
    """One key and its chain, as the module sees it."""

    def __init__(self, p, q, anchor, audience):
        self.p, self.q, self.n = p, q, p * q
        self.k = (self.n.bit_length() + 7) // 8
        self.kid = sha256(self.octets(self.n)).digest()
        self.audience, self.ctr, self.previous = audience.encode(), 0, anchor
        self.anchor = anchor

    def octets(self, number):
        return number.to_bytes(self.k, "big")

    def transcript(self, order):
        link = sha256(self.octets(self.previous)).digest()
        return lp(self.kid, self.ctr.to_bytes(8, "big"), link, order, self.audience)

    def number(self, order):
        """(count, y, T) for an order digest under the present counter."""
        prefix = lp(b"BBS-TAN/v1", self.transcript(order))
        for count in range(256):
            digest = shake_256(prefix + bytes([count])).digest(self.k + 16)
            y = int.from_bytes(digest, "big") % self.n
            if jacobi(y, self.n) == 1:
                break
        is_square = pow(y, (self.p - 1) // 2, self.p) == 1 and pow(y, (self.q - 1) // 2, self.q) == 1
        a = y if is_square else self.n - y
        root_p, root_q = pow(a, (self.p + 1) // 4, self.p), pow(a, (self.q + 1) // 4, self.q)
        root = (root_q + self.q * ((root_p - root_q) * pow(self.q, -1, self.p) % self.p)) % self.n
        root = min(root, self.n - root)
        assert root * root % self.n in (y, self.n - y) and jacobi(root, self.n) == 1
        return count, y, root

    def next(self, name):
        self.ctr += 1
        order = sha256(name.encode()).digest()
        count, y, root = self.number(order)
        self.previous = root
        return {
            "order": name,
            "ctr": self.ctr,
            "count": count,
            "y": self.octets(y).hex(),
            "tan": self.octets(root).hex(),
        }

    def vector(self, names):
        half = self.k // 2
        result = {
            "factors": (self.p.to_bytes(half, "big") + self.q.to_bytes(half, "big")).hex(),
            "modulus": self.octets(self.n).hex(),
            "kid": self.kid.hex(),
            "anchor": self.octets(self.anchor).hex(),
            "audience": self.audience.decode(),
        }
        return result | {"numbers": [self.next(name) for name in names]}


def registration(chain, not_after, uses_max):
    """Number 0 over a registration of the chain's key."""
    certificate = sha256(b"certificate").digest()
    fields = (
        b"sealpost/tan-registration/v1",
        chain.kid,
        chain.octets(chain.anchor),
        certificate,
        chain.audience,
        b"strict",
        not_after.to_bytes(8, "big"),
        uses_max.to_bytes(8, "big"),
    )
    _, _, root = chain.number(sha256(lp(*fields)).digest())
    return {
        "certificate": certificate.hex(),
        "not_after": not_after,
        "uses_max": uses_max,
        "tan": chain.octets(root).hex(),
    }


def attacks(chain, name, other):
    """What an interceptor makes of number 1 without p and q, and one root only the owner has."""
    chain.ctr = 1
    order, n = sha256(name.encode()).digest(), chain.n
    _, y, root = chain.number(order)
    _, wanted, _ = chain.number(sha256(other.encode()).digest())
    lift = lambda value: chain.octets(min(value, n - value)).hex()
    # 1 modulo p and -1 modulo q: turns a root into one with Jacobi symbol -1.
    turn = (2 * chain.q * pow(chain.q, -1, chain.p) - 1) % n
    # The published rule, T^2 = s * h(m)^2, falls to exactly this exchange of one order for another.
    h, h_wanted = y, wanted
    old = root * h % n
    swapped = old * pow(h, -1, n) * h_wanted % n
    assert swapped**2 % n == (root**2 * h_wanted**2) % n
    chain.ctr = 0
    return {
        "order": name,
        "other_order": other,
        "negative": chain.octets(n - root).hex(),
        "plus_n": (root + n).to_bytes(chain.k + 1, "big").hex(),
        "jacobi_minus_one": lift(root * turn % n),
        "swapped": lift(root * pow(y, -1, n) * wanted % n),
        "swapped_negative": lift(root * pow(n - y, -1, n) * wanted % n),
    }


def order_vector():
    """One order with every field set to something that tells it from its neighbours."""
    fields = (
        b"sealpost/order/v1",
        sha256(b"enveloped").digest(),
        sha256(b"recipient").digest(),
        b"signed",
        bytes([1, 0, 1]),
        (1_800_000_000).to_bytes(8, "big"),
        bytes([7]),
        bytes(range(16)),
        bytes(range(16, 32)),
    )
    digest = sha256(lp(*fields)).digest()
    salt = bytes(range(32, 64))
    commitment = sha256(lp(b"sealpost/order-commitment/v1", salt, digest)).digest()
    return {"digest": digest.hex(), "salt": salt.hex(), "commitment": commitment.hex()}


def main():
    example_p = 0xD369067D37A62AF20CEDB3EB6A1CEBD70C32053FCBE14C75559D0691EFAAECF3
    example_q = 0xF9BD99F503847CCB2C0C70C7410D7279CB35890456080E1A8A66914468E44F87
    anchor = pow(2**100 + 7, 2, example_p * example_q)
    example = Chain(example_p, example_q, anchor, "provider.example")

    p, q = blum_prime("sealpost vector p", 1536), blum_prime("sealpost vector q", 1536)
    anchor = pow(int.from_bytes(stream("sealpost vector t", 380), "big"), 2, p * q)
    strong = Chain(p, q, anchor, "north.example")
    registered = registration(strong, 2_000_000_000, 1000)
    attacked = attacks(strong, "order 1", "another order")

    vectors = {
        "example_512": example.vector(["order 1", "order 2"]),
        "chain_3072": strong.vector(["order 1", "order 2", "order 3", "order 4", "order 5"]),
        "registration_3072": registered,
        "attacks_3072": attacked,
        "order": order_vector(),
    }
    print(json.dumps(vectors, indent=1))


main()
