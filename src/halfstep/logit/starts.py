"""Where the climb of a mixed logit starts: the conditional logit with moderate spreads, and scattered about it."""

from __future__ import annotations

import numpy as np

from halfstep.logit.records import Multinomial
from halfstep.logit.tasks import Array
from halfstep.logit.tastes import Layout
from halfstep.native.panel import EXP, PLAIN

__all__ = ["begin", "scatter"]

_SMALL, _LARGE = 0.1, 20.0
_SPREAD = 0.5


def begin(D: Array, plain: Multinomial, at: Layout) -> tuple[Array, Array]:
    """Return the first start, and the change of each parameter that moves utility by about one; each of shape (P,).

    Where the conditional logit has a sign that the distribution rules out, its coefficient starts small.
    """
    size = np.sqrt(np.einsum("ij,ij->j", D, D) / len(D))
    unit = 1 / np.where(size > 0, size, 1.0)
    location, p = np.clip(plain.b, -_LARGE * unit, _LARGE * unit), at.scale
    if p >= 0:
        price = max(-float(location[p]), _SMALL * float(unit[p]))
        location, unit = location / price, unit / price
        location[p], unit[p] = price, _SPREAD * price
    location = np.where(at.kind == PLAIN, location, at.sign * location)
    logs = at.kind == EXP
    location[logs] = np.log(np.maximum(location[logs], _SMALL * unit[logs]))
    unit[logs] = 1.0
    theta = np.concatenate([location, np.zeros(len(at.row))])
    theta[at.own] = _SPREAD * unit[at.columns]
    return theta, np.concatenate([unit, unit[at.row]])


def scatter(first: Array, at: Layout, unit: Array, rng: np.random.Generator) -> Array:
    """Return another start: locations moved, scales multiplied, tastes linked at random; shape (P,)."""
    K = at.K
    out = first.copy()
    out[:K] += unit[:K] / np.sqrt(K) * rng.standard_normal(K)
    out[K:] = _SPREAD * unit[K:] * rng.standard_normal(len(out) - K) / 2
    out[at.own] = first[at.own] * np.exp(rng.standard_normal(len(at.own)) * _SPREAD)
    return out
