"""What follows from prices: derivatives, diversion, surplus, edits of the scene, the value of a name; PyBLP's answers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfstep.blp.equilibrium import Pay, Scene, clear, costs, others
from halfstep.blp.name_value import name_value
from halfstep.blp.scenes import Entry, joined, owned, without
from halfstep.blp.surplus import (
    consumer_surplus,
    diversion,
    elasticities,
    own_elasticities,
    profits,
    shares,
    slopes,
)
from halfstep.core.errors import MisuseError
from halfstep.native.layout import Markets
from tests.blp.scenes import a_scene, market_of

Array = npt.NDArray[np.float64]
SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=25, deadline=None)
STORED = Path(__file__).resolve().parents[1] / "reference" / "equilibrium.json"
SCENES: list[dict[str, Any]] = json.loads(STORED.read_text(encoding="utf-8"))["scenes"]


@FEW
@given(SEEDS)
def test_slopes_are_central_differences_and_buyers_go_somewhere(seed: int) -> None:
    scene = a_scene(seed)
    p, h = scene.mc + 1.0, 1e-5
    s = shares(scene, p)
    assert (s > 0).all() and (np.bincount(market_of(scene), s) < 1).all()
    own = own_elasticities(scene, p)
    assert (own < 0).all()
    for t in range(scene.markets.T):
        rows = np.arange(*scene.markets.row[t : t + 2])
        for at, k in enumerate(rows):
            step = np.zeros(scene.N)
            step[k] = h
            numeric = (shares(scene, p + step) - shares(scene, p - step))[rows] / (2 * h)
            np.testing.assert_allclose(slopes(scene, p, t)[:, at], numeric, atol=1e-7 * s.max())
        np.testing.assert_allclose(np.diag(elasticities(scene, p, t)), own[rows], rtol=1e-10)
        np.testing.assert_allclose(diversion(scene, p, t).sum(axis=1), 1.0, rtol=1e-12)


@FEW
@given(SEEDS)
def test_buyers_lose_what_they_buy_when_its_price_rises(seed: int) -> None:
    """Roy's identity: the surplus falls by the share, by what the price adds to the bill."""
    scene = a_scene(seed)
    p, h, market = scene.mc + 0.8, 1e-5, market_of(scene)
    s = shares(scene, p)
    for j in range(scene.N):
        step = np.zeros(scene.N)
        step[j] = h
        change = (consumer_surplus(scene, p + step).value - consumer_surplus(scene, p - step).value) / (2 * h)
        np.testing.assert_allclose(change[market[j]], -s[j] * (1 + scene.pay.tax[j]), atol=1e-8)
    alpha = scene.alpha.copy()
    alpha[0] = 0.0
    said = consumer_surplus(replace(scene, alpha=alpha), p)
    assert said.skipped.tolist() == [1, 0, 0] and said.weight[0] == scene.markets.w[0]


@FEW
@given(SEEDS)
def test_what_leaves_and_enters_again_changes_nothing(seed: int) -> None:
    scene, rng = a_scene(seed, products=7), np.random.default_rng(seed)
    gone = rng.random(scene.N) < 0.3
    order = rng.permutation(np.flatnonzero(gone))
    fewer = without(scene, gone)
    pay = Pay(scene.pay.tax[order], scene.pay.unit[order], scene.pay.rate[order], scene.pay.cap[order])
    entry = Entry(market_of(scene)[order], scene.X[order], scene.base[order], scene.mc[order], scene.firm[order], pay)
    again, new = joined(fewer, entry)
    assert new.sum() == gone.sum()
    before, after = clear(scene, scene.mc + 1.0), clear(again, again.mc + 1.0)
    market = market_of(scene)
    for t in range(scene.markets.T):
        rows = slice(*again.markets.row[t : t + 2].tolist())
        np.testing.assert_allclose(np.sort(after.p[rows]), np.sort(before.p[market == t]), rtol=1e-9)
    assert clear(fewer, scene.mc[~gone] + 1.0).converged.all()


def test_a_name_is_worth_what_its_owner_would_lose() -> None:
    scene = a_scene(8, markets=6, mild=0.4)
    start = scene.mc + 1.0
    brand = scene.firm == 1
    nothing = name_value(scene, brand, 0.0, start)
    for worth in (nothing.repriced, nothing.held):
        np.testing.assert_allclose(worth.profit, 0.0, atol=1e-10)
        np.testing.assert_allclose(worth.units, 0.0, atol=1e-10)
    found = name_value(scene, brand, -0.6, start)
    has = np.bincount(market_of(scene), brand) > 0
    assert (found.repriced.profit[has] > 0).all() and (found.repriced.rivals[has] <= 0).all()
    assert (found.repriced.units[has] > 0).all() and (found.repriced.price[has] > 0).all()
    assert (found.held.price[has] == 0).all() and np.isnan(found.repriced.price[~has]).all()
    bare = replace(scene, base=scene.base - 0.6 * brand)
    mine = profits(scene, found.named.p) - profits(bare, found.unnamed.p)
    expected = np.bincount(market_of(scene), np.where(brand, mine, 0.0), minlength=6)
    np.testing.assert_allclose(found.repriced.profit, expected, atol=1e-12)
    with pytest.raises(MisuseError, match="at least one of the brand"):
        name_value(scene, np.zeros(scene.N, dtype=np.bool_), -0.6, start)


def stored(record: dict[str, Any]) -> Scene:
    N, A = len(record["p"]), len(record["w"])
    array = {k: np.array(record[k], dtype=np.float64) for k in ("X", "B", "base", "alpha", "costs", "w")}
    return Scene(
        Markets(np.array([0, N]), np.array([0, A]), array["w"]), array["X"], array["B"], array["base"], array["alpha"],
        array["costs"], np.array(record["firm"]), np.zeros(N, dtype=np.bool_), Pay.plain(N),
    )  # fmt: skip


@pytest.mark.parametrize("record", SCENES, ids=lambda r: str(r["market"]))
def test_pyblp_says_the_same(record: dict[str, Any]) -> None:
    scene, p = stored(record), np.array(record["p"])
    np.testing.assert_allclose(shares(scene, p), record["s"], rtol=1e-10)
    np.testing.assert_allclose(costs(scene, p), record["costs"], rtol=1e-9)
    np.testing.assert_allclose(elasticities(scene, p, 0)[:8], record["elasticities"], rtol=1e-8)
    ours, theirs = diversion(scene, p, 0)[:8], np.array(record["diversion"])
    np.testing.assert_allclose(ours[:, -1], np.diag(theirs), rtol=1e-8)
    off = ~np.eye(*theirs.shape, dtype=np.bool_)
    np.testing.assert_allclose(ours[:, :-1][off], theirs[off], rtol=1e-8)
    merged = clear(owned(scene, np.array(record["firm_after"])), p)
    np.testing.assert_allclose(merged.p, record["p_after"], rtol=1e-8)
    np.testing.assert_allclose(merged.s, record["s_after"], rtol=1e-7)
    np.testing.assert_allclose(consumer_surplus(scene, p).value, record["surplus"], rtol=1e-9)
    np.testing.assert_allclose(consumer_surplus(scene, merged.p).value, record["surplus_after"], rtol=1e-7)


def test_the_cars_of_1974_have_more_than_one_equilibrium_after_the_merger() -> None:
    """Two hundred draws of 1 / income are lumpy demand: what a merger does depends on where the search starts."""
    record = next(r for r in SCENES if r["market"] == "1974")
    scene = owned(stored(record), np.array(record["firm_after"]))
    found = others(scene, np.array(record["p"]), np.random.default_rng(1))
    assert found.count[0] > 1
    assert (found.which[:2, 0] == 0).all()
