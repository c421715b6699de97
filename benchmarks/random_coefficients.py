"""Random-coefficient demand, supply and equilibrium against PyBLP: CPU seconds, peak memory, agreement.

    python benchmarks/random_coefficients.py [--quick] [--json] [--case NAME ...] [--limit SECONDS]

Each side runs in a process of its own, on one thread, arrays in memory and library imported: "cpu" is the set-up of the
problem and the search from one start, with covariance and Hessian; "process" all CPU seconds of the process, imports
and table included; "merger" the prices after two firms became one (the least of three); and "MB" the peak resident
memory of the whole process.

- "nevo": the cereals from PyBLP's tutorial start, one step, robust.
- "autos": Berry, Levinsohn & Pakes (1995) with supply from the tutorial's start, weights updated there, two steps,
  clustered.
- "N x 30 x 200": invented markets of 30 products out of 60 and 200 buyers; product effects, tastes for the constant,
  price and an attribute, and income in the taste for price; one step, robust, from 0.7 times the truth (spreads 0.8,
  0.3, 0.6; income 0.3; mean price taste -2). PyBLP searches up to 2,000 of them.

Ratios are PyBLP's seconds over ours. The last columns are the largest difference of theta, beta and gamma in PyBLP's
standard errors, and the largest relative differences of those and of the prices after the merger. HALFSTEP_KERNEL forces
a kernel, as everywhere.
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
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA", "RAYON", "VECLIB_MAXIMUM")
} | {"POLARS_MAX_THREADS": "1", "HALFSTEP_THREADS": "1"}
os.environ.update(ONE_THREAD)
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402

from tests.blp.markets import Buyers, Problem, cars, cereals, posed, theta_of  # noqa: E402

Array = npt.NDArray[np.float64]
Row = dict[str, Any]

PRODUCTS, CATALOGUE, BUYERS = 30, 60, 200
SEED = 20250607
SIGMA, INCOME, PRICE = (0.8, 0.3, 0.6), 0.3, -2.0
NEVO = {
    "sigma": np.diag([0.3302, 2.4526, 0.0163, 0.2441]).tolist(),
    "pi": [[5.4819, 0, 0.2037, 0], [15.8935, -1.2, 0, 2.6342], [-0.2506, 0, 0.0511, 0], [1.265, 0, -0.8091, 0]],
}
AUTOS = {"sigma": np.diag([3.612, 0, 4.628, 1.818, 1.05, 2.056]).tolist(), "pi": [[0.0], [-43.501], *[[0.0]] * 4]}
INVENTED = {"sigma": np.diag(0.7 * np.array(SIGMA)).tolist(), "pi": [[0.0], [0.7 * INCOME], [0.0]]}
MERGED = {"nevo": (2, 1), "autos": (16, 19)}


def invented(markets: int) -> Problem:
    """Draw markets with 30 of 60 products, six owners, and 200 buyers each; prices depend on what is unseen."""
    rng = np.random.default_rng([SEED, markets])
    n, A = markets * PRODUCTS, markets * BUYERS
    market, who = np.repeat(np.arange(markets), PRODUCTS), np.repeat(np.arange(markets), BUYERS)
    order = np.argsort(rng.random((markets, CATALOGUE), dtype=np.float32), axis=1)[:, :PRODUCTS]
    product = np.sort(order, axis=1).ravel()
    quality, x, cost = rng.normal(0, 0.5, CATALOGUE)[product], rng.normal(size=n), rng.uniform(0, 1, (n, 3))
    xi = rng.normal(0, 0.4, n)
    p = 1.5 + 0.3 * quality + 0.2 * x + cost.sum(axis=1) + 0.4 * xi + rng.normal(0, 0.2, n)
    delta = -0.5 + quality + 0.8 * x + PRICE * p + xi
    nu, y = rng.normal(size=(A, 3)), rng.normal(0, 1, A) + rng.normal(0, 0.5, markets)[who]
    s = np.empty(n)
    for t in range(markets):
        rows, some = slice(t * PRODUCTS, (t + 1) * PRODUCTS), slice(t * BUYERS, (t + 1) * BUYERS)
        taste = nu[some] * SIGMA
        mu = taste[:, 0] + np.outer(p[rows], taste[:, 1] + INCOME * y[some]) + np.outer(x[rows], taste[:, 2])
        v = np.exp(delta[rows, None] + mu)
        s[rows] = (v / (1 + v.sum(axis=0))).mean(axis=1)
    total = np.repeat(np.add.reduceat(x, np.arange(0, n, PRODUCTS)), PRODUCTS)
    squares = np.repeat(np.add.reduceat(x**2, np.arange(0, n, PRODUCTS)), PRODUCTS)
    others = squares - 2 * x * total + PRODUCTS * x**2
    costs = [np.repeat(np.add.reduceat(c, np.arange(0, n, PRODUCTS)), PRODUCTS) for c in cost.T]
    means = np.repeat(np.add.reduceat(y, np.arange(0, A, BUYERS)) / BUYERS, PRODUCTS)
    return Problem(
        market=market, firm=product % 6, product=product, s=s, p=p, columns={"x": x}, X1=("prices", "x"),
        X2=("1", "prices", "x"),
        Z=np.column_stack([cost, cost**2, *costs, total, others, means, means[:, None] * cost]),
        buyers=Buyers(who, np.full(A, 1 / BUYERS), nu, y[:, None], ("income",)), absorb=(product,),
    )  # fmt: skip


def case_of(name: str) -> tuple[Problem, Row, Row]:
    """Return a case's arrays, its start, and how it is estimated."""
    if name == "nevo":
        return replace(cereals(), cluster=None), NEVO, {}
    if name == "autos":
        return cars(), AUTOS, {"W_type": "clustered", "se_type": "clustered", "initial_update": True}
    return invented(int(name.split(maxsplit=1)[0].replace(",", ""))), INVENTED, {}


def pyblp(name: str, problem: Problem, start: Row, how: Row) -> Callable[[], Row]:
    """Return PyBLP's run; its tutorial's own settings."""
    import pyblp as blp

    from tests.reference.pyblp_answers import economy

    autos = name == "autos"
    more: Row = {"method": "2s", "costs_bounds": (0.001, None)} if autos else {"method": "1s"}
    more |= {} if autos else {"optimization": blp.Optimization("bfgs", {"gtol": 1e-4})}

    def run() -> Row:
        begun = time.process_time()
        made = economy(problem)
        found = made.solve(np.array(start["sigma"]), np.array(start["pi"]), **more, **how)
        spent = time.process_time() - begun
        theta = found_theta(start, {"sigma": found.sigma, "pi": found.pi})
        errors = {"sigma": np.nan_to_num(found.sigma_se), "pi": np.nan_to_num(found.pi_se)}
        told: Row = {"cpu_s": spent, "objective": float(found.objective.item()), "theta": theta.tolist()}
        told |= {"linear": np.append(found.beta, found.gamma).tolist(), "se": found_theta(start, errors).tolist()}
        told |= {"linear_se": np.append(found.beta_se, found.gamma_se).tolist()}
        told |= {"evaluations": int(found.cumulative_objective_evaluations)}
        if name in MERGED:
            firm, costs = joined(name, problem.firm), found.compute_costs()
            told |= least(lambda: np.asarray(found.compute_prices(firm, costs=costs)).ravel())
        return told

    return run


def found_theta(start: Row, values: Row) -> Array:
    """Return the free entries of sigma and pi in the one order, by where the start is not zero."""
    kept = {k: np.where(np.array(start[k]) != 0, np.array(values[k], dtype=np.float64), 0.0) for k in ("sigma", "pi")}
    marked = {k: np.array(start[k]) != 0 for k in kept}
    sigma = kept["sigma"][np.tril_indices(len(kept["sigma"]))]
    return np.concatenate([sigma[marked["sigma"][np.tril_indices(len(kept["sigma"]))]], kept["pi"][marked["pi"]]])


def ours(name: str, problem: Problem, start: Row, how: Row) -> Callable[[], Row]:
    """Return this library's run."""
    from halfstep.blp.estimate import Options, estimate

    autos = name == "autos"
    theta = theta_of(start)
    bounds = (np.where(theta < 0, -np.inf, 0.0), np.full(len(theta), np.inf)) if autos else None
    options = Options(steps="two" if autos else "one", updated=bool(how.get("initial_update")), bounds=bounds)

    def run() -> Row:
        begun = time.process_time()
        made = posed(problem, start, floor=0.001 if autos else -np.inf)
        fit = estimate(made, theta[None], options)
        spent = time.process_time() - begun
        P = len(theta)
        told: Row = {"cpu_s": spent, "objective": fit.objective, "theta": fit.theta.tolist()}
        told |= {"linear": fit.linear.tolist(), "se": fit.se[:P].tolist(), "linear_se": fit.se[P:].tolist()}
        told |= {"evaluations": sum(end.evaluations for step in fit.steps for end in step.optima)}
        told |= {"kernel": kernel_name()}
        if name in MERGED:
            told |= least(merger(name, problem, fit))
        return told

    return run


def joined(name: str, firm: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the owners after the merger."""
    return np.where(firm == MERGED[name][0], MERGED[name][1], firm)


def kernel_name() -> str:
    from halfstep.native import kernel

    return kernel().name


def merger(name: str, problem: Problem, fit: Any) -> Callable[[], Array]:
    """Return the prices after the merger, at the costs that today's prices reveal."""
    from halfstep.blp.evaluate import price_taste
    from halfstep.native import kernel
    from halfstep.native.clearing import ARRIVAL
    from halfstep.native.layout import Products
    from halfstep.native.scene import Pay, Scene

    made, K = fit.problem, fit.problem.products.X.shape[1]
    tastes = made.form.tastes(fit.theta, made.nodes, made.demographics, K)
    alpha, slopes = price_taste(made, tastes, slice(0, len(made.markets.w)), fit.alpha)
    whole = Products(np.ascontiguousarray(made.products.X), made.products.log_s)
    pricing = kernel().markups(made.markets, whole, tastes, (fit.point.delta, fit.point.D), (alpha, slopes), made.firm)
    rest = [k for k in range(K) if k != made.price[0]]
    scene = Scene(
        markets=made.markets, X=np.ascontiguousarray(made.products.X[:, rest]), B=np.ascontiguousarray(tastes.B[rest]),
        base=fit.point.delta - fit.alpha * made.p, alpha=alpha, mc=made.p - pricing.eta, firm=joined(name, made.firm),
        frozen=np.zeros(made.N, dtype=np.bool_), pay=Pay.plain(made.N),
    )  # fmt: skip
    return lambda: kernel().clear(scene, made.p, ARRIVAL).p


def least(call: Callable[[], Array]) -> Row:
    """Return the least CPU seconds of three calls, and sums by which to know the result."""
    seconds = []
    for _ in range(3):
        begun = time.process_time()
        p = call()
        seconds.append(time.process_time() - begun)
    return {"merger_s": min(seconds), "merger": [*p[:5].tolist(), float(p.sum()), float(p @ p)]}


SIDES: dict[str, Callable[[str, Problem, Row, Row], Callable[[], Row]]] = {f.__name__: f for f in (ours, pyblp)}


def work(who: str, name: str, folder: Path, limit: float) -> None:
    """Measure one side on one case; runs in a process of its own."""
    warnings.simplefilter("ignore")
    problem, start, how = restored(folder / name) if (folder / name).exists() else case_of(name)
    run = SIDES[who](name, problem, start, how)
    if limit > 0:
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + limit) + 1, resource.RLIM_INFINITY))
    found = run()
    print(json.dumps(found | {"process_s": time.process_time(), "mb": peak_mb()}))


def kept(problem: Problem, folder: Path) -> None:
    """Write an invented case's arrays: making them is not what is measured."""
    folder.mkdir()
    for part, prefix in ((problem, ""), (problem.buyers, "who_")):
        for field in fields(part):
            if isinstance(value := getattr(part, field.name), np.ndarray):
                np.save(folder / f"{prefix}{field.name}.npy", value)
    np.save(folder / "x.npy", problem.columns["x"])


def restored(folder: Path) -> tuple[Problem, Row, Row]:
    arrays = {path.stem: np.load(path) for path in folder.glob("*.npy")}
    x = arrays.pop("x")
    who = {name.removeprefix("who_"): arrays.pop(name) for name in list(arrays) if name.startswith("who_")}
    problem = Problem(
        **arrays, columns={"x": x}, X1=("prices", "x"), X2=("1", "prices", "x"), absorb=(arrays["product"],),
        buyers=Buyers(**who, names=("income",)),
    )  # fmt: skip
    return problem, INVENTED, {}


def peak_mb() -> float:
    """Return this process's peak; Linux counts that of the process that started it into ru_maxrss."""
    status = Path("/proc/self/status")
    if status.exists():
        return float(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(who: str, name: str, folder: Path, limit: float = 0.0) -> Row:
    """Return what a worker found; of one that was stopped, the limit."""
    command = [sys.executable, __file__, "--worker", who, name, str(folder), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | ONE_THREAD)
    if done.returncode == -signal.SIGXCPU:
        return {"cpu_s": limit, "process_s": limit, "ended": False}
    if done.returncode:
        raise SystemExit(f"{who} failed on {name}:\n{done.stderr[-2000:]}")
    found: Row = json.loads(done.stdout.splitlines()[-1])
    return found | {"ended": True}


def agreement(mine: Row, theirs: Row) -> Row:
    """Return how far estimates lie apart in standard errors, the errors relative to each other, merger prices too."""
    (a, b), (u, v) = (
        [np.concatenate([side[k] for k in keys]) for side in (mine, theirs)]
        for keys in (("theta", "linear"), ("se", "linear_se"))
    )
    found = {"apart": float(np.abs((a - b) / v).max()), "se_apart": float(np.abs(u / v - 1).max())}
    if "merger" in mine and "merger" in theirs:
        found["merger_apart"] = float(np.abs(np.array(mine["merger"]) / np.array(theirs["merger"]) - 1).max())
    return found


def compare(name: str, folder: Path, peer: bool, limit: float) -> Row:
    if "x" in name:
        kept(case_of(name)[0], folder / name)
    mine = measure("ours", name, folder)
    row: Row = {"case": name, "ours": mine, "pyblp": None}
    if peer:
        theirs = measure("pyblp", name, folder, limit)
        row["pyblp"] = theirs
        row["ratios"] = {
            k: theirs[k] / max(mine[k], 1e-6) for k in ("cpu_s", "process_s", "merger_s") if k in mine and k in theirs
        }
        row["agreement"] = agreement(mine, theirs) if theirs["ended"] else {}
    return row


def run(names: list[str], limit: float) -> Iterator[Row]:
    """Yield every row of the table."""
    with tempfile.TemporaryDirectory() as name:
        for case in names:
            yield compare(case, Path(name), not case.startswith("20,000"), limit)


def shown(row: Row) -> str:
    def cells(side: Row | None) -> str:
        side = side or {}
        figures = [side.get(k) for k in ("cpu_s", "process_s", "merger_s", "mb", "objective")]
        written = (format(v, form) if v is not None else "-" for v, form in zip(figures, FORMATS, strict=True))
        return "".join(f"{v:>10}" for v in written)

    ratios, apart = row.get("ratios", {}), row.get("agreement", {})
    least = "" if (row["pyblp"] or {"ended": True})["ended"] else ">"
    end = "".join(f"{least + format(ratios[k], '.0f') if k in ratios else '-':>9}" for k in RATIOS)
    end += "".join(f"{format(apart[k], '.0e') if k in apart else '-':>9}" for k in APART)
    lines = [f"{row['case']:<18}{who:<8}{cells(row[who])}" for who in SIDES if row[who] is not None]
    return "\n".join([*lines[:-1], lines[-1] + end])


FORMATS = (".3f", ".2f", ".4f", ".0f", ".6g")
RATIOS = ("cpu_s", "process_s", "merger_s")
APART = ("apart", "se_apart", "merger_apart")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="nevo and 200 invented markets: about a minute")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--case", nargs="+", help='some of them, such as nevo or "2,000 x 30 x 200"')
    parser.add_argument("--limit", type=float, default=900.0, help="CPU seconds after which PyBLP is stopped")
    parser.add_argument("--worker", nargs=4, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        who, name, folder, limit = chosen.worker
        work(who, name, Path(folder), float(limit))
        return
    names = ["nevo", "200 x 30 x 200"] if chosen.quick else ["nevo", "autos", *(f"{n} x 30 x 200" for n in SIZES)]
    rows = run(chosen.case or names, chosen.limit)
    if chosen.json:
        print(json.dumps(list(rows), indent=1))
        return
    heads = (
        ("cpu s", "process s", "merger s", "MB", "objective"),
        ("cpu x", "proc x", "merger x", "theta", "SE", "prices"),
    )
    print(f"{'case':<18}{'who':<8}" + "".join(f"{h:>10}" for h in heads[0]) + "".join(f"{h:>9}" for h in heads[1]))
    for row in rows:
        print(shown(row), flush=True)


SIZES = ("2,000", "20,000")


if __name__ == "__main__":
    main()
