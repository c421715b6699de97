"""European cars 1970-1999 (Goldberg & Verboven; Brenkers & Verboven 2006): brand effects, and Audi's climb."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from halfstep.core.estimate import Bound, Estimate, Point, Refusal
from halfstep.data.study import load
from halfstep.market.inputs import prepare
from halfstep.market.names import name_weights
from halfstep.study import Outcome, run
from tests.invented import write

pytestmark = pytest.mark.cases

PUBLISHED = {
    "audi": (0.117, 0.190, 0.231),
    "bmw": (0.129, 0.123, 0.155),
    "mercedes": (0.264, 0.281, 0.253),
    "vw": (0.026, 0.097, 0.078),
    "hyundai": (None, -0.208, -0.207),
    "skoda": (None, None, -0.224),
}


@pytest.fixture(scope="module")
def cars(cases: Path) -> pl.DataFrame:
    return pl.read_parquet(cases / "eurocars" / "cars.parquet").with_columns(pl.col("brand").str.to_lowercase())


def changes(**more: dict[str, Any]) -> dict[str, Any]:
    names = {
        "power": ["power_kw"],
        "weight": ["weight_kg"],
        "size": ["length_cm", "width_cm"],
        "fuel": ["fuel_l_100km"],
    }
    made: dict[str, Any] = {
        "study": {"focal": "audi", "benchmarks": ["bmw", "mercedes"], "currency": "euro", "as_of": "2001-12-31"},
        "tables": {"sales": "cars.parquet"},
        "columns": {"model": "model_id", "place": "country", "price": "price_euro", "quantity": "units"},
        "attributes": [{"id": i, "label": i, "columns": c, "transform": "log"} for i, c in names.items()],
        "scope": {"first": "1970", "last": "1999"},
        "bands": {"edges": [5_000.0, 10_000.0, 20_000.0]},
        "hedonic": {"epoch": 10, "name_periods": 1},
    }
    made["columns"] |= {"period": "year", "brand": "brand", "price_basis": "list"}
    for section, value in more.items():
        made[section] = made.get(section, {}) | value
    return made


def test_brand_effects_of_three_decades(cars: pl.DataFrame, tmp_path: Path) -> None:
    fit = prepare(load(write(tmp_path, cars, changes(hedonic={"name_periods": 10})))).fit
    for brand, row in PUBLISHED.items():
        for period, expected in zip((1979, 1989, 1999), row, strict=True):
            weights = name_weights(fit, brand, period)
            if expected is None:
                assert weights is None
            else:
                assert weights is not None
                assert float(weights @ fit.squares.y) == pytest.approx(expected, abs=1e-3)


def gap(outcome: Outcome) -> dict[str, Estimate]:
    return {e.id: e for e in outcome.answers["gap"].estimates}


def show(outcome: Outcome) -> None:
    for name, found in gap(outcome).items():
        if name.startswith(("gap.closing", "move.range", "gap.price_lens.product", "gap.price_lens.name")):
            ends = (found.why, "") if isinstance(found, Refusal) else (round(found.lo, 3), round(found.hi, 3))
            value = round(found.value, 3) if isinstance(found, Point) else ""
            print(f"{name:55} {value!s:>12} {ends[0]!s:>12} {ends[1]!s:>12}")


def sound(outcome: Outcome) -> None:
    """What holds whatever the figures: the halves add up, covariances are proper, nothing is not a number."""
    found = gap(outcome)
    for name, total in found.items():
        if name.startswith("gap.price.") and isinstance(total, Point):
            stem = name.removeprefix("gap.price.")
            halves = [found[f"gap.price_lens.{half}.{stem}"] for half in ("product", "name")]
            parts = [half.value for half in halves if isinstance(half, Point)]
            assert sum(parts) == pytest.approx(total.value, rel=1e-9, abs=1e-6)
    for answer in outcome.answers.values():
        for series in answer.series:
            assert np.isfinite(series.value).all()
            if series.covariance is not None:
                scale = max(float(np.abs(series.covariance).max()), 1e-12)
                assert np.allclose(series.covariance, series.covariance.T)
                assert np.linalg.eigvalsh(series.covariance).min() > -1e-8 * scale
        assert not any(np.isnan(e.value) for e in answer.estimates if isinstance(e, Point))


@pytest.mark.parametrize("pooling", [{"min_models": 2, "window": 5}, {"min_models": 3, "window": 5}])
def test_the_yearly_path_of_audi_against_bmw_and_mercedes(
    cars: pl.DataFrame, tmp_path: Path, pooling: dict[str, int]
) -> None:
    outcome = run(write(tmp_path, cars, changes(scope={"pooling": pooling})))
    show(outcome)
    sound(outcome)
    path = next(s for s in outcome.answers["gap"].series if s.id == "gap.name_path.audi")
    assert {label[0] for label in path.index} == {"bmw", "mercedes"}
    assert path.covariance is not None
    assert path.covariance.shape == (len(path.index),) * 2
    for benchmark in ("bmw", "mercedes"):
        assert isinstance(gap(outcome)[f"gap.closing.{benchmark}"], Bound | Refusal)
    if pooling["min_models"] == 2:
        assert {name for name in gap(outcome) if name.startswith("move.")}


SUBSETS: dict[str, pl.Expr] = {
    "belgium": pl.col("country") == "Belgium",
    "france and germany": pl.col("country").is_in(["France", "Germany"]),
    "germany after 1985": (pl.col("country") == "Germany") & (pl.col("year") > 1985),
    "odd years": pl.col("year") % 2 == 1,
    "small line-ups": pl.col("model_id") % 3 > 0,
}


@pytest.mark.parametrize("subset", SUBSETS)
def test_parts_of_the_table(cars: pl.DataFrame, tmp_path: Path, subset: str) -> None:
    sound(
        run(write(tmp_path, cars.filter(SUBSETS[subset]), changes(scope={"pooling": {"min_models": 2, "window": 5}})))
    )


def test_other_names_more_columns_and_missing_figures_change_nothing_that_they_should_not(
    cars: pl.DataFrame, tmp_path: Path
) -> None:
    dressed = cars.with_columns(
        ("Land/" + pl.col("country").str.reverse()).alias("country"),
        pl.lit(None, pl.Float64).alias("accel_0_100_s"),
        pl.lit("备注").alias("note"),
    )
    plain, other = (
        run(write(tmp_path / str(k), f, changes(hedonic={"name_periods": 10}))) for k, f in enumerate((cars, dressed))
    )
    for name, found in gap(plain).items():
        if isinstance(found, Point):
            again = gap(other)[name]
            assert isinstance(again, Point)
            assert again.value == pytest.approx(found.value, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("focal", ["vw", "skoda", "hyundai", "volvo"])
def test_other_brands(cars: pl.DataFrame, tmp_path: Path, focal: str) -> None:
    sound(run(write(tmp_path, cars, changes(study={"focal": focal, "benchmarks": ["mercedes", "bmw", "audi"]}))))
