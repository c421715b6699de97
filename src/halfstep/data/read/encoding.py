"""From a file's bytes to UTF-8: which encoding they are in, and whether what they say looks like language."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from halfstep.core.check import Fault, Guess

__all__ = ["Decoded", "decode"]

_SAMPLE = 400_000
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_BETWEEN_LETTERS = re.compile(r"[A-Za-z][^\x00-\x7f]+[a-z]")
_WESTERN = re.compile(r"[À-ÖØ-öø-ÿŒœŠšŽžŸ€£°²³½¼¾–—‘’“”„…®©™§«»¿¡´·±µªº\xa0×]")
_MEND = "save it as 'CSV UTF-8', or give an Excel workbook or a Parquet file"


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text as UTF-8 without a byte order mark, and what had to be guessed to read it."""

    text: bytes
    guesses: tuple[Guess, ...] = ()


def decode(file: str, raw: bytes) -> Decoded | Fault:
    """Return the bytes as UTF-8.

    A byte order mark decides. Without one the order is UTF-8, UTF-16 (every fifth byte of one parity is zero, as in
    separators, digits and line ends), GB18030, Windows-1252. GB18030 gives a meaning to almost any bytes, so a
    reading in it must be made of common Chinese characters, in Windows-1252 of single accented letters; each is a guess.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _known(file, raw[len(mark) :], encoding)
    if b"\x00" in raw:
        wide = _wide(raw)
        read = _known(file, raw, wide) if wide else _zeros(file, raw)
        if wide is None or isinstance(read, Fault):
            return _zeros(file, raw)
        return Decoded(read.text, (_guess(file, wide, read.text.decode()),))
    try:
        raw.decode()
        return Decoded(raw)
    except UnicodeDecodeError as error:
        wrong = error
    if wrong.reason == "unexpected end of data" and not raw[: wrong.start].isascii():
        return _breaks_off(file, raw[: wrong.start])
    for encoding, plausible in (("gb18030", _is_chinese), ("cp1252", _is_western)):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if plausible(_sample(text)) and "\x00" not in text:
            return Decoded(text.encode(), (_guess(file, encoding, text),))
    line = raw.count(b"\n", 0, wrong.start) + 1
    what = f"expected UTF-8 or GB18030 text; byte {raw[wrong.start]:#04x} is not UTF-8, and the text makes no sense in GB18030"
    return Fault(table=file, row=line, what=what, mend=_MEND)


def _known(file: str, raw: bytes, encoding: str) -> Decoded | Fault:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode(encoding, errors="ignore").encode()
        if error.reason in ("unexpected end of data", "truncated data"):
            return _breaks_off(file, before)
        what = f"expected {encoding.upper()} as the file's first bytes say; byte {raw[error.start]:#04x} is none"
        return Fault(table=file, row=before.count(b"\n") + 1, what=what, mend=_MEND)
    if "\x00" in text:
        return _zeros(file, text.encode("utf-8", errors="replace"))
    return Decoded(raw if encoding == "utf-8" else text.encode())


def _wide(raw: bytes) -> str | None:
    """Return which UTF-16 text without a mark is in, or None where it is not clearly in either."""
    head = raw[: _SAMPLE // 2 * 2]
    half = max(len(head) // 2, 1)
    even, odd = head[0::2].count(0) / half, head[1::2].count(0) / half
    if odd >= 0.2 and even <= 0.01:
        return "utf-16-le"
    return "utf-16-be" if even >= 0.2 and odd <= 0.01 else None


def _sample(text: str) -> str:
    """Return some text from a little before its first foreign character."""
    found = _FOREIGN.search(text)
    return text[max(found.start() - 200, 0) :][:_SAMPLE] if found else ""


def _is_chinese(text: str) -> bool:
    """Say whether nearly all foreign characters are common Chinese ones, and stand in words of their own.

    Characters of the first level of GB 2312 (the 3,755 most frequent, rows 16 to 55 in the order of their sound) and
    its signs are common. Two accented letters of a Western word make one Chinese character between two Latin letters.
    Korean in its own code looks like characters of rows 16 to 40 alone; nearly half of Chinese text is in the rest.
    """
    runs = _FOREIGN.findall(text)
    rows = Counter(_row_of(character) for character in "".join(runs))
    common = sum(times for row, times in rows.items() if 1 <= row <= 55)
    early, late = (sum(rows[row] for row in span) for span in (range(16, 41), range(41, 56)))
    between = len(_BETWEEN_LETTERS.findall(text))
    korean = early + late >= 12 and 20 * late < early + late
    return bool(runs) and common >= 0.8 * rows.total() and between <= len(runs) / 2 and not korean


def _row_of(character: str) -> int:
    """Return the row of GB 2312 that a character stands in, 0 if it is not in it."""
    try:
        return character.encode("gb2312")[0] - 0xA0
    except UnicodeEncodeError:
        return 0


def _is_western(text: str) -> bool:
    """Say whether foreign characters are accented letters and Western signs, mostly one at a time."""
    runs = _FOREIGN.findall(text)
    characters = "".join(runs)
    western = len(_WESTERN.findall(characters)) >= 0.95 * len(characters)
    return bool(runs) and western and len(characters) <= 1.5 * len(runs)


def _guess(file: str, encoding: str, text: str) -> Guess:
    word = re.search(r"\w*[^\x00-\x7f]\w*", _sample(text))
    sample = word.group()[:20] if word else text[:20].partition("\n")[0]
    name = {"cp1252": "Windows-1252"}.get(encoding, encoding.upper())
    return Guess(table=file, kind="encoding", facts=(("encoding", name), ("sample", sample)))


def _zeros(file: str, raw: bytes) -> Fault:
    line = raw.count(b"\n", 0, raw.index(0)) + 1
    return Fault(table=file, row=line, what="expected text; the file holds zero bytes", mend=_MEND)


def _breaks_off(file: str, before: bytes) -> Fault:
    line = before.count(b"\n") + 1
    return Fault(table=file, row=line, what="the file breaks off inside a character", mend="copy or export it again")
