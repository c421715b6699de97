"""Books against direct sums, in worlds whose law is known, and where they must refuse or conclude."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from halfstep.core.errors import MisuseError
from halfstep.outlook.books import (
    OPEN,
    PUBLISHED,
    Books,
    BooksFit,
    Mix,
    Prior,
    Unfit,
    break_even,
    experience,
    fit_books,
    parameters,
    results,
)

NAN = float("nan")
SURE = replace(PUBLISHED, shock=2e-5)


def _fit(books: Books, mix: Mix = "proportion", prior: Prior = PUBLISHED) -> BooksFit:
    found = fit_books(books, mix, prior)
    assert isinstance(found, BooksFit), found
    return found


def _lawful(Q: int, b: float = 0.25, cut: float = 0.0, counting: int = 1) -> tuple[Books, np.ndarray, np.ndarray]:
    """Six quarters that obey the laws exactly, the first Q of them as books; units and result of the rest."""
    units = 1_000.0 * np.array([5, 8, 12, 15, 20, 26.0])
    x = experience(units, about=b)
    price = 0.2 * np.exp(-cut * np.arange(6))
    margin = 1 - 0.9 * np.exp(-b * (x - x[0]))
    revenue = units * price
    overhead = 300.0 * (revenue / revenue[0]) ** 0.6
    result = revenue * margin - overhead
    own = np.where(np.arange(Q) >= Q - counting, result[:Q], NAN)
    other = (revenue * margin - 1.5 * overhead)[:Q]  # another basis, with half as much again in its overheads
    return Books(units[:Q], revenue[:Q], margin[:Q], margin[:Q], own, other[None]), units[Q:], result[Q:]


def test_experience_is_where_the_mean_cost_of_a_quarter_lies() -> None:
    b, units = 0.01, np.array([400.0, 300.0, 900.0])
    edges = np.concatenate([[0.0], np.cumsum(units)])
    mean = np.diff(edges ** (1 - b) / (1 - b)) / units
    assert np.allclose(np.exp(-b * experience(units)), mean, rtol=1e-4)
    assert np.allclose(experience(units[1:], before=400.0), experience(units)[1:])
    steady = experience(np.array([10.0, 0.0, 1e-9]), before=5.0)
    assert np.allclose(steady[1:], np.log(15.0))


def test_books_that_obey_the_laws_are_continued_exactly() -> None:
    books, units, truth = _lawful(4)
    fit = _fit(books, prior=SURE)
    foretold = results(fit, np.tile(units, (500, 1)), np.random.default_rng(0))
    assert np.allclose(foretold.result, truth, rtol=2e-3)
    assert np.allclose(foretold.result, foretold.revenue * foretold.margin - foretold.overhead)
    drawn = parameters(fit, 500, np.random.default_rng(1))
    assert np.allclose(drawn.slope, 0.25, atol=1e-3)
    assert np.allclose(drawn.elasticity, 0.6, atol=0.01)


def test_blanks_are_stepped_over() -> None:
    books, units, truth = _lawful(5, counting=2)
    gappy = replace(books, margin_lo=books.margin_lo.copy(), margin_hi=books.margin_hi.copy())
    gappy.margin_lo[[1, 4]] = gappy.margin_hi[[1, 4]] = NAN  # the last quarter's margin is not out yet
    fit = _fit(gappy, prior=SURE)
    assert (fit.last_cost, fit.last_price, fit.last_overhead) == (3, 4, 3)
    foretold = results(fit, np.tile(units, (200, 1)), np.random.default_rng(0))
    assert np.allclose(foretold.result, truth, rtol=5e-3)


def test_both_readings_of_the_mix_agree_where_the_price_stands_and_part_where_it_is_cut() -> None:
    books, _, _ = _lawful(4)
    slopes = [parameters(_fit(books, mix, SURE), 50, np.random.default_rng(0)).slope for mix in ("proportion", "none")]
    assert np.allclose(slopes[0], slopes[1], atol=1e-4)
    cut, _, _ = _lawful(4, b=0.0, cut=0.05)
    flat, steep = (
        parameters(_fit(cut, mix, SURE), 50, np.random.default_rng(0)).slope for mix in ("proportion", "none")
    )
    assert np.allclose(flat, 0.0, atol=1e-3)  # the margin never moved
    assert steep.min() > 0.02  # read alone, cost must have fallen with the price


def test_another_basis_tells_growth_and_never_the_level() -> None:
    books, units, _ = _lawful(4)
    assert _fit(books).growths == ((1, 0, 1), (1, 1, 2), (1, 2, 3))
    gross = books.revenue * books.margin_lo
    shifted = replace(books, other=gross - 2.0 * (gross - books.other))  # twice the overheads, the same growth
    one, two = (results(_fit(b), np.tile(units, (300, 1)), np.random.default_rng(3)) for b in (books, shifted))
    assert np.allclose(one.overhead, two.overhead, rtol=1e-6)
    # a step across bases would be 1.5 overheads to 1 between the last but one quarter and the last
    assert one.overhead[:, 0].mean() > float((gross - np.nan_to_num(books.result))[-1])


def test_steps_of_the_basis_that_counts_come_first_and_no_change_is_counted_twice() -> None:
    books, _, _ = _lawful(5, counting=2)
    twice = replace(books, other=np.vstack([books.other, books.other]))
    assert _fit(twice).growths == ((0, 3, 4), (1, 0, 1), (1, 1, 2), (1, 2, 3))
    alone = replace(books, result=np.where(np.arange(5) == 4, books.result, NAN), other=np.empty((0, 0)))
    assert _fit(alone).growths == ()
    above = replace(books, other=np.full((1, 5), 1e9))  # above gross profit: tells nothing of overheads
    assert _fit(above).growths == ((0, 3, 4),)


def test_units_of_money_and_of_count_do_not_matter() -> None:
    books, units, _ = _lawful(4)
    rich = replace(books, revenue=books.revenue * 1e3, result=books.result * 1e3, other=books.other * 1e3)
    few = replace(books, units=books.units / 1e3)
    for mix in ("proportion", "none"):
        base = results(_fit(books, mix), np.tile(units, (300, 1)), np.random.default_rng(4)).result
        scaled = results(_fit(rich, mix), np.tile(units, (300, 1)), np.random.default_rng(4)).result
        counted = results(_fit(few, mix), np.tile(units / 1e3, (300, 1)), np.random.default_rng(4)).result
        assert np.allclose(scaled / 1e3, base, rtol=1e-6)
        assert np.allclose(counted, base, rtol=1e-6)


def test_coarser_rounding_says_less() -> None:
    books, units, _ = _lawful(4)
    widths = []
    for half in (0.0005, 0.01, 0.03):
        rough = replace(books, margin_lo=books.margin_lo - half, margin_hi=books.margin_hi + half)
        foretold = results(_fit(rough), np.tile(units, (8_000, 1)), np.random.default_rng(5))
        lo, hi = np.quantile(foretold.margin[:, -1], [0.1, 0.9])
        widths.append(float(hi - lo))
    assert widths[0] < widths[1] < widths[2]


def test_the_prior_matters_with_few_figures_and_its_switch_works() -> None:
    books, _, _ = _lawful(3, b=0.0)
    wide = replace(books, margin_lo=books.margin_lo - 0.03, margin_hi=books.margin_hi + 0.03)
    believed, unsure = (
        parameters(_fit(wide, prior=p), 4_000, np.random.default_rng(6)).slope for p in (PUBLISHED, OPEN)
    )
    assert believed.mean() > unsure.mean()
    assert unsure.std() < 1.0  # figures have spoken


def test_a_quarter_without_sales_keeps_most_overheads() -> None:
    books, _, _ = _lawful(4)
    stopped = results(_fit(books, prior=SURE), np.zeros((200, 2)), np.random.default_rng(7))
    assert (stopped.revenue == 0).all()
    last = float((books.revenue * books.margin_lo - books.result)[-1])
    assert (stopped.overhead[:, 0] > 0.5 * last).all()
    assert (stopped.result < 0).all()


def _world(
    rng: np.random.Generator, law: dict[str, float], mixed: float, Q: int = 5
) -> tuple[Books, np.ndarray, np.ndarray]:
    """A maker whose walks have known laws; results on two bases; H = 3 quarters of truth."""
    T = Q + 3

    def walk(step: np.ndarray) -> np.ndarray:
        return np.concatenate([[0.0], np.cumsum(step)])

    units = 30e3 * np.exp(np.cumsum(rng.normal(0.2, 0.15, T)))
    x = experience(units, about=min(max(law["b"], 0.0), 0.9))
    moved = walk(law["cut"] + law["price"] * rng.standard_normal(T - 1))
    cost = walk(-law["b"] * np.diff(x) + law["cost"] * rng.standard_normal(T - 1)) + mixed * moved
    revenue, margin = units * 2e-4 * np.exp(moved), 1 - 0.9 * np.exp(cost - moved)
    sales = np.diff(np.log(revenue))
    pull = law["elasticity"] * np.where(sales < 0, PUBLISHED.sticky * sales, sales) + law["growth"]
    overhead = 0.35 * revenue[0] * np.exp(walk(pull + law["overhead"] * rng.standard_normal(T - 1)))
    result = revenue * margin - overhead
    printed = np.round(margin[:Q], 3)
    own = np.where(np.arange(Q) >= Q - 2, np.round(result[:Q], 2), NAN)
    other = np.round(result - 0.3 * overhead, 2)[None, :Q]
    return (
        Books(units[:Q], revenue[:Q], printed - 5e-4, printed + 5e-4, own, other, rounding=5e-3),
        units[Q:],
        result[Q:],
    )


LAW = {"b": 0.15, "cost": 0.02, "price": 0.03, "cut": 0.0, "elasticity": 0.55, "growth": 0.0, "overhead": 0.03}


@pytest.mark.parametrize(
    ("change", "mix", "exact"),
    [
        ({}, "proportion", True),
        ({"b": 0.30}, "proportion", False),
        ({"b": 0.0}, "proportion", False),
        ({"cut": -0.05}, "none", False),
        ({"growth": 0.10}, "proportion", False),
    ],
    ids=[
        "drawn from the prior",
        "fast learner",
        "no learning",
        "price cuts that cost does not follow",
        "overheads grow",
    ],
)
def test_worlds_are_covered(change: dict[str, float], mix: Mix, exact: bool) -> None:
    rng = np.random.default_rng(20250604)
    inside, said, came = [], [], []
    for _ in range(40):
        law = LAW | change
        if exact:
            shocks = np.abs(rng.standard_t(3, 3)) * PUBLISHED.shock
            law |= {
                "b": rng.normal(PUBLISHED.slope, PUBLISHED.slope_spread),
                "cut": rng.normal(0, PUBLISHED.price_drift_spread),
                "elasticity": rng.normal(PUBLISHED.elasticity, PUBLISHED.elasticity_spread),
                "growth": rng.normal(0, PUBLISHED.drift_spread),
                "cost": shocks[0],
                "price": shocks[1],
                "overhead": shocks[2],
            }
        books, units, truth = _world(rng, law, 1.0 if mix == "proportion" else 0.0)
        foretold = results(_fit(books, mix), np.tile(units, (1_000, 1)), rng).result
        lo, hi = np.quantile(foretold, [0.1, 0.9], axis=0)
        inside.append((lo <= truth) & (truth <= hi))
        said.append(break_even(foretold).by[-1])
        came.append((truth > 0).any())
    rate = np.mean(inside, axis=0)
    # at least nominal within chance in every world, and nominal where worlds are drawn from the prior itself
    assert (rate * 40 >= stats.binom.ppf(0.001, 40, 0.8)).all(), rate
    if exact:
        assert (rate * 40 <= stats.binom.ppf(0.999, 40, 0.8)).all(), rate
    assert abs(np.mean(said) - np.mean(came)) < 4 * np.sqrt(0.25 / 40)


def _maker(margin: list[float], result: float) -> Books:
    printed = np.array(margin)
    own = np.array([NAN, NAN, NAN, result])
    return Books(
        np.array([30e3, 40e3, 60e3, 70e3]), np.array([6.0, 8.0, 12.0, 14.0]), printed - 5e-4, printed + 5e-4, own,
        rounding=0.05,
    )  # fmt: skip


def test_one_that_plainly_will_is_told_from_one_that_plainly_will_not() -> None:
    units = np.tile([90e3, 110e3, 130e3], (8_000, 1))
    for mix in ("proportion", "none"):
        near, far = (
            break_even(results(_fit(one, mix), units, np.random.default_rng(8)).result).by[-1]
            for one in (_maker([0.10, 0.17, 0.24, 0.30], -0.05), _maker([-0.20, -0.19, -0.20, -0.19], -9.0))
        )
        assert near > 0.9
        assert far < 0.02


def test_break_even_counts_first_quarters() -> None:
    result = np.array([[-1.0, 2.0, -1.0], [1.0, 1.0, 1.0], [-1.0, -1.0, 0.5], [-1.0, -1.0, -1.0]])
    found = break_even(result)
    assert found.first.tolist() == [0.25, 0.25, 0.25]
    assert found.by.tolist() == [0.25, 0.5, 0.75]
    assert found.none == 0.25
    assert break_even(result, above=0.75).by.tolist() == [0.25, 0.5, 0.5]


def test_books_that_say_too_little_or_contradict_themselves_are_refused() -> None:
    books, _, _ = _lawful(4)

    def blank(column: np.ndarray, *at: int, value: float = NAN) -> np.ndarray:
        out = column.copy()
        out[list(at)] = value
        return out

    lost = blank(books.margin_lo, 0, 1)
    assert fit_books(replace(books, margin_lo=lost, margin_hi=lost)) == Unfit("few margins", (2, 3))
    unpriced = replace(books, revenue=blank(books.revenue, 0, 1))
    assert fit_books(unpriced, "none") == Unfit("few margins", (2, 3))
    assert isinstance(fit_books(unpriced, "proportion"), BooksFit)
    assert fit_books(replace(books, result=np.full(4, NAN))) == Unfit("no result", ())
    unseen = blank(books.margin_lo, 3)
    assert fit_books(replace(books, margin_lo=unseen, margin_hi=unseen)) == Unfit("no result", (3,))
    assert fit_books(replace(books, revenue=np.full(4, NAN))) == Unfit("no revenue", ())
    assert fit_books(replace(books, margin_hi=blank(books.margin_hi, 2, value=1.2))) == Unfit(
        "margins contradict", (2,)
    )
    assert fit_books(replace(books, margin_lo=blank(books.margin_lo, 1, value=0.9))) == Unfit(
        "margins contradict", (1,)
    )
    assert fit_books(replace(books, units=blank(books.units, 0, value=0.0))) == Unfit("no units", (0,))
    assert fit_books(replace(books, units=blank(books.units, 2))) == Unfit("no units", (2,))
    assert fit_books(replace(books, result=blank(books.result, 3, value=1e9))) == Unfit("overheads contradict", (3,))


def test_misuse_is_told() -> None:
    books, _, _ = _lawful(4)
    with pytest.raises(MisuseError, match="columns of 4 quarters"):
        replace(books, revenue=np.ones(3))
    with pytest.raises(MisuseError, match="finite spreads"):
        Prior(slope_spread=0.0)
    with pytest.raises(MisuseError, match="not below zero"):
        replace(books, before=-1.0)
    with pytest.raises(MisuseError, match="units of shape"):
        results(_fit(books), np.array([[NAN, 1.0]]), np.random.default_rng(0))
    with pytest.raises(MisuseError, match="results of shape"):
        break_even(np.empty((0, 2)))
