"""The gap room: splits, verdicts, what would change them, and what a naive reading would have said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from halfstep.core.answer import Answer, Overall, Reading, Verdict
from halfstep.core.check import Check, Status
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Bound, Estimate, Refusal
from halfstep.core.series import Series
from halfstep.gap.analyst import naive_readings
from halfstep.gap.decide import models_that_decide
from halfstep.gap.moves import moves, one_sided
from halfstep.gap.offerings import Comparison, Missing, Pair, comparisons
from halfstep.gap.path import ASSUMPTIONS, closing, half_step_map, map_comparisons, name_path, path_comparisons
from halfstep.gap.split import Split, price_splits
from halfstep.gap.unseen import reference_strength, unseen_bound
from halfstep.gap.verdict import Half, Judged, judge, robustness_value
from halfstep.market.inputs import Inputs, Room
from halfstep.market.records import Author
from halfstep.market.room import watched

__all__ = ["HALVES", "ROOM", "judge_splits"]

HALVES = ("product", "name")
LENS = "price"
FEW_CLUSTERS = 5.0
"""Below this many degrees of freedom a t interval leans on its normality assumption (Imbens & Kolesar 2016, sec. IV)."""


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """A half of a comparison with its verdict."""

    split: Split
    half: str
    stakes: Half
    judged: Judged


def judge_splits(splits: list[Split], config: StudyConfig) -> list[Judgement]:
    """Judge both halves of a family of comparisons; each half is a family of its own."""
    out = []
    for half in HALVES:
        stakes = []
        for split in splits:
            value, se, freedom = split.part(half)
            margin = config.study.margin * split.price_benchmark
            reference = reference_strength(split, config)[1]
            stakes.append(Half(value, se, freedom, margin, unseen_bound(split, config), reference))
        judged = judge(stakes, config.gap.confidence)
        out += [Judgement(s, half, k, j) for s, k, j in zip(splits, stakes, judged, strict=True)]
    return out


def _run(inputs: Inputs, upstream: Mapping[str, Answer], rng: np.random.Generator) -> Answer:
    config, fit = inputs.config, inputs.fit
    write = Author("gap", config, fit.panel, fit.panel.n)
    if fit.unidentified():
        return _unidentified(write, fit.unidentified(), config)
    asked = _asked(inputs)
    wanted = [c for c in asked if isinstance(c, Comparison)]
    mapped, through_time = map_comparisons(fit, config, watched(inputs)), path_comparisons(fit, config)
    made = price_splits(fit, [*wanted, *mapped, *through_time])
    splits, map_splits = made[: len(wanted)], made[len(wanted) : len(wanted) + len(mapped)]
    judgements = judge_splits(splits, config)
    missing = [c for c in asked if isinstance(c, Missing)]
    estimates: list[Estimate] = [e for split in splits for e in _split_estimates(write, split, config)]
    estimates += [e for m in missing for e in _refused(write, m)]
    verdicts = [_verdict(j, config, len(splits)) for j in judgements]
    verdicts += [_no_verdict(m, half) for m in missing for half in HALVES]
    estimates += [e for j in judgements for e in _deciding(write, inputs, j, len(splits), rng)]
    series = list(half_step_map(write, config, map_splits))
    path = name_path(write, config.study.focal, made[len(wanted) + len(mapped) :])
    if path is not None:
        series.append(path)
        dated = list(closing(write, path, config, rng))
        series += [d for d in dated if isinstance(d, Series)]
        estimates += [d for d in dated if not isinstance(d, Series)]
    main = _main(splits, config)
    readings: list[Reading] = []
    if main is not None:
        estimates += _moves(write, inputs, main)
        mine = [j for j in judgements if j.split is main]
        for found, reading in _readings(write, inputs, main, mine):
            estimates += found
            readings.append(reading)
    return Answer(
        room="gap", estimates=tuple(estimates), series=tuple(series), checks=tuple(_checks(config, splits, fit.panel.n - fit.squares.rank)),
        verdicts=tuple(verdicts), overall=_overall(judgements, main, config), readings=tuple(readings),
    )  # fmt: skip


ROOM = Room("gap", ("sales",), _run)


def _asked(inputs: Inputs) -> list[Comparison | Missing]:
    """Return the comparisons that get a verdict: every segment and benchmark, in the periods the study asks for."""
    config, panel = inputs.config, inputs.fit.panel
    out: list[Comparison | Missing] = []
    for segment in panel.segments:
        for benchmark in config.study.benchmarks:
            found = comparisons(
                panel, Pair(config.study.focal, benchmark, segment), inputs.fit.spec, config.gap.offering
            )
            out += found if config.gap.periods == "all" else found[-1:]
    return out


def _main(splits: list[Split], config: StudyConfig) -> Split | None:
    """Return the last comparison with the main benchmark over all products."""
    found = [s for s in splits if s.comparison.pair == Pair(config.study.focal, config.study.benchmarks[0])]
    return found[-1] if found else None


def _stem(pair: Pair, period: str) -> str:
    return f"{pair.benchmark}.{pair.segment}.{period}"


def _split_estimates(write: Author, split: Split, config: StudyConfig) -> Iterator[Estimate]:
    pair, period = split.comparison.pair, split.comparison.period
    stem, money = _stem(pair, period), config.study.currency.en
    rows = split.comparison.rows
    origin = write.origin("gap.split", rows, ASSUMPTIONS)
    for brand, price, weight in (
        ("focal", split.price_focal, split.comparison.focal_weight),
        ("benchmark", split.price_benchmark, split.comparison.benchmark_weight),
    ):
        yield write.counted(
            f"gap.price_of.{brand}.{stem}",
            f"geometric mean price of the {brand} offering",
            price,
            money,
            write.origin("gap.price", weight > 0),
        )
    yield write.counted(
        f"gap.price.{stem}",
        "price gap",
        split.price_benchmark - split.price_focal,
        money,
        write.origin("gap.price", rows),
    )
    for part in (*split.attributes, *HALVES):
        what = f"{part} half of the price gap" if part in HALVES else f"attribute row: {part}"
        kind = "" if part in HALVES else "attribute."
        yield write.estimated(f"gap.price_lens.{kind}{part}.{stem}", what, split.part(part), money, origin)
        k = [*split.attributes, *HALVES].index(part)
        log = (float(split.parts.value[k]), float(split.parts.se[k]), float(split.parts.freedom[k]))
        yield write.estimated(f"gap.price_lens_log.{kind}{part}.{stem}", what, log, "log points", origin)
    reference, worth = reference_strength(split, config)
    bound = unseen_bound(split, config)
    declared = write.origin("gap.unseen", rows, ("unseen quality declared",))
    yield Bound(
        id=f"gap.unseen.{stem}", what="what unseen quality may be worth", lo=-bound, hi=bound, unit=money,
        n=int(rows.sum()), tier=write.tier, origin=declared,
    )  # fmt: skip
    yield write.counted(
        f"gap.reference.{reference}.{stem}",
        "worth of the reference attribute",
        worth,
        money,
        write.origin("gap.reference", rows),
    )


def _refused(write: Author, missing: Missing) -> Iterator[Refusal]:
    own = write.panel.is_brand(missing.pair.focal) | write.panel.is_brand(missing.pair.benchmark)
    needs = {
        "focal absent": ("rows of the focal brand in this scope",),
        "benchmark absent": ("rows of the benchmark in this scope",),
        "never together": ("a period in which both sell",),
        "too few models": ("more models",),
    }[missing.why]
    facts = (("focal", missing.models[0]), ("benchmark", missing.models[1]))
    for half in HALVES:
        yield Refusal(
            id=f"gap.price_lens.{half}.{_stem(missing.pair, missing.period)}", what=f"{half} half of the price gap",
            why=missing.why, needs=needs, origin=write.origin("gap.split", own), facts=facts,
        )  # fmt: skip


def _verdict(judgement: Judgement, config: StudyConfig, family: int) -> Verdict:
    pair, period, judged = judgement.split.comparison.pair, judgement.split.comparison.period, judgement.judged
    stem = f"price_lens.{judgement.half}.{_stem(pair, period)}"
    if judged.label != "undecided":
        reason, needs = "decided", ()
    elif judged.label_if_all_seen != "undecided":
        unmeasured = tuple(entry.en for entry in config.study.unmeasured)
        reason, needs = "unseen quality could turn it", tuple(f"measure: {name}" for name in unmeasured)
    else:
        reason, needs = "too uncertain", (f"decide.{stem}",)
    return Verdict(
        id=f"verdict.{stem}", half=judgement.half, lens=LENS, benchmark=pair.benchmark, segment=pair.segment, period=period,
        label=judged.label, p=judged.p, p_short=judged.p_short, p_met=judged.p_met, p_ahead=judged.p_ahead,
        margin=judgement.stakes.margin, margin_met=judged.margin_met, margin_short=judged.margin_short,
        breaking=judged.breaking, reason=reason, needs=needs, estimate=f"gap.{stem}", family=family,
    )  # fmt: skip


def _no_verdict(missing: Missing, half: str) -> Verdict:
    stem = f"price_lens.{half}.{_stem(missing.pair, missing.period)}"
    absent = missing.why in ("focal absent", "benchmark absent")
    return Verdict(
        id=f"verdict.{stem}", half=half, lens=LENS, benchmark=missing.pair.benchmark, segment=missing.pair.segment,
        period=missing.period, label="no offering" if absent else "undecided", p=None, p_short=None, p_met=None,
        p_ahead=None, margin=None, margin_met=None, margin_short=None, breaking=None, reason=missing.why,
        needs=(f"gap.{stem}",), estimate=f"gap.{stem}", family=0,
    )  # fmt: skip


def _deciding(
    write: Author, inputs: Inputs, judgement: Judgement, family: int, rng: np.random.Generator
) -> Iterator[Estimate]:
    if judgement.judged.label != "undecided":
        return
    split, half = judgement.split, judgement.half
    stem = f"price_lens.{half}.{_stem(split.comparison.pair, split.comparison.period)}"
    origin = write.origin("gap.decide", split.comparison.rows, ("estimate taken for the truth",))
    part = -2 if half == "product" else -1
    confidence = 1 - (1 - inputs.config.gap.confidence) / family
    found = models_that_decide(inputs.fit, split, part, judgement.stakes, confidence, rng)
    if np.isfinite(found.times):
        for brand, count, now in zip(("focal", "benchmark"), found.models, split.comparison.models, strict=True):
            yield Bound(
                id=f"decide.{stem}.{brand}_models", what=f"{brand} models that would decide", lo=float(now),
                hi=float(count), unit="models", n=now, tier=write.tier, origin=origin,
            )  # fmt: skip
        return
    if_all_seen = replace(judgement.stakes, unseen=0.0)
    seen = models_that_decide(inputs.fit, split, part, if_all_seen, confidence, rng)
    why = "unseen quality decides, not more models" if np.isfinite(seen.times) else "too close to the margin"
    yield Refusal(
        id=f"decide.{stem}", what="models that would decide", why=why,
        needs=tuple(f"measure: {entry.en}" for entry in inputs.config.study.unmeasured) or ("a choice experiment",),
        origin=origin, facts=(("power", round(found.power, 3)),),
    )  # fmt: skip


def _moves(write: Author, inputs: Inputs, main: Split) -> Iterator[Estimate]:
    money = inputs.config.study.currency.en
    tried = [
        (m.what + (f": {m.detail}" if m.detail else ""), m.split)
        for m in moves(inputs.panel, inputs.fit, main, inputs.config.gap.offering)
    ]
    values: dict[str, list[float]] = {half: [main.part(half)[0]] for half in HALVES}
    for what, split in tried:
        rows = main.comparison.rows if split is None else None
        for half in HALVES:
            name = f"move.{what.replace(' ', '_')}.{half}"
            if split is None:
                assert rows is not None
                origin = write.origin("gap.split", rows, ASSUMPTIONS)
                yield Refusal(
                    id=name,
                    what=f"{half} half, {what}",
                    why="not determined",
                    needs=("more models that differ in the attributes",),
                    origin=origin,
                )
            else:
                values[half].append(split.part(half)[0])
                origin = write.origin("gap.split", main.comparison.rows, ASSUMPTIONS)
                yield write.estimated(name, f"{half} half, {what}", split.part(half), money, origin)
    origin = write.origin("gap.order", main.comparison.rows, ASSUMPTIONS)
    for first in HALVES:
        for half, (value, lo, hi) in one_sided(main, first, inputs.config.gap.level).items():
            values[half].append(value)
            point = write.counted(
                f"move.{first}_taken_first.{half}", f"{half} half, {first} taken first", value, money, origin
            )
            yield replace(point, lo=lo, hi=hi, level=inputs.config.gap.level)
    for half in HALVES:
        yield Bound(
            id=f"move.range.{half}", what=f"{half} half over all these choices", lo=min(values[half]), hi=max(values[half]),
            unit=money, n=len(values[half]), tier=write.tier, origin=origin,
        )  # fmt: skip


def _readings(
    write: Author, inputs: Inputs, main: Split, mine: list[Judgement]
) -> Iterator[tuple[list[Estimate], Reading]]:
    config, bands = inputs.config, inputs.config.bands
    margin = config.study.margin * main.price_benchmark
    ours = {j.half: j for j in mine}
    stem = _stem(main.comparison.pair, main.comparison.period)
    origin = write.origin("gap.naive", main.comparison.rows)
    for naive in naive_readings(inputs.panel, inputs.fit, main, bands.edges if bands else None, margin):
        name = f"naive.{naive.what.replace(' ', '_')}.{naive.half}"
        found: list[Estimate] = []
        difference = ""
        if naive.money is not None:
            value, se, freedom = naive.money
            money = config.study.currency.en
            made = (
                write.counted(name, naive.what, value, money, origin)
                if se == 0
                else write.estimated(name, naive.what, naive.money, money, origin)
            )
            our_value, our_se, our_freedom = main.part(naive.half)
            difference = f"{name}.difference"
            gap = (value - our_value, our_se if se == 0 else 0.0, our_freedom)
            found = (
                [made, write.estimated(difference, "naive reading minus ours", gap, money, origin)]
                if gap[1]
                else [made, write.counted(difference, "naive reading minus ours", gap[0], money, origin)]
            )
        elif naive.share is not None:
            found = [
                write.counted(f"{name}.{brand}", f"share of the band of the {brand}", share, "share", origin)
                for brand, share in zip(("focal", "benchmark"), naive.share, strict=True)
            ]
        yield found, Reading(
            id=name, what=naive.what, half=naive.half, naive=found[0].id, ours=f"gap.price_lens.{naive.half}.{stem}",
            naive_label=naive.label, ours_label=ours[naive.half].judged.label, difference=difference,
        )  # fmt: skip


def _overall(judgements: list[Judgement], main: Split | None, config: StudyConfig) -> Overall | None:
    if main is None:
        return None
    mine = {j.half: j.judged for j in judgements if j.split is main}
    labels = {half: mine[half].label for half in HALVES}
    if "undecided" in labels.values():
        label, p = "undecided", None
    else:
        short = [half for half in HALVES if labels[half] == "short"]
        label = {(): "neither", ("product",): "product missing", ("name",): "brand missing"}.get(tuple(short), "both")
        p = max(0.0, 1 - sum(1 - mine[half].p for half in HALVES))
    pair = main.comparison.pair
    return Overall(label=label, p=p, benchmark=pair.benchmark, segment=pair.segment, period=main.comparison.period)


def _unidentified(write: Author, attributes: tuple[str, ...], config: StudyConfig) -> Answer:
    origin = write.origin("gap.split", write.panel.is_brand(config.study.focal))
    refusals = tuple(
        Refusal(
            id=f"gap.price_lens.{half}.{config.study.benchmarks[0]}.all.",
            what=f"{half} half of the price gap",
            why="attribute not identified",
            needs=("models of one brand and period that differ in it",),
            origin=origin,
            facts=(("attribute", ", ".join(attributes)),),
        )  # fmt: skip
        for half in HALVES
    )
    return Answer(room="gap", estimates=refusals)


def _checks(config: StudyConfig, splits: list[Split], freedom: int) -> Iterator[Check]:
    for split in splits:
        stem = _stem(split.comparison.pair, split.comparison.period)
        smallest = min(split.part(half)[2] for half in HALVES)
        status = Status.REVIEW if smallest < FEW_CLUSTERS else Status.PASS
        facts: tuple[tuple[str, str | float | int], ...] = (
            ("benchmark", split.comparison.pair.benchmark), ("segment", split.comparison.pair.segment), ("period", split.comparison.period),
            ("freedom", round(smallest, 1)), ("focal", split.comparison.models[0]), ("models", split.comparison.models[1]),
        )  # fmt: skip
        why = "few models behind the interval" if status is Status.REVIEW else "enough models behind the interval"
        yield Check(
            id=f"gap.freedom.{stem}",
            status=status,
            why=why,
            do="give more models" if status is Status.REVIEW else "",
            facts=facts,
        )
        value, se, _ = split.part("name")
        beyond = max(abs(value) - config.study.margin * split.price_benchmark, 0.0)
        rv = robustness_value(beyond / se if se > 0 else 0.0, freedom)
        yield Check(
            id=f"gap.robustness.{stem}",
            status=Status.PASS,
            why="robustness value",
            facts=(*facts[:3], ("robustness", round(rv, 4))),
        )
    if not config.study.unmeasured:
        yield Check(
            id="gap.unmeasured",
            status=Status.REVIEW,
            why="nothing declared unmeasured",
            do="declare what the table lacks",
        )
