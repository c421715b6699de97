"""N-grams by hand, in plain loops, in NumPy and compiled: one answer for any bytes."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.core.errors import MisuseError
from halfstep.native import grams as twin
from halfstep.native.grams import Grams, Weights, margins, rows, slabs
from halfstep.native.text_door import CompiledTexts, text_kernel, text_levels
from halfstep.native.texts import Texts, pack

WHOLE = 1 << 32
ALL = (
    Grams(),
    Grams(0, 0, 2, (2, 5)),
    Grams(2, 5, 2, (1, 8), 10),
    Grams(1, 1, 0, (3, 3), 24),
    Grams(8, 8, 8),
    Grams(0, 0),
)
SPACES = (*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
LETTERS = "半步车价Ａｚ９aBz0 \u3000\n\t\x85\u2003“…，é×한д😀\U0010ffff\x7f߿ࠀ"


@pytest.fixture(scope="module", autouse=True)
def levels() -> tuple[str, ...]:
    found = text_levels()
    if not found and "native" in os.environ.get("HALFSTEP_REQUIRE", ""):
        pytest.fail("HALFSTEP_REQUIRE asks for the compiled kernel; it was not built")
    return found


def test_rows_by_hand() -> None:
    """c = 0x34A = 842 alone: x = 842 * 0x9E3779B1, m = x ^ x >> 15, and so on."""
    x = 842 * 0x9E3779B1 % WHOLE
    m = x ^ (x >> 15)
    h = (0x27D4EB2F * 0x85EBCA77 + m) % WHOLE
    row = ((h ^ (h >> 15)) * 0xC2B2AE3D % WHOLE) >> 14
    assert (x, m, h, row) == (1651916842, 1651934406, 925363615, 72327)
    found, start = rows(pack(["\u034a", "", "\u034a\u034a"]), Grams(1, 2))
    assert start.tolist() == [0, 1, 1, 4]
    assert found[0] == row
    h = (h * 0x85EBCA77 + m) % WHOLE
    assert sorted(found[1:].tolist()) == sorted([row, row, ((h ^ (h >> 15)) * 0xC2B2AE3D % WHOLE) >> 14])
    assert found.dtype == np.int32
    assert start.dtype == np.int64


def test_what_is_folded_and_what_breaks() -> None:
    def same(a: str | bytes, b: str | bytes, grams: Grams = ALL[2]) -> bool:
        data = [text.encode() if isinstance(text, str) else text for text in (a, b)]
        end = np.cumsum([len(text) for text in data])
        texts = Texts(np.frombuffer(b"".join(data), np.uint8), end - [len(text) for text in data], end)
        found, start = rows(texts, grams)
        return sorted(found[: start[1]].tolist()) == sorted(found[start[1] :].tolist())

    assert same("ＳＵ７ 好　\n 的", "su7 好 的")
    assert same("Don\u2003\u2029t", "don t")
    assert not same("É", "é")
    assert same("汽车，nice car", "开心 nice。car", Grams(0, 0, 2))
    assert not same("nice\xff car".encode("latin-1"), "nice car", Grams(0, 0, 2))
    assert same(b"ab" + b"\xed\xa0\x80" + b"cd", b"ab\xffcd")
    assert same(b"\xb0a\xe5\x8d", b"a")
    assert same(b"\xc0\xafa", b"a")
    assert same(b"\xf4\x90\x80\x80a", b"a")
    assert not same(b"a\xffb", "ab")
    assert same("a" * 3, "ＡＡＡ")


def test_words_are_those_of_scripts_with_blanks() -> None:
    one = Grams(0, 0, 1)
    for text, words in (
        ("SU7 pro", 2),
        ("don't", 2),
        ("汽车", 0),
        ("현대 차", 2),
        ("дом,été", 2),
        ("3×4÷5", 3),
        ("", 0),
    ):
        assert rows(pack([text]), one)[1][-1] == words, text
    assert rows(pack(["abc d"]), Grams(0, 0, 0, (2, 5)))[1][-1] == 4 + 3 + 2 + 1 + 2 + 1
    assert rows(pack(["a b c d"]), Grams(0, 0, 3))[1][-1] == 4 + 3 + 2


def segments(data: bytes) -> list[list[int]]:
    """Folded characters between breaks, one byte after the other."""
    found: list[list[int]] = [[]]
    i = 0
    while i < len(data):
        for length in (1, 2, 3, 4):
            try:
                text = data[i : i + length].decode("utf-8")
            except UnicodeDecodeError:
                continue
            c = ord(text)
            c -= 0xFEE0 if 0xFF01 <= c <= 0xFF5E else 0
            c = 32 if c in SPACES else c + 32 if 65 <= c <= 90 else c
            if c != 32 or found[-1][-1:] != [32]:
                found[-1].append(c)
            i += length
            break
        else:
            found.append([])
            i += 1
    return found


def mixed(c: int) -> int:
    x = c * twin.MIX % WHOLE
    return x ^ (x >> 15)


def hashed(members: list[int], seed: int) -> int:
    h = seed
    for m in members:
        h = (h * twin.STEP + m) % WHOLE
    return h


def windows(members: list[int], low: int, high: int, seed: int, bits: int) -> list[int]:
    """Rows of n-grams of so many members."""
    found = []
    for n in range(max(low, 1), high + 1):
        for i in range(len(members) - n + 1):
            h = hashed(members[i : i + n], seed)
            found.append(((h ^ (h >> 15)) * twin.LAST % WHOLE) >> (32 - bits))
    return found


def is_word(c: int) -> bool:
    if c < 128:
        return chr(c).isalnum()
    ranges = ((0xC0, 0x24F), (0x370, 0x52F), (0x1E00, 0x1EFF), (0xAC00, 0xD7A3))
    return c not in (0xD7, 0xF7, 0x37E, 0x387) and any(a <= c <= b for a, b in ranges)


def slow(data: bytes, grams: Grams) -> list[int]:
    """The rows of one text, sorted."""
    found = []
    for segment in segments(data):
        found += windows([mixed(c) for c in segment], grams.low, grams.high, twin.CHARACTERS, grams.bits)
        words: list[list[int]] = [[]]
        for c in segment:
            words = [*words[:-1], [*words[-1], c]] if is_word(c) else [*words, []]
        words = [word for word in words if word]
        for word in words:
            padded = [mixed(c) for c in (32, *word, 32)]
            found += windows(padded, *grams.inside, twin.INSIDE, grams.bits)
        whole = [hashed([mixed(c) for c in word], twin.WORDS) for word in words]
        found += windows([mixed(h ^ (h >> 15)) for h in whole], 1, grams.words, twin.WORDS, grams.bits)
    return sorted(found)


Piece = st.one_of(
    st.text(alphabet=LETTERS, max_size=12).map(str.encode), st.binary(max_size=5),
    st.sampled_from([b"\xe5\x8d", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xe0\x80\x80", b"\xc0\x80", b"\xff", b"\x80"]),
    st.integers(1, 90).map(lambda n: ("车" * n).encode()), st.integers(250, 600).map(lambda n: ("价a" * n).encode()),
)  # fmt: skip


@st.composite
def any_texts(draw: st.DrawFn) -> Texts:
    """Texts side by side, and windows of the same buffer that overlap and cut characters."""
    pieces = draw(st.lists(st.lists(Piece, max_size=5).map(b"".join), max_size=6))
    data = np.frombuffer(b"".join(pieces), dtype=np.uint8)
    end = np.cumsum([len(piece) for piece in pieces], dtype=np.int64)
    begin = end - np.array([len(piece) for piece in pieces], dtype=np.int64)
    place = st.integers(0, len(data))
    cut = np.array(draw(st.lists(st.tuples(place, place).map(sorted), max_size=5)), dtype=np.int64).reshape(-1, 2)
    return Texts(data, np.concatenate([begin, cut[:, 0]]), np.concatenate([end, cut[:, 1]]))


def some_heads(grams: Grams, H: int, seed: int = 5) -> Weights:
    draw = np.random.default_rng(seed)
    weight = draw.integers(-128, 128, (1 << grams.bits, -(-H // 16) * 16)).astype(np.int8)
    return Weights(weight, draw.normal(size=H), draw.normal(size=H))


SOME = {(i, H): some_heads(grams, H) for i, grams in enumerate(ALL) for H in ((3, 16, 20) if i == 0 else (5,))}


@given(any_texts(), st.sampled_from(ALL))
def test_numpy_equals_plain_loops(texts: Texts, grams: Grams) -> None:
    found, start = rows(texts, grams)
    for i in range(texts.n):
        data = texts.data[texts.begin[i] : texts.end[i]].tobytes()
        assert sorted(found[start[i] : start[i + 1]].tolist()) == slow(data, grams)


@given(any_texts(), st.sampled_from(sorted(SOME)))
def test_compiled_equals_numpy_by_every_bit(texts: Texts, which: tuple[int, int]) -> None:
    grams, heads = ALL[which[0]], SOME[which]
    mine = margins(texts, grams, heads)
    assert mine.dtype == np.float32
    for level in range(len(text_levels())):
        assert CompiledTexts(level).margins(texts, grams, heads).tobytes() == mine.tobytes()


@given(any_texts())
def test_margins_are_weights_added_up(texts: Texts) -> None:
    heads = SOME[0, 20]
    found, start = rows(texts, Grams())
    mine = margins(texts, Grams(), heads)
    for i in range(texts.n):
        own = found[start[i] : start[i + 1]]
        total = heads.weight[own].astype(np.int64).sum(axis=0)[:20]
        wanted = heads.scale * total / np.sqrt(max(len(own), 1)) + heads.bias
        np.testing.assert_allclose(mine[i], wanted, rtol=1e-5, atol=1e-5)


def test_the_longest_sums_do_not_wrap(levels: tuple[str, ...]) -> None:
    """100,000 characters, all weights at their ends."""
    texts = pack(["车" * 100_000, "价" * 100_000, "a " * 300, "車" * 85, "車" * 86, "車" * 87])
    for value in (-128, 127):
        heads = Weights(np.full((1 << 18, 16), value, dtype=np.int8), np.ones(16), np.zeros(16))
        mine = margins(texts, Grams(), heads)
        np.testing.assert_allclose(mine[:2], value * np.sqrt(299_997.0), rtol=1e-6)
        for level in range(len(levels)):
            assert CompiledTexts(level).margins(texts, Grams(), heads).tobytes() == mine.tobytes()


def test_neither_slabs_nor_threads_change_a_bit(levels: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(3)
    texts = pack("".join(draw.choice(list(LETTERS), int(n))) for n in draw.integers(0, 200, 400))
    heads = SOME[0, 20]
    wanted = margins(texts, Grams(), heads)
    every = rows(texts, Grams())
    monkeypatch.setattr(twin, "slabs", lambda texts: slabs(texts, 500))
    assert margins(texts, Grams(), heads).tobytes() == wanted.tobytes()
    for one, other in zip(rows(texts, Grams()), every, strict=True):
        np.testing.assert_array_equal(one, other)
    for threads in ("1", "2", "3", "50"):
        monkeypatch.setenv("HALFSTEP_THREADS", threads)
        for level in range(len(levels)):
            assert CompiledTexts(level).margins(texts, Grams(), heads).tobytes() == wanted.tobytes()


@given(st.lists(st.integers(0, 30), max_size=30), st.integers(1, 40))
def test_slabs_hold_every_text_once(sizes: list[int], most: int) -> None:
    end = np.cumsum(sizes, dtype=np.int64)
    texts = Texts(np.zeros(sum(sizes), np.uint8), end - np.array(sizes, dtype=np.int64), end)
    found = list(slabs(texts, most))
    assert [i for first, last in found for i in range(first, last)] == list(range(len(sizes)))
    assert all(sum(sizes[first:last]) + last - first <= most + max(sizes) + 1 for first, last in found)


def test_rows_are_spread_evenly() -> None:
    """Distinct n-grams of neighbouring characters fill rows as balls thrown at random do."""
    texts = pack("".join(chr(0x4E00 + (37 * i + k) % 3000) for k in range(60)) for i in range(2_000))
    found, _ = rows(texts, Grams(1, 3))
    distinct = len({text for i in range(3000) for text in (i, (i, 1), (i, 2))})
    used = len(np.unique(found))
    wanted = (1 << 18) * -np.expm1(-distinct / (1 << 18))
    assert abs(used - wanted) < 5 * np.sqrt(distinct**2 / (1 << 19))


def test_n_grams_nobody_can_make_are_misuse() -> None:
    for wrong in ((0, 3), (3, 2), (1, 9), (-1, 1)):
        with pytest.raises(MisuseError, match="expected low and high"):
            Grams(*wrong)
    with pytest.raises(MisuseError, match="expected inside"):
        Grams(inside=(2, 9))
    with pytest.raises(MisuseError, match="words"):
        Grams(words=9)
    with pytest.raises(MisuseError, match="bits"):
        Grams(bits=25)


def test_the_door(levels: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALFSTEP_KERNEL", "numpy")
    assert text_kernel().margins is margins
    monkeypatch.setenv("HALFSTEP_KERNEL", "fortran")
    with pytest.raises(MisuseError, match="expected native or numpy"):
        text_kernel()
    monkeypatch.delenv("HALFSTEP_KERNEL")
    assert text_kernel().name == (f"native ({levels[0]})" if levels else "numpy")
    for module in ("chosen", "text_door"):
        monkeypatch.setattr(f"halfstep.native.{module}.built", lambda _name: None)
    assert text_kernel().name == "numpy"
    assert text_levels() == ()
    monkeypatch.setenv("HALFSTEP_KERNEL", "native")
    with pytest.raises(MisuseError, match="C compiler"):
        text_kernel()


WRONG: dict[str, dict[str, Any]] = {
    "level": {"level": 9}, "last": {"last": 3}, "first after last": {"first": 2, "last": 1}, "negative first": {"first": -1},
    "too long": {"high": 9}, "descending": {"low": 4}, "words": {"words": -1}, "inside": {"inside_high": 3}, "bits": {"bits": 25},
    "other bits": {"bits": 12}, "end beyond": {"end": np.array([3, 7])}, "end before": {"end": np.array([3, 2])},
    "begin before": {"begin": np.array([-1, 3])}, "short end": {"end": np.array([3])}, "32 bits": {"end": np.array([3, 6], np.int32)},
    "narrow": {"weight": np.zeros((256, 8), np.int8)}, "unsigned": {"weight": np.zeros((256, 16), np.uint8)},
    "by columns": {"weight": np.zeros((16, 256), np.int8).T}, "too many heads": {"scale": np.ones(17)},
    "no heads": {"scale": np.ones(0)}, "short bias": {"bias": np.ones(4)}, "double out": {"out": np.zeros((2, 5))},
    "short out": {"out": np.zeros((1, 5), np.float32)}, "text": {"data": "ab"},
}  # fmt: skip


@pytest.mark.parametrize("wrong", ["nothing", *WRONG])
def test_wrong_inputs_are_refused_before_any_loop(levels: tuple[str, ...], wrong: str) -> None:
    if not levels:
        pytest.skip("the compiled kernel was not built; install a C compiler and reinstall")
    C: Any = import_module("halfstep.native._grams")
    given: dict[str, Any] = {
        "level": 0, "first": 0, "last": 2, "low": 1, "high": 3, "words": 0, "inside_low": 0, "inside_high": 0, "bits": 8,
        "data": np.zeros(6, np.uint8), "begin": np.array([0, 3]), "end": np.array([3, 6]),
        "weight": np.zeros((256, 16), np.int8), "scale": np.ones(5), "bias": np.ones(5), "out": np.zeros((2, 5), np.float32),
    }  # fmt: skip
    if wrong == "nothing":
        C.margins(*given.values())
        assert (given["out"] == 1).all()
        return
    with pytest.raises(ValueError, match="expected"):
        C.margins(*(given | WRONG[wrong]).values())
