"""Planned experiments: is a gap seen as often as the design said it would be?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache

import numpy as np
from scipy.special import ndtri, softmax
from scipy.stats.qmc import Sobol

from halfstep.logit.design import Design, efficient_design
from halfstep.logit.power import Contrast, at_gap, detection, power
from halfstep.logit.profiles import Plan, dummies, numeric
from halfstep.logit.simulated_power import simulate_interval
from halfstep.logit.tasks import Array

__all__ = ["CELLS", "CLOSE", "SEED", "PowerEntry", "power_worlds", "run_power", "stated_power"]

Cell = tuple[str, float, int]
Rate = Callable[[list[bool], float, str], dict[str, object]]

SEED = 20250604
KEPT = 5
"""Entries stored a cell."""
LEVEL = 0.90
CLOSE = 0.05
"""How far simulated power may be from stated power."""
SHARE = 0.2
DRAWS = 4096
"""People from whom tastes in common are reckoned."""

GAPS = (250.0, 400.0, 600.0)
SIZES = {"alike": (40, 80, 160), "segment": (200, 400, 800), "people differ": (60, 120, 240)}
CELLS = tuple((kind, gap, n) for kind in SIZES for gap in GAPS for n in SIZES[kind])

TASTES = np.array([-0.0006, 0.4, 0.1, 0.5, -0.3, -0.8, -1.0, -2.5])
SPREADS = np.array([0.0002, 0.3, 0.3, 0.3, 0.6, 0.6, 0.6, 1.0])
"""Of tastes over people, where they differ."""
CONTRAST = Contrast(-np.eye(8)[4], 0, -np.eye(8)[4])


@dataclass(frozen=True, slots=True)
class PowerEntry:
    """One simulated experiment.

    Attributes
    ----------
    respondents
        Those the gap is read from; of a segment they come as chance has it.
    value, lo
        Gap and the lower end of its interval; NaN where it is not measurable in money.
    """

    respondents: int
    value: float
    lo: float

    @property
    def seen(self) -> bool:
        """Whether the gap is seen."""
        return self.lo > 0

    def record(self) -> dict[str, object]:
        """Return the entry as plain JSON values."""
        return {k: (round(v, 3) if np.isfinite(v) else None) for k, v in asdict(self).items()}


@cache
def design() -> Design:
    """Return the tasks that everybody is shown: 10 versions of 12 tasks, three profiles and none."""
    factors = (
        numeric("price", np.array([3999.0, 4999, 5999, 6999, 7999]), -1),
        numeric("battery", np.array([4.0, 5, 6]), 1),
        dummies("screen", ("flat", "curved", "folding")),
        dummies("brand", ("benchmark", "focal", "third", "fourth")),
    )
    plan = Plan(factors, tasks=12, alternatives=3, versions=10, none=True)
    return efficient_design(plan, TASTES, np.random.default_rng(SEED))


@cache
def in_common(gap: float) -> tuple[Array, float, float]:
    """Return, where people differ, the tastes that a logit with tastes in common tends to, how much wider errors are, and its gap.

    From exact choice probabilities of spread draws of people: no choices are drawn.
    """
    X = design().X
    normal = ndtri(Sobol(len(TASTES), rng=SEED).random(DRAWS))
    betas = at_gap(TASTES, CONTRAST, gap) + SPREADS * normal
    P = softmax(np.einsum("vtjk,nk->nvtj", X, betas), axis=3)
    mean, b, H = P.mean(axis=0), TASTES.copy(), np.eye(len(TASTES))
    for _ in range(50):
        p = softmax(X @ b, axis=2)
        centred = X - np.einsum("vtj,vtjk->vtk", p, X)[:, :, None]
        H = np.einsum("vtj,vtjk,vtjl->kl", p, centred, centred) / len(X)
        b = b + np.linalg.solve(H, np.einsum("vtj,vtjk->k", mean - p, X) / len(X))
    own = np.einsum("nvtj,vtjk->nvtk", P, X)
    within = np.einsum("vtj,vtjk,vtjl->kl", mean, X, X) - np.einsum("nvtk,nvtl->kl", own, own) / DRAWS
    off = np.einsum("nvtj,vtjk->nvk", P - softmax(X @ b, axis=2), X)
    scores = (within + np.einsum("nvk,nvl->kl", off, off) / DRAWS) / len(X)
    half = np.linalg.solve(H, CONTRAST.weights)
    wider = float(half @ scores @ half / (CONTRAST.weights @ half))
    return b, wider, float(CONTRAST.weights @ b / -b[0])


def people(gap: float, n: int, rng: np.random.Generator) -> Array:
    """Return tastes of people around those at which the gap is as asked."""
    return np.asarray(at_gap(TASTES, CONTRAST, gap) + SPREADS * rng.standard_normal((n, len(TASTES))))


def stated_power(kind: str, gap: float, n: int, told: bool = True) -> float:
    """Return the power that would be stated; `told` False takes people to be alike where they differ."""
    if kind == "people differ":
        b, wider, _ = in_common(gap)
        return power(detection(design().information(b), b, CONTRAST, inflation=wider if told else 1.0), n, LEVEL)
    b = at_gap(TASTES, CONTRAST, gap)
    size = n * SHARE if kind == "segment" else n
    return power(detection(design().information(b), b, CONTRAST), size, LEVEL)


def run_power(kind: str, gap: float, n: int, run: int) -> PowerEntry:
    """Simulate one experiment and read the gap as the program does."""
    rng = np.random.default_rng([SEED, *kind.encode(), int(gap), n, run])
    size = int(rng.binomial(n, SHARE)) if kind == "segment" else n
    b = people(gap, size, rng) if kind == "people differ" else at_gap(TASTES, CONTRAST, gap)
    found = simulate_interval(design(), b, CONTRAST, size, rng, LEVEL)
    return PowerEntry(size, float("nan"), float("nan")) if found is None else PowerEntry(size, found.value, found.lo)


def power_summary(kind: str, gap: float, n: int, entries: Sequence[PowerEntry], rate: Rate) -> dict[str, object]:
    """Return how often the gap was seen in one cell beside what was stated."""
    seen = [entry.seen for entry in entries]
    stated = stated_power(kind, gap, n)
    told = rate(seen, round(stated, 4), "equal")
    out: dict[str, object] = {
        "gap": gap, "respondents": n, "runs": len(entries), "stated": round(stated, 4), "simulated": told["rate"],
        "interval99": told["interval99"], "difference": round(float(np.mean(seen)) - stated, 4),
        "holds": abs(float(np.mean(seen)) - stated) <= CLOSE,
        "not measurable in money": sum(not np.isfinite(entry.value) for entry in entries),
    }  # fmt: skip
    if kind == "people differ":
        _, wider, common = in_common(gap)
        out["gap of tastes in common"] = round(common, 1)
        out["variance wider by"] = round(wider, 3)
        out["stated if people were alike"] = round(stated_power(kind, gap, n, told=False), 4)
        out["stated by people's mean tastes"] = round(stated_power("alike", gap, n), 4)
    return out


def power_worlds(entries: dict[Cell, list[PowerEntry]], rate: Rate) -> dict[str, dict[str, object]]:
    """Return every cell by kind of world, a few of its entries with it."""
    worlds: dict[str, dict[str, object]] = {}
    for (kind, gap, n), some in entries.items():
        told = power_summary(kind, gap, n, some, rate) | {"entries": [entry.record() for entry in some[:KEPT]]}
        worlds.setdefault(kind, {})[f"gap {gap:g}, {n} respondents"] = told
    return worlds
