"""Makes equilibrium.json with PyBLP 1.3: two cities of Nevo's cereals and 1974's cars, at the stored estimates.

Each scene carries its arrays, so that no inversion stands between it and PyBLP's elasticities, diversion ratios, costs,
surplus and prices after a merger. PyBLP's fixed point of prices runs to 1e-13 here; at its default its prices of cars are off by up to 1e-5.

    python -m tests.reference.make_equilibrium
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

warnings.simplefilter("ignore")
import pyblp  # noqa: E402

FOLDER = Path(__file__).parent
TIGHT = pyblp.Iteration("simple", {"atol": 1e-13, "max_evaluations": 1000})
Array = npt.NDArray[np.float64]


def cereals() -> tuple[Any, Any, pd.DataFrame, pd.DataFrame]:
    products, buyers = pd.read_csv(pyblp.data.NEVO_PRODUCTS_LOCATION), pd.read_csv(pyblp.data.NEVO_AGENTS_LOCATION)
    problem = pyblp.Problem(
        (pyblp.Formulation("0 + prices", absorb="C(product_ids)"), pyblp.Formulation("1 + prices + sugar + mushy")),
        products,
        pyblp.Formulation("0 + income + income_squared + age + child"),
        buyers,
    )
    at = json.loads((FOLDER / "random_nevo.json").read_text())["1s"]
    return problem, at, products, buyers


def cars() -> tuple[Any, Any, pd.DataFrame, pd.DataFrame]:
    products, buyers = pd.read_csv(pyblp.data.BLP_PRODUCTS_LOCATION), pd.read_csv(pyblp.data.BLP_AGENTS_LOCATION)
    problem = pyblp.Problem(
        (
            pyblp.Formulation("1 + hpwt + air + mpd + space"),
            pyblp.Formulation("1 + prices + hpwt + air + mpd + space"),
            pyblp.Formulation("1 + log(hpwt) + air + log(mpg) + log(space) + trend"),
        ),
        products,
        pyblp.Formulation("0 + I(1 / income)"),
        buyers,
        costs_type="log",
    )
    at = json.loads((FOLDER / "random_cars.json").read_text())["2s"]
    return problem, at, products, buyers


def scenes(made: tuple[Any, Any, pd.DataFrame, pd.DataFrame], markets: list[Any], firms: tuple[int, int]) -> list[Any]:
    problem, at, products, buyers = made
    supply = {"gamma": np.array(at["gamma"]), "costs_bounds": (0.001, None)} if "gamma" in at else {}
    solved = problem.solve(
        np.array(at["sigma"]), np.array(at["pi"]), beta=np.array(at["beta"]), method="1s",
        optimization=pyblp.Optimization("return"), check_optimality="gradient", **supply,
    )  # fmt: skip
    was, now = firms
    owner = products.firm_ids.to_numpy()
    owner_after = np.where(owner == was, now, owner)
    costs = solved.compute_costs()
    prices = solved.compute_prices(owner_after, costs=costs, iteration=TIGHT)
    shares = solved.compute_shares(prices)
    sigma, nodes = np.array(at["sigma"]), np.asarray(problem.agents.nodes)
    sigma = sigma[:, sigma.any(axis=0)] if sigma.shape[1] != nodes.shape[1] else sigma
    tastes = sigma @ nodes.T + np.array(at["pi"]) @ np.asarray(problem.agents.demographics).T
    mean = 0.0 if "gamma" in at else at["beta"][0]
    out = []
    for t in markets:
        rows, who = (products.market_ids == t).to_numpy(), (buyers.market_ids == t).to_numpy()
        p = products.prices.to_numpy()[rows]
        surplus = (
            solved.compute_consumer_surpluses(market_id=t),
            solved.compute_consumer_surpluses(prices[rows], market_id=t),
        )
        out.append({
            "market": str(t), "w": listed(np.asarray(problem.agents.weights)[who, 0]),
            "X": listed(np.delete(np.asarray(problem.products.X2)[rows], 1, axis=1)),
            "B": listed(np.delete(tastes[:, who], 1, axis=0)), "alpha": listed(tastes[1, who] + mean),
            "base": listed(solved.delta[rows, 0] - mean * p), "p": listed(p), "firm": owner[rows].tolist(),
            "firm_after": owner_after[rows].tolist(), "s": listed(products.shares.to_numpy()[rows]),
            "costs": listed(costs[rows, 0]), "p_after": listed(prices[rows, 0]), "s_after": listed(shares[rows, 0]),
            "surplus": float(surplus[0].item()), "surplus_after": float(surplus[1].item()),
            "elasticities": listed(solved.compute_elasticities(market_id=t)[:8]),
            "diversion": listed(solved.compute_diversion_ratios(market_id=t)[:8]),
        })  # fmt: skip
    return out


def listed(values: Array) -> Any:
    return np.asarray(values).tolist()


def main() -> None:
    pyblp.options.verbose = False
    record = {
        "made_by": "tests/reference/make_equilibrium.py",
        "versions": {"pyblp": pyblp.__version__, "numpy": np.__version__},
        "scenes": scenes(cereals(), ["C01Q1", "C61Q2"], (2, 1)) + scenes(cars(), [1974], (16, 19)),
    }
    (FOLDER / "equilibrium.json").write_text(json.dumps(record, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
