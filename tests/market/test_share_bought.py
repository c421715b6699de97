"""How often "share bought" is said of a market where nobody bought anything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from halfstep.market.hedonic import HedonicSpec, fit_hedonic
from halfstep.market.names import quality_adjusted_change
from halfstep.worlds.price import KINDS, simulate
from validation.price_lens import as_panel

RUNS = 300


@pytest.mark.parametrize("brand_shock", [0.0, 0.03])
def test_the_interval_of_a_price_change_covers_whether_models_or_whole_brands_drift(brand_shock: float) -> None:
    covered = 0
    for run in range(RUNS):
        rng = np.random.default_rng([11, run])
        made = simulate(KINDS["null"], rng)
        shocks = rng.normal(0, brand_shock, (int(made.brand.max()) + 1, 4)) if brand_shock else np.zeros((12, 4))
        moved = replace(made, p=made.p * np.exp(shocks[made.brand, made.period - 2000]))
        panel = as_panel(moved)
        found = quality_adjusted_change(fit_hedonic(panel, HedonicSpec(panel.attributes)), "b00", 2002, 2003, 0.90)
        assert found is not None
        covered += found[1] <= 0 <= found[2]
    assert binomtest(covered, RUNS).proportion_ci(0.99).high >= 0.90, covered / RUNS
