"""Make micro.json by running PyBLP (extra `bench`): python tests/reference/make_micro.py

A small invented problem (seven markets, two tastes that differ, two demographics, two surveys), plain and with nests: the
moments' values, slopes and covariance at one theta, and the GMM objective there with its weight matrix.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

warnings.simplefilter("ignore")
import pyblp  # noqa: E402

Array = npt.NDArray[np.float64]

HERE = Path(__file__).resolve().parent
SIZES, BUYERS = (4, 6, 3, 5, 4, 6, 2), 9
SIGMA, PI, RHO = (0.8, 0.5), (0.6, -0.4), 0.35
OMEGA = {"buyers": (1.0, 0.5, 0.0, 2.0, 1.0, 1.5, 0.7), "second": (0.0, 1.0, 1.0, 0.3, 1.0, 1.0, 2.0)}
OBSERVED, N_BUYERS, N_SECOND = 0.3, 900, 400


def tables(seed: int = 5) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    t, n = np.repeat(np.arange(len(SIZES)), SIZES), sum(SIZES)
    rows = pd.DataFrame({"market_ids": t, "firm_ids": rng.integers(0, 3, n), "x": rng.normal(size=n).round(3)})
    rows["prices"] = rng.uniform(0.5, 2, n).round(3)
    rows["shares"] = np.concatenate([rng.dirichlet(np.full(j + 1, 4.0))[:j] for j in SIZES])
    rows["nesting_ids"] = np.arange(n) % 2
    rows["first"], rows["second"] = rng.random(n) < 0.6, rng.random(n) < 0.5
    for k in range(4):
        rows[f"demand_instruments{k}"] = rng.normal(size=n).round(3)
    who = pd.DataFrame({"market_ids": np.repeat(np.arange(len(SIZES)), BUYERS)})
    who["weights"] = np.concatenate([rng.dirichlet(np.full(BUYERS, 5.0)) for _ in SIZES])
    for name in ("nodes0", "nodes1", "y0", "y1"):
        who[name] = rng.normal(size=len(who)).round(3)
    return rows, who


def group(rows: pd.DataFrame, name: str) -> Callable[[str], Array]:
    """Return whether each product of a market is in a group."""
    if name == "any":
        return lambda t: np.ones((rows["market_ids"] == t).sum())
    return lambda t: rows.loc[rows["market_ids"] == t, name].to_numpy(dtype=np.float64)


def first_choices(rows: pd.DataFrame) -> list[pyblp.MicroMoment]:
    """Return moments of one survey of everybody, as ratios of parts; the last two are the groups' probabilities."""
    asked = pyblp.MicroDataset(
        "buyers", N_BUYERS, lambda t, p, a: np.full((a.size, 1 + p.size), OMEGA["buyers"][int(t)])
    )

    def part(
        name: str, inside: Callable[[str], Array], y: int | None, x: bool, nothing: bool = False
    ) -> pyblp.MicroPart:
        def values(t: str, p: pd.DataFrame, a: pd.DataFrame) -> Array:
            own = np.r_[float(nothing), inside(t) * (p.X2[:, 1] if x else 1.0)]
            return np.asarray(np.outer(np.ones(a.size) if y is None else a.demographics[:, y], own))

        return pyblp.MicroPart(name, asked, values)

    g, everything = group(rows, "first"), group(rows, "any")
    one_g, one_any = part("g", g, None, False), part("any", everything, None, False)
    none = part("none", lambda t: 0 * everything(t), None, False, True)
    ratio = {"compute_value": lambda v: v[0] / v[1], "compute_gradient": lambda v: [1 / v[1], -v[0] / v[1] ** 2]}
    spread = {
        "compute_value": lambda v: v[0] / v[3] - v[1] * v[2] / v[3] ** 2,
        "compute_gradient": lambda v: [
            1 / v[3], -v[2] / v[3] ** 2, -v[1] / v[3] ** 2, -v[0] / v[3] ** 2 + 2 * v[1] * v[2] / v[3] ** 3,
        ],
    }  # fmt: skip
    cov = [part("xy", g, 1, True), part("x", g, None, True), part("y", g, 1, False), one_g]
    return [
        pyblp.MicroMoment("mean in g", OBSERVED, [part("y0 g", g, 0, False), one_g], **ratio),
        pyblp.MicroMoment("product", OBSERVED, [part("xy any", everything, 0, True), one_any], **ratio),
        pyblp.MicroMoment("mean, none", OBSERVED, [part("y0 none", lambda t: 0 * everything(t), 0, False, True), none], **ratio),
        pyblp.MicroMoment("covariance", OBSERVED, cov, **spread),
        *(pyblp.MicroMoment(f"share {p.name}", OBSERVED, p) for p in (one_g, one_any, none)),
    ]  # fmt: skip


def cells(buyers: int, first: Array, second: Array) -> Array:
    return np.asarray(np.ones((buyers, 1, 1)) * np.outer(first, second))


def second_choices(rows: pd.DataFrame) -> list[pyblp.MicroMoment]:
    """Return second choices out of group first: into group second, into nothing; and among those who named a product."""
    g, h = group(rows, "first"), group(rows, "second")

    def weights(t: str, p: pd.DataFrame, a: pd.DataFrame) -> Array:
        return cells(a.size, OMEGA["second"][int(t)] * g(t), np.ones(1 + p.size))

    def inside(t: str, p: pd.DataFrame, a: pd.DataFrame) -> Array:
        return weights(t, p, a)[:, :, 1:]

    def into(t: str, p: pd.DataFrame, a: pd.DataFrame) -> Array:
        return cells(a.size, np.ones(p.size), np.r_[0.0, h(t)])

    def nothing(t: str, p: pd.DataFrame, a: pd.DataFrame) -> Array:
        return cells(a.size, np.ones(p.size), np.r_[1.0, 0 * h(t)])

    every = pyblp.MicroDataset("second", N_SECOND, weights)
    named = pyblp.MicroDataset("second named", N_SECOND, inside)
    return [
        pyblp.MicroMoment("g to h", OBSERVED, pyblp.MicroPart("h", every, into)),
        pyblp.MicroMoment("g to none", OBSERVED, pyblp.MicroPart("0", every, nothing)),
        pyblp.MicroMoment(
            "g to h, named", OBSERVED, pyblp.MicroPart("h named", named, lambda t, p, a: into(t, p, a)[:, :, 1:])
        ),
    ]


def answers(rows: pd.DataFrame, who: pd.DataFrame, nested: bool) -> dict[str, object]:
    formulas = (pyblp.Formulation("1 + prices + x"), pyblp.Formulation("1 + x"))
    data = rows if nested else rows.drop(columns="nesting_ids")
    problem = pyblp.Problem(formulas, data, pyblp.Formulation("0 + y0 + y1"), who)
    moments = first_choices(rows)
    shares, moments = moments[-3:], [*moments[:-3], *second_choices(rows)]

    def solved(chosen: list[pyblp.MicroMoment]) -> pyblp.ProblemResults:
        return problem.solve(
            sigma=np.diag(SIGMA), pi=np.diag(PI), rho=RHO if nested else None, micro_moments=chosen, method="1s",
            optimization=pyblp.Optimization("return"), iteration=pyblp.Iteration("squarem", {"atol": 1e-14}),
        )  # fmt: skip

    found, held = solved(moments), solved([*moments[:1], *shares])
    return {
        "labels": found.theta_labels,
        "values": found.micro_values.ravel().tolist(),
        "slopes": (-found.micro_by_theta_jacobian).tolist(),
        "covariance": found.micro_covariances.tolist(),
        "held": held.micro_values.ravel()[1:].tolist(),
        "objective": float(found.objective.item()),
        "W": found.W.tolist(),
        "beta": found.beta.ravel().tolist(),
        "delta": found.delta.ravel().tolist(),
    }


def main() -> None:
    pyblp.options.verbose = False
    pyblp.options.detect_micro_collinearity = False
    rows, who = tables()
    found = {
        "made_by": "tests/reference/make_micro.py",
        "versions": {name: version(name) for name in ("numpy", "pandas", "pyblp")},
        "theta": [*SIGMA, *PI, RHO],
        "observed": OBSERVED,
        "observations": [N_BUYERS, N_SECOND],
        "omega": OMEGA,
        "rows": {name: rows[name].to_numpy().tolist() for name in rows.columns},
        "buyers": {name: who[name].to_numpy().tolist() for name in who.columns},
        "plain": answers(rows, who, False),
        "nested": answers(rows, who, True),
    }
    (HERE / "micro.json").write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
