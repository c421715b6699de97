"""Simulated press: a market whose every unit is known, and figures printed from it as newspapers print them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["KINDS", "SimulatedPress", "print_figures"]

Array = npt.NDArray[np.float64]

EDGES = (1000, 2000, 3000, 4000, 5000)
"""Edges of the four bands; what lies outside is not sold."""
BRANDS = ("A", "B", "C")
KINDS = ("true figures", "band sizes told", "a slip", "a group declared", "another base", "a group not declared")
"""The last two break an assumption: shares of the whole by value among shares by units; a group taken for a brand."""


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedPress:
    """Printed figures and the truth behind them.

    Attributes
    ----------
    rows
        Rows of a press table: entity, metric, value, period, band, base, source, kind, first_known.
    units
        Units by brand, quarter and band, shape (3, 4, 4).
    slip
        Position of the one figure that is wrong; None where all are right.
    """

    rows: tuple[dict[str, str], ...]
    units: Array
    slip: int | None

    def weight(self, part: tuple[int, int], whole: tuple[int, int]) -> float:
        """Return the true size of one band within a wider one in the year; bands by positions of their edges."""
        sold = self.units.sum(axis=(0, 1))
        return float(sold[part[0] : part[1]].sum() / sold[whole[0] : whole[1]].sum())


def print_figures(kind: str, rng: np.random.Generator) -> SimulatedPress:
    """Draw a market and print it.

    Shares are rounded to a tenth of a per cent or to a whole one, or given as a range; the year's deliveries are "more
    than" a round number.
    """
    mixed = rng.dirichlet(np.full(3, 2.0), size=4)
    units = np.round(
        1e5 * rng.lognormal(0, 0.8, (4, 4))[None] * (mixed.T[:, None, :] * rng.uniform(0.7, 1.3, (3, 4, 4)))
    )
    places = int(rng.integers(2))
    rows: list[dict[str, str]] = []
    sold = units.sum(axis=0)
    bands = [(0, 4), (0, 2), (2, 4), *((k, k + 1) for k in range(4))]
    prices = np.array([1500.0, 2500.0, 3500.0, 4500.0]) if kind == "another base" else np.ones(4)
    for b, brand in enumerate(BRANDS):
        for lo, hi in bands:
            if rng.uniform() < 0.25 and (lo, hi) != (0, 4):
                continue
            weight = prices if hi - lo > 1 else np.ones(4)
            part, whole = ((weight * v).sum(axis=0)[lo:hi].sum() for v in (units[b], sold))
            rows.append(_row(brand, "share", _percent(part / whole, places, rng), "2024", _band(lo, hi)))
        quarter = int(rng.integers(4))
        share = units[b, quarter].sum() / sold[quarter].sum()
        rows.append(_row(brand, "share", _percent(share, places, rng), f"2024Q{quarter + 1}", _band(0, 4)))
    if kind == "band sizes told":
        rows += [
            _row("market", "band size", _percent(sold[:, k].sum() / sold.sum(), places, rng), "2024", _band(k, k + 1))
            for k in range(4)
        ]
    if kind.startswith("a group"):
        share = units[:2, :, 2:].sum() / sold[:, 2:].sum()
        rows.append(_row("A and B", "share", _percent(share, places, rng), "2024", _band(2, 4)))
    slip = _slipped(rows, units, rng) if kind == "a slip" else None
    rows += _deliveries(units[0].sum(), rng)
    return SimulatedPress(tuple(rows), units, slip)


def _slipped(rows: list[dict[str, str]], units: Array, rng: np.random.Generator) -> int:
    """Print one brand's share of the upper half above its share in both bands there, and both of those; return its place."""
    sold, b = units.sum(axis=(0, 1)), int(rng.integers(3))
    shares = units[b].sum(axis=0) / sold
    keep = [r for r in rows if (r["entity"], r["period"]) != (BRANDS[b], "2024") or r["band"] == _band(0, 4)]
    rows[:] = keep
    rows += [_row(BRANDS[b], "share", f"{shares[k]:.1%}", "2024", _band(k, k + 1)) for k in (2, 3)]
    rows.append(_row(BRANDS[b], "share", f"{min(shares[2:].max() + 0.02, 0.99):.1%}", "2024", _band(2, 4)))
    return len(rows) - 1


def _deliveries(total: float, rng: np.random.Generator) -> list[dict[str, str]]:
    """Return a count since launch, the count at the start of the year, and the year's target."""
    before = round(float(total) * rng.uniform(0.5, 2))
    known = {"base": "deliveries", "band": "", "first_known": "2024-12-31"}
    return [
        _row("A", "units", f"超过{(before + total) // 1000 / 10:.1f}万", "2023-03-01..2024-12-31", "")
        | known
        | {"base": "deliveries, since launch"},
        _row("A", "units", str(before), "2023", "") | known,
        _row("A", "units", str(round(total * 1.3)), "2024", "") | known | {"kind": "target"},
    ]


def _band(lo: int, hi: int) -> str:
    return f"{EDGES[lo]}-{EDGES[hi]}"


def _row(entity: str, metric: str, value: str, period: str, band: str) -> dict[str, str]:
    return {
        "entity": entity, "metric": metric, "value": value, "period": period, "band": band, "base": "sell-out",
        "source": "tracker", "kind": "fact", "first_known": "2025-01-31",
    }  # fmt: skip


def _percent(share: float, places: int, rng: np.random.Generator) -> str:
    """Print a share: rounded, or as a range between whole per cents."""
    if rng.uniform() < 0.15:
        low = int(np.floor(100 * share))
        return f"{low}-{low + 1}%"
    return f"{share:.{places}%}"
