"""Answers on events, built by hand: every label, both scales, with everything that a room may say beside them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from halfstep.core.answer import Answer, EventVerdict
from halfstep.core.check import Check, Status
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Bound, Estimate, Origin, Point, Refusal, Tier
from halfstep.core.series import Series
from halfstep.market.inputs import Inputs
from halfstep.report.index import Index
from halfstep.study import Outcome
from tests.invented import settings

Array = npt.NDArray[np.float64]
Rows = dict[tuple[str, ...], tuple[float, float, float]]
"""Label -> value and ends of a series' point."""

ORIGIN = Origin(
    room="events", method="events.gate", table="outcomes.csv", rows="2-61", rows_used=600,
    assumptions=("untouched entities were not touched", "no other shock of its own", "placebos stand for chance"),
)  # fmt: skip
MONTHS = tuple(f"{2021 + m // 12}-{m % 12 + 1:02d}" for m in range(57))
START = MONTHS.index("2025-03")
RIVALS: list[dict[str, Any]] = [
    {"id": "launch", "label": {"en": "A renewed model was due", "zh": "新款将至"}, "source": "press", "begins": "2025-01", "ends": "2025-07"},
    {"id": "war", "label": {"en": "Price war", "zh": "价格战"}, "source": "press", "moves": {"Beta": "down"}, "backlog": True},
    {"id": "fog", "label": {"en": "Mood", "zh": "情绪"}, "source": "talk"},
]  # fmt: skip
EVENTS: list[dict[str, Any]] = [
    {
        "id": "dispute", "period": "2025-03", "brand": "Alpha", "label": {"en": "The dispute", "zh": "争议事件"}, "source": "press",
        "kind": "dispute", "outcomes": ["orders", "deliveries", "attention"], "rivals": RIVALS,
    },
    {"id": "recall", "period": "2025-04-10", "brand": "Alpha", "label": {"en": "The recall", "zh": "召回"}, "source": "press", "outcomes": ["packs"]},
    {"period": "2024-06", "brand": "Alpha", "label": {"en": "A fair", "zh": "车展"}, "source": "press"},
]  # fmt: skip
OUTCOMES: list[dict[str, Any]] = [
    {"id": "orders", "label": {"en": "orders", "zh": "订单"}, "kind": "orders"},
    {"id": "deliveries", "label": {"en": "deliveries", "zh": "交付量"}, "kind": "deliveries"},
    {"id": "attention", "label": {"en": "searches", "zh": "搜索量"}, "kind": "attention"},
    {"id": "packs", "label": {"en": "sales", "zh": "销量"}, "kind": "sales", "scale": "absolute", "unit": {"en": "packs a head", "zh": "包/人"}},
]  # fmt: skip


def config(**changes: Any) -> StudyConfig:
    """A study of events and nothing else."""
    chosen = settings({
        "tables": {"sales": None, "outcomes": "outcomes.csv"}, "columns": None, "attributes": None, "bands": None,
        "outcome_columns": {"period": "month", "entity": "brand", "value": "n"}, "outcomes": OUTCOMES, "events": EVENTS,
        "brands": {"labels": {"Alpha": {"en": "Alpha", "zh": "甲牌"}, "Beta": {"en": "Beta", "zh": "乙牌"}}}, **changes,
    })  # fmt: skip
    return StudyConfig.model_validate(chosen)


def point(name: str, what: str, value: float, lo: float, hi: float, unit: str = "share") -> Point:
    return Point(
        id=name, what=what, value=value, lo=lo, hi=hi, level=0.95, unit=unit, n=6, tier=Tier.PUBLIC_PANEL, origin=ORIGIN
    )


def bound(name: str, what: str, lo: float, hi: float, unit: str, method: str = "events.gate") -> Bound:
    origin = replace(ORIGIN, method=method)
    return Bound(id=name, what=what, lo=lo, hi=hi, unit=unit, n=6, tier=Tier.PUBLIC_PANEL, origin=origin)


def series(name: str, what: str, unit: str, dims: tuple[str, ...], rows: Rows) -> Series:
    value, lo, hi = np.array(list(rows.values()), dtype=np.float64).T
    return Series(
        id=name, what=what, unit=unit, tier=Tier.PUBLIC_PANEL, origin=replace(ORIGIN, method="events.path"), dims=dims,
        index=tuple(rows), value=value, lo=lo, hi=hi, n=np.full(len(rows), 1), level=0.95,
    )  # fmt: skip


def along(periods: tuple[str, ...], value: Array, low: Array, high: Array) -> Rows:
    return {(k,): (v, a, b) for k, v, a, b in zip(periods, value.tolist(), low.tolist(), high.tolist(), strict=True)}


def verdict(label: str = "fell", outcome: str = "orders", **changes: Any) -> EventVerdict:
    stem = f"event.dispute.{outcome}"
    made = EventVerdict(
        id=f"verdict.{stem}", event="dispute", outcome=outcome, entity="Alpha", period="2025-03", label=label,
        estimate=f"{stem}.average", estimator="synthetic control", level=0.95, p=0.0165, floor=1 / 121, size=0.11,
        detectable=0.14, margin=None, units=20, dates=6, placebos=120, first="2025-03", last="2025-09", before=START,
        reason="interval excludes zero", needs=(),
    )  # fmt: skip
    return replace(made, **changes)


def paths(stem: str, unit: str = "share", size: float = -0.18, periods: tuple[str, ...] = MONTHS) -> list[Series]:
    """Observed, counterfactual, gap and fan of a series that runs lower after the event by `size`."""
    rng = np.random.default_rng(3)
    start = len(periods) - 7
    level = 12_000 + 60 * np.arange(len(periods)) + 900 * np.sin(np.arange(len(periods)) / 2)
    noise = rng.normal(0, 0.025, len(periods))
    after = np.arange(len(periods)) >= start
    gap = noise + np.where(after, size, 0)
    half = np.where(after, 0.08, np.nan)
    scale = 1.0 if unit == "share" else 100.0
    found = level * (1 + gap)
    fan: Rows = {
        (f"placebo {j}", key): (value, math.nan, math.nan)
        for j in range(120)
        for key, value in zip(periods, (scale * rng.normal(0, 0.05, len(periods))).tolist(), strict=True)
    }
    none = np.full(len(periods), np.nan)
    return [
        series(f"{stem}.observed", "event observed", "count", ("period",), along(periods, found, none, none)),
        series(f"{stem}.counterfactual", "event counterfactual", "count", ("period",), along(periods, level, level * (1 - half), level * (1 + half))),
        series(f"{stem}.gap", "event gap", unit, ("period",), along(periods, scale * gap, scale * (gap - half), scale * (gap + half))),
        series(f"{stem}.fan", "event fan", unit, ("placebo", "period"), fan),
        series(f"{stem}.donors", "event donors", "share", ("entity",), {(f"Brand {k}",): (w, w, w) for k, w in enumerate([0.4, 0.3, 0.2, 0.1, 0.0, 0.0])}),
        series(f"{stem}.power", "event power", "share", ("effect",), {(e,): (p, p, p) for e, p in (("-5%", 0.2), ("-10%", 0.55), ("-20%", 0.97))}),
    ]  # fmt: skip


def checks(stem: str) -> list[Check]:
    """Every check that there is, with the facts that its words quote."""
    p, r, f = Status.PASS, Status.REVIEW, Status.FAIL

    def check(name: str, status: Status, why: str, do: str = "", /, **facts: str | float | int) -> Check:
        return Check(id=f"{stem}.{name}", status=status, why=why, do=do, facts=tuple(facts.items()))

    return [
        check("placebo", p, "event placebos", units=20, dates=6, n=120, as_much=1, p=0.0165, floor=1 / 121, estimator="synthetic control"),
        check("size", r, "event size high", size=0.21, nominal=0.05, n=120, estimator="synthetic control"),
        check("disagree", r, "event estimators disagree", estimator="synthetic control", list="factors, segmented"),
        check("pre_trend", p, "event pre-trend none", p=0.4, drift=0.01),
        check("leave_one_out", r, "event leave one out turns", n=20, entity_lo="Beta", entity_hi="Gamma", lo=-0.21, hi=-0.02),
        check("donors.blank cells", r, "event donors left out", list="Beta, Gamma", n=2, reason="blank cells"),
        check("donors.siblings", p, "event donors touched", list="Delta", n=1, reason="siblings"),
        check("donors", r, "event donors few", n=9),
        check("donor.Gamma", r, "event donor moved", "leave that donor out", donor="Gamma", value=-0.2, p=0.02),
        check("season", p, "event season taken out", n=12),
        check("missing", r, "event periods left out", n=2, list="2022-01, 2022-02"),
        check("earlier", r, "event earlier events", n=1, list="recall"),
        check("horizon", r, "event horizon cut", n=7, asked=12),
        check("overlap", r, "event overlap joint", list="dispute, recall", n=2, distance=5),
        check("prior", r, "event class surprised", "leave the class off", p=0.01),
        check("back_test", p, "event back-test", n=12, covered=11, level=0.9, lo=0.62, hi=0.99),
        check("rival.launch", f, "event rival stands: contradicted", rival="launch", status="contradicted", tested=2, same="no", needs=""),
        check("rival.launch.begins", p, "event rival seen", rival="launch", prediction="begins", event_says="survives", seen="yes", value=-0.1, lo=-0.2, hi=0.0),
        check("rival.launch.ends", f, "event rival contradicted", rival="launch", prediction="ends"),
        check("rival.war", p, "event rival stands: survives", rival="war", status="survives", tested=1, same="yes", needs="rivals.outcome"),
        check("rival.war.moves.Beta", r, "event rival not testable", rival="war", prediction="moves", moved="Beta"),
        check("rival.war.backlog", p, "event rival survives", rival="war", prediction="backlog", value=0.4),
        check("rival.fog", r, "event rival stands: not testable", rival="fog", status="not testable", tested=0, same="yes", needs="rivals.predict"),
    ]  # fmt: skip


FAMILY = Check(id="event.family", status=Status.PASS, why="event family", facts=(("n", 3), ("expected", 0.15)))


def full_answer() -> Answer:
    """One judged event with everything beside it, one open, one refused, one in the outcome's own unit."""
    orders, deliveries, attention, packs = (
        f"event.dispute.{name}" for name in ("orders", "deliveries", "attention", "packs")
    )
    packs = "event.recall.packs"
    estimates: list[Estimate] = [
        point(f"{orders}.average", "event effect: average", -0.18, -0.26, -0.09),
        point(f"{orders}.first", "event effect: first", -0.22, -0.34, -0.1),
        point(f"{orders}.lasting", "event effect: lasting", -0.15, -0.27, -0.02),
        point(f"{orders}.faded", "event effect: faded", -0.07, -0.2, 0.06),
        point(f"{orders}.total", "event effect: total", -18_200, -26_300, -9_100, "count"),
        point(f"{orders}.by.synthetic control", "event effect: by estimator", -0.18, -0.26, -0.09),
        point(f"{orders}.by.synthetic differences", "event effect: by estimator", -0.16, -0.25, -0.06),
        point(f"{orders}.by.differences", "event effect: by estimator", -0.12, -0.31, 0.07),
        point(f"{orders}.spill.Beta", "event effect: spill-over", 0.03, -0.04, 0.1),
        point(f"{orders}.joint", "event effect: joint", -0.18, -0.26, -0.09),
        bound(f"{orders}.part.dispute", "event effect: part", -0.18, 0.0, "share", "events.overlap"),
        bound(f"{orders}.part.recall", "event effect: part", -0.18, 0.0, "share", "events.overlap"),
        point(f"{orders}.total.3", "event effect: total", -9_100, -14_000, -4_000, "count"),
        bound(f"{orders}.cost.3", "cost of an event", 3.1e6, 9.4e6, "money", "events.cost"),
        bound(f"{orders}.cost.6", "cost of an event", 5.4e6, 21e6, "money", "events.cost"),
        bound(f"{orders}.prior", "reference class", -0.4, 0.05, "share", "events.reference"),
        point(f"{orders}.orders", "event effect: orders inferred", -0.2, -0.4, -0.02),
        point(f"{orders}.combined", "event effect: with published crises", -0.175, -0.25, -0.1),
        Refusal(id=f"{deliveries}.average", what="event effect: average", why="supply, not demand", needs=("orders instead of deliveries",), origin=ORIGIN),
        point(f"{attention}.average", "event effect: average", -0.04, -0.2, 0.11),
        Refusal(id=f"{attention}.cost", what="cost of an event", why="no unit margin", needs=("a unit margin",), origin=ORIGIN),
        point(f"{packs}.average", "event effect: average", -15.604, -22.1, -9.2, "count"),
        point(f"{packs}.by.synthetic differences", "event effect: by estimator", -15.604, -22.1, -9.2, "count"),
        point(f"{packs}.by.differences", "event effect: by estimator", -27.349, -35.0, -19.6, "count"),
    ]  # fmt: skip
    events = (
        verdict(joint=("dispute", "recall")),
        verdict("refused", "deliveries", p=None, floor=None, size=None, detectable=None, estimator="", reason="supply, not demand", needs=("orders instead of deliveries",)),
        verdict("cannot tell", "attention", p=0.4, detectable=0.24, reason="interval holds zero", needs=("more periods before", "more untouched entities")),
        replace(
            verdict(estimate=f"{packs}.average", period="2025-04-10", first="2025-04", detectable=11.0, estimator="synthetic differences"),
            id=f"verdict.{packs}", event="recall", outcome="packs",
        ),
    )  # fmt: skip
    backlog = [
        Check(id=f"{name}.backlog", status=Status.FAIL, why="event backlog", do="read net orders", facts=(("kind", "deliveries"), ("periods", n), ("weeks", w)))
        for name, n, w in ((deliveries, 3, 31.0), (attention, 0, math.nan))
    ]  # fmt: skip
    found = [*paths(orders), *paths(attention, size=-0.04), *paths(packs, "count", size=-0.15)]
    return Answer(
        room="events",
        estimates=tuple(estimates),
        series=tuple(found),
        checks=(*checks(orders), *backlog, FAMILY),
        events=events,
    )


def outcome_of(answer: Answer, **changes: Any) -> Outcome:
    """A run in which nothing but the events were asked about."""
    return Outcome(
        Inputs(config(**changes), None), {"events": answer}, {"outcomes.csv": "0" * 64}, {}, {"halfstep": "0"}
    )


def index_of(answer: Answer, **changes: Any) -> Index:
    return Index.of(outcome_of(answer, **changes))
