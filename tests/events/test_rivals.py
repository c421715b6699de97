"""Rivals: what they predict, what is contradicted, what survives, what cannot be told apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.core.errors import MisuseError
from halfstep.events.rivals import Evidence, GapPath, Move, Other, Rival, Row, Standing, judge

Array = npt.NDArray[np.float64]
START, T = 30, 50


def noise(rng: np.random.Generator, rho: float = 0.0, sd: float = 0.1, shape: tuple[int, ...] = (T,)) -> Array:
    out: Array = np.asarray(rng.normal(0, sd, shape), dtype=np.float64)
    for t in range(1, shape[-1]):
        out[..., t] = rho * out[..., t - 1] + np.sqrt(1 - rho**2) * out[..., t]
    return out


def step(at: int, size: float) -> Array:
    return np.asarray(size * (np.arange(T) >= at), dtype=np.float64)


def path(gap: Array, **more: Array | float | None) -> GapPath:
    scale, placebos = more.get("scale"), more.get("placebos")
    assert scale is None or isinstance(scale, float)
    assert placebos is None or isinstance(placebos, np.ndarray)
    return GapPath(periods=tuple(range(100, 100 + T)), gap=gap, start=START, scale=scale, placebos=placebos)


def single(rival: Rival, evidence: Evidence) -> tuple[Standing, Row]:
    (standing,) = judge([rival], evidence)
    return standing, standing.rows[0]


def test_a_fall_that_began_at_the_event_contradicts_another_date() -> None:
    gap = noise(np.random.default_rng(1)) + step(START, -0.4)
    for at in (START - 8, START + 8):
        standing, row = single(Rival(name="r", begins=100 + at), Evidence(path=path(gap)))
        assert (standing.status, row.event, standing.indistinguishable) == ("contradicted", "survives", False)
        assert row.value is not None and row.value < -0.2 and row.p is not None and row.p < 0.05


def test_a_fall_that_began_at_the_rivals_date_contradicts_the_event() -> None:
    for at in (START - 8, START + 8):
        gap = noise(np.random.default_rng(2)) + step(at, -0.4)
        standing, row = single(Rival(name="r", begins=100 + at), Evidence(path=path(gap)))
        assert (standing.status, row.event, row.seen, standing.indistinguishable) == (
            "survives",
            "contradicted",
            True,
            False,
        )


def test_the_same_date_cannot_be_told_apart() -> None:
    gap = noise(np.random.default_rng(1)) + step(START, -0.4)
    standing, row = single(Rival(name="r", begins=100 + START), Evidence(path=path(gap)))
    assert (standing.status, standing.tested, standing.indistinguishable) == ("survives", 0, True)
    assert row.status == "not testable" and standing.needs == ("rivals.finer",)


def test_a_faint_fall_decides_nothing_and_asks_for_more() -> None:
    gap = noise(np.random.default_rng(3), sd=1.0) + step(START, -0.2)
    standing, row = single(Rival(name="r", begins=100 + START - 3), Evidence(path=path(gap)))
    assert (row.status, row.event) == ("survives", "survives")
    assert standing.indistinguishable and standing.needs == ("rivals.power",)


@pytest.mark.parametrize(("at", "key"), [(80, "rivals.later"), (200, "rivals.later"), (20, "rivals.earlier")])
def test_a_date_outside_what_was_seen_is_not_tested(at: int, key: str) -> None:
    period = 100 + T + at if key == "rivals.later" else at
    standing, row = single(Rival(name="r", begins=period), Evidence(path=path(noise(np.random.default_rng(1)))))
    assert row.status == "not testable" and standing.needs == (key,)


@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_a_true_rival_is_seldom_contradicted(rho: float) -> None:
    rng = np.random.default_rng(4)
    wrong, runs = 0, 300
    for _ in range(runs):
        gap = noise(rng, rho) + step(START + 6, -0.5)
        standing, _ = single(Rival(name="r", begins=100 + START + 6), Evidence(path=path(gap)))
        wrong += standing.status == "contradicted"
    assert wrong / runs <= 0.06, "one side of a two-sided test at 5%"


def test_placebos_keep_the_size_where_noise_is_heavy_tailed() -> None:
    rng = np.random.default_rng(5)
    wrong, runs = 0, 200
    for _ in range(runs):
        rows = rng.standard_t(2, (100, T)) * 0.1
        gap = rows[0] + step(START + 6, -0.5)
        standing, row = single(Rival(name="r", begins=100 + START + 6), Evidence(path=path(gap, placebos=rows[1:])))
        wrong += standing.status == "contradicted"
        assert row.p is not None and row.p >= 0.01
    assert wrong / runs <= 0.06


def test_few_placebos_can_contradict_nothing() -> None:
    rng = np.random.default_rng(6)
    gap = noise(rng) + step(START, -2.0)
    evidence = Evidence(path=path(gap, placebos=noise(rng, shape=(10, T))))
    standing, row = single(Rival(name="r", begins=100 + START + 6), evidence)
    assert standing.status == "survives" and row.p == pytest.approx(1 / 11)
    assert row.lo == -np.inf


def test_an_effect_that_stays_contradicts_waiting_for_a_model() -> None:
    rng = np.random.default_rng(7)
    stays = noise(rng) + step(START, -0.4)
    goes = noise(rng) + step(START, -0.4) + step(START + 8, 0.4)
    waiting = Rival(name="waiting", ends=100 + START + 8)
    standing, row = single(waiting, Evidence(path=path(stays)))
    assert standing.status == "contradicted" and row.value == pytest.approx(-0.4, abs=0.12)
    standing, row = single(waiting, Evidence(path=path(goes)))
    assert (standing.status, row.seen, row.event) == ("survives", True, "silent") and standing.indistinguishable
    standing, row = single(Rival(name="waiting", ends=100 + T + 5), Evidence(path=path(stays)))
    assert row.status == "not testable" and standing.needs == ("rivals.later",)
    _, row = single(Rival(name="waiting", ends=100 + START), Evidence(path=path(stays)))
    assert row.status == "not testable"


def test_a_fall_already_under_way_is_told_from_a_break() -> None:
    rng = np.random.default_rng(8)
    trend = -0.04 * np.arange(T)
    burst = Rival(name="end of the launch burst", before=-1)
    under_way, row = single(burst, Evidence(path=path(noise(rng) + trend)))
    assert (under_way.status, row.seen, row.event) == ("survives", True, "contradicted")
    assert not under_way.indistinguishable
    broke, row = single(burst, Evidence(path=path(noise(rng) + step(START, -0.5))))
    assert broke.status == "contradicted" and row.value is not None and row.value < -0.2
    rising, row = single(burst, Evidence(path=path(noise(rng) - trend)))
    assert rising.status == "contradicted"
    short = GapPath(periods=(1, 2, 3, 4, 5, 6), gap=np.array([0.0, 0.1, 0.0, -1, -1, -1.1]), start=3)
    few, row = single(burst, Evidence(path=short))
    assert row.status == "not testable" and few.needs == ("rivals.earlier",)


@pytest.mark.parametrize(
    ("move", "other", "status", "seen"),
    [
        (Move(entity="x", direction=-1), Other(value=-0.3, lo=-0.4, hi=-0.2), "survives", True),
        (Move(entity="x", direction=-1), Other(value=0.3, lo=0.2, hi=0.4), "contradicted", False),
        (Move(entity="x", direction=-1), Other(value=0.0, lo=-0.1, hi=0.1), "survives", False),
        (Move(entity="x", direction=-1, least=0.2), Other(value=0.0, lo=-0.1, hi=0.1), "contradicted", False),
        (Move(entity="x", direction=1, least=0.2), Other(value=0.3, lo=0.25, hi=0.4), "survives", True),
        (Move(entity="x", direction=1), Other(value=-0.3, lo=-0.4, hi=-0.2), "contradicted", False),
        (Move(entity="x", direction=0), Other(value=-0.3, lo=-0.4, hi=-0.2), "contradicted", False),
        (Move(entity="x", direction=0, least=0.2), Other(value=0.0, lo=-0.1, hi=0.1), "survives", True),
    ],
)
def test_whether_others_moved(move: Move, other: Other, status: str, seen: bool) -> None:
    evidence = Evidence(path=path(noise(np.random.default_rng(9))), others={"x": other})
    standing, row = single(Rival(name="new rules", moves=(move,)), evidence)
    assert (standing.status, row.status, row.seen, row.event, row.entity) == (status, status, seen, "silent", "x")


def test_a_refused_effect_of_another_tests_nothing() -> None:
    evidence = Evidence(path=path(noise(np.random.default_rng(9))), others={"x": None})
    rival = Rival(name="price war", moves=(Move(entity="x", direction=-1), Move(entity="y", direction=-1)))
    (standing,) = judge([rival], evidence)
    assert [r.status for r in standing.rows] == ["not testable"] * 2
    assert (standing.status, standing.tested, standing.needs) == ("survives", 0, ("rivals.outcome",))


def test_backlog() -> None:
    gap = path(noise(np.random.default_rng(10)))
    yes, no = np.ones(T, dtype=bool), np.zeros(T, dtype=bool)
    supply = Rival(name="backlog", backlog=True)
    bound, row = single(supply, Evidence(path=gap, outcome="deliveries", bound=yes, known=yes))
    assert (bound.status, row.seen, bound.needs) == ("survives", True, ("rivals.orders",)) and bound.indistinguishable
    free, _ = single(supply, Evidence(path=gap, outcome="deliveries", bound=no, known=yes))
    assert free.status == "contradicted"
    orders, _ = single(supply, Evidence(path=gap, outcome="orders", bound=yes, known=yes))
    assert orders.status == "contradicted"
    blind, row = single(supply, Evidence(path=gap, outcome="deliveries"))
    assert row.status == "not testable" and blind.needs == ("rivals.flow",)
    dark, row = single(supply, Evidence(path=gap, outcome="deliveries", bound=no, known=no))
    assert row.status == "not testable" and dark.needs == ("rivals.flow",)


def test_four_rivals_of_one_fall() -> None:
    """Orders fell in April: the accident, the end of the launch burst, waiting for a model, new rules."""
    gap = noise(np.random.default_rng(11), sd=0.08) + step(START, -0.4)
    rivals = [
        Rival(name="end of the launch burst", begins=100 + START - 6, before=-1),
        Rival(name="waiting for a model", ends=100 + START + 10),
        Rival(name="new rules", begins=100 + START, moves=(Move(entity="rival a", direction=-1, least=0.1),)),
        Rival(name="nothing said"),
    ]
    others = {"rival a": Other(value=0.02, lo=-0.05, hi=0.09)}
    answer = judge(rivals, Evidence(path=path(gap), outcome="orders", others=others))
    assert [s.status for s in answer] == ["contradicted", "contradicted", "contradicted", "survives"]
    assert [s.tested for s in answer] == [2, 1, 1, 0]
    assert answer[3].indistinguishable and answer[3].needs == ("rivals.predict",)
    assert not any(s.needs for s in answer[:3])


def test_a_measured_scale_makes_errors_no_smaller() -> None:
    gap = noise(np.random.default_rng(1)) + step(START, -0.4)
    rival = Rival(name="r", begins=100 + START - 8)
    _, own = single(rival, Evidence(path=path(gap)))
    _, coarse = single(rival, Evidence(path=path(gap, scale=1.0)))
    assert own.hi is not None and coarse.hi is not None and own.hi < coarse.hi
    assert coarse.status == "survives"


def test_the_sign_of_the_gap_does_not_matter() -> None:
    gap = noise(np.random.default_rng(12)) + step(START, -0.4)
    rivals = [Rival(name="r", begins=100 + START - 8, ends=100 + START + 9)]
    down, up = judge(rivals, Evidence(path=path(gap))), judge(rivals, Evidence(path=path(-gap)))
    assert [r.status for r in down[0].rows] == [r.status for r in up[0].rows]
    assert [r.p for r in down[0].rows] == pytest.approx([r.p for r in up[0].rows])


def test_misuse_says_what_was_expected() -> None:
    with pytest.raises(MisuseError, match="ascending periods"):
        GapPath(periods=(1, 1, 2), gap=np.zeros(3), start=2)
    with pytest.raises(MisuseError, match="ascending periods"):
        GapPath(periods=(1, 2, 3), gap=np.zeros(3), start=3)
    with pytest.raises(MisuseError, match="direction of -1 or 1"):
        judge([Rival(name="r", before=0)], Evidence(path=path(noise(np.random.default_rng(1)))))
