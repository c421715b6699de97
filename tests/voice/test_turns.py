"""Authors who change sides, and what posts are about: by hand, and against the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from halfstep.core.check import Check
from halfstep.core.estimate import Point, Refusal
from halfstep.voice.scan import Kind
from halfstep.voice.turns import contents, flips
from tests.voice.heard import Heard, config_of, heard, taught
from tests.voice_invented import World

WORLD = World(months=6, posts=300, against=0.4)


def made(world: World = WORLD, seed: int = 1, audit: int = 300) -> Heard:
    config = config_of()
    points = [p.model_copy(update={"product": p.id != "price"}) for p in config.voice.touchpoints]
    config = config.model_copy(update={"voice": config.voice.model_copy(update={"touchpoints": tuple(points)})})
    return heard(world, seed, audit, taught(world, stance=True), config)


def flipped(of: Heard) -> dict[str, Point | Refusal | Check]:
    return {r.id: r for r in flips(of.tallies, of.hand, of.write, np.random.default_rng(1))}


def test_sides_drawn_anew_for_every_post_flip_in_two_p_q() -> None:
    held = []
    for seed in range(4):
        found = flipped(made(seed=seed))
        for name in ("norda", "lin"):
            rate = found[f"voice.flips.{name}"]
            assert isinstance(rate, Point)
            held.append(rate.lo <= 0.48 <= rate.hi)
    assert sum(held) >= 6


def test_where_nobody_changes_sides_hardly_any_flip_is_left() -> None:
    rate = flipped(made(replace(WORLD, against=0.02)))["voice.flips.norda"]
    if isinstance(rate, Point):
        assert rate.value < 0.12
    else:
        assert isinstance(rate, Refusal)


def test_posts_of_one_author_and_second_are_one_post_of_their_mean() -> None:
    of = made()
    frame = of.tallies.frame
    sums = [c for c in frame.columns if c[0] in "sr" and c[1:].isdigit()] + ["n", "engagement"]
    author = pl.col("kind") == int(Kind.AUTHOR)
    twice = frame.with_columns(pl.when(author).then(2 * pl.col(c)).otherwise(pl.col(c)).alias(c) for c in sums)
    again = replace(of, tallies=replace(of.tallies, frame=twice))
    one, other = (flipped(x)["voice.flips.norda"] for x in (of, again))
    assert isinstance(one, Point) and isinstance(other, Point)
    assert (one.value, one.lo, one.hi) == (other.value, other.lo, other.hi)


def test_it_does_not_matter_what_authors_are_called() -> None:
    of = made()
    author = pl.col("kind") == int(Kind.AUTHOR)
    other = pl.when(author).then(pl.lit(10**9, dtype=pl.UInt64) - pl.col("key")).otherwise(pl.col("key"))
    frame = of.tallies.frame.with_columns(other.alias("key")).sort("kind", "name", "key")
    again = replace(of, tallies=replace(of.tallies, frame=frame))
    one, two = (flipped(x)["voice.flips.norda"] for x in (of, again))
    assert isinstance(one, Point) and isinstance(two, Point)
    assert (one.value, one.lo, one.hi) == (two.value, two.lo, two.hi)


def test_without_labels_the_readers_mistakes_are_unknown() -> None:
    of = made()
    found = list(flips(of.tallies, None, of.write, np.random.default_rng(1)))
    assert found and all(isinstance(r, Refusal) and r.why == "voice reader unknown" for r in found)


def test_without_stances_nothing_is_said_of_flips() -> None:
    of = heard(WORLD, 1, heads=taught(WORLD))
    assert list(flips(of.tallies, of.hand, of.write, np.random.default_rng(1))) == []


def test_the_same_content_of_both_is_not_told_apart() -> None:
    of = made(audit=450)
    records = list(contents(of.tallies, of.hand, {0: "norda"}, of.write))
    assert [r.why for r in records if isinstance(r, Check)] == ["voice content cannot tell"]
    (gap,) = [r for r in records if isinstance(r, Point)]
    assert gap.lo < 0 < gap.hi


def test_content_in_few_periods_is_told_over_all_of_them_only_if_each_was_audited() -> None:
    short = made(World(months=2, posts=300))
    gap, check = contents(short.tallies, short.hand, {0: "norda"}, short.write)
    assert isinstance(gap, Point) and gap.lo < 0 < gap.hi
    assert isinstance(check, Check) and check.why == "voice content cannot tell"
    frame = short.tallies.frame.filter((pl.col("kind") != int(Kind.AUDIT)) | (pl.col("day") < 19_754))
    half = replace(short.tallies, frame=frame)
    assert len(half.periods) == 2, "the second month, from 2024-02-01 on, has posts but no audit"
    (refusal,) = contents(half, short.hand, {0: "norda"}, short.write)
    assert isinstance(refusal, Refusal)
    assert refusal.why == "voice few periods"
    assert list(contents(short.tallies, None, {0: "norda"}, short.write)) == []
