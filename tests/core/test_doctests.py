"""Every example in a docstring runs."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import halfstep

MODULES = sorted(m.name for m in pkgutil.walk_packages(halfstep.__path__, "halfstep.") if "__main__" not in m.name)


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.failed == 0
