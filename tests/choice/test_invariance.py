"""What must not matter does not: the base brand, units, order, weights' scale; and what must, does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from halfstep.core.estimate import Point, Refusal
from halfstep.study import Outcome, run
from halfstep.worlds.choice import KINDS, simulate
from tests.choices_invented import choice_study

WORLD = replace(KINDS["weights and none"], people=120, tasks=8)
NAME = "gap.choice_lens.name.b01.all."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = simulate(WORLD, np.random.default_rng(11))
    return choice_study(tmp_path_factory.mktemp("choices"), made)


def again(
    folder: Path, tmp_path: Path, change: pl.Expr | list[pl.Expr] | None = None, settings: tuple[str, str] | None = None
) -> Outcome:
    """The same study with a column or a setting changed."""
    frame = pl.read_csv(folder / "choices.csv", schema_overrides={"brand": pl.String})
    if change is not None:
        frame = frame.with_columns(change)
    frame.write_csv(tmp_path / "choices.csv")
    text = (folder / "study.toml").read_text(encoding="utf-8")
    if settings is not None:
        assert settings[0] in text
        text = text.replace(*settings)
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    return run(tmp_path)


def name_gap(outcome: Outcome) -> tuple[float, float, float]:
    found = next(e for e in outcome.answers["gap"].estimates if e.id == NAME)
    assert isinstance(found, Point)
    return found.value, found.lo, found.hi


def test_the_base_brand_does_not_matter(folder: Path, tmp_path: Path) -> None:
    """The base is the main benchmark: with another one first the gap to the same brand is the same."""
    plain = name_gap(run(folder))
    other = again(folder, tmp_path, settings=('benchmarks = ["b01"]', 'benchmarks = ["b02", "b01"]'))
    assert name_gap(other) == pytest.approx(plain, rel=1e-7)


def test_price_in_another_unit_scales_money(folder: Path, tmp_path: Path) -> None:
    plain = name_gap(run(folder))
    scaled = name_gap(again(folder, tmp_path, pl.col("price") * 1000))
    assert scaled == pytest.approx([1000 * v for v in plain], rel=1e-7)


def test_weights_count_relative_to_each_other_only(folder: Path, tmp_path: Path) -> None:
    plain = name_gap(run(folder))
    assert name_gap(again(folder, tmp_path, pl.col("weight") * 7)) == pytest.approx(plain, rel=1e-7)
    alike = name_gap(again(folder, tmp_path, pl.lit(1.0).alias("weight")))
    assert abs(alike[0] - plain[0]) > 1e-3


def test_names_of_respondents_and_order_of_rows_do_not_matter(folder: Path, tmp_path: Path) -> None:
    plain = name_gap(run(folder))
    turned = (10_000 - pl.col("respondent")).alias("respondent")
    assert name_gap(again(folder, tmp_path, turned)) == pytest.approx(plain, rel=1e-7)


def test_an_attribute_in_another_unit_is_worth_the_same(folder: Path, tmp_path: Path) -> None:
    def worth(outcome: Outcome) -> float:
        found = next(e for e in outcome.answers["choice"].estimates if e.id == "choice.worth.attribute.x0.all")
        assert isinstance(found, Point)
        return found.value

    plain = worth(run(folder))
    assert worth(again(folder, tmp_path, pl.col("x0") * 10 + 3)) == pytest.approx(plain / 10, rel=1e-6)


def test_prices_that_never_vary_are_told(folder: Path, tmp_path: Path) -> None:
    outcome = again(
        folder, tmp_path, pl.when(pl.col("brand") == "").then(pl.col("price")).otherwise(20.0).alias("price")
    )
    refused = [e for e in outcome.answers["choice"].estimates if isinstance(e, Refusal)]
    assert refused
    assert any(e.why in ("collinear columns", "not measurable in money") for e in refused)
    assert not [e for e in outcome.answers["gap"].estimates if isinstance(e, Point)]


def test_a_price_that_people_like_gives_no_money(folder: Path, tmp_path: Path) -> None:
    liked = pl.when(pl.col("brand") == "").then(0.0).otherwise(60 - pl.col("price")).alias("price")
    outcome = again(folder, tmp_path, liked)
    found = next(e for e in outcome.answers["gap"].estimates if e.id == NAME)
    assert isinstance(found, Refusal)
    assert found.why == "dearer profiles chosen more"
    assert any("price column" in need for need in found.needs)


def test_the_worst_named_too_halves_no_truth(tmp_path: Path) -> None:
    """Best and worst of four: the worst adds information on the same tastes."""
    world = replace(KINDS["name short"], people=150, tasks=8, alternatives=4)
    made = simulate(world, np.random.default_rng(12))
    best = choice_study(tmp_path / "best", made)
    utility = made.X @ made.tastes.mean(axis=0)
    rng = np.random.default_rng(13)
    noisy = utility - rng.gumbel(size=len(utility))
    worst = np.zeros(len(utility), dtype=np.int64)
    for t, (a, b) in enumerate(zip(made.row[:-1], made.row[1:], strict=True)):
        left = np.array([j for j in range(a, b) if j != made.chosen[t]])
        worst[left[np.argmin(noisy[left])]] = 1
    both = choice_study(tmp_path / "both", made, extra={"worst": worst})
    text = (both / "study.toml").read_text(encoding="utf-8")
    (both / "study.toml").write_text(
        text.replace('chosen = "chosen"', 'chosen = "chosen"\nworst = "worst"'), encoding="utf-8"
    )
    once, twice = name_gap(run(best)), name_gap(run(both))
    assert twice[2] - twice[1] < once[2] - once[1]
    assert twice[1] <= world.name <= twice[2]
    fit = next(c for c in run(both).answers["choice"].checks if c.id == "choice.fit")
    assert dict(fit.facts)["tasks"] == 2 * 150 * 8


def test_a_worth_beyond_the_prices_shown_is_named(folder: Path, tmp_path: Path) -> None:
    """Prices of 15 to 35: nobody was asked to trade thirty for a name."""
    assert not [c for c in run(folder).answers["choice"].checks if c.id == "choice.beyond"]
    made = simulate(replace(KINDS["name short"], name=30.0), np.random.default_rng(3))
    (found,) = [c for c in run(choice_study(tmp_path, made)).answers["choice"].checks if c.id == "choice.beyond"]
    assert dict(found.facts)["spread"] == 20.0
    assert "brand.b00" in str(dict(found.facts)["names"])
