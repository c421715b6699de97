"""Cells of one column as bytes and places: checked to be UTF-8, blanks around them off, numbers in their own digits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Column", "column_of", "words_of"]

_Mask = npt.NDArray[np.bool_]
_EXACT = 2.0**53
"""Larger whole numbers lose digits as floating-point ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of texts.

    Attributes
    ----------
    array
        Large strings, none null.
    data, begin, end
        Bytes, and where each text begins and ends in them.
    bad
        Rows whose bytes are no UTF-8 (their text is blank here).
    floating
        Rows that came as floating-point numbers and are whole; "rounded" ones are too large or no whole numbers.
    """

    array: pa.Array
    data: npt.NDArray[np.uint8]
    begin: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    bad: _Mask | None = None
    floating: _Mask | None = None
    rounded: _Mask | None = None

    @property
    def blank(self) -> _Mask:
        """Rows without a text."""
        return np.asarray(self.begin == self.end, dtype=bool)


def column_of(cells: pa.Array, *, strip: bool = True) -> Column:
    """Return cells of any plain type as texts."""
    kind, floating, rounded = cells.type, None, None
    if pa.types.is_dictionary(kind):
        cells, kind = cells.cast(kind.value_type), kind.value_type
    if pa.types.is_floating(kind):
        cells, floating, rounded = _of_floats(cells)
    elif pa.types.is_decimal(kind) and kind.scale == 0:
        cells = cells.cast(pa.string())
    bad, binary = None, pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind)
    texts = _large(cells.cast(pa.large_binary()) if binary else cells)
    if binary or kind in (pa.string(), pa.large_string(), pa.string_view()):
        wrong = _wrong(texts)
        if wrong is not None:
            bad = wrong
            texts = pa.array([None if w else t for w, t in zip(wrong, _raw(texts), strict=True)], pa.large_binary())
            texts = _large(texts)
    array = pa.LargeStringArray.from_buffers(len(texts), texts.buffers()[1], texts.buffers()[2], offset=texts.offset)
    if strip and _loose(array):
        array = pc.utf8_trim_whitespace(array)
    data, offsets = _buffers(array)
    return Column(array, data, offsets[:-1], offsets[1:], bad, floating, rounded)


def words_of(column: Column) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the different texts, and which of them each row holds."""
    coded = column.array.dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def _of_floats(cells: pa.Array) -> tuple[pa.Array, _Mask, _Mask]:
    value = cells.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    filled = np.isfinite(value)
    whole = filled & (np.trunc(value) == value) & (np.abs(value) < _EXACT)
    texts = pc.if_else(
        pa.array(whole), pa.array(np.where(whole, value, 0).astype(np.int64)).cast(pa.string()), cells.cast(pa.string())
    )
    return pc.if_else(pa.array(filled), texts, pa.scalar("", pa.string())), whole, filled & ~whole


def _large(cells: pa.Array) -> pa.Array:
    """Return an array with offsets of 64 bits and no nulls."""
    wide = pa.large_binary() if cells.type == pa.large_binary() else pa.large_string()
    cells = cells if cells.type == wide else cells.cast(wide)
    return cells.fill_null(b"" if wide == pa.large_binary() else "") if cells.null_count else cells


def _buffers(array: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    _, places, data = array.buffers()
    if places is None or not len(array):
        return np.zeros(0, np.uint8), np.zeros(len(array) + 1, np.int64)
    offsets = np.frombuffer(places, np.int64)[array.offset : array.offset + len(array) + 1]
    return (np.zeros(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)), offsets


def _raw(texts: pa.Array) -> list[bytes]:
    data, offsets = _buffers(texts)
    whole = data.tobytes()
    return [whole[a:b] for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)]


def _wrong(texts: pa.Array) -> _Mask | None:
    """Return which texts are no UTF-8; None where all are: the whole buffer is, and no text begins inside a character."""
    data, offsets = _buffers(texts)
    first, last = int(offsets[0]), int(offsets[-1])
    if first == last:
        return None
    begins = offsets[:-1][offsets[:-1] < last]
    inside = bool(((data[begins] & 0xC0) == 0x80).any())
    if not inside:
        ends = pa.py_buffer(np.array([first, last], dtype=np.int64))
        one = pa.Array.from_buffers(pa.large_string(), 1, [None, ends, texts.buffers()[2]])
        if _is_utf8(one):
            return None
    whole = data.tobytes()
    found = [_decodes(whole[begin:end]) for begin, end in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)]
    return None if all(found) else ~np.array(found, dtype=bool)


def _is_utf8(one: pa.Array) -> bool:
    """Say whether the one value of an array of texts is UTF-8."""
    try:
        one.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _decodes(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _loose(array: pa.Array) -> bool:
    """Say whether some text may begin or end with a blank."""
    data, offsets = _buffers(array)
    some = offsets[1:] > offsets[:-1]
    edges = np.concatenate([data[offsets[:-1][some]], data[offsets[1:][some] - 1]])
    return bool((edges <= 32).any() or (edges >= 0x80).any())
