"""Fingerprints: published values. Many more are in tests/data/keras_tables.json."""

import numpy as np

from minikeras.utils.fingerprints import cross, farmhash, siphash


def test_siphash_of_its_paper():
    """Appendix A of the paper: key 00 01 ... 0f, message 00 01 ... 0e."""
    key = tuple(np.frombuffer(bytes(range(16)), "<u8").tolist())
    assert siphash(bytes(range(15)), key) == 0xA129CA6149BE45E5


def test_farmhash_of_lengths_next_to_each_other():
    """Each length takes another way through the hash; no two strings may meet."""
    hashes = {farmhash(b"a" * n) for n in range(300)}
    assert len(hashes) == 300
    assert all(0 <= h < 1 << 64 for h in hashes)
    assert farmhash(b"") == 0x9AE16A3B2F90404F  # the constant k2 of FarmHash


def test_crossing_depends_on_the_order():
    assert cross([1, 2]) != cross([2, 1])
    assert cross([1]) != cross([1, 0])
    assert 0 <= cross([-1, 5]) < 1 << 64
