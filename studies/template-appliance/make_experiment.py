"""Write choices-invented.csv and lineup-invented.csv: what 160 invented households chose, and the refrigerators on sale at the end.

    python make_experiment.py [FOLDER]

A name, an attribute and a yuan are worth what MONEY says; names were put on the profiles by lot.
"""

from __future__ import annotations

import csv
import math
import random
import sys
from pathlib import Path

SEED = 20251101
HOUSEHOLDS, TASKS, PROFILES = 160, 8, 3
NAMES = {"Aurenne": 1200.0, "Halberg": 1000.0, "Lanxu": 350.0, "Brightlea": 0.0, "Pinewell": -100.0}
"""Yuan that the name alone is worth."""
MONEY = {"capacity_l": 14.0, "noise_db": -130.0, "flush": 600.0}
"""Yuan for one more litre, one more decibel, for fitting flush into a cabinet."""
LEVELS: dict[str, tuple[int, ...]] = {
    "price": (3500, 4500, 5500, 6500), "capacity_l": (350, 450, 550), "noise_db": (34, 37, 40), "flush": (0, 1),
}  # fmt: skip
YUAN = 0.0010
"""Utility of a yuan, of an average household."""
FAMILIES_MORE = 6.0
"""Yuan that a litre is worth more to a family."""


def gumbel(rng: random.Random) -> float:
    """Draw an error of utility."""
    return -math.log(-math.log(rng.random()))


def choices(rng: random.Random) -> list[tuple[object, ...]]:
    """Show every household its tasks, and write down what it takes; the last alternative is none of these."""
    out: list[tuple[object, ...]] = []
    for household in range(1, HOUSEHOLDS + 1):
        family = rng.random() < 0.5
        yuan = YUAN * math.exp(rng.gauss(0, 0.3) - 0.045)
        own = {name: worth + rng.gauss(0, 300) for name, worth in NAMES.items()}
        litre = MONEY["capacity_l"] + (FAMILIES_MORE if family else -FAMILIES_MORE) / 2
        for task in range(1, TASKS + 1):
            shown: list[tuple[str, int, int, int, int]] = []
            for name in rng.sample(sorted(NAMES), PROFILES):
                price, capacity, noise, flush = (rng.choice(levels) for levels in LEVELS.values())
                shown.append((name, price, capacity, noise, flush))
            utility = [
                yuan * (own[name] + litre * (c - 450) + MONEY["noise_db"] * (n - 37) + MONEY["flush"] * f - (p - 5000))
                + gumbel(rng)
                for name, p, c, n, f in shown
            ]
            utility.append(-0.5 + gumbel(rng))
            taken = utility.index(max(utility))
            who = (household, "family" if family else "other", task)
            for place, profile in enumerate(shown):
                out.append((*who, place + 1, int(place == taken), *profile))
            out.append((*who, "none", int(taken == PROFILES), "", "", "", "", ""))
    return out


def line_up(sales: Path) -> list[tuple[object, ...]]:
    """Return the models on sale in the last quarter, of the brands that were shown."""
    with sales.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    last = max(row["quarter"] for row in rows)
    mine = (row for row in rows if row["quarter"] == last and row["brand"] in NAMES)
    return [(r["model"], r["brand"], r["paid_price"], r["capacity_l"], r["noise_db"], r["flush"]) for r in mine]


def main(folder: Path) -> None:
    """Write both tables."""
    heads = {
        "choices-invented.csv": (
            "household", "kind", "task", "profile", "chosen", "brand", "price", "capacity_l", "noise_db", "flush",
        ),
        "lineup-invented.csv": ("model", "brand", "price", "capacity_l", "noise_db", "flush"),
    }  # fmt: skip
    tables = choices(random.Random(SEED)), line_up(Path(__file__).with_name("sales-invented.csv"))
    for (name, head), rows in zip(heads.items(), tables, strict=True):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(head)
            writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
