"""PPI++ against ppi-python, against the formula written out again, at its corners, and in worlds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from halfstep.core.errors import MisuseError
from halfstep.prevalence.ppi import line, score_interval, share
from halfstep.prevalence.records import Array, Audit, Share, Tally, Unsaid, join
from halfstep.worlds.prevalence import simulate_reading

REFERENCE = Path(__file__).parents[1] / "reference" / "prevalence.json"


def people(f: Array, y: Array, weight: Array | None = None) -> Audit:
    return Audit(f, y.astype(np.float64), np.ones(len(f)) if weight is None else weight)


def told(found: Share | Unsaid) -> Share:
    assert isinstance(found, Share)
    return found


def cases() -> list[dict[str, Any]]:
    stored: list[dict[str, Any]] = json.loads(REFERENCE.read_text(encoding="utf-8"))["cases"]
    return stored


@pytest.mark.parametrize("case", cases(), ids=lambda c: f"{c['m']} of {c['n']}")
def test_ppi_python_says_the_same(case: dict[str, Any]) -> None:
    """The audited are part of the cell: with lambda shrunk by (N - m) / N its estimate over the rest is the same number."""
    rng = np.random.default_rng(case["seed"])
    m, n = case["m"], case["n"]
    y = (rng.random(n) < 0.3).astype(float)
    f = 1 / (1 + np.exp(-(case["apart"] * (y - 0.5) + rng.normal(size=n))))
    found = told(share(Tally.of(f), people(f[:m], y[:m]), 0.95, target="source"))
    assert found.value == pytest.approx(case["value"], abs=1e-12)
    assert found.lam == pytest.approx(case["slope"], abs=1e-10)
    assert abs(found.value - case["tuned"]) < 0.35 * found.se
    width = (found.hi - found.lo) / (case["hi"] - case["lo"])
    assert 0.99 < width < 1 + 15 / m  # theirs has no small-sample care: normal quantile, no leverage, no unseen errors
    lower = told(share(Tally.of(f), people(f[:m], y[:m]), 0.95))
    assert lower.value == found.value and lower.se < found.se


def test_the_formula_written_out_again() -> None:
    """Regression estimator by least squares, HC2 by leaving each row out, third moment and the score interval by hand."""
    rng = np.random.default_rng(5)
    n, m = 800, 60
    f = rng.random(n)
    y = (rng.random(n) < f**2).astype(float)
    w = rng.uniform(1, 9, m)
    fitted = line(Tally.of(f), people(f[:m], y[:m], w))
    root = np.sqrt(w)
    design = np.column_stack([np.ones(m), f[:m]]) * root[:, None]
    beta = np.linalg.lstsq(design, y[:m] * root, rcond=None)[0]
    at = np.array([1.0, f.mean()])
    assert fitted.value == pytest.approx(at @ beta, abs=1e-12) and fitted.lam == pytest.approx(beta[1], abs=1e-12)
    scaled = w * n / w.sum()
    hat = np.einsum("ij,ji->i", design, np.linalg.pinv(design))
    jump = np.zeros(m)
    for i in range(m):
        keep = np.arange(m) != i
        without = np.linalg.lstsq(design[keep], (y[:m] * root)[keep], rcond=None)[0]
        jump[i] = at @ (beta - without) * np.sqrt(1 - hat[i])
    assert fitted.variance == pytest.approx(float((jump**2 * (1 - 1 / scaled)).sum()), rel=1e-9)
    assert fitted.third == pytest.approx(float((jump**3 * (1 - 1 / scaled)).sum()), rel=1e-9)


def test_a_plain_proportion_has_wilsons_interval() -> None:
    for k, m in ((1, 30), (15, 30), (29, 30)):
        p, q = k / m, float(norm.ppf(0.975))
        lo, hi = score_interval(p, p * (1 - p) / m, p * (1 - p) * (1 - 2 * p) / m**2, q, m)
        centre, half = (
            (p + q**2 / (2 * m)) / (1 + q**2 / m),
            q / (1 + q**2 / m) * np.sqrt(p * (1 - p) / m + (q / m) ** 2 / 4),
        )
        assert (lo, hi) == pytest.approx((centre - half, centre + half), abs=1e-12)


def test_people_who_found_none_or_only_the_class_leave_a_one_sided_interval() -> None:
    f = np.random.default_rng(1).random(1000)
    none = told(share(Tally.of(f), people(f[:50], np.zeros(50)), 0.95))
    wilson = student.ppf(0.975, 49) ** 2 / (50 + student.ppf(0.975, 49) ** 2)
    assert none.value == none.lo == 0 and wilson < none.hi < 1.2 * wilson and none.way == "people alone"
    every = told(share(Tally.of(f), people(f[:50], np.ones(50)), 0.95))
    assert every.hi == 1 and every.lo == pytest.approx(1 - none.hi, abs=1e-9)


def test_a_reader_right_a_hundred_times_still_has_an_error() -> None:
    f = np.round(np.random.default_rng(1).random(5000))
    found = told(share(Tally.of(f), people(f[:100], f[:100]), 0.95))
    assert found.value == pytest.approx(f.mean()) and 0.015 < (found.hi - found.lo) / 2 < 0.04


def test_a_cell_read_whole_has_no_error_and_one_post_short_of_it_hardly_any() -> None:
    f, y = np.linspace(0, 1, 51), (np.arange(51) < 10).astype(float)
    whole = told(share(Tally.of(f), people(f, y), 0.9))
    assert (whole.lo, whole.hi, whole.se, whole.way) == (10 / 51, 10 / 51, 0.0, "census")
    short = told(share(Tally.of(f), people(f[:50], y[:50]), 0.9))
    assert 10 / 51 <= short.lo < short.hi <= 11 / 51
    three = told(share(Tally.of(f[:3]), people(f[:3], y[:3]), 0.9))
    assert three.way == "census"


def test_only_ratios_of_weights_matter_and_one_heavy_row_leaves_little() -> None:
    rng = np.random.default_rng(2)
    f = rng.random(2000)
    y = (rng.random(2000) < f).astype(float)
    w = rng.uniform(1, 5, 80)
    one, other = (told(share(Tally.of(f), people(f[:80], y[:80], w * s), 0.9)) for s in (1.0, 37.0))
    assert (one.value, one.lo, one.hi) == pytest.approx((other.value, other.lo, other.hi), abs=1e-12)
    w[0] = 1e6
    heavy = told(share(Tally.of(f), people(f[:80], y[:80], w), 0.9))
    assert heavy.freedom < 2 and heavy.hi - heavy.lo > 0.5


def test_tallies_add_up_and_bytes_are_exact() -> None:
    rng = np.random.default_rng(3)
    kept = rng.integers(0, 256, 500)
    f = kept / 255
    parts = Tally.of(f[:200]) + Tally.of(f[200:])
    whole = Tally.of_bytes(500, int(kept.sum()), int((kept**2).sum()))
    assert parts.n == whole.n and (parts.s1, parts.s2) == pytest.approx((whole.s1, whole.s2), rel=1e-12)
    assert whole.variance == pytest.approx(f.var())
    both = join([people(f[:3], np.zeros(3)), people(f[3:7], np.ones(4))])
    assert both.m == 7 and both.worth == pytest.approx(7) and both.where(both.y > 0).m == 4


def test_what_cannot_be_is_refused() -> None:
    f = np.linspace(0, 1, 20)
    for reason, found in (
        ("few audited", share(Tally.of(f), people(f[:4], np.zeros(4)), 0.9)),
        ("empty", share(Tally(), people(f[:0], f[:0]), 0.9)),
    ):
        assert isinstance(found, Unsaid) and found.reason == reason
    few = share(Tally.of(f), people(f[:4], np.zeros(4)), 0.9, fewest=10)
    assert isinstance(few, Unsaid) and few.fact("more") == 6
    with pytest.raises(MisuseError, match="own utterances"):
        share(Tally.of(f[:5]), people(f, f), 0.9)
    with pytest.raises(MisuseError, match="one over the probability"):
        Audit(f, f, np.zeros(20))
    with pytest.raises(MisuseError, match="between 0 and 1"):
        Audit(f, 2 * f, np.ones(20))
    with pytest.raises(MisuseError, match="scores must lie"):
        Tally(3, 5.0, 5.0)
    with pytest.raises(MisuseError, match="of one length"):
        Audit(f, f[:3], f)


def test_a_worse_reader_of_the_same_posts_gives_a_wider_interval() -> None:
    """Same posts, same audit; only the reader differs."""
    wider = 0
    for run in range(40):
        rng = np.random.default_rng(run)
        y = (rng.random(5000) < 0.3).astype(float)
        noise, widths = rng.normal(size=5000), []
        for apart in (3.3, 2.07, 1.05, 0.0):  # right in 95%, 85%, 70%, 50%
            f = 1 / (1 + np.exp(-(apart * (y - 0.5) + noise)))
            found = told(share(Tally.of(f), people(f[:100], y[:100]), 0.95))
            widths.append(found.hi - found.lo)
        wider += widths == sorted(widths)
    assert wider >= 34


def test_unequal_draws_need_their_weights() -> None:
    """Without weights posts of high score, drawn nine times as often, would be taken for the cell."""
    off, on = [], []
    for run in range(60):
        read = simulate_reading("unequal draws", np.random.default_rng([9, run]))
        tally, y = Tally.of(read.f), read.y[read.drawn]
        on.append(told(share(tally, people(read.f[read.drawn], y, read.weight), 0.9)).value - read.truth)
        off.append(float(y.mean()) - read.truth)
    assert abs(np.mean(on)) < 0.012 < 0.1 < np.mean(off)
