"""Make weights.json with pysyncon and causaldata (extra `bench`): python tests/reference/make_weights.py

Prisons of Texas: black men in prison, 51 states, 1985-2000; Texas built prisons in 1993 (Cunningham (2021), Causal
Inference: The Mixtape, chapter 10, whose weights of four states are kept as printed). The table is `texas` (Cunningham &
Kang) as causaldata ships it (MIT licence). Stored are that chapter's fourteen predictors, each divided by its
standard deviation and multiplied by the square root of its weight in the fit that pysyncon finds, and the weights of the
states: simplex least squares with given predictors, solved once more by SLSQP on its own. Both must agree to 0.002 with
each other and to 0.003 with print before anything is written. Takes ten minutes.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from causaldata import texas
from pysyncon import Dataprep, Synth
from scipy.optimize import minimize

Array = npt.NDArray[np.float64]

HERE = Path(__file__).resolve().parent
PRINTED = {"California": 0.408, "Florida": 0.109, "Illinois": 0.360, "Louisiana": 0.122}
SPECIAL = [("bmprison", [year], "mean") for year in (1988, 1990, 1991, 1992)]
SPECIAL += [("alcohol", [1990], "mean"), ("aidscapita", [1990], "mean"), ("aidscapita", [1991], "mean")]
SPECIAL += [("black", [year], "mean") for year in (1990, 1991, 1992)] + [("perc1519", [1990], "mean")]


def again(columns: Array, target: Array) -> Array:
    """Solve simplex least squares by SLSQP."""
    n, square, right = columns.shape[1], columns.T @ columns, columns.T @ target
    found = minimize(
        lambda w: w @ square @ w - 2 * right @ w,
        np.full(n, 1 / n),
        jac=lambda w: 2 * (square @ w - right),
        bounds=[(0, 1)] * n,
        method="SLSQP",
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(n)},
        options={"ftol": 1e-16, "maxiter": 2000},
    )
    return np.asarray(found.x)


def main() -> None:
    data = texas.load_pandas().data.astype({"year": int})
    states = sorted(set(data["state"]) - {"Texas"})
    table = Dataprep(
        foo=data,
        predictors=["income", "ur", "poverty"],
        predictors_op="mean",
        time_predictors_prior=range(1985, 1994),
        special_predictors=SPECIAL,
        dependent="bmprison",
        unit_variable="state",
        time_variable="year",
        treatment_identifier="Texas",
        controls_identifier=states,
        time_optimize_ssr=range(1985, 1994),
    )
    fit = Synth()
    fit.fit(dataprep=table, optim_method="BFGS", optim_initial="ols")
    donors, unit = table.make_covariate_mats()
    root = np.sqrt(np.asarray(fit.V)) / pd.concat([donors, unit], axis=1).std(axis=1).to_numpy()
    columns, target = root[:, None] * donors[states].to_numpy(), root * unit.to_numpy()
    theirs = fit.weights(round=12, threshold=None)[states].to_numpy()
    weights = again(columns, target)
    printed = [PRINTED.get(state, 0.0) for state in states]
    apart = float(np.abs(weights - theirs).max()), float(np.abs(weights - printed).max())
    if apart[0] > 0.002 or apart[1] > 0.003:
        raise SystemExit(f"pysyncon, SLSQP and print disagree: {apart}")
    answers = {"made_by": {name: version(name) for name in ("pysyncon", "causaldata", "scipy")}, "printed": PRINTED}
    answers |= {"states": states, "weights": weights.tolist(), "pysyncon": theirs.tolist()}
    answers |= {"target": target.tolist(), "columns": columns.tolist()}
    (HERE / "weights.json").write_text(json.dumps(answers) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
