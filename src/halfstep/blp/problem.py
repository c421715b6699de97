"""What is estimated: markets, products, buyers, and the two sides' regressors and instruments.

Rows are sorted by market. Absorbed effects are taken out of X1 and the instruments once; mean utilities are never
residualised inside the search, as ``Z' M delta = (M Z)' delta``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from halfstep.blp.coefficients import Form
from halfstep.blp.surveys import MicroSpec
from halfstep.core.errors import MisuseError
from halfstep.native.layout import Array, Codes, Markets, Mask, Products
from halfstep.numerics.absorb import Absorber

__all__ = ["Linear", "Problem", "Supply", "linear", "markets_of", "part", "tail"]

_CELLS = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """A linear stage, effects already out.

    Attributes
    ----------
    X
        Regressors, shape (N, K).
    Z
        Instruments, the exogenous regressors among them, shape (N, L).
    absorb
        Effects that are out of both; None for none.
    """

    X: Array
    Z: Array
    absorb: Absorber | None = None

    def residual(self, y: Array, coefficients: Array) -> Array:
        """Return ``M y - X coefficients``, shape (N,)."""
        left = y if self.absorb is None else self.absorb.residuals(y[:, None])[:, 0]
        return np.asarray(left - self.X @ coefficients)


@dataclass(frozen=True, slots=True, eq=False)
class Supply:
    """Bertrand-Nash supply: ``mc`` or ``log mc`` on cost shifters.

    Attributes
    ----------
    stage
        X3 and its instruments.
    log
        Whether the logarithm of marginal cost is linear.
    floor
        Least marginal cost; below it the cost is clipped and its slope is zero. -inf for none.
    """

    stage: Linear
    log: bool = False
    floor: float = -np.inf


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A random-coefficients problem.

    Attributes
    ----------
    markets, products
        As the kernels take them; rows sorted by market.
    p
        Prices, shape (N,).
    firm, cluster
        Codes, shape (N,); cluster None for errors independent over rows.
    nodes, demographics
        Shapes (R, A), (D, A).
    form
        How tastes hang on theta.
    demand
        X1 and its instruments.
    price
        Column of X2 that is the price, and of X1; None where it is not among them.
    supply
        None for demand alone. With supply the price may not be in X1: its mean is an entry of theta.
    known
        What is known of mean utility besides X1, such as the logarithm of reach, shape (N,); it is taken off delta.
    micro
        Figures of surveys of buyers and the demographics in their units, shape (D, A); None for none.
    """

    markets: Markets
    products: Products
    p: Array
    firm: Codes
    cluster: Codes | None
    nodes: Array
    demographics: Array
    form: Form
    demand: Linear
    price: tuple[int | None, int | None]
    supply: Supply | None = None
    micro: tuple[MicroSpec, Array] | None = None
    known: Array | None = None

    def __post_init__(self) -> None:
        """Refuse what the estimator cannot mean."""
        N, A = len(self.p), len(self.markets.w)
        if self.markets.row[-1] != N or self.markets.buyer[-1] != A:
            raise MisuseError(
                f"expected {N} rows and {A} buyers in the markets, got {self.markets.row[-1]} and {self.markets.buyer[-1]}"
            )
        if self.supply is not None and self.price[1] is not None:
            raise MisuseError("expected the mean price taste in theta where there is supply, got price among X1")
        if self.supply is not None and self.price[0] is None:
            raise MisuseError("expected price among X2 where there is supply")
        if not (np.isfinite(self.products.log_s).all() and np.isfinite(self.p).all()):
            raise MisuseError("expected finite prices and log shares; leave out rows that sold nothing")
        if self.form.nested != (self.products.nest is not None):
            raise MisuseError("expected nests and a nesting parameter together")

    @property
    def N(self) -> int:
        """Rows."""
        return len(self.p)

    def outside(self) -> Array:
        """Return the log share of buying nothing, row by row.

        Raises
        ------
        MisuseError
            If a market sells to everybody or more.
        """
        sold = np.add.reduceat(np.exp(self.products.log_s), self.markets.row[:-1])
        if (sold >= 1).any():
            raise MisuseError(
                f"expected shares that leave buyers who buy nothing; {int((sold >= 1).sum())} markets leave none"
            )
        return np.repeat(np.log1p(-sold), np.diff(self.markets.row))

    def pieces(self, cells: int = _CELLS) -> list[slice]:
        """Return runs of markets with about `cells` products times buyers each: what is held at once."""
        size = np.cumsum(np.diff(self.markets.row) * np.diff(self.markets.buyer))
        cuts = np.unique(np.r_[0, np.searchsorted(size, np.arange(cells, size[-1], cells)) + 1, self.markets.T])
        return [slice(int(a), int(b)) for a, b in pairwise(cuts)]


def tail(problem: Problem, first: int) -> Problem:
    """Return the markets from `first` on, for questions about them; its linear stages are not to be estimated from."""
    markets, rows, buyers = part(problem.markets, slice(first, problem.markets.T))
    products = problem.products
    nest = None if products.nest is None else products.nest[rows]
    return replace(
        problem, markets=markets, products=Products(products.X[rows], products.log_s[rows], nest), p=problem.p[rows],
        firm=problem.firm[rows], cluster=None, micro=None, known=None, nodes=np.ascontiguousarray(problem.nodes[:, buyers]),
        demographics=np.ascontiguousarray(problem.demographics[:, buyers]), supply=None,
    )  # fmt: skip


def part(markets: Markets, run: slice) -> tuple[Markets, slice, slice]:
    """Return a run of markets by itself, and where its rows and buyers stand."""
    row, buyer = markets.row[run.start : run.stop + 1], markets.buyer[run.start : run.stop + 1]
    rows, buyers = slice(int(row[0]), int(row[-1])), slice(int(buyer[0]), int(buyer[-1]))
    return Markets(row - row[0], buyer - buyer[0], markets.w[buyers]), rows, buyers


def markets_of(market: Codes, buyer_market: Codes, w: Array) -> Markets:
    """Return the layout of rows and buyers, both sorted by market code 0..T-1.

    Raises
    ------
    MisuseError
        If rows or buyers are not sorted, or a market has none of either.
    """
    T = int(max(market[-1], buyer_market[-1])) + 1
    offsets = []
    for name, code in (("rows", market), ("buyers", buyer_market)):
        count = np.bincount(code, minlength=T)
        if (np.diff(code) < 0).any() or (count == 0).any():
            raise MisuseError(f"expected {name} sorted by market and some in each of {T} markets")
        offsets.append(np.r_[0, np.cumsum(count)].astype(np.int64))
    return Markets(offsets[0], offsets[1], np.ascontiguousarray(w, dtype=np.float64))


def linear(X: Array, excluded: Array, endogenous: Mask, absorb: Absorber | None = None) -> Linear:
    """Return a linear stage: exogenous regressors stand as their own instruments, effects are taken out of all.

    Parameters
    ----------
    X
        Shape (N, K); `endogenous` says which columns are no instruments of their own, shape (K,).
    excluded
        Shape (N, L).
    """
    Z = np.hstack([X[:, ~endogenous], excluded])
    if absorb is not None:
        left = absorb.residuals(np.hstack([X, Z]))
        X, Z = left[:, : X.shape[1]], left[:, X.shape[1] :]
    return Linear(np.ascontiguousarray(X), np.ascontiguousarray(Z), absorb)
