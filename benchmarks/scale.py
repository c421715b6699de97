"""What size costs: CPU seconds, peak memory and growth of reading, position, the hedonic and the whole run.

    python benchmarks/scale.py [--quick] [--json]

The market is invented: 40 brands of very uneven size, 60 months, models that sell for up to 25 of them in up to 42
places, three attributes, month x place as markets, month x brand as name terms. Models grow with the square root of the
rows. Each figure comes from a process of its own, on one thread: the CPU seconds of the stage, what it stands on already
in memory, and the peak resident memory of that whole process, imports and table included.

- "check": `halfstep.data.study.load` on Parquet, on CSV.
- "position": coding the panel, and every position number of the market room (shares, bands, percentile, cut curves and
  ranks over all thresholds, line concentration, causes of change). The peer counts shares, bands and percentile of the
  same brands with pandas, cut curves and changes not among them; they must agree.
- "hedonic": the regression, attribute prices and the monthly name paths of the drawn brands, with CR2 errors and
  Bell-McCaffrey degrees of freedom. Peers: benchmarks/gap.py.
- "run": `halfstep run`, the report written, imports included; its seconds are those of the whole process.

`growth` is the exponent of rows between a size and the one before.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA", "RAYON", "VECLIB_MAXIMUM")
} | {"POLARS_MAX_THREADS": "1"}
os.environ.update(ONE_THREAD)

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402

Row = dict[str, object]
Figures = dict[str, list[float]]

ATTRIBUTES = ("power", "weight", "fuel")
EDGES = (15_000.0, 25_000.0, 40_000.0)
DRAWN = ("b01", "b02", "b03")
STUDY = """
[study]
title = "invented"
focal = "b01"
benchmarks = ["b02", "b03"]
currency = "coins"
as_of = "2030-12-31"
margin = 0.03
margin_reason = "invented"
[tables]
sales = "sales.{kind}"
[columns]
period = "month"
brand = "brand"
model = "model"
place = "place"
price = "price"
quantity = "units"
[bands]
edges = [15000.0, 25000.0, 40000.0]
""" + "".join(f'[[attributes]]\nid = "{a}"\nlabel = "{a}"\ncolumns = ["{a}"]\ntransform = "log"\n' for a in ATTRIBUTES)
"""`{kind}` is the ending of the sales table."""

MONTHS, LIFE, BRANDS = 60, 25, 40


def invented(rows: int, seed: int = 1) -> pl.DataFrame:
    """Make a market of about so many rows, ordered by month as an export would be."""
    rng = np.random.default_rng(seed)
    models = max(int(5 * rows**0.5), 6 * BRANDS)
    seen = LIFE * MONTHS / (LIFE + MONTHS - 1)
    places = math.ceil(rows / (0.85 * seen * models))
    uneven = 1 / np.arange(1.0, BRANDS + 1)
    brand = np.concatenate([np.repeat(np.arange(BRANDS), 2), rng.choice(BRANDS, models, p=uneven / uneven.sum())])[
        :models
    ]
    start = rng.integers(1 - LIFE, MONTHS, models)
    model = np.repeat(np.arange(models), LIFE * places)
    month = np.tile(np.repeat(np.arange(LIFE), places), models) + start[model]
    place = np.tile(np.arange(places), models * LIFE)
    keep = np.flatnonzero((month >= 0) & (month < MONTHS))
    keep = np.sort(rng.permutation(keep)[:rows])
    keep = keep[np.lexsort((model[keep], place[keep], month[keep]))]
    model, month, place = model[keep], month[keep], place[keep]
    x = rng.normal(0, 0.3, (models, 3))[model] + rng.normal(0, 0.02, (len(model), 3))
    name, quirk = rng.normal(0, 0.2, BRANDS)[brand][model], rng.normal(0, 0.1, models)[model]
    log_price = 10 + x @ [0.6, 0.4, -0.2] + 0.002 * month + 0.01 * place + name + quirk
    price = np.exp(log_price + rng.normal(0, 0.05, len(model))).round(-1)
    units = np.ceil(rng.gamma(0.7, 60, len(model)) * np.exp(rng.normal(0, 0.5, models))[model])
    year, season = 2019 + month // 12, month % 12 + 1
    frame = pl.DataFrame(
        {"year": year, "season": season, "place": place, "brand": brand[model], "model": model, "price": price}
        | {a: np.exp(x[:, k]).round(4) for k, a in enumerate(ATTRIBUTES)}
        | {"units": units.astype(np.int64)}
    )
    named = (
        pl.format("{}-{}", "year", pl.col("season").cast(pl.String).str.zfill(2)).alias("month"),
        *(
            pl.format(p + "{}", pl.col(c).cast(pl.String).str.zfill(2)).alias(c)
            for c, p in (("brand", "b"), ("place", "p"))
        ),
        pl.format("m{}", "model").alias("model"),
    )
    return frame.with_columns(named).select("month", "place", "brand", "model", "price", "units", *ATTRIBUTES)


def check(folder: Path) -> tuple[float, Figures]:
    from halfstep.data.study import load

    start = time.process_time()
    load(folder)
    return time.process_time() - start, {}


def position(folder: Path) -> tuple[float, Figures]:
    from halfstep.data.study import load
    from halfstep.market.account import positions
    from halfstep.market.panel import build_panel
    from halfstep.market.records import Author

    loaded = load(folder)
    assert loaded.sold is not None
    sold, config = loaded.sold, loaded.config
    del loaded
    start = time.process_time()
    panel = build_panel(sold, config)
    _, series = positions(Author("market", config, panel), DRAWN)
    spent = time.process_time() - start
    wanted = ("share", "percentile", "band.units", "band.value")
    values = {s.id.removeprefix("position."): s.value.tolist() for s in series}
    return spent, {f"{what}.{brand}": values[f"{what}.{brand}"] for what in wanted for brand in DRAWN}


def hedonic(folder: Path) -> tuple[float, Figures]:
    from halfstep.data.study import load
    from halfstep.market.account import attribute_prices
    from halfstep.market.hedonic import HedonicSpec, fit_hedonic
    from halfstep.market.names import brand_paths
    from halfstep.market.panel import build_panel
    from halfstep.market.records import Author

    loaded = load(folder)
    assert loaded.sold is not None
    panel = build_panel(loaded.sold, loaded.config)
    config = loaded.config
    del loaded
    start = time.process_time()
    fit = fit_hedonic(panel, HedonicSpec.of(config))
    write = Author("market", config, fit.panel, fit.panel.n)
    attribute_prices(write, fit)
    list(brand_paths(write, fit, DRAWN))
    return time.process_time() - start, {}


def run(folder: Path) -> tuple[float, Figures]:
    from halfstep.cli import main

    try:
        main(["run", str(folder), "--out", str(folder / "out")])
    except SystemExit as done:
        assert done.code in (0, None), done.code
    return time.process_time(), {}


def pandas(folder: Path) -> tuple[float, Figures]:
    import pandas as pd

    frame = pl.read_parquet(folder / "sales.parquet").to_pandas()
    start = time.process_time()
    frame["band"] = pd.cut(frame["price"], [-np.inf, *EDGES, np.inf], right=False, labels=False)
    frame["value"] = frame["price"] * frame["units"]
    frame = frame.sort_values(["month", "price"], kind="stable")
    sold = frame.groupby(["month", "price"], sort=True)["units"].sum()
    total = sold.groupby(level="month").transform("sum")
    middle = (sold.groupby(level="month").cumsum() - sold / 2) / total
    frame = frame.join(middle.rename("middle"), on=["month", "price"])
    months = sorted(frame["month"].unique())
    found: Figures = {}
    for brand in DRAWN:
        own = frame[frame["brand"] == brand]
        units = own.groupby("month")["units"].sum()
        found[f"share.{brand}"] = (units.reindex(months, fill_value=0) / frame.groupby("month")["units"].sum()).tolist()
        placed = (own["middle"] * own["units"]).groupby(own["month"]).sum() / units
        found[f"percentile.{brand}"] = placed.dropna().tolist()
        for basis, column in (("units", "units"), ("value", "value")):
            whole = frame.groupby(["month", "band"])[column].sum()
            mine = own.groupby(["month", "band"])[column].sum().reindex(whole.index, fill_value=0)
            found[f"band.{basis}.{brand}"] = (mine / whole).tolist()
    return time.process_time() - start, found


STAGES: dict[str, Callable[[Path], tuple[float, Figures]]] = {
    f.__name__: f for f in (check, position, hedonic, run, pandas)
}


def work(stage: str, folder: Path) -> None:
    """Measure one stage; runs in a process of its own."""
    spent, found = STAGES[stage](folder)
    (folder / "found.json").write_text(json.dumps({"cpu_s": spent, "found": found}))


def measure(stage: str, folder: Path) -> tuple[float, float, Figures]:
    """Return CPU seconds and peak MB of a stage, and the figures it found."""
    command = [sys.executable, __file__, "--worker", stage, str(folder)]
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, stdout=said, stderr=said, env=os.environ | ONE_THREAD)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            raise SystemExit(f"{stage} failed:\n{said.read().decode(errors='replace')[-2000:]}")
    told = json.loads((folder / "found.json").read_text())
    return told["cpu_s"], used.ru_maxrss / 1024, told["found"]


def agreement(mine: Figures, theirs: Figures) -> float:
    """Return the largest relative difference of two sets of figures."""
    return max(
        float(np.max(np.abs(np.array(mine[key]) - np.array(value)) / np.maximum(np.abs(value), 1e-12), initial=0.0))
        for key, value in theirs.items()
    )


def compare(rows: int, stages: tuple[str, ...], folder: Path) -> list[Row]:
    """Measure every stage on a market of that many rows."""
    frame = invented(rows)
    frame.write_parquet(folder / "sales.parquet")
    made = frame.height
    if "check csv" in stages:
        frame.write_csv(folder / "sales.csv")
    del frame
    out: list[Row] = []
    for stage in stages:
        name, _, kind = stage.partition(" ")
        (folder / "study.toml").write_text(STUDY.replace("{kind}", kind or "parquet"))
        spent, peak, found = measure(name, folder)
        row: Row = {"case": f"{stage} {made:,}", "rows": made, "stage": stage}
        row |= {"ours_cpu_s": round(spent, 3), "ours_mb": round(peak), "growth": None}
        row |= {"peer": None, "peer_cpu_s": None, "peer_mb": None, "ratio": None, "agreement": None}
        if name == "position":
            theirs, their_peak, counted = measure("pandas", folder)
            row |= {"peer": "pandas", "peer_cpu_s": round(theirs, 3), "peer_mb": round(their_peak)}
            row |= {"ratio": round(theirs / max(spent, 1e-6), 1), "agreement": agreement(found, counted)}
        out.append(row)
    return out


def measured(sizes: list[int], largest: int | None) -> list[Row]:
    """Measure all sizes, the largest for position alone, and add growth."""
    rows: list[Row] = []
    every = ("check parquet", "check csv", "position", "hedonic", "run")
    for size in [*sizes, *([largest] if largest else [])]:
        with tempfile.TemporaryDirectory() as name:
            rows += compare(size, every if size in sizes else ("check parquet", "position"), Path(name))
    for row in rows:
        before = [r for r in rows if r["stage"] == row["stage"] and int(str(r["rows"])) < int(str(row["rows"]))]
        if before:
            times = [max(float(str(r["ours_cpu_s"])), 1e-3) for r in (before[-1], row)]
            ratio = int(str(row["rows"])) / int(str(before[-1]["rows"]))
            row["growth"] = round(math.log(times[1] / times[0]) / math.log(ratio), 2)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="no million rows; ends within 60 s")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        work(chosen.worker[0], Path(chosen.worker[1]))
        return
    rows = measured([10_000, 100_000], None) if chosen.quick else measured([10_000, 100_000, 1_000_000], 10_000_000)
    if chosen.json:
        print(json.dumps(rows, indent=1))
        return
    print(f"{'case':<26}{'ours s':>9}{'ours MB':>9}{'growth':>8}  {'peer':<8}{'peer s':>8}{'peer MB':>9}{'apart':>10}")
    for row in rows:
        keys = ("ours_cpu_s", "ours_mb", "growth", "peer", "peer_cpu_s", "peer_mb")
        cells = [str(row[key]) if row[key] is not None else "-" for key in keys]
        apart = "-" if row["agreement"] is None else f"{row['agreement']:.1e}"
        print(
            f"{row['case']!s:<26}{cells[0]:>9}{cells[1]:>9}{cells[2]:>8}  {cells[3]:<8}{cells[4]:>8}{cells[5]:>9}{apart:>10}"
        )


if __name__ == "__main__":
    main()
