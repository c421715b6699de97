"""Names that a quantity asks for and no printed figure has: as a rule misspelt."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import get_args

from halfstep.core.check import Check, Status
from halfstep.core.config import Metric, StudyConfig
from halfstep.core.config_docket import Quantity
from halfstep.data.columns import near
from halfstep.data.press import Press
from halfstep.docket.forecasts import made_by

__all__ = ["unknown_names"]

LISTED = 12


def unknown_names(config: StudyConfig, press: Press | None, asked: Collection[str]) -> Iterator[Check]:
    """Yield, for each quantity, the entities and metrics that neither a figure known by the as-of date has nor the settings name.

    A row first known later may still have the name, so it is told and never refused, and such rows change nothing of it. What a
    forecast asks for may not have been printed by anybody yet: of it only a name that is like another is told.

    Parameters
    ----------
    asked
        Ids of the quantities that are looked at.
    """
    figures = (*press.figures, *press.revised) if press is not None else ()
    if not figures:
        return
    entities, metrics = {f.entity for f in figures}, {f.metric for f in figures}
    foretold = {forecast.quantity for forecast in made_by(config.docket.forecasts, config.study.as_of)}
    for quantity in (one for one in config.docket.quantities if one.id in asked):
        for name, known, named in _asked(config, quantity, entities, metrics):
            if name in known or name in named:
                continue
            close = near(name, known | named)
            if close is None and quantity.id in foretold:
                continue
            told = ("close", close) if close else ("names", ", ".join(sorted(known)[:LISTED]))
            why = "docket name near" if close else "docket name none"
            facts = (("quantity", quantity.id), ("name", name), told)
            yield Check(id=f"docket.name.{quantity.id}.{name}", status=Status.REVIEW, why=why, facts=facts)


def _asked(
    config: StudyConfig, quantity: Quantity, entities: set[str], metrics: set[str]
) -> Iterator[tuple[str, set[str], set[str]]]:
    """Yield each name asked for once, with the names that figures have and those that the settings name."""
    study, brands, press = config.study, config.brands, config.press
    held = {name for one in press.within for name in (one.inner, one.outer)}
    listed = {study.focal, *study.benchmarks, press.market, *brands.labels, *brands.shown, *brands.subbrands, *brands.subbrands.values()}  # fmt: skip
    who = listed | held | {*press.labels, *brands.aliases, *brands.aliases.values()}
    what = {*press.labels, *press.metrics, *press.metrics.values(), *get_args(Metric)}
    rank = () if quantity.rank is None else (quantity.rank,)
    asked = (*quantity.figures, *quantity.less, *quantity.over, *rank)
    yield from ((name, entities, who) for name in dict.fromkeys(one.entity for one in asked))
    yield from ((name, metrics, what) for name in dict.fromkeys(one.metric for one in asked))
