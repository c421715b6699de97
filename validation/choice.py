"""Choice experiments with known answers: cover of gaps in money in both spaces, false verdicts, how many classes are found."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from functools import partial

import numpy as np
from scipy.special import stdtrit

from halfstep.core.config_choice import Distribution
from halfstep.logit.classes import count_classes
from halfstep.logit.covariance import covariance, mixed_covariance
from halfstep.logit.foretelling import without_classes
from halfstep.logit.mixed import fit_mixed
from halfstep.logit.mnl import fit_multinomial
from halfstep.logit.money import Money, in_money
from halfstep.logit.records import MixedFit, MixedSpec
from halfstep.logit.tasks import Tasks
from halfstep.worlds.choice import BROKEN, CLASSES, KINDS, PRICES, SimulatedChoices, simulate
from validation.summaries import rate

__all__ = [
    "CLASS_KINDS",
    "LOGIT_KINDS",
    "MIXED_KINDS",
    "SEED",
    "ChoiceEntry",
    "ClassEntry",
    "choice_summary",
    "choice_worlds",
    "class_summary",
    "run_choice",
    "run_classes",
    "tasks_of",
]

SEED = 20250615
LEVEL = 0.90
MARGIN = 0.03 * float(np.mean(PRICES))
HALVES = ("product", "name")
MIXED_KINDS = tuple(k for k, world in KINDS.items() if world.tastes != "alike")
LOGIT_KINDS = tuple(k for k in KINDS if k not in MIXED_KINDS)
WITHOUT = {
    f"no classes, {kind}": replace(KINDS[kind], people=300, spread=1.0)
    for kind in ("normal tastes", "correlated tastes", "lognormal price taste")
}
COUNTED = CLASSES | WITHOUT
CLASS_KINDS = tuple(COUNTED)
KEPT = 20
DRAWS = 100
MOST, FOLDS, STARTS = 5, 3, 2
IRRELEVANT = "price almost irrelevant"
SHORTFALL = "the logit has tastes in common"
WRONG_SHAPE = {
    ("lognormal price taste", "money"): "drawn in utility: values in money are no normals, and go with the scale",
    ("tastes in money", "utility"): "drawn in money: tastes in utility are no normals, and go with the price taste",
}
"""Where tastes are estimated in the space in which they were not drawn."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one estimator says of one world; pairs are (product, name).

    Attributes
    ----------
    alpha
        Mean price taste, or scale.
    truth
        Of this space: ratio of mean tastes (logit, utility), or mean of what people would pay (money).
    value, lo, hi
        None where the price taste cannot be told from zero.
    converged
        Whether the search ended at a maximum that the data tell from its surroundings.
    """

    alpha: float
    truth: tuple[float, float]
    value: tuple[float | None, float | None]
    lo: tuple[float | None, float | None]
    hi: tuple[float | None, float | None]
    converged: bool

    def covered(self, h: int) -> bool:
        """Whether the interval holds the truth; where nothing is measurable it is the whole line."""
        lo, hi = self.lo[h], self.hi[h]
        return lo is None or hi is None or lo <= self.truth[h] <= hi

    def label(self, h: int) -> str:
        """Return the verdict that the interval carries."""
        lo, hi = self.lo[h], self.hi[h]
        if lo is None or hi is None:
            return "not measurable"
        return "short" if lo > MARGIN else "ahead" if hi < -MARGIN else "undecided"


@dataclass(frozen=True, slots=True)
class ChoiceEntry:
    """One simulated experiment; what is not estimated is None."""

    logit: Said
    utility: Said | None = None
    money: Said | None = None

    def record(self) -> dict[str, object]:
        """Return the entry as plain JSON values, rounded."""
        return {k: _plain(v) for k, v in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class ClassEntry:
    """Classes looked for in one simulated experiment.

    Attributes
    ----------
    count
        The answer; None where there is none.
    smallest, reason
        As in `ClassCount`.
    agree
        Share of people whose most likely class is the one that most of their true class are put in.
    """

    count: int | None
    smallest: int
    reason: str
    agree: float

    def record(self) -> dict[str, object]:
        """Return the entry as plain JSON values, rounded."""
        return {k: _plain(v) for k, v in asdict(self).items()}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return round(value, 6) if isinstance(value, float) else value


def tasks_of(made: SimulatedChoices) -> Tasks:
    """Return a simulated experiment as the estimators take it."""
    return Tasks(made.X, made.row, made.chosen, made.task, made.weight)


def run_choice(kind: str, run: int) -> ChoiceEntry:
    """Simulate one experiment of a kind and estimate it: by the logit and, where tastes differ, in both spaces."""
    made = simulate(KINDS[kind], np.random.default_rng([SEED, *kind.encode(), run]))
    tasks = tasks_of(made)
    fit, ratio = fit_multinomial(tasks), (made.product, made.name)
    by = (float(tasks.N - 1), LEVEL)
    V = covariance(fit, tasks)
    gaps = [in_money(a, fit.b, V, made.price, by) for a in made.a]
    plain = _said(-float(fit.b[made.price]), ratio, gaps, converged=fit.converged)
    if kind not in MIXED_KINDS:
        return ChoiceEntry(plain)
    utility = fit_mixed(tasks, _spec(kind, made, "utility"), 1)
    S = _covariance_of_means(utility)
    gaps = [in_money(a, utility.means, S, made.price, by) for a in made.a]
    ours = _said(-float(utility.means[made.price]), ratio, gaps, converged=_well(utility))
    money = fit_mixed(tasks, _spec(kind, made, "money"), 1)
    S, q = _covariance_of_means(money), float(stdtrit(by[0], 0.5 + LEVEL / 2))
    paid: list[Money | None] = []
    for a in made.a:
        value, se = float(a @ money.means), float(np.sqrt(a @ S @ a))
        paid.append(Money(value, value - q * se, value + q * se, se, by[0]))
    return ChoiceEntry(
        plain, ours, _said(float(money.means[made.price]), made.worth, paid, converged=_well(money))
    )  # fmt: skip


def _spec(kind: str, made: SimulatedChoices, space: str) -> MixedSpec:
    """Return what is asked of a kind: as it was drawn, but for the space."""
    world, K = KINDS[kind], made.X.shape[1]
    price: Distribution = "lognormal" if world.price_spread else "fixed"
    kinds: tuple[Distribution, ...] = tuple(price if k == made.price else "normal" for k in range(K))
    sign = tuple(-1 if k == made.price else 1 for k in range(K))
    return MixedSpec(
        kinds, sign, made.price, space="wtp" if space == "money" else "preference",
        correlated=bool(world.correlation), draws=DRAWS, seed=SEED,
    )  # fmt: skip


def _covariance_of_means(fit: MixedFit) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(fit.slope @ mixed_covariance(fit) @ fit.slope.T)


def _well(fit: MixedFit) -> bool:
    return fit.converged and not fit.singular


def _said(alpha: float, truth: tuple[float, float], gaps: list[Money | None], *, converged: bool) -> Said:
    value, lo, hi = (
        tuple(None if g is None or not np.isfinite(g.se) else float(getattr(g, end)) for g in gaps)
        for end in ("value", "lo", "hi")
    )
    return Said(alpha, truth, (value[0], value[1]), (lo[0], lo[1]), (hi[0], hi[1]), converged)


def run_classes(kind: str, run: int) -> ClassEntry:
    """Simulate people of some classes, and count them."""
    rng = np.random.default_rng([SEED, *kind.encode(), run])
    made = simulate(COUNTED[kind], rng)
    rival = without_classes(made.price, DRAWS, run)
    found = count_classes(tasks_of(made), MOST, rng, FOLDS, starts=STARTS, rival=rival)
    likely = found.fit.posterior.argmax(axis=1)
    together = sum(int(np.bincount(likely[made.member == c]).max()) for c in np.unique(made.member))
    return ClassEntry(found.count, found.smallest, found.reason, together / len(likely))


def choice_summary(kind: str, entries: list[ChoiceEntry]) -> dict[str, object]:
    """Return what estimators say in one kind of world."""
    out: dict[str, object] = {"runs": len(entries)}
    if kind in BROKEN:
        out["breaks an assumption"] = BROKEN[kind]
    differ, side = kind in MIXED_KINDS, "at least" if kind == IRRELEVANT else "equal"
    out["by the logit"] = _rates([e.logit for e in entries], SHORTFALL if differ else "", side)
    if differ:
        ways = {"in utility": [e.utility for e in entries], "in money": [e.money for e in entries]}
        for way, said in ways.items():
            wrong = WRONG_SHAPE.get((kind, way.removeprefix("in ")), "")
            out[way] = _rates([s for s in said if s is not None], wrong, side)
    out["entries"] = [e.record() for e in entries[:KEPT]]
    return out


def _rates(said: list[Said], wrong: str, side: str) -> dict[str, object]:
    """Return cover and false verdicts of one estimator; `wrong` says what it takes for granted that is not so."""
    out: dict[str, object] = {"takes for granted": wrong} if wrong else {}
    out["search ended well"] = round(float(np.mean([s.converged for s in said])), 4)
    for h, half in enumerate(HALVES):
        told = [(s.value[h], s.hi[h], s.lo[h], s.truth[h]) for s in said]
        some = [(v, hi - lo, t) for v, hi, lo, t in told if v is not None and hi is not None and lo is not None]
        out[f"{half}: true"] = round(float(np.mean([t for *_, t in told])), 4)
        out[f"{half}: not measurable in money"] = round(1 - len(some) / len(said), 4)
        if some:
            out[f"{half}: mean error"] = round(float(np.mean([v - t for v, _, t in some])), 4)
            out[f"{half}: median width"] = round(float(np.median([w for _, w, _ in some])), 4)
            out[f"{half}: largest figure"] = round(max(abs(v) for v, *_ in some), 4)
        out[f"coverage of {half}"] = rate([s.covered(h) for s in said], LEVEL, side)
        false = [s.label(h) == "short" and s.truth[h] <= MARGIN + 1e-9 for s in said]
        out[f"false short of {half}"] = rate(false, 0.05, "at most")
        out[f"labels of {half}"] = dict(sorted(Counter(s.label(h) for s in said).items()))
    return out


def class_summary(kind: str, entries: list[ClassEntry]) -> dict[str, object]:
    """Return how often the true number of classes is told, and how often another."""
    if kind in WITHOUT:
        return {
            "runs": len(entries),
            "told": dict(sorted(Counter(str(e.count) if e.count else e.reason for e in entries).items())),
            "none told": rate([e.count is None for e in entries], 0.95, "at least"),
            "entries": [e.record() for e in entries[:KEPT]],
        }
    true = COUNTED[kind].classes
    return {
        "runs": len(entries),
        "classes": true,
        "told": dict(sorted(Counter(str(e.count) if e.count else e.reason for e in entries).items())),
        "true number or none told": rate([e.count in (true, None) for e in entries], 0.95, "at least"),
        "true number": round(float(np.mean([e.count == true for e in entries])), 4),
        "mean share of people together with their class": round(float(np.mean([e.agree for e in entries])), 4),
        "entries": [e.record() for e in entries[:KEPT]],
    }


def choice_worlds(pool: Executor, runs: int) -> dict[str, object]:
    """Run every kind of world; a fifth as many where tastes differ, a twenty-fifth of those whose classes are counted."""
    worlds: dict[str, object] = {}
    for kind in KINDS:
        count = runs if kind in LOGIT_KINDS else max(runs // 5, 1)
        worlds[kind] = choice_summary(kind, list(pool.map(partial(run_choice, kind), range(count), chunksize=5)))
    classes: dict[str, object] = {}
    for kind in CLASS_KINDS:
        found = list(pool.map(partial(run_classes, kind), range(max(runs // 25, 1))))
        classes[kind] = class_summary(kind, found)
    return {"seed": SEED, "worlds": worlds, "classes": classes}
