"""Texts said again: what is a copy, and that the answer does not depend on how it was come by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfstep.core.errors import MisuseError
from halfstep.native.texts import pack
from halfstep.text.copies import Copies, Folder, Signatures, bands, signatures
from halfstep.text.runs import Runs

LETTERS = [chr(0x4E00 + 7 * i) for i in range(1500)]


@pytest.fixture(params=["numpy", "native"])
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "native":
        pytest.importorskip("halfstep.native._copies")
    monkeypatch.setenv("HALFSTEP_KERNEL", request.param)
    return str(request.param)


def folded(texts: list[str], similar: float = 0.8, shortest: int = 4) -> Copies:
    folder = Folder(similar)
    folder.add(np.arange(len(texts)), signatures(pack(texts), similar, shortest))
    return folder.close()


def columns(found: Copies) -> tuple[list[int], list[int], list[int]]:
    return found.copy_rows.tolist(), found.first.tolist(), found.size.tolist()


def invented(n: int, seed: int, length: int = 60) -> list[str]:
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(LETTERS, length)) for _ in range(n)]


def changed(text: str, share: float, rng: np.random.Generator) -> str:
    letters = list(text)
    for place in rng.choice(len(text), round(share * len(text)), replace=False):
        letters[place] = "".join(rng.choice(LETTERS, 1))
    return "".join(letters)


@pytest.mark.usefixtures("kernel")
def test_what_does_not_write_words_does_not_matter() -> None:
    same = [
        "新车到店Qinghe欢迎试驾", "新车到店qinghe，欢迎试驾！！", "新车 到店ＱＩＮＧＨＥ欢迎试驾\U0001f600", "@小青_1：新车到店Qinghe欢迎试驾",
        "新车到店Qinghe欢迎试驾 https://a.b/c?d=1", "http://x.yz 【新车到店】Qinghe\u3000欢迎试驾", "HTTPS://x.yz新车到店Qinghe欢迎试驾",
    ]  # fmt: skip
    made = signatures(pack(same), 0.8)
    assert len(set(made.exact.tolist())) == 1
    assert (made.sketch == made.sketch[0]).all()
    assert columns(folded([*same, "新车到店Qinghe欢迎试"], similar=1.0)) == ([1, 2, 3, 4, 5, 6], [0], [7])


@pytest.mark.usefixtures("kernel")
def test_the_short_and_empty_are_nobodys_copies_unless_told() -> None:
    texts = ["", "", "\U0001f600\U0001f600", "。。。", "好好好", "好好好", "好好好好", "好好好好"]
    assert columns(folded(texts)) == ([7], [6], [2])
    assert columns(folded(texts, shortest=1)) == ([5, 7], [4, 6], [2, 2])
    assert columns(folded([])) == ([], [], [])


@pytest.mark.usefixtures("kernel")
def test_planted_edits_are_found_and_strangers_are_not() -> None:
    originals = invented(400, 1)
    rng = np.random.default_rng(2)
    assert columns(folded(originals))[0] == []
    for edit in ("转发" + "{}", "{}\U0001f600", "{}。"):
        assert len(folded(originals + [edit.format(text) for text in originals]).copy_rows) >= 395
    near = folded(originals + [changed(text, 1 / 60, rng) for text in originals])  # J = .87
    assert len(near.copy_rows) >= 380
    assert (near.first < 400).all()
    far = folded(originals + [changed(text, 8 / 60, rng) for text in originals])  # J about .35
    assert len(far.copy_rows) <= 2


def test_similar_texts_agree_as_often_as_their_jaccard() -> None:
    originals = invented(300, 3)
    rng = np.random.default_rng(4)
    for edits in (1, 3, 8):
        others = [changed(text, edits / 60, rng) for text in originals]
        a, b = signatures(pack(originals), 0.8).sketch, signatures(pack(others), 0.8).sketch
        truth = []
        for one, two in zip(originals, others, strict=True):
            s, t = ({text[i : i + 4] for i in range(57)} for text in (one, two))
            truth.append(len(s & t) / len(s | t))
        estimate = ((a == b).mean(axis=1) - 1 / 256) / (1 - 1 / 256)
        error = estimate - np.array(truth)
        assert abs(error.mean()) < 4 * error.std() / np.sqrt(300)
        assert error.std() < 0.05


def test_bands_find_pairs_that_are_just_similar_enough() -> None:
    for similar in (0.31, 0.5, 0.7, 0.8, 0.9, 0.99):
        r, b = bands(similar)
        assert 1 - (1 - similar**r) ** b >= 0.99
        assert r * b <= 128
    with pytest.raises(MisuseError, match=r"above \.3"):
        bands(0.3)


def crowd() -> tuple[list[str], Signatures]:
    """Texts with equal and similar ones among them, in no order."""
    rng = np.random.default_rng(5)
    texts = invented(300, 6, 40)
    texts += [texts[i] for i in rng.integers(0, 60, 200)]
    texts += [changed(texts[i], k / 40, rng) for i in rng.integers(0, 90, 300) for k in (1, 2)]
    texts += ["好", ""] * 10
    texts = [texts[i] for i in rng.permutation(len(texts))]
    return texts, signatures(pack(texts), 0.7)


TEXTS, CROWD = crowd()
WHOLE = columns(folded(TEXTS, 0.7))


@settings(max_examples=6)
@given(st.randoms(use_true_random=False), st.integers(40, 400), st.sampled_from([1 << 18, 1 << 28]))
def test_batches_order_and_disk_do_not_matter(random: object, size: int, limit: int) -> None:
    order = np.arange(len(TEXTS))
    random.shuffle(order)  # type: ignore[attr-defined]
    with Folder(0.7, limit) as folder:
        for first in range(0, len(order), size):
            at = order[first : first + size]
            folder.add(at, Signatures(CROWD.exact[at], CROWD.sketch[at], CROWD.bands[at]))
        assert columns(folder.close()) == WHOLE


def test_groups_add_up() -> None:
    rows, first, size = WHOLE
    assert sum(size) - len(size) == len(rows)
    assert not set(first) & set(rows)
    assert first == sorted(set(first))
    assert rows == sorted(set(rows))
    exact: dict[int, int] = {}
    for row, key in enumerate(CROWD.exact.tolist()):
        assert key == 0 or exact.setdefault(key, row) == row or row in rows


def test_many_variants_of_one_text_are_one_group() -> None:
    text, rng = invented(1, 7, 200)[0], np.random.default_rng(8)
    found = folded([text, *(changed(text, 1 / 200, rng) for _ in range(500))])
    assert columns(found)[1:] == ([0], [501])


def test_temporary_files_go_whatever_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spilled() -> Folder:
        folder = Folder(0.7, 1 << 16, tmp_path)
        folder.add(np.arange(len(TEXTS)), CROWD)
        assert list(tmp_path.iterdir())
        return folder

    assert columns(spilled().close()) == WHOLE
    assert not list(tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt), spilled():
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Runs, "agreement", interrupted)
    folder = spilled()
    with pytest.raises(KeyboardInterrupt):
        folder.close()
    assert not list(tmp_path.iterdir())


def test_signatures_of_another_similarity_are_misuse() -> None:
    with pytest.raises(MisuseError, match="same similarity"):
        Folder(0.9).add(np.arange(len(TEXTS)), CROWD)
