"""Make prevalence.json with ppi-python (Angelopoulos, Duchi & Zrnic): python tests/reference/make_prevalence.py

Scores and labels are drawn from the seeds that are stored; the test draws them again. Stored are ppi-python's own lambda
at work (power tuning, clipped to [0, 1]) and its answers at the lambda that the audited rows' slope gives.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from ppi_py import ppi_mean_ci, ppi_mean_pointestimate

HERE = Path(__file__).resolve().parent
CASES = ((1, 100, 5_000, 1.0), (2, 400, 20_000, 2.0), (3, 300, 600, 0.5), (4, 1_000, 3_000, 3.0))


def main() -> None:
    """Draw, ask ppi-python, write."""
    found = []
    for seed, m, n, apart in CASES:
        rng = np.random.default_rng(seed)
        y = (rng.random(n) < 0.3).astype(float)
        f = 1 / (1 + np.exp(-(apart * (y - 0.5) + rng.normal(size=n))))
        slope = float(np.polyfit(f[:m], y[:m], 1)[0])
        lam = slope * (n - m) / n  # the audited are not among the rest
        lo, hi = ppi_mean_ci(y[:m], f[:m], f[m:], alpha=0.05, lam=lam)
        tuned = ppi_mean_pointestimate(y[:m], f[:m], f[m:])
        entry = {"seed": seed, "m": m, "n": n, "apart": apart, "slope": slope}
        entry["value"] = float(np.squeeze(ppi_mean_pointestimate(y[:m], f[:m], f[m:], lam=lam)))
        entry |= {"lo": float(np.squeeze(lo)), "hi": float(np.squeeze(hi)), "tuned": float(np.squeeze(tuned))}
        found.append(entry)
    text = json.dumps({"ppi-python": version("ppi-python"), "level": 0.95, "cases": found}, indent=1)
    (HERE / "prevalence.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
