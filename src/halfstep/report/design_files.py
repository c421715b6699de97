"""A planned experiment as files: the tasks for whoever fields them, and everything that was reckoned for a program."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np

from halfstep import __version__
from halfstep.choice.planning import Planning
from halfstep.logit.design_check import DesignCheck
from halfstep.report.design_text import level_text

__all__ = ["design_record", "design_table", "design_text", "fielded_record"]

SCHEMA = "1.0"


def design_table(found: Planning) -> bytes:
    """Return the tasks as CSV, one row a profile, in UTF-8 with the mark that spreadsheets look for.

    Heads are those of [choice_columns] and [[choice.attributes]], so that the file can stand as `tables.design` later.
    """
    columns = found.config.choice_columns
    heads = [
        (columns.version if columns else None) or "version", (columns.task if columns else None) or "task",
        (columns.alternative if columns else None) or "alternative",
    ]  # fmt: skip
    named = {"price": columns.price if columns else "price", "brand": (columns.brand if columns else None) or "brand"}
    named |= {a.id: a.column for a in found.config.choice.attributes}
    factors = [factor.name for factor in found.experiment.plan.factors]
    order = [factors.index("brand"), factors.index("price"), *range(1, len(factors) - 1)]
    file = io.StringIO()
    write = csv.writer(file, lineterminator="\n")
    write.writerow([*heads, *(named[factors[f]] for f in order)])
    for place in np.ndindex(*found.design.codes.shape[:3]):
        code = found.design.codes[place]
        write.writerow(
            [*(i + 1 for i in place), *(level_text(found.experiment.levels[f][code[f]]) for f in order)]
        )  # fmt: skip
    return file.getvalue().encode("utf-8-sig")


def design_text(found: Planning) -> str:
    """Return the record as JSON."""
    return json.dumps(design_record(found), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def design_record(found: Planning) -> dict[str, Any]:
    """Return everything that was reckoned."""
    asked, study, design = found.asked, found.config.study, found.design
    columns = found.experiment.plan.columns
    return {
        "schema": SCHEMA,
        "versions": {"halfstep": __version__},
        "study": {"title": study.title.en, "focal": study.focal, "benchmark": study.benchmarks[0], "currency": study.currency.en},
        "seed": found.seed,
        "asked": {
            "gap": asked.gap, "power": asked.power, "level": found.config.gap.level, "respondents": asked.respondents,
            "tasks": asked.tasks, "alternatives": asked.alternatives, "versions": asked.versions, "none": asked.none,
            "kind": asked.kind,
        },
        "tastes": {
            "from": asked.tastes, "source": None if asked.prior_source is None else asked.prior_source.en,
            "values": dict(zip(columns, found.b.tolist(), strict=True)), "gap": found.gap,
            "pilot": None if found.pilot is None else {
                "respondents": found.pilot.respondents, "tasks": found.pilot.tasks,
                "inflation_weights": found.pilot.weights, "inflation_people": found.pilot.people,
            },
        },
        "groups": [
            {
                "id": g.id, "share": g.share, "needed": g.needed, "needed_at_random": g.needed_at_random,
                "smallest_gap": g.smallest, "own_tastes": g.own_tastes, "inflation": g.inflation,
                "curve": [
                    {"respondents": s.respondents, "of_group": s.of_group, "power": s.power, "smallest_gap": s.smallest}
                    for s in g.curve
                ],
            }
            for g in found.groups
        ],
        "design": {"d_error": _finite(design.d_error), "d_error_random": _finite(design.random), **fielded_record(found.check)},
        "fielded": None if found.fielded is None else fielded_record(found.fielded),
    }  # fmt: skip


def fielded_record(check: DesignCheck) -> dict[str, Any]:
    """Return the check of a set of tasks."""
    return {
        "columns": list(check.columns),
        "tasks": check.tasks, "rank": check.rank, "untold": list(check.untold), "d_error_here": _finite(check.d_error),
        "respondents": check.n, "se": dict(zip(check.columns, map(_finite, check.se.tolist()), strict=True)),
        "levels_shown": {name: list(counts) for name, counts in check.counts.items()},
        "overlap": {name: _finite(share) for name, share in check.overlap.items()},
        "position": {name: _finite(share) for name, share in check.position.items()},
        "twins": check.twins, "dominated": check.dominated, "prohibited": check.prohibited,
        "correlation": [[_finite(value) for value in line] for line in check.correlation.tolist()],
    }  # fmt: skip


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
