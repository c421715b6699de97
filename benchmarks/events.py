"""Counterfactuals: the gate of placebos, and one structural fit against statsmodels and CausalPy.

    python benchmarks/events.py [--quick] [--json] [--limit SECONDS]

Each row is a process of its own, on one thread; the figures are the CPU seconds of the work itself, a fit or a gate, with
the table already in memory, after one untimed round (so that nobody pays for imports; CausalPy compiles each model anew
and pays for that), and the peak resident memory of the whole process, imports and table included. Bars: all five on
Proposition 99 5 s, a structural fit 0.015 s, all five on 2,000 x 500 30 s and 2,048 MB.

- "gate": `gate` with 100 placebos, estimator by estimator and all five together, on California's Proposition 99 (39
  states, 31 years; an invented table of that size where HALFSTEP_CASES names no folder), and on an invented panel of
  2,000 units in 500 periods: random walks, four factors, noise. No peer refits anything in the time.
- "structural": one fit of a level and ten donors, 120 periods before the date and 30 after, the mean of ten tables.
  statsmodels: `UnobservedComponents`, local level and regression, maximum likelihood. CausalPy: its synthetic control with
  default sampling on one core, one table only. `apart` is the largest difference of the mean effect, in our standard
  errors.
- "synthetic control": one classic fit on the outcomes of the same ten tables, donors without an intercept. pysyncon:
  `Synth` with every period weighing alike; its SLSQP stops at 1e-6 of the loss. `apart` is the largest difference of a
  weight.
- "growth": the gate of all five as the panel grows.

A peer that has not ended after --limit CPU seconds is stopped, and its seconds and the ratio are what they are at least.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import importlib.util
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

ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA", "RAYON", "VECLIB_MAXIMUM")
}
os.environ.update(ONE_THREAD)

import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402

Array = npt.NDArray[np.float64]
Row = dict[str, object]
Work = Callable[[Array, int, int], Array]
"""From tables (K, N, T), whose first unit is asked about, and the dates, to answers (K, .)."""

PLACEBOS = 100
EFFECT = -0.2


def invented(units: int, periods: int, seed: int = 20250604) -> Array:
    """Draw logarithms of units: a random walk each, four common factors, noise."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(units, 4)) @ rng.normal(0, 0.05, (4, periods)).cumsum(axis=1)
    own = rng.normal(0, 0.02, (units, periods)).cumsum(axis=1) + rng.normal(0, 0.05, (units, periods))
    return np.asarray(3 + rng.normal(size=(units, 1)) + common + own)


def followed(seed: int, donors: int = 10, periods: int = 150, start: int = 120) -> Array:
    """Draw a unit that is a sum of three donors and a random walk, and falls at the date."""
    rng = np.random.default_rng(seed)
    y = rng.normal(0, 0.1, (donors + 1, periods)).cumsum(axis=1)
    y[0] = y[1:4].T @ [0.5, 0.3, 0.2] + rng.normal(0, 0.02, periods).cumsum() + rng.normal(0, 0.05, periods)
    y[0, start:] += EFFECT
    return np.asarray(y)


def california() -> Array:
    """Return packs per head of 39 states from 1970 to 2000, California first; invented without the case."""
    folder = os.environ.get("HALFSTEP_CASES")
    if not folder:
        return invented(39, 31)
    with (Path(folder) / "prop99" / "prop99.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file, delimiter=";"))
    lines.sort(key=lambda line: (line["State"] != "California", line["State"], int(line["Year"])))
    return np.array([float(line["PacksPerCapita"]) for line in lines]).reshape(39, 31)


def gated(chosen: str) -> Work:
    """Return the gate of one estimator, or of all."""

    def put(tables: Array, start: int, stop: int) -> Array:
        from halfstep.counterfactual.estimators import FAMILY
        from halfstep.counterfactual.gate import gate
        from halfstep.counterfactual.placebo import Question

        donors = np.arange(tables.shape[1]) > 0
        question = Question(tables[0], 0, donors, start, stop, cap=PLACEBOS)
        names = list(FAMILY) if chosen == "all" else [chosen]
        return np.array([gate(question, FAMILY[name], name).main.value for name in names])[None, :]

    return put


def structural(tables: Array, start: int, stop: int) -> Array:
    from halfstep.counterfactual.case import Case
    from halfstep.counterfactual.structural import structural_series

    answers = []
    for y in tables:
        fits = structural_series(Case(y, np.array([0]), np.arange(len(y)) > 0, start, stop))
        assert fits.se is not None
        answers.append([fits.gap[0, start:].mean(), fits.se[0, start:].mean()])
    return np.array(answers)


def statsmodels(tables: Array, start: int, stop: int) -> Array:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    answers = []
    for y in tables:
        fit = UnobservedComponents(y[0, :start], "llevel", exog=y[1:, :start].T).fit(disp=False)
        told = fit.get_forecast(stop - start, exog=y[1:, start:stop].T)
        answers.append([(y[0, start:stop] - told.predicted_mean).mean(), told.se_mean.mean()])
    return np.array(answers)


def causalpy(tables: Array, start: int, stop: int) -> Array:
    import causalpy as cp
    import pandas as pd

    y, donors = tables[0, :, :stop], [f"d{k}" for k in range(1, tables.shape[1])]
    sampling = {"random_seed": 1, "progressbar": False, "cores": 1}
    found = cp.SyntheticControl(
        pd.DataFrame(y.T, columns=["unit", *donors]),
        start,
        control_units=donors,
        treated_units=["unit"],
        model=cp.pymc_models.WeightedSumFitter(sample_kwargs=sampling),
    )
    return np.array([[float(found.post_impact.mean()), 0.0]])


def classic(tables: Array, start: int, stop: int) -> Array:
    from halfstep.counterfactual.case import Case
    from halfstep.counterfactual.synthetic_control import classic_control

    cases = (Case(y, np.array([0]), np.arange(len(y)) > 0, start, stop) for y in tables)
    fits = [classic_control(case).weights for case in cases]
    return np.array([weights[0, 1:] for weights in fits if weights is not None])


def pysyncon(tables: Array, start: int, stop: int) -> Array:
    import pandas as pd
    from pysyncon import Synth

    answers = []
    for y in tables:
        donors, unit = (
            pd.DataFrame(y[1:, :stop].T, columns=[f"d{k}" for k in range(1, len(y))]),
            pd.Series(y[0, :stop], name="unit"),
        )
        fit = Synth()
        before, alike = slice(0, start), np.full(start, 1 / start)
        # it divides each period by its spread over units; its own problem is given back by weighing with the squares
        spread = pd.concat([donors, unit], axis=1).iloc[before].var(axis=1).to_numpy()
        fit.fit(X0=donors.iloc[before], X1=unit.iloc[before], Z0=donors, Z1=unit, custom_V=alike * spread)
        answers.append(np.asarray(fit.W))
    return np.array(answers)


WORKERS: dict[str, Work] = {f.__name__: f for f in (structural, statsmodels, causalpy, classic, pysyncon)}


def work(who: str, file: Path, start: int, stop: int, limit: float) -> None:
    """Measure one task; runs in a process of its own, which the system stops after so many CPU seconds of the work."""
    warnings.simplefilter("ignore")
    tables = np.load(file)
    if who not in WORKERS:
        task = gated(who)
        task(invented(12, 40)[None], 30, 36)
    elif who != "causalpy":  # it compiles each model anew
        task = WORKERS[who]
        task(tables[:1], start, stop)
    else:
        task = WORKERS[who]
        importlib.import_module(who)
    begin = time.process_time()
    if limit > 0:
        resource.setrlimit(resource.RLIMIT_CPU, (int(begin + limit) + 1, resource.RLIM_INFINITY))
    answers = task(tables, start, stop)
    spent = (time.process_time() - begin) / len(answers)
    print(json.dumps({"cpu_s": spent, "mb": peak_mb(), "answers": answers.tolist()}))


def peak_mb() -> float:
    """Return this process's peak; Linux counts that of the process that started it into ru_maxrss."""
    status = Path("/proc/self/status")
    if status.exists():
        return float(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(who: str, file: Path, start: int, stop: int, limit: float = 0.0) -> Row:
    """Return what a worker found; of one that was stopped, the limit."""
    command = [sys.executable, __file__, "--worker", who, str(file), str(start), str(stop), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | ONE_THREAD)
    if done.returncode == -signal.SIGXCPU:
        return {"cpu_s": limit, "mb": None, "answers": None}
    if done.returncode:
        raise SystemExit(f"{who} failed on {file.name}:\n{done.stderr[-2000:]}")
    found: Row = json.loads(done.stdout.splitlines()[-1])
    return found


def number(found: Row, key: str) -> float:
    value = found[key]
    assert isinstance(value, int | float)
    return float(value)


def apart(mine: Row, theirs: Row) -> float:
    """Return the largest difference of an answer: of a weight, or of an effect in our standard errors."""
    a, b = np.array(mine["answers"]), np.array(theirs["answers"])
    a = a[: len(b)]
    return float((np.abs(a - b)[:, 0] / a[:, 1]).max() if a.shape[1] == 2 else np.abs(a - b).max())


def compare(case: str, who: str, peers: tuple[str, ...], where: tuple[Path, int, int], limit: float) -> Iterator[Row]:
    mine = measure(who, *where)
    blank: Row = {"peer": None, "peer_cpu_s": None, "peer_mb": None, "ratio": None, "apart": None}
    own = blank | {"case": case, "ours_cpu_s": round(number(mine, "cpu_s"), 4), "ours_mb": round(number(mine, "mb"))}
    if not peers:
        yield own
    for peer in peers:
        if importlib.util.find_spec(peer) is None:
            yield own | {"peer": f"{peer} not installed"}
            continue
        theirs = measure(peer, *where, limit)
        seconds = number(theirs, "cpu_s")
        row = own | {"peer": peer, "peer_cpu_s": round(seconds, 3), "ratio": round(seconds / number(mine, "cpu_s"), 1)}
        if theirs["mb"] is not None:
            row |= {"peer_mb": round(number(theirs, "mb")), "apart": apart(mine, theirs)}
        yield row


def run(quick: bool, limit: float) -> Iterator[Row]:
    """Yield every row of the table."""
    from halfstep.counterfactual.estimators import FAMILY

    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "tables.npy"

        def kept(tables: Array) -> Path:
            np.save(file, tables)
            return file

        for who in (*FAMILY, "all"):
            yield from compare(f"gate 39 x 31 {who}", who, (), (kept(california()[None]), 19, 31), limit)
        tables = np.array([followed(k) for k in range(10)])
        peers: tuple[str, ...] = ("statsmodels",) if quick else ("statsmodels", "causalpy")
        yield from compare("structural 11 x 150", "structural", peers, (kept(tables), 120, 150), limit)
        yield from compare("synthetic control 11 x 150", "classic", ("pysyncon",), (kept(tables), 120, 150), limit)
        sizes = [(100, 100)] if quick else [(125, 500), (500, 500), (2_000, 50), (2_000, 200)]
        for units, periods in sizes:
            where = kept(invented(units, periods)[None]), periods * 9 // 10, periods * 24 // 25
            yield from compare(f"growth {units:,} x {periods}", "all", (), where, limit)
        for who in () if quick else (*FAMILY, "all"):
            yield from compare(f"gate 2,000 x 500 {who}", who, (), (kept(invented(2_000, 500)[None]), 450, 480), limit)


def shown(row: Row) -> str:
    cells = [str(row[k]) if row[k] is not None else "-" for k in ("ours_cpu_s", "ours_mb", "peer_cpu_s", "peer_mb")]
    least = ">" if row["peer_cpu_s"] is not None and row["peer_mb"] is None else ""
    ratio = f"{least}{row['ratio']}" if row["ratio"] is not None else "-"
    difference = f"{row['apart']:.1e}" if row["apart"] is not None else "-"
    return (
        f"{row['case']!s:<42}{cells[0]:>9}{cells[1]:>9}  {row['peer'] or '-'!s:<25}{least + cells[2]:>9}{cells[3]:>9}"
        f"{ratio:>9}{difference:>10}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="no sampling, 100 units at most; ends within 60 s")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--limit", type=float, default=600.0, help="CPU seconds after which a peer is stopped")
    parser.add_argument("--worker", nargs=5, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        who, file, start, stop, limit = chosen.worker
        work(who, Path(file), int(start), int(stop), float(limit))
        return
    rows = run(chosen.quick, chosen.limit)
    if chosen.json:
        print(json.dumps(list(rows), indent=1))
        return
    print(f"{'case':<42}{'ours s':>9}{'ours MB':>9}  {'peer':<25}{'peer s':>9}{'peer MB':>9}{'ratio':>9}{'apart':>10}")
    for row in rows:
        print(shown(row), flush=True)


if __name__ == "__main__":
    main()
