"""Invented studies that plan an experiment, with and without a pilot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

STATED = """
[study]
title = "t"
focal = "F"
benchmarks = ["B"]
currency = "EUR"
as_of = "2025-12-31"
margin = 0.05
margin_reason = "r"
seed = 5

[tables]

[[choice.attributes]]
id = "size"
label = "size"
column = "size_cm"
better = "more"

[[choice.attributes]]
id = "shape"
label = { en = "shape", zh = "形状" }
column = "shape"
levels = ["flat", "round", "cube"]

[[choice.segments]]
id = "high"
label = "high"
among = { region = ["north"] }

[choice.design]
tasks = 6
alternatives = 3
versions = 4
none = false
prices = [3, 4.5, 6]
brands = ["F", "B", "C"]
prohibited = []
gap = 0.5
respondents = 150
tastes = "stated"
prior_source = "invented"
shares = { high = 0.25 }
levels.size = [10, 20, 30]
levels.shape = ["flat", "round", "cube"]

[choice.design.prior]
price = -0.5
size = 0.4
"shape round" = 0.2
"shape cube" = 0.4
"brand F" = -0.2
"brand C" = -0.6
"""

PILOT = """
[choice_columns]
respondent = "who"
task = "task"
chosen = "chosen"
price = "price"
brand = "brand"
"""


def plan_study(folder: Path, settings: str = STATED) -> Path:
    """A study with nothing but a plan."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(settings, encoding="utf-8")
    return folder


def pilot_study(folder: Path, people: int = 60, differ: float = 0.0, alpha: float = 0.5) -> Path:
    """The same with a pilot: six random tasks of three profiles, tastes near those stated; a third live in the north."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(9)
    n, tasks = people * 6 * 3, people * 6
    brand, price = rng.choice(["F", "B", "C"], n), rng.choice([3.0, 4.5, 6.0], n)
    size, shape = rng.choice([10.0, 20.0, 30.0], n), rng.choice(["flat", "round", "cube"], n)
    own = np.repeat(rng.normal(0, differ, (people, 3)), 18, axis=0)
    u = -alpha * price + 0.04 * size + np.select([shape == "round", shape == "cube"], [0.2, 0.4])
    u = u + np.select([brand == "F", brand == "C"], [-0.2 + own[:, 0], -0.6 + own[:, 1]]) + own[:, 2] * (size - 20) / 20
    chosen = (u + rng.gumbel(size=n)).reshape(tasks, 3).argmax(axis=1)
    who = np.repeat(np.arange(people), 18)
    pl.DataFrame(
        {
            "who": who, "task": np.tile(np.repeat(np.arange(6), 3), people), "brand": brand, "price": price, "size_cm": size,
            "shape": shape, "region": np.where(who % 3 == 0, "north", "south"),
            "chosen": (np.tile(np.arange(3), tasks) == np.repeat(chosen, 3)).astype(int),
        }
    ).write_csv(folder / "pilot.csv")  # fmt: skip
    settings = STATED.replace("[tables]", '[tables]\nchoices = "pilot.csv"\n' + PILOT).replace(
        '"stated"', '"estimated"'
    )
    (folder / "study.toml").write_text(settings[: settings.index("[choice.design.prior]")], encoding="utf-8")
    return folder
