"""How many types of buyers there are, what each values, and whether they are those that somebody expected."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halfstep.choice.tastes import Node
from halfstep.choice.writer import Writer
from halfstep.core.check import Check, Status
from halfstep.core.config_choice import BuyerType
from halfstep.core.estimate import Estimate
from halfstep.core.series import Series
from halfstep.logit.classes import PRICE, ClassCount, TypeMatch, count_classes, match_types
from halfstep.logit.foretelling import without_classes
from halfstep.logit.money import in_money
from halfstep.logit.tasks import Array

__all__ = ["classes"]

DRAWS = 200
"""Of the rival with tastes that differ without classes."""


def classes(write: Writer, node: Node, rng: np.random.Generator) -> Iterator[Estimate | Series | Check]:
    """Yield how many classes there are, their shares and tastes, and how they stand to the expected types."""
    most = min(write.config.choice.classes, node.experiment.tasks.N // 10)
    if most < 1:
        return
    rival = without_classes(0, DRAWS, write.config.study.seed)
    found = count_classes(node.experiment.tasks, most, rng, rival=rival)
    facts: tuple[tuple[str, str | float | int], ...] = (
        ("count", 0 if found.count is None else found.count), ("smallest", found.smallest), ("best", found.best), ("most", most),
        ("gain", round(found.gain, 3)), ("gain_error", round(found.gain_error, 3)), ("certainty", round(found.certainty, 2)),
        ("rival", "" if found.rival is None else round(found.rival, 3)),
        ("rival_error", "" if found.rival_error is None else round(found.rival_error, 3)),
    )  # fmt: skip
    told = found.count is not None
    yield Check(
        id="choice.classes", status=Status.PASS if told else Status.REVIEW, why=f"classes {found.reason}",
        do="" if told else "do not sell types of buyers", facts=facts,
    )  # fmt: skip
    by = (node.experiment.tasks.N, write.origin("choice.latent", node.experiment))
    name = tuple((str(count),) for count in found.counts)
    half = write.z * found.error
    held = (found.mean, found.mean - half, found.mean + half)
    yield write.series(
        "choice.heldout.classes", "log likelihood of people held out", "nats per person", (name, ("classes",)), held, by
    )
    if found.count is None or found.count < 2:
        return
    yield from _described(write, node, found, by[0])
    types = write.config.choice.types
    if types:
        match = match_types(found.fit, [_tastes(node, one) for one in types], rng, 0, _contrasts(node))
        yield from (_type(one, match, t) for t, one in enumerate(types))
        yield from _unexpected(match, len(types))


def _described(write: Writer, node: Node, found: ClassCount, n: int) -> Iterator[Estimate | Series]:
    """Yield the share of each class and what it pays for each column, in money where its price taste is told from zero."""
    fit, K = found.fit, len(node.experiment.columns)
    by = (n, write.origin("choice.latent", node.experiment))
    C = len(fit.share)
    ratio = fit.covariance[C * K :, C * K :]
    slope = np.diag(fit.share)[:, 1:] - np.outer(fit.share, fit.share[1:])
    se = np.sqrt(np.maximum(np.diag(slope @ ratio @ slope.T), 0.0))
    for c in range(C):
        ends = (
            float(fit.share[c]),
            max(float(fit.share[c] - write.z * se[c]), 0.0),
            min(float(fit.share[c] + write.z * se[c]), 1.0),
        )
        yield write.point(f"choice.class.{c + 1}.share", "share of a class", ends, "share", by)
        at = slice(c * K, (c + 1) * K)
        for k, column in enumerate(node.experiment.columns):
            if column.kind not in ("attribute", "brand"):
                continue
            a = np.eye(K)[k]
            money = in_money(a, fit.b[c], fit.covariance[at, at], 0, (float(n - 1), write.level))
            what = "worth of a name over the base" if column.kind == "brand" else "worth of a unit of an attribute"
            yield write.money(f"choice.class.{c + 1}.worth.{column.key}", what, money, by)


def _contrasts(node: Node) -> Array:
    """Return the columns as tastes, brands against the mean of all brands; the base brand comes last."""
    K, at = len(node.experiment.columns), node.experiment.index("brand")
    W = np.eye(K + 1, K)
    W[np.ix_(np.append(at, K), at)] -= 1 / (len(at) + 1)
    return W


def _tastes(node: Node, one: BuyerType) -> dict[int, int]:
    """Return taste, a row of `_contrasts`, -> 1 where it is above the average in a type, -1 where below."""
    out: dict[int, int] = {}
    for name, side in one.tastes.items():
        kind, _, brand = name.partition(" ")
        if name == "price":
            wanted = [PRICE]
        else:
            by_name = kind == "brand" and brand
            wanted = node.experiment.index(*(("brand", brand) if by_name else ("attribute", name))).tolist()
            if by_name and brand == node.experiment.base:
                wanted = [len(node.experiment.columns)]
        out |= dict.fromkeys(wanted, 1 if side == "above" else -1)
    return out


def _type(one: BuyerType, match: TypeMatch, t: int) -> Check:
    """Return whether a class is an expected type's, with the largest probability that any is."""
    hit, p = match.found[t], match.probability[t]
    facts: tuple[tuple[str, str | float | int], ...] = (
        ("type", one.id), ("class", 0 if hit is None else hit + 1), ("p", round(float(np.nanmax(p)), 3) if np.isfinite(p).any() else 0.0),
        ("source", one.source),
    )  # fmt: skip
    why = "an expected type is not found" if hit is None else "an expected type is found"
    return Check(id=f"choice.type.{one.id}", status=Status.REVIEW if hit is None else Status.PASS, why=why, facts=facts)


def _unexpected(match: TypeMatch, expected: int) -> Iterator[Check]:
    """Yield which classes nobody expected."""
    left = [c + 1 for c in range(len(match.price_taste)) if c not in match.found]
    if left:
        facts = (("classes", ", ".join(map(str, left))), ("expected", expected), ("count", len(match.price_taste)))
        yield Check(id="choice.types", status=Status.REVIEW, why="classes that nobody expected", facts=facts)
