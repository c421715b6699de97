"""Micro moments against sums over single buyers, central differences, and what no relabelling may change."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfstep.blp.micro import Group, MicroMoment, MicroSpec, Survey, micro_covariance, micro_values
from halfstep.core.errors import MisuseError
from halfstep.native.layout import Control, Markets, Products, Start, Tastes
from halfstep.native.twin import invert

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class World:
    markets: Markets
    products: Products
    nodes: Array
    demographics: Array

    def tastes(self, theta: Array) -> Tastes:
        """Spreads of two columns, one demographic on each, a lognormal third; rho last where there are nests."""
        G = np.stack([self.nodes[0], self.nodes[1], self.demographics[0], self.demographics[1]])
        third = -np.exp(theta[4] * self.nodes[2])
        G = np.vstack([G, third * self.nodes[2]])
        B = np.stack([theta[0] * G[0] + theta[2] * G[2], theta[1] * G[1] + theta[3] * G[3], third])
        rho = float(theta[5]) if self.products.nest is not None else 0.0
        return Tastes(B, G, np.array([0, 1, 0, 1, 2]), rho)

    def point(self, theta: Array) -> tuple[Array, Array]:
        start = Start(self.products.log_s.copy())
        found = invert(self.markets, self.products, self.tastes(theta), start, Control(1e-14, 2000))
        assert found.converged.all()
        return found.delta, found.D

    def values(self, theta: Array, spec: MicroSpec) -> tuple[Array, Array]:
        return micro_values(self.markets, self.products, self.tastes(theta), self.point(theta), spec, self.demographics)

    def covariance(self, theta: Array, spec: MicroSpec) -> Array:
        return micro_covariance(
            self.markets, self.products, self.tastes(theta), self.point(theta), spec, self.demographics
        )


THETA = np.array([0.7, 0.5, 0.4, -0.6, 0.3, 0.55])


def world(seed: int, nested: bool = False, sizes: tuple[int, ...] = (4, 6, 4, 1, 5), buyers: int = 7) -> World:
    rng = np.random.default_rng(seed)
    row = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    count = [buyers + t % 2 for t in range(len(sizes))]
    buyer = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    w = np.concatenate([rng.dirichlet(np.full(n, 5.0)) for n in count])
    s = np.concatenate([rng.dirichlet(np.full(n + 1, 3.0))[:n] for n in sizes])
    nest = rng.integers(0, 3, row[-1]) if nested else None
    X = np.column_stack([np.ones(row[-1]), rng.normal(size=row[-1]), rng.uniform(0.5, 2, row[-1])])
    products = Products(X, np.log(s), nest)
    return World(Markets(row, buyer, w), products, rng.normal(size=(3, buyer[-1])), rng.normal(size=(2, buyer[-1])))


def spec_of(seed: int, at: World) -> MicroSpec:
    rng = np.random.default_rng(seed + 1)
    N, T = len(at.products.log_s), at.markets.T
    g, h, k = (Group(rng.random(N) < 0.6) for _ in range(3))
    everything, any_product = Group(np.ones(N, dtype=bool), True), Group(np.ones(N, dtype=bool))
    x = at.products.X[:, 1]
    omega = rng.uniform(0.5, 2, (2, T))
    omega[0, 1] = 0
    surveys = (Survey("buyers", omega[0]), Survey("second choices", omega[1]))
    some = np.arange(T) % 2 == 0
    return MicroSpec(surveys, (
        MicroMoment("mean", 0, g, 0.1, 100, demographic=0),
        MicroMoment("mean", 0, any_product, 0.1, 250, demographic=1),
        MicroMoment("mean", 0, any_product, 0.1, 150, demographic=1, markets=some),
        MicroMoment("mean", 0, Group(np.zeros(N, dtype=bool), True), 0.1, 90, demographic=0),
        MicroMoment("mean", 1, everything, 0.1, 90, demographic=0),
        MicroMoment("product", 0, any_product, 0.1, 250, demographic=0, attribute=x),
        MicroMoment("covariance", 0, g, 0.2, error=0.03, demographic=1, attribute=x),
        MicroMoment("second choice", 1, g, 0.4, 80, second=h),
        MicroMoment("second choice", 1, k, 0.4, error=0.02, second=Group(h.rows, True), markets=~some),
        MicroMoment("second choice", 1, any_product, 0.4, 80, second=h, among=any_product),
    ))  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """A respondent's cell: market, buyer, first and second choice (-1 nothing), and its probability."""

    t: int
    i: int
    j: int
    k: int
    q: float


def answers(at: World, tastes: Tastes, delta: Array) -> list[Answer]:
    """Return all cells, second choices from choosing again without the first; nothing first has no second (k = -2)."""
    found = []
    for t in range(at.markets.T):
        rows = list(range(at.markets.row[t], at.markets.row[t + 1]))
        for i in range(at.markets.buyer[t], at.markets.buyer[t + 1]):
            u = {j: float(delta[j] + at.products.X[j] @ tastes.B[:, i]) for j in rows}
            whole, w = chosen(at, u, tastes.rho), float(at.markets.w[i])
            found.append(Answer(t, i, -1, -2, w * whole[-1]))
            for j in rows:
                without = chosen(at, {k: v for k, v in u.items() if k != j}, tastes.rho)
                found += [Answer(t, i, j, k, w * (p - whole[k])) for k, p in without.items()]
    return found


def chosen(at: World, u: dict[int, float], rho: float) -> dict[int, float]:
    nest = at.products.nest
    of = {j: j if nest is None else int(nest[j]) for j in u}
    sums: dict[int, float] = {}
    for j, v in u.items():
        sums[of[j]] = sums.get(of[j], 0.0) + np.exp(v / (1 - rho))
    total = 1 + sum(v ** (1 - rho) for v in sums.values())
    found = {j: np.exp(v / (1 - rho)) / sums[of[j]] * sums[of[j]] ** (1 - rho) / total for j, v in u.items()}
    return found | {-1: 1 / total}


def holds(group: Group | None, j: int) -> bool:
    return group is None or (group.nothing if j == -1 else j >= 0 and bool(group.rows[j]))


def counted(moment: MicroMoment, a: Answer) -> bool:
    here = moment.markets is None or bool(moment.markets[a.t])
    return here and holds(moment.group, a.j) and holds(moment.among, a.k)


def psi(moment: MicroMoment, a: Answer, at: World, v: float, means: tuple[float, float]) -> float:
    """Return a respondent's contribution; zero outside the group."""
    if not counted(moment, a):
        return 0.0
    y = 1.0 if moment.demographic is None else float(at.demographics[moment.demographic, a.i])
    x = 1.0 if moment.attribute is None else float(moment.attribute[a.j])
    if moment.kind == "second choice":
        return float(holds(moment.second, a.k)) - v
    return (x - means[0]) * (y - means[1]) - v if moment.kind == "covariance" else x * y - v


def by_hand(at: World, theta: Array, spec: MicroSpec) -> tuple[Array, Array]:
    tastes, (delta, _) = at.tastes(theta), at.point(theta)
    cells = answers(at, tastes, delta)
    q = [np.array([a.q * survey.markets[a.t] for a in cells]) for survey in spec.surveys]
    held = []
    v, contributions = [], []
    for m in spec.moments:
        inside = np.array([counted(m, a) for a in cells])
        weight = q[m.survey] * inside
        held.append(weight.sum())
        weight = weight / weight.sum()
        plain = np.array(
            [psi(replace(m, kind="product") if m.kind == "covariance" else m, a, at, 0.0, (0, 0)) for a in cells]
        )
        means = (0.0, 0.0)
        value = weight @ plain
        if m.kind == "covariance":
            x = np.array([psi(replace(m, kind="product", demographic=None), a, at, 0.0, (0, 0)) for a in cells])
            y = np.array([psi(replace(m, kind="product", attribute=None), a, at, 0.0, (0, 0)) for a in cells])
            means = (float(weight @ x), float(weight @ y))
            value -= means[0] * means[1]
        v.append(value)
        contributions.append(np.array([psi(m, a, at, value, means) for a in cells]))
    M = len(v)
    S = np.zeros((M, M))
    for a in range(M):
        for b in range(M):
            if spec.moments[a].survey == spec.moments[b].survey:
                S[a, b] = (q[spec.moments[a].survey] * contributions[a] * contributions[b]).sum()
    sd = [m.error or np.sqrt(S[k, k] / held[k] / (m.observations or 1)) for k, m in enumerate(spec.moments)]
    scale = np.array(sd) / np.sqrt(np.diag(S))
    return np.array(v), S * np.outer(scale, scale)


@pytest.mark.parametrize("nested", [False, True])
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_values_and_covariance_are_sums_over_respondents(nested: bool, seed: int) -> None:
    at = world(seed, nested)
    spec = spec_of(seed, at)
    v, S = by_hand(at, THETA, spec)
    np.testing.assert_allclose(at.values(THETA, spec)[0], v, rtol=1e-9, atol=1e-12)
    found = at.covariance(THETA, spec)
    np.testing.assert_allclose(found, S, rtol=1e-7, atol=1e-12)
    assert np.linalg.eigvalsh(found).min() > -1e-12


@pytest.mark.parametrize("nested", [False, True])
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_slopes_are_those_of_central_differences(nested: bool, seed: int) -> None:
    at = world(seed, nested)
    spec = spec_of(seed, at)
    V = at.values(THETA, spec)[1]
    step = 1e-3
    for p in range(V.shape[1]):

        def along(c: float, p: int = p) -> Array:
            return at.values(THETA + c * step * np.eye(len(THETA))[p], spec)[0]

        # fourth order: products that nearly everybody buys leave no digits for a small step
        numeric = (8 * (along(1) - along(-1)) - (along(2) - along(-2))) / (12 * step)
        np.testing.assert_allclose(V[:, p], numeric, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("nested", [False, True])
def test_second_choices_sum_to_one_and_everybody_is_somebody(nested: bool) -> None:
    at = world(3, nested)
    N = len(at.products.log_s)
    first, survey = Group(np.arange(N) % 2 == 0), Survey("s", np.ones(at.markets.T))
    parts = [Group(np.arange(N) % 3 == k, k == 0) for k in range(3)]
    spec = MicroSpec((survey,), tuple(MicroMoment("second choice", 0, first, 0.3, 9, second=h) for h in parts))
    v, V = at.values(THETA, spec)
    assert v.sum() == pytest.approx(1, abs=1e-10)
    np.testing.assert_allclose(V.sum(0), 0, atol=1e-10)
    everyone = MicroSpec((survey,), (MicroMoment("mean", 0, Group(np.ones(N, dtype=bool), True), 0, 9, demographic=0),))
    v, V = at.values(THETA, everyone)
    t = np.repeat(np.arange(at.markets.T), np.diff(at.markets.buyer))
    mean = np.bincount(t, at.markets.w * at.demographics[0]).mean()
    assert v[0] == pytest.approx(mean, abs=1e-12)
    np.testing.assert_allclose(V, 0, atol=1e-12)


def test_nests_at_rho_zero_are_the_plain_form() -> None:
    nested = world(5, True)
    plain = World(nested.markets, replace(nested.products, nest=None), nested.nodes, nested.demographics)
    spec = spec_of(5, nested)
    theta = THETA * [1, 1, 1, 1, 1, 0]
    v, V = plain.values(theta, spec)
    u, U = nested.values(theta, spec)
    np.testing.assert_allclose(u, v, rtol=1e-10)
    np.testing.assert_allclose(U[:, :5], V, rtol=1e-8, atol=1e-10)


def test_the_order_of_markets_and_the_scale_of_survey_weights_do_not_matter() -> None:
    at = world(8)
    spec = spec_of(8, at)
    scaled = MicroSpec(tuple(Survey(s.name, 7 * s.markets) for s in spec.surveys), spec.moments)
    for one, two in zip(at.values(THETA, spec), at.values(THETA, scaled), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(at.covariance(THETA, spec), at.covariance(THETA, scaled), rtol=1e-10, atol=1e-15)


def test_errors_shrink_with_the_root_of_observations() -> None:
    at = world(2)
    group = Group(np.ones(len(at.products.log_s), dtype=bool))
    survey = Survey("s", np.ones(at.markets.T))
    few, many = (
        MicroSpec((survey,), (MicroMoment("mean", 0, group, 0.0, n, demographic=0),)) for n in (50.0, 200.0)
    )  # fmt: skip
    assert at.covariance(THETA, few)[0, 0] == pytest.approx(4 * at.covariance(THETA, many)[0, 0], rel=1e-12)


def test_the_model_s_error_is_the_spread_of_simulated_surveys() -> None:
    at, n = world(4), 300
    spec = spec_of(4, at)
    theta, rng = THETA, np.random.default_rng(0)
    cells = answers(at, at.tastes(theta), at.point(theta)[0])
    chosen_moments = [0, 5]
    moments = [spec.moments[m] for m in chosen_moments]
    q = np.array([a.q * spec.surveys[0].markets[a.t] for a in cells])
    inside = np.array([[holds(m.group, a.j) for a in cells] for m in moments])
    asked = [replace(m, observations=float(n * (q * k).sum() / q.sum())) for m, k in zip(moments, inside, strict=True)]
    values = np.array([[psi(m, a, at, 0.0, (0, 0)) for a in cells] for m in moments])
    counts = rng.multinomial(n, np.maximum(q, 0) / np.maximum(q, 0).sum(), 4000)
    drawn = (counts @ values.T) / (counts @ inside.T)
    S = at.covariance(theta, MicroSpec(spec.surveys, tuple(asked)))
    np.testing.assert_allclose(np.cov(drawn.T), S, rtol=0.1, atol=0.05 * S.max())


@pytest.mark.parametrize("nested", [False, True])
def test_a_product_that_everybody_buys_leaves_finite_figures(nested: bool) -> None:
    at = world(6, nested)
    delta = np.full(len(at.products.log_s), -1.0)
    delta[2] = 500.0
    D = np.zeros((len(delta), 5 + nested))
    spec = spec_of(6, at)
    v, V = micro_values(at.markets, at.products, at.tastes(THETA), (delta, D), spec, at.demographics)
    assert np.isfinite(v).all()
    assert np.isfinite(V).all()


def moment(**what: object) -> MicroMoment:
    rows = Group(np.ones(3, dtype=bool))
    base = MicroMoment("mean", 0, rows, 0.0, 10, demographic=0)
    return replace(base, **what)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (moment(demographic=None), "demographic"),
        (moment(kind="product"), "attribute"),
        (moment(kind="second choice", demographic=None), "second"),
        (moment(second=Group(np.ones(3, dtype=bool))), "second"),
        (moment(kind="covariance", attribute=np.ones(3), group=Group(np.ones(3, dtype=bool), True)), "products alone"),
        (moment(observations=None), "observations"),
        (moment(error=0.1), "observations"),
        (moment(observations=-1.0), "above zero"),
        (moment(survey=1), "1 surveys"),
        (moment(value=float("nan")), "finite"),
    ],
)
def test_moments_that_mean_nothing_are_refused(bad: MicroMoment, expected: str) -> None:
    with pytest.raises(MisuseError, match=expected):
        MicroSpec((Survey("s", np.ones(1)),), (bad,))


def test_empty_groups_missing_markets_and_part_of_the_buyers_are_refused() -> None:
    at = world(1)
    N, T = len(at.products.log_s), at.markets.T
    none, nothing = Group(np.zeros(N, dtype=bool)), Group(np.zeros(N, dtype=bool), True)

    def spec(group: Group, markets: int) -> MicroSpec:
        return MicroSpec((Survey("s", np.ones(markets)),), (MicroMoment("mean", 0, group, 0.0, 9, demographic=0),))

    with pytest.raises(MisuseError, match="somebody"):
        at.values(THETA, spec(none, T))
    with pytest.raises(MisuseError, match="weights of 5 markets"):
        at.values(THETA, spec(nothing, T - 1))
    everything = Group(np.ones(N, dtype=bool), True)
    sure = MicroMoment("second choice", 0, Group(np.ones(N, dtype=bool)), 1.0, 9, second=everything)
    with pytest.raises(MisuseError, match="all are alike"):
        at.covariance(THETA, MicroSpec((Survey("s", np.ones(T)),), (sure,)))
    part = replace(at.markets, w=0.5 * at.markets.w)
    with pytest.raises(MisuseError, match="sum to one"):
        micro_values(part, at.products, at.tastes(THETA), at.point(THETA), spec(nothing, T), at.demographics)
