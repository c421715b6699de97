"""The examples of docs/study.md are read as they stand there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tests.data.experiments import read, study


def test_the_three_layouts_of_the_page(tmp_path: Path, repository: Path) -> None:
    page = (repository / "docs/study.md").read_text(encoding="utf-8").partition("## Choice experiments")[2]
    blocks = re.findall(r"```(csv|toml)\n(.*?)```", page, flags=re.DOTALL)
    tables: list[str] = []
    sizes: list[tuple[int, int]] = []
    for kind, block in blocks:
        if kind == "csv":
            tables.append(block)
            continue
        told = tomllib.loads(block)
        named = dict(zip(("choices", "design"), tables, strict=False))
        folder = study(tmp_path / str(len(sizes)), named, told.pop("choice_columns"), told.pop("choice"), told)
        sizes.append((read(folder).frame.height, read(folder).frame.filter("none").height))
        tables = []
    assert sizes == [(3, 1), (6, 2), (8, 0)]
