"""Posts drawn by lot from a table of any size: each with the same chance, whatever the order, within a bound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import binom, chi2

from halfstep.data import sheets_to_label
from halfstep.data.sheets_to_label import Posts, draw_posts
from halfstep.data.stream.hashes import row_keys
from halfstep.data.utterances import Utterances


@dataclass(frozen=True)
class Stored:
    """As much of a table of utterances as is drawn from."""

    texts: list[str]
    chunk: int
    order: tuple[int, ...] = ()

    def batches(self) -> Iterator[pa.RecordBatch]:
        order = np.array(self.order or range(len(self.texts)), dtype=np.int64)
        for k in range(0, len(order), self.chunk):
            row = order[k : k + self.chunk]
            columns = [
                pa.array(row),
                pa.array(row_keys(row)),
                pa.array([self.texts[i] for i in row], pa.large_string()),
            ]
            yield pa.RecordBatch.from_arrays(columns, names=["row", "key", "text"])


def drawn(stored: Stored, audits: int, others: int, seed: int = 1) -> Posts:
    return draw_posts(cast(Utterances, stored), audits, others, seed)


def test_every_post_has_the_same_chance() -> None:
    """Counts over seeds against the binomial, post by post and all together; audits and others alike."""
    n, k, seeds = 300, 30, 400
    stored = Stored([f"{i}" for i in range(n)], 64)
    times = np.zeros((2, n))
    for seed in range(seeds):
        found = drawn(stored, k, k, seed)
        assert (found.audits, found.total, len(set(found.rows))) == (k, n, 2 * k)
        times[0, list(found.rows[:k])] += 1
        times[1, list(found.rows[k:])] += 1
    p = k / n
    for of_kind in times:
        lo, hi = binom.ppf([1e-5, 1 - 1e-5], seeds, p)
        assert lo <= of_kind.min() and of_kind.max() <= hi
        statistic = ((of_kind - seeds * p) ** 2).sum() / (seeds * p * (1 - p)) * (n - 1) / n
        assert chi2.cdf(statistic, n - 1) == pytest.approx(0.5, abs=0.4995)


def test_order_and_batches_change_nothing() -> None:
    texts = [f"post {i}" for i in range(5_000)]
    mixed = tuple(np.random.default_rng(2).permutation(5_000).tolist())
    first = drawn(Stored(texts, 5_000), 50, 200)
    assert first.texts == tuple(texts[row] for row in first.rows)
    for stored in (Stored(texts, 37), Stored(texts, 700, mixed)):
        found = drawn(stored, 50, 200)
        assert (found.rows, found.texts, found.total) == (first.rows, first.texts, 5_000)


def test_long_posts_are_fewer_and_never_an_audit_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets_to_label, "BYTES", 10_000)
    texts = ["x" * (500 + i % 100) for i in range(3_000)]
    first = drawn(Stored(texts, 3_000), 40, 1_000)
    assert first.audits == 40 and 10_000 - 600 < sum(map(len, first.texts[40:])) <= 10_000
    assert drawn(Stored(texts, 41), 40, 1_000).rows == first.rows


def test_a_small_table_is_drawn_whole() -> None:
    found = drawn(Stored(["a", "b"], 8), 5, 5)
    assert (found.audits, found.total, sorted(found.texts)) == (2, 2, ["a", "b"])
    assert drawn(Stored([], 8), 5, 5).total == 0
