"""The reference class, the dose, and the list of crises against docs/crises.md."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfstep.core.errors import MisuseError
from halfstep.events.crises import CRISES, FINDINGS, Crisis, of_nature
from halfstep.events.dose import NEEDED, Dose, Times, dose_response, published_dose, times, told
from halfstep.events.reference import (
    MINIMUM,
    BackTest,
    Member,
    NoBasis,
    Prior,
    combine,
    horizon_of,
    leave_one_out,
    mixed_effects,
    of_brands,
    prior_of,
    reference_prior,
)

Array = npt.NDArray[np.float64]
DOCS = Path(__file__).parents[2] / "docs" / "crises.md"

BCG = np.array(
    [
        (4, 119, 11, 128, 44), (6, 300, 29, 274, 55), (3, 228, 11, 209, 42), (62, 13536, 248, 12619, 52),
        (33, 5036, 47, 5761, 13), (180, 1361, 372, 1079, 44), (8, 2537, 10, 619, 19), (505, 87886, 499, 87892, 13),
        (29, 7470, 45, 7232, 27), (17, 1699, 65, 1600, 42), (186, 50448, 141, 27197, 18), (5, 2493, 3, 2338, 33),
        (27, 16886, 29, 17825, 33),
    ],
    dtype=np.float64,
)  # fmt: skip
"""BCG vaccine against tuberculosis (Colditz et al. 1994): cases and others, vaccinated and not, latitude."""


def bcg() -> tuple[Array, Array, Array]:
    """Log relative risks, their variances, latitude."""
    a, b, c, d, latitude = BCG.T
    return np.log(a / (a + b)) - np.log(c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d), latitude


def test_bcg_by_restricted_likelihood_is_what_metafor_prints() -> None:
    # README of metafor: rma(yi, vi, data=dat, test="knha")
    effect, variance, _ = bcg()
    prior = prior_of([Member(str(i), e, math.sqrt(v)) for i, (e, v) in enumerate(zip(effect, variance, strict=True))])
    assert isinstance(prior, Prior) and prior.weighted
    assert prior.sd**2 == pytest.approx(0.3132, abs=5e-5) and prior.sd == pytest.approx(0.5597, abs=5e-5)
    assert (prior.mean, prior.se) == pytest.approx((-0.7145, 0.1808), abs=5e-5)
    assert prior.mean / prior.se == pytest.approx(-3.9522, abs=5e-5)
    assert (prior.lo, prior.hi) == pytest.approx((-1.1084, -0.3206), abs=5e-5)
    # metafor's predictive interval has k - 1 = 12 degrees of freedom: 0.14 to 1.76; Higgins et al. have k - 2.
    ends = [math.exp(prior.mean + sign * 2.178813 * prior.scale) for sign in (-1, 1)]
    assert ends == pytest.approx([0.14, 1.76], abs=5e-3)
    assert prior.freedom == 11
    assert prior.predictive_hi - prior.mean == pytest.approx(2.200985 * prior.scale)


def test_bcg_by_moments_is_what_metafor_and_stata_print() -> None:
    effect, variance, _ = bcg()
    fit = mixed_effects(effect, variance, np.ones((13, 1)), "DL")
    plain = 1 / math.sqrt(float((1 / (variance + fit.between)).sum()))
    assert fit.between == pytest.approx(0.3088, abs=5e-5)
    assert fit.beta[0] == pytest.approx(-0.7141, abs=5e-5)
    ends = [fit.beta[0] - 1.959964 * plain, fit.beta[0] + 1.959964 * plain]
    assert ends == pytest.approx([-1.0644, -0.3638], abs=5e-5)


def test_bcg_on_latitude_is_what_metafor_prints() -> None:
    # README of metafor: rma(yi, vi, mods = ~ ablat, data=dat, test="knha")
    effect, variance, latitude = bcg()
    fit = mixed_effects(effect, variance, np.column_stack([np.ones(13), latitude]))
    assert fit.between == pytest.approx(0.0764, abs=1e-4) and fit.freedom == 11
    assert fit.beta == pytest.approx([0.2515, -0.0291], abs=5e-5)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx([0.2839, 0.0082], abs=5e-5)


def test_the_restricted_likelihood_is_at_its_top() -> None:
    from halfstep.events.reference import _likelihood

    rng = np.random.default_rng(3)
    for _ in range(40):
        k = int(rng.integers(3, 12))
        variance = rng.uniform(0.01, 0.5, k)
        effect = rng.normal(0, rng.choice([0.0, 0.3, 1.0]), k) + rng.normal(0, np.sqrt(variance))
        fit = mixed_effects(effect, variance, np.ones((k, 1)))
        grid = np.concatenate([[0.0], np.geomspace(1e-6, 20, 400)])
        best = max(_likelihood(float(g), effect, variance, np.ones((k, 1))) for g in grid)
        assert _likelihood(fit.between, effect, variance, np.ones((k, 1))) >= best - 1e-6


@pytest.mark.parametrize("n", [3, 5, 9])
def test_the_prediction_covers_the_next_crisis_where_errors_are_unknown(n: int) -> None:
    rng = np.random.default_rng(n)
    inside, runs = 0, 3000
    for _ in range(runs):
        draws = rng.normal(-0.2, 0.3, n + 1)
        prior = prior_of([Member(str(i), float(e)) for i, e in enumerate(draws[:n])], level=0.9)
        assert isinstance(prior, Prior)
        inside += prior.predictive_lo <= draws[n] <= prior.predictive_hi
    assert abs(inside / runs - 0.9) < 3 * math.sqrt(0.09 / runs)  # exact for a normal sample


@pytest.mark.parametrize(("n", "sd", "least"), [(4, 0.3, 0.93), (8, 0.3, 0.92), (8, 0.05, 0.88)])
def test_the_prediction_covers_the_next_effect_where_errors_are_known(n: int, sd: float, least: float) -> None:
    rng = np.random.default_rng(7)
    inside, runs = 0, 300
    for _ in range(runs):
        truth, se = rng.normal(-0.2, sd, n + 1), rng.uniform(0.05, 0.2, n)
        seen = truth[:n] + rng.normal(0, se)
        prior = prior_of([Member(str(i), float(e), float(s)) for i, (e, s) in enumerate(zip(seen, se, strict=True))])
        assert isinstance(prior, Prior)
        inside += prior.predictive_lo <= truth[n] <= prior.predictive_hi
    assert inside / runs >= least


def test_the_mean_interval_covers_with_few_unequal_crises() -> None:
    rng = np.random.default_rng(11)
    inside, runs = 0, 300
    for _ in range(runs):
        se = rng.uniform(0.02, 0.4, 4)
        seen = rng.normal(-0.2, 0.15, 4) + rng.normal(0, se)
        prior = prior_of([Member(str(i), float(e), float(s)) for i, (e, s) in enumerate(zip(seen, se, strict=True))])
        assert isinstance(prior, Prior)
        inside += prior.lo <= -0.2 <= prior.hi
    assert inside / runs >= 0.93


def test_a_class_of_two_says_nothing() -> None:
    answer = prior_of([Member("a", -0.1), Member("b", -0.3)])
    assert answer == NoBasis("reference.few", 2, MINIMUM, ("a", "b"))
    assert isinstance(reference_prior("quantity", "long"), NoBasis)
    assert isinstance(reference_prior("resale price"), NoBasis)
    assert isinstance(reference_prior("attention"), NoBasis)


def test_one_unknown_error_takes_all_weights_away() -> None:
    prior = prior_of([Member("a", -0.1, 0.01), Member("b", -0.3, 0.5), Member("c", -0.5)])
    assert isinstance(prior, Prior) and not prior.weighted
    assert (prior.mean, prior.sd, prior.freedom) == pytest.approx((-0.3, 0.2, 2))


def test_the_published_class_is_what_its_records_say() -> None:
    prior = reference_prior("quantity")
    assert isinstance(prior, Prior)
    logs = {
        "bp-2010": math.log(0.958), "bud-light-2023": math.log(0.72), "french-wine-2003": math.log(0.87),
        "goya-2020": math.log(1.22), "health-claims-ftc": (math.log(0.33) + math.log(0.88)) / 2,
        "japan-beer-2019": math.log(0.25), "tesla-2022": -(math.log(1.67) + math.log(1.83)) / 2,
    }  # fmt: skip
    assert {m.id: m.effect for m in prior.members} == pytest.approx(logs) and prior.n == 7
    assert prior.mean == pytest.approx(np.mean([*logs.values()]))
    assert prior.sd == pytest.approx(np.std([*logs.values()], ddof=1))
    assert prior.predictive_lo < -0.9 and prior.predictive_hi > 0.5, "seven crises allow much, and it is said"
    without = reference_prior("quantity", exclude=of_brands(["tesla"]))
    assert isinstance(without, Prior) and without.n == 6


def test_a_figure_that_nobody_could_check_enters_only_if_asked_for() -> None:
    kept = [c for c in CRISES if c.event in {"bp-2010", "goya-2020", "french-wine-2003"}]
    made_up = Crisis(
        id="x", event="x", crisis="", brand="X", market="", year=2000, nature="politics", outcome="sales", whose="own",
        unit="brand", ratios=(0.5,), says="", source="", verified="unverified",
    )  # fmt: skip
    default, asked = (reference_prior("sales", crises=[*kept, made_up], unverified=u) for u in (False, True))
    assert isinstance(default, Prior) and isinstance(asked, Prior)
    assert (default.n, asked.n) == (3, 4)


def test_no_product_harm_has_a_figure_for_a_brands_own_quantity() -> None:
    politics, harm = (reference_prior("quantity", crises=of_nature(n)) for n in ("politics", "product harm"))
    assert isinstance(politics, Prior) and politics.n == 5
    assert harm == NoBasis("reference.few", 0, MINIMUM, ())


def test_brands_are_found_as_words() -> None:
    assert of_brands(["Audi"]) == {"audi-1986"}
    assert of_brands(["BMW"]) == {"volkswagen-2015"}
    assert of_brands(["oy", ""]) == frozenset()


def test_own_refusal_becomes_the_class_and_own_data_narrow_it() -> None:
    prior = reference_prior("quantity")
    assert isinstance(prior, Prior)
    alone = combine(prior, None, None)
    assert (alone.lo, alone.hi) == pytest.approx((prior.predictive_lo, prior.predictive_hi)) and not alone.own
    wide = combine(prior, -0.2, 0.5)
    assert alone.lo < wide.lo and wide.hi < alone.hi and wide.hi - wide.lo < 2 * 1.96 * 0.5
    sharp = combine(prior, -0.2, 0.01)
    assert (sharp.lo, sharp.hi) == pytest.approx((-0.2 - 0.0196, -0.2 + 0.0196), abs=1e-3)
    assert combine(prior, -3.0, 0.1).surprise < 0.01 < wide.surprise
    assert combine(prior, -3.0, 0.1).median == pytest.approx(-3.0, abs=0.1), "the class gives way where data speak"


def test_a_class_of_many_is_the_normal_textbook_case() -> None:
    rng = np.random.default_rng(0)
    prior = prior_of([Member(str(i), float(e)) for i, e in enumerate(rng.normal(-0.3, 0.2, 4000))])
    assert isinstance(prior, Prior)
    w = prior.scale**2 / (prior.scale**2 + 0.1**2)
    mean, sd = w * 0.1 + (1 - w) * prior.mean, math.sqrt(w) * 0.1
    post = combine(prior, 0.1, 0.1)
    assert (post.median, post.lo, post.hi) == pytest.approx((mean, mean - 1.96 * sd, mean + 1.96 * sd), abs=1e-3)


@given(
    st.lists(st.floats(-2, 1), min_size=3, max_size=9, unique=True).filter(lambda v: np.std(v) > 0.01),
    st.floats(-2, 2),
    st.floats(0.02, 3),
)
@settings(max_examples=60, deadline=None)
def test_the_posterior_median_lies_between_class_and_data(effects: list[float], own: float, se: float) -> None:
    prior = prior_of([Member(str(i), e) for i, e in enumerate(effects)])
    assert isinstance(prior, Prior)
    post = combine(prior, own, se)
    ends = sorted((prior.mean, own))
    assert ends[0] - 1e-3 <= post.median <= ends[1] + 1e-3
    assert post.lo <= post.median <= post.hi


def test_a_posterior_from_a_refused_study_is_calibrated() -> None:
    rng = np.random.default_rng(5)
    inside, runs = 0, 300
    for _ in range(runs):
        truth = rng.normal(-0.2, 0.3, 7)
        prior = prior_of([Member(str(i), float(e)) for i, e in enumerate(truth[:6])])
        assert isinstance(prior, Prior)
        post = combine(prior, truth[6] + rng.normal(0, 0.4), 0.4, level=0.9)
        inside += post.lo <= truth[6] <= post.hi
    assert abs(inside / runs - 0.9) < 3.5 * math.sqrt(0.09 / runs)


def test_the_back_test_counts_and_says_how_little_it_knows() -> None:
    prior = reference_prior("quantity")
    assert isinstance(prior, Prior)
    back = leave_one_out(prior.members)
    assert isinstance(back, BackTest)
    assert (back.n, back.levels, back.covered) == (7, (0.8, 0.9), (6, 6))
    assert back.ranges[0][1] - back.ranges[0][0] > 0.5
    assert back.ranges[1] == pytest.approx((0.4213, 0.9964), abs=1e-4)  # 6 of 7, Clopper & Pearson (1934)
    assert [r.id for r in back.rows if r.effect < r.lo[1]] == ["japan-beer-2019"]
    assert isinstance(leave_one_out(prior.members[:3]), NoBasis)


def test_the_back_test_covers_in_a_world_of_normal_crises() -> None:
    rng = np.random.default_rng(2)
    covered = np.zeros(2)
    for _ in range(400):
        back = leave_one_out([Member(str(i), float(e)) for i, e in enumerate(rng.normal(-0.2, 0.3, 6))])
        assert isinstance(back, BackTest)
        covered += np.array(back.covered) / back.n
    assert covered / 400 == pytest.approx([0.8, 0.9], abs=0.02)


@pytest.mark.parametrize(
    ("months", "name"), [(None, ""), ((0.0, 3.0), "short"), ((0.0, 6.0), "medium"), ((0.0, 31.0), "long")]
)
def test_horizons(months: tuple[float, float] | None, name: str) -> None:
    assert horizon_of(months) == name


def test_misuse_says_what_was_expected() -> None:
    with pytest.raises(MisuseError, match="more effects than columns"):
        mixed_effects(np.zeros(2), np.ones(2), np.ones((2, 2)))
    prior = prior_of([Member("a", -0.3), Member("b", -0.3), Member("c", -0.3)])
    assert isinstance(prior, Prior)
    with pytest.raises(MisuseError, match="above zero"):
        combine(prior, 0.1, 0.1)


# Dose


def fame_world(rng: np.random.Generator, n: int, slope: float) -> tuple[Array, Array]:
    fame = 2.0 ** rng.uniform(0, 6, n)
    return fame, -0.1 + slope * np.log2(fame) + rng.normal(0, 0.2, n)


def test_the_dose_without_errors_is_least_squares() -> None:
    fame, effect = fame_world(np.random.default_rng(1), 12, -0.05)
    dose = dose_response(fame, effect, None, source="made up")
    assert isinstance(dose, Dose)
    x = np.log2(fame) - np.log2(fame).mean()
    slope = float(x @ effect) / float(x @ x)
    residual = effect - effect.mean() - slope * x
    assert dose.slope == pytest.approx(slope)
    assert dose.se == pytest.approx(math.sqrt(float(residual @ residual) / 10 / float(x @ x)), rel=1e-6)
    assert dose.freedom == 10 and dose.n == 12


@pytest.mark.parametrize("n", [6, 12])
def test_the_dose_covers_its_slope(n: int) -> None:
    rng = np.random.default_rng(n)
    inside, runs = 0, 300
    for _ in range(runs):
        fame, effect = fame_world(rng, n, -0.05)
        se = rng.uniform(0.02, 0.3, n)
        dose = dose_response(fame, effect + rng.normal(0, se), se, source="made up")
        inside += isinstance(dose, Dose) and dose.lo <= -0.05 <= dose.hi
    assert inside / runs >= 0.92


def test_twice_the_fame_is_a_range_and_no_doubling() -> None:
    fame, effect = fame_world(np.random.default_rng(4), 20, -0.08)
    dose = dose_response(fame, effect, None, source="twenty made-up events")
    answer = times(dose, 2.0, fame=8.0)
    assert isinstance(answer, Times) and isinstance(dose, Dose)
    assert answer.ratio_lo < answer.ratio < answer.ratio_hi
    assert answer.ratio == pytest.approx(math.exp(dose.slope)), "one doubling moves the log effect by one slope"
    assert (answer.n, answer.source, answer.outside) == (20, "twenty made-up events", False)
    assert times(dose, 1000.0, fame=8.0) != answer
    far, half = times(dose, 1000.0, fame=8.0), times(dose, 0.5, fame=8.0)
    assert isinstance(far, Times) and far.outside
    assert isinstance(half, Times) and half.ratio_hi == pytest.approx(1 / answer.ratio_lo)


def test_there_is_no_basis_in_the_published_crises_and_studies_disagree() -> None:
    dose = published_dose()
    assert dose == NoBasis("dose.published", 0, NEEDED, ())
    assert times(dose, 2.0) == dose
    raises, shields = told()
    assert {f.id for f in raises} == {"liu-2015", "mitchell-1989", "backhaus-2016"}
    assert {f.id for f in shields} == {
        "backhaus-2015", "cleeren-2008", "janakiraman-2018", "barrage-2020", "hammond-2013",
    }  # fmt: skip


def test_the_dose_refuses_few_alike_and_mixed() -> None:
    fame, effect = fame_world(np.random.default_rng(1), 8, -0.05)
    assert dose_response(fame[:5], effect[:5], None, source="") == NoBasis("dose.few", 5, NEEDED)
    assert dose_response(np.full(8, 3.0), effect, None, source="") == NoBasis("dose.same", 8, NEEDED)
    scales = ["aided awareness"] * 4 + ["searches"] * 4
    mixed = dose_response(fame, effect, None, source="", scales=scales)
    assert isinstance(mixed, NoBasis) and mixed.why == "dose.scales"
    with pytest.raises(MisuseError, match="above zero"):
        dose_response(np.zeros(8), effect, None, source="")


# The list


def row(c: Crisis) -> list[str]:
    """A record as docs/crises.md writes it."""
    lo, hi = c.range
    change = f"{c.effect:+.3f}" + (f" [{lo:.3f}, {hi:.3f}] {c.spread}" if c.spread else "")
    months = "?" if c.months is None else f"{c.months[0]:g}-{c.months[1]:g}"
    se = "" if c.se is None else f"{c.se:.3f}"
    place = f"{c.market} {c.year or '?'}"
    return [
        c.id, f"{c.brand}: {c.crisis}", place, c.nature, c.outcome, f"{c.whose}, {c.unit}", c.says, change, se, months,
        c.design, c.verified, c.source,
    ]  # fmt: skip


def listed(heading: str) -> list[list[str]]:
    text = DOCS.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in text.splitlines() if re.match(r"^\| [a-z]+-[a-z0-9-]+ \|", line)]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_the_document_lists_the_records_and_no_other() -> None:
    assert listed("Crises") == [row(c) for c in CRISES]
    assert listed("Findings") == [[f.id, f.sign, f.of, str(f.events), f.says, f.verified, f.source] for f in FINDINGS]


def test_the_records_are_whole() -> None:
    assert len({c.id for c in CRISES}) == len(CRISES)
    for c in CRISES:
        assert c.verified in {"text", "secondary", "unverified"} and c.source and c.says
        assert c.nature in {"product harm", "misconduct", "politics"} and c.whose in {"own", "spill-over"}
        assert c.unit in {"brand", "group", "category"} and c.design in {"counterfactual", "model", "seasonal", "raw"}
        assert all(0 < r < 3 for r in c.ratios) and bool(c.spread) == (len(c.ratios) > 1)
        assert (c.fame is None) == (c.fame_scale == "")
    assert {f.sign for f in FINDINGS} == {"raises", "shields"}
