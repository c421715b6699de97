"""The demand lens in the gap room: comparisons split, judged where they may be, and written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from halfstep.core.answer import Answer, Reading, Verdict
from halfstep.core.check import Status
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Bound, Estimate, Origin, Point, Refusal
from halfstep.core.tastes import Tastes
from halfstep.gap.account import NEEDS, deciding, refusal
from halfstep.gap.judgement import HALVES, Judgement, judge_splits, no_verdict, stem_of, verdict_of
from halfstep.gap.offerings import Comparison, Missing, Pair, asked_comparisons
from halfstep.gap.utility import Blurred, UtilitySplit, utility_splits
from halfstep.gap.verdict import plain_label
from halfstep.market.hedonic import HedonicSpec
from halfstep.market.inputs import Inputs
from halfstep.market.panel import Panel
from halfstep.market.reach import Reach
from halfstep.market.records import Author

__all__ = ["BRAND", "DemandLens", "look"]

ASSUMPTIONS = ("clusters independent", "logit tastes", "instruments exogenous")

BRAND = {True: "name, misbelief and unseen quality", False: "name, reach, misbelief and unseen quality"}
"""What the brand half of the demand lens holds, by whether reach is known."""

NAIVE = {
    "demand naive": ("naive.logit_without_instruments", "logit without instruments", "demand.ols"),
    "demand common": ("naive.common_tastes", "logit with tastes in common", "demand.2sls"),
}
"""Lens of tastes that are only a reading -> id, what it is, method."""

Found = UtilitySplit | Blurred | Missing


@dataclass(frozen=True, slots=True, eq=False)
class DemandLens:
    """What the demand lens says of every comparison asked for.

    Attributes
    ----------
    found
        Splits, sets under weak instruments, and comparisons that could not be made.
    judgements
        Halves that have a verdict.
    estimates, verdicts, readings
        The records that leave the room.
    """

    found: tuple[Found, ...]
    judgements: tuple[Judgement, ...]
    estimates: tuple[Estimate, ...]
    verdicts: tuple[Verdict, ...]
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """The rows of the demand regression, and what its room says of the instruments.

    Attributes
    ----------
    barred
        Why nothing that rests on the instruments may be judged; empty where it may.
    reach_fails
        Whether some brand sells to more buyers than its reach holds: that table splits no name off.
    """

    config: StudyConfig
    panel: Panel
    reach: Reach | None
    tastes: Tastes
    naive: tuple[Tastes, ...]
    barred: str
    reach_fails: bool

    @property
    def write(self) -> Author:
        return Author("gap", self.config, self.panel, self.panel.n)

    @property
    def money(self) -> str:
        return self.config.study.currency.en

    def splits(self, tastes: Tastes) -> list[Found]:
        """Split every comparison asked for, in the order asked."""
        asked = asked_comparisons(self.panel, self.config, HedonicSpec.of(self.config))
        signs = {"more": 1, "less": -1}
        labelled = zip(tastes.labels, tastes.value[0], strict=True)
        newest = {of.removesuffix("@0"): v for (symbol, of), v in labelled if symbol == "beta" and of.endswith("@0")}
        against = tuple(a.id for a in self.config.attributes if newest.get(a.id, 0.0) * signs.get(a.better, 0) < 0)
        wanted = [c for c in asked if isinstance(c, Comparison)]
        made = iter(utility_splits(self.panel, tastes, wanted, self.reach, against, self.config.gap.level))
        return [c if isinstance(c, Missing) else next(made) for c in asked]


def look(inputs: Inputs, upstream: Mapping[str, Answer], rng: np.random.Generator) -> DemandLens | None:
    """Look at every comparison through the demand lens; None where the demand room is dark or refuses."""
    answer = upstream.get("demand")
    tastes = {t.lens: t for t in answer.tastes} if answer is not None else {}
    if answer is None or "demand" not in tastes:
        return None
    assert tastes["demand"].rows is not None
    mask = np.isin(inputs.panel.row, tastes["demand"].rows)
    failed = {c.id for c in answer.checks if c.status is Status.FAIL}
    view = _View(
        config=inputs.config,
        panel=inputs.panel.take(mask),
        reach=None if inputs.reach is None else inputs.reach.take(mask),
        tastes=tastes["demand"],
        naive=tuple(tastes[lens] for lens in NAIVE if lens in tastes),
        barred=_barred(failed, differing="demand common" in tastes),
        reach_fails="demand.reach" in failed,
    )
    found = view.splits(view.tastes)
    if "demand common" in tastes and "demand.strength" in failed:  # no set holds the halves whatever the first stage
        found = [_missing(f.split.comparison, "weak instruments") if isinstance(f, UtilitySplit) else f for f in found]
    judgements: list[Judgement] = []
    for half in HALVES:
        may = [one.split for one in found if isinstance(one, UtilitySplit) and not _why_not(view, one, half)]
        judgements += judge_splits(may, inputs.config, (half,))
    families = {half: sum(j.half == half for j in judgements) for half in HALVES}
    estimates = [e for one in found for e in _estimates(view, one)]
    estimates += [e for j in judgements for e in deciding(view.write, view.config, j, families[j.half], rng)]
    readings = [r for naive in view.naive for r in _readings(view, naive, found, judgements)]
    return DemandLens(
        found=tuple(found),
        judgements=tuple(judgements),
        estimates=(*estimates, *(e for made, _ in readings for e in made)),
        verdicts=tuple(_verdicts(view, found, judgements)),
        readings=tuple(reading for _, reading in readings),
    )


def _barred(failed: set[str], *, differing: bool) -> str:
    """Return why nothing may be judged, by the checks that failed; where tastes differ, by those of that fit."""
    if "demand.random.fit" in failed or (differing and failed & {"demand.random.search", "demand.random.shape"}):
        return "tastes not told apart"
    test = "demand.random.overidentification" if differing else "demand.overidentification"
    return "instruments contradict each other" if test in failed else ""


def _why_not(view: _View, found: UtilitySplit, half: str) -> str:
    """Return why a half may not be judged; empty where it may."""
    if not found.split.has_error:
        return "no freedom"
    if np.isinf(found.interval(half, 2 * view.config.gap.confidence - 1)[0]):
        return "not measurable in money"
    if half == "name" and (not found.reach_known or view.reach_fails):
        return "reach not measured"
    return view.barred


def _verdicts(view: _View, found: list[Found], judgements: list[Judgement]) -> Iterator[Verdict]:
    judged = {(id(j.split), j.half): j for j in judgements}
    for one in found:
        for half in HALVES:
            if isinstance(one, Missing):
                yield no_verdict("demand", one, half)
            elif isinstance(one, Blurred):
                yield no_verdict(
                    "demand", _missing(one.comparison, "weak instruments"), half, NEEDS["weak instruments"]
                )
            elif (id(one.split), half) in judged:
                family = sum(j.half == half for j in judgements)
                yield verdict_of(judged[id(one.split), half], view.config, family)
            else:
                why = _why_not(view, one, half)
                yield no_verdict("demand", _missing(one.split.comparison, why), half, NEEDS[why])


def _missing(comparison: Comparison, why: str) -> Missing:
    return Missing(comparison.pair, comparison.period, why, comparison.models)


def _estimates(view: _View, found: Found) -> Iterator[Estimate]:
    if isinstance(found, Missing):
        for half in HALVES:
            name = f"gap.demand_lens.{half}.{stem_of(found.pair, found.period)}"
            yield refusal(view.write, found, name, f"{half} half of the utility gap")
    elif isinstance(found, Blurred):
        yield from _sets(view, found)
    else:
        yield from _points(view, found)


def _what(part: str, reach_known: bool) -> str:
    if part == "name":
        return BRAND[reach_known]
    return "product half of the utility gap" if part == "product" else f"attribute row: {part}"


def _name(part: str, stem: str) -> str:
    return f"gap.demand_lens.{part if part in HALVES else f'attribute.{part}'}.{stem}"


def _sets(view: _View, found: Blurred) -> Iterator[Estimate]:
    comparison = found.comparison
    stem, rows = stem_of(comparison.pair, comparison.period), comparison.rows
    origin = view.write.origin("gap.utility_set", rows, ASSUMPTIONS)
    for part, (lo, hi) in found.sets.items():
        yield Bound(
            id=_name(part, stem), what=_what(part, found.reach_known), lo=lo, hi=hi, unit=view.money, n=int(rows.sum()),
            tier=view.write.tier, origin=origin,
        )  # fmt: skip


def _points(view: _View, found: UtilitySplit) -> Iterator[Estimate]:
    split, write, level = found.split, view.write, view.config.gap.level
    comparison, known = split.comparison, found.reach_known
    stem, rows = stem_of(comparison.pair, comparison.period), comparison.rows
    origin = write.origin(
        "gap.utility", rows, ASSUMPTIONS if not known else (*ASSUMPTIONS, "consideration independent")
    )
    price = write.origin("gap.price_mean", rows)
    yield write.counted(f"gap.demand_lens.price.{stem}", "mean price gap", found.price_gap, view.money, price)
    for part in (*split.attributes, *HALVES):
        yield _ratio(
            _name(part, stem), _what(part, known), split.part(part), found.interval(part, level), (view, origin)
        )
    for part in ("utility", "reach"):
        name = f"gap.demand_lens.{part}.{stem}"
        if part == "reach" and not known:
            why = "reach not measured"
            yield Refusal(id=name, what="what reach makes of the utility gap", why=why, needs=NEEDS[why], origin=origin)
        else:
            what = "utility gap in money" if part == "utility" else "what reach makes of the utility gap"
            yield _ratio(name, what, found.total(part), found.interval(part, level), (view, origin))


def _ratio(
    name: str, what: str, value: tuple[float, float, float], ends: tuple[float, float], by: tuple[_View, Origin]
) -> Estimate:
    """Return a ratio to alpha with its Fieller interval, or a refusal where alpha cannot be told from zero."""
    view, origin = by
    if not np.isfinite(ends).all():
        why = "not measurable in money"
        return Refusal(id=name, what=what, why=why, needs=NEEDS[why], origin=origin)
    return Point(
        id=name, what=what, value=value[0], lo=ends[0], hi=ends[1], level=view.config.gap.level, unit=view.money,
        n=origin.rows_used, tier=view.write.tier, origin=origin, se=value[1], freedom=value[2],
    )  # fmt: skip


def _readings(
    view: _View, tastes: Tastes, found: list[Found], judgements: list[Judgement]
) -> Iterator[tuple[list[Estimate], Reading]]:
    """Yield what simpler tastes (price taken as given, or tastes in common) say of the main comparison."""
    key, what, method = NAIVE[tastes.lens]
    main = Pair(view.config.study.focal, view.config.study.benchmarks[0])
    labels = {(id(j.split), j.half): j.judged.label for j in judgements}
    naive, level = view.splits(tastes), view.config.gap.level
    pairs = [
        (n, o)
        for n, o in zip(naive, found, strict=True)
        if isinstance(n, UtilitySplit) and n.split.comparison.pair == main
    ]
    for n, ours in pairs[-1:]:
        comparison = n.split.comparison
        stem = stem_of(main, comparison.period)
        origin = view.write.origin(method, comparison.rows, ASSUMPTIONS[:2])
        margin = view.config.study.margin * n.split.price_benchmark
        rows = [
            _ratio(
                f"{key}.attribute.{a}", _what(a, n.reach_known), n.split.part(a), n.interval(a, level), (view, origin)
            )
            for a in n.split.attributes
        ]
        for half in HALVES:
            value, name = n.split.part(half), f"{key}.{half}"
            label = (
                "undecided" if not isinstance(ours, UtilitySplit) else labels.get((id(ours.split), half), "undecided")
            )
            record = _ratio(name, what, value, n.interval(half, level), (view, origin))
            off = _difference(view, n, ours, half, (key, method)) if isinstance(record, Point) else []
            yield [record, *off, *(rows if half == "product" else [])], Reading(
                id=name, what=what, half=half, naive=name, ours=_name(half, stem),
                naive_label=plain_label(value[0], margin) if n.alpha > 0 else "undecided", ours_label=label,
                difference=off[0].id if off else "",
            )  # fmt: skip


def _difference(view: _View, naive: UtilitySplit, ours: Found, half: str, by: tuple[str, str]) -> list[Estimate]:
    """Return the naive reading less ours, with the error of the difference of the two; `by` is its id and method."""
    if not isinstance(ours, UtilitySplit) or ours.alpha <= 0:
        return []
    k, values = ours.split.column(half), [one.split.part(half) for one in (naive, ours)]
    scores = [one.split.parts.scores[:, k] for one in (naive, ours)]
    blank = np.zeros(max(len(s) for s in scores))
    se = float(
        np.linalg.norm(
            np.concatenate([scores[0], blank])[: len(blank)] - np.concatenate([scores[1], blank])[: len(blank)]
        )
    )
    found = (values[0][0] - values[1][0], se, min(values[0][2], values[1][2]))
    origin = view.write.origin(by[1], ours.split.comparison.rows, ASSUMPTIONS)
    return [view.write.estimated(f"{by[0]}.{half}.difference", "naive reading minus ours", found, view.money, origin)]
