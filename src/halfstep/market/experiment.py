"""A choice experiment coded for estimators: which column of X is what, who saw which cell, and the line-up in the same columns."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.core.config import StudyConfig
from halfstep.core.estimate import row_ranges
from halfstep.data.choices import Choices, Lineup
from halfstep.logit.tasks import Array, Codes, Tasks

__all__ = ["Column", "Experiment", "Offers", "coded_levels", "experiment_of", "offers_of"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of X.

    Attributes
    ----------
    kind
        "price", "attribute", "brand" or "none".
    of
        Attribute id, or brand; empty otherwise.
    level
        Level of a categorical attribute against its base; empty otherwise.
    """

    kind: str
    of: str = ""
    level: str = ""

    @property
    def key(self) -> str:
        """Dotted name, as used in ids of estimates."""
        return ".".join(part for part in (self.kind, self.of, self.level) if part)


@dataclass(frozen=True, slots=True, eq=False)
class Experiment:
    """Tasks with the meaning of their columns.

    Attributes
    ----------
    tasks
        All tasks of all cells; where the worst was named too, each task is followed by that second one.
    columns
        Of X: price first, then attributes, brands other than the base, and "none". What a cell did not show is zero.
    brands
        All brands named, base included; sorted.
    base
        Brand whose term is zero; the main benchmark where it was shown. Empty where no brand was.
    respondent
        Of each person, shape (N,).
    role
        Cell of each person, shape (N,); see `halfstep.core.config_choice.Role`.
    segments
        Segment id -> its people, shape (N,); "all" first.
    number
        Place of each task among its person's, from 0, shape (T,); the worst has its task's.
    row
        Row of the file of each row of X, shape (n,).
    brand
        Index into `brands` of each row of X, also where it was hidden; -1 for none; shape (n,).
    price
        Price of each row of X, shape (n,), not negated where the worst was chosen.
    worst
        Whether a task asked for the worst, shape (T,).
    file
        Where it comes from.
    """

    tasks: Tasks
    columns: tuple[Column, ...]
    brands: tuple[str, ...]
    base: str
    respondent: tuple[str, ...]
    role: npt.NDArray[np.str_]
    segments: dict[str, Mask]
    number: Codes
    row: Codes
    brand: Codes
    price: Array
    worst: Mask
    file: str

    def index(self, kind: str, of: str = "") -> Codes:
        """Return the columns of a kind (and of one attribute or brand)."""
        return np.array([k for k, c in enumerate(self.columns) if c.kind == kind and of in ("", c.of)], dtype=np.int64)

    def of(self, people: Mask) -> Experiment:
        """Return the part of some people, mask of shape (N,)."""
        return self._part(people[self.tasks.person], people)

    def best(self) -> Experiment:
        """Return the tasks that asked what would be taken."""
        return self._part(~self.worst, np.ones(self.tasks.N, dtype=bool))

    def _part(self, tasks: Mask, people: Mask) -> Experiment:
        rows = np.repeat(tasks, np.diff(self.tasks.row))
        return replace(
            self,
            tasks=self.tasks.only(tasks),
            respondent=tuple(r for r, kept in zip(self.respondent, people, strict=True) if kept),
            role=self.role[people],
            segments={name: mask[people] for name, mask in self.segments.items()},
            number=self.number[tasks],
            row=self.row[rows],
            brand=self.brand[rows],
            price=self.price[rows],
            worst=self.worst[tasks],
        )

    def ranges(self, rows: Mask | None = None) -> str:
        """Return rows of the file as ranges."""
        return row_ranges(np.unique(self.row if rows is None else self.row[rows]))

    def mean_price(self, brand: str) -> float:
        """Return the mean price at which a brand was shown; NaN where it was not."""
        mine = self.brand == (self.brands.index(brand) if brand in self.brands else -2)
        return float(self.price[mine].mean()) if mine.any() else float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Offers:
    """Real products in the columns of an experiment.

    Attributes
    ----------
    X
        Shape (J, K): price first.
    product, brand, lineup
        Of each row, length J.
    weight
        Shape (J,).
    row
        Row of the file, shape (J,).
    unknown
        Brands of the line-up that the experiment did not show: their terms are not known.
    """

    X: Array
    product: tuple[str, ...]
    brand: tuple[str, ...]
    lineup: tuple[str, ...]
    weight: Array
    row: Codes
    unknown: tuple[str, ...]
    file: str

    def mean(self, brand: str) -> Array | None:
        """Return the weighted mean of a brand's rows in the first line-up of the file, shape (K,); None where it has none."""
        first = self.lineup[int(self.row.argmin())]
        mine = np.array([b == brand and name == first for b, name in zip(self.brand, self.lineup, strict=True)])
        return None if not mine.any() else self.weight[mine] @ self.X[mine] / self.weight[mine].sum()


def experiment_of(choices: Choices, config: StudyConfig) -> Experiment:
    """Code the choices of a study."""
    frame = choices.frame
    brands = _brands(frame)
    base = next((b for b in (*config.study.benchmarks, *brands[:1]) if b in brands), "")
    columns = _columns(config, brands, base, choices)
    people = frame.select(pl.col("respondent").rle_id()).to_series().to_numpy().astype(np.int64)
    of_task = frame.select(pl.struct("respondent", "task").rle_id()).to_series().to_numpy().astype(np.int64)
    first = np.flatnonzero(np.diff(people, prepend=-1))
    starts = np.append(np.flatnonzero(np.diff(of_task, prepend=-1)), len(of_task))
    chosen = frame["chosen"].to_numpy()
    order, row, picked = _with_worst(starts, chosen, frame["worst"].to_numpy(), choices.has_worst)
    code = {brand: i for i, brand in enumerate(brands)}
    brand = np.array([code.get(b, -1) for b in frame["brand"].to_list()], dtype=np.int64)
    worst = _is_worst(len(row) - 1, choices.has_worst)
    sign = np.where(worst, -1.0, 1.0)
    X = coded(frame, columns)[order] * np.repeat(sign, np.diff(row))[:, None]
    of_person = people[order[row[:-1]]]
    counts = np.bincount(of_person)
    task = np.concatenate([[0], np.cumsum(counts)])
    number = (np.arange(len(of_person)) - task[of_person]) // (2 if choices.has_worst else 1)
    head = frame[first.tolist()]
    segments = {"all": np.ones(len(first), dtype=bool)}
    segments |= {s.id: head[f"in_{s.id}"].to_numpy() for s in config.choice.segments}
    return Experiment(
        tasks=Tasks(np.ascontiguousarray(X), row, picked, task, head["weight"].to_numpy().astype(np.float64)),
        columns=columns,
        brands=brands,
        base=base,
        respondent=tuple(head["respondent"].to_list()),
        role=head["cell"].to_numpy().astype(np.str_),
        segments=segments,
        number=number,
        row=frame["row"].to_numpy()[order],
        brand=brand[order],
        price=frame["price"].to_numpy()[order],
        worst=worst,
        file=choices.file,
    )


def offers_of(lineup: Lineup, experiment: Experiment) -> Offers:
    """Put real products into the columns of an experiment."""
    frame = lineup.frame.with_columns(cell=pl.lit("listed"), none=pl.lit(False))
    brands = tuple(frame["brand"].to_list())
    return Offers(
        X=coded(frame, experiment.columns),
        product=tuple(frame["product"].to_list()),
        brand=brands,
        lineup=tuple(frame["lineup"].to_list()),
        weight=frame["weight"].to_numpy().astype(np.float64),
        row=frame["row"].to_numpy(),
        unknown=tuple(b for b in dict.fromkeys(brands) if b not in experiment.brands),
        file=lineup.file,
    )


def coded(frame: pl.DataFrame, columns: tuple[Column, ...]) -> Array:
    """Return rows as columns of X, shape (n, K): what a cell did not show is zero."""
    listed, named = pl.col("cell").is_in(["listed", "blind"]), pl.col("cell") != "blind"
    out = []
    for k, column in enumerate(columns):
        if column.kind == "price":
            value = pl.col("price")
        elif column.kind == "none":
            value = pl.col("none").cast(pl.Float64)
        elif column.kind == "brand":
            value = ((pl.col("brand") == column.of) & named & ~pl.col("none")).cast(pl.Float64)
        elif column.level:
            value = ((pl.col(f"x_{column.of}") == column.level) & listed).cast(pl.Float64)
        else:
            value = pl.when(listed).then(pl.col(f"x_{column.of}")).otherwise(0.0)
        out.append(value.fill_null(0.0).alias(str(k)))
    return np.ascontiguousarray(frame.select(out).to_numpy().astype(np.float64))


def coded_levels(row: Array, columns: tuple[Column, ...], attribute: str, level: float | str) -> None:
    """Set the columns of one attribute in a row of X to a level."""
    for k, column in enumerate(columns):
        if (column.kind, column.of) == ("attribute", attribute):
            row[k] = float(column.level == level) if column.level else float(level)


def _brands(frame: pl.DataFrame) -> tuple[str, ...]:
    """Return the brands; "" is one of them where a nameless profile stood beside a named one, or beside "none"."""
    blank = (pl.col("brand") == "") & ~pl.col("none")
    tasks = frame.filter(pl.col("cell") != "blind").group_by("respondent", "task")
    found = tasks.agg(blank.any().alias("some"), blank.all().alias("every"))
    mixed = bool((found["some"] & ~found["every"]).any())
    named = sorted(b for b in frame.filter(~pl.col("none"))["brand"].unique().to_list() if b)
    return ("", *named) if mixed and named else tuple(named)


def _columns(config: StudyConfig, brands: tuple[str, ...], base: str, choices: Choices) -> tuple[Column, ...]:
    attributes = [
        Column("attribute", a.id, level)
        for a in config.choice.attributes
        for level in (a.levels[1:] if a.levels else ("",))
    ]
    named = [Column("brand", brand) for brand in brands if brand != base]
    return (Column("price"), *attributes, *named, *((Column("none"),) if choices.has_none else ()))


def _is_worst(tasks: int, has_worst: bool) -> Mask:
    return np.arange(tasks) % 2 == 1 if has_worst else np.zeros(tasks, dtype=bool)


def _with_worst(starts: Codes, chosen: Mask, worst: Mask, has_worst: bool) -> tuple[Codes, Codes, Codes]:
    """Return the rows taken, offsets of tasks among them, and the chosen of each; a task's worst is picked from what is left of it."""
    size = np.diff(starts)
    if not has_worst:
        return np.arange(len(chosen)), starts, np.flatnonzero(chosen)
    of_task = np.repeat(np.arange(len(size)), size)
    every, left = np.arange(len(chosen)), np.flatnonzero(~chosen)
    rows = np.concatenate([every, left])
    key = np.concatenate([2 * of_task, 2 * of_task[left] + 1])
    order = np.argsort(key, kind="stable")
    taken, key = rows[order], key[order]
    picked = np.flatnonzero(np.where(key % 2 == 0, chosen[taken], worst[taken]))
    return taken, np.concatenate([[0], np.cumsum(np.bincount(key))]), picked
