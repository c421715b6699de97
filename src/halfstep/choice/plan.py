"""An experiment that is planned: from study.toml to factors and expected tastes, or to what is wrong with the settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.core.config_choice import ChoiceAttribute, Level, PlannedDesign
from halfstep.core.errors import StudyFaultsError
from halfstep.logit.power import Contrast
from halfstep.logit.profiles import Factor, Plan, candidates, dummies, numeric
from halfstep.logit.tasks import Array

__all__ = ["STUDY", "PlannedExperiment", "planned", "stated_tastes", "without_base"]

STUDY = "study.toml"
SEPARATOR = " "


@dataclass(frozen=True, slots=True, eq=False)
class PlannedExperiment:
    """A planned experiment in the study's terms.

    Attributes
    ----------
    plan
        Factors: price, attributes, brand. Columns are named as tastes are in `[choice.design] prior`.
    levels
        Of each factor its levels as the study writes them.
    bases
        Column name of each level that has no column -> the columns that are worth something against it.
    contrast
        Benchmark less focal brand.
    """

    plan: Plan
    levels: tuple[tuple[Level, ...], ...]
    bases: dict[str, tuple[str, ...]]
    contrast: Contrast


def planned(config: StudyConfig, asked: PlannedDesign) -> PlannedExperiment:
    """Return what `[choice.design]` asks for.

    Raises
    ------
    StudyFaultsError
        With everything that is wrong with its levels, brands and prohibited combinations.
    """
    known = {a.id: a for a in config.choice.attributes}
    if faults := tuple(_faults(config, asked)):
        raise StudyFaultsError(faults)
    bases: dict[str, tuple[str, ...]] = {}
    factors, levels = [numeric("price", np.array(asked.prices), -1)], [tuple[Level, ...](asked.prices)]
    for id_, shown in asked.levels.items():
        factors.append(_factor(known[id_], shown, bases))
        levels.append(shown)
    names = tuple(f"brand{SEPARATOR}{brand}" for brand in asked.brands)
    factors.append(_dummies("brand", names, asked.brands.index(config.study.benchmarks[0]), bases))
    levels.append(asked.brands)
    place = {factor.name: f for f, factor in enumerate(factors)}
    prohibited = tuple(
        tuple((place[name], _index(levels[place[name]], level)) for name, level in combination.items())
        for combination in asked.prohibited
    )
    plan = Plan(tuple(factors), asked.tasks, asked.alternatives, asked.versions, asked.none, prohibited)
    listed = candidates(plan)
    if listed is not None and len(listed) < asked.alternatives:
        what = f"expected {asked.alternatives} profiles or more for a task; what is prohibited leaves {len(listed)}"
        raise StudyFaultsError((_fault("prohibited", what, "prohibit less, or name more levels"),))
    return PlannedExperiment(plan, tuple(levels), bases, _contrast(config, plan))


def stated_tastes(experiment: PlannedExperiment, asked: PlannedDesign) -> Array:
    """Return the tastes written in `[choice.design] prior`, in the order of the plan's columns.

    Raises
    ------
    StudyFaultsError
        If one is missing or of something that is not shown, or price is not disliked.
    """
    columns = experiment.plan.columns
    known = (*columns, *experiment.bases)
    faults = [
        _fault(
            f"prior.{name}", f"expected one of {', '.join(repr(k) for k in known)}", "correct the name, or take it out"
        )
        for name in asked.prior
        if name not in known
    ]
    faults += [
        _fault("prior", f"no taste is stated for {name!r}", f'write "{name}" = ..., in units of utility')
        for name in columns
        if name not in asked.prior
    ]
    if asked.prior.get("price", -1.0) >= 0:
        what = f"expected a price taste below zero; got {asked.prior['price']:g}: nothing is measurable in money"
        faults.append(_fault("prior.price", what, "write what a unit of money takes off utility, as -0.5"))
    if faults:
        raise StudyFaultsError(tuple(faults))
    return without_base(experiment, asked.prior)


def without_base(experiment: PlannedExperiment, tastes: Mapping[str, float]) -> Array:
    """Return tastes against the plan's own bases, where they are told against others."""
    columns = experiment.plan.columns
    b = np.array([tastes[name] for name in columns], dtype=np.float64)
    for base, others in experiment.bases.items():
        for k, name in enumerate(columns):
            if name in others or name == "none":
                b[k] -= tastes.get(base, 0.0)
    return b


def _factor(attribute: ChoiceAttribute, shown: tuple[Level, ...], bases: dict[str, tuple[str, ...]]) -> Factor:
    if not attribute.levels:
        better = {"more": 1, "less": -1, "unsaid": 0}[attribute.better]
        return numeric(attribute.id, np.array([float(level) for level in shown]), better)
    names = tuple(f"{attribute.id}{SEPARATOR}{level}" for level in shown)
    base = shown.index(attribute.levels[0]) if attribute.levels[0] in shown else 0
    return _dummies(attribute.id, names, base, bases)


def _dummies(name: str, names: tuple[str, ...], base: int, bases: dict[str, tuple[str, ...]]) -> Factor:
    found = dummies(name, names, base)
    bases[names[base]] = found.columns
    return found


def _contrast(config: StudyConfig, plan: Plan) -> Contrast:
    """The benchmark is the base: its term is zero."""
    focal = np.array([-float(name == f"brand{SEPARATOR}{config.study.focal}") for name in plan.columns])
    return Contrast(focal, plan.columns.index("price"), focal)


def _index(levels: tuple[Level, ...], level: Level) -> int:
    return next(k for k, known in enumerate(levels) if known == level)


def _faults(config: StudyConfig, asked: PlannedDesign) -> Iterator[Fault]:
    """Yield what the data floor does not see, which knows attributes and levels by name only."""
    shown: dict[str, tuple[Level, ...]] = {"price": asked.prices, **asked.levels, "brand": asked.brands}
    for name, levels in shown.items():
        if len(set(levels)) < max(len(levels), 2):
            place = {"price": "prices", "brand": "brands"}.get(name, f"levels.{name}")
            yield _fault(place, f"expected two or more, each once; got {list(levels)}", "correct the list")
    for brand in (config.study.focal, config.study.benchmarks[0]):
        if brand not in asked.brands:
            yield _fault("brands", f"expected {brand!r}: the gap is between it and another", "add it")
    for k, combination in enumerate(asked.prohibited):
        for name, level in combination.items():
            if name not in shown or level not in shown[name]:
                yield _fault(f"prohibited.{k}", f"{name} = {level!r} is never shown anyway", "take it out, or show it")
        if len(combination) < 2:
            what = f"expected two things that do not go together; got {combination}"
            yield _fault(f"prohibited.{k}", what, "name another, or leave the level out of the design")


def _fault(key: str, what: str, mend: str) -> Fault:
    return Fault(table=STUDY, column=f"choice.design.{key}", what=what, mend=mend)
