"""The verdict on own replies, and the stored validation: five of its worlds are run again, chosen by the date."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from halfstep.arrivals.cascades import Cascade, Spec
from halfstep.arrivals.replies import Followed, followed
from halfstep.core.errors import MisuseError
from halfstep.worlds.cascades import KINDS, CascadeWorld, longer, unfold
from validation.cascades import LONE, run_cascades, run_lone

STORED: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "validation" / "cascades.json").read_text(encoding="utf-8")
)


def told(world: CascadeWorld, seed: int, many: int = 10, placebos: int = 39) -> Followed:
    rng = np.random.default_rng(seed)
    made = [unfold(world, rng) for _ in range(many)]
    return followed(tuple(Cascade(m.time, m.kind, m.duration, m.clock) for m in made), Spec(), rng, placebos)


def test_fifteen_posts_a_reply_are_found_and_carry_the_caveat() -> None:
    found = told(KINDS["replies bring 15 posts"], 1)
    assert found.label == "more"
    assert found.why == ""
    assert 8.0 < found.extra < 22.0
    assert found.total > found.extra
    assert found.placebo_low < found.placebo_high
    assert found.caveats == ("doubt brings replies",)
    assert "a message experiment" in found.needs


def test_replies_that_keep_posts_away_are_followed_by_fewer() -> None:
    found = told(KINDS["replies keep half away"], 2)
    assert found.label == "fewer"
    assert found.high < 0.0


def test_replies_that_follow_the_crowd_are_not_called_its_cause() -> None:
    labels = [told(KINDS["null"], seed).label for seed in range(3, 9)]
    assert labels.count("more") <= 1
    assert labels.count("nothing larger") >= 3


def test_doubt_that_nobody_records_looks_like_replies_that_excite() -> None:
    found = told(KINDS["doubt brings replies"], 4)
    assert found.label == "more"
    assert "doubt brings replies" in found.caveats


def test_one_cascade_is_refused() -> None:
    found = told(KINDS["replies bring 15 posts"], 5, many=1)
    assert (found.label, found.why, found.fit) == ("cannot tell", "one cascade", None)
    assert "more cascades" in found.needs
    assert np.isnan(found.extra)
    nobody = told(CascadeWorld(replies=0.0), 6, many=4)
    assert nobody.why == "one cascade"


def test_few_and_small_cascades_cannot_tell_and_say_what_could_be_found() -> None:
    found = told(longer(CascadeWorld(replies=1.0), 0.04), 7, many=3)
    assert found.label == "cannot tell"
    assert found.why


def test_more_cascades_see_smaller_effects() -> None:
    few, many = told(KINDS["null"], 8, many=4, placebos=19), told(KINDS["null"], 8, many=24, placebos=19)
    assert many.smallest < few.smallest


def test_what_cannot_be_is_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(MisuseError, match="kinds 0"):
        followed((Cascade(np.ones(1), np.array([2]), 2.0),), Spec(), rng)
    with pytest.raises(MisuseError, match="placebos"):
        followed((), Spec(), rng)


@pytest.mark.parametrize("place", range(5))
def test_stored_worlds_are_what_the_code_does(place: int) -> None:
    day = datetime.datetime.now(tz=datetime.UTC).date().toordinal()
    rng = np.random.default_rng([day, place])
    if place == 4:
        branching = LONE[int(rng.integers(len(LONE)))]
        entries = STORED["one stretch of 2,000 posts"][str(branching)]["entries"]
        run = int(rng.integers(10, len(entries)))
        again = run_lone(branching, run).record()
    else:
        kind = list(KINDS)[int(rng.integers(len(KINDS)))]
        entries = STORED["worlds"][kind]["entries"]
        run = int(rng.integers(len(entries)))
        again = run_cascades(kind, run).record()
    for key, stored in entries[run].items():
        if isinstance(stored, float):
            assert again[key] == pytest.approx(stored, rel=1e-3, abs=2e-2, nan_ok=True), key
        else:
            assert again[key] == stored, key


def test_no_claim_of_the_stored_validation_fails() -> None:
    for kind, world in STORED["worlds"].items():
        for name, value in world.items():
            if name.startswith("told:") and isinstance(value, dict):
                assert value["holds"], (kind, name)
