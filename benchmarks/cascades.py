"""Measure the fit of cascades: growth with events, kernel against twin and against hawkes-rs.

python benchmarks/cascades.py [--quick] [--json]; peers: uv pip install hawkes-rs (extra `bench`)

Each task runs in a process of its own, on one thread: events of three kinds with one decay of memory, watched as one stretch.
"free" searches for the decay too, as the peer does; "grid" has the five decays of the default; "shock" adds a first post that
fades. Peak memory is that of the process, with 10^6 events and Python among it.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Row = dict[str, object]
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL", "RAYON")}
KINDS, MEMORY, RATE = 3, 600.0, 1.0 / 300.0
BRANCHING = np.array([[0.3, 0.2, 0.1], [0.1, 0.3, 0.1], [0.0, 0.2, 0.2]])


def drawn(n: int, seed: int) -> tuple[Array, Codes, float]:
    """Draw about n events, as family trees: times, kinds, duration."""
    rng = np.random.default_rng(seed)
    mean = np.linalg.solve(np.eye(KINDS) - BRANCHING, np.full(KINDS, RATE))
    T = n / float(mean.sum())
    now = [rng.uniform(0.0, T, rng.poisson(RATE * T)) for _ in range(KINDS)]
    kept = [[piece] for piece in now]
    while any(map(len, now)):
        following: list[list[Array]] = [[] for _ in range(KINDS)]
        for d in range(KINDS):
            for k in range(KINDS):
                by = np.repeat(now[k], rng.poisson(BRANCHING[d, k], len(now[k])))
                by = by + rng.exponential(MEMORY, len(by))
                following[d].append(by[by < T])
        now = [np.concatenate(pieces) for pieces in following]
        for d in range(KINDS):
            kept[d].append(now[d])
    times = [np.concatenate(pieces) for pieces in kept]
    kinds = np.repeat(np.arange(KINDS), [len(piece) for piece in times])
    order = np.argsort(np.concatenate(times), kind="stable")
    return np.concatenate(times)[order], kinds[order], T


def ours(how: str, time_: Array, kind: Codes, T: float) -> tuple[float, Array]:
    """Fit; log likelihood and branching."""
    from halfstep.arrivals.hawkes import Cascade, Spec, fit

    if how == "free":
        spec = Spec(kinds=KINDS, counted=KINDS, shock=False, decays=(1.0 / 100.0,), free=True)
    else:
        spec = Spec(kinds=KINDS, counted=KINDS, shock=how == "shock")
    found = fit((Cascade(time_, kind, T),), spec)
    if not found.converged:
        raise SystemExit("the fit did not converge")
    return found.loglik, found.branching


def hawkes(how: str, time_: Array, kind: Codes, T: float) -> tuple[float, Array]:
    """Fit by hawkes-rs, in units of 100 seconds: started from decays near one it is at its best."""
    from hawkes import multivariate

    unit = 100.0
    events = [np.ascontiguousarray(time_[kind == k] / unit) for k in range(KINDS)]
    found = multivariate.fit(events, horizon=T / unit)
    return -found.negative_log_likelihood - len(time_) * float(np.log(unit)), np.asarray(found.parameters.excitation)


def work(who: str, how: str, n: int) -> None:
    """Measure one task in this process."""
    task = hawkes if who == "hawkes" else ours
    task(how, *drawn(2_000, 1))
    data = drawn(n, 7)
    begin = time.process_time()
    loglik, branching = task(how, *data)
    spent = time.process_time() - begin
    error = float(np.abs(branching - BRANCHING).max())
    print(json.dumps({"cpu_s": spent, "mb": peak_mb(), "n": len(data[0]), "loglik": loglik, "error": error}))


def peak_mb() -> float:
    """Return this process's peak; Linux counts that of the process that started it into ru_maxrss."""
    status = Path("/proc/self/status")
    if status.exists():
        return float(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(who: str, how: str, n: int) -> dict[str, float]:
    """Return what a worker found."""
    command = [sys.executable, __file__, "--worker", who, how, str(n)]
    env = os.environ | ONE_THREAD | ({"HALFSTEP_KERNEL": "numpy"} if who == "numpy" else {})
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        raise SystemExit(f"{who} failed on {n} events:\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def run(quick: bool) -> Iterator[Row]:
    """Yield every row of the table."""
    sizes = (1_000, 10_000, 100_000) if quick else (1_000, 10_000, 100_000, 1_000_000)
    for how in ("free", "grid", "shock"):
        for n in sizes:
            mine = measure("native", how, n)
            own: Row = {
                "case": f"{how} {n:,} x {KINDS}", "ours_cpu_s": round(mine["cpu_s"], 4), "ours_mb": round(mine["mb"]),
                "error": round(mine["error"], 3),
            }  # fmt: skip
            yield own | {"peer": None, "peer_cpu_s": None, "peer_mb": None, "ratio": None, "agreement": None}
            peers = ["numpy"] if n <= 100_000 else []
            for peer in [*peers, *(["hawkes"] if how == "free" else [])]:
                if peer == "hawkes" and importlib.util.find_spec("hawkes") is None:
                    yield own | {"peer": "hawkes-rs not installed"}
                    continue
                theirs = measure(peer, how, n)
                yield own | {
                    "peer": "NumPy twin" if peer == "numpy" else "hawkes-rs", "peer_cpu_s": round(theirs["cpu_s"], 3),
                    "peer_mb": round(theirs["mb"]), "ratio": round(theirs["cpu_s"] / mine["cpu_s"], 1),
                    "agreement": theirs["loglik"] - mine["loglik"],
                }  # fmt: skip


def shown(row: Row) -> str:
    """Write a row."""
    cells = [str(row.get(k)) if row.get(k) is not None else "-" for k in ("peer", "peer_cpu_s", "peer_mb", "ratio")]
    agreement = row.get("agreement")
    return (
        f"{row['case']!s:<24}{row['ours_cpu_s']!s:>9}{row['ours_mb']!s:>9}{row['error']!s:>8}  {cells[0]:<24}{cells[1]:>9}"
        f"{cells[2]:>9}{cells[3]:>8}{'-' if agreement is None else f'{agreement:.1e}':>11}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="up to 100,000 events; ends within 60 s")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        who, how, n = chosen.worker
        work(who, how, int(n))
        return
    rows = run(chosen.quick)
    if chosen.json:
        print(json.dumps(list(rows), indent=1))
        return
    print(
        f"{'case':<24}{'ours s':>9}{'ours MB':>9}{'error':>8}  {'peer':<24}{'peer s':>9}{'peer MB':>9}{'ratio':>8}{'loglik':>11}"
    )
    for row in rows:
        print(shown(row), flush=True)


if __name__ == "__main__":
    main()
