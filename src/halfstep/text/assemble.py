"""Heads put together: weights to eight bits, calibration and cuts beside them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from halfstep.native.grams import Grams
from halfstep.text.cuts import Cuts, Floats, family
from halfstep.text.heads import BLOCK, Heads

__all__ = ["assembled", "eight_bits"]

_CLIPS = np.geomspace(0.05, 1.0, 24)


def eight_bits(weight: Floats, often: Floats) -> tuple[npt.NDArray[np.int8], float]:
    """Return a head's weights in eight bits and their scale.

    The scale is the one, of 24 between a twentieth of the largest weight and all of it, with the smallest squared error over
    n-grams as often as they occur: a few large weights are cut off rather than all small ones lost.

    Parameters
    ----------
    weight, often
        Shape (D,).
    """
    top = float(np.abs(weight).max(initial=0.0))
    if top == 0:
        return np.zeros(len(weight), dtype=np.int8), 1.0
    some = np.flatnonzero(weight)
    w, n = weight[some], often[some]
    scales = top * _CLIPS / 127
    errors = [float((n * (w - s * np.clip(np.rint(w / s), -127, 127)) ** 2).sum()) for s in scales]
    scale = float(scales[int(np.argmin(errors))])
    return np.clip(np.rint(weight / scale), -127, 127).astype(np.int8), scale


def assembled(grams: Grams, names: tuple[str, ...], lines: tuple[Floats, Floats, Floats], cuts: Cuts,
              card: dict[str, str | float | int]) -> Heads:  # fmt: skip
    """Return heads of float weights.

    Parameters
    ----------
    lines
        Weights, shape (2 ** bits, H); how often each n-gram occurs, shape (2 ** bits,); biases, shape (H,).
    """
    weights, often, bias = lines
    H = len(names)
    held = np.zeros((1 << grams.bits, -(-H // BLOCK) * BLOCK), dtype=np.int8)
    scale = np.ones(H)
    for h in range(H):
        held[:, h], scale[h] = eight_bits(weights[:, h], often)
    best = {f"best {family(name)}": 1 for name, on in zip(names, cuts.best, strict=True) if on}
    return Heads(grams, names, held, scale, bias, cuts.slope, cuts.offset, cuts.cut, card | best)
