"""The gap room's account of itself: every number it prints, with its origin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from halfstep.core.answer import Reading
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Bound, Estimate, Origin, Refusal
from halfstep.gap.analyst import Naive, naive_readings
from halfstep.gap.decide import models_that_decide
from halfstep.gap.judgement import HALVES, Judgement, stem_of
from halfstep.gap.moves import moves, one_sided
from halfstep.gap.offerings import Missing
from halfstep.gap.path import ASSUMPTIONS
from halfstep.gap.split import Split
from halfstep.gap.unseen import reference_of, unseen_multiple
from halfstep.market.inputs import Inputs
from halfstep.market.records import Author

__all__ = ["NEEDS", "deciding", "moved", "readings", "refusal", "refused", "split_estimates", "unplaced"]


NEEDS = {
    "focal absent": ("rows of the focal brand in this scope",),
    "benchmark absent": ("rows of the benchmark in this scope",),
    "never together": ("a period in which both sell",),
    "too few models": ("more models",),
    "no freedom": ("more models", "fewer attributes"),
    "weak instruments": ("a cost shifter",),
    "tastes not told apart": ("micro figures, or fewer tastes",),
    "every alpha rejected": ("a cost shifter",),
    "instruments contradict each other": ("a cost shifter",),
    "not measurable in money": ("a cost shifter",),
    "reach not measured": ("a reach table: awareness, consideration, outlets",),
}
"""Reason of a missing comparison or verdict -> what would make it possible."""


def split_estimates(write: Author, split: Split, config: StudyConfig) -> Iterator[Estimate]:
    pair, period = split.comparison.pair, split.comparison.period
    stem, money = stem_of(pair, period), config.study.currency.en
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
    reference = reference_of(split, config)
    times = unseen_multiple(config)
    bound = times * reference.worth if times else 0.0
    declared = write.origin("gap.unseen", rows, ("unseen quality declared",))
    yield Bound(
        id=f"gap.unseen.{stem}", what="what unseen quality may be worth", lo=-bound, hi=bound, unit=money,
        n=int(rows.sum()), tier=write.tier, origin=declared,
    )  # fmt: skip
    yield write.counted(
        f"gap.reference.{reference.attribute}.{stem}",
        "worth of the reference attribute",
        reference.worth,
        money,
        write.origin("gap.reference", rows),
    )


def refused(write: Author, missing: Missing) -> Iterator[Refusal]:
    """Yield what a missing comparison refuses: both halves."""
    for half in HALVES:
        stem = stem_of(missing.pair, missing.period)
        yield refusal(write, missing, f"gap.price_lens.{half}.{stem}", f"{half} half of the price gap")


def unplaced(write: Author, missing: Missing) -> Refusal:
    """Return the refusal of a brand that has no place on the map."""
    return refusal(write, missing, f"gap.map.{missing.pair.focal}", "product and name gap to the main benchmark")


def refusal(write: Author, missing: Missing, name: str, what: str) -> Refusal:
    """Return the refusal of one number about a comparison that could not be made."""
    own = write.panel.is_brand(missing.pair.focal) | write.panel.is_brand(missing.pair.benchmark)
    facts = (("brand", missing.pair.focal), ("focal", missing.models[0]), ("benchmark", missing.models[1]))
    origin = write.origin("gap.split", own)
    return Refusal(id=name, what=what, why=missing.why, needs=NEEDS[missing.why], origin=origin, facts=facts)


def deciding(
    write: Author, config: StudyConfig, judgement: Judgement, family: int, rng: np.random.Generator
) -> Iterator[Estimate]:
    """Yield what would decide an undecided half; `write` holds the rows of the lens's regression."""
    if judgement.judged.label != "undecided":
        return
    split, half = judgement.split, judgement.half
    stem = f"{split.lens}_lens.{half}.{stem_of(split.comparison.pair, split.comparison.period)}"
    cluster = np.unique(write.panel.cluster, return_inverse=True)[1].astype(np.int64)
    origin = write.origin("gap.decide", split.comparison.rows, ("estimate taken for the truth",))
    part = -2 if half == "product" else -1
    confidence = 1 - (1 - config.gap.confidence) / family
    found = models_that_decide(cluster, split, part, judgement.stakes, confidence, rng)
    if found.models is not None:
        for brand, count, now in zip(("focal", "benchmark"), found.models, split.comparison.models, strict=True):
            if count > now:
                yield Bound(
                    id=f"decide.{stem}.{brand}_models", what=f"{brand} models that would decide", lo=float(now),
                    hi=float(count), unit="models", n=now, tier=write.tier, origin=origin,
                )  # fmt: skip
        return
    if_all_seen = replace(judgement.stakes, multiple=0.0)
    seen = models_that_decide(cluster, split, part, if_all_seen, confidence, rng)
    why = "too close to the margin" if seen.models is None else "unseen quality decides, not more models"
    yield Refusal(
        id=f"decide.{stem}", what="models that would decide", why=why,
        needs=tuple(f"measure: {entry.en}" for entry in config.study.unmeasured) or ("a choice experiment",),
        origin=origin, facts=(("power", round(found.power, 3)),),
    )  # fmt: skip


def moved(write: Author, inputs: Inputs, main: Split) -> Iterator[Estimate]:
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


def readings(
    write: Author, inputs: Inputs, main: Split, mine: list[Judgement]
) -> Iterator[tuple[list[Estimate], Reading]]:
    config, bands = inputs.config, inputs.config.bands
    margin = config.study.margin * main.price_benchmark
    ours = {j.half: j for j in mine}
    stem = stem_of(main.comparison.pair, main.comparison.period)
    origin = write.origin("gap.naive", main.comparison.rows)
    for naive in naive_readings(inputs.panel, inputs.fit, main, bands.edges if bands else None, margin):
        name = f"naive.{naive.what.replace(' ', '_')}.{naive.half}"
        found: list[Estimate] = []
        difference = ""
        if naive.money is not None:
            difference = f"{name}.difference"
            found = list(_naive_money(write, main, naive, name, origin))
        elif naive.share is not None:
            found = [
                write.counted(f"{name}.{brand}", f"share of the band of the {brand}", share, "share", origin)
                for brand, share in zip(("focal", "benchmark"), naive.share, strict=True)
            ]
        yield found, Reading(
            id=name, what=naive.what, half=naive.half, naive=found[0].id, ours=f"gap.price_lens.{naive.half}.{stem}",
            naive_label=naive.label, ours_label=ours[naive.half].judged.label, difference=difference,
        )  # fmt: skip


def _naive_money(write: Author, main: Split, naive: Naive, name: str, origin: Origin) -> Iterator[Estimate]:
    """Yield a naive amount and how far it is from ours; an observed gap errs by exactly the other half."""
    assert naive.money is not None
    value, se, _ = naive.money
    money, (ours, our_se, our_freedom) = write.config.study.currency.en, main.part(naive.half)
    what = "naive reading minus ours"
    if se == 0:
        yield write.counted(name, naive.what, value, money, origin)
        _, other_se, other_freedom = main.part("product" if naive.half == "name" else "name")
        yield write.estimated(f"{name}.difference", what, (value - ours, other_se, other_freedom), money, origin)
        return
    yield write.estimated(name, naive.what, naive.money, money, origin)
    if value == ours:
        yield write.counted(f"{name}.difference", what, 0.0, money, origin)
    else:
        error = (value - ours, float(np.hypot(se, our_se)), our_freedom)
        yield write.estimated(f"{name}.difference", what, error, money, origin)
