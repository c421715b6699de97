"""Signatures by which texts said again are found: compiled where it was built, else NumPy, which stands here.

A text is reduced to the characters that write words: folded (ASCII capitals to small letters, full-width forms to ASCII),
without white space, punctuation, symbols and pictures, addresses ("http://" or "https://" and what follows of ASCII without
blanks) and names ("@" and up to 30 letters, digits, "_" or "-"). Its exact signature is a 64-bit hash of all of them in
order. MinHash (Broder 1997, Compression and Complexity of Sequences) keeps the least of K permutations over its character
4-grams: two texts agree in each with probability J, the Jaccard similarity of their sets of 4-grams. The sketch is eight
bits of each (Li & Koenig 2010, WWW), and a band is a hash of r of them in full.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.native.chosen import chosen
from halfstep.native.grams import slabs
from halfstep.native.texts import Places, Texts

__all__ = ["GRAM", "K", "Plan", "Sketch", "Words", "plan", "signatures"]

Words = npt.NDArray[np.uint64]
Words32 = npt.NDArray[np.uint32]
Sketch = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

K = 128
"""Permutations: the standard error of an estimated similarity is at most 1 / (2 sqrt(128)) = .044, at .8 it is .035."""
GRAM = 4
_NAME = 30
_GOLDEN = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What signatures are made with.

    Attributes
    ----------
    toggle, factor
        A permutation takes x to ``(x ^ toggle) * factor mod 2^32``, factors odd, shape (K,).
    rows, bands
        Permutations of a band, and bands; 0 bands: exact signatures only.
    shortest
        Characters below which a text has no signature.
    """

    toggle: Words32
    factor: Words32
    rows: int
    bands: int
    shortest: int


def plan(rows: int, bands: int, shortest: int) -> Plan:
    """Return a plan; its permutations are always the same, so that signatures made anywhere can be compared."""
    drawn = _mix(np.arange(1, 2 * K + 1, dtype=np.uint64) * np.uint64(_GOLDEN)) >> np.uint64(32)
    toggle, factor = drawn[:K].astype(np.uint32), drawn[K:].astype(np.uint32) | np.uint32(1)
    return Plan(toggle, factor, rows, bands, shortest)


def signatures(texts: Texts, made: Plan) -> tuple[Words, Sketch, Words]:
    """Return exact signatures (n,), sketches (n, K) and bands (n, bands).

    Zero stands for none: everywhere in a text shorter than the shortest, in sketch and bands of one shorter than a 4-gram.
    """
    exact = np.zeros(texts.n, dtype=np.uint64)
    sketch = np.zeros((texts.n, K), dtype=np.uint8)
    bands = np.zeros((texts.n, made.bands), dtype=np.uint64)
    compiled = chosen("_copies")
    if compiled is not None:
        compiled.signatures(
            texts.data, *(np.ascontiguousarray(places, dtype=np.int64) for places in (texts.begin, texts.end)),
            made.toggle, made.factor, made.rows, made.bands, made.shortest, exact, sketch, bands,
        )  # fmt: skip
        return exact, sketch, bands
    for first, last in slabs(texts, 1 << 18):
        size = texts.end[first:last] - texts.begin[first:last]
        code, count = _reduced(texts, first, size)
        some = slice(first, last)
        exact[some] = _exact(code, count, made.shortest)
        if made.bands:
            sketch[some], bands[some] = _near(code, count, made)
    return exact, sketch, bands


def _mix(x: Words) -> Words:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _counting() -> Mask:
    """Return which code points write words."""
    counts = np.zeros(0x200000, dtype=np.bool_)
    for first, last in (
        (0x30, 0x39), (0x61, 0x7A), (0xAA, 0xAA), (0xB5, 0xB5), (0xBA, 0xBA), (0xC0, 0x1FFF), (0x2100, 0x218F),
        (0x2C00, 0x2DFF), (0x2E80, 0x2FFF), (0x3005, 0x3007), (0x3040, 0xD7FF), (0xF900, 0xFDFF), (0xFE70, 0xFF5E),
        (0xFF66, 0xFFDF), (0x10000, 0x1EFFF), (0x20000, 0xDFFFF),
    ):  # fmt: skip
        counts[first : last + 1] = True
    counts[[0xD7, 0xF7, 0x1680, 0xFEFF]] = False
    return counts


_COUNTS = _counting()


def _decoded(texts: Texts, first: int, size: Places) -> tuple[Words32, Places]:
    """Return folded characters, zero where a byte begins none, and whose they are."""
    stop = np.cumsum(size + 4)  # zeros between, so that no character goes on into the next text
    text = np.repeat(np.arange(len(size)), size)
    at = np.arange(len(text)) + 4 * text
    b = np.zeros(int(stop[-1]) if len(stop) else 0, dtype=np.uint32)
    b[at] = texts.data[
        np.arange(len(text)) + np.repeat(texts.begin[first : first + len(size)] - (np.cumsum(size) - size), size)
    ]
    one = b[at]
    code = np.where(one < 0x80, one, np.uint32(0))
    begins = one < 0x80
    going = [(b[at + k] & 0xC0) == 0x80 for k in (1, 2, 3)]
    rest = [b[at + k] & 0x3F for k in (1, 2, 3)]
    two = (one >= 0xC2) & (one < 0xE0) & going[0]
    three = (one >= 0xE0) & (one < 0xF0) & going[0] & going[1]
    four = (one >= 0xF0) & (one < 0xF5) & going[0] & going[1] & going[2]
    code[two] = ((one & 0x1F) << 6 | rest[0])[two]
    code[three] = ((one & 0x0F) << 12 | rest[0] << 6 | rest[1])[three]
    code[four] = ((one & 0x07) << 18 | rest[0] << 12 | rest[1] << 6 | rest[2])[four]
    begins |= two | three | four
    inside = np.zeros(len(one), dtype=np.bool_)
    for k, mask in ((1, two | three | four), (2, three | four), (3, four)):
        inside[np.flatnonzero(mask) + k] = True
    kept = begins | ~inside
    code, text = code[kept], text[kept]
    code = np.where((code >= 0xFF01) & (code <= 0xFF5E), code - np.uint32(0xFEE0), code)
    return np.where((code >= 65) & (code <= 90), code + np.uint32(32), code), text


def _reduced(texts: Texts, first: int, size: Places) -> tuple[Words32, Places]:
    """Return the characters that write words and how many each text has."""
    code, text = _decoded(texts, first, size)
    n = len(code)
    place, counts = np.arange(n), _COUNTS[code]
    new = np.ones(n, dtype=np.bool_)
    new[1:] = text[1:] != text[:-1]
    longer = np.concatenate([code, np.zeros(8, np.uint32)])
    owner = np.concatenate([text, np.full(8, -1)])
    opens = np.flatnonzero(code == ord("h"))
    for word in ("http", "://"):
        for k, letter in enumerate(word):
            at = opens + k if word == "http" else opens + 4 + k + (longer[opens + 4] == ord("s"))
            opens = opens[(longer[at] == ord(letter)) & (owner[at] == text[opens])]
    begun = np.full(n, -1)
    begun[opens] = opens
    closed = np.where((code <= 32) | (code > 126), place, np.where(new, place - 1, -1))
    address = np.maximum.accumulate(begun) > np.maximum.accumulate(closed) if n else new
    sign = code == ord("@")
    outside = ~(counts | (code == ord("_")) | (code == ord("-")) | sign)
    last = np.maximum.accumulate(np.where(sign, place, -1)) if n else place
    broken = np.maximum.accumulate(np.where(outside, place, np.where(new, place - 1, -1))) if n else place
    name = (last > broken) & (place - last <= _NAME)
    kept = counts & ~address & ~name
    return code[kept], np.bincount(text[kept], minlength=len(size))


def _exact(code: Words32, count: Places, shortest: int) -> Words:
    begin = np.cumsum(count) - count
    step = (np.arange(len(code)) - np.repeat(begin, count) + 1).astype(np.uint64)
    each = _mix(code.astype(np.uint64) + np.uint64(_GOLDEN) * step)
    total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(each, dtype=np.uint64)])
    found = _mix(total[begin + count] - total[begin] + count.astype(np.uint64))
    return np.where(count >= max(shortest, 1), np.maximum(found, np.uint64(1)), np.uint64(0))


def _near(code: Words32, count: Places, made: Plan) -> tuple[Sketch, Words]:
    n = len(count)
    sketch, bands = np.zeros((n, K), dtype=np.uint8), np.zeros((n, made.bands), dtype=np.uint64)
    has = np.flatnonzero(count >= max(GRAM, made.shortest))
    if not len(has):
        return sketch, bands
    begin = (np.cumsum(count) - count)[has]
    grams = count[has] - GRAM + 1
    start = np.cumsum(grams) - grams
    at = np.arange(int(grams.sum())) + np.repeat(begin - start, grams)
    c = code.astype(np.uint64)
    front, back = c[at] << np.uint64(32) | c[at + 1], c[at + 2] << np.uint64(32) | c[at + 3]
    x = (_mix(front * np.uint64(_GOLDEN) + back) >> np.uint64(32)).astype(np.uint32)
    low = np.empty((K, len(has)), dtype=np.uint32)
    for k in range(K):
        np.minimum.reduceat((x ^ made.toggle[k]) * made.factor[k], start, out=low[k])
    sketch[has] = (((low ^ (low >> np.uint32(15))) * np.uint32(0x9E3779B1)) >> np.uint32(24)).astype(np.uint8).T
    for b in range(made.bands):
        key = np.full(len(has), b + 1, dtype=np.uint64)
        for k in range(b * made.rows, (b + 1) * made.rows):
            key = _mix(key * np.uint64(_GOLDEN) + low[k])
        bands[has, b] = np.maximum(key, np.uint64(1))
    return sketch, bands
