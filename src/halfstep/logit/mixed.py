"""Mixed logit by simulated maximum likelihood, in utilities or in money.

Each start first climbs on some of the draws, where an evaluation is cheap, and then on all of them; starts that meet on the
way go on together.

References
----------
Revelt & Train (1998), Review of Economics and Statistics 80(4), 647-657: the likelihood of repeated choices. Train & Weeks
(2005): distributions of what is paid rather than of utilities. Revelt & Train (2000): tastes of one person given the choices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from halfstep.logit.ascent import Climb, Limits, climb, outer
from halfstep.logit.covariance import is_singular
from halfstep.logit.mnl import fit_multinomial
from halfstep.logit.points import points
from halfstep.logit.records import MixedFit, MixedSpec, Multinomial
from halfstep.logit.starts import begin, scatter
from halfstep.logit.tasks import Array, Tasks
from halfstep.logit.tastes import Layout, coefficients, layout
from halfstep.native import kernel
from halfstep.native.panel import CENSORED, Panel

__all__ = ["conditional_tastes", "fit_mixed", "taste_draws"]

_FEW, _PART = 64, 8
_ROUGH, _CLOSE, _MET = 0.1, 1e-5, 0.5
_BLUNT, _STALE = 1e-3, 4
_SUSPECT, _VERY = 1e-3, 1e-13
_SAYS, _TINY = 1e-6, 1e-12
_STEP, _STEP_ACROSS, _LONGEST = 1e-5, 0.2, 1e-2
_CELLS = 1 << 20


@dataclass(slots=True, eq=False)
class _Likelihood:
    """Log likelihood and scores at theta, by the kernel; counts what it does."""

    panel: Panel
    at: Layout
    weight: Array
    step: Callable[[int], None] | None
    evaluations: int = 0

    def __call__(self, theta: Array) -> tuple[float, Array]:
        found = kernel().panel(self.panel, self.at.shape(theta))
        self.evaluations += 1
        if self.step is not None:
            self.step(self.evaluations)
        return float(self.weight @ found.loglik), self.at.scores(found, self.weight)


def fit_mixed(tasks: Tasks, spec: MixedSpec, starts: int = 3, step: Callable[[int], None] | None = None) -> MixedFit:
    """Fit a mixed logit from several starts and keep the best.

    The first start is the conditional logit with moderate spreads, the others are scattered about it by the spec's seed. Scales
    are told as non-negative; the log likelihood of one that came out negative is that at its points mirrored.

    Parameters
    ----------
    step
        Called after each evaluation of the likelihood with how many there were.

    Raises
    ------
    MisuseError
        If the spec does not fit the tasks.
    """
    mean = float(tasks.weight.mean())  # stopping rules count people, whatever the unit of weights
    fit = _fit(replace(tasks, weight=tasks.weight / mean), spec, starts, step)
    return replace(
        fit,
        loglik=mean * fit.loglik,
        information=mean * fit.information,
        scores=mean * fit.scores,
        starts=tuple(mean * reached for reached in fit.starts),
    )


def _fit(tasks: Tasks, spec: MixedSpec, starts: int, step: Callable[[int], None] | None) -> MixedFit:
    at, plain = layout(spec, tasks.K), fit_multinomial(tasks)
    if not len(at.columns):
        return _without_spread(tasks, plain, at)
    D, row = tasks.differences()
    panel = Panel(D, row, tasks.task, points(tasks.N, len(at.columns), spec))
    first, unit = begin(D, plain, at)
    rng = np.random.default_rng([spec.seed, 1])
    ways = [first, *(scatter(first, at, unit, rng) for _ in range(starts - 1))]
    likelihood = _Likelihood(panel, at, tasks.weight, step)
    best, reached = _best(likelihood, ways, unit)
    information = outer(best.scores, tasks.weight) + best.S
    silent = np.diag(information) * unit**2 < _SAYS * float(tasks.weight.sum())
    information[silent] = information[:, silent] = 0.0
    means, slope = at.means(best.theta)
    return MixedFit(
        spec=spec,
        theta=best.theta,
        names=at.names,
        loglik=best.loglik,
        information=information,
        scores=best.scores,
        means=means,
        slope=slope,
        starts=reached,
        converged=best.converged,
        singular=is_singular(information),
        evaluations=likelihood.evaluations,
    )


def taste_draws(fit: MixedFit, n: int, rng: np.random.Generator) -> Array:
    """Draw people's coefficients at the estimates, so that utility is x'beta in both spaces; shape (n, K)."""
    at = layout(fit.spec, len(fit.spec.distribution))
    Z = rng.standard_normal((n, len(at.columns)))
    for q, k in enumerate(at.columns):
        if fit.spec.distribution[k] == "triangular":
            Z[:, q] = rng.triangular(-1.0, 0.0, 1.0, n)
    return coefficients(at, fit.theta, Z)


def conditional_tastes(fit: MixedFit, tasks: Tasks) -> Array:
    """Return the mean of each person's coefficients given the choices in `tasks` (Revelt & Train 2000), shape (N, K).

    Coefficients are those of `taste_draws`, so that choices in other tasks are foretold by x'beta.
    """
    at = layout(fit.spec, tasks.K)
    D, row = tasks.differences()
    Z = points(tasks.N, len(at.columns), fit.spec)
    out = np.empty((tasks.N, tasks.K))
    for i, (first, end) in enumerate(zip(tasks.task[:-1], tasks.task[1:], strict=True)):
        beta = coefficients(at, fit.theta, Z[i])
        rows = row[first : end + 1]
        V = D[rows[0] : rows[-1]] @ beta.T
        top = np.maximum(np.maximum.reduceat(V, rows[:-1] - rows[0]), 0.0)
        e = np.exp(V - np.repeat(top, np.diff(rows), axis=0))
        log_P = -(top + np.log(np.exp(-top) + np.add.reduceat(e, rows[:-1] - rows[0]))).sum(0)
        share = np.exp(log_P - log_P.max())
        out[i] = share @ beta / share.sum()
    return out


def _best(likelihood: _Likelihood, ways: list[Array], unit: Array) -> tuple[Climb, tuple[float, ...]]:
    """Return the best end, scales non-negative and S exact there, and what each start reached.

    All climb until little is to be gained, the best then to the end with its Hessian known.
    """
    weight, kinks = likelihood.weight, bool((likelihood.at.kind == CENSORED).any())
    ends = _near(likelihood, ways, unit)
    near = max(ends, key=lambda c: c.loglik)
    limits = Limits(step=_BLUNT, kinks=True) if kinks else Limits()
    best = climb(likelihood, _curved(likelihood, near, unit), weight, unit, limits)
    if not kinks and is_singular(outer(best.scores, weight) + best.S, _SUSPECT):
        # along a bent ridge the Hessian is flat at the very maximum only
        best = climb(likelihood, best, weight, unit, Limits(gain=_VERY))
        best = _curved(likelihood, best, unit)
    elif kinks or best.evaluations > _STALE:
        best = _curved(likelihood, best, unit)
    best, top = _upright(best, likelihood.at), _upright(near, likelihood.at)
    others = [_upright(c, likelihood.at) for c in ends]
    reached = [best.loglik if _apart(c, top, weight) < _MET else c.loglik for c in others]
    return best, tuple(sorted(reached, reverse=True))


def _near(likelihood: _Likelihood, ways: list[Array], unit: Array) -> list[Climb]:
    """Return where each start gets to.

    Those that meet on the few draws go on together, and take the Hessian found there along: it spares more steps on all
    draws than it costs.
    """
    at, weight, whole = likelihood.at, likelihood.weight, likelihood.panel
    limits = Limits(gain=_CLOSE, step=_BLUNT, kinks=bool((at.kind == CENSORED).any()))
    few = max(_FEW, at.spec.draws // _PART)
    if few > at.spec.draws // 2:
        return [climb(likelihood, way, weight, unit, limits) for way in ways]
    part = replace(whole, Z=_some(whole.Z, few, at.spec.antithetic))
    met: list[tuple[Climb, Climb]] = []
    ends = []
    for way in ways:
        likelihood.panel = part
        rough = climb(likelihood, way, weight, unit, replace(limits, gain=_ROUGH))
        start = _upright(rough, at)
        same = [end for other, end in met if _apart(start, other, weight) < _MET]
        if not same:
            start = _upright(_curved(likelihood, rough, unit), at)
            likelihood.panel = whole
            loglik, scores = likelihood(start.theta)
            same = [climb(likelihood, replace(start, loglik=loglik, scores=scores), weight, unit, limits)]
            met.append((start, same[0]))
        ends.append(same[0])
    likelihood.panel = whole
    return ends


def _curved(likelihood: _Likelihood, end: Climb, unit: Array) -> Climb:
    """Return the same end with S as it is there."""
    return replace(end, S=_information(likelihood, end, unit) - outer(end.scores, likelihood.weight))


def _upright(end: Climb, at: Layout) -> Climb:
    """Return the same end with scales non-negative, as it is at points mirrored."""
    turned = at.mirrored(end.theta)
    return replace(end, theta=end.theta * turned, scores=end.scores * turned, S=end.S * np.outer(turned, turned))


def _apart(one: Climb, other: Climb, weight: Array) -> float:
    """Return about how much log likelihood lies between two points near a maximum."""
    move = one.theta - other.theta
    return float(move @ outer(one.scores, weight) @ move) / 2


def _some(Z: Array, few: int, antithetic: bool) -> Array:
    """Return some of each person's draws, mirrored pairs together."""
    if not antithetic:
        return np.ascontiguousarray(Z[:, :few])
    half = Z[:, : few // 2]
    return np.concatenate([half, -half], axis=1)


def _information(likelihood: _Likelihood, best: Climb, unit: Array) -> Array:
    """Return minus the Hessian, by differences of the analytic gradient, shape (P, P).

    Under a censored coefficient the simulated gradient jumps wherever a draw crosses zero; steps of a good part of a standard
    error, to both sides, take the jumps in. Elsewhere it is smooth and a short step to one side is as good.
    """
    at, here = likelihood.at, best.scores.sum(0)
    size = np.sqrt(np.diag(outer(best.scores, likelihood.weight)))
    rough = np.concatenate([at.kind == CENSORED, at.kind[at.row] == CENSORED])
    H = np.empty((len(unit), len(unit)))
    for k in range(len(unit)):
        h = min((_STEP_ACROSS if rough[k] else _STEP) / size[k], _LONGEST * unit[k] * (10 if rough[k] else 1))
        move = np.zeros(len(unit))
        move[k] = h
        ahead = likelihood(best.theta + move)[1].sum(0)
        H[k] = (likelihood(best.theta - move)[1].sum(0) - ahead) / (2 * h) if rough[k] else (here - ahead) / h
    return np.asarray((H + H.T) / 2)


def _without_spread(tasks: Tasks, plain: Multinomial, at: Layout) -> MixedFit:
    """Return a conditional logit as a mixed logit whose coefficients are all fixed."""
    theta, J, p = plain.b.copy(), np.eye(tasks.K), at.scale
    if p >= 0:
        price = -float(plain.b[p]) or _TINY  # a price that never varies has none: singular, and told so
        theta = plain.b / price
        theta[p] = price
        J = np.eye(tasks.K) * theta[p]
        J[:, p] = theta
        J[p, p] = -1.0
    information = J.T @ plain.information @ J
    means, slope = at.means(theta)
    return MixedFit(
        spec=at.spec,
        theta=theta,
        names=at.names,
        loglik=plain.loglik,
        information=information,
        scores=np.add.reduceat(plain.scores, tasks.task[:-1], axis=0) @ J,
        means=means,
        slope=slope,
        starts=(plain.loglik,),
        converged=plain.converged,
        singular=is_singular(information),
        evaluations=0,
    )
