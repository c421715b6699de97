"""Edits of a scene, each giving a new one: exit, entry, owners, costs, taxes, subsidies, tastes, held prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.native.layout import Array, Codes, Markets, Mask
from halfstep.native.scene import Pay, Scene

__all__ = [
    "Entry",
    "costing",
    "held",
    "joined",
    "merged",
    "owned",
    "stacked",
    "subsidised",
    "taxed",
    "with_base",
    "without",
]

D = TypeVar("D", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """Products that enter, n of them.

    Attributes
    ----------
    market
        Which market each enters, shape (n,).
    X, base, mc, firm, pay
        As in `Scene`, with n rows.
    """

    market: Codes
    X: Array
    base: Array
    mc: Array
    firm: Codes
    pay: Pay


def without(scene: Scene, gone: Mask) -> Scene:
    """Take products (N,) off the market; ``p[~gone]`` are the others' prices."""
    keep = ~_rows(scene, gone, np.bool_)
    row = np.concatenate([[0], np.cumsum(keep)])[scene.markets.row]
    return replace(
        scene, markets=replace(scene.markets, row=row), X=scene.X[keep], base=scene.base[keep], mc=scene.mc[keep],
        firm=scene.firm[keep], frozen=scene.frozen[keep], pay=_pay(scene.pay, keep),
    )  # fmt: skip


def joined(scene: Scene, entry: Entry) -> tuple[Scene, Mask]:
    """Let products enter at the end of their markets; the mask (N + n,) says which rows they are."""
    order = np.argsort(entry.market, kind="stable")
    market = entry.market[order]
    if len(market) and not (market[0] >= 0 and market[-1] < scene.markets.T):
        raise MisuseError(f"expected markets from 0 to {scene.markets.T - 1}, got {market[0]} to {market[-1]}")
    at = scene.markets.row[market + 1]
    more = np.bincount(market, minlength=scene.markets.T)
    row = scene.markets.row + np.concatenate([[0], np.cumsum(more)])
    new = np.insert(np.zeros(scene.N, dtype=np.bool_), at, np.ones(len(at), dtype=np.bool_))
    pay = Pay(*(np.insert(getattr(scene.pay, f.name), at, getattr(entry.pay, f.name)[order]) for f in fields(Pay)))
    joint = replace(
        scene, markets=replace(scene.markets, row=row), X=np.insert(scene.X, at, entry.X[order], axis=0),
        base=np.insert(scene.base, at, entry.base[order]), mc=np.insert(scene.mc, at, entry.mc[order]),
        firm=np.insert(scene.firm, at, entry.firm[order]), frozen=np.insert(scene.frozen, at, np.zeros(len(at), bool)), pay=pay,
    )  # fmt: skip
    return joint, new


def owned(scene: Scene, firm: Codes) -> Scene:
    """Give products new owners (N,)."""
    return replace(scene, firm=_rows(scene, firm, np.int64))


def merged(scene: Scene, bought: int, buyer: int) -> Scene:
    """Let one firm buy another, in all markets."""
    return replace(scene, firm=np.where(scene.firm == bought, buyer, scene.firm))


def costing(scene: Scene, mc: Array) -> Scene:
    """Set marginal costs (N,)."""
    return replace(scene, mc=_rows(scene, mc, np.float64))


def with_base(scene: Scene, change: Array) -> Scene:
    """Add to the utility that all buyers share (N,): a brand term, an attribute, quality."""
    return replace(scene, base=scene.base + _rows(scene, change, np.float64))


def held(scene: Scene, frozen: Mask) -> Scene:
    """Hold the prices of some products (N,) where a search starts."""
    return replace(scene, frozen=_rows(scene, frozen, np.bool_))


def taxed(scene: Scene, tax: Array, unit: Array) -> Scene:
    """Set taxes on the price and by the piece (N,); a negative one by the piece is a flat subsidy."""
    return replace(
        scene, pay=replace(scene.pay, tax=_rows(scene, tax, np.float64), unit=_rows(scene, unit, np.float64))
    )


def subsidised(scene: Scene, rate: Array, cap: Array) -> Scene:
    """Pay buyers a part of the price up to a cap (N,)."""
    return replace(
        scene, pay=replace(scene.pay, rate=_rows(scene, rate, np.float64), cap=_rows(scene, cap, np.float64))
    )


def stacked(scenes: Sequence[Scene]) -> Scene:
    """Set scenes side by side as further markets: draws of tastes, or edits, to be cleared in one go."""
    rows = np.cumsum([0, *(s.N for s in scenes)])
    buyers = np.cumsum([0, *(len(s.alpha) for s in scenes)])
    row = np.concatenate([[0], *(s.markets.row[1:] + at for s, at in zip(scenes, rows, strict=False))])
    buyer = np.concatenate([[0], *(s.markets.buyer[1:] + at for s, at in zip(scenes, buyers, strict=False))])
    pay = Pay(*(np.concatenate([getattr(s.pay, f.name) for s in scenes]) for f in fields(Pay)))
    return Scene(
        markets=Markets(row, buyer, np.concatenate([s.markets.w for s in scenes])),
        X=np.concatenate([s.X for s in scenes]), B=np.concatenate([s.B for s in scenes], axis=1),
        base=np.concatenate([s.base for s in scenes]), alpha=np.concatenate([s.alpha for s in scenes]),
        mc=np.concatenate([s.mc for s in scenes]), firm=np.concatenate([s.firm for s in scenes]),
        frozen=np.concatenate([s.frozen for s in scenes]), pay=pay,
    )  # fmt: skip


def _pay(pay: Pay, some: Mask) -> Pay:
    return Pay(*(getattr(pay, f.name)[some] for f in fields(Pay)))


def _rows(scene: Scene, values: npt.NDArray[D], kind: type[D]) -> npt.NDArray[D]:
    """Return one entry a row; refuse other shapes."""
    if values.shape != (scene.N,):
        raise MisuseError(f"expected one entry for each of {scene.N} rows, got shape {values.shape}")
    return np.ascontiguousarray(values, dtype=kind)
