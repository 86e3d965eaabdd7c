"""Fingerprints of strings: the same on each machine and in each run.

They decide into which bin `Hashing`, `HashedCrossing` and the lookup layers put a
string, so they must be those of Keras: FarmHash's Fingerprint64 (Google, 2014,
https://github.com/google/farmhash), SipHash-2-4 where there is a salt (Aumasson and
Bernstein, 2012, https://www.131002.net/siphash/siphash.pdf), and TensorFlow's way to
combine two fingerprints. All numbers are unsigned, of 64 bits.
"""

import functools

__all__ = ["cross", "farmhash", "siphash"]

BITS = (1 << 64) - 1
K0, K1, K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
CROSS_KEY = 0xDECAFCAFFE
CROSS_FACTOR = 0xC6A4A7935BD1E995


def _word(s: bytes, at: int, size: int = 8) -> int:
    return int.from_bytes(s[at : at + size], "little")


def _turn_right(x: int, by: int) -> int:
    x &= BITS
    return x >> by | (x << (64 - by)) & BITS


def _turn_left(x: int, by: int) -> int:
    return _turn_right(x, 64 - by)


def _mix(x: int) -> int:
    x &= BITS
    return x ^ x >> 47


def _join(u: int, v: int, factor: int) -> int:
    a = _mix((u ^ v) * factor)
    return _mix((v ^ a) * factor) * factor & BITS


@functools.lru_cache(1 << 16)
def farmhash(s: bytes) -> int:
    """Returns FarmHash's Fingerprint64.

    >>> farmhash(b"minikeras") % 100
    79
    """
    if len(s) <= 16:
        return _hash_to_16(s)
    if len(s) <= 32:
        return _hash_to_32(s)
    if len(s) <= 64:
        return _hash_to_64(s)
    return _hash_long(s)


def _hash_to_16(s: bytes) -> int:
    n = len(s)
    factor = K2 + 2 * n
    if n >= 8:
        a, b = _word(s, 0) + K2, _word(s, n - 8)
        c = _turn_right(b, 37) * factor + a
        d = (_turn_right(a, 25) + b) * factor
        return _join(c & BITS, d & BITS, factor)
    if n >= 4:
        return _join(n + (_word(s, 0, 4) << 3), _word(s, n - 4, 4), factor)
    if n == 0:
        return K2
    y, z = s[0] + (s[n >> 1] << 8), n + (s[-1] << 2)
    return _mix(y * K2 & BITS ^ z * K0 & BITS) * K2 & BITS


def _hash_to_32(s: bytes) -> int:
    n = len(s)
    factor = K2 + 2 * n
    a, b = _word(s, 0) * K1, _word(s, 8)
    c, d = _word(s, n - 8) * factor, _word(s, n - 16) * K2
    y = _turn_right(a + b, 43) + _turn_right(c, 30) + d
    return _join(y & BITS, a + _turn_right(b + K2, 18) + c & BITS, factor)


def _hash_to_64(s: bytes) -> int:
    n = len(s)
    factor = K2 + 2 * n
    a, b = _word(s, 0) * K2, _word(s, 8)
    c, d = _word(s, n - 8) * factor, _word(s, n - 16) * K2
    y = _turn_right(a + b, 43) + _turn_right(c, 30) + d
    z = _join(y & BITS, a + _turn_right(b + K2, 18) + c & BITS, factor)
    e, f = _word(s, 16) * factor, _word(s, 24)
    g, h = (y + _word(s, n - 32)) * factor, (z + _word(s, n - 24)) * factor
    u = _turn_right(e + f, 43) + _turn_right(g, 30) + h
    return _join(u & BITS, e + _turn_right(f + a, 18) + g & BITS, factor)


def _weak(s: bytes, at: int, a: int, b: int) -> tuple[int, int]:
    """32 bytes, and two seeds, as two numbers."""
    w, x, y, z = (_word(s, at + 8 * i) for i in range(4))
    a += w
    c = a + x + y
    b = _turn_right(b + a + z, 21) + _turn_right(c, 44)
    return c + z & BITS, b + a & BITS


def _hash_long(s: bytes) -> int:
    y = 81 * K1 + 113
    x, z = 81 * K2 + _word(s, 0), _mix(y * K2 + 113) * K2
    v = w = 0, 0
    for at in range(0, (len(s) - 1) // 64 * 64, 64):
        x, y, z, v, w = _round(s, at, x, y, z, v, w, K1, 1)
    rest = len(s) - 1 & 63
    factor = K1 + ((z & 255) << 1)
    first = w[0] + rest
    v = v[0] + first, v[1]
    w = first + v[0], w[1]
    x, y, z, v, w = _round(s, len(s) - 64, x, y, z, v, w, factor, 9)
    a = _join(v[0], w[0], factor) + _mix(y) * K0 + z
    return _join(a & BITS, _join(v[1], w[1], factor) + x & BITS, factor)


def _round(s, at, x, y, z, v, w, factor, weight):
    """Takes in 64 bytes."""
    x = _turn_right(x + y + v[0] + _word(s, at + 8), 37) * factor
    y = _turn_right(y + v[1] + _word(s, at + 48), 42) * factor
    x = x & BITS ^ w[1] * weight & BITS
    y += v[0] * weight + _word(s, at + 40)
    z = _turn_right(z + w[0], 33) * factor & BITS
    v = _weak(s, at, v[1] * factor, x + w[0])
    w = _weak(s, at + 32, z + w[1], y + _word(s, at + 16))
    return z, y & BITS, x, v, w


def siphash(s: bytes, key: tuple[int, int]) -> int:
    """Returns SipHash-2-4 of a string under a key of two numbers.

    >>> siphash(b"minikeras", (1, 2)) % 100
    15
    """
    left, right = (k & BITS for k in key)
    v = [
        left ^ 0x736F6D6570736575,
        right ^ 0x646F72616E646F6D,
        left ^ 0x6C7967656E657261,
        right ^ 0x7465646279746573,
    ]
    end = len(s) // 8 * 8
    words = [_word(s, at) for at in range(0, end, 8)]
    for word in [*words, _word(s, end) | (len(s) & 255) << 56]:
        v[3] ^= word
        _sip(v, 2)
        v[0] ^= word
    v[2] ^= 255
    _sip(v, 4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def _sip(v: list, rounds: int) -> None:
    a, b, c, d = v
    for _ in range(rounds):
        a, c = a + b & BITS, c + d & BITS
        b, d = _turn_left(b, 13) ^ a, _turn_left(d, 16) ^ c
        a = _turn_left(a, 32)
        c, a = c + b & BITS, a + d & BITS
        b, d = _turn_left(b, 17) ^ c, _turn_left(d, 21) ^ a
        c = _turn_left(c, 32)
    v[:] = a, b, c, d


def cross(fingerprints) -> int:
    """Returns one fingerprint of several, in their order.

    >>> cross([farmhash(b"red"), 7]) % 100
    60
    """
    joined = CROSS_KEY
    for one in fingerprints:
        inner = _mix(one * CROSS_FACTOR) * CROSS_FACTOR & BITS
        joined = _mix((joined ^ CROSS_FACTOR ^ inner) * CROSS_FACTOR) * CROSS_FACTOR
        joined = _mix(joined)
    return joined
