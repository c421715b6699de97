"""Parts of hand-labelled texts that are never split: what belongs together, and folds of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from halfstep.native.grams import Grams, rows
from halfstep.native.texts import Texts

__all__ = ["Places", "fold", "together"]

Places = npt.NDArray[np.int64]


def together(texts: Texts, groups: Sequence[str] | npt.NDArray[np.generic], grams: Grams) -> Places:
    """Return the part of each text, shape (n,): texts of one group, or made of the same n-grams, are in one part.

    A text posted again under another id would otherwise be learnt on one side of a split and read on the other.
    """
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    codes, start = rows(texts, grams)
    same: dict[bytes, int] = {}
    text = np.array([
        same.setdefault(np.sort(codes[start[i] : start[i + 1]]).tobytes(), len(same)) for i in range(texts.n)
    ], dtype=np.int64)  # fmt: skip
    size = int(group.max(initial=-1)) + 1
    link = coo_array((np.ones(texts.n), (group, size + text)), shape=(size + len(same),) * 2)
    _, part = connected_components(link, directed=False)
    _, part = np.unique(part[group], return_inverse=True)
    return part.astype(np.int64)


def fold(part: Places, folds: int, rng: np.random.Generator) -> Places:
    """Return the fold of each text, shape (n,), of parts dealt out by lot; folds differ by few texts where parts are small."""
    size = np.bincount(part)
    lot = rng.permutation(len(size))
    lot = lot[np.argsort(-size[lot], kind="stable")]
    held = np.zeros(folds, dtype=np.int64)
    of = np.empty(len(size), dtype=np.int64)
    for p in lot:
        of[p] = int(np.argmin(held))
        held[of[p]] += size[p]
    return of[part]
