"""Who reads the posts: heads taught before, taught now from labels, or made of seed words; and how well they read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from halfstep.core.check import Check, Status
from halfstep.core.config import StudyConfig
from halfstep.native.texts import pack
from halfstep.text.heads import Heads
from halfstep.text.learn import grams_for, learn
from halfstep.text.seeds import seeded
from halfstep.voice.hand import Hand
from halfstep.voice.writer import Writer

__all__ = ["Taught", "checks_of", "reader_of"]

FEWEST = 50
"""Labelled posts below which seed words read instead: each of two folds must hold some of either answer for a few heads."""


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """The heads, and where they come from.

    Attributes
    ----------
    by
        "model", "labels" or "seed words".
    """

    heads: Heads
    by: str


def reader_of(config: StudyConfig, hand: Hand | None, model: Heads | None, rng: np.random.Generator) -> Taught | None:
    """Return the heads: the study's own model, else learnt from its labels, else made of seed words; None where there is neither."""
    if model is not None:
        return Taught(model, "model")
    if hand is not None and hand.teaching.height >= FEWEST and hand.heads:
        texts, targets, groups = hand.lessons()
        packed = pack(texts)
        heads = learn(packed, targets, groups, hand.heads, grams_for(packed), rng).heads
        card = heads.card | {"posts": hand.teaching["key"].n_unique()}  # windows are texts of their own to the learner
        return Taught(replace(heads, card=card), "labels")
    topics = tuple(topic for topic in config.voice.touchpoints if topic.words)
    if not topics:
        return None
    return Taught(seeded(tuple(f"touchpoint.{t.id}" for t in topics), tuple(t.words for t in topics)), "seed words")


def checks_of(taught: Taught, write: Writer) -> Iterator[Check]:
    """Yield how the reader came about and how well it reads posts that it was not taught on."""
    card = taught.heads.card
    facts = tuple((key, value) for key, value in card.items() if key in ("posts", "f1", "f1_lo", "f1_hi", "heads"))
    poor = taught.by == "seed words"
    why = "voice reader seeds" if poor else "voice reader taught" if taught.by == "labels" else "voice reader model"
    yield write.check("reader", Status.REVIEW if poor else Status.PASS, why, facts, "voice label posts" if poor else "")
