"""Misbelief: cells and reports of a study put to `halfstep.logit.beliefs`, and what that says written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from halfstep.choice.writer import Writer
from halfstep.core.check import Check, Status
from halfstep.core.config_choice import Role
from halfstep.core.estimate import Bound, Estimate, Origin, Refusal, Tier
from halfstep.data.choices import Beliefs
from halfstep.logit.beliefs import Lever, Part, Range, Separation, separate
from halfstep.logit.cells import Absent, BeliefCells, Cell, Reports, Roles
from halfstep.logit.money import Money
from halfstep.logit.tasks import Array
from halfstep.market.experiment import Experiment
from halfstep.market.inputs import Inputs

__all__ = ["Misbelief", "misbelief"]

ASSUMPTIONS = ("respondents independent", "logit choices", "cells by lot")

PARTS = {
    "listed": "name where attributes were listed",
    "total": "name and believed product",
    "tried": "product tried blind",
    "together": "name and misbelief together",
    "product": "product at the facts, where names alone were seen",
    "belief": "misbelief",
    "name": "name without misbelief",
    "moved": "misbelief that information took away",
    "left": "what informed reports still differ from the facts",
    "face": "misbelief if every report is taken for belief",
    "naive": "misbelief without the instrument",
    "cap": "most that correcting beliefs can bring",
}

NEEDS = {
    "no listed cell": ("respondents who saw names and attributes",),
    "no name-only cell": ("a cell in which the name is all that is seen",),
    "no blind cell": ("a cell in which the name is hidden",),
    "no treatment": ("a cell that is told the facts by lot",),
    "no reports": ("a table of beliefs",),
    "no facts": ("a line-up of real products",),
    "brand not in the cell": ("both brands in every cell",),
    "weak information": ("more respondents, or information that is believed",),
    "more attributes than information moves": ("information on each attribute by itself", "more brands"),
    "not estimable": ("a design in which these vary apart",),
    "not measurable in money": ("prices further apart in the tasks, or more respondents",),
}


@dataclass(frozen=True, slots=True)
class Misbelief:
    """What cells and beliefs say, for every benchmark."""

    estimates: tuple[Estimate, ...] = ()
    checks: tuple[Check, ...] = ()


def misbelief(write: Writer, inputs: Inputs) -> Misbelief:
    """Say what the study's cells and beliefs can carry; nothing where it has neither."""
    experiment = write.experiment
    if set(experiment.role) == {"listed"} and inputs.beliefs is None:
        return Misbelief()
    estimates: list[Estimate] = []
    checks: list[Check] = []
    for benchmark in write.config.study.benchmarks:
        if not {write.config.study.focal, benchmark} <= set(experiment.brands):
            continue
        found = separate(_cells(inputs, experiment, benchmark), write.level)
        origin = write.origin("choice.beliefs", assumptions=ASSUMPTIONS)
        estimates += _estimates(write, found, benchmark, origin)
        checks += _checks(write, found, benchmark)
    return Misbelief(tuple(estimates), tuple(checks))


def _names(experiment: Experiment) -> list[str]:
    """Return the attributes' columns by name; levels of a categorical one are columns that nobody is asked about."""
    return [f"{c.of}={c.level}" if c.level else c.of for c in experiment.columns if c.kind == "attribute"]


def _cells(inputs: Inputs, experiment: Experiment, benchmark: str) -> BeliefCells:
    """Lay the study out for a pair of brands."""
    columns = {(c.kind, c.of): k for k, c in enumerate(experiment.columns) if not c.level}
    roles = Roles(
        price=0,
        brands=tuple(columns.get(("brand", brand)) for brand in experiment.brands),
        attributes=tuple(int(k) for k in experiment.index("attribute")),
        none=columns.get(("none", "")),
    )
    cells: dict[Role, Cell] = {}
    every: tuple[Role, ...] = ("listed", "blind", "name only", "informed")
    for role in every:
        people = experiment.role == role
        if people.any():
            part = experiment.of(people)
            tasks = part.tasks.using(_tried(part)) if role == "blind" else part.tasks
            cells[role] = Cell(tasks, np.flatnonzero(people))
    person = {name: i for i, name in enumerate(experiment.respondent)}
    reports = (
        None if inputs.beliefs is None else _reports(inputs.beliefs, person, experiment.brands, _names(experiment))
    )
    own = experiment.tasks.weight
    weight = np.concatenate([own, np.full(len(person) - len(own), own.mean())])
    return BeliefCells(
        cells, roles, weight, experiment.brands.index(inputs.config.study.focal), experiment.brands.index(benchmark),
        reports, _facts(inputs, experiment, roles),
    )  # fmt: skip


def _tried(blind: Experiment) -> Array:
    """Return X with the brands that were hidden: products tried without their name."""
    X = blind.tasks.X.copy()
    sign = np.repeat(np.where(blind.worst, -1.0, 1.0), np.diff(blind.tasks.row))
    for k, column in enumerate(blind.columns):
        if column.kind == "brand":
            X[:, k] = sign * (blind.brand == blind.brands.index(column.of))
    return X


def _reports(beliefs: Beliefs, person: dict[str, int], brands: tuple[str, ...], names: list[str]) -> Reports:
    """Code the reports; respondents without choices get numbers of their own in `person`."""
    frame = beliefs.frame
    kept = [
        b in brands and a in names for b, a in zip(frame["brand"].to_list(), frame["attribute"].to_list(), strict=True)
    ]
    frame = frame.filter(np.array(kept, dtype=bool))
    for name in frame["respondent"].to_list():
        person.setdefault(name, len(person))
    return Reports(
        person=np.array([person[name] for name in frame["respondent"].to_list()], dtype=np.int64),
        brand=np.array([brands.index(b) for b in frame["brand"].to_list()], dtype=np.int64),
        attribute=np.array([names.index(a) for a in frame["attribute"].to_list()], dtype=np.int64),
        value=frame["value"].to_numpy().astype(np.float64),
        informed=frame["informed"].to_numpy(),
    )


def _facts(inputs: Inputs, experiment: Experiment, roles: Roles) -> Array | None:
    """Return the true attributes of each brand's products, NaN where the line-up has none."""
    if inputs.offers is None:
        return None
    facts = np.full((len(experiment.brands), len(roles.attributes)), np.nan)
    at = [k for k in roles.attributes if k is not None]
    for b, brand in enumerate(experiment.brands):
        mean = inputs.offers.mean(brand)
        if mean is not None:
            facts[b] = mean[at]
    return facts


def _estimates(write: Writer, found: Separation, benchmark: str, origin: Origin) -> Iterator[Estimate]:
    names = _names(write.experiment)
    for part, what in PARTS.items():
        yield _told(write, getattr(found, part), (f"choice.belief.{part}.{benchmark}", what), origin)
    for lever in found.levers:
        yield from _lever(write, lever, names[lever.attribute], benchmark, origin)


def _lever(write: Writer, lever: Lever, attribute: str, benchmark: str, origin: Origin) -> Iterator[Estimate]:
    stem, n = f"choice.belief.lever.{attribute}", write.experiment.tasks.N
    share = lever.prevalence
    ends = (share.value, max(share.lo, 0.0), min(share.hi, 1.0))
    yield write.point(
        f"{stem}.prevalence.{benchmark}", "share who believe worse than the fact", ends, "share", (n, origin)
    )
    yield write.money(f"{stem}.cap.{benchmark}", "most that correcting this belief can bring", lever.cap, (n, origin))


def _told(write: Writer, part: Part, what: tuple[str, str], origin: Origin) -> Estimate:
    name, told = what
    if isinstance(part, Money):
        return write.money(name, told, part, (write.experiment.tasks.N, origin))
    if isinstance(part, Range):
        return Bound(
            id=name, what=told, lo=part.lo, hi=part.hi, unit=write.unit, n=write.experiment.tasks.N, tier=Tier.DESIGNED, origin=origin
        )  # fmt: skip
    assert isinstance(part, Absent)
    names = _names(write.experiment)
    facts = (("attributes", ", ".join(names[k] for k in part.attributes)),)
    return Refusal(id=name, what=told, why=part.why, needs=NEEDS[part.why], origin=origin, facts=facts)


def _checks(write: Writer, found: Separation, benchmark: str) -> Iterator[Check]:
    status = Status.PASS if found.rests == "information" else Status.REVIEW
    yield Check(
        id=f"choice.belief.rests.{benchmark}", status=status, why=f"misbelief rests on {found.rests}",
        do="" if status is Status.PASS else "tell some respondents the facts, by lot", facts=(("benchmark", benchmark),),
    )  # fmt: skip
    if found.strength is not None:
        weakest = int(np.argmin(found.strength.effective - found.strength.critical))
        facts: tuple[tuple[str, str | float | int], ...] = (
            ("benchmark", benchmark), ("effective", round(float(found.strength.effective[weakest]), 1)),
            ("critical", round(float(found.strength.critical[weakest]), 1)),
        )  # fmt: skip
        strong = found.strength.strong
        yield Check(
            id=f"choice.belief.strength.{benchmark}", status=Status.PASS if strong else Status.REVIEW,
            why="information strong" if strong else "information weak", do="" if strong else "ask more respondents", facts=facts,
        )  # fmt: skip
    for caution in found.caution:
        yield Check(
            id=f"choice.belief.caution.{caution.split()[0]}.{benchmark}", status=Status.REVIEW, why=caution,
            do="read the misbelief with it in mind", facts=(("benchmark", benchmark),),
        )  # fmt: skip
