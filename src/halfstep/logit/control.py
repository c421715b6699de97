"""Beliefs and choices in one equation, with the information, given by lot, as the instrument of what people say they believe.

What respondents report of a brand is partly a consequence of liking it (halo), and noisy. Where the name is all they see,
``U_ib = theta_b + beta' r_ib - alpha p + e`` with r reported and e not independent of it. The first stage is the mean
report by brand and cell; its residual enters the choice equation of each cell (control function), and what is left of the
reports, how their means move between the cells, is the information's doing. Brand terms of the cells at the mean reports,
divided by each cell's own price taste, then lie on ``n_b + omega' (mean r_b)``: name and worth of an attribute in money, by
least squares, with the joint covariance of both stages.

It rests on: the lot decides who is told; being told moves choices only through the attributes asked for, and moves the
reports as it moves the beliefs; reports err by person (halo, noise), not by brand. An error in common to all reports of a
brand shifts its level of belief up and its name down by the same money; what the information moved is free of it.

References
----------
Rivers & Vuong (1988), Journal of Econometrics 39(3), 347-366; Petrin & Train (2010), Journal of Marketing Research 47(1),
3-13: control functions. Newey & McFadden (1994), Handbook of Econometrics 4, section 6: errors of two steps, stacked.
Montiel Olea & Pflueger (2013), Sanderson & Windmeijer (2016): strength of the information.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from halfstep.logit.cells import BeliefCells, Cell, Reports, Roles, Worth, fit_cell
from halfstep.logit.tasks import Array, Tasks
from halfstep.numerics.weak import Strength, strength

__all__ = ["Asked", "Equation", "Weak", "asked", "equation", "sides"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Reports by respondent.

    Attributes
    ----------
    value
        Shape (P, B, K), NaN where nothing was said.
    told
        Whether the respondent was told the facts, shape (P,).
    """

    value: Array
    told: Mask

    def mean(self, people: Mask, weight: Array, brand: int, attribute: int) -> Worth | None:
        """Return the mean report of some people; None where none of them said anything."""
        r = self.value[:, brand, attribute]
        w = np.where(people & ~np.isnan(r), weight, 0.0)
        count = np.count_nonzero(w)
        if count < 2:
            return None
        value = float(w @ np.nan_to_num(r) / w.sum())
        return Worth(value, w * np.nan_to_num(r - value) / w.sum() * np.sqrt(count / (count - 1)))


@dataclass(frozen=True, slots=True, eq=False)
class Weak:
    """Why there is no equation.

    Attributes
    ----------
    why
        "more attributes than information moves", "weak information", "no treatment", "no reports", "not estimable", "not
        measurable in money".
    attributes
        Positions of those it is about.
    """

    why: str
    attributes: tuple[int, ...] = ()
    strength: Strength | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Equation:
    """The choice equation where the name is all that is seen.

    Attributes
    ----------
    name
        Of the benchmark less the focal brand, in money.
    omega
        Worth in money of a unit of each attribute asked for.
    raw
        The same by the reports' own coefficients, without the instrument.
    attributes
        Positions of those attributes.
    contradiction
        Probability of the brands' movements lying as far off the equation if it is true (Hansen's J); NaN where nothing is
        left to test.
    """

    name: Worth
    omega: tuple[Worth, ...]
    raw: tuple[Worth, ...]
    attributes: tuple[int, ...]
    contradiction: float
    strength: Strength


def asked(cells: BeliefCells, reports: Reports) -> Asked:
    """Put reports in a grid; a figure said twice counts by its mean."""
    shape = (len(cells.weight), len(cells.roles.brands), len(cells.roles.attributes))
    at = np.ravel_multi_index((reports.person, reports.brand, reports.attribute), shape)
    size = int(np.prod(shape))
    count = np.bincount(at, minlength=size)
    total = np.bincount(at, reports.value, minlength=size)
    told = np.zeros(shape[0], dtype=bool)
    told[reports.person[reports.informed]] = True
    if "informed" in cells.cells:
        told[cells.cells["informed"].people] = True
    value = np.divide(total, count, out=np.full(size, np.nan), where=count > 0).reshape(shape)
    return Asked(value, told)


def sides(cells: BeliefCells, told: Mask) -> tuple[Cell | None, Cell | None]:
    """Return the choices by name only of those who were not told, and of those who were.

    Where no cell is called informed, those in the name-only cell who were told are it.
    """
    plain, informed = cells.cells.get("name only"), cells.cells.get("informed")
    if plain is None:
        return None, informed
    return plain.of(~told), informed if informed is not None else plain.of(told)


@dataclass(frozen=True, slots=True)
class _Over:
    """Brands seen and asked about in both cells, the focal one among them, and attributes asked for in both."""

    brands: tuple[int, ...]
    attributes: tuple[int, ...]

    def of(self, value: Array) -> Array:
        """Return their part of a grid (P, B, K)."""
        return value[:, list(self.brands)][:, :, list(self.attributes)]


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One cell: each brand's worth less the focal one's at mean reports, mean reports likewise, and raw coefficients.

    ``worth`` has length m, ``report`` m by K, ``raw`` K.
    """

    worth: list[Worth]
    report: list[list[Worth]]
    raw: tuple[Worth, ...]


def equation(cells: BeliefCells, said: Asked) -> Equation | Weak:
    """Tell name and belief apart by what the information moved.

    Every attribute needs a movement of its own: with m brands besides the focal one there are at most m. Information that
    moves them too little (effective F below its critical value: the bias may pass a tenth of the worst case) tells nothing
    apart.
    """
    plain, informed = sides(cells, said.told)
    if plain is None or informed is None:
        return Weak("no treatment")
    over = _in_both(cells, said, (plain, informed))
    if not over.attributes or not {cells.focal, cells.benchmark} <= set(over.brands):
        return Weak("no reports")
    if len(over.attributes) > len(over.brands) - 1:
        return Weak("more attributes than information moves", over.attributes)
    moves = _strength(cells, said, (plain, informed), over)
    if moves is None:
        return Weak("weak information", over.attributes)
    if not moves.strong:
        short = moves.effective <= moves.critical
        return Weak("weak information", tuple(k for k, weak in zip(over.attributes, short, strict=True) if weak), moves)
    one, two = (_side(cells, said, cell, over) for cell in (plain, informed))
    if isinstance(one, str) or isinstance(two, str):
        return Weak(one if isinstance(one, str) else str(two), strength=moves)
    theta, influence, contradiction = _solve(one, two)
    scales = (one.worth[0].scales[0], two.worth[0].scales[0])
    parts = [Worth(float(v), psi, scales) for v, psi in zip(theta, influence.T, strict=True)]
    others = [b for b in over.brands if b != cells.focal]
    name, omega = parts[others.index(cells.benchmark)], tuple(parts[len(others) :])
    return Equation(name, omega, one.raw, over.attributes, contradiction, moves)


def _in_both(cells: BeliefCells, said: Asked, pair: tuple[Cell, Cell]) -> _Over:
    """Return the attributes asked for in both cells, and the brands shown in both of which all of them were."""
    shown = [set(cells.roles.brand(cell.tasks.X).tolist()) - {-1} for cell in pair]
    counts = np.min([(~np.isnan(said.value[cell.people])).sum(axis=0) for cell in pair], axis=0)
    attributes = tuple(int(k) for k in np.flatnonzero(counts.max(axis=0) > 1))
    return _Over(tuple(b for b in sorted(shown[0] & shown[1]) if (counts[b, list(attributes)] > 1).all()), attributes)


def _strength(cells: BeliefCells, said: Asked, pair: tuple[Cell, Cell], over: _Over) -> Strength | None:
    """Measure how the information moves reports of brands against each other, within people; None where it cannot be."""
    people = np.unique(np.concatenate([cell.people for cell in pair]))
    r = over.of(said.value)[people]
    seen = ~np.isnan(r).any(axis=2)
    person, brand = np.nonzero(seen)
    dummies = np.eye(len(over.brands))[brand, 1:]
    columns = np.hstack([r[seen], dummies * said.told[people[person], None], dummies])
    count = np.maximum(np.bincount(person, minlength=len(people)), 1)
    means = np.stack([np.bincount(person, column, minlength=len(people)) / count for column in columns.T], axis=1)
    columns = (columns - means[person]) * np.sqrt(cells.weight[people[person], None])
    K = len(over.attributes)
    moved, effects = columns[:, : K + dummies.shape[1]], columns[:, K + dummies.shape[1] :]
    moved = moved - effects @ (np.linalg.pinv(effects.T @ effects, hermitian=True) @ (effects.T @ moved))
    Y, Z = moved[:, :K], moved[:, K:]
    if np.linalg.matrix_rank(Y) < K or np.linalg.matrix_rank(Z) < Z.shape[1]:
        return None
    return strength(Y, Z, person)


def _side(cells: BeliefCells, said: Asked, cell: Cell, over: _Over) -> _Side | str:
    """Fit one cell with the residuals of its reports; who did not report on a brand has the residual zero there."""
    brands, attributes = over.brands, over.attributes
    P, roles = len(cells.weight), cells.roles
    mine = np.zeros(P, dtype=bool)
    mine[cell.people] = True
    means = [[said.mean(mine, cells.weight, b, k) for k in attributes] for b in brands]
    known = [[m for m in row if m is not None] for row in means]
    centre = np.full((len(roles.brands), len(attributes)), np.nan)
    centre[list(brands)] = [[m.value for m in row] for row in known]
    residual = np.nan_to_num(said.value[:, :, list(attributes)] - centre)
    brand = roles.brand(cell.tasks.X)
    person = np.repeat(cell.people[cell.tasks.person], np.diff(cell.tasks.row))
    v = np.where((brand >= 0)[:, None], _sign(cell.tasks, roles)[:, None] * residual[person, brand], 0.0)
    first = cell.tasks.K
    fit = fit_cell(Cell(cell.tasks.using(np.hstack([cell.tasks.X, v])), cell.people), roles, P)
    if isinstance(fit, str):
        return fit
    # where everybody reports alike nothing is left over, and nothing to control for
    slopes = tuple(fit.column(first + k) or fit.worth(np.zeros(len(fit.b))) for k in range(len(attributes)))
    answered = (~np.isnan(over.of(said.value[mine]))).mean(axis=0)
    levels = []
    for at, b in enumerate(brands):
        level = fit.column(roles.brands[b])
        if level is None:
            return "not estimable"
        for k, slope in enumerate(slopes):
            # a mean that came out too high lowers the residuals, and the brand's term rises for it
            level += Worth(0.0, float(answered[at, k]) * slope.value * known[at][k].influence)
        levels.append(level)
    focal = brands.index(cells.focal)
    others = [at for at in range(len(brands)) if at != focal]
    return _Side(
        [levels[at] - levels[focal] for at in others],
        [[known[at][k] - known[focal][k] for k in range(len(attributes))] for at in others],
        slopes,
    )


def _sign(tasks: Tasks, roles: Roles) -> Array:
    """Return -1 in rows of tasks that asked for the worst (X is negated there), else 1; shape (n,)."""
    told = [column for column in (*roles.brands, roles.none, roles.price) if column is not None]
    least = np.minimum.reduceat(tasks.X[:, told].min(axis=1), tasks.row[:-1])
    return np.repeat(np.where(least < 0, -1.0, 1.0), np.diff(tasks.row))


def _solve(one: _Side, two: _Side) -> tuple[Array, Array, float]:
    """Return (names, worths of attributes), their influences (P, m + K), and the probability of Hansen's J.

    The moments are each cell's brand worths less ``n_b + omega' report``. Brands count alike, none is special: weights
    estimated from so few moments are no more precise, and their errors come out too small.
    """
    m, K = len(one.worth), len(one.raw)
    w = np.array([part.value for side in (one, two) for part in side.worth])
    R = np.array([[part.value for part in row] for side in (one, two) for row in side.report])
    psi_w = np.stack([part.influence for side in (one, two) for part in side.worth], axis=1)
    psi_R = np.stack([[part.influence for part in row] for side in (one, two) for row in side.report])
    G = np.hstack([np.tile(np.eye(m), (2, 1)), R])
    weight = np.kron(np.eye(2), np.eye(m) - 1 / (m + 1))
    solve = np.linalg.solve(G.T @ weight @ G, G.T @ weight)
    theta = solve @ w
    psi = psi_w - np.einsum("gkp,k->pg", psi_R, theta[m:])
    off = np.linalg.svd(G)[0][:, m + K :]
    left, errors = off.T @ w, psi @ off
    spare = m - K
    contradiction = float(chdtrc(spare, left @ np.linalg.solve(errors.T @ errors, left))) if spare > 0 else np.nan
    return theta, psi @ solve.T, contradiction
