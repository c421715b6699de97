from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from halfstep.gap.moves import moves, one_sided
from halfstep.gap.offerings import Comparison, Missing, Pair, compare, comparisons
from halfstep.gap.split import Split, halves, price_splits
from halfstep.market.hedonic import HedonicFit, HedonicSpec, fit_hedonic
from halfstep.market.panel import Panel
from halfstep.worlds.price import KINDS, simulate
from validation.price_lens import as_panel

PAIR = Pair("b00", "b01")


@pytest.fixture(scope="module")
def panel() -> Panel:
    return as_panel(simulate(KINDS["reverse"], np.random.default_rng(5)))


@pytest.fixture(scope="module")
def fit(panel: Panel) -> HedonicFit:
    return fit_hedonic(panel, HedonicSpec(panel.attributes))


def split(fit: HedonicFit, offering: str = "equal", window: tuple[int, int] = (2003, 2003)) -> Split:
    found = compare(fit.panel, PAIR, window, fit.spec, offering)
    assert isinstance(found, Comparison)
    return price_splits(fit, [found])[0]


@pytest.mark.parametrize("offering", ["equal", "sales"])
@pytest.mark.parametrize("window", [(2003, 2003), (2000, 2003)])
def test_product_and_name_sum_to_the_price_gap(fit: HedonicFit, offering: str, window: tuple[int, int]) -> None:
    made = split(fit, offering, window)
    gap = np.log(made.price_benchmark / made.price_focal)
    assert made.parts.value[:-2].sum() == pytest.approx(made.parts.value[-2], abs=1e-12)
    assert made.parts.value[-2] + made.parts.value[-1] == pytest.approx(gap, abs=1e-12)
    money = made.part("product")[0] + made.part("name")[0]
    assert money == pytest.approx(made.price_benchmark - made.price_focal, abs=1e-9)


def test_the_name_of_equal_offerings_is_the_difference_of_the_dummies(fit: HedonicFit) -> None:
    cells = {brand: c for c, (brand, first, _) in enumerate(fit.cells) if first == 2003}
    combination = np.zeros(len(fit.cells))
    combination[cells[1]], combination[cells[0]] = 1.0, -1.0
    a = fit.squares.effect_weights(combination)
    assert a is not None
    found = fit.squares.functionals(a[:, None])
    made = split(fit)
    assert made.parts.value[-1] == pytest.approx(found.value[0], abs=1e-10)
    assert made.parts.se[-1] == pytest.approx(found.se[0], abs=1e-10)


def test_swapping_who_is_who_turns_every_sign(fit: HedonicFit) -> None:
    there = split(fit)
    back = compare(fit.panel, Pair("b01", "b00"), (2003, 2003), fit.spec, "equal")
    assert isinstance(back, Comparison)
    made = price_splits(fit, [back])[0]
    assert made.parts.value == pytest.approx(-there.parts.value, abs=1e-10)
    assert made.parts.se == pytest.approx(there.parts.se, abs=1e-10)
    assert made.money == pytest.approx(there.money)


def test_order_moves_the_split_around_the_symmetric_one(fit: HedonicFit) -> None:
    made = split(fit)
    total = made.price_benchmark - made.price_focal
    for half in ("product", "name"):
        ends = sorted(one_sided(made, first, 0.9)[half][0] for first in ("product", "name"))
        assert ends[0] - 1e-9 <= made.part(half)[0] <= ends[1] + 1e-9
    for first in ("product", "name"):
        taken = one_sided(made, first, 0.9)
        assert taken["product"][0] + taken["name"][0] == pytest.approx(total)


def test_both_offerings_weigh_markets_alike(fit: HedonicFit) -> None:
    found = compare(fit.panel, PAIR, (2000, 2003), fit.spec, "sales")
    assert isinstance(found, Comparison)
    by_market = [np.bincount(fit.panel.market, w) for w in (found.focal_weight, found.benchmark_weight)]
    assert by_market[0] == pytest.approx(by_market[1], abs=1e-12)
    assert found.focal_weight.sum() == pytest.approx(1)


def test_thin_periods_are_pooled_and_thinner_ones_refused(panel: Panel) -> None:
    own = np.flatnonzero(panel.is_brand("b00"))
    two_a_year = np.ones(panel.n, dtype=bool)
    for period in np.unique(panel.period):
        rows = own[panel.period[own] == period]
        start = int(period - 2000)
        two_a_year[rows] = np.isin(np.arange(len(rows)), [start % 4, start % 4 + 1])
    thin = panel.take(two_a_year)
    spec = HedonicSpec(panel.attributes, window=4)
    (pooled,) = comparisons(thin, PAIR, spec, "equal")
    assert isinstance(pooled, Comparison)
    assert pooled.period == "2000/2003"
    one_year = thin.take(~thin.is_brand("b00") | (thin.period == 2003))
    (refused,) = comparisons(one_year, PAIR, spec, "equal")
    assert isinstance(refused, Missing)
    assert refused.why == "too few models"


def test_no_offering_is_said_for_an_empty_scope(panel: Panel) -> None:
    nowhere = replace(panel, segments=panel.segments | {"nowhere": ~panel.is_brand("b00")})
    (found,) = comparisons(nowhere, Pair("b00", "b01", "nowhere"), HedonicSpec(panel.attributes), "equal")
    assert isinstance(found, Missing)
    assert found.why == "focal absent"


def test_every_other_way_to_split_sums_to_the_same_gap(panel: Panel, fit: HedonicFit) -> None:
    base = split(fit)
    seen = {}
    for move in moves(panel, fit, base, "equal"):
        if move.split is not None and move.what != "offerings weighted by sales":
            total = move.split.part("product")[0] + move.split.part("name")[0]
            assert total == pytest.approx(base.price_benchmark - base.price_focal)
        seen[move.what] = move.split is not None
    assert seen["other brands' prices"]
    assert seen["benchmark's own prices"]


def test_the_joint_covariance_of_a_path_is_whole(fit: HedonicFit) -> None:
    made = [split(fit, window=(t, t)) for t in (2000, 2001, 2002, 2003)]
    joint = halves(made, ("product", "name"))
    assert joint.covariance.shape == (8, 8)
    assert np.linalg.eigvalsh(joint.covariance).min() > -1e-12
    assert np.diag(joint.covariance)[1::2] == pytest.approx([s.parts.se[-1] ** 2 for s in made])
    correlation = joint.covariance[1, 3] / np.sqrt(joint.covariance[1, 1] * joint.covariance[3, 3])
    assert correlation > 0.3  # the same models sell in both periods
