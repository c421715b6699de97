"""Micro moments against PyBLP's (tests/reference/make_micro.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.blp.micro import Group, MicroMoment, MicroSpec, Survey, micro_covariance, micro_values
from halfstep.native.layout import Control, Markets, Products, Start, Tastes
from halfstep.native.twin import invert

Array = npt.NDArray[np.float64]

STORED: dict[str, Any] = json.loads((Path(__file__).parents[1] / "reference" / "micro.json").read_text())
ROWS = {name: np.array(values) for name, values in STORED["rows"].items()}
BUYERS = {name: np.array(values) for name, values in STORED["buyers"].items()}


def arrays(nested: bool) -> tuple[Markets, Products, Tastes]:
    row, buyer = (np.r_[0, np.cumsum(np.bincount(table["market_ids"]))] for table in (ROWS, BUYERS))
    X = np.column_stack([np.ones(len(ROWS["x"])), ROWS["x"]])
    products = Products(X, np.log(ROWS["shares"]), ROWS["nesting_ids"] if nested else None)
    theta = STORED["theta"]
    G = np.stack([BUYERS[name] for name in ("nodes0", "nodes1", "y0", "y1")])
    B = np.stack([theta[0] * G[0] + theta[2] * G[2], theta[1] * G[1] + theta[3] * G[3]])
    tastes = Tastes(B, G, np.array([0, 1, 0, 1]), theta[4] if nested else 0.0)
    return Markets(row, buyer, BUYERS["weights"]), products, tastes


def spec_of(held: list[float]) -> MicroSpec:
    """Return the stored moments; `held` are the probabilities of the first survey's groups, so their respondents."""
    g, h, every = Group(ROWS["first"]), Group(ROWS["second"]), Group(np.ones(len(ROWS["x"]), dtype=bool))
    surveys = tuple(Survey(name, np.array(STORED["omega"][name])) for name in ("buyers", "second"))
    apart = Survey("second, asked for a product", surveys[1].markets)
    (all_, second), seen = STORED["observations"], STORED["observed"]
    n_g, n_any, n_none = all_ * np.array(held)
    return MicroSpec((*surveys, apart), (
        MicroMoment("mean", 0, g, seen, n_g, demographic=0),
        MicroMoment("product", 0, every, seen, n_any, demographic=0, attribute=ROWS["x"]),
        MicroMoment("mean", 0, Group(~every.rows, True), seen, n_none, demographic=0),
        MicroMoment("covariance", 0, g, seen, n_g, demographic=1, attribute=ROWS["x"]),
        MicroMoment("second choice", 1, g, seen, second, second=h),
        MicroMoment("second choice", 1, g, seen, second, second=Group(~every.rows, True)),
        MicroMoment("second choice", 2, g, seen, second, second=h, among=every),
    ))  # fmt: skip


@pytest.mark.parametrize("form", ["plain", "nested"])
def test_values_slopes_covariance_and_objective_are_pyblp_s(form: str) -> None:
    theirs = STORED[form]
    markets, products, tastes = arrays(form == "nested")
    found = invert(markets, products, tastes, Start(products.log_s.copy()), Control(1e-14, 5000))
    np.testing.assert_allclose(found.delta, theirs["delta"], atol=1e-10)
    spec, d = spec_of(theirs["held"]), np.stack([BUYERS["y0"], BUYERS["y1"]])
    v, V = micro_values(markets, products, tastes, (found.delta, found.D), spec, d)
    np.testing.assert_allclose(v, theirs["values"], atol=1e-10)
    np.testing.assert_allclose(V, theirs["slopes"], rtol=1e-8, atol=1e-10)
    S = micro_covariance(markets, products, tastes, (found.delta, found.D), spec, d)
    np.testing.assert_allclose(S, theirs["covariance"], rtol=1e-8, atol=1e-12)

    N, W = len(found.delta), np.array(theirs["W"])
    M = len(v)
    np.testing.assert_allclose(np.linalg.inv(N * S), W[-M:, -M:], rtol=1e-6, atol=1e-8 * np.abs(W).max())
    X = np.column_stack([np.ones(N), ROWS["prices"], ROWS["x"]])
    Z = np.column_stack([*(ROWS[f"demand_instruments{k}"] for k in range(4)), X[:, [0, 2]]])
    order = same_order(Z, X, found.delta, W[:-M, :-M], np.array(theirs["beta"]))
    g = np.r_[order.T @ (found.delta - X @ np.array(theirs["beta"])) / N, spec.observed - v]
    assert N * g @ W @ g == pytest.approx(theirs["objective"], rel=1e-8)


def same_order(Z: Array, X: Array, delta: Array, W: Array, beta: Array) -> Array:
    """Return Z with its columns as PyBLP has them: the order in which the stored W gives the stored coefficients."""
    for columns in ([0, 1, 2, 3, 4, 5], [4, 5, 0, 1, 2, 3]):
        Q = Z[:, columns]
        half = X.T @ Q @ W @ Q.T
        if np.allclose(np.linalg.solve(half @ X, half @ delta), beta, rtol=1e-6):
            return np.asarray(Q)
    raise AssertionError("the stored weight matrix belongs to other instruments")
