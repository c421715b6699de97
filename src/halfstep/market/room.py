"""The market room: position first, then what attributes and names are priced at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from halfstep.core.answer import Answer
from halfstep.core.check import Check, Status
from halfstep.market.account import attribute_prices, positions
from halfstep.market.change import like_period
from halfstep.market.flow import flow_checks, flow_series
from halfstep.market.inputs import Inputs, Room
from halfstep.market.names import brand_paths, quality_adjusted_change
from halfstep.market.records import Author
from halfstep.market.switches import switch_check, switch_series

__all__ = ["ROOM", "watched"]

Facts = tuple[tuple[str, str | float | int], ...]


def watched(inputs: Inputs) -> tuple[str, ...]:
    """Return the brands that are drawn: focal, benchmarks, parent, shown; each once."""
    study, brands = inputs.config.study, inputs.config.brands
    named = (study.focal, *study.benchmarks, *([study.parent] if study.parent else []), *brands.shown)
    return tuple(dict.fromkeys(b for b in named if b in inputs.panel.brands))


def _run(inputs: Inputs, upstream: Mapping[str, Answer], rng: np.random.Generator) -> Answer:
    brands = watched(inputs)
    write = Author("market", inputs.config, inputs.panel)
    estimates, series = positions(write, brands)
    if inputs.flow is not None:
        series += (s for brand in brands for s in flow_series(write, inputs.flow, brand))
    if inputs.counted is not None:
        series += switch_series(write, inputs.counted)
    priced = Author("market", inputs.config, inputs.fit.panel, inputs.fit.panel.n)
    prices, tastes = attribute_prices(priced, inputs.fit)
    return Answer(
        room="market",
        estimates=(*estimates, *prices),
        series=(*series, *brand_paths(priced, inputs.fit, brands)),
        checks=tuple(_checks(inputs)),
        tastes=(tastes,),
    )


ROOM = Room("market", ("sales",), _run)


def _checks(inputs: Inputs) -> Iterator[Check]:
    panel, fit, columns = inputs.panel, inputs.fit, inputs.config.columns
    if columns.price_basis == "list":
        yield Check(id="market.price_basis", status=Status.REVIEW, why="list prices", do="give transaction prices")
    markets = inputs.config.market_columns
    if markets is not None and markets.deflator is not None:
        by: Facts = (("column", markets.deflator),)
        yield Check(
            id="market.deflator", status=Status.REVIEW, why="prices deflated", do="read money as deflated", facts=by
        )
    if columns.quantity_kind == "share":
        yield Check(id="market.quantity", status=Status.REVIEW, why="shares not units", do="give units")
    if columns.outcome == "deliveries":
        yield Check(id="market.outcome", status=Status.REVIEW, why="deliveries measure supply", do="give orders")
    if fit.left_out:
        blank: Facts = (("rows", fit.left_out), ("of", panel.n))
        yield Check(
            id="market.blank_attributes",
            status=Status.REVIEW,
            why="rows without attributes",
            do="fill the attributes",
            facts=blank,
        )
    for attribute in fit.unidentified():
        yield Check(
            id=f"market.identified.{attribute}", status=Status.FAIL, why="attribute not identified",
            do="give models that differ in it", facts=(("attribute", attribute),),
        )  # fmt: skip
    for attribute in fit.against():
        against: Facts = (("attribute", attribute), ("price", round(fit.attribute_beta(attribute), 4)))
        yield Check(
            id=f"market.sign.{attribute}",
            status=Status.REVIEW,
            why="priced against its direction",
            do="name what it stands for",
            facts=against,
        )
    yield _share_bought(inputs)
    if inputs.counted is not None:
        yield switch_check(inputs.counted)
    if inputs.flow is not None:
        for brand in watched(inputs):
            yield from flow_checks(inputs.config, inputs.flow, brand)


def _share_bought(inputs: Inputs) -> Check:
    """Flag a high-band share that rose while the brand's quality-adjusted price fell beyond its interval."""
    panel, bands, focal = inputs.panel, inputs.config.bands, inputs.config.study.focal
    after = panel.periods[-1]
    before = like_period(panel, after, 1)
    found = (
        None if before is None else quality_adjusted_change(inputs.fit, focal, before, after, inputs.config.gap.level)
    )
    if bands is None or before is None or found is None:
        return Check(
            id="market.share_bought", status=Status.REVIEW, why="share bought unknown", do="give more models a period"
        )
    rises = {}
    for edge in bands.edges:
        shares = [_share_above(inputs, edge, t) for t in (before, after)]
        if np.isfinite(shares).all() and shares[1] > shares[0]:
            rises[edge] = shares[1] - shares[0]
    facts: Facts = (
        ("before", panel.period_key(before)),
        ("after", panel.period_key(after)),
        ("change", found[0]),
        ("lo", found[1]),
        ("hi", found[2]),
    )
    if rises and found[2] < 0:
        facts += (("edge", max(rises)), ("rise", rises[max(rises)]))
        return Check(
            id="market.share_bought", status=Status.FAIL, why="share bought", do="look at the price cut", facts=facts
        )
    return Check(id="market.share_bought", status=Status.PASS, why="share not bought", facts=facts)


def _share_above(inputs: Inputs, edge: float, period: int) -> float:
    panel = inputs.panel
    high = (panel.period == period) & (panel.p >= edge)
    total = panel.q[high].sum()
    return float(panel.q[high & panel.is_brand(inputs.config.study.focal)].sum() / total) if total > 0 else float("nan")
