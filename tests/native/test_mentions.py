"""The compiled search for names against its twin, on any bytes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.native.mentions import Mentions, find, windows
from halfstep.native.texts import Texts
from halfstep.text.lexicon import Lexicon

PIECES = st.sampled_from([
    b"a", b"A", b"b", b"7", b" ", b"\t", "\u3000".encode(), "\u00a0".encode(), "\u2003".encode(), "ａ".encode(), "Ｂ".encode(),
    "７".encode(), "青".encode(), "禾".encode(), "\U0001f600".encode(), b"\x80", b"\xef", b"\xbc", b"\xe3\x80", b"\xff", b"\0", b"-",
])  # fmt: skip
WORD = st.text("abA7青禾Ｂ -\U0001f600\u3000", min_size=1, max_size=6).filter(lambda word: bool(word.strip()))


@st.composite
def problems(draw: st.DrawFn) -> tuple[Texts, Lexicon]:
    data = b"".join(draw(st.lists(PIECES, max_size=60)))
    places = st.integers(0, len(data))
    spans = [sorted((a, b)) for a, b in draw(st.lists(st.tuples(places, places), max_size=5))] + [[0, len(data)]]
    written = draw(st.lists(st.lists(WORD, min_size=1, max_size=3).map(tuple), min_size=1, max_size=4).map(tuple))
    never = [
        tuple(w + "青" for w in draw(st.lists(WORD, max_size=1)) if w + "青" not in own)
        if not any(o.endswith("青") for o in own)
        else ()
        for own in written
    ]
    at = np.array(spans, dtype=np.int64)
    return Texts(np.frombuffer(data, dtype=np.uint8), at[:, 0].copy(), at[:, 1].copy()), Lexicon.of(
        written, tuple(never)
    )


def columns(found: Mentions) -> list[list[int]]:
    return [found.text.tolist(), found.name.tolist(), found.begin.tolist(), found.end.tolist()]


@given(problems(), st.integers(0, 9))
def test_both_find_the_same_places_and_windows(problem: tuple[Texts, Lexicon], characters: int) -> None:
    pytest.importorskip("halfstep.native._mentions")
    texts, lexicon = problem
    got = []
    for kernel in ("numpy", "native"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HALFSTEP_KERNEL", kernel)
            found = find(texts, lexicon.spellings)
            near = windows(texts, found, characters)
            got.append((columns(found), near.begin.tolist(), near.end.tolist()))
    assert got[0] == got[1]


def test_the_extension_refuses_places_outside_the_bytes() -> None:
    loops = pytest.importorskip("halfstep.native._mentions")
    at = Lexicon.of((("a",),)).spellings
    own = (at.data, at.at, at.name, at.never, 1)
    data = np.zeros(4, np.uint8)
    for begin, end in ((-1, 2), (3, 2), (0, 5)):
        with pytest.raises(ValueError, match="expected places in 4 bytes"):
            loops.find(data, np.array([begin]), np.array([end]), *own)
    with pytest.raises(ValueError, match="end"):
        loops.find(data, np.array([0]), np.array([1, 2]), *own)
    with pytest.raises(ValueError, match="names below"):
        loops.find(data, np.array([0]), np.array([1]), at.data, at.at, at.name + np.int32(1), at.never, 1)
    with pytest.raises(ValueError, match="contiguous"):
        loops.find(np.zeros(8, np.uint8)[::2], np.array([0]), np.array([1]), *own)
    one, out = np.array([0]), np.empty(1, np.int64)
    with pytest.raises(ValueError, match="own text"):
        loops.windows(data, one, np.array([2]), one, np.array([1]), np.array([3]), 2, out, out)
