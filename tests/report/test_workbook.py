"""report.xlsx read back by another program: the same numbers as report.json, texts that stay texts."""

from __future__ import annotations

import io
import json
import math
import os
import re
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from halfstep.core.check import Guess
from halfstep.report import json_text
from halfstep.report.compose import compose
from halfstep.report.finding import Amount, Brand, Fact, Finding, Many, Term, Words
from halfstep.report.grid_sheets import grid_sheet
from halfstep.report.index import Index
from halfstep.report.page import Cell, Grid, Row
from halfstep.report.say import Speaker
from halfstep.report.sheets import render_workbook
from halfstep.report.words import LANGUAGES, known, word
from halfstep.report.workbook import Column, Front, Number, Sheet, sheet_name, workbook_bytes
from halfstep.study import Outcome, run
from tests.invented import market, write
from tests.report.studies import STUDIES

BOTH = pytest.mark.parametrize("lang", LANGUAGES)
SHIPPED = Path(__file__).parents[2] / "studies"
RECORDS = ("verdicts", "estimates", "series", "checks", "refusals", "guesses", "inputs")


def made(outcome: Outcome, lang: str = "en") -> bytes:
    index = Index.of(outcome)
    return render_workbook(compose(index), index, lang)


def read(outcome: Outcome, lang: str = "en") -> Any:
    return openpyxl.load_workbook(io.BytesIO(made(outcome, lang)))


def rows(book: Any, name: str, lang: str = "en") -> list[dict[str, Any]]:
    """A sheet of records: key of the head -> value."""
    sheet = book[word(f"sheet.{name}", lang)]
    heads, *values = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in values]


def equal(cell: object, number: float | None) -> bool:
    """Whether a cell holds a number of report.json, as far as the file format goes; infinite or undefined is null there."""
    if number is None:
        return cell in (None, "∞", "−∞")
    return isinstance(cell, int | float) and math.isclose(cell, number, rel_tol=1e-15, abs_tol=0.0)


@pytest.mark.parametrize("name", [*STUDIES, "shipped"])
def test_numbers_are_those_of_the_json(outcomes: dict[str, Outcome], shipped: Outcome, name: str) -> None:
    outcome = shipped if name == "shipped" else outcomes[name]
    book, record = read(outcome), json.loads(json_text(outcome))
    estimates = rows(book, "estimates")
    assert [row["Id"] for row in estimates] == [e["id"] for e in record["estimates"]]
    for row, e in zip(estimates, record["estimates"], strict=True):
        heads = {"Value": "value", "Low": "lo", "High": "hi", "Coverage": "level", "Standard error": "se"}
        assert all(equal(row[head], e[key]) for head, key in heads.items()), row
        assert (row["Rows behind it"], row["Evidence tier"]) == (e["n"], e["tier"])
        assert (row["Rows of the file"], row["Rows in the computation"]) == (
            e["origin"]["rows"],
            e["origin"]["rows_used"],
        )
    points = [
        (s["id"], v, lo, hi, n)
        for s in record["series"]
        for v, lo, hi, n in zip(s["value"], s["lo"], s["hi"], s["n"], strict=True)
    ]
    listed = rows(book, "series")
    assert len(listed) == len(points)
    for row, (key, v, lo, hi, n) in zip(listed, points, strict=True):
        assert (row["Id"], row["Rows behind it"]) == (key, n)
        assert equal(row["Value"], v)
        assert equal(row["Low"], lo)
        assert equal(row["High"], hi)
    for row, v in zip(rows(book, "verdicts"), record["verdicts"], strict=True):
        found = (row["Probability"], row["Margin"], row["Met from"], row["Short up to"], row["Breaking strength"])
        told = (v["p"], v["margin"], v["margin_met"], v["margin_short"], v["breaking"])
        assert all(map(equal, found, told)), row
    assert [row["Id"] for row in rows(book, "checks")] == [c["id"] for c in record["checks"]]
    assert [row["Id"] for row in rows(book, "refusals") if row.get("Id")] == [r["id"] for r in record["refusals"]]
    inputs = {row["Name"]: row["Entry"] for row in rows(book, "inputs")}
    assert inputs.items() >= record["inputs"].items() | record["versions"].items()
    assert inputs["Seed"] == record["seed"]


def test_an_infinite_end_is_a_sign_and_no_number(outcomes: dict[str, Outcome]) -> None:
    index = Index.of(outcomes["weak"])
    unbounded = [e for e in index.estimates.values() if math.inf in (getattr(e, "hi", 0), -getattr(e, "lo", 0))]
    assert unbounded
    listed = {row["Id"]: row for row in rows(read(outcomes["weak"]), "estimates")}
    assert all("∞" in (listed[e.id]["High"], str(listed[e.id]["Low"]).removeprefix("−")) for e in unbounded)


@BOTH
def test_every_table_of_the_page_is_there_and_figures_are_numbers(shipped: Outcome, lang: str) -> None:
    book, page, speaker = read(shipped, lang), compose(Index.of(shipped)), Speaker(lang, shipped.config)
    tables = {sheet.cell(1, 1).value: sheet for sheet in book}
    for grid in (b for s in page.sections for b in s.blocks if isinstance(b, Grid)):
        if grid.id in ("verdicts", "checks", "guesses", "files", "left-out", "versions"):
            continue
        sheet = tables[speaker.text(grid.title)]
        assert sheet.max_row == len(grid.rows) + 2
        assert sheet.auto_filter.ref.startswith("A2:")
        assert sheet.freeze_panes == "B3"
        heads = [cell.value for cell in sheet[2]]
        assert len(set(heads)) == len(heads)
        for row in sheet.iter_rows(min_row=3, values_only=True):
            assert not [v for v in row if isinstance(v, str) and re.fullmatch(r"[-−+]?[\d.,]+ ?%?", v)]
    for name in RECORDS:
        sheet = book[word(f"sheet.{name}", lang)]
        assert sheet.freeze_panes == "B2"
        assert (sheet.auto_filter.ref is None) == (sheet.max_row == 1)


@BOTH
def test_the_first_sheet_says_what_the_page_says_first(shipped: Outcome, lang: str) -> None:
    book, page, speaker = read(shipped, lang), compose(Index.of(shipped)), Speaker(lang, shipped.config)
    front = book.worksheets[0]
    cells = {str(cell.value) for row in front for cell in row if cell.value is not None}
    lead = page.lead[0]
    assert speaker.text(lead.finding) in cells  # type: ignore[union-attr]
    assert {speaker.pick(page.title), shipped.config.study.as_of} <= cells
    assert {sheet.title for sheet in book.worksheets[1:]} <= cells
    links = [cell.hyperlink.location for row in front for cell in row if cell.hyperlink]
    assert links == [f"'{sheet.title}'!A1" for sheet in book.worksheets[1:]]


@BOTH
def test_heads_and_names_have_words(outcomes: dict[str, Outcome], shipped: Outcome, lang: str) -> None:
    latin = re.compile("[A-Za-z]")
    for outcome in (shipped, outcomes["flow"], outcomes["second choices"]):
        book = read(outcome, lang)
        for sheet in book.worksheets[1:]:
            assert len(sheet.title) <= 31
            top = 2 if sheet.freeze_panes == "B3" else 1
            heads = [str(cell.value) for cell in sheet[top]]
            assert "None" not in heads or sheet.max_row == 1
            if lang == "zh" and top == 1:
                assert [h for h in heads if latin.search(h)] == []
    for series in Index.of(shipped).series.values():
        assert [d for d in series.dims if not known(f"head.dim {d}")] == []


@BOTH
def test_every_guess_is_worded(outcomes: dict[str, Outcome], lang: str) -> None:
    seen = (("example", "12万"), ("read", 120_000))
    guess = Guess(table="sales.csv", kind="wan", row=3, column="price", count=2, facts=seen)
    (row,) = rows(read(replace(outcomes["dark"], guesses=(guess,)), lang), "guesses", lang)
    sentence, table, column, first, count = row.values()
    assert (table, column, first, count) == ("sales.csv", "price", 3, 2)
    assert "12万" in sentence
    assert "120,000" in sentence


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*/study.toml")), ids=lambda p: str(p.parent.name))
def test_no_sentence_of_a_shipped_study_lacks_a_fact(path: Path) -> None:
    if "${HALFSTEP_CASES}" in path.read_text(encoding="utf-8") and "HALFSTEP_CASES" not in os.environ:
        pytest.skip("HALFSTEP_CASES is not set: this study's table must be obtained")
    outcome = run(path.parent)
    books = [read(outcome, lang) for lang in LANGUAGES]
    cells = (cell.value for book in books for sheet in book for row in sheet.iter_rows() for cell in row)
    texts = {text for text in cells if isinstance(text, str)}
    assert [text for text in texts if re.search(r"(?<!\$)\{\w*\}", text)] == []  # a file may stand behind a variable


def test_same_run_same_bytes(shipped: Outcome) -> None:
    one, two = made(shipped), made(shipped)
    assert one == two
    with zipfile.ZipFile(io.BytesIO(one)) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = openpyxl.load_workbook(io.BytesIO(one)).properties
    assert properties.created == properties.modified == datetime.fromisoformat(shipped.config.study.as_of)


def test_hostile_text_stays_text(tmp_path: Any) -> None:
    evil = {"A": "=cmd()", "B": "http://example.org/", "C": "{=1+1}[]:*?/\\'"}
    frame = market("ABC").with_columns(pl.col("brand").replace(evil))
    changes = {
        "study": {
            "title": "=HYPERLINK(\"x\") & 'y' &A &Z", "focal": evil["A"], "benchmarks": [evil["B"], evil["C"]],
            "currency": "@money", "margin_reason": "-1+1", "notes": ["=1"],
        },
        "events": [{"period": "2001", "brand": evil["A"], "label": "x" * 40_000, "source": "+1"}],
    }  # fmt: skip
    outcome = run(write(tmp_path, frame, changes))
    for lang in LANGUAGES:
        raw = made(outcome, lang)
        book = openpyxl.load_workbook(io.BytesIO(raw))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
        assert {"=cmd()", "http://example.org/"} <= {cell.value for cell in cells}
        assert all(cell.hyperlink is None or cell.hyperlink.target is None for cell in cells)
        assert max(len(str(cell.value)) for cell in cells) <= 32_767
        with zipfile.ZipFile(io.BytesIO(raw)) as file:
            assert not any(b"<f>" in file.read(name) or b"TargetMode" in file.read(name) for name in file.namelist())


def test_invented_figures_say_so_on_every_sheet(outcomes: dict[str, Outcome], shipped: Outcome) -> None:
    warning = Speaker("en", shipped.config).text(Finding("find.banner"))
    for outcome, told in ((outcomes["judged"], True), (shipped, False)):
        book = read(outcome)
        assert all((warning in (sheet.oddHeader.right.text or "")) == told for sheet in book.worksheets)
        assert any(cell.value == warning for cell in book.worksheets[0]["B"]) == told


def table(speaker: Speaker, *cells: tuple[Fact, ...]) -> tuple[list[str], list[tuple[float | str | None, ...]]]:
    """Heads and entries of a grid of one column."""
    rows = tuple(Row((Cell(facts),)) for facts in cells)
    sheet = grid_sheet(Grid("g", Finding("find.checks title"), (Term("ui.gap"),), rows), "g", speaker)
    shown = [tuple(e.value if isinstance(e, Number) else e for e in row) for row in sheet.rows]
    return [column.head for column in sheet.columns], shown


def test_a_cell_is_split_into_numbers_and_words(shipped: Outcome) -> None:
    speaker = Speaker("en", shipped.config)
    both, size = Amount(6.2, "rank", 5.5, 6.9, form="both"), Amount(-2.0, "rank", form="size")
    bound = Amount(5.0, "rank", 4.0, 6.0, form="interval")
    heads, shown = table(speaker, (both,), (bound,), (Term("ui.none"),))
    assert heads == ["Gap", "Gap, low", "Gap, high"]
    assert shown == [(6.2, 5.5, 6.9), (None, 4.0, 6.0), (None, None, None)]
    heads, shown = table(speaker, (both, Term("label.short")))
    assert heads == ["Gap", "Gap, low", "Gap, high", "Gap, in words"]
    assert shown == [(6.2, 5.5, 6.9, word("label.short", "en"))]
    heads, shown = table(speaker, (Many((bound, bound), "ui.list"),), (Words("1,234.5"),))
    assert heads == ["Gap 1, low", "Gap 1, high", "Gap 2, low", "Gap 2, high", "Gap, in words"]
    assert shown == [(4.0, 6.0, 4.0, 6.0, None), (None, None, None, None, 1234.5)]
    assert table(speaker, (Words("8"),), (Words("words"),)) == (["Gap"], [(8.0,), ("words",)])
    assert table(speaker, (size,)) == (["Gap"], [(2.0,)])
    assert table(speaker, (Amount(math.log(1.5), "log points"),))[1][0][0] == pytest.approx(0.5)
    said = Finding("find.margin met", (("margin", Amount(0.2, "share")),))
    assert table(speaker, (Many((said, said)),)) == (
        ["Gap", "Gap 1", "Gap 2"],
        [("met from 20.0% and met from 20.0%", 0.2, 0.2)],
    )
    assert table(speaker, (Brand("500"),)) == (["Gap"], [("500",)])


def test_names_of_sheets_are_lawful() -> None:
    names: list[str] = []
    for text in (
        "a" * 40,
        "A" * 40,
        "a" * 40,
        "'=[x]:*?/\\'",
        "",
        "Share of each price band, by units, 1990",
        "history",
    ):
        names.append(sheet_name(text, names))
    assert len({n.casefold() for n in names}) == len(names)
    assert all(0 < len(n) <= 31 and not re.search(r"[\[\]:*?/\\]", n) and n.strip("'") == n for n in names)
    assert names[-2:] == ["Share of each price band, by", "history 2"]


def test_odd_numbers_and_texts_do_not_break_the_file() -> None:
    front = Front("f", "t", "", (), "c", datetime(2000, 1, 1))
    entries = (Number(math.nan), Number(math.inf), Number(-math.inf), "a\x00\ud800\uffff", None, Number(0.5))
    sheet = Sheet("s", tuple(Column(str(k)) for k in range(len(entries))), (entries,))
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(front, [sheet])))
    assert book.sheetnames == ["f", "s"]
    assert [cell.value for cell in book["s"][2]] == [None, "∞", "−∞", "a_x0000_\ufffd\ufffd", None, 0.5]
