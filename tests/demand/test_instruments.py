"""Instruments made from rivals against their definitions, product by product, and which of them are refused."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.demand.instruments import Instruments, made_from_rivals, nest_sizes, screened
from halfstep.numerics.absorb import absorber

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
NAMES = ("a", "b")


def drawn(seed: int, n: int = 60) -> tuple[Array, Codes, Codes, Codes]:
    """Return attributes (the first with many ties), and codes with gaps of market, firm and nest."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.integers(0, 3, n) * 1.0, rng.normal(size=n)])
    return X, rng.integers(0, 9, n) * 3, rng.integers(0, 4, n) * 2, rng.integers(0, 3, n)


def near(X: Array, market: Codes) -> Array:
    """The standard deviation, over ordered pairs within markets, of differences."""
    pairs = (X[None] - X[:, None])[(market[:, None] == market) & ~np.eye(len(X), dtype=bool)]
    return np.asarray(pairs.std(axis=0))


def by_definition(kind: str, X: Array, market: Codes, others: npt.NDArray[np.bool_]) -> Array:
    """Sum over the others of each product, marked in a row of (n, n)."""
    difference, close = X[None] - X[:, None], near(X, market)
    summand = {"blp": np.broadcast_to(X[None], difference.shape), "quadratic": difference**2}
    summand["local"] = (np.abs(difference) < close).astype(float)
    return np.asarray((summand[kind] * others[:, :, None]).sum(axis=1))


@pytest.mark.parametrize("kind", ["blp", "local", "quadratic"])
@given(seed=st.integers(0, 10_000), nested=st.booleans())
def test_every_scope_equals_its_definition(kind: str, seed: int, nested: bool) -> None:
    X, market, firm, nest = drawn(seed)
    nest = nest if nested else np.zeros_like(nest)
    found = made_from_rivals(kind, X, NAMES, (market, firm, nest))
    same = (market[:, None] == market) & ~np.eye(len(X), dtype=bool)
    scopes = {"own others": same & (firm[:, None] == firm), "rivals": same & (firm[:, None] != firm)}
    if nested:
        scopes["nest"] = same & (nest[:, None] == nest)
    expected = {}
    for scope, others in scopes.items():
        if kind == "blp" and scope != "nest":
            expected[f"number of {scope}"] = others.sum(axis=1).astype(float)
        for k, name in enumerate(NAMES):
            expected[f"{kind} {scope}: {name}"] = by_definition(kind, X, market, others)[:, k]
    assert set(expected) == set(found.names)
    for k, name in enumerate(found.names):
        np.testing.assert_allclose(found.Z[:, k], expected[name], atol=1e-9, err_msg=name)


def test_nest_sizes_count_the_others_in_market_and_nest() -> None:
    market, nest = np.array([0, 0, 0, 5, 5]), np.array([2, 0, 2, 2, 2])
    found = nest_sizes(market, nest)
    assert (found.Z[:, 0].tolist(), found.names) == ([1, 0, 1, 1, 1], ("number of nest",))


def test_a_market_of_one_and_an_attribute_that_never_differs() -> None:
    market, firm = np.array([0, 1, 1, 1]), np.array([0, 0, 1, 1])
    X = np.column_stack([np.full(4, 7.0), [1.0, 1.0, 2.0, 3.0]])
    for kind in ("blp", "local", "quadratic"):
        found = made_from_rivals(kind, X, NAMES, (market, firm, np.zeros_like(firm)))
        assert not found.Z[0].any()
        assert np.isfinite(found.Z).all()
    local = made_from_rivals("local", X, NAMES, (market, firm, np.zeros_like(firm)))
    assert not local.Z[:, [local.names.index(f"local {scope}: a") for scope in ("own others", "rivals")]].any()


@given(seed=st.integers(0, 1_000), unit=st.floats(1e-6, 1e6))
def test_what_vanishes_and_what_depends_on_others_is_named_whatever_the_unit(seed: int, unit: float) -> None:
    rng = np.random.default_rng(seed)
    market, cell = np.arange(120) % 6, rng.integers(0, 5, 120)
    X, z = rng.normal(size=(120, 2)), rng.normal(size=(120, 2))
    effects = rng.normal(size=6)[market] + rng.normal(size=5)[cell]
    columns = {
        "sums": effects, "good": z[:, 0], "own": X @ [1.0, -2.0] + effects, "better": z[:, 1],
        "both": z.sum(axis=1) - 3 * effects, "again": 5 * z[:, 0],
    }  # fmt: skip
    made = Instruments(unit * np.column_stack(list(columns.values())), tuple(columns))
    kept = screened(made, X, absorber(market, cell))
    assert (kept.names, kept.vanished, kept.collinear) == (("good", "better"), ("sums",), ("own", "both", "again"))
    np.testing.assert_array_equal(kept.Z, made.Z[:, [1, 3]])
    assert kept.refused == ("sums", "own", "both", "again")
