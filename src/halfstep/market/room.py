"""The market room: position first, then what attributes and names are priced at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from halfstep.core.answer import Answer
from halfstep.core.check import Check, Status
from halfstep.core.estimate import Bound, Estimate, Refusal
from halfstep.core.series import Series
from halfstep.core.tastes import Tastes
from halfstep.market.change import CAUSES, like_period, share_change
from halfstep.market.flow import flow_checks, flow_series
from halfstep.market.hedonic import HedonicFit
from halfstep.market.inputs import Inputs, Room
from halfstep.market.names import brand_paths, quality_adjusted_change
from halfstep.market.position import Standing, concentration, cut_curve, first_place
from halfstep.market.records import Author
from halfstep.market.switches import switch_check, switch_series

__all__ = ["ROOM", "watched"]

BASES = ("units", "value")

Facts = tuple[tuple[str, str | float | int], ...]


def watched(inputs: Inputs) -> tuple[str, ...]:
    """Return the brands that are drawn: focal, benchmarks, parent, shown; each once."""
    study, brands = inputs.config.study, inputs.config.brands
    named = (study.focal, *study.benchmarks, *([study.parent] if study.parent else []), *brands.shown)
    return tuple(dict.fromkeys(b for b in named if b in inputs.panel.brands))


def _run(inputs: Inputs, upstream: Mapping[str, Answer], rng: np.random.Generator) -> Answer:
    estimates: list[Estimate] = []
    series: list[Series] = []
    write = Author("market", inputs.config, inputs.panel)
    standing = Standing.of(inputs.panel, inputs.config.bands.edges if inputs.config.bands else ())
    for brand in watched(inputs):
        series += _position(write, inputs, standing, brand)
        estimates += _last_period(write, inputs, brand)
        if inputs.flow is not None:
            series += flow_series(write, inputs.flow, brand)
    if inputs.counted is not None:
        series += switch_series(write, inputs.counted)
    estimates += _changes(write, inputs)
    priced = Author("market", inputs.config, inputs.fit.panel, inputs.fit.panel.n)
    series += brand_paths(priced, inputs.fit, watched(inputs))
    prices, tastes = _attribute_prices(priced, inputs.fit)
    return Answer(
        room="market",
        estimates=(*estimates, *prices),
        series=tuple(series),
        checks=tuple(_checks(inputs)),
        tastes=(tastes,),
    )


ROOM = Room("market", ("sales",), _run)


def _position(write: Author, inputs: Inputs, standing: Standing, brand: str) -> Iterator[Series]:
    panel, bands = inputs.panel, inputs.config.bands
    own = panel.is_brand(brand)
    periods = panel.periods
    keys = tuple((panel.period_key(t),) for t in periods)
    origin = write.origin("position.percentile", own)
    level = standing.level(panel, own)
    sold = np.isfinite(level)
    index = tuple(k for k, s in zip(keys, sold, strict=True) if s)
    yield write.series(
        f"position.percentile.{brand}", "price position", "share", index, ("period",), level[sold], origin
    )
    yield write.series(
        f"position.share.{brand}",
        "share of the market",
        "share",
        keys,
        ("period",),
        standing.share(panel, own),
        write.origin("position.share", own),
    )
    if bands is not None:
        for basis in BASES:
            shares = standing.bands(panel, own, basis)
            known = np.isfinite(shares)
            where = tuple((panel.period_key(periods[i]), str(k)) for i, k in np.argwhere(known))
            yield write.series(
                f"position.band.{basis}.{brand}", f"band share by {basis}", "share", where, ("period", "band"),
                shares[known], write.origin(f"position.band.{basis}", own),
            )  # fmt: skip
    last = panel.period == periods[-1]
    for basis in BASES:
        curve = cut_curve(panel, brand, last, basis)
        ranked = np.isfinite(curve.rank)
        points = [(repr(float(c)), "share", v) for c, v in zip(curve.threshold, curve.share, strict=True)]
        points += [
            (repr(float(c)), "rank", v) for c, v in zip(curve.threshold[ranked], curve.rank[ranked], strict=True)
        ]
        where = tuple((c, kind) for c, kind, _ in points)
        value = np.array([v for _, _, v in points])
        yield write.series(
            f"position.cut.{basis}.{brand}", f"cut curve by {basis}", "share and rank", where, ("threshold", "kind"),
            value, write.origin(f"position.cut.{basis}", last),
        )  # fmt: skip


def _last_period(write: Author, inputs: Inputs, brand: str) -> Iterator[Estimate]:
    panel = inputs.panel
    last = panel.period == panel.periods[-1]
    own = last & panel.is_brand(brand)
    for basis in BASES:
        origin = write.origin(f"position.cut.{basis}", last)
        curve = cut_curve(panel, brand, last, basis)
        if np.isfinite(curve.rank).any():
            name, best = f"position.best_rank.{basis}.{brand}", float(np.nanmin(curve.rank))
            yield write.counted(name, "best rank above any threshold", best, "rank", origin)
        for i, (lo, hi) in enumerate(first_place(curve), start=1):
            yield Bound(
                id=f"position.first.{basis}.{brand}.{i}", what="thresholds above which it is number one", lo=lo, hi=hi,
                unit=inputs.config.study.currency.en, n=int(last.sum()), tier=write.tier, origin=origin,
            )  # fmt: skip
    herfindahl, largest, models = concentration(panel, brand, last)
    origin = write.origin("position.concentration", own)
    if models:
        yield write.counted(f"position.line.{brand}", "line concentration", herfindahl, "Herfindahl index", origin)
        yield write.counted(
            f"position.largest.{brand}", "share of the largest model in the line", largest, "share", origin
        )


def _changes(write: Author, inputs: Inputs) -> Iterator[Estimate]:
    panel, bands, focal = inputs.panel, inputs.config.bands, inputs.config.study.focal
    if bands is None:
        return
    everything = panel.segments["all"]
    after = panel.periods[-1]
    own = np.unique(panel.period[panel.is_brand(focal)])
    since = [t for t in own if (after - t) % panel.frequency == 0 and t < after]
    starts = dict.fromkeys(t for t in (like_period(panel, after, 1), int(since[0]) if since else None) if t is not None)
    for before in starts:
        rows = panel.is_brand(focal) & ((panel.period == before) | (panel.period == after))
        for edge in bands.edges:
            high = rows & (panel.p >= edge)
            parts = share_change(panel, focal, edge, before, after, everything)
            origin = write.origin("position.change", rows)
            stem = f"position.change.{panel.period_key(before)}/{panel.period_key(after)}.{edge:g}"
            if not high.any():
                continue
            yield write.counted(f"{stem}.total", "change of share", sum(parts.values()), "share", origin)
            for cause in CAUSES:
                yield write.counted(
                    f"{stem}.{cause.replace(' ', '_')}", f"change of share by {cause}", parts[cause], "share", origin
                )


def _attribute_prices(write: Author, fit: HedonicFit) -> tuple[list[Estimate], Tastes]:
    squares, K = fit.squares, len(fit.spec.attributes)
    found = squares.functionals(squares.coefficient_weights(np.eye(fit.X.shape[1])))
    estimates: list[Estimate] = []
    labels = []
    for k in range(fit.X.shape[1]):
        epoch, attribute = k // K, fit.spec.attributes[k % K]
        rows = fit.epochs == epoch
        periods = fit.panel.period[rows]
        span = f"{fit.panel.period_key(int(periods.min()))}/{fit.panel.period_key(int(periods.max()))}"
        labels.append(("beta", f"{attribute}@{span}"))
        name = f"hedonic.{attribute}.{span}"
        origin = write.origin("hedonic", rows, ("clusters independent", "linear in logs"))
        if squares.identified[k]:
            value = (float(squares.beta[k]), float(found.se[k]), float(found.freedom[k]))
            estimates.append(write.estimated(name, "price of an attribute", value, "log points per unit", origin))
        else:
            refusal = Refusal(
                id=name, what="price of an attribute", why="attribute not identified",
                needs=("models of one brand and period that differ in it",), origin=origin, facts=(("attribute", attribute),),
            )  # fmt: skip
            estimates.append(refusal)
    tastes = Tastes(
        lens="price", nodes=("all",), labels=tuple(labels), value=squares.beta[None, :], covariance=found.covariance,
        contains=("name", "unseen quality", "cost"), is_taste=False, tier=write.tier,
        origin=write.origin("hedonic", np.ones(fit.panel.n, dtype=bool)),
    )  # fmt: skip
    return estimates, tastes


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
