"""Buyers beside the markets of a panel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from halfstep.core.errors import MisuseError
from halfstep.data.study import load
from halfstep.market.buyers import Buyers, buyers_of
from halfstep.market.inputs import Inputs, prepare
from tests.invented import market, write

COLUMNS: dict[str, Any] = {
    "buyer_columns": {"demographics": {"income": "y", "child": "c"}, "weight": "w", "period": "t", "place": "p"}
}
BOTH = pl.concat([market(years=[2000, 2001]), market(years=[2000, 2001]).with_columns(place=pl.lit("there"))])


def found(folder: Path, table: str, changes: dict[str, Any] | None = None) -> tuple[Inputs, Buyers]:
    inputs = prepare(load(write(folder, BOTH, COLUMNS | (changes or {}), {"buyers": table})))
    assert inputs.buyers is not None
    return inputs, inputs.buyers


def draws(inputs: Inputs, buyers: Buyers) -> dict[tuple[int, str], list[tuple[float, float, int]]]:
    """Market -> income, weight and row of each of its draws."""
    offset, index = buyers.by_market()
    panel, out = inputs.panel, {}
    for t in range(len(offset) - 1):
        row = int(np.flatnonzero(panel.market == t)[0])
        at = index[offset[t] : offset[t + 1]]
        cells = zip(buyers.of("income")[at].tolist(), buyers.w[at].tolist(), buyers.row[at].tolist(), strict=True)
        out[int(panel.period[row]), panel.place_names[panel.place[row]]] = list(cells)
    return out


def test_the_most_specific_rows_count_whole(tmp_path: Path) -> None:
    table = "y,c,w,t,p\n10,0,1,,\n11,0,3,2001,\n12,0,1,,there\n13,0,1,2001,there\n14,0,3,2001,there\n15,1,1,,\n"
    inputs, buyers = found(tmp_path, table)
    assert buyers.names == ("income", "child")
    assert draws(inputs, buyers) == {
        (2000, "here"): [(10.0, 0.5, 2), (15.0, 0.5, 7)],
        (2000, "there"): [(12.0, 1.0, 4)],
        (2001, "here"): [(11.0, 1.0, 3)],
        (2001, "there"): [(13.0, 0.25, 5), (14.0, 0.75, 6)],
    }
    assert buyers.mean().tolist() == [[12.5, 0.5], [12.0, 0.0], [11.0, 0.0], [13.75, 0.0]]


def test_rows_that_hold_for_all_stand_once(tmp_path: Path) -> None:
    inputs, buyers = found(tmp_path, "y,c,w,t,p\n10,0,1,,\n11,1,2,,\n")
    assert buyers.block.tolist() == [0, 0, 0, 0]
    assert (buyers.D.shape, buyers.offset.tolist()) == ((2, 2), [0, 2])
    offset, index = buyers.by_market()
    assert offset.tolist() == [0, 2, 4, 6, 8]
    assert index.tolist() == [0, 1] * 4
    assert {len(rows) for rows in draws(inputs, buyers).values()} == {2}


def test_rows_of_no_market_here_are_passed_over(tmp_path: Path) -> None:
    _, buyers = found(tmp_path, "y,c,w,t,p\n10,0,1,,\n11,0,1,1999,here\n12,0,1,2001,elsewhere\n")
    assert buyers.row.tolist() == [2]


def test_weights_are_alike_where_none_are_given(tmp_path: Path) -> None:
    columns = {"buyer_columns": {"demographics": {"income": "y"}}}
    _, buyers = found(tmp_path, "y\n10\n20\n30\n40\n", columns)
    assert buyers.w.tolist() == [0.25] * 4
    with pytest.raises(MisuseError, match="expected one of the demographics income; got 'child'"):
        buyers.of("child")


def test_order_of_the_file_and_scale_of_weights_say_nothing(tmp_path: Path) -> None:
    people = pl.DataFrame(
        {
            "y": [10, 11, 13, 14, 19],
            "c": 0,
            "w": [1.0, 3.0, 1.0, 3.0, 0.5],
            "t": [None, *[2001] * 4],
            "p": ["", "", *["there"] * 3],
        }
    )
    turned = people.reverse().with_columns(pl.col("w") * 7)
    means = [found(tmp_path / name, frame.write_csv())[1].mean() for name, frame in (("a", people), ("b", turned))]
    assert np.allclose(means[0], means[1], rtol=1e-15)


def test_a_part_of_a_panel_is_refused(tmp_path: Path) -> None:
    inputs, _ = found(tmp_path, "y,c,w,t,p\n10,0,1,,\n")
    side = load(tmp_path).buyers
    assert side is not None
    with pytest.raises(MisuseError, match="part of a panel"):
        buyers_of(inputs.panel.take(inputs.panel.market > 0), side)


def test_none_without_a_table(tmp_path: Path) -> None:
    inputs = prepare(load(write(tmp_path, BOTH, {"demand": {"random": {"tastes": [{"of": "price"}]}}})))
    assert inputs.buyers is None
    assert inputs.micro is None
