"""Small studies in which the demand lens and the flow of orders come out in every way that they can."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from tests.invented import market

PLACES = [f"p{k}" for k in range(8)]
COST = {"demand": {"cost": ["freight"]}}


def sold(seed: int = 3, *, alpha: float = 0.15, freight: float = 4.0, charge: float = 6.0) -> pl.DataFrame:
    """A market in which buyers choose by a logit: freight moves price, taste for power and size moves shares.

    Brands sell a little more with every letter; A has less power than the others, for which the market asks `charge`.
    """
    rng = np.random.default_rng(seed)
    rows = []
    quirk = {f"{b}{m}": rng.normal(0, 0.2, 3) for b in "ABCDE" for m in range(5)}
    for year in range(2000, 2004):
        for place in PLACES:
            made = []
            for (model, (power, size, xi)), number in zip(quirk.items(), range(25), strict=True):
                brand = number // 5
                power, size = power + (0.4 if brand else 0.0) + rng.normal(0, 0.05), size + rng.normal(0, 0.05)
                xi, carried = xi + rng.normal(0, 0.1), rng.normal(0, 1)
                price = 25 + charge * power + 3 * size + 4 * xi + freight * carried + rng.normal(0, 1)
                utility = 1.5 * power + size + xi + 0.1 * brand - alpha * price
                made.append((model, float(price), float(np.exp(power)), float(np.exp(size)), float(carried), utility))
            inside = np.exp([m[-1] for m in made])
            units = np.maximum(np.round(1e6 * inside / (1 / 50 + inside.sum())), 1)
            rows += [(year, place, m[0][0], *m[:-1], float(q)) for m, q in zip(made, units, strict=True)]
    names = ["year", "place", "brand", "model", "price", "power", "length", "freight", "units"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(
        width=pl.lit(1.0),
        kind=pl.when(pl.col("power") > 1.2).then(pl.lit("strong")).otherwise(pl.lit("plain")),
        wrong=pl.col("freight") + (pl.col("units") / 5000).log(),
    )


def reach() -> pl.DataFrame:
    return pl.DataFrame({"brand": list("ABCDE"), "awareness": [0.5 + 0.1 * k for k in range(5)], "asked": [2000] * 5})


REACH: dict[str, Any] = {"reach_columns": {"brand": "brand", "awareness": "awareness", "respondents": "asked"}}

SECOND: dict[str, Any] = {"second_choice_columns": {"bought": "bought", "second": "second", "count": "buyers"}}


def moved() -> pl.DataFrame:
    rows = [("A", "B", 60), ("A", "D", 40), ("B", "A", 5), ("B", "E", 95)]
    return pl.DataFrame(rows, schema=["bought", "second", "buyers"], orient="row")


MONTHS = [f"2025-{m:02d}" for m in range(1, 7)]


def delivered() -> pl.DataFrame:
    """Deliveries rise, orders fall, and B has orders alone."""
    orders, cancelled, made = [520, 460, 400, 340, 290, 240], [10, 15, 25, 30, 30, 40], [200, 210, 220, 240, 260, 280]
    backlog = np.cumsum(np.array(orders) - cancelled - made) + 2000
    rows: list[tuple[str | int | None, ...]] = []
    rows += [("A", *row) for row in zip(MONTHS, orders, cancelled, backlog.tolist(), made, strict=True)]
    rows += [("B", month, 300 + 10 * k, None, None, None) for k, month in enumerate(MONTHS)]
    return pl.DataFrame(rows, schema=["brand", "month", "orders", "cancelled", "backlog", "delivered"], orient="row")


FLOW: dict[str, Any] = {
    "columns": {"outcome": "deliveries"},
    "flow_columns": {
        "brand": "brand", "period": "month", "orders": "orders", "cancellations": "cancelled", "backlog": "backlog", "deliveries": "delivered",
    },
}  # fmt: skip


def by_month() -> pl.DataFrame:
    return market("ABCD", years=range(1, 7)).with_columns(pl.format("2025-0{}", pl.col("year")).alias("year"))


def yearly_months() -> pl.DataFrame:
    return sold().with_columns(pl.format("2025-0{}", pl.col("year") - 1999).alias("year"))


def held_up() -> pl.DataFrame:
    """Only in the last month do buyers wait longer than a month."""
    orders, backlog, made = [100, 100, 150, 920], [0, 0, 0, 800], [100, 100, 150, 120]
    columns = {"brand": ["A"] * 4, "month": MONTHS[:4], "orders": orders, "cancelled": [0] * 4}
    return pl.DataFrame(columns | {"backlog": backlog, "delivered": made})


STUDIES: dict[str, tuple[pl.DataFrame, dict[str, Any], dict[str, pl.DataFrame]]] = {
    "judged": (sold(), COST | REACH, {"reach": reach()}),
    "reach unknown": (sold(), COST, {}),
    "blunt": (sold(), COST | {"demand": {"instruments": ["blp", "local"], "cost": ["freight"]}}, {}),
    "weak": (sold(freight=0.0), COST, {}),
    "apart": (sold(charge=-6.0), COST | REACH, {"reach": reach()}),
    "no money": (sold(alpha=0.0), COST, {}),
    "contradicted": (sold(), {"demand": {"cost": ["freight", "wrong"]}}, {}),
    "second choices": (sold(), COST | SECOND, {"second_choices": moved()}),
    "nested": (sold(), {"demand": {"cost": ["freight"], "instruments": ["blp"], "nest": "kind"}}, {}),
    "vanish": (market("ABC"), {"demand": {"instruments": ["blp"]}}, {}),
    "nothing moves price": (market("ABC"), {"demand": {}}, {}),
    "too few models": (sold().filter(pl.col("model").str.ends_with("0")), COST, {}),
    "flow": (by_month(), FLOW, {"flow": delivered()}),
    "partly supply": (yearly_months(), FLOW | COST, {"flow": held_up()}),
    "supply": (by_month(), FLOW | {"demand": {"instruments": ["local"]}}, {"flow": delivered()}),
    "dark": (market("ABC"), {}, {}),
}
