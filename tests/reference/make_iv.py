"""Make iv_us_cars.json with linearmodels and PyBLP (extra `bench`): python tests/reference/make_iv.py

The demand room's regression on studies/us-cars, built here from the table alone: log share less the log share of
households that buy nothing, on price (endogenous), log hpwt, air, log mpg, log space, a dummy for each year and for
each brand in a year. A brand that sells fewer than three model ids in a year has one dummy for such years of a block of
five, counted back from the last. Instruments: PyBLP's local differentiation instruments by owner. Clusters: brand and
model id.

linearmodels is given the dummies written out, dependent columns dropped by QR with pivoting, so that its k is the rank.

- `two_stage`: IV2SLS, debiased: clustered G/(G-1) * (n-1)/(n-k), robust n/(n-k).
- `first_stage`: the excluded instruments' clustered Wald statistic over their number, and the robust one; no
  small-sample factor.
- `gmm`: IVGMM on what the dummies leave of every column (with the dummies themselves it refuses, as some lie within one
  cluster), two steps, clustered weights, moments not centred, no small-sample factor; J is its objective.

The logit columns of table III of Berry, Levinsohn & Pakes (1995) are made here too: OLS, and instrumental variables
with the instruments that PyBLP ships beside the table (numbers and sums over the firm's other products and over
rivals').
"""

from __future__ import annotations

import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.linalg

warnings.simplefilter("ignore")
import pyblp  # noqa: E402
from linearmodels.iv import IV2SLS, IVGMM  # noqa: E402

Array = npt.NDArray[np.float64]

HERE = Path(__file__).resolve().parent
ATTRIBUTES = ["power", "air", "mileage", "footprint"]
SUMS = [f"demand_instruments{k}" for k in range(8)]


def table() -> pd.DataFrame:
    data = pd.read_parquet(HERE.parents[1] / "studies" / "us-cars" / "sales.parquet")
    data["y"] = np.log(data["share"] / (1 - data.groupby("year")["share"].transform("sum")))
    data["power"], data["mileage"], data["footprint"] = (np.log(data[c]) for c in ("hpwt", "mpg", "space"))
    data["air"] = data["air"].astype(float)
    models = data.groupby(["brand", "year"])["model"].transform("nunique")
    block = (data["year"].max() - data["year"]) // 5
    when = np.where(models < 3, "block " + block.astype(str), data["year"].astype(str))
    data["cell"] = data["brand"] + "/" + when
    data["cluster"] = pd.factorize(data["brand"] + "/" + data["model"])[0]
    return data


def full_rank(head: Array, rest: Array) -> Array:
    """Return the head and as many of the other columns as are independent of it and of each other."""
    _, r, order = scipy.linalg.qr(beyond(head, rest), mode="economic", pivoting=True)
    keep = order[: int((np.abs(np.diag(r)) > 1e-8 * abs(r[0, 0])).sum())]
    return np.hstack([head, rest[:, np.sort(keep)]])


def room(data: pd.DataFrame) -> dict[str, object]:
    dummies = pd.get_dummies(data[["year", "cell"]].astype(str), dtype=float).to_numpy()
    exogenous = full_rank(data[ATTRIBUTES].to_numpy(float), dummies)
    formulation = pyblp.Formulation("0 + " + " + ".join(ATTRIBUTES))
    coded = data.rename(columns={"year": "market_ids", "firm": "firm_ids"})
    Z = np.asarray(pyblp.build_differentiation_instruments(formulation, coded, version="local"))
    parts = (data["y"], exogenous, data["price"], Z)
    clustered = {"cov_type": "clustered", "clusters": data["cluster"]}
    two = IV2SLS(*parts).fit(debiased=True, **clustered)
    robust = IV2SLS(*parts).fit(cov_type="robust", debiased=True)
    plain = IV2SLS(*parts).fit(**clustered)
    left = [beyond(exogenous[:, len(ATTRIBUTES) :], np.asarray(part, dtype=float)) for part in parts]
    left[1] = left[1][:, : len(ATTRIBUTES)]
    gmm: Any = IVGMM(*left, weight_type="clustered", clusters=data["cluster"], center=False).fit(**clustered)
    return {
        "rows": len(data),
        "clusters": int(data["cluster"].nunique()),
        "rank": exogenous.shape[1] + 1,
        "instruments": Z.shape[1],
        "two_stage": {
            "beta": own(two.params),
            "clustered_se": own(two.std_errors),
            "robust_se": own(robust.std_errors),
        },
        "first_stage": {
            "clustered": wald(plain, Z.shape[1]),
            "robust": wald(IV2SLS(*parts).fit(cov_type="robust"), Z.shape[1]),
        },
        "gmm": {
            "beta": own(gmm.params),
            "se": own(gmm.std_errors),
            "J": float(gmm.j_stat.stat),
            "p": float(gmm.j_stat.pval),
        },
    }


def beyond(head: Array, columns: Array) -> Array:
    """Return what the head leaves of some columns."""
    basis = np.linalg.qr(head)[0]
    for _ in range(2):
        columns = columns - basis @ (basis.T @ columns)
    return np.asarray(columns)


def own(values: pd.Series) -> list[float]:
    """Return price's and the attributes' entries, in that order."""
    return [float(values.iloc[-1]), *(float(v) for v in values.iloc[: len(ATTRIBUTES)])]


def wald(fit: Any, instruments: int) -> float:
    """Return the Wald statistic of the excluded instruments in the first stage, over their number."""
    stage = next(iter(fit.first_stage.individual.values()))
    beta = stage.params.to_numpy()[-instruments:]
    covariance = stage.cov.to_numpy()[-instruments:, -instruments:]
    return float(beta @ np.linalg.solve(covariance, beta) / instruments)


def published() -> dict[str, object]:
    """Return what linearmodels and PyBLP make of the logit columns of table III; they must agree."""
    data = pd.read_csv(pyblp.data.BLP_PRODUCTS_LOCATION)
    y = np.log(data["shares"] / (1 - data.groupby("market_ids")["shares"].transform("sum")))
    X = data[["hpwt", "air", "mpd", "space"]].assign(constant=1.0)[["constant", "hpwt", "air", "mpd", "space"]]
    ols = IV2SLS(y, X.assign(price=data["prices"]), None, None).fit(cov_type="unadjusted", debiased=True)
    iv = IV2SLS(y, X, data["prices"], data[SUMS]).fit(cov_type="robust")
    gmm = IVGMM(y, X, data["prices"], data[SUMS], center=True).fit(cov_type="robust")
    problem = pyblp.Problem(pyblp.Formulation("1 + hpwt + air + mpd + space + prices"), data)
    theirs = [problem.solve(method=m, W_type="robust", se_type="robust") for m in ("1s", "2s")]
    apart = [
        float(np.abs(b.beta.ravel() / a.params.to_numpy() - 1).max()) for a, b in zip((iv, gmm), theirs, strict=True)
    ]
    apart.append(float(np.abs(theirs[0].beta_se.ravel() / iv.std_errors.to_numpy() - 1).max()))
    print("PyBLP against linearmodels, table III:", apart)
    if max(apart) > 1e-8:
        sys.exit("linearmodels and PyBLP disagree")
    return {
        "names": [*X.columns, "price"],
        "ols": {"beta": ols.params.tolist(), "se": ols.std_errors.tolist(), "r2": float(ols.rsquared)},
        "iv": {"beta": iv.params.tolist(), "robust_se": iv.std_errors.tolist()},
        "gmm": {
            "beta": theirs[1].beta.ravel().tolist(),
            "se": theirs[1].beta_se.ravel().tolist(),
            "objective": float(theirs[1].objective.item()),
        },
        "apart": max(apart),
    }


def main() -> None:
    pyblp.options.verbose = False
    found = {
        "made_by": "tests/reference/make_iv.py",
        "versions": {name: version(name) for name in ("linearmodels", "numpy", "pandas", "pyblp")},
        "room": room(table()),
        "blp_table_3": published(),
    }
    (HERE / "iv_us_cars.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
