"""Second choices: where a brand's buyers would have gone, against what their units alone would say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from halfstep.core.errors import MisuseError
from halfstep.data.side import Side
from halfstep.market.panel import Panel

__all__ = ["Diversion", "Switching", "diversion", "switching_of", "wilson"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Switching:
    """Second choices (or switching), counted.

    Attributes
    ----------
    file
        File they come from.
    brands
        Names of the B brands, sorted.
    counts
        Buyers of the row's brand whose second choice is the column's, over all periods; shape (B, B).
    row
        Rows of the file.
    """

    file: str
    brands: tuple[str, ...]
    counts: Array
    row: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Diversion:
    """Part of a brand's buyers whose second choice is another, among those whose second choice is a brand on sale.

    Attributes
    ----------
    value, lo, hi
        Share with its Wilson interval.
    n
        Buyers of the brand who name another brand on sale.
    proportional
        The same share if buyers turned to the others in proportion to the units these sell: ``q_s / (sum q - q_b)``, the
        plain logit's answer (independence of irrelevant alternatives).
    """

    value: float
    lo: float
    hi: float
    n: float
    proportional: float


def switching_of(side: Side) -> Switching:
    """Count the table by brand bought and second choice."""
    frame = side.frame
    brands = tuple(sorted(set(frame["bought"].to_list()) | set(frame["second"].to_list())))
    counts = np.zeros((len(brands), len(brands)))
    for bought, second, count in frame.select("bought", "second", "count").iter_rows():
        counts[brands.index(bought), brands.index(second)] += count
    return Switching(side.file, brands, counts, frame["row"].to_numpy().astype(np.int64))


def diversion(switching: Switching, panel: Panel, bought: str, second: str, level: float) -> Diversion | None:
    """Return where a brand's buyers would have gone, or None where no buyer of it names another brand on sale.

    Both shares are taken among the brands that sell in the panel's last year, the bought one left out: a second choice
    of the same brand, or of one that the panel lacks, counts in neither.

    Raises
    ------
    MisuseError
        If a brand is its own second choice here, or one of the two sells nothing in the last year.
    """
    last = panel.period > panel.periods[-1] - panel.frequency
    sold = np.bincount(panel.brand[last], panel.q[last], len(panel.brands))
    units = {name: float(q) for name, q in zip(panel.brands, sold, strict=True) if q > 0}
    if bought == second or bought not in units or second not in units:
        raise MisuseError(f"expected two brands that sell in the last year, got {bought!r} and {second!r}")
    if bought not in switching.brands:
        return None
    own = dict(zip(switching.brands, switching.counts[switching.brands.index(bought)].tolist(), strict=True))
    n = sum(count for name, count in own.items() if name in units and name != bought)
    if n <= 0:
        return None
    value = own.get(second, 0.0) / n
    lo, hi = wilson(value, n, level)
    return Diversion(value, lo, hi, n, units[second] / (sum(units.values()) - units[bought]))


def wilson(share: float, n: float, level: float) -> tuple[float, float]:
    """Return the score interval of a share of n independent answers (Wilson 1927).

    Examples
    --------
    >>> [round(end, 4) for end in wilson(0.1, 50, 0.95)]
    [0.0435, 0.2136]
    """
    z = float(ndtri(0.5 + level / 2))
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * float(np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)))
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
