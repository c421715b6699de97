"""The files that one table of utterances is made of: which they are, what form their bytes have, and those bytes as UTF-8."""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import IO, Literal

import pyarrow as pa

from halfstep.core.check import Fault, Guess
from halfstep.data.read.encoding import decode
from halfstep.data.read.sheets import is_workbook

__all__ = ["BLOCK", "Broken", "BrokenOffError", "Part", "Raw", "blocks", "digest", "files_of", "part_of"]

BLOCK = 4 << 20
"""Bytes read at a time; a few times as much is in memory."""
_HEAD, _PIECE = 1 << 20, 1 << 16
_SUFFIXES = (".parquet", ".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".gz", ".zst", ".xlsx")
_PACKED: dict[bytes, Literal["gzip", "zstd"]] = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_WIDE = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
Form = Literal["parquet", "cells", "objects", "sheet"]


class BrokenOffError(Exception):
    """A packed file ends before its end."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A row, or several, that could not be taken apart.

    Attributes
    ----------
    row
        As an editor counts it; the first of several.
    raw
        As it stands in the file.
    count
        Rows; 0 for a further piece of the row before.
    """

    row: int
    reason: str
    raw: bytes
    count: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """Rows taken apart and not looked at.

    Attributes
    ----------
    columns
        Name of a column -> cells, n of them, of any type.
    rows
        Where each stands, shape (n,).
    broken
        Rows among them that could not be taken apart.
    """

    columns: dict[str, pa.Array]
    rows: pa.Array
    broken: tuple[Broken, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One file.

    Attributes
    ----------
    file
        As it is shown.
    form
        "parquet", "cells" (CSV and its kin), "objects" (one JSON object a line), "sheet" (a workbook).
    packed
        "gzip", "zstd" or "".
    encoding
        Codec of a text file.
    lone
        Whether lines end in a lone carriage return.
    guesses
        What had to be guessed of it.
    """

    path: Path
    file: str
    form: Form
    packed: str = ""
    encoding: str = "utf-8"
    lone: bool = False
    guesses: tuple[Guess, ...] = ()


def files_of(path: Path) -> list[Path]:
    """Return a file, the files of a folder or those that a pattern names, by name; hidden ones and others' are no part."""
    if path.is_file():
        return [path]
    if path.is_dir():
        inside = [found for found in path.rglob("*") if found.is_file() and found.suffix.lower() in _SUFFIXES]
        return sorted(f for f in inside if not any(p.startswith(("_", ".")) for p in f.relative_to(path).parts))
    first = next((i for i, part in enumerate(path.parts) if re.search(r"[*?\[]", part)), None)
    if first is None:
        return []
    return sorted(found for found in Path(*path.parts[:first]).glob("/".join(path.parts[first:])) if found.is_file())


def digest(files: list[Path]) -> str:
    """Return the sha256 of a file, read in pieces; of several files the sha256 of theirs, in order."""
    found = []
    for path in files:
        whole = sha256()
        with path.open("rb") as stream:
            while block := stream.read(BLOCK):
                whole.update(block)
        found.append(whole.hexdigest())
    return found[0] if len(found) == 1 else sha256("\n".join(found).encode()).hexdigest()


def part_of(path: Path, file: str) -> Part | Fault:
    """Look at the beginning of a file (of Parquet also at its end) and say what it is."""
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
            stream.seek(max(path.stat().st_size - 4, 0))
            tail = stream.read(4)
    except OSError as error:
        what = f"expected a readable file; got: {(error.strerror or 'cannot be read').lower()}"
        return Fault(table=file, what=what, mend="put the file there or correct [tables] utterances in study.toml")
    if head[:4] == b"PAR1":
        if tail != b"PAR1":
            what = "expected a whole Parquet file; its footer is missing, so that no row can be found in it"
            return Fault(
                table=file, what=what, mend="it was cut off or is still being written: copy or export it again"
            )
        return Part(path, file, "parquet")
    if is_workbook(head + bytes(504)) or head[:4] == b"PK\x03\x04":
        return Part(path, file, "sheet")
    packed = next((name for mark, name in _PACKED.items() if head.startswith(mark)), "")
    return _text_part(Part(path, file, "cells", packed))


def _text_part(part: Part) -> Part | Fault:
    """Tell the encoding and the form of a text file by its beginning."""
    head, ended, why = b"", True, ""
    try:
        for block in _bytes(part):
            head += block
            if len(head) >= _HEAD:
                ended = False
                break
    except BrokenOffError as error:
        why = str(error)
    if why and not head:
        what = f"expected a whole packed file; nothing in it can be unpacked: {why}"
        return Fault(table=part.file, what=what, mend="copy the file again")
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \r\n\t\0"):
        return Fault(table=part.file, what="expected rows; the file is empty", mend="export the table again")
    encoding, guesses = _encoding(part.file, head, ended=ended)
    text = head.decode(encoding, errors="replace").lstrip("\ufeff")
    lone = "\r" in text and "\n" not in text
    if lone:
        guesses = (*guesses, Guess(table=part.file, kind="line_ends", count=text.count("\r")))
    first = text.lstrip()
    if first.startswith("[") and re.match(r"\[\s*[\[{\]]", first):
        what = "expected one JSON object a line; the file is one JSON list"
        return Fault(table=part.file, what=what, mend="write each object on a line of its own (jq -c '.[]')")
    form: Form = "objects" if first.startswith("{") else "cells"
    return replace(part, form=form, encoding=encoding, lone=lone, guesses=guesses)


def _encoding(file: str, head: bytes, *, ended: bool) -> tuple[str, tuple[Guess, ...]]:
    """Return a codec: a mark decides, then zero bytes, then whether most foreign lines are UTF-8."""
    for mark, codec in _WIDE:
        if head.startswith(mark):
            return codec, ()
    if not ended:
        head = head[: head.rfind(b"\n") + 1] or head
    if b"\0" in head[:1000]:
        found = decode(file, head[: len(head) // 2 * 2])
        if not isinstance(found, Fault) and found.guesses:
            return str(dict(found.guesses[0].facts)["encoding"]).lower(), found.guesses
    foreign = [line for line in re.split(rb"[\r\n]+", head) if not line.isascii()]
    wrong = [line for line in foreign if not _is_utf8(line)]
    if wrong and 2 * len(wrong) > len(foreign):
        found = decode(file, b"\n".join(wrong))
        if not isinstance(found, Fault) and found.guesses:
            name = str(dict(found.guesses[0].facts)["encoding"])
            return {"Windows-1252": "cp1252"}.get(name, name.lower()), found.guesses
    return "utf-8", ()


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _bytes(part: Part) -> Iterator[bytes]:
    """Yield the unpacked bytes."""
    try:
        if part.packed == "zstd":
            with pa.input_stream(str(part.path), compression="zstd") as stream:
                yield from _gathered(stream)
            return
        with part.path.open("rb") as stream:
            if part.packed == "gzip":
                yield from _unzipped(stream)
                return
            while block := stream.read(BLOCK):
                yield block
    except (zlib.error, OSError) as error:
        raise BrokenOffError(str(error).partition("\n")[0]) from None


def _gathered(stream: pa.NativeFile) -> Iterator[bytes]:
    """Yield what a stream holds in blocks, read in small pieces, so that little is lost where it breaks off."""
    held = b""
    try:
        while piece := stream.read(_PIECE):
            held += piece
            if len(held) >= BLOCK:
                yield held
                held = b""
    except OSError:
        if held:
            yield held
        raise
    if held:
        yield held


def _unzipped(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield what a gzip file holds, up to where it breaks off; one member may follow another."""
    member = zlib.decompressobj(wbits=31)
    while raw := stream.read(BLOCK // 4):
        while raw:
            if member.eof:
                member = zlib.decompressobj(wbits=31)
            yield member.decompress(raw, BLOCK)
            raw = member.unconsumed_tail or (member.unused_data if member.eof else b"")
    if not member.eof:
        raise BrokenOffError("the packed file ends before its end")


def blocks(part: Part) -> Iterator[bytes]:
    """Yield a text file as UTF-8 without a mark, lines ending in newlines; bytes that mean nothing stay so.

    Raises
    ------
    BrokenOffError
        If the packed file ends before its end.
    """
    first = True
    if part.encoding == "utf-8":
        for block in _bytes(part):
            if first and block.startswith(codecs.BOM_UTF8):
                block = block[3:]
            first = False
            yield block.replace(b"\r", b"\n") if part.lone else block
        return
    codecs.register_error("halfstep-kept", _kept)
    decoder = codecs.getincrementaldecoder(part.encoding)("halfstep-kept")
    for block in _bytes(part):
        text = decoder.decode(block)
        yield _plain(text.lstrip("\ufeff") if first else text, lone=part.lone)
        first = False
    yield _plain(decoder.decode(b"", final=True), lone=part.lone)


def _plain(text: str, *, lone: bool) -> bytes:
    raw = text.encode("utf-8", errors="surrogateescape") if text.isascii() else _escaped(text)
    return raw.replace(b"\r", b"\n") if lone else raw


def _escaped(text: str) -> bytes:
    """Return UTF-8 in which what could not be read stays unreadable, so that its row is told apart."""
    try:
        return text.encode("utf-8", errors="surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", errors="surrogatepass")


def _kept(error: UnicodeError) -> tuple[str, int]:
    """Keep bytes that mean nothing as lone surrogates, the first of them in any case."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + (byte | 0x80)) for byte in wrong), error.end
