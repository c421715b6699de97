"""Logits of choice experiments against xlogit and Biogeme: CPU seconds, peak memory, the same estimates, growth.

    python benchmarks/choice.py [--quick] [--json] [--case NAME ...] [--limit SECONDS]

Each side runs in a process of its own, on one thread, arrays in memory and libraries imported: "cpu" is estimation with its
covariance, "process" all CPU seconds of the process, "MB" the peak resident memory of the whole process. "numpy" is this
library without its C extension.

- "mnl": 1,000 people x 12 tasks x 3 alternatives, 7 columns.
- "mixed": the same people, 1,000 draws, 6 normal coefficients of differing people and a price taste in common. The peers are
  given this library's draws, made before their clock starts, so that all maximise one function; ours makes its own on the
  clock. All search from one start. xlogit's covariance is that of BFGS (outer product of scores), Biogeme's and ours are
  sandwiches; Biogeme takes second derivatives by differences, as analytic ones cost it more.
- "draws", "people": ours alone, to see that cost grows with the first power; by evaluation of the likelihood, as the number of
  evaluations moves by one or two.

Ratios are each peer's figures over ours. "apart" is the largest difference of estimates from ours, in units of the larger of
one and the estimate. A peer that reaches the limit is stopped: its ratios are then at least those shown.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")} | {
    "HALFSTEP_THREADS": "1", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}  # fmt: skip
os.environ.update(ONE_THREAD)

import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402

from halfstep.core.config_choice import Distribution  # noqa: E402
from halfstep.logit.covariance import covariance, mixed_covariance  # noqa: E402
from halfstep.logit.mixed import fit_mixed  # noqa: E402
from halfstep.logit.mnl import fit_multinomial  # noqa: E402
from halfstep.logit.points import points  # noqa: E402
from halfstep.logit.records import MixedSpec  # noqa: E402
from halfstep.logit.tasks import Tasks  # noqa: E402
from halfstep.worlds.choice import ChoiceWorld, simulate  # noqa: E402

Array = npt.NDArray[np.float64]
Row = dict[str, Any]

SEED = 20250614
TASKS, SPREAD = 12, 6
PEERS = ("xlogit", "biogeme")


@dataclass(frozen=True, slots=True)
class Case:
    """People and draws a person; no draws: a plain logit."""

    people: int
    draws: int

    @property
    def spec(self) -> MixedSpec:
        """Six normal tastes and a price taste in common."""
        normal: Distribution = "normal"
        return MixedSpec((*[normal] * SPREAD, "fixed"), (1,) * 7, SPREAD, draws=self.draws)

    def tasks(self) -> Tasks:
        """Simulate."""
        world = ChoiceWorld(people=self.people, tasks=TASKS, beta=(0.6, 0.4, -0.3), tastes="utility", name=3.0)
        made = simulate(world, np.random.default_rng([SEED, self.people]))
        return Tasks(made.X, made.row, made.chosen, made.task, made.weight)


CASES = {"mnl": Case(1000, 0), "mixed": Case(1000, 1000)}
QUICK = {"mnl": Case(1000, 0), "mixed": Case(100, 100)}
GROWTH = {
    "draws": [Case(1000, R) for R in (250, 500, 1000, 2000)], "people": [Case(N, 500) for N in (500, 1000, 2000, 4000)]
}  # fmt: skip
QUICK_GROWTH = {
    "draws": [Case(200, R) for R in (250, 500, 1000)], "people": [Case(N, 200) for N in (250, 500, 1000)]
}  # fmt: skip


def ours(case: Case, tasks: Tasks) -> Callable[[], Row]:
    """Return this library's run."""
    from halfstep.native import kernel

    def run() -> Row:
        if not case.draws:
            fit = fit_multinomial(tasks)
            covariance(fit, tasks)
            return {"theta": fit.b.tolist(), "loglik": fit.loglik}
        mixed = fit_mixed(tasks, case.spec, 1)
        mixed_covariance(mixed)
        found = {"theta": mixed.theta.tolist(), "loglik": mixed.loglik, "evaluations": mixed.evaluations}
        return found | {"kernel": kernel().name}

    return run


def xlogit(case: Case, tasks: Tasks) -> Callable[[], Row]:
    """Return xlogit's run."""
    from xlogit import MixedLogit, MultinomialLogit

    J = int(np.diff(tasks.row)[0])
    names = [f"b{k}" for k in range(tasks.K)]
    chosen = np.zeros(len(tasks.X), dtype=bool)
    chosen[tasks.chosen] = True
    rows: Row = {"varnames": names, "alts": np.tile(np.arange(J), tasks.T), "ids": np.repeat(np.arange(tasks.T), J)}
    if not case.draws:
        plain = MultinomialLogit()

        def run_plain() -> Row:
            plain.fit(tasks.X, chosen, verbose=0, **rows)
            return {"theta": plain.coeff_.tolist(), "loglik": float(plain.loglikelihood)}

        return run_plain
    model = MixedLogit()
    Z = np.ascontiguousarray(np.moveaxis(points(tasks.N, SPREAD, case.spec), 1, 2))
    model._generate_draws = lambda *_a, **_k: Z

    def run() -> Row:
        model.fit(
            tasks.X, chosen, panels=np.repeat(tasks.person, J), n_draws=case.draws, verbose=0,
            randvars=dict.fromkeys(names[:SPREAD], "n"), **rows,
        )  # fmt: skip
        theta = model.coeff_.copy()
        theta[tasks.K :] = np.abs(theta[tasks.K :])
        return {"theta": theta.tolist(), "loglik": float(model.loglikelihood), "evaluations": model.total_fun_eval}

    return run


def biogeme(case: Case, tasks: Tasks) -> Callable[[], Row]:
    """Return Biogeme's run."""
    import biogeme.biogeme as bio
    import biogeme.database as db
    import pandas as pd
    from biogeme.draws import RandomNumberGeneratorTuple
    from biogeme.expressions import Beta, Draws, MonteCarlo, PanelLikelihoodTrajectory, Variable, log
    from biogeme.models import logit, loglogit
    from biogeme.parameters import Parameters

    J, K = int(np.diff(tasks.row)[0]), tasks.K
    X = tasks.X.reshape(tasks.T, J, K)
    columns = {f"x{k}_{j}": X[:, j, k] for k in range(K) for j in range(J)}
    data = db.Database(
        "tasks", pd.DataFrame(columns | {"choice": tasks.chosen - tasks.row[:-1], "id": tasks.person + 1})
    )
    names = [f"b{k}" for k in range(K)] + ([f"s{k}" for k in range(SPREAD)] if case.draws else [])
    settings: Row = {
        "generate_html": False, "generate_yaml": False, "save_iterations": False, "number_of_threads": 1,
        "calculating_second_derivatives": "finite_differences" if case.draws else "analytical",
    }  # fmt: skip
    taste: list[Any] = [Beta(f"b{k}", 0.0, None, None, 0) for k in range(K)]
    if case.draws:
        Z = points(tasks.N, SPREAD, case.spec)
        settings["number_of_draws"] = case.draws
        settings["random_number_generators"] = {
            f"OWN{q}": RandomNumberGeneratorTuple(lambda _N, _R, q=q: Z[:, :, q], "own") for q in range(SPREAD)
        }
        for q in range(SPREAD):
            taste[q] = taste[q] + Beta(f"s{q}", 0.1, None, None, 0) * Draws(f"z{q}", f"OWN{q}")
        data.panel("id")
    utility = {j: sum(taste[k] * Variable(f"x{k}_{j}") for k in range(K)) for j in range(J)}
    choice = Variable("choice")
    formula: Any = loglogit(utility, None, choice)
    if case.draws:
        formula = log(MonteCarlo(PanelLikelihoodTrajectory(logit(utility, None, choice))))

    def run() -> Row:
        found = bio.BIOGEME(data, formula, parameters=Parameters(), **settings).estimate()
        values = found.get_beta_values()
        theta = [abs(values[n]) if n[0] == "s" else values[n] for n in names]
        return {"theta": theta, "loglik": float(found.final_loglikelihood)}

    return run


SIDES: dict[str, Callable[[Case, Tasks], Callable[[], Row]]] = {
    "ours": ours, "numpy": ours, "xlogit": xlogit, "biogeme": biogeme
}  # fmt: skip


def work(who: str, people: int, draws: int, limit: float) -> None:
    """Measure one side on one case; runs in a process of its own."""
    warnings.simplefilter("ignore")
    case = Case(people, draws)
    run = SIDES[who](case, case.tasks())
    if limit > 0:
        signal.signal(signal.SIGXCPU, lambda *_: stopped(limit))
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + limit) + 1, resource.RLIM_INFINITY))
    begun = time.process_time()
    found = run()
    spent = time.process_time() - begun
    print(json.dumps(found | {"cpu_s": spent, "process_s": time.process_time(), "mb": peak_mb()}))


def stopped(limit: float) -> None:
    """Tell what a side that reached its limit has used, and end."""
    print(json.dumps({"ended": False, "cpu_s": limit, "process_s": time.process_time(), "mb": peak_mb()}), flush=True)
    os._exit(0)


def peak_mb() -> float:
    """Return this process's peak; Linux counts that of the process that started it into ru_maxrss."""
    status = Path("/proc/self/status")
    if status.exists():
        return float(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(who: str, case: Case, limit: float = 0.0) -> Row:
    """Return what a worker found; of one that was stopped, the limit."""
    command = [sys.executable, __file__, "--worker", who, str(case.people), str(case.draws), str(limit)]
    kernel = {"HALFSTEP_KERNEL": "numpy"} if who == "numpy" else {}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | ONE_THREAD | kernel)
    if done.returncode:
        raise SystemExit(f"{who} failed:\n{done.stderr[-2000:]}")
    found: Row = json.loads(done.stdout.splitlines()[-1])
    return {"ended": True} | found


def compare(name: str, case: Case, limit: float) -> Row:
    """Return all sides of one case, and ratios to ours."""
    sides = {"ours": measure("ours", case)}
    if case.draws:
        sides["numpy"] = measure("numpy", case)
    for peer in PEERS:
        if find_spec(peer) is not None:
            sides[peer] = measure(peer, case, limit)
    mine = sides["ours"]
    for side in sides.values():
        side["ratios"] = {k: side[k] / max(mine[k], 1e-6) for k in ("cpu_s", "process_s", "mb") if k in side}
        if "theta" in side:
            a, b = np.array(side["theta"]), np.array(mine["theta"])
            side["apart"] = float((np.abs(a - b) / np.maximum(np.abs(b), 1.0)).max())
    return {"case": name, "people": case.people, "draws": case.draws, "sides": sides}


def grow(name: str, cases: list[Case]) -> Row:
    """Return our cost at growing sizes, and the power of size with which it grows."""
    found = [measure("ours", case) for case in cases]
    size = np.log([getattr(case, name) for case in cases])
    steps = [
        {"people": c.people, "draws": c.draws, "each_s": f["cpu_s"] / f["evaluations"]}
        | {k: f[k] for k in ("cpu_s", "mb", "evaluations")}
        for c, f in zip(cases, found, strict=True)
    ]
    power = {k: float(np.polyfit(size, np.log([s[k] for s in steps]), 1)[0]) for k in ("each_s", "cpu_s", "mb")}
    return {"case": name, "steps": steps, "power": power}


def run(names: list[str], limit: float, quick: bool) -> Iterator[Row]:
    """Yield every row of the tables."""
    cases, growth = (QUICK, QUICK_GROWTH) if quick else (CASES, GROWTH)
    for name in names:
        yield compare(name, cases[name], limit) if name in cases else grow(name, growth[name])


def shown(row: Row) -> str:
    """Return the lines of a case."""
    if "steps" in row:
        lines = [
            f"{row['case']:<8}{s['people']:>7} people{s['draws']:>6} draws{s['cpu_s']:>9.2f} s{1000 * s['each_s']:>9.1f} ms an "
            f"evaluation{s['mb']:>8.0f} MB"
            for s in row["steps"]
        ]
        power = row["power"]
        ends = f"power of {row['case']}: an evaluation {power['each_s']:.2f}, all {power['cpu_s']:.2f}, MB {power['mb']:.2f}"
        return "\n".join([*lines, ends])
    lines = []
    for who, side in row["sides"].items():
        least = "" if side["ended"] else ">"
        times = f"{least}{side['cpu_s']:.2f}", f"{least}{side['process_s']:.2f}"
        ratios = "".join(
            f"{least + format(side['ratios'][k], '.1f') if k in side['ratios'] else '-':>9}" for k in ORDER
        )
        apart = format(side["apart"], ".0e") if "apart" in side else "not ended"
        memory = f"{side['mb']:.0f}" if "mb" in side else "-"
        lines.append(f"{row['case']:<8}{who:<9}{times[0]:>10}{times[1]:>10}{memory:>8}{ratios}{apart:>11}")
    return "\n".join(lines)


ORDER = ("cpu_s", "process_s", "mb")
HEAD = f"{'':<17}{'cpu s':>10}{'process s':>10}{'MB':>8}{'cpu x':>9}{'process x':>9}{'MB x':>9}{'apart':>11}"


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--case", action="append", choices=(*CASES, *GROWTH))
    parser.add_argument("--limit", type=float, help="CPU seconds after which a peer is stopped")
    parser.add_argument("--worker", nargs=4, metavar=("WHO", "PEOPLE", "DRAWS", "LIMIT"))
    options = parser.parse_args()
    if options.worker:
        who, people, draws, limit = options.worker
        return work(who, int(people), int(draws), float(limit))
    limit = options.limit or (15.0 if options.quick else 900.0)
    rows = []
    if not options.json:
        print(HEAD)
    for row in run(options.case or [*CASES, *GROWTH], limit, options.quick):
        rows.append(row)
        if not options.json:
            print(shown(row), flush=True)
    if options.json:
        print(json.dumps(rows, indent=1))
    return None


if __name__ == "__main__":
    main()
