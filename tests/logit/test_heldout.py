"""Tasks held out: the split, posteriors, scores and their errors, comparisons, the baseline of last shares."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from halfstep.core.errors import MisuseError
from halfstep.logit import heldout as module
from halfstep.logit.heldout import compare, foretell, score, share_baseline, split_last
from halfstep.logit.latent import fit_latent
from halfstep.logit.tasks import Tasks
from tests.logit.people import APART, choose, of_classes


def test_the_last_tasks_are_split_off_and_everybody_keeps_one() -> None:
    rng = np.random.default_rng(0)
    tasks = choose(APART[rng.integers(2, size=20)], rng, uneven=True)
    tasks = tasks.only(~((tasks.person == 3) & (np.arange(tasks.T) > tasks.task[3])))
    split = split_last(tasks, 3)
    length = np.diff(tasks.task)
    assert np.diff(split.fitted.task).tolist() == np.maximum(length - 3, 1).tolist()
    assert split.person.tolist() == [i for i in range(20) if i != 3]
    np.testing.assert_array_equal(tasks.X[split.rows], split.foretold.X)
    np.testing.assert_array_equal(tasks.X[tasks.chosen[split.last]], split.foretold.X[split.foretold.chosen])
    assert split.last[tasks.task[1:] - 1].sum() == 19


def test_foretelling_is_bayes_rule() -> None:
    rng = np.random.default_rng(1)
    split = split_last(choose(APART[rng.integers(3, size=8)], rng, uneven=True), 2)
    B, w = APART[:3], np.array([0.5, 0.3, 0.2])
    p = foretell(split, B, w)
    f, later = split.fitted, split.foretold
    for k, i in enumerate(split.person):
        likely = w.copy()
        for t in range(f.task[i], f.task[i + 1]):
            E = np.exp(f.X[f.row[t] : f.row[t + 1]] @ B.T)
            likely *= (E / E.sum(axis=0))[f.chosen[t] - f.row[t]]
        t = later.task[k]
        E = np.exp(later.X[later.row[t] : later.row[t + 1]] @ B.T)
        expected = (E / E.sum(axis=0)) @ likely / likely.sum()
        np.testing.assert_allclose(p[later.row[t] : later.row[t + 1]], expected)
    np.testing.assert_allclose(np.add.reduceat(p, later.row[:-1]), 1.0)


def test_chunks_of_draws_change_nothing_and_shut_out_draws_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    split = split_last(of_classes(2, rng, people=10), 2)
    B = 5 * rng.normal(size=(40, 4))
    whole = foretell(split, B)
    monkeypatch.setattr(module, "_CELLS", 1)
    np.testing.assert_allclose(foretell(split, B), whole)
    w = np.arange(40) < 10
    np.testing.assert_allclose(foretell(split, B, w.astype(np.float64)), foretell(split, B[:10]))


def test_scores_by_hand() -> None:
    tasks = Tasks(
        np.zeros((7, 1)), np.array([0, 2, 4, 7]), np.array([0, 3, 4]), np.array([0, 2, 3]), np.array([1.0, 2.0])
    )
    found = score(np.array([0.8, 0.2, 0.6, 0.4, 0.4, 0.4, 0.2]), tasks)
    assert found.log_loss == pytest.approx(-(np.log(0.8) + np.log(0.4) + 2 * np.log(0.4)) / 4)
    assert found.hit_rate == pytest.approx((1 + 0 + 2 * 0.5) / 4)
    assert found.by_chance == pytest.approx((0.5 + 0.5 + 2 / 3) / 4)
    away = np.array([1 + 0 - 0.5 * 2, 2 * (0.5 - 0.5)])
    assert found.hit_rate_error == pytest.approx(np.sqrt((away @ away) * 2) / 4)


def test_errors_grow_with_what_a_person_s_tasks_have_in_common() -> None:
    rng = np.random.default_rng(3)
    tasks = choose(np.zeros((60, 1)), rng, tasks=8)
    good = np.repeat(rng.random(60) < 0.5, 8)
    p = np.full(len(tasks.X), 0.2)
    p[tasks.chosen] = np.where(good, 0.6, 0.2)
    p[tasks.chosen[~good] + np.where(tasks.chosen[~good] % 3 == 0, 1, -1)] = 0.6
    found = score(p, tasks)
    assert found.hit_rate == good.mean()
    assert found.hit_rate_error == pytest.approx(np.sqrt(good.mean() * (1 - good.mean()) / 59))


def test_better_classes_beat_one_class_and_last_shares_and_a_model_is_not_better_than_itself() -> None:
    rng = np.random.default_rng(4)
    tasks = of_classes(3, rng, people=120)
    split = split_last(tasks, 2)
    three, one = (fit_latent(split.fitted, c, rng, starts=2) for c in (3, 1))
    by_three = score(foretell(split, three.b, three.share), split.foretold)
    by_one = score(foretell(split, one.b), split.foretold)
    code = np.arange(len(tasks.X)) % 3
    by_place = score(share_baseline(split.fitted, split.foretold, code[~split.rows], code[split.rows]), split.foretold)
    assert compare(by_three, by_one).label == compare(by_one, by_place).label == "better"
    assert compare(by_place, by_three).label == "worse"
    assert compare(by_one, by_one).label == "not better"
    assert by_three.hit_rate > by_one.hit_rate > by_place.hit_rate - 0.1
    assert by_three.by_chance == pytest.approx(1 / 3)


def test_a_choice_that_was_ruled_out_costs_everything() -> None:
    tasks = of_classes(1, np.random.default_rng(5), people=5)
    sure = np.full(len(tasks.X), 1 / 3)
    out = sure.copy()
    out[tasks.chosen[0]] = 0.0
    ruled, even = score(out, tasks), score(sure, tasks)
    assert ruled.log_loss == np.inf
    assert [compare(a, b).label for a, b in ((ruled, even), (even, ruled), (ruled, ruled))] == [
        "worse",
        "better",
        "not better",
    ]


def test_last_shares_are_wins_for_each_time_offered() -> None:
    X = np.zeros((8, 1))
    fitted = Tasks(X, np.arange(0, 9, 2), np.array([0, 2, 4, 7]), np.array([0, 4]), np.ones(1))
    foretold = Tasks(X[:3], np.array([0, 3]), np.array([0]), np.array([0, 1]), np.ones(1))
    p = share_baseline(fitted, foretold, np.array([0, 1, 0, 1, 0, 2, 0, 2]), np.array([0, 1, 5]))
    rate = np.array([(3 + 0.5) / 5, 0.5 / 3, 0.5])
    np.testing.assert_allclose(p, rate / rate.sum())


def test_misuse_is_refused() -> None:
    tasks = of_classes(1, np.random.default_rng(0), people=4)
    with pytest.raises(MisuseError, match="one task or more to foretell"):
        split_last(tasks, 0)
    with pytest.raises(MisuseError, match="a probability for each"):
        score(np.ones(3), tasks)
    with pytest.raises(MisuseError, match="a code a row"):
        share_baseline(tasks, tasks, np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64))
    p = np.full(len(tasks.X), 1 / 3)
    with pytest.raises(MisuseError, match="same tasks of the same people"):
        compare(score(p, tasks), score(p, replace(tasks, weight=2 * tasks.weight)))
