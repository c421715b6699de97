"""Times as people and programs write them, for all rows of a batch at once.

One text of a form is read the slow way; it becomes a template (where its digits stand), and every other text of the template's
length is held against it at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.data.stream.clock import DAY

__all__ = ["AMBIGUOUS", "NO_TIME", "NO_YEAR", "UNREAD", "Stamps", "of_numbers", "of_texts"]

NO_TIME, UNREAD, NO_YEAR, AMBIGUOUS = "no time", "time not read", "time without year", "day or month first"
"""Why a time was not read."""

_Seconds = npt.NDArray[np.int64]
_Mask = npt.NDArray[np.bool_]
_Bytes = npt.NDArray[np.uint8]
_LONGEST = 48
_TEMPLATES = 64
"""Forms and lengths tried on a batch; what fits none is read one by one."""
_MONTHS = tuple("jan feb mar apr may jun jul aug sep oct nov dec".split())  # noqa: SIM905


@dataclass(slots=True, eq=False)
class Stamps:
    """What a column of times says.

    Attributes
    ----------
    second
        Seconds since 1970: UTC where `zoned`, else what the clock showed; whole days at midnight.
    zoned
        Whether the time carries its own offset, or counts from 1970.
    whole
        Whether only the day is known.
    counted
        Whether it is a count of seconds, milliseconds, microseconds or nanoseconds since 1970.
    why
        Row -> why it was not read.
    """

    second: _Seconds
    zoned: _Mask
    whole: _Mask
    counted: _Mask
    why: dict[int, str]

    @classmethod
    def empty(cls, n: int) -> Stamps:
        """Return n rows of which nothing is known."""
        no = np.zeros(n, dtype=bool)
        return cls(np.zeros(n, dtype=np.int64), no, no.copy(), no.copy(), {})


_TIME = (
    r"(?P<H>\d{1,2})(?::|[：时点]\0*)(?P<M>\d{2})(?:(?::|[：分]\0*)(?P<S>\d{2})(?:秒\0*)?(?:[.,]\d{1,9})?)?(?:分\0*)?"
    r"(?: ?(?:(?P<z>[+-]\d{2}):?(?P<zm>\d{2})?|(?P<utc>Z|UTC|GMT)))?"
)
_DATE = r"(?P<y>[12]\d{3})(?P<s>[-/.]|年\0*) ?(?P<m>\d{1,2})(?:(?P=s)|月\0*) ?(?P<d>\d{1,2})(?:[日号]\0*)?"
_FORMS = tuple(re.compile(form, re.IGNORECASE) for form in (
    rf"{_DATE}(?:(?:T| *){_TIME})?",
    r"(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)(?:T?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?(?P<utc>Z)?)?",
    r"[a-z]{3},? (?P<mon>[a-z]{3}) (?P<d>\d{1,2}) (?P<H>\d{2}):(?P<M>\d{2}):(?P<S>\d{2}) (?P<z>[+-]\d{2})(?P<zm>\d{2}) (?P<y>\d{4})",
    rf"(?:[a-z]{{3}}, )?(?P<d>\d{{1,2}}) (?P<mon>[a-z]{{3}}) (?P<y>\d{{4}}) {_TIME}",
))  # fmt: skip
_COUNT = re.compile(r"(?P<n>\d{9,10}|\d{13}|\d{16}|\d{19})(?:\.\d+)?")
_YEARLESS = re.compile(
    r"\d{1,2}[-/月.]\d{1,2}[日号]?(?:[T ]*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?|(?:今天|昨天|前天|刚刚|\d+ ?(?:分钟|小时|天)前).*|\d{1,2}:\d{2}(?::\d{2})?"
)
_EITHER = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{4}(?:[T ].*)?")
_UNITS = {9: 1, 10: 1, 13: 1000, 16: 1_000_000, 19: 1_000_000_000}
"""Digits of a count since 1970 -> what its unit is of a second; sound from 1973 to 2286."""


def of_numbers(value: npt.NDArray[np.int64]) -> Stamps:
    """Read whole numbers: counts since 1970 by their size, or days as 20250401; shape (n,)."""
    out = Stamps.empty(len(value))
    day = (value >= 19_000_101) & (value <= 21_001_231)
    out.counted[:] = ~day
    for digits, unit in _UNITS.items():
        held = (value >= 10 ** (digits - 1)) & (value < min(10**digits, (1 << 63) - 1))
        out.second[held] = value[held] // unit
        out.zoned |= held
    if day.any():
        rows = np.flatnonzero(day)
        year, month, of_month = value[rows] // 10_000, value[rows] // 100 % 100, value[rows] % 100
        out.second[rows], good = _seconds(year, month, of_month)
        out.whole[rows] = True
        out.why |= dict.fromkeys(rows[~good].tolist(), UNREAD)
    out.why |= dict.fromkeys(np.flatnonzero(~out.zoned & ~day).tolist(), UNREAD)
    return out


def of_texts(data: _Bytes, begin: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> Stamps:
    """Read texts without blanks around them; shapes (M,), (n,), (n,)."""
    out, length = Stamps.empty(len(begin)), end - begin
    out.why |= dict.fromkeys(np.flatnonzero(length == 0).tolist(), NO_TIME)
    out.why |= dict.fromkeys(np.flatnonzero(length > _LONGEST).tolist(), UNREAD)
    tried, raw = 0, data.tobytes() + bytes(8)
    words: npt.NDArray[np.uint64] = np.ndarray((len(raw) - 7,), "<u8", raw, 0, (1,))
    for size in np.unique(length[(length > 0) & (length <= _LONGEST)]).tolist():
        rows = np.flatnonzero(length == size)
        while len(rows) and tried < _TEMPLATES:
            rows = _by_template(out, rows, _cells(words, begin[rows], size))
            tried += 1
        for row in rows.tolist():
            _by_template(out, np.array([row]), data[begin[row] : end[row]][:, None])
    return out


def _cells(words: npt.NDArray[np.uint64], begin: npt.NDArray[np.int64], size: int) -> _Bytes:
    """Return the bytes of texts of one length, shape (size, n)."""
    gathered = np.empty((len(begin), -(-size // 8)), dtype=np.uint64)
    for k in range(gathered.shape[1]):
        gathered[:, k] = words[begin + 8 * k]
    out: _Bytes = np.ascontiguousarray(gathered.view(np.uint8)[:, :size].T)
    return out


def _by_template(out: Stamps, rows: npt.NDArray[np.int64], cells: _Bytes) -> npt.NDArray[np.int64]:
    """Read the rows that are of the first one's form; return the others."""
    text = _spread(cells[:, 0].tobytes())
    found = next((hit for form in _FORMS if (hit := form.fullmatch(text))), None)
    counted = _COUNT.fullmatch(text) if found is None else None
    if found is None and counted is None:
        why = (
            NO_YEAR if _YEARLESS.fullmatch(text.replace("\0", "")) else AMBIGUOUS if _EITHER.fullmatch(text) else UNREAD
        )
        same = (cells == cells[:, :1]).all(axis=0)
        out.why |= dict.fromkeys(rows[same].tolist(), why)
        others: npt.NDArray[np.int64] = rows[~same]
        return others
    alike = _alike(cells, found or counted)
    here: npt.NDArray[np.int64] = rows[alike]
    part: _Bytes = cells[:, alike]
    if counted is not None:
        whole = _digits(part, *counted.span("n"))
        out.second[here], out.zoned[here], out.counted[here] = whole // _UNITS[len(counted["n"])], True, True
    elif found is not None:
        out.second[here], out.zoned[here], out.whole[here], good = _read(part, found)
        out.why |= dict.fromkeys(here[~good].tolist(), UNREAD)
    rest: npt.NDArray[np.int64] = rows[~alike]
    return rest


def _spread(raw: bytes) -> str:
    """Return the text with each sign of several bytes as the sign and zeros, so that places are those of the bytes."""
    return "".join(sign + "\0" * (len(sign.encode()) - 1) for sign in raw.decode("utf-8", errors="replace"))


def _alike(cells: _Bytes, found: re.Match[str] | None) -> _Mask:
    """Return which rows have digits, letters of names, and all other signs where the first has them."""
    assert found is not None
    first, alike = cells[:, 0], np.ones(cells.shape[1], dtype=bool)
    names, signs = set[int](), set[int]()
    if found.groupdict().get("mon"):
        names.update(range(*found.span("mon")))
        if min(found.start("mon"), found.start("d")) > 0:
            names.update(range(3))
    if found.groupdict().get("z"):
        signs.add(found.start("z"))
    for at, byte in enumerate(first.tolist()):
        here = cells[at]
        if at in names:
            alike &= (here | 32) - np.uint8(97) < 26
        elif at in signs:
            alike &= (here == 43) | (here == 45)
        elif 48 <= byte <= 57:
            alike &= here - np.uint8(48) < 10
        else:
            alike &= here == byte
    return alike


def _read(cells: _Bytes, found: re.Match[str]) -> tuple[_Seconds, _Mask, _Mask, _Mask]:
    """Return seconds, whether zoned, whether only a day, whether it can be."""
    groups, n = found.groupdict(), cells.shape[1]

    def part(name: str) -> _Seconds:
        return _digits(cells, *found.span(name)) if groups.get(name) else np.zeros(n, dtype=np.int64)

    month = _month(cells[slice(*found.span("mon"))]) if groups.get("mon") else part("m")
    second, good = _seconds(part("y"), month, part("d"))
    hour, minute, sec = part("H"), part("M"), part("S")
    good &= (hour < 24) & (minute < 60) & (sec < 61)
    second += 3600 * hour + 60 * minute + sec
    zoned = bool(groups.get("z") or groups.get("utc"))
    if groups.get("z"):
        start, stop = found.span("z")
        ahead = 3600 * _digits(cells, start + 1, stop) + 60 * part("zm")
        second -= np.where(cells[start] == 45, -ahead, ahead)
        good &= ahead <= DAY * 5 // 8
    whole = groups.get("H") is None
    return second, np.full(n, zoned), np.full(n, whole), good


def _digits(cells: _Bytes, start: int, stop: int) -> _Seconds:
    out = np.zeros(cells.shape[1], dtype=np.int64)
    for at in range(start, stop):
        out *= 10
        out += cells[at] - np.uint8(48)
    return out


def _month(cells: _Bytes) -> _Seconds:
    """Return 1 to 12; 0 where the letters name no month."""
    lower = (cells | 32).astype(np.int64)
    code = lower[0] << 16 | lower[1] << 8 | lower[2]
    out = np.zeros(cells.shape[1], dtype=np.int64)
    for number, name in enumerate(_MONTHS, 1):
        out[code == int.from_bytes(name.encode(), "big")] = number
    return out


def _seconds(year: _Seconds, month: _Seconds, day: _Seconds) -> tuple[_Seconds, _Mask]:
    """Return seconds since 1970 of midnight, and whether there is such a day (days from civil, Hinnant)."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[np.clip(month, 0, 12)] + (
        leap & (month == 2)
    )
    good = (month >= 1) & (month <= 12) & (day >= 1) & (day <= longest)
    y = year - (month <= 2)
    era = y // 400
    of_era = y - 400 * era
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    days = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    return days * DAY, good
