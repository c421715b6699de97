"""Events that bring events: plain double loops, central differences, the compiled kernel against its twin, what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from importlib import import_module
from typing import Any, Protocol

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.native import cascade, kernel
from halfstep.native.cascade import Asked, Evaluated, Rates, Stream
from halfstep.native.compiled import Compiled, levels
from halfstep.native.layout import Array


class Loops(Protocol):
    def __call__(self, stream: Stream, rates: Rates, asked: Asked) -> Evaluated: ...


COMPILED: list[Loops] = [Compiled(level).cascade for level in range(len(levels()))]
TWIN: Loops = cascade.evaluate
every = pytest.mark.parametrize("evaluate", [TWIN, *COMPILED], ids=["numpy", *levels()])
ALL = Asked(likelihood=True, curvature=True, slope=True, integral=True, path=True)


def made(seed: int, sizes: list[int], K: int = 3, D: int = 2, M: int = 3, whole: bool = False) -> tuple[Stream, Rates]:
    """Events at any times, some at one moment, in cascades of so many events with a few segments each."""
    draw = np.random.default_rng(seed)
    until = draw.uniform(50.0, 100.0, len(sizes))
    time = np.concatenate([np.sort(draw.uniform(0.0, T, n)) for T, n in zip(until, sizes, strict=True)])
    time = np.floor(time) if whole else time
    cuts = [np.concatenate([[0.0], np.sort(np.floor(draw.uniform(0.0, T, draw.integers(0, 5))))]) for T in until]
    row, cut_row = np.cumsum([0, *sizes]), np.cumsum([0, *map(len, cuts)])
    stream = Stream(time, draw.integers(0, K, row[-1]), row, until, np.concatenate(cuts), cut_row, K)
    weight = draw.uniform(0.1, 1.0, (len(sizes), D, 1 + K * M))
    decay = np.array([2.0, 0.1, 0.003, 0.7, 30.0, 0.02, 1.0, 0.3, 5.0])[:M]
    return stream, Rates(decay, weight, draw.uniform(0.5, 2.0, cut_row[-1]))


def slow(stream: Stream, rates: Rates) -> tuple[Array, Array, Array]:
    """Log likelihoods, integrals by segment and integrated rates at events, in loops over pairs of events."""
    (C, D, P), b = rates.weight.shape, rates.decay
    loglik, integral, steps = np.zeros(C), np.zeros((len(stream.cut), P)), np.zeros((len(stream.time), D))
    for c in range(C):
        rows, cuts = range(*stream.row[c : c + 2]), range(*stream.cut_row[c : c + 2])
        ends = [*stream.cut[cuts.start + 1 : cuts.stop], stream.until[c]]

        def area(low: float, high: float, rows: range = rows) -> Array:
            out = np.zeros(P)
            out[0] = max(high - low, 0.0)
            for j in rows:
                k, since = stream.kind[j], stream.time[j]
                if since < high:
                    begin = max(low, since) - since
                    piece = (np.exp(-b * begin) - np.exp(-b * (high - since))) / b
                    out[1 + k * len(b) : 1 + (k + 1) * len(b)] += piece
            return out

        for q, end in zip(cuts, ends, strict=True):
            integral[q] = area(stream.cut[q], end)
        before = 0.0
        for i in rows:
            t, d = stream.time[i], stream.kind[i]
            for q, end in zip(cuts, ends, strict=True):
                low, high = max(stream.cut[q], before), min(end, t)
                if high > low:
                    steps[i] += rates.factor[q] * (rates.weight[c] @ area(low, high))
            before = t
            if d < D:
                x = np.zeros((stream.K, len(b)))
                for j in rows:
                    if stream.time[j] < t:
                        x[stream.kind[j]] += np.exp(-b * (t - stream.time[j]))
                loglik[c] += np.log(rates.weight[c, d] @ np.append(1.0, x))
    return loglik, integral, steps


def agree(found: Evaluated, wanted: Evaluated, tolerance: float) -> None:
    for field in fields(found):
        ours, theirs = getattr(found, field.name), getattr(wanted, field.name)
        bound = tolerance * (1.0 + np.abs(theirs).max(initial=0.0))
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=bound, err_msg=field.name)


@every
@pytest.mark.parametrize("whole", [False, True])
def test_sums_are_those_of_loops_over_pairs(evaluate: Loops, whole: bool) -> None:
    stream, rates = made(1, [40, 0, 1, 23], whole=whole)
    loglik, integral, steps = slow(stream, rates)
    found = evaluate(stream, rates, ALL)
    np.testing.assert_allclose(found.loglik, loglik, rtol=1e-12)
    np.testing.assert_allclose(found.integral, integral, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.step, steps, rtol=1e-9, atol=1e-9)
    assert (found.intensity[stream.kind >= 2] == 0.0).all()


@every
def test_slopes_are_central_differences(evaluate: Loops) -> None:
    stream, rates = made(2, [30, 12])
    h, here = 1e-6, evaluate(stream, rates, ALL)

    def moved(change: Array, decay: Array) -> tuple[Evaluated, Evaluated]:
        low, high = (
            evaluate(stream, Rates(rates.decay + side * decay, rates.weight + side * change, rates.factor), ALL)
            for side in (-h, h)
        )
        return low, high

    for d in range(2):
        for p in range(10):
            change = np.zeros(rates.weight.shape)
            change[:, d, p] = 1.0
            low, high = moved(change, np.zeros(3))
            np.testing.assert_allclose(here.score[:, d, p], (high.loglik - low.loglik) / (2 * h), rtol=1e-6, atol=1e-7)
            np.testing.assert_allclose(
                here.curvature[:, d, p], -(high.score - low.score)[:, d] / (2 * h), rtol=1e-5, atol=1e-5
            )
    for m in range(3):
        low, high = moved(np.zeros(rates.weight.shape), np.eye(3)[m] * 0.01)
        step = 2 * h * 0.01
        np.testing.assert_allclose(here.slope[:, m], (high.loglik - low.loglik) / step, rtol=1e-4, atol=1e-3)
        wanted = ((high.integral - low.integral) / step)[:, 1 + m :: 3]
        np.testing.assert_allclose(here.integral_slope[:, m::3], wanted, rtol=1e-3, atol=0.1)


@every
def test_what_is_not_asked_for_is_empty_and_the_rest_the_same(evaluate: Loops) -> None:
    stream, rates = made(3, [50, 20])
    whole = evaluate(stream, rates, ALL)
    for asked in (
        Asked(), Asked(curvature=True), Asked(slope=True), Asked(likelihood=False, integral=True),
        Asked(likelihood=False, path=True), Asked(likelihood=False, integral=True, slope=True),
    ):  # fmt: skip
        part = evaluate(stream, rates, asked)
        for field in fields(part):
            ours = getattr(part, field.name)
            if ours.size:
                np.testing.assert_allclose(ours, getattr(whole, field.name), rtol=1e-10, atol=1e-10)
    assert evaluate(stream, rates, Asked()).integral.size == 0


@every
def test_a_steady_rate_is_known_in_closed_form_and_ties_do_not_act(evaluate: Loops) -> None:
    time = np.array([5.0, 5.0, 5.0, 9.0])
    stream = Stream(
        time, np.zeros(4, dtype=np.int64), np.array([0, 4]), np.array([10.0]), np.zeros(1), np.array([0, 1]), 1
    )
    alone = evaluate(stream, Rates(np.array([0.5]), np.array([[[0.4, 0.0]]]), np.ones(1)), ALL)
    assert alone.loglik[0] == pytest.approx(4 * np.log(0.4))
    assert alone.score[0, 0, 0] == pytest.approx(10.0)
    assert alone.integral[0].tolist() == pytest.approx([10.0, (3 * (1 - np.exp(-2.5)) + 1 - np.exp(-0.5)) / 0.5])
    both = evaluate(stream, Rates(np.array([0.5]), np.array([[[0.4, 1.0]]]), np.ones(1)), ALL)
    assert both.intensity.tolist() == pytest.approx([0.4, 0.4, 0.4, 0.4 + 3 * np.exp(-2.0)])


@every
def test_a_rate_of_zero_is_minus_infinity_not_an_error(evaluate: Loops) -> None:
    stream, rates = made(4, [5])
    found = evaluate(stream, replace(rates, weight=np.zeros(rates.weight.shape)), Asked())
    assert found.loglik[0] == -np.inf


@st.composite
def streams(draw: st.DrawFn) -> tuple[Stream, Rates]:
    sizes = draw(st.lists(st.sampled_from([0, 1, 2, 5, 63, 64, 65, 200]), min_size=1, max_size=4))
    K, M = draw(st.integers(1, 4)), draw(st.integers(1, 9))
    return made(draw(st.integers(0, 10_000)), sizes, K, draw(st.integers(1, K)), M, draw(st.booleans()))


@pytest.mark.usefixtures("compiled")
@given(streams(), st.booleans())
def test_the_kernels_agree_with_each_other(given_: tuple[Stream, Rates], path: bool) -> None:
    asked = replace(ALL, path=path, integral=path)
    wanted = TWIN(*given_, asked)
    for evaluate in COMPILED:
        agree(evaluate(*given_, asked), wanted, 1e-9)


@pytest.mark.usefixtures("compiled")
def test_results_do_not_depend_on_threads_by_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    stream, rates = made(5, [30, 70, 0, 65, 5])

    def everything() -> list[bytes]:
        found = Compiled(0).cascade(stream, rates, ALL)
        return [getattr(found, field.name).tobytes() for field in fields(found)]

    monkeypatch.delenv("HALFSTEP_THREADS", raising=False)
    alone = everything()
    for threads in ("2", "3", "50"):
        monkeypatch.setenv("HALFSTEP_THREADS", threads)
        assert everything() == alone


def test_the_door_opens_on_both(monkeypatch: pytest.MonkeyPatch) -> None:
    stream, rates = made(6, [30, 7])
    monkeypatch.setenv("HALFSTEP_KERNEL", "numpy")
    assert kernel().cascade is cascade.evaluate
    monkeypatch.setenv("HALFSTEP_KERNEL", "")
    strided = replace(stream, time=np.repeat(stream.time, 2)[::2], row=stream.row.astype(np.int32))
    agree(kernel().cascade(strided, rates, ALL), TWIN(stream, rates, ALL), 1e-9)


Change = Callable[[dict[str, Any]], object]
WRONG: dict[str, Change] = {
    "level": lambda a: a.update(level=9),
    "last cascade": lambda a: a.update(last=9),
    "negative first": lambda a: a.update(first=-1),
    "no kinds": lambda a: a.update(K=0),
    "more counted than kinds": lambda a: a.update(D=4),
    "none counted": lambda a: a.update(D=0),
    "kinds beyond counting": lambda a: a.update(K=1 << 62),
    "short kinds": lambda a: a.update(kind=a["kind"][1:].copy()),
    "an unknown kind": lambda a: a["kind"].__setitem__(0, 3),
    "a negative kind": lambda a: a["kind"].__setitem__(0, -1),
    "no offsets": lambda a: a.update(row=a["row"][:0]),
    "descending offsets": lambda a: a["row"].__setitem__(1, 99),
    "offsets short of the events": lambda a: a["row"].__setitem__(-1, 9),
    "a cascade without a segment": lambda a: a["cut_row"].__setitem__(1, 0),
    "short until": lambda a: a.update(until=a["until"][1:].copy()),
    "no decays": lambda a: a.update(decay=a["decay"][:0]),
    "short weights": lambda a: a.update(weight=a["weight"][1:].copy()),
    "short factors": lambda a: a.update(factor=a["factor"][1:].copy()),
    "single precision": lambda a: a.update(time=a["time"].astype(np.float32)),
    "short answer": lambda a: a.update(loglik=a["loglik"][1:].copy()),
    "short score": lambda a: a.update(score=a["score"][1:].copy()),
    "short curvature": lambda a: a.update(curvature=a["curvature"][1:].copy()),
    "short integral": lambda a: a.update(integral=a["integral"][1:].copy()),
    "short step": lambda a: a.update(step=a["step"][1:].copy()),
    "read-only answer": lambda a: a["step"].setflags(write=False),
}


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("wrong", ["nothing", *WRONG])
def test_wrong_inputs_are_refused_before_any_loop(wrong: str) -> None:
    C: Any = import_module("halfstep.native._kernel")
    stream, rates = made(7, [9, 4])
    out = cascade.blank(stream, rates, ALL)
    given_: dict[str, Any] = {
        "level": 0, "first": 0, "last": 2, "K": 3, "D": 2, "time": stream.time, "kind": stream.kind, "row": stream.row,
        "until": stream.until, "cut": stream.cut, "cut_row": stream.cut_row, "decay": rates.decay,
        "weight": rates.weight.ravel(), "factor": rates.factor,
    }  # fmt: skip
    given_ |= {field.name: getattr(out, field.name).ravel() for field in fields(out)}
    if wrong == "nothing":
        C.cascade(*given_.values())
        agree(out, TWIN(stream, rates, ALL), 1e-9)
        return
    WRONG[wrong](given_)
    with pytest.raises(ValueError, match="expected"):
        C.cascade(*given_.values())
