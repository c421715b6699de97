"""From quantities to mean utilities: Berry's inversion, its rule for zeros, and what reach takes off.

``log s_j - log s_0 = delta_j + rho log s_(j|g)``. Market effects absorb ``log s_0``, so where the number of possible
buyers is unknown the plain logit needs none. With a reach table delta is the utility among those who can choose the
product (`numerics.consideration`), so that a brand that few know is not taken for one that few want.

References
----------
Berry (1994), RAND Journal of Economics 25(2), 242-262. Gandhi, Lu & Shi (2023), Quantitative Economics 14(2), section 2:
the rule of succession for zeros.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from halfstep.market.panel import Panel
from halfstep.market.reach import Reach
from halfstep.numerics.consideration import net_utility

__all__ = ["Shares", "Utilities", "shares_of", "utilities"]

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Shares of a panel's rows; arrays of shape (n,).

    Attributes
    ----------
    q
        Quantity after the rule for zeros.
    s
        Share of all possible buyers; NaN where their number is unknown.
    s0
        Share of those who buy nothing; NaN as above.
    within
        ``log s_(j|g)``: log share within the nest; zero where there are no nests.
    positive
        Rows that can be inverted.
    """

    q: Array
    s: Array
    s0: Array
    within: Array
    positive: Mask

    def take(self, rows: Mask) -> Shares:
        """Return the shares of some rows."""
        return Shares(*(getattr(self, f.name)[rows] for f in fields(self)))


def shares_of(panel: Panel, quantity_kind: str, zero_shares: str = "leave_out", *, nested: bool = False) -> Shares:
    """Return the shares of every row on offer.

    Parameters
    ----------
    quantity_kind
        "share" (of all possible buyers) or "units".
    zero_shares
        "leave_out", or "laplace": ``(q + 1) / (size + J + 1)`` for every row of a market.
    """
    total, J = (np.bincount(panel.market, v)[panel.market] for v in (panel.q, np.ones(panel.n)))
    q, size = panel.q, np.ones(panel.n) if quantity_kind == "share" else panel.size
    if zero_shares == "laplace":
        q, size, total = q + 1, size + J + 1, total + J
    s0 = 1 - total / size
    within = np.zeros(panel.n)
    if nested:
        key = np.unique(panel.market * (int(panel.nest.max()) + 1) + panel.nest, return_inverse=True)[1].reshape(-1)
        held = np.bincount(key, q)[key]
        within = np.log(np.where(q > 0, q, 1.0) / np.where(held > 0, held, 1.0))
    return Shares(q, q / size, s0, within, q > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Utilities:
    """Left-hand sides of the regression; arrays of shape (n,).

    Attributes
    ----------
    y
        ``delta + rho log s_(j|g)`` up to a term per market; NaN where nothing can be inverted.
    gross
        The same before reach is taken off.
    net
        Rows whose reach was known and taken off.
    exact
        Rows of markets in which the consideration-set logit was inverted exactly.
    impossible
        Rows of markets in which a brand sells to more buyers than its reach holds.
    """

    y: Array
    gross: Array
    net: Mask
    exact: Mask
    impossible: Mask

    def take(self, rows: Mask) -> Utilities:
        """Return the utilities of some rows."""
        return Utilities(*(getattr(self, f.name)[rows] for f in fields(self)))


def utilities(panel: Panel, shares: Shares, reach: Reach | None, *, nested: bool) -> Utilities:
    """Return mean utilities, net of reach where it is known.

    Where every product's reach in a market is known the consideration-set logit is inverted exactly; where only some
    are, where the number of possible buyers is unknown, or where there are nests, the logarithm of a row's own reach is
    taken off, which is the limit of a large outside option. A row without reach keeps its plain log share.
    """
    known = np.isfinite(shares.s0) & (shares.s0 > 0)
    share = np.where(shares.positive, np.where(known, shares.s, shares.q), 1.0)
    gross = np.where(shares.positive, np.log(share) - np.log(np.where(known, shares.s0, 1.0)), np.nan)
    none = np.zeros(panel.n, dtype=bool)
    if reach is None:
        return Utilities(gross, gross, none, none, none)
    told = np.isfinite(reach.share)
    y = gross - np.where(told, np.log(np.where(told, reach.share, 1.0)), 0.0)
    lacking = (shares.positive & ~told) | ~known
    whole = (np.bincount(panel.market, lacking)[panel.market] == 0) & shares.positive
    exact, impossible = none.copy(), none.copy()
    if not nested and whole.any():
        at = np.flatnonzero(whole)
        found = net_utility(shares.s[at], panel.market[at], panel.brand[at], reach.share[at])
        exact[at[found.converged]] = True
        impossible[at[~found.converged]] = True
        y[exact] = found.delta[found.converged]
    return Utilities(y - np.where(told, reach.log_variants, 0.0), gross, told, exact, impossible)
