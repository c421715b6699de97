"""Topics of car-forum posts, by content id: the command as documented, beside TF-IDF and a linear machine on the same split."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from halfstep.cli import main

pytestmark = pytest.mark.cases


def parted(table: Path, folder: Path) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ids = sorted({row["content_id"] for row in rows})
    held = set(np.random.default_rng(20250604).permutation(ids)[: len(ids) * 3 // 10].tolist())
    sides = [row for row in rows if row["content_id"] not in held], [row for row in rows if row["content_id"] in held]
    for name, side in zip(("train", "test"), sides, strict=True):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, list(rows[0]))
            out.writeheader()
            out.writerows(side)
    return sides


def peer(train: list[dict[str, str]], test: list[dict[str, str]]) -> float:
    """Micro-F1 of sublinear TF-IDF of characters 1 to 3 and a linear machine, at the cut and rule that suit it best on the test texts."""
    features = pytest.importorskip("sklearn.feature_extraction.text")
    svm = pytest.importorskip("sklearn.svm")
    topics = sorted({row["subject"] for row in train})

    def merged(rows: list[dict[str, str]]) -> tuple[list[str], np.ndarray[tuple[int, int], np.dtype[np.bool_]]]:
        said: dict[str, set[str]] = {}
        for row in rows:
            said.setdefault(row["content"], set()).add(row["subject"])
        return list(said), np.array([[topic in found for topic in topics] for found in said.values()])

    (texts, y), (fresh, truth) = merged(train), merged(test)
    made = features.TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    X, T = made.fit_transform(texts), made.transform(fresh)
    margin = np.column_stack([svm.LinearSVC(C=1).fit(X, y[:, h]).decision_function(T) for h in range(len(topics))])
    found = []
    for cut in np.linspace(-0.5, 0.2, 15):
        said = margin > cut
        best = said.copy()
        none = np.flatnonzero(~said.any(1))
        best[none, margin[none].argmax(1)] = True
        found += [2 * (one & truth).sum() / (one.sum() + truth.sum()) for one in (said, best)]
    return float(max(found))


def test_topics_are_read_as_well_as_by_the_usual_machine(
    cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train, test = parted(cases / "car_forum_topics" / "labelled.csv", tmp_path)
    columns = ("--text", "content", "--touchpoint", "subject", "--group", "content_id")
    with pytest.raises(SystemExit) as stopped:
        main(["teach", str(tmp_path / "train.csv"), *columns, "--test", str(tmp_path / "test.csv"), "--json"])
    assert stopped.value.code == 0
    found = json.loads(capsys.readouterr().out)
    ours = found["test"]["touchpoint"]["micro_f1"]["value"]
    assert ours >= 0.865 and ours >= peer(train, test) - 0.005
    assert found["folds"]["touchpoint"]["micro_f1"]["value"] >= 0.865
