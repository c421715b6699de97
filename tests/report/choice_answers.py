"""Answers on a choice experiment, built by hand: every half and label, with everything that the rooms may say beside them."""

from __future__ import annotations

from typing import Any

import numpy as np

from halfstep.core.answer import Answer, Overall, Verdict
from halfstep.core.check import Check, Status
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Bound, Estimate, Origin, Point, Refusal, Tier
from halfstep.core.series import Series
from halfstep.core.tastes import Tastes
from halfstep.market.inputs import Inputs
from halfstep.report.index import Index
from halfstep.study import Outcome
from tests.invented import settings

ORIGIN = Origin(
    room="choice", method="choice.mnl", table="choices.csv", rows="2-901", rows_used=900,
    assumptions=("respondents independent", "logit choices", "as in the market"),
)  # fmt: skip
Rows = dict[tuple[str, ...], tuple[float, float, float]]
"""Label -> value and ends of a series' point."""
MAIN = "Beta.all."
CHOICE: dict[str, Any] = {
    "attributes": [
        {"id": "range", "label": {"en": "range, km", "zh": "续航（公里）"}, "column": "km"},
        {"id": "body", "label": {"en": "body", "zh": "车身"}, "column": "body", "levels": ["saloon", "suv"]},
    ],
    "segments": [{"id": "young", "label": {"en": "under 35", "zh": "35 岁以下"}}, {"id": "rural", "label": {"en": "rural", "zh": "乡村"}}],
    "types": [
        {"id": "thrifty", "label": {"en": "thrifty", "zh": "精打细算"}, "source": "a paper", "tastes": {"price": "above"}},
        {"id": "proud", "label": {"en": "proud", "zh": "看重面子"}, "source": "a paper", "tastes": {"brand Alpha": "above"}},
    ],
    "searches": [{"id": "best", "label": {"en": "best Alpha", "zh": "最好的甲牌"}, "product": "A1", "prices": [9.0, 10.0]}],
}  # fmt: skip


def config(**changes: Any) -> StudyConfig:
    """A study of choices and nothing else."""
    chosen = settings({
        "study": {"focal": "Alpha", "benchmarks": ["Beta", "Gamma"], "currency": {"en": "coins", "zh": "币"}},
        "tables": {"sales": None, "choices": "choices.csv"}, "columns": None, "attributes": None, "bands": None,
        "choice_columns": {"respondent": "who", "task": "task", "chosen": "chosen", "price": "price", "brand": "brand"}, "choice": CHOICE,
        "brands": {"labels": {"Alpha": {"en": "Alpha", "zh": "甲牌"}, "Beta": {"en": "Beta", "zh": "乙牌"}, "Gamma": {"en": "Gamma", "zh": "丙牌"}}}, **changes,
    })  # fmt: skip
    return StudyConfig.model_validate(chosen)


def point(name: str, what: str, value: float, lo: float, hi: float, unit: str = "coins") -> Point:
    return Point(
        id=name, what=what, value=value, lo=lo, hi=hi, level=0.9, unit=unit, n=300, tier=Tier.DESIGNED, origin=ORIGIN
    )


def bound(name: str, what: str, lo: float, hi: float, unit: str = "coins") -> Bound:
    return Bound(id=name, what=what, lo=lo, hi=hi, unit=unit, n=300, tier=Tier.DESIGNED, origin=ORIGIN)


def refusal(name: str, what: str, why: str, *needs: str, **facts: str) -> Refusal:
    return Refusal(id=name, what=what, why=why, needs=needs, origin=ORIGIN, facts=tuple(facts.items()))


def verdict(half: str, label: str = "short", segment: str = "all", **changes: Any) -> Verdict:
    stem = f"choice_lens.{half}.Beta.{segment}."
    told: dict[str, Any] = {
        "p": 0.991,
        "p_short": 0.991,
        "p_met": 0.002,
        "p_ahead": 0.0,
        "margin": 1.2,
        "margin_met": 9.9,
        "margin_short": 2.1,
    }
    if label == "undecided":
        told |= {"p": 0.61, "reason": "too uncertain", "needs": (f"decide.{stem}",)}
    return Verdict(**({
        "id": f"verdict.{stem}", "half": half, "lens": "choice", "benchmark": "Beta", "segment": segment, "period": "",
        "label": label, "breaking": None, "reason": "decided", "needs": (), "estimate": f"gap.{stem}", "family": 2,
    } | told | changes))  # fmt: skip


def unasked(half: str = "product", why: str = "no line-up") -> Verdict:
    none: dict[str, Any] = dict.fromkeys(("p", "p_short", "p_met", "p_ahead", "margin", "margin_met", "margin_short"))
    needs = ("a line-up of real products",)
    return verdict(half, "undecided", **none, reason=why, needs=needs, family=0)


def half(name: str, value: float, lo: float, hi: float, segment: str = "all") -> Point:
    what = {"product": "product half by choices", "name": "name, with what it makes people infer"}[name]
    return point(f"gap.choice_lens.{name}.Beta.{segment}.", what, value, lo, hi)


def check(name: str, status: Status, why: str, do: str = "", /, **facts: str | float | int) -> Check:
    return Check(id=f"choice.{name}", status=status, why=why, do=do, facts=tuple(facts.items()))


P, R = Status.PASS, Status.REVIEW
CHECKS = (
    check("fit", P, "fit of the experiment", respondents=300, tasks=3000, rows=9000, loglik=-2847.9, null=-3295.8, share=0.136),
    check("errors.task", P, "errors by another convention", convention="task", least=0.97, most=1.21),
    check("errors.hessian_normalised", R, "errors by another convention", "read printed tables with it in mind", convention="hessian normalised", least=1.1, most=2.2),
    check("convention", R, "errors not by respondent", "cluster by respondent", convention="hessian"),
    check("starts", P, "optima from several starts", starts=3, apart=0, loglik=-2700.1, lowest=-2700.1, plain=-2847.9, draws=200),
    check("flags", R, "how respondents answered", "look at these respondents", straight=7, expected=0.3, asked=290, dominated=4, could=90),
    check("lineup", R, "brands of the line-up not shown", "show them in the tasks", brands="Delta, Echo"),
    check("outside", R, "outside what was shown", "show wider levels, or read with care", products=2, of=3, names="price 9-40 (10-30); range 300-620 (350-550)"),
    check("heldout.plain_logit", P, "foretold better than", own="mixed logit", other="plain logit", difference=-0.11, error=0.02, tasks=600),
    check("heldout.last_share", R, "foretold not better than", "do not read the model as a forecast", own="mixed logit", other="last share", difference=-0.01, error=0.02, tasks=600),
    check("classes", P, "classes found", count=2, smallest=2, best=3, most=4, gain=0.21, gain_error=0.05, certainty=0.88, rival=0.1, rival_error=0.03),
    check("type.thrifty", P, "an expected type is found", type="thrifty", **{"class": 2}, p=0.97, source="a paper"),
    check("type.proud", R, "an expected type is not found", type="proud", **{"class": 0}, p=0.31, source="a paper"),
    check("types", R, "classes that nobody expected", classes="1", expected=2, count=2),
)  # fmt: skip

BRAND, UNIT = "worth of a name over the base", "worth of a unit of an attribute"


def series(name: str, what: str, dims: tuple[str, ...], rows: Rows) -> Series:
    value, lo, hi = np.array(list(rows.values()), dtype=np.float64).T
    return Series(
        id=name, what=what, unit="share", tier=Tier.DESIGNED, origin=ORIGIN, dims=dims, index=tuple(rows), value=value, lo=lo, hi=hi,
        n=np.full(len(rows), 300), level=0.9,
    )  # fmt: skip


def worths() -> list[Estimate]:
    found: list[Estimate] = []
    for segment in ("all", "young"):
        found += [
            point(f"choice.alpha.{segment}", "alpha of the experiment", 0.31, 0.27, 0.35, "utils per money unit"),
            point(f"choice.worth.attribute.range.{segment}", UNIT, 0.031, 0.012, 0.05),
            point(f"choice.worth.attribute.body.suv.{segment}", UNIT, 1.4, 0.2, 2.6),
            point(f"choice.worth.brand.Alpha.{segment}", BRAND, -5.1, -7.3, -2.9),
            point(f"choice.worth.brand.Gamma.{segment}", BRAND, 0.4, -1.2, 2.0),
        ]
    return [
        refusal("choice.tastes.rural", "tastes of the experiment", "too few respondents", "more respondents of this segment", segment="rural", names="12"),
        *found,
        refusal("choice.plain.attribute.range", UNIT, "not measurable in money", "prices further apart in the tasks, or more respondents"),
        point("choice.plain.brand.Alpha", BRAND, -4.4, -6.0, -2.8),
        point("choice.spread.brand.Alpha", "spread of a taste", 3.3, 1.1, 5.5),
        point("choice.spread.price", "spread of a taste", 0.2, 0.1, 0.3, "number"),
    ]  # fmt: skip


def others() -> list[Estimate]:
    """Choices foretold, a search, classes."""
    found: list[Estimate] = []
    for k, model in enumerate(("mixed_logit", "plain_logit", "last_share")):
        found.append(
            point(
                f"choice.heldout.{model}.logloss",
                "log loss on tasks held out",
                0.9 + k / 10,
                0.8 + k / 10,
                1 + k / 10,
                "nats per task",
            )
        )
        found.append(
            point(
                f"choice.heldout.{model}.hits",
                "hit rate on tasks held out",
                0.6 - k / 10,
                0.5 - k / 10,
                0.7 - k / 10,
                "share",
            )
        )
    stem = "choice.search.best"
    found += [
        point(f"{stem}.share", "share of choices of the best candidate", 0.31, 0.22, 0.4, "share"),
        point(f"{stem}.value", "revenue a buyer", 2.8, 2.1, 3.5, "coins per buyer"),
        point(f"{stem}.gain", "revenue a buyer over the product as it is", 0.3, -0.1, 0.7, "coins per buyer"),
        point(f"{stem}.probability", "probability that no other candidate brings more", 0.71, 0.71, 0.71, "probability"),
        point(f"{stem}.level.price", "level of the best candidate", 9.0, 9.0, 9.0),
        point(f"{stem}.level.body=suv", "level of the best candidate", 1.0, 1.0, 1.0, "count"),
    ]  # fmt: skip
    for c in ("1", "2"):
        found.append(point(f"choice.class.{c}.share", "share of a class", 0.5, 0.4, 0.6, "share"))
        found.append(point(f"choice.class.{c}.worth.attribute.body.suv", UNIT, 1.4, 0.2, 2.6))
        found.append(
            refusal(
                f"choice.class.{c}.worth.brand.Alpha",
                BRAND,
                "not measurable in money",
                "prices further apart in the tasks, or more respondents",
            )
        )
    return found  # fmt: skip


def lineup() -> tuple[Series, ...]:
    products: list[tuple[str, ...]] = [("Alpha", "A1"), ("Beta", "B1"), ("Gamma", "G1"), ("", "none")]
    shares = dict.fromkeys(products, (0.25, 0.2, 0.3))
    names = [product for _, product in products]
    moved: Rows = {(a, b): (0.33, 0.25, 0.4) for a in names[:-1] for b in names if a != b}
    return (
        series("choice.shares.all", "share of choices in a line-up", ("brand", "product"), shares),
        series("choice.shares.young", "share of choices in a line-up", ("brand", "product"), shares),
        series("choice.switching.all", "where buyers would go", ("product", "second"), moved),
    )


def believed(rests: str) -> tuple[list[Estimate], list[Check]]:
    """What may be said of misbelief: told apart, bounded, or neither."""
    stem, needs = "choice.belief", "a cell that is told the facts by lot"
    found: list[Estimate] = [point(f"{stem}.together.Beta", "name and misbelief together", 6.1, 4.0, 8.2)]
    if rests == "information":
        found += [
            point(f"{stem}.name.Beta", "name without misbelief", 4.1, 2.2, 6.0),
            point(f"{stem}.belief.Beta", "misbelief", 2.0, 0.4, 3.6),
        ]
    elif rests == "bound":
        found += [
            bound(f"{stem}.name.Beta", "name without misbelief", 1.2, 6.7),
            bound(f"{stem}.belief.Beta", "misbelief", 0.0, 5.1),
        ]
    else:
        found += [
            refusal(f"{stem}.{p}.Beta", w, "no treatment", needs)
            for p, w in (("name", "name without misbelief"), ("belief", "misbelief"))
        ]
    for attribute in ("range",):
        found.append(
            point(
                f"{stem}.lever.{attribute}.prevalence.Beta",
                "share who believe worse than the fact",
                0.62,
                0.55,
                0.69,
                "share",
            )
        )
        found.append(
            point(f"{stem}.lever.{attribute}.cap.Beta", "most that correcting this belief can bring", 1.9, 1.1, 2.7)
        )
    checks = [
        check("belief.rests.Beta", P if rests == "information" else R, f"misbelief rests on {rests}", benchmark="Beta")
    ]
    checks.append(
        check("belief.strength.Beta", P, "information strong", benchmark="Beta", effective=31.2, critical=19.5)
    )
    return found, checks  # fmt: skip


def tastes() -> Tastes:
    return Tastes(
        lens="choice", nodes=("all", "young"), labels=(("alpha", "price"),), value=np.ones((2, 1)), covariance=np.eye(2),
        contains=("name",), is_taste=True, tier=Tier.DESIGNED, origin=ORIGIN, freedom=(299.0, 120.0),
    )  # fmt: skip


def full(label: str = "short", rests: str = "information", *, product: bool = True) -> dict[str, Answer]:
    """Both rooms' answers with everything in them."""
    beliefs, more = believed(rests)
    choice = Answer(
        room="choice", estimates=(*worths(), *others(), *beliefs), series=lineup() if product else (), checks=(*CHECKS, *more),
        tastes=(tastes(),),
    )  # fmt: skip
    estimates: list[Estimate] = [half("name", 5.1, 2.9, 7.3), half("name", 4.0, -1.0, 9.0, "young")]
    verdicts = [verdict("name", label), verdict("name", "undecided", "young")]
    if product:
        stem = "gap.choice_lens"
        estimates += [
            half("product", 3.05, 1.15, 4.95), half("product", 2.0, 0.5, 3.5, "young"),
            point(f"{stem}.attribute.range.{MAIN}", "attribute row: range", 2.0, 1.0, 3.0), point(f"{stem}.attribute.body.{MAIN}", "attribute row: body", 1.05, 0.2, 1.9),
            point(f"{stem}.price.{MAIN}", "mean price gap", 10.0, 10.0, 10.0), point(f"{stem}.utility.{MAIN}", "utility gap in money", -1.85, -4.2, 0.5),
            bound(f"decide.choice_lens.product.{MAIN}.respondents", "respondents that would decide", 300.0, 1250.0, "respondents"),
        ]  # fmt: skip
        verdicts += [verdict("product", "undecided"), verdict("product", "undecided", "young")]
    else:
        estimates.append(
            refusal(
                f"gap.choice_lens.product.{MAIN}", "product half by choices", "no line-up", "a line-up of real products"
            )
        )
        verdicts.append(unasked())
    overall = Overall(label="undecided", p=None, benchmark="Beta", segment="all", period="")
    gap = Answer(room="gap", estimates=tuple(estimates), verdicts=tuple(verdicts), overall=overall)
    return {"choice": choice, "gap": gap}


def outcome_of(answers: dict[str, Answer], **changes: Any) -> Outcome:
    """A run in which nothing but the experiment was asked about."""
    return Outcome(Inputs(config(**changes), None), answers, {"choices.csv": "0" * 64}, {}, {"halfstep": "0"})


def index_of(answers: dict[str, Answer], **changes: Any) -> Index:
    return Index.of(outcome_of(answers, **changes))
