"""The first time through: rows, copies, cascades worth a look."""

from __future__ import annotations

import numpy as np

from halfstep.core.config_voice import Voice
from halfstep.voice.survey import Survey, survey
from tests.voice.batches import Post, batch

POSTS: list[Post] = [
    {"text": "北岚的车漏水了，等了三个月才修好", "author": 1},
    {"text": "林舟今天说了很多关于价格的话题，大家怎么看", "day": None},
    {"text": "北岚的车漏水了，等了三个月才修好", "author": 2},
]


def surveyed(posts: list[Post], split: int = 0, asked: tuple[int, ...] = (), **voice: object) -> Survey:
    whole = batch(posts)
    parts = [whole] if not split else [whole.slice(k, split) for k in range(0, len(posts), split)]
    return survey(parts, Voice.model_validate(voice), np.array(asked, np.uint64))


def test_rows_authors_days_and_copies_by_hand() -> None:
    for split in (0, 1, 2):
        found = surveyed(POSTS, split)
        assert (found.n, found.authored, found.dated) == (3, 2, 2)
        assert found.copies.copy_rows.tolist() == [4], "the first one stays"


def test_what_is_said_again_may_count_again() -> None:
    assert len(surveyed(POSTS, copies={"fold": False}).copies.copy_rows) == 0


def test_texts_that_labels_ask_for() -> None:
    assert surveyed(POSTS, 1, asked=(1001, 5000)).texts == {1001: POSTS[1]["text"]}


def replying(**many: int) -> list[Post]:
    return [{"text": f"{root} {k} {k * k}", "root": int(root[1:])} for root, n in many.items() for k in range(n)]


def test_cascades_with_enough_events_the_first_post_among_them() -> None:
    posts = replying(r7=9, r8=8, r9=30)
    for split in (0, 1, 10):
        assert surveyed(posts, split, cascades={"smallest": 10}).roots.tolist() == [7, 9]
    assert surveyed(POSTS).roots.tolist() == []


def test_more_parts_than_are_held_at_once() -> None:
    posts = replying(r7=150)
    assert surveyed(posts, 1, cascades={"smallest": 150}).roots.tolist() == [7]


def test_nothing_at_all() -> None:
    found = survey([], Voice(), np.empty(0, np.uint64))
    assert (found.n, found.dated, found.texts) == (0, 0, {})
    assert not len(found.copies.copy_rows)
