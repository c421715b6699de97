"""Make hawkes.json with hawkes-rs (extra `bench`): python tests/reference/make_hawkes.py

Two kinds of events drawn from a process with one decay by hawkes-rs, kept to a millionth; its negative log likelihood and
slopes at the parameters drawn from, its compensators at the events, and its own fit. `excitation[i][j]` is what j brings of i.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from hawkes import multivariate

HORIZON = 1_500.0


def main() -> None:
    """Write the file."""
    true = multivariate.Parameters(
        baseline=np.array([0.2, 0.1]), excitation=np.array([[0.30, 0.45], [0.10, 0.20]]), decay=1.4
    )
    drawn = [np.round(kind, 6) for kind in multivariate.simulate(true, horizon=HORIZON, seed=1)]
    found = multivariate.fit(drawn, horizon=HORIZON)
    value, slope = multivariate.negative_log_likelihood_and_gradient(true, drawn, horizon=HORIZON)
    clocks = multivariate.compensator_at_events(true, drawn, horizon=HORIZON)
    out = {
        "made with": {"hawkes-rs": version("hawkes-rs")},
        "horizon": HORIZON,
        "times": [kind.tolist() for kind in drawn],
        "true": {
            "baseline": true.baseline.tolist(), "excitation": true.excitation.tolist(), "decay": true.decay,
            "negative_log_likelihood": value,
            "slope": {name: np.asarray(getattr(slope, name)).tolist() for name in ("baseline", "excitation", "decay")},
            "last compensators": [float(kind[-1]) for kind in clocks],
        },
        "fit": {
            "baseline": found.parameters.baseline.tolist(), "excitation": found.parameters.excitation.tolist(),
            "decay": found.parameters.decay, "negative_log_likelihood": found.negative_log_likelihood,
            "radius": found.branching_ratio_spectral_radius(),
        },
    }  # fmt: skip
    (Path(__file__).resolve().parent / "hawkes.json").write_text(json.dumps(out) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
