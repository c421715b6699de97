"""Texts said again, letter for letter or nearly: signatures batch by batch, folded in bounded memory.

What planted edits of forum posts (median about 40 characters) came to at a similarity of .8: pictures, punctuation, addresses
or names put in are found in 99.9%; a word put before in 96%, a sentence added in 57%, 1%, 2% and 5% of characters changed in
52%, 46% and 9%, because in so short a text one letter takes up to four 4-grams with it. Of pairs whose true similarity is .8
or more 85 to 99% are found (the estimate errs by .035, and most edits lie close to .8), of those below .7 at most .05%. At .6:
5% of characters changed are found in 70%, pairs of .6 or more in 89 to 99.9%, those below .5 in at most .2%.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from halfstep.core.errors import MisuseError
from halfstep.native import copies as loops
from halfstep.native.copies import GRAM, K, Plan, Sketch, Words
from halfstep.native.texts import Places, Texts
from halfstep.text.runs import Run, Runs, some

__all__ = ["Copies", "Folder", "Signatures", "bands", "signatures"]

_MISSED = 0.01
_LEADERS = 64
_CHANCE = 1 / 256
"""With which two texts agree in eight bits of a permutation in which they differ."""
_EDGES = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Signatures:
    """What copies of texts are found by; signatures of one `similar` and one `shortest` can be compared, wherever made.

    Attributes
    ----------
    exact
        Equal where the reduced texts are, shape (n,); 0: too short to be anybody's copy.
    sketch
        Eight bits of each of K least permutations, shape (n, K).
    bands
        Shape (n, bands); 0: too short for 4-grams, copies letter for letter only.
    """

    exact: Words
    sketch: Sketch
    bands: Words


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """What is said again.

    Attributes
    ----------
    copy_rows
        Every row but the first of its group, ascending.
    first, size
        First row and number of rows of every group of two or more, by first row, shape (groups,).
    """

    copy_rows: Places
    first: Places
    size: Places


def bands(similar: float) -> tuple[int, int]:
    """Return rows of a band and bands.

    Two texts of similarity J share a band of b with probability ``1 - (1 - J^r)^b`` (Leskovec, Rajaraman and Ullman 2014,
    Mining of Massive Datasets, 3.4). r is the largest, so the least is compared in vain, at which K permutations miss at most
    one pair in a hundred that is just similar enough; at 1 there are no bands.

    Examples
    --------
    >>> bands(0.8), bands(0.5), bands(1.0)
    ((6, 16), (3, 35), (0, 0))
    """
    if not 0.3 < similar <= 1:
        raise MisuseError(f"expected a similarity above .3 up to 1, got {similar}")
    if similar == 1:
        return 0, 0
    for r in range(K, 0, -1):
        b = math.ceil(math.log(_MISSED) / math.log1p(-(similar**r)))
        if r * b <= K:
            return r, b
    raise AssertionError(similar)


def signatures(texts: Texts, similar: float, shortest: int = GRAM) -> Signatures:
    """Return signatures of texts.

    Parameters
    ----------
    texts
        As they were written; what is dropped and folded stands in `halfstep.native.copies`.
    similar
        Jaccard similarity of character 4-grams from which two texts are copies; 1: letter for letter only.
    shortest
        Characters that count below which a text is nobody's copy. Four: whoever writes three characters or fewer, or
        pictures only, writes what many write on their own. Below four, such texts are copies letter for letter only.
    """
    rows, count = bands(similar)
    made: Plan = loops.plan(rows, count, shortest)
    return Signatures(*loops.signatures(texts, made))


class Folder:
    """Folds texts said again, batch after batch.

    Two texts are joined if their reduced texts are equal, or if they share a band and their sketches agree in a part m of
    permutations with ``(m - 1/256) / (1 - 1/256) >= similar`` (Li & Koenig 2010). Within a band every text is compared with
    the earliest that is not yet joined to an earlier one, for up to 64 such leaders. Groups are what is joined, directly or
    over others. The answer does not depend on batches, their order, or what was written to disk.

    Beyond `limit` nothing is held but the answer (8 bytes a copy) and, while it is made, about 100 bytes a text that nearly
    repeats another. On disk a distinct text of a run takes 152 + 8 bands bytes. Temporary files are gone after `close`,
    after the block of a `with`, and when the program ends, by Ctrl-C too.

    Parameters
    ----------
    similar
        That of the signatures.
    limit
        Bytes from which sorted runs are written to disk, 64 KB to 8 GB; a quarter of them is one run. Twice as much may be
        held while they are sorted.
    folder
        Where temporary files go; None: the system's folder for them.

    Examples
    --------
    >>> from halfstep.native.texts import pack
    >>> folder = Folder(0.8)
    >>> folder.add(np.arange(4), signatures(pack(["新车到店，欢迎试驾！", "好", "新车到店 欢迎试驾", "好"]), 0.8))
    >>> found = folder.close()
    >>> found.copy_rows.tolist(), found.first.tolist(), found.size.tolist()
    ([2], [0], [2])
    """

    def __init__(self, similar: float, limit: int = 1 << 27, folder: Path | None = None) -> None:
        self._similar = similar
        self._bands = bands(similar)[1]
        self._limit = min(max(limit, 1 << 16), 1 << 33)  # fewer than 2^24 texts a run
        self._where = folder
        self._disk: TemporaryDirectory[str] | None = None
        self._batches: list[tuple[Places, Signatures]] = []
        self._bytes = 0
        self._runs: list[Run] = []
        self._copies: list[Places] = []

    def __enter__(self) -> Folder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clear()

    def add(self, row: Places, made: Signatures) -> None:
        """Add texts: their rows, no row twice, and their signatures."""
        n = len(row)
        shapes = made.exact.shape, made.sketch.shape, made.bands.shape
        if shapes != ((n,), (n, K), (n, self._bands)):
            raise MisuseError(
                f"expected signatures of {n} rows made for a similarity of {self._similar}, got shapes {shapes}; "
                "give both the same similarity"
            )
        kept = np.flatnonzero(made.exact)
        part = Signatures(made.exact[kept], made.sketch[kept], made.bands[kept])
        self._batches.append((np.asarray(row, dtype=np.int64)[kept], part))
        self._bytes += len(kept) * (16 + K + 8 * self._bands)
        if self._bytes > self._limit // 4:
            if self._disk is None:
                self._disk = TemporaryDirectory(prefix="halfstep-copies-", dir=self._where)
            self._run(Path(self._disk.name))

    def close(self) -> Copies:
        """Return what is said again; nothing can be added afterwards."""
        try:
            self._run(None)
            runs = Runs(tuple(self._runs), self._limit // 4)
            joined = _Joined()
            first, size = self._equal(runs)
            for band in range(self._bands):
                for at in runs.buckets(band):
                    joined.add(self._similar_in(runs, at))
            return _answer(self._copies, (first, size), joined.components())
        finally:
            self._clear()

    def _clear(self) -> None:
        self._batches, self._runs, self._copies, self._bytes = [], [], [], 0
        if self._disk is not None:
            self._disk.cleanup()
            self._disk = None

    def _run(self, folder: Path | None) -> None:
        """Make one run of what has been added since the last."""
        if not self._batches:
            return
        row = np.concatenate([row for row, _ in self._batches])
        made = [part for _, part in self._batches]
        exact = np.concatenate([part.exact for part in made])
        order = np.lexsort((row, exact))
        first = np.ones(len(order), dtype=np.bool_)
        first[1:] = exact[order[1:]] != exact[order[:-1]]
        self._copies.append(row[order[~first]])
        start, kept = np.flatnonzero(first), order[first]
        del order
        count = np.diff(np.concatenate([start, np.full(1, len(row))]))
        sketch, banded = np.concatenate([part.sketch for part in made]), np.concatenate([part.bands for part in made])
        self._batches, self._bytes = [], 0
        offset = self._runs[-1].stop if self._runs else 0
        self._runs.append(
            Run.of(
                {"exact": exact[kept], "row": row[kept], "count": count, "sketch": sketch[kept]},
                banded[kept].T,
                offset,
                folder and folder / str(len(self._runs)),
            )
        )

    def _equal(self, runs: Runs) -> tuple[Places, Places]:
        """Fold equal texts of all runs; return first row and number of rows of those said at least twice."""
        firsts, sizes = [], []
        for exact, row, count, at in runs.texts():
            order = np.lexsort((row, exact))
            exact, row, count, at = exact[order], row[order], count[order], at[order]
            new = np.ones(len(row), dtype=np.bool_)
            new[1:] = exact[1:] != exact[:-1]
            self._copies.append(row[~new])
            runs.drop(at[~new])
            total = np.add.reduceat(count, np.flatnonzero(new)) if len(row) else count
            several = total > 1
            firsts.append(row[new][several])
            sizes.append(total[several])
        return some(firsts), some(sizes)

    def _similar_in(self, runs: Runs, found: tuple[Places, Places]) -> tuple[Places, Places]:
        """Return rows of a band's texts and of those before them that they are similar to."""
        bucket, at = found
        row = runs.rows(at)
        order = np.lexsort((row, bucket))
        bucket, at, row = bucket[order], at[order], row[order]
        again, before = [], []
        for _ in range(_LEADERS):
            new = np.ones(len(bucket), dtype=np.bool_)
            new[1:] = bucket[1:] != bucket[:-1]
            leader = np.flatnonzero(new)[np.cumsum(new) - 1] if len(bucket) else bucket
            rest = np.flatnonzero(~new)
            if not len(rest):
                break
            alike = (runs.agreement(at[rest], at[leader[rest]]) - _CHANCE) / (1 - _CHANCE) >= self._similar
            again.append(row[rest[alike]])
            before.append(row[leader[rest[alike]]])
            rest = rest[~alike]
            bucket, at, row = bucket[rest], at[rest], row[rest]
        return some(again), some(before)


class _Joined:
    """Rows joined to each other, and the first row of each one's component."""

    def __init__(self) -> None:
        self._row = self._first = np.empty(0, dtype=np.int64)
        self._waiting: list[tuple[Places, Places]] = []
        self._edges = 0

    def add(self, pairs: tuple[Places, Places]) -> None:
        self._waiting.append(pairs)
        self._edges += len(pairs[0])
        if self._edges > _EDGES:
            self.components()

    def components(self) -> tuple[Places, Places]:
        """Return rows, ascending, and the first row of each one's component."""
        if self._edges:
            a = np.concatenate([self._row, *(a for a, _ in self._waiting)])
            b = np.concatenate([self._first, *(b for _, b in self._waiting)])
            row, place = np.unique(np.concatenate([a, b]), return_inverse=True)
            graph = coo_array(
                (np.ones(len(a), np.bool_), (place[: len(a)], place[len(a) :])), shape=(len(row), len(row))
            )
            _, component = connected_components(graph, directed=False)
            _, opens, of = np.unique(component, return_index=True, return_inverse=True)
            self._row, self._first = row, row[opens][of]
        self._waiting, self._edges = [], 0
        return self._row, self._first


def _answer(copies: list[Places], equal: tuple[Places, Places], near: tuple[Places, Places]) -> Copies:
    """Put equal and similar texts together."""
    order = np.argsort(equal[0])
    first, size = equal[0][order], equal[1][order]
    row, leader = near
    if len(first):
        at = np.minimum(np.searchsorted(first, row), len(first) - 1)
        own: npt.NDArray[np.int64] = np.where(first[at] == row, size[at], 1)
        alone = np.ones(len(first), dtype=np.bool_)
        alone[at[first[at] == row]] = False
        first, size = first[alone], size[alone]
    else:
        own = np.ones(len(row), dtype=np.int64)
    group, of = np.unique(leader, return_inverse=True)
    total = np.zeros(len(group), dtype=np.int64)
    np.add.at(total, of, own)
    first, size = np.concatenate([first, group]), np.concatenate([size, total])
    order = np.argsort(first)
    rows = np.sort(some([*copies, row[leader != row]]))
    return Copies(rows, first[order], size[order])
