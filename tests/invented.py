"""Invented studies: a small market whose every number is known, written to a folder as a study."""

from __future__ import annotations

import json
from collections.abc import Iterable
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


def write(folder: Path, sales: pl.DataFrame | bytes | None, changes: dict[str, Any] | None = None) -> Path:
    """Write a study; bytes are written as the sales table as they are."""
    chosen = settings(changes)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(toml(chosen), encoding="utf-8")
    if sales is not None:
        path = folder / chosen["tables"]["sales"]
        if isinstance(sales, bytes):
            path.write_bytes(sales)
        elif path.suffix == ".parquet":
            sales.write_parquet(path)
        else:
            sales.write_csv(path)
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
