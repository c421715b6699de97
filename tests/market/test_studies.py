"""Whole studies: share that was bought, sub-brands, moved thresholds, and what must change nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from halfstep.core.check import Status
from halfstep.core.estimate import Bound
from halfstep.study import Outcome, run
from tests.invented import check, market, numbers, write


def last_year(frame: pl.DataFrame, column: str, model: str, factor: float) -> pl.DataFrame:
    """Change one model's figures in the last year."""
    there = (pl.col("year") == frame["year"].max()) & (pl.col("model") == model)
    return frame.with_columns(
        pl.when(there).then(pl.col(column) * factor).otherwise(pl.col(column).cast(pl.Float64)).alias(column)
    )


def steady(models: int = 5) -> pl.DataFrame:
    """A market in which nothing moves between the years but small errors."""
    frame = market(years=[2000], models=models, noise=0.02)
    return pl.concat(
        [
            frame.with_columns(pl.lit(2000 + k).alias("year"), pl.col("price") * (1 + 0.002 * ((k * 7) % 3)))
            for k in range(6)
        ]
    ).with_columns(pl.lit(100.0).alias("units"))


def top_model(frame: pl.DataFrame) -> str:
    return str(frame.filter(pl.col("brand") == "A").sort("price", descending=True)["model"][0])


class TestShareBought:
    def outcome(self, folder: Path, price: float, units: float) -> Outcome:
        frame = steady()
        top = top_model(frame)
        dearest = float(frame.filter(pl.col("model") == top)["price"].to_numpy().min())
        changed = last_year(last_year(frame, "price", top, price), "units", top, units)
        return run(write(folder, changed, {"bands": {"edges": [round(dearest * 0.6, 2)]}}))

    def test_a_share_won_by_cutting_the_price_of_the_top_model_is_flagged(self, tmp_path: Path) -> None:
        found = check(self.outcome(tmp_path, price=0.7, units=4.0).answers["market"], "market.share_bought")
        assert found.status is Status.FAIL
        facts = dict(found.facts)
        assert float(facts["rise"]) > 0
        assert float(facts["hi"]) < 0

    def test_a_share_won_without_a_price_cut_is_not(self, tmp_path: Path) -> None:
        found = check(self.outcome(tmp_path, price=1.0, units=4.0).answers["market"], "market.share_bought")
        assert found.status is Status.PASS

    def test_a_price_cut_that_wins_no_share_is_not(self, tmp_path: Path) -> None:
        found = check(self.outcome(tmp_path, price=0.7, units=0.2).answers["market"], "market.share_bought")
        assert found.status is Status.PASS

    def test_a_thin_line_gives_no_verdict(self, tmp_path: Path) -> None:
        frame = market(models=2)
        found = check(run(write(tmp_path, frame)).answers["market"], "market.share_bought")
        assert found.status is Status.REVIEW


def first(outcome: Outcome, brand: str) -> list[tuple[float, float]]:
    estimates = outcome.answers["market"].estimates
    return [
        (e.lo, e.hi) for e in estimates if isinstance(e, Bound) and e.id.startswith(f"position.first.units.{brand}.")
    ]


def test_thresholds_are_recomputed_from_rows_wherever_the_bands_are_put(tmp_path: Path) -> None:
    made = {e: run(write(tmp_path / str(e), market(), {"bands": {"edges": [e]}})) for e in (20.0, 25.0, 30.0)}
    shares = {}
    for edge, outcome in made.items():
        series = next(s for s in outcome.answers["market"].series if s.id == "position.band.units.A")
        at = series.index.index(("2005", "1"))
        frame = market().filter((pl.col("year") == 2005) & (pl.col("price") >= edge))
        expected = float(
            frame.filter(pl.col("brand") == "A")["units"].to_numpy().sum() / frame["units"].to_numpy().sum()
        )
        assert series.value[at] == pytest.approx(expected)
        shares[edge] = expected
    assert len(set(shares.values())) > 1
    assert len({tuple(first(o, "B")) for o in made.values()}) == 1


def test_sub_brands_move_the_share(tmp_path: Path) -> None:
    changes: dict[str, Any] = {"brands": {"subbrands": {"D": "A"}, "subbrands_in": False}}
    apart = run(write(tmp_path / "out", market(), changes))
    changes["brands"]["subbrands_in"] = True
    together = run(write(tmp_path / "in", market(), changes))

    def share(outcome: Outcome, brand: str) -> float:
        series = next(s for s in outcome.answers["market"].series if s.id == f"position.share.{brand}")
        return float(series.value[-1])

    units = market().filter(pl.col("year") == 2005).group_by("brand").agg(pl.col("units").sum())
    by_brand = dict(units.iter_rows())
    assert share(apart, "A") == pytest.approx(by_brand["A"] / sum(by_brand.values()))
    assert share(together, "A") == pytest.approx((by_brand["A"] + by_brand["D"]) / sum(by_brand.values()))


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    return market(models=5)


@pytest.fixture(scope="module")
def base(frame: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    return numbers(run(write(tmp_path_factory.mktemp("base"), frame)))


class TestNothingChanges:
    """Names, order, currency and units carry no information about a gap."""

    def same(self, base: dict[str, float], other: dict[str, float]) -> None:
        assert base.keys() == other.keys()
        for name, value in base.items():
            assert other[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name

    def test_order_of_rows(self, frame: pl.DataFrame, base: dict[str, float], tmp_path: Path) -> None:
        self.same(base, numbers(run(write(tmp_path, frame.sample(fraction=1, shuffle=True, seed=3)))))

    def test_names_of_brands(self, frame: pl.DataFrame, base: dict[str, float], tmp_path: Path) -> None:
        names = {"A": "zeta", "B": "甲", "C": "Mu-1", "D": "alpha"}
        changes = {"study": {"focal": "zeta", "benchmarks": ["甲", "Mu-1"]}}
        renamed = numbers(run(write(tmp_path, frame.with_columns(pl.col("brand").replace(names)), changes)))
        swapped = {k.replace(".甲", ".B").replace(".Mu-1", ".C").replace("zeta", "A"): v for k, v in renamed.items()}
        self.same(base, swapped)

    def test_names_of_models_and_places(self, frame: pl.DataFrame, base: dict[str, float], tmp_path: Path) -> None:
        other = frame.with_columns("x" + pl.col("model").str.reverse(), pl.lit("elsewhere").alias("place"))
        self.same(base, numbers(run(write(tmp_path, other))))

    def test_unit_of_an_attribute_under_a_logarithm(
        self, frame: pl.DataFrame, base: dict[str, float], tmp_path: Path
    ) -> None:
        other = frame.with_columns(pl.col("power") * 1.341, pl.col("length") * 1000)
        self.same(base, numbers(run(write(tmp_path, other))))

    def test_currency(self, frame: pl.DataFrame, base: dict[str, float], tmp_path: Path) -> None:
        rate = 7.25
        changes = {"bands": {"edges": [edge * rate for edge in (20.0, 30.0, 40.0)]}}
        other = run(write(tmp_path, frame.with_columns(pl.col("price") * rate), changes))
        unit = {e.id: getattr(e, "unit", "") for e in other.answers["gap"].estimates}
        money = {k: v / rate if unit[k.rpartition(".")[0]] == "coins" else v for k, v in numbers(other).items()}
        self.same(base, money)

    def test_a_swap_of_labels_turns_the_verdict_with_the_data(self, frame: pl.DataFrame, tmp_path: Path) -> None:
        changes = {"study": {"focal": "A", "benchmarks": ["D"]}}
        there = run(write(tmp_path / "there", frame, changes))
        swap = {"A": "D", "D": "A"}
        back = run(write(tmp_path / "back", frame.with_columns(pl.col("brand").replace(swap)), changes))
        stem = "gap.price_lens_log.{}.D.all.2005.value"
        for half in ("product", "name"):
            one, other = (numbers(o)[stem.format(half)] for o in (there, back))
            assert one == pytest.approx(-other)
