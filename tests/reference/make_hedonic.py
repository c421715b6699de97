"""Make hedonic_us_cars.json with statsmodels and pyfixest (extra `bench`): python tests/reference/make_hedonic.py

log price on log hpwt, air, log mpg, log space, year effects and brand x five-year block effects, clusters = brand and model id, on
studies/us-cars/sales.parquet, with equal weights and weighted by sales.

statsmodels is given the dummies written out, every linearly dependent column dropped first (QR with pivoting), so that
its k is the rank of the right-hand side: its factor G/(G-1) * (n-1)/(n-k) counts the columns it is handed, collinear or
not. pyfixest absorbs both effects and counts their levels less one; here every cell lies in one block of years, so that
each of the four blocks loses a column, three more than pyfixest subtracts. Its covariance is put on the true rank by
(n - k counted) / (n - rank), and then both must agree before anything is written.

The third column of table III of Berry, Levinsohn & Pakes (1995) is made here too: OLS of log price on a constant, the
same four attributes and a linear trend.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyfixest as pf
import scipy.linalg
import statsmodels.api as sm

Array = npt.NDArray[np.float64]

HERE = Path(__file__).resolve().parent
NAMES = ["power", "air", "mileage", "footprint"]


def table() -> pd.DataFrame:
    data = pd.read_parquet(HERE.parents[1] / "studies" / "us-cars" / "sales.parquet")
    data["lp"] = np.log(data["price"])
    data["power"], data["mileage"], data["footprint"] = (np.log(data[c]) for c in ("hpwt", "mpg", "space"))
    data["block"] = (data["year"].max() - data["year"]) // 5
    data["cell"] = data["brand"] + "/" + data["block"].astype(str)
    data["cluster"] = data["brand"] + "/" + data["model"]  # one model id occurs under two brands
    return data


def full_rank(matrix: Array, first: int) -> Array:
    """Keep the first columns and as many of the others as are independent."""
    head, rest = matrix[:, :first], matrix[:, first:]
    beyond = rest - head @ np.linalg.lstsq(head, rest, rcond=None)[0]
    _, r, order = scipy.linalg.qr(beyond, mode="economic", pivoting=True)
    keep = order[: int((np.abs(np.diag(r)) > 1e-8 * abs(r[0, 0])).sum())]
    return np.hstack([head, rest[:, np.sort(keep)]])


def two_way(data: pd.DataFrame, weights: pd.Series | None) -> dict[str, object]:
    dummies = pd.get_dummies(data[["year", "cell"]].astype(str), dtype=float)
    design = full_rank(np.hstack([data[NAMES].to_numpy(float), dummies.to_numpy()]), len(NAMES))
    groups = pd.factorize(data["cluster"])[0]
    model = sm.OLS(data["lp"], design) if weights is None else sm.WLS(data["lp"], design, weights=weights)
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": True})
    covariance = np.asarray(fit.cov_params())[:4, :4]
    beta = np.asarray(fit.params)[:4]
    other = pf.feols(
        "lp ~ power + air + mileage + footprint | year + cell",
        data,
        vcov={"CRV1": "cluster"},
        weights=None if weights is None else "share",
        ssc=pf.ssc(k_adj=True, k_fixef="full"),
        fixef_rm="none",
    )
    counted = len(NAMES) + data["year"].nunique() + data["cell"].nunique() - 1
    on_rank = np.asarray(other._vcov) * (len(data) - counted) / (len(data) - design.shape[1])
    gap = float(np.abs(other.coef()[NAMES].to_numpy() / beta - 1).max())
    spread = float(np.abs(on_rank / covariance - 1).max())
    print("pyfixest against statsmodels: coefficients", gap, "covariance", spread)
    if gap > 1e-8 or spread > 1e-6:  # it demeans iteratively, to a tolerance
        sys.exit("pyfixest and statsmodels disagree")
    return {
        "rows": len(data),
        "rank": design.shape[1],
        "clusters": int(groups.max()) + 1,
        "beta": dict(zip(NAMES, beta.tolist(), strict=True)),
        "covariance": covariance.tolist(),
        "pyfixest_coefficients_apart": gap,
        "pyfixest_covariance_apart": spread,
    }


def blp(data: pd.DataFrame) -> dict[str, object]:
    """Units: hp/wt times 10, mpg in tens of miles per gallon, price in thousand dollars, trend = year less 1900."""
    names = ["power", "air", "mileage", "footprint", "trend"]
    design = data.assign(trend=data["year"] - 1900)[names].to_numpy(float)
    fit = sm.OLS(data["lp"], sm.add_constant(design)).fit()
    coefficients = dict(zip(["constant", *names], zip(fit.params.tolist(), fit.bse.tolist(), strict=True), strict=True))
    return {"coefficients": coefficients, "r2": fit.rsquared}


def main() -> None:
    data = table()
    found = {
        "made_by": "tests/reference/make_hedonic.py",
        "versions": {name: version(name) for name in ("numpy", "pandas", "pyfixest", "statsmodels")},
        "equal": two_way(data, None),
        "sales": two_way(data, data["share"]),
        "blp_table_3": blp(data),
    }
    (HERE / "hedonic_us_cars.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
