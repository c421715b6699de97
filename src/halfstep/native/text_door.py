"""Which loops read texts: the compiled ones where they were built, else NumPy; ``HALFSTEP_KERNEL`` forces one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from halfstep.native import grams as twin
from halfstep.native.chosen import built, chosen
from halfstep.native.compiled import over
from halfstep.native.grams import Grams, Margins, Weights
from halfstep.native.texts import Places, Texts

__all__ = ["CompiledTexts", "TextKernel", "text_kernel", "text_levels"]


@dataclass(frozen=True, slots=True)
class TextKernel:
    """One set of loops over texts; see `halfstep.native.grams` for what each does.

    Texts are spread over ``HALFSTEP_THREADS`` threads (one unless told); no result depends on their number, nor on the kernel.

    Attributes
    ----------
    name
        "numpy", or "native" with the instruction set it found, such as "native (avx2)".
    """

    name: str
    margins: Callable[[Texts, Grams, Weights], Margins]


def text_levels() -> tuple[str, ...]:
    """Return the names of the instruction sets that the extension runs here, best first; empty where it was not built."""
    compiled = built("_grams")
    return () if compiled is None else tuple(compiled.levels())


def text_kernel() -> TextKernel:
    """Return the kernel to use, as the environment says at this moment."""
    if chosen("_grams") is None:
        return TextKernel("numpy", twin.margins)
    return TextKernel(f"native ({text_levels()[0]})", CompiledTexts(0).margins)


@dataclass(frozen=True, slots=True)
class CompiledTexts:
    """The extension at one instruction set.

    Attributes
    ----------
    level
        Place in `text_levels`.
    """

    level: int

    def margins(self, texts: Texts, grams: Grams, heads: Weights) -> Margins:
        """As `halfstep.native.grams.margins`."""
        out = np.empty((texts.n, len(heads.scale)), dtype=np.float32)
        begin, end = _places(texts.begin), _places(texts.end)
        given = (
            grams.low, grams.high, grams.words, *grams.inside, grams.bits, np.ascontiguousarray(texts.data), begin, end,
            np.ascontiguousarray(heads.weight), np.ascontiguousarray(heads.scale, dtype=np.float64),
            np.ascontiguousarray(heads.bias, dtype=np.float64), out,
        )  # fmt: skip
        work = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(end - begin)])
        over(work, lambda first, last: built("_grams").margins(self.level, first, last, *given))
        return out


def _places(values: Places) -> Places:
    return np.ascontiguousarray(values, dtype=np.int64)
