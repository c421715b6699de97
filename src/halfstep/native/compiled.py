"""The C extension with the layout's arrays; markets spread over threads."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np

from halfstep.core.errors import MisuseError
from halfstep.native import cascade as cascades
from halfstep.native import twin
from halfstep.native.cascade import Asked, Evaluated, Rates, Stream
from halfstep.native.layout import Array, Codes, Control, Inversion, Markets, Markups, Products, Start, Tastes
from halfstep.native.panel import Panel, Shape, Simulated
from halfstep.native.scene import Cleared, Scene

__all__ = ["Compiled", "levels", "over"]


def _loaded() -> Any:
    try:
        return import_module("halfstep.native._kernel")
    except ImportError:
        return None


_C = _loaded()


def levels() -> tuple[str, ...]:
    """Return the names of the instruction sets that the extension runs here, best first; empty where it was not built."""
    return () if _C is None else tuple(_C.levels())


@dataclass(frozen=True, slots=True)
class Compiled:
    """The extension at one instruction set.

    Attributes
    ----------
    level
        Place in `levels`.
    """

    level: int

    def invert(self, markets: Markets, products: Products, tastes: Tastes, start: Start, control: Control) -> Inversion:
        """As `twin.invert`; nested calls go there."""
        if products.nest is not None:
            return twin.invert(markets, products, tastes, start, control)
        N, T, P = len(products.log_s), markets.T, len(tastes.column)
        size = int((np.diff(markets.row) ** 2).sum())
        out = Inversion(
            np.empty(N), np.empty((N, P)), np.empty(size), np.empty(T), np.empty(T, np.int64), np.empty(T, np.bool_)
        )
        given = (
            *_problem(markets, products.X, tastes.B), _dense(tastes.G), _codes(tastes.column), _dense(products.log_s),
            _dense(start.delta), None if start.factor is None else _dense(start.factor), control.tolerance, control.limit,
            out.delta, out.D, out.factor, out.residual, out.evaluations, out.converged,
        )  # fmt: skip
        _spread(markets, lambda first, last: _C.invert(self.level, first, last, *given))
        return out

    def markups(
        self,
        markets: Markets,
        products: Products,
        tastes: Tastes,
        point: tuple[Array, Array],
        price: tuple[Array, Array],
        firm: Codes,
    ) -> Markups:
        """As `twin.markups`; nested calls go there."""
        if products.nest is not None:
            return twin.markups(markets, products, tastes, point, price, firm)
        (delta, D), (alpha, alpha_theta) = point, price
        out = Markups(np.empty(len(delta)), np.empty(D.shape))
        given = (
            *_problem(markets, products.X, tastes.B), _dense(tastes.G), _codes(tastes.column), _dense(delta), _dense(D),
            _dense(alpha), _dense(alpha_theta), _codes(firm), out.eta, out.E,
        )  # fmt: skip
        _spread(markets, lambda first, last: _C.markups(self.level, first, last, *given))
        return out

    def shares(self, markets: Markets, X: Array, B: Array, delta: Array) -> Array:
        """As `twin.shares`."""
        s = np.empty(len(delta))
        given = (*_problem(markets, X, B), _dense(delta), s)
        _spread(markets, lambda first, last: _C.shares(self.level, first, last, *given))
        return s

    def clear(self, scene: Scene, start: Array, control: Control) -> Cleared:
        """As `clearing.clear`."""
        N, T, pay = scene.N, scene.markets.T, scene.pay
        out = Cleared(np.empty(N), np.empty(N), np.empty(N), np.empty(T, np.int64), np.empty(T, np.int64), np.empty(T))
        given = (
            *_problem(scene.markets, scene.X, scene.B), _dense(scene.base), _dense(scene.alpha), _dense(scene.mc),
            _codes(scene.firm), np.ascontiguousarray(scene.frozen), _dense(pay.tax), _dense(pay.unit), _dense(pay.rate),
            _dense(pay.cap), _dense(start), control.tolerance, control.limit,
            out.p, out.s, out.gradient, out.iterations, out.status,
        )  # fmt: skip
        _spread(scene.markets, lambda first, last: _C.clear(self.level, first, last, *given))
        np.subtract(out.p, scene.mc, out=out.markup)
        return out

    def panel(self, panel: Panel, shape: Shape) -> Simulated:
        """As `panel.simulate`."""
        (N, R, Q), K = panel.Z.shape, len(shape.b)
        out = Simulated(np.empty(N), np.empty((N, K)), np.empty((N, K, Q)))
        row, task = _codes(panel.row), _codes(panel.task)
        given = (
            R, shape.scale, row, task, _dense(panel.D), _dense(shape.b), _dense(shape.L), _dense(shape.sign),
            _codes(shape.kind), _dense(panel.Z).ravel(), out.loglik, out.location.ravel(), out.spread.ravel(),
        )  # fmt: skip
        over(row[task], lambda first, last: _C.panel(self.level, first, last, *given))
        return out

    def cascade(self, stream: Stream, rates: Rates, asked: Asked) -> Evaluated:
        """As `cascade.evaluate`."""
        out = cascades.blank(stream, rates, asked)
        row = _codes(stream.row)
        outs = (getattr(out, name) for name in out.__slots__)
        given = (
            stream.K, rates.weight.shape[1], _dense(stream.time), _codes(stream.kind), row, _dense(stream.until),
            _dense(stream.cut), _codes(stream.cut_row), _dense(rates.decay), _dense(rates.weight).ravel(),
            _dense(rates.factor), *(None if array.size == 0 else array.ravel() for array in outs),
        )  # fmt: skip
        over(row, lambda first, last: _C.cascade(self.level, first, last, *given))
        return out


def _problem(markets: Markets, X: Array, B: Array) -> tuple[Codes | Array, ...]:
    return _codes(markets.row), _codes(markets.buyer), _dense(markets.w), _dense(X), _dense(B)


def _dense(values: Array) -> Array:
    return np.ascontiguousarray(values, dtype=np.float64)


def _codes(values: Codes) -> Codes:
    return np.ascontiguousarray(values, dtype=np.int64)


def _spread(markets: Markets, call: Callable[[int, int], object]) -> None:
    """Call with ranges of markets."""
    work = np.cumsum(np.diff(markets.row) * np.diff(markets.buyer))
    over(np.concatenate([np.zeros(1, dtype=np.int64), work]), call)


def over(work: Codes, call: Callable[[int, int], object]) -> None:
    """Call with ranges of n things of about equal work, one to a thread; `work` is cumulated, shape (n + 1,)."""
    named = os.environ.get("HALFSTEP_THREADS", "1")
    if not named.isdecimal() or int(named) < 1:
        raise MisuseError(f"HALFSTEP_THREADS is {named!r}; expected a number of threads, 1 or more")
    n = len(work) - 1
    threads = min(int(named), n)
    if threads <= 1:
        call(0, n)
        return
    work = work[1:] + np.arange(1, n + 1)
    cuts = [0, *np.searchsorted(work, work[-1] * np.arange(1, threads) / threads), n]
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(call, int(a), int(b)) for a, b in pairwise(cuts)]:
            done.result()
