"""First-stage strength and Anderson-Rubin sets against published figures, closed forms, brute force and simulation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest, chi2, f, ncx2

from halfstep.core.tastes import Functionals
from halfstep.numerics import weak
from halfstep.numerics.iv import reduced_form
from halfstep.numerics.linear import Design, least_squares
from halfstep.numerics.weak import AndersonRubin, anderson_rubin, effective_f_critical, strength

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

MROZ = Path(__file__).parents[1] / "reference" / "mroz.parquet"


def plain(n: int, cluster: Codes | None = None) -> Design:
    """A right-hand side of a constant alone."""
    one = np.zeros(n, dtype=np.int64)
    return Design(np.zeros((n, 0)), one, one, np.arange(n) if cluster is None else cluster)


def sample(
    seed: int, n: int = 200, L: int = 3, push: float = 0.3, groups: int = 40
) -> tuple[Array, Array, Array, Codes]:
    """Return y = -x + u, x, instruments and clusters; errors have a part in common within clusters."""
    rng = np.random.default_rng(seed)
    cluster = np.arange(n) % groups
    Z, (u, v) = rng.normal(size=(n, L)), rng.normal(size=(2, n)) + rng.normal(size=(2, groups))[:, cluster]
    x = push * Z.sum(1) + 0.8 * u + 0.6 * v
    return -x + u, x, Z, cluster


def centred(columns: Array) -> Array:
    return np.asarray(columns - columns.mean(0))


def holds(found: AndersonRubin, b: float) -> bool:
    return any(lo <= b <= hi for lo, hi in found.intervals)


# Strength


@pytest.mark.parametrize(("tau", "published"), [(0.05, 37.42), (0.10, 23.11), (0.20, 15.06), (0.30, 12.05)])
def test_critical_values_for_one_instrument(monkeypatch: pytest.MonkeyPatch, tau: float, published: float) -> None:
    """Montiel Olea & Pflueger (2013), table 1, effective degrees of freedom one."""
    monkeypatch.setattr(weak, "WORST_BIAS", tau)
    assert round(effective_f_critical(np.array([[2.7]])), 2) == published


def test_the_critical_value_of_a_ten_percent_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ramey & Zubairy (2018), Journal of Political Economy 126(2), note their thresholds: 23.1 at 5%, 19.7 at 10%."""
    assert round(effective_f_critical(np.eye(1)), 1) == 23.1
    monkeypatch.setattr(weak, "TEST_LEVEL", 0.10)
    assert round(effective_f_critical(np.eye(1)), 1) == 19.7


@given(st.integers(1, 12), st.floats(1e-6, 1e6), st.integers(0, 100))
def test_critical_value_lies_between_equal_variances_and_one_direction(L: int, scale: float, seed: int) -> None:
    """Equal variances: L degrees of freedom, exactly; all variance in one direction: one instrument's."""
    rng = np.random.default_rng(seed)
    equal = effective_f_critical(scale * np.eye(L))
    assert equal == pytest.approx(float(ncx2.ppf(0.95, L, 10 * L) / L), rel=1e-9)
    one = effective_f_critical(scale * np.outer(v := rng.normal(size=L), v))
    assert one == pytest.approx(23.1085, abs=1e-3)
    root = rng.normal(size=(L, L))
    turn = np.linalg.qr(rng.normal(size=(L, L)))[0]
    some = effective_f_critical(root @ root.T)
    assert equal - 1e-9 <= some <= one + 1e-3
    assert effective_f_critical(scale * turn @ root @ root.T @ turn.T) == pytest.approx(some, rel=1e-6)


def mroz() -> tuple[Array, Array, Array]:
    """Return log wage, schooling and three instruments, less a constant, experience and its square."""
    data = pl.read_parquet(MROZ)
    outside = data.select(pl.lit(1.0), "exper", square=pl.col("exper").cast(pl.Float64) ** 2).to_numpy().astype(float)
    columns = data.select("lwage", "educ", "age", "kidslt6", "kidsge6").to_numpy().astype(float)
    left = columns - outside @ np.linalg.lstsq(outside, columns, rcond=None)[0]
    return left[:, 0], left[:, 1:2], left[:, 2:]


def test_effective_and_robust_f_equal_stata_s_on_mroz() -> None:
    """Pflueger & Wang's weakivtest as printed in the help of gfweakivtest (Windmeijer 2025): 4.552 and 5.021.

    Stata's have the factor (n - 3 instruments - 3 others) / n.
    """
    _, x, Z = mroz()
    found, n = strength(x, Z, np.arange(len(x))), len(x)
    assert (n, found.instruments, found.strong) == (428, 3, False)
    assert round(float(found.effective[0]) * (n - 6) / n, 3) == 4.552
    assert round(float(found.wald[0]) * (n - 6) / n, 3) == 5.021


def test_critical_values_for_three_instruments_equal_stata_s_on_mroz(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same print-out: 15.711, 9.957, 6.749, 5.560 (tau 5, 10, 20 and 100/333 percent).

    Those refer to the worst bias B that these data allow, x = B / tau; the simplified value used here takes B = 1 and
    is the more cautious. B is found here over the tangent of an angle (their section 3).
    """
    y, x, Z = mroz()
    n = len(y)
    Q = np.linalg.qr(Z)[0] * np.sqrt(n)
    v = np.column_stack([y, x[:, 0]])
    v = v - Q @ (Q.T @ v) / n
    W1, W12, W2 = ((Q * (v[:, i] * v[:, j])[:, None]).T @ Q / n for i, j in ((0, 0), (0, 1), (1, 1)))
    worst = 0.0
    for angle in np.linspace(-np.pi / 2, np.pi / 2, 4_001):
        c, s = np.cos(angle), np.sin(angle)
        S12, S1 = c * W12 - s * W2, c * c * W1 - 2 * c * s * W12 + s * s * W2
        roots = np.linalg.eigvalsh((S12 + S12.T) / 2)
        bias = np.abs(roots.sum() - 2 * roots[[0, -1]]).max() / np.sqrt(np.trace(W2) * np.trace(S1))
        worst = max(worst, float(bias))
    cautious = effective_f_critical(W2)
    assert cautious == pytest.approx(strength(x, Z, np.arange(n)).critical[0])
    assert cautious > 9.957
    for parts, published in ((20, 15.711), (10, 9.957), (5, 6.749), (3.33, 5.560)):
        monkeypatch.setattr(weak, "WORST_BIAS", 1 / (parts * worst))
        assert round(effective_f_critical(W2), 3) == published


def two_regressors(seed: int, spread: float = 0.0, n: int = 300) -> tuple[Array, Array, Codes]:
    """Return two endogenous regressors, four instruments and clusters; the first is not moved apart from the second."""
    rng = np.random.default_rng(seed)
    Z, cluster = rng.normal(size=(n, 4)), np.arange(n) // 2
    second = Z @ np.full(4, 0.5) + rng.normal(size=n)
    first = 0.7 * second + np.exp(spread * np.abs(Z[:, 0])) * rng.normal(size=n)
    return np.column_stack([first, second]), Z, cluster


@given(st.integers(0, 10_000))
def test_two_regressors_against_the_dense_formula_of_sanderson_and_windmeijer(seed: int) -> None:
    """Each less its two-stage fit on the other, on the instruments: F on L - 1; instruments in any basis.

    Dense: the clustered covariance of the fitted coefficients, projected on the directions that leave the other's fit
    alone.
    """
    endogenous, Z, cluster = two_regressors(seed, 0.3)
    endogenous[:, 0] += Z[:, 1]
    found = strength(endogenous, Z @ np.random.default_rng(seed).normal(size=(4, 4)), cluster)
    members = (np.arange(cluster.max() + 1)[:, None] == cluster).astype(float)
    for e, other in ((0, 1), (1, 0)):
        fit = Z @ np.linalg.lstsq(Z, endogenous[:, other], rcond=None)[0]
        target = endogenous[:, e] - endogenous[:, other] * (fit @ endogenous[:, e]) / (fit @ endogenous[:, other])
        pi = np.linalg.lstsq(Z, target, rcond=None)[0]
        scores = members @ (Z * (target - Z @ pi)[:, None])
        to = np.linalg.inv(Z.T @ Z) @ (
            np.eye(4) - np.outer(Z.T @ fit, np.linalg.solve(Z.T @ Z, Z.T @ fit)) / (fit @ fit)
        )
        wald = pi @ np.linalg.pinv(to @ scores.T @ scores @ to.T, rcond=1e-10) @ pi
        assert found.wald[e] == pytest.approx(wald / 3, rel=1e-6)


def test_two_regressors_under_equal_variances_give_sanderson_and_windmeijer_s_f() -> None:
    """Their F: explained over L - 1 to unexplained over n, of each less its two-stage fit on the other."""
    endogenous, Z, _ = two_regressors(1, n=60_000)
    endogenous[:, 0] += 0.1 * Z[:, 1]
    found = strength(endogenous, Z, np.arange(len(Z)))
    fit = Z @ np.linalg.lstsq(Z, endogenous[:, 1], rcond=None)[0]
    target = endogenous[:, 0] - endogenous[:, 1] * (fit @ endogenous[:, 0]) / (fit @ endogenous[:, 1])
    explained = Z @ np.linalg.lstsq(Z, target, rcond=None)[0]
    classic = len(Z) * (explained @ explained) / 3 / ((target - explained) @ (target - explained))
    np.testing.assert_allclose([found.wald[0], found.effective[0]], classic, rtol=0.02)
    assert found.critical[0] == pytest.approx(float(ncx2.ppf(0.95, 3, 30) / 3), rel=0.01)


def test_a_regressor_that_is_not_moved_apart_is_found_out_as_often_as_it_should_be() -> None:
    """Variances that differ by instrument: 5% of draws beyond the chi2 of L - 1 degrees; in all L directions 11% are."""
    draws = 1_000
    limit = float(chi2.ppf(0.95, 3)) / 3
    beyond = 0
    for seed in range(draws):
        endogenous, Z, _ = two_regressors(seed, 1.0)
        beyond += bool(strength(endogenous, Z, np.arange(len(Z))).wald[0] > limit)
    rate = binomtest(beyond, draws).proportion_ci(0.99)
    assert rate.low <= 0.05 <= rate.high


def test_strength_does_not_depend_on_units_or_basis() -> None:
    _, x, Z, cluster = sample(0)
    one = strength(x[:, None], Z, cluster)
    other = strength(1e5 * x[:, None], Z @ np.random.default_rng(1).normal(size=(3, 3)) * 1e-4, cluster)
    for field in ("wald", "effective", "critical"):
        np.testing.assert_allclose(getattr(one, field), getattr(other, field), rtol=1e-9)


def test_one_instrument_has_one_f() -> None:
    """The clustered Wald F, the effective F and the squared t of the first stage are one number."""
    _, x, Z, cluster = sample(1, L=1)
    found = strength(centred(x[:, None]), centred(Z), cluster)
    fit = least_squares(replace(plain(len(x), cluster), X=Z), x)
    scores = np.bincount(cluster, fit.coefficient_weights(np.eye(1))[:, 0] * fit.residual)
    assert found.wald[0] == pytest.approx(found.effective[0]) == pytest.approx(fit.beta[0] ** 2 / (scores @ scores))
    assert found.critical[0] == pytest.approx(23.1085, abs=1e-3)


# Anderson-Rubin sets


def reduced(seed: int, **how: float | int) -> tuple[Functionals, ...]:
    y, x, Z, cluster = sample(seed, **how)  # type: ignore[arg-type]
    return reduced_form(plain(len(y), cluster), x[:, None], Z, y)


def statistic(parts: tuple[Functionals, ...], b: Array) -> float:
    """The Wald statistic at one b, by the definition."""
    theta = np.concatenate([[1.0], -b])
    value = sum(t * part.value for t, part in zip(theta, parts, strict=True))
    scores = sum(t * part.scores for t, part in zip(theta, parts, strict=True))
    return float(value @ np.linalg.solve(scores.T @ scores, value))


def limit(parts: tuple[Functionals, ...], level: float) -> float:
    """Hotelling's critical value at the least Bell-McCaffrey degrees of freedom."""
    L, eta = len(parts[0].value), float(parts[0].freedom.min())
    return float(eta * L / (eta - L + 1) * f.ppf(level, L, eta - L + 1))


@pytest.mark.parametrize("push", [0.02, 0.1, 0.5])
@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), L=st.integers(1, 4))
def test_a_set_is_what_a_brute_force_search_accepts(push: float, seed: int, L: int) -> None:
    parts = reduced(seed, L=L, push=push)
    found, most = anderson_rubin(parts, 0.9, (-1.0, 0.2)), limit(parts, 0.9)
    rng = np.random.default_rng(seed)
    ends = np.array([end for piece in found.intervals for end in piece])
    for b in np.concatenate([rng.normal(-1, 0.5, 60), rng.normal(-1, 5, 40), -1 + 30 * rng.standard_cauchy(20)]):
        if not len(ends) or np.abs(ends - b).min() > 1e-6 * (1 + abs(b)):
            assert holds(found, float(b)) == (statistic(parts, np.array([b])) <= most)
    for end in ends[np.isfinite(ends)]:
        assert statistic(parts, np.array([end])) == pytest.approx(most, rel=1e-6)
    assert all(statistic(parts, point) <= most * (1 + 1e-9) for point in found.points)
    assert all(a[1] < b[0] for a, b in zip(found.intervals, found.intervals[1:], strict=False))


@pytest.mark.parametrize(("push", "kind"), [(0.6, "inside"), (0.02, "line"), (0.12, "outside")])
def test_one_instrument_has_a_closed_form(push: float, kind: str) -> None:
    """(pi_y - b pi_x)^2 <= c sum_g (s_yg - b s_xg)^2: between the roots, everything, or beyond them (Fieller 1954)."""
    met = 0
    for seed in range(60):
        parts = reduced(seed, L=1, push=push)
        c = limit(parts, 0.9)
        (y, x), (sy, sx) = (p.value[0] for p in parts), (p.scores[:, 0] for p in parts)
        square, cross, rest = x**2 - c * (sx @ sx), -2 * (x * y - c * (sx @ sy)), y**2 - c * (sy @ sy)
        inside = cross**2 - 4 * square * rest
        roots = np.sort(np.roots([square, cross, rest]).real).tolist()
        if square > 0:
            expected, what = [tuple(roots)], "inside"
        elif inside < 0:
            expected, what = [(-np.inf, np.inf)], "line"
        else:
            expected, what = [(-np.inf, roots[0]), (roots[1], np.inf)], "outside"
        found = anderson_rubin(parts, 0.9, (-1.0, 0.3)).intervals
        assert len(found) == len(expected)
        np.testing.assert_allclose(np.array(found), np.array(expected), rtol=1e-7)
        met += what == kind
    assert met > 0


def test_many_rows_and_equal_variances_give_the_classic_quadratic() -> None:
    """(y - xb)'P(y - xb) / L against (y - xb)'(I - P)(y - xb) / (n - L - 1) times F, a quadratic in b."""
    n, L = 40_000, 3
    rng = np.random.default_rng(3)
    Z, u = rng.normal(size=(n, L)), rng.normal(size=n)
    x = 0.05 * Z.sum(1) + 0.8 * u + 0.6 * rng.normal(size=n)
    found = anderson_rubin(reduced_form(plain(n), x[:, None], Z, -x + u), 0.9, (-1.0, 0.1))
    both = centred(np.column_stack([-x + u, x]))
    P = (Q := np.linalg.qr(centred(Z))[0]) @ (Q.T @ both)
    M = both.T @ P - L * float(f.ppf(0.9, L, n - L - 1)) / (n - L - 1) * (both.T @ (both - P))
    roots = np.sort(np.roots([M[1, 1], -2 * M[0, 1], M[0, 0]]).real)
    assert len(found.intervals) == 1
    np.testing.assert_allclose(found.intervals[0], roots, atol=0.05 * (roots[1] - roots[0]))


def test_sets_without_end_and_sets_of_nothing_occur_and_are_told() -> None:
    """No first stage: the whole line or two rays. Instruments that contradict each other: every value is rejected."""
    shapes = {"line": 0, "rays": 0, "bounded": 0}
    for seed in range(40):
        found = anderson_rubin(reduced(seed, push=0.02), 0.9, (-1.0, 0.5)).intervals
        unbounded = [end for piece in found for end in piece if not np.isfinite(end)]
        shapes["line" if found == ((-np.inf, np.inf),) else "rays" if unbounded else "bounded"] += 1
    assert shapes["line"] > 0
    assert shapes["rays"] > 0
    y, x, Z, cluster = sample(1, push=0.6)
    wrong = anderson_rubin(reduced_form(plain(200, cluster), x[:, None], Z, y + 3 * Z[:, 0]), 0.9, (-1.0, 0.1))
    assert (wrong.intervals, wrong.points.shape) == ((), (0, 1))


def nested(seed: int, n: int, push: float = 0.5) -> tuple[Functionals, ...]:
    """Return the reduced form of y = -price + 0.6 within + u, five instruments; price and share within go together."""
    rng = np.random.default_rng(seed)
    cluster, Z, u = np.arange(n) // 4, rng.normal(size=(n, 5)), rng.normal(size=n)
    price = push * Z @ [1, 1, 0.5, 0, 0] + 0.6 * u + rng.normal(size=n)
    within = -0.8 * price + push * Z @ [0, 0.5, 0, 1, 0.5] + 0.5 * u + rng.normal(size=n)
    y = -price + 0.6 * within + u
    return reduced_form(plain(n, cluster), np.column_stack([price, within]), Z, y)


def least(parts: tuple[Functionals, ...], b: float, lo: float) -> float:
    """The least statistic at b with a nesting parameter from lo to lo + 0.1."""

    def at(rho: float) -> float:
        return statistic(parts, np.array([b, rho]))

    return float(minimize_scalar(at, bounds=(lo, lo + 0.1), method="bounded", options={"xatol": 1e-10}).fun)


@pytest.mark.parametrize(("n", "push"), [(400, 0.1), (2_000, 0.5), (20_000, 0.5)])
def test_with_nests_a_price_coefficient_is_held_if_some_nesting_parameter_is(n: int, push: float) -> None:
    """Brute force over the nesting parameter. Strong instruments make the set a ridge thinner than any grid."""
    for seed in range(2):
        parts = nested(seed, n, push)
        spread = 1 / np.sqrt(n)
        found, most = anderson_rubin(parts, 0.9, (-1.0, 2 * spread)), limit(parts, 0.9)
        for b in np.random.default_rng(seed).normal(-1, 5 * spread, 10):
            values = [least(parts, float(b), lo) for lo in np.arange(0, 1, 0.1)]
            assert holds(found, float(b)) == (min(values) <= most)
        if n > 400:
            assert len(found.intervals) == 1
        assert len(found.points) > 300
        values = [statistic(parts, point) for point in found.points[::40]]
        assert max(values) <= most * (1 + 1e-6)
        assert found.points[:, 1].min() >= 0
        assert found.points[:, 1].max() < 1


@pytest.mark.parametrize("groups", [2, 3, 4, 5])
def test_more_instruments_than_clusters_can_test_reject_nothing(groups: int) -> None:
    found = anderson_rubin(reduced(0, n=60, L=5, groups=groups), 0.9, (-1.0, 0.1))
    assert found.intervals == ((-np.inf, np.inf),)
    assert len(found.points) > 100


@pytest.mark.parametrize(("push", "groups"), [(0.03, 60), (0.10, 60), (0.03, 25)])
def test_a_set_covers_the_truth_as_often_as_it_says_however_weak_the_instruments(push: float, groups: int) -> None:
    """Three instruments, clustered errors, 3,000 draws over one table; the nominal 90% in the 99% binomial interval.

    Only what the set says of the truth is needed, so that all draws go through the projections at once. That the set
    holds exactly what is not rejected is tested above. Few clusters may make it cover more, never less.
    """
    draws, n = 3_000, 240
    rng = np.random.default_rng([groups, int(1000 * push)])
    cluster, Z = np.arange(n) % groups, rng.normal(size=(n, 3)) + rng.normal(size=(groups, 3))[np.arange(n) % groups]
    fit = least_squares(replace(plain(n, cluster), X=Z), np.zeros(n))
    a = fit.coefficient_weights(np.eye(3))
    eta = fit.functionals(a).freedom.min()
    right = np.column_stack([np.ones(n), Z])
    left = np.eye(n) - right @ np.linalg.pinv(right)
    u = rng.normal(size=(n, draws)) + rng.normal(size=(groups, draws))[cluster]
    residual, b = left @ u, np.zeros((n, 3))
    for g in range(groups):
        at = np.flatnonzero(cluster == g)
        values, vectors = np.linalg.eigh(left[np.ix_(at, at)])
        b[at] = vectors / np.sqrt(values) @ vectors.T @ a[at]
    scores = np.stack([b[cluster == g].T @ residual[cluster == g] for g in range(groups)])
    V = np.einsum("gir,gjr->rij", scores, scores)
    pi = (a.T @ u).T
    wald = np.einsum("ri,ri->r", pi, np.linalg.solve(V, pi[:, :, None])[:, :, 0])
    covered = int((wald <= eta * 3 / (eta - 2) * f.ppf(0.9, 3, eta - 2)).sum())
    interval = binomtest(covered, draws).proportion_ci(0.99)
    assert interval.high >= 0.9
    assert interval.low <= (0.9 if groups > 30 else 0.95)
    for k in range(12):
        x = push * Z.sum(1) + 0.8 * u[:, k] + 0.6 * rng.normal(size=n)
        design = plain(n, cluster)
        found = anderson_rubin(reduced_form(design, x[:, None], Z, -x + u[:, k]), 0.9, (-1.0, 0.3))
        assert holds(found, -1.0) == bool(wald[k] <= eta * 3 / (eta - 2) * f.ppf(0.9, 3, eta - 2))
