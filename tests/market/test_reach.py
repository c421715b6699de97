"""Reach beside the rows of a panel: the most specific statement, products of parts, counts, and their sampling error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from halfstep.data.study import load
from halfstep.market.inputs import prepare
from halfstep.market.panel import Panel
from halfstep.market.reach import Reach
from tests.invented import market, write

PARTS = {"awareness": "aware", "consideration": "consider", "outlets": "shops", "variants": "kinds"}


def found(folder: Path, table: str, columns: dict[str, str], sales: pl.DataFrame | None = None) -> tuple[Panel, Reach]:
    changes: dict[str, Any] = {"reach_columns": {"brand": "b"} | columns}
    frame = market(years=[2000, 2001]) if sales is None else sales
    inputs = prepare(load(write(folder, frame, changes, {"reach": table})))
    assert inputs.reach is not None
    return inputs.panel, inputs.reach


def at(panel: Panel, reach: Reach, brand: str, period: int, place: str = "here") -> tuple[float, int]:
    rows = panel.is_brand(brand) & (panel.period == period) & (panel.place == panel.place_names.index(place))
    (share,), (cell,) = np.unique(reach.share[rows]), np.unique(reach.cell[rows])
    return float(share), int(reach.row[cell]) if cell >= 0 else -1


def test_the_most_specific_statement_counts(tmp_path: Path) -> None:
    both = pl.concat([market(years=[2000, 2001]), market(years=[2000, 2001]).with_columns(place=pl.lit("there"))])
    table = "b,t,p,aware\nA,,,.1\nA,,there,.2\nA,2001,,.3\nA,2001,there,.4\nB,,there,.5\nC,2001,here,.6\n"
    panel, reach = found(tmp_path, table, {"period": "t", "place": "p", "awareness": "aware"}, both)
    assert at(panel, reach, "A", 2000, "here") == (0.1, 2)
    assert at(panel, reach, "A", 2000, "there") == (0.2, 3)
    assert at(panel, reach, "A", 2001, "here") == (0.3, 4)
    assert at(panel, reach, "A", 2001, "there") == (0.4, 5)
    assert at(panel, reach, "B", 2001, "there") == (0.5, 6)
    for brand, place in (("B", "here"), ("C", "there"), ("D", "here")):
        share, row = at(panel, reach, brand, 2001, place)
        assert np.isnan(share)
        assert row == -1
    assert reach.parts == ("awareness",)
    assert reach.file == "reach.csv"


def test_it_is_the_product_of_what_the_table_has(tmp_path: Path) -> None:
    table = "b,aware,consider,shops,kinds\nA,.5,.4,.9,2\nB,.8,,.9,3\nC,.8,.5,.9,\n"
    panel, reach = found(tmp_path, table, PARTS)
    assert at(panel, reach, "A", 2000)[0] == pytest.approx(0.18)
    assert np.isnan(at(panel, reach, "B", 2000)[0])  # a product that lacks a factor cannot be compared
    assert reach.parts == ("awareness", "consideration", "outlets", "variants")
    variants = {b: set(np.exp(reach.log_variants[panel.is_brand(b)]).round(9)) for b in "ABCD"}
    assert variants == {"A": {2.0}, "B": {3.0}, "C": {1.0}, "D": {1.0}}
    assert (reach.variance == 0).all()
    assert np.isfinite(reach.log_variants).all()


def test_a_column_that_is_blank_throughout_is_not_a_part(tmp_path: Path) -> None:
    panel, reach = found(tmp_path, "b,aware,consider,shops,kinds\nA,.5,,,\nB,.8,,,\n", PARTS)
    assert reach.parts == ("awareness",)
    assert at(panel, reach, "A", 2000)[0] == 0.5


def test_counts_are_held_against_the_largest_in_the_market(tmp_path: Path) -> None:
    table = "b,t,shops\nA,2000,30\nB,2000,60\nA,2001,30\nB,2001,20\nElsewhere,2001,500\n"
    panel, reach = found(tmp_path, table, {"period": "t", "outlets": "shops"})
    assert [at(panel, reach, b, t)[0] for b, t in (("A", 2000), ("B", 2000), ("A", 2001))] == [0.5, 1.0, 1.0]
    assert at(panel, reach, "B", 2001)[0] == pytest.approx(2 / 3)
    panel, reach = found(tmp_path / "shares", "b,shops\nA,.3\nB,1\n", {"outlets": "shops"})
    assert [at(panel, reach, b, 2000)[0] for b in "AB"] == [0.3, 1.0]


def test_variants_alone_are_no_reach(tmp_path: Path) -> None:
    panel, reach = found(tmp_path, "b,kinds\nA,4\n", {"variants": "kinds"})
    assert np.isnan(reach.share).all()
    assert np.exp(reach.log_variants[panel.is_brand("A")]) == pytest.approx(4.0)


def test_its_variance_is_what_repeated_surveys_show(tmp_path: Path) -> None:
    """Of n asked, those who know the brand are asked whether they would consider it."""
    n, a, c = 800, 0.3, 0.5
    table = f"b,aware,consider,asked\nA,{a},{c},{n}\nB,{a},{c},\nC,1,1,{n}\n"
    columns = {"awareness": "aware", "consideration": "consider", "respondents": "asked"}
    panel, reach = found(tmp_path, table, columns)
    told = {b: float(reach.variance[panel.is_brand(b)][0]) for b in "ABCD"}
    assert told == {"A": pytest.approx((1 - a * c) / (a * c * n)), "B": 0.0, "C": 0.0, "D": 0.0}
    rng = np.random.default_rng(5)
    aware = rng.binomial(n, a, 20_000)
    share = rng.binomial(aware, c) / n
    assert np.log(share).var() == pytest.approx(told["A"], rel=0.05)
    assert len(np.unique(reach.cell[panel.is_brand("A")])) == 1  # both years share that error


def test_awareness_or_consideration_alone_have_their_own_variance(tmp_path: Path) -> None:
    for key in ("awareness", "consideration"):
        _, reach = found(tmp_path / key, "b,v,asked\nA,.25,100\n", {key: "v", "respondents": "asked"})
        assert reach.variance.max() == pytest.approx(0.75 / 25)


def test_rows_can_be_taken(tmp_path: Path) -> None:
    panel, reach = found(tmp_path, "b,t,aware\nA,2000,.5\nA,2001,.6\n", {"period": "t", "awareness": "aware"})
    late = panel.period == 2001
    some = reach.take(late)
    assert len(some.share) == len(some.cell) == int(late.sum())
    assert set(some.share[panel.is_brand("A")[late]]) == {0.6}
    assert some.row.tolist() == reach.row.tolist()
