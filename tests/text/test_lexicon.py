"""Who is named, where, and what is read around it; both kernels, against plain Python."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.core.errors import MisuseError
from halfstep.native.texts import Texts, pack
from halfstep.text.lexicon import Lexicon, find, windows

Found = list[tuple[int, int, str]]


@pytest.fixture(params=["numpy", "native"], autouse=True)
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "native":
        pytest.importorskip("halfstep.native._mentions")
    monkeypatch.setenv("HALFSTEP_KERNEL", request.param)
    return str(request.param)


def said(texts: Texts, lexicon: Lexicon) -> Found:
    at = find(texts, lexicon)
    return [
        (int(t), int(n), bytes(texts.data[b:e]).decode("utf-8", errors="surrogateescape"))
        for t, n, b, e in zip(at.text, at.name, at.begin, at.end, strict=True)
    ]


CAR = Lexicon.of((("青禾", "Qinghe"), ("QH7", "青禾qh7"), ("老林", "林 总")), (("青禾网", "青禾县"), (), ("老林业",)))


def test_ascii_spellings_stand_at_word_boundaries_but_chinese_may_touch_them() -> None:
    assert said(pack(["xqh71 qh7x 1qh7 qh7", "看qh7吧", "_qh7-"]), CAR) == [(0, 1, "qh7"), (1, 1, "qh7"), (2, 1, "qh7")]
    assert said(pack(["青禾qh7x", "青禾qh7。"]), CAR) == [(0, 0, "青禾"), (1, 0, "青禾"), (1, 1, "青禾qh7")]


def test_full_width_case_and_white_space_do_not_matter() -> None:
    assert said(pack(["ＱＨ７", "Ｑh7", "qｈ７ｘ", "Ｘqh7"]), CAR) == [(0, 1, "ＱＨ７"), (1, 1, "Ｑh7")]
    assert said(pack(["林\u3000\t 总", "林总", "林 总"]), CAR) == [(0, 2, "林\u3000\t 总"), (2, 2, "林 总")]


def test_words_that_mean_something_else_swallow_only_their_own_name() -> None:
    assert said(pack(["青禾网qh7和青禾", "老林业的老林"]), CAR) == [(0, 1, "qh7"), (0, 0, "青禾"), (1, 2, "老林")]
    both = Lexicon.of((("ab", "b"), ("b",)), (("xab",), ()))
    assert said(pack(["x ab xab 好ab"]), both) == [(0, 0, "ab"), (0, 0, "ab")]


def test_names_overlap_and_one_name_takes_the_longest() -> None:
    lexicon = Lexicon.of((("青", "青禾"), ("禾田",), ("青",)))
    assert said(pack(["青禾田青"]), lexicon) == [
        (0, 0, "青禾"), (0, 2, "青"), (0, 1, "禾田"), (0, 0, "青"), (0, 2, "青"),
    ]  # fmt: skip


def test_texts_are_searched_alone_wherever_they_lie() -> None:
    whole = pack(["看青禾qh7x"])
    parts = Texts(whole.data, np.array([0, 3, 12, 6, 0]), np.array([6, 9, 12, 12, 12]))
    assert said(parts, CAR) == [(1, 0, "青禾"), (3, 1, "qh7"), (4, 0, "青禾"), (4, 1, "青禾qh7")]


def test_windows_keep_whole_characters_and_their_own_text() -> None:
    texts = pack(["前文青禾后来的话", "青禾", "a\U0001f600青禾\U0001f600z"])
    near = windows(texts, find(texts, CAR), 1)
    shown = [bytes(near.data[b:e]).decode() for b, e in zip(near.begin, near.end, strict=True)]
    assert shown == ["文青禾后", "青禾", "\U0001f600青禾\U0001f600"]
    assert near.data is texts.data
    none = windows(texts, find(texts, CAR), 0)
    assert [bytes(none.data[b:e]).decode() for b, e in zip(none.begin, none.end, strict=True)] == ["青禾"] * 3


def test_misuse_is_told() -> None:
    for wrong in ((("",),), (("  ",),), (("a\0b",),)):
        with pytest.raises(MisuseError, match="spelling"):
            Lexicon.of(wrong)
    with pytest.raises(MisuseError, match="both"):
        Lexicon.of((("Ab",),), (("ＡＢ",),))
    with pytest.raises(MisuseError, match="each of 1"):
        Lexicon.of((("a",),), ((), ()))
    texts = pack(["青禾"])
    with pytest.raises(MisuseError, match="0 or more"):
        windows(texts, find(texts, CAR), -1)
    with pytest.raises(MisuseError, match="within"):
        windows(pack(["a"]), find(texts, CAR), 1)


def test_nothing_to_find_is_nothing() -> None:
    assert find(pack([]), CAR).m == 0
    assert find(pack(["", "青"]), CAR).m == 0
    assert find(pack(["青禾"]), Lexicon.of(())).m == 0
    assert windows(pack([]), find(pack([]), CAR), 3).n == 0


def plainly(text: str, written: tuple[tuple[str, ...], ...], never: tuple[tuple[str, ...], ...]) -> Found:
    """Every mention in a text, by regular expressions; spellings hold no blanks."""

    def places(word: str, whole: bool) -> list[tuple[int, int]]:
        front = r"(?<![0-9A-Za-z])" if whole and re.match("[0-9a-zA-Z]", word) else ""
        back = r"(?![0-9A-Za-z])" if whole and re.search("[0-9a-zA-Z]$", word) else ""
        return [
            (m.start(), m.start() + len(word)) for m in re.finditer(f"(?i)(?={front}{re.escape(word)}{back})", text)
        ]

    out = []
    for name, (own, words) in enumerate(zip(written, never, strict=True)):
        swallow = [p for word in words for p in places(word, False)]
        last = 0
        for b, e in sorted({p for word in own for p in places(word, True)}, key=lambda p: (p[0], -p[1])):
            if b >= last and not any(x <= b and e <= y for x, y in swallow):
                out.append((b, name, text[b:e]))
                last = e
    return sorted(out)


WORD = st.text("abB1禾青-", min_size=1, max_size=4)
NAMES = st.lists(st.lists(WORD, min_size=1, max_size=3).map(tuple), min_size=1, max_size=4).map(tuple)


@given(st.text("aAbB1青禾- ", max_size=40), NAMES, st.data())
def test_mentions_are_those_of_plain_python(
    text: str, written: tuple[tuple[str, ...], ...], data: st.DataObject
) -> None:
    never = tuple(
        tuple(w for w in data.draw(st.lists(WORD, max_size=2)) if w.lower() not in {o.lower() for o in own})
        for own in written
    )
    got = said(pack([text]), Lexicon.of(written, never))
    assert [(n, word) for _, n, word in got] == [(n, word) for _, n, word in plainly(text, written, never)]
