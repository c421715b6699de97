"""What the kernels are given and give back: arrays of markets whose rows and buyers stand together.

Market t holds the rows ``row[t]:row[t + 1]`` of products and the entries ``buyer[t]:buyer[t + 1]`` of buyers. Buyer i of it
has the utility ``delta_j + sum_k X_jk B_ki`` from product j and zero from buying nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "Codes", "Control", "Inversion", "Markets", "Markups", "Mask", "Products", "Start", "Tastes"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Markets:
    """Where each market's rows and buyers stand; C-contiguous arrays.

    Attributes
    ----------
    row, buyer
        Offsets, shape (T + 1,), ascending from zero.
    w
        Buyers' weights, shape (A,).
    """

    row: Codes
    buyer: Codes
    w: Array

    @property
    def T(self) -> int:
        """Number of markets."""
        return len(self.row) - 1

    @property
    def factor(self) -> Codes:
        """Offsets of the markets' J x J matrices in one flat array, shape (T + 1,)."""
        return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(np.diff(self.row) ** 2)])


@dataclass(frozen=True, slots=True, eq=False)
class Products:
    """What is known of the products.

    Attributes
    ----------
    X
        Columns with tastes that differ between buyers, shape (N, K).
    log_s
        Logarithm of observed shares, shape (N,).
    nest
        Codes of nests, shape (N,), for the nested (RCNL) form; None for the plain one.
    """

    X: Array
    log_s: Array
    nest: Codes | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Tastes:
    """Buyers' tastes about the mean at one theta.

    Attributes
    ----------
    B
        Taste of each buyer for each column of X, shape (K, A).
    G
        ``dB[column[p]] / dtheta_p``, shape (P, A).
    column
        Column of X whose taste a parameter moves, shape (P,).
    rho
        Nesting parameter; with nests it is the last parameter, beyond the P of `column`. Zero without.
    """

    B: Array
    G: Array
    column: Codes
    rho: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Where an inversion starts.

    Attributes
    ----------
    delta
        Shape (N,).
    factor
        Cholesky factors that an earlier inversion left, `Inversion.factor`; None for none.
    """

    delta: Array
    factor: Array | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """When an inversion has arrived: ``max |log S - log s| <= tolerance``, in at most `limit` share evaluations."""

    tolerance: float = 1e-13
    limit: int = 100


@dataclass(frozen=True, slots=True, eq=False)
class Inversion:
    """Mean utilities that give the observed shares.

    Attributes
    ----------
    delta
        Shape (N,).
    D
        ``d delta / d theta``, shape (N, P), with nests (N, P + 1).
    factor
        What this kernel keeps of ``diag(s) - P W P'`` at the solution for a start nearby, J x J numbers a market in one
        flat array: a Cholesky factor in the extension, the inverse in NumPy. NaN in a market that failed.
    residual
        ``max |log S - log s|`` of each market, shape (T,).
    evaluations
        Share evaluations of each market, shape (T,).
    converged
        Shape (T,).
    """

    delta: Array
    D: Array
    factor: Array
    residual: Array
    evaluations: Codes
    converged: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Markups:
    """Bertrand-Nash markups.

    Attributes
    ----------
    eta
        Price less marginal cost, shape (N,); NaN in a market whose conditions are singular.
    E
        ``d eta / d theta``, shape (N, P), along the theta that keeps shares as observed.
    """

    eta: Array
    E: Array
