"""How buyers' tastes hang on theta: spreads, demographics, and distributions that keep a sign.

Buyer i's taste for column k of X2 about the mean is ``b_ik = f_k(m_k + sum_l Sigma_kl nu_il + sum_d Pi_kd D_id)``:

- normal: f is the identity; the mean is a linear coefficient of X1, or m_k where the column is not among X1;
- lognormal: ``f(z) = sign exp(z)``;
- bounded: ``f(z) = low + (high - low) / (1 + exp(-z))``, Johnson's S_B (Train & Sonnier 2005).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from halfstep.core.errors import MisuseError
from halfstep.native.layout import Array, Codes, Tastes

__all__ = ["Coefficient", "Form", "Parameter"]

_LARGEST = 300.0
"""Beyond it a taste is out of all bounds, and its exponential out of the machine's."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """The taste for one column of X2.

    Attributes
    ----------
    column
        Column of X2.
    nodes
        Rows of the nodes that it loads on, its own last: a lower triangle of Sigma where there are several.
    demographics
        Rows of the demographics that shift it.
    mean
        Whether its mean is a parameter here: where the column is not in X1, and for distributions that keep a sign.
    distribution, sign, low, high
        As in the module's head.
    """

    column: int
    nodes: tuple[int, ...] = ()
    demographics: tuple[int, ...] = ()
    mean: bool = False
    distribution: Literal["normal", "lognormal", "bounded"] = "normal"
    sign: float = 1.0
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True)
class Parameter:
    """One entry of theta.

    Attributes
    ----------
    kind
        "sigma", "pi", "mean" or "rho".
    column
        Column of X2; -1 for rho.
    source
        Row of the nodes or of the demographics; -1 for mean and rho.
    own
        Whether it is a diagonal entry of Sigma, whose sign means nothing with symmetric nodes.
    """

    kind: Literal["sigma", "pi", "mean", "rho"]
    column: int = -1
    source: int = -1
    own: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """All coefficients: theta holds spreads, then demographics, then means, by column; last the nesting parameter."""

    coefficients: tuple[Coefficient, ...]
    nested: bool = False

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What theta's entries are, in order."""
        each = self.coefficients
        found = [Parameter("sigma", c.column, n, n == c.nodes[-1]) for c in each for n in c.nodes]
        found += [Parameter("pi", c.column, d) for c in each for d in c.demographics]
        found += [Parameter("mean", c.column) for c in each if c.mean]
        return (*found, *([Parameter("rho")] if self.nested else []))

    def tastes(self, theta: Array, nodes: Array, demographics: Array, columns: int) -> Tastes:
        """Return buyers' tastes at theta.

        Parameters
        ----------
        theta
            Shape (P,).
        nodes, demographics
            Shapes (R, A) and (D, A).
        columns
            Columns of X2.
        """
        every = self.parameters
        if len(theta) != len(every):
            raise MisuseError(f"expected {len(every)} parameters, got {len(theta)}")
        moving = [p for p in every if p.kind != "rho"]
        A = nodes.shape[1]
        G = np.empty((len(moving), A))
        B = np.zeros((columns, A))
        for k, p in enumerate(moving):
            G[k] = nodes[p.source] if p.kind == "sigma" else demographics[p.source] if p.kind == "pi" else 1.0
            B[p.column] += theta[k] * G[k]
        column = np.array([p.column for p in moving], dtype=np.int64)
        for c in self.coefficients:
            if c.distribution != "normal":
                B[c.column], slope = _bent(c, B[c.column])
                G[column == c.column] *= slope
        return Tastes(B, G, column, float(theta[-1]) if self.nested else 0.0)

    def moves(self, column: int) -> Codes:
        """Return the places in theta that move the taste for a column."""
        return np.array([k for k, p in enumerate(self.parameters) if p.column == column], dtype=np.int64)


def _bent(c: Coefficient, z: Array) -> tuple[Array, Array]:
    """Return f(z) and its slope."""
    if c.distribution == "lognormal":
        value = c.sign * np.exp(np.minimum(z, _LARGEST))
        return value, value
    up = 1 / (1 + np.exp(np.minimum(-z, _LARGEST)))
    return c.low + (c.high - c.low) * up, (c.high - c.low) * up * (1 - up)
