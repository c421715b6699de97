"""Simulated claims about a market whose every unit is known, and the figures that sources print of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["BASES", "BROKEN", "ENTITIES", "KINDS", "QUANTITIES", "SOURCES", "SimulatedClaim", "SimulatedDocket", "simulate_docket"]  # fmt: skip

Array = npt.NDArray[np.float64]

ENTITIES = ("A", "B", "C")
YEARS = ("2023", "2024")
SOURCES = ("first tracker", "second tracker")
BASES = ("handed over", "registered")
"""Every quantity is meant on the first base."""
QUANTITIES = ("units", "two makers", "share", "change", "lead", "rank", "unseen")
"""A's units of 2024; A's and B's; A's part of A, B and C; 2024 over 2023; A less B; A's rank; what no source prints."""
LEFT_OUT = "makers left out"
KINDS = (
    "exact sources",
    "another base, declared",
    "bases mixed within a source",
    "nothing printed",
    "a biased source",
    "another base, not declared",
    LEFT_OUT,
)
BROKEN = {
    "a biased source": "the second tracker prints everything a tenth too high",
    "another base, not declared": "the second tracker counts something else under the same name",
    LEFT_OUT: "a source prints some makers of a year and not others, so that a rank by it is one among those it lists",
}


@dataclass(frozen=True, slots=True)
class SimulatedClaim:
    """A claim: a quantity lies between two numbers.

    Attributes
    ----------
    kind
        "fact", or "causal" of a claim of which the region only follows.
    true
        Whether the quantity lies there.
    """

    id: str
    kind: str
    quantity: str
    lo: float
    hi: float
    true: bool


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedDocket:
    """Printed figures, claims, and the truth.

    Attributes
    ----------
    rows
        Rows of a press table: entity, metric, value, period, base, source, first_known.
    claims
        Claims, half of them true.
    truth
        Quantity -> its true value.
    """

    rows: tuple[dict[str, str], ...]
    claims: tuple[SimulatedClaim, ...]
    truth: dict[str, float]


def simulate_docket(kind: str, rng: np.random.Generator) -> SimulatedDocket:
    """Draw a market, print it twice, and claim things of it.

    A source now and then prints nothing of a year; where makers are left out, now and then not all of them.

    Examples
    --------
    >>> made = simulate_docket("exact sources", np.random.default_rng(0))
    >>> sorted({claim.quantity for claim in made.claims}) == sorted(QUANTITIES), len(made.claims)
    (True, 21)
    """
    units = np.round(rng.lognormal(11.5, 0.4, (3, 2)))
    other = np.round(units * rng.lognormal(0.0, 0.15, units.shape))
    rows: list[dict[str, str]] = []
    for number, source in enumerate(SOURCES):
        silent = bool(rng.uniform() < 0.15)
        for entity, name in enumerate(ENTITIES):
            for year, period in enumerate(YEARS):
                if silent if period == YEARS[1] and kind != LEFT_OUT else rng.uniform() < 0.15:
                    continue
                base, value = BASES[0], units[entity, year]
                if number == 1:
                    base, value = _by_the_second(kind, name, period, float(value), float(other[entity, year]))
                rows.append(_row(name, _printed(float(value), rng), period, base, source))
    a, b, before = units[0, 1], units[1, 1], units[0, 0]
    truth = {
        "units": float(a),
        "two makers": float(a + b),
        "share": float(a / units[:, 1].sum()),
        "change": float(a / before),
        "lead": float(a - b),
        "rank": 1.0 + float((units[:, 1] > a).sum()),
        "unseen": float(rng.uniform()),
    }
    claims = [claim for quantity in QUANTITIES for claim in _claimed(quantity, truth[quantity], rng)]
    return SimulatedDocket(tuple(rows) if kind != "nothing printed" else (), tuple(claims), truth)


def _by_the_second(kind: str, entity: str, period: str, value: float, other: float) -> tuple[str, float]:
    """Return the base that the second source names, and what it prints."""
    if kind == "a biased source":
        return BASES[0], 1.1 * value
    if kind == "another base, not declared":
        return BASES[0], other
    if kind == "another base, declared" or (
        kind == "bases mixed within a source" and (entity, period) != ("A", "2024")
    ):
        return BASES[1], other
    return BASES[0], value


def _claimed(quantity: str, truth: float, rng: np.random.Generator) -> list[SimulatedClaim]:
    """Return three claims: at least, at most, and one of a cause of which as much only follows."""
    found = []
    for number, kind in enumerate(("fact", "fact", "causal")):
        if quantity == "rank":
            at = float(rng.integers(1, 4))
        else:
            at = truth + abs(truth) * float(rng.choice([-1, 1])) * float(
                np.exp(rng.uniform(np.log(0.002), np.log(0.3)))
            )
        lo, hi = (-np.inf, at) if number == 1 else (at, np.inf)
        found.append(
            SimulatedClaim(f"{quantity.replace(' ', '_')}_{number}", kind, quantity, lo, hi, lo <= truth <= hi)
        )
    return found


def _row(entity: str, value: str, period: str, base: str, source: str) -> dict[str, str]:
    return {
        "entity": entity, "metric": "units", "value": value, "period": period, "base": base, "source": source,
        "first_known": "2025-01-31",
    }  # fmt: skip


def _printed(value: float, rng: np.random.Generator) -> str:
    """Print a count: whole, in tens of thousands to one decimal, as "more than", or as a range of whole tens of thousands."""
    way, wan = rng.uniform(), value / 1e4
    if way < 0.4:
        return f"{value:.0f}"
    if way < 0.7:
        return f"{wan:.1f}万"
    if way < 0.85:
        return f"超过{np.floor(10 * wan) / 10:.1f}万"
    return f"{np.floor(wan):.0f}-{np.floor(wan) + 1:.0f}万"
