"""Tries 35 to 37 and 42 (docs/demo.md): fake dates, overlapping events, rival explanations, twice the fame. Through files and the whole program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from halfstep.core.answer import Answer, EventVerdict
from halfstep.core.check import Check
from halfstep.core.estimate import Bound, Point, Refusal
from halfstep.study import run

Array = npt.NDArray[np.float64]
START = date(2023, 1, 2)
WEEKS, BRANDS = 84, 24
EVENT = 60


def market(seed: int, effect: Mapping[str, Array] | None = None) -> pl.DataFrame:
    """Weekly orders of twenty brands: a common path, walks of their own, noise; some with an effect in logs."""
    rng = np.random.default_rng(seed)
    common = np.cumsum(rng.normal(0, 0.02, WEEKS))
    rows = []
    for b in range(BRANDS):
        name = f"B{b:02d}"
        path = 8 + 0.1 * b + common + np.cumsum(rng.normal(0, 0.012, WEEKS)) + rng.normal(0, 0.04, WEEKS)
        path = path + (effect or {}).get(name, np.zeros(WEEKS))
        days = [(START + timedelta(weeks=t)).isoformat() for t in range(WEEKS)]
        rows.append(pl.DataFrame({"week": days, "brand": name, "orders": np.exp(path).round().astype(np.int64)}))
    return pl.concat(rows)


def fall(size: float, week: int = EVENT, half_life: float | None = None) -> Array:
    """An effect in logs from a week on: lasting, or fading with a half-life."""
    t = np.arange(WEEKS)
    left = np.ones(WEEKS) if half_life is None else 0.5 ** ((t - week) / half_life)
    return np.where(t >= week, np.log1p(-size) * left, 0.0)


def event(week: int, brand: str = "B05", name: str = "e", more: str = "") -> str:
    day = START + timedelta(weeks=week, days=2)
    return (
        f'[[events]]\nid = "{name}"\nperiod = "{day.isoformat()}"\nbrand = "{brand}"\nlabel = "{name}"\nsource = "invented"\n'
        f'kind = "product harm"\noutcomes = ["orders"]\n{more}\n'
    )


def study(
    folder: Path, frame: pl.DataFrame, events: Sequence[str], shocks: str = "horizon = 12\nmargin = 0.1"
) -> Answer:
    folder.mkdir(exist_ok=True)
    frame.write_csv(folder / "orders.csv")
    (folder / "study.toml").write_text(
        '[study]\ntitle = "t"\nfocal = "B05"\nbenchmarks = ["B01"]\ncurrency = "EUR"\nas_of = "2025-12-31"\nmargin = 0.03\n'
        'margin_reason = "r"\ninvented = true\n[tables]\noutcomes = "orders.csv"\n'
        '[outcome_columns]\nperiod = "week"\nentity = "brand"\nvalue = "orders"\n'
        '[[outcomes]]\nid = "orders"\nlabel = "orders"\nkind = "orders"\n'
        f"[shocks]\n{shocks}\n" + "".join(events),
        encoding="utf-8",
    )
    return run(folder).answers["events"]


def verdict(answer: Answer, name: str = "e") -> EventVerdict:
    (found,) = [v for v in answer.events if v.event == name]
    return found


def point(answer: Answer, name: str) -> Point:
    (found,) = [e for e in answer.estimates if e.id == name]
    assert isinstance(found, Point)
    return found


def checks(answer: Answer, stem: str) -> list[Check]:
    return [c for c in answer.checks if c.id.startswith(stem)]


def test_try_35_an_event_that_was_none_is_found_no_oftener_than_said(tmp_path: Path) -> None:
    """Fake events of ten brands on four dates: nothing happened to any; then the same program finds one that did."""
    frame = market(35)
    fakes = [event(40 + 4 * (k % 4), f"B{k:02d}", f"f{k}") for k in range(10)]
    answer = study(tmp_path / "fake", frame, fakes, "horizon = 12\nplacebos = 60")
    assert len(answer.events) == 10
    found = [v for v in answer.events if v.label in ("fell", "rose")]
    assert len(found) <= 2  # 5% each: three of ten would come in about one set in ninety
    told = {c.why for c in answer.checks}
    assert "event placebos" in told and told & {"event size", "event size high"}
    assert [c for c in answer.checks if c.why == "event family"]  # how many of ten chance alone would give
    real = study(tmp_path / "real", market(35, {"B05": fall(0.3)}), [event(EVENT)])
    seen = verdict(real)
    assert (seen.label, seen.reason) == ("fell", "interval excludes zero")
    average = point(real, "event.e.orders.average")
    assert average.hi < 0 and average.lo < -0.3 < average.hi
    assert seen.p is not None and seen.p <= 0.05 and seen.floor == pytest.approx(1 / BRANDS)


def test_try_35_what_cannot_be_found_is_said_with_what_could_have_been(tmp_path: Path) -> None:
    seen = verdict(study(tmp_path, market(3), [event(EVENT)], "horizon = 12"))
    assert seen.label == "cannot tell" and seen.detectable is not None and 0 < seen.detectable < 0.5
    assert "a margin" in seen.needs


def test_try_36_three_events_in_three_weeks_are_one_effect(tmp_path: Path) -> None:
    shape = fall(0.15, EVENT, 6) + fall(0.1, EVENT + 1, 6) + fall(0.1, EVENT + 2, 6)
    events = [event(EVENT + k, name=name) for k, name in enumerate(("hood", "chip", "launch"))]
    answer = study(tmp_path, market(36, {"B05": shape}), events)
    for name in ("hood", "chip", "launch"):
        assert set(verdict(answer, name).joint) == {"hood", "chip", "launch"}
        joint = point(answer, f"event.{name}.orders.joint")
        assert joint.hi < 0
        parts = [e for e in answer.estimates if e.id.startswith(f"event.{name}.orders.part.")]
        assert len(parts) == 3 and all(isinstance(p, Bound) for p in parts)
        (told,) = checks(answer, f"event.{name}.orders.overlap")
        assert told.why == "event overlap joint"


def test_try_36_a_year_apart_they_are_told_apart(tmp_path: Path) -> None:
    shape = fall(0.35, 20, 4) + fall(0.35, 72, 4)
    events = [event(20, name="first"), event(72, name="second")]
    answer = study(tmp_path, market(37, {"B05": shape}), events)
    for name in ("first", "second"):
        assert verdict(answer, name).joint == ()
        assert verdict(answer, name).label == "fell"


def test_try_37_rival_explanations_say_what_they_predict_and_which_survive(tmp_path: Path) -> None:
    """A lasting fall of one brand in week 60: a rule for all, a start six weeks before, an end after six weeks."""
    rivals = "".join(
        f'[[events.rivals]]\nid = "{name}"\nlabel = "{name}"\nsource = "invented"\n{predicts}\n'
        for name, predicts in (
            ("rule", 'moves = { B01 = "down", B02 = "down" }'),
            ("waiting", f'ends = "{(START + timedelta(weeks=EVENT + 6)).isoformat()}"'),
            ("earlier", f'begins = "{(START + timedelta(weeks=EVENT - 8)).isoformat()}"'),
            ("silent", ""),
        )
    )
    answer = study(tmp_path, market(38, {"B05": fall(0.35)}), [event(EVENT, more=rivals)])
    stands = {
        c.id.rpartition(".")[2]: c.why
        for c in checks(answer, "event.e.orders.rival.")
        if c.why.startswith("event rival stands")
    }
    assert stands["waiting"] == "event rival stands: contradicted"
    assert stands["earlier"] == "event rival stands: contradicted"
    assert stands["silent"] == "event rival stands: not testable"
    assert "rule" in stands
    down = np.log1p(-0.35) * (np.arange(WEEKS) >= EVENT)
    every = study(
        tmp_path / "rule", market(38, dict.fromkeys(("B05", "B01", "B02"), down)), [event(EVENT, more=rivals)]
    )
    stands = {
        c.id.rpartition(".")[2]: c.why
        for c in checks(every, "event.e.orders.rival.")
        if c.why.startswith("event rival stands")
    }
    assert stands["rule"] == "event rival stands: survives"


def test_try_42_twice_the_fame_has_a_stated_source_or_no_basis(tmp_path: Path) -> None:
    from halfstep.events.dose import published_dose, times
    from halfstep.events.reference import NoBasis

    found = times(published_dose(), 2.0)
    if isinstance(found, NoBasis):
        assert found.n < found.needed
    else:
        assert found.ratio_lo < found.ratio_hi and found.n >= 3
    answer = study(tmp_path, market(42), [event(EVENT)], 'horizon = 12\nprior = "reference class"')
    prior = [e for e in answer.estimates if e.id == "event.e.orders.prior"]
    assert len(prior) == 1 and isinstance(prior[0], Bound | Refusal)


def test_try_18_and_37_deliveries_under_a_backlog_are_refused_and_orders_inferred(tmp_path: Path) -> None:
    """Deliveries keep to capacity while orders halve; a flow table tells the backlog, printed weeks tell the orders."""
    months = [f"2024-{m:02d}" for m in range(1, 13)] + [f"2025-{m:02d}" for m in range(1, 7)]
    orders = [30_000] * 15 + [14_000] * 3
    delivered, backlog, left = [20_000] * 18, 60_000, []
    for ordered, made in zip(orders, delivered, strict=True):
        backlog += ordered - made
        left.append(backlog)
    rng = np.random.default_rng(7)
    others = [
        pl.DataFrame({"month": months, "brand": f"R{k}", "units": (rng.normal(9e3, 300, 18)).round()}) for k in range(6)
    ]
    own = pl.DataFrame({"month": months, "brand": "X", "units": [float(d) for d in delivered]})
    pl.concat([own, *others]).write_csv(tmp_path / "outcomes.csv")
    pl.DataFrame({"month": months, "brand": "X", "backlog": left, "delivered": delivered}).write_csv(
        tmp_path / "flow.csv"
    )
    pl.DataFrame(
        {"who": "X", "metric": "orders", "value": ["6500-7500", "6500-7500", "3000-3500", "3000-3600"], "unit": "units",
         "period": ["2025-W07", "2025-W10", "2025-W16", "2025-W20"]}
    ).write_csv(tmp_path / "press.csv")  # fmt: skip
    (tmp_path / "study.toml").write_text(
        '[study]\ntitle = "t"\nfocal = "X"\nbenchmarks = ["R0"]\ncurrency = "CNY"\nas_of = "2025-12-31"\nmargin = 0.03\n'
        'margin_reason = "r"\ninvented = true\n[tables]\noutcomes = "outcomes.csv"\nflow = "flow.csv"\npress = "press.csv"\n'
        '[outcome_columns]\nperiod = "month"\nentity = "brand"\nvalue = "units"\n'
        '[flow_columns]\nperiod = "month"\nbrand = "brand"\nbacklog = "backlog"\ndeliveries = "delivered"\n'
        '[press_columns]\nentity = "who"\nmetric = "metric"\nvalue = "value"\nunit = "unit"\nperiod = "period"\n'
        '[[outcomes]]\nid = "deliveries"\nlabel = "d"\nkind = "deliveries"\n'
        '[[events]]\nid = "e"\nperiod = "2025-03-29"\nwithin = 0\nbrand = "X"\nlabel = "e"\nsource = "s"\noutcomes = ["deliveries"]\n',
        encoding="utf-8",
    )
    answer = run(tmp_path).answers["events"]
    seen = verdict(answer)
    assert (seen.label, seen.reason) == ("refused", "supply, not demand")
    assert [c for c in answer.checks if c.id == "event.e.deliveries.backlog"]
    inferred = point(answer, "event.e.deliveries.orders")
    assert inferred.hi < 0 and inferred.lo < -0.4 < inferred.hi


def test_try_36_parts_that_are_told_apart_are_each_of_its_own_horizon(tmp_path: Path) -> None:
    """Eight weeks apart with horizons of twelve: windows overlap, the parts are means over twelve weeks each."""
    first, second = fall(0.4, 40, 3), fall(0.4, 48, 3)
    events = [event(40, name="first"), event(48, name="second")]
    answer = study(tmp_path, market(36, {"B05": first + second}), events)
    (told,) = checks(answer, "event.first.orders.overlap")
    assert told.why == "event overlap apart"
    first_event = verdict(answer, "first")
    assert (first_event.first, first_event.last) == ("2023-W41", "2023-W48")  # cut at the second
    parts = {e.id.rpartition(".")[2]: e for e in answer.estimates if e.id.startswith("event.first.orders.part.")}
    for name, path, week in (("first", first, 40), ("second", second, 48)):
        part = parts[name]
        assert isinstance(part, Bound)
        true = float(np.expm1(path[week : week + 12].mean()))
        assert part.lo < true < part.hi < 0
