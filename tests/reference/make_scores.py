"""Make scores.json with scoringrules and properscoring: python tests/reference/make_scores.py

Draws and outcomes come from the seeds that are stored; the test draws them again.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import properscoring
import scoringrules

HERE = Path(__file__).resolve().parent
CASES = ((1, 5), (2, 200), (3, 2_000))


def main() -> None:
    """Draw, ask both, write."""
    found = []
    for seed, D in CASES:
        rng = np.random.default_rng(seed)
        draws, y = rng.standard_t(3, (D, 4)), rng.normal(0.5, 2.0, 4)
        p, outcome = rng.random(6), (rng.random(6) < 0.5).astype(float)
        lo, hi = np.quantile(draws, [0.1, 0.9], axis=0)
        entry: dict[str, object] = {"seed": seed, "draws": D}
        entry["fair_crps"] = [float(v) for v in scoringrules.crps_ensemble(y, draws, m_axis=0, estimator="fair")]
        entry["biased_crps"] = [float(v) for v in properscoring.crps_ensemble(y, draws, axis=0)]
        entry["interval"] = [float(v) for v in scoringrules.interval_score(y, lo, hi, 0.2)]
        entry["brier"] = [float(v) for v in properscoring.brier_score(outcome, p)]
        entry["log"] = [float(v) for v in scoringrules.log_score(outcome, p)]
        found.append(entry)
    made = {"scoringrules": version("scoringrules"), "properscoring": version("properscoring"), "cases": found}
    (HERE / "scores.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
