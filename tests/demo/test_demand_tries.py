"""Try 29 (docs/demo.md), and niche against mass: through files and the whole program."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from halfstep.core.answer import Verdict
from halfstep.core.check import Status
from halfstep.core.estimate import Point
from halfstep.report import write_report
from halfstep.study import Outcome, run
from halfstep.worlds.demand import KINDS, SimulatedDemand, simulate
from tests.invented import check, write


def world(kind: str, seed: int) -> SimulatedDemand:
    return simulate(KINDS[kind], np.random.default_rng([29, seed]))


def study(folder: Path, made: SimulatedDemand, *, told: bool = False) -> Outcome:
    brands = [chr(65 + b) for b in made.brand]
    columns = {"year": made.period, "place": [f"c{c}" for c in made.place], "brand": brands, "model": made.model}
    columns |= {"price": made.p, "share": made.share, "wage": made.cost[:, 0]}
    columns |= {f"x{k}": made.X[:, k] for k in range(made.X.shape[1])}
    changes = {
        "study": {"benchmarks": ["B"], "currency": "thousand"},
        "columns": {"quantity": "share", "quantity_kind": "share"},
        "attributes": [{"id": f"x{k}", "label": f"x{k}", "columns": [f"x{k}"]} for k in range(made.X.shape[1])],
        "bands": None,
        "demand": {"cost": ["wage"]},
    }
    tables = None
    if told:
        known = pl.DataFrame({"brand": brands, "aware": made.reach}).unique(maintain_order=True)
        changes["reach_columns"] = {"brand": "brand", "awareness": "aware"}
        tables = {"reach": known}
    return run(write(folder, pl.DataFrame(columns), changes, tables))


def verdicts(outcome: Outcome) -> dict[str, Verdict]:
    return {v.half: v for v in outcome.answers["gap"].verdicts if v.lens == "demand"}


def point(outcome: Outcome, room: str, name: str) -> Point:
    found = next(e for e in outcome.answers[room].estimates if e.id.startswith(name))
    assert isinstance(found, Point)
    return found


def test_try_29_price_that_goes_with_unseen_quality(tmp_path: Path) -> None:
    """Instruments, their strength, and the naive answer next to it: its alpha is too small, its money too large."""
    made = world("endogenous price", 0)
    outcome = study(tmp_path, made)
    naive, iv = (point(outcome, "demand", f"demand.alpha.{by}") for by in ("ols", "2sls"))
    assert naive.hi < made.alpha
    assert iv.lo < made.alpha < iv.hi
    strength = check(outcome.answers["demand"], "demand.strength")
    assert strength.status is Status.PASS
    assert float(dict(strength.facts)["effective"]) > float(dict(strength.facts)["critical"])
    product = point(outcome, "gap", "gap.demand_lens.product")
    assert product.lo < made.product < product.hi
    readings = {r.half: r for r in outcome.answers["gap"].readings if r.what == "logit without instruments"}
    wrong = point(outcome, "gap", readings["product"].naive)
    assert abs(wrong.value - made.product) > 2 * abs(product.value - made.product)
    write_report(outcome, tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert readings["product"].naive in page


def test_try_29_with_weak_instruments_nothing_is_concluded(tmp_path: Path) -> None:
    for seed in range(6):
        outcome = study(tmp_path / str(seed), world("weak instruments", seed))
        if check(outcome.answers["demand"], "demand.strength").status is Status.FAIL:
            assert {v.label for v in verdicts(outcome).values()} == {"undecided"}
            assert {v.reason for v in verdicts(outcome).values()} == {"weak instruments"}
            return
    pytest.fail("no weak first stage in six worlds")


@pytest.mark.parametrize(("kind", "label"), [("niche premium", "ahead"), ("mass brand", "short")])
def test_a_name_is_not_read_off_sales_that_reach_made(tmp_path: Path, kind: str, label: str) -> None:
    made = world(kind, 1)
    untold, told = study(tmp_path / "a", made), study(tmp_path / "b", made, told=True)
    assert (verdicts(untold)["name"].label, verdicts(untold)["name"].reason) == ("undecided", "reach not measured")
    assert verdicts(told)["name"].label == label
    before, after = (point(o, "gap", "gap.demand_lens.name").value for o in (untold, told))
    assert np.sign(before) != np.sign(after)  # shares alone would have said the opposite
    assert np.sign(after) == np.sign(made.name)
