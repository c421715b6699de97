"""One JSON object a line, of any size; numbers keep the digits that they are written with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.json as pa_json

from halfstep.data.stream.csv_blocks import CUT, LONG
from halfstep.data.stream.parts import Broken, BrokenOffError, Part, Raw, blocks

__all__ = ["INVALID", "NESTED", "NOT_JSON", "keys_of", "read_objects"]

NOT_JSON, INVALID, NESTED = "not a JSON object", "invalid UTF-8", "nested value"
"""Why a line was not read."""
_LONGEST = 32 << 20
_LOOKED = 1_000
_SLOWLY, _WINDOW, _WIDER = 16, 128, 8
"""After a line that is not as expected: lines read one by one, lines then read at once, and how fast these become more again."""
_Object = dict[str, Any]


def _constant(_: str) -> None:
    """Read NaN and Infinity, which JSON does not have, as nothing."""


_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_constant)


def keys_of(part: Part) -> list[str]:
    """Return the keys of the first thousand objects, those inside others after a point."""
    keys: dict[str, None] = {}
    lines = 0
    try:
        for raw, _ in _lines(part):
            for line in raw[: _LOOKED - lines]:
                found = _parsed(line)
                for key, value in (found or {}).items():
                    keys[key] = None
                    keys.update(dict.fromkeys(f"{key}.{inner}" for inner in value) if isinstance(value, dict) else {})
            lines += len(raw)
            if lines >= _LOOKED:
                break
    except BrokenOffError:
        pass
    return list(keys)


def read_objects(part: Part, wanted: Iterable[str]) -> Iterator[Raw]:
    """Yield the objects of a file; blank lines are counted as lines and are no rows."""
    names, row = tuple(wanted), 1
    try:
        kinds = _kinds(part, names)
        for lines, long in _lines(part):
            yield _taken(names, lines, row, long, kinds)
            row += len(lines) + (1 if long else 0)
    except BrokenOffError as error:
        yield Raw(_columns(names, []), pa.array([], pa.int64()), (Broken(row, CUT, str(error).encode()),))


def _lines(part: Part) -> Iterator[tuple[list[bytes], list[bytes]]]:
    """Yield whole lines, and the pieces of a line that is too long to be one."""
    carry, pieces = b"", list[bytes]()
    try:
        for block in blocks(part):
            if pieces:
                piece, end, carry = block.partition(b"\n")
                pieces.append(piece)
                if end:
                    yield [], pieces
                    pieces = []
                continue
            *lines, carry = (carry + block).split(b"\n")
            if lines:
                yield lines, []
            if len(carry) > _LONGEST:
                pieces, carry = [carry], b""
    except BrokenOffError:
        yield ([carry], []) if carry else ([], [])
        raise
    if pieces:
        yield [], pieces
    elif carry:
        yield [carry], []


def _raw(names: tuple[str, ...], lines: list[bytes], row: int, long: list[bytes]) -> Raw:
    """Return lines taken apart: all at once where all are objects, else one by one."""
    broken = [Broken(row + len(lines), LONG, piece, count=int(i == 0)) for i, piece in enumerate(long)]
    lines = [line.strip(b" \r\t") for line in lines]
    rows = [row + i for i, line in enumerate(lines) if line]
    filled = [line for line in lines if line]
    objects = _at_once(filled)
    if objects is None:
        read = [_parsed(line) for line in filled]
        for at, line, one in zip(rows, filled, read, strict=True):
            if one is None:
                broken.append(Broken(at, NOT_JSON if _is_text(line) else INVALID, line))
        rows = [at for at, one in zip(rows, read, strict=True) if one is not None]
        filled = [line for line, one in zip(filled, read, strict=True) if one is not None]
        objects = [one for one in read if one is not None]
    try:
        return Raw(_columns(names, objects), pa.array(rows, pa.int64()), tuple(broken))
    except (pa.ArrowException, UnicodeEncodeError, TypeError):
        return _plainly(names, filled, objects, rows, broken)


def _kinds(part: Part, names: tuple[str, ...]) -> pa.Schema | None:
    """Return what each value is in the first objects, text or whole numbers; None where one is now this, now that."""
    for lines, _ in _lines(part):
        objects = [found for line in lines[:_LOOKED] if (found := _typed_object(line)) is not None]
        kinds = {name: {type(one.get(name)) for one in objects} - {type(None)} for name in names}
        if any(len(found) > 1 or not found <= {str, int} or "." in name for name, found in kinds.items()):
            return None
        return pa.schema([(name, pa.int64() if found == {int} else pa.string()) for name, found in kinds.items()])
    return None


def _typed_object(line: bytes) -> _Object | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _taken(names: tuple[str, ...], lines: list[bytes], row: int, long: list[bytes], kinds: pa.Schema | None) -> Raw:
    """Return lines taken apart: fast up to a line that is not as expected, there a few one by one, then fast again."""
    if kinds is None:
        return _raw(names, lines, row, long)
    found, at, window = list[Raw](), 0, len(lines)
    while at < len(lines):
        some = lines[at : at + window]
        raw, good = _typed(names, some, row + at, kinds)
        while raw is None and good:
            raw, good = _typed(names, some[:good], row + at, kinds)
        found += [raw] if raw is not None else []
        at, window = at + good, window * _WIDER
        if good < len(some):
            found.append(_raw(names, lines[at : at + _SLOWLY], row + at, []))
            at, window = at + _SLOWLY, _WINDOW
    if long or not found:
        found.append(_raw(names, [], row + len(lines), long))
    return found[0] if len(found) == 1 else _joined(names, found)


def _typed(names: tuple[str, ...], lines: list[bytes], row: int, kinds: pa.Schema) -> tuple[Raw | None, int]:
    """Return lines that are all objects with values of known kinds, fast, and how many; else None, and how many before the first that is not."""
    filled = [i for i, line in enumerate(lines) if line.strip()]
    odd = next((i for i in filled if not lines[i].lstrip(b" \r\t").startswith(b"{")), None)
    if odd is not None or not filled:
        return None, odd or 0
    raw = b"\n".join(lines[i] for i in filled)
    try:
        table = pa_json.read_json(
            pa.BufferReader(raw),
            pa_json.ReadOptions(use_threads=False, block_size=len(raw) + 1),
            pa_json.ParseOptions(explicit_schema=kinds, unexpected_field_behavior="ignore"),
        )
    except pa.ArrowException as error:
        told = re.search(r" in row (\d+)$", str(error))
        return None, filled[int(told[1])] if told and int(told[1]) < len(filled) else 0
    if table.num_rows != len(filled):
        return None, 0
    columns = {name: table.column(name).combine_chunks() for name in names}
    return Raw(columns, pa.array(row + np.array(filled, dtype=np.int64))), len(lines)


def _joined(names: tuple[str, ...], raws: list[Raw]) -> Raw:
    """Return several pieces as one; numbers become texts where a piece has texts."""
    columns = {}
    for name in names:
        parts = [raw.columns[name] for raw in raws]
        kinds = {part.type for part in parts}
        wide = pa.large_binary() if pa.large_binary() in kinds else pa.large_string()
        if len(kinds) > 1:
            parts = [
                part.cast(pa.large_string()).cast(wide) if part.type == pa.int64() else part.cast(wide)
                for part in parts
            ]
        columns[name] = pa.concat_arrays(parts)
    return Raw(columns, pa.concat_arrays([raw.rows for raw in raws]), tuple(b for raw in raws for b in raw.broken))


def _plainly(
    names: tuple[str, ...], lines: list[bytes], objects: list[_Object], rows: list[int], broken: list[Broken]
) -> Raw:
    """Return objects of which some values are no text: true and false are written out, others put their line aside."""
    kept = np.ones(len(objects), dtype=bool)
    plain: list[dict[str, bytes | None]] = []
    for i, one in enumerate(objects):
        values: dict[str, bytes | None] = {}
        for name in names:
            value = _value(one, name)
            if isinstance(value, (dict, list)):
                kept[i] = False
                broken.append(Broken(rows[i], NESTED, lines[i]))
                break
            text = str(value).lower() if isinstance(value, bool) else value
            values[name] = None if text is None else text.encode("utf-8", errors="surrogatepass")
        else:
            plain.append(values)
    columns = {name: pa.array([one[name] for one in plain], pa.large_binary()) for name in names}
    return Raw(columns, pa.array(np.array(rows, dtype=np.int64)[kept]), tuple(broken))


def _columns(names: tuple[str, ...], objects: list[_Object]) -> dict[str, pa.Array]:
    out = {}
    for name in names:
        values = [one.get(name) for one in objects]
        if "." in name:
            values = [_value(one, name) for one in objects]
        out[name] = pa.array(values, pa.large_string())
    return out


def _value(one: _Object, name: str) -> Any:
    """Return a value by its key, or by its path ("user.id") where no key is called so."""
    if name in one or "." not in name:
        return one.get(name)
    inner: Any = one
    for key in name.split("."):
        inner = inner.get(key) if isinstance(inner, dict) else None
    return inner


def _at_once(lines: list[bytes]) -> list[_Object] | None:
    """Return objects of lines that are all one; None where they are not, or may not be."""
    if not all(line[:1] == b"{" and line[-1:] == b"}" for line in lines):
        return None
    try:
        found = _DECODER.decode((b"[" + b",".join(lines) + b"]").decode())
    except (ValueError, RecursionError):
        return None
    return found if len(found) == len(lines) and all(type(one) is dict for one in found) else None


def _parsed(line: bytes) -> _Object | None:
    try:
        found = _DECODER.decode(line.decode())
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
