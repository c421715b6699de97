"""Answers on claims, forecasts and a ramp, built by hand: every label, every status, with everything beside them."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from halfstep.core.answer import Answer, ClaimPart, ClaimVerdict, ForecastVerdict
from halfstep.core.check import Check, Status
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Bound, Origin, Point, Refusal, Tier
from halfstep.core.series import Series
from halfstep.core.text import Text
from halfstep.data.claims import Claim, Claims
from halfstep.data.months import Months
from halfstep.market.inputs import Inputs
from halfstep.report.index import Index
from halfstep.study import Outcome
from tests.invented import settings

DAY, LATER = "2025-06-04", "2026-03-31"
FIGURES = Origin(
    room="docket",
    method="docket.figure",
    table="press.csv",
    rows="2-4",
    rows_used=3,
    assumptions=("printed figures are rounded",),
)
OUTPUT = Origin(
    room="ramp",
    method="ramp.units",
    table="months.csv",
    rows="2-16",
    rows_used=15,
    assumptions=("damped trend", "own months alone"),
)
FIRST = 2024 * 12 + 3
"""April 2024."""
UNITS = (
    7000.0,
    8600.0,
    10000.0,
    13000.0,
    13000.0,
    13500.0,
    20000.0,
    21000.0,
    25000.0,
    20000.0,
    23700.0,
    29200.0,
    28600.0,
    28000.0,
    25300.0,
    30400.0,
    36300.0,
)


def quantity(name: str, en: str, zh: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "label": {"en": en, "zh": zh}, **more}


QUANTITIES = [
    quantity("delivered", "cars delivered in 2025", "2025 年交付量", unit={"en": "cars", "zh": "辆"}, figures=[{"entity": "A", "metric": "units"}]),
    quantity("high_share", "share at 4000 and up", "4000 元以上的份额", share=True, figures=[{"entity": "A", "metric": "share"}]),
    quantity("place", "rank in the market", "市场排名", rank={"entity": "A", "metric": "share"}),
    quantity("revenue", "car revenue", "汽车收入", unit={"en": "yuan", "zh": "元"}, figures=[{"entity": "A", "metric": "revenue"}]),
    quantity("fall", "fall in orders", "订单降幅", share=True, estimate="event.dispute.orders.average"),
    quantity("name", "verdict on the name", "品牌半步的结论", verdict="verdict.price_lens.name.*"),
    quantity("mood", "whether buyers feel close", "买家是否亲近", needs={"en": "a survey of 1,200 buyers", "zh": "一项 1200 名买家的调查"}),
]  # fmt: skip
FORECASTS = [
    {
        "id": name, "label": {"en": en, "zh": zh}, "by": {"en": by, "zh": "本研究" if by == "this study" else "作者"}, "made": DAY, "fixed": DAY, "due": "2025-12-31",
        "rule": {"en": "the company's count for the year", "zh": "以公司公布的全年数为准"}, "quantity": "delivered", **more,
    }
    for name, en, zh, by, more in (
        ("units", "cars delivered in 2025", "2025 年交付量", "this study", {"asked": "units_2025"}),
        ("profit", "a quarter in profit", "单季盈利", "this study", {"p": 0.7, "above": 0.0}),
        ("target", "the target is met", "完成目标", "the author", {"at_least": 350_000}),
        ("later", "cars in 2027", "2027 年交付量", "the author", {"at_least": 800_000}),
        ("lost", "the plant opens", "工厂投产", "the author", {}),
        ("sure", "half a million", "五十万辆", "the author", {"p": 0.9, "at_least": 500_000}),
    )
]  # fmt: skip


def config(**changes: Any) -> StudyConfig:
    """A study of claims and a ramp and nothing else."""
    chosen = settings({
        "tables": {"sales": None, "claims": "claims.csv", "ramp": "months.csv", "press": "press.csv"}, "columns": None, "attributes": None, "bands": None,
        "claim_columns": {"id": "id", "statement_en": "en", "kind": "kind"}, "ramp_columns": {"period": "month", "units": "units"},
        "press_columns": {"entity": "e", "metric": "m", "value": "v", "period": "p"},
        "brands": {"labels": {"A": {"en": "Alpha", "zh": "甲牌"}, "B": {"en": "Beta", "zh": "乙牌"}}},
        "docket": {
            "quantities": QUANTITIES, "forecasts": FORECASTS, "says": [{"claim": "c1", "quantity": "delivered", "at_least": 350_000}],
            "source": {"title": {"en": "An essay on Alpha", "zh": "甲牌随笔"}, "author": "W", "day": "2025-06-03", "url": "https://example.org/essay"},
            "settle": [
                {"data": {"en": "orders by week", "zh": "逐周订单"}, "size": {"en": "104 rows", "zh": "104 行"}},
                {"data": {"en": "a choice experiment", "zh": "一项选择实验"}, "size": {"en": "600 buyers", "zh": "600 名买家"}},
            ],
        },
        "ramp": {"asks": [
            {"id": "units_2025", "label": {"en": "deliveries in 2025", "zh": "2025 年交付量"}, "what": "units", "period": "2025", "made": DAY},
            {"id": "profit", "label": {"en": "a quarter in profit by the end of 2025", "zh": "2025 年底前出现单季盈利"}, "what": "result", "by": "2025-Q4", "made": DAY},
            {"id": "refused", "label": {"en": "a quarter in profit by 2026", "zh": "2026 年底前出现单季盈利"}, "what": "result", "by": "2026-Q4", "made": LATER},
        ]},
        **changes,
    })  # fmt: skip
    chosen["study"]["as_of"] = str(changes.get("study", {}).get("as_of", LATER))
    return StudyConfig.model_validate(chosen)


KINDS = {
    "c1": "fact",
    "c2": "fact",
    "c3": "equivalence",
    "c4": "opinion",
    "c5": "causal",
    "c6": "forecast",
    "c7": "necessity",
}
HEDGES = {
    "c1": "none",
    "c2": "more than",
    "c3": "about",
    "c4": "mostly",
    "c5": "suspected",
    "c6": "probably",
    "c7": "part",
}


def claims() -> Claims:
    """Seven claims, of every kind; the last lacks all that may be blank."""
    made = [
        Claim(
            k + 2, name, Text(en=f"Statement {name} on Alpha", zh=f"关于甲牌的说法{name}"), str(k + 3), "the author", kind, "deliveries",
            HEDGES[name], "ABCDABC"[k], "2025-05-21", "", "https://example.org/essay",
        )
        for k, (name, kind) in enumerate(KINDS.items())
    ]  # fmt: skip
    made[-1] = replace(made[-1], paragraph="", speaker="", base="", grade="", url="")
    return Claims("claims.csv", tuple(made))


def part(
    quantity: str, outcome: str, estimate: str = "", ends: tuple[float, float] = (350_000, math.inf), **more: Any
) -> ClaimPart:
    told: dict[str, Any] = {
        "by": "Company, deliveries",
        "closed_lo": True,
        "closed_hi": True,
        "labels": (),
        "shows": "claim",
        **more,
    }
    return ClaimPart(quantity=quantity, estimate=estimate, lo=ends[0], hi=ends[1], outcome=outcome, **told)


def verdicts() -> tuple[ClaimVerdict, ...]:
    """Every label, and every way of being seen."""
    anything = (-math.inf, math.inf)
    return (
        ClaimVerdict(id="c1", kind="fact", label="supported", reason="all hold", needs=(), parts=(part("delivered", "holds", "docket.delivered.1"),), tier=0, against=("c2",)),
        ClaimVerdict(
            id="c2", kind="fact", label="contradicted", reason="fails", needs=(), tier=0, against=("c1",),
            parts=(part("high_share", "fails", "docket.high_share.1", (0.3, 1.0), closed_lo=False), part("revenue", "fails", "docket.revenue.1", (1e10, 1e10))),
        ),
        ClaimVerdict(
            id="c3", kind="equivalence", label="mixed", reason="sources disagree", needs=(), tier=0,
            parts=(part("place", "holds", "docket.place.1", (1, 1), by="IDC"), part("place", "fails", "docket.place.2", (1, 1), by="Counterpoint")),
        ),
        ClaimVerdict(
            id="c4", kind="opinion", label="not testable", reason="only consequences", needs=("a definition that can be measured",), tier=1,
            parts=(
                part("fall", "holds", "event.dispute.orders.average", (-math.inf, 0.0), shows="consequence", closed_hi=False, by="events"),
                part("name", "open", "", anything, labels=("short", "met"), reason="undecided", by="gap"),
                part("high_share", "open", "docket.high_share.1", (0.2, 0.3), reason="straddles", closed_hi=False),
            ),
        ),
        ClaimVerdict(
            id="c5", kind="causal", label="not testable", reason="refused", needs=("orders instead of deliveries",),
            parts=(part("fall", "open", "docket.refused", reason="refused", by="events"),),
        ),
        ClaimVerdict(id="c6", kind="forecast", label="supported", reason="came true", needs=(), parts=(part("delivered", "holds", "docket.delivered.1", by=""),), tier=0),
        ClaimVerdict(id="c7", kind="necessity", label="not testable", reason="no look", needs=("quantity:mood", "words of the table"), parts=(part("mood", "open", reason="no look", by=""),)),
    )  # fmt: skip


def forecasts() -> tuple[ForecastVerdict, ...]:
    """Every form and every status."""
    base = ForecastVerdict(
        id="units", claim="", form="interval", status="resolved", made=DAY, fixed=DAY, due="2025-12-31"
    )
    return (
        replace(
            base, lo=330_000, hi=420_000, level=0.8, outcome=True, seen_lo=411_837, seen_hi=411_837, interval_score=90_000.0, estimate="ramp.units_2025",
            observed="docket.delivered.1", late=True,
        ),
        replace(base, id="profit", form="event", p=0.7, region_lo=0.0, region_hi=math.inf, outcome=False, brier=0.49),
        replace(base, id="target", form="unscored", claim="c6", region_lo=350_000, region_hi=math.inf, outcome=True, seen_lo=411_000, seen_hi=math.inf),
        replace(base, id="later", form="unscored", status="open", region_lo=800_000, region_hi=math.inf, reason="not due", due="2027-12-31"),
        replace(base, id="lost", form="unscored", status="overdue", reason="no quantity", needs=("the figure that resolves it",)),
        replace(base, id="sure", form="event", status="not yet made", p=0.9, region_lo=500_000, region_hi=math.inf, reason="not yet made"),
    )  # fmt: skip


def docket_answer() -> Answer:
    """Claims and forecasts with everything beside them."""

    def bound(name: str, lo: float, hi: float, unit: str) -> Bound:
        return Bound(
            id=f"docket.{name}", what="docket quantity", lo=lo, hi=hi, unit=unit, n=1, tier=Tier.PRESS, origin=FIGURES
        )

    def check(name: str, status: Status, why: str, do: str = "", /, **facts: str | float | int) -> Check:
        return Check(id=f"docket.{name}", status=status, why=why, do=do, facts=tuple(facts.items()))

    r, p = Status.REVIEW, Status.PASS
    nests: dict[str, str | float | int] = {
        "quantity": "delivered",
        "higher": "[350000, 400000]",
        "lower": "(300000, ∞)",
        "higher_by": "Company",
        "lower_by": "A report",
        "higher_tier": 2,
        "lower_tier": 0,
    }
    return Answer(
        room="docket", claims=verdicts(), forecasts=forecasts(),
        estimates=(
            bound("delivered.1", 411_837, 411_837, "units"), bound("high_share.1", 0.23, 0.25, "share"), bound("revenue.1", 1.805e10, 1.815e10, "cny"),
            bound("place.1", 1, 1, "rank"), bound("place.2", 2, 5, "rank"),
            Point(id="docket.brier.the_author", what="mean Brier score", value=0.4, lo=0.4, hi=0.4, level=1.0, unit="score", n=2, tier=Tier.PRESS, origin=replace(FIGURES, method="docket.brier")),
            Refusal(id="docket.refused", what="docket quantity", why="docket other bases", needs=("figures on one base",), origin=FIGURES, facts=(("quantity", "fall"), ("asked", "a"), ("found", "b"))),
            Refusal(id="docket.calibration", what="share that came true", why="docket few forecasts", needs=("ten resolved forecasts",), origin=FIGURES, facts=(("n", 2), ("least", 10))),
        ),
        checks=(
            check("tally", p, "docket tally", claims=7, supported=2, contradicted=1, mixed=1, not_testable=3, fact="1/1/0/0"),
            check("same", Status.FAIL, "docket says the same of all", "docket look again", claims=7, label="contradicted"),
            check("against.c1.c2.delivered", r, "claims contradict", first="c1", second="c2", quantity="delivered", first_region="[350000, ∞)", second_region="(-∞, 300000)"),
            check("against.c3.c3.place", r, "claim contradicts itself", claim="c3", quantity="place", first="c3", second="c3", first_region="[1, 1]", second_region="[2, 3]"),
            check("against", p, "claims agree", quantities=3, claims=4),
            check("nests.delivered.1", p, "docket nests", **nests), check("nests.delivered.2", r, "docket wider", **nests), check("nests.delivered.3", r, "docket elsewhere", **nests),
            check("hedge.c2.high_share", r, "docket hedge", claim="c2", hedge="more than", quantity="high_share", region="(0.3, 1]"),
            check("causal.c5.fall", r, "docket not causal", claim="c5", quantity="fall"),
            check("forecasts", p, "docket forecasts", forecasts=6, open=1, resolved=3, overdue=1, not_yet_made=1, events=1, came_true=0, intervals=1, held=1, late=1),
        ),
    )  # fmt: skip


def series(
    name: str, what: str, keys: tuple[str, ...], values: tuple[float, ...], told: tuple[str, str], spread: float = 0.0
) -> Series:
    middle = np.array(values)
    half = spread * np.abs(middle)
    return Series(
        id=f"ramp.{name}", what=what, unit=told[0], tier=Tier.PUBLIC_PANEL, origin=replace(OUTPUT, method="ramp.path"), dims=(told[1],),
        index=tuple((key,) for key in keys), value=middle, lo=middle - half, hi=middle + half, n=np.full(len(keys), 14), level=0.8,
    )  # fmt: skip


def month(k: int) -> str:
    return f"{(FIRST + k) // 12}-{(FIRST + k) % 12 + 1:02d}"


def ramp_answer() -> Answer:
    """A ramp asked on two days; the second is refused."""

    def point(name: str, what: str, ends: tuple[float, float, float], told: tuple[str, str]) -> Point:
        return Point(
            id=f"ramp.{name}", what=what, value=ends[1], lo=ends[0], hi=ends[2], level=0.8, unit=told[0], n=14, tier=Tier.PRESS,
            origin=replace(OUTPUT, method=told[1]),
        )  # fmt: skip

    def check(name: str, status: Status, why: str, do: str = "", /, **facts: str | float | int) -> Check:
        return Check(id=f"ramp.{name}", status=status, why=why, do=do, facts=tuple(facts.items()))

    known, ahead = tuple(month(k) for k in range(14)), tuple(month(k) for k in range(14, 21))
    quarters = ("2025-Q2", "2025-Q3", "2025-Q4")
    held: dict[str, str | float | int] = {
        "maker": "A",
        "makers": 9,
        "n": 412,
        "level": 0.8,
        "observed": 0.76,
        "lo": 0.7,
        "hi": 0.82,
    }
    naive: dict[str, str | float | int] = {
        "maker": "A",
        "makers": 9,
        "n": 412,
        "error": 0.12,
        "naive_error": 0.16,
        "difference": -0.04,
        "lo": -0.07,
        "hi": -0.01,
        "ratio": 0.7,
    }
    return Answer(
        room="ramp",
        estimates=(
            point("units_2025", "ramp: units", (330_000, 368_000, 420_000), ("units", "ramp.units")),
            point("profit", "ramp: chance", (0.55, 0.72, 0.8), ("probability", "ramp.chance")),
            Refusal(id="ramp.refused", what="ramp: chance", why="few margins", needs=("more quarters",), origin=OUTPUT, facts=(("maker", "A"),)),
        ),
        series=(
            series(f"months.{DAY}", "ramp: months to come", ahead, tuple(29_000.0 + 1500 * k for k in range(7)), ("units", "month"), 0.25),
            series(f"seen.{DAY}", "ramp: months known", known, UNITS[:14], ("units", "month")),
            series(f"result.{DAY}", "ramp: result to come", quarters, (-4e8, -1e8, 3e8), ("money", "quarter"), 2.0),
            series(f"margin.{DAY}", "ramp: margin to come", quarters, (0.23, 0.24, 0.25), ("share", "quarter"), 0.1),
            series(f"revenue.{DAY}", "ramp: revenue to come", quarters, (1.9e10, 2.4e10, 3e10), ("money", "quarter"), 0.2),
        ),
        checks=(
            check(f"orders.{DAY}", Status.PASS, "ramp orders bound", maker="A", day=DAY, lo=20.4, weeks=31.2, hi=44.0, p=0.12, until="2025-12"),
            check(f"orders.{LATER}", Status.REVIEW, "ramp backlog not printed", "give orders and backlog", maker="A", day=LATER),
            check(f"derived.{DAY}", Status.PASS, "ramp quarters derived", quarters="2024-Q4", maker="A"),
            check("coverage", Status.PASS, "ramp intervals hold", **held), check("coverage.50", Status.FAIL, "ramp intervals too narrow", **(held | {"level": 0.5, "observed": 0.4, "lo": 0.34, "hi": 0.47})),
            check("coverage.95", Status.REVIEW, "ramp intervals too wide", **(held | {"level": 0.95, "observed": 0.99, "lo": 0.97, "hi": 1.0})),
            check("against.last", Status.PASS, "ramp beats last", **naive, label="beats"), check("against.trend", Status.REVIEW, "ramp cannot tell trend", **naive, label="cannot tell"),
        ),
    )  # fmt: skip


def months() -> Months:
    known = np.array(
        [[date((FIRST + k + 1) // 12, (FIRST + k + 1) % 12 + 1, 10).toordinal() for k in range(len(UNITS))]]
    )
    return Months("months.csv", ("A",), FIRST, np.array([UNITS]), known, {"A": tuple(range(2, 2 + len(UNITS)))})


def outcome_of(*answers: Answer, **changes: Any) -> Outcome:
    """A run in which nothing but these rooms had anything to say."""
    inputs = Inputs(config(**changes), None, claims=claims(), ramp=months())
    return Outcome(inputs, {answer.room: answer for answer in answers}, {"claims.csv": "0" * 64}, {}, {"halfstep": "0"})


def index_of(*answers: Answer, **changes: Any) -> Index:
    return Index.of(outcome_of(*answers, **changes))


def full_index() -> Index:
    return index_of(docket_answer(), ramp_answer())
