"""The whole room, from files: the same twice, labels exchanged, rows shuffled, and inputs that hold next to nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from halfstep.core.answer import Answer
from halfstep.core.estimate import Bound, Point, Refusal
from halfstep.study import run
from tests.voice_invented import Posts, World, labels, posts, voice_study

WORLD = World(months=7, posts=110)
Figures = dict[tuple[str, ...], tuple[object, ...]]


def answered(
    folder: Path, made: Posts, hand: pl.DataFrame | None = None, voice: str = "", swap: bool = False, drop: str = ""
) -> Answer:
    voice_study(folder, made, hand, voice)
    toml = folder / "study.toml"
    text = toml.read_text(encoding="utf-8").replace(drop, "")
    if swap:
        text = (
            text.replace('["北岚", "Norda"]', '["X"]')
            .replace('["索瑞"]', '["北岚", "Norda"]')
            .replace('["X"]', '["索瑞"]')
        )
    toml.write_text(text, encoding="utf-8")
    return run(folder, only=("voice",)).answers["voice"]


def figures(answer: Answer) -> Figures:
    """Return every figure by its name: of estimates, series and checks."""
    found: Figures = {}
    for e in answer.estimates:
        ends = (e.lo, e.hi) if isinstance(e, Point | Bound) else (e.why, e.facts)
        found["estimate", e.id] = ((e.value,) if isinstance(e, Point) else ()) + ends
    for s in answer.series:
        for k, label in enumerate(s.index):
            found["series", s.id, *label] = (s.value[k], s.lo[k], s.hi[k], s.n[k])
    return found | {("check", c.id): (c.status, c.why, c.facts) for c in answer.checks}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Posts, pl.DataFrame, Figures]:
    rng = np.random.default_rng(12)
    made = posts(WORLD, rng)
    hand = labels(made, 250, 200, rng)
    return made, hand, figures(answered(tmp_path_factory.mktemp("plain"), made, hand))


def test_the_same_study_twice_is_the_same_answer(plain: tuple[Posts, pl.DataFrame, Figures], tmp_path: Path) -> None:
    made, hand, found = plain
    assert len(found) > 100
    assert figures(answered(tmp_path, made, hand)) == found


def test_the_order_of_rows_does_not_matter(plain: tuple[Posts, pl.DataFrame, Figures], tmp_path: Path) -> None:
    made, hand, _ = plain
    no_copies = "copies = {fold = false}"
    order = np.random.default_rng(2).permutation(made.frame.height).tolist()
    first, second = (
        {
            name: told for name, told in figures(answer).items() if name[1] != "voice.codings"
        }  # rows by their number in the file
        for answer in (
            answered(tmp_path / "a", made, hand, no_copies),
            answered(tmp_path / "b", Posts(made.frame[order], made.truth), hand, no_copies),
        )
    )
    assert first == second


def test_two_brands_exchanged_exchange_their_figures(
    plain: tuple[Posts, pl.DataFrame, Figures], tmp_path: Path
) -> None:
    made, hand, found = plain
    turn = {"norda": "sorena", "sorena": "norda"}
    names = pl.col("target").replace(turn)
    swapped = figures(answered(tmp_path, made, hand.with_columns(names), swap=True))
    for kind, name in (("series", "voice.attention"), ("series", "voice.touchpoints"), ("series", "voice.stance")):
        mine = {label[2:]: v for label, v in found.items() if label[:2] == (kind, name)}
        other = {
            (turn.get(label[2], label[2]), *label[3:]): v for label, v in swapped.items() if label[:2] == (kind, name)
        }
        assert mine == other, name
    assert found["estimate", "voice.flips.norda"] is not None
    assert ("estimate", "voice.flips.norda") not in swapped
    assert ("estimate", "voice.flips.sorena") in swapped
    bound = swapped["estimate", "voice.founder share.norda"]
    assert bound == (1.0, 1.0), "nothing names the brand any more, so all of it is the founder's"


def test_without_labels_seed_words_read_and_no_share_is_told(tmp_path: Path) -> None:
    made = posts(World(months=2, posts=100), np.random.default_rng(3))
    found = answered(tmp_path, made)
    assert not [s for s in found.series if s.id in ("voice.touchpoints", "voice.stance", "voice.polarity")]
    refused = [e for e in found.estimates if e.id.startswith("voice.touchpoints.")]
    assert refused and all(isinstance(e, Refusal) for e in refused)
    (check,) = [c for c in found.checks if c.id == "voice.reader"]
    assert (check.why, check.do) == ("voice reader seeds", "voice label posts")


def test_without_times_there_is_one_period_told_once(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    made = posts(World(months=2, posts=150), rng)
    found = answered(tmp_path, made, labels(made, 120, 120, rng), drop='time = "time"\n')
    (series,) = [s for s in found.series if s.id == "voice.touchpoints"]
    assert {label[2] for label in series.index} == {"all"}
    assert len(set(series.index)) == len(series.index)
    assert not [e for e in found.estimates if isinstance(e, Point) and "half_life" in e.id]


@pytest.mark.parametrize("period", ["day", "week", "quarter", "year"])
def test_every_period_runs_through(tmp_path: Path, period: str) -> None:
    made = posts(World(months=2, posts=40), np.random.default_rng(5))
    found = answered(tmp_path, made, voice=f'period = "{period}"')
    (series,) = [s for s in found.series if s.id == "voice.attention"]
    by_hand = {"lin": "林舟", "norda": "北岚", "n7": "N7", "sorena": "索瑞"}
    copies = sum(c.facts[0][1] for c in found.checks if c.id == "voice.copies" and isinstance(c.facts[0][1], int))
    for name, word in by_hand.items():
        counted = sum(n for label, n in zip(series.index, series.n.tolist(), strict=True) if label[0] == name)
        said = int(made.frame["text"].str.contains(word).sum())
        assert said - copies <= counted <= said
    assert len(set(series.index)) == len(series.index)


def test_a_table_of_which_no_row_can_be_read_is_refused(tmp_path: Path) -> None:
    made = posts(World(months=1, posts=8), np.random.default_rng(6))
    gone = made.frame.with_columns(time=pl.lit("sometime"))
    found = answered(tmp_path, Posts(gone, made.truth))
    (refusal,) = found.estimates
    assert isinstance(refusal, Refusal)
    assert refusal.why == "voice nothing read"


def test_a_table_of_one_post_and_one_without_any_name(tmp_path: Path) -> None:
    made = posts(World(months=1, posts=8), np.random.default_rng(6))
    one = answered(tmp_path / "one", Posts(made.frame[:1], made.truth[:1]))
    assert [s.id for s in one.series if s.id == "voice.attention"]
    nobody = made.frame.with_columns(text=pl.lit("今天天气不错") + pl.col("id"))
    found = answered(tmp_path / "nobody", Posts(nobody, made.truth))
    assert not any(isinstance(e, Point | Bound) for e in found.estimates)


def test_labels_without_ids_belong_to_the_posts_that_say_just_that(
    plain: tuple[Posts, pl.DataFrame, Figures], tmp_path: Path
) -> None:
    made, hand, found = plain
    drop = '[label_columns]\nid = "id"\n'
    voice_study(tmp_path / "t", made, hand)
    toml = tmp_path / "t" / "study.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace(drop, "[label_columns]\n"), encoding="utf-8")
    told = figures(run(tmp_path / "t", only=("voice",)).answers["voice"])
    assert ("check", "voice.audit") not in told
    shares = [name for name in found if name[:2] == ("series", "voice.touchpoints")]
    assert shares
    assert {name for name in told if name[:2] == ("series", "voice.touchpoints")} == set(shares)
