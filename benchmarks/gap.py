"""The price lens's regression against pyfixest and statsmodels: CPU seconds, peak memory, agreement.

    python benchmarks/gap.py [--quick] [--json]

Each fit runs in a process of its own, on one thread; the figures are the CPU seconds of the fit and its clustered
covariance with the table already in memory, after one untimed fit of the same table's first rows (so that nobody pays for
compiling), and the peak resident memory of the whole process, imports and table included. statsmodels is given the
dummies written out, dependent columns dropped; where they would take more than 0.5 GB (50 MB with
--quick) it is left out and a dash is shown.

The rows named "whole" have no peer: reading, checking, coding, the hedonic and the market room (bands, cut curves,
changes, attribute prices and brand paths with CR2 errors) on a study of that many rows.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
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
import numpy.typing as npt  # noqa: E402
import polars as pl  # noqa: E402
from scipy.sparse import coo_array  # noqa: E402
from scipy.sparse.csgraph import connected_components  # noqa: E402

Array = npt.NDArray[np.float64]
Fit = tuple[Array, Array, int]

NAMES = ["power", "weight", "fuel"]
WARM = 2_000
DENSE_LIMIT, DENSE_QUICK = 5e8, 5e7
"""Bytes of dummies beyond which statsmodels is left out; it holds about four copies."""
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
sales = "sales.parquet"
[columns]
period = "year"
brand = "brand"
model = "model"
place = "place"
price = "price"
quantity = "units"
[bands]
edges = [15000.0, 25000.0, 40000.0]
[hedonic]
epoch = 5
""" + "".join(f'[[attributes]]\nid = "{a}"\nlabel = "{a}"\ncolumns = ["{a}"]\ntransform = "log"\n' for a in NAMES)


def invented(rows: int, seed: int = 1) -> pl.DataFrame:
    """Make a panel of 40 brands, 20 years and 10 places; models live six years and keep a quirk of their own."""
    rng = np.random.default_rng(seed)
    brands, years, places, life = 40, 20, 10, 6
    models = max(rows // 25, brands)
    brand, start = rng.integers(0, brands, models), rng.integers(1990 - life + 1, 1990 + years, models)
    model = np.repeat(np.arange(models), life * places)
    year = np.tile(np.repeat(np.arange(life), places), models) + start[model]
    place = np.tile(np.arange(places), models * life)
    keep = np.flatnonzero((year >= 1990) & (year < 1990 + years) & (rng.random(len(model)) < 0.6))[:rows]
    model, year, place = model[keep], year[keep], place[keep]
    x = rng.normal(0, 0.3, (models, 3))[model] + rng.normal(0, 0.05, (len(model), 3))
    name, quirk = rng.normal(0, 0.2, brands)[brand][model], rng.normal(0, 0.1, models)[model]
    log_price = 10 + x @ [0.6, 0.4, -0.2] + 0.01 * (year - 1990) + 0.02 * place + name + quirk
    price = np.exp(log_price + rng.normal(0, 0.05, len(model)))
    columns = {"year": year, "place": place, "brand": brand[model], "model": model, "price": price}
    frame = pl.DataFrame(columns | {a: np.exp(x[:, k]) for k, a in enumerate(NAMES)})
    names = (
        (pl.lit(prefix) + pl.col(c).cast(pl.String).str.zfill(2)).alias(c)
        for c, prefix in (("brand", "b"), ("place", "p"))
    )
    return frame.with_columns(*names, pl.Series("units", rng.integers(1, 1000, len(model))))


def prepared(frame: pl.DataFrame, block: int, market: list[str]) -> pl.DataFrame:
    """Return log price, log attributes and the three codes that all sides are given."""
    span = (pl.col("year").max() - pl.col("year")) // block
    cell = pl.concat_str("brand", span, separator="/")
    codes = [
        cell.rank("dense").alias("cell"),
        pl.concat_str(market, separator="/").rank("dense").alias("market"),
        pl.concat_str("brand", "model", separator="/").rank("dense").alias("cluster"),
    ]
    x = [pl.col(a).log() if frame[a].min() > 0 else pl.col(a).cast(pl.Float64) for a in attributes(frame)]  # type: ignore[operator]
    return frame.select(pl.col("price").log().alias("lp"), *x, *(c.cast(pl.Int64) - 1 for c in codes))


def attributes(frame: pl.DataFrame) -> list[str]:
    return [a for a in (*NAMES, "hpwt", "air", "mpg", "space") if a in frame.columns]


def ours(data: pl.DataFrame) -> Fit:
    from halfstep.numerics.linear import Design, least_squares

    codes = [
        np.unique(data[c].to_numpy(), return_inverse=True)[1].astype(np.int64) for c in ("market", "cell", "cluster")
    ]
    design = Design(data.select(attributes(data)).to_numpy(), *codes)
    fit = least_squares(design, data["lp"].to_numpy())
    return fit.beta, fit.covariance_cr1(), fit.rank


def pyfixest(data: pl.DataFrame) -> Fit:
    import pyfixest as pf

    formula = f"lp ~ {' + '.join(attributes(data))} | market + cell"
    ssc = pf.ssc(k_adj=True, k_fixef="full")
    fit = pf.feols(formula, data.to_pandas(), vcov={"CRV1": "cluster"}, ssc=ssc, fixef_rm="none")
    counted = len(attributes(data)) + data["market"].n_unique() + data["cell"].n_unique() - 1
    return fit.coef()[attributes(data)].to_numpy(), np.asarray(fit._vcov), counted


def statsmodels(data: pl.DataFrame) -> Fit:
    import statsmodels.api as sm

    market, cell = data["market"].to_numpy(), data["cell"].to_numpy()
    size = (int(market.max()) + 1, int(cell.max()) + 1)
    links = coo_array((np.ones(len(market)), (market, size[0] + cell)), shape=(sum(size), sum(size)))
    _, part = connected_components(links, directed=False)
    spare = np.unique(part[np.unique(market)], return_index=True)[1]
    free = np.setdiff1d(np.unique(market), np.unique(market)[spare])
    dummies = [(market[:, None] == free).astype(float), (cell[:, None] == np.unique(cell)).astype(float)]
    design = np.hstack([data.select(attributes(data)).to_numpy(), *dummies])
    groups = {"groups": data["cluster"].to_numpy(), "use_correction": True}
    fit = sm.OLS(data["lp"].to_numpy(), design).fit(cov_type="cluster", cov_kwds=groups)
    k = len(attributes(data))
    return np.asarray(fit.params)[:k], np.asarray(fit.cov_params())[:k, :k], design.shape[1]


def whole(data: pl.DataFrame) -> Fit:
    from halfstep.data.study import load
    from halfstep.market.inputs import prepare
    from halfstep.market.room import ROOM

    with tempfile.TemporaryDirectory() as name:
        data.write_parquet(Path(name) / "sales.parquet")
        (Path(name) / "study.toml").write_text(STUDY)
        inputs = prepare(load(Path(name)))
        ROOM.run(inputs, {}, np.random.default_rng(0))
    return inputs.fit.squares.beta, np.zeros((0, 0)), inputs.fit.squares.rank


WORKERS: dict[str, Callable[[pl.DataFrame], Fit]] = {f.__name__: f for f in (ours, pyfixest, statsmodels, whole)}


def work(who: str, file: Path) -> None:
    """Measure one fit; runs in a process of its own."""
    data = pl.read_parquet(file)
    WORKERS[who](data.head(WARM))
    start = time.process_time()
    beta, covariance, rank = WORKERS[who](data)
    spent = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"cpu_s": spent, "mb": peak, "beta": beta.tolist(), "covariance": covariance.tolist(), "rank": rank}
    print(json.dumps(found | {"rows": data.height}))


def measure(who: str, file: Path) -> dict[str, object]:
    command = [sys.executable, __file__, "--worker", who, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | ONE_THREAD)
    if done.returncode:
        raise SystemExit(f"{who} failed on {file.name}:\n{done.stderr[-2000:]}")
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def number(found: dict[str, object], key: str) -> float:
    value = found[key]
    assert isinstance(value, int | float)
    return float(value)


def agreement(mine: dict[str, object], theirs: dict[str, object]) -> float:
    """Return the largest relative difference of coefficients and of standard errors put on one rank."""
    beta = np.abs(np.array(theirs["beta"]) / np.array(mine["beta"]) - 1).max()
    rows = number(mine, "rows")
    factor = (rows - number(theirs, "rank")) / (rows - number(mine, "rank"))
    variances = [np.diag(np.array(found["covariance"])) for found in (mine, theirs)]
    return float(max(beta, np.abs(np.sqrt(variances[1] * factor / variances[0]) - 1).max()))


def compare(case: str, data: pl.DataFrame, folder: Path, dense: float) -> list[dict[str, object]]:
    file = folder / f"{case}.parquet"
    data.write_parquet(file)
    mine = measure("ours", file)
    rows: list[dict[str, object]] = []
    for peer in ("pyfixest", "statsmodels"):
        row: dict[str, object] = {"case": case, "ours_cpu_s": round(number(mine, "cpu_s"), 3)}
        row |= {"ours_mb": round(number(mine, "mb")), "peer": peer, "peer_cpu_s": None, "peer_mb": None}
        row |= {"ratio": None, "agreement": None}
        dummies = data.height * (data["market"].n_unique() + data["cell"].n_unique()) * 8.0
        if peer == "pyfixest" or dummies < dense:
            theirs = measure(peer, file)
            row |= {"peer_cpu_s": round(number(theirs, "cpu_s"), 3), "peer_mb": round(number(theirs, "mb"))}
            row |= {"ratio": round(number(theirs, "cpu_s") / max(number(mine, "cpu_s"), 1e-6), 1)}
            row |= {"agreement": agreement(mine, theirs)}
        rows.append(row)
    return rows


def run(sizes: list[int], dense: float) -> list[dict[str, object]]:
    cars = pl.read_parquet(Path(__file__).resolve().parents[1] / "studies" / "us-cars" / "sales.parquet")
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows += compare("us-cars", prepared(cars, 5, ["year"]), folder, dense)
        for size in sizes:
            frame = invented(size)
            rows += compare(f"invented {frame.height:,}", prepared(frame, 1, ["year", "place"]), folder, dense)
            frame.write_parquet(folder / "whole.parquet")
            found = measure("whole", folder / "whole.parquet")
            row: dict[str, object] = {"case": f"whole {frame.height:,}", "ours_cpu_s": round(number(found, "cpu_s"), 3)}
            row |= {"ours_mb": round(number(found, "mb")), "peer": None, "peer_cpu_s": None, "peer_mb": None}
            rows.append(row | {"ratio": None, "agreement": None})
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
    rows = run([10_000, 100_000], DENSE_QUICK) if chosen.quick else run([10_000, 100_000, 1_000_000], DENSE_LIMIT)
    if chosen.json:
        print(json.dumps(rows, indent=1))
        return
    print(f"{'case':<22}{'ours s':>9}{'ours MB':>9}  {'peer':<12}{'peer s':>9}{'peer MB':>9}{'ratio':>8}{'apart':>10}")
    for r in rows:
        cells = [
            str(r[k]) if r[k] is not None else "-"
            for k in ("ours_cpu_s", "ours_mb", "peer", "peer_cpu_s", "peer_mb", "ratio")
        ]
        apart = f"{r['agreement']:.1e}" if r["agreement"] is not None else "-"
        print(
            f"{r['case']!s:<22}{cells[0]:>9}{cells[1]:>9}  {cells[2]:<12}{cells[3]:>9}{cells[4]:>9}{cells[5]:>8}{apart:>10}"
        )


if __name__ == "__main__":
    main()
