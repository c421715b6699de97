"""Points of simulation: their law, how evenly they lie, and that the seed is all there is to them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from halfstep.core.errors import MisuseError
from halfstep.logit.points import points
from halfstep.logit.records import MixedSpec

SPEC = MixedSpec(("normal", "fixed", "triangular", "lognormal"), (1, 1, 1, 1), None, draws=128)


@pytest.mark.parametrize("kind", ["halton", "mlhs"])
@pytest.mark.parametrize("antithetic", [False, True])
def test_moments_are_those_of_their_law(kind: str, antithetic: bool) -> None:
    Z = points(200, 3, replace(SPEC, points=kind, antithetic=antithetic)).reshape(-1, 3)
    np.testing.assert_allclose(Z.mean(0), 0.0, atol=0.003)
    np.testing.assert_allclose((Z**2).mean(0), [1.0, 1 / 6, 1.0], rtol=0.01)
    assert np.abs(Z[:, 1]).max() <= 1.0 < np.abs(Z[:, 0]).max()
    np.testing.assert_allclose(np.corrcoef(Z.T), np.eye(3), atol=0.02)


def test_points_follow_the_seed_alone() -> None:
    assert (points(5, 3, SPEC) == points(5, 3, SPEC)).all()
    assert (points(5, 3, SPEC) != points(5, 3, replace(SPEC, seed=1))).all()


def test_each_person_has_points_of_their_own_that_lie_evenly() -> None:
    for kind in ("halton", "mlhs"):
        Z = points(6, 3, replace(SPEC, points=kind))
        assert len(np.unique(Z[:, :, 0])) == Z[:, :, 0].size
        inside = (Z[:, :, 0] < 0).sum(1)  # base 2 and strata: exactly half of a power of two, give or take the shift
        assert np.abs(inside - 64).max() <= 1
    spread = points(300, 3, SPEC).mean(1).std(0)
    assert (spread < 0.5 / np.sqrt(128)).all()  # pseudo-random points would have 1 / sqrt(128)


def test_the_second_half_of_antithetic_points_mirrors_the_first() -> None:
    Z = points(4, 3, replace(SPEC, antithetic=True, draws=7))
    assert (Z[:, 4:] == -Z[:, :3]).all()


def test_points_for_another_number_of_columns_are_refused() -> None:
    with pytest.raises(MisuseError, match="expected points for the 3 columns"):
        points(2, 4, SPEC)
