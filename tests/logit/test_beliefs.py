"""Name and misbelief: told apart by information, bounded by reports alone, refused otherwise; errors against resampling."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.core.errors import MisuseError
from halfstep.logit.beliefs import Part, Range, Separation, separate
from halfstep.logit.cells import Absent, BeliefCells, Cell, Reports, Roles, fit_cell, money_of
from halfstep.logit.control import Equation, asked, equation
from halfstep.logit.mnl import fit_multinomial
from halfstep.logit.money import Money, in_money
from halfstep.logit.tasks import Array, Tasks
from halfstep.worlds.beliefs import ALPHA, BENCHMARK, BETA, FOCAL, simulate_beliefs
from validation.beliefs import cells_of

LEVEL = 0.90
FIGURES = ("listed", "total", "tried", "together", "product", "belief", "name", "moved", "left", "face", "naive", "cap")


def made(kind: str, people: int = 200, seed: int = 5) -> BeliefCells:
    return cells_of(simulate_beliefs(kind, np.random.default_rng([seed, 7]), people))


def figure(part: Part) -> Money:
    assert isinstance(part, Money), part
    return part


def said_by(cells: BeliefCells) -> Reports:
    assert cells.reports is not None
    return cells.reports


def solved(cells: BeliefCells) -> Equation:
    found = equation(cells, asked(cells, said_by(cells)))
    assert isinstance(found, Equation), found
    return found


def without(cells: BeliefCells, *roles: str) -> BeliefCells:
    return replace(cells, cells={role: cell for role, cell in cells.cells.items() if role not in roles})


def keep(reports: Reports, rows: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> Reports:
    return Reports(
        reports.person[rows], reports.brand[rows], reports.attribute[rows], reports.value[rows], reports.informed[rows]
    )


def changed(cells: BeliefCells, by: Array) -> BeliefCells:
    """The same experiment with columns multiplied."""
    scaled = {role: Cell(c.tasks.using(c.tasks.X * by), c.people) for role, c in cells.cells.items()}
    return replace(cells, cells=scaled)


def same(one: Separation, other: Separation, times: float = 1.0) -> None:
    assert one.rests == other.rests
    for name in FIGURES:
        a, b = getattr(one, name), getattr(other, name)
        assert type(a) is type(b), name
        if isinstance(a, Absent):
            assert a == b
            continue
        ends = [times * a.lo, times * a.hi]
        assert sorted(ends) == pytest.approx([b.lo, b.hi], rel=1e-5, abs=1e-6), name


def test_one_cell_is_the_logit_with_its_clustered_fieller_interval() -> None:
    cells = made("both", 60)
    cell = cells.cells["name only"]
    fit = fit_cell(cell, cells.roles, len(cells.weight))
    assert not isinstance(fit, str)
    worth = fit.brands(cells.roles, (BENCHMARK, FOCAL))
    assert worth is not None
    found = figure(money_of(worth, LEVEL) or Absent(""))
    plain = fit_multinomial(cell.tasks.using(cell.tasks.X[:, :5]))
    A = np.linalg.inv(plain.information)
    s = np.add.reduceat(plain.scores, cell.tasks.task[:-1])
    V = A @ (s.T @ s) @ A * 60 / 59
    ours = in_money(np.array([0.0, -1, 1, 0, 0]), plain.b, V, 0, (59.0, LEVEL))
    assert ours is not None
    assert (found.value, found.lo, found.hi, found.se) == pytest.approx(
        (ours.value, ours.lo, ours.hi, ours.se), rel=1e-9
    )
    assert found.freedom == 59


def test_a_large_experiment_gives_back_the_truth_and_its_parts_add_up() -> None:
    for kind in ("both", "strong halo"):
        truth = simulate_beliefs(kind, np.random.default_rng([5, 7]), 3000)
        found = separate(cells_of(truth), LEVEL)
        assert found.rests == "information" and found.asked == (0, 1)
        for name in ("name", "belief", "product", "moved"):
            assert figure(getattr(found, name)).value == pytest.approx(getattr(truth, name), abs=0.25), name
        parts = [figure(part).value for part in (found.name, found.product, found.belief)]
        assert figure(found.total).value == pytest.approx(sum(parts), abs=1e-9)
        assert figure(found.together).value == pytest.approx(truth.name + truth.belief, abs=0.25)
        assert found.strength is not None and found.strength.strong


@pytest.mark.parametrize(("kind", "most"), [("strong halo", 0.8), ("noisy reports", 0.5)])
def test_without_an_instrument_belief_is_misread(kind: str, most: float) -> None:
    """Coefficients of the reports themselves carry noise and liking: part of the misbelief is lost."""
    truth = simulate_beliefs(kind, np.random.default_rng([5, 7]), 3000)
    found = separate(cells_of(truth), LEVEL)
    assert abs(figure(found.belief).value - truth.belief) < 0.25
    assert figure(found.naive).value < most * truth.belief


def test_halo_of_a_brand_makes_a_range_of_the_split_but_not_of_what_information_moved() -> None:
    truth = simulate_beliefs("halo by brand", np.random.default_rng([5, 7]), 3000)
    found = separate(cells_of(truth), LEVEL)
    shift = 0.4 * ALPHA * truth.name * float(BETA.sum()) / ALPHA
    for part, true in ((found.belief, truth.belief), (found.name, truth.name)):
        assert isinstance(part, Range)
        assert part.lo <= true <= part.hi and part.hi - part.lo > 0.9 * shift
    assert figure(found.moved).value == pytest.approx(truth.moved, abs=0.25)
    assert "informed reports still differ from the facts" in found.caution
    assert figure(found.left).value == pytest.approx(shift, abs=0.25)


def test_information_half_believed_gives_ranges_that_hold_the_truth() -> None:
    truth = simulate_beliefs("half believed", np.random.default_rng([5, 7]), 3000)
    found = separate(cells_of(truth), LEVEL)
    for part, true in ((found.belief, truth.belief), (found.name, truth.name)):
        assert isinstance(part, Range) and part.lo <= true <= part.hi


def resampled(cells: BeliefCells, rng: np.random.Generator) -> BeliefCells:
    """Respondents drawn anew within cells, with everything they did."""
    drawn, people, first = {}, [], 0
    for role, cell in cells.cells.items():
        at = rng.integers(0, cell.tasks.N, cell.tasks.N)
        t = cell.tasks
        rows = np.concatenate([np.arange(t.row[t.task[i]], t.row[t.task[i + 1]]) for i in at])
        shift = np.concatenate([t.chosen[t.task[i] : t.task[i + 1]] - t.row[t.task[i] : t.task[i + 1]] for i in at])
        row = np.arange(0, len(rows) + 1, 3)
        tasks = Tasks(t.X[rows], row, row[:-1] + shift, t.task, t.weight)
        drawn[role] = Cell(tasks, np.arange(first, first + len(at)))
        people.append(cell.people[at])
        first += len(at)
    said = asked(cells, said_by(cells))
    value, told = said.value[np.concatenate(people)], said.told[np.concatenate(people)]
    at_ = np.argwhere(~np.isnan(value))
    reports = Reports(at_[:, 0], at_[:, 1], at_[:, 2], value[tuple(at_.T)], told[at_[:, 0]])
    return replace(cells, cells=drawn, reports=reports)


def test_errors_are_those_of_resampled_respondents() -> None:
    """Both stages are in the sandwich: the spread over resamples of respondents is the standard error."""
    cells = made("strong halo", 200)
    found, rng = separate(cells, LEVEL), np.random.default_rng(3)
    again = [separate(resampled(cells, rng), LEVEL) for _ in range(60)]
    for name in ("name", "belief", "product", "moved", "total", "left", "cap", "together"):
        spread = np.std([part.value for r in again if isinstance(part := getattr(r, name), Money)], ddof=1)
        assert figure(getattr(found, name)).se == pytest.approx(spread, rel=0.35), name


def test_swapping_the_brands_turns_every_gap() -> None:
    cells = made("both")
    one, other = (separate(c, LEVEL) for c in (cells, replace(cells, focal=BENCHMARK, benchmark=FOCAL)))
    same(replace(one, cap=Absent("")), replace(other, cap=Absent("")), -1.0)
    cells = made("no treatment")
    one, other = (separate(c, LEVEL) for c in (cells, replace(cells, focal=BENCHMARK, benchmark=FOCAL)))
    same(replace(one, cap=Absent("")), replace(other, cap=Absent("")), -1.0)


@pytest.mark.parametrize("kind", ["both", "no treatment"])
def test_units_and_the_base_do_not_matter(kind: str) -> None:
    cells = made(kind)
    found = separate(cells, LEVEL)
    same(found, separate(changed(cells, np.array([7.0, 1, 1, 1, 1, 1, 1])), LEVEL), 7.0)
    reports = said_by(cells)
    assert cells.facts is not None
    tenfold = replace(
        changed(cells, np.array([1.0, 1, 1, 1, 1, 10, 10])),
        reports=replace(reports, value=10 * reports.value),
        facts=10 * cells.facts,
    )
    same(found, separate(tenfold, LEVEL))
    other = {}
    for role, cell in cells.cells.items():
        X = cell.tasks.X.copy()
        X[:, FOCAL] = X[:, 1:5].sum(axis=1) == 0
        other[role] = Cell(cell.tasks.using(X), cell.people)
    roles = replace(cells.roles, brands=tuple(FOCAL if b == 0 else None if b == FOCAL else b for b in range(5)))
    same(found, separate(replace(cells, cells=other, roles=roles), LEVEL))


def test_who_was_told_may_stand_in_the_reports_alone() -> None:
    cells = made("both")
    plain, informed = cells.cells["name only"], cells.cells["informed"]
    t, u = plain.tasks, informed.tasks
    both = Tasks(
        np.vstack([t.X, u.X]),
        np.concatenate([t.row, t.row[-1] + u.row[1:]]),
        np.concatenate([t.chosen, t.row[-1] + u.chosen]),
        np.concatenate([t.task, t.task[-1] + u.task[1:]]),
        np.concatenate([t.weight, u.weight]),
    )
    one = Cell(both, np.concatenate([plain.people, informed.people]))
    told = without(replace(cells, cells={**cells.cells, "name only": one}), "informed")
    same(separate(cells, LEVEL), separate(told, LEVEL))


def test_without_treatment_there_are_only_ranges() -> None:
    found = separate(made("no treatment"), LEVEL)
    assert found.rests == "bound" and isinstance(found.name, Range) and isinstance(found.belief, Range)
    assert found.moved == Absent("no treatment") and found.left == Absent("no treatment")
    face = figure(found.face)
    assert found.belief.lo <= 0 and found.belief.hi >= face.hi - 1e-9
    rest = figure(found.total).value - figure(found.product).value
    assert found.name.lo < rest - face.value < rest < found.name.hi


def test_cells_alone_give_the_sum_and_refuse_its_parts() -> None:
    cells = made("no reports")
    found = separate(cells, LEVEL)
    assert found.rests == "nothing" and found.name == found.belief == Absent("no treatment")
    assert figure(found.together).value == pytest.approx(figure(found.total).value - figure(found.tried).value)
    listed = separate(without(cells, "name only"), LEVEL)
    parts = [figure(part).value for part in (listed.listed, listed.product, listed.tried)]
    assert figure(listed.together).value == pytest.approx(parts[0] + parts[1] - parts[2])
    alone = separate(without(cells, "blind", "name only"), LEVEL)
    assert isinstance(alone.listed, Money) and alone.tried == alone.together == Absent("no blind cell")


def test_information_without_reports_or_facts_still_moves() -> None:
    cells = made("both")
    found = separate(replace(cells, reports=None, facts=None), LEVEL)
    same(replace(found, rests="nothing"), found)
    assert figure(found.moved).value == pytest.approx(figure(separate(cells, LEVEL).moved).value)
    assert found.name == found.belief == Absent("no reports")
    nofacts = separate(replace(cells, facts=None), LEVEL)
    assert (
        isinstance(nofacts.name, Money) and nofacts.belief == Absent("no facts") and nofacts.cap == Absent("no facts")
    )


def test_more_attributes_than_brands_that_move_are_refused_by_name() -> None:
    cells = made("both")
    reports = said_by(cells)
    pair = keep(reports, np.isin(reports.brand, [FOCAL, BENCHMARK]))
    found = separate(without(replace(cells, reports=pair), "listed"), LEVEL)
    assert found.name == found.belief == Absent("more attributes than information moves", (0, 1))
    one = keep(pair, pair.attribute == 0)
    assert solved(replace(cells, reports=one)).attributes == (0,)


def test_weak_information_bounds_and_says_which_attribute() -> None:
    found = separate(made("weak information"), LEVEL)
    assert found.rests == "bound" and isinstance(found.belief, Range) and isinstance(found.moved, Money)
    assert found.strength is not None and not found.strength.strong
    barred = separate(without(made("weak information"), "listed"), LEVEL)
    assert isinstance(barred.name, Absent) and barred.name.why == "weak information" and barred.name.attributes


def test_price_that_does_not_matter_is_not_measurable_in_money() -> None:
    cells = made("both", 100)
    rng = np.random.default_rng(1)
    flat = {}
    for role, cell in cells.cells.items():
        X = cell.tasks.X.copy()
        X[:, 0] = rng.permutation(X[:, 0])
        flat[role] = Cell(cell.tasks.using(X), cell.people)
    found = separate(replace(cells, cells=flat), LEVEL)
    absurd = [getattr(found, name) for name in FIGURES if not isinstance(getattr(found, name), Absent)]
    assert absurd == []
    assert isinstance(found.name, Absent) and found.name.why == "not measurable in money"


def test_a_brand_that_a_cell_does_not_show_is_said_to_be_missing() -> None:
    cells = made("no reports", 100)
    cell = cells.cells["name only"]
    shows = (cells.roles.brand(cell.tasks.X) == FOCAL).reshape(-1, 3).any(axis=1)
    t = cell.tasks.only(~shows)
    found = separate(replace(cells, cells={**cells.cells, "name only": Cell(t, np.arange(t.N))}), LEVEL)
    assert found.total == Absent("brand not in the cell")


def test_rows_of_nothing_are_no_brand() -> None:
    cells = made("both", 100)
    X = cells.cells["listed"].tasks.X
    wider = np.zeros((4, 8))
    wider[:3, :7] = X[:3]
    wider[3, 7] = 1.0
    roles = replace(cells.roles, none=7)
    brands = roles.brand(wider)
    assert brands[3] == -1 and brands[:3].tolist() == cells.roles.brand(X[:3]).tolist()


def test_reports_may_be_missing_here_and_there() -> None:
    truth = simulate_beliefs("both", np.random.default_rng([5, 7]), 1500)
    cells = cells_of(truth)
    reports = said_by(cells)
    some = keep(reports, np.random.default_rng(2).random(len(reports.value)) < 0.7)
    found = separate(replace(cells, reports=some), LEVEL)
    assert found.rests == "information"
    for name in ("name", "belief"):
        assert figure(getattr(found, name)).value == pytest.approx(getattr(truth, name), abs=0.3)


def test_the_informed_may_all_report_the_facts() -> None:
    cells = made("both")
    reports, facts = said_by(cells), cells.facts
    assert facts is not None
    exact = np.where(reports.informed, facts[reports.brand, reports.attribute], reports.value)
    found = separate(replace(cells, reports=replace(reports, value=exact)), LEVEL)
    assert found.rests == "information" and isinstance(found.name, Money)
    assert figure(found.left).value == pytest.approx(0, abs=1e-9)


def test_a_report_made_twice_counts_once_and_a_weight_of_two_like_two_people() -> None:
    cells = made("both")
    reports = said_by(cells)
    twice = keep(reports, np.tile(np.arange(len(reports.value)), 2))
    same(separate(cells, LEVEL), separate(replace(cells, reports=twice), LEVEL))
    heavier = {
        role: Cell(replace(cell.tasks, weight=2 * cell.tasks.weight), cell.people) for role, cell in cells.cells.items()
    }
    same(separate(cells, LEVEL), separate(replace(cells, cells=heavier, weight=2 * cells.weight), LEVEL))


def test_levers_are_capped_by_prevalence_times_worth() -> None:
    cells = made("both")
    found = separate(cells, LEVEL)
    said, facts = asked(cells, said_by(cells)), cells.facts
    assert facts is not None
    short = np.maximum(facts[FOCAL] - said.value[~said.told][:, FOCAL], 0.0)
    short = short[~np.isnan(short).any(axis=1)]
    omega = [part.value for part in solved(cells).omega]
    for k, lever in enumerate(found.levers):
        assert lever.prevalence.value == pytest.approx(float((short[:, k] > 0).mean()))
        assert lever.cap.value == pytest.approx(omega[k] * float(short[:, k].mean()))
        assert lever.cap.value >= 0
    assert figure(found.cap).value == pytest.approx(sum(lever.cap.value for lever in found.levers))


def test_arrays_that_do_not_belong_together_are_refused() -> None:
    roles = Roles(0, (None, 1), (2,))
    with pytest.raises(MisuseError, match="two of 2 brands"):
        BeliefCells({}, roles, np.ones(1), 0, 0)
    with pytest.raises(MisuseError, match="facts of 2 brands by 1"):
        BeliefCells({}, roles, np.ones(1), 0, 1, facts=np.zeros((3, 1)))


def test_the_worst_chosen_of_a_task_is_a_choice_with_everything_turned() -> None:
    """Tasks with X negated and the same choice of least utility: reports turn with the columns."""
    cells = made("strong halo")
    turned, rng = {}, np.random.default_rng(4)
    for role, cell in cells.cells.items():
        t = cell.tasks
        flip = np.repeat(rng.random(t.T) < 0.5, 3)
        # of two alternatives the one not chosen is the worst
        keep_ = np.ones(len(t.X), dtype=bool)
        keep_[t.row[:-1] + (t.chosen - t.row[:-1] + 1) % 3] = False
        X, flip = np.where(flip[:, None], -t.X, t.X)[keep_], flip[keep_]
        row = np.arange(0, len(X) + 1, 2)
        best = np.cumsum(keep_)[t.chosen] - 1
        chosen = np.where(flip[row[:-1]], 2 * row[:-1] + 1 - best, best)
        turned[role] = (Tasks(t.X[keep_], row, best, t.task, t.weight), Tasks(X, row, chosen, t.task, t.weight))
    one, other = (
        replace(cells, cells={role: Cell(pair[k], cells.cells[role].people) for role, pair in turned.items()})
        for k in (0, 1)
    )
    same(separate(one, LEVEL), separate(other, LEVEL))
