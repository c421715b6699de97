"""Make mroz.parquet from linearmodels' copy (extra `bench`): python tests/reference/make_mroz.py

The rows in the labour force and six of the columns; SOURCES.md says where they come from.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
from linearmodels.datasets import mroz

COLUMNS = ["lwage", "educ", "exper", "age", "kidslt6", "kidsge6"]


def main() -> None:
    data = mroz.load()
    kept = pl.from_pandas(data.loc[data["inlf"] == 1, COLUMNS].reset_index(drop=True))
    out = Path(__file__).resolve().with_name("mroz.parquet")
    kept.with_columns(pl.col(COLUMNS[1:]).cast(pl.Int16)).write_parquet(
        out, compression="zstd", compression_level=19, statistics=False
    )


if __name__ == "__main__":
    main()
