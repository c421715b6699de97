"""A program that labels is a noisy judge: its error in people's words, and shares that carry it."""

from __future__ import annotations

import numpy as np
import pytest

from halfstep.prevalence.judge import JudgeError, judge_error
from halfstep.prevalence.ppi import share
from halfstep.prevalence.records import Audit, Share, Tally, Unsaid


def test_what_it_finds_and_what_it_takes_for_it() -> None:
    people = np.repeat([1.0, 0.0], [40, 60])
    judge = np.concatenate([np.arange(40) < 30, np.arange(60) < 15]).astype(float)
    told = judge_error(Audit(judge, people, np.ones(100)), 0.95)
    assert isinstance(told, JudgeError) and told.useful
    assert (told.found.value, told.false.value, told.right.value) == (0.75, 0.25, 0.75)
    assert (told.found.lo, told.found.hi) == pytest.approx((0.5981, 0.8581), abs=1e-4)  # Wilson, 30 of 40
    assert told.over == pytest.approx(0.05)


def test_a_judge_that_is_always_right_or_blind() -> None:
    people = np.repeat([1.0, 0.0], 20)
    right = judge_error(Audit(people, people, np.ones(40)), 0.95)
    assert isinstance(right, JudgeError) and right.found.hi == 1 and right.found.lo == pytest.approx(0.8389, abs=1e-4)
    blind = judge_error(Audit(np.tile([1.0, 0.0], 20), people, np.ones(40)), 0.95)
    assert isinstance(blind, JudgeError) and not blind.useful
    one = judge_error(Audit(people, np.ones(40), np.ones(40)), 0.95)
    assert isinstance(one, Unsaid) and one.reason == "one class"


def test_its_shares_are_put_right_and_widened() -> None:
    """It sees 46% where 30% are; counted it would be sure and wrong."""
    inside, wrong = 0, 0
    for run in range(60):
        rng = np.random.default_rng(run)
        y = (rng.random(8000) < 0.3).astype(float)
        judge = np.where(y == 1, rng.random(8000) < 0.8, rng.random(8000) < 0.31).astype(float)
        drawn = rng.choice(8000, 100, replace=False)
        found = share(Tally.of(judge), Audit(judge[drawn], y[drawn], np.ones(100)), 0.95)
        assert isinstance(found, Share)
        inside += found.lo <= y.mean() <= found.hi
        wrong += abs(judge.mean() - y.mean()) > 0.1
    assert inside >= 53 and wrong == 60
