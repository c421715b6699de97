"""Chinese car series, every column text, many blanks: the tool answers or refuses in clear words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from halfstep.core.errors import StudyFaultsError
from halfstep.core.estimate import Refusal
from halfstep.study import run
from tests.invented import write

pytestmark = pytest.mark.cases


@pytest.fixture(scope="module")
def series(cases: Path) -> pl.DataFrame:
    return pl.read_parquet(cases / "xiaomi_cars" / "panel_joined.parquet")


def changes(price: str, attributes: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "study": {"focal": "小米", "benchmarks": ["特斯拉"], "currency": "10,000 CNY", "as_of": "2025-12-31"},
        "tables": {"sales": "sales.parquet"},
        "columns": {
            "period": "month", "place": None, "price": price, "quantity": "units", "price_basis": "list", "cluster": "series_id",
        },
        "attributes": [{"id": i, "label": i, "columns": c, "transform": "log"} for i, c in attributes.items()],
        "bands": {"edges": [10.0, 20.0, 25.0, 30.0]},
    }  # fmt: skip


SPECS = {"power": ["power_kw"], "weight": ["curb_kg"], "size": ["length_mm", "width_mm"]}


def faults(folder: Path) -> list[str]:
    with pytest.raises(StudyFaultsError) as caught:
        run(folder)
    return [fault.line() for fault in caught.value.faults]


def test_names_and_blanks_are_told_apart(series: pl.DataFrame, tmp_path: Path) -> None:
    """The whole table lacks prices for some series; every such row is named, and none is filled in."""
    lines = faults(write(tmp_path, series, changes("list_median_wan", SPECS)))
    blank = series["list_median_wan"].null_count()
    assert sum("list_median_wan" in line for line in lines) == blank
    print(len(lines), "faults;", blank, "blank prices; first:", lines[:3])


def test_it_answers_where_the_figures_are(series: pl.DataFrame, tmp_path: Path) -> None:
    price = "list_median_wan"
    full = series.filter(
        pl.col(price).is_not_null() & pl.col("units").is_not_null() & pl.col("series_id").is_not_null()
    )
    full = full.unique(["month", "brand", "model"], keep="first", maintain_order=True)
    names = full["brand"].value_counts(sort=True)
    focal, benchmark = "小米", next(b for b in names["brand"] if b in ("特斯拉", "特斯拉中国", "宝马", "华晨宝马"))
    made = changes(price, SPECS)
    made["study"] |= {"focal": next(b for b in names["brand"] if focal in b), "benchmarks": [benchmark]}
    outcome = run(write(tmp_path, full, made))
    answer = outcome.answers["gap"]
    assert answer.estimates
    print(outcome.inputs.panel.n, "rows;", outcome.inputs.fit.left_out, "without attributes;", benchmark)
    for verdict in answer.verdicts:
        print(verdict.half, verdict.period, verdict.label, verdict.reason, verdict.p)
    for estimate in answer.estimates:
        if isinstance(estimate, Refusal):
            assert estimate.why
            assert estimate.needs
            print(estimate.id, estimate.why, estimate.needs, estimate.facts)
