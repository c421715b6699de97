"""Invented posts, taught and read in memory: tallies, hand labels and the truth beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from halfstep.core.config import StudyConfig
from halfstep.core.config_voice import Voice
from halfstep.data.study import load
from halfstep.data.utterances import SCHEMA
from halfstep.data.voice import Labels
from halfstep.native.texts import pack
from halfstep.text.heads import Heads
from halfstep.text.learn import grams_for, learn
from halfstep.voice.hand import Hand, lexicon_of
from halfstep.voice.scan import Reader, merge, scan
from halfstep.voice.tallies import Tallies
from halfstep.voice.writer import Writer
from tests.voice_invented import NAMES, World, labels, posts, voice_study

PARTS = ("founder", "both", "product")


@dataclass(frozen=True, eq=False)
class Heard:
    """What a room knows of invented posts, and what is true (columns id, month, topic, part, stance)."""

    tallies: Tallies
    hand: Hand
    truth: pl.DataFrame
    write: Writer

    def share(self, name: str, topic: str, month: str = "") -> float:
        """Return the true share of a topic in posts that name the brand or the founder."""
        only = "product" if name == "lin" else "founder"
        rows = self.truth.filter((pl.col("part") != only) & pl.col("month").str.starts_with(month))
        return float((rows["topic"] == topic).mean())  # type: ignore[arg-type]


@cache
def config_of(**voice: object) -> StudyConfig:
    """Return the settings of the invented study; `voice` overrides [voice]."""
    rng = np.random.default_rng(0)
    made = posts(World(months=1, posts=10), rng)
    with TemporaryDirectory() as folder:
        config = load(voice_study(Path(folder), made, labels(made, 4, 2, rng))).config
    return config.model_copy(update={"voice": Voice.model_validate(config.voice.model_dump() | voice)})


def table_of(frame: pl.DataFrame) -> pa.RecordBatch:
    """Return invented posts as a batch of utterances; the number in an id is its key."""
    n = frame.height
    key = frame["id"].str.slice(1).cast(pl.UInt64)
    author = frame["author"].str.slice(1).cast(pl.UInt64)
    time = frame["time"].str.to_datetime("%Y-%m-%d %H:%M:%S")
    filled = {
        "row": pl.Series(range(2, n + 2)), "key": key, "author": author, "text": frame["text"],
        "day": (time.dt.date() - date(1970, 1, 1)).dt.total_days(), "second": time.dt.epoch("s"),
    }  # fmt: skip
    least = {"platform": "", "engagement": 0, "paid": False, "own": False, "root": None, "about": ""}
    columns = [
        pa.array(filled[f.name].to_list() if f.name in filled else [least[f.name]] * n, type=f.type) for f in SCHEMA
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def labels_of(frame: pl.DataFrame) -> Labels:
    """Return labels as the data floor would, one coder."""
    made = frame.select(
        row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64), key=pl.col("id").str.slice(1).cast(pl.UInt64), text="text",
        touchpoints=pl.when(pl.col("topic") == "").then(pl.lit([], dtype=pl.List(pl.String))).otherwise(pl.concat_list("topic")),
        polarity=pl.lit(None, dtype=pl.Int8), stance=pl.col("stance").cast(pl.Int8), target="target",
        own=pl.lit(None, dtype=pl.Int8), spam=pl.lit(None, dtype=pl.Int8), coder=pl.lit(""),
        audit=pl.col("use") == "audit", drawn="drawn",
    )  # fmt: skip
    return Labels(made, "labels.csv")


_HEADS: dict[str, Heads] = {}


def taught(world: World, turned: bool = False, stance: bool = False) -> Heads:
    """Return heads of touchpoints, taught on 500 posts of a world; `turned`: on the opposite of what people said; `stance`: of stances, too."""
    key = f"{world}{turned}{stance}"
    if key not in _HEADS:
        _HEADS[key] = _taught(world, turned, stance)
    return _HEADS[key]


def _taught(world: World, turned: bool, stance: bool) -> Heads:
    rng = np.random.default_rng(99)
    made = labels(posts(world, rng), 500, 0, rng)
    if not stance:
        made = made.with_columns(stance=None)
    hand = Hand(config_of(), labels_of(made), {})
    texts, targets, groups = hand.lessons()
    packed = pack(texts)
    return learn(packed, 1 - targets if turned else targets, groups, hand.heads, grams_for(packed), rng).heads


def heard(
    world: World, seed: int, audit: int = 240, heads: Heads | None = None, config: StudyConfig | None = None
) -> Heard:
    """Draw the posts of a world and have them read; `audit` of them are read by people, too."""
    rng = np.random.default_rng(seed)
    config = config or config_of()
    made = posts(world, rng)
    hand = Hand(config, labels_of(labels(made, 0, audit, rng)), {})
    names = tuple(NAMES)
    keys: npt.NDArray[np.uint64] = np.unique(hand.audit["key"].to_numpy())
    reader = Reader(names, lexicon_of(config), heads, (((1,), (0, 2)),), audit=keys, authors=1)
    tallies = Tallies(merge([scan(table_of(made.frame), reader)], reader), reader, config.voice)
    return Heard(tallies, hand, made.truth, Writer(config, "posts.csv", f"1-{made.frame.height}", made.frame.height))
