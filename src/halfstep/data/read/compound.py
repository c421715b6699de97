"""Compound files, in which .xls workbooks lie [MS-CFB]: sectors chained by a table, a directory of streams.

What a broken one says of itself is checked before the reader of values believes it: chains without end and lengths
beyond the file would take all memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import unpack_from

from halfstep.data.read.marks import BrokenWorkbookError

__all__ = ["stream_of"]

_NONE = 0xFFFFFFFA
"""This and the numbers above it name no sector."""


def stream_of(raw: bytes, names: Sequence[str]) -> bytes:
    """Return the first stream of one of these names, lower case."""
    shift, small_shift = unpack_from("<HH", raw, 30)
    counts = [unpack_from("<I", raw, at)[0] for at in (40, 44, 64, 72)]
    if shift not in (9, 12) or small_shift != 6 or max(counts) > (len(raw) >> shift):
        raise BrokenWorkbookError("its first sector says what cannot be")
    sectors = _Sectors(raw[1 << shift :], 1 << shift, _table(raw, 1 << shift))
    directory_at, cutoff, small_at = unpack_from("<I4xII", raw, 48)
    entries = sectors.chain(directory_at)
    found: dict[str, tuple[int, int]] = {}
    for at in range(0, len(entries) - 127, 128):
        letters = min(unpack_from("<H", entries, at + 64)[0], 64) - 2
        name = entries[at : at + max(letters, 0)].decode("utf-16-le", errors="replace").casefold()
        start, length, high = unpack_from("<III", entries, at + 116)
        if entries[at + 66] in (2, 5) and (length > len(raw) or (high and shift == 12)):
            raise BrokenWorkbookError("one of its streams is longer than the file")
        found.setdefault(name, (start, length))
    if "encryptedpackage" in found:
        raise BrokenWorkbookError("it is encrypted; save it without a password")
    start, length = next((found[name] for name in names if name in found), (0, 0))
    if not length:
        raise BrokenWorkbookError("it holds no workbook")
    small = _Sectors(sectors.chain(found["root entry"][0]), 64, _numbers(sectors.chain(small_at)))
    return (small if length < cutoff else sectors).chain(start)[:length]


class _Sectors:
    """Blocks of a size, and after each the next of its stream."""

    def __init__(self, content: bytes, size: int, following: list[int]) -> None:
        if _endless(following):
            raise BrokenWorkbookError("its sectors follow each other without end")
        self.content, self.size, self.following = content, size, following

    def chain(self, start: int) -> bytes:
        """Return a stream from its first block."""
        parts = []
        while start < _NONE:
            if start >= len(self.following):
                raise BrokenWorkbookError("a sector is named that is not there")
            parts.append(self.content[start * self.size : (start + 1) * self.size])
            start = self.following[start]
        return b"".join(parts)


def _table(raw: bytes, size: int) -> list[int]:
    """Return which sector follows each; the table lies in sectors listed in the first one and in a chain of its own."""
    held = [i for i in unpack_from("<109I", raw, 76) if i < _NONE]
    at, seen = unpack_from("<I", raw, 68)[0], set()
    while at < _NONE:
        if at in seen:
            raise BrokenWorkbookError("its sectors follow each other without end")
        seen.add(at)
        *listed, at = _numbers(raw[(at + 1) * size : (at + 2) * size]) or [_NONE]
        held += [i for i in listed if i < _NONE]
    if len(held) > len(raw) // size:
        raise BrokenWorkbookError("its table is longer than the file")
    return _numbers(b"".join(raw[(i + 1) * size : (i + 2) * size] for i in held))


def _endless(following: list[int]) -> bool:
    """Say whether following some block leads round in a circle."""
    state = bytearray(len(following))
    for start in range(len(following)):
        path, at = [], start
        while at < len(following) and not state[at]:
            state[at] = 1
            path.append(at)
            at = following[at]
        if at < len(following) and state[at] == 1:
            return True
        for i in path:
            state[i] = 2
    return False


def _numbers(block: bytes) -> list[int]:
    return list(unpack_from(f"<{len(block) // 4}I", block))
