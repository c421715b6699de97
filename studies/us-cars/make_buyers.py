"""Write buyers.csv: incomes of US households, 1971-1990, fifty equally likely ones a year.

Source: Berry, Levinsohn and Pakes (1995) take household income as lognormal, with a mean of the logarithm for every year and
one standard deviation for all, 1.72, estimated from the Current Population Survey. The yearly means are those in the code of
Berry, Levinsohn and Pakes (1999), which later replications share; differences between years agree to every digit with those
of the weighted buyers in ``pyblp/data/blp_agents.csv`` of the PyBLP 1.3.0 wheel. Thousand dollars, as the prices.

Usage: ``python make_buyers.py``. The fifty incomes are the middles of fifty equally likely parts of the distribution.
"""

import math
from pathlib import Path
from statistics import NormalDist

LOG_MEANS = (
    2.01156, 2.06526, 2.07843, 2.05775, 2.02915, 2.05346, 2.06745, 2.09805, 2.10404, 2.07208,
    2.06019, 2.06561, 2.07672, 2.10437, 2.12608, 2.16426, 2.18071, 2.18856, 2.21250, 2.18377,
)  # fmt: skip
LOG_SD = 1.72
PARTS = 50


def main() -> None:
    """Write the table."""
    rows = ["year,income"]
    for year, mean in enumerate(LOG_MEANS, start=1971):
        middles = NormalDist(mean, LOG_SD)
        rows += [f"{year},{math.exp(middles.inv_cdf((k + 0.5) / PARTS)):.3f}" for k in range(PARTS)]
    Path(__file__).with_name("buyers.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
