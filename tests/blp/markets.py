"""Problems of random-coefficient demand as plain arrays: Nevo's cereals, the cars of 1971-1990, and a small invented one.

The answers PyBLP 1.3 gives on the same arrays are in tests/reference/random_*.json (make_random_answers.py). What a
problem lacks is None. Rows of a market stand together, in the products and in the buyers, and markets ascend.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.blp.coefficients import Coefficient, Form
from halfstep.blp.problem import Problem as Posed
from halfstep.blp.problem import Supply, linear, markets_of
from halfstep.native.layout import Products
from halfstep.numerics.absorb import absorber

__all__ = [
    "Buyers",
    "Problem",
    "cars",
    "cereals",
    "invented",
    "matrix",
    "nested_cereals",
    "posed",
    "stored",
    "theta_of",
]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

REFERENCE = Path(__file__).resolve().parents[1] / "reference"
SALES = REFERENCE.parents[1] / "studies" / "us-cars" / "sales.parquet"


@dataclass(frozen=True, slots=True, eq=False)
class Buyers:
    """Kinds of buyers: market, weight, nodes nu (A, K) and demographics (A, D).

    Weights sum to one in a market; the cars' importance weights to 0.154, as Berry, Levinsohn & Pakes had them.
    """

    market: Codes
    w: Array
    nu: Array
    d: Array
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What an estimator is given.

    Attributes
    ----------
    columns
        Attributes by name. In X1, X2 and X3 "1" is a column of ones, "prices" is p, and "-prices" its negative.
    X1, X2, X3
        Names of columns: with a mean taste, with tastes that differ, of marginal cost (() for no supply side).
    Z, ZS
        Excluded instruments of demand and of supply; the exogenous columns of X1 and X3 go with them.
    absorb
        Effects taken out of the demand side, one array of codes for each way.
    log_cost
        Marginal cost is linear in X3, or its logarithm is.
    """

    market: Codes
    firm: Codes
    product: Codes
    s: Array
    p: Array
    columns: dict[str, Array]
    X1: tuple[str, ...]
    X2: tuple[str, ...]
    Z: Array
    buyers: Buyers
    absorb: tuple[Codes, ...] = ()
    cluster: Codes | None = None
    nest: Codes | None = None
    X3: tuple[str, ...] = ()
    ZS: Array | None = None
    log_cost: bool = False


def matrix(problem: Problem, names: Sequence[str]) -> Array:
    """Return the named columns, shape (n, len(names))."""
    known = {"1": np.ones(len(problem.p)), "prices": problem.p, "-prices": -problem.p} | problem.columns
    return np.column_stack([known[name] for name in names])


def stored(name: str) -> dict[str, Any]:
    """Return a file of answers."""
    found: dict[str, Any] = json.loads((REFERENCE / name).read_text())
    return found


def codes(values: pl.Series) -> Codes:
    return np.unique(values.cast(pl.String).to_numpy().astype(str), return_inverse=True)[1].astype(np.int64)


def cereals(X2: tuple[str, ...] = ("1", "prices", "sugar", "mushy")) -> Problem:
    """Return Nevo's fake cereals: product effects, twenty instruments, 20 buyers in each of 94 markets; city clusters.

    The k-th node goes with the k-th column of X2, whatever it is.
    """
    names = [REFERENCE / f"{name}.parquet" for name in ("nevo", "nevo_buyers")]
    data, who = (pl.read_parquet(name).sort("market", maintain_order=True) for name in names)
    market, product = codes(data["market"]), codes(data["product"])
    demographics = ("income", "income_squared", "age", "child")
    return Problem(
        market=market,
        firm=data["product"].str.slice(1, 1).cast(pl.Int64).to_numpy(),
        product=product,
        s=data["share"].to_numpy(),
        p=data["price"].to_numpy(),
        columns={name: data[name].cast(pl.Float64).to_numpy() for name in ("sugar", "mushy")},
        X1=("prices",),
        X2=X2,
        Z=data.select([f"z{k}" for k in range(20)]).to_numpy(),
        buyers=Buyers(
            market=codes(who["market"]),
            w=who["w"].to_numpy(),
            nu=who.select([f"nu{k}" for k in range(len(X2))]).to_numpy(),
            d=who.select(demographics).to_numpy(),
            names=demographics,
        ),
        absorb=(product,),
        cluster=codes(data["market"].str.slice(0, 3)),
    )


def nested_cereals() -> Problem:
    """Return the cereals nested by mushiness, no effects; tastes for the constant and price, size of the nest beside Z."""
    plain = cereals(("1", "prices"))
    nest = plain.columns["mushy"].astype(np.int64)
    key = plain.market * 2 + nest
    return replace(
        plain, X1=("1", "prices", "sugar"), absorb=(), nest=nest, Z=np.column_stack([plain.Z, np.bincount(key)[key]])
    )


def rivals(problem: Problem, X: Array) -> Array:
    """Return sums of X over the firm's other products in the market, then over other firms' products."""
    together = np.stack([problem.market, problem.firm], axis=1)
    owner = np.unique(together, axis=0, return_inverse=True)[1].ravel()

    def sums(key: Codes) -> Array:
        return np.column_stack([np.bincount(key, x)[key] for x in X.T])

    own = sums(owner)
    return np.column_stack([own - X, sums(problem.market) - own])


def cars() -> Problem:
    """Return the problem of Berry, Levinsohn & Pakes (1995): supply with log cost, price over income, model clusters.

    The instruments are made here: they equal PyBLP's own columns to 1e-13. Of the rivals' sums the trend's is
    collinear, and mpd takes its place.
    """
    data, who = pl.read_parquet(SALES), pl.read_parquet(REFERENCE / "cars_buyers.parquet")
    columns = {name: data[name].cast(pl.Float64).to_numpy() for name in ("hpwt", "air", "mpd", "mpg", "space")}
    columns |= {f"log_{name}": np.log(columns[name]) for name in ("hpwt", "mpg", "space")}
    columns["trend"] = data["year"].cast(pl.Float64).to_numpy() - 1971
    nu = who.select([f"nu{k}" for k in range(5)]).to_numpy()
    bare = Problem(
        market=codes(data["year"]),
        firm=data["firm"].cast(pl.Int64).to_numpy(),
        product=data["car_id"].cast(pl.Int64).to_numpy(),
        s=data["share"].to_numpy(),
        p=data["price"].to_numpy(),
        columns=columns,
        X1=("1", "hpwt", "air", "mpd", "space"),
        X2=("1", "prices", "hpwt", "air", "mpd", "space"),
        Z=np.empty((data.height, 0)),
        buyers=Buyers(
            market=codes(who["market"]),
            w=who["w"].to_numpy(),
            nu=np.insert(nu, 1, 0.0, axis=1),
            d=1 / who["income"].to_numpy()[:, None],
            names=("per_income",),
        ),
        cluster=codes(data["model"]),
        X3=("1", "log_hpwt", "air", "log_mpg", "log_space", "trend"),
        log_cost=True,
    )
    of_cost = rivals(bare, matrix(bare, bare.X3))
    of_cost = np.column_stack([of_cost[:, :11], columns["mpd"]])
    return replace(bare, Z=rivals(bare, matrix(bare, ("1", "hpwt", "air", "mpd"))), ZS=of_cost)


def invented() -> Problem:
    """Return twelve small uneven markets with linear cost, kept in random_invented.json: p and s are an equilibrium's."""
    data = stored("random_invented.json")["table"]
    rows, who = ({k: np.array(v) for k, v in data[part].items()} for part in ("products", "buyers"))
    names = ("x", "y", "w", "v")
    bare = Problem(
        market=rows["market"],
        firm=rows["firm"],
        product=np.arange(len(rows["market"])),
        s=rows["s"],
        p=rows["p"],
        columns={name: rows[name] for name in names},
        X1=("1", "prices", "x", "y"),
        X2=("1", "prices", "x"),
        Z=np.empty((len(rows["market"]), 0)),
        buyers=Buyers(
            market=who["market"],
            w=who["w"],
            nu=np.column_stack([who[f"nu{k}"] for k in range(3)]),
            d=np.column_stack([who["d0"], who["d1"]]),
            names=("d0", "d1"),
        ),
        X3=("1", "x", "w", "v"),
    )
    others = rivals(bare, matrix(bare, ("1", "x", "y")))
    shifters = matrix(bare, ("w", "v"))
    return replace(
        bare, Z=np.column_stack([shifters, shifters**2, others]), ZS=np.column_stack([matrix(bare, ("y",)), others])
    )


def theta_of(point: dict[str, Any]) -> Array:
    """Return a stored point's parameters in their one order: sigma and pi row by row, then rho or the price's mean."""
    sigma, pi = np.array(point["sigma"]), np.array(point.get("pi", []))
    rest = [point[name] for name in ("rho", "price") if name in point]
    parts = [sigma[np.tril_indices(len(sigma))], pi.ravel()]
    return np.concatenate([*(part[part != 0] for part in parts), rest])


def posed(problem: Problem, point: dict[str, Any], floor: float = -np.inf) -> Posed:
    """Return the estimator's own problem; what is free in sigma and pi is what is not zero in the stored point.

    "-prices" stands for a lognormal price taste with a minus before it.
    """
    sigma, pi = np.array(point["sigma"]), np.array(point.get("pi", [[]] * len(problem.X2)))
    names, who, side = [n.removeprefix("-") for n in problem.X2], problem.buyers, bool(problem.X3)
    coefficients = tuple(
        Coefficient(
            column=k,
            nodes=tuple(np.flatnonzero(sigma[k]).tolist()),
            demographics=tuple(np.flatnonzero(pi[k]).tolist()),
            mean=name == "prices" and "price" in point,
            distribution="lognormal" if name.startswith("-") else "normal",
            sign=-1.0 if name.startswith("-") else 1.0,
        )
        for k, name in enumerate(problem.X2)
    )
    X1 = tuple(name for name in problem.X1 if name != "prices" or not side)
    absorb = absorber(*problem.absorb) if problem.absorb else None
    supply = None
    if side:
        assert problem.ZS is not None
        X3 = matrix(problem, problem.X3)
        stage = linear(X3, problem.ZS, np.zeros(X3.shape[1], dtype=np.bool_))
        supply = Supply(stage, problem.log_cost, floor)
    return Posed(
        markets=markets_of(problem.market, who.market, who.w),
        products=Products(matrix(problem, names), np.log(problem.s), problem.nest),
        p=problem.p,
        firm=problem.firm,
        cluster=problem.cluster,
        nodes=np.ascontiguousarray(who.nu.T),
        demographics=np.ascontiguousarray(who.d.T),
        form=Form(coefficients, nested="rho" in point),
        demand=linear(matrix(problem, X1), problem.Z, np.array([n == "prices" for n in X1]), absorb),
        price=(names.index("prices"), X1.index("prices") if "prices" in X1 else None),
        supply=supply,
    )
