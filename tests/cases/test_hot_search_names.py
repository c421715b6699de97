"""The names of the study on hot-search lists, as it spells them, against what the lists' compiler filed under them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest

from halfstep.native.texts import pack
from halfstep.text.lexicon import Lexicon, find

STUDY = Path(__file__).parents[2] / "studies" / "weibo-attention" / "study.toml"
PAIRS = {"leijun": "xiaomi", "musk": "tesla", "yuchengdong": "huawei", "dongmingzhu": "gree"}


@pytest.fixture(scope="module")
def named(cases: Path) -> tuple[pl.DataFrame, dict[str, set[str]]]:
    """Titles as filed, and the titles in which the study's spellings find each name."""
    frame = pl.read_parquet(cases / "weibo_hot_search" / "entity_matched_titles.parquet")
    names = tomllib.loads(STUDY.read_text(encoding="utf-8"))["voice"]["names"]
    lexicon = Lexicon.of(
        tuple(tuple(name["written"]) for name in names), tuple(tuple(name.get("never", ())) for name in names)
    )
    titles = frame["title"].unique(maintain_order=True).to_list()
    found = find(pack(titles), lexicon)
    held: dict[str, set[str]] = {name["id"]: set() for name in names}
    for text, name in zip(found.text.tolist(), found.name.tolist(), strict=True):
        held[names[name]["id"]].add(titles[text])
    return frame, held


@pytest.mark.cases
def test_the_spellings_find_what_was_filed(named: tuple[pl.DataFrame, dict[str, set[str]]]) -> None:
    frame, held = named
    for name in (*PAIRS, *PAIRS.values(), "su7", "yu7", "xuanjie", "xiaomi_car", "apple", "byd", "porsche"):
        filed = set(frame.filter(entity=name)["title"])
        assert len(filed & held[name]) > 0.98 * len(filed), name


@pytest.mark.cases
def test_longer_words_that_mean_something_else_are_left_out(named: tuple[pl.DataFrame, dict[str, set[str]]]) -> None:
    """The compiler filed a site of bronzes under a maker of telephones."""
    frame, held = named
    elsewhere = {title for title in frame["title"] if "三星堆" in title}
    assert len(elsewhere & set(frame.filter(entity="samsung")["title"])) > 100
    assert all("三星" in title.replace("三星堆", "") or "Samsung" in title for title in elsewhere & held["samsung"])


def test_every_founder_has_a_brand_and_every_name_both_languages() -> None:
    names = {name["id"]: name for name in tomllib.loads(STUDY.read_text(encoding="utf-8"))["voice"]["names"]}
    assert {name["id"]: name["of"] for name in names.values() if name["kind"] == "founder"} == PAIRS
    assert all(set(name["label"]) == {"en", "zh"} for name in names.values())
