"""The docket of a study in files: read, run, and run again with names exchanged and on another day."""

from __future__ import annotations

from pathlib import Path

import pytest

from halfstep.core.answer import Answer
from halfstep.study import run

SETTINGS = """
[study]
title = "docket"
focal = "A"
benchmarks = ["B"]
currency = "coins"
as_of = "2025-06-30"
margin = 0.03
margin_reason = "invented"
[tables]
press = "press.csv"
claims = "claims.csv"
[press_columns]
entity = "entity"
metric = "metric"
value = "value"
period = "period"
band = "band"
base = "base"
source = "source"
first_known = "first_known"
kind = "kind"
[claim_columns]
id = "id"
statement_en = "statement"
kind = "kind"
hedge = "hedge"
[[docket.quantities]]
id = "share_2024"
label = "share of A in 2024"
share = true
figures = [{ entity = "A", metric = "share", period = "2024", source = "S" }]
[[docket.quantities]]
id = "rank_2024"
label = "rank of A in 2024"
rank = { entity = "A", metric = "share", period = "2024" }
[[docket.quantities]]
id = "reached"
label = "share of the target reached"
share = true
estimate = "press.progress.*.reached"
[[docket.quantities]]
id = "divided"
label = "the same, divided by hand"
share = true
figures = [{ entity = "A", metric = "units" }]
over = [{ entity = "A", metric = "units", kind = "target" }]
[[docket.quantities]]
id = "share_2025"
label = "share of A in 2025"
figures = [{ entity = "A", metric = "share", period = "2025" }]
[[docket.says]]
claim = "large"
quantity = "share_2024"
at_least = 0.36
[[docket.says]]
claim = "first"
quantity = "rank_2024"
at_most = 1
[[docket.says]]
claim = "far"
quantity = "reached"
at_least = 0.7
[[docket.says]]
claim = "by hand"
quantity = "divided"
at_least = 0.7
[[docket.forecasts]]
id = "grows"
label = "A grows"
by = "the author"
claim = "grows"
made = "2025-01-31"
fixed = "2025-01-31"
due = "2026-03-31"
rule = "the share printed for 2025"
quantity = "share_2025"
at_least = 0.3
p = 0.75
"""
PRESS = """entity,metric,value,period,band,base,source,first_known,kind
A,share,40.0%,2024,,,S,2025-02-01,
A,share,35.0%,2024,,,T,2025-02-01,
B,share,35.0%,2024,,,S,2025-02-01,
B,share,38.0%,2024,,,T,2025-02-01,
A,units,350000,2025,,,company,2025-03-18,target
A,units,more than 258000,2024-04-03..2025-05-21,,since launch,company,2025-05-21,
A,share,33.0%,2025,,,S,2026-02-01,
"""
CLAIMS = """id,statement,kind,hedge
large,A sells more than a third,fact,more than
first,A is first,fact,
far,A is far along,fact,
by hand,A is far along,fact,
grows,A will sell three in ten,forecast,
blame,A is to blame,causal,suspected
"""


def told(folder: Path, press: str = PRESS, as_of: str | None = None) -> Answer:
    (folder / "study.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "press.csv").write_text(press, encoding="utf-8")
    (folder / "claims.csv").write_text(CLAIMS, encoding="utf-8")
    return run(folder, as_of=as_of, only=("press", "docket")).answers["docket"]


def labels(found: Answer) -> dict[str, tuple[str, str]]:
    return {v.id: (v.label, v.reason) for v in found.claims}


def test_every_claim_has_the_label_that_the_files_give_it(tmp_path: Path) -> None:
    found = told(tmp_path)
    assert labels(found) == {
        "large": ("supported", "all hold"), "first": ("mixed", "sources disagree"), "far": ("not testable", "no such estimate"),
        "by hand": ("not testable", "other bases"), "grows": ("not testable", "not due"), "blame": ("not testable", "no look"),
    }  # fmt: skip
    assert {e.origin.table for e in found.estimates if e.id.startswith("docket.share_2024")} == {"press.csv"}
    assert {e.origin.rows for e in found.estimates if e.id.startswith("docket.share_2024")} == {"2"}


def test_the_same_files_say_the_same(tmp_path: Path) -> None:
    first, second = told(tmp_path), told(tmp_path)
    assert (first.claims, first.forecasts, first.estimates, first.checks) == (
        second.claims, second.forecasts, second.estimates, second.checks,
    )  # fmt: skip


def test_verdicts_follow_the_data_when_two_names_are_exchanged(tmp_path: Path) -> None:
    rows = [line.split(",", 1) for line in PRESS.splitlines()]
    other = {"A": "B", "B": "A"}
    swapped = "\n".join(f"{other.get(name, name) if 'share' in rest else name},{rest}" for name, rest in rows) + "\n"
    found = labels(told(tmp_path, swapped))
    assert found["large"] == ("contradicted", "fails")
    assert found["first"] == ("mixed", "sources disagree")


def test_the_day_of_the_run_decides_what_is_resolved(tmp_path: Path) -> None:
    frozen, later = told(tmp_path), told(tmp_path, as_of="2026-06-30")
    assert (frozen.forecasts[0].status, later.forecasts[0].status) == ("open", "resolved")
    assert later.forecasts[0].brier == pytest.approx(0.0625)
    assert labels(later)["grows"] == ("supported", "came true")


def test_what_became_known_later_moves_nothing_of_a_frozen_run(tmp_path: Path) -> None:
    poisoned = PRESS.replace("33.0%,2025", "3.0%,2025") + "B,share,99%,2025,,,S,2026-02-01,\n"
    first, second = told(tmp_path), told(tmp_path, poisoned)
    assert (first.claims, first.forecasts, first.estimates, first.checks) == (
        second.claims, second.forecasts, second.estimates, second.checks,
    )  # fmt: skip
