"""CPU seconds and peak memory of forecasting makers' months, beside peers: ``python benchmarks/ramps.py [--quick] [--json]``.

Every side works in a process of its own on one thread, after a first small run that is not counted, and gets the same tables.
One run of it (2 busy cores, Python 3.11, statsmodels 0.15, statsforecast 2.1), a maker at an origin of 6 makers x 36 months: ours
29 ms and 99 MB, statsmodels ETS 29 ms, its components 41 ms, statsforecast 6 ms: that one is five times as fast as ours. 80%
intervals held 86% of what came, theirs 33%, 70% and 50%. Back-test of 6 x 36 7 s; 96 x 120 months fitted and foretold 10 s, 613 MB.

- "forecasts": at every origin from the eighth month on, 12 months ahead of every maker, with intervals; CPU seconds are of one
  maker at one origin. Ours fits all makers of an origin together and draws 2,000 futures of each; peers fit one maker at a time,
  on logarithms. statsmodels ETS: `ETSModel`, damped additive trend. statsmodels: `UnobservedComponents`, local linear trend.
  statsforecast: `AutoETS`, damped, no season. None of them has a season: two years are too short for theirs. Intervals are of
  single months.
- "agreement" is the median distance of the middles one month ahead, log points; "covered" how often 80% intervals of all
  months held what came, ours and theirs; "score" our mean interval score over theirs (Gneiting & Raftery 2007), each in the
  maker's last known month.
- "roll" and "growth": our own back-test, and one fit with 12 months of every maker, as makers and months grow.

Tables are invented: growth that fades, a year-end peak, noise; "real" ones where HALFSTEP_CASES names the case.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
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
Work = Callable[[Array, list[int]], Array]
"""From units (M, T) and origins, the numbers of months known, to middle and ends of 80% intervals, shape (origins, M, 12, 3)."""

AHEAD = 12
FIRST = 2024 * 12
LEAST = 8
Z80 = 1.2815515655446004
CASE = Path("ramps") / "auto_sales_history.json"


def invented(makers: int, months: int, seed: int = 20250604) -> Array:
    """Draw units: growth that fades, December above January, a walk, noise."""
    rng = np.random.default_rng(seed)
    growth, phi = rng.uniform(0.05, 0.25, (makers, 1)), rng.uniform(0.85, 0.95, (makers, 1))
    steps = growth * phi ** np.arange(months) + rng.normal(0, 0.06, (makers, months))
    place = np.arange(FIRST, FIRST + months) % 12
    season = 0.1 * (place == 11) - 0.1 * (place == 0)
    level = np.log(rng.uniform(3_000, 15_000, (makers, 1))) + steps.cumsum(axis=1)
    return np.asarray(np.round(np.exp(level + season + rng.normal(0, 0.08, (makers, months)))))


def real() -> Array | None:
    """Return the case's makers by month; None without the case."""
    file = Path(os.environ.get("HALFSTEP_CASES", "")) / CASE
    if not file.is_file():
        return None
    told = json.loads(file.read_text(encoding="utf-8"))
    return np.array([[float(p["brands"][b]["brand_total"]) for p in told["periods"]] for b in told["brands"]])


def halfstep(units: Array, origins: list[int]) -> Array:
    from halfstep.outlook.paths import fit_paths, foretell

    out = np.empty((len(origins), len(units), AHEAD, 3))
    for k, known in enumerate(origins):
        paths = fit_paths(units[:, :known], FIRST)
        for maker in range(len(units)):
            draws = foretell(paths, maker, AHEAD, 2_000, np.random.default_rng(maker))
            out[k, maker] = np.quantile(draws, [0.5, 0.1, 0.9], axis=0).T
    return out


def rolled(units: Array, origins: list[int]) -> Array:
    """Roll our own back-test; figures are known on the last day of their month."""
    from halfstep.outlook.backtest import last_day, roll

    days = np.array([last_day(FIRST + t) for t in range(units.shape[1])], dtype=np.float64)
    test = roll(units, np.broadcast_to(days, units.shape).copy(), FIRST, np.random.default_rng(1))
    return np.array([[len(test.truth)]], dtype=np.float64)


def ets(units: Array, origins: list[int]) -> Array:
    import pandas as pd
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    def one(y: Array) -> Array:
        fit = ETSModel(pd.Series(y), error="add", trend="add", damped_trend=True).fit(disp=False)
        told = fit.get_prediction(len(y), len(y) + AHEAD - 1).summary_frame(alpha=0.2)
        return np.asarray(told[["mean", "pi_lower", "pi_upper"]])

    return each(units, origins, one)


def components(units: Array, origins: list[int]) -> Array:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    def one(y: Array) -> Array:
        told = UnobservedComponents(y, "lltrend").fit(disp=False).get_forecast(AHEAD)
        mean, half = told.predicted_mean, Z80 * told.se_mean
        return np.column_stack([mean, mean - half, mean + half])

    return each(units, origins, one)


def autoets(units: Array, origins: list[int]) -> Array:
    from statsforecast.models import AutoETS

    def one(y: Array) -> Array:
        told = AutoETS(season_length=1, model="ZZN", damped=True).forecast(y=y, h=AHEAD, level=[80])
        return np.column_stack([told["mean"], told["lo-80"], told["hi-80"]])

    return each(units, origins, one)


def each(units: Array, origins: list[int], one: Callable[[Array], Array]) -> Array:
    """Return forecasts of one maker at a time, on logarithms."""
    return np.exp([[one(np.log(y[:known])) for y in units] for known in origins])


WORKERS: dict[str, Work] = {f.__name__: f for f in (halfstep, rolled, ets, components, autoets)}
PEERS = {"ets": "statsmodels ETS", "components": "statsmodels", "autoets": "statsforecast"}


def work(who: str, file: Path, every: int) -> None:
    """Measure one task; runs in a process of its own."""
    warnings.simplefilter("ignore")
    units = np.load(file)
    origins = origins_of(units, every)
    WORKERS[who](units[:2, :26], [24])
    begin = time.process_time()
    answers = WORKERS[who](units, origins)
    spent = time.process_time() - begin
    print(json.dumps({"cpu_s": spent, "mb": peak_mb(), "answers": answers.tolist()}))


def origins_of(units: Array, every: int) -> list[int]:
    """Return every so many numbers of known months with twelve to come; the last one alone where none are asked for."""
    last = units.shape[1] - AHEAD
    return [units.shape[1]] if every == 0 else list(range(last, LEAST - 1, -every))


def peak_mb() -> float:
    """Return this process's peak; Linux counts that of the process that started it into ru_maxrss."""
    status = Path("/proc/self/status")
    if status.exists():
        return float(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(who: str, file: Path, every: int) -> tuple[float, float, Array]:
    """Return CPU seconds, MB and answers of a worker."""
    command = [sys.executable, __file__, "--worker", who, str(file), str(every)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | ONE_THREAD)
    if done.returncode:
        raise SystemExit(f"{who} failed on {file.name}:\n{done.stderr[-2000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    return float(found["cpu_s"]), float(found["mb"]), np.array(found["answers"])


BLANK: Row = {
    "peer": None, "peer_cpu_s": None, "peer_mb": None, "ratio": None, "agreement": None, "covered": None, "score": None,
}  # fmt: skip


def compare(case: str, file: Path, every: int) -> Iterator[Row]:
    """Yield our forecasts beside each peer's."""
    units = np.load(file)
    seconds, mb, mine = measure("halfstep", file, every)
    forecasts = mine.shape[0] * mine.shape[1]
    own = BLANK | {"case": case, "ours_cpu_s": round(seconds / forecasts, 4), "ours_mb": round(mb)}
    for who, peer in PEERS.items():
        if importlib.util.find_spec(peer.split()[0]) is None:
            yield own | {"peer": f"{peer} not installed"}
            continue
        theirs_s, theirs_mb, theirs = measure(who, file, every)
        known = origins_of(units, every)
        yield own | {
            "peer": peer, "peer_cpu_s": round(theirs_s / forecasts, 4), "peer_mb": round(theirs_mb),
            "ratio": round(theirs_s / seconds, 2), "agreement": float(np.median(np.abs(np.log(mine / theirs))[:, :, 0, 0])),
            "covered": [round(held(units, known, told), 3) for told in (mine, theirs)],
            "score": round(scored(units, known, mine) / scored(units, known, theirs), 3),
        }  # fmt: skip


def came(units: Array, known: list[int]) -> Array:
    """Return what came after each origin, shape (origins, M, 12)."""
    return np.array([units[:, k : k + AHEAD] for k in known])


def held(units: Array, known: list[int], told: Array) -> float:
    """Return how often 80% intervals held what came."""
    y = came(units, known)
    return float(((told[..., 1] <= y) & (y <= told[..., 2])).mean())


def scored(units: Array, known: list[int], told: Array) -> float:
    """Return the mean interval score in the maker's last known month."""
    y, now = came(units, known), np.array([units[:, k - 1] for k in known])[:, :, None]
    missed = np.maximum(told[..., 1] - y, 0) + np.maximum(y - told[..., 2], 0)
    return float(((told[..., 2] - told[..., 1] + 10 * missed) / now).mean())


def alone(case: str, who: str, file: Path) -> Row:
    """Return our own cost of a task that no peer does."""
    seconds, mb, _ = measure(who, file, 0)
    return BLANK | {"case": case, "ours_cpu_s": round(seconds, 4), "ours_mb": round(mb)}


def run(quick: bool) -> Iterator[Row]:
    """Yield every row of the table."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "units.npy"

        def kept(units: Array) -> Path:
            np.save(file, units)
            return file

        every = 8 if quick else 1
        yield from compare("forecasts 6 x 36", kept(invented(6, 36)), every)
        found = None if quick else real()
        if found is not None:
            yield from compare(f"forecasts, real {found.shape[0]} x {found.shape[1]}", kept(found), every)
        yield alone("roll 6 x 24" if quick else "roll 6 x 36", "rolled", kept(invented(6, 24 if quick else 36)))
        sizes = [(6, 30), (24, 30)] if quick else [(6, 30), (24, 30), (96, 30), (6, 60), (6, 120), (96, 120)]
        for makers, months in sizes:
            yield alone(f"growth {makers} x {months}", "halfstep", kept(invented(makers, months)))


def shown(row: Row) -> str:
    cells = [
        str(row[k]) if row[k] is not None else "-" for k in ("ours_cpu_s", "ours_mb", "peer_cpu_s", "peer_mb", "ratio")
    ]
    agreement = f"{row['agreement']:.3f}" if row["agreement"] is not None else "-"
    covered = " ".join(map(str, row["covered"])) if isinstance(row["covered"], list) else "-"
    return (
        f"{row['case']!s:<26}{cells[0]:>9}{cells[1]:>9}  {row['peer'] or '-'!s:<28}{cells[2]:>9}{cells[3]:>9}{cells[4]:>8}"
        f"{agreement:>11}{covered:>13}{row['score'] if row['score'] is not None else '-':>8}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--quick", action="store_true", help="every eighth origin, no real makers, 24 makers at most; ends within 60 s"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        who, file, every = chosen.worker
        work(who, Path(file), int(every))
        return
    rows = run(chosen.quick)
    if chosen.json:
        print(json.dumps(list(rows), indent=1))
        return
    print(
        f"{'case':<26}{'ours s':>9}{'ours MB':>9}  {'peer':<28}{'peer s':>9}{'peer MB':>9}{'ratio':>8}{'agreement':>11}"
        f"{'covered':>13}{'score':>8}"
    )
    for row in rows:
        print(shown(row), flush=True)


if __name__ == "__main__":
    main()
