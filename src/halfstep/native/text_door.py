"""Which loops read texts: the compiled ones where they were built, else NumPy; ``HALFSTEP_KERNEL`` forces one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from halfstep.core.errors import MisuseError
from halfstep.native import grams as twin
from halfstep.native.compiled import over
from halfstep.native.grams import Grams, Margins, Weights
from halfstep.native.texts import Places, Texts

__all__ = ["CompiledTexts", "TextKernel", "chosen", "text_kernel", "text_levels"]


@cache
def _loaded(name: str) -> Any:
    try:
        return import_module(f"halfstep.native.{name}")
    except ImportError:
        return None


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
    compiled = _loaded("_grams")
    return () if compiled is None else tuple(compiled.levels())


def chosen(name: str) -> Any:
    """Return the extension of that name under halfstep.native, None where NumPy is to run, as the environment says now."""
    wanted = os.environ.get("HALFSTEP_KERNEL", "")
    if wanted not in ("", "native", "numpy"):
        raise MisuseError(f"expected native or numpy in HALFSTEP_KERNEL, got {wanted!r}; set one of them, or unset it")
    if wanted == "numpy":
        return None
    found = _loaded(name)
    if wanted == "native" and found is None:
        raise MisuseError(
            "HALFSTEP_KERNEL asks for native, but the extension was not built here; install a C compiler and run "
            "pip install --force-reinstall --no-deps halfstep, or set HALFSTEP_KERNEL=numpy"
        )
    return found


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
        over(work, lambda first, last: _loaded("_grams").margins(self.level, first, last, *given))
        return out


def _places(values: Places) -> Places:
    return np.ascontiguousarray(values, dtype=np.int64)
