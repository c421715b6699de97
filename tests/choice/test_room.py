"""What the choice room does with products, brands, segments and weights that are easily mistaken for others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from halfstep.core.answer import Answer
from halfstep.core.estimate import Point, Refusal
from halfstep.study import run
from halfstep.worlds.beliefs import simulate_beliefs
from halfstep.worlds.choice import CLASSES, KINDS, simulate
from tests.choices_invented import belief_study, choice_study

SHORT = replace(KINDS["name short"], people=150)
SEARCH = """
[choice]
holdout = 0

[[choice.searches]]
id = "s"
label = "s"
product = "one"
prices = [20]
levels = {{ x0 = {levels} }}
cost = 12
cost_of = {{ x0 = {{ unit = 4 }} }}
"""


def value(answer: Answer, name: str) -> float:
    found = next(e for e in answer.estimates if e.id == name)
    assert isinstance(found, Point)
    return found.value


def line_up(brand: str = "b00") -> pl.DataFrame:
    rows = (("one", brand, 20.0, 1.0), ("two", "b01", 24.0, 0.0), ("three", "b02", 22.0, 0.0))
    return pl.DataFrame([{"product": p, "brand": b, "price": m, "x0": x, "x1": 0.0} for p, b, m, x in rows])


def test_a_product_as_it_is_costs_what_the_same_candidate_costs(tmp_path: Path) -> None:
    made = simulate(SHORT, np.random.default_rng(3))
    answer = run(choice_study(tmp_path, made, SEARCH.format(levels="[1]"), lineup=line_up())).answers["choice"]
    share, margin = (value(answer, f"choice.search.s.{part}") for part in ("share", "value"))
    assert margin == pytest.approx(share * (20 - 12 - 4))
    assert value(answer, "choice.search.s.level.x0") == 1.0


def test_a_product_whose_name_was_never_shown_is_not_searched_for(tmp_path: Path) -> None:
    made = simulate(SHORT, np.random.default_rng(3))
    answer = run(choice_study(tmp_path, made, SEARCH.format(levels="[1]"), lineup=line_up("zz"))).answers["choice"]
    assert not any(e.id.startswith("choice.search") for e in answer.estimates)
    assert any(c.id == "choice.lineup" for c in answer.checks)


def test_types_are_told_by_any_brand_and_do_not_depend_on_the_base(tmp_path: Path) -> None:
    made = simulate(CLASSES["2 classes"], np.random.default_rng(4))
    found: dict[str, list[object]] = {}
    for benchmark in ("b01", "b02"):
        types = "\n[choice]\nholdout = 0\nclasses = 2\n" + "".join(
            f'[[choice.types]]\nid = "t{b}"\nlabel = "t"\nsource = "s"\ntastes = {{ "brand b0{b}" = "above" }}\n'
            for b in range(3)
        )
        folder = choice_study(tmp_path / benchmark, made, types)
        text = (folder / "study.toml").read_text(encoding="utf-8")
        (folder / "study.toml").write_text(text.replace('["b01"]', f'["{benchmark}"]'), encoding="utf-8")
        checks = run(folder).answers["choice"].checks
        found[benchmark] = [dict(c.facts)["class"] for c in checks if c.id.startswith("choice.type.")]
    assert found["b01"] == found["b02"]
    assert any(found["b01"])


def test_nameless_profiles_beside_none_are_not_taken_for_the_base(tmp_path: Path) -> None:
    made = simulate(replace(SHORT, people=300, none=True), np.random.default_rng(3))
    gaps = []
    for benchmark in ("b01", "b02"):
        folder = choice_study(tmp_path / benchmark, made)
        frame = pl.read_csv(folder / "choices.csv")
        none = pl.col("brand").fill_null("") == ""
        frame.with_columns(
            alternative=pl.when(none).then(pl.lit("none")).otherwise(pl.col("alternative").cast(pl.Utf8)),
            brand=pl.when(pl.col("task") <= 6).then(pl.col("brand")),
        ).write_csv(folder / "choices.csv")
        text = (folder / "study.toml").read_text(encoding="utf-8").replace('["b01"]', f'["{benchmark}"]')
        text = text.replace('alternative = "alternative"', 'alternative = "alternative"\nnone = "none"')
        (folder / "study.toml").write_text(text, encoding="utf-8")
        answer = run(folder).answers["choice"]
        over = {b: value(answer, f"choice.worth.brand.{b}.all") for b in ("b00", "b01", "b02") if b != benchmark}
        gaps.append(over.get("b01", 0.0) - over["b00"])
    assert gaps[0] == pytest.approx(gaps[1], rel=1e-6)


def test_in_money_a_segment_without_a_price_taste_is_refused(tmp_path: Path) -> None:
    worlds = [replace(KINDS["normal tastes"], people=100, alpha=alpha) for alpha in (0.12, 0.004)]
    one, other = (simulate(w, np.random.default_rng(s)) for w, s in zip(worlds, (1, 3), strict=True))
    text = (
        '\n[choice]\nholdout = 0\n[[choice.segments]]\nid = "weak"\nlabel = "weak"\namong = { g = [2] }\n'
        '[choice.mixed]\nspace = "wtp"\nattributes = { x0 = "normal", x1 = "normal" }\ndraws = 50\nstarts = 1\n'
    )
    choice_study(tmp_path / "weak", other)
    folder = choice_study(tmp_path / "all", one, text, extra={"g": [1] * len(one.X)})
    weak = pl.read_csv(tmp_path / "weak" / "choices.csv").with_columns(
        pl.col("respondent") + 1000, g=pl.lit(2, pl.Int64)
    )
    pl.concat([pl.read_csv(folder / "choices.csv"), weak]).write_csv(folder / "choices.csv")
    outcome = run(folder)
    by_id = {e.id: e for e in outcome.answers["gap"].estimates}
    refused, told = (by_id[f"gap.choice_lens.name.b01.{s}."] for s in ("weak", "all"))
    assert isinstance(refused, Refusal) and refused.why == "not measurable in money"
    assert isinstance(told, Point)
    assert not any(c.id == "choice.mixed" for c in outcome.answers["choice"].checks)


def test_the_unit_of_weights_does_not_count_where_some_reported_and_did_not_choose(tmp_path: Path) -> None:
    made, found = simulate_beliefs("both", np.random.default_rng(3)), []
    for times in (1, 50):
        folder = belief_study(tmp_path / str(times), made)
        frame, beliefs = (pl.read_csv(folder / f"{t}.csv") for t in ("choices", "beliefs"))
        frame.with_columns(weight=pl.lit(times)).write_csv(folder / "choices.csv")
        strangers = beliefs.filter(pl.col("informed") == 0).with_columns(
            pl.col("respondent") + 100_000, pl.col("value") + 1
        )
        pl.concat([beliefs, strangers]).write_csv(folder / "beliefs.csv")
        text = (folder / "study.toml").read_text(encoding="utf-8")
        (folder / "study.toml").write_text(
            text.replace('price = "price"\n', 'price = "price"\nweight = "weight"\n', 1), encoding="utf-8"
        )
        answer = run(folder).answers["choice"]
        found.append(
            [value(answer, e.id) for e in answer.estimates if e.id.startswith("choice.belief") and isinstance(e, Point)]
        )
    assert found[0] == pytest.approx(found[1], rel=1e-6)


def test_intervals_of_classes_have_the_level_that_they_name(tmp_path: Path) -> None:
    made = simulate(CLASSES["2 classes"], np.random.default_rng(4))
    widths = []
    for level in (0.80, 0.95):
        text = f"\n[choice]\nholdout = 0\nclasses = 2\n[gap]\nlevel = {level}\n"
        answer = run(choice_study(tmp_path / f"{level:g}", made, text)).answers["choice"]
        share = next(e for e in answer.estimates if e.id == "choice.class.1.share")
        assert isinstance(share, Point) and share.level == level
        widths.append(share.hi - share.lo)
    assert widths[1] / widths[0] == pytest.approx(1.95996 / 1.28155, rel=1e-3)
