"""No sentence contradicts the interval or the label beside it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.core.answer import LABELS
from halfstep.report.finding import Amount
from halfstep.report.index import Index
from halfstep.report.lead import lead_findings, main_verdicts, what_would_change_it
from halfstep.report.numbers import amount_text, decimals, fixed, probability
from halfstep.report.say import Speaker
from halfstep.report.words import LANGUAGES, NUMBER_WORDS, word
from halfstep.study import Outcome

INTERVALS = [
    (5.0, 4.0, 6.0),
    (-5.0, -6.0, -4.0),
    (0.3, -0.2, 0.8),
    (-0.3, -0.8, 0.2),
    (0.004, 0.001, 0.9),
    (0.0, 0.0, 0.0),
    (12345.6, 11000.0, 13900.0),
]
SIDES = {"en": ("behind", "in front"), "zh": ("差", "高出")}


@pytest.mark.parametrize(("label", "numbers", "lang"), list(itertools.product(LABELS, INTERVALS, LANGUAGES)))
def test_the_verdict_says_its_label_and_its_side(
    shipped: Outcome, label: str, numbers: tuple[float, float, float], lang: str
) -> None:
    index = Index.of(shipped)
    value, lo, hi = numbers
    for half, verdict in main_verdicts(index).items():
        point = index.point(verdict.estimate)
        assert point is not None, half
        index.estimates[verdict.estimate] = replace(point, value=value, lo=lo, hi=hi)
        index.verdicts[verdict.id] = replace(verdict, label=label)
    speaker = Speaker(lang, index.config)
    text = speaker.text(lead_findings(index)[0])
    assert text.count(word(f"label.{label}", lang)) == 2
    behind, front = SIDES[lang]
    said = text.replace(word("label.met", lang), "")
    assert (behind in said) == (value > 0 or hi > 0 > lo)
    assert (front in said) == (value < 0 or hi > 0 > lo)
    others = [word(f"label.{other}", lang) for other in LABELS if other != label]
    bare = text.replace(word(f"label.{label}", lang), "")
    assert not any(other in bare for other in others)
    for finding in what_would_change_it(index):
        changed = speaker.text(finding)
        assert "{" not in changed


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(0, 1e6))
def test_rounding_never_moves_a_number_to_the_other_side_of_zero(value: float, below: float, above: float) -> None:
    lo, hi = value - below, value + above
    d = decimals(value, lo, hi)
    for x in (value, lo, hi):
        if abs(x) >= 1e-6:
            assert fixed(x, d).startswith("−") == (x < 0)
            assert fixed(x, d).strip("−0.,") != ""


@given(st.floats(-1e5, 1e5), st.floats(1e-3, 1e5), st.sampled_from(LANGUAGES))
def test_an_interval_names_both_sides_only_if_it_has_both(value: float, half: float, lang: str) -> None:
    words = NUMBER_WORDS[lang] | {"money": "{amount}"}
    lo, hi = value - half, value + half
    text = amount_text(Amount(value, "money", lo, hi, form="distance interval"), words)
    both = all(word_.format(value="").strip() in text for word_ in (words["behind"], words["in front"]))
    if abs(lo) > 0.02 and abs(hi) > 0.02:
        assert both == (lo < 0 < hi)


@given(st.floats(0, 1), st.sampled_from([0.9, 0.95, 0.99]))
def test_a_printed_probability_never_passes_a_threshold_that_it_does_not_reach(p: float, threshold: float) -> None:
    text = probability(p)
    if not text.startswith("<"):
        assert (float(text.strip("%>")) / 100 >= threshold - 1e-12) <= (p >= threshold - 1e-9)


def test_unbounded_sets_are_said_in_words() -> None:
    words = NUMBER_WORDS["en"] | {"money": "{amount} coins"}
    inf = float("inf")
    assert amount_text(Amount(0.0, "money", 3.0, inf, form="interval"), words) == "3.00 or more"
    assert amount_text(Amount(0.0, "money", -inf, inf, form="interval"), words) == "any value"
    assert amount_text(Amount(2.0, "money", -inf, 2.0, form="interval", named=True), words) == "up to 2.00 coins"
