"""Second choices: what a buyer takes when the first choice is gone.

The probability that j comes first and k second is the one of k without j, less the one of k with it: whoever would take k
only where j is gone has j first. In the plain form it is ``P_ij P_ik / (1 - P_ij)``. With nests, C_ij the probability
within the nest g and t_ij = 1 - C_ij,

    k in another nest, or nothing:  P_ik / (1 - r_ij),      r_ij = P_ig (1 - t_ij^(1 - rho))
    k in the nest of j:             t_ij^(-rho) P_ik / (1 - r_ij)

(Conlon & Gortmaker 2025, Journal of Econometrics, for second choices as micro moments).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.native.choices import Choices
from halfstep.native.layout import Array

__all__ = ["ROUNDING", "Diversion", "diversion"]

ROUNDING = 1e-16


@dataclass(frozen=True, slots=True, eq=False)
class Diversion:
    """Who has which first choice and a second one in a group h of products, perhaps with nothing; arrays (m, J, I).

    Attributes
    ----------
    z
        Probability of j first and h second.
    into, nothing
        Whether a product is in h, shape (m, J, 1), and whether nothing is.
    other, own
        Probability of h outside the nest of j, and of h in it without j.
    gain
        ``r / (1 - r)``, r as in the module's head.
    kept, grown, log_t
        ``t^(1 - rho)``, ``t^(-rho)`` and ``log t``; the last two zero where t is.
    """

    at: Choices
    z: Array
    into: Array
    nothing: bool
    other: Array
    own: Array
    gain: Array
    kept: Array
    grown: Array
    log_t: Array

    def slopes(self, first: Array) -> tuple[Array, Array | None, Array | None]:
        """Return the slopes of ``sum_j first_j z_ij`` by P, by C, and by rho where P and C stand still.

        Parameters
        ----------
        first
            Whether the first choice is asked about, shape (m, J, 1).
        """
        at, E = self.at, 1 + self.gain
        moved = (self.other + self.grown * self.own) * E * E
        anyone = (first * self.gain).sum(axis=1, keepdims=True)
        f = self.into * (anyone + _held(at, first * (self.grown - 1) * E)) - self.nothing * anyone
        f = f - first * self.into * (self.grown * E - 1) + _held(at, first * moved * (1 - self.kept))
        if at.C is None:
            return f, None, None
        together = _held(at, at.P)
        t = np.where(at.C < 1, 1 - at.C, 1.0)
        h = first * (moved * together * (1 - at.rho) * self.grown + at.rho * self.grown / t * self.own * E)
        by_rho = first * self.log_t * (moved * together * self.kept - self.grown * self.own * E)
        return f, h, by_rho


def diversion(at: Choices, into: Array, nothing: bool) -> Diversion:
    """Return the probabilities of every first choice with a second one in a group.

    Parameters
    ----------
    into
        One for products of the group, shape (m, J, 1).
    nothing
        Whether buying nothing is in the group too.
    """
    chosen = at.P * into
    whole = chosen.sum(axis=1, keepdims=True) + nothing * (1 - at.P.sum(axis=1, keepdims=True))
    inside = _held(at, chosen)
    if at.C is None:
        kept = grown = log_t = np.zeros((1, 1, 1))
        r = at.P
    else:
        t = 1 - at.C
        some = t > 0
        log_t = np.log(np.where(some, t, 1.0))
        kept = np.where(some, np.exp((1 - at.rho) * log_t), 0.0)
        grown = np.where(some, np.exp(-at.rho * log_t), 0.0)
        r = _held(at, at.P) * (1 - kept)
    gain = r / np.maximum(1 - r, ROUNDING)
    other, own = whole - inside, inside - chosen
    z = other * gain + own * (grown * (1 + gain) - 1)
    return Diversion(at, z, into, nothing, other, own, gain, kept, grown, log_t)


def _held(at: Choices, values: Array) -> Array:
    """Sum values (m, J, I) over each product's nest; in the plain form each product is alone."""
    return values if at.same is None else np.asarray(at.same @ values)
