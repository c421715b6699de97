"""The demand sections: what they fill in, what they refuse by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from halfstep.core.config import Demand, RandomTastes, StudyConfig
from halfstep.core.config_demand import NODES
from tests.invented import settings


def test_what_is_not_said_is_filled_in() -> None:
    random = RandomTastes.model_validate(
        {"tastes": [{"of": "price"}, {"of": "power", "spread": False, "by": ["income"]}]}
    )
    assert (random.nodes, random.points, random.spreads) == ("halton", 200, 1)
    assert (random.starts, random.steps, random.covariance, random.supply) == (20, "two", "clustered", "none")
    assert (random.correlated, random.optimal, random.resamples, random.income) == (False, False, 0, None)
    assert (random.tastes[0].distribution, random.tastes[0].spread, random.tastes[0].by) == ("normal", True, ())
    assert Demand().random is None


@pytest.mark.parametrize("nodes", NODES)
def test_every_rule_has_a_usual_size_and_takes_another(nodes: str) -> None:
    assert RandomTastes.model_validate({"nodes": nodes}).points == NODES[nodes]
    assert RandomTastes.model_validate({"nodes": nodes, "size": 4}).points == 4


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"demand": {"random": {"nodes": "monte carlo"}}}, "demand.random.nodes"),
        ({"demand": {"random": {"size": 1}}}, "demand.random.size"),
        ({"demand": {"random": {"starts": 0}}}, "demand.random.starts"),
        ({"demand": {"random": {"resamples": -1}}}, "demand.random.resamples"),
        ({"demand": {"random": {"supply": "cubic"}}}, "demand.random.supply"),
        ({"demand": {"random": {"tastes": [{"distribution": "normal"}]}}}, "demand.random.tastes.0.of"),
        ({"demand": {"random": {"tastes": [{"of": "price", "low": "-inf"}]}}}, "demand.random.tastes.0.low"),
        ({"demand": {"random": {"tastes": [{"of": "price", "with": ["income"]}]}}}, "demand.random.tastes.0.with"),
        ({"buyer_columns": {"demographics": {}}}, "buyer_columns.demographics"),
        ({"buyer_columns": {"demographics": {"Income ": "y"}}}, "buyer_columns.demographics"),
        ({"micro_columns": {"statistic": "s", "group": "g", "value": "v"}}, "micro_columns.count"),
    ],
)
def test_nonsense_is_refused_at_its_key(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        StudyConfig.model_validate(settings(changes))
    places = {".".join(str(part) for part in error["loc"]) for error in caught.value.errors()}
    assert any(found.startswith(place) for found in places), places
