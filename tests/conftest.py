"""Shared fixtures."""

from __future__ import annotations

import os
from pathlib import Path

for _library in ("OPENBLAS", "OMP", "MKL"):  # before numpy: as the command line does
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

settings.register_profile(
    "halfstep", deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("halfstep")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The repository's root."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def cases() -> Path:
    """The folder of real cases; tests that need it are skipped, visibly, where it is not named."""
    named = os.environ.get("HALFSTEP_CASES")
    if not named:
        pytest.skip("HALFSTEP_CASES names no folder of real cases")
    folder = Path(named)
    if not folder.is_absolute():
        folder = Path(__file__).resolve().parents[1] / folder
    return folder


@pytest.fixture(scope="session")
def compiled() -> tuple[str, ...]:
    """The instruction sets of the compiled kernel; tests that need it are skipped, visibly, where it was not built."""
    from halfstep.native.compiled import levels

    found = levels()
    if not found:
        if "native" in os.environ.get("HALFSTEP_REQUIRE", ""):
            pytest.fail("HALFSTEP_REQUIRE asks for the compiled kernel; it was not built")
        pytest.skip("the compiled kernel was not built; install a C compiler and reinstall")
    return found
