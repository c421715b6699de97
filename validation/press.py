"""Printed figures in markets whose every unit is known: do the sets hold the truth, are slips found, what breaks it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import polars as pl

from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Bound
from halfstep.data.press import read_press
from halfstep.data.read.tables import ROW, Table
from halfstep.market.inputs import Inputs
from halfstep.press.room import ROOM
from halfstep.worlds.press import BRANDS, EDGES, KINDS, SimulatedPress, print_figures

__all__ = ["KINDS", "SEED", "PressEntry", "run_press"]

SEED = 20250604
COLUMNS = ("entity", "metric", "value", "period", "band", "base", "source", "kind", "first_known")


@dataclass(frozen=True, slots=True)
class PressEntry:
    """One simulated press.

    Attributes
    ----------
    conflict
        Whether some figures were said to exclude each other.
    named
        Whether the wrong figure is in every set that was said to conflict; None where none is wrong.
    weights, held
        Implied sizes of bands that were printed, and how many of them hold the true size.
    width
        Mean width of those sets.
    rank, progress
        Whether the focal brand's rank and the share of the target reached lie in their sets.
    """

    conflict: bool
    named: bool | None
    weights: int
    held: int
    width: float
    rank: bool
    progress: bool

    def record(self) -> dict[str, object]:
        """Return the entry as plain data."""
        return asdict(self) | {"width": round(self.width, 6)}


def config_of(kind: str) -> StudyConfig:
    """Return the settings of a simulated press."""
    within = [{"inner": b, "outer": "A and B"} for b in BRANDS[:2]] if kind == "a group declared" else []
    return StudyConfig.model_validate({
        "study": {
            "title": kind, "focal": "A", "benchmarks": ["B"], "currency": "coins", "as_of": "2025-12-31", "margin": 0.03,
            "margin_reason": "simulated",
        },
        "tables": {"press": "press.csv"},
        "press_columns": {key: key for key in COLUMNS},
        "press": {"within": within},
    })  # fmt: skip


def run_press(kind: str, run: int) -> PressEntry:
    """Simulate, read, answer, and hold the answer against the truth."""
    made = print_figures(kind, np.random.default_rng([SEED, KINDS.index(kind), run]))
    config = config_of(kind)
    frame = pl.DataFrame(list(made.rows)).with_row_index(ROW, offset=2)
    press, faults = read_press(config, Table("press", "press.csv", frame, ""))
    if press is None:
        raise AssertionError(f"{kind} {run}: {faults[0].line()}")
    answer = ROOM.run(Inputs(config, None, press=press), {}, np.random.default_rng(0))
    bounds = {e.id: e for e in answer.estimates if isinstance(e, Bound)}
    found = [dict(c.facts) for c in answer.checks if c.id.startswith("press.conflict.")]
    slip = None if made.slip is None else f"row {made.slip + 2}:"
    weights = [
        (bounds[str(f["estimate"])], made.weight(_edges(str(f["part"])), _edges(str(f["whole"]))))
        for f in (dict(c.facts) for c in answer.checks if c.why == "press weight")
    ]
    rank = next((b for b in bounds.values() if b.id.startswith("press.rank.") and _of_the_year(made, b)), None)
    sold = made.units.sum(axis=(1, 2))
    reached = next(b for name, b in bounds.items() if name.endswith(".reached"))
    target = float(made.rows[-1]["value"])
    return PressEntry(
        conflict=bool(found),
        named=None if slip is None else bool(found) and all(slip in str(f["figures"]) for f in found),
        weights=len(weights),
        held=sum(b.lo - 1e-6 <= truth <= b.hi + 1e-6 for b, truth in weights),
        width=float(np.mean([b.hi - b.lo for b, _ in weights])) if weights else 0.0,
        rank=rank is None or rank.lo <= 1 + int((sold > sold[0]).sum()) <= rank.hi,
        progress=bool(reached.lo - 1e-6 <= sold[0] / target <= reached.hi),
    )


def _edges(band: str) -> tuple[int, int]:
    lo, hi = (EDGES.index(int(edge)) for edge in band.split("-"))
    return lo, hi


def _of_the_year(made: SimulatedPress, bound: Bound) -> bool:
    """Whether a rank is the one of the year and of all bands."""
    first = int(bound.origin.rows.split(",")[0].split("-")[0]) - 2
    row = made.rows[first]
    return (row["period"], row["band"]) == ("2024", f"{EDGES[0]}-{EDGES[-1]}")
