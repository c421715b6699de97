"""What the ramp says of makers whose months, orders and books are invented."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from halfstep.core.answer import Answer
from halfstep.core.check import Check
from halfstep.core.estimate import Point, Refusal
from halfstep.core.period import Period
from halfstep.study import run

SETTINGS = """
[study]
title = "a ramp"
focal = "A"
benchmarks = ["B"]
currency = "coins"
as_of = "2025-06-04"
seed = 7
margin = 0.03
margin_reason = "invented"
[tables]
press = "press.csv"
ramp = "ramp.csv"
[press_columns]
entity = "entity"
metric = "metric"
value = "value"
period = "period"
perimeter = "perimeter"
first_known = "first_known"
kind = "kind"
[ramp_columns]
period = "month"
units = "units"
[ramp]
draws = 1000
perimeter = "cars"
asks = [
  { id = "year", label = "units of the year", what = "units", period = "2025", made = "2025-06-04" },
  { id = "profit", label = "a quarter in profit", what = "result", by = "2025-Q4", made = "2025-06-04" },
]
"""
HEAD = "entity,metric,value,period,perimeter,first_known,kind\n"
STEADY = {Period(2024 * 12 + k, 12).key: 10_000 for k in range(16)}
BOOKS = [
    ("2024Q2", 2.0e9, 0.10, -3.0e8), ("2024Q3", 2.1e9, 0.13, -2.1e8), ("2024Q4", 2.2e9, 0.16, -1.1e8), ("2025Q1", 2.3e9, 0.19, -0.1e8),
]  # fmt: skip


def months(figures: dict[str, int]) -> str:
    return "month,units\n" + "".join(f"{month},{units}\n" for month, units in figures.items())


def books(rows: list[tuple[str, float, float, float]], known: str = "2025-05-20") -> str:
    out = ""
    for quarter, revenue, margin, result in rows:
        for metric, value in (
            ("revenue", f"{revenue:.0f}"),
            ("margin", f"{margin:.1%}"),
            ("operating_result", f"{result:.0f}"),
        ):
            out += f"A,{metric},{value},{quarter},cars,{known},\n"
    return out


def answer(folder: Path, figures: dict[str, int], press: str = "", more: str = "", as_of: str | None = None) -> Answer:
    (folder / "ramp.csv").write_text(months(figures), encoding="utf-8")
    (folder / "press.csv").write_text(HEAD + press + "A,rank,1,2025Q1,,2025-05-01,\n", encoding="utf-8")
    (folder / "study.toml").write_text(SETTINGS + more, encoding="utf-8")
    return run(folder, as_of=as_of, only=("ramp",)).answers["ramp"]


def point(found: Answer, name: str) -> Point:
    estimate = next(e for e in found.estimates if e.id == f"ramp.{name}")
    assert isinstance(estimate, Point), estimate
    return estimate


def check(found: Answer, name: str) -> Check:
    return next(c for c in found.checks if c.id == f"ramp.{name}")


def test_a_steady_maker_is_foretold_closely(tmp_path: Path) -> None:
    year = point(answer(tmp_path, STEADY), "year")
    assert year.level == 0.8
    assert year.lo < 120_000 < year.hi
    assert year.hi / year.lo < 1.7
    assert year.lo > 40_000, "the four known months are in every draw"


def test_a_year_that_is_over_is_counted_not_foretold(tmp_path: Path) -> None:
    whole = {Period(2025 * 12 + k, 12).key: 10_000 + k for k in range(12)}
    more = SETTINGS.replace('made = "2025-06-04"', 'made = "2026-02-01"').replace("asks = [", "asks = [\n")
    (tmp_path / "ramp.csv").write_text(months(whole), encoding="utf-8")
    (tmp_path / "press.csv").write_text(HEAD + "A,rank,1,2025Q1,,2025-05-01,\n", encoding="utf-8")
    (tmp_path / "study.toml").write_text(more, encoding="utf-8")
    year = point(run(tmp_path, as_of="2026-02-01", only=("ramp",)).answers["ramp"], "year")
    assert (year.lo, year.hi, year.level) == (sum(whole.values()), sum(whole.values()), 1.0)


def test_what_is_known_later_moves_nothing_of_an_earlier_day(tmp_path: Path) -> None:
    later = STEADY | {Period(2025 * 12 + k, 12).key: 90_000 for k in range(4, 12)}
    early, late = (answer(tmp_path, f, books(BOOKS), as_of=day) for f, day in ((STEADY, None), (later, "2026-03-01")))
    for name in ("year", "profit"):
        assert point(early, name).value == point(late, name).value
        assert (point(early, name).lo, point(early, name).hi) == (point(late, name).lo, point(late, name).hi)


def test_a_printed_quarter_tells_blank_months_of_its_year(tmp_path: Path) -> None:
    blank = {month: units for month, units in STEADY.items() if month not in ("2025-02", "2025-03")}
    refused = next(e for e in answer(tmp_path, blank).estimates if e.id == "ramp.year")
    assert isinstance(refused, Refusal)
    assert (refused.why, refused.needs) == ("months missing", ("the missing months",))
    told = point(answer(tmp_path, blank, "A,units,30000,2025Q1,cars,2025-04-10,\n"), "year")
    assert told.lo > 40_000


def test_orders_and_backlog_bound_what_is_delivered(tmp_path: Path) -> None:
    free = answer(tmp_path, STEADY)
    assert check(free, "orders.2025-06-04").why == "ramp orders not printed"
    few = (
        "".join(f"A,orders,1000,2025-0{m},cars,2025-05-15,\n" for m in (1, 2, 3, 4))
        + "A,backlog,12000,2025-04-30,cars,2025-05-15,\n"
    )
    starved = answer(tmp_path, STEADY, few)
    assert check(starved, "orders.2025-06-04").why == "ramp orders bound"
    assert point(starved, "year").hi < 80_000, "12,000 wait and 1,000 a month are ordered"
    many = few.replace(",1000,", ",40000,").replace(",12000,", ",150000,")
    fed = answer(tmp_path, STEADY, many)
    assert point(fed, "year").value == pytest.approx(point(free, "year").value, rel=0.03)
    assert float(dict(check(fed, "orders.2025-06-04").facts)["p"]) < 0.1


def test_a_maker_that_earns_more_each_quarter_breaks_even_and_one_that_loses_more_does_not(tmp_path: Path) -> None:
    likely = point(answer(tmp_path, STEADY, books(BOOKS)), "profit")
    assert likely.value > 0.7
    assert likely.lo <= likely.value <= likely.hi
    worse = [(q, revenue, 0.20 - 0.04 * k, -4e8 - 2e8 * k) for k, (q, revenue, *_) in enumerate(BOOKS)]
    assert point(answer(tmp_path, STEADY, books(worse)), "profit").value < 0.05


def test_a_question_of_the_result_is_refused_where_months_of_its_quarter_are_told_by_nothing(tmp_path: Path) -> None:
    blank = {month: units for month, units in STEADY.items() if month != "2025-03"}
    found = next(e for e in answer(tmp_path, blank, books(BOOKS[:3])).estimates if e.id == "ramp.profit")
    assert isinstance(found, Refusal)
    assert found.why == "months missing"


def test_printed_results_are_not_foretold(tmp_path: Path) -> None:
    later = [("2025Q2", 2.4e9, 0.20, -2e7), ("2025Q3", 2.4e9, 0.20, -1e7), ("2025Q4", 2.4e9, 0.20, -3e7)]
    lost = point(answer(tmp_path, STEADY, books([*BOOKS, *later])), "profit")
    assert (lost.lo, lost.hi) == (0.0, 0.0)
    won = books([*BOOKS, *later[:2]]) + "A,operating_result,70000000,2025Q4,cars,2025-05-20,\n"
    earned = point(answer(tmp_path, STEADY, won, "", None), "profit")
    assert (earned.lo, earned.hi) == (1.0, 1.0), "no margin of that quarter is needed"


def test_units_before_the_books_begin_are_on_the_learning_curve(tmp_path: Path) -> None:
    early = {Period(2022 * 12 + k, 12).key: 10_000 for k in range(24)} | STEADY
    known, unknown = (
        answer(tmp_path, f, books(BOOKS)) for f in (early, {m: u for m, u in early.items() if m != "2023-05"})
    )
    assert not any(c.id.startswith("ramp.before") for c in known.checks)
    assert check(unknown, "before.2025-06-04").why == "ramp units before unknown"


def test_another_question_moves_no_forecast_on_record(tmp_path: Path) -> None:
    alone = answer(tmp_path, STEADY, books(BOOKS))
    more = SETTINGS.replace(
        "asks = [", 'asks = [\n  { id = "next", label = "n", what = "units", period = "2026-Q2", made = "2025-06-04" },'
    )
    (tmp_path / "study.toml").write_text(more, encoding="utf-8")
    beside = run(tmp_path, only=("ramp",)).answers["ramp"]
    for name in ("year", "profit"):
        assert point(alone, name) == point(beside, name)


def test_one_maker_is_no_proof_of_coverage(tmp_path: Path) -> None:
    found = check(answer(tmp_path, STEADY), "coverage")
    assert (found.status, found.why) == ("review", "ramp too few back-tests")


def test_a_result_on_another_basis_is_never_a_level(tmp_path: Path) -> None:
    other = books(BOOKS).replace("operating_result", "adjusted_net_result")
    found = next(
        e
        for e in answer(tmp_path, STEADY, other, 'other_results = ["adjusted_net_result"]\n').estimates
        if e.id == "ramp.profit"
    )
    assert isinstance(found, Refusal)
    assert found.why == "no result"
    assert found.needs == ("a result on the basis that counts",)


def test_books_of_a_quarter_that_nobody_printed_are_the_year_less_the_others(tmp_path: Path) -> None:
    first = ("2024Q1", 1.9e9, 0.07, -3.5e8)
    whole = [first, *BOOKS]
    year = books(
        [
            (
                "2024",
                sum(b[1] for b in whole[:4]),
                sum(b[1] * b[2] for b in whole[:4]) / sum(b[1] for b in whole[:4]),
                sum(b[3] for b in whole[:4]),
            )
        ]
    )
    found = answer(tmp_path, STEADY, books([b for b in whole if b[0] != "2024Q4"]) + year)
    assert dict(check(found, "derived.2025-06-04").facts)["quarters"] == "2024-Q4"
    assert point(found, "profit").value == pytest.approx(
        point(answer(tmp_path, STEADY, books(whole)), "profit").value, abs=0.1
    )


def test_too_few_months_are_refused(tmp_path: Path) -> None:
    found = next(e for e in answer(tmp_path, {"2025-03": 5, "2025-04": 9}).estimates if e.id == "ramp.year")
    assert isinstance(found, Refusal)
    assert found.needs == ("more months",)


def test_other_makers_are_a_class_and_are_foretold_in_back_tests(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    rows = "maker,month,units\n"
    for maker in "CDEF":
        level = 9.0 + np.cumsum(rng.normal(0.02, 0.08, 16))
        rows += "".join(f"{maker},{month},{np.exp(v):.0f}\n" for month, v in zip(STEADY, level, strict=True))
    (tmp_path / "others.csv").write_text(rows, encoding="utf-8")
    more = '[ramps_columns]\nperiod = "month"\nmaker = "maker"\nunits = "units"\n'
    (tmp_path / "ramp.csv").write_text(months(STEADY), encoding="utf-8")
    (tmp_path / "press.csv").write_text(HEAD + "A,rank,1,2025Q1,,2025-05-01,\n", encoding="utf-8")
    settings = SETTINGS.replace('ramp = "ramp.csv"', 'ramp = "ramp.csv"\nramps = "others.csv"')
    (tmp_path / "study.toml").write_text(settings + more, encoding="utf-8")
    found = run(tmp_path, only=("ramp",)).answers["ramp"]
    facts = dict(check(found, "coverage").facts)
    assert facts["makers"] == 5
    assert facts["level"] == 0.8
    for name in ("last", "trend"):
        assert dict(check(found, f"against.{name}").facts)["label"] in ("beats", "does not beat", "cannot tell")
    assert "reference class shares spreads" in point(found, "year").origin.assumptions
    alone = answer(tmp_path, STEADY)
    assert "own months alone" in point(alone, "year").origin.assumptions


def test_what_others_did_is_held_against_the_same_months(tmp_path: Path) -> None:
    """Thirty months ahead: both sums are over all of them."""
    (tmp_path / "others.csv").write_text(
        "maker,month,units\n" + "".join(f"C,{m},9000\n" for m in STEADY), encoding="utf-8"
    )
    (tmp_path / "ramp.csv").write_text(months(STEADY), encoding="utf-8")
    (tmp_path / "press.csv").write_text(HEAD + "A,rank,1,2025Q1,,2025-05-01,\n", encoding="utf-8")
    far = SETTINGS.replace('period = "2025"', 'period = "2027"').replace(
        'ramp = "ramp.csv"', 'ramp = "ramp.csv"\nramps = "others.csv"'
    )
    more = '[ramps_columns]\nperiod = "month"\nmaker = "maker"\nunits = "units"\n'
    (tmp_path / "study.toml").write_text(far + more, encoding="utf-8")
    facts = dict(check(run(tmp_path, only=("ramp",)).answers["ramp"], "class.2025-06-04").facts)
    assert facts["until"] == "2027-12"
    whole, own = (np.sqrt(float(facts[f"{of}_lo"]) * float(facts[f"{of}_hi"])) for of in ("units", "own"))
    assert own == pytest.approx(whole, rel=0.12), "24 of the 32 months would be a quarter less"


def test_without_the_table_the_room_is_dark(tmp_path: Path) -> None:
    (tmp_path / "press.csv").write_text(HEAD + "A,rank,1,2025Q1,,2025-05-01,\n", encoding="utf-8")
    settings = SETTINGS.replace('ramp = "ramp.csv"\n', "").replace(
        '[ramp_columns]\nperiod = "month"\nunits = "units"\n', ""
    )
    (tmp_path / "study.toml").write_text(settings, encoding="utf-8")
    assert run(tmp_path, only=("ramp",)).answers["ramp"].dark == "ramp"


def test_the_same_study_twice_says_the_same(tmp_path: Path) -> None:
    one, two = (answer(tmp_path, STEADY, books(BOOKS)) for _ in range(2))
    assert one.estimates == two.estimates
