"""Scores of texts: by hand, and the same however texts are split, spread and computed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.native.texts import Texts, pack
from halfstep.text.heads import Grams, Heads
from halfstep.text.score import margins, probabilities, quantised


def heads_of(weight: npt.NDArray[np.int8], H: int, grams: Grams) -> Heads:
    draw = np.random.default_rng(8)
    one = draw.uniform(0.5, 1.5, (5, H))
    return Heads(
        grams, tuple(f"head {h}" for h in range(H)), weight, one[0] / 30, one[1], 2 * one[2], one[3] - 1, one[4]
    )


def random_heads(H: int, grams: Grams | None = None) -> Heads:
    grams = grams or Grams()
    wide = -(-H // 16) * 16
    return heads_of(np.random.default_rng(H).integers(-127, 128, (1 << grams.bits, wide)).astype(np.int8), H, grams)


HEADS = {H: random_heads(H) for H in (3, 16, 20)}
Posts = st.lists(st.text(alphabet="好车价贵a B，\u3000😀", max_size=40), max_size=12)


def test_probabilities_are_platts() -> None:
    heads = heads_of(np.ones((1 << 18, 16), np.int8), 3, Grams(1, 1))
    p = probabilities(heads, pack(["四个汉字", ""]))
    for i, total in enumerate((4 / np.sqrt(4), 0.0)):
        margin = heads.scale * total + heads.bias
        np.testing.assert_allclose(p[i], 1 / (1 + np.exp(-(heads.slope * margin + heads.offset))), rtol=1e-6)
    np.testing.assert_array_equal(quantised(heads, pack(["四个汉字"]))[0], np.round(255 * p[0]))
    assert p.dtype == np.float32
    assert p.shape == (2, 3)


def test_margins_far_out_are_sure_and_silent() -> None:
    sure = heads_of(np.full((1 << 8, 16), 127, np.int8), 3, Grams(1, 3, bits=8))
    far = Heads(sure.grams, sure.names, sure.weight, sure.scale * 1e4, sure.bias, sure.slope, sure.offset, sure.cut)
    no = Heads(sure.grams, sure.names, sure.weight, -sure.scale * 1e4, sure.bias, sure.slope, sure.offset, sure.cut)
    assert (quantised(far, pack(["车" * 500])) == 255).all()
    assert (quantised(no, pack(["车" * 500])) == 0).all()


@given(Posts, st.sampled_from(sorted(HEADS)), st.integers(0, 12))
def test_batches_do_not_matter(posts: list[str], H: int, cut: int) -> None:
    texts, heads = pack(posts), HEADS[H]
    for score in (margins, probabilities, quantised):
        whole = score(heads, texts)
        assert whole.shape == (texts.n, H)
        parts = [
            score(heads, Texts(texts.data, texts.begin[some], texts.end[some]))
            for some in (slice(cut), slice(cut, None))
        ]
        assert np.concatenate(parts).tobytes() == whole.tobytes()


@given(Posts)
def test_kernels_and_threads_do_not_matter(posts: list[str]) -> None:
    texts, heads = pack(posts), HEADS[20]
    found = set()
    for kernel, threads in (("", "1"), ("", "3"), ("numpy", "1")):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HALFSTEP_KERNEL", kernel)
            patch.setenv("HALFSTEP_THREADS", threads)
            found.add(margins(heads, texts).tobytes() + probabilities(heads, texts).tobytes())
    assert len(found) == 1


@given(st.text(alphabet="好车价a b", min_size=1, max_size=60), st.integers(0, 59), st.integers(0, 60))
def test_a_window_is_scored_as_if_it_stood_alone(post: str, a: int, b: int) -> None:
    a, b = sorted((min(a, len(post)), min(b, len(post))))
    data = pack([post]).data
    begin, end = len(post[:a].encode()), len(post[:b].encode())
    window = Texts(data, np.array([begin, 0]), np.array([end, len(data)]))
    assert margins(HEADS[3], window).tobytes() == margins(HEADS[3], pack([post[a:b], post])).tobytes()


def test_texts_of_english_have_words() -> None:
    heads = random_heads(16, Grams(0, 0, 2, (2, 5)))
    one, other = margins(heads, pack(["Great  car", "great car!"]))
    assert one.tobytes() == other.tobytes()
