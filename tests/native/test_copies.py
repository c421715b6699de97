"""Compiled signatures against their twin, on any bytes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.native.copies import K, plan, signatures
from halfstep.native.texts import Texts

PIECES = st.sampled_from([
    b"a", b"H", b"http", b"://", b"s", b"https://", b"HTTP://x.y/", b"@", b"_", b"-", b" ", "\u3000".encode(), "ａ".encode(),
    "：".encode(), "／".encode(), "青".encode(), "禾".encode(), "\U0001f600".encode(), b"\x80", b"\xef", b"\xbc", b"\xe3\x80",
    b"\xff", b"\0", b"7", "。".encode(), "\U00020000".encode(), b"abcdefghij" * 4, "\u00e9".encode(), b"\xe0\x81\x81", b"\xf4\xbf\xbf\xbf",
])  # fmt: skip


@st.composite
def texts(draw: st.DrawFn) -> Texts:
    data = b"".join(draw(st.lists(PIECES, max_size=60)))
    places = st.integers(0, len(data))
    spans = [sorted(pair) for pair in draw(st.lists(st.tuples(places, places), max_size=5))] + [[0, len(data)]]
    at = np.array(spans, dtype=np.int64)
    return Texts(np.frombuffer(data, dtype=np.uint8), at[:, 0].copy(), at[:, 1].copy())


@given(texts(), st.sampled_from([(0, 0), (4, 9), (1, 128), (128, 1)]), st.integers(0, 6))
def test_both_sign_alike(given_texts: Texts, shape: tuple[int, int], shortest: int) -> None:
    pytest.importorskip("halfstep.native._copies")
    got = []
    for kernel in ("numpy", "native"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HALFSTEP_KERNEL", kernel)
            got.append(signatures(given_texts, plan(*shape, shortest)))
    for one, two in zip(*got, strict=True):
        np.testing.assert_array_equal(one, two)


def test_any_character_counts_alike() -> None:
    pytest.importorskip("halfstep.native._copies")
    every = [
        chr(c) for c in (*range(0x3100), *range(0xD700, 0x10100), *range(0x1EF00, 0x20010), *range(0xDFF00, 0xE0200))
    ]
    held = [("字" + c + "书").encode("utf-8", "surrogatepass") for c in every]
    stop = np.cumsum([len(text) for text in held])
    whole = Texts(np.frombuffer(b"".join(held), np.uint8), stop - [len(text) for text in held], stop)
    got = []
    for kernel in ("numpy", "native"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HALFSTEP_KERNEL", kernel)
            got.append(signatures(whole, plan(0, 0, 1))[0])
    np.testing.assert_array_equal(got[0], got[1])


def test_the_extension_refuses_what_does_not_fit() -> None:
    loops = pytest.importorskip("halfstep.native._copies")
    made = plan(4, 9, 4)
    data, at, to = np.zeros(4, np.uint8), np.array([0]), np.array([4])
    out = np.zeros(1, np.uint64), np.zeros((1, K), np.uint8), np.zeros((1, 9), np.uint64)
    loops.signatures(data, at, to, made.toggle, made.factor, 4, 9, 4, *out)
    with pytest.raises(ValueError, match="places in 4 bytes"):
        loops.signatures(data, at, to + 1, made.toggle, made.factor, 4, 9, 4, *out)
    with pytest.raises(ValueError, match="within the permutations"):
        loops.signatures(data, at, to, made.toggle, made.factor, 40, 9, 4, *out)
    with pytest.raises(ValueError, match="bands"):
        loops.signatures(data, at, to, made.toggle, made.factor, 4, 8, 4, *out)
    with pytest.raises(ValueError, match="multiple"):
        loops.signatures(data, at, to, made.toggle[:5].copy(), made.factor[:5].copy(), 1, 1, 4, *out)
