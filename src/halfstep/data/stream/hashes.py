"""64-bit hashes of texts, all rows of a batch at once, the same in every process and on every machine.

Authors are hashed by SipHash-2-4 (Aumasson and Bernstein 2012) under a key made of the files themselves: it is a keyed
pseudo-random function, so that without the files nobody can try names until one fits, and no hash is written anywhere. Ids need no secret: their words of eight bytes
are taken in one after the other by the bijection of splitmix64 (Steele et al. 2014), six times as fast.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

__all__ = ["Key", "hashed", "key_of", "new_key", "row_keys"]

Key = tuple[int, int]
"""Two words of 64 bits."""

_Words = npt.NDArray[np.uint64]
_Places = npt.NDArray[np.int64]
_LONGEST = 256
"""Bytes; of a longer text the BLAKE2b digest is hashed, so that one row cannot hold up a batch."""
_STEP = 0x9E3779B97F4A7C15
_AT_ONCE = 4096
"""Texts whose state fits the nearest cache."""
_START = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
_ROUNDS = (2, 4)
"""Rounds for each word and at the end, as its authors propose."""


def new_key() -> Key:
    """Return a key that nobody knows."""
    return secrets.randbits(64), secrets.randbits(64)


def key_of(digest: str) -> Key:
    """Return the key that belongs to files of a given SHA-256, in hexadecimal: whoever lacks the files lacks it too."""
    words = np.frombuffer(blake2b(digest.encode(), digest_size=16, person=b"authors").digest(), "<u8")
    return int(words[0]), int(words[1])


def hashed(data: npt.NDArray[np.uint8], begin: _Places, end: _Places, key: Key | None = None) -> _Words:
    """Return hashes of texts in one buffer: SipHash-2-4 under a key, unkeyed ones under None; shape (n,).

    Parameters
    ----------
    data, begin, end
        Bytes, and where each text begins and ends; shapes (M,), (n,), (n,).
    """
    length = end - begin
    long = np.flatnonzero(length > _LONGEST)
    if len(long):
        digests = [blake2b(data[begin[i] : end[i]].tobytes(), digest_size=32).digest() for i in long]
        tail = np.frombuffer(b"".join(digests), dtype=np.uint8)
        begin, length = begin.copy(), length.copy()
        begin[long], length[long] = len(data) + 32 * np.arange(len(long)), 32
        data = np.concatenate([data, tail])
    raw = data.tobytes() + bytes(8)
    words: _Words = np.ndarray((len(raw) - 7,), "<u8", raw, 0, (1,))
    spans = [slice(i, i + _AT_ONCE) for i in range(0, len(begin), _AT_ONCE)]
    parts = [
        _mixed(words, begin[at], length[at]) if key is None else _siphash(words, begin[at], length[at], key)
        for at in spans
    ]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.uint64)


def row_keys(row: _Places) -> _Words:
    """Return a key of each row number (splitmix64); it says nothing of what the row holds."""
    z = (row.astype(np.uint64) + np.uint64(1)) * np.uint64(_STEP)
    _mix(z)
    return z


def _mix(z: _Words) -> None:
    """Stir the bits of each word, in place; no two words become one."""
    z ^= z >> np.uint64(30)
    z *= np.uint64(0xBF58476D1CE4E5B9)
    z ^= z >> np.uint64(27)
    z *= np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)


def _mixed(words: _Words, begin: _Places, length: _Places) -> _Words:
    """Return hashes without a key."""
    whole = length // 8
    h = (length.astype(np.uint64) + np.uint64(1)) * np.uint64(_STEP)
    for k in range(int(whole.max(initial=0))):
        active = np.flatnonzero(whole > k)
        every = len(active) == len(begin)
        part = h if every else h[active]
        part ^= words[(begin if every else begin[active]) + 8 * k]
        _mix(part)
        part += np.uint64(_STEP)
        if not every:
            h[active] = part
    h ^= _rest(words, begin + 8 * whole, length)
    _mix(h)
    return h


def _rest(words: _Words, begin: _Places, length: _Places) -> _Words:
    """Return the bytes after the last whole word, zeros above them."""
    left = (length % 8).astype(np.uint64)
    low, eight = np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(8)
    mask = np.where(left > 0, low >> ((eight - np.maximum(left, np.uint64(1))) * eight), np.uint64(0))
    return np.asarray(words[begin] & mask, dtype=np.uint64)


def _siphash(words: _Words, begin: _Places, length: _Places, key: Key) -> _Words:
    """Return SipHash-2-4; `words` has the eight bytes from each byte on."""
    whole, (each, last) = length // 8, _ROUNDS
    state = [np.full(len(begin), word ^ key[i % 2], dtype=np.uint64) for i, word in enumerate(_START)]
    for k in range(int(whole.max(initial=0))):
        active = np.flatnonzero(whole > k)
        if len(active) == len(begin):
            _take(state, words[begin + 8 * k], each)
        else:
            part = [v[active] for v in state]
            _take(part, words[begin[active] + 8 * k], each)
            for v, changed in zip(state, part, strict=True):
                v[active] = changed
    _take(state, _rest(words, begin + 8 * whole, length) | (length.astype(np.uint64) << np.uint64(56)), each)
    state[2] ^= np.uint64(0xFF)
    for _ in range(last):
        _round(state)
    return np.asarray(state[0] ^ state[1] ^ state[2] ^ state[3], dtype=np.uint64)


def _take(state: list[_Words], word: _Words, rounds: int) -> None:
    state[3] ^= word
    for _ in range(rounds):
        _round(state)
    state[0] ^= word


def _round(v: list[_Words]) -> None:
    """One SipRound, in place; sums wrap."""
    v[0] += v[1]
    _turn(v[1], 13)
    v[1] ^= v[0]
    _turn(v[0], 32)
    v[2] += v[3]
    _turn(v[3], 16)
    v[3] ^= v[2]
    v[0] += v[3]
    _turn(v[3], 21)
    v[3] ^= v[0]
    v[2] += v[1]
    _turn(v[1], 17)
    v[1] ^= v[2]
    _turn(v[2], 32)


def _turn(word: _Words, by: int) -> None:
    """Rotate to the left in place."""
    high = word >> np.uint64(64 - by)
    word <<= np.uint64(by)
    word |= high
