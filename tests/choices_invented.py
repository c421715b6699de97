"""Simulated choice experiments as study folders: what a user would have on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.worlds.beliefs import BENCHMARK, FOCAL, SimulatedBeliefs
from halfstep.worlds.choice import SimulatedChoices

HEAD = """[study]
title = "Invented experiment"
focal = "{focal}"
benchmarks = ["{benchmark}"]
currency = "thousand EUR"
as_of = "2025-12-31"
seed = 7
margin = 0.03
margin_reason = "an invented one"
"""

COLUMNS = """
[choice_columns]
respondent = "respondent"
task = "task"
chosen = "chosen"
alternative = "alternative"
brand = "brand"
price = "price"
{more}
"""


def attributes(names: list[str]) -> str:
    blocks = (f'[[choice.attributes]]\nid = "{n}"\nlabel = "{n}"\ncolumn = "{n}"\nbetter = "more"\n' for n in names)
    return "\n".join(blocks)


def choice_study(
    folder: Path,
    made: SimulatedChoices,
    choice: str = "",
    *,
    swap: bool = False,
    lineup: pl.DataFrame | None = None,
    extra: Mapping[str, Sequence[int] | npt.NDArray[np.int64]] | None = None,
) -> Path:
    """Write a world of `halfstep.worlds.choice`: b00 is focal and b01 the benchmark, whose labels may be swapped."""
    folder.mkdir(parents=True, exist_ok=True)
    frame = pl.DataFrame({name: np.asarray(values) for name, values in made.columns().items()})
    if swap:
        frame = frame.with_columns(pl.col("brand").replace({"b00": "b01", "b01": "b00"}))
    if extra:
        frame = frame.with_columns(**{k: pl.Series(v) for k, v in extra.items()})
    frame.write_csv(folder / "choices.csv")
    names = [name for name in frame.columns if name.startswith("x")]
    tables = 'choices = "choices.csv"\n'
    more = 'weight = "weight"\n'
    if lineup is not None:
        lineup.write_csv(folder / "lineup.csv")
        tables += 'lineup = "lineup.csv"\n'
        more += '\n[lineup_columns]\nproduct = "product"\nbrand = "brand"\nprice = "price"\n'
    text = HEAD.format(focal="b00", benchmark="b01") + f"\n[tables]\n{tables}" + COLUMNS.format(more=more)
    (folder / "study.toml").write_text(text + attributes(names) + choice, encoding="utf-8")
    return folder


def belief_study(folder: Path, made: SimulatedBeliefs, *, only: tuple[str, ...] = (), reports: bool = True) -> Path:
    """Write a world of `halfstep.worlds.beliefs`; `only` names the cells that were run."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for role, cell in made.cells.items():
        if only and role not in only:
            continue
        of_task = np.repeat(np.arange(len(cell.chosen)), np.diff(cell.row))
        person = np.repeat(cell.people, np.diff(cell.task))[of_task]
        brand = np.where((cell.X[:, 1:5] != 0).any(axis=1), cell.X[:, 1:5].argmax(axis=1) + 1, 0)
        chosen = np.zeros(len(cell.X), dtype=np.int64)
        chosen[cell.chosen] = 1
        rows.append(
            pl.DataFrame(
                {
                    "respondent": person,
                    "task": of_task,
                    "alternative": np.arange(len(of_task)) - cell.row[of_task],
                    "chosen": chosen,
                    "brand": [f"b{b:02d}" for b in brand],
                    "price": cell.X[:, 0],
                    "x0": cell.X[:, 5],
                    "x1": cell.X[:, 6],
                    "cell": [role] * len(of_task),
                }
            )
        )
    pl.concat(rows).with_columns(pl.col("price") + 20).write_csv(folder / "choices.csv")
    facts = [
        {"product": f"p{b}", "brand": f"b{b:02d}", "price": 20.0, "x0": x[0], "x1": x[1]}
        for b, x in enumerate(made.facts.tolist())
    ]
    pl.DataFrame(facts).write_csv(folder / "lineup.csv")
    tables = 'choices = "choices.csv"\nlineup = "lineup.csv"\n'
    more = 'cell = "cell"\n\n[lineup_columns]\nproduct = "product"\nbrand = "brand"\nprice = "price"\n'
    if reports:
        at = np.argwhere(np.isfinite(made.reports))
        pl.DataFrame(
            {
                "respondent": at[:, 0], "brand": [f"b{b:02d}" for b in at[:, 1]], "attribute": [f"x{k}" for k in at[:, 2]],
                "value": made.reports[tuple(at.T)], "informed": made.informed[at[:, 0]].astype(np.int64),
            }
        ).write_csv(folder / "beliefs.csv")  # fmt: skip
        tables += 'beliefs = "beliefs.csv"\n'
        more += (
            '\n[belief_columns]\nrespondent = "respondent"\nbrand = "brand"\nattribute = "attribute"\nvalue = "value"\n'
            'informed = "informed"\n'
        )
    cells = (
        '[choice]\ncells = { listed = "listed", blind = "blind", "name only" = "name only", informed = "informed" }\n'
    )
    head = HEAD.format(focal=f"b{FOCAL:02d}", benchmark=f"b{BENCHMARK:02d}")
    text = head + f"\n[tables]\n{tables}" + COLUMNS.format(more=more) + cells + attributes(["x0", "x1"])
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder
