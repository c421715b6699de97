"""Hawkes processes against hawkes-rs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from halfstep.arrivals.cascades import Cascade, Spec, pose
from halfstep.arrivals.hawkes import fit
from halfstep.native.cascade import Asked, Rates
from halfstep.native.door import kernel

STORED: dict[str, Any] = json.loads((Path(__file__).resolve().parent / "hawkes.json").read_text(encoding="utf-8"))


def watched() -> Cascade:
    times = [np.array(kind) for kind in STORED["times"]]
    kinds = np.repeat([0, 1], [len(kind) for kind in times])
    return Cascade(np.concatenate(times), kinds, STORED["horizon"])


def test_likelihood_slopes_and_compensators_are_those_of_hawkes_rs() -> None:
    true = STORED["true"]
    problem = pose((watched(),), Spec(kinds=2, counted=2, shock=False, decays=(true["decay"],)))
    mu, n, b = np.array(true["baseline"]), np.array(true["excitation"]), true["decay"]
    weight = np.column_stack([mu, n * b])[None]
    asked = Asked(slope=True, integral=True, path=True)
    got = kernel().cascade(problem.stream, Rates(problem.decay, weight, np.ones(1)), asked)
    assert got.loglik[0] - (weight[0] @ got.integral[0]).sum() == pytest.approx(
        -true["negative_log_likelihood"], rel=1e-12
    )
    g = got.score[0] - got.integral[0]
    np.testing.assert_allclose(g[:, 0], -np.array(true["slope"]["baseline"]), rtol=1e-9)
    np.testing.assert_allclose(g[:, 1:] * b, -np.array(true["slope"]["excitation"]), rtol=1e-9)
    by_decay = got.slope[0, 0] - (weight[0, :, 1:] @ got.integral_slope[0]).sum() + (g[:, 1:] * n).sum()
    assert by_decay == pytest.approx(-true["slope"]["decay"], rel=1e-8)
    clock = np.cumsum(got.step, axis=0)
    for d in range(2):
        assert clock[problem.stream.kind == d, d][-1] == pytest.approx(true["last compensators"][d], rel=1e-10)


def test_a_fit_with_a_free_decay_is_that_of_hawkes_rs() -> None:
    theirs = STORED["fit"]
    ours = fit((watched(),), Spec(kinds=2, counted=2, shock=False, decays=(0.5,), free=True))
    assert ours.converged
    assert ours.loglik == pytest.approx(-theirs["negative_log_likelihood"], abs=1e-5)
    np.testing.assert_allclose(ours.decays, theirs["decay"], rtol=1e-3)
    np.testing.assert_allclose(ours.branching, theirs["excitation"], atol=1e-3)
    np.testing.assert_allclose(ours.exogenous[0] / STORED["horizon"], theirs["baseline"], rtol=1e-3)
    assert ours.radius == pytest.approx(theirs["radius"], abs=1e-3)
