"""The price lens's regression against other implementations and against published figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from halfstep.data.study import load
from halfstep.gap.verdict import robustness_value
from halfstep.market.hedonic import HedonicFit, HedonicSpec, fit_hedonic
from halfstep.market.panel import build_panel
from halfstep.numerics.linear import Design, least_squares

HERE = Path(__file__).resolve().parent
NAMES = ("power", "air", "mileage", "footprint")


def stored(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / name).read_text())
    return found


def codes(values: pl.Series) -> npt.NDArray[np.int64]:
    return np.unique(values.cast(pl.String).to_numpy().astype(str), return_inverse=True)[1].astype(np.int64)


@pytest.fixture(scope="module")
def cars(repository: Path) -> pl.DataFrame:
    return pl.read_parquet(repository / "studies" / "us-cars" / "sales.parquet")


@pytest.fixture(scope="module")
def fits(repository: Path) -> dict[str, HedonicFit]:
    """The study's own panel, one set of attribute prices and a name term for each brand and five years."""
    loaded = load(repository / "studies" / "us-cars")
    panel = build_panel(loaded.sales, loaded.config)
    return {w: fit_hedonic(panel, HedonicSpec(NAMES, name_periods=5, weights=w)) for w in ("equal", "sales")}


@pytest.mark.parametrize("weights", ["equal", "sales"])
def test_equals_statsmodels_and_pyfixest(fits: dict[str, HedonicFit], weights: str) -> None:
    expected, squares = stored("hedonic_us_cars.json")[weights], fits[weights].squares
    assert (squares.n, squares.rank, squares.clusters) == (expected["rows"], expected["rank"], expected["clusters"])
    beta = np.array([expected["beta"][name] for name in NAMES])
    np.testing.assert_allclose(squares.beta, beta, rtol=1e-8)
    np.testing.assert_allclose(squares.covariance_cr1(), np.array(expected["covariance"]), rtol=1e-8)


@pytest.mark.parametrize("weights", ["equal", "sales"])
def test_cr2_and_degrees_of_freedom_equal_the_dense_formulas(cars: pl.DataFrame, weights: str) -> None:
    reference = stored("cr2_us_cars.json")
    expected, data = reference[weights], cars.filter(pl.col("year") >= reference["first"])
    X = data.select(pl.col("hpwt").log(), pl.col("air").cast(pl.Float64), pl.col("mpg").log(), pl.col("space").log())
    design = Design(X.to_numpy(), codes(data["year"]), codes(data["brand"]), codes(data["model"]))
    w = data["share"].to_numpy() if weights == "sales" else None
    fit = least_squares(design, data["price"].log().to_numpy(), w)
    brands = np.unique(data["brand"].to_numpy().astype(str)).tolist()
    contrast = np.zeros(len(brands))
    contrast[brands.index("BMW")], contrast[brands.index("Acura")] = 1.0, -1.0
    effect = fit.effect_weights(contrast)
    assert effect is not None
    found = fit.functionals(np.column_stack([fit.coefficient_weights(np.eye(4)), effect]))
    np.testing.assert_allclose(found.value, expected["value"], rtol=1e-8)
    np.testing.assert_allclose(found.covariance, np.array(expected["covariance"]), rtol=1e-7)
    np.testing.assert_allclose(found.freedom, expected["freedom"], rtol=1e-7)


def test_blp_1995_table_3_third_column(cars: pl.DataFrame) -> None:
    """Published to three digits: coefficients, standard errors, R2, and the constant.

    The constant hangs on units, the rest does not. Their 1.882 comes out with price in thousand dollars, hp/wt times 10,
    mpg in tens of miles, space in 10,000 square inches, and the trend counted from 1900 (71 to 90).
    """
    published = {
        "power": (0.520, 0.035),
        "air": (0.680, 0.019),
        "mileage": (-0.471, 0.049),
        "footprint": (0.125, 0.063),
    }
    X = cars.select(
        pl.col("hpwt").log(), pl.col("air").cast(pl.Float64), pl.col("mpg").log(), pl.col("space").log(),
        (pl.col("year") - 1900).cast(pl.Float64),
    ).to_numpy()  # fmt: skip
    one, y = np.zeros(len(X), dtype=np.int64), cars["price"].log().to_numpy()
    fit = least_squares(Design(X, one, one, np.arange(len(X))), y)
    weights = fit.coefficient_weights(np.eye(5))
    se = fit.sigma * np.sqrt((weights**2).sum(axis=0))
    for k, name in enumerate(NAMES):
        assert (round(float(fit.beta[k]), 3), round(float(se[k]), 3)) == published[name]
    assert round(float(fit.beta[4]), 3) == 0.013
    assert round(float(se[4]), 3) == 0.002
    assert round(1 - float(fit.residual @ fit.residual) / float(((y - y.mean()) ** 2).sum()), 3) == 0.656
    assert round(float(y.mean() - X.mean(axis=0) @ fit.beta), 3) == 1.882
    ours = stored("hedonic_us_cars.json")["blp_table_3"]["coefficients"]
    np.testing.assert_allclose(fit.beta, [ours[name][0] for name in (*NAMES, "trend")], rtol=1e-8)


def test_stata_figures_that_dfadjust_is_held_against() -> None:
    """Kolesar's R package dfadjust checks itself on these 20 rows against Stata (its tests, test_clustervar.R)."""
    t = np.arange(1, 11)
    y = np.concatenate([np.cos(np.arange(10)), np.tan(t)])
    x = np.concatenate([np.sin(t), np.sin(t + 1)])
    cluster = np.tile([1, 0, 2, 1, 1, 2, 2, 0, 0, 1], 2)
    one = np.zeros(20, dtype=np.int64)
    three, each = (least_squares(Design(x[:, None], one, one, c), y) for c in (cluster, np.arange(20)))
    assert three.beta[0] == pytest.approx(0.3241183110, abs=5e-11)
    assert np.sqrt(three.covariance_cr1()[0, 0]) == pytest.approx(0.1814501834, abs=5e-11)
    assert np.sqrt(each.covariance_cr1()[0, 0]) == pytest.approx(0.4392155956, abs=5e-11)
    assert each.functionals(each.coefficient_weights(np.eye(1))).se[0] == pytest.approx(0.4421048122, abs=5e-11)


@pytest.mark.parametrize(("treated", "others"), [(3, 27), (5, 25), (14, 16)])
def test_freedom_of_a_dummy_has_its_closed_form(treated: int, others: int) -> None:
    """Imbens & Kolesar (2016, section II): two samples, HC2, Bell-McCaffrey degrees of freedom; 2.5 for 3 and 27."""
    n = treated + others
    x = (np.arange(n) < treated).astype(float)
    one = np.zeros(n, dtype=np.int64)
    fit = least_squares(Design(x[:, None], one, one, np.arange(n)), np.random.default_rng(0).normal(size=n))
    found = fit.functionals(fit.coefficient_weights(np.eye(1))).freedom[0]
    closed = n**2 * (treated - 1) * (others - 1) / (treated**2 * (treated - 1) + others**2 * (others - 1))
    assert found == pytest.approx(closed)
    if treated == 3:
        assert round(float(found), 1) == 2.5


def test_robustness_value_of_the_darfur_example() -> None:
    """Cinelli & Hazlett (2020, table 1): t = 4.18 on 783 degrees of freedom gives 13.9%, partial R2 2.2%."""
    assert round(robustness_value(4.18, 783), 3) == 0.139
    assert round(4.18**2 / (4.18**2 + 783), 3) == 0.022
    assert robustness_value(0.0, 783) == 0.0
    assert robustness_value(-4.18, 783) == robustness_value(4.18, 783)
