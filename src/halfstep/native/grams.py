"""Hashed n-grams of many texts in NumPy: which rows of a weight table a text reads.

A text is read as strict UTF-8 (no surrogates, no overlong forms, nothing above U+10FFFF). A byte at which no such character
begins belongs to none and breaks n-grams; so do the ends of a text. Characters are folded: ASCII capitals to small letters,
full-width forms (U+FF01..FF5E) to ASCII and then likewise, every run of white space (Unicode's property White_Space) to one
blank.

With all arithmetic modulo 2^32, a folded character c becomes ``m = x ^ (x >> 15)``, ``x = MIX c``, and the characters
m_1 .. m_n of an n-gram become::

    h_0 = SEED,  h_k = h_{k-1} STEP + m_k,  row = ((h_n ^ (h_n >> 15)) LAST mod 2^32) >> (32 - bits)

N-grams of characters start from SEED = CHARACTERS, those inside words from INSIDE. A word is hashed as its characters are,
from SEED = WORDS, to h; in n-grams of words, which start from WORDS too, ``m = y ^ (y >> 15)``, ``y = MIX (h ^ (h >> 15))``
stands for it. Multiplicative hashing, Horner's rule and a last mix: Knuth 1998, The Art of Computer Programming 3, 6.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import sparse

from halfstep.core.errors import MisuseError
from halfstep.native.texts import Bytes, Places, Texts

__all__ = [
    "CHARACTERS",
    "INSIDE",
    "LAST",
    "MIX",
    "STEP",
    "WORDS",
    "Grams",
    "Margins",
    "Rows",
    "Weights",
    "margins",
    "rows",
    "slabs",
]

Rows = npt.NDArray[np.int32]
Margins = npt.NDArray[np.float32]
Word32 = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]

MIX, STEP, LAST = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D
CHARACTERS, INSIDE, WORDS = 0x27D4EB2F, 0x165667B1, 0x2545F491
_SLAB = 1 << 21
_MOST = 8

_BLANK = np.uint32(32)


@dataclass(frozen=True, slots=True)
class Grams:
    """Which n-grams a text is made of, and in how many rows they are hashed; folding and hash stand in the module's head.

    Attributes
    ----------
    low, high
        Characters of an n-gram, from and to; 1 and 3 for Chinese; 0 and 0: none. At most 8.
    words
        Most words of an n-gram of words (0: none), at most 8; a word is a run of letters and digits of a script that has
        blanks (Latin, Greek, Cyrillic, Hangul); what stands between two words is passed over.
    inside
        From and to characters, at most 8, of n-grams inside words padded by a blank on either side (as "char_wb"), none
        longer than the padded word; (0, 0): none.
    bits
        Rows are ``2 ** bits``, 8 to 24.
    """

    low: int = 1
    high: int = 3
    words: int = 0
    inside: tuple[int, int] = (0, 0)
    bits: int = 18

    def __post_init__(self) -> None:
        """Refuse what no text can be taken apart by."""
        for what, (low, high) in {"low and high": (self.low, self.high), "inside": self.inside}.items():
            if (low, high) != (0, 0) and not 1 <= low <= high <= _MOST:
                raise MisuseError(
                    f"expected {what} of 1 to {_MOST} characters, ascending, or 0 and 0, got {low}, {high}"
                )
        if not 0 <= self.words <= _MOST:
            raise MisuseError(f"expected words of 0 to {_MOST}, got {self.words}")
        if not 8 <= self.bits <= 24:
            raise MisuseError(f"expected 8 to 24 bits, got {self.bits}")


def rows(texts: Texts, grams: Grams) -> tuple[Rows, Places]:
    """Return the row of every n-gram of every text.

    Returns
    -------
    Rows, shape (nnz,), ascending by text; where each text's begin, shape (n + 1,). Within a text their order means nothing;
    an n-gram that occurs twice stands there twice.

    Examples
    --------
    >>> from halfstep.native.texts import pack
    >>> found, start = rows(pack(["半步", "ab", "AB"]), Grams(low=1, high=2))
    >>> start.tolist(), bool((found[3:6] == found[6:]).all())
    ([0, 3, 6, 9], True)
    """
    parts = [_of_slab(texts, first, last, grams) for first, last in slabs(texts)]
    count = np.concatenate([np.zeros(1, dtype=np.int64), *(count for _, count in parts)])
    codes = np.concatenate([np.empty(0, dtype=np.int32), *(codes for codes, _ in parts)])
    return codes, np.cumsum(count)


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Weights of H linear heads.

    Attributes
    ----------
    weight
        Shape (2 ** bits, 16 * ceil(H / 16)).
    scale, bias
        Shape (H,).
    """

    weight: npt.NDArray[np.int8]
    scale: npt.NDArray[np.float64]
    bias: npt.NDArray[np.float64]


def margins(texts: Texts, grams: Grams, heads: Weights) -> Margins:
    """Return ``scale * sum(weights of the text's n-grams) / sqrt(number of n-grams) + bias``, shape (n, H).

    Sums are exact; the product is rounded to single precision before the bias is added, so that every kernel gives the same
    bits. A text without n-grams has the margin `bias`.
    """
    H = len(heads.scale)
    out = np.empty((texts.n, H), dtype=np.float32)
    table = heads.weight.astype(np.int32) if len(texts.data) > _SLAB // 8 else None
    for first, last in slabs(texts):
        codes, count = _of_slab(texts, first, last, grams)
        sums = _sums(codes, count, heads.weight, table)[:, :H]
        each = 1 / np.sqrt(np.maximum(count, 1).astype(np.float64))
        out[first:last] = (sums * (heads.scale * each[:, None])).astype(np.float32) + heads.bias.astype(np.float32)
    return out


def _sums(
    codes: Rows, count: Places, weight: npt.NDArray[np.int8], table: npt.NDArray[np.int32] | None
) -> npt.NDArray[np.int64]:
    """Return sums of each text's rows; `table` is all weights as whole numbers, None where few are read."""
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(count)])
    long = bool((count >= 1 << 24).any())
    values = np.ones(len(codes), dtype=np.int64 if long else np.int32)
    if table is None or long:
        few = weight[codes].astype(values.dtype)
        found = sparse.csr_matrix((values, np.arange(len(codes)), start), shape=(len(count), len(codes))) @ few
    else:
        found = sparse.csr_matrix((values, codes, start), shape=(len(count), len(table))) @ table
    return np.asarray(found, dtype=np.int64)


def slabs(texts: Texts, most: int = _SLAB) -> Iterator[tuple[int, int]]:
    """Yield ranges of texts of about `most` bytes, so that what is held at a time stays small."""
    if not texts.n:
        return
    size = np.cumsum(texts.end - texts.begin + 1)
    cuts = np.unique(np.searchsorted(size, np.arange(most, int(size[-1]), most)) + 1)
    yield from pairwise([0, *cuts[cuts < texts.n].tolist(), texts.n])


@dataclass(frozen=True, slots=True, eq=False)
class _Characters:
    """Folded characters of texts.

    Attributes
    ----------
    code
        Shape (C,).
    text
        Which text each belongs to, ascending, shape (C,).
    run
        Characters since the last break, from zero, shape (C,).
    """

    code: Word32
    text: Places
    run: Places


def _of_slab(texts: Texts, first: int, last: int, grams: Grams) -> tuple[Rows, Places]:
    """Return the rows of some texts and how many each has."""
    n = last - first
    made = _characters(texts.data, texts.begin[first:last], texts.end[first:last])
    families = []
    if grams.high:
        families.append(_windows(_mixed(made.code), made, (grams.low, grams.high), CHARACTERS, n))
    if grams.words or grams.inside[1]:
        families += _of_words(made, grams, n)
    if not families:
        return np.empty(0, dtype=np.int32), np.zeros(n, dtype=np.int64)
    h, count = families[0] if len(families) == 1 else _merged(families)
    h ^= h >> np.uint32(15)
    h *= np.uint32(LAST)
    h >>= np.uint32(32 - grams.bits)
    return h.view(np.int32), count


def _merged(families: list[tuple[Word32, Places]]) -> tuple[Word32, Places]:
    """Put the n-grams of several families together, text by text."""
    total = np.sum([count for _, count in families], axis=0)
    at = np.cumsum(total) - total
    out = np.empty(int(total.sum()), dtype=np.uint32)
    for h, count in families:
        out[np.repeat(at - (np.cumsum(count) - count), count) + np.arange(len(h))] = h
        at += count
    return out, total


def _mixed(code: Word32) -> Word32:
    """Return what stands for a character in the hash of an n-gram."""
    x = code * np.uint32(MIX)
    x ^= x >> np.uint32(15)
    return x


def _windows(m: Word32, of: _Characters, length: tuple[int, int], seed: int, n: int) -> tuple[Word32, Places]:
    """Return hashes of all n-grams of lengths from and to within runs, by their last member, and how many each text has."""
    low, high = length
    power = seed
    h = np.empty((len(m), high - low + 1), dtype=np.uint32)
    last = np.zeros(len(m), dtype=np.uint32)
    for k in range(1, high + 1):
        power = power * STEP & 0xFFFFFFFF
        last[1:] = last[:-1]
        last *= np.uint32(STEP)
        last += m
        if k >= low:
            np.add(last, np.uint32(power), out=h[:, k - low])
    there = of.run[:, None] >= np.arange(low - 1, high)
    each = np.clip(of.run - (low - 2), 0, high - low + 1)
    return h[there], np.bincount(of.text, weights=each, minlength=n).astype(np.int64)


def _lengths() -> Bytes:
    """Return the length of the character that each byte may begin, zero for none."""
    length = np.zeros(256, dtype=np.uint8)
    length[:0x80], length[0xC2:0xE0], length[0xE0:0xF0], length[0xF0:0xF5] = 1, 2, 3, 4
    return length


_LENGTH = _lengths()
_SPACES = np.array(
    [0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000], dtype=np.uint32
)


def _characters(data: Bytes, begin: Places, end: Places) -> _Characters:
    """Decode and fold."""
    size = end - begin
    stop = np.cumsum(size)
    if stop[-1] == int(end[-1] - begin[0]) and bool((begin[1:] == end[:-1]).all()):
        held = data[int(begin[0]) : int(end[-1])]
    else:
        held = data[np.repeat(begin - (stop - size), size) + np.arange(stop[-1])]
    held = np.concatenate([held, np.zeros(3, dtype=np.uint8)])
    lead = np.flatnonzero((held[:-3] & 0xC0) != 0x80)
    text = np.repeat(np.arange(len(size)), np.diff(np.searchsorted(lead, stop), prepend=0))
    code, length = _decoded(held, lead)
    good = (length > 0) & (lead + length <= stop[text])
    if not good.all():
        code, length, lead, text = code[good], length[good], lead[good], text[good]
    after = np.empty(len(code), dtype=np.bool_)
    after[:1] = False
    np.equal(lead[1:], (lead + length)[:-1], out=after[1:])
    after[1:] &= text[1:] == text[:-1]
    _fold(code)
    blank = code == _BLANK
    again = after.copy()
    again[1:] &= blank[1:] & blank[:-1]
    if again.any():
        keep = ~again
        code, text, after = code[keep], text[keep], after[keep]
    place = np.arange(len(code))
    return _Characters(code, text, place - np.maximum.accumulate(np.where(after, 0, place)))


def _decoded(held: Bytes, lead: Places) -> tuple[Word32, Places]:
    """Return the characters that begin at some bytes, and their lengths, zero where there is none."""
    first = held[lead]
    length = _LENGTH[first]
    code = first.astype(np.uint32)
    for wanted, bits, least, most in ((2, 0x1F, 0x80, 0x7FF), (3, 0x0F, 0x800, 0xFFFF), (4, 0x07, 0x10000, 0x10FFFF)):
        some = np.flatnonzero(length == wanted)
        if not len(some):
            continue
        c = (first[some] & bits).astype(np.uint32)
        good = np.ones(len(some), dtype=np.bool_)
        for k in range(1, wanted):
            byte = held[lead[some] + k]
            good &= (byte & 0xC0) == 0x80
            c <<= np.uint32(6)
            c |= byte & 0x3F
        good &= (c >= least) & (c <= most)
        if wanted == 3:
            good &= (c & 0xFFFFF800) != 0xD800
        code[some] = c
        length[some[~good]] = 0
    return code, length.astype(np.int64)


def _fold(code: Word32) -> None:
    """Fold in place."""
    wide = code - np.uint32(0xFF01) <= 0xFF5E - 0xFF01
    if wide.any():
        code[wide] -= np.uint32(0xFEE0)
    code[code - np.uint32(9) <= 4] = _BLANK
    code[code - np.uint32(65) <= 25] += np.uint32(32)
    far = np.flatnonzero((code == 0x3000) | (code - np.uint32(0x80) < 0x2060 - 0x80))
    code[far[np.isin(code[far], _SPACES)]] = _BLANK


_WORDS = ((0x30, 0x39), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F), (0x370, 0x37D), (0x37F, 0x386),
          (0x388, 0x52F), (0x1E00, 0x1EFF), (0xAC00, 0xD7A3))  # fmt: skip


def _of_words(made: _Characters, grams: Grams, n: int) -> list[tuple[Word32, Places]]:
    """Return n-grams of words and inside words."""
    is_word = np.zeros(len(made.code), dtype=np.bool_)
    for a, b in _WORDS:
        is_word |= made.code - np.uint32(a) <= b - a
    opens = is_word.copy()
    opens[1:] &= ~is_word[:-1] | (made.run[1:] == 0)
    inner, begin = np.flatnonzero(is_word), np.flatnonzero(opens)
    nth = np.cumsum(opens)[inner] - 1
    size = np.bincount(nth, minlength=len(begin))
    found = []
    if grams.words:
        m = _whole(_mixed(made.code[inner]), size)
        run_of = np.cumsum(made.run == 0)[begin]
        fresh = np.ones(len(begin), dtype=np.bool_)
        fresh[1:] = run_of[1:] != run_of[:-1]
        place = np.arange(len(begin))
        run = place - np.maximum.accumulate(np.where(fresh, place, 0))
        found.append(_windows(m, _Characters(m, made.text[begin], run), (1, grams.words), WORDS, n))
    if grams.inside[1]:
        padded = size + 2
        stop = np.cumsum(padded)
        code = np.full(int(padded.sum()), _BLANK)
        code[np.arange(len(inner)) + 2 * nth + 1] = made.code[inner]
        run = np.arange(len(code)) - np.repeat(stop - padded, padded)
        held = _Characters(code, np.repeat(made.text[begin], padded), run)
        found.append(_windows(_mixed(code), held, grams.inside, INSIDE, n))
    return found


def _whole(m: Word32, size: Places) -> Word32:
    """Return what stands for each word, of so many characters, in the hash of an n-gram of words."""
    if not len(size):
        return np.empty(0, dtype=np.uint32)
    power = np.cumprod(np.full(int(size.max()) + 1, STEP, dtype=np.uint32), dtype=np.uint32) * np.uint32(_inverse(STEP))
    stop = np.cumsum(size)
    left = np.repeat(stop, size) - np.arange(len(m)) - 1
    h = np.add.reduceat(m * power[left], stop - size, dtype=np.uint32) + power[size] * np.uint32(WORDS)
    return _mixed(h ^ (h >> np.uint32(15)))


def _inverse(odd: int) -> int:
    """Return the inverse modulo 2^32."""
    return pow(odd, -1, 1 << 32)
