"""How the split moves when somebody else makes the choices: weights, reference prices, attributes, order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from halfstep.gap.offerings import Comparison, Pair, compare
from halfstep.gap.split import Split, price_splits
from halfstep.market.hedonic import HedonicFit, fit_hedonic
from halfstep.market.panel import Panel
from halfstep.numerics.intervals import t_interval
from halfstep.numerics.linear import least_squares

__all__ = ["Move", "moves", "one_sided"]


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """One other way to split the same gap.

    Attributes
    ----------
    what
        Which choice was made otherwise.
    detail
        The attribute left out, or empty.
    split
        The split, or None where the data do not determine it.
    """

    what: str
    detail: str
    split: Split | None


def moves(panel: Panel, fit: HedonicFit, base: Split, offering: str) -> Iterator[Move]:
    """Yield the other splits of one comparison.

    Notes
    -----
    Whose prices the attributes carry is the reference of an Oaxaca decomposition; "other brands" prices them without
    the two brands compared, "benchmark's own" and "focal's own" by each brand's own models.
    """
    pair, window, spec = base.comparison.pair, (base.comparison.first, base.comparison.last), fit.spec
    other = "equal" if offering == "sales" else "sales"
    yield Move(f"offerings weighted by {other}", "", _split(fit, pair, window, other))
    weights = "equal" if spec.weights == "sales" else "sales"
    yield Move(
        f"regression weighted by {weights}",
        "",
        _split(fit_hedonic(panel, replace(spec, weights=weights)), pair, window, offering),
    )
    several = len(panel.periods) > spec.window
    if spec.epoch and several:
        yield Move(
            "one set of attribute prices",
            "",
            _split(fit_hedonic(panel, replace(spec, epoch=0)), pair, window, offering),
        )
    elif several:
        epoch = fit_hedonic(panel, replace(spec, epoch=spec.window))
        yield Move("attribute prices of the same block", "", _split(epoch, pair, window, offering))
    for what, priced_by in (
        ("other brands' prices", ~(fit.panel.is_brand(pair.focal) | fit.panel.is_brand(pair.benchmark))),
        ("benchmark's own prices", fit.panel.is_brand(pair.benchmark)),
        ("focal's own prices", fit.panel.is_brand(pair.focal)),
    ):
        yield Move(what, "", _split(_priced_by(fit, priced_by), pair, window, offering))
    if len(spec.attributes) > 1:
        for left_out in spec.attributes:
            fewer = replace(spec, attributes=tuple(a for a in spec.attributes if a != left_out))
            yield Move("attribute left out", left_out, _split(fit_hedonic(panel, fewer), pair, window, offering))


def one_sided(split: Split, first: str, level: float) -> dict[str, tuple[float, float, float]]:
    """Return product and name in money (value, lo, hi) when one of them is taken first.

    The half taken first is valued from the benchmark's price downwards, the other from the focal price upwards; the
    symmetric split lies between.

    Parameters
    ----------
    first
        "product" or "name".
    level
        Coverage of lo..hi.
    """
    top, bottom = split.price_benchmark, split.price_focal
    lo, hi = t_interval(split.parts.value, split.parts.se, split.parts.freedom, level)
    out = {}
    for half, k in (("product", -2), ("name", -1)):
        logs = np.array([split.parts.value[k], lo[k], hi[k]])
        money = top * -np.expm1(-logs) if half == first else bottom * np.expm1(logs)
        out[half] = (float(money[0]), float(money[1]), float(money[2]))
    return out


def _split(fit: HedonicFit | None, pair: Pair, window: tuple[int, int], offering: str) -> Split | None:
    if fit is None or fit.unidentified():
        return None
    comparison = compare(fit.panel, pair, window, fit.spec, offering)
    if not isinstance(comparison, Comparison):
        return None
    (split,) = price_splits(fit, [comparison], by_attribute=False)
    return split if split.has_error else None


def _priced_by(fit: HedonicFit, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> HedonicFit | None:
    """Let the chosen rows alone price the attributes; the others have prices of their own, which are not used."""
    design = fit.squares.design
    K = fit.X.shape[1]
    X = np.hstack([fit.X * chosen[:, None], fit.X * ~chosen[:, None]])
    squares = least_squares(replace(design, X=X), fit.squares.y, fit.squares.weights)
    used = np.abs(fit.X).max(axis=0) > 0
    if not squares.identified[:K][used].all():
        return None
    return replace(fit, squares=squares)
