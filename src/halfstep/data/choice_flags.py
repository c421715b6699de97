"""Respondents who always pick the same place, and choices that nobody who reads the profiles makes; flagged, never dropped."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from halfstep.core.config import Choice

__all__ = ["FEWEST", "Flags", "flags"]

FEWEST = 6
"""Tasks below which an answer in a straight line says nothing: of 3 alternatives, 1 in 3 to the fifth power does so by chance."""


@dataclass(frozen=True, slots=True)
class Flags:
    """Answers that look careless.

    Attributes
    ----------
    straight
        Respondents who chose the product in the same place in every one of their tasks, in the order of the file; not those
        who always chose none of them.
    expected
        How many of those asked would do so if everybody chose at random.
    asked
        Respondents with enough tasks of one size; 0 where a place means something: a brand's own, or the cheapest.
    dominated
        Respondent and task in which a product was chosen beside another of the same name that was no dearer, no worse in
        every attribute of which it is said what buyers want, better in one of these, and otherwise alike.
    judged
        Tasks with such another product, whatever was chosen.
    """

    straight: tuple[str, ...]
    expected: float
    asked: int
    dominated: tuple[tuple[str, str], ...]
    judged: int


def flags(choices: pl.DataFrame, choice: Choice) -> Flags:
    """Return what looks careless in `Choices.frame`."""
    named, listed = pl.col("cell") != "blind", pl.col("cell").is_in(["listed", "blind"])
    placed = choices.select(
        "respondent", "task", "chosen", "none", "price",
        pl.when(named).then("brand").otherwise(pl.lit("")).alias("brand"),
        *(pl.when(listed).then(f"x_{attribute.id}").alias(f"x_{attribute.id}") for attribute in choice.attributes),
        t=pl.struct("respondent", "task").rle_id(),
    ).with_columns(place=pl.int_range(pl.len()).over("t"))  # fmt: skip
    straight, expected, asked = _straight(placed)
    dominated, judged = _dominated(placed, choice)
    return Flags(straight, expected, asked, dominated, judged)


def _straight(placed: pl.DataFrame) -> tuple[tuple[str, ...], float, int]:
    """Return who answers in a straight line, how many by chance, and of how many that was asked."""
    if _sorted(placed):
        return (), 0.0, 0
    tasks = placed.group_by("t", maintain_order=True).agg(
        pl.col("respondent").first(),
        pl.col("place").filter(pl.col("chosen")).first(),
        pl.len().alias("size"),
        pl.col("none").sum().alias("nones"),
        (pl.col("none") & pl.col("chosen")).any().alias("none"),
    )
    people = (
        tasks.group_by("respondent", maintain_order=True)
        .agg(
            pl.len().alias("tasks"),
            (pl.col("place").n_unique() == 1).alias("straight"),
            pl.col("size").first(),
            pl.col("size").n_unique().alias("sizes"),
            pl.col("nones").max(),
            pl.col("none").all(),
        )
        .filter(pl.col("tasks") >= FEWEST, pl.col("sizes") == 1)
    )
    size, tasks_ = pl.col("size").cast(pl.Float64), pl.col("tasks").cast(pl.Float64)
    expected = float(people.select(((size - pl.col("nones")) * size.pow(-tasks_)).sum()).item())
    return tuple(people.filter("straight", ~pl.col("none"))["respondent"].to_list()), expected, people.height


def _sorted(placed: pl.DataFrame) -> bool:
    """Whether places mean something: each brand always stands in its own, or prices always rise or fall along them."""
    products = placed.filter(~pl.col("none"))
    brands = products.filter(pl.col("brand") != "").select("brand", "place").unique()
    if brands.height and brands["brand"].n_unique() == brands.height == brands["place"].n_unique():
        return True
    step = products.select("t", step=pl.col("price").diff().over("t")).drop_nulls()["step"]
    return step.len() > 0 and bool((step >= 0).all() or (step <= 0).all()) and bool((step != 0).any())


def _dominated(placed: pl.DataFrame, choice: Choice) -> tuple[tuple[tuple[str, str], ...], int]:
    """Return tasks in which the chosen product is dominated, and how many tasks have a dominated product."""
    wanted = [
        (f"x_{a.id}", 1 if a.better == "more" else -1)
        for a in choice.attributes
        if a.better != "unsaid" and not a.levels
    ]
    alike = [f"x_{a.id}" for a in choice.attributes if a.better == "unsaid" or a.levels]
    goods = placed.filter(~pl.col("none")).select(
        "t", "respondent", "task", "place", "chosen", "brand", *alike,
        *((sign * pl.col(column)).alias(f"good_{column}") for column, sign in [*wanted, ("price", -1)]),
    )  # fmt: skip
    better = [f"good_{column}" for column, _ in [*wanted, ("price", -1)]]
    pairs = goods.join(goods.select("t", "place", "brand", *alike, *better), on="t", suffix="_other").filter(
        pl.col("place") != pl.col("place_other"),
        *(pl.col(column).eq_missing(pl.col(f"{column}_other")) for column in ("brand", *alike)),
        *(pl.col(f"{column}_other") >= pl.col(column) for column in better),
        pl.any_horizontal(pl.col(f"{column}_other") > pl.col(column) for column in better),
    )
    worse = pairs.unique("t", maintain_order=True)
    chosen = pairs.filter("chosen").unique("t", keep="first", maintain_order=True)
    return tuple(chosen.select("respondent", "task").iter_rows()), worse.height
