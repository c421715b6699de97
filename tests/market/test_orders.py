"""Orders inferred from snippets: accounts by hand, contradictions, refusals, what would narrow an interval."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from halfstep.core.config import StudyConfig
from halfstep.core.errors import MisuseError
from halfstep.data.press import Figure, read_press
from halfstep.data.read.tables import ROW, Table
from halfstep.market.flow import Flow
from halfstep.market.order_model import ledger_of, statements
from halfstep.market.orders import Contradiction, Inferred, Question, Supply, Untold, infer_orders, supply_not_demand
from halfstep.market.snippets import Snippet, Steps, flow_snippets, months, rates, snippets_of, weeks

NAN = float("nan")
MONDAY = date(2024, 9, 2)
WEEKS = weeks(MONDAY, 26)
DAY = timedelta(days=1)
QUESTION = Question(
    MONDAY + 13 * 7 * DAY, (MONDAY + 7 * 7 * DAY, MONDAY + 13 * 7 * DAY - DAY), (MONDAY + 13 * 7 * DAY, MONDAY + 19 * 7 * DAY - DAY)
)  # fmt: skip


def flow(deliveries: list[float], first: int = 2024 * 12 + 8, **figures: list[float]) -> Flow:
    rows = {
        name: np.array([figures.get(name, [NAN] * len(deliveries))])
        for name in ("orders", "cancellations", "backlog", "capacity")
    }
    return Flow("flow.csv", 12, ("A",), first, **rows, deliveries=np.array([deliveries]), rows={"A": (2,)})


def week(t: int, lo: float, hi: float, what: str = "orders", n: int = 1) -> Snippet:
    return Snippet(f"{what} {t}", what, MONDAY + 7 * t * DAY, MONDAY + 7 * (t + n) * DAY - DAY, lo, hi)


QUEUE = Snippet("queue", "waiting weeks", MONDAY + 80 * DAY, MONDAY + 80 * DAY, 8, 12)
FELL = (*(week(t, 4800, 5200) for t in (8, 10, 12)), *(week(t, 2800, 3200) for t in (13, 15, 17)))
SOLD = flow([17_000.0] * 7)


def inferred(snippets: tuple[Snippet, ...], question: Question | None = QUESTION, sold: Flow | None = SOLD) -> Inferred:
    found = infer_orders("A", WEEKS, snippets, sold, question, np.random.default_rng(5))
    assert isinstance(found, Inferred), found
    return found


def test_steps_split_days() -> None:
    assert WEEKS.part(MONDAY, MONDAY + 9 * DAY)[:3].tolist() == pytest.approx([1, 3 / 7, 0])
    assert WEEKS.until(MONDAY - DAY).sum() == 0
    assert months("2024-12", 2).key(1) == "2025-01-01"
    with pytest.raises(MisuseError, match="take more steps"):
        WEEKS.at(MONDAY + 26 * 7 * DAY)


def test_a_fall_told_by_order_weeks_is_found_and_deliveries_are_refused() -> None:
    found = inferred((*FELL, QUEUE))
    assert found.fall is not None
    assert found.fall.lo < 0.4 < found.fall.hi and found.fall.hi - found.fall.lo < 0.25
    assert found.fall.positive > 0.99 and abs(found.drift) < 0.3
    assert (found.orders >= 0).all() and (found.backlog >= 0).all()
    for t in (8, 15):
        lo, hi = FELL[(0, 4)[t == 15]].lo, FELL[(0, 4)[t == 15]].hi
        assert ((found.orders[:, t] > lo - 30) & (found.orders[:, t] < hi + 30)).all()
    refused = supply_not_demand(found, "A", (12, 13, 14))
    assert refused == Supply("A", "deliveries are supply", tuple(WEEKS.key(t) for t in (12, 13, 14)), 3)
    assert (
        "cancellations unknown" in found.assumptions and "deliveries spread evenly over a period" in found.assumptions
    )


def test_every_draw_keeps_every_statement_and_the_accounts() -> None:
    snippets = (*FELL, QUEUE, week(0, 0.08, 0.12, "cancelled share", 26), week(20, 9000, 11_000, n=2))
    found = inferred(snippets)
    two = found.orders[:, 20] + found.orders[:, 21]
    assert (two >= 9000 - 1e-3).all() and (two <= 11_000 + 1e-3).all()
    assert found.cancelled.min() > 0.07 and found.cancelled.max() < 0.13
    told = rates(SOLD, "A", WEEKS)
    assert np.isnan(told[:1]).all()  # September begins before the steps
    t = WEEKS.at(MONDAY + 80 * DAY)
    rate = told[80] * 7
    assert ((found.backlog[:, t] > 6 * rate) & (found.backlog[:, t] < 14 * rate)).all()


def test_a_record_week_is_no_less_than_those_before() -> None:
    record = week(12, 3000, 9000, "record orders")
    found = inferred((week(8, 4800, 5200), week(16, 7000, 7200), record), None)
    assert (found.orders[:, 12] >= found.orders[:, 8] - 1e-6).all()
    assert (found.orders[:, 12] < found.orders[:, 16]).any()


def test_contradictions_are_named_and_the_smallest_set_only() -> None:
    wrong = (*FELL, QUEUE, replace(week(12, 1000, 2000, n=2), name="wrong"))
    found = infer_orders("A", WEEKS, wrong, SOLD, QUESTION)
    assert found == Contradiction("A", (("orders 12", "wrong"), ("orders 13", "wrong")), True)
    short = Snippet("nobody waits", "backlog", MONDAY + 90 * DAY, MONDAY + 90 * DAY, 0, 0)
    few = tuple(week(t, 100, 200) for t in range(0, 14))
    eve = Snippet("launch", "backlog", MONDAY - DAY, MONDAY - DAY, 0, 0)
    against = infer_orders("A", WEEKS, (eve, short, week(0, 1000, 1200, n=14)), SOLD)
    assert isinstance(against, Contradiction)
    assert against.sets == (("launch", "orders 0"),)  # fewer ordered since launch than delivered
    assert isinstance(infer_orders("A", WEEKS, (eve, *few), SOLD), Contradiction)


def test_too_little_is_refused_with_what_would_help() -> None:
    nothing = infer_orders("A", WEEKS, (), None, QUESTION)
    assert isinstance(nothing, Untold) and nothing.why == "no snippets"
    assert np.isnan(nothing.part)
    little = infer_orders("A", WEEKS, (week(2, 4800, 5200),), None, QUESTION)
    assert isinstance(little, Untold) and little.why == "as wide as before"
    assert little.part > 0.6 and little.narrower[0].width < little.hi - little.lo


def test_one_more_week_after_the_event_narrows_as_foretold() -> None:
    some = (*FELL[:4], QUEUE)
    found = inferred(some)
    assert found.fall is not None
    asked = next(n for n in found.fall.narrower if n.what == "orders" and n.first >= QUESTION.day)
    width = found.fall.hi - found.fall.lo
    assert asked.width < width
    units = float(np.median(found.orders[:, WEEKS.at(asked.first)])) * ((asked.last - asked.first).days + 1) / 7
    more = Snippet("more", "orders", asked.first, asked.last, 0.975 * units, 1.025 * units)
    then = inferred((*some, more)).fall
    assert then is not None
    assert then.hi - then.lo == pytest.approx(asked.width, rel=0.5) and then.hi - then.lo < width


def test_a_seed_fixes_the_draws_and_months_do_too() -> None:
    assert (inferred(FELL).orders == inferred(FELL).orders).all()
    year = months("2024-09", 8)
    snippets = tuple(
        Snippet(str(m), "orders", date.fromordinal(year.edges[m]), year.last_day(m), lo, 1.05 * lo)
        for m, lo in ((1, 20_000.0), (2, 21_000.0), (4, 12_000.0), (5, 12_500.0))
    )
    question = Question(
        date(2025, 1, 1), (date(2024, 10, 1), date(2024, 12, 31)), (date(2025, 1, 1), date(2025, 2, 28))
    )
    found = infer_orders("A", year, snippets, flow([17_000.0] * 8), question, np.random.default_rng(2))
    assert isinstance(found, Inferred) and found.fall is not None
    assert found.fall.lo < 1 - (12.25 / 59) / (20.5 / 61) < found.fall.hi


def test_figures_of_the_flow_table_count_as_snippets() -> None:
    table = flow(
        [17_000.0] * 7, orders=[NAN, 22_000, *[NAN] * 5], backlog=[30_000, *[NAN] * 6], capacity=[20_000.0] * 7
    )
    names = [s.name for s in flow_snippets(table, "A")]
    assert names[:2] == ["flow.csv: orders 22000 (2024-10)", "flow.csv: backlog 30000 (2024-09)"]
    found = inferred(FELL, QUESTION, table)
    october = WEEKS.part(date(2024, 10, 1), date(2024, 10, 31))
    assert np.allclose(found.orders @ october, 22_000, rtol=0.006)
    assert found.unused and all("capacity" in name for name in found.unused)


def test_capacity_that_was_left_unused_leaves_nobody_waiting() -> None:
    year = months("2024-09", 6)
    table = flow([17_000.0] * 6, capacity=[17_000.0, 25_000.0, *[17_000.0] * 4])
    snippets = tuple(flow_snippets(table, "A"))
    ledger = ledger_of(year, snippets, rates(table, "A", year), 6)
    idle = [s for s in statements(ledger, snippets)[0] if s.name and "25000" in s.name]
    assert len(idle) == 1 and idle[0].hi * ledger.unit == pytest.approx(250)


def test_supply_by_a_flow_table() -> None:
    table = flow([10.0, 10.0, 10.0], backlog=[5.0, 0.0, NAN])
    first = table.first
    assert supply_not_demand(table, "A", (first,)) == Supply("A", "deliveries are supply", ("2024-09",), 1)
    assert supply_not_demand(table, "A", (first + 1,)) is None
    unknown = supply_not_demand(table, "A", (first + 1, first + 2))
    assert unknown == Supply("A", "backlog unknown", ("2024-11",), 2)
    assert supply_not_demand(table, "B", (first,)) == Supply("B", "backlog unknown", ("2024-09",), 1)
    with pytest.raises(MisuseError, match="expected orders inferred of 'B'"):
        supply_not_demand(inferred(FELL), "B", (0,))


def figures() -> tuple[Figure, ...]:
    rows = [
        ("orders", "23000", "2025-03-10..16", "record", "units"), ("orders", "13500", "2025-05-01..14", "", "units"),
        ("orders", "83400", "2025-03", "Citi", "units"), ("waiting weeks", "38-41周", "2025-05-15", "", ""),
        ("cancellations", "8%-12%", "2025-03", "", ""), ("backlog", "more than 150,000", "2025-03-31", "", "units"),
        ("recalls", "116887", "2025-09", "", "cars"),
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=["metric", "value", "period", "base", "unit"], orient="row").with_columns(
        entity=pl.lit("A")
    )
    config = StudyConfig.model_validate({
        "study": {
            "title": "x", "focal": "A", "benchmarks": ["B"], "currency": "coins", "as_of": "2026-01-01", "margin": 0.03,
            "margin_reason": "x",
        },
        "tables": {"press": "press.csv"},
        "press_columns": {key: key for key in ("entity", "metric", "value", "period", "base", "unit")},
    })  # fmt: skip
    press, faults = read_press(config, Table("press", "press.csv", frame.with_row_index(ROW, offset=2), ""))
    assert press is not None, faults
    return press.figures


def test_press_figures_become_snippets() -> None:
    found = snippets_of(figures(), "A")
    assert [(s.what, s.lo, s.hi) for s in found] == [
        ("record orders", 22_500, 23_500), ("orders", 13_450, 13_550), ("orders", 83_350, 83_450),
        ("waiting weeks", 38, 41), ("cancelled share", 0.08, 0.12), ("backlog", 150_000, np.inf),
    ]  # fmt: skip
    assert found[0].first == date(2025, 3, 10) and found[0].last == date(2025, 3, 16)
    assert snippets_of(figures(), "B") == ()


def test_misuse_is_refused() -> None:
    with pytest.raises(MisuseError, match="expected one of"):
        Snippet("x", "sales", MONDAY, MONDAY, 0, 1)
    with pytest.raises(MisuseError, match="expected lo <= hi"):
        Snippet("x", "orders", MONDAY, MONDAY, 2, 1)
    with pytest.raises(MisuseError, match="first window"):
        Question(MONDAY, (MONDAY, MONDAY), (MONDAY, MONDAY))
    assert isinstance(WEEKS, Steps) and len(WEEKS) == 26
