"""What a table of choices that is already there tells of a planned experiment: tastes, how far people differ, its own design."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.choice.plan import SEPARATOR, STUDY, PlannedExperiment, without_base
from halfstep.choice.tastes import Node, Unfit, fit_node
from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.core.config_choice import Level, PlannedDesign
from halfstep.core.errors import StudyFaultsError
from halfstep.logit.covariance import covariance
from halfstep.logit.design_check import DesignCheck, Shown, check_design
from halfstep.logit.power import spread_of_tasks
from halfstep.logit.tasks import Array, Codes
from halfstep.market.experiment import Column, Experiment
from halfstep.market.inputs import Inputs

__all__ = ["Pilot", "fielded_check", "pilot_tastes"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Pilot:
    """Tastes of a pilot's respondents, in the columns of the plan.

    Attributes
    ----------
    b
        Shape (K,).
    weights, people
        What the variance of the gap is multiplied by: because weights are uneven (clustered by task, over that of the inverse
        Hessian), and because people differ (clustered by respondent, over that by task, for the planned number of tasks).
    respondents, tasks
        Of the pilot; tasks a respondent.
    """

    b: Array
    weights: float
    people: float
    respondents: int
    tasks: int

    @property
    def inflation(self) -> float:
        """Both together."""
        return self.weights * self.people


def pilot_tastes(
    experiment: Experiment, plan: PlannedExperiment, config: StudyConfig, segment: str = "all"
) -> Pilot | None:
    """Return the tastes of a segment of a pilot; None where the segment cannot be fitted by itself.

    Raises
    ------
    StudyFaultsError
        If the pilot lacks a brand, attribute or level of the plan, or cannot be fitted or measured in money at all.
    """
    if segment not in experiment.segments:
        return None
    node = fit_node(experiment, config, segment)
    if isinstance(node, Unfit) or node.money(_gap(node, config), config.gap.level) is None:
        if segment != "all":
            return None
        why = (
            f"{node.why} {', '.join(node.names)}".strip()
            if isinstance(node, Unfit)
            else "nothing is measurable in money"
        )
        what = f"expected tastes from the table of choices; {why}"
        raise StudyFaultsError((_fault("tastes", what, 'state tastes: tastes = "stated", with prior'),))
    tastes = {_name(column): float(value) for column, value in zip(experiment.columns, node.b, strict=True)}
    tastes |= {f"brand{SEPARATOR}{experiment.base}": 0.0}
    tastes |= {f"{a.id}{SEPARATOR}{a.levels[0]}": 0.0 for a in config.choice.attributes if a.levels}
    missing = [name for name in (*plan.plan.columns, *plan.bases) if name not in tastes]
    if missing:
        raise StudyFaultsError(
            tuple(
                _fault("tastes", f"the table of choices tells no taste for {name!r}", "leave it out, or state tastes")
                for name in missing
            )
        )
    a, tasks = _gap(node, config), node.experiment.tasks
    by = {
        kind: float(a @ covariance(node.plain, tasks, kind) @ a)
        for kind in ("respondent", "task", "hessian normalised")
    }
    each = round(tasks.T / tasks.N)
    people = spread_of_tasks(by["respondent"] / by["task"], each, plan.plan.tasks)
    weights = max(by["task"] / by["hessian normalised"], 1.0)
    return Pilot(without_base(plan, tastes), weights, people, tasks.N, each)


def fielded_check(inputs: Inputs, config: StudyConfig, asked: PlannedDesign | None = None) -> DesignCheck | None:
    """Return what the tasks that respondents saw with names and attributes can tell; None where there are none.

    Errors are those at the tastes found, at equal chances where none can be; the worst, where it was asked, is left out.
    """
    experiment = inputs.experiment
    if experiment is None or not (experiment.role == "listed").any():
        return None
    mine = experiment.of(experiment.role == "listed")
    first = np.ones(mine.tasks.T, dtype=bool)
    if inputs.choices is not None and inputs.choices.has_worst:
        first[1::2] = False
    rows = np.repeat(first, np.diff(mine.tasks.row))
    tasks = mine.tasks.only(first)
    coded = _levels(mine, config)
    names = tuple(coded)
    better = {a.id: {"more": 1, "less": -1, "unsaid": 0}[a.better] for a in config.choice.attributes if not a.levels}
    shown = Shown(
        tasks.X, tasks.row, tuple(c.key for c in mine.columns), np.stack([coded[n][0][rows] for n in names], axis=1),
        names, tuple({"price": -1, **better}.get(name, 0) for name in names), tasks.N,
    )  # fmt: skip
    barred = []
    for combination in () if asked is None else asked.prohibited:
        pairs = [(names.index(n), coded[n][1].get(level, -2)) for n, level in combination.items() if n in coded]
        barred += [tuple(pairs)] * (len(pairs) == len(combination))
    node = fit_node(experiment, config)
    b = np.zeros(tasks.K) if isinstance(node, Unfit) else node.b
    return check_design(shown, b, tasks.N, tuple(barred))


def _levels(mine: Experiment, config: StudyConfig) -> dict[str, tuple[Codes, dict[Level, int]]]:
    """Return of each factor the code of each row, -1 of "none", and the codes of its levels."""
    X, none = mine.tasks.X, mine.index("none")
    listed = np.ones(len(X), dtype=bool) if not len(none) else X[:, none[0]] == 0
    out: dict[str, tuple[Codes, dict[Level, int]]] = {}
    numbers = {"price": mine.price} | {
        a.id: X[:, mine.index("attribute", a.id)[0]] for a in config.choice.attributes if not a.levels
    }
    for name, value in numbers.items():
        levels, code = np.unique(value[listed], return_inverse=True)
        out[name] = _coded(listed, code), {float(level): k for k, level in enumerate(levels)}
    for a in (a for a in config.choice.attributes if a.levels):
        place = X[:, mine.index("attribute", a.id)] @ np.arange(1.0, len(a.levels))
        out[a.id] = _coded(listed, place[listed].astype(np.int64)), {level: k for k, level in enumerate(a.levels)}
    if mine.brands:
        out["brand"] = _coded(listed, mine.brand[listed]), {brand: k for k, brand in enumerate(mine.brands)}
    return out


def _coded(listed: Mask, code: Codes) -> Codes:
    out = np.full(len(listed), -1, dtype=np.int64)
    out[listed] = code
    return out


def _name(column: Column) -> str:
    return (
        SEPARATOR.join(part for part in ("brand" if column.kind == "brand" else "", column.of, column.level) if part)
        or column.kind
    )


def _gap(node: Node, config: StudyConfig) -> Array:
    """Return the weights of benchmark less focal brand."""
    return node.unit("brand", config.study.benchmarks[0]) - node.unit("brand", config.study.focal)


def _fault(key: str, what: str, mend: str) -> Fault:
    return Fault(table=STUDY, column=f"choice.design.{key}", what=what, mend=mend)
