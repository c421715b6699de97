"""Belief experiments with known answers: are name and misbelief told apart where they can be, and only there?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from halfstep.logit.beliefs import Absent, Part, Range, Separation, separate
from halfstep.logit.cells import BeliefCells, Cell, Reports, Roles
from halfstep.logit.money import Money
from halfstep.logit.tasks import Tasks
from halfstep.worlds.beliefs import BENCHMARK, BRANDS, BROKEN, FOCAL, KINDS, SimulatedBeliefs, simulate_beliefs

__all__ = ["KINDS", "SEED", "BeliefEntry", "beliefs_summary", "cells_of", "run_beliefs"]

SEED = 20261123
LEVEL = 0.90
KEPT = 10
QUANTITIES = ("name", "belief", "product", "total", "moved", "together")

SHORT = {
    "halo by brand": "everybody's reports of a brand rise with its name: name and belief are ranges, what information moved is a figure",
    "tastes differ": "price tastes differ, and who minds price less is further off the facts",
}
"""What breaks an assumption."""


@dataclass(frozen=True, slots=True)
class BeliefEntry:
    """One simulated experiment.

    Attributes
    ----------
    rests
        What the answer rests on.
    why
        Why name has no figure or range; "" where it has.
    value, covered, width
        By quantity that has a figure or a range: estimate less the truth (NaN of a range), whether it holds the truth, and
        how wide it is.
    split
        Whether both name and belief are figures.
    naive, face
        Belief without the instrument, and with every report taken for belief, each less the truth; NaN where absent.
    cap
        Whether the cap's upper end is at least the true one; None where there is none.
    caution
        What is said to be careful about.
    """

    rests: str
    why: str
    value: dict[str, float]
    covered: dict[str, bool]
    width: dict[str, float]
    split: bool
    naive: float
    face: float
    cap: bool | None
    caution: tuple[str, ...]

    def record(self) -> dict[str, object]:
        """Return the entry as plain data."""
        plain = asdict(self)
        for key in ("value", "width"):
            plain[key] = {q: None if np.isnan(v) else round(v, 4) for q, v in plain[key].items()}
        for key in ("naive", "face"):
            plain[key] = None if np.isnan(plain[key]) else round(plain[key], 4)
        return plain | {"caution": list(self.caution)}


def cells_of(made: SimulatedBeliefs) -> BeliefCells:
    """Return the experiment as the estimator takes it."""
    asked = np.argwhere(~np.isnan(made.reports))
    person, brand, attribute = asked.T
    reports = Reports(person, brand, attribute, made.reports[tuple(asked.T)], made.informed[person])
    cells = {
        role: Cell(Tasks(c.X, c.row, c.chosen, c.task, np.ones(len(c.people))), c.people)
        for role, c in made.cells.items()
    }
    roles = Roles(0, (None, *range(1, BRANDS)), tuple(range(BRANDS, BRANDS + made.facts.shape[1])))
    weight = np.ones(len(made.informed))
    return BeliefCells(cells, roles, weight, FOCAL, BENCHMARK, reports if len(asked) else None, made.facts)


def truths(made: SimulatedBeliefs) -> dict[str, float]:
    """Return the true figures."""
    return {
        "name": made.name, "belief": made.belief, "product": made.product, "moved": made.moved,
        "total": made.name + made.product + made.belief, "together": made.name + made.belief,
    }  # fmt: skip


def run_beliefs(kind: str, run: int) -> BeliefEntry:
    """Simulate, separate, and hold each figure against the truth."""
    made = simulate_beliefs(kind, np.random.default_rng([SEED, KINDS.index(kind), run]))
    return entry_of(separate(cells_of(made), LEVEL), made)


def entry_of(found: Separation, made: SimulatedBeliefs) -> BeliefEntry:
    """Hold an answer against the truth."""
    value, covered, width = {}, {}, {}
    for quantity, truth in truths(made).items():
        part = getattr(found, quantity)
        if isinstance(part, Absent):
            continue
        value[quantity] = part.value - truth if isinstance(part, Money) else np.nan
        covered[quantity], width[quantity] = part.lo <= truth <= part.hi, part.hi - part.lo
    return BeliefEntry(
        rests=found.rests,
        why=found.name.why if isinstance(found.name, Absent) else "",
        value=value,
        covered=covered,
        width=width,
        split=isinstance(found.name, Money) and isinstance(found.belief, Money),
        naive=_error(found.naive, made.belief),
        face=_error(found.face, made.belief),
        cap=found.cap.hi >= made.cap if isinstance(found.cap, Money | Range) else None,
        caution=found.caution,
    )


def _error(part: Part, truth: float) -> float:
    return part.value - truth if isinstance(part, Money) else np.nan


def beliefs_summary(
    kind: str, entries: list[BeliefEntry], rate: Callable[[list[bool], float, str], dict[str, object]]
) -> dict[str, object]:
    """Return what one kind of experiment shows; figures are told apart from ranges, which may hold the truth more often."""
    out: dict[str, object] = {"runs": len(entries)}
    if kind in BROKEN:
        out["breaks an assumption"] = SHORT[kind]
    out["rests on"] = dict(sorted(Counter(e.rests for e in entries).items()))
    out["name refused"] = dict(sorted(Counter(e.why for e in entries if e.why).items()))
    out["name and belief told apart"] = round(float(np.mean([e.split for e in entries])), 4)
    for quantity in QUANTITIES:
        for what, side in (("figure", "equal"), ("range", "at least")):
            some = [e for e in entries if quantity in e.value and np.isnan(e.value[quantity]) == (what == "range")]
            if not some:
                continue
            out[f"{what} of {quantity} holds the truth"] = rate([e.covered[quantity] for e in some], LEVEL, side)
            out[f"width of the {what} of {quantity}"] = round(float(np.mean([e.width[quantity] for e in some])), 4)
            if what == "figure":
                errors = [e.value[quantity] for e in some]
                out[f"error of {quantity}"] = {
                    "mean": round(float(np.mean(errors)), 4), "sd": round(float(np.std(errors)), 4)
                }  # fmt: skip
    for which, errors in (
        ("no instrument", [e.naive for e in entries]),
        ("reports at face value", [e.face for e in entries]),
    ):
        known = [v for v in errors if not np.isnan(v)]
        if known:
            out[f"error of belief, {which}"] = round(float(np.mean(known)), 4)
    caps = [e.cap for e in entries if e.cap is not None]
    if caps:
        out["cap is not below the true one"] = rate(caps, LEVEL, "at least")
    out["caution"] = dict(sorted(Counter(c for e in entries for c in e.caution).items()))
    out["entries"] = [e.record() for e in entries[:KEPT]]
    return out
