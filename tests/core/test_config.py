"""The settings model: what it fills in, what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from halfstep.core.config import StudyConfig
from tests.invented import settings


def test_plain_text_serves_both_languages() -> None:
    config = StudyConfig.model_validate(settings())
    assert config.study.title.en == config.study.title.zh == "Invented"
    assert config.scope.pooling.min_models == 3
    assert config.gap.confidence == 0.95


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"study": {"margin": 0}}, "study.margin"),
        ({"study": {"margin": 1.0}}, "study.margin"),
        ({"study": {"margin": float("nan")}}, "study.margin"),
        ({"study": {"margin": None}}, "study.margin"),
        ({"study": {"margin_reason": None}}, "study.margin_reason"),
        ({"study": {"benchmarks": []}}, "study.benchmarks"),
        ({"study": {"seed": -1}}, "study.seed"),
        ({"study": {"tier": 3}}, "study.tier"),
        ({"study": {"colour": "red"}}, "study.colour"),
        ({"study": {"unseen_quality_max": -0.1}}, "study.unseen_quality_max"),
        ({"attributes": [{"id": "Power 1", "label": "p", "columns": ["x"]}]}, "attributes.0.id"),
        ({"attributes": [{"id": "power", "label": "p", "columns": []}]}, "attributes.0.columns"),
        ({"bands": {"edges": []}}, "bands.edges"),
        ({"bands": {"edges": ["20k"]}}, "bands.edges.0"),
        ({"hedonic": {"name_periods": 0}}, "hedonic.name_periods"),
        ({"hedonic": {"weights": "units"}}, "hedonic.weights"),
        ({"scope": {"pooling": {"min_models": 1}}}, "scope.pooling.min_models"),
        ({"gap": {"confidence": 0.5}}, "gap.confidence"),
        ({"tables": {"sales": "a.csv", "surveys": "b.csv"}}, "tables.surveys"),
        ({"columns": {"quantity_kind": "millions"}}, "columns.quantity_kind"),
    ],
)
def test_nonsense_is_refused_at_its_key(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        StudyConfig.model_validate(settings(changes))
    places = {".".join(str(part) for part in error["loc"]) for error in caught.value.errors()}
    assert any(found.startswith(place) for found in places), places
