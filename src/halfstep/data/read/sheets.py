"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods): one sheet as cells of text, and its marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from struct import error as struct_error
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile
from zlib import error as zlib_error

import fastexcel
import polars as pl

from halfstep.core.check import Fault, Guess
from halfstep.data.read.biff import xls_marks, xlsb_marks
from halfstep.data.read.header_row import letters
from halfstep.data.read.later import AsOf
from halfstep.data.read.marks import MOST_CELLS, MOST_COLUMNS, BrokenWorkbookError, Marks, xlsx_marks
from halfstep.data.read.ods import ods_marks
from halfstep.data.read.parts import choose, first_line
from halfstep.data.read.places import MOST_LISTED, ROW
from halfstep.data.read.shape import Body, Cells, shape

__all__ = ["is_workbook", "read_sheet"]

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PERHAPS_CUT = r"^-?(?:[0-9]+\.[0-9]{9}|0)$"
_DECIMAL = r"^-?(?:[0-9]+\.[0-9]+|0)$"
_DAY = r"^(\d{4}-\d\d-\d\d) 00:00:00$"
_CLOCK = r"^1899-12-3[01] (\d\d:\d\d:\d\d)$"
_FAILED = (
    "#N/A",
    "#REF!",
    "#DIV/0!",
    "#VALUE!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
    "#FIELD!",
    "#BLOCKED!",
)
_BROKEN = (
    BrokenWorkbookError, BadZipFile, zlib_error, ExpatError, struct_error, LookupError, EOFError, OSError,
    NotImplementedError, RuntimeError, UnicodeDecodeError, OverflowError, ValueError,
)  # fmt: skip


def is_workbook(raw: bytes) -> bool:
    """Say whether bytes are a workbook."""
    return _scan_of(raw) is not None


def _scan_of(raw: bytes) -> Callable[[bytes], dict[str, Marks]] | None:
    if raw.startswith(_COMPOUND):
        return xls_marks
    members = {b"xl/workbook.xml": xlsx_marks, b"xl/workbook.bin": xlsb_marks, b"content.xml": ods_marks}
    packed = raw.startswith(b"PK\x03\x04")
    return next((scan for member, scan in members.items() if packed and member in raw), None)


def read_sheet(name: str, file: str, raw: bytes, part: str, as_of: AsOf | None = None) -> Body:
    """Read one sheet of a workbook, every cell as the text that stands for its value.

    Days are YYYY-MM-DD, whole numbers have no decimals, per cents are plain numbers. A cell whose formula failed is a
    fault. Merged words and dates are repeated down the rows they cover.

    Parameters
    ----------
    name
        Name of the table in the study.
    part
        Sheet; "" where the study names none.
    """
    try:
        marks = _marks(raw)
        spread = {n: m for n, m in marks.items() if m.rows * m.columns > MOST_CELLS or m.columns > MOST_COLUMNS}
        for title, mark in spread.items():
            what = f"expected a table; sheet {title!r} reaches to row {mark.rows:,}, column {letters(mark.columns - 1)}"
            mend = "delete what stands beyond the table (Ctrl+End goes there)"
            return Body(pl.DataFrame(), faults=(Fault(table=file, what=what, mend=mend),))
        sheets = _sheets(raw, part)
    except _BROKEN as error:
        what = f"expected a whole workbook; reading it failed: {first_line(error)}"
        mend = "open it in a spreadsheet program and save it as .xlsx, without a password"
        return Body(pl.DataFrame(), faults=(Fault(table=file, what=what, mend=mend),))
    held = [title for title, sheet in sheets.items() if part or (sheet.cells.width and sheet.visible)]
    chosen = choose(name, file, part, held or [title for title, sheet in sheets.items() if sheet.cells.width], "sheet")
    if isinstance(chosen, Fault):
        return Body(pl.DataFrame(), faults=(chosen,))
    label = f"{file}#{part}" if part else file
    guesses = []
    if len(sheets) > 1 and not part:
        guesses.append(Guess(table=label, kind="sheet", facts=(("sheet", chosen), ("of", len(sheets)))))
    return _body(label, sheets[chosen].cells, marks.get(chosen), guesses, as_of)


def _marks(raw: bytes) -> dict[str, Marks]:
    scan = _scan_of(raw)
    return scan(raw) if scan else {}


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """Cells of a sheet, columns named by their place, without blank columns at either end; whether it is shown."""

    cells: pl.DataFrame
    visible: bool


def _sheets(raw: bytes, part: str) -> dict[str, _Sheet]:
    """Return the sheets of a workbook; of a named one the cells, of the others an empty frame."""
    try:
        book = fastexcel.read_excel(raw)
        out = {}
        for i, title in enumerate(book.sheet_names):
            if part and title.casefold() != part.casefold():
                out[title] = _Sheet(pl.DataFrame(), True)
                continue
            sheet = book.load_sheet(i, header_row=None, skip_rows=0, dtypes="string")
            cells = _whole_decimals(book, i, pl.DataFrame(sheet))
            cells.columns = [str(column.absolute_index) for column in sheet.available_columns()]
            cells = cells.with_columns(pl.all().str.strip_chars().replace("", None))
            filled = cells.width and cells.select(~pl.all_horizontal(pl.all().is_null())).to_series().any()
            out[title] = _Sheet(cells if filled else pl.DataFrame(), sheet.visible == "visible")
        return out
    except BaseException as error:
        if type(error).__name__ == "PanicException" or isinstance(
            error, (fastexcel.FastExcelError, pl.exceptions.PolarsError)
        ):
            raise BrokenWorkbookError(first_line(error)) from None
        raise


def _whole_decimals(book: fastexcel.ExcelReader, sheet: int, cells: pl.DataFrame) -> pl.DataFrame:
    """Return cells with every decimal that the workbook holds: as text the reader gives nine at most, no zeros at the end."""
    cut = pl.all().str.contains(_PERHAPS_CUT).any()
    places = [k for k, found in enumerate(cells.select(cut).row(0)) if found] if cells.height else []
    if not places:
        return cells
    numbers = pl.DataFrame(book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes=dict.fromkeys(places, "float")))
    whole = []
    for name in (cells.columns[k] for k in places):
        number = numbers[name]
        is_cut = cells[name].str.contains(_DECIMAL) & number.is_not_null() & (number != 0)
        whole.append(pl.when(pl.lit(is_cut)).then(pl.lit(number.cast(pl.String))).otherwise(pl.col(name)).alias(name))
    return cells.with_columns(whole)


def _body(label: str, cells: pl.DataFrame, marks: Marks | None, guesses: list[Guess], as_of: AsOf | None) -> Body:
    if marks is not None:
        cells = _with_errors(cells, marks.errors)
    dated = pl.all().str.replace(_DAY, "$1").str.replace(_CLOCK, "$1")
    frame = cells.with_columns(dated).with_row_index(ROW, offset=1)
    body = shape(label, Cells(frame, None if marks is None else marks.merged), as_of)
    if marks is not None and (marks.hidden_rows or marks.hidden_columns):
        facts = (("rows", marks.hidden_rows), ("columns", marks.hidden_columns))
        count = marks.hidden_rows + marks.hidden_columns
        guesses.append(Guess(table=label, kind="hidden", count=count, facts=facts))
    failed = {*_FAILED, *(text for *_, text in (marks.errors if marks else ()))}
    return Body(
        body.frame,
        (*guesses, *body.guesses, *_rounded(label, body.frame)),
        (*body.faults, *_failed(label, body.frame, failed)),
        body.later,
    )


def _with_errors(cells: pl.DataFrame, errors: tuple[tuple[int, int, str], ...]) -> pl.DataFrame:
    """Write in each cell whose formula failed the error that the program shows there."""
    of_column: dict[str, dict[int, str]] = {}
    for row, column, text in errors:
        if str(column) in cells.columns and row <= cells.height:
            of_column.setdefault(str(column), {})[row - 1] = text
    for place, texts in of_column.items():
        changed = cells[place].to_list()
        for at, text in texts.items():
            changed[at] = text
        cells = cells.with_columns(pl.Series(place, changed, dtype=pl.String))
    return cells


def _failed(label: str, frame: pl.DataFrame, failed: set[str]) -> list[Fault]:
    found = []
    for column in frame.columns[1:]:
        for row, text in frame.filter(pl.col(column).is_in(sorted(failed))).select(ROW, column).iter_rows():
            found.append((row, column, text))
    found.sort(key=lambda cell: cell[0])
    mend = "correct the formula in the workbook, or leave the cell blank"
    faults = [
        Fault(table=label, row=row, column=column, what=f"expected a value; the cell holds the error {text}", mend=mend)
        for row, column, text in found[:MOST_LISTED]
    ]
    if len(found) > MOST_LISTED:
        what = f"expected values; {len(found) - MOST_LISTED:,} more cells hold errors"
        faults.append(Fault(table=label, row=found[MOST_LISTED][0], what=what, mend=mend))
    return faults


def _rounded(label: str, frame: pl.DataFrame) -> Iterator[Guess]:
    """Yield columns of long numbers of which a spreadsheet program has kept fifteen digits."""
    for column in frame.columns[1:]:
        long = frame.filter(pl.col(column).str.contains(r"^\d{16,30}$"))
        values = long[column].unique(maintain_order=True).to_list()
        if len(values) > 1 and all(map(_is_rounded, values)):
            facts = (("column", column), ("count", long.height), ("sample", values[0]))
            yield Guess(table=label, kind="rounded", row=long[ROW][0], column=column, count=long.height, facts=facts)


def _is_rounded(digits: str) -> bool:
    """Say whether a number has fifteen digits and is otherwise binary noise, or, where it is longer, is a binary number."""
    number = int(digits)
    return int(float(f"{number:.14e}")) == number or (len(digits) > 17 and int(float(number)) == number)
