"""Tastes of an experiment, of all respondents and of each segment: one fit a node, errors by respondent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from halfstep.core.config import StudyConfig
from halfstep.logit.covariance import covariance
from halfstep.logit.mixed import fit_mixed
from halfstep.logit.mnl import fit_multinomial
from halfstep.logit.money import Money, in_money
from halfstep.logit.records import MixedFit, MixedSpec, Multinomial
from halfstep.logit.tasks import Array
from halfstep.market.experiment import Experiment

__all__ = ["Node", "Unfit", "fit_node", "mixed_spec", "with_mixed"]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """Tastes of one group of respondents.

    Attributes
    ----------
    id
        Segment id; "all" for everybody.
    experiment
        Their part of the experiment.
    plain
        The conditional logit.
    mixed
        Tastes that differ between them; None where they are taken in common.
    b
        Mean tastes, shape (K,), as U = x'b; of a mixed logit in wtp space in money, with -1 at price.
    covariance
        Shape (K, K), as `StudyConfig.choice.covariance` says.
    influence
        What each respondent's error adds, shape (N, K); ``influence' influence`` is the covariance by respondent.
    """

    id: str
    experiment: Experiment
    plain: Multinomial
    mixed: MixedFit | None
    b: Array
    covariance: Array
    influence: Array

    @property
    def freedom(self) -> float:
        """Degrees of freedom: respondents less one."""
        return float(self.experiment.tasks.N - 1)

    def money(self, a: Array, level: float) -> Money | None:
        """Return the worth of ``a'b`` in money; None where it is not measurable in money."""
        return in_money(a, self.b, self.covariance, 0, (self.freedom, level))

    def unmeasured(self, level: float) -> str:
        """Return why nothing has a worth in money where it has none."""
        t = float(stdtrit(self.freedom, 0.5 + level / 2))
        dearer = float(self.plain.b[0]) - t * float(np.sqrt((self.influence[:, 0] ** 2).sum())) > 0
        return "dearer profiles chosen more" if dearer and self.mixed is None else "not measurable in money"

    def unit(self, kind: str, of: str = "", level: str = "") -> Array:
        """Return the weights of one coefficient, shape (K,); zero for the base."""
        columns = self.experiment.columns
        return np.array([float((c.kind, c.of, c.level) == (kind, of, level)) for c in columns])


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a group of respondents has no tastes.

    Attributes
    ----------
    why
        "collinear columns", "choices foretold by a column", "too few respondents", "no listed cell".
    names
        Keys of the columns at fault.
    """

    why: str
    names: tuple[str, ...] = ()


TROUBLES = {"collinear": "collinear columns", "separated": "choices foretold by a column"}


def fit_node(experiment: Experiment, config: StudyConfig, segment: str = "all") -> Node | Unfit:
    """Fit the conditional logit of a segment on what its respondents chose where names and attributes were shown."""
    people = (experiment.role == "listed") & experiment.segments[segment]
    if segment != "all" and int(people.sum()) < config.choice.min_respondents:
        return Unfit("too few respondents", (str(int(people.sum())),))
    if int(people.sum()) < 2:
        return Unfit("no listed cell")
    mine = experiment.of(people)
    fit = fit_multinomial(mine.tasks)
    if fit.trouble:
        return Unfit(TROUBLES[fit.trouble], tuple(mine.columns[k].key for k in fit.columns))
    scores = np.add.reduceat(fit.scores, mine.tasks.task[:-1], axis=0)
    N = mine.tasks.N
    influence = np.linalg.solve(fit.information, scores.T).T * np.sqrt(N / (N - 1))
    return Node(segment, mine, fit, None, fit.b, covariance(fit, mine.tasks, config.choice.covariance), influence)


def mixed_spec(experiment: Experiment, config: StudyConfig) -> MixedSpec | None:
    """Return what [choice.mixed] asks for; None where it asks for nothing."""
    asked = config.choice.mixed
    if asked is None:
        return None
    better = {a.id: -1 if a.better == "less" else 1 for a in config.choice.attributes}
    distribution, sign = [], []
    for column in experiment.columns:
        kind = {"price": asked.price, "brand": asked.brands, "attribute": asked.attributes.get(column.of, "fixed")}
        distribution.append(kind.get(column.kind, "fixed"))
        sign.append(-1 if column.kind == "price" else better.get(column.of, 1))
    return MixedSpec(
        tuple(distribution), tuple(sign), 0, asked.space, asked.correlated, asked.draws, asked.points, asked.antithetic,
        config.study.seed,
    )  # fmt: skip


def with_mixed(node: Node, config: StudyConfig, step: Callable[[int], None] = lambda _: None) -> Node | Unfit:
    """Return a node with tastes that differ between its respondents; `Unfit` where the data do not tell them."""
    spec = mixed_spec(node.experiment, config)
    assert spec is not None and config.choice.mixed is not None
    fit = fit_mixed(node.experiment.tasks, spec, starts=config.choice.mixed.starts, step=step)
    if fit.singular or not fit.converged:
        at_fault = np.flatnonzero(np.abs(np.diag(fit.information)) < 1e-10)
        names = tuple(node.experiment.columns[fit.names[p][1]].key for p in at_fault)
        every = tuple(
            dict.fromkeys(
                c.key for c, kind in zip(node.experiment.columns, spec.distribution, strict=True) if kind != "fixed"
            )
        )
        return Unfit("spread not told", names or every)
    slope, b = fit.slope, fit.means
    if spec.space == "wtp":
        b, slope = b.copy(), slope.copy()
        b[0], slope[0] = -1.0, 0.0
    N = node.experiment.tasks.N
    influence = np.linalg.solve(fit.information, fit.scores.T).T @ slope.T * np.sqrt(N / (N - 1))
    return Node(node.id, node.experiment, node.plain, fit, b, influence.T @ influence, influence)
