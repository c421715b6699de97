"""What follows own replies, from a table of posts."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from halfstep.core.check import Check
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Estimate, Point, Refusal
from halfstep.voice.hand import lexicon_of
from halfstep.voice.replies import cascades_of, replies
from halfstep.voice.scan import Reader, merge, scan
from halfstep.voice.survey import Survey, survey
from halfstep.voice.tallies import Tallies
from halfstep.worlds.cascades import KINDS
from tests.voice.batches import Post, batch
from tests.voice.cascading import cascade_posts
from tests.voice.daily import writer
from tests.voice.heard import config_of


def seen(posts: list[Post], config: StudyConfig | None = None) -> tuple[Tallies, Survey]:
    config = config or config_of()
    table = batch(posts)
    found = survey([table], config.voice, np.empty(0, np.uint64))
    reader = Reader(
        tuple(n.id for n in config.voice.names), lexicon_of(config), copies=found.copies.copy_rows, roots=found.roots
    )
    return Tallies(merge([scan(table, reader)], reader), reader, config.voice), found


def from_world(kind: str, seed: int, many: int = 10) -> list[Post]:
    frame = cascade_posts(KINDS[kind], np.random.default_rng(seed), many)
    key = {name: k for k, name in enumerate(frame["id"])}
    return [
        {
            "key": key[row["id"]], "root": key.get(row["root"]), "own": bool(row["own"]), "text": row["text"],
            "second": int(datetime.fromisoformat(row["time"]).timestamp()),
        }
        for row in frame.iter_rows(named=True)
    ]  # fmt: skip


def told(posts: list[Post]) -> dict[str, Estimate | Check]:
    tallies, found = seen(posts)
    return {r.id: r for r in replies(tallies, found, writer(), np.random.default_rng(1))}


def by_hand(config: StudyConfig | None = None, **more: object) -> list[Post]:
    start = int(datetime(2024, 3, 1, 4, tzinfo=UTC).timestamp())
    first: Post = {"key": 5000, "second": start, "text": "起"}
    after = [
        {"key": 6000 + k, "second": start + 60 * (1 + k // 2), "root": 5000, "own": k == 7, "text": f"{k} {k * k} {k**3}", **more}
        for k in range(60)
    ]  # fmt: skip
    return [first, *after]


def test_a_cascade_by_hand_posts_of_one_second_are_two_events() -> None:
    tallies, _ = seen(by_hand())
    (one,) = cascades_of(tallies, writer())
    assert one.time.tolist() == [60.0 * (1 + k // 2) for k in range(60)]
    assert np.flatnonzero(one.kind == 1).tolist() in ([6], [7]), "it shares its second with one post"
    assert one.duration == 30 * 60.0
    assert one.clock == 12 * 3600.0, "noon in Shanghai"


def test_what_comes_after_the_hours_looked_at_is_left_out() -> None:
    config = config_of()
    voice = config.voice.model_copy(
        update={"cascades": config.voice.cascades.model_copy(update={"hours": 0.25, "smallest": 10})}
    )
    short = config.model_copy(update={"voice": voice})
    tallies, _ = seen(by_hand(), short)
    (one,) = cascades_of(tallies, writer(short))
    assert one.duration == 900.0
    assert one.time.max() == 900.0


def test_adverts_among_the_replies_are_left_out() -> None:
    tallies, _ = seen(by_hand(paid=True))
    assert cascades_of(tallies, writer()) == ()


def test_one_word_replies_are_copies_and_stay() -> None:
    tallies, found = seen(by_hand(text="支持支持支持支持"))
    assert len(found.copies.copy_rows) == 59
    (one,) = cascades_of(tallies, writer())
    assert len(one.time) == 60


def test_without_any_reply_of_the_brand_there_is_nothing_to_judge() -> None:
    found = told(by_hand(own=False))
    refusal = found["voice.replies.extra"]
    assert isinstance(refusal, Refusal)
    assert refusal.why == "voice no own replies"


def test_without_cascades_nothing_is_said() -> None:
    assert told([{"text": "北岚"}]) == {}


def test_fifteen_posts_a_reply_over_ten_cascades_are_found() -> None:
    found = told(from_world("replies bring 15 posts", 7))
    check, point = found["voice.replies"], found["voice.replies.extra"]
    assert isinstance(check, Check) and isinstance(point, Point)
    assert (check.why, check.do) == ("voice replies more", "voice replies experiment")
    assert 8 < point.value < 22
    assert point.lo > 0


def test_replies_that_follow_the_crowd_are_not_said_to_bring_posts() -> None:
    check = told(from_world("null", 8))["voice.replies"]
    assert isinstance(check, Check)
    assert check.why != "voice replies more"


def test_one_cascade_is_refused() -> None:
    refusal = told(from_world("replies bring 15 posts", 9, many=1))["voice.replies.extra"]
    assert isinstance(refusal, Refusal)
    assert refusal.why == "voice replies one cascade"
    assert refusal.needs == ("more cascades with replies of the brand", "a message experiment")


def test_the_order_of_rows_does_not_matter() -> None:
    posts = from_world("null", 10, many=3)
    order = np.random.default_rng(1).permutation(len(posts))
    rows: list[Post] = [{**posts[k], "row": int(k) + 2} for k in order]
    ways: tuple[list[Post], list[Post]] = (posts, rows)
    pairs = [cascades_of(seen(made)[0], writer()) for made in ways]
    for one, other in zip(*pairs, strict=True):
        assert one.time.tolist() == other.time.tolist()
        assert one.kind.tolist() == other.kind.tolist()
