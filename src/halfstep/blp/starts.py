"""Where the search starts: the fast and robust linear approximation, and draws about it from a stated distribution.

References
----------
Salanié & Wolak (2022), "Fast, detail-free, and approximately correct: estimating mixed demand systems": to second order in
the spreads a random coefficient adds ``sigma_k^2 K_jk`` to the logit's left-hand side, with
``K_jk = x_jk (x_jk / 2 - sum_l s_l x_lk)``, and a demographic adds ``Pi_kd mean(D_d) x_jk``.
"""

from __future__ import annotations

import numpy as np

from halfstep.blp.coefficients import Coefficient
from halfstep.blp.evaluate import logit_delta
from halfstep.blp.problem import Problem
from halfstep.native.layout import Array

__all__ = ["drawn_starts", "first_start", "units"]

_RHO = 0.4
_FLOOR = 0.1
_CENTRED = 1e-6


def units(problem: Problem) -> Array:
    """Return the change of each parameter that moves utility by about one standard deviation of it, shape (P,)."""
    out = []
    for p in problem.form.parameters:
        source = problem.demographics[p.source] if p.kind == "pi" else np.ones(1)
        spread = float(problem.products.X[:, p.column].std()) if p.kind in ("sigma", "pi") else 1.0
        size = (float(source.std()) or abs(float(source.mean()))) if p.kind == "pi" else 1.0
        out.append(1 / ((spread or 1.0) * (size or 1.0)) if p.kind != "rho" else 0.2)
    return np.array(out)


def first_start(problem: Problem) -> Array:
    """Return the start that the linear approximation gives, shape (P,).

    Spreads that it puts below a tenth of their unit start there: at zero the objective is flat in them.
    """
    alpha, squares = _approximation(problem)
    unit, out = units(problem), []
    tastes = {c.column: c for c in problem.form.coefficients}
    for k, p in enumerate(problem.form.parameters):
        if p.kind == "sigma":
            least = _FLOOR * unit[k]
            found = float(np.sqrt(max(squares.get(p.column, 0.0), 0.0)))
            out.append(max(min(found, 3 * unit[k]), least) if p.own else 0.0)
        elif p.kind == "mean":
            out.append(_mean(tastes[p.column], alpha if p.column == problem.price[0] else 0.0))
        elif p.kind == "pi" and _carries_price(problem, tastes[p.column]):
            mean = float(problem.demographics[p.source].mean())
            carries = abs(mean) > _CENTRED * float(np.abs(problem.demographics[p.source]).max())
            out.append(alpha / mean if carries else 0.0)
        else:
            out.append(_RHO if p.kind == "rho" else 0.0)
    return np.array(out)


def drawn_starts(problem: Problem, count: int, rng: np.random.Generator) -> Array:
    """Return `count` starts, shape (count, P): the first is `first_start`, the others are drawn.

    Spreads are half-normal, shifts by demographics normal, both scaled so that one standard deviation moves utility by one
    standard deviation of the column; means and price tastes are those of the first start times ``exp(N(0, 1/4))``; the
    nesting parameter is uniform on (.1, .8).
    """
    first, unit = first_start(problem), units(problem)
    out = np.tile(first, (count, 1))
    tastes = {c.column: c for c in problem.form.coefficients}
    for row in out[1:]:
        for k, p in enumerate(problem.form.parameters):
            if p.kind == "rho":
                row[k] = rng.uniform(0.1, 0.8)
            elif p.kind == "mean" and tastes[p.column].distribution != "normal":
                row[k] = first[k] + rng.normal(scale=0.5)
            elif p.kind == "mean" or (p.kind == "pi" and _carries_price(problem, tastes[p.column])):
                row[k] = first[k] * np.exp(rng.normal(scale=0.5))
            else:
                draw = rng.normal() * unit[k]
                row[k] = abs(draw) if p.own else draw
    return out


def _carries_price(problem: Problem, taste: Coefficient) -> bool:
    """Whether price has no mean at all, so that its one demographic (such as 1/income) must carry it."""
    return taste.column == problem.price[0] and problem.price[1] is None and not taste.mean


def _mean(taste: Coefficient, alpha: float) -> float:
    """Return the mean that gives a taste the logit's value."""
    if taste.distribution == "lognormal":
        return float(np.log(taste.sign * alpha)) if taste.sign * alpha > 0 else 0.0
    if taste.distribution == "bounded":
        at = np.clip((alpha - taste.low) / (taste.high - taste.low), 0.05, 0.95)
        return float(np.log(at / (1 - at)))
    return alpha


def _approximation(problem: Problem) -> tuple[float, dict[int, float]]:
    """Return the logit's price coefficient and the approximate squared spreads by column, by two-stage least squares."""
    stage, X2 = problem.demand, problem.products.X
    s, starts = np.exp(problem.products.log_s), problem.markets.row[:-1]
    columns = [c.column for c in problem.form.coefficients if c.nodes and c.distribution == "normal"]
    mean = np.repeat(np.add.reduceat(s[:, None] * X2, starts), np.diff(problem.markets.row), axis=0)
    added = X2[:, columns] * (X2[:, columns] / 2 - mean[:, columns])
    own_price = problem.price[1] is None and problem.price[0] is not None
    extra = np.column_stack([added, problem.p]) if own_price else added
    outside = np.column_stack([logit_delta(problem), extra])
    left = outside if stage.absorb is None else stage.absorb.residuals(outside)
    Z = np.linalg.qr(stage.Z)[0]
    plain = np.hstack([left[:, 1 + len(columns) :], stage.X])
    alpha = _coefficients(Z, plain, left[:, 0])
    full = np.hstack([left[:, 1:], stage.X])
    squares = (
        _coefficients(Z, full, left[:, 0])[: len(columns)] if Z.shape[1] >= full.shape[1] else np.zeros(len(columns))
    )
    at = 0 if own_price else problem.price[1]
    value = float(alpha[at]) if at is not None and len(alpha) else -1.0
    return min(value, -_FLOOR / float(problem.p.std())) if own_price else value, dict(
        zip(columns, squares.tolist(), strict=True)
    )


def _coefficients(Z: Array, X: Array, y: Array) -> Array:
    return np.asarray(np.linalg.lstsq(Z.T @ X, Z.T @ y, rcond=None)[0], dtype=np.float64)
