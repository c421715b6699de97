"""Invented studies: a small market whose every number is known, written to a folder as a study."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from halfstep.core.answer import Answer
from halfstep.core.check import Check
from halfstep.study import Outcome

SETTINGS: dict[str, Any] = {
    "study": {
        "title": "Invented",
        "focal": "A",
        "benchmarks": ["B", "C"],
        "currency": "coins",
        "as_of": "2030-12-31",
        "seed": 7,
        "margin": 0.03,
        "margin_reason": "invented",
        "invented": True,
    },
    "tables": {"sales": "sales.csv"},
    "columns": {
        "period": "year",
        "brand": "brand",
        "model": "model",
        "place": "place",
        "price": "price",
        "quantity": "units",
        "price_basis": "transaction",
    },
    "attributes": [
        {"id": "power", "label": "power", "columns": ["power"], "transform": "log"},
        {"id": "size", "label": "size", "columns": ["length", "width"], "transform": "log"},
    ],
    "bands": {"edges": [20.0, 30.0, 40.0]},
}


def market(
    brands: Iterable[str] = "ABCD",
    years: Iterable[int] = range(2000, 2006),
    models: int = 4,
    seed: int = 0,
    noise: float = 0.05,
) -> pl.DataFrame:
    """A market in which a brand's name is worth .1 log points more than the one before it in the alphabet."""
    rng = np.random.default_rng(seed)
    rows = []
    for b, brand in enumerate(brands):
        for m in range(models):
            start = rng.normal(0, 0.3, 3)
            for year in years:
                power, length, width = np.exp(start + rng.normal(0, 0.05, 3))
                log_price = 3.4 + 0.5 * np.log(power) + 0.4 * np.log(length * width) + 0.1 * b
                price = float(np.exp(log_price + rng.normal(0, noise)))
                units = int(rng.integers(10, 1000))
                kind = "wide" if width > 1 else "narrow"
                rows.append((year, "here", brand, f"{brand}{m}", price, units, power, length, width, kind))
    names = ["year", "place", "brand", "model", "price", "units", "power", "length", "width", "kind"]
    return pl.DataFrame(rows, schema=names, orient="row")


def settings(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """The settings with some sections changed key by key; None takes a key or a section out."""
    out = deepcopy(SETTINGS)
    for section, value in (changes or {}).items():
        if isinstance(value, dict):
            merged = out.get(section, {}) | value
            out[section] = {k: v for k, v in merged.items() if v is not None}
        elif value is None:
            out.pop(section, None)
        else:
            out[section] = value
    return out


def toml(value: dict[str, Any], prefix: str = "") -> str:
    """Write settings as TOML."""
    plain, tables = [], []
    for key, item in value.items():
        name = f"{prefix}.{key}" if prefix else key
        quoted = json.dumps(key, ensure_ascii=False)
        if isinstance(item, dict):
            tables.append(f"[{name}]\n{toml(item, name)}")
        elif isinstance(item, list) and item and isinstance(item[0], dict):
            tables += [f"[[{name}]]\n{toml(entry, name)}" for entry in item]
        else:
            plain.append(f"{quoted} = {json.dumps(item, ensure_ascii=False)}")
    return "\n".join([*plain, *tables]) + "\n"


def write(
    folder: Path,
    sales: pl.DataFrame | bytes | None,
    changes: dict[str, Any] | None = None,
    tables: Mapping[str, pl.DataFrame | bytes | str] | None = None,
) -> Path:
    """Write a study; bytes and text are written as they are. `tables` are named in `[tables]` if they are not yet."""
    chosen = settings(changes)
    folder.mkdir(parents=True, exist_ok=True)
    for name in tables or {}:
        chosen["tables"].setdefault(name, f"{name}.csv")
    (folder / "study.toml").write_text(toml(chosen), encoding="utf-8")
    given: dict[str, pl.DataFrame | bytes | str] = {} if sales is None else {"sales": sales}
    for name, table in (given | dict(tables or {})).items():
        path = folder / chosen["tables"][name]
        if isinstance(table, bytes | str):
            path.write_bytes(table if isinstance(table, bytes) else table.encode())
        elif path.suffix == ".parquet":
            table.write_parquet(path)
        else:
            table.write_csv(path)
    return folder


def check(answer: Answer, name: str) -> Check:
    """The check of that id."""
    return next(c for c in answer.checks if c.id == name)


def numbers(outcome: Outcome, room: str = "gap") -> dict[str, float]:
    """Every number of a room's estimates by id and field."""
    out: dict[str, float] = {}
    for estimate in outcome.answers[room].estimates:
        for field in ("value", "lo", "hi"):
            if hasattr(estimate, field):
                out[f"{estimate.id}.{field}"] = float(getattr(estimate, field))
    return out


JUNK = (
    "", " ", "nan", "inf", "-inf", "1e400", "1e300", "1e-320", "-5", "-0", "0", "abc", "1,2", '"', '""', '"a\nb"', "\x00",
    "\r", "\t", ";", "１２", "12万", "17-18%", "null", "None", "00012", "99999999999999999999", "x" * 3000, "\ufeff", "é",
    "=1+1", "2000-Q5", "2000-13", "2000-Q1", "2000-01", "true", "\u3000", "\u2028", "'", "\\",
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "gb18030", "utf-16")


def mutated(rng: random.Random, base: str) -> bytes:
    """A CSV with one to four things wrong, in some encoding."""
    lines = [row.split(",") for row in base.strip().split("\n")]
    for _ in range(rng.randint(1, 4)):
        i, j = rng.randrange(1, len(lines)), rng.randrange(len(lines[0]))
        kind = rng.choice(
            ("cell", "cell", "cell", "cell", "column", "cut", "twice", "gone", "no column", "name", "names")
        )
        if kind == "cell":
            lines[i][min(j, len(lines[i]) - 1)] = rng.choice(JUNK)
        elif kind == "column":
            value = rng.choice(JUNK)
            lines = [lines[0], *([*row[:j], value, *row[j + 1 :]] for row in lines[1:])]
        elif kind == "cut":
            lines[i] = lines[i][: max(j, 1)]
        elif kind == "twice":
            lines.insert(i, list(lines[i]))
        elif kind == "gone":
            lines = lines[:i] + lines[i + rng.randint(1, 60) :]
        elif kind == "no column" and len(lines[0]) > 1:
            lines = [[*row[:j], *row[j + 1 :]] or [""] for row in lines]
        elif kind in ("name", "names"):
            lines[0][j] = rng.choice(JUNK) if kind == "name" else lines[0][j - 1]
        if len(lines) < 2:
            break
    raw = rng.choice(("\n", "\n", "\r\n", "\r")).join(",".join(row) for row in lines).encode(rng.choice(ENCODINGS))
    if rng.random() < 0.1:
        raw = raw[: rng.randrange(len(raw))]
    if rng.random() < 0.1:
        at = rng.randrange(len(raw) + 1)
        raw = raw[:at] + rng.randbytes(5) + raw[at:]
    return raw
