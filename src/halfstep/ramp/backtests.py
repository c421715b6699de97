"""How such forecasts did before: every month foretold with what was known then, over all makers, beside naive forecasts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halfstep.core.check import Check, Status
from halfstep.core.config import StudyConfig
from halfstep.outlook.backtest import LEVELS, Backtest, compare, covered, roll
from halfstep.ramp.account import Facts
from halfstep.ramp.known import Known
from halfstep.ramp.seasons import season_of

__all__ = ["backtests"]

STATUS = {"beats": Status.PASS, "cannot tell": Status.REVIEW, "does not beat": Status.FAIL}

FEWEST = 3
"""Makers below which nothing is said of coverage: forecasts of one maker hang together."""


def backtests(known: Known, config: StudyConfig, rng: np.random.Generator) -> Iterator[Check]:
    """Yield how often intervals held what came, and whether the middle beats the naive forecasts."""
    since = np.where(known.since > 0, known.since, np.nan).astype(np.float64)
    since[~np.isfinite(known.units)] = np.nan
    test = roll(known.units, since, known.first, rng, season_of(config))
    facts: Facts = (("maker", known.maker), ("makers", len(np.unique(test.maker))), ("n", len(test.truth)))
    if not len(test.truth):
        yield Check(id="ramp.coverage", status=Status.REVIEW, why="ramp no back-test", do="more months", facts=facts)
        return
    main = min(LEVELS, key=lambda level: abs(level - config.ramp.level))
    for level in (main, *(level for level in LEVELS if level != main)):
        yield _covered(test, level, facts, "" if level == main else f".{100 * level:.0f}")
    for name, naive in (("last", test.last), ("trend", test.trend)):
        found = compare(test, naive)
        yield Check(
            id=f"ramp.against.{name}", status=STATUS[found.label], why=f"ramp {found.label} {name}",
            facts=(
                *facts, ("error", _percent(found.error)), ("naive_error", _percent(found.naive_error)),
                ("difference", found.difference), ("lo", found.lo), ("hi", found.hi), ("ratio", found.crps_ratio),
                ("label", found.label),
            ),
        )  # fmt: skip


def _covered(test: Backtest, level: float, facts: Facts, ending: str) -> Check:
    """Return coverage at a level: short of it only where the interval of the rate excludes it."""
    found = covered(test, level)
    short = found.excludes(level) and found.rate < level
    own = (("level", level), ("observed", found.rate), ("lo", found.lo), ("hi", found.hi))
    if len(np.unique(test.maker)) < FEWEST:
        return Check(
            id=f"ramp.coverage{ending}",
            status=Status.REVIEW,
            why="ramp too few back-tests",
            do="more makers",
            facts=(*facts, *own),
        )
    why = (
        "ramp intervals too narrow"
        if short
        else "ramp intervals too wide"
        if found.excludes(level)
        else "ramp intervals hold"
    )
    status = Status.FAIL if short else Status.REVIEW if found.excludes(level) else Status.PASS
    return Check(id=f"ramp.coverage{ending}", status=status, why=why, facts=(*facts, *own))


def _percent(error: float) -> float:
    """Return a log error as a part."""
    return float(np.expm1(error))
