"""Linear heads over hashed n-grams: one record that is taught, kept in a file, and scored with."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.native.grams import Grams

__all__ = ["BLOCK", "Grams", "Heads"]

BLOCK = 16
"""Weights of one n-gram lie together, sixteen heads a row, so that one read serves them all."""


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """Heads that read a text at once.

    A head's margin is ``scale * sum(weight[row of g] for n-grams g) / sqrt(number of n-grams) + bias``; its probability is
    ``1 / (1 + exp(-(slope * margin + offset)))`` (Platt 1999), learnt on texts that the weights were not.

    Attributes
    ----------
    grams
        How a text is taken apart.
    names
        Of the H heads: "touchpoint.<id>", "polarity.positive", "polarity.negative", "stance.for", "stance.against", "own", "spam".
    weight
        Shape (2 ** bits, 16 * ceil(H / 16)), int8; columns beyond H are zero.
    scale, bias, slope, offset
        Shape (H,).
    cut
        Margin from which a head says yes, chosen for its F1 on texts that the weights were not learnt on; shape (H,).
    card
        What it was taught on and how well it reads: plain figures and words.
    """

    grams: Grams
    names: tuple[str, ...]
    weight: npt.NDArray[np.int8]
    scale: npt.NDArray[np.float64]
    bias: npt.NDArray[np.float64]
    slope: npt.NDArray[np.float64]
    offset: npt.NDArray[np.float64]
    cut: npt.NDArray[np.float64]
    card: dict[str, str | float | int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse shapes that do not belong together."""
        H, wide = len(self.names), -(-len(self.names) // BLOCK) * BLOCK
        if self.weight.shape != (1 << self.grams.bits, wide):
            raise MisuseError(f"expected weights of shape {(1 << self.grams.bits, wide)}, got {self.weight.shape}")
        if any(part.shape != (H,) for part in (self.scale, self.bias, self.slope, self.offset, self.cut)):
            raise MisuseError(f"expected {H} scales, biases, slopes, offsets and cuts, one a head")
