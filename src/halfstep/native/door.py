"""Which kernel runs: the compiled one where it was built, else NumPy; ``HALFSTEP_KERNEL`` forces one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from halfstep.core.errors import MisuseError
from halfstep.native import cascade as cascades
from halfstep.native import clearing, twin
from halfstep.native import panel as people
from halfstep.native.cascade import Asked, Evaluated, Rates, Stream
from halfstep.native.compiled import Compiled, levels
from halfstep.native.layout import Array, Codes, Control, Inversion, Markets, Markups, Products, Start, Tastes
from halfstep.native.panel import Panel, Shape, Simulated
from halfstep.native.scene import Cleared, Scene

__all__ = ["Kernel", "kernel"]

Pair = tuple[Array, Array]


@dataclass(frozen=True, slots=True)
class Kernel:
    """One set of loops; see `halfstep.native.twin`, for prices `halfstep.native.clearing`, for people's tasks
    `halfstep.native.panel`, for events that bring events `halfstep.native.cascade` for what each does.

    Nested calls (`Products.nest`) go to NumPy whichever kernel runs. Markets, people and cascades are spread over ``HALFSTEP_THREADS``
    threads (one unless told); no result depends on their number.

    Attributes
    ----------
    name
        "numpy", or "native" with the instruction set it found, such as "native (avx2)".
    """

    name: str
    invert: Callable[[Markets, Products, Tastes, Start, Control], Inversion]
    markups: Callable[[Markets, Products, Tastes, Pair, Pair, Codes], Markups]
    shares: Callable[[Markets, Array, Array, Array], Array]
    clear: Callable[[Scene, Array, Control], Cleared]
    panel: Callable[[Panel, Shape], Simulated]
    cascade: Callable[[Stream, Rates, Asked], Evaluated]


def kernel() -> Kernel:
    """Return the kernel to use, as the environment says at this moment."""
    wanted = os.environ.get("HALFSTEP_KERNEL", "")
    if wanted not in ("", "native", "numpy"):
        raise MisuseError(f"expected native or numpy in HALFSTEP_KERNEL, got {wanted!r}; set one of them, or unset it")
    found = levels()
    if wanted == "native" and not found:
        raise MisuseError(
            "HALFSTEP_KERNEL asks for native, but the extension was not built here; install a C compiler and run "
            "pip install --force-reinstall --no-deps halfstep, or set HALFSTEP_KERNEL=numpy"
        )
    if wanted == "numpy" or not found:
        return Kernel(
            "numpy", twin.invert, twin.markups, twin.shares, clearing.clear, people.simulate, cascades.evaluate
        )
    best = Compiled(0)
    return Kernel(f"native ({found[0]})", best.invert, best.markups, best.shares, best.clear, best.panel, best.cascade)
