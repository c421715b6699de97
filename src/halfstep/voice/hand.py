"""What people read: posts that teach the reader, and posts drawn at random that audit it. The two are never the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.core.config import StudyConfig
from halfstep.data.voice import Labels
from halfstep.native.texts import pack
from halfstep.text.lexicon import Lexicon, find, windows

__all__ = ["SIGNS", "Hand", "lexicon_of"]

SIGNS = {"polarity.positive": 1, "polarity.negative": -1, "stance.for": 1, "stance.against": -1}
Array = npt.NDArray[np.float64]


def lexicon_of(config: StudyConfig) -> Lexicon:
    """Return the spellings of the study's names."""
    names = config.voice.names
    return Lexicon.of(tuple(name.written for name in names), tuple(name.never for name in names))


@dataclass(frozen=True, eq=False)
class Hand:
    """The hand labels of a study.

    Attributes
    ----------
    labels
        As read; a row a text, coder and target.
    texts
        Key -> text, where the labels have none.
    """

    config: StudyConfig
    labels: Labels
    texts: Mapping[int, str]

    @staticmethod
    def textless(labels: Labels) -> npt.NDArray[np.uint64]:
        """Return the sorted keys of labels without a text of their own."""
        keys: npt.NDArray[np.uint64] = labels.frame.filter(pl.col("text") == "")["key"].unique().sort().to_numpy()
        return keys

    @staticmethod
    def placed(labels: Labels, keys: Mapping[str, int]) -> Labels:
        """Return labels that have no id with the key of the utterance that says just that text."""
        found = pl.col("text").replace_strict(dict(keys), default=None, return_dtype=pl.UInt64)
        return replace(labels, frame=labels.frame.with_columns(key=found.fill_null(pl.col("key"))))

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """Heads for which there are labels."""
        frame, voice = self.labels.frame, self.config.voice
        used = {name for row in frame["touchpoints"].drop_nulls() for name in row}
        found = [f"touchpoint.{topic.id}" for topic in voice.touchpoints if topic.id in used]
        for kind in ("polarity", "stance"):
            found += [head for head, sign in SIGNS.items() if head.startswith(kind) and (frame[kind] == sign).any()]
        return (*found, *(kind for kind in ("own", "spam") if (frame[kind] == 1).any()))

    @property
    def teaching(self) -> pl.DataFrame:
        """Rows that teach, with their texts: of no text that audits, whoever labelled it; what has no text teaches nothing."""
        rows = self.labels.frame.filter(~pl.col("audit").any().over("key"))
        own = [text or self.texts.get(key, "") for key, text in rows.select("key", "text").iter_rows()]
        return rows.with_columns(text=pl.Series(own, dtype=pl.String)).filter(pl.col("text") != "")

    @property
    def audit(self) -> pl.DataFrame:
        """Rows that audit: drawn at random and read by people."""
        judged = pl.col("coder").is_in(self.config.voice.judges)
        return self.labels.frame.filter(pl.col("audit") & ~judged.fill_null(False))

    def lessons(self) -> tuple[list[str], Array, npt.NDArray[np.int64]]:
        """Return texts, what each head should say of them (NaN: not asked), and which rows are of one text.

        Stance is taught on what stands around its target, everything else on the whole text.
        """
        rows = self.teaching
        group = rows["key"].rank("dense").to_numpy().astype(np.int64)
        whole = self._targets(rows)
        stance = [k for k, head in enumerate(self.heads) if head.startswith("stance.")]
        around, of = self._around(rows) if stance else ([], np.empty(0, np.int64))
        near = np.full((len(around), len(self.heads)), np.nan)
        near[:, stance] = whole[of][:, stance]
        whole[:, stance] = np.nan
        texts = rows["text"].to_list()
        # no head reads both, so a text and what stands around a name in it need not be held out together
        return [*texts, *around], np.vstack([whole, near]), np.concatenate([group, group[of] + len(rows) + 1])

    def audited(self, measure: str, name: str) -> pl.DataFrame:
        """Return key, y (mean over coders) and weight of every audited utterance that was asked about a measure."""
        topic, _, stance = measure.partition(" & ")
        rows = self.audit
        y = self._said(topic)
        if stance or topic.startswith("stance."):
            rows = rows.filter(pl.col("target").is_in(["", name]) & pl.col("stance").is_not_null())
        if stance:
            y = y & self._said(stance)
        return _by_text(rows, y)

    def on_product(self) -> pl.DataFrame:
        """Return key, y and weight of audited utterances: y says whether any touchpoint about the product itself is in it."""
        topics = [topic.id for topic in self.config.voice.touchpoints if topic.product]
        return _by_text(self.audit, pl.col("touchpoints").list.eval(pl.element().is_in(topics)).list.any())

    def _said(self, head: str) -> pl.Expr:
        kind, _, word = head.partition(".")
        if kind == "touchpoint":
            return pl.col("touchpoints").list.contains(word)
        return pl.col(kind) == SIGNS.get(head, 1)

    def _targets(self, rows: pl.DataFrame) -> Array:
        said = rows.select(self._said(head).cast(pl.Float64).alias(head) for head in self.heads)
        found: Array = said.to_numpy().astype(np.float64)
        return found

    def _around(self, rows: pl.DataFrame) -> tuple[list[str], npt.NDArray[np.int64]]:
        """Return the windows around the targets of stances, and the row of each."""
        ids = [name.id for name in self.config.voice.names]
        texts = pack(rows["text"].to_list())
        mentions = find(texts, lexicon_of(self.config))
        target = np.array([ids.index(t) if t in ids else -1 for t in rows["target"].to_list()], dtype=np.int64)
        right = np.flatnonzero(mentions.name == target[mentions.text])
        wide = windows(texts, mentions, self.config.voice.window)
        return list(_cut(wide.data, wide.begin[right], wide.end[right])), mentions.text[right]


def _by_text(rows: pl.DataFrame, y: pl.Expr) -> pl.DataFrame:
    """Return key, y (mean over coders) and weight of every text that was asked."""
    return (
        rows.with_columns(y=y.cast(pl.Float64))
        .filter(pl.col("y").is_not_null())
        .group_by("key", "coder", maintain_order=True)  # a coder has a row for each target
        .agg(pl.col("y").max(), pl.col("drawn").first())
        .group_by("key", maintain_order=True)
        .agg(pl.col("y").mean(), (1 / pl.col("drawn").first()).alias("weight"))
    )


def _cut(data: npt.NDArray[np.uint8], begin: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> Iterator[str]:
    held = data.tobytes()
    for first, last in zip(begin.tolist(), end.tolist(), strict=True):
        yield held[first:last].decode("utf-8", errors="replace")
