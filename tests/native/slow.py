"""Demand and markups in plain loops over buyers, written from the formulas and apart from the kernels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.native.layout import Array, Codes, Control, Markets, Products, Start, Tastes


@dataclass(frozen=True)
class World:
    markets: Markets
    products: Products
    tastes: Tastes
    delta: Array
    alpha: Array
    alpha_theta: Array
    firm: Codes

    @property
    def start(self) -> Start:
        return Start(np.zeros(len(self.delta)))


def world(
    seed: int, J: list[int], buyers: list[int], K: int = 2, column: list[int] | None = None, scale: float = 1.0
) -> World:
    """Markets with J products and so many buyers; `scale` is the spread of tastes."""
    draw = np.random.default_rng(seed)
    row, buyer = np.cumsum([0, *J]), np.cumsum([0, *buyers])
    w = np.concatenate([v / v.sum() for v in (draw.uniform(0.5, 1.5, i) for i in buyers)])
    column = list(range(K)) if column is None else column
    X, delta = draw.normal(size=(row[-1], K)), draw.normal(size=row[-1]) - 1
    nodes = draw.normal(size=(K, buyer[-1]))
    G = nodes[column] * draw.uniform(0.5, 1.5, (len(column), 1))
    markets = Markets(row, buyer, w)
    tastes = Tastes(scale * nodes, G, np.array(column, dtype=np.int64))
    with np.errstate(divide="ignore"):
        log_s = np.log(shares(markets, X, tastes.B, delta))
    alpha = -np.exp(0.3 * draw.normal(size=buyer[-1]))
    alpha_theta = draw.normal(size=(len(column), buyer[-1]))
    firm = draw.integers(-3, 3, row[-1])
    return World(markets, Products(X, log_s), tastes, delta, alpha, alpha_theta, firm)


def probabilities(X: Array, B: Array, delta: Array) -> Array:
    """Return P, shape (J + 1, I); the last row is buying nothing."""
    P = np.empty((len(delta) + 1, B.shape[1]))
    for i in range(B.shape[1]):
        V = np.append(delta + X @ B[:, i], 0.0)
        e = np.exp(V - V.max())
        P[:, i] = e / e.sum()
    return P


def parts(markets: Markets, t: int) -> tuple[slice, slice]:
    return slice(int(markets.row[t]), int(markets.row[t + 1])), slice(int(markets.buyer[t]), int(markets.buyer[t + 1]))


def shares(markets: Markets, X: Array, B: Array, delta: Array) -> Array:
    s = np.empty(len(delta))
    for t in range(markets.T):
        rows, buyers = parts(markets, t)
        s[rows] = probabilities(X[rows], B[:, buyers], delta[rows])[:-1] @ markets.w[buyers]
    return s


def jacobian(at: World, delta: Array, t: int) -> Array:
    """Return ``d s / d delta`` of one market."""
    rows, buyers = parts(at.markets, t)
    P = probabilities(at.products.X[rows], at.tastes.B[:, buyers], delta[rows])[:-1]
    return np.asarray(
        sum(w * (np.diag(p) - np.outer(p, p)) for w, p in zip(at.markets.w[buyers], P.T, strict=True)), dtype=np.float64
    )


def slopes(at: World, delta: Array) -> Array:
    """Return ``d delta / d theta`` at the delta that gives the shares."""
    D = np.empty((len(delta), len(at.tastes.column)))
    for t in range(at.markets.T):
        rows, buyers = parts(at.markets, t)
        X, G, w = at.products.X[rows], at.tastes.G[:, buyers], at.markets.w[buyers]
        P = probabilities(X, at.tastes.B[:, buyers], delta[rows])[:-1]
        ds = np.zeros((len(X), D.shape[1]))
        for p, k in enumerate(at.tastes.column):
            for i in range(len(w)):
                ds[:, p] += w[i] * P[:, i] * G[p, i] * (X[:, k] - P[:, i] @ X[:, k])
        D[rows] = -np.linalg.solve(jacobian(at, delta, t), ds)
    return D


def markups(at: World, delta: Array) -> Array:
    """Return markups from the whole matrix of derivatives by price."""
    eta = np.empty(len(delta))
    for t in range(at.markets.T):
        rows, buyers = parts(at.markets, t)
        P = probabilities(at.products.X[rows], at.tastes.B[:, buyers], delta[rows])[:-1]
        pairs = zip(at.markets.w[buyers] * at.alpha[buyers], P.T, strict=True)
        by_price = np.asarray(sum(wa * (np.diag(p) - np.outer(p, p)) for wa, p in pairs), dtype=np.float64)
        own = at.firm[rows][:, None] == at.firm[rows][None, :]
        eta[rows] = -np.linalg.solve(by_price * own, P @ at.markets.w[buyers])
    return eta


TIGHT = Control()
