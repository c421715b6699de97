"""How many classes of people there are, by how well they foretell people whom the fit has not seen.

References
----------
Breiman, Friedman, Olshen & Stone (1984), Classification and Regression Trees, 3.4.3: the smallest model within one standard
error of the best.
Smyth (2000), Statistics and Computing 10(1), 63-72: the number of classes by cross-validated likelihood.
Nagin (2005), Group-Based Modeling of Development, 5.4: classes that can be told apart have a mean posterior of .7 or more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from halfstep.core.errors import MisuseError
from halfstep.logit.latent import Step, fit_latent, foretell_people
from halfstep.logit.mixture import packed
from halfstep.logit.records import LatentFit
from halfstep.logit.tasks import Array, Codes, Tasks

__all__ = ["PRICE", "ClassCount", "Rival", "TypeMatch", "count_classes", "match_types"]

Rival = Callable[[Tasks, Tasks], Array]
"""Given the tasks that are fitted and those of other people: the log likelihood of each of these, shape (N',)."""

PRICE = -1
"""Stands in an expected type for how much a unit of money counts."""

_BEYOND = 1.645
_CERTAIN = 0.7
_PRIOR = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class ClassCount:
    """Counts of classes compared on people held out.

    Attributes
    ----------
    counts
        Numbers of classes tried.
    mean, error
        Held-out log likelihood per person of each, and its standard error.
    difference, difference_error
        The mean less that of the best, and its standard error: paired, by person. Zero at the best.
    best
        Count with the largest mean.
    smallest
        Smallest count within one standard error of the best.
    count
        The answer; None where there is none.
    reason
        "found"; "one" (no larger count is better than one class by a standard error); "unclear" (one is, but not beyond
        error); "not separated" (of too many people it is uncertain to which class they belong); "continuous" (another model,
        of tastes that differ without classes, foretells held-out people as well: there are no clear classes).
    gain, gain_error
        By how much the smallest count is better than one class, per person.
    rival, rival_error
        By how much the smallest count is better than the rival, per person; None without one.
    certainty
        Smallest over classes of the mean posterior of those who are most likely of the class; 1 for one class.
    fit
        Fit of the smallest count to everybody.
    """

    counts: tuple[int, ...]
    mean: Array
    error: Array
    difference: Array
    difference_error: Array
    best: int
    smallest: int
    count: int | None
    reason: str
    gain: float
    gain_error: float
    rival: float | None
    rival_error: float | None
    certainty: float
    fit: LatentFit


@dataclass(frozen=True, slots=True, eq=False)
class TypeMatch:
    """Types of people that somebody expects against the classes found.

    Attributes
    ----------
    probability
        That a class is on the expected side of the average in all tastes of a type, shape (types, C); NaN where the fit has
        no covariance.
    found
        Of each type the class with the largest probability, where that is large enough; else None.
    unmatched
        Classes that are no type's.
    value
        Of each class what each taste is worth in money, shape (C, Q); NaN where money does not count for the class. Without a
        price column, in utility.
    average
        The same of all people: ratio of share-weighted means, shape (Q,).
    price_taste
        Utility of a unit of money less spent, shape (C,); NaN without a price column.
    """

    probability: Array
    found: tuple[int | None, ...]
    unmatched: tuple[int, ...]
    value: Array
    average: Array
    price_taste: Array


def count_classes(
    tasks: Tasks,
    most: int,
    rng: np.random.Generator,
    folds: int = 5,
    step: Step | None = None,
    rival: Rival | None = None,
    starts: int = 5,
) -> ClassCount:
    """Say how many classes there are, or that it is unclear.

    People are put into folds at random; each count is fitted to all folds but one, with a prior worth one task, and foretells
    the people of that one. The best count has the largest mean log likelihood; the answer is the smallest count within one
    standard error of the best, unless

    - it is more than one, but not better than one class beyond error (one-sided 5%);
    - its classes cannot be told apart;
    - a rival is not worse beyond error (or, where it is one class, better beyond error).

    Parameters
    ----------
    most
        Largest count tried.
    step
        Told after each fit: done, of how many.

    Raises
    ------
    MisuseError
        If there are fewer people than folds, or than twice the classes.
    """
    if most < 1 or folds < 2 or max(folds, 2 * most) > tasks.N:
        raise MisuseError(
            f"expected {max(folds, 2 * most)} people or more for {most} classes in {folds} folds; got {tasks.N}"
        )
    counts = tuple(range(1, most + 1))
    held, other = _held_out(tasks, counts, rng, folds, step, rival, starts)
    mean, error = _mean(held, tasks.weight)
    best = int(mean.argmax())
    difference, apart = _mean(held - held[best], tasks.weight)
    smallest = int(np.flatnonzero(difference >= -apart)[0])
    fit = fit_latent(tasks, counts[smallest], rng, starts, prior=_PRIOR)
    if step is not None:
        step(folds * most + 1, folds * most + 1)
    gain, gain_error = (float(x) for x in _mean(held[smallest] - held[0], tasks.weight))
    beside = None if other is None else tuple(float(x) for x in _mean(held[smallest] - other, tasks.weight))
    certainty = _certainty(fit.posterior)
    reason = _reason(smallest, (gain, gain_error), beside, certainty)
    return ClassCount(
        counts=counts,
        mean=mean,
        error=error,
        difference=difference,
        difference_error=apart,
        best=counts[best],
        smallest=counts[smallest],
        count=counts[smallest] if reason in ("found", "one") else None,
        reason=reason,
        gain=gain,
        gain_error=gain_error,
        rival=None if beside is None else beside[0],
        rival_error=None if beside is None else beside[1],
        certainty=certainty,
        fit=fit,
    )


def _held_out(
    tasks: Tasks,
    counts: tuple[int, ...],
    rng: np.random.Generator,
    folds: int,
    step: Step | None,
    rival: Rival | None,
    starts: int,
) -> tuple[Array, Array | None]:
    """Return the held-out log likelihood of each person under each count, (counts, N), and under the rival, (N,)."""
    fold: Codes = np.arange(tasks.N) % folds
    fold = rng.permutation(fold)
    held = np.empty((len(counts), tasks.N))
    other = None if rival is None else np.empty(tasks.N)
    for f in range(folds):
        inside, outside = tasks.of(fold != f), tasks.of(fold == f)
        for i, count in enumerate(counts):
            fit = fit_latent(inside, count, rng, starts, prior=_PRIOR)
            held[i, fold == f] = foretell_people(fit.b, fit.share, outside)
            if step is not None:
                step(f * len(counts) + i + 1, folds * len(counts) + 1)
        if rival is not None and other is not None:
            other[fold == f] = rival(inside, outside)
    return held, other


def _mean(x: Array, weight: Array) -> tuple[Array, Array]:
    """Return the weighted mean over people and its standard error."""
    mean = np.asarray(x @ weight / weight.sum())
    away = (x - mean[..., None]) * weight
    N = len(weight)
    return mean, np.asarray(np.sqrt((away**2).sum(axis=-1) * N / (N - 1)) / weight.sum())


def _certainty(posterior: Array) -> float:
    """Return the smallest over classes of the mean posterior of those who are most likely of it; 0 if nobody is."""
    likeliest = posterior.argmax(axis=1)
    means = [posterior[likeliest == c, c].mean() if (likeliest == c).any() else 0.0 for c in range(posterior.shape[1])]
    return float(min(means))


def _reason(smallest: int, gain: tuple[float, float], rival: tuple[float, ...] | None, certainty: float) -> str:
    if smallest == 0:
        if rival is not None and rival[0] < -_BEYOND * rival[1]:
            return "continuous"
        return "one"
    if gain[0] <= _BEYOND * gain[1]:
        return "unclear"
    if rival is not None and rival[0] <= _BEYOND * rival[1]:
        return "continuous"
    return "not separated" if certainty < _CERTAIN else "found"


def match_types(
    fit: LatentFit,
    types: Sequence[Mapping[int, int]],
    rng: np.random.Generator,
    price: int | None,
    contrasts: Array | None = None,
    sure: float = 0.95,
    draws: int = 4_000,
) -> TypeMatch:
    """Compare classes with types told by the tastes in which they are above or below the average.

    With alpha_c the price taste of class c and b_ck its taste k, the class is above the average in k where
    ``alpha_c > 0`` and ``b_ck > alpha_c sum_d pi_d b_dk / sum_d pi_d alpha_d``: no ratio is taken that could explode. Draws
    are from the covariance of tastes and shares.

    Parameters
    ----------
    types
        Of each type: taste -> 1 (above) or -1 (below). A taste is a column, a row of `contrasts` if there are any, or PRICE.
    price
        Column of price; None where there is none, and tastes are compared in utility.
    contrasts
        Tastes as linear forms of the columns, shape (Q, K): a level against the mean of all levels, say.
    sure
        Probability from which a class is a type's.

    Raises
    ------
    MisuseError
        If a type has no taste, or one that is not there.
    """
    C, K = fit.b.shape
    W = np.eye(K) if contrasts is None else contrasts
    known = {*range(len(W)), *({PRICE} if price is not None else ())}
    if any(not t or not set(t) <= known or not set(t.values()) <= {-1, 1} for t in types):
        raise MisuseError(f"expected types with tastes among {sorted(known)}, each 1 or -1; got {list(types)}")
    theta = packed(fit.b, np.log(fit.share))
    probability = np.full((len(types), C), np.nan)
    if np.isfinite(fit.covariance).all():
        values, vectors = np.linalg.eigh(fit.covariance)
        drawn = theta + rng.standard_normal((draws, len(theta))) @ (vectors * np.sqrt(np.maximum(values, 0.0))).T
        share = np.exp(np.column_stack([np.zeros(draws), drawn[:, C * K :]]))
        side = _sides(drawn[:, : C * K].reshape(draws, C, K), share / share.sum(axis=1, keepdims=True), W, price)
        for i, t in enumerate(types):
            probability[i] = np.all([side[k] == s for k, s in t.items()], axis=0).mean(axis=0)
    likeliest = [int(np.argmax(p)) if np.isfinite(p).all() and p.max() >= sure else None for p in probability]
    alpha = np.full(C, np.nan) if price is None else -fit.b[:, price]
    money = np.ones(C) if price is None else np.where(alpha > 0, alpha, np.nan)
    scale = 1.0 if price is None else float(fit.share @ alpha)
    return TypeMatch(
        probability=probability,
        found=tuple(likeliest),
        unmatched=tuple(c for c in range(C) if not (probability[:, c] >= sure).any()),
        value=fit.b @ W.T / money[:, None],
        average=fit.share @ fit.b @ W.T / (scale if scale > 0 else np.nan),
        price_taste=alpha,
    )


def _sides(b: Array, share: Array, W: Array, price: int | None) -> dict[int, Array]:
    """Return by taste on which side of the average each class is, (draws, C): 1, -1, or 0 where money does not count."""
    tastes = b @ W.T
    mean = np.einsum("nc,ncq->nq", share, tastes)[:, None]
    if price is None:
        return {q: np.sign(tastes - mean)[..., q] for q in range(len(W))}
    alpha = -b[..., price]
    of_all = (share * alpha).sum(axis=1, keepdims=True)
    counts = (alpha > 0) & (of_all > 0)
    away = tastes * of_all[..., None] - alpha[..., None] * mean
    return {**{q: np.sign(away[..., q]) * counts for q in range(len(W))}, PRICE: np.sign(alpha - of_all) * counts}
