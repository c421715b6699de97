"""Files broken in every way that the validation knows: a few of each here, more than 10,000 in `make validate`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from validation.files import MUTATIONS, SEED, long_line, try_file

STORED = json.loads((Path(__file__).parents[2] / "docs" / "validation" / "files.json").read_text(encoding="utf-8"))
GOOD = ("same", "located", "faults", "loaded")


@pytest.mark.parametrize("kind", MUTATIONS)
def test_a_broken_file_is_read_alike_or_refused_with_its_rows(kind: str) -> None:
    runs = np.random.default_rng(SEED).integers(1000, 100_000, 4)
    assert [came for came in (try_file(kind, int(run)) for run in runs) if came not in GOOD] == []


def test_a_line_without_end_is_a_fault_and_no_hang() -> None:
    for kind, came in long_line(12).items():
        assert "row" in str(came["came"]), kind


def test_the_stored_corpus_has_ten_thousand_files_and_nothing_bad() -> None:
    assert STORED["files"] >= 10_000
    assert STORED["bad"] == []
    assert set(STORED["came of it"]) == set(MUTATIONS)
