"""Make optimal_instruments.json by running PyBLP (extra `bench`): python tests/reference/make_optimal_instruments.py

Approximate optimal instruments by compute_optimal_instruments(method="approximate"):

- `cereals`: Nevo's fake cereals at their estimates, expected prices projected on the instruments; some rows;
- `linear`, `log`: eight small invented markets with supply, expected prices those that clear; all rows, data included.
"""

from __future__ import annotations

import json
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

warnings.simplefilter("ignore")
import pyblp  # noqa: E402

Array = npt.NDArray[np.float64]

HERE = Path(__file__).resolve().parent
EVERY = 150
SIGMA = (0.5580935626454306, 3.31248885452186, -0.005783551756629365, 0.09341446981400699)
PI = (
    (2.29197146091168, 0.0, 1.284432013832397, 0.0),
    (588.3250893814268, -30.192012773153184, 0.0, 11.054628070556783),
    (-0.3849540731781914, 0.0, 0.052234270488810304, 0.0),
    (0.7483722994764781, 0.0, -1.3533932310490715, 0.0),
)
RETURN = pyblp.Optimization("return")
TIGHT = pyblp.Iteration("squarem", {"atol": 1e-14})
SIZES, BUYERS, ALPHA, SPREADS = (4, 5, 3, 6, 4, 2, 5, 4), 12, -3.0, (0.7, 0.4)


def cereals() -> dict[str, object]:
    products, agents = (pd.read_csv(p) for p in (pyblp.data.NEVO_PRODUCTS_LOCATION, pyblp.data.NEVO_AGENTS_LOCATION))
    formulas = (
        pyblp.Formulation("0 + prices", absorb="C(product_ids)"),
        pyblp.Formulation("1 + prices + sugar + mushy"),
    )
    who = pyblp.Formulation("0 + income + income_squared + age + child")
    problem = pyblp.Problem(formulas, products, who, agents)
    results = problem.solve(np.diag(SIGMA), np.array(PI), method="1s", optimization=RETURN, iteration=TIGHT)
    found = results.compute_optimal_instruments(method="approximate")
    keys = products[["market_ids", "product_ids"]].to_numpy().tolist()
    return {
        "labels": results.theta_labels,
        "sigma": SIGMA,
        "pi": PI,
        "beta": float(results.beta.item()),
        "rows": keys[::EVERY],
        "prices": found.expected_prices.ravel()[::EVERY].tolist(),
        "shares": found.expected_shares.ravel()[::EVERY].tolist(),
        "instruments": found.demand_instruments[::EVERY].tolist(),
        "squares": (found.demand_instruments**2).sum(0).tolist(),
    }


def invented(seed: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    n = sum(SIZES)
    rows = pd.DataFrame({"market_ids": np.repeat(np.arange(len(SIZES)), SIZES), "firm_ids": rng.integers(0, 3, n)})
    rows["x"], rows["w"], rows["prices"] = (
        rng.normal(size=n).round(3),
        rng.random(n).round(3),
        1 + rng.random(n).round(3),
    )
    rows["shares"] = np.concatenate([rng.dirichlet(np.full(j + 1, 4.0))[:j] for j in SIZES])
    for name in ("demand_instruments", "supply_instruments"):
        for k in range(3):
            rows[f"{name}{k}"] = rng.normal(size=n).round(3)
    who = pd.DataFrame({"market_ids": np.repeat(np.arange(len(SIZES)), BUYERS)})
    who["weights"] = np.concatenate([rng.dirichlet(np.full(BUYERS, 5.0)) for _ in SIZES])
    for name in ("nodes0", "nodes1"):
        who[name] = rng.normal(size=len(who)).round(3)
    return rows, who


def priced(rows: pd.DataFrame, who: pd.DataFrame, kind: str) -> dict[str, object]:
    formulas = tuple(pyblp.Formulation(f) for f in ("1 + prices + x", "1 + prices", "1 + x + w"))
    problem = pyblp.Problem(formulas, rows, agent_data=who, costs_type=kind)
    results = problem.solve(
        np.diag(SPREADS), beta=[None, ALPHA, None], method="1s", optimization=RETURN, iteration=TIGHT,
        costs_bounds=(0.001, None) if kind == "log" else None,
    )  # fmt: skip
    found = results.compute_optimal_instruments(
        method="approximate", iteration=pyblp.Iteration("simple", {"atol": 1e-14})
    )
    arrays = {
        "beta": results.beta, "gamma": results.gamma, "xi": results.xi, "omega": results.omega,
        "prices": found.expected_prices, "shares": found.expected_shares,
    }  # fmt: skip
    tables = {"demand": found.demand_instruments, "supply": found.supply_instruments}
    tables |= {"D": found.expected_xi_by_theta_jacobian, "Y": found.expected_omega_by_theta_jacobian}
    told: dict[str, object] = {"labels": results.theta_labels}
    return told | {k: a.ravel().tolist() for k, a in arrays.items()} | {k: a.tolist() for k, a in tables.items()}


def main() -> None:
    pyblp.options.verbose = False
    rows, who = invented()
    found = {
        "made_by": "tests/reference/make_optimal_instruments.py",
        "versions": {name: version(name) for name in ("numpy", "pandas", "pyblp")},
        "cereals": cereals(),
        "alpha": ALPHA,
        "spreads": SPREADS,
        "rows": {name: rows[name].tolist() for name in ("market_ids", "firm_ids", "x", "w")},
        "buyers": {name: who[name].tolist() for name in who.columns},
        "linear": priced(rows, who, "linear"),
        "log": priced(rows, who, "log"),
    }
    (HERE / "optimal_instruments.json").write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
