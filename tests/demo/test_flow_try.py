"""Try 18 (docs/demo.md): deliveries rise, orders fall, buyers wait 47 weeks. Through files and the whole program."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from halfstep.core.check import Status
from halfstep.core.errors import StudyFaultsError
from halfstep.core.series import Series
from halfstep.market.inputs import supply_bound
from halfstep.study import Outcome, run
from tests.invented import check, market, write

MONTHS = 6
ORDERS = (52_000, 46_000, 40_000, 34_000, 29_000, 24_000)
CANCELLED = (1_000, 1_500, 2_500, 3_000, 3_000, 4_000)
DELIVERED = (20_000, 21_000, 22_000, 24_000, 26_000, 28_000)


def flow(cancellations: bool = True) -> pl.DataFrame:
    """The focal brand's accounts: what is not delivered waits; it ends at 47 weeks."""
    backlog, left = 233_650, []
    for ordered, cancelled, delivered in zip(ORDERS, CANCELLED, DELIVERED, strict=True):
        backlog += ordered - cancelled - delivered
        left.append(backlog)
    months = [f"2025-{m:02d}" for m in range(1, MONTHS + 1)]
    made = pl.DataFrame(
        {"month": months, "brand": ["A"] * MONTHS, "orders": ORDERS, "backlog": left, "delivered": DELIVERED}
    )
    return made.with_columns(pl.Series("cancelled", CANCELLED)) if cancellations else made


def story(folder: Path, table: pl.DataFrame | bytes | None, outcome: str = "deliveries") -> Outcome:
    frame = market(years=range(1, MONTHS + 1))
    frame = frame.with_columns(pl.format("2025-0{}", pl.col("year")).alias("year"))
    columns = {"brand": "brand", "period": "month", "orders": "orders", "backlog": "backlog", "deliveries": "delivered"}
    if isinstance(table, pl.DataFrame) and "cancelled" in table.columns:
        columns |= {"cancellations": "cancelled"}
    changes = {"columns": {"outcome": outcome}} | ({} if table is None else {"flow_columns": columns})
    return run(write(folder, frame, changes, None if table is None else {"flow": table}))


def series(outcome: Outcome) -> dict[str, Series]:
    return {s.id: s for s in outcome.answers["market"].series}


def test_try_18_deliveries_under_a_backlog_are_refused_and_net_orders_read(tmp_path: Path) -> None:
    outcome = story(tmp_path, flow())
    found = check(outcome.answers["market"], "flow.supply.A")
    facts = dict(found.facts)
    assert (found.status, found.why, found.do) == (Status.FAIL, "deliveries are supply", "read net orders")
    assert float(facts["weeks"]) == pytest.approx(47, abs=0.5)
    assert facts["periods"] == MONTHS
    against = check(outcome.answers["market"], "flow.direction.A")
    facts = dict(against.facts)
    assert (against.status, against.why) == (Status.FAIL, "deliveries rose while net orders fell")
    assert float(facts["rise"]) == pytest.approx(0.4)
    assert float(facts["fall"]) == pytest.approx(1 - 20_000 / 51_000)
    told = series(outcome)
    assert told["flow.net_orders.A"].value.tolist() == [o - c for o, c in zip(ORDERS, CANCELLED, strict=True)]
    assert told["flow.deliveries.A"].value.tolist() == list(DELIVERED)
    assert float(told["flow.waiting.A"].value[-1]) == pytest.approx(47, abs=0.5)
    assert told["flow.net_orders.A"].origin.rows == "2-7"
    assert "flow.csv" in outcome.files
    assert supply_bound(outcome.inputs).all()  # no month of these deliveries is demand
    assert check(outcome.answers["market"], "flow.balance.A").status is Status.PASS


def test_try_18_orders_of_unknown_cancellations_are_not_called_net(tmp_path: Path) -> None:
    """The accounts imply net orders from the second month; the first stays an upper bound and is not in the series."""
    told = series(story(tmp_path, flow(cancellations=False)))
    assert told["flow.net_orders.A"].value.tolist() == [o - c for o, c in zip(ORDERS, CANCELLED, strict=True)][1:]
    assert told["flow.net_orders.A"].origin.assumptions == ("backlog accounts hold",)


def test_try_18_without_a_flow_table_it_can_only_warn(tmp_path: Path) -> None:
    outcome = story(tmp_path, None)
    assert check(outcome.answers["market"], "market.outcome").status is Status.REVIEW
    assert not [c for c in outcome.answers["market"].checks if c.id.startswith("flow.")]
    assert not supply_bound(outcome.inputs).any()


def test_try_18_orders_as_the_outcome_are_not_bound(tmp_path: Path) -> None:
    outcome = story(tmp_path, flow(), outcome="orders")
    assert check(outcome.answers["market"], "flow.supply.A").status is Status.REVIEW
    assert not supply_bound(outcome.inputs).any()


def test_try_18_as_of_hides_later_months(tmp_path: Path) -> None:
    story(tmp_path, flow())
    told = series(run(tmp_path, as_of="2025-03-31"))
    assert told["flow.deliveries.A"].index == (("2025-01",), ("2025-02",), ("2025-03",))


def test_try_19_two_figures_for_one_month_stop_and_ask(tmp_path: Path) -> None:
    table = b"month,brand,orders,backlog,delivered\n2025-05,A,28000,9,1\n2025-05,A,7058,9,1\n"
    with pytest.raises(StudyFaultsError) as caught:
        story(tmp_path, table)
    (fault,) = caught.value.faults
    assert "orders 28000" in fault.what
    assert "orders 7058" in fault.what
