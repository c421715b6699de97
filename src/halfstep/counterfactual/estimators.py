"""The estimators that the gate puts to the test; one file each."""

from __future__ import annotations

from halfstep.counterfactual.case import Estimator
from halfstep.counterfactual.differences import differences
from halfstep.counterfactual.factors import factors
from halfstep.counterfactual.segmented import segmented
from halfstep.counterfactual.structural import structural_series
from halfstep.counterfactual.synthetic_control import synthetic_control
from halfstep.counterfactual.synthetic_differences import synthetic_differences

__all__ = ["ALONE", "BESIDE", "FAMILY"]

FAMILY: dict[str, Estimator] = {
    "synthetic control": synthetic_control,
    "synthetic differences": synthetic_differences,
    "structural series": structural_series,
    "factors": factors,
    "segmented": segmented,
}
"""Those a verdict is taken from."""

BESIDE: dict[str, Estimator] = {"differences": differences}
"""Those shown for comparison: too simple to be relied on, too well known to be left out."""

ALONE = ("structural series", "segmented")
"""Those that need no donors."""
