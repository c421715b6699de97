"""Small random scenes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from halfstep.blp.equilibrium import Pay, Scene
from halfstep.native.layout import Markets

Array = npt.NDArray[np.float64]


def offsets(sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(sizes)])


def a_scene(seed: int, markets: int = 3, products: int = 6, buyers: int = 9, mild: float = 1.0) -> Scene:
    """Return markets of up to so many products and buyers; `mild` scales how far buyers differ."""
    rng = np.random.default_rng(seed)
    row, buyer = offsets(rng.integers(1, products + 1, markets)), offsets(rng.integers(1, buyers + 1, markets))
    N, A = int(row[-1]), int(buyer[-1])
    weight = rng.uniform(0.2, 1.0, A)
    weight /= np.repeat(np.add.reduceat(weight, buyer[:-1]), np.diff(buyer))
    none = np.zeros(N)
    return Scene(
        markets=Markets(row, buyer, weight), X=rng.standard_normal((N, 2)), B=0.7 * mild * rng.standard_normal((2, A)),
        base=rng.normal(0.5, 0.7, N), alpha=-np.exp(0.3 * mild * rng.standard_normal(A)), mc=rng.uniform(0.5, 2.0, N),
        firm=rng.integers(0, 3, N), frozen=np.zeros(N, dtype=np.bool_),
        pay=replace(Pay.plain(N), tax=none + rng.uniform(0.0, 0.2), unit=none + rng.uniform(-0.1, 0.2)),
    )  # fmt: skip


def one_buyer(base: Array, alpha: float, mc: Array, firm: npt.NDArray[np.int64]) -> Scene:
    """Return a market of the plain logit."""
    N = len(base)
    markets = Markets(np.array([0, N]), np.array([0, 1]), np.ones(1))
    none = np.zeros((N, 0)), np.zeros((0, 1))
    return Scene(markets, *none, base, np.array([alpha]), mc, firm, np.zeros(N, dtype=np.bool_), Pay.plain(N))


def market_of(scene: Scene) -> npt.NDArray[np.int64]:
    return np.repeat(np.arange(scene.markets.T), np.diff(scene.markets.row))
