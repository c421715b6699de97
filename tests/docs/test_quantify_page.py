"""Every figure of quantify.md is one of the stored worlds, and its example prints what stands there."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "quantify.md").read_text(encoding="utf-8")


def stored() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "docs" / "validation" / "prevalence.json").read_text(encoding="utf-8"))
    return found


def row(world: dict[str, Any]) -> list[str]:
    """Write a world as the page writes it."""
    errors = [world["rmse"]["counted"], world["adjusted"]["rmse"], world["em"]["rmse"]]
    shown = [f"{e:.3f}" for e in [*errors, world["rmse"]["people alone"], world["rmse"]["ppi"]]]
    for at, way in ((1, "adjusted"), (2, "em")):
        if world[way]["told"] < world["runs"]:
            shown[at] = f"refused in {100 * (1 - world[way]['told'] / world['runs']):.0f}%"
    return [*shown, f"{100 * world['coverage at 95%']['rate']:.1f}%", f"{world['mean width at 95%']:.3f}"]


def test_the_table_is_the_stored_worlds() -> None:
    worlds = stored()["worlds"]
    rows = re.findall(r"^\| ([^|]+?) \| (.+) \|$", PAGE, flags=re.MULTILINE)[1:]
    assert {name: cells.split(" | ") for name, cells in rows} == {name: row(world) for name, world in worlds.items()}


def test_sentences_quote_the_stored_worlds() -> None:
    found = stored()
    shifted, series = found["worlds"]["errors shifted"], found["series"]
    for way in ("adjusted", "em"):
        assert f"{100 * shifted[way]['coverage at 95%']:.0f}%" in PAGE
    seen = "errors said to differ from where it was taught"
    assert f"found in {100 * shifted[seen]:.0f}% of cells" in PAGE
    assert f"{100 * found['worlds']['85% reader'][seen]:.0f}% were said to" in PAGE
    falls = ", ".join(f"{s['rmse']['own audit']:.3f} to {s['rmse']['pooled']:.3f}" for s in series.values())
    assert f"from {falls}" in PAGE.replace("\n   ", " ")
    held = ", ".join(f"{100 * s['coverage at 95%']['rate']:.0f}%" for s in series.values())
    assert f"intervals hold in {held}" in PAGE.replace("\n   ", " ")


def test_the_example_prints_what_stands_there() -> None:
    code = re.search(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    shown = re.search(r"```text\n(.*?)```", PAGE, flags=re.DOTALL)
    assert code is not None and shown is not None
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code.group(1), {})
    assert out.getvalue() == shown.group(1)
