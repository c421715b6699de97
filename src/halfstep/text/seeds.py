"""Heads from seed words alone, where nobody has labelled anything yet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from halfstep.core.errors import MisuseError
from halfstep.native.grams import Grams, rows
from halfstep.native.texts import pack
from halfstep.text.assemble import assembled
from halfstep.text.cuts import Cuts
from halfstep.text.heads import Heads

__all__ = ["GRAMS", "seeded"]

GRAMS = Grams(low=1, high=3, words=2)
"""Characters for scripts without blanks, whole words for the others."""
LONG = 10_000
"""N-grams of the longest text in which one seed word is still enough; about 3,000 characters."""
_BEYOND = 0x2E80


def seeded(names: tuple[str, ...], words: Sequence[Sequence[str]]) -> Heads:
    """Return heads that say yes where a seed word stands, one head a codebook entry.

    A word weighs one, shared out over its longest n-grams: words of up to three characters, or of up to two words of letters, are
    found exactly, longer ones also by a part. Nothing calibrates such heads. Their probability is a stand-in (.5 at the cut, .9
    for one word among a hundred n-grams) and their card says "seed words".

    Examples
    --------
    >>> seeded(("touchpoint.price",), (("价格", "price"),)).card["by"]
    'seed words'
    """
    if len(names) != len(words):
        raise MisuseError(f"expected seed words for each of {len(names)} heads, got {len(words)} sets of them")
    weight = np.zeros((1 << GRAMS.bits, len(names)))
    for h, of_head in enumerate(words):
        for word in dict.fromkeys(of_head):
            row = _longest(word)
            if len(row):
                weight[np.unique(row), h] = np.maximum(weight[np.unique(row), h], 1 / len(row))
    H = len(names)
    cut = np.full(H, 1 / np.sqrt(LONG))
    slope = np.full(H, np.log(9) / (1 / np.sqrt(100) - 1 / np.sqrt(LONG)))
    cuts = Cuts(slope, -slope * cut, cut * (1 - 1e-6), np.zeros(H, dtype=np.bool_))
    card: dict[str, str | float | int] = {
        "by": "seed words",
        "posts": 0,
        "heads": H,
        "words": sum(len(w) for w in words),
    }
    return assembled(GRAMS, names, (weight, np.ones(len(weight)), np.zeros(H)), cuts, card)


def _longest(word: str) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Return the rows of a word's longest n-grams."""
    texts = pack([word])
    if all(ord(letter) < _BEYOND for letter in word):
        shorter = np.empty(0, dtype=np.int32)
        for most in range(1, GRAMS.words + 1):
            found, _ = rows(texts, Grams(low=0, high=0, words=most))
            longest = np.setdiff1d(found, shorter)
            if most > 1 and not len(longest):
                break
            shorter, kept = found, longest
        return kept
    for length in range(GRAMS.high, 0, -1):
        found, _ = rows(texts, Grams(low=length, high=length))
        if len(found):
            return found
    return np.empty(0, dtype=np.int32)
