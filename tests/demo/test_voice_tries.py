"""Tries 38, 39 and 41 (docs/demo.md): founder or product, fickle fans, self-proof. Through files and the whole program."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from halfstep.core.answer import Answer
from halfstep.core.check import Check
from halfstep.core.estimate import Bound, Point, Refusal
from halfstep.core.series import Series
from halfstep.study import run
from halfstep.worlds.attention import simulate_pair
from halfstep.worlds.cascades import KINDS, CascadeWorld
from tests.voice.cascading import cascade_posts
from tests.voice_invented import AGAINST, FILLER, FOR, TOPICS, Posts, World, labels, posts, voice_study

COLUMNS = 'author = "author"\n'


def answered(folder: Path, made: Posts, hand: pl.DataFrame | None = None, columns: str = "", voice: str = "") -> Answer:
    """Write a study, name more columns, run it."""
    voice_study(folder, made, hand, voice)
    toml = folder / "study.toml"
    text = toml.read_text(encoding="utf-8").replace(COLUMNS, COLUMNS + columns, 1)
    if "[exposure_columns]" in columns:
        text = text.replace("[tables]\n", '[tables]\nexposure = "list.csv"\n', 1)
    for topic in ("quality", "service"):
        text = text.replace(f'id = "{topic}"\n', f'id = "{topic}"\nproduct = true\n')
    toml.write_text(text, encoding="utf-8")
    return run(folder, only=("voice",)).answers["voice"]


def bound_of(answer: Answer) -> Bound:
    (found,) = [e for e in answer.estimates if e.id == "voice.founder share.norda"]
    assert isinstance(found, Bound), "never one figure"
    return found


def check_of(answer: Answer, name: str) -> Check:
    (found,) = [c for c in answer.checks if c.id == f"voice.{name}"]
    return found


# 38: halo, founder or product?


@pytest.mark.parametrize(
    ("parts", "lo", "hi"),
    [
        ((0.0, 1.0, 0.0), 0.0, 1.0),
        ((0.4, 0.0, 0.6), 0.4, 0.4),
        ((0.3, 0.2, 0.5), 0.3, 0.5),
        ((0.1, 0.7, 0.2), 0.1, 0.8),
    ],
)
def test_try_38_the_answer_is_as_wide_as_what_names_both(
    tmp_path: Path, parts: tuple[float, float, float], lo: float, hi: float
) -> None:
    made = posts(World(months=3, posts=150, parts=parts), np.random.default_rng(38))
    answer = answered(tmp_path, made, voice="copies = {fold = false}")
    count = dict(made.truth.group_by("part").len().iter_rows())
    n = made.truth.height
    bound = bound_of(answer)
    assert bound.lo == pytest.approx(count.get("founder", 0) / n)
    assert bound.hi == pytest.approx(1 - count.get("product", 0) / n)
    assert (bound.lo, bound.hi) == pytest.approx((lo, hi), abs=0.06)
    entangled = [c for c in answer.checks if c.id == "voice.entangled.norda"]
    assert bool(entangled) == bool(parts[1]), "told only where there are posts that name both"
    if entangled:
        assert entangled[0].do == "voice message experiment"
        assert dict(entangled[0].facts)["both"] == count["both"]


def test_try_38_every_count_goes_back_to_rows_of_the_file(tmp_path: Path) -> None:
    made = posts(World(months=2, posts=100), np.random.default_rng(1))
    answer = answered(tmp_path, made)
    (parts,) = [s for s in answer.series if s.id == "voice.entangled.norda"]
    assert parts.origin.table == "posts.csv"
    assert parts.origin.rows_used == 200
    assert {label[1] for label in parts.index} == {"founder", "both", "product"}


# 39: are founder fans more fickle?


def fickle_posts(kind: str, seed: int, content: tuple[float, float] = (0.2, 0.6)) -> Posts:
    """Posts by day of a founder and a brand; content: share about quality in posts of the founder, and of the brand."""
    rng = np.random.default_rng(seed)
    rows = []
    for who, made, share in zip(("林舟", "北岚"), simulate_pair(kind, rng, volume=1.5), content, strict=True):
        for k in np.repeat(np.arange(len(made.count)), made.count.astype(int)):
            topic = "quality" if rng.random() < share else "price"
            sign = 1 if rng.random() < 0.6 else -1
            mood = rng.choice(FOR if sign > 0 else AGAINST)
            words = "，".join(rng.choice(TOPICS[topic], 2))
            text = f"{rng.choice(FILLER)}，{who}{mood}，{words}。{rng.integers(10**9)}"
            day = (date(2022, 1, 1) + timedelta(days=int(k))).isoformat()
            rows.append((day, f"u{rng.integers(600)}", text, topic, sign, "founder" if who == "林舟" else "product"))
    every = pl.DataFrame(rows, schema=["time", "author", "text", "topic", "stance", "part"], orient="row").sort("time")
    every = every.with_columns(id=pl.format("p{}", pl.int_range(pl.len())), month=pl.col("time").str.slice(0, 7))
    truth = every.select("id", "month", "topic", "part", "stance")
    return Posts(every.select("id", "time", "author", "text"), truth)


def marketed(made: Posts) -> Posts:
    """The same posts with storms of adverts, of the brand's own posts, and of one text said again."""
    rng = np.random.default_rng(5)
    first = made.frame.filter(pl.col("text").str.contains("北岚"))[0]
    days = [(date(2022, 3, 1) + timedelta(days=int(k))).isoformat() for k in np.repeat(range(0, 900, 45), 40)]
    n = len(days)
    storm = pl.DataFrame({"time": days, "author": [f"m{k}" for k in rng.integers(9, size=n)]})
    said = [
        storm.with_columns(text=pl.Series([f"林舟真香 {k}" for k in rng.integers(10**9, size=n)]), slot=pl.lit("advert"), own=pl.lit(0)),
        storm.with_columns(text=pl.Series([f"北岚真香 {k}" for k in rng.integers(10**9, size=n)]), slot=pl.lit(""), own=pl.lit(1)),
        storm.with_columns(text=pl.lit(first["text"][0]), slot=pl.lit(""), own=pl.lit(0)),
    ]  # fmt: skip
    more = pl.concat(said).with_columns(id=pl.format("m{}", pl.int_range(pl.len())))
    plain = made.frame.with_columns(slot=pl.lit(""), own=pl.lit(0))
    return Posts(pl.concat([plain, more.select(plain.columns)]), made.truth)


def fickle_study(folder: Path, made: Posts, hand: pl.DataFrame | None = None) -> Answer:
    apart = 'slot = "slot"\nown = "own"\n' if "slot" in made.frame.columns else ""
    folder.mkdir(exist_ok=True)
    days = [(date(2022, 1, 1) + timedelta(days=k)).isoformat() for k in range(1096)]
    pl.DataFrame({"day": days, "listed": 400}).write_csv(folder / "list.csv")
    listed = '[exposure_columns]\ntime = "day"\ntotal = "listed"\n'
    return answered(folder, made, hand, apart + listed, 'period = "quarter"\npaid = ["advert"]')


def test_try_39_founder_attention_that_fades_sooner_is_told_with_flips_and_content(tmp_path: Path) -> None:
    made = fickle_posts("founder more fickle", 39)
    hand = labels(made, 400, 500, np.random.default_rng(1))
    answer = fickle_study(tmp_path, made, hand)
    assert check_of(answer, "half_life.lin.norda").why == "voice lasts shorter"
    by_id = {e.id: e for e in answer.estimates}
    gap = by_id["voice.difference.half_life.lin.norda"]
    assert isinstance(gap, Point) and gap.hi < 0
    assert "matched volume" in gap.origin.assumptions
    for name in ("lin", "norda"):
        rate = by_id[f"voice.flips.{name}"]
        assert isinstance(rate, Point)
        assert rate.lo <= 2 * 0.6 * 0.4 <= rate.hi + 0.03, "sides are drawn anew for every post"
    content = by_id["voice.content.norda"]
    assert isinstance(content, Point) and content.lo <= -0.4 + 0.03 and content.hi >= -0.4 - 0.03
    assert check_of(answer, "content.norda").why == "voice content less"


def test_try_39_where_both_fade_alike_nothing_is_told_and_marketing_changes_nothing(tmp_path: Path) -> None:
    made = fickle_posts("matched", 40)
    plain = fickle_study(tmp_path / "a", made)
    assert check_of(plain, "half_life.lin.norda").why == "voice lasts cannot tell"
    loud = fickle_study(tmp_path / "b", marketed(made))
    assert check_of(loud, "half_life.lin.norda").why == "voice lasts cannot tell"
    (said_by,) = [s for s in loud.series if s.id == "voice.said by"]
    assert {("lin", "paid"), ("norda", "own"), ("norda", "copies")} <= set(said_by.index)
    assert check_of(loud, "copies").why == "voice copies"
    ends = [
        {e.id: (e.lo, e.hi) for e in a.estimates if isinstance(e, Point | Bound) and "share" not in e.id}
        for a in (plain, loud)
    ]
    assert ends[0] == ends[1]


def test_try_39_the_reverse(tmp_path: Path) -> None:
    answer = fickle_study(tmp_path, fickle_posts("product more fickle", 41))
    assert check_of(answer, "half_life.lin.norda").why == "voice lasts longer"


# 41: does self-proof backfire?


def replied(folder: Path, world: CascadeWorld, seed: int, many: int = 10) -> Answer:
    frame = cascade_posts(world, np.random.default_rng(seed), many)
    made = Posts(frame, pl.DataFrame())
    return answered(folder, made, columns='root = "root"\nown = "own"\n')


def test_try_41_posts_that_follow_replies_are_told_but_no_cause_and_an_experiment_offered(tmp_path: Path) -> None:
    answer = replied(tmp_path, KINDS["replies bring 15 posts"], 41)
    check = check_of(answer, "replies")
    assert check.why == "voice replies more"
    assert check.do == "voice replies experiment"
    (extra,) = [e for e in answer.estimates if e.id == "voice.replies.extra"]
    assert isinstance(extra, Point)
    assert extra.lo < 15 < extra.hi or 8 < extra.value < 22
    assert "doubt brings replies" in extra.origin.assumptions


def test_try_41_replies_that_follow_the_crowd_are_not_said_to_move_it(tmp_path: Path) -> None:
    check = check_of(replied(tmp_path, KINDS["null"], 1), "replies")
    assert check.why != "voice replies more"
    assert check.do == "voice replies experiment"


def test_try_41_one_cascade_is_refused(tmp_path: Path) -> None:
    answer = replied(tmp_path, KINDS["replies bring 15 posts"], 3, many=1)
    (refusal,) = [e for e in answer.estimates if e.id == "voice.replies.extra"]
    assert isinstance(refusal, Refusal)
    assert "a message experiment" in refusal.needs
    assert not [s for s in answer.series if isinstance(s, Series) and "replies" in s.id]
