"""One pass: what a batch adds up to by hand, whatever the split, the order, the kernel, and whatever is blank."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from halfstep.native.texts import pack
from halfstep.text.score import quantised
from halfstep.voice.scan import Kind, Reader, Slot, merge, scan, tally_schema
from tests.voice.batches import Post, batch, reader


def read(posts: Sequence[Post], by: Reader) -> pl.DataFrame:
    return merge([scan(batch(posts), by)], by)


def said(text: str, by: Reader) -> list[int]:
    assert by.heads is not None
    return [int(v) for v in quantised(by.heads, pack([text]))[0]]


def cells(frame: pl.DataFrame, by: Reader, name: str) -> pl.DataFrame:
    return frame.filter((pl.col("kind") == int(Kind.CELL)) & (pl.col("name") == by.places.index(name)))


def counts(frame: pl.DataFrame, by: Reader) -> dict[str, int]:
    return {name: int(cells(frame, by, name)["n"].sum()) for name in by.places}


def test_a_tally_by_hand() -> None:
    by = reader()
    posts = [
        {"text": "北岚漏水，避雷", "engagement": 3, "platform": "w"},
        {"text": "北岚漏水，避雷", "engagement": 4, "platform": "w"},
        {"text": "北岚真香", "engagement": 5, "platform": "w", "day": 101},
        {"text": "谁都没有提到", "engagement": 6, "platform": "x"},
    ]
    frame = read(posts, by)
    assert counts(frame, by) == {"norda": 3, "lin": 0, "sorena": 0, "": 4, "0:founder": 0, "0:both": 0, "0:product": 3}
    first = cells(frame, by, "norda").row(0, named=True)
    whole, near = said("北岚漏水，避雷", by), said("北岚漏水，避", by)  # four characters on either side
    joint = [(whole[0] * near[k] + 127) // 255 for k in (1, 2)]
    each = [whole[0], near[1], near[2], *joint]
    assert (first["platform"], first["slot"], first["day"], first["n"], first["engagement"]) == ("w", 0, 100, 2, 7)
    assert [first[f"s{k}"] for k in range(5)] == [2 * v for v in each]
    assert [first[f"r{k}"] for k in range(5)] == [2 * v * v for v in each]
    all_said = cells(frame, by, "")
    assert all_said.select("platform", "day", "n", "engagement").rows() == [
        ("w", 100, 2, 7), ("w", 101, 1, 5), ("x", 100, 1, 6),
    ]  # fmt: skip
    assert all_said["s1"].sum() == 0, "everything said has no stance: nobody is its target"


def test_a_stance_is_read_from_around_its_own_name() -> None:
    by = reader(window=3)
    frame = read([{"text": "北岚真香" + "，很久很久以后，" + "索瑞避雷"}], by)
    mine, other = (cells(frame, by, name).row(0, named=True) for name in ("norda", "sorena"))
    assert mine["s1"] > 127 > mine["s2"]
    assert other["s2"] > 127 > other["s1"]


def test_the_stance_towards_a_name_said_twice_is_the_mean_of_both_places() -> None:
    by = reader(window=2)
    frame = read([{"text": "北岚真香，很久很久以后，避雷北岚"}], by)
    row = cells(frame, by, "norda").row(0, named=True)
    near = [said("北岚真香", by), said("避雷北岚", by)]
    assert row["s1"] == (near[0][1] + near[1][1] + 1) // 2


def test_founder_and_brand_in_one_post_count_for_each_once_for_all_and_once_as_both() -> None:
    by = reader()
    frame = read([{"text": "林舟和北岚和北岚"}, {"text": "林舟"}, {"text": "Norda"}], by)
    assert counts(frame, by) == {"norda": 2, "lin": 2, "sorena": 0, "": 3, "0:founder": 1, "0:both": 1, "0:product": 1}


def test_what_the_source_filed_counts_as_named_without_a_stance() -> None:
    by = reader()
    frame = read([{"text": "真香", "about": "norda"}, {"text": "北岚", "about": "norda"}, {"about": "nobody"}], by)
    assert counts(frame, by)["norda"] == 2, "named and filed is once"
    alone = read([{"text": "真香", "about": "norda"}], by)
    assert cells(alone, by, "norda").row(0, named=True)["s1"] == 0


def test_own_and_paid_and_copies_stand_apart() -> None:
    posts: list[Post] = [
        {"text": "北岚"}, {"text": "北岚", "paid": True}, {"text": "北岚", "own": True},
        {"text": "北岚", "own": True, "paid": True}, {"text": "北岚"}, {"text": "北岚", "paid": True},
    ]  # fmt: skip
    by = reader(copies=(6, 7))
    found = {Slot(slot): n for slot, n in cells(read(posts, by), by, "norda").select("slot", "n").iter_rows()}
    assert found == {Slot.VOICE: 1, Slot.PAID: 2, Slot.OWN: 2, Slot.COPY: 1}


def test_singles_are_kept_one_by_one() -> None:
    by = reader(audit=(1001,), every=(1, 1), roots=(1000,))
    posts: list[Post] = [
        {"text": "北岚", "author": 7, "second": 50},
        {"text": "林舟", "author": 7, "second": 60, "root": 1000},
        {"text": "索瑞", "second": 70, "root": 1000, "own": True},
        {"text": "", "root": 1000},
        {"text": "", "root": 999, "second": 80},
    ]
    frame = read(posts, by)
    of = {kind: frame.filter(pl.col("kind") == int(kind)) for kind in Kind}
    everything = by.places.index("")
    assert of[Kind.AUDIT].select("name", "key").rows() == [(1, 1001), (everything, 1001), (4, 1001)]
    assert sorted(of[Kind.SAMPLE].filter(pl.col("name") == everything)["key"]) == [2, 3, 4, 5, 6]
    assert of[Kind.AUTHOR].filter(pl.col("name") == everything).select("key", "second").rows() == [(7, 50), (7, 60)]
    roots = of[Kind.ROOT]
    assert roots.select("name", "key", "second", "slot").rows() == [
        (everything, 1000, 50, 0), (everything, 1000, 60, 0), (everything, 1000, 70, 2),
    ], "the first post itself, and no post whose second is unknown"  # fmt: skip


def test_where_only_the_day_is_known_its_first_second_stands() -> None:
    by = reader(every=(1, 0))
    frame = read([{"day": 3}], by)
    assert frame.filter(pl.col("kind") == int(Kind.SAMPLE))["second"].unique().to_list() == [3 * 86_400]


def random_posts(seed: int, n: int) -> list[Post]:
    rng = np.random.default_rng(seed)
    words = ["北岚", "林舟", "索瑞", "漏水", "真香", "避雷", "norda", "，", "😀", "abc ", "今天"]
    return [
        {
            "text": "".join(rng.choice(words, rng.integers(0, 12))), "platform": str(rng.choice(["", "w", "x"])),
            "row": k + 2, "key": k, "day": int(rng.integers(0, 5)), "engagement": int(rng.integers(0, 9)),
            "second": int(rng.integers(0, 99)) if rng.random() < 0.8 else None, "paid": bool(rng.random() < 0.1),
            "author": int(rng.integers(0, 9)) if rng.random() < 0.8 else None, "own": bool(rng.random() < 0.1),
            "root": int(rng.integers(0, 4)) if rng.random() < 0.5 else None, "about": str(rng.choice(["", "norda", "?"])),
        }
        for k in range(n)
    ]  # fmt: skip


EVERYTHING = reader(copies=(4, 9, 11), audit=tuple(range(0, 60, 7)), every=(3, 2), roots=(0, 1, 2))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999), data=st.data())
def test_any_split_in_any_order_is_the_same_to_the_last_unit(seed: int, data: st.DataObject) -> None:
    posts = random_posts(seed, 40)
    whole = read(posts, EVERYTHING)
    order = data.draw(st.permutations(range(40)))
    cuts = sorted(data.draw(st.lists(st.integers(0, 40), max_size=6)))
    ends = [0, *cuts, 40]
    parts = [[posts[k] for k in order[a:b]] for a, b in pairwise(ends)]
    again = merge((scan(batch(part), EVERYTHING) for part in parts), EVERYTHING, every=data.draw(st.integers(1, 5)))
    assert_frame_equal(whole, again)


def test_one_row_at_a_time_and_slices_of_a_batch() -> None:
    posts = random_posts(5, 30)
    whole = read(posts, EVERYTHING)
    long = batch(posts)
    assert_frame_equal(whole, merge((scan(long.slice(k, 1), EVERYTHING) for k in range(30)), EVERYTHING))
    assert_frame_equal(whole, merge((scan(long.slice(k, 7), EVERYTHING) for k in (28, 0, 21, 7, 14)), EVERYTHING))


@pytest.mark.skipif(find_spec("halfstep.native._tally") is None, reason="the extensions were not built here")
def test_both_kernels_give_the_same_tally(monkeypatch: pytest.MonkeyPatch) -> None:
    posts = [*random_posts(6, 200), {"row": 900, "key": 900, "text": "北岚" + "漏水😀" * 33_000}]
    found = []
    for kernel in ("numpy", "native"):
        monkeypatch.setenv("HALFSTEP_KERNEL", kernel)
        found.append(read(posts, EVERYTHING))
    assert_frame_equal(*found)


def test_blank_in_every_column_that_may_be() -> None:
    blank: Post = dict.fromkeys(("day", "second", "author", "engagement", "paid", "own", "root"))
    frame = read([blank, {**blank, "text": "北岚", "platform": "w", "day": 0}], EVERYTHING)
    assert counts(frame, EVERYTHING)[""] == 2
    assert counts(frame, EVERYTHING)["norda"] == 1
    assert set(frame["day"]) == {0}


def test_a_batch_without_any_row_to_keep_by_itself() -> None:
    by = reader(audit=(77,), every=(10**9, 10**9), roots=(77,))
    frame = read([{"text": "北岚", "author": 3, "second": 9}], by)
    assert set(frame["kind"]) == {int(Kind.CELL)}


def test_an_empty_batch_has_the_columns_and_no_rows() -> None:
    empty = scan(batch([]), EVERYTHING)
    assert empty.num_rows == 0
    assert empty.schema == tally_schema(EVERYTHING)
    assert merge([], EVERYTHING).height == 0


def test_without_names_or_without_heads() -> None:
    nobody = reader(names=())
    assert counts(read([{"text": "北岚漏水"}], nobody), nobody) == {"": 1}
    blind = reader(heads=False, audit=(1000,), every=(1, 1))
    frame = read([{"text": "北岚漏水", "author": 1}], blind)
    assert "s0" not in frame.columns
    assert counts(frame, blind)["norda"] == 1


def test_emoji_beside_a_name_and_a_post_of_100_000_characters() -> None:
    by = reader(window=2)
    long = "北岚真香" + "漏水" * 50_000
    frame = read([{"text": "👨‍👩‍👧😀北岚😀👍🏽真香"}, {"text": long}, {"text": "\U0002b81d北岚\U00020bb7"}], by)
    assert counts(frame, by)["norda"] == 3
    one = read([{"text": long}], by)
    row = cells(one, by, "norda").row(0, named=True)
    assert row["s0"] == said(long, by)[0]
    assert row["s1"] == said("北岚真香", by)[1], "its length does not thin the stance"
