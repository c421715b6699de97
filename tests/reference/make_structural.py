"""Make structural.json with statsmodels (extra `bench`): python tests/reference/make_structural.py

structural: local level with regression, its coefficients states with a normal prior, the first level exactly diffuse, at
each point of the grid of `halfstep.counterfactual.structural` (written out again here): one Kalman filter each. The
scale is integrated by hand from the likelihood at two scales, the grid summed. Kept: mean and standard deviation of each
forecast.
segmented: OLS on a line with HAC errors, Bartlett weights at the bandwidth of Andrews (1991, eq. 6.4), worked out by OLS.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import statsmodels.api as sm
from statsmodels.tsa.statespace.initialization import Initialization
from statsmodels.tsa.statespace.structural import UnobservedComponents

Array = npt.NDArray[np.float64]

HERE = Path(__file__).resolve().parent
SIZES = [0.0, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4, 1e5]


def panel(seed: int, J: int, T: int) -> Array:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(J, T)).cumsum(axis=1)
    y = x[: J // 2 + 1].mean(axis=0) + 0.3 * rng.normal(size=T).cumsum() + 0.5 * rng.normal(size=T)
    return np.round(np.vstack([y, x]), 3)


def filtered(y: Array, x: Array, variances: tuple[float, float], prior: float) -> tuple[float, Array, Array]:
    """Log likelihood, forecasts, and their variances."""
    model = UnobservedComponents(y, "llevel", exog=x, mle_regression=False, use_exact_diffuse=True)
    first = Initialization(model.k_states)
    first.set(0, "diffuse")
    J = x.shape[1]
    first.set((1, 1 + J), "known", constant=np.zeros(J), stationary_cov=np.eye(J) * prior)
    model.ssm.initialize(first)
    found = model.filter(list(variances)).filter_results
    return float(found.llf), found.forecasts[0], found.forecasts_error_cov[0, 0]


def structural(table: Array, start: int) -> dict[str, object]:
    x = table[1:].T - table[1:, :start].mean(axis=1)
    x = x / x[:start].std(axis=0)
    y = table[0].copy()
    y[start:] = np.nan
    angles = np.pi / 2 * np.linspace(0, 1, 20) ** 2
    edges = np.concatenate([[0], (angles[1:] + angles[:-1]) / 2, [np.pi / 2]])
    n, parts = start - 1, []
    for angle, width in zip(angles, np.diff(edges), strict=True):
        share = np.sin(angle) ** 2
        for size in SIZES:
            prior = size / x.shape[1]
            one, mean, variance = filtered(y, x, (1 - share, share), prior)
            two = filtered(y, x, (2 * (1 - share), 2 * share), 2 * prior)[0]
            quad = 4 * (two - one + n / 2 * np.log(2))  # llf(c) = a - n/2 log c - quad / (2 c)
            log = np.log(width) + one + quad / 2 - n / 2 * np.log(quad)
            parts.append((log, mean[start:], variance[start:] * quad / (n - 2)))
    logs = np.array([p[0] for p in parts])
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    means, variances = np.array([p[1] for p in parts]), np.array([p[2] for p in parts])
    mean = weight @ means
    sd = np.sqrt(weight @ variances + weight @ (means - mean) ** 2)
    return {"y": table.tolist(), "start": start, "mean": mean.tolist(), "sd": sd.tolist()}


def segmented(y: Array, start: int) -> dict[str, object]:
    t = np.arange(len(y), dtype=float)
    X = sm.add_constant(t - t[:start].mean())
    line = sm.OLS(y[:start], X[:start])
    residual = line.fit().resid
    above = below = 0.0
    # scores in units of the largest regressor, as bandwidths with equal weights depend on the units
    for score in (residual, residual * X[:start, 1] / X[:start, 1].max()):
        fit = sm.OLS(score[1:], score[:-1]).fit()
        rho, variance = float(fit.params[0]), float(np.mean(fit.resid**2))
        above += 4 * rho**2 * variance**2 / ((1 - rho) ** 6 * (1 + rho) ** 2)
        below += variance**2 / (1 - rho) ** 4
    width = min(1.1447 * (above / below * start) ** (1 / 3), start - 1)
    lags = int(np.ceil(width)) - 1
    hac = line.fit(
        cov_type="HAC",
        cov_kwds={"maxlags": lags, "kernel": lambda k: 1 - np.arange(k + 1) / width, "use_correction": True},
    )
    spread = np.einsum("ti,ij,tj->t", X, np.asarray(hac.cov_params()), X) + residual @ residual / (start - 2)
    return {
        "y": y.tolist(),
        "start": start,
        "gap": (y - X @ np.asarray(hac.params)).tolist(),
        "se": np.sqrt(spread).tolist(),
    }


def main() -> None:
    found = {
        "made_by": "tests/reference/make_structural.py",
        "versions": {name: version(name) for name in ("numpy", "statsmodels")},
        "structural": [structural(panel(1, 3, 26), 20), structural(panel(2, 12, 14), 9)],
        "segmented": [segmented(panel(3, 1, 24)[0], 18), segmented(panel(4, 1, 70)[0], 60)],
    }
    (HERE / "structural.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
