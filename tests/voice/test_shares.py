"""Shares against the planted truth: coverage, a world without change, a reader turned round, a worse one, and none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pytest

from halfstep.core.estimate import Refusal
from halfstep.core.series import Series
from halfstep.voice.shares import asked_of, shares, told_of
from tests.voice.heard import Heard, config_of, heard, taught
from tests.voice_invented import TOPICS, World

WORLD = World(months=12, posts=120)
FLAT = World(months=12, posts=120, share={"quality": (0.3, 0.3), "price": (0.3, 0.3), "service": (0.15, 0.15)})
HARD = World(months=12, posts=120, blur=0.6)
SPAN = "2024-01/2024-12"


@dataclass
class Covered:
    """How often intervals of one kind of period held the truth, and how wide they were."""

    held: list[bool] = field(default_factory=list)
    wide: list[float] = field(default_factory=list)
    off: list[float] = field(default_factory=list)

    @property
    def often(self) -> float:
        return float(np.mean(self.held))


def series_of(made: Heard, name: str = "voice.touchpoints") -> Series:
    (found,) = [r for r in shares(made.tallies, made.hand, made.write) if r.id == name]
    assert isinstance(found, Series)
    return found


def tried(runs: Iterable[Heard]) -> tuple[Covered, Covered]:
    """Return coverage by month, and over the whole time."""
    month, whole = Covered(), Covered()
    for made in runs:
        found = series_of(made)
        for (name, topic, period), value, lo, hi in zip(found.index, found.value, found.lo, found.hi, strict=True):
            truth = made.share(name, topic, "" if period == SPAN else period)
            into = whole if period == SPAN else month
            into.held.append(bool(lo - 1e-9 <= truth <= hi + 1e-9))
            into.wide.append(float(hi - lo))
            into.off.append(abs(float(value) - truth))
    return month, whole


def test_90_percent_intervals_hold_the_truth_month_by_month_and_over_all() -> None:
    month, whole = tried(heard(WORLD, seed, heads=taught(WORLD)) for seed in range(20))
    assert len(month.held) == 20 * 12 * 3 * 2
    assert month.often >= 0.87, month.often
    assert whole.often >= 0.82, whole.often
    assert np.mean(month.off) < 0.03
    assert np.mean(whole.wide) < 0.05, "and are not wide for nothing"


def test_where_nothing_changes_no_change_is_told() -> None:
    month, _ = tried(made := [heard(FLAT, seed, heads=taught(FLAT)) for seed in range(4)])
    assert month.often >= 0.87
    apart = []
    for one in made:
        found = dict(zip((s := series_of(one)).index, zip(s.lo, s.hi, strict=True), strict=True))
        for topic in TOPICS:
            first, last = found["norda", topic, "2024-01"], found["norda", topic, "2024-12"]
            apart.append(first[1] < last[0] or last[1] < first[0])
    assert np.mean(apart) <= 0.12


def test_a_share_that_doubled_is_told_as_a_rise() -> None:
    (found,) = [dict(zip(s.index, zip(s.lo, s.hi, strict=True), strict=True)) for s in [series_of(big())]]
    assert found["norda", "quality", "2024-12"][0] > found["norda", "quality", "2024-01"][1]


def big() -> Heard:
    return heard(WORLD, 3, audit=480, heads=taught(WORLD))


def test_a_reader_that_says_the_opposite_is_put_right() -> None:
    month, whole = tried(heard(WORLD, seed, heads=taught(WORLD, turned=True)) for seed in range(5))
    assert month.often >= 0.87
    assert whole.often >= 0.82
    assert np.mean(month.off) < 0.04


def test_a_worse_reader_still_covers_and_is_wider() -> None:
    month, whole = tried(heard(HARD, seed, heads=taught(HARD)) for seed in range(5))
    good, good_whole = tried(heard(WORLD, seed, heads=taught(WORLD)) for seed in range(2))
    assert month.often >= 0.87
    assert whole.often >= 0.80
    assert np.mean(month.wide) > 1.2 * np.mean(good.wide)
    assert np.mean(whole.wide) > 1.2 * np.mean(good_whole.wide)


def test_too_few_read_by_people_is_refused_with_how_many_more() -> None:
    made = heard(WORLD, 1, audit=15, heads=taught(WORLD))
    found = [
        r for r in shares(made.tallies, made.hand, made.write) if r.id != "voice.budget"
    ]  # posts to read: no share
    assert found and all(isinstance(r, Refusal) for r in found)
    one = next(r for r in found if r.id == "voice.touchpoints.norda.quality")
    assert isinstance(one, Refusal)
    facts = dict(one.facts)
    assert one.why == "voice few audited"
    read = told_of(made.tallies, made.hand, "norda", "touchpoint.quality").whole[1].m
    assert facts["audited"] == read < 20
    assert facts["more"] == 20 - read
    assert one.needs == ("more posts drawn at random and read by people",)


def test_without_any_label_there_is_no_share_at_all() -> None:
    made = heard(WORLD, 1, heads=taught(WORLD))
    found = [r for r in shares(made.tallies, None, made.write) if r.id != "voice.budget"]
    assert found and all(isinstance(r, Refusal) and dict(r.facts)["more"] == 20 for r in found)


def test_stance_by_touchpoint_covers() -> None:
    held = []
    for seed in range(4):
        made = heard(WORLD, seed, heads=taught(WORLD, stance=True))
        found = series_of(made, "voice.stance")
        for (name, topic, stance, period), lo, hi in zip(found.index, found.lo, found.hi, strict=True):
            if name != "norda" or period != SPAN:
                continue
            # a post that names both has the brand as its target
            sign = 1 if stance == "for" else -1
            rows = made.truth.filter(pl.col("part") != "founder")
            truth = rows.select((pl.col("topic") == topic) & (pl.col("stance") == sign)).to_series().mean()
            assert isinstance(truth, float)
            held.append(lo <= truth <= hi)
    assert len(held) == 4 * 6
    assert np.mean(held) >= 0.75


def test_one_period_is_not_told_twice() -> None:
    config = config_of(period="year")
    made = heard(World(months=2, posts=200), 1, heads=taught(WORLD), config=config)
    found = series_of(made)
    assert len(set(found.index)) == len(found.index)
    assert {label[-1] for label in found.index} == {"2024"}


def test_cells_with_few_utterances_are_not_shown() -> None:
    made = heard(WORLD, 1, heads=taught(WORLD), config=config_of(least=75))
    found = series_of(made)
    assert len(found.index) < 2 * 3 * 13
    assert (found.n >= 75).all()


@pytest.mark.parametrize(
    ("measure", "series", "parts"),
    [
        ("touchpoint.price", "voice.touchpoints", ("price",)),
        ("polarity.positive", "voice.polarity", ("positive",)),
        ("touchpoint.price & stance.for", "voice.stance", ("price", "for")),
    ],
)
def test_what_a_measure_is_called(measure: str, series: str, parts: tuple[str, ...]) -> None:
    (asked,) = asked_of((measure,))
    assert (asked.series, asked.parts) == (series, parts)
    assert asked_of(("own", "spam", "stance.for")) == ()


def test_the_posts_to_read_follow_the_precision_wanted_and_the_reader() -> None:
    heads, worse = taught(WORLD), taught(HARD)
    plain = series_of(heard(WORLD, 3, heads=heads), "voice.budget")
    hard = series_of(heard(HARD, 3, heads=worse), "voice.budget")
    assert plain.index == hard.index
    assert (plain.value > 0).all()
    assert (plain.lo <= plain.value).all() and (plain.value <= plain.hi).all()
    assert hard.value.mean() > plain.value.mean(), "a worse reader wants more posts read"
