"""The ledger of controversies: agreement by hand, one coder refused, attacks in the order of time."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from halfstep.core.check import Check, Status
from halfstep.core.estimate import Estimate, Point, Refusal
from halfstep.core.series import Series
from halfstep.data.voice import Controversies
from halfstep.voice.disputes import disputes
from tests.voice.daily import writer

LEAST = {"coder": "a", "touchpoint": "quality", "name": "norda", "began": None, "flaw": "", "flaw_known": None, "attacker": "", "source": ""}  # fmt: skip
TYPES = {
    "row": pl.Int64, "controversy": pl.String, "coder": pl.String, "touchpoint": pl.String, "name": pl.String,
    "began": pl.Int32, "flaw": pl.String, "flaw_known": pl.Int32, "attacker": pl.String, "source": pl.String,
}  # fmt: skip


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def told(*rows: dict[str, Any]) -> dict[str, Estimate | Series | Check]:
    frame = pl.DataFrame([{"row": k + 2, **LEAST, **row} for k, row in enumerate(rows)], schema=TYPES)
    made = disputes(Controversies(frame, "ledger.csv", 0), writer(), np.random.default_rng(1))
    return {f"{type(r).__name__} {r.id}": r for r in made}


def coded(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    return [
        {"controversy": f"c{k}", "coder": coder, "touchpoint": word}
        for k, pair in enumerate(pairs)
        for coder, word in zip("ab", pair, strict=True)
    ]


def test_alpha_by_hand() -> None:
    q, p = "quality", "price"
    found = told(*coded((q, q), (q, q), (p, p), (q, p)))
    # 8 codings, 5 q and 3 p; observed disagreement 2/8, expected 2*5*3/(8*7)
    point = found["Point voice.agreement.touchpoint"]
    assert isinstance(point, Point)
    assert point.value == pytest.approx(1 - (2 / 8) / (30 / 56))
    assert point.n == 4
    check = found["Check voice.agreement.touchpoint"]
    assert isinstance(check, Check)
    assert (check.status, check.why, check.do) == (Status.REVIEW, "voice coders differ", "voice code again")


def test_coders_who_agree() -> None:
    q, p = "quality", "price"
    for many, status, why, do in (
        (2, Status.REVIEW, "voice coders tentative", "voice code again"), (8, Status.PASS, "voice coders agree", ""),
    ):  # fmt: skip
        found = told(*coded(*(many * [(q, q)] + many * [(p, p)])))
        check, point = found["Check voice.agreement.touchpoint"], found["Point voice.agreement.touchpoint"]
        assert isinstance(check, Check) and isinstance(point, Point)
        assert (check.status, check.why, check.do) == (status, why, do)
        assert point.lo < point.value == 1.0, "one more controversy might divide them"


def test_one_coder_is_refused_and_the_codings_are_shown() -> None:
    found = told({"controversy": "c", "flaw": "hood"}, {"controversy": "d", "flaw": "chip"})
    for what in ("touchpoint", "flaw"):
        refusal = found[f"Refusal voice.agreement.{what}"]
        assert isinstance(refusal, Refusal)
        assert refusal.why == "voice one coder"
    series = found["Series voice.controversies"]
    assert isinstance(series, Series)
    assert series.value.tolist() == [1, 1]


def test_coders_of_different_controversies_have_nothing_to_agree_on() -> None:
    found = told({"controversy": "c", "coder": "a"}, {"controversy": "d", "coder": "b"})
    refusal = found["Refusal voice.agreement.touchpoint"]
    assert isinstance(refusal, Refusal)
    assert refusal.why == "voice nothing to agree on"


def test_attacks_stand_in_the_order_of_time_with_days_since_the_flaw_was_known() -> None:
    late = {"controversy": "late", "attacker": "sorena", "began": day("2024-05-10"), "flaw_known": day("2024-05-01")}
    found = told(
        late, late | {"coder": "b"},
        {"controversy": "early", "attacker": "sorena", "began": day("2024-02-01"), "flaw_known": day("2024-02-11")},
        {"controversy": "nobody", "began": day("2024-02-01"), "flaw_known": day("2024-02-11")},
        {"controversy": "unknown", "attacker": "sorena", "began": day("2024-02-01")},
    )  # fmt: skip
    series = found["Series voice.attacks"]
    assert isinstance(series, Series)
    assert series.index == (("early", "sorena", "norda", "2024-02-01"), ("late", "sorena", "norda", "2024-05-10"))
    assert series.value.tolist() == [-10, 9], "below zero: the attack came first"
    assert series.n.tolist() == [1, 2]


def test_coders_who_date_a_flaw_differently_leave_the_earliest_day() -> None:
    row = {"controversy": "c", "attacker": "sorena", "began": day("2024-05-10")}
    series = told(row | {"flaw_known": day("2024-05-08")}, row | {"coder": "b", "flaw_known": day("2024-05-01")})["Series voice.attacks"]  # fmt: skip
    assert isinstance(series, Series)
    assert series.value.tolist() == [9]


def test_an_empty_ledger_says_nothing_to_agree_on() -> None:
    found = told()
    assert not any(key.startswith("Point") for key in found)
