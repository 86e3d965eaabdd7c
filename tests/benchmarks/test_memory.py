"""Memory stays flat over many calls; `python -m benchmarks.memory` makes many more."""

from benchmarks import memory


def test_memory_is_flat(capsys):
    memory.main(["--fits", "60", "--predictions", "400"])
    shown = capsys.readouterr().out
    assert "60 of `fit`" in shown and "400 of `predict`" in shown
    assert "GROWS" not in shown


def test_what_grows_is_seen():
    kept = []
    growth = memory.measured("leak", lambda: kept.append(bytearray(10_000)), 50)
    assert not growth.is_flat
    assert "GROWS" in memory.report([growth])
