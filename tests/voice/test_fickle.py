"""Bursts, half-lives and volatility of founder and product: planted, equal, reversed, and too little to tell."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from halfstep.core.check import Check, Status
from halfstep.core.estimate import Bound, Estimate, Point, Refusal
from halfstep.core.series import Series
from halfstep.data.voice import Exposure
from halfstep.voice.fickle import fickle, lives_of
from halfstep.voice.ledger import listed
from halfstep.voice.loud import found_bursts, loud
from halfstep.voice.scan import Slot
from halfstep.voice.tallies import Tallies
from halfstep.voice.turns import fames
from halfstep.worlds.attention import SimulatedAttention, simulate_attention, simulate_pair
from tests.voice.daily import START, Counts, tallies_of, writer

Records = Mapping[str, Estimate | Check | Series]


def exposure(made: SimulatedAttention) -> Exposure:
    days = pl.Series("day", range(START, START + len(made.total)), dtype=pl.Int32)
    frame = pl.DataFrame({"day": days, "total": made.total.astype(np.int64)})
    return Exposure(frame.with_columns(platform=pl.lit(""), row=pl.int_range(2, pl.len() + 2)), "list.csv", 0)


def heard(counts: Mapping[str, Counts], held: Exposure, slots: Mapping[str, Slot] | None = None) -> Records:
    made, write, rng = tallies_of(counts, slots), writer(), np.random.default_rng(1)
    total = listed(made, held)
    flares = found_bursts(made, total, write)
    lives = lives_of(made, total, flares, write.config.voice.level, rng)
    records = [*loud(made, flares, write), *fickle(made, held, lives, write, rng), *fames(made, lives, total, write)]
    return {f"{type(r).__name__} {r.id}": r for r in records}


def pair(
    kind: str, seed: int, slots: Mapping[str, Slot] | None = None, more: Mapping[str, Counts] | None = None
) -> Records:
    founder, product = simulate_pair(kind, np.random.default_rng(seed))
    everything = founder.total
    return heard(
        {"lin": founder.count, "norda": product.count, "": everything, **(more or {})}, exposure(founder), slots
    )


def lasts(found: Records) -> str:
    check = found["Check voice.half_life.lin.norda"]
    assert isinstance(check, Check)
    return check.why


def test_planted_bursts_are_found_on_their_days_and_few_others() -> None:
    hits = false = many = 0
    for seed in range(3):
        made = simulate_attention("bursts", np.random.default_rng(seed))
        found = heard({"lin": made.count, "": made.total}, exposure(made))["Series voice.bursts"]
        assert isinstance(found, Series)
        starts = [np.datetime64(label[1], "D").astype(int) - START for label in found.index]
        days = np.array([p.day for p in made.planted])
        clear = [p.day for p in made.planted if p.rows > 20 * made.usual.mean() + 20]
        hits += sum(np.abs(np.array(starts) - day).min() <= 2 for day in clear)
        many += len(clear)
        false += sum(np.abs(days - start).min() > 7 for start in starts)
        assert [label[0] for label in found.index] == ["lin"] * len(starts)
    assert many >= 8
    assert hits >= 0.9 * many
    assert false <= 9, "one per name and year is what is said"


def test_days_too_few_for_a_usual_are_said_to_be() -> None:
    made = tallies_of({"lin": np.ones(40), "": np.full(40, 9.0)})
    assert found_bursts(made, listed(made, None), writer()) == {}
    (check,) = loud(made, {}, writer())
    assert isinstance(check, Check)
    assert (check.status, check.do) == (Status.REVIEW, "voice more days")


def test_a_founder_whose_bursts_fade_sooner_is_told() -> None:
    found = pair("founder more fickle", 1)
    assert lasts(found) == "voice lasts shorter"
    point = found["Point voice.difference.half_life.lin.norda"]
    assert isinstance(point, Point)
    assert point.hi < 0


def test_the_reverse_is_told_too() -> None:
    assert lasts(pair("product more fickle", 3)) == "voice lasts longer"


def test_names_that_fade_alike_are_not_told_apart() -> None:
    assert lasts(pair("matched", 0)) == "voice lasts cannot tell"


def test_paid_places_own_posts_and_copies_change_no_figure() -> None:
    storm = np.zeros(1096)
    storm[100::50] = 3000
    slots = {"lin@": Slot.PAID, "norda@": Slot.OWN, "lin@@": Slot.COPY}
    more = dict.fromkeys(slots, storm)
    plain, loud_ones = pair("founder more fickle", 1), pair("founder more fickle", 1, slots, more)
    assert plain.keys() == loud_ones.keys()
    for key, one in plain.items():
        other = loud_ones[key]
        if isinstance(one, Point | Bound) and isinstance(other, Point | Bound):
            assert (one.lo, one.hi) == (other.lo, other.hi), key


def test_few_bursts_are_refused() -> None:
    rng = np.random.default_rng(4)
    count = rng.poisson(2.0, 400)
    held = simulate_attention("null", rng)
    found = heard({"lin": count.astype(float), "norda": count.astype(float), "": np.full(400, 90.0)}, exposure(held))
    refusal = found["Refusal voice.half_life.lin"]
    assert isinstance(refusal, Refusal)
    assert refusal.why == "voice few bursts"
    assert refusal.needs == ("more bursts of it",)


def test_fame_before_a_period_comes_from_before_it() -> None:
    founder, product = simulate_pair("matched", np.random.default_rng(6))
    held = exposure(founder)
    whole = heard({"lin": founder.count, "norda": product.count, "": founder.total}, held)["Series voice.fame"]
    assert isinstance(whole, Series)
    of = dict(zip(whole.index, whole.value.tolist(), strict=True))
    assert ("lin", "2024-01") not in of, "what was before the first day is not known"
    assert ("lin", "2024-06") in of
    assert (whole.lo <= whole.value + 1e-9).all() and (whole.value <= whole.hi + 1e-9).all()


def test_rivals_are_not_compared_with_somebody_elses_founder() -> None:
    founder, product = simulate_pair("matched", np.random.default_rng(6))
    found = heard({"lin": founder.count, "sorena": product.count, "": founder.total}, exposure(founder))
    assert not any("difference" in key for key in found)


def test_a_tally_of_one_day() -> None:
    made: Tallies = tallies_of({"lin": [40], "norda": [40], "": [90]})
    records = list(fickle(made, None, {}, writer(), np.random.default_rng(1)))
    assert all(isinstance(r, Refusal) for r in records)
