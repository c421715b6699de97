"""The files: machine contract, determinism, escaping, odd studies."""

from __future__ import annotations

import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from halfstep.core.estimate import Bound, Point
from halfstep.native import kernel
from halfstep.report import json_text, write_report
from halfstep.report.compose import compose
from halfstep.report.html import render_html
from halfstep.report.index import Index
from halfstep.report.labels import Box, fold, place, spread, text_width
from halfstep.study import Outcome, run
from tests.invented import market, write

MONTHS = {"columns": {"period": "month", "place": None}}


def by_month(frame: pl.DataFrame) -> pl.DataFrame:
    ordinal = pl.col("year") - 2000
    text = pl.format("{}-{}", 2024 + ordinal // 12, (ordinal % 12 + 1).cast(pl.String).str.zfill(2))
    return frame.with_columns(text.alias("month"))


def page_of(outcome: Outcome, lang: str = "zh") -> str:
    index = Index.of(outcome)
    return render_html(compose(index), index, lang)


class Reader(HTMLParser):
    """Collects tags and checks that they close."""

    VOID = ("meta", "link", "br", "rect", "circle", "path", "input")

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.stack == []
    return reader


ODD: dict[str, tuple[pl.DataFrame, dict[str, Any]]] = {
    "one brand watched": (market("AB"), {"study": {"benchmarks": ["B"]}}),
    "one period": (market("ABC", years=[2000]), {}),
    "no bands": (market("ABC"), {"bands": None}),
    "months": (by_month(market("ABC", years=range(2000, 2016))), MONTHS),
    "eight brands": (market("ABCDEFGH"), {"brands": {"shown": list("DEFGH")}}),
    "everything refused": (market("ABC", models=1), {}),
    "benchmark alone": (market("ABC").filter((pl.col("brand") != "A") | (pl.col("year") == 2000)), {}),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_odd_studies_render_and_say_something(tmp_path: Path, name: str, lang: str) -> None:
    frame, changes = ODD[name]
    outcome = run(write(tmp_path, frame, changes))
    page = page_of(outcome, lang)
    tags = read(page).seen
    assert [a["class"] for t, a in tags if t == "html"] == [f"lang-{lang}"]
    assert sum(1 for t, a in tags if a.get("id") == "verdict") == 1
    assert page.count("<h2>") == 10
    assert "nan" not in re.sub("<[^>]*>", " ", page.partition("<main>")[2].partition("</main>")[0]).lower().split()
    assert len(page.encode()) < 700_000


def test_an_invented_study_says_so_in_its_header(tmp_path: Path) -> None:
    invented = page_of(run(write(tmp_path / "a", market("ABC"))))
    real = page_of(run(write(tmp_path / "b", market("ABC"), {"study": {"invented": False}})))
    assert 'class="banner"' in invented
    assert 'class="banner"' not in real


def numbers_in(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [n for v in value.values() for n in numbers_in(v)]
    if isinstance(value, list):
        return [n for v in value for n in numbers_in(v)]
    return [value] if isinstance(value, float) else []


def test_the_machine_contract(shipped: Outcome) -> None:
    record = json.loads(json_text(shipped), parse_constant=lambda text: pytest.fail(text))
    top = "schema verdicts overall estimates series checks refusals claims kernel inputs study as_of seed versions readings accords"
    assert set(top.split()) <= set(record)
    assert record["schema"] == "1.4"
    assert record["claims"] == []
    assert record["kernel"] == kernel().name
    assert all(math.isfinite(n) for n in numbers_in(record))
    verdict = "half lens benchmark segment period label p reason needs margin margin_met margin_short breaking p_short p_met p_ahead family estimate"
    assert all(set(verdict.split()) <= set(v) for v in record["verdicts"])
    estimate = "id room what value lo hi level unit tier n origin"
    assert all(set(estimate.split()) <= set(e) for e in record["estimates"])
    assert all({"id", "status", "why", "do"} <= set(c) for c in record["checks"])
    assert all({"id", "needs"} <= set(r) for r in record["refusals"])
    assert set(record["overall"]) >= {"label", "p"}
    accord = "id half benchmark segment period label lenses estimates reason"
    assert record["accords"]
    assert all(set(accord.split()) == set(a) for a in record["accords"])
    index = Index.of(shipped)
    by_id = {e["id"]: e for e in record["estimates"]}
    for name, found in index.estimates.items():
        if isinstance(found, Bound):
            assert by_id[name]["value"] is None
            assert ("unbounded" in by_id[name]) == (not math.isfinite(found.lo) or not math.isfinite(found.hi))
        elif isinstance(found, Point):
            assert by_id[name]["value"] == found.value
    assert len(by_id) + len(record["refusals"]) == len(index.estimates)


def test_same_study_same_bytes(tmp_path: Path) -> None:
    folder = write(tmp_path, market("ABC"))
    for name in ("one", "two"):
        write_report(run(folder), tmp_path / name)
    for file in ("report.html", "report.json", "report.xlsx"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)> {focal} %s"
    frame = market("ABC").with_columns(pl.col("brand").replace({"A": "<b>{A}</b>", "B": "B.all.\"'&"}))
    changes = {
        "study": {"title": evil, "focal": "<b>{A}</b>", "benchmarks": ["B.all.\"'&"], "currency": "<i>{0}</i>", "margin_reason": evil, "notes": [evil]},
        "events": [{"period": "2001", "brand": "<b>{A}</b>", "label": evil, "source": evil}],
    }  # fmt: skip
    page = page_of(run(write(tmp_path, frame, changes)))
    tags = read(page).seen
    assert sum(t == "script" for t, _ in tags) == 2
    assert not any(t in ("img", "i") for t, _ in tags)
    assert not any(name.startswith("on") for _, attributes in tags for name in attributes)
    data = page.partition('id="data">')[2].partition("</script>")[0]
    assert json.loads(data)["records"]


def test_the_page_needs_no_network_and_every_number_has_an_origin(shipped: Outcome) -> None:
    page = page_of(shipped)
    tags = read(page).seen
    addresses = [
        a.get("src") or a.get("href") or "" for t, a in tags if t in ("script", "link", "img", "a", "use", "image")
    ]
    assert [a for a in addresses if a and not a.startswith(("#", "data:"))] == []
    assert "@import" not in page
    assert "url(http" not in page
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    asked = {int(a["data-n"] or -1) for t, a in tags if "data-n" in a}
    assert asked == set(range(len(data["records"])))
    for record in data["records"]:
        assert record["id"]
        assert record["what"] in data["words"]
        assert data["origins"][record["origin"]]["rows"]
    ids = [a["id"] for _, a in tags if a.get("id")]
    assert len(ids) == len(set(ids))


def test_labels_keep_apart() -> None:
    frame = Box(0, 0, 300, 200)
    taken: list[Box] = []
    for k in range(12):
        found = place(f"label {k}", (150, 100), 12, taken, frame)
        if found is not None:
            assert found.box.inside(frame)
            assert not any(found.box.meets(other) for other in taken)
            taken.append(found.box)
    assert len(taken) >= 4
    where = spread([10.0, 11.0, 12.0, 90.0], 10, 0, 100)
    assert all(b - a >= 10 - 1e-9 for a, b in zip(sorted(where), sorted(where)[1:], strict=False))


@pytest.mark.parametrize(
    "text",
    [
        "a long label of several words that folds",
        "很长的中文标签需要折成几行才放得下",
        "Donaudampfschifffahrtsgesellschaft",
    ],
)
def test_folded_lines_fit(text: str) -> None:
    assert all(text_width(line, 12) <= 100 for line in fold(text, 12, 100))
