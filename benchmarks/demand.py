"""The demand lens's regression against PyBLP and linearmodels: CPU seconds, peak memory, agreement.

    python benchmarks/demand.py [--quick] [--json] [--limit SECONDS]

Each fit runs in a process of its own, on one thread; the figures are the CPU seconds of taking out the effects and of
two-step GMM with its covariance, with the table already in memory, after one untimed fit of its first rows (so that
nobody pays for compiling), and the peak resident memory of the whole process, imports and table included.

- "nevo": the logit on Nevo's cereals (tests/reference), product effects, twenty instruments, robust.
- "nested": an invented nested logit of markets with 23 products each out of 40, price and the share within the nest
  endogenous, two exogenous regressors, six instruments, clustered by city; the truth is alpha 1.2 and rho 0.6.
- "room": `fit_demand` on such a market, strength and sets of its instruments included; clusters are products in
  cities. No peer. Its few-cluster inference works on dense matrices of markets x markets, and for every cluster of
  rows x rows.

linearmodels is handed columns that pyhdfe, PyBLP's own means, has taken the effects out of: it absorbs none itself
with instruments. PyBLP searches rho from 0.5 by its defaults, with product effects alone; a fit that has not ended
after --limit CPU seconds is stopped, and its seconds and the ratio are what they are at least. pyfixest 0.60 refuses
two endogenous regressors.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA", "RAYON", "VECLIB_MAXIMUM")
} | {"POLARS_MAX_THREADS": "1"}
os.environ.update(ONE_THREAD)

import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402
import polars as pl  # noqa: E402

Array = npt.NDArray[np.float64]
Row = dict[str, object]
Fit = tuple[Array, Array]
"""Coefficients and standard errors: price, share within the nest, exogenous regressors."""

NEVO = Path(__file__).resolve().parents[1] / "tests" / "reference" / "nevo.parquet"
ALPHA, RHO = 1.2, 0.6
PRODUCTS, CATALOGUE, PERIODS, NESTS = 23, 40, 10, 4
WARM = 2_300


def invented(markets: int, seed: int = 20250604) -> pl.DataFrame:
    """Draw a nested logit: cities seen for ten periods, each market with 23 of 40 products in four nests."""
    rng = np.random.default_rng(seed)
    cities, n = max(markets // PERIODS, 1), markets * PRODUCTS
    market = np.repeat(np.arange(markets), PRODUCTS)
    city = np.minimum(market // PERIODS, cities - 1)
    product = np.argsort(rng.random((markets, CATALOGUE)), axis=1)[:, :PRODUCTS].ravel()
    nest = product % NESTS
    key = market * NESTS + nest
    quality, place = rng.normal(0, 0.7, CATALOGUE)[product], rng.normal(0, 0.5, cities)[city]
    x, cost = rng.normal(size=(n, 2)), rng.normal(size=(n, 3))
    xi = rng.normal(0, 0.5, n) + rng.normal(0, 0.3, cities * CATALOGUE)[city * CATALOGUE + product]
    price = 4 + 0.3 * quality + 0.4 * x[:, 0] + 0.5 * cost.sum(1) + 0.6 * xi + rng.normal(0, 0.3, n)
    weight = np.exp((quality + place + x @ [0.8, -0.5] - ALPHA * price + xi) / (1 - RHO))
    nest_sum = np.bincount(key, weight, markets * NESTS)
    inclusive = np.where(nest_sum > 0, nest_sum ** (1 - RHO), 0.0)
    outside = 1 / (1 + inclusive.reshape(markets, NESTS).sum(1))[market]
    within, share = weight / nest_sum[key], weight / nest_sum[key] * inclusive[key] * outside
    others = [np.bincount(key, v)[key] - v for v in (np.ones(n), x[:, 0], cost[:, 0])]
    columns = {"y": np.log(share / outside), "price": price, "within": np.log(within), "share": share}
    columns |= {f"x{k}": x[:, k] for k in range(2)}
    columns |= {f"z{k}": column for k, column in enumerate((*cost.T, *others))}
    codes = {"market": market, "city": city, "product": product, "nest": nest}
    return pl.DataFrame(columns | codes)


def cereals() -> pl.DataFrame:
    data = pl.read_parquet(NEVO)
    outside = 1 - pl.col("share").sum().over("market")
    codes = [(pl.col(c).rank("dense") - 1).cast(pl.Int64) for c in ("market", "product")]
    return data.select(y=(pl.col("share") / outside).log(), price="price", share="share").hstack(
        data.select(*codes, *(f"z{k}" for k in range(20)))
    )


def named(data: pl.DataFrame, first: str) -> list[str]:
    """Return the columns called x0, x1, ... or z0, z1, ..."""
    return [c for c in data.columns if c[0] == first and c[1:].isdigit()]


def endogenous(data: pl.DataFrame) -> list[str]:
    return [c for c in ("price", "within") if c in data.columns]


def ours(data: pl.DataFrame, ways: list[str]) -> Fit:
    from halfstep.numerics.absorb import absorber
    from halfstep.numerics.gmm import Moments, fit_gmm

    W, Z = [*endogenous(data), *named(data, "x")], [*named(data, "z"), *named(data, "x")]
    left = absorber(*(data[w].to_numpy() for w in ways)).residuals(data.select(["y", *W, *named(data, "z")]).to_numpy())
    at = {name: k for k, name in enumerate(["y", *W, *named(data, "z")])}
    cluster = data["city"].to_numpy() if "city" in data.columns else None
    moments = Moments(left[:, 0], left[:, [at[w] for w in W]], left[:, [at[z] for z in Z]], cluster, cluster is None)
    fit = fit_gmm(moments, 2)
    return fit.beta, fit.se


def linearmodels(data: pl.DataFrame, ways: list[str]) -> Fit:
    import pyhdfe
    from linearmodels.iv import IVGMM

    names = ["y", *named(data, "x"), *endogenous(data), *named(data, "z")]
    absorb = pyhdfe.create(data.select(ways).to_numpy(), drop_singletons=False, compute_degrees=False)
    left = absorb.residualize(data.select(names).to_numpy())
    y, x, e, z = (
        left[:, [names.index(c) for c in some]]
        for some in (["y"], named(data, "x"), endogenous(data), named(data, "z"))
    )
    if "city" in data.columns:
        how: dict[str, Any] = {"clusters": data["city"].to_numpy()}
        fit = IVGMM(y, x, e, z, weight_type="clustered", center=False, **how).fit(cov_type="clustered", **how)
    else:
        fit = IVGMM(y, None, e, z, weight_type="robust", center=True).fit(cov_type="robust")
    order = [*range(x.shape[1], x.shape[1] + e.shape[1]), *range(x.shape[1])]
    return fit.params.to_numpy()[order], fit.std_errors.to_numpy()[order]


def pyblp(data: pl.DataFrame, ways: list[str]) -> Fit:
    import pyblp as blp

    blp.options.verbose = False
    called = {"market": "market_ids", "price": "prices", "share": "shares", "nest": "nesting_ids"}
    called |= {z: f"demand_instruments{k}" for k, z in enumerate(named(data, "z"))}
    table = data.rename({a: b for a, b in called.items() if a in data.columns}).to_pandas()
    nested = "within" in data.columns
    if nested:
        table["clustering_ids"] = table["city"]
    formula = " + ".join(["0", "prices", *named(data, "x")])
    problem = blp.Problem(blp.Formulation(formula, absorb=" + ".join(f"C({w})" for w in ways)), table)
    kind = "clustered" if nested else "robust"
    how: Row = {"rho": 0.5} if nested else {}
    found = problem.solve(method="2s", W_type=kind, se_type=kind, center_moments=not nested, **how)
    rho, rho_se = ([part.ravel()] if nested else [] for part in (found.rho, found.rho_se))
    beta, se = found.beta.ravel(), found.beta_se.ravel()
    return np.concatenate([beta[:1], *rho, beta[1:]]), np.concatenate([se[:1], *rho_se, se[1:]])


def room(data: pl.DataFrame, ways: list[str]) -> Fit:
    from halfstep.demand.fit import DemandFit, DemandSpec, fit_demand
    from halfstep.market.hedonic import HedonicSpec
    from halfstep.market.panel import Panel

    n, codes = data.height, {c: data[c].to_numpy() for c in ("market", "city", "product", "nest")}
    market = np.unique(codes["market"], return_inverse=True)[1].astype(np.int64)
    panel = Panel(
        file="", frequency=1, row=np.arange(n), period=codes["market"] % PERIODS, market=market, brand=codes["product"],
        model=codes["product"], cluster=np.unique(codes["city"] * CATALOGUE + codes["product"], return_inverse=True)[1],
        p=data["price"].to_numpy(), q=data["share"].to_numpy(), X=data.select(named(data, "x")).to_numpy(),
        attributes=("a", "b"), brands=tuple(str(k) for k in range(CATALOGUE)), segments={}, firm=codes["product"],
        nest=codes["nest"], cost=data.select(named(data, "z")).to_numpy(), size=np.ones(n), place=codes["city"],
        place_names=tuple(str(k) for k in range(int(codes["city"].max()) + 1)),
    )  # fmt: skip
    base = HedonicSpec(("a", "b"), name_periods=PERIODS, window=PERIODS)
    fit = fit_demand(panel, DemandSpec(base, cost=tuple(named(data, "z")), nested=True, quantity_kind="share"))
    assert isinstance(fit, DemandFit)
    return fit.two.beta, np.sqrt(np.diag(fit.two.squares.covariance_cr1()))


WORKERS: dict[str, Callable[[pl.DataFrame, list[str]], Fit]] = {
    f.__name__: f for f in (ours, linearmodels, pyblp, room)
}


def work(who: str, file: Path, ways: list[str], limit: float) -> None:
    """Measure one fit; runs in a process of its own, which the system stops after so many CPU seconds of the fit."""
    warnings.simplefilter("ignore")
    data = pl.read_parquet(file)
    WORKERS[who](data.head(WARM), ways)
    start = time.process_time()
    if limit > 0:
        resource.setrlimit(resource.RLIMIT_CPU, (int(start + limit) + 1, resource.RLIM_INFINITY))
    beta, se = WORKERS[who](data, ways)
    spent = time.process_time() - start
    print(json.dumps({"cpu_s": spent, "mb": peak_mb(), "beta": beta.tolist(), "se": se.tolist()}))


def peak_mb() -> float:
    """Return this process's peak; Linux counts that of the process that started it into ru_maxrss."""
    status = Path("/proc/self/status")
    if status.exists():
        return float(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(who: str, file: Path, ways: list[str], limit: float = 0.0) -> Row:
    """Return what a worker found; of one that was stopped, the limit."""
    command = [sys.executable, __file__, "--worker", who, str(file), ",".join(ways), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | ONE_THREAD)
    if done.returncode == -signal.SIGXCPU:
        return {"cpu_s": limit, "mb": None}
    if done.returncode:
        raise SystemExit(f"{who} failed on {file.name}:\n{done.stderr[-2000:]}")
    found: Row = json.loads(done.stdout.splitlines()[-1])
    return found


def number(found: Row, key: str) -> float:
    value = found[key]
    assert isinstance(value, int | float)
    return float(value)


def agreement(mine: Row, theirs: Row) -> float:
    """Return the largest relative difference of coefficients and of standard errors."""
    return float(max(np.abs(np.array(theirs[k]) / np.array(mine[k]) - 1).max() for k in ("beta", "se")))


def told(found: Row, nested: bool) -> str:
    (beta, se), what = (np.array(found[k]) for k in ("beta", "se")), ("alpha", "rho")
    signed = beta * ([-1.0, 1.0] + [1.0] * (len(beta) - 2) if nested else [-1.0] * len(beta))
    return ", ".join(f"{name} {signed[k]:.4f} ({se[k]:.4f})" for k, name in enumerate(what[: 1 + nested]))


def compare(case: str, file: Path, ways: list[str], peers: tuple[str, ...], limit: float) -> Iterator[Row]:
    mine = measure("room" if case.startswith("room") else "ours", file, ways)
    own: Row = {"case": case, "ours_cpu_s": round(number(mine, "cpu_s"), 3), "ours_mb": round(number(mine, "mb"))}
    own |= {"estimate": told(mine, not case.startswith("nevo"))}
    blank: Row = {"peer": None, "peer_cpu_s": None, "peer_mb": None, "ratio": None, "agreement": None, "ended": None}
    if not peers:
        yield own | blank
    for peer in peers:
        theirs = measure(peer, file, ways, limit)
        ended = theirs["mb"] is not None
        row = blank | {"peer": peer, "peer_cpu_s": round(number(theirs, "cpu_s"), 3), "ended": ended}
        row["ratio"] = round(number(theirs, "cpu_s") / max(number(mine, "cpu_s"), 1e-6), 1)
        if ended:
            row |= {"peer_mb": round(number(theirs, "mb")), "agreement": agreement(mine, theirs)}
        yield own | row


def run(quick: bool, limit: float) -> Iterator[Row]:
    """Yield every row of the table."""
    one, two, both = ["product"], ["product", "city"], ("linearmodels", "pyblp")
    nested: tuple[tuple[int, list[str], tuple[str, ...]], ...] = ((200, one, both), (2_000, two, both[:1]))
    if not quick:
        nested = ((2_000, one, both), (2_000, two, both[:1]), (20_000, one, both), (20_000, two, both[:1]))
        nested += ((200_000, one, ()), (200_000, two, ()))
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "table.parquet"
        cereals().write_parquet(file)
        yield from compare("nevo", file, one, both, limit)
        for markets, ways, peers in nested:
            invented(markets).write_parquet(file, compression="uncompressed")
            yield from compare(f"nested {markets * PRODUCTS:,} {' + '.join(ways)}", file, ways, peers, limit)
        for markets in (200,) if quick else (250, 500, 1_000, 2_000):
            invented(markets).write_parquet(file, compression="uncompressed")
            yield from compare(f"room {markets * PRODUCTS:,}, {markets:,} markets", file, one, (), limit)


def shown(row: Row) -> str:
    cells = [str(row[k]) if row[k] is not None else "-" for k in ("ours_cpu_s", "ours_mb", "peer", "peer_mb")]
    least = "" if row["ended"] in (True, None) else ">"
    theirs, ratio = (f"{least}{row[k]}" if row[k] is not None else "-" for k in ("peer_cpu_s", "ratio"))
    apart = f"{row['agreement']:.1e}" if row["agreement"] is not None else "-"
    return (
        f"{row['case']!s:<32}{cells[0]:>9}{cells[1]:>9}  {cells[2]:<13}{theirs:>9}{cells[3]:>9}{ratio:>9}{apart:>10}"
        f"  {row['estimate']}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="46,000 rows at most; ends within 60 s")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--limit", type=float, default=600.0, help="CPU seconds after which a peer is stopped")
    parser.add_argument("--worker", nargs=4, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        who, file, ways, limit = chosen.worker
        work(who, Path(file), ways.split(","), float(limit))
        return
    rows = run(chosen.quick, chosen.limit)
    if chosen.json:
        print(json.dumps(list(rows), indent=1))
        return
    print(
        f"{'case':<32}{'ours s':>9}{'ours MB':>9}  {'peer':<13}{'peer s':>9}{'peer MB':>9}{'ratio':>9}{'apart':>10}"
        "  ours"
    )
    for row in rows:
        print(shown(row), flush=True)


if __name__ == "__main__":
    main()
