"""The shipped study and the small ones, each run once."""

from __future__ import annotations

from pathlib import Path

import pytest

from halfstep.study import Outcome, run
from tests.invented import write
from tests.report.studies import STUDIES


@pytest.fixture(scope="session")
def shipped() -> Outcome:
    return run(Path(__file__).parents[2] / "studies" / "us-cars")


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """Every study of `STUDIES`, run once."""
    base = tmp_path_factory.mktemp("lenses")
    found = {}
    for name, (frame, changes, tables) in STUDIES.items():
        found[name] = run(write(base / name.replace(" ", "-"), frame, changes, tables))
    return found
