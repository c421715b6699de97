"""What the room says of tastes: price taste, worth of attributes and names, spreads, errors by other conventions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.special import stdtrit

from halfstep.choice.tastes import Node, Unfit
from halfstep.choice.writer import Writer
from halfstep.core.check import Check, Status
from halfstep.core.estimate import Estimate, Tier
from halfstep.core.tastes import Tastes
from halfstep.logit.covariance import covariance, mixed_covariance
from halfstep.logit.tasks import Array

__all__ = ["beyond", "fit_checks", "node_estimates", "plain_beside", "spreads", "tastes_of", "unfit_estimates"]

CONVENTIONS = ("task", "hessian", "hessian normalised")
"""How printed tables often reckon errors, beside those by respondent."""


def node_estimates(write: Writer, node: Node) -> Iterator[Estimate]:
    """Yield the price taste of a node and what each attribute and each name is worth in money."""
    method = "choice.mnl" if node.mixed is None else f"choice.mixed.{node.mixed.spec.space}"
    n = node.experiment.tasks.N
    by = (n, write.origin(method, node.experiment))
    if node.mixed is None or node.mixed.spec.space == "preference":
        se = float(np.sqrt(node.covariance[0, 0]))
        half = float(stdtrit(node.freedom, 0.5 + write.level / 2)) * se
        alpha = -float(node.b[0])
        yield write.point(
            f"choice.alpha.{node.id}",
            "alpha of the experiment",
            (alpha, alpha - half, alpha + half),
            "utils per money unit",
            by,
        )
    for k, column in enumerate(node.experiment.columns):
        if column.kind in ("price", "none"):
            continue
        a = np.zeros(len(node.b))
        a[k] = 1.0
        what = "worth of a name over the base" if column.kind == "brand" else "worth of a unit of an attribute"
        why = node.unmeasured(write.level)
        yield write.money(f"choice.worth.{column.key}.{node.id}", what, node.money(a, write.level), by, why)


def plain_beside(write: Writer, node: Node) -> Iterator[Estimate]:
    """Yield the same worths by the conditional logit, where tastes that differ carry the lens."""
    if node.mixed is None:
        return
    by_convention = covariance(node.plain, node.experiment.tasks, write.config.choice.covariance)
    plain = replace(node, mixed=None, b=node.plain.b, covariance=by_convention)
    for e in node_estimates(write, plain):
        if e.id.startswith("choice.worth."):
            yield replace(e, id=e.id.replace(".worth.", ".plain.", 1).removesuffix(f".{node.id}"))


def spreads(write: Writer, node: Node) -> Iterator[Estimate]:
    """Yield how far tastes differ between respondents: the scale of each column that has one."""
    fit = node.mixed
    if fit is None:
        return
    by = (node.experiment.tasks.N, write.origin(f"choice.mixed.{fit.spec.space}", node.experiment))
    robust = mixed_covariance(fit)
    t = float(stdtrit(node.freedom, 0.5 + write.level / 2))
    for p, (kind, k) in enumerate(fit.names):
        if kind == "scale":
            value, se = float(fit.theta[p]), float(np.sqrt(max(robust[p, p], 0.0)))
            in_money = fit.spec.space == "wtp" and k != fit.spec.price and fit.spec.distribution[k] != "lognormal"
            unit = write.unit if in_money else "number"
            ends = (value, max(value - t * se, 0.0), value + t * se)
            yield write.point(f"choice.spread.{node.experiment.columns[k].key}", "spread of a taste", ends, unit, by)


def unfit_estimates(write: Writer, segment: str, unfit: Unfit) -> Iterator[Estimate]:
    """Yield the refusal of a node."""
    facts = (("segment", segment), ("names", ", ".join(unfit.names)))
    yield write.refusal(
        f"choice.tastes.{segment}", "tastes of the experiment", unfit.why, write.origin("choice.mnl"), facts
    )


def beyond(write: Writer, node: Node) -> Iterator[Check]:
    """Yield which worths are larger than any difference of prices that was shown: nobody was ever asked to trade that much."""
    shown = node.experiment.best()
    prices = shown.price[shown.brand >= 0]
    spread = float(prices.max() - prices.min()) if len(prices) else 0.0
    names = []
    for k, column in enumerate(node.experiment.columns):
        found = node.money(np.eye(len(node.b))[k], write.level) if column.kind in ("attribute", "brand") else None
        of = shown.tasks.X[:, k]
        if found is not None and abs(found.value) * float(of.max() - of.min()) > spread:
            names.append(column.key)
    if names:
        facts: tuple[tuple[str, str | float | int], ...] = (("names", ", ".join(names)), ("spread", round(spread, 6)))
        yield Check(
            id="choice.beyond", status=Status.REVIEW, why="worth beyond the prices shown", do="show prices further apart", facts=facts
        )  # fmt: skip


def fit_checks(write: Writer, node: Node) -> Iterator[Check]:
    """Yield what the fit rests on: sizes, fit, and how far errors by other conventions are from those by respondent."""
    fit, tasks = node.plain, node.experiment.tasks
    facts: tuple[tuple[str, str | float | int], ...] = (
        ("respondents", tasks.N), ("tasks", tasks.T), ("rows", len(tasks.X)), ("loglik", round(fit.loglik, 1)),
        ("null", round(fit.loglik_null, 1)), ("share", round(1 - fit.loglik / fit.loglik_null, 3)),
    )  # fmt: skip
    yield Check(id="choice.fit", status=Status.PASS, why="fit of the experiment", facts=facts)
    own = np.sqrt(np.diag(covariance(fit, tasks, "respondent")))
    for kind in CONVENTIONS:
        ratio = own / np.sqrt(np.diag(covariance(fit, tasks, kind)))
        yield Check(
            id=f"choice.errors.{kind.replace(' ', '_')}", status=Status.PASS if ratio.max() < 1.5 else Status.REVIEW,
            why="errors by another convention", do="" if ratio.max() < 1.5 else "read printed tables with it in mind",
            facts=(("convention", kind), ("least", round(float(ratio.min()), 2)), ("most", round(float(ratio.max()), 2))),
        )  # fmt: skip
    if write.config.choice.covariance != "respondent" and node.mixed is None:
        yield Check(
            id="choice.convention", status=Status.REVIEW, why="errors not by respondent", do="cluster by respondent",
            facts=(("convention", write.config.choice.covariance),),
        )  # fmt: skip
    if node.mixed is not None:
        found = node.mixed
        apart = sum(abs(other - found.starts[0]) > 0.01 for other in found.starts)
        yield Check(
            id="choice.starts", status=Status.PASS if apart == 0 else Status.REVIEW, why="optima from several starts",
            do="" if apart == 0 else "raise draws and starts", facts=(
                ("starts", len(found.starts)), ("apart", apart), ("loglik", round(found.loglik, 2)), ("lowest", round(found.starts[-1], 2)),
                ("plain", round(fit.loglik, 2)), ("draws", found.spec.draws),
            ),
        )  # fmt: skip


def tastes_of(write: Writer, nodes: list[Node], contains: tuple[str, ...]) -> Tastes:
    """Return the tastes of all nodes in one record: alpha, attributes, and the brands' terms over the base."""
    first = nodes[0]
    columns = [k for k, c in enumerate(first.experiment.columns) if c.kind != "none"]
    symbol = {"price": "alpha", "attribute": "beta", "brand": "theta"}
    labels = [(symbol[first.experiment.columns[k].kind], _of(first, k)) for k in columns]
    sign = np.array([-1.0 if s == "alpha" else 1.0 for s, _ in labels])
    if first.experiment.base:
        labels.append(("theta", first.experiment.base))
    value = np.stack([_padded(node.b[columns] * sign, len(labels)) for node in nodes])
    return Tastes(
        lens="choice", nodes=tuple(node.id for node in nodes), labels=tuple(labels), value=value,
        covariance=_joint(write, nodes, columns, sign, len(labels)), contains=contains, is_taste=True, tier=Tier.DESIGNED,
        origin=write.origin("choice.mnl" if first.mixed is None else f"choice.mixed.{first.mixed.spec.space}"),
        freedom=tuple(node.freedom for node in nodes),
    )  # fmt: skip


def _of(node: Node, k: int) -> str:
    column = node.experiment.columns[k]
    return f"{column.of}={column.level}" if column.level else column.of


def _padded(values: Array, size: int) -> Array:
    return np.concatenate([values, np.zeros(size - len(values))])


def _joint(write: Writer, nodes: list[Node], columns: list[int], sign: Array, size: int) -> Array:
    """Return the covariance over nodes: people who are in two of them make their tastes err together."""
    place = {name: i for i, name in enumerate(write.experiment.respondent)}
    spread = np.zeros((len(place), len(nodes) * size))
    for g, node in enumerate(nodes):
        people = [place[name] for name in node.experiment.respondent]
        spread[np.ix_(people, range(g * size, g * size + len(columns)))] = node.influence[:, columns] * sign
    joint = spread.T @ spread
    for g, node in enumerate(nodes):
        at = slice(g * size, g * size + len(columns))
        joint[at, at] = node.covariance[np.ix_(columns, columns)] * np.outer(sign, sign)
    return joint
