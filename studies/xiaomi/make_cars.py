"""Write the table of car models that this study can use and does not ship: brand, model, units, list price, specifications.

Sources: ``panel_joined.parquet`` (series by month) and ``car_trims_all.parquet`` (trims), compiled from public rankings and price pages of Chinese car series (SOURCES.md); every column is
text and prices are in 10,000 yuan.

Usage: ``python make_cars.py path/to/folder-of-both folder`` writes ``folder/xiaomi-cars.parquet``; then let HALFSTEP_MADE name the folder.

No figure is changed. A price is the middle of the range of list prices that the ranking printed with that month, in yuan; a month whose
ranking printed none is left out. A series whose page names no maker keeps its row under ``NOT_TOLD``: it is part of the market.
Specifications were read in November 2025. Rows of 2024, which must be usable before, have only those of trims on sale by their month: a
trim's specification is public from its launch. Where a series has no such trim the cells are blank.
"""

import sys
from pathlib import Path

import polars as pl

NUMBERS = {"power": "power_kw", "length": "length_mm", "width": "width_mm"}
NOT_TOLD = "brand not told"
KNOWN = {"2024-07": "2024-10-31", "2025-09": "2025-11-30", "2025-10": "2025-11-30"}
"""Month -> day from which it may be used: the last day of the month in which its page was read."""


EARLY = "2024-07"


def cars(panel: pl.DataFrame, trims: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the months whose rankings print prices, in yuan."""
    launched = trims.filter(pl.col("launch_ym").str.replace(".", "-", literal=True) <= EARLY)
    then = launched.group_by("series_id").agg(
        pl.col(column).cast(pl.Float64, strict=False).median().alias(f"{name} then") for name, column in NUMBERS.items()
    )
    low, high = (pl.col(name).cast(pl.Float64) for name in ("price_min_wan", "price_max_wan"))
    columns = [
        pl.col("month"),
        pl.col("brand").fill_null(NOT_TOLD),
        pl.col("model"),
        pl.col("units").cast(pl.Float64),
        ((low + high) * 5_000).round(0).alias("list_price"),
        *(
            pl.when(pl.col("month") == EARLY)
            .then(pl.col(f"{name} then"))
            .otherwise(pl.col(column).cast(pl.Float64))
            .alias(name)
            for name, column in NUMBERS.items()
        ),
        pl.col("month").replace_strict(KNOWN, default=None).alias("first_known"),
    ]
    priced = panel.filter(pl.col("month").is_in(list(KNOWN)) & pl.col("price_min_wan").is_not_null())
    return priced.join(then, on="series_id", how="left").select(columns).sort("month", "brand", "model")


def main(source: Path, folder: Path) -> None:
    """Write the table."""
    tables = (pl.read_parquet(source / f"{name}.parquet") for name in ("panel_joined", "car_trims_all"))
    cars(*tables).write_parquet(folder / "xiaomi-cars.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
