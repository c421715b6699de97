"""Broken files made from real ones: no traceback, no silent mend, every planted fault located.

Each file is made by one mutation of a small sample of a real table, and the mutation says what must come of it: the same
numbers (with a guess logged where one was needed), or faults at known rows. Files broken byte by byte may come out either way.
"""

from __future__ import annotations

import csv
import io
import os
import resource
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.core.errors import StudyFaultsError
from halfstep.data.study import Loaded, load

__all__ = ["MUTATIONS", "SEED", "Broken", "Sample", "long_line", "samples", "try_file"]

SEED = 20250604
ROOT = Path(__file__).parents[1]
ROWS = 40
SETTINGS = """
[study]
title = "sample"
focal = "{focal}"
benchmarks = ["{benchmark}"]
currency = "money"
as_of = "2030-12-31"
margin = 0.03
margin_reason = "sample"
[tables]
sales = "{file}"
[columns]
period = "period"
brand = "brand"
model = "model"
price = "price"
quantity = "quantity"
[[attributes]]
id = "size"
label = "size"
columns = ["size"]
"""

HEAD = ["period", "brand", "model", "price", "quantity", "size"]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Rows of a real table as text: period, brand, model, price, quantity, an attribute."""

    name: str
    rows: list[list[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Broken:
    """A file and what must come of it.

    Attributes
    ----------
    file
        Name of the file.
    rows
        Rows of the file that must be among the faults; empty where there must be none.
    same
        Whether the numbers must be those of the sample; None where anything but a traceback will do.
    guess
        Kind of a guess that must be logged; "" where none is asked for.
    """

    file: str
    content: bytes
    rows: tuple[int, ...] = ()
    same: bool | None = False
    guess: str = ""


@cache
def samples() -> list[Sample]:
    """Return samples of the shipped table and, where HALFSTEP_CASES names them, of real cases."""
    cases = Path(os.environ.get("HALFSTEP_CASES", ""))
    sources: list[tuple[str, Path, list[str]]] = [
        (
            "us-cars",
            ROOT / "studies" / "us-cars" / "sales.parquet",
            ["year", "brand", "car_id", "price", "share", "mpg"],
        ),
        (
            "eurocars",
            cases / "eurocars" / "cars.parquet",
            ["year", "brand", "model", "price_euro", "units", "weight_kg"],
        ),
        (
            "xiaomi_cars",
            cases / "xiaomi_cars" / "panel_joined.parquet",
            ["month", "brand", "model", "list_median_wan", "units", "wheelbase_mm"],
        ),
    ]
    found = []
    for name, path, columns in sources:
        if path.is_file() and columns and set(columns) <= set(pl.read_parquet_schema(path)):
            frame = pl.read_parquet(path).select(
                pl.col(c).cast(pl.String).alias(h) for c, h in zip(columns, HEAD, strict=True)
            )
            frame = frame.drop_nulls().unique(["period", "brand", "model"], keep="first", maintain_order=True)
            ends = frame.filter((pl.col("price").cast(pl.Float64) > 0) & (pl.col("quantity").cast(pl.Float64) > 0))
            found.append(Sample(name, [list(row) for row in ends.sample(ROWS, seed=1).iter_rows()]))
    return found


def write(rows: list[list[str]], delimiter: str = ",", end: str = "\n") -> str:
    """Return rows under the head as text."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows([HEAD, *rows])
    return out.getvalue()


Mutation = Callable[[list[list[str]], np.random.Generator], Broken]


def _encoding(rows: list[list[str]], rng: np.random.Generator) -> Broken:
    kinds = ("utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be")
    kind = str(rng.choice(kinds))
    named = [[*row[:1], row[1] + "汽车品牌", row[2] + "车型", *row[3:]] for row in rows]
    content = write(named).encode(kind) if kind != "utf-16-be" else b"\xfe\xff" + write(named).encode(kind)
    return Broken("t.csv", content, same=True, guess="encoding" if kind in ("gb18030", "utf-16-le") else "")


def _delimiter(rows: list[list[str]], rng: np.random.Generator) -> Broken:
    one = str(rng.choice([",", ";", "\t", "|"]))
    end = str(rng.choice(["\n", "\r\n", "\r"]))
    return Broken("t.csv", write(rows, one, end).encode(), same=True, guess="delimiter" if one == "|" else "")


def _workbook(rows: list[list[str]], rng: np.random.Generator) -> Broken:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("data")
    top = int(rng.integers(0, 3))
    for k in range(top):
        sheet.write_string(k, 0, "某公司 销量统计")
    for i, row in enumerate([HEAD, *rows]):
        for j, cell in enumerate(row):
            if i and j >= 3:
                sheet.write_number(top + i, j, float(cell))
            else:
                sheet.write_string(top + i, j, cell)
    if rng.uniform() < 0.5:
        sheet.write_string(top + len(rows) + 2, 0, "数据来源：公开资料")
    book.close()
    return Broken("t.xlsx", out.getvalue(), same=True, guess="title_rows" if top else "")


def _scaled(rows: list[list[str]], rng: np.random.Generator) -> Broken:
    for k in _some(rows, rng):
        rows[k][4] = f"{float(rows[k][4]) / 1e4:.17g}万" if float(rows[k][4]) >= 1 else rows[k][4]
        rows[k][3] = f"{float(rows[k][3]) / 1e4:.17g}万"
    return Broken("t.csv", write(rows).encode(), same=True, guess="wan")


def _full_width(rows: list[list[str]], rng: np.random.Generator) -> Broken:
    wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
    for k in _some(rows, rng):
        rows[k][3] = rows[k][3].translate(wide)
    return Broken("t.csv", write(rows).encode(), same=True, guess="full_width")


def _period_form(rows: list[list[str]], rng: np.random.Generator) -> Broken:
    for row in rows:
        year, _, month = row[0].partition("-")
        row[0] = f"{year}年{int(month)}月" if month else f"{year}年"
    return Broken("t.csv", write(rows).encode(), same=True, guess="period_form")


def _cell(column: int, cells: tuple[str, ...]) -> Mutation:
    def mutate(rows: list[list[str]], rng: np.random.Generator) -> Broken:
        hit = _some(rows, rng)
        for k in hit:
            rows[k][column] = str(rng.choice(cells))
        return Broken("t.csv", write(rows).encode(), tuple(k + 2 for k in hit))

    return mutate


def _shifted(rows: list[list[str]], rng: np.random.Generator) -> Broken:
    hit = _some(rows, rng)
    for k in hit:
        at = int(rng.integers(len(HEAD)))
        if rng.uniform() < 0.5:
            rows[k].insert(at, str(rng.choice(["", "x", "1"])))
        else:
            del rows[k][at]
    return Broken("t.csv", write(rows).encode(), tuple(k + 2 for k in hit))


def _truncated(rows: list[list[str]], rng: np.random.Generator) -> Broken:
    last = int(rng.integers(1, len(rows)))
    text = write(rows[: last + 1]).rstrip("\n")
    start = text.rfind("\n") + 1
    cut = start + int(rng.integers(1, text.rfind(",") + 1 - start))
    return Broken("t.csv", text[:cut].encode(), (last + 2,))


def _duplicated(rows: list[list[str]], rng: np.random.Generator) -> Broken:
    k = int(rng.integers(len(rows)))
    at = int(rng.integers(k + 1, len(rows) + 1))
    again = [*rows[k][:4], f"{float(rows[k][4]) * 1.5:.8g}", rows[k][5]]
    return Broken("t.csv", write([*rows[:at], again, *rows[at:]]).encode(), (k + 2,))


def _head(rows: list[list[str]], rng: np.random.Generator) -> Broken:
    text = write(rows)
    first, rest = text.split("\n", 1)
    names = first.split(",")
    k = int(rng.integers(len(names)))
    names[k] = str(rng.choice(["", names[(k + 1) % len(names)], "other", '"', " "]))
    return Broken("t.csv", (",".join(names) + "\n" + rest).encode(), same=False)


def _bytes(rows: list[list[str]], rng: np.random.Generator) -> Broken:
    content = bytearray(write(rows).encode(str(rng.choice(["utf-8", "gb18030", "utf-16"]))))
    for _ in range(int(rng.integers(1, 12))):
        at = int(rng.integers(len(content)))
        action = int(rng.integers(4))
        if action == 0:
            content[at] = int(rng.integers(256))
        elif action == 1:
            content[at:at] = bytes(rng.integers(0, 256, int(rng.integers(1, 9)), dtype=np.uint8))
        elif action == 2:
            del content[at : at + int(rng.integers(1, 30))]
        else:
            content[at:at] = str(rng.choice(['"', "\r", "\x00", ",,,,", "\n\n", "NaN", "\ufeff", "=1+1"])).encode()
    return Broken(str(rng.choice(["t.csv", "t.xlsx", "t.parquet"])), bytes(content), same=None)


def _broken_book(rows: list[list[str]], rng: np.random.Generator) -> Broken:
    made = bytearray(_workbook(rows, rng).content)
    if rng.uniform() < 0.5:
        made = made[: int(rng.integers(len(made)))]
    else:
        for _ in range(8):
            made[int(rng.integers(len(made)))] = int(rng.integers(256))
    return Broken("t.xlsx", bytes(made), same=None)


def _twenty(rows: list[list[str]], rng: np.random.Generator) -> Broken:
    """Plant twenty faults of many kinds in twenty rows."""
    hit = sorted(int(k) for k in rng.choice(len(rows), 20, replace=False))
    wrong = [(3, "n/a"), (3, "-5"), (3, "0"), (3, "17-18"), (3, "超过2.8万"), (4, ""), (4, "many"), (4, "-1"), (0, "once"), (0, ""),
             (1, ""), (2, ""), (3, ""), (4, "约300"), (0, "2025-13"), (3, "1e400"), (4, "nan"), (3, "abc"), (5, "big"), (3, "≥5")]  # fmt: skip
    for k, (column, cell) in zip(hit, wrong, strict=True):
        rows[k][column] = cell
    return Broken("t.csv", write(rows).encode(), tuple(k + 2 for k in hit))


MUTATIONS: dict[str, Mutation] = {
    "encoding": _encoding, "delimiter and line ends": _delimiter, "workbook with titles and footers": _workbook,
    "units of 10,000": _scaled, "full-width digits": _full_width, "periods in Chinese": _period_form,
    "words for nothing": _cell(3, ("n/a", "NaN", "-", "无", "#N/A", "暂无", "")),
    "ranges and bounds": _cell(3, ("17-18", "超过2.8万", "≥5", "约20", "近3万", "5以上")),
    "impossible numbers": _cell(3, ("-3", "0", "1e400", "1.2.3", "12abc", "∞")),
    "impossible quantities": _cell(4, ("-3", "some", "NaN", "", "10%%")),
    "impossible periods": _cell(0, ("2025-13", "once", "", "0", "2025年13月", "第3季")),
    "no name": _cell(1, ("", " ")),
    "shifted columns": _shifted, "truncated": _truncated, "duplicated keys": _duplicated, "broken heads": _head,
    "bytes": _bytes, "broken workbook": _broken_book, "twenty faults": _twenty,
}  # fmt: skip


def _some(rows: list[list[str]], rng: np.random.Generator) -> list[int]:
    return sorted(int(k) for k in rng.choice(len(rows), int(rng.integers(1, 5)), replace=False))


def try_file(kind: str, run: int) -> str:
    """Make a broken file, load a study on it, and say in a word what came of it.

    Returns
    -------
    str
        "same", "located", "faults", "loaded" are good; anything else says what is wrong.
    """
    rng = np.random.default_rng([SEED, list(MUTATIONS).index(kind), run])
    every = samples()
    sample = every[run % len(every)]
    made = MUTATIONS[kind]([list(row) for row in sample.rows], rng)
    names = [row[1] for row in sample.rows]
    if kind == "encoding":
        names = [name + "汽车品牌" for name in names]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / made.file).write_bytes(made.content)
        others = [n for n in dict.fromkeys(names) if n != names[0]]
        settings = SETTINGS.format(focal=names[0], benchmark=others[0], file=made.file)
        (Path(folder) / "study.toml").write_text(settings, encoding="utf-8")
        try:
            loaded = load(Path(folder))
        except StudyFaultsError as error:
            return _of_faults(made, error)
        except Exception:
            return "traceback: " + traceback.format_exc().strip().splitlines()[-1]
    return _of_loaded(made, loaded, sample)


def _of_faults(made: Broken, error: StudyFaultsError) -> str:
    if made.same:
        return f"refused: {error.faults[0].line()}"
    found = {fault.row for fault in error.faults}
    missed = [row for row in made.rows if row not in found]
    unlocated = [f for f in error.faults if not f.table or not f.what or not f.mend]
    if unlocated:
        return f"no place or no mend: {unlocated[0]}"
    if missed:
        return f"missed rows {missed}: {error.faults[0].line()}"
    return "located" if made.rows else "faults"


def _of_loaded(made: Broken, loaded: Loaded, sample: Sample) -> str:
    if made.rows:
        return f"silent: rows {made.rows} passed"
    if made.same is None:
        return "loaded"
    if made.same is False:
        return "loaded with a broken head"
    if made.guess and made.guess not in {g.kind for g in loaded.guesses}:
        return f"no guess {made.guess!r}: {sorted({g.kind for g in loaded.guesses})}"
    ours = _in_order([list(row) for row in loaded.sales.frame.select("price", "quantity", "x_size").iter_rows()])
    true = _in_order([[float(row[k]) for k in (3, 4, 5)] for row in sample.rows])
    return "same" if ours.shape == true.shape and np.allclose(ours, true, rtol=1e-12, atol=0.0) else "other numbers"


def _in_order(rows: list[list[float]]) -> npt.NDArray[np.float64]:
    """Return rows in an order that the last digits do not change."""
    return np.array(sorted(rows, key=lambda row: [float(f"{v:.8g}") for v in row]))


def long_line(megabytes: int = 100) -> dict[str, dict[str, float | str]]:
    """Load files with one line of many megabytes: what came of it, seconds, and the peak memory of this process so far."""
    row = ",".join(samples()[0].rows[0])
    size = megabytes * 2**20
    kinds = {
        "a cell": f"{','.join(HEAD)}\n{row}\n{'x' * size},1,1,1,1,1\n",
        "a quote that never closes": f'{",".join(HEAD)}\n"{row}\n' + (row + "\n") * (size // (len(row) + 1)),
        "a header": "x" * size + f",1\n{row}\n",
        "no line ends": ",".join([row] * (size // (len(row) + 1))),
    }
    out: dict[str, dict[str, float | str]] = {}
    for kind, text in kinds.items():
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "t.csv").write_text(text, encoding="utf-8")
            (Path(folder) / "study.toml").write_text(
                SETTINGS.format(focal="a", benchmark="b", file="t.csv"), encoding="utf-8"
            )
            start = time.perf_counter()
            try:
                load(Path(folder))
                came = "loaded"
            except StudyFaultsError as error:
                came = error.faults[0].line()[:160]
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            out[kind] = {"came": came, "seconds": round(time.perf_counter() - start, 1), "peak MB so far": round(peak)}
    return out
