"""Orders behind a backlog: is their fall in the interval, and what do deliveries say of it?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta

import numpy as np
from scipy.stats import t as student

from halfstep.core.period import parse_period
from halfstep.market.flow import Flow
from halfstep.market.orders import Inferred, Question, Untold, infer_orders, supply_not_demand
from halfstep.market.snippets import Snippet, weeks
from halfstep.worlds.backlog import BROKEN, FALLS, KINDS, WEEKS, WINDOW, SimulatedBacklog, simulate_backlog

__all__ = ["FALLS", "KINDS", "SEED", "BacklogEntry", "backlog_summary", "run_backlog"]

SEED = 20260311
LEVEL = 0.90

SHORT = {
    "season within the month": "orders swing by a quarter every month",
    "a second shock": "another shock of either sign within five weeks of the event",
    "more cancelled after": "the share cancelled doubles for six weeks after the event, the printed one is the mean",
}
"""What breaks an assumption."""


@dataclass(frozen=True, slots=True)
class BacklogEntry:
    """One simulated maker.

    Attributes
    ----------
    state
        "inferred", "untold" or "contradiction".
    truth
        Fall of mean orders, eight weeks against eight.
    value, lo, hi
        As inferred; NaN where it was not.
    naive
        Estimate, lower and upper end from weekly deliveries before and after (Welch).
    bound
        Part of the weeks after the event in which buyers truly waited.
    refused
        Whether deliveries of the weeks after the event were refused as a reading of demand.
    """

    state: str
    truth: float
    value: float
    lo: float
    hi: float
    naive: tuple[float, float, float]
    bound: float
    refused: bool

    def record(self) -> dict[str, object]:
        """Return the entry as plain data."""
        plain = asdict(self) | {"naive": [round(v, 5) for v in self.naive]}
        return {k: round(v, 5) if isinstance(v, float) else v for k, v in plain.items()}


def flow_of(made: SimulatedBacklog) -> Flow:
    """Return the flow table of monthly deliveries."""
    keys = sorted(made.monthly)
    blank = np.full((1, len(keys)), np.nan)
    deliveries = np.array([[made.monthly[key] for key in keys]])
    first = parse_period(keys[0]).ordinal
    return Flow("flow.csv", 12, ("A",), first, blank, blank, blank, blank, deliveries, {"A": (2,)})


def run_backlog(kind: str, run: int) -> BacklogEntry:
    """Simulate, infer, and hold the fall against the truth."""
    made = simulate_backlog(kind, np.random.default_rng([SEED, KINDS.index(kind), run]))
    snippets = tuple(Snippet(f"{k} {p.what}", p.what, p.first, p.last, p.lo, p.hi) for k, p in enumerate(made.printed))
    e, day = made.event, timedelta(days=1)
    question = Question(
        made.day(e), (made.day(e - WINDOW), made.day(e) - day), (made.day(e), made.day(e + WINDOW) - day), LEVEL
    )
    found = infer_orders("A", weeks(made.first, WEEKS), snippets, flow_of(made), question, np.random.default_rng(run))
    state, value, lo, hi, refused = "contradiction", np.nan, np.nan, np.nan, False
    if isinstance(found, Untold):
        state = "untold"
    elif isinstance(found, Inferred) and found.fall is not None:
        state, value, lo, hi = "inferred", found.fall.value, found.fall.lo, found.fall.hi
        refused = supply_not_demand(found, "A", tuple(range(e, e + WINDOW))) is not None
    waiting = float((made.backlog[e : e + WINDOW] > made.deliveries[e : e + WINDOW]).mean())
    return BacklogEntry(state, made.fall, value, lo, hi, _naive(made), waiting, refused)


def _naive(made: SimulatedBacklog) -> tuple[float, float, float]:
    """Return the fall of weekly deliveries with Welch's interval, as one would read it off them."""
    before, after = (made.deliveries[made.event + k : made.event + k + WINDOW] for k in (-WINDOW, 0))
    parts = [w.var(ddof=1) / WINDOW for w in (before, after)]
    error = np.sqrt(sum(parts))
    free = sum(parts) ** 2 / max(sum(p**2 for p in parts) / (WINDOW - 1), 1e-300) if error > 0 else 1.0
    half = float(student.ppf((1 + LEVEL) / 2, free) * error / before.mean())
    value = float(1 - after.mean() / before.mean())
    return value, value - half, value + half


def backlog_summary(
    kind: str, entries: list[BacklogEntry], rate: Callable[[list[bool], float, str], dict[str, object]]
) -> dict[str, object]:
    """Return what one kind of maker shows."""
    out: dict[str, object] = {"runs": len(entries)}
    if kind in BROKEN:
        out["breaks an assumption"] = SHORT[kind]
    out["states"] = dict(sorted(Counter(e.state for e in entries).items()))
    told = [e for e in entries if e.state == "inferred"]
    held = [e.lo <= e.truth <= e.hi for e in told]
    out["coverage of the fall of orders"] = rate(held, LEVEL, "at least")
    out["mean width"] = round(float(np.mean([e.hi - e.lo for e in told])), 4)
    out["error"] = _errors([e.value - e.truth for e in told])
    out["interval above zero"] = rate([e.lo > 0 for e in told], 0.05 if FALLS.get(kind) == 0 else 1.0, "at most")
    out["interval above zero although orders did not fall"] = rate([e.lo > 0 and e.truth <= 0 for e in told], 0.05, "at most")  # fmt: skip
    out["coverage by deliveries alone"] = round(float(np.mean([e.naive[1] <= e.truth <= e.naive[2] for e in entries])), 4)  # fmt: skip
    out["error of deliveries alone"] = _errors([e.naive[0] - e.truth for e in entries])
    queued = [e for e in told if e.bound == 1.0]
    out["deliveries refused where buyers waited"] = rate([e.refused for e in queued], 0.95, "at least")
    return out


def _errors(errors: list[float]) -> dict[str, float]:
    return {"mean": round(float(np.mean(errors)), 4), "sd": round(float(np.std(errors, ddof=1)), 4)}
