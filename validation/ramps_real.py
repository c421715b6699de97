"""Real makers foretold every month with what was known then; only rates, errors and scores are kept, none of the figures."""

from __future__ import annotations

import csv
import json
import os
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from halfstep.core.period import Period, parse_period
from halfstep.numerics.scores import coverage
from halfstep.outlook.backtest import HORIZONS, LEVELS, YEAR, Backtest, compare, last_day, roll
from halfstep.outlook.season import PLAIN, SPRING_FESTIVAL

__all__ = ["Months", "contest", "held", "real_makers", "real_months"]

Array = npt.NDArray[np.float64]
Months = dict[tuple[str, int], tuple[float, float]]
"""Maker and month -> units, and the ordinal of the day from which they were known."""

SEED = 20250604
KNOWN_AFTER = 10
"""Days after its month from which a figure without a day of its own counts as known, as in [ramp_columns]."""
CASE = Path("ramps") / "auto_sales_history.json"
STUDY = Path(__file__).parents[1] / "studies" / "xiaomi" / "ramp.csv"


def held(test: Backtest, level: float, horizon: int | None, maker: int | None = None) -> dict[str, object]:
    """Return how often intervals of a level held what came, with its 99% interval over makers (worlds, where they are simulated)."""
    rows = np.ones(len(test.truth), dtype=bool) if horizon is None else test.horizon == horizon
    rows = rows if maker is None else rows & (test.maker == maker)
    at = LEVELS.index(level)
    inside = (test.lo[rows, at] <= test.truth[rows]) & (test.truth[rows] <= test.hi[rows, at])
    found = coverage(inside, test.maker[rows], 0.99)
    if not found.n:
        return {"rate": None, "of": 0}
    return {
        "rate": round(found.rate, 4), "of": found.n, "clusters": found.clusters,
        "interval99": [round(found.lo, 4), round(found.hi, 4)], "holds": bool(found.hi >= level),
    }  # fmt: skip


def contest(test: Backtest, name: Literal["last", "trend"], horizon: int | None) -> dict[str, object]:
    """Return errors of the forecasts' medians and of naive ones, their difference over makers, and who is nearer."""
    found = compare(test, test.last if name == "last" else test.trend, horizon)
    ends = [round(end, 4) if np.isfinite(end) else None for end in (found.lo, found.hi)]
    return {
        "label": found.label, "forecasts": found.n, "median error": _part(found.error), "naive": _part(found.naive_error),
        "difference of mean log errors": round(found.difference, 4), "interval95": ends, "crps ratio": round(found.crps_ratio, 3),
    }  # fmt: skip


def _part(log_error: float) -> float:
    """Return a log error as a part."""
    return round(float(np.expm1(log_error)), 4)


def real_months() -> Months:
    """Return the months of the case's makers and of the one in the shipped study; empty without the case."""
    found: Months = {}
    folder = os.environ.get("HALFSTEP_CASES")
    if not folder or not (Path(folder) / CASE).is_file():
        return found
    for record in json.loads((Path(folder) / CASE).read_text(encoding="utf-8"))["periods"]:
        month = parse_period(record["period"]).ordinal
        for maker, told in record["brands"].items():
            if told.get("brand_total") is not None:
                found[maker, month] = float(told["brand_total"]), last_day(month) + KNOWN_AFTER
    if STUDY.is_file():
        with STUDY.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["units"]:
                    day = date.fromisoformat(row["first_known"]).toordinal()
                    found[row["maker"], parse_period(row["month"]).ordinal] = float(row["units"]), day
    return found


def real_makers() -> dict[str, object]:
    """Return how forecasts of real makers came out, by what was believed of the months of the year."""
    told = real_months()
    if not told:
        return {"not run": f"HALFSTEP_CASES names no folder with {CASE.as_posix()}"}
    makers = tuple(dict.fromkeys(maker for maker, _ in told))
    months = [month for _, month in told]
    first = min(months)
    units, known = (np.full((len(makers), max(months) - first + 1), np.nan) for _ in range(2))
    for (maker, month), (figure, day) in told.items():
        units[makers.index(maker), month - first], known[makers.index(maker), month - first] = figure, day
    out: dict[str, object] = {
        "makers": len(makers), "months": [Period(first, 12).key, Period(max(months), 12).key],
        "figures known after": "the day printed beside them, else ten days after their month",
    }  # fmt: skip
    for name, season in (("spring festival expected", SPRING_FESTIVAL), ("no month expected to differ", PLAIN)):
        out[name] = _account(roll(units, known, first, np.random.default_rng(SEED), season), makers)
    return out


def _account(test: Backtest, makers: tuple[str, ...]) -> dict[str, object]:
    """Return coverage, errors and scores by months summed, over all, and by maker."""
    out: dict[str, object] = {"forecasts": len(test.truth), "refused": test.refused}
    for horizon in (*HORIZONS, None):
        name = "all" if horizon is None else "rest of the calendar year" if horizon == YEAR else f"{horizon} months"
        out[name] = {
            "coverage": {f"{level:.0%}": held(test, level, horizon) for level in LEVELS},
            "against the last month": contest(test, "last", horizon),
            "against a line": contest(test, "trend", horizon),
        }
    out["by maker"] = {maker: _maker(test, number) for number, maker in enumerate(makers)}
    return out


def _maker(test: Backtest, maker: int) -> dict[str, object]:
    """Return one maker's coverage and errors; its origins overlap, so no label is read off them."""
    rows = test.maker == maker
    if not rows.any():
        return {"forecasts": 0}
    errors = {
        name: round(float(np.median(np.abs(forecast[rows] / test.truth[rows] - 1))), 4)
        for name, forecast in (("forecast", test.median), ("last month", test.last), ("line", test.trend))
    }
    shares = {
        f"{level:.0%}": round(float(np.mean((test.lo[rows, k] <= test.truth[rows]) & (test.truth[rows] <= test.hi[rows, k]))), 4)
        for k, level in enumerate(LEVELS)
    }  # fmt: skip
    scores = {
        name: round(float(test.crps[rows].sum() / np.abs(naive[rows] - test.truth[rows]).sum()), 3)
        for name, naive in (("last month", test.last), ("line", test.trend))
    }
    return {
        "forecasts": int(rows.sum()), "coverage": shares, "median error": errors, "crps ratio": scores,
        "mean place of the truth": round(float(test.pit[rows].mean()), 3),
    }  # fmt: skip
