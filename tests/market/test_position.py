"""Bands, cut curves, first places, percentiles and the division of a change, against brute force on random panels."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.core.errors import MisuseError
from halfstep.market.change import CAUSES, like_period, share_change
from halfstep.market.panel import Panel
from halfstep.market.position import (
    Standing,
    band_of,
    band_shares,
    concentration,
    cut_curve,
    first_place,
    volume,
)

BRANDS = ("A", "B", "C")
EDGES = (3.0, 6.0)


def panel(rows: list[tuple[int, int, int, float, float]], frequency: int = 1) -> Panel:
    """Rows of (period, brand code, model code, price, quantity)."""
    period, brand, model, p, q = (np.array(column) for column in zip(*rows, strict=True))
    n = len(rows)
    return Panel(
        file="invented", frequency=frequency, row=np.arange(2, n + 2), period=period.astype(np.int64),
        market=np.unique(period, return_inverse=True)[1].astype(np.int64), brand=brand.astype(np.int64),
        model=model.astype(np.int64), cluster=model.astype(np.int64), p=p.astype(float), q=q.astype(float),
        X=np.zeros((n, 0)), attributes=(), brands=BRANDS, segments={"all": np.ones(n, dtype=bool)},
        firm=brand.astype(np.int64), nest=np.zeros(n, dtype=np.int64), cost=np.zeros((n, 0)), size=np.full(n, np.nan),
        place=np.zeros(n, dtype=np.int64), place_names=("",),
    )  # fmt: skip


prices = st.integers(1, 9).map(float)
sold = st.integers(0, 5).map(float)
panels = st.lists(
    st.tuples(st.just(2000), st.integers(0, 2), st.integers(0, 6), prices, sold), min_size=1, max_size=14
).filter(lambda rows: sum(r[4] for r in rows) > 0)


@given(panels, st.sampled_from(["units", "value"]))
def test_band_shares_sum_to_one_over_brands_and_reconcile_with_totals(rows: list[Any], basis: str) -> None:
    made = panel(rows)
    everything = made.segments["all"]
    shares = np.stack([band_shares(made, b, EDGES, everything, basis) for b in BRANDS])
    q, band = volume(made, basis), band_of(made.p, EDGES)
    total = np.array([q[band == k].sum() for k in range(3)])
    assert np.allclose(shares.sum(axis=0)[total > 0], 1)
    assert np.isnan(shares[:, total == 0]).all()
    for b, brand in enumerate(BRANDS):
        assert np.isclose(np.nansum(shares[b] * total), q[made.is_brand(brand)].sum())


def test_a_price_on_an_edge_belongs_to_the_band_above_it() -> None:
    assert band_of(np.array([2.99, 3.0, 5.99, 6.0]), EDGES).tolist() == [0, 1, 1, 2]


def test_moving_an_edge_moves_the_shares_and_units_and_value_differ() -> None:
    made = panel([(2000, 0, 0, 4.0, 3.0), (2000, 1, 1, 5.0, 1.0), (2000, 1, 2, 8.0, 2.0)])
    rows = made.segments["all"]
    assert band_shares(made, "A", (4.0,), rows, "units")[1] == 0.5
    assert band_shares(made, "A", (4.5,), rows, "units")[1] == 0.0
    assert band_shares(made, "A", (4.0,), rows, "value")[1] == pytest.approx(12 / 33)


@given(panels, st.sampled_from(BRANDS), st.sampled_from(["units", "value"]))
def test_cut_curve_and_first_places_equal_brute_force(rows: list[Any], brand: str, basis: str) -> None:
    made = panel(rows)
    q = volume(made, basis)
    curve = cut_curve(made, brand, made.segments["all"], basis)
    first = first_place(curve)

    def above(name: str, cut: float) -> float:
        return float(q[made.is_brand(name) & (made.p >= cut)].sum())

    for cut in np.arange(0.25, 10, 0.25):
        market = sum(above(b, cut) for b in BRANDS)
        own = above(brand, cut)
        leads = own > 0 and all(above(b, cut) <= own for b in BRANDS)
        assert leads == any(lo < cut <= hi for lo, hi in first)
        k = int(np.searchsorted(curve.threshold, cut))
        if market > 0:
            assert np.isclose(curve.share[k], own / market)
            rank = 1 + sum(above(b, cut) > own for b in BRANDS) if own > 0 else np.nan
            assert np.array_equal(curve.rank[k], rank, equal_nan=True)
        else:
            assert k == len(curve.threshold)


@given(panels)
def test_price_position_is_one_half_over_all_brands(rows: list[Any]) -> None:
    made = panel(rows)
    last = made.period == made.periods[-1]
    weights = np.array([made.q[made.is_brand(b) & last].sum() for b in BRANDS])
    standing = Standing.of(made, EDGES)
    level = np.array([standing.level(made, made.is_brand(b))[-1] for b in BRANDS])
    assert (np.isnan(level) == (weights == 0)).all()
    assert np.isclose(np.average(level[weights > 0], weights=weights[weights > 0]), 0.5)


def test_price_position_of_the_dearest_half_is_three_quarters() -> None:
    made = panel([(2000, 0, 0, 9.0, 5.0), (2000, 1, 1, 1.0, 5.0)])
    assert Standing.of(made, EDGES).level(made, made.is_brand("A")).tolist() == [0.75]
    assert concentration(made, "A", made.segments["all"]) == (1.0, 1.0, 1)
    assert np.isnan(concentration(made, "C", made.segments["all"])[0])


@given(panels)
def test_standings_of_all_periods_equal_those_of_each_alone(rows: list[Any]) -> None:
    made = panel(rows)
    standing = Standing.of(made, EDGES)
    for k, t in enumerate(made.periods):
        inside = made.period == t
        for brand in BRANDS:
            own = made.is_brand(brand)
            for basis in ("units", "value"):
                alone = band_shares(made, brand, EDGES, inside, basis)
                assert np.allclose(standing.bands(made, own, basis)[k], alone, equal_nan=True)
            part = made.q[own & inside].sum() / made.q[inside].sum()
            assert np.isclose(standing.share(made, own)[k], part)


def test_an_unknown_brand_is_misuse() -> None:
    made = panel([(2000, 0, 0, 9.0, 5.0)])
    with pytest.raises(MisuseError, match="expected one of 3 brands"):
        made.is_brand("Z")


two_years = st.lists(
    st.tuples(st.sampled_from([2000, 2001]), st.integers(0, 2), st.integers(0, 3), prices, sold),
    min_size=2,
    max_size=16,
)


def share(made: Panel, period: int, cut: float) -> float:
    high = (made.period == period) & (made.p >= cut)
    total = made.q[high].sum()
    return float(made.q[high & made.is_brand("A")].sum() / total) if total > 0 else 0.0


@given(two_years, prices)
def test_the_four_causes_sum_to_the_change_of_share(rows: list[Any], cut: float) -> None:
    made = panel([(t, b, 10 * b + m, p, q) for t, b, m, p, q in rows])
    parts = share_change(made, "A", cut, 2000, 2001, made.segments["all"])
    assert tuple(parts) == CAUSES
    assert np.isclose(sum(parts.values()), share(made, 2001, cut) - share(made, 2000, cut))


BEFORE = [(2000, 0, 1, 5.0, 10.0), (2000, 0, 2, 9.0, 10.0), (2000, 1, 3, 9.0, 10.0), (2000, 1, 4, 2.0, 10.0)]


def after(**changes: tuple[float, float] | None) -> list[tuple[int, int, int, float, float]]:
    """The next year: (price, quantity) of models m1..m5 where they change; None where a model leaves."""
    state: dict[int, tuple[float, float] | None] = {m: (p, q) for _, _, m, p, q in BEFORE}
    state |= {int(name[1:]): value for name, value in changes.items()}
    return [(2001, 0 if m in (1, 2, 5) else 1, m, v[0], v[1]) for m, v in state.items() if v is not None]


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"m1": (9.0, 10.0)}, "own prices"),
        ({"m2": (9.0, 30.0)}, "own mix"),
        ({"m5": (9.0, 10.0)}, "entry and exit"),
        ({"m2": None}, "entry and exit"),
        ({"m3": (9.0, 40.0)}, "rivals"),
        ({"m4": (8.0, 10.0)}, "rivals"),
        ({}, None),
    ],
)
def test_one_cause_alone_gets_the_whole_change(changes: dict[str, Any], cause: str | None) -> None:
    made = panel(BEFORE + after(**changes))
    parts = share_change(made, "A", 8.0, 2000, 2001, made.segments["all"])
    whole = share(made, 2001, 8.0) - share(made, 2000, 8.0)
    assert (whole != 0) == (cause is not None)
    for name, part in parts.items():
        assert part == pytest.approx(whole if name == cause else 0.0)


def test_like_periods_are_of_one_season() -> None:
    quarters = panel([(2000 * 4 + k, 0, 0, 5.0, 1.0) for k in range(6)], frequency=4)
    assert like_period(quarters, 2000 * 4 + 5, 1) == 2000 * 4 + 1
    assert like_period(quarters, 2000 * 4 + 1, -1) == 2000 * 4 + 5
    assert like_period(quarters, 2000 * 4 + 3, 1) is None
    years: npt.NDArray[np.int64] = np.array(quarters.periods)
    assert all(int(t) % 4 == int(t - 4) % 4 for t in years)
