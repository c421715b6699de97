"""What a name is worth in equilibrium: the brand term set to a reference brand's, everybody reprices.

Goldfarb, Lu & Moorthy (2009), Marketing Science 28(1), 69-86: the name is worth the profit that its owner would lose. Beside it stands what
the same change does while prices stay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.blp.equilibrium import ARRIVAL, clear
from halfstep.blp.scenes import with_base
from halfstep.blp.surplus import profits, shares
from halfstep.core.errors import MisuseError
from halfstep.native.layout import Array, Control, Mask
from halfstep.native.scene import Cleared, Scene

__all__ = ["NameValue", "Worth", "name_value"]


@dataclass(frozen=True, slots=True, eq=False)
class Worth:
    """With the name less without it, by market; money and units for each potential buyer; NaN where prices did not clear.

    Attributes
    ----------
    profit
        Of all products of the firms that sell the brand, shape (T,).
    rivals
        Profit of the other firms, shape (T,).
    units
        Of the brand, shape (T,).
    price
        Of the brand, mean over its products, shape (T,); NaN where it has none.
    """

    profit: Array
    rivals: Array
    units: Array
    price: Array


@dataclass(frozen=True, slots=True, eq=False)
class NameValue:
    """What the name is worth.

    Attributes
    ----------
    repriced
        When everybody sets prices anew.
    held
        When prices stay.
    named, unnamed
        The two equilibria.
    """

    repriced: Worth
    held: Worth
    named: Cleared
    unnamed: Cleared


def name_value(
    scene: Scene, brand: Mask, theta_difference: float | Array, start: Array, control: Control = ARRIVAL
) -> NameValue:
    """Return what changes when a brand loses its name.

    Parameters
    ----------
    brand
        The brand's products, shape (N,).
    theta_difference
        The reference brand's term less this brand's, a number or one for each of the brand's products; zero where the
        reference is the brand itself.
    start
        Where prices stand, shape (N,).
    """
    if brand.shape != (scene.N,) or brand.dtype != np.bool_ or not brand.any():
        raise MisuseError(
            f"expected a mask of {scene.N} rows with at least one of the brand, got {brand.shape}, {brand.dtype}"
        )
    change = np.zeros(scene.N)
    change[brand] = theta_difference
    bare = with_base(scene, change)
    named = clear(scene, start, control)
    begin = np.where(np.isfinite(named.p), named.p, start)
    unnamed = clear(bare, np.where(scene.frozen, start, begin), control)
    same_prices = np.where(np.isfinite(named.p), shares(bare, begin), np.nan)
    owner = _owners(scene, brand)
    return NameValue(
        _worth(scene, (brand, owner), (named.p, named.s), (unnamed.p, unnamed.s)),
        _worth(scene, (brand, owner), (named.p, named.s), (named.p, same_prices)),
        named,
        unnamed,
    )


def _owners(scene: Scene, brand: Mask) -> Mask:
    """Return the rows of the firms that sell the brand in their market, shape (N,)."""
    market = np.repeat(np.arange(scene.markets.T), np.diff(scene.markets.row))
    pairs = np.stack([market, scene.firm], axis=1)
    _, code = np.unique(pairs, axis=0, return_inverse=True)
    code = code.ravel()
    return np.isin(code, code[brand])


def _worth(scene: Scene, of: tuple[Mask, Mask], first: tuple[Array, Array], second: tuple[Array, Array]) -> Worth:
    """Return the first (p, s) less the second, by market."""
    brand, owner = of
    profit = profits(scene, *first) - profits(scene, *second)

    def total(values: Array, some: Mask) -> Array:
        market = np.repeat(np.arange(scene.markets.T), np.diff(scene.markets.row))
        sums = np.bincount(market, np.where(some, values, 0.0), minlength=scene.markets.T)
        return np.asarray(sums, dtype=np.float64)

    products = total(np.ones(scene.N), brand)
    with np.errstate(divide="ignore", invalid="ignore"):
        price = total(first[0] - second[0], brand) / products
    return Worth(total(profit, owner), total(profit, ~owner), total(first[1] - second[1], brand), price)
