"""Sorted runs of signatures, in memory or in temporary files, read part by part of their keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from halfstep.native.texts import Places

__all__ = ["Run", "Runs", "some"]

Held = npt.NDArray[Any]
Words = npt.NDArray[np.uint64]
_LIGHT = 64
"""Bytes that a text takes while keys are sorted, sort and copies included."""
_BITS = 24
"""Of a band's entry that say whose it is; the others are those of its key. Equal by chance, keys cost a comparison."""


def some(parts: list[Places]) -> Places:
    """Return rows put together; none of none."""
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Distinct texts, by exact signature, fewer than 2^24; of each band their keys with whose they are, ascending.

    Attributes
    ----------
    start, stop
        The texts' numbers over all runs.
    held
        Arrays "exact", "row", "count", "sketch" of the texts, "key<band>" of the bands; or the folder of files.
    """

    start: int
    stop: int
    held: dict[str, Held] | Path

    @classmethod
    def of(cls, texts: dict[str, Held], bands: Words, start: int, folder: Path | None) -> Run:
        """Sort bands, shape (bands, texts), and write all to a folder if one is named."""
        held = dict(texts)
        if folder is not None:
            folder.mkdir()
        low = np.uint64((1 << _BITS) - 1)
        for band, keys in enumerate(bands):
            there = np.flatnonzero(keys)
            held[f"key{band}"] = np.sort((keys[there] & ~low) | there.astype(np.uint64))
            if folder is not None:
                held = _written(held, folder)
        if folder is not None:
            _written(held, folder)
        return cls(start, start + len(texts["exact"]), held if folder is None else folder)

    def part(self, name: str) -> Held:
        """Return an array, mapped if it is in a file."""
        if isinstance(self.held, Path):
            mapped: Held = np.load(self.held / f"{name}.npy", mmap_mode="r")
            return mapped
        return self.held[name]

    def between(self, keys: str, low: int, high: int) -> slice:
        """Return where keys from `low` to below `high` stand."""
        held = self.part(keys)
        first = np.searchsorted(held, np.uint64(low), side="left")
        return slice(int(first), int(np.searchsorted(held, np.uint64(high - 1), side="right")))


def _written(held: dict[str, Held], folder: Path) -> dict[str, Held]:
    for name, array in held.items():
        np.save(folder / f"{name}.npy", array)
    return {}


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """All runs.

    Attributes
    ----------
    all
        In order of their numbers.
    limit
        Bytes that a part may take.
    gone
        A bit for each text: another run has an equal one with an earlier row.
    """

    all: tuple[Run, ...]
    limit: int
    gone: npt.NDArray[np.uint8] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with all texts."""
        object.__setattr__(self, "gone", np.zeros(self.n // 8 + 1, dtype=np.uint8))

    @property
    def n(self) -> int:
        """Number of texts over all runs."""
        return self.all[-1].stop if self.all else 0

    def _parts(self) -> Iterator[tuple[int, int]]:
        """Yield ranges of keys, each of about `limit` bytes."""
        count = max(1, -(-self.n * _LIGHT // self.limit))
        cuts = [((1 << 64 - _BITS) * i // count) << _BITS for i in range(count + 1)]
        yield from pairwise(cuts)

    def texts(self) -> Iterator[tuple[Words, Places, Places, Places]]:
        """Yield exact signatures, rows, counts and numbers, by ranges of signatures."""
        for low, high in self._parts():
            read = [(run, run.between("exact", low, high)) for run in self.all]
            yield (
                np.concatenate([np.empty(0, np.uint64), *(run.part("exact")[at] for run, at in read)]),
                some([run.part("row")[at] for run, at in read]),
                some([run.part("count")[at] for run, at in read]),
                some([np.arange(run.start + at.start, run.start + at.stop) for run, at in read]),
            )

    def drop(self, at: Places) -> None:
        """Leave texts out of bands."""
        np.bitwise_or.at(self.gone, at >> 3, (1 << (at & 7)).astype(np.uint8))

    def buckets(self, band: int) -> Iterator[tuple[Places, Places]]:
        """Yield which texts share a key of a band with another: bucket and number, by bucket."""
        for low, high in self._parts():
            read = [(run, run.part(f"key{band}")[run.between(f"key{band}", low, high)]) for run in self.all]
            entry = np.concatenate([np.empty(0, np.uint64), *(part for _, part in read)])
            number = (entry & np.uint64((1 << _BITS) - 1)).astype(np.int64)
            starts = np.array([run.start for run, _ in read], dtype=np.int64)
            number += np.repeat(starts, np.array([len(part) for _, part in read], dtype=np.int64))
            key = entry >> np.uint64(_BITS)
            there = np.flatnonzero((self.gone[number >> 3] >> (number & 7).astype(np.uint8) & 1) == 0)
            key, number = key[there], number[there]
            if len(read) > 1:
                order = np.argsort(key, kind="stable")
                key, number = key[order], number[order]
            same = np.zeros(len(key) + 1, dtype=np.bool_)
            same[1:-1] = key[1:] == key[:-1]
            shared = np.flatnonzero(same[1:] | same[:-1])
            if len(shared):
                yield np.cumsum(~same[:-1], dtype=np.int64)[shared], number[shared]

    def rows(self, at: Places) -> Places:
        """Return rows of texts, by number."""
        return self._gathered("row", at, np.empty(len(at), dtype=np.int64))

    def agreement(self, a: Places, b: Places) -> npt.NDArray[np.float64]:
        """Return the part of permutations in which sketches of pairs agree."""
        out = np.empty(len(a))
        each = max(1, self.limit // 1024)
        for first in range(0, len(a), each):
            some_a, some_b = a[first : first + each], b[first : first + each]
            distinct, where = np.unique(np.concatenate([some_a, some_b]), return_inverse=True)
            held = self._gathered("sketch", distinct, np.empty((len(distinct), self._width()), dtype=np.uint8))
            left, right = where[: len(some_a)], where[len(some_a) :]
            out[first : first + each] = (held[left] == held[right]).mean(axis=1)
        return out

    def _width(self) -> int:
        return int(self.all[0].part("sketch").shape[1])

    def _gathered(self, name: str, at: Places, out: Held) -> Held:
        if len(self.all) == 1:
            out[:] = self.all[0].part(name)[at]
            return out
        order = np.argsort(at, kind="stable")
        cuts = np.searchsorted(at[order], [run.start for run in self.all] + [self.n])
        for run, first, last in zip(self.all, cuts[:-1], cuts[1:], strict=True):
            if last > first:
                out[order[first:last]] = run.part(name)[at[order[first:last]] - run.start]
        return out
