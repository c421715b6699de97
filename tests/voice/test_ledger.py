"""The attention ledger by hand: shares of voice and of a list, whose voice, the founder's share as a bound."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest

from halfstep.core.check import Check, Status
from halfstep.core.estimate import Bound, Estimate
from halfstep.core.series import Series
from halfstep.data.voice import Exposure
from halfstep.voice.ledger import ledger, listed
from halfstep.voice.scan import Slot
from halfstep.voice.tallies import Tallies
from tests.voice.daily import START, Counts, tallies_of, writer

COUNTS: dict[str, Counts] = {
    "norda": [4] * 40, "lin": [2] * 40, "": [10] * 40, "0:founder": [1] * 40, "0:both": [1] * 40, "0:product": [3] * 40,
}  # fmt: skip


def exposure(*rows: tuple[str, int, int]) -> Exposure:
    frame = pl.DataFrame(rows, schema={"platform": pl.String, "day": pl.Int32, "total": pl.Int64}, orient="row")
    return Exposure(frame.with_columns(row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64)), "list.csv", 0)


def told(made: Tallies, held: Exposure | None = None) -> dict[str, Estimate | Series | Check]:
    made_of = list(ledger(made, held, {0: "norda"}, writer()))
    series = {f"{r.id} series": r for r in made_of if isinstance(r, Series)}
    return {r.id: r for r in made_of if not isinstance(r, Series)} | series


def attention(found: Mapping[str, object]) -> dict[tuple[str, ...], float]:
    series = found["voice.attention series"]
    assert isinstance(series, Series)
    assert series.level == 1.0, "a count of the table has no sampling error"
    return dict(zip(series.index, series.value.tolist(), strict=True))


def test_shares_of_voice_are_exact() -> None:
    found = told(tallies_of(COUNTS))
    shares = attention(found)
    assert shares["norda", "2024-01"] == shares["norda", "2024-02"] == pytest.approx(0.4)
    assert shares["lin", "2024-02"] == pytest.approx(0.2)
    assert shares["n7", "2024-02"] == 0.0


def test_rows_of_the_list_are_the_denominator_on_the_days_on_which_they_are_known() -> None:
    held = exposure(*(("", START + k, 100) for k in range(31)), *(("", START + 31 + k, 50) for k in range(3)))
    shares = attention(told(tallies_of(COUNTS), held))
    assert shares["norda", "2024-01"] == pytest.approx(0.04)
    assert shares["norda", "2024-02"] == pytest.approx(12 / 150), "days without a list count on neither side"


def test_lists_by_platform() -> None:
    made = tallies_of({"norda|w": [1, 1], "norda|x": [2, 2], "|w": [3, 3], "|x": [4, 4]})
    held = exposure(("w", START, 10), ("x", START, 20), ("w", START + 1, 30), ("w", START + 9, 99))
    assert listed(made, held).tolist() == [30, 30]
    assert listed(made, held, "w").tolist() == [10, 30]
    assert listed(made, None, "x").tolist() == [4, 4]


def test_the_founders_share_is_a_bound_as_wide_as_what_names_both() -> None:
    found = told(tallies_of(COUNTS))
    bound = found["voice.founder share.norda"]
    assert isinstance(bound, Bound)
    assert (bound.lo, bound.hi, bound.n) == (0.2, 0.4, 200)
    entangled = found["voice.entangled.norda series"]
    assert isinstance(entangled, Series)
    assert entangled.value.tolist() == [40, 40, 120]
    check = found["voice.entangled.norda"]
    assert isinstance(check, Check)
    assert check.status is Status.REVIEW
    assert dict(check.facts)["share"] == pytest.approx(0.2)


def test_whose_voice_it_is() -> None:
    made = tallies_of(COUNTS | {"norda@": [5] * 40, "lin@": [1] * 40}, slots={"norda@": Slot.PAID, "lin@": Slot.COPY})
    series = told(made)["voice.said by series"]
    assert isinstance(series, Series)
    held = dict(zip(series.index, series.value.tolist(), strict=True))
    assert held == {("norda", "voice"): 160, ("norda", "paid"): 200, ("lin", "voice"): 80, ("lin", "copies"): 40}
    assert attention(told(made)) == attention(told(tallies_of(COUNTS))), "none of it counts as people's voice"


def test_a_brand_of_which_nothing_is_said_has_no_bound() -> None:
    found = told(tallies_of({"": np.full(40, 3.0)}))
    assert set(found) == {"voice.attention series"}
    assert set(attention(found).values()) == {0.0}
