"""Which keys were met before, exactly, for any number of them, in bounded memory.

A filter of fixed size (Bloom 1970, one word a key) says of most new keys that they are new. Those it does not know are looked
up in sorted runs: a few in memory, the others in a temporary file. Beyond some 10^8 keys the filter is full and every key is
looked up: slower, still exact.
"""

from __future__ import annotations

import mmap
from tempfile import TemporaryFile
from typing import IO

import numpy as np
import numpy.typing as npt

__all__ = ["Seen"]

_Words = npt.NDArray[np.uint64]
_Mask = npt.NDArray[np.bool_]

_FILTER = 23
"""The filter has 2 ** 23 words: 64 MB, 9 bits a key at 6 x 10^7 keys, where it asks for one look-up in some 30 new keys."""
_MOST = 1 << 22
"""Keys in memory beside it (32 MB); more go to the file."""
_RUNS = 16
"""Runs in memory that are merged into one."""


class Seen:
    """Keys met so far."""

    def __init__(self, most: int = _MOST) -> None:
        self._filter = np.zeros(1 << _FILTER, dtype=np.uint64)
        self._recent: list[_Words] = []
        self._merged: list[_Words] = []
        self._kept: list[tuple[mmap.mmap, _Words]] = []
        self._most = most
        self._file: IO[bytes] | None = None

    def new(self, keys: _Words) -> _Mask:
        """Return which keys are met for the first time, in their order, and remember them; shape (n,)."""
        ordered = np.sort(keys)
        again = np.zeros(len(keys), dtype=bool)
        again[1:] = ordered[1:] == ordered[:-1]
        twice, ordered = ordered[again], ordered[~again]
        word, bits = ordered >> np.uint64(64 - _FILTER), _bits(ordered)
        maybe = np.flatnonzero((self._filter[word] & bits) == bits)
        known = ordered[maybe[self._known(ordered[maybe])]]
        starts = np.flatnonzero(np.diff(word, prepend=np.uint64(1 << _FILTER)))
        if len(starts):
            self._filter[word[starts]] |= np.bitwise_or.reduceat(bits, starts)
        self._remember(ordered if not len(known) else ordered[~_among(known, ordered)])
        out = np.ones(len(keys), dtype=bool)
        if len(twice):
            rows = np.flatnonzero(_among(np.unique(twice), keys))
            out[rows] = False
            out[rows[np.unique(keys[rows], return_index=True)[1]]] = True
        if len(known):
            out &= ~_among(known, keys)
        return out

    def close(self) -> None:
        """Let the temporary file go."""
        for held, run in self._kept:
            del run
            del held
        self._kept.clear()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _known(self, keys: _Words) -> _Mask:
        found = np.zeros(len(keys), dtype=bool)
        for run in (*self._recent, *self._merged):
            found |= _among(run, keys)
        for held, run in self._kept:
            found |= _among(run, keys)
            if hasattr(held, "madvise") and hasattr(mmap, "MADV_DONTNEED"):
                held.madvise(mmap.MADV_DONTNEED)
        return found

    def _remember(self, keys: _Words) -> None:
        self._recent.append(keys)
        if len(self._recent) >= _RUNS:
            self._merged.append(np.sort(np.concatenate(self._recent)))
            self._recent.clear()
        if sum(map(len, self._merged)) >= self._most:
            self._keep(np.sort(np.concatenate(self._merged)))
            self._merged.clear()
        elif len(self._merged) >= _RUNS:
            self._merged = [np.sort(np.concatenate(self._merged))]

    def _keep(self, run: _Words) -> None:
        """Append a run to the file, padded to whole pages, and map it."""
        if self._file is None:
            self._file = TemporaryFile(prefix="halfstep-ids-")  # noqa: SIM115
        start = -(-self._file.seek(0, 2) // mmap.ALLOCATIONGRANULARITY) * mmap.ALLOCATIONGRANULARITY
        self._file.seek(start)
        self._file.write(run.tobytes())
        self._file.flush()
        held = mmap.mmap(self._file.fileno(), run.nbytes, access=mmap.ACCESS_READ, offset=start)
        self._kept.append((held, np.frombuffer(held, dtype=np.uint64)))


def _bits(keys: _Words) -> _Words:
    """Return four bits of a word for each key, from parts of it that do not choose the word."""
    six, one = np.uint64(63), np.uint64(1)
    bits = np.zeros(len(keys), dtype=np.uint64)
    for shift in (0, 6, 12, 18):
        bits |= one << ((keys >> np.uint64(shift)) & six)
    return bits


def _among(run: _Words, keys: _Words) -> _Mask:
    at = np.searchsorted(run, keys)
    return np.asarray(run[np.minimum(at, len(run) - 1)] == keys, dtype=bool) if len(run) else np.zeros(len(keys), bool)
