"""Which kernel runs, over how many threads, and what the extension refuses."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from halfstep.core.errors import MisuseError
from halfstep.native import door, kernel, twin
from halfstep.native.compiled import Compiled, levels
from halfstep.native.layout import Products
from tests.native.slow import TIGHT, World, world


@pytest.fixture
def at() -> World:
    return world(1, [4, 9, 1, 17, 6], [5, 20, 3, 11, 8])


def test_numpy_can_be_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALFSTEP_KERNEL", "numpy")
    assert kernel().name == "numpy"
    assert kernel().invert is twin.invert


def test_the_compiled_kernel_runs_where_it_was_built(
    monkeypatch: pytest.MonkeyPatch, compiled: tuple[str, ...]
) -> None:
    for wanted in ("", "native"):
        monkeypatch.setenv("HALFSTEP_KERNEL", wanted)
        assert kernel().name == f"native ({compiled[0]})"
    assert compiled[-1] == "baseline"


def test_without_the_extension_numpy_runs_and_native_is_misuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "levels", lambda: ())
    monkeypatch.delenv("HALFSTEP_KERNEL", raising=False)
    assert kernel().name == "numpy"
    monkeypatch.setenv("HALFSTEP_KERNEL", "native")
    with pytest.raises(MisuseError, match="C compiler"):
        kernel()


def test_an_unknown_kernel_is_misuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALFSTEP_KERNEL", "fortran")
    with pytest.raises(MisuseError, match="expected native or numpy"):
        kernel()


@pytest.mark.usefixtures("compiled")
def test_results_do_not_depend_on_threads_by_a_bit(at: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def everything() -> tuple[bytes, ...]:
        found = Compiled(0).invert(at.markets, at.products, at.tastes, at.start, TIGHT)
        price = (at.alpha, at.alpha_theta)
        priced = Compiled(0).markups(at.markets, at.products, at.tastes, (found.delta, found.D), price, at.firm)
        s = Compiled(0).shares(at.markets, at.products.X, at.tastes.B, found.delta)
        arrays = (found.delta, found.D, found.factor, found.residual, found.evaluations, priced.eta, priced.E, s)
        return tuple(array.tobytes() for array in arrays)

    monkeypatch.delenv("HALFSTEP_THREADS", raising=False)
    alone = everything()
    for threads in ("1", "2", "3", "50"):
        monkeypatch.setenv("HALFSTEP_THREADS", threads)
        assert everything() == alone
    for wrong in ("0", "-1", "many", "1.5"):
        monkeypatch.setenv("HALFSTEP_THREADS", wrong)
        with pytest.raises(MisuseError, match="HALFSTEP_THREADS"):
            everything()


@pytest.mark.usefixtures("compiled")
def test_nested_calls_go_to_numpy(at: World) -> None:
    nest = np.zeros(len(at.delta), dtype=np.int64)
    products = Products(at.products.X, at.products.log_s, nest)
    mine = Compiled(0).invert(at.markets, products, at.tastes, at.start, TIGHT)
    theirs = twin.invert(at.markets, products, at.tastes, at.start, TIGHT)
    assert mine.D.shape == (len(at.delta), len(at.tastes.column) + 1)
    assert mine.delta.tobytes() == theirs.delta.tobytes()


@pytest.mark.usefixtures("compiled")
def test_exp_and_log_to_their_last_digits() -> None:
    C: Any = import_module("halfstep.native._kernel")
    draw = np.random.default_rng(2)
    x = np.concatenate([draw.uniform(-708, 709, 20_000), draw.normal(size=20_000), draw.normal(size=999) * 1e-8])
    y = np.exp(
        np.concatenate([draw.uniform(-740, 709, 20_000), draw.normal(size=20_003), draw.normal(size=999) * 1e-8])
    )
    for level in range(len(levels())):
        for name, at, exact in (("exp", x, np.exp), ("log", y, np.log)):
            out = np.empty_like(at)
            getattr(C, name)(level, at, out)
            wanted = exact(at.astype(np.longdouble))
            unit = np.spacing(np.abs(wanted).astype(np.float64))
            assert np.max(np.abs(out - wanted) / unit) < 1.25, name
        ends = np.array([-np.inf, np.inf, np.nan, 0.0, -0.0, -1e308, 1e308, 710.0, -745.0, 5e-324])
        out = np.empty_like(ends)
        C.exp(level, ends, out)
        np.testing.assert_array_equal(out, [0, np.inf, np.nan, 1, 1, 0, np.inf, np.inf, 0, 1])
        C.log(level, ends, out)
        with np.errstate(all="ignore"):
            np.testing.assert_allclose(out, np.log(ends), rtol=3e-16)


Change = Callable[[dict[str, Any]], object]
WRONG: dict[str, Change] = {
    "level": lambda a: a.update(level=9),
    "negative level": lambda a: a.update(level=-1),
    "last market": lambda a: a.update(last=99),
    "first after last": lambda a: a.update(first=3, last=2),
    "negative first": lambda a: a.update(first=-1),
    "offsets from one": lambda a: a.update(row=a["row"] + 1),
    "descending offsets": lambda a: a["row"].__setitem__(1, 14),
    "more rows than there are": lambda a: a["row"].__setitem__(-1, 10**12),
    "no offsets": lambda a: a.update(row=a["row"][:0]),
    "fewer buyer offsets": lambda a: a.update(buyer=a["buyer"][:-1].copy()),
    "more buyers than there are": lambda a: a["buyer"].__setitem__(-1, 10**12),
    "short weights": lambda a: a.update(w=a["w"][:-1].copy()),
    "single precision": lambda a: a.update(w=a["w"].astype(np.float32)),
    "32-bit offsets": lambda a: a.update(row=a["row"].astype(np.int32)),
    "a flat X": lambda a: a.update(X=a["X"].ravel()),
    "X by columns": lambda a: a.update(X=np.asfortranarray(a["X"])),
    "B of other columns": lambda a: a.update(B=a["B"][:1].copy()),
    "B transposed": lambda a: a.update(B=np.ascontiguousarray(a["B"].T)),
    "short G": lambda a: a.update(G=a["G"][:1].copy()),
    "a column beyond X": lambda a: a["column"].__setitem__(0, 2),
    "a negative column": lambda a: a["column"].__setitem__(0, -1),
    "short shares": lambda a: a.update(log_s=a["log_s"][:-1].copy()),
    "short start": lambda a: a.update(start=a["start"][1:].copy()),
    "short factor": lambda a: a.update(factor=a["L"][1:].copy()),
    "short answer": lambda a: a.update(delta=a["delta"][1:].copy()),
    "flat slopes": lambda a: a.update(D=a["D"].ravel()),
    "short factor to write": lambda a: a.update(L=a["L"][1:].copy()),
    "numbers for truths": lambda a: a.update(converged=a["residual"]),
    "a list": lambda a: a.update(w=a["w"].tolist()),
    "read-only answer": lambda a: a["delta"].setflags(write=False),
    "big-endian": lambda a: a.update(w=a["w"].astype(">f8")),
}


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("wrong", ["nothing", *WRONG])
def test_wrong_inputs_are_refused_before_any_loop(at: World, wrong: str) -> None:
    C: Any = import_module("halfstep.native._kernel")
    N, T, P = len(at.delta), at.markets.T, len(at.tastes.column)
    given: dict[str, Any] = {
        "level": 0, "first": 0, "last": T, "row": at.markets.row.copy(), "buyer": at.markets.buyer.copy(), "w": at.markets.w,
        "X": at.products.X, "B": at.tastes.B, "G": at.tastes.G, "column": at.tastes.column.copy(), "log_s": at.products.log_s,
        "start": at.start.delta, "factor": None, "tolerance": 1e-13, "limit": 100, "delta": np.zeros(N), "D": np.zeros((N, P)),
        "L": np.zeros(int(at.markets.factor[-1])), "residual": np.zeros(T), "evaluations": np.zeros(T, dtype=np.int64),
        "converged": np.zeros(T, dtype=np.bool_),
    }  # fmt: skip
    if wrong == "nothing":
        C.invert(*given.values())
        assert given["converged"].all()
        return
    WRONG[wrong](given)
    with pytest.raises(ValueError, match=r"expected|row"):
        C.invert(*given.values())
