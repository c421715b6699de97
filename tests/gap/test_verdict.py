from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfstep.gap.verdict import Half, judge, robustness_value, share_decided

CONFIDENCE = 0.95

halves = st.builds(
    Half,
    value=st.floats(-10, 10),
    se=st.floats(0.01, 5),
    freedom=st.floats(1, 200),
    margin=st.floats(0.01, 3),
    reference=st.floats(0.1, 3),
    reference_se=st.floats(0, 0.5),
    multiple=st.sampled_from([0.0, 0.5, 2.0, math.inf]),
)


def one(half: Half) -> str:
    return judge([half], CONFIDENCE)[0].label


@given(st.lists(halves, min_size=1, max_size=5))
@settings(max_examples=200, deadline=None)
def test_labels_never_contradict_their_probabilities(family: list[Half]) -> None:
    for half, judged in zip(family, judge(family, CONFIDENCE), strict=True):
        named = {"short": judged.p_short, "met": judged.p_met, "ahead": judged.p_ahead}
        if judged.label != "undecided":
            assert named[judged.label] >= CONFIDENCE - 1e-12
            assert judged.p >= CONFIDENCE - 1e-12
        if judged.label == "short":
            assert half.value > half.margin
            assert judged.margin_short is not None
            assert judged.margin_short >= half.margin * (1 - 1e-6)
        if judged.label == "met":
            assert judged.margin_met <= half.margin * (1 + 1e-6)
        if math.isinf(half.multiple):
            assert judged.label == "undecided"


@given(halves, st.floats(0.1, 4))
@settings(max_examples=100, deadline=None)
def test_more_unseen_quality_never_helps_any_label(half: Half, more: float) -> None:
    half = replace(half, reference_se=0.0)
    a, b = (judge([replace(half, multiple=u)], CONFIDENCE)[0] for u in (half.multiple, half.multiple + more))
    assert b.p_short <= a.p_short + 1e-12
    assert b.p_met <= a.p_met + 1e-12
    assert b.p_ahead <= a.p_ahead + 1e-12


def again(family: list[Half], i: int, **changes: float) -> str:
    """Return the label of half i when every half of the family is changed alike."""
    return judge(
        [replace(h, **{k: v * (h.margin if k == "margin" else 1) for k, v in changes.items()}) for h in family],
        CONFIDENCE,
    )[i].label


@given(st.lists(halves, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_printed_margins_and_breaking_strengths_are_where_the_labels_turn(family: list[Half]) -> None:
    for i, (half, judged) in enumerate(zip(family, judge(family, CONFIDENCE), strict=True)):
        if math.isfinite(judged.margin_met):
            assert again(family, i, margin=judged.margin_met / half.margin * 1.0001) in {"met", "ahead"}
        if judged.margin_short is not None and judged.margin_short > 0:
            assert again(family, i, margin=judged.margin_short / half.margin * 0.9999) == "short"
            assert again(family, i, margin=judged.margin_short / half.margin * 1.0001) != "short"
        if judged.breaking is not None and 0 < judged.breaking < 1e5:
            assert again(family, i, multiple=judged.breaking * 1.0001) != judged.label_if_all_seen
            assert again(family, i, multiple=judged.breaking * 0.9999) == judged.label_if_all_seen


@given(st.lists(halves, min_size=2, max_size=6))
@settings(max_examples=100, deadline=None)
def test_a_family_decides_no_more_than_each_alone(family: list[Half]) -> None:
    for half, judged in zip(family, judge(family, CONFIDENCE), strict=True):
        if judged.label == "ahead":
            assert one(half) == "ahead"
        elif judged.label != "undecided":
            assert one(half) in {judged.label, "ahead"}


def test_not_significant_is_not_met() -> None:
    assert one(Half(0.0, 3.0, 10.0, 1.0)) == "undecided"
    assert one(Half(0.0, 0.1, 10.0, 1.0)) == "met"


def test_the_same_gap_the_other_way_round_is_ahead() -> None:
    assert one(Half(5.0, 1.0, 20.0, 1.0)) == "short"
    assert one(Half(-5.0, 1.0, 20.0, 1.0)) == "ahead"


def test_robustness_value_of_the_darfur_study() -> None:
    """Cinelli & Hazlett (2020), table 1: t = 4.18 on 783 degrees of freedom gives 13.9%."""
    assert robustness_value(4.18, 783) == pytest.approx(0.139, abs=5e-4)


def test_share_decided_agrees_with_the_verdict() -> None:
    half = Half(0.0, 1.0, 12.0, 1.5, 1.0, 0.2, 0.05, 0.3)
    values = np.linspace(-6, 6, 121)
    alone = [one(replace(half, value=float(v))) != "undecided" for v in values]
    assert share_decided(values, half, CONFIDENCE) == pytest.approx(np.mean(alone))
