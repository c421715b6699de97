"""Write sales-invented.csv: refrigerators of seven brands that do not exist, by quarter. Every figure is drawn here.

    python make_table.py [FILE]

What is true of this market is in BRANDS and WORTH; README.md says what a report on it should find.
"""

from __future__ import annotations

import csv
import math
import random
import sys
from dataclasses import dataclass
from pathlib import Path

SEED = 20250604
QUARTERS = [f"{year}-Q{quarter}" for year in (2023, 2024, 2025) for quarter in (1, 2, 3, 4)]
SEASON = (0.8, 1.2, 0.9, 1.1)
WORTH = {"capacity": 1.05, "noise": -0.02, "energy": -0.30, "flush": 0.11}
"""Log points of price: per log litre, per decibel, per log kWh a year, for fitting flush into a cabinet."""


@dataclass(frozen=True)
class Brand:
    """A brand: models on sale, name and unlisted finish (log points of price), appeal to buyers, discount, and its line."""

    models: int
    name: tuple[float, float]
    finish: float
    appeal: float
    discount: tuple[float, float]
    capacity: tuple[int, int]
    noise: tuple[int, int]
    flush: float


BRANDS = {  # name, discount: first and last quarter; capacity, noise: smallest and largest
    "Aurenne": Brand(8, (0.36, 0.36), 0.02, 2.1, (0.04, 0.05), (380, 620), (33, 38), 0.6),
    "Halberg": Brand(7, (0.28, 0.26), 0.015, 1.9, (0.05, 0.08), (360, 600), (34, 39), 0.5),
    "Lanxu": Brand(9, (0.08, 0.16), 0.0, 1.75, (0.12, 0.09), (380, 620), (33, 38), 0.6),
    "Qingdou": Brand(5, (-0.10, -0.08), 0.0, 1.3, (0.12, 0.12), (250, 450), (36, 41), 0.2),
    "Brightlea": Brand(8, (0.02, 0.02), 0.0, 1.75, (0.10, 0.10), (300, 560), (35, 40), 0.3),
    "Pinewell": Brand(8, (-0.03, -0.03), 0.0, 1.5, (0.12, 0.13), (280, 540), (35, 41), 0.3),
    "Weimu": Brand(7, (-0.08, -0.10), 0.0, 1.4, (0.14, 0.16), (250, 500), (36, 42), 0.2),
}


@dataclass(frozen=True)
class Model:
    """A refrigerator: what it is, its quirk of price and of taste, and the quarters in which it sells."""

    brand: str
    name: str
    capacity: int
    noise: int
    energy: int
    flush: int
    quirk: tuple[float, float]
    first: int
    last: int

    @property
    def worth(self) -> float:
        """Log points that its listed attributes are worth."""
        return (
            WORTH["capacity"] * math.log(self.capacity / 400)
            + WORTH["noise"] * (self.noise - 37)
            + WORTH["energy"] * math.log(self.energy / 300)
            + WORTH["flush"] * self.flush
        )

    @property
    def energy_class(self) -> int:
        """1 to 3, by consumption for its size."""
        ratio = self.energy / (140 + 0.38 * self.capacity)
        return 1 if ratio < 0.94 else 2 if ratio < 1.06 else 3


def models(rng: random.Random) -> list[Model]:
    """Draw every brand's line; a model that leaves is followed by the next of the line."""
    out = []
    for brand, line in BRANDS.items():
        for slot in range(line.models):
            start, run = 0, 1
            while start < len(QUARTERS):
                stop = min(start + rng.randint(5, 11), len(QUARTERS)) - 1
                low, high = line.capacity
                capacity = round((low + (high - low) * (slot + rng.random()) / line.models) / 5) * 5
                energy = round((140 + 0.38 * capacity) * rng.uniform(0.85, 1.12))
                made = Model(
                    brand, f"{brand[:2].upper()}{capacity}-{slot + 1}{'ABCD'[run - 1]}", capacity, rng.randint(*line.noise),
                    energy, int(rng.random() < line.flush), (rng.gauss(0, 0.045), rng.gauss(0, 0.35)), start, stop,
                )  # fmt: skip
                out.append(made)
                start, run = stop + 1, run + 1
    return out


def between(ends: tuple[float, float], quarter: int) -> float:
    """Return the value on the straight line from the first to the last quarter."""
    return ends[0] + (ends[1] - ends[0]) * quarter / (len(QUARTERS) - 1)


def rows(rng: random.Random) -> list[tuple[object, ...]]:
    """Price every model on sale, and share the market out by a logit on paid prices."""
    out: list[tuple[object, ...]] = []
    line = models(rng)
    for quarter, key in enumerate(QUARTERS):
        priced = []
        for model in (m for m in line if m.first <= quarter <= m.last):
            brand = BRANDS[model.brand]
            log_price = 8.25 + model.worth + between(brand.name, quarter) + brand.finish + model.quirk[0]
            paid = math.exp(log_price + rng.gauss(0, 0.012))
            listed = round(paid / (1 - between(brand.discount, quarter) + rng.uniform(-0.015, 0.015)) / 100) * 100 - 1
            paid = min(round(paid / 10) * 10 - 1, listed)
            taste = brand.appeal + 1.4 * model.worth + model.quirk[1] + rng.gauss(0, 0.08) - 0.30 * paid / 1000
            priced.append((model, listed, paid, math.exp(taste)))
        whole = sum(pull for *_, pull in priced)
        market = 420_000 * SEASON[quarter % 4] * 1.02 ** (quarter / 4)
        for model, listed, paid, pull in priced:
            units = round(market * pull / whole)
            out.append((
                key, model.brand, model.name, listed, paid, units, model.capacity, model.noise, model.energy, model.energy_class, model.flush,
            ))  # fmt: skip
    return out


def main(path: Path) -> None:
    """Write the table."""
    names = (
        "quarter", "brand", "model", "list_price", "paid_price", "units", "capacity_l", "noise_db", "kwh_year", "energy_class", "flush",
    )  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows(random.Random(SEED)))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("sales-invented.csv"))
