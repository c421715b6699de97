"""Heads learnt from labels: another solver's answer, nothing where there is nothing, no leak across ids."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse import random as sparse_random

from halfstep.core.errors import MisuseError
from halfstep.native.texts import pack
from halfstep.text.cuts import answers, platt
from halfstep.text.folds import fold, together
from halfstep.text.heads import Grams
from halfstep.text.learn import grams_for, learn, ratios
from halfstep.text.score import margins
from halfstep.text.solver import solve
from halfstep.text.validate import against, order, scores

GRAMS = Grams(bits=14)
TOPICS = ("价格", "油耗", "空间")
NAMES = tuple(f"touchpoint.t{k}" for k in range(3))
FILL = "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生"


def posts(n: int, rng: np.random.Generator) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Invented posts: fillers around the words of the topics they are about."""
    y = (rng.random((n, 3)) < 0.35).astype(np.float64)
    texts = []
    for row in y:
        words = ["".join(rng.choice(list(FILL), size=4)) for _ in range(4)]
        words += [topic for topic, on in zip(TOPICS, row, strict=True) if on]
        texts.append("".join(words[i] for i in rng.permutation(len(words))))
    return texts, y


def test_the_solver_finds_what_liblinear_finds() -> None:
    svm = pytest.importorskip("sklearn.svm")
    rng = np.random.default_rng(1)
    X = csr_matrix(sparse_random(200, 300, 0.03, random_state=1))
    y = np.where(rng.random((200, 2)) < 0.3, 1.0, -1.0)
    r = rng.random((300, 2)) + 0.5
    found = solve(X, y, r, np.array([1.0, 0.1]), tolerance=1e-5)
    for k, cost in enumerate((1.0, 0.1)):
        scaled = csr_matrix(X.multiply(r[:, k]))
        peer = svm.LinearSVC(C=cost, tol=1e-8, max_iter=100_000).fit(scaled, y[:, k])
        ours = X @ found.weight[:, k] + found.bias[k]
        assert np.abs(ours - peer.decision_function(scaled)).max() < 1e-3
    again = solve(X, y, r, np.array([1.0, 0.1]), start=found.multiplier, tolerance=1e-4)
    assert np.allclose(again.weight, found.weight)


def test_a_text_that_is_not_for_a_head_does_not_move_it() -> None:
    X = csr_matrix(sparse_random(60, 40, 0.2, random_state=2))
    y = np.where(np.arange(60) % 3 == 0, 1.0, -1.0)[:, None]
    y[40:] = 0
    some = solve(X, y, np.ones((40, 1)), np.ones(1), tolerance=1e-6)
    less = solve(X[:40], y[:40], np.ones((40, 1)), np.ones(1), tolerance=1e-6)
    assert np.allclose(some.weight, less.weight, atol=1e-4)


def test_ratios_are_those_of_wang_and_manning() -> None:
    occurs = csr_matrix(np.array([[1.0, 1], [1, 0], [0, 1]]))
    y = np.array([[1.0], [1], [-1]])
    assert ratios(occurs, y).ravel() == pytest.approx(
        [abs(np.log(3 / 4) - np.log(1 / 3)), abs(np.log(2 / 4) - np.log(2 / 3))]
    )


def test_what_is_planted_is_read_and_scores_are_those_of_unseen_texts() -> None:
    rng = np.random.default_rng(3)
    texts, y = posts(500, rng)
    found = learn(pack(texts), y, np.arange(500), NAMES, GRAMS, rng)
    assert found.scores["touchpoint"].micro.lo > 0.9
    assert found.margins.shape == found.said.shape == (500, 3) and found.heads.card["by"] == "labels"
    fresh, truth = posts(400, rng)
    margin = margins(found.heads, pack(fresh))
    held = scores(answers(found.heads, margin), truth, np.arange(400), NAMES)
    assert abs(held.micro.value - found.scores["touchpoint"].micro.value) < 0.05


def test_shuffled_labels_are_not_read_and_the_card_says_so() -> None:
    rng = np.random.default_rng(4)
    texts, y = posts(400, rng)
    y = y[rng.permutation(400)]
    found = learn(pack(texts), y, np.arange(400), NAMES, GRAMS, rng)
    assert sum(f"reads nothing {name}" in found.heads.card for name in NAMES) >= 2
    always = 2 * y.mean() / (1 + y.mean())
    assert found.scores["touchpoint"].micro.value < always + 0.05


def test_texts_said_again_under_other_ids_do_not_help() -> None:
    rng = np.random.default_rng(5)
    texts, y = posts(150, rng)
    y = y[rng.permutation(150)]
    found = learn(pack(texts * 3), np.tile(y, (3, 1)), np.arange(450), NAMES, GRAMS, rng)
    areas = [head.order.value for head in found.scores["touchpoint"].heads if head.order is not None]
    assert np.mean(areas) < 0.6
    assert found.scores["touchpoint"].groups == 150


def test_folds_never_split_a_part() -> None:
    part = together(pack(["a", "A", "b", "c", "c", "d"]), np.array(["1", "2", "2", "3", "4", "5"]), GRAMS)
    assert len({*part[:3].tolist()}) == 1 and part[3] == part[4] and len(set(part.tolist())) == 3
    many = np.repeat(np.arange(50), 3)
    of = fold(many, 5, np.random.default_rng(0))
    assert all(len(set(of[many == p].tolist())) == 1 for p in range(50)) and np.bincount(of).tolist() == [30] * 5


def test_a_head_without_examples_says_no_and_unlabelled_texts_are_left_out() -> None:
    rng = np.random.default_rng(6)
    texts, y = posts(120, rng)
    y[:, 2] = 0
    y[60:, 1] = np.nan
    found = learn(pack(texts), y, np.arange(120), NAMES, GRAMS, rng)
    heads = found.scores["touchpoint"].heads
    assert heads[1].texts == 60 and heads[2].yes == 0 and f"reads nothing {NAMES[2]}" in found.heads.card
    with pytest.raises(MisuseError, match="two groups"):
        learn(pack(["x", "x"]), np.ones((2, 1)), np.arange(2), ("own",), GRAMS, rng)
    with pytest.raises(MisuseError, match="targets of shape"):
        learn(pack(["x", "y"]), np.ones((3, 1)), np.arange(2), ("own",), GRAMS, rng)


def test_platt_recovers_a_curve_and_says_the_rate_where_there_is_no_order() -> None:
    rng = np.random.default_rng(7)
    margin = rng.normal(size=20_000)
    yes = rng.random(20_000) < 1 / (1 + np.exp(-(1.5 * margin - 1)))
    assert platt(margin, yes) == pytest.approx((1.5, -1), abs=0.06)
    slope, offset = platt(-margin, yes)
    assert slope == 0 and 1 / (1 + np.exp(-offset)) == pytest.approx(yes.mean(), abs=0.001)


def test_intervals_by_group_cover_and_are_wider_than_by_text() -> None:
    rng = np.random.default_rng(8)
    truth, inside = 2 / 3, 0
    for _ in range(200):
        right = rng.beta(2, 1, size=60).repeat(5) > rng.random(60).repeat(5)
        y, said = np.ones((300, 1)), right[:, None]
        found = scores(said, y, np.arange(60).repeat(5), ("own",)).heads[0].recall
        inside += found.lo <= truth <= found.hi
        assert found.hi - found.lo > scores(said, y, np.arange(300), ("own",)).heads[0].recall.hi - found.value
    assert inside >= 0.9 * 200
    assert order(np.array([1.0, 2, 3, 4]), np.array([False, False, True, True]), np.arange(4), 1.96).value == 1


def test_a_judge_is_held_against_a_person() -> None:
    person = np.array(["yes"] * 6 + ["no"] * 4)
    model = np.array(["yes"] * 5 + ["no"] * 5)
    found = against(model, person, np.arange(10))
    assert found["yes", "yes"].value == pytest.approx(5 / 6) and found["no", "yes"].value == 0


def test_n_grams_go_by_the_script() -> None:
    assert grams_for(pack(["这车不错 BMW"])) == Grams()
    assert grams_for(pack(["The car is fine, 半步"])).words == 2
