"""Who is named in texts: compiled where it was built, else NumPy, which stands here; both give the same places.

Texts and spellings are folded: ASCII capitals to small letters, full-width forms (U+FF01..FF5E) to ASCII and then likewise,
every run of white space (Unicode's property White_Space) to one blank. Bytes that are no UTF-8 equal themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.native.chosen import chosen
from halfstep.native.grams import slabs
from halfstep.native.texts import Bytes, Places, Texts, pack

__all__ = ["Mentions", "Spellings", "find", "folded", "windows"]

Names = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class Spellings:
    """How names are written.

    Attributes
    ----------
    data
        Folded spellings, one after the other.
    at
        Where each begins, and where the last ends, shape (n + 1,); none is empty, none begins or ends with a blank.
    name
        Whose spelling, 0 to `names` - 1, shape (n,).
    never
        True: a word in which the name is not meant, shape (n,).
    names
        How many names there are.
    """

    data: Bytes
    at: Places
    name: Names
    never: Mask
    names: int


@dataclass(frozen=True, slots=True, eq=False)
class Mentions:
    """Places at which names stand, sorted by text, then begin, then name.

    Attributes
    ----------
    text
        Which text, shape (m,).
    name
        Which name, shape (m,).
    begin, end
        Bytes of the buffer, end exclusive, shape (m,).
    """

    text: Places
    name: Names
    begin: Places
    end: Places

    @property
    def m(self) -> int:
        """Number of mentions."""
        return len(self.text)


def find(texts: Texts, spellings: Spellings) -> Mentions:
    """Return every mention of every name.

    An ASCII letter or digit at either end of a spelling touches no other ASCII letter or digit. What lies inside a `never`
    word of its own name is no mention. Of the rest of one name the leftmost are taken, of those the longest, without
    overlap; mentions of different names may overlap.
    """
    compiled = chosen("_mentions")
    if not len(spellings.name):
        nowhere = np.empty(0, np.int64)
        return Mentions(nowhere, nowhere.astype(np.int32), nowhere, nowhere)
    if compiled is None:
        return _found(texts, spellings)
    text, name, begin, end = compiled.find(
        texts.data, *(np.ascontiguousarray(places, dtype=np.int64) for places in (texts.begin, texts.end)),
        spellings.data, spellings.at, spellings.name, spellings.never, spellings.names,
    )  # fmt: skip
    return Mentions(
        np.frombuffer(text, np.int64), np.frombuffer(name, np.int32), np.frombuffer(begin, np.int64),
        np.frombuffer(end, np.int64),
    )  # fmt: skip


def windows(texts: Texts, mentions: Mentions, characters: int) -> Texts:
    """Return `characters` characters on either side of each mention, with it, as texts of the same buffer.

    A window ends where its own text does. A character begins at every byte that does not go on with one (10xxxxxx).
    """
    if characters < 0:
        raise MisuseError(f"expected a number of characters, 0 or more, got {characters}")
    first, last = texts.begin[mentions.text], texts.end[mentions.text]
    if bool(((mentions.begin < first) | (mentions.end > last) | (mentions.begin > mentions.end)).any()):
        raise MisuseError("expected mentions within their texts; pass the texts in which they were found")
    compiled = chosen("_mentions")
    if compiled is not None:
        begin, end = np.empty(mentions.m, dtype=np.int64), np.empty(mentions.m, dtype=np.int64)
        compiled.windows(
            texts.data, *(np.ascontiguousarray(places, dtype=np.int64) for places in (texts.begin, texts.end)),
            *(np.ascontiguousarray(places) for places in (mentions.text, mentions.begin, mentions.end)), characters, begin, end,
        )  # fmt: skip
        return Texts(texts.data, begin, end)
    starts = np.flatnonzero((texts.data & 0xC0) != 0x80)
    starts = np.concatenate([np.zeros(1, np.int64), starts, np.full(1, len(texts.data))])
    low = np.searchsorted(starts[1:-1], mentions.begin) + 1
    high = np.searchsorted(starts[1:-1], mentions.end) + 1
    begin = np.maximum(starts[np.maximum(low - characters, 0)], first) if characters else mentions.begin
    end = np.minimum(starts[np.minimum(high + characters, len(starts) - 1)], last)
    return Texts(texts.data, begin, end)


def folded(written: Iterable[str]) -> list[bytes]:
    """Return spellings folded, blanks at their ends cut off."""
    texts = pack(written)
    made = _fold(_gathered(texts, 0, texts.n)) if texts.n else None
    if made is None:
        return []
    cut = np.searchsorted(made.text, np.arange(texts.n + 1))
    return [made.byte[a : b - 1].tobytes().strip(b" ") for a, b in pairwise(cut.tolist())]


@dataclass(frozen=True, slots=True, eq=False)
class _Folded:
    """Bytes of some texts, a zero after each; `text` says whose, [`place`, `stop`) where in the buffer."""

    byte: Bytes
    text: Places
    place: Places
    stop: Places


def _gathered(texts: Texts, first: int, last: int) -> _Folded:
    size = texts.end[first:last] - texts.begin[first:last] + 1
    stop = np.cumsum(size)
    text = np.repeat(np.arange(first, last), size)
    place = np.arange(int(stop[-1])) + np.repeat(texts.begin[first:last] - (stop - size), size)
    byte = np.zeros(len(place), dtype=np.uint8)
    inside = np.ones(len(place), dtype=np.bool_)
    inside[stop - 1] = False
    byte[inside] = texts.data[place[inside]]
    return _Folded(byte, text, place, place + 1)


def _fold(raw: _Folded) -> _Folded:
    b = np.concatenate([raw.byte, np.zeros(2, np.uint8)])
    one, two, three = b[:-2], b[1:-1], b[2:]
    blank = (one == 32) | ((one >= 9) & (one <= 13))
    made, width = np.where((one >= 65) & (one <= 90), one + np.uint8(32), one), np.ones(len(one), np.int64)
    lead = np.flatnonzero(_LEADS[one])
    x, y, z = one[lead], two[lead], three[lead]
    short = (x == 0xC2) & ((y == 0x85) | (y == 0xA0))
    long = ((x == 0xE3) & (y == 0x80) & (z == 0x80)) | ((x == 0xE1) & (y == 0x9A) & (z == 0x80))
    long |= (x == 0xE2) & (y == 0x81) & (z == 0x9F)
    long |= (x == 0xE2) & (y == 0x80) & (((z >= 0x80) & (z <= 0x8A)) | (z == 0xA8) | (z == 0xA9) | (z == 0xAF))
    blank[lead[short | long]] = True
    wide = (x == 0xEF) & (((y == 0xBC) & (z >= 0x81) & (z <= 0xBF)) | ((y == 0xBD) & (z >= 0x80) & (z <= 0x9E)))
    ascii_ = np.where(y == 0xBC, z - np.uint8(0x60), z - np.uint8(0x20))[wide]
    made[lead[wide]] = np.where((ascii_ >= 65) & (ascii_ <= 90), ascii_ + np.uint8(32), ascii_)
    width[lead[short]], width[lead[long | wide]] = 2, 3
    made[blank] = 32
    opens = np.ones(len(one), dtype=np.bool_)
    for further in (1, 2):
        opens[lead[width[lead] > further] + further] = False
    kept = np.flatnonzero(opens)
    again = blank[kept]
    again[1:] &= again[:-1]
    again[:1] = False
    kept = kept[~again]
    return _Folded(made[kept], raw.text[kept], raw.place[kept], raw.place[kept] + width[kept])


_LEADS = np.zeros(256, dtype=np.bool_)
_LEADS[[0xC2, 0xE1, 0xE2, 0xE3, 0xEF]] = True
_WORDY = np.zeros(256, dtype=np.bool_)
_WORDY[[*range(48, 58), *range(97, 123)]] = True


def _found(texts: Texts, spellings: Spellings) -> Mentions:
    """As `find`, in NumPy."""
    at = [_chosen(_places(_fold(_gathered(texts, first, last)), spellings)) for first, last in slabs(texts, 1 << 19)]
    none = np.empty(0, dtype=np.int64)
    text, begin, name, end = (np.concatenate([none, *(part[i] for part in at)]) for i in range(4))
    return Mentions(text, name.astype(np.int32), begin, end)


def _keys(byte: Bytes, at: Places, length: int) -> Keys:
    """Return the first `length` bytes at each place as a number."""
    return sum(
        (byte[at + k].astype(np.uint32) << np.uint32(8 * k) for k in range(length)), np.zeros(len(at), np.uint32)
    )


def _slot(one: Bytes, two: Bytes, three: Bytes) -> npt.NDArray[np.uint16]:
    """Return a hash of three bytes."""
    made = two.astype(np.uint16)
    made <<= np.uint16(8)
    made ^= three
    made *= np.uint16(0x9E37)
    made += one.astype(np.uint16) * np.uint16(0x79B1)
    return made


def _places(made: _Folded, spellings: Spellings) -> list[Places]:
    """Return text, name, begin, whether never, minus end of every spelling that stands somewhere, whole at its ends."""
    size = np.diff(spellings.at)
    F = np.concatenate([made.byte, np.zeros(int(size.max(initial=0)) + 3, np.uint8)])
    here, which = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    long = spellings.at[:-1][size >= 3]
    opens = np.zeros(1 << 16, dtype=np.bool_)
    opens[_slot(*(spellings.data[long + k] for k in range(3)))] = True
    near = np.flatnonzero(opens[_slot(F[:-2], F[1:-1], F[2:])])
    for length in range(1, 5):
        start = near if length > 2 else np.arange(len(made.byte))
        of = np.flatnonzero(size == length if length < 4 else size >= 4)
        if not len(of):
            continue
        keys = _keys(spellings.data, spellings.at[of], length)
        distinct = np.unique(keys)
        key = _keys(F, start, length)
        group = np.minimum(np.searchsorted(distinct, key), len(distinct) - 1)
        hit = np.flatnonzero(distinct[group] == key)
        hit = hit[np.argsort(group[hit], kind="stable")]
        cut = np.searchsorted(group[hit], np.arange(len(distinct) + 1))
        for own, g in zip(of.tolist(), np.searchsorted(distinct, keys).tolist(), strict=True):
            at, word = start[hit[cut[g] : cut[g + 1]]], spellings.data[spellings.at[own] : spellings.at[own + 1]]
            for k in range(length, len(word)):
                at = at[F[at + k] == word[k]]
            here.append(at)
            which.append(np.full(len(at), own))
    a, i = np.concatenate(here), np.concatenate(which)
    e, never = a + size[i], spellings.never[i]
    torn = (_WORDY[F[a]] & _WORDY[F[a - 1]] & (a > 0)) | (_WORDY[F[e - 1]] & _WORDY[F[e]])
    a, i, e = a[never | ~torn], i[never | ~torn], e[never | ~torn]
    return [made.text[a], spellings.name[i].astype(np.int64), made.place[a], ~spellings.never[i], -made.stop[e - 1]]


def _chosen(places: list[Places]) -> list[Places]:
    """Return text, begin, name, end of mentions: leftmost, then longest of each name, none inside a word that never means it."""
    order = np.lexsort(places[::-1])
    taken: list[tuple[int, int, int, int]] = []
    now, last, swallowed = (-1, -1), -1, -1
    for text, name, begin, meant, minus in zip(*(part[order].tolist() for part in places), strict=True):
        if now != (text, name):
            now, last, swallowed = (text, name), -1, -1
        if not meant:
            swallowed = max(swallowed, -minus)
        elif begin >= last and -minus > swallowed:
            taken.append((text, begin, name, -minus))
            last = -minus
    return list(np.array(sorted(taken), dtype=np.int64).reshape(-1, 4).T)
