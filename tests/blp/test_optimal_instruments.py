"""Approximate optimal instruments: against PyBLP (make_optimal_instruments.py), the inversion, and differences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from halfstep.blp.instruments import (
    Expected,
    ExpectedSupply,
    expected_jacobian,
    optimal_instruments,
    projected_prices,
)
from halfstep.core.errors import MisuseError
from halfstep.native.layout import Control, Markets, Products, Start, Tastes
from halfstep.native.twin import invert
from halfstep.numerics.absorb import absorber
from tests.blp.markets import cereals
from tests.blp.test_micro import THETA, world

Array = npt.NDArray[np.float64]

REFERENCE = Path(__file__).parents[1] / "reference"
STORED: dict[str, Any] = json.loads((REFERENCE / "optimal_instruments.json").read_text())


def test_the_cereals_are_pyblp_s() -> None:
    theirs, data = STORED["cereals"], cereals()
    buyer = np.r_[0, np.cumsum(np.bincount(data.buyers.market))]
    markets = Markets(np.r_[0, np.cumsum(np.bincount(data.market))], buyer, data.buyers.w)
    X = np.column_stack([np.ones(len(data.p)), data.p, data.columns["sugar"], data.columns["mushy"]])
    nu, d, pi = data.buyers.nu.T, data.buyers.d.T, np.array(theirs["pi"])
    held = [(k, m) for k in range(4) for m in range(4) if pi[k, m] != 0]
    G = np.vstack([nu, np.stack([d[data.buyers.names.index(NAMES[m])] for _, m in held])])
    column = np.array([0, 1, 2, 3, *(k for k, _ in held)])
    B = np.zeros((4, len(data.buyers.w)))
    for k, theta in enumerate([*theirs["sigma"], *(pi[at] for at in held)]):
        B[column[k]] += theta * G[k]
    tastes = Tastes(B, G, column)
    found = invert(markets, Products(X, np.log(data.s)), tastes, Start(np.log(data.s)), Control(1e-13, 5000))
    effects = absorber(*data.absorb)
    xi = effects.residuals((found.delta - theirs["beta"] * data.p)[:, None])[:, 0]
    price = projected_prices(data.p, effects.residuals(data.Z), effects)
    X[:, 1] = price
    delta = found.delta - xi + theirs["beta"] * (price - data.p)
    expected = expected_jacobian(markets, Products(X, np.log(data.s)), tastes, delta)
    (made,) = optimal_instruments(expected, (xi,))

    rows = place(theirs["rows"])
    np.testing.assert_allclose(price[rows], theirs["prices"], rtol=1e-9)
    np.testing.assert_allclose(expected.s[rows], theirs["shares"], rtol=1e-8)
    np.testing.assert_allclose(made[rows], theirs["instruments"], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose((made**2).sum(0), theirs["squares"], rtol=1e-6)


NAMES = ("income", "income_squared", "age", "child")


def place(keys: list[list[str]]) -> list[int]:
    """Return where rows (market, product) stand in the cereals' arrays."""
    table = pl.read_parquet(REFERENCE / "nevo.parquet").sort("market", maintain_order=True)
    at = {key: k for k, key in enumerate(table.select("market", "product").iter_rows())}
    return [at[market, product] for market, product in keys]


@pytest.mark.parametrize("kind", ["linear", "log"])
def test_with_supply_both_sides_are_pyblp_s(kind: str) -> None:
    theirs = {name: np.array(values) for name, values in STORED[kind].items() if name != "labels"}
    rows, who = ({name: np.array(v) for name, v in STORED[part].items()} for part in ("rows", "buyers"))
    row, buyer = (np.r_[0, np.cumsum(np.bincount(table["market_ids"]))] for table in (rows, who))
    markets, one = Markets(row, buyer, who["weights"]), np.ones(len(rows["x"]))
    nu, (first, second) = (who["nodes0"], who["nodes1"]), STORED["spreads"]
    G = np.stack([*nu, np.ones(len(nu[0]))])
    tastes = Tastes(np.stack([first * nu[0], STORED["alpha"] + second * nu[1]]), G, np.array([0, 1, 1]))
    products = Products(np.column_stack([one, theirs["prices"]]), np.log(theirs["shares"]))
    delta = theirs["beta"][0] + theirs["beta"][2] * rows["x"]
    cost = np.column_stack([one, rows["x"], rows["w"]]) @ theirs["gamma"]
    price = (tastes.B[1], np.stack([0 * nu[0], nu[1], np.ones(len(nu[0]))]))
    supply = ExpectedSupply(price, rows["firm_ids"], np.exp(cost) if kind == "log" else None)
    expected = expected_jacobian(markets, products, tastes, delta, supply)
    np.testing.assert_allclose(expected.s, theirs["shares"], rtol=1e-10)
    np.testing.assert_allclose(expected.D, theirs["D"], rtol=1e-8, atol=1e-10)
    assert expected.Y is not None
    np.testing.assert_allclose(expected.Y, theirs["Y"], rtol=1e-7, atol=1e-9)
    made = optimal_instruments(expected, (theirs["xi"], theirs["omega"]))
    np.testing.assert_allclose(made[0], theirs["demand"], rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(made[1], theirs["supply"], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("nested", [False, True])
def test_the_slopes_are_those_of_inverting_the_implied_shares(nested: bool) -> None:
    at = world(11, nested)
    delta = np.random.default_rng(2).normal(-1, 0.5, len(at.products.log_s))
    expected = expected_jacobian(at.markets, at.products, at.tastes(THETA), delta)
    implied = Products(at.products.X, np.log(expected.s), at.products.nest)
    start = Start(delta + 0.3)
    found = invert(at.markets, implied, at.tastes(THETA), start, Control(1e-14, 5000))
    np.testing.assert_allclose(found.delta, delta, atol=1e-9)
    np.testing.assert_allclose(expected.D, found.D, rtol=1e-7, atol=1e-9)
    step = 1e-5
    for p in range(expected.D.shape[1]):
        ends = [
            invert(
                at.markets, implied, at.tastes(THETA + sign * step * np.eye(6)[p]), start, Control(1e-14, 5000)
            ).delta
            for sign in (1, -1)
        ]
        np.testing.assert_allclose(expected.D[:, p], (ends[0] - ends[1]) / (2 * step), rtol=1e-5, atol=1e-6)


def test_projection_keeps_effects_and_what_instruments_explain() -> None:
    rng = np.random.default_rng(0)
    effects = absorber(rng.integers(0, 5, 60))
    Z = effects.residuals(rng.normal(size=(60, 3)))
    p = rng.normal(size=60)
    kept = projected_prices(p, Z, effects)
    np.testing.assert_allclose(Z.T @ (p - kept), 0, atol=1e-12)
    np.testing.assert_allclose(effects.residuals((p - kept)[:, None])[:, 0], p - kept, atol=1e-12)
    np.testing.assert_allclose(projected_prices(kept, Z, effects), kept, atol=1e-12)


def test_errors_of_the_wrong_sides_and_products_nobody_buys_are_refused() -> None:
    expected = Expected(np.ones(4), np.ones((4, 1)))
    with pytest.raises(MisuseError, match="every side"):
        optimal_instruments(expected, (np.ones(4), np.ones(4)))
    at = world(1)
    delta = np.full(len(at.products.log_s), -1.0)
    delta[0] = -1e5
    with pytest.raises(MisuseError, match="finite slopes"):
        expected_jacobian(at.markets, at.products, at.tastes(THETA), delta)
