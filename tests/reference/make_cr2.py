"""Make cr2_us_cars.json from the formulas alone, every matrix dense: python tests/reference/make_cr2.py

For rows scaled by the root of their weight, M = I - H, clusters g and a functional a'y:

- adjustment matrix B_g = (M_gg)^(-1/2), the symmetric root on the range of M_gg (Bell & McCaffrey 2002; Pustejovsky &
  Tipton 2018, their equation for an identity working covariance);
- covariance of functionals k and l: sum over g of (a_gk' B_g e_g)(a_gl' B_g e_g);
- degrees of freedom: with P the matrix whose column g is M[:, g] B_g a_g, tr(P'P)^2 / |P'P|_F^2 (Imbens & Kolesar
  2016, section IV, independent errors of equal variance).

The rows are the US cars of 1983 to 1990, log price on the four attributes with year and brand effects, clusters = model
id; some brands have a single model, so that clusters fill cells. Equal weights and sales weights. Functionals: the four
attribute prices, and Acura against BMW.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

Array = npt.NDArray[np.float64]

HERE = Path(__file__).resolve().parent
FIRST = 1983


def dummies(values: pl.Series) -> tuple[Array, list[str]]:
    names, codes = np.unique(values.cast(pl.String).to_numpy().astype(str), return_inverse=True)
    return np.eye(len(names))[codes], names.tolist()


def cr2(Z: Array, y: Array, w: Array, cluster: npt.NDArray[np.str_], combinations: Array) -> dict[str, object]:
    root = np.sqrt(w)
    scaled = Z * root[:, None]
    inverse = np.linalg.pinv(scaled, rcond=1e-11)
    M = np.eye(len(y)) - scaled @ inverse
    e = M @ (root * y)
    a = inverse.T @ combinations
    groups = [np.flatnonzero(cluster == name) for name in np.unique(cluster)]
    scores = np.zeros((len(groups), combinations.shape[1]))
    P = np.zeros((combinations.shape[1], len(y), len(groups)))
    for g, rows in enumerate(groups):
        values, vectors = np.linalg.eigh(M[np.ix_(rows, rows)])
        keep = values > 1e-9
        B = vectors[:, keep] / np.sqrt(values[keep]) @ vectors[:, keep].T
        adjusted = B @ a[rows]
        scores[g] = adjusted.T @ e[rows]
        P[:, :, g] = (M[:, rows] @ adjusted).T
    freedom = [float(np.trace(p.T @ p) ** 2 / ((p.T @ p) ** 2).sum()) for p in P]
    value = combinations.T @ inverse @ (root * y)
    return {"value": value.tolist(), "covariance": (scores.T @ scores).tolist(), "freedom": freedom}


def main() -> None:
    data = pl.read_parquet(HERE.parents[1] / "studies" / "us-cars" / "sales.parquet")
    data = data.filter(pl.col("year") >= FIRST)
    X = data.select(pl.col("hpwt").log(), pl.col("air").cast(pl.Float64), pl.col("mpg").log(), pl.col("space").log())
    years, _ = dummies(data["year"])
    brands, names = dummies(data["brand"])
    Z = np.hstack([X.to_numpy(), years, brands])
    combinations = np.zeros((Z.shape[1], 5))
    combinations[np.arange(4), np.arange(4)] = 1.0
    start = 4 + years.shape[1]
    combinations[start + names.index("BMW"), 4], combinations[start + names.index("Acura"), 4] = 1.0, -1.0
    y, cluster = data["price"].log().to_numpy(), data["model"].to_numpy().astype(str)
    share = data["share"].to_numpy()
    found = {
        "made_by": "tests/reference/make_cr2.py",
        "first": FIRST,
        "equal": cr2(Z, y, np.ones(len(y)), cluster, combinations),
        "sales": cr2(Z, y, share / share.mean(), cluster, combinations),
    }
    (HERE / "cr2_us_cars.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
