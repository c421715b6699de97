"""What the uncertainty of a random-coefficients estimate costs, on Nevo's cereals (one step, robust), in CPU seconds.

    python benchmarks/random_draws.py [--quick] [--json]

- "starts": searches from drawn starts (`halfstep.blp.starts.drawn_starts`), and how many end at the published objective.
- "parametric": draws of theta and beta from their normal law, each inverted anew, costs taken from prices, and the prices that
  clear after firms 2 and 1 merge; draws without an equilibrium are counted.
- "re-estimated": whole re-estimations under exponential weights of markets.

PyBLP's own draws are not run here: 20 parametric ones with a merger took it 20 s, so a thousand about 1,000.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

for name in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402

from halfstep.blp.equilibrium import CLEARED, clear  # noqa: E402
from halfstep.blp.estimate import Fit, Options, estimate  # noqa: E402
from halfstep.blp.evaluate import Point, price_taste, tastes_at  # noqa: E402
from halfstep.blp.resample import Law, Resampled, parametric, reestimated  # noqa: E402
from halfstep.blp.starts import drawn_starts  # noqa: E402
from halfstep.native import kernel  # noqa: E402
from halfstep.native.scene import Pay, Scene  # noqa: E402
from tests.blp.markets import cereals, posed, stored, theta_of  # noqa: E402

Array = npt.NDArray[np.float64]

PUBLISHED = 4.5615
SEED = 20250604


def merged(fit: Fit, firms: tuple[int, int], point: Point, draw: Array) -> Array:
    """Return beta and the mean price change of a merger at a draw; NaN where some market has no equilibrium."""
    problem = fit.problem
    theta, beta = point.theta, float(draw[-1])
    at = replace(point, theta=theta)
    tastes = tastes_at(problem, theta)
    price = price_taste(problem, tastes, slice(0, len(problem.markets.w)), beta)
    firm, everything = problem.firm, np.zeros(problem.N, dtype=np.bool_)
    none = replace(tastes, G=tastes.G[:0], column=tastes.column[:0])
    flat = (price[0], price[1][:0])
    eta = kernel().markups(problem.markets, problem.products, none, (at.delta, at.D[:, :0]), flat, firm).eta
    left = [0, 2, 3]
    scene = Scene(
        problem.markets, np.ascontiguousarray(problem.products.X[:, left]), np.ascontiguousarray(tastes.B[left]),
        point.delta - beta * problem.p, price[0], problem.p - eta, np.where(firm == firms[0], firms[1], firm), everything,
        Pay.plain(problem.N),
    )  # fmt: skip
    cleared = clear(scene, problem.p)
    if (cleared.status != CLEARED).any():
        return np.array([beta, np.nan])
    return np.array([beta, (cleared.p - problem.p).mean()])


def timed(call: Any) -> tuple[float, Any]:
    """Return CPU seconds and the result."""
    begun = time.process_time()
    found = call()
    return time.process_time() - begun, found


def spread(found: Resampled, k: int) -> dict[str, float]:
    """Return median and 90% interval of a column."""
    lo, hi = found.interval(0.9)
    return {"median": float(np.median(found.values[:, k])), "lo": float(lo[k]), "hi": float(hi[k])}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    starts, draws, again = (10, 50, 10) if chosen.quick else (100, 1000, 200)
    rng = np.random.default_rng(SEED)
    answer = stored("random_nevo.json")["1s"]
    problem = posed(replace(cereals(), cluster=None), answer)
    fit = estimate(problem, theta_of(answer)[None], Options(steps="one"))
    was, now = answer["after"]["merger"]["firms"]
    firms = (int(was), int(now))
    found: list[dict[str, Any]] = []
    cpu, many = timed(lambda: estimate(problem, drawn_starts(problem, starts, rng), Options(steps="one")))
    reached = sum(end.converged and abs(end.value - PUBLISHED) < 5e-5 for end in many.steps[0].optima)
    found.append({"case": "starts", "runs": starts, "cpu_s": cpu, "reached": reached})
    law = (Law.at(fit), (draws, rng))
    cpu, drawn = timed(
        lambda: parametric(problem, fit.point, *law, lambda point, draw: merged(fit, firms, point, draw))
    )
    found.append({"case": "parametric", "runs": draws, "cpu_s": cpu, "failed": drawn.failed} | spread(drawn, 0))
    priced = drawn.values[np.isfinite(drawn.values[:, 1])]
    lost = Resampled(priced, draws - len(priced))
    found.append({"case": "merger price change", "runs": draws, "cpu_s": cpu, "failed": lost.failed} | spread(lost, 1))
    market = np.repeat(np.arange(problem.markets.T), np.diff(problem.markets.row))
    cpu, whole = timed(lambda: reestimated(fit, (again, rng), market))
    found.append({"case": "re-estimated", "runs": again, "cpu_s": cpu, "failed": whole.failed} | spread(whole, -1))
    beta, se = float(fit.beta[0]), float(fit.se[-1])
    sandwich = {"median": beta, "lo": beta - 1.645 * se, "hi": beta + 1.645 * se}
    found.append({"case": "sandwich", "runs": 1, "cpu_s": 0.0, "failed": 0} | sandwich)
    if chosen.json:
        print(json.dumps({"kernel": kernel().name, "rows": found}, indent=1))
        return
    print(f"kernel: {kernel().name}")
    for row in found:
        print("  ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()))


if __name__ == "__main__":
    main()
