"""Hand labels: who teaches, who audits, what counts as said."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from halfstep.data.voice import Labels
from halfstep.voice.hand import Hand
from tests.voice.heard import config_of

LEAST: dict[str, Any] = {
    "text": "北岚漏水", "touchpoints": [], "polarity": None, "stance": None, "target": "", "own": None, "spam": None,
    "coder": "", "audit": False, "drawn": None,
}  # fmt: skip
TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "row": pl.Int64, "key": pl.UInt64, "text": pl.String, "touchpoints": pl.List(pl.String), "polarity": pl.Int8,
    "stance": pl.Int8, "target": pl.String, "own": pl.Int8, "spam": pl.Int8, "coder": pl.String, "audit": pl.Boolean,
    "drawn": pl.Float64,
}  # fmt: skip


def hand(*rows: dict[str, Any], texts: dict[int, str] | None = None, **voice: object) -> Hand:
    frame = pl.DataFrame([{"row": k + 2, "key": k, **LEAST, **row} for k, row in enumerate(rows)], schema=TYPES)
    return Hand(config_of(**voice), Labels(frame, "labels.csv"), texts or {})


def audit(**said: Any) -> dict[str, Any]:
    return {"audit": True, "drawn": 0.5, **said}


def told(made: Hand, measure: str, name: str = "norda") -> dict[int, float]:
    return dict(made.audited(measure, name).select("key", "y").iter_rows())


def test_what_audits_never_teaches_and_the_other_way_round() -> None:
    made = hand(
        {"key": 1}, audit(key=2), {"key": 2, "coder": "someone"}, audit(key=3, coder="a"), {"key": 3, "coder": "program"},
        judges=("program",),
    )  # fmt: skip
    assert made.teaching["key"].to_list() == [1], "not even by another coder"
    assert made.audit["key"].to_list() == [2, 3]


def test_a_program_never_audits() -> None:
    made = hand(audit(key=1, coder="program"), audit(key=2, coder="a"), audit(key=3), {"key": 4, "coder": "program"}, judges=("program",))  # fmt: skip
    assert made.audit["key"].to_list() == [2, 3]
    assert made.teaching["key"].to_list() == [4], "but it may teach"


def test_coders_are_averaged() -> None:
    made = hand(
        audit(key=1, coder="a", touchpoints=["quality"]), audit(key=1, coder="b", touchpoints=["price"]),
        audit(key=2, coder="a", touchpoints=["quality", "price"]), audit(key=3, coder="a", touchpoints=None),
    )  # fmt: skip
    assert told(made, "touchpoint.quality") == {1: 0.5, 2: 1.0}, "what was not coded is not asked"


def test_a_coder_with_two_targets_is_one_coder() -> None:
    made = hand(
        audit(key=1, touchpoints=["quality"], stance=1, target="norda"),
        audit(key=1, touchpoints=["price"], stance=-1, target="lin"),
    )
    assert told(made, "touchpoint.quality") == {1: 1.0}
    assert told(made, "touchpoint.quality & stance.for") == {1: 1.0}
    assert told(made, "stance.for", "lin") == {1: 0.0}
    assert told(made, "stance.against", "lin") == {1: 1.0}


def test_a_stance_towards_somebody_else_does_not_count() -> None:
    made = hand(
        audit(key=1, touchpoints=["quality"], stance=1, target="lin"), audit(key=2, touchpoints=["quality"], stance=1)
    )
    # whoever coded a stance towards one name was not asked about another: no answer is not a no
    assert told(made, "touchpoint.quality & stance.for", "norda") == {2: 1.0}
    assert told(made, "stance.for", "norda") == {2: 1.0}
    assert told(made, "stance.for", "lin") == {1: 1.0, 2: 1.0}


@pytest.mark.parametrize(("polarity", "positive", "negative"), [(1, 1.0, 0.0), (0, 0.0, 0.0), (-1, 0.0, 1.0)])
def test_polarity(polarity: int, positive: float, negative: float) -> None:
    made = hand(audit(key=1, polarity=polarity), audit(key=2))
    assert told(made, "polarity.positive") == {1: positive}
    assert told(made, "polarity.negative") == {1: negative}


def test_weights_are_one_over_the_chance_of_being_drawn() -> None:
    made = hand(audit(key=1, drawn=0.1), audit(key=2, drawn=0.5, coder="a"), audit(key=2, drawn=0.5, coder="b"))
    found = made.audited("touchpoint.quality", "norda")
    assert dict(found.select("key", "weight").iter_rows()) == pytest.approx({1: 10.0, 2: 2.0})


def test_heads_are_what_there_are_labels_for() -> None:
    made = hand({"touchpoints": ["quality"], "stance": -1, "target": "norda"}, {"own": 1}, {"spam": 0, "polarity": 1})
    assert made.heads == ("touchpoint.quality", "polarity.positive", "stance.against", "own")


def test_stance_is_taught_on_what_stands_around_its_target_and_the_rest_on_the_whole_text() -> None:
    long = "北岚真香" + "，今天天气不错" * 9 + "，索瑞避雷，漏水"
    made = hand(
        {"text": long, "touchpoints": ["quality"], "stance": 1, "target": "norda"},
        {"text": long, "touchpoints": ["quality"], "stance": -1, "target": "sorena", "key": 0},
        {"text": "没有名字", "stance": 1, "target": "norda"},
        window=4,
    )
    texts, targets, groups = made.lessons()
    assert texts[:3] == [long, long, "没有名字"]
    assert texts[3:] == ["北岚真香，今", "气不错，索瑞避雷，漏"]
    heads = list(made.heads)
    stance = [heads.index("stance.for"), heads.index("stance.against")]
    assert np.isnan(targets[:3][:, stance]).all()
    assert targets[3:][:, stance].tolist() == [[1, 0], [0, 1]]
    assert np.isnan(targets[3:][:, heads.index("touchpoint.quality")]).all()
    assert groups[0] == groups[1] != groups[2], "one text is never on two sides of a fold"
    assert groups[3] == groups[4]


def test_a_label_of_an_id_alone_teaches_the_text_of_its_utterance() -> None:
    made = hand(
        {"text": "", "key": 7, "touchpoints": ["quality"]}, {"text": "", "key": 8, "touchpoints": ["price"]}, {"key": 9},
        texts={7: "漏水"},
    )  # fmt: skip
    assert made.lessons()[0] == ["漏水", "北岚漏水"], "and one whose text nobody has teaches nothing"


def test_a_post_on_any_product_touchpoint() -> None:
    made = hand(
        audit(key=1, touchpoints=["price"]), audit(key=2, touchpoints=["price", "quality"]), audit(key=3),
        audit(key=4, touchpoints=None),
    )  # fmt: skip
    voice = made.config.voice
    points = [point.model_copy(update={"product": point.id != "price"}) for point in voice.touchpoints]
    config = made.config.model_copy(update={"voice": voice.model_copy(update={"touchpoints": tuple(points)})})
    found = Hand(config, made.labels, {}).on_product()
    assert dict(found.select("key", "y").iter_rows()) == {1: 0.0, 2: 1.0, 3: 0.0}
