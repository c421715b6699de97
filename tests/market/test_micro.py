"""Micro figures in the codes of a panel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from halfstep.data.study import load
from halfstep.market.inputs import prepare
from halfstep.market.micro import ANYTHING, NONE, UNSAID, Micro
from halfstep.market.panel import Panel
from tests.invented import market, write

NAMES = ("statistic", "of", "group", "second", "value", "count", "period", "place")
COLUMNS: dict[str, Any] = {
    "buyer_columns": {"demographics": {"income": "y"}}, "micro_columns": {name: name for name in NAMES},
}  # fmt: skip
SALES = pl.concat([market(years=[2000, 2001]), market(years=[2000, 2001]).with_columns(place=pl.lit("there"))])


def found(folder: Path, rows: list[str], changes: dict[str, Any] | None = None) -> tuple[Panel, Micro]:
    sold = SALES.filter((pl.col("brand") != "D") | (pl.col("year") == 2001))
    tables = {"buyers": "y\n10\n40\n", "micro": "\n".join([",".join(NAMES), *rows])}
    inputs = prepare(load(write(folder, sold, COLUMNS | (changes or {}), tables)))
    assert inputs.micro is not None
    return inputs.panel, inputs.micro


def test_names_become_codes_and_markets_are_those_it_can_be_of(tmp_path: Path) -> None:
    rows = [
        "mean,income,B,,25,200,,", "mean,income,none,,20,900,2001,", "mean,income,any,,22,900,,there",
        "mean,income,D,,22,50,,", "second choice,,A,D,.3,100,,here", "second choice,,any,none,.2,100,2000,here",
    ]  # fmt: skip
    panel, micro = found(tmp_path, rows)
    by_row = {int(row): i for i, row in enumerate(micro.row)}
    order = [by_row[row] for row in range(2, 8)]
    A, B, D = (panel.brands.index(b) for b in "ABD")
    assert micro.second_choice[order].tolist() == [False] * 4 + [True] * 2
    assert micro.group[order].tolist() == [B, NONE, ANYTHING, D, A, ANYTHING]
    assert micro.second[order].tolist() == [UNSAID] * 4 + [D, NONE]
    assert [micro.of[i] for i in order] == ["income"] * 4 + [""] * 2
    assert (micro.value[order][0], micro.count[order][3]) == (25.0, 50.0)
    markets = [(2000, "here"), (2000, "there"), (2001, "here"), (2001, "there")]
    said = [[m for m, here in zip(markets, micro.markets[i], strict=True) if here] for i in order]
    assert said == [markets, markets[2:], markets[1::2], markets[2:], [markets[2]], [markets[0]]]
    assert micro.unused == {}


def test_what_the_scope_leaves_out_is_set_aside_with_the_reason(tmp_path: Path) -> None:
    rows = [
        "mean,income,D,,25,200,,", "second choice,,A,D,.3,100,,", "mean,income,A,,22,50,2001,", "mean,income,A,,22,50,2000,",
    ]  # fmt: skip
    _, micro = found(tmp_path, rows, {"scope": {"last": "2000"}})
    assert micro.unused == {2: "group not on sale", 3: "second choice not on sale", 4: "no such market"}
    assert micro.row.tolist() == [5]
    _, micro = found(tmp_path / "none", rows[:1], {"scope": {"last": "2000"}})
    assert micro.markets.shape == (0, 4 - 2)
    assert micro.group.tolist() == []
