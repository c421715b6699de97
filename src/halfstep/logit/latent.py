"""Classes of people with tastes in common: an EM algorithm brings each start near an optimum, Newton steps arrive there.

References
----------
Bhat (1997), Transportation Science 31(1), 34-48: classes of choosers by EM, then by the likelihood itself.
Train (2008), Journal of Choice Modelling 1(1), 40-69: EM for panels of choices.
Lange (1995), JRSS B 57(2), 425-437: one Newton step is enough of an M step.
Louis (1982), JRSS B 44(2), 226-233: the information when something is missing.
Arthur & Vassilvitskii (2007), SODA, 1027-1035: starting centres far from each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from halfstep.core.errors import MisuseError
from halfstep.logit.mixture import At, Mixture, Prior, packed, unpacked
from halfstep.logit.records import LatentFit
from halfstep.logit.tasks import Array, Tasks

__all__ = ["Step", "fit_latent", "foretell_people"]

Step = Callable[[int, int], None]
"""Told how many starts (or fits) are done, of how many."""

_TRIES, _SHORT, _SLOW, _NEWTON, _ARRIVED = 4, 5, 0.05, 100, 1e-9
_FAR, _FLAT = 4.0, 1e-10
_RUNAWAY = 60.0
_EMPTY = 1.0


def fit_latent(
    tasks: Tasks, classes: int, rng: np.random.Generator, starts: int = 5, step: Step | None = None, prior: float = 0.0
) -> LatentFit:
    """Estimate the tastes and shares of classes.

    The covariance is the sandwich of Louis' information and of the scores of people, times N / (N - 1).

    Parameters
    ----------
    classes
        How many; one is the conditional logit.
    starts
        Random starts; the best optimum is returned.
    step
        Told after each start: done, of how many.
    prior
        Information, in tasks, that draws every class to the tastes that all share, and shares to equal ones. Zero is
        maximum likelihood, which has no maximum where a class always or never chooses something; 1 is enough then.

    Raises
    ------
    MisuseError
        If there are more classes than people, or less than one class or start.

    Examples
    --------
    Of forty people half follow each of two columns, in all of their eight tasks but one:

    >>> X = np.tile(np.eye(2), (320, 1))
    >>> side = np.repeat(np.arange(40) % 2, 8)
    >>> side[::8] = 1 - side[::8]
    >>> row = np.arange(0, 641, 2)
    >>> tasks = Tasks(X[:, :1], row, row[:-1] + side, np.arange(0, 321, 8), np.ones(40))
    >>> fit = fit_latent(tasks, 2, np.random.default_rng(0))
    >>> fit.share.round(2), np.sort(fit.b[:, 0]).round(2)
    (array([0.5, 0.5]), array([-1.95,  1.95]))
    """
    if not 1 <= classes <= tasks.N or starts < 1:
        raise MisuseError(
            f"expected 1 to {tasks.N} classes (one a person) and a start or more; got {classes}, {starts}"
        )
    # weights of mean one: the prior's tasks and the steps that are small enough count people, whatever the weights' unit
    mean = float(tasks.weight.mean())
    tasks = replace(tasks, weight=tasks.weight / mean)
    unit, mixture, pull = _laid_out(tasks, prior)
    common = _climb(mixture, pull.center[None], np.zeros(1), pull)
    found: list[_Summit] = []
    for start in range(starts if classes > 1 else 1):
        found.append(common if classes == 1 else _from_start(mixture, common.at, classes, rng, pull))
        if step is not None:
            step(start + 1, starts)
    best = max(found, key=lambda s: (s.at.value, s.converged))
    reached = tuple(sorted((mean * float(mixture.weight @ s.at.loglik) for s in found), reverse=True))
    fit = _fit(mixture, best, unit, pull, reached)
    return replace(fit, loglik=mean * fit.loglik)


def foretell_people(b: Array, share: Array, tasks: Tasks) -> Array:
    """Return the log likelihood of each person's choices who may be of any class, shape (N,); the weights are left out."""
    plain = Mixture.of(tasks, np.ones(tasks.K))
    by_class = plain.choices(b)[0] + np.log(share)[:, None]
    top = by_class.max(axis=0)
    return np.asarray(top + np.log(np.exp(by_class - top).sum(axis=0)))


@dataclass(frozen=True, slots=True, eq=False)
class _Summit:
    at: At
    converged: bool


def _laid_out(tasks: Tasks, worth: float) -> tuple[Array, Mixture, Prior]:
    """Return units of columns, the tasks in these units, and the prior round the tastes that all share."""
    spread = np.sqrt((tasks.differences()[0] ** 2).mean(axis=0))
    unit = np.where(spread > 0, spread, 1.0)
    mixture = Mixture.of(tasks, unit)
    nothing = np.zeros(tasks.K)
    flat = mixture.at(nothing[None], np.zeros(1), Prior(0.0, nothing, np.eye(tasks.K)))
    at_zero = mixture.informations(flat, mixture.scores(flat.P)[0])[0]
    at_zero /= float(mixture.weight @ np.diff(tasks.task))
    center = _climb(mixture, nothing[None], np.zeros(1), Prior(worth, nothing, at_zero)).at.B[0]
    return unit, mixture, Prior(worth, center, at_zero)


def _from_start(mixture: Mixture, common: At, classes: int, rng: np.random.Generator, prior: Prior) -> _Summit:
    """Group people at random by how they depart from common tastes, four times; EM from the best after a few rounds; Newton."""
    G, S = mixture.scores(common.P)
    values, vectors = np.linalg.eigh(mixture.informations(common, G)[0])
    kept = values > _FLAT * values[-1]
    features = S[0] @ (vectors[:, kept] / np.sqrt(values[kept])) / np.sqrt(np.diff(mixture.task))[:, None]
    start = mixture.at(np.repeat(common.B, classes, axis=0), np.full(classes, -np.log(classes)), prior)
    tries = []
    for _ in range(_TRIES):
        group = _groups(features, classes, rng)
        h = np.where(group == np.arange(classes)[:, None], 0.9, 0.1 / (classes - 1))
        tries.append(_em(mixture, replace(start, value=-np.inf, posterior=h), prior, rng, _SHORT))
    at = _em(mixture, max(tries, key=lambda t: t.value), prior, rng)
    return _climb(mixture, at.B, at.log_share, prior)


def _groups(x: Array, classes: int, rng: np.random.Generator) -> Array:
    """Return a group of each row: centres drawn far apart (k-means++), in some random directions, then moved ten times."""
    few = min(x.shape[1], classes + 1)
    x = x @ np.linalg.qr(rng.standard_normal((x.shape[1], x.shape[1])))[0][:, :few]
    centers = x[rng.integers(len(x), size=1)]
    while len(centers) < classes:
        away = ((x[:, None] - centers) ** 2).sum(axis=2).min(axis=1)
        centers = np.vstack([centers, x[rng.choice(len(x), p=away / away.sum()) if away.sum() > 0 else 0]])
    for _ in range(10):
        nearest = ((x[:, None] - centers) ** 2).sum(axis=2).argmin(axis=1)
        for c in np.unique(nearest):
            centers[c] = x[nearest == c].mean(axis=0)
    return np.asarray(nearest)


def _em(mixture: Mixture, at: At, prior: Prior, rng: np.random.Generator, rounds: int = 60) -> At:
    """Return where EM, an M step being one Newton step a class, has become slow; empty classes start again, thrice at most."""
    W, C, mended = mixture.weight, len(at.B), 0
    for _ in range(rounds):
        mass = at.posterior @ W
        if mass.min() < _EMPTY * W.mean() and mended < 3:
            mended += 1
            at = _refilled(mixture, at, prior, rng)
            mass = at.posterior @ W
        G, S = mixture.scores(at.P)
        M = mixture.informations(at, G) + prior.worth * prior.unit
        slope = np.einsum("cn,cnk->ck", W * at.posterior, S) + prior.worth * (prior.center - at.B) @ prior.unit
        move = np.stack([_ascent(M[c], slope[c])[0] for c in range(C)])
        log_share = np.log((mass + prior.worth / C) / (W.sum() + prior.worth))
        old, length = at.value, 1.0
        for _ in range(8):
            at_next = mixture.at(at.B + length * move, log_share, prior)
            if at_next.value >= old:
                break
            length *= 0.5
        at = at_next
        if at.value - old < _SLOW:
            break
    return at


def _refilled(mixture: Mixture, at: At, prior: Prior, rng: np.random.Generator) -> At:
    """Give an empty class the tastes of the largest, shaken, and half of its people."""
    B, share = at.B.copy(), np.exp(at.log_share)
    empty, full = int(share.argmin()), int(share.argmax())
    B[empty] = B[full] + 0.5 * rng.standard_normal(B.shape[1])
    share[[empty, full]] = 0.5 * share[full]
    return mixture.at(B, np.log(share / share.sum()), prior)


def _ascent(info: Array, slope: Array) -> tuple[Array, bool]:
    """Return a step that goes up: Newton's, negative curvature turned round; and whether there was none."""
    values, vectors = np.linalg.eigh(info)
    top = max(float(np.abs(values).max()), np.finfo(float).tiny)
    step = vectors @ ((vectors.T @ slope) / np.maximum(np.abs(values), 1e-9 * top))
    return step * min(1.0, _FAR / max(float(np.abs(step).max()), _FAR)), bool(values[0] > -1e-8 * top)


def _climb(mixture: Mixture, B: Array, log_share: Array, prior: Prior) -> _Summit:
    """Climb to an optimum by Newton steps, shortened until they go up."""
    at = mixture.at(B, log_share, prior)
    for _ in range(_NEWTON):
        scores, info = mixture.derivatives(at, prior)
        slope = mixture.gradient(at, scores, prior)
        move, concave = _ascent(info, slope)
        promised, theta = float(slope @ move), packed(at.B, at.log_share)
        if promised < _ARRIVED:
            last = mixture.at(*unpacked(theta + move, len(B)), prior)
            return _Summit(last if np.isfinite(last.value) else at, concave)
        if np.abs(theta).max() > _RUNAWAY:
            break
        for halving in range(30):
            higher = mixture.at(*unpacked(theta + 0.5**halving * move, len(B)), prior)
            if higher.value >= at.value + 1e-4 * 0.5**halving * promised:
                break
        else:
            break
        at = higher
    return _Summit(at, False)


def _fit(mixture: Mixture, summit: _Summit, unit: Array, prior: Prior, reached: tuple[float, ...]) -> LatentFit:
    """Order the classes by share, give columns their own units, and find the covariance."""
    order = np.argsort(-summit.at.log_share, kind="stable")
    at = mixture.at(summit.at.B[order], summit.at.log_share[order], prior)
    scores, info = mixture.derivatives(at, prior)
    C = len(at.B)
    scale = np.concatenate([np.tile(1.0 / unit, C), np.ones(C - 1)])
    return LatentFit(
        b=at.B / unit,
        share=np.exp(at.log_share),
        loglik=float(mixture.weight @ at.loglik),
        posterior=np.ascontiguousarray(at.posterior.T),
        covariance=_sandwich(info, scores) * np.outer(scale, scale),
        starts=reached,
        converged=summit.converged,
    )


def _sandwich(info: Array, scores: Array) -> Array:
    """Return the covariance by person; NaN for parameters on which the information is silent."""
    values, vectors = np.linalg.eigh(info)
    told = values > _FLAT * values[-1]
    bread = (vectors[:, told] / values[told]) @ vectors[:, told].T
    N = len(scores)
    covariance = bread @ (scores.T @ scores) @ bread * (N / (N - 1) if N > 1 else np.nan)
    silent = (np.abs(vectors[:, ~told]) > 1e-6).any(axis=1)
    covariance[silent] = covariance[:, silent] = np.nan
    return np.asarray(covariance)
