"""The choice room: what respondents of a designed experiment value, what they believe, and what they would choose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from halfstep.choice.account import (
    beyond,
    fit_checks,
    node_estimates,
    plain_beside,
    spreads,
    tastes_of,
    unfit_estimates,
)
from halfstep.choice.beliefs import misbelief
from halfstep.choice.classes import classes
from halfstep.choice.heldout import foretold
from halfstep.choice.lineups import buyers_of, line_up_series, searches
from halfstep.choice.tastes import Node, Unfit, fit_node, with_mixed
from halfstep.choice.writer import Writer
from halfstep.core.answer import Answer
from halfstep.core.check import Check, Status
from halfstep.core.estimate import Estimate
from halfstep.core.series import Series
from halfstep.data.choice_flags import flags
from halfstep.market.experiment import Experiment
from halfstep.market.inputs import Inputs, Room

__all__ = ["ROOM"]


def _run(inputs: Inputs, upstream: Mapping[str, Answer], rng: np.random.Generator) -> Answer:
    del upstream
    experiment, config = inputs.experiment, inputs.config
    assert experiment is not None
    write = Writer(config, experiment)
    found = {name: fit_node(experiment, config, name) for name in experiment.segments}
    everybody = found["all"]
    refused = [e for name, fit in found.items() if isinstance(fit, Unfit) for e in unfit_estimates(write, name, fit)]
    believed = misbelief(write, inputs)
    checks = [*_flagged(inputs), *believed.checks]
    if isinstance(everybody, Unfit):
        return Answer(room="choice", estimates=(*refused, *believed.estimates), checks=(*checks, _unfit(everybody)))
    nodes, more = _with_spread(write, found)
    everybody = nodes[0]
    estimates: list[Estimate] = [
        *refused,
        *believed.estimates,
        *(e for node in nodes for e in node_estimates(write, node)),
    ]
    estimates += [*plain_beside(write, everybody), *spreads(write, everybody)]
    series: list[Series] = []
    if inputs.offers is not None:
        groups = {node.id: buyers_of(node, rng) for node in nodes}
        for group in groups.values():
            series += line_up_series(write, inputs.offers, group)
        estimates += searches(write, inputs.offers, groups)
        checks += [*_unknown(inputs), *_outside(inputs)]
    for one in (*foretold(write, everybody), *classes(write, everybody, rng), *more):
        if isinstance(one, Check):
            checks.append(one)
        elif isinstance(one, Series):
            series.append(one)
        else:
            estimates.append(one)
    return Answer(
        room="choice",
        estimates=tuple(estimates),
        series=tuple(series),
        checks=(*fit_checks(write, everybody), *beyond(write, everybody), *checks),
        tastes=(tastes_of(write, nodes, _contains(experiment)),),
    )


ROOM = Room("choice", ("choices",), _run)


def _with_spread(write: Writer, found: dict[str, Node | Unfit]) -> tuple[list[Node], list[Check]]:
    """Return the nodes that carry the lens, everybody first: with tastes that differ where they are asked for and told."""
    nodes = [node for node in found.values() if isinstance(node, Node)]
    if write.config.choice.mixed is None:
        return nodes, []
    if nodes[0].money(nodes[0].unit("price"), write.level) is None:
        facts = (("names", "price"),)
        return nodes, [
            Check(
                id="choice.mixed",
                status=Status.REVIEW,
                why="price taste not told",
                do="read the plain logit",
                facts=facts,
            )
        ]
    # in money a scale that may be zero leaves no trace in the figures: a segment without a price taste keeps the plain logit
    told = [node.money(node.unit("price"), write.level) is not None for node in nodes]
    spread = [with_mixed(node, write.config) if ok else node for node, ok in zip(nodes, told, strict=True)]
    apart = [one for one in spread if isinstance(one, Unfit)]
    if apart:
        facts = (("names", ", ".join(dict.fromkeys(n for one in apart for n in one.names))),)
        return nodes, [
            Check(
                id="choice.mixed", status=Status.REVIEW, why="spread not told", do="read the plain logit", facts=facts
            )
        ]
    return [one for one in spread if isinstance(one, Node)], []


def _contains(experiment: Experiment) -> tuple[str, ...]:
    """Return what a name's term holds besides the name: what people infer from it of what the profiles did not list."""
    return ("name", "inference about what is not listed") if experiment.base else ()


def _unfit(unfit: Unfit) -> Check:
    facts = (("names", ", ".join(unfit.names)),)
    return Check(
        id="choice.tastes", status=Status.FAIL, why=unfit.why, do="give what the choice lens needs", facts=facts
    )


def _flagged(inputs: Inputs) -> Iterator[Check]:
    """Yield how many respondents chose the same place throughout, and in how many tasks what is worse in every respect was chosen."""
    assert inputs.choices is not None
    found = flags(inputs.choices.frame, inputs.config.choice)
    facts: tuple[tuple[str, str | float | int], ...] = (
        ("straight", len(found.straight)), ("expected", round(found.expected, 1)), ("asked", found.asked),
        ("dominated", len(found.dominated)), ("could", found.judged),
    )  # fmt: skip
    odd = len(found.straight) > max(2.0, 2 * found.expected) or len(found.dominated) > 0.1 * max(found.judged, 1)
    yield Check(
        id="choice.flags", status=Status.REVIEW if odd else Status.PASS, why="how respondents answered",
        do="look at these respondents" if odd else "", facts=facts,
    )  # fmt: skip


def _outside(inputs: Inputs) -> Iterator[Check]:
    """Yield how many products of the line-up and searches lie outside what the profiles showed, and in what."""
    offers, experiment = inputs.offers, inputs.experiment
    assert offers is not None and experiment is not None
    shown, searches = experiment.best(), inputs.config.choice.searches
    rows, names = shown.brand >= 0, []
    out = np.zeros(len(offers.X) + len(searches), dtype=bool)
    for k, column in enumerate(experiment.columns):
        if column.kind not in ("price", "attribute") or column.level:
            continue
        least, most = float(shown.tasks.X[rows, k].min()), float(shown.tasks.X[rows, k].max())
        tried = [s.prices if column.kind == "price" else s.levels.get(column.of, ()) for s in searches]
        values = [[v] for v in offers.X[:, k].tolist()] + [
            [float(v) for v in some if not isinstance(v, str)] for some in tried
        ]
        beyond = np.array([any(not least <= v <= most for v in some) for some in values], dtype=bool)
        if beyond.any():
            every = [v for some in values for v in some]
            names.append(f"{column.of or 'price'} {min(every):,.6g}-{max(every):,.6g} ({least:,.6g}-{most:,.6g})")
        out |= beyond
    if names:
        facts = (("products", int(out.sum())), ("of", len(out)), ("names", "; ".join(names)))
        yield Check(
            id="choice.outside", status=Status.REVIEW, why="outside what was shown", do="show wider levels, or read with care", facts=facts
        )  # fmt: skip


def _unknown(inputs: Inputs) -> Iterator[Check]:
    assert inputs.offers is not None
    if inputs.offers.unknown:
        facts = (("brands", ", ".join(inputs.offers.unknown)),)
        yield Check(
            id="choice.lineup",
            status=Status.REVIEW,
            why="brands of the line-up not shown",
            do="show them in the tasks",
            facts=facts,
        )
