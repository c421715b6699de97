"""The panel likelihood: plain loops, central differences, the compiled kernel against its twin, what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from importlib import import_module
from typing import Any, Protocol

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.core.errors import MisuseError
from halfstep.native import kernel, panel
from halfstep.native.compiled import Compiled, levels
from halfstep.native.layout import Array
from halfstep.native.panel import CENSORED, EXP, PLAIN, Panel, Shape, Simulated


class Loops(Protocol):
    def __call__(self, panel: Panel, shape: Shape) -> Simulated: ...


COMPILED: list[Loops] = [Compiled(level).panel for level in range(len(levels()))]
TWIN: Loops = panel.simulate
every = pytest.mark.parametrize("simulate", [TWIN, *COMPILED], ids=["numpy", *levels()])


def people(seed: int, tasks: list[list[int]], R: int, K: int, Q: int, scale: float = 1.0) -> Panel:
    """People whose tasks have so many alternatives beside the chosen one."""
    draw = np.random.default_rng(seed)
    lengths = [n for mine in tasks for n in mine]
    row, task = np.cumsum([0, *lengths]), np.cumsum([0, *map(len, tasks)])
    D = scale * draw.normal(size=(row[-1], K))
    return Panel(D, row, task, draw.normal(size=(len(tasks), R, Q)))


def shaped(seed: int, K: int, Q: int, kinds: tuple[int, ...] = (PLAIN, EXP, CENSORED), scale: int = -1) -> Shape:
    draw = np.random.default_rng(seed)
    sign = draw.choice([-1.0, 1.0], K)
    if scale >= 0:
        sign[scale] = 1.0
    L = 0.5 * draw.normal(size=(K, Q)) * (draw.uniform(size=(K, Q)) < 0.7)
    return Shape(0.4 * draw.normal(size=K), L, np.resize(np.array(kinds, dtype=np.int64), K), sign, scale)


def coefficients(shape: Shape, z: Array) -> Array:
    eta = shape.b + shape.L @ z
    forms = {PLAIN: eta, EXP: shape.sign * np.exp(eta), CENSORED: shape.sign * np.maximum(0.0, eta)}
    f: Array = np.array([forms[int(kind)][k] for k, kind in enumerate(shape.kind)])
    if shape.scale < 0:
        return f
    beta: Array = f * f[shape.scale]
    beta[shape.scale] = -f[shape.scale]
    return beta


def slow(at: Panel, shape: Shape) -> Array:
    """Log likelihoods, in plain loops over draws and tasks."""
    out = np.empty(len(at.Z))
    for i, points in enumerate(at.Z):
        log_P = np.zeros(len(points))
        for r, z in enumerate(points):
            beta = coefficients(shape, z)
            for t in range(at.task[i], at.task[i + 1]):
                log_P[r] -= np.logaddexp.reduce([0.0, *(at.D[at.row[t] : at.row[t + 1]] @ beta)])
        out[i] = np.logaddexp.reduce(log_P) - np.log(len(points))
    return out


def agree(found: Simulated, wanted: Simulated, tolerance: float) -> None:
    np.testing.assert_allclose(found.loglik, wanted.loglik, rtol=tolerance, atol=tolerance)
    for name in ("location", "spread"):
        theirs = getattr(wanted, name)
        bound = tolerance * (1.0 + np.abs(theirs).max(initial=0.0))
        np.testing.assert_allclose(getattr(found, name), theirs, rtol=0, atol=bound, err_msg=name)


MIXED = [[2, 2, 2], [1], [7, 1, 3], [2, 2, 2], [4, 5, 9, 1, 1]]


@every
@pytest.mark.parametrize("scale", [-1, 0, 1, 3])
def test_loglik_is_that_of_plain_loops_and_slopes_are_central_differences(simulate: Loops, scale: int) -> None:
    K, Q, h = 5, 4, 1e-5
    at, shape = people(1, MIXED, 13, K, Q), shaped(2, K, Q, scale=scale)
    here = simulate(at, shape)
    np.testing.assert_allclose(here.loglik, slow(at, shape), rtol=1e-12)

    def difference(b: Array, L: Array) -> Array:
        low, high = (
            simulate(at, replace(shape, b=shape.b + side * b, L=shape.L + side * L)).loglik for side in (-h, h)
        )
        return np.asarray((high - low) / (2 * h))

    for k, unit in enumerate(np.eye(K)):
        np.testing.assert_allclose(here.location[:, k], difference(unit, np.zeros((K, Q))), atol=1e-7)
        for q, column in enumerate(np.eye(Q)):
            wanted = difference(np.zeros(K), np.outer(unit, column))
            np.testing.assert_allclose(here.spread[:, k, q], wanted, atol=1e-7)


@every
@pytest.mark.parametrize("scale", [-1, 1])
def test_utilities_in_the_thousands_neither_overflow_nor_lose_a_person(simulate: Loops, scale: int) -> None:
    at, shape = people(3, [*MIXED, [3] * 40], 21, 4, 4, scale=1e3), shaped(4, 4, 4, scale=scale)
    found = simulate(at, shape)
    wanted = slow(at, shape)
    assert wanted.min() < -1e4  # every P_r underflows
    np.testing.assert_allclose(found.loglik, wanted, rtol=1e-12)
    for field in fields(found):
        assert np.isfinite(getattr(found, field.name)).all()
    agree(found, TWIN(at, shape), 1e-8)


@every
def test_coefficients_beyond_exp_stay_finite_and_no_nan_is_swallowed(simulate: Loops) -> None:
    at, shape = people(5, MIXED, 9, 3, 3), shaped(6, 3, 3, kinds=(EXP,))
    far = simulate(at, replace(shape, b=np.array([0.0, 800.0, -800.0])))
    assert np.isfinite(far.loglik).all()
    assert np.isfinite(far.location).all()
    for value in (np.nan, np.inf):
        lost = simulate(at, replace(shape, kind=np.zeros(3, dtype=np.int64), b=np.array([0.0, value, 0.0])))
        assert np.isnan(lost.loglik).all()
    hole = at.Z.copy()
    hole[1, 8, 2] = np.nan  # the last draw, the last column
    lost = simulate(replace(at, Z=hole), replace(shape, L=np.eye(3)))
    assert np.isnan(lost.loglik).tolist() == [False, True, False, False, False]


@every
def test_many_tasks_that_are_nearly_sure_are_summed_in_logs(simulate: Loops) -> None:
    at = people(7, [[1] * 3000], 2, 2, 2)
    at.D[:] = 5.0
    shape = Shape(np.ones(2), np.zeros((2, 2)), np.zeros(2, dtype=np.int64), np.ones(2))
    np.testing.assert_allclose(simulate(at, shape).loglik, -3000 * np.logaddexp(0.0, 10.0), rtol=1e-13)
    np.testing.assert_allclose(simulate(at, shape).location, -15000 / (1 + np.exp(-10.0)), rtol=1e-13)


@st.composite
def panels(draw: st.DrawFn) -> tuple[Panel, Shape]:
    some = st.lists(st.integers(0, 9), min_size=0, max_size=14)
    tasks = draw(st.lists(some, min_size=1, max_size=5))
    K, Q = draw(st.integers(1, 11)), draw(st.integers(0, 6))
    R = draw(st.sampled_from([1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 300]))
    kinds = tuple(draw(st.lists(st.sampled_from([PLAIN, EXP, CENSORED]), min_size=1, max_size=3)))
    seed, size = draw(st.integers(0, 10_000)), draw(st.sampled_from([0.0, 0.3, 1.0, 10.0, 200.0]))
    scale = draw(st.integers(-1, K - 1))
    return people(seed, tasks, R, K, Q, size), shaped(seed, K, Q, kinds, scale)


@pytest.mark.usefixtures("compiled")
@given(panels())
def test_the_kernels_agree_with_each_other(made: tuple[Panel, Shape]) -> None:
    at, shape = made
    wanted = TWIN(at, shape)
    size = 1.0 + np.abs(at.D).max(initial=0.0) ** 2
    for simulate in COMPILED:
        agree(simulate(at, shape), wanted, 1e-11 * size)


def test_the_twin_does_not_depend_on_how_draws_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    at, shape = people(8, [*MIXED, *MIXED], 300, 4, 3), shaped(9, 4, 3)
    whole = TWIN(at, shape)
    monkeypatch.setattr(panel, "_CELLS", 1)
    agree(TWIN(at, shape), whole, 1e-12)


@pytest.mark.usefixtures("compiled")
def test_results_do_not_depend_on_threads_by_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    at, shape = people(10, MIXED * 7, 50, 4, 3), shaped(11, 4, 3)

    def everything() -> tuple[bytes, ...]:
        found = Compiled(0).panel(at, shape)
        return found.loglik.tobytes(), found.location.tobytes(), found.spread.tobytes()

    monkeypatch.delenv("HALFSTEP_THREADS", raising=False)
    alone = everything()
    for threads in ("1", "2", "3", "50"):
        monkeypatch.setenv("HALFSTEP_THREADS", threads)
        assert everything() == alone
    monkeypatch.setenv("HALFSTEP_THREADS", "0")
    with pytest.raises(MisuseError, match="HALFSTEP_THREADS"):
        everything()


def test_the_door_opens_on_both(monkeypatch: pytest.MonkeyPatch) -> None:
    at, shape = people(12, MIXED, 6, 2, 2), shaped(13, 2, 2)
    monkeypatch.setenv("HALFSTEP_KERNEL", "numpy")
    assert kernel().panel is panel.simulate
    monkeypatch.setenv("HALFSTEP_KERNEL", "")
    agree(kernel().panel(at, shape), TWIN(at, shape), 1e-12)
    strided = replace(at, D=np.asfortranarray(at.D), row=at.row.astype(np.int32), Z=at.Z[:, ::2])
    agree(kernel().panel(strided, shape), TWIN(strided, shape), 1e-12)


Change = Callable[[dict[str, Any]], object]
WRONG: dict[str, Change] = {
    "level": lambda a: a.update(level=9),
    "negative level": lambda a: a.update(level=-1),
    "last person": lambda a: a.update(last=99),
    "first after last": lambda a: a.update(first=3, last=2),
    "negative first": lambda a: a.update(first=-1),
    "no draws": lambda a: a.update(R=0),
    "more draws than there are": lambda a: a.update(R=10),
    "draws beyond counting": lambda a: a.update(R=1 << 62),
    "a scale beyond the columns": lambda a: a.update(scale=3),
    "a negative scale": lambda a: a.update(scale=-2),
    "no offsets": lambda a: a.update(row=a["row"][:0]),
    "offsets from one": lambda a: a.update(row=a["row"] + 1),
    "descending offsets": lambda a: a["row"].__setitem__(1, 14),
    "more rows than there are": lambda a: a["row"].__setitem__(-1, 10**12),
    "no people": lambda a: a.update(task=a["task"][:0]),
    "tasks beyond the offsets": lambda a: a["task"].__setitem__(-1, 10**12),
    "fewer tasks than offsets": lambda a: a["task"].__setitem__(-1, 12),
    "descending tasks": lambda a: a["task"].__setitem__(1, 9),
    "a flat D": lambda a: a.update(D=a["D"].ravel()),
    "short D": lambda a: a.update(D=a["D"][1:].copy()),
    "single precision": lambda a: a.update(D=a["D"].astype(np.float32)),
    "short b": lambda a: a.update(b=a["b"][1:].copy()),
    "short L": lambda a: a.update(L=a["L"][1:].copy()),
    "short signs": lambda a: a.update(sign=a["sign"][1:].copy()),
    "short kinds": lambda a: a.update(kind=a["kind"][1:].copy()),
    "an unknown kind": lambda a: a["kind"].__setitem__(1, 3),
    "a negative kind": lambda a: a["kind"].__setitem__(1, -1),
    "truths for kinds": lambda a: a.update(kind=a["kind"] > 0),
    "short points": lambda a: a.update(Z=a["Z"][1:].copy()),
    "points not flat": lambda a: a.update(Z=a["Z"].reshape(5, -1)),
    "short answer": lambda a: a.update(loglik=a["loglik"][1:].copy()),
    "short location": lambda a: a.update(location=a["location"][1:].copy()),
    "short spread": lambda a: a.update(spread=a["spread"][1:].copy()),
    "read-only answer": lambda a: a["spread"].setflags(write=False),
}


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("wrong", ["nothing", *WRONG])
def test_wrong_inputs_are_refused_before_any_loop(wrong: str) -> None:
    C: Any = import_module("halfstep.native._kernel")
    at, shape = people(14, MIXED, 9, 3, 2), shaped(15, 3, 2)
    given: dict[str, Any] = {
        "level": 0, "first": 0, "last": 5, "R": 9, "scale": -1, "row": at.row, "task": at.task, "D": at.D, "b": shape.b,
        "L": shape.L, "sign": shape.sign, "kind": shape.kind, "Z": at.Z.ravel(), "loglik": np.zeros(5),
        "location": np.zeros(15), "spread": np.zeros(30),
    }  # fmt: skip
    if wrong == "nothing":
        C.panel(*given.values())
        found = Simulated(given["loglik"], given["location"].reshape(5, 3), given["spread"].reshape(5, 3, 2))
        agree(found, TWIN(at, shape), 1e-12)
        return
    WRONG[wrong](given)
    with pytest.raises(ValueError, match="expected"):
        C.panel(*given.values())
