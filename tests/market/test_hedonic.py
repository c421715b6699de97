"""Name units, pooling, epochs, identification, and the brand path over the mean."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.core.errors import MisuseError
from halfstep.data.study import load
from halfstep.market.hedonic import HedonicSpec, block, fit_hedonic
from halfstep.market.inputs import Inputs, prepare
from halfstep.market.names import name_weights, quality_adjusted_change
from halfstep.market.panel import Panel, build_panel
from tests.invented import market, write


def inputs(folder: Path, frame: pl.DataFrame, changes: dict[str, Any] | None = None) -> Inputs:
    return prepare(load(write(folder, frame, changes)))


def made_panel(folder: Path, frame: pl.DataFrame) -> Panel:
    loaded = load(write(folder, frame))
    return build_panel(loaded.sales, loaded.config)


def cells(folder: Path, frame: pl.DataFrame, spec: HedonicSpec) -> set[tuple[str, int, int]]:
    panel = made_panel(folder, frame)
    return {(panel.brands[b], first, last) for b, first, last in fit_hedonic(panel, spec).cells}


@given(st.integers(0, 60), st.integers(1, 12))
def test_blocks_count_back_from_the_last_period_and_tile_time(back: int, window: int) -> None:
    last = 2000
    first, end = block(last - back, last, window)
    assert first <= last - back <= end
    assert end - first + 1 == window
    assert (last - end) % window == 0


def test_a_brand_with_few_models_shares_one_name_term_over_a_block(tmp_path: Path) -> None:
    few = market(years=range(2000, 2008)).filter((pl.col("brand") != "A") | pl.col("model").is_in(["A0", "A1"]))
    spec = HedonicSpec(("power", "size"), min_models=3, window=4)
    found = cells(tmp_path, few, spec)
    assert {c for c in found if c[0] == "A"} == {("A", 2000, 2003), ("A", 2004, 2007)}
    assert {c for c in found if c[0] == "B"} == {("B", t, t) for t in range(2000, 2008)}
    assert {c for c in cells(tmp_path, few, HedonicSpec(("power", "size"), min_models=2)) if c[0] == "A"} == {
        ("A", t, t) for t in range(2000, 2008)
    }


@pytest.mark.parametrize(("name_periods", "window"), [(1, 5), (2, 5), (3, 4), (4, 4), (5, 3)])
def test_every_row_lies_inside_the_cell_it_is_given(tmp_path: Path, name_periods: int, window: int) -> None:
    few = market(years=range(2000, 2011)).filter((pl.col("brand") != "A") | (pl.col("model") == "A0"))
    fit = fit_hedonic(
        made_panel(tmp_path, few), HedonicSpec(("power", "size"), name_periods=name_periods, window=window)
    )
    bounds = np.array(fit.cells)[fit.squares.design.cell]
    assert (bounds[:, 0] == fit.panel.brand).all()
    assert (bounds[:, 1] <= fit.panel.period).all()
    assert (fit.panel.period <= bounds[:, 2]).all()


def test_epochs_have_prices_of_their_own_and_equal_separate_regressions(tmp_path: Path) -> None:
    frame = market(years=range(2000, 2006), models=6)
    frame = frame.with_columns(
        pl.when(pl.col("year") > 2002).then(pl.col("price") * pl.col("power")).otherwise(pl.col("price")).alias("price")
    )
    panel = made_panel(tmp_path, frame)
    spec = HedonicSpec(("power", "size"), epoch=3, name_periods=3)
    both = fit_hedonic(panel, spec)
    for epoch, years in ((0, (2003, 2005)), (1, (2000, 2002))):
        rows = (panel.period >= years[0]) & (panel.period <= years[1])
        alone = fit_hedonic(panel.take(rows), HedonicSpec(("power", "size"), name_periods=3))
        assert both.attribute_beta("power", epoch) == pytest.approx(alone.attribute_beta("power"))
        assert both.attribute_beta("size", epoch) == pytest.approx(alone.attribute_beta("size"))
    assert both.attribute_beta("power", 0) - both.attribute_beta("power", 1) == pytest.approx(1.0, abs=0.1)


def test_the_truth_comes_back(tmp_path: Path) -> None:
    found = inputs(tmp_path, market(models=8, noise=0.01), {"hedonic": {"name_periods": 6}})
    assert found.fit.attribute_beta("power") == pytest.approx(0.5, abs=0.02)
    assert found.fit.attribute_beta("size") == pytest.approx(0.4, abs=0.02)
    path = [name_weights(found.fit, b, 2005) for b in "ABCD"]
    names = [float(a @ found.fit.squares.y) for a in path if a is not None]
    assert names == pytest.approx([-0.15, -0.05, 0.05, 0.15], abs=0.015)
    assert sum(names) == pytest.approx(0)


def test_the_mean_is_over_the_brands_of_the_name_unit(tmp_path: Path) -> None:
    """A brand that left before the last year of a three-year unit has a term in it and belongs to the mean."""
    frame = market().filter((pl.col("brand") != "D") | (pl.col("year") < 2005))
    fit = inputs(tmp_path, frame, {"hedonic": {"name_periods": 3}}).fit
    weights = [name_weights(fit, b, t) for b in "ABCD" for t in (2003, 2005)]
    assert all(a is not None for a in weights)
    values = np.array([a @ fit.squares.y for a in weights if a is not None]).reshape(4, 2)
    assert values[:, 0] == pytest.approx(values[:, 1])
    assert values.sum() == pytest.approx(0)
    yearly = inputs(tmp_path, frame).fit
    assert name_weights(yearly, "D", 2005) is None


def test_a_change_inside_one_name_term_is_not_a_change(tmp_path: Path) -> None:
    fit = inputs(tmp_path, market(), {"hedonic": {"name_periods": 3}}).fit
    assert quality_adjusted_change(fit, "A", 2004, 2005, 0.9) is None
    assert quality_adjusted_change(fit, "A", 2002, 2005, 0.9) is not None


def test_a_thin_period_gives_no_quality_adjusted_change(tmp_path: Path) -> None:
    thin = (
        market()
        .filter((pl.col("model") != "A0") | (pl.col("year") != 2005))
        .filter((pl.col("model") != "A1") | (pl.col("year") != 2005))
    )
    fit = inputs(tmp_path, thin).fit
    assert quality_adjusted_change(fit, "A", 2004, 2005, 0.9) is None
    assert quality_adjusted_change(fit, "A", 2003, 2004, 0.9) is not None


def test_an_attribute_that_never_varies_within_a_brand_is_named(tmp_path: Path) -> None:
    frame = market().with_columns((pl.col("brand") == "B").cast(pl.Float64).alias("badge"))
    changes = {
        "attributes": [
            {"id": "power", "label": "p", "columns": ["power"], "transform": "log"},
            {"id": "badge", "label": "b", "columns": ["badge"]},
        ]
    }
    found = inputs(tmp_path, frame, changes)
    assert found.fit.unidentified() == ("badge",)


def test_rows_with_blank_attributes_are_counted_and_sales_weights_need_sales(tmp_path: Path) -> None:
    frame = market().with_columns(
        pl.when(pl.col("model") == "C1").then(None).otherwise(pl.col("power")).alias("power"),
        pl.when(pl.col("model") == "D1").then(0).otherwise(pl.col("units")).alias("units"),
    )
    assert inputs(tmp_path, frame).fit.left_out == 6
    assert inputs(tmp_path, frame, {"hedonic": {"weights": "sales"}}).fit.left_out == 12


def test_no_complete_row_is_misuse(tmp_path: Path) -> None:
    panel = made_panel(tmp_path, market())
    blank = Panel(**{name: getattr(panel, name) for name in panel.__slots__} | {"X": np.full_like(panel.X, np.nan)})
    with pytest.raises(MisuseError, match="there are none"):
        fit_hedonic(blank, HedonicSpec(("power",)))


def test_chance_drift_is_called_a_price_cut_as_often_as_the_level_says(tmp_path: Path) -> None:
    panel = made_panel(tmp_path, market(years=[2000, 2001], models=8))
    rng, falls = np.random.default_rng(1), 0
    quirk = rng.normal(0, 0.3, int(panel.cluster.max()) + 1)[panel.cluster]
    for _ in range(400):
        drawn = replace(panel, p=np.exp(3 + panel.X @ [0.5, 0.4] + quirk + rng.normal(0, 0.05, panel.n)))
        found = quality_adjusted_change(fit_hedonic(drawn, HedonicSpec(("power", "size"))), "A", 2000, 2001, 0.9)
        assert found is not None
        falls += found[2] < 0
    assert 0.025 < falls / 400 < 0.085  # one-sided 5%, within its 99% binomial interval
