"""Second choices: counts, Wilson intervals against their definition, and the plain logit's answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from halfstep.core.errors import MisuseError
from halfstep.data.study import load
from halfstep.market.inputs import Inputs, prepare
from halfstep.market.switching import Diversion, diversion, wilson
from tests.invented import market, write

TABLE = "bought,second,n\nA,B,30\nA,C,10\nA,A,99\nA,Elsewhere,50\nB,A,4\nD,Elsewhere,8\n"


def inputs(folder: Path) -> Inputs:
    units = {"A": 10, "B": 20, "C": 30, "D": 40}
    frame = market(years=[2000, 2001]).with_columns(
        pl.when(pl.col("year") == 2001).then(pl.col("brand").replace_strict(units)).otherwise(777).alias("units")
    )
    columns = {"bought": "bought", "second": "second", "count": "n"}
    return prepare(load(write(folder, frame, {"second_choice_columns": columns}, {"second_choices": TABLE})))


def found(made: Inputs, bought: str, second: str) -> Diversion | None:
    assert made.switching is not None
    return diversion(made.switching, made.panel, bought, second, 0.90)


def test_shares_are_among_other_brands_on_sale_and_beside_the_plain_logit(tmp_path: Path) -> None:
    made = inputs(tmp_path)
    assert made.switching is not None
    assert made.switching.brands == ("A", "B", "C", "D", "Elsewhere")
    assert made.switching.row.tolist() == [4, 2, 3, 5, 6, 7]
    to_b, to_d = found(made, "A", "B"), found(made, "A", "D")
    assert to_b is not None
    assert to_d is not None
    assert (to_b.value, to_b.n) == (0.75, 40.0)
    assert to_b.proportional == pytest.approx(20 / 90)
    assert (to_d.value, to_d.lo) == (0.0, 0.0)
    assert to_d.hi > 0
    assert to_d.proportional == pytest.approx(40 / 90)
    names = [n for n in made.panel.brands if n != "A"]
    parts = [d for n in names if (d := found(made, "A", n))]
    assert sum(d.value for d in parts) == pytest.approx(1)
    assert sum(d.proportional for d in parts) == pytest.approx(1)


def test_nobody_asked_is_no_share(tmp_path: Path) -> None:
    made = inputs(tmp_path)
    assert found(made, "C", "A") is None
    assert found(made, "D", "A") is None  # all of them name a brand that is not on sale here


@pytest.mark.parametrize(("bought", "second"), [("A", "A"), ("A", "Elsewhere"), ("Elsewhere", "A")])
def test_only_two_brands_on_sale_can_be_compared(tmp_path: Path, bought: str, second: str) -> None:
    with pytest.raises(MisuseError, match="two brands that sell"):
        found(inputs(tmp_path), bought, second)


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5])
def test_wilson_covers_about_as_often_as_it_says(share: float) -> None:
    n = 80
    counts = np.arange(n + 1)
    ends = np.array([wilson(k / n, n, 0.9) for k in counts])
    inside = (ends[:, 0] <= share) & (share <= ends[:, 1])
    assert float(binom.pmf(counts, n, share)[inside].sum()) == pytest.approx(0.9, abs=0.07)
    assert (ends[:, 0] >= 0).all()
    assert (ends[:, 1] <= 1).all()
