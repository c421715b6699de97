"""Batches of utterances by hand, and a reader that knows two words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from halfstep.data.utterances import SCHEMA
from halfstep.text.lexicon import Lexicon
from halfstep.text.seeds import seeded
from halfstep.voice.scan import Reader

NAMES = ("norda", "lin", "sorena")
WRITTEN = (("北岚", "Norda"), ("林舟",), ("索瑞",))
HEADS = ("touchpoint.quality", "stance.for", "stance.against")
WORDS = (("漏水",), ("真香",), ("避雷",))

Post = Mapping[str, object]


def batch(posts: Sequence[Post]) -> pa.RecordBatch:
    """Return posts as a batch; what is not told is the least that the schema allows."""
    rows = [
        {
            "row": k + 2, "key": 1000 + k, "platform": "", "day": 100, "second": None, "author": None, "engagement": 0,
            "paid": False, "own": False, "root": None, "about": "", "text": "", **post,
        }
        for k, post in enumerate(posts)
    ]  # fmt: skip
    return pa.RecordBatch.from_pylist(rows, schema=SCHEMA)


def reader(
    names: tuple[str, ...] = NAMES,
    heads: bool = True,
    window: int = 4,
    copies: Sequence[int] = (),
    audit: Sequence[int] = (),
    every: tuple[int, int] = (0, 0),
    roots: Sequence[int] = (),
) -> Reader:
    """Return a reader of the first few of `NAMES`; `every` is (sample, authors)."""
    return Reader(
        names, Lexicon.of(WRITTEN[: len(names)]), seeded(HEADS, WORDS) if heads else None,
        (((1,), (0,)),) if "lin" in names else (), window, np.array(copies, np.int64), np.array(audit, np.uint64), *every,
        np.array(roots, np.uint64),
    )  # fmt: skip
