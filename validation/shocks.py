"""Events in panels whose truth is known: does the gated interval cover, is nothing called a fall, is a fall found as promised.

No estimator looks at what the treated unit showed from the event on but to subtract a counterfactual from it, so an effect
moves every estimate by itself and nothing else: one run without an effect also tells what would be said with any.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace

import numpy as np

from halfstep.counterfactual.estimators import ALONE, FAMILY
from halfstep.counterfactual.gate import gate, power_at
from halfstep.counterfactual.judge import judge
from halfstep.counterfactual.placebo import Question
from halfstep.worlds.shocks import KINDS, ShockWorld, strike

__all__ = ["BEFORE", "CELLS", "EFFECTS", "SEED", "ShockEntry", "asked", "label_with", "run_shock", "shock_summary"]

SEED = 20250604
BEFORE = (10, 15, 20, 52, 150)
CELLS = tuple((kind, before) for before in BEFORE for kind in KINDS)
CAP = 60
"""Placebos a gate; the default is larger."""
MARGIN = 0.05
EFFECTS = {
    "nothing": ShockWorld(),
    "a fall of 20%": ShockWorld(effect=float(np.log(0.8))),
    "a fall of 20% that halves in four periods": ShockWorld(effect=float(np.log(0.8)), half_life=4.0),
}


@dataclass(frozen=True, slots=True)
class ShockEntry:
    """One simulated event without an effect.

    Attributes
    ----------
    estimator, value, half
        The one the verdict is taken from, its average effect, and half the width of its interval.
    against
        Estimators that say otherwise.
    mde
        Effect found with a chance of 80%.
    promised
        Chance stated for a fall of 20%.
    p
        Randomisation p-value.
    values, halves, sizes
        Of each estimator by itself; the share of placebos that its own interval at 5% calls an effect.
    """

    estimator: str
    value: float
    half: float
    against: tuple[str, ...]
    mde: float
    promised: float
    p: float
    values: dict[str, float]
    halves: dict[str, float]
    sizes: dict[str, float | None]

    def record(self) -> dict[str, object]:
        """Return the entry as plain JSON values; infinite widths are None."""
        return {key: _plain(value) for key, value in asdict(self).items()}


def _plain(value: object) -> object:
    if isinstance(value, float):
        return round(value, 7) if np.isfinite(value) else None
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return list(value) if isinstance(value, tuple) else value


def asked(kind: str, before: int, run: int) -> Question:
    """Simulate one panel and return what is asked of it."""
    made = strike(replace(KINDS[kind], before=before), np.random.default_rng([SEED, *kind.encode(), before, run]))
    donors = np.arange(len(made.y)) > 0
    return Question(made.y, 0, donors, made.start, made.y.shape[1], made.season, cap=CAP)


def run_shock(kind: str, before: int, run: int) -> ShockEntry:
    """Simulate one event without an effect, and judge it."""
    question = asked(kind, before, run)
    names = FAMILY if question.donors.any() else ALONE
    gates = [gate(question, FAMILY[name], name) for name in names]
    said = judge(gates, MARGIN)
    main = said.effect
    return ShockEntry(
        estimator=said.estimator,
        value=main.value,
        half=main.hi - main.value,
        against=said.against,
        mde=main.mde,
        promised=power_at(main, -EFFECTS["a fall of 20%"].effect),
        p=main.p,
        values={g.estimator: g.main.value for g in gates},
        halves={g.estimator: g.main.hi - g.main.value for g in gates},
        sizes={g.estimator: g.main.size for g in gates},
    )


def label_with(entry: ShockEntry, effect: str) -> str:
    """Return the verdict on the same panel with an effect of a kind added."""
    world = EFFECTS[effect]
    value = entry.value + float((world.effect * 0.5 ** (np.arange(world.after) / world.half_life)).mean())
    if entry.against:
        return "disagree"
    if abs(value) > entry.half:
        return "fell" if value < 0 else "rose"
    return "no more than" if abs(value) + entry.half <= MARGIN else "cannot tell"


def shock_summary(entries: list[ShockEntry]) -> dict[str, object]:
    """Return what was said in one kind of world with so many periods before the event, without rates."""
    found: dict[str, object] = {"runs": len(entries)}
    found["verdict taken from"] = dict(sorted(Counter(e.estimator for e in entries).items()))
    for effect in EFFECTS:
        found[f"labels with {effect}"] = dict(sorted(Counter(label_with(e, effect) for e in entries).items()))
    finite = [e.mde for e in entries if np.isfinite(e.mde)]
    found["median detectable effect"] = round(float(np.median(finite)), 4) if finite else None
    own: dict[str, object] = {}
    for name in entries[0].values:
        told = [s for e in entries if (s := e.sizes[name]) is not None]
        own[name] = {
            "covers": round(float(np.mean([abs(e.values[name]) <= e.halves[name] for e in entries])), 4),
            "median half-width": _median([e.halves[name] for e in entries]),
            "mean size of its own interval at 5%": round(float(np.mean(told)), 4) if told else None,
        }
    found["each estimator by itself"] = own
    return found


def _median(values: list[float]) -> float | None:
    middle = float(np.median(values))
    return round(middle, 4) if np.isfinite(middle) else None
