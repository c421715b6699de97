"""Make nevo_buyers.parquet and cars_buyers.parquet, the buyers PyBLP 1.3.0 ships (extra `bench`).

Run: python tests/reference/make_random_buyers.py

Columns are picked and renamed; no figure is changed, no row dropped (tests/reference/SOURCES.md). The cars' income is kept
as it is: the model divides by it.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import polars as pl

warnings.simplefilter("ignore")
import pyblp  # noqa: E402

HERE = Path(__file__).resolve().parent


def nodes(count: int) -> list[pl.Expr]:
    return [pl.col(f"nodes{k}").alias(f"nu{k}") for k in range(count)]


def write(source: str, name: str, columns: list[pl.Expr]) -> None:
    pl.read_csv(source).select(columns).write_parquet(
        HERE / name, compression="zstd", compression_level=19, statistics=False
    )


def main() -> None:
    market, weight = pl.col("market_ids").alias("market"), pl.col("weights").alias("w")
    listed = [pl.col(name) for name in ("income", "income_squared", "age", "child")]
    write(pyblp.data.NEVO_AGENTS_LOCATION, "nevo_buyers.parquet", [market, weight, *nodes(4), *listed])
    write(pyblp.data.BLP_AGENTS_LOCATION, "cars_buyers.parquet", [market, weight, *nodes(5), pl.col("income")])


if __name__ == "__main__":
    main()
