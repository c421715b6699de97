"""What estimators of choices give back: frozen fits, and what they were asked."""

from __future__ import annotations

from dataclasses import dataclass

from halfstep.core.config_choice import Distribution
from halfstep.logit.tasks import Array

__all__ = ["LatentFit", "MixedFit", "MixedSpec", "Multinomial"]


@dataclass(frozen=True, slots=True, eq=False)
class Multinomial:
    """A conditional logit at its maximum (McFadden 1974).

    Attributes
    ----------
    b
        Shape (K,).
    loglik, loglik_null
        Weighted log likelihood at b and at zero.
    information
        Minus the Hessian of the weighted log likelihood, shape (K, K).
    scores
        Weighted score of each task, shape (T, K).
    converged
        False also where the data separate (a column foretells every choice) or a column does not vary within tasks.
    trouble
        "", "collinear" or "separated".
    columns
        Columns behind the trouble; empty where there is none.
    """

    b: Array
    loglik: float
    loglik_null: float
    information: Array
    scores: Array
    converged: bool
    trouble: str = ""
    columns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MixedSpec:
    """Tastes that differ between people (Revelt & Train 1998; in money: Train & Weeks 2005).

    Preference space: U = x'beta; wtp space: U = lambda (x'omega - price), with x the columns other than price.

    Attributes
    ----------
    distribution
        Of each column's coefficient, length K; in wtp space that at `price` is of lambda.
    sign
        1 or -1 of each lognormal or censored coefficient, length K; lambda is positive whatever is said here.
    price
        Column of price; needed in wtp space, else None where there is none.
    space
        "preference" or "wtp".
    correlated
        Whether normal and lognormal coefficients have a full Cholesky factor.
    points
        "halton" (scrambled) or "mlhs".
    """

    distribution: tuple[Distribution, ...]
    sign: tuple[int, ...]
    price: int | None
    space: str = "preference"
    correlated: bool = False
    draws: int = 400
    points: str = "halton"
    antithetic: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class MixedFit:
    """A mixed logit at the best optimum found.

    Attributes
    ----------
    theta
        Shape (P,): K locations, then spreads (scales, or the lower triangle of the Cholesky factor by rows).
    names
        Of each parameter a pair (kind, column): ("location", k), ("scale", k) or ("cholesky k", l); length P.
    loglik
        Simulated, weighted.
    information
        Minus its Hessian, shape (P, P).
    scores
        Weighted score of each person, shape (N, P).
    means, slope
        Mean of each coefficient over people, shape (K,), and its derivative in theta, shape (K, P); in wtp space those other
        than at `price` are in money.
    starts
        Log likelihood reached from each start, best first.
    singular
        Whether the information has no inverse: a parameter the data say nothing of.
    """

    spec: MixedSpec
    theta: Array
    names: tuple[tuple[str, int], ...]
    loglik: float
    information: Array
    scores: Array
    means: Array
    slope: Array
    starts: tuple[float, ...]
    converged: bool
    singular: bool
    evaluations: int


@dataclass(frozen=True, slots=True, eq=False)
class LatentFit:
    """Classes of people with tastes in common, by EM (Bhat 1997; Train 2008).

    Attributes
    ----------
    b
        Shape (C, K), classes in falling order of share.
    share
        Shape (C,).
    loglik
        Weighted.
    posterior
        Probability that a person is of a class, shape (N, C).
    covariance
        Of (b of the first class, ..., log share of each class over that of the first) clustered by person, shape
        (C K + C - 1, C K + C - 1); NaN where it has none.
    starts
        Log likelihood reached from each start, best first.
    """

    b: Array
    share: Array
    loglik: float
    posterior: Array
    covariance: Array
    starts: tuple[float, ...]
    converged: bool
