"""Cascades of `halfstep.worlds.cascades` as a table of utterances: first posts, replies, the brand's own among them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from halfstep.worlds.cascades import CascadeWorld, unfold

START = datetime(2024, 3, 1, tzinfo=UTC)


def cascade_posts(world: CascadeWorld, rng: np.random.Generator, many: int = 10) -> pl.DataFrame:
    """Return id, time (UTC, whole seconds), root, own, author, text; cascades begin five days apart."""
    rows: list[tuple[str, datetime, str | None, int, str]] = []
    for c in range(many):
        made = unfold(world, rng)
        midnight = START + timedelta(days=5 * c)
        first = midnight + timedelta(seconds=made.clock)
        rows.append((f"c{c}", first, None, 0, "n"))
        rows += [
            (f"c{c}-{k}", first + timedelta(seconds=float(t)), f"c{c}", int(own), f"u{rng.integers(9999)}")
            for k, (t, own) in enumerate(zip(made.time, made.kind, strict=True))
        ]
    frame = pl.DataFrame(rows, schema=["id", "time", "root", "own", "author"], orient="row")
    words = rng.choice(["异响", "价格", "客服", "北岚", "林舟", "今天"], (frame.height, 3))
    texts = [f"{''.join(w)}{n}" for w, n in zip(words.tolist(), rng.integers(10**9, size=frame.height), strict=True)]
    return frame.with_columns(pl.col("time").dt.strftime("%Y-%m-%dT%H:%M:%S+00:00"), text=pl.Series(texts))
