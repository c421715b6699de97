"""JSON: a list of records, or an object that holds one, as rows of cells; what is nested becomes columns or rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

import polars as pl

from halfstep.core.check import Fault, Guess
from halfstep.data.read.encoding import decode
from halfstep.data.read.later import AsOf
from halfstep.data.read.places import QUOTED, ROW
from halfstep.data.read.shape import Body

__all__ = ["is_json", "read_json"]

Json = dict[str, "Json"] | list["Json"] | str | bool | None

_Line = tuple[int, dict[str, Json]]
_OPENS = re.compile(rb"[\s\x00\xef\xbb\xbf\xfe\xff]*(?:\{[\s\x00]*[\"}]|\[[\s\x00]*[\[{\]])")
_LARGEST = 256 << 20
_DEEPEST = 12
_MOST_COLUMNS = 2_000
_MOST_CELLS = 20_000_000
_LISTED = 12
_ALIKE = 0.5
"""Part of all their keys that objects must have in common to be rows of one table."""
_KEY = "key"
"""Column of the keys of an object that is the whole file."""


class _StrangeError(Exception):
    """Something that no table can be made of; its text is the fault, `mend` what to do."""

    def __init__(self, what: str, mend: str, row: int | None = None) -> None:
        super().__init__(what)
        self.mend, self.row = mend, row


@dataclass(slots=True)
class _Found:
    """Records and what had to be decided to find them."""

    records: list[dict[str, Json]]
    rows: list[int]
    guesses: list[Guess] = field(default_factory=list)
    later: list[int] = field(default_factory=list)

    def known(self, lines: list[_Line], as_of: AsOf | None) -> list[_Line]:
        """Return the records without those first known after the as-of date, which are remembered."""
        if as_of is None:
            return lines
        late = [as_of.later([_cell_of(record, name) for name in as_of.columns]) for _, record in lines]
        self.later += [row for (row, _), gone in zip(lines, late, strict=True) if gone]
        return [line for line, gone in zip(lines, late, strict=True) if not gone]


def is_json(raw: bytes) -> bool:
    """Say whether bytes begin as a JSON object, or a list of objects or lists, does."""
    return _OPENS.match(raw[:4096]) is not None


def read_json(file: str, raw: bytes, part: str, as_of: AsOf | None = None) -> Body:
    """Read records of a JSON file, or one object a line, every cell as the text that it is written with.

    Objects inside a record become columns "a.b". An object inside a record whose values are all objects of one shape is a
    table keyed by its keys: each becomes a row, its key in a column named like the object, its own keys columns without
    that name before them. Lists stay text. `ROW` is the number of the record from 1 (of one object a line: its
    line); where records hold tables, of the row that is made of them.

    Parameters
    ----------
    part
        Keys that lead to the records ("a.b"); "" where the study names none: then the only list of objects is read.
    as_of
        Records and rows first known later are left out before their keys and cells are looked at.
    """
    try:
        if len(raw) > _LARGEST:
            raise _StrangeError(
                f"expected at most {_LARGEST >> 20} MiB of JSON; the file has more", "give it as Parquet"
            )
        decoded = decode(file, raw)
        if isinstance(decoded, Fault):
            return Body(pl.DataFrame(), faults=(decoded,))
        found = _records(file, _parsed(decoded.text), part)
        frame, told = _frame(file, found, as_of)
        if frame.width == 1 and found.later:
            frame = _frame(file, found, None)[0].clear()
    except _StrangeError as error:
        fault = Fault(table=file, row=error.row, what=str(error), mend=error.mend)
        return Body(pl.DataFrame(), faults=(fault,))
    return Body(frame, (*decoded.guesses, *found.guesses, *told), later=tuple(found.later))


def _pairs(pairs: list[tuple[str, Json]]) -> Json:
    """Return an object whose keys each occur once."""
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        twin = next(key for key in keys if keys.count(key) > 1)
        raise _StrangeError(f"an object has the key {twin[:QUOTED]!r} twice", "keep one of them")
    return made


def _constant(word: str) -> str:
    """Keep NaN and Infinity, which JSON does not have, as the words that they are."""
    return word


_DECODER = json.JSONDecoder(
    parse_float=str, parse_int=str, parse_constant=_constant, object_pairs_hook=_pairs, strict=True
)


def _parsed(text: bytes) -> Json | list[tuple[int, Json]]:
    """Return what a file holds; of one object a line, its lines with their numbers."""
    whole = text.decode()
    try:
        return _decoded(whole)
    except json.JSONDecodeError as error:
        lines = [(n, line) for n, line in enumerate(whole.split("\n"), 1) if line.strip()]
        if len(lines) < 2 or not all(line.lstrip().startswith("{") for _, line in lines):
            raise _StrangeError(f"expected JSON; {error.msg.lower()}", "export it again", error.lineno) from None
    out: list[tuple[int, Json]] = []
    for n, line in lines:
        try:
            out.append((n, _decoded(line)))
        except json.JSONDecodeError as error:
            what = f"expected one JSON object a line; {error.msg.lower()}"
            raise _StrangeError(what, "export it again", n) from None
    return out


def _decoded(text: str) -> Json:
    try:
        found: Json = _DECODER.decode(text)
    except RecursionError:
        raise _StrangeError("objects are nested too deep to be a table", "name a flatter export") from None
    return found


def _records(file: str, parsed: Json | list[tuple[int, Json]], part: str) -> _Found:
    """Return the records that are meant."""
    if isinstance(parsed, list) and parsed and isinstance(parsed[0], tuple):
        if part:
            what = f"expected an object with {part!r} in it; the file has one object a line"
            raise _StrangeError(what, "leave out what stands after #")
        pairs = [pair for pair in parsed if isinstance(pair, tuple)]
        return _listed([value for _, value in pairs], [n for n, _ in pairs])
    value = [one for one in parsed if not isinstance(one, tuple)] if isinstance(parsed, list) else parsed
    if part:
        return _chosen(file, _at(value, part), part)
    if isinstance(value, list):
        return _listed(value)
    if not isinstance(value, dict):
        raise _StrangeError("expected a list of records; the file holds one value", "give one record a row")
    places = list(_lists(value, "", 0))
    if len(places) == 1:
        name, held = places[0]
        return _Found(*_of_list(held), [Guess(table=file, kind="json_part", facts=(("part", name),))])
    if len(places) > 1:
        names = ", ".join(f"#{name}" for name, _ in places[:_LISTED])
        what = f"expected one list of records; the file has {len(places)} ({names})"
        raise _StrangeError(what, f"name one behind the file, such as {file}#{places[0][0]}")
    return _chosen(file, value, "")


def _lists(value: dict[str, Json], before: str, depth: int) -> Iterator[tuple[str, list[Json]]]:
    """Yield every list of objects that is not inside another list, with the keys that lead to it."""
    for key, inner in value.items():
        name = f"{before}{key}"
        if isinstance(inner, dict) and depth < _DEEPEST:
            yield from _lists(inner, f"{name}.", depth + 1)
        elif isinstance(inner, list) and inner and all(isinstance(one, dict) for one in inner):
            yield name, inner


def _at(value: Json, part: str) -> Json:
    """Return what some keys lead to; a key may have points in it."""
    rest, here = part, value
    while rest:
        if not isinstance(here, dict):
            raise _StrangeError(f"expected an object with {rest!r} in it; there is none", "correct what stands after #")
        cuts = [len(rest), *(at for at in range(len(rest) - 1, 0, -1) if rest[at] == ".")]
        key = next((rest[:cut] for cut in cuts if rest[:cut] in here), None)
        if key is None:
            close = get_close_matches(rest, list(here), n=1, cutoff=0.5)
            listed = ", ".join(key[:QUOTED] for key in list(here)[:_LISTED])
            hint = f"did you mean {close[0]!r}?" if close else f"there are: {listed}"
            raise _StrangeError(f"expected a key {rest!r}; there is none", f"correct what stands after #; {hint}")
        here, rest = here[key], rest[len(key) + 1 :]
    return here


def _chosen(file: str, value: Json, part: str) -> _Found:
    """Return the records that a value holds: it is a list of them, or an object keyed by what they are of."""
    if isinstance(value, list):
        return _listed(value)
    name = part.rpartition(".")[2] or _KEY
    if isinstance(value, dict) and _keyed([value]):
        records: list[dict[str, Json]] = []
        for key, inner in value.items():
            if isinstance(inner, dict):
                if name in inner:
                    raise _StrangeError(f"the column {name!r} would occur twice", "rename the key in the file")
                records.append({name: key, **inner})
        return _Found(records, list(range(1, len(records) + 1)), [_melted(file, name)])
    if isinstance(value, dict):
        places = [name for name, _ in _lists(value, f"{part}." if part else "", 0)]
        mend = f"name one of: {', '.join(places[:_LISTED])}" if places else "give one record a row"
        raise _StrangeError("expected a list of records; there is an object", mend)
    raise _StrangeError("expected a list of records; there is one value", "give one record a row")


def _listed(values: list[Json], rows: list[int] | None = None) -> _Found:
    return _Found(*_of_list(values, rows))


def _of_list(values: list[Json], rows: list[int] | None = None) -> tuple[list[dict[str, Json]], list[int]]:
    numbers = rows or list(range(1, len(values) + 1))
    records: list[dict[str, Json]] = []
    for row, value in zip(numbers, values, strict=True):
        if not isinstance(value, dict):
            kind = "a list" if isinstance(value, list) else "a single value"
            raise _StrangeError(f"expected a record; this one is {kind}", "give every record the same keys", row)
        records.append(value)
    return records, numbers


def _melted(file: str, name: str) -> Guess:
    return Guess(table=file, kind="json_keys", column=name, facts=(("column", name),))


def _keyed(objects: Iterable[dict[str, Json]]) -> bool:
    """Say whether the values of some objects are all objects of one shape, of two or more keys in all."""
    inner: list[set[str]] = []
    names: set[str] = set()
    for held in objects:
        for key, value in held.items():
            if not isinstance(value, dict) or not value:
                return False
            inner.append(set(value))
            names.add(key)
    return len(names) > 1 and len(set.intersection(*inner)) >= _ALIKE * len(set.union(*inner)) > 0


def _cell_of(record: dict[str, Json], name: str) -> str | None:
    """Return the text of a record's cell by its column's name; None where it has none yet."""
    key = next((key for key in record if " ".join(key.split()) == name), None)
    if key is not None:
        value = record[key]
        return value if isinstance(value, str) else None
    inside = ((name[at + 1 :], record.get(name[:at])) for at in range(len(name)) if name[at] == ".")
    return next((_cell_of(value, rest) for rest, value in inside if isinstance(value, dict)), None)


def _frame(file: str, found: _Found, as_of: AsOf | None) -> tuple[pl.DataFrame, list[Guess]]:
    """Return records as cells under their column names."""
    guesses: list[Guess] = []
    lines = found.known([(row, record) for row, record in zip(found.rows, found.records, strict=True)], as_of)
    for _ in range(_DEEPEST):
        name = _table_inside([record for _, record in lines])
        if name is None:
            break
        spread = [one for row, record in lines for one in _spread(record, name, row)]
        lines = found.known(list(enumerate(spread, 1)), as_of)
        guesses.append(_melted(file, name))
    columns: dict[str, list[str | None]] = {}
    told: set[str] = set()
    for at, (row, record) in enumerate(lines):
        for name, cell, is_list in _cells(record, "", 0, row):
            held = columns.setdefault(name, [])
            if len(held) > at:
                raise _StrangeError(f"the column {name[:QUOTED]!r} occurs twice", "rename one of the keys", row)
            held += [None] * (at - len(held)) + [cell]
            told |= {name} if is_list else set()
        if len(columns) > _MOST_COLUMNS or len(columns) * len(lines) > _MOST_CELLS:
            what = f"expected at most {_MOST_COLUMNS:,} columns and {_MOST_CELLS:,} cells; there are more"
            raise _StrangeError(what, "name a smaller part of the file behind #, or give it as Parquet", row)
    if ROW in columns:
        raise _StrangeError("expected columns of any other name", f"rename {ROW}")
    guesses += [Guess(table=file, kind="json_lists", column=name, facts=(("column", name),)) for name in sorted(told)]
    whole = {name: held + [None] * (len(lines) - len(held)) for name, held in columns.items()}
    frame = pl.DataFrame(whole, schema=dict.fromkeys(whole, pl.String))
    rows = pl.Series(ROW, [row for row, _ in lines], dtype=pl.UInt32)
    return frame.insert_column(0, rows) if whole else pl.DataFrame({ROW: rows}), guesses


def _table_inside(records: list[dict[str, Json]]) -> str | None:
    """Return the key under which every record holds a table keyed by its keys; None where there is none."""
    objects: dict[str, list[dict[str, Json]]] = {}
    others: set[str] = set()
    for record in records:
        for key, value in record.items():
            if isinstance(value, dict):
                objects.setdefault(key, []).append(value)
            elif value is not None:
                others.add(key)
    names = [key for key, held in objects.items() if key not in others and _keyed(held)]
    if len(names) > 1:
        what = f"several objects of a record are tables of their own: {', '.join(names[:_LISTED])}"
        raise _StrangeError(what, "give each in a file of its own")
    return names[0] if names else None


def _spread(record: dict[str, Json], name: str, row: int) -> Iterator[dict[str, Json]]:
    """Yield one record for each key of the table inside; one without a key where it has none."""
    inside = record.get(name)
    rest = {key: value for key, value in record.items() if key != name}
    if not isinstance(inside, dict) or not inside:
        yield rest
        return
    for key, value in inside.items():
        own = value if isinstance(value, dict) else {}
        twins = sorted({name, *rest} & set(own))
        if twins:
            raise _StrangeError(
                f"the column {twins[0][:QUOTED]!r} would occur twice", "rename the key in the file", row
            )
        yield {**rest, name: key, **own}


def _cells(record: dict[str, Json], before: str, depth: int, row: int) -> Iterator[tuple[str, str | None, bool]]:
    """Yield name and text of every cell of a record, and whether it was a list."""
    if depth > _DEEPEST:
        raise _StrangeError(f"objects are nested more than {_DEEPEST} deep", "name a flatter export", row)
    for key, value in record.items():
        name = f"{before}{' '.join(key.split())}"
        if not key.strip():
            raise _StrangeError("a key of the record is blank", "give it a name", row)
        if isinstance(value, dict):
            yield from _cells(value, f"{name}.", depth + 1, row)
            continue
        text = _as_text(value, row)
        if "\x00" in name or not _encodes(name):
            raise _StrangeError("a key holds characters that no text has", "export it again", row)
        yield name, text, isinstance(value, list)


def _as_text(value: Json, row: int) -> str | None:
    """Return a cell as text, blanks around it taken off; None where it is blank."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except RecursionError:
        raise _StrangeError("lists are nested too deep to be a table", "name a flatter export", row) from None
    if "\x00" in text or not _encodes(text):
        raise _StrangeError("a cell holds characters that no text has", "export it again", row)
    return text.strip() or None


def _encodes(text: str) -> bool:
    """Say whether a text can be written; half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
