"""The shipped study, run once."""

from __future__ import annotations

from pathlib import Path

import pytest

from halfstep.study import Outcome, run


@pytest.fixture(scope="session")
def shipped() -> Outcome:
    folder = sorted((Path(__file__).parents[2] / "studies").glob("*/study.toml"))[0].parent
    return run(folder)
