"""Invented posts with a known truth, written as a study: who is named, about what, for or against, month by month."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

TOPICS = {
    "quality": ("异响", "漏水", "做工", "耐用", "开裂", "松动", "质感", "返修"),
    "price": ("价格", "便宜", "划算", "太贵", "降价", "优惠", "保值", "溢价"),
    "service": ("客服", "售后", "交付", "排队", "态度", "上门", "退订", "等车"),
}
FOR, AGAINST = ("支持", "真香", "点赞", "喜欢"), ("失望", "避雷", "吐槽", "后悔")
FILLER = (
    "今天路过看了一下",
    "朋友家里也有一台",
    "说说我的感受",
    "昨晚聊到这个",
    "网上都在讨论",
    "想了很久还是写下来",
    "不吐不快",
    "随便说两句",
)
NAMES = {
    "norda": ("brand", "", ("北岚", "Norda")),
    "lin": ("founder", "norda", ("林舟", "舟总")),
    "n7": ("product", "norda", ("N7",)),
    "sorena": ("rival", "", ("索瑞",)),
}


@dataclass(frozen=True)
class World:
    """What is planted.

    Attributes
    ----------
    months
        Months from 2024-01 on.
    posts
        Posts a month.
    share
        Share of each topic in the first and in the last month; it moves evenly between them.
    blur
        Chance that a word of a post's topic is replaced by one of another: the reader's trouble.
    parts
        Chances that a post names only the founder, both, only the brand or product.
    against
        Chance that a post speaks against whom it names.
    """

    months: int = 12
    posts: int = 400
    share: dict[str, tuple[float, float]] = field(
        default_factory=lambda: {"quality": (0.2, 0.5), "price": (0.4, 0.2), "service": (0.2, 0.1)}
    )
    blur: float = 0.1
    parts: tuple[float, float, float] = (0.3, 0.2, 0.5)
    against: float = 0.4


@dataclass(frozen=True, eq=False)
class Posts:
    """Posts as a table, and what is true of them (columns topic, stance, part)."""

    frame: pl.DataFrame
    truth: pl.DataFrame


def posts(world: World, rng: np.random.Generator) -> Posts:
    """Draw the posts of a world."""
    n, T = world.posts * world.months, world.months
    month = np.repeat(np.arange(T), world.posts)
    way = month / max(T - 1, 1)
    chances = np.array([[a + (b - a) * w for a, b in world.share.values()] for w in way])
    names = [*world.share, ""]
    every = np.hstack([chances, 1 - chances.sum(axis=1, keepdims=True)])
    topic = [names[k] for k in (rng.random((n, 1)) > every.cumsum(axis=1)).sum(axis=1).clip(max=len(names) - 1)]
    part = rng.choice(["founder", "both", "product"], n, p=world.parts)
    against = rng.random(n) < world.against
    texts = [_text(t, p, a, world, rng) for t, p, a in zip(topic, part.tolist(), against.tolist(), strict=True)]
    day = rng.integers(1, 28, n, endpoint=True)
    times = [
        f"{2024 + m // 12}-{m % 12 + 1:02d}-{d:02d} {rng.integers(24):02d}:{rng.integers(60):02d}:00"
        for m, d in zip(month, day, strict=True)
    ]
    ids = [f"p{k:06d}" for k in range(n)]
    frame = pl.DataFrame(
        {"id": ids, "time": times, "author": [f"u{k}" for k in rng.integers(0, n // 4, n)], "text": texts}
    )
    stance = np.where(against, -1, 1)
    truth = pl.DataFrame({"id": ids, "month": [t[:7] for t in times], "topic": topic, "part": part, "stance": stance})
    return Posts(frame, truth)


def _text(topic: str, part: str, against: bool, world: World, rng: np.random.Generator) -> str:
    who = {"founder": "林舟", "both": "林舟和北岚", "product": "北岚"}[part]
    mood = str(rng.choice(AGAINST if against else FOR))
    words = []
    for _ in range(3):
        held = topic
        if not topic or rng.random() < world.blur:
            held = str(rng.choice(list(TOPICS))) if rng.random() < (world.blur if not topic else 1.0) else topic
        words.append(str(rng.choice(TOPICS[held] if held else FILLER)))
    return f"{rng.choice(FILLER)}，{who}{mood}，{'，'.join(words)}。{rng.integers(10**6)}"


def labels(made: Posts, train: int, audit: int, rng: np.random.Generator) -> pl.DataFrame:
    """Return hand labels of posts: some to teach with, others drawn at random to audit with; both as the truth has them."""
    n = made.frame.height
    chosen = rng.permutation(n)[: train + audit]
    rows: pl.DataFrame = (
        made.frame[chosen.tolist()]
        .select("id", "text")
        .hstack(made.truth[chosen.tolist()].select("topic", "stance", "part"))
    )
    target = pl.when(pl.col("part") == "founder").then(pl.lit("lin")).otherwise(pl.lit("norda"))
    use = pl.Series("use", ["train"] * train + ["audit"] * audit)
    drawn = pl.Series("drawn", [None] * train + [audit / n] * audit, dtype=pl.Float64)
    return rows.with_columns(target.alias("target"), use, drawn).drop("part")


def voice_study(folder: Path, made: Posts, hand: pl.DataFrame | None = None, voice: str = "", more: str = "") -> Path:
    """Write a study of the posts; `voice` goes into [voice], `more` to the end of the file."""
    folder.mkdir(parents=True, exist_ok=True)
    made.frame.write_csv(folder / "posts.csv")
    tables = 'utterances = "posts.csv"\n'
    columns = '[utterance_columns]\nid = "id"\ntime = "time"\ntext = "text"\nauthor = "author"\n'
    if hand is not None:
        hand.write_csv(folder / "labels.csv")
        tables += 'labels = "labels.csv"\n'
        columns += '[label_columns]\nid = "id"\ntext = "text"\ntouchpoint = "topic"\nstance = "stance"\ntarget = "target"\nuse = "use"\ndrawn = "drawn"\n'
    topics = "".join(
        f'[[voice.touchpoints]]\nid = "{topic}"\nlabel = "{topic}"\nwords = {list(words[:2])!r}\n'.replace("'", '"')
        for topic, words in TOPICS.items()
    )
    names = "".join(
        f'[[voice.names]]\nid = "{name}"\nlabel = "{written[0]}"\nkind = "{kind}"\nwritten = {list(written)!r}\n'.replace(
            "'", '"'
        )
        + (f'of = "{of}"\n' if of else "")
        for name, (kind, of, written) in NAMES.items()
    )
    (folder / "study.toml").write_text(
        f"""[study]
title = "Invented posts"
focal = "Norda"
benchmarks = ["Sorena"]
currency = "yuan"
as_of = "2026-01-01"
margin = 0.05
margin_reason = "invented"
invented = true

[tables]
{tables}
{columns}
[voice]
zone = "Asia/Shanghai"
{voice}
{topics}
{names}
{more}
""",
        encoding="utf-8",
    )
    return folder
