"""`halfstep run` of a study of posts: what was not read is kept beside the report, and a taught model is what reads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from halfstep.cli import main
from halfstep.core.errors import StudyFaultsError
from halfstep.data.models import write_heads
from halfstep.data.study import load
from halfstep.market.inputs import prepare
from halfstep.text.seeds import seeded
from tests.voice_invented import World, posts, voice_study


def invented(folder: Path, voice: str = "") -> Path:
    return voice_study(folder, posts(World(months=2, posts=60), np.random.default_rng(1)), voice=voice)


def test_rows_that_were_not_read_are_kept_beside_the_report_and_go_with_the_next_run(tmp_path: Path) -> None:
    folder = invented(tmp_path / "study")
    table = folder / "posts.csv"
    whole = table.read_text(encoding="utf-8")
    table.write_text(whole + "x1,yesterday,u1,北岚\nx2,2024-02-01,u2,\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["run", str(folder)])
    kept = [json.loads(line) for line in (folder / "out" / "rejected-utterances.jsonl").read_text("utf-8").splitlines()]
    assert [(one["row"], one["reason"]) for one in kept] == [(122, "time not read"), (123, "no text")]
    assert not any("author" in one["raw"] for one in kept)
    table.write_text(whole, encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["run", str(folder)])
    assert not (folder / "out" / "rejected-utterances.jsonl").exists()


def test_a_taught_model_is_read_with_the_study_and_hashed(tmp_path: Path) -> None:
    folder = invented(tmp_path / "study", 'model = "heads.npz"')
    write_heads(folder / "heads.npz", seeded(("touchpoint.price",), (("价格", "便宜"),)))
    loaded = load(folder)
    assert loaded.heads is not None
    assert loaded.heads.names == ("touchpoint.price",)
    assert len(loaded.inputs["heads.npz"]) == 64
    assert prepare(loaded).heads is loaded.heads
    (folder / "heads.npz").write_bytes(b"PK\x03\x04 no model")
    with pytest.raises(StudyFaultsError) as told:
        load(folder)
    assert [fault.table for fault in told.value.faults] == ["heads.npz"]
