"""The gap room: splits, verdicts, what would change them, and what a naive reading would have said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from halfstep.core.answer import Answer
from halfstep.core.check import Check, Status
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Estimate, Refusal
from halfstep.core.series import Series
from halfstep.gap.account import deciding, moved, readings, refused, split_estimates, unplaced
from halfstep.gap.choice_lens import ChoiceLens, look_at_choices
from halfstep.gap.demand_lens import look
from halfstep.gap.judgement import HALVES, judge_splits, no_verdict, stem_of, verdict_of
from halfstep.gap.lenses import accords, overall, stated
from halfstep.gap.offerings import Comparison, Missing, Pair, asked_comparisons
from halfstep.gap.path import closing, half_step_map, map_comparisons, name_path, off_the_map, path_comparisons
from halfstep.gap.second_choices import second_choices
from halfstep.gap.split import Split, price_splits
from halfstep.gap.verdict import robustness_value
from halfstep.market.inputs import Inputs, Room
from halfstep.market.records import Author
from halfstep.market.room import watched

__all__ = ["ROOM"]

FEW_CLUSTERS = 5.0
"""Below this many degrees of freedom a t interval leans on its normality assumption (Imbens & Kolesar 2016, sec. IV)."""


def _run(inputs: Inputs, upstream: Mapping[str, Answer], rng: np.random.Generator) -> Answer:
    stated_lens = look_at_choices(inputs, upstream, np.random.default_rng([inputs.config.study.seed, len(ROOM.name)]))
    if inputs.priced is None:
        return Answer(room="gap", dark="sales") if stated_lens is None else _by_choices(inputs.config, stated_lens)
    return _by_sales(inputs, upstream, stated_lens or ChoiceLens((), ()), rng)


def _by_choices(config: StudyConfig, choices: ChoiceLens) -> Answer:
    """Return what an experiment alone says."""
    where = config.study.benchmarks[0], "all", ""
    return Answer(
        room="gap",
        estimates=choices.estimates,
        verdicts=choices.verdicts,
        overall=overall(choices.verdicts, (), where),
        checks=tuple(_undeclared(config)),
    )


def _by_sales(inputs: Inputs, upstream: Mapping[str, Answer], choices: ChoiceLens, rng: np.random.Generator) -> Answer:
    config, fit = inputs.config, inputs.fit
    write = Author("gap", config, fit.panel, fit.panel.n)
    if fit.unidentified():
        untold = _unidentified(write, fit.unidentified(), config)
        return replace(untold, estimates=(*untold.estimates, *choices.estimates), verdicts=choices.verdicts)
    asked = asked_comparisons(fit.panel, config, fit.spec)
    on_map = map_comparisons(fit, config, watched(inputs))
    made = price_splits(fit, [c for c in asked if isinstance(c, Comparison)])
    placed, dates = [c for c in on_map if isinstance(c, Comparison)], path_comparisons(fit, config)
    halved = price_splits(fit, [*placed, *dates], by_attribute=False)
    mapped, through_time = halved[: len(placed)], halved[len(placed) :]
    splits = [s for s in made if s.has_error]
    missing = [c for c in asked if isinstance(c, Missing)]
    missing += [_without_error(s) for s in made if not s.has_error]
    judgements = judge_splits(splits, config)
    main = _main(splits, config)
    path = name_path(write, config.study.focal, [s for s in through_time if s.has_error])
    dated = [] if path is None else [path, *closing(write, path, config, rng)]
    naive = [] if main is None else list(readings(write, inputs, main, [j for j in judgements if j.split is main]))
    demand = look(inputs, upstream, rng)
    estimates: tuple[Estimate, ...] = (
        *(e for split in splits for e in split_estimates(write, split, config)),
        *(e for m in missing for e in refused(write, m)),
        *(unplaced(write, m) for m in off_the_map(on_map) if m.pair.focal != config.study.focal),
        *(e for j in judgements for e in deciding(write, config, j, len(splits), rng)),
        *(d for d in dated if not isinstance(d, Series)),
        *(() if main is None else moved(write, inputs, main)),
        *(e for found, _ in naive for e in found),
        *(() if demand is None else demand.estimates),
        *second_choices(Author("gap", config, inputs.panel), inputs),
        *choices.estimates,
    )
    verdicts = (
        *(verdict_of(j, config, len(splits)) for j in judgements),
        *(no_verdict("price", m, half) for m in missing for half in HALVES),
        *(() if demand is None else demand.verdicts),
        *choices.verdicts,
    )
    last = "" if main is None else main.comparison.period
    beside = (*accords(verdicts, estimates), *stated(verdicts, estimates, last))
    return Answer(
        room="gap",
        estimates=estimates,
        series=(
            *half_step_map(write, config, [s for s in mapped if s.has_error]),
            *(d for d in dated if isinstance(d, Series)),
        ),
        checks=(*_checks(config, splits, fit.panel.n - fit.squares.rank), *_stale(inputs)),
        verdicts=verdicts,
        overall=None if main is None else overall(verdicts, beside, _where(main)),
        readings=(*(reading for _, reading in naive), *(() if demand is None else demand.readings)),
        accords=beside,
    )


ROOM = Room("gap", (), _run)


def _where(split: Split) -> tuple[str, str, str]:
    comparison = split.comparison
    return comparison.pair.benchmark, comparison.pair.segment, comparison.period


def _without_error(split: Split) -> Missing:
    comparison = split.comparison
    return Missing(comparison.pair, comparison.period, "no freedom", comparison.models)


def _main(splits: list[Split], config: StudyConfig) -> Split | None:
    """Return the last comparison with the main benchmark over all products."""
    found = [s for s in splits if s.comparison.pair == Pair(config.study.focal, config.study.benchmarks[0])]
    return found[-1] if found else None


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
        )
        for half in HALVES
    )
    return Answer(room="gap", estimates=refusals)


def _checks(config: StudyConfig, splits: list[Split], freedom: int) -> Iterator[Check]:
    for split in splits:
        stem = stem_of(split.comparison.pair, split.comparison.period)
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
        beyond = max(abs(split.part("name")[0]) - config.study.margin * split.price_benchmark, 0.0)
        ordinary = float(split.ordinary_se[-1]) * split.money
        rv = robustness_value(beyond / ordinary if ordinary > 0 else 0.0, freedom)
        yield Check(
            id=f"gap.robustness.{stem}",
            status=Status.PASS,
            why="robustness value",
            facts=(*facts[:3], ("robustness", round(rv, 4))),
        )
    yield from _undeclared(config)


def _undeclared(config: StudyConfig) -> Iterator[Check]:
    if not config.study.unmeasured:
        yield Check(
            id="gap.unmeasured",
            status=Status.REVIEW,
            why="nothing declared unmeasured",
            do="declare what the table lacks",
        )


def _stale(inputs: Inputs) -> Iterator[Check]:
    """Say so where the focal brand is not in the newest period: its verdicts are about older ones."""
    panel, focal = inputs.fit.panel, inputs.config.study.focal
    own = panel.period[panel.is_brand(focal)]
    newest = int(panel.period.max())
    if len(own) and int(own.max()) < newest:
        facts = (("last", panel.period_key(int(own.max()))), ("newest", panel.period_key(newest)))
        yield Check(
            id="gap.stale",
            status=Status.REVIEW,
            why="focal brand absent from the last period",
            do="read the verdict as dated",
            facts=facts,
        )
