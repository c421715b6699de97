"""What a study is said to answer, against what a run then answers."""

from __future__ import annotations

from pathlib import Path
from string import Formatter
from typing import Any

import polars as pl
import pytest

from halfstep.core.estimate import Point
from halfstep.data.study import load
from halfstep.questions import Question, questions
from halfstep.report.words import LANGUAGES, known, word
from halfstep.study import Outcome
from tests.invented import market, write
from tests.report.studies import STUDIES, reach
from tests.ugly import PRESS

IDS = (
    "position",
    "gap",
    "verdict",
    "tastes",
    "reach",
    "lenses",
    "supply",
    "equilibrium",
    "recognition",
    "unseen",
    "decide",
    "moves",
    "naive",
    "printed",
    "event",
    "experiment",
    "voice",
    "ramp",
    "claims",
)


def asked(folder: Path) -> dict[str, Question]:
    return {question.id: question for question in questions(load(folder))}


def needs(question: Question, *, fatal: bool = False) -> list[str]:
    return [need.key for need in question.needs if need.fatal or not fatal]


@pytest.mark.parametrize("name", STUDIES)
def test_what_is_said_before_a_run_holds_after_it(name: str, outcomes: dict[str, Outcome], tmp_path: Path) -> None:
    frame, changes, tables = STUDIES[name]
    found, outcome = asked(write(tmp_path, frame, changes, tables)), outcomes[name]
    assert tuple(found) == IDS
    gap, demand = outcome.answers["gap"], outcome.answers["demand"]
    points = {e.id for e in gap.estimates if isinstance(e, Point)}
    priced = any(v.estimate in points for v in gap.verdicts if v.lens == "price")
    for question in ("gap", "verdict", "decide", "moves", "naive"):
        assert (found[question].status != "needs") == priced, question
    tasted = any(e.id == "demand.alpha.2sls" for e in demand.estimates if isinstance(e, Point))
    if found["tastes"].status == "needs":
        assert not tasted
    if demand.dark:
        assert "demand section" in needs(found["tastes"], fatal=True)
    judged = any(v.lens == "demand" and v.half == "name" and v.p is not None for v in gap.verdicts)
    if judged:
        assert found["reach"].status != "needs"
    if found["reach"].status == "needs" and "reach table" in needs(found["reach"]):
        assert not judged
    bound = any(e.id.startswith("flow.") for e in outcome.answers["market"].series)
    assert (found["supply"].status != "needs") == (bound or outcome.config.columns.outcome == "orders")


@pytest.mark.parametrize("name", STUDIES)
def test_everything_said_of_questions_has_words(name: str, tmp_path: Path) -> None:
    said(asked(write(tmp_path, STUDIES[name][0], STUDIES[name][1], STUDIES[name][2])))


def said(found: dict[str, Question]) -> None:
    for question in found.values():
        assert question.status in ("now", "partly", "needs")
        assert (question.cheapest is not None) == (question.status == "needs")
        assert (question.status == "now") == (not question.needs)
        ways = [] if question.cheapest is None else [(f"study.{question.cheapest.key}", question.cheapest.facts)]
        for key, facts in [
            (f"question.{question.id}", ()),
            *((f"need.{n.key}", n.facts) for n in question.needs),
            *ways,
        ]:
            assert known(key) == LANGUAGES, key
            for lang in LANGUAGES:
                assert {f for _, f, _, _ in Formatter().parse(word(key, lang)) if f} <= {n for n, _ in facts}, key


def test_few_models_and_list_prices_are_noticed(tmp_path: Path) -> None:
    frame = market("ABC", models=3).filter((pl.col("brand") != "A") | (pl.col("model") != "A2"))
    changes = {"columns": {"price_basis": "list"}, "scope": {"pooling": {"min_models": 2}}}
    found = asked(write(tmp_path, frame, changes))
    said(found)
    assert found["verdict"].status == "partly"
    assert next(dict(n.facts) for n in found["verdict"].needs if n.key == "few models") == {"brand": "A", "models": 2}
    assert "paid prices" in needs(found["gap"])
    found = asked(write(tmp_path, frame))
    assert [n.key for n in found["gap"].needs] == ["models to compare", "models to compare"]
    assert dict(found["gap"].needs[0].facts) == {"focal": "A", "benchmark": "B", "has": 2, "of": 3, "least": 3}
    assert found["gap"].cheapest is not None
    assert found["gap"].cheapest.tier == 1
    assert {found[q].status for q in ("gap", "verdict", "unseen", "decide", "moves", "naive")} == {"needs"}
    assert found["position"].status == "now"


def test_an_attribute_that_never_differs_is_named(tmp_path: Path) -> None:
    frame = market("ABC").with_columns(pl.col("brand").replace({"A": "1.0", "B": "2.0", "C": "3.0"}).alias("power"))
    found = asked(write(tmp_path, frame))
    said(found)
    assert dict(found["gap"].needs[0].facts) == {"columns": "power"}
    assert found["gap"].cheapest is not None
    assert found["gap"].cheapest.key == "attributes measured"


def test_what_is_declared_and_given_is_no_longer_asked_for(tmp_path: Path) -> None:
    changes = {
        "study": {"unmeasured": ["style"], "unseen_quality_max": 0.5},
        "demand": {"instruments": ["local"]},
        "reach_columns": {"brand": "brand", "awareness": "awareness"},
        "market_columns": {"period": "year", "place": "place", "size": "size"},
    }
    sizes = pl.DataFrame({"year": range(2000, 2006), "place": ["here"] * 6, "size": [10**6] * 6})
    found = asked(write(tmp_path, market("ABC", models=6), changes, {"reach": reach().drop("asked"), "markets": sizes}))
    said(found)
    open_ = {question.id for question in found.values() if question.status != "now"}
    assert open_ == {
        "supply",
        "printed",
        "event",
        "experiment",
        "voice",
        "ramp",
        "claims",
        "equilibrium",
        "recognition",
    }


def ways(found: dict[str, Question]) -> list[tuple[list[str], str | None]]:
    """What stands in the way of each question about buyers who differ, and the cheapest way past it."""
    asked_of = (found["equilibrium"], found["recognition"])
    return [(needs(q, fatal=True), None if q.cheapest is None else q.cheapest.key) for q in asked_of]


def test_what_buyers_who_differ_need_comes_step_by_step(tmp_path: Path) -> None:
    frame, said_so = market("ABC", models=6), []
    shares = frame.with_columns(units=pl.col("units") / 1e6)
    demand: dict[str, Any] = {"instruments": ["local"]}
    plain, differ = {"tastes": [{"of": "price"}]}, {"tastes": [{"of": "price", "by": ["income"]}]}
    buyers: dict[str, Any] = {"buyer_columns": {"demographics": {"income": "y"}}}
    share: dict[str, Any] = {"columns": {"quantity_kind": "share"}}
    census = {"buyers": "y\n10\n20\n"}
    steps: list[tuple[pl.DataFrame, dict[str, Any], dict[str, str]]] = [
        (frame, {}, {}),
        (frame, {"demand": demand}, {}),
        (shares, share | {"demand": demand}, {}),
        (shares, share | {"demand": demand | {"random": plain}}, {}),
        (shares, share | buyers | {"demand": demand | {"random": plain}}, census),
        (shares, share | buyers | {"demand": demand | {"random": differ}}, census),
        (shares, share | buyers | {"demand": demand | {"random": {"income": "income"}}}, census),
    ]
    for k, (sold, changes, tables) in enumerate(steps):
        found = asked(write(tmp_path / str(k), sold, changes, tables))
        said(found)
        said_so.append(ways(found))
    size, random, table, price = "market size for random tastes", "random tastes", "buyers table", "price by buyers"
    section = "demand section"
    assert said_so == [
        [([section, random, size], "possible buyers"), ([section, random, size, table], "possible buyers")],
        [([random, size], "possible buyers"), ([random, size, table], "possible buyers")],
        [([random], "random tastes"), ([random, table], "census")],
        [([], None), ([table, price], "census")],
        [([], None), ([price], "price by buyers")],
        [([], None), ([], None)],
        [([], None), ([], None)],
    ]
    assert needs(found["recognition"]) == ["micro table", "reach table"]
    cost = {
        "demand": {"cost": ["length"], "random": plain},
        "attributes": [{"id": "power", "label": "power", "columns": ["power"]}],
    }
    found = asked(write(tmp_path / "cost", shares, share | cost))
    said(found)
    assert (found["equilibrium"].status, needs(found["equilibrium"])) == (
        "partly",
        ["rival instruments", "reach table"],
    )


def test_a_study_of_printed_figures_alone(tmp_path: Path) -> None:
    changes = {
        "tables": {"sales": None, "press": "p.csv"}, "columns": None, "attributes": None, "bands": None, "press": {"metrics": {"市占率": "share"}},
        "press_columns": PRESS.roles, "study": {"focal": "晨风", "benchmarks": ["远山"]},
    }  # fmt: skip
    found = asked(write(tmp_path, None, changes, {"press": PRESS.raw}))
    said(found)
    assert set(found) == set(IDS)
    assert found["printed"].status == "now"
    assert found["position"].status == "partly"
    rest = {question.status for question in found.values() if question.id not in ("printed", "position")}
    assert rest == {"needs"}
    tiers = {name: q.cheapest.tier for name, q in found.items() if q.cheapest is not None}
    assert tiers.pop("experiment") == 3
    assert tiers.pop("claims") == 0
    assert set(tiers.values()) == {1}
    assert dict(found["gap"].needs[0].facts) == {"focal": "晨风", "benchmark": "远山", "least": 3}
