"""The market room's account of itself: every number of position and of attribute prices, with its origin."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halfstep.core.estimate import Bound, Estimate, Refusal
from halfstep.core.series import Series
from halfstep.core.tastes import Tastes
from halfstep.market.change import CAUSES, like_period, share_change
from halfstep.market.hedonic import HedonicFit
from halfstep.market.position import BASES, CutCurve, Standing, concentration, cut_curve, first_place
from halfstep.market.records import Author

__all__ = ["attribute_prices", "positions"]


def positions(write: Author, brands: tuple[str, ...]) -> tuple[list[Estimate], list[Series]]:
    """Return where some brands stand: shares, bands, percentile, cut curves, line-up, and why the focal share changed."""
    panel, bands = write.panel, write.config.bands
    standing = Standing.of(panel, bands.edges if bands else ())
    estimates: list[Estimate] = []
    series: list[Series] = []
    for brand in brands:
        series += _through_time(write, standing, brand)
        last = panel.period == panel.periods[-1]
        curves = {basis: cut_curve(panel, brand, last, basis) for basis in BASES}
        series += _curves(write, brand, curves)
        estimates += _last_period(write, brand, curves)
    estimates += _changes(write)
    return estimates, series


def _through_time(write: Author, standing: Standing, brand: str) -> Iterator[Series]:
    panel, bands = write.panel, write.config.bands
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


def _curves(write: Author, brand: str, curves: dict[str, CutCurve]) -> Iterator[Series]:
    last = write.panel.period == write.panel.periods[-1]
    for basis, curve in curves.items():
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


def _last_period(write: Author, brand: str, curves: dict[str, CutCurve]) -> Iterator[Estimate]:
    panel = write.panel
    last = panel.period == panel.periods[-1]
    own = last & panel.is_brand(brand)
    for basis, curve in curves.items():
        origin = write.origin(f"position.cut.{basis}", last)
        if np.isfinite(curve.rank).any():
            name, best = f"position.best_rank.{basis}.{brand}", float(np.nanmin(curve.rank))
            yield write.counted(name, "best rank above any threshold", best, "rank", origin)
        for i, (lo, hi) in enumerate(first_place(curve), start=1):
            yield Bound(
                id=f"position.first.{basis}.{brand}.{i}", what="thresholds above which it is number one", lo=lo, hi=hi,
                unit=write.config.study.currency.en, n=int(last.sum()), tier=write.tier, origin=origin,
            )  # fmt: skip
    herfindahl, largest, models = concentration(panel, brand, last)
    origin = write.origin("position.concentration", own)
    if models:
        yield write.counted(f"position.line.{brand}", "line concentration", herfindahl, "Herfindahl index", origin)
        yield write.counted(
            f"position.largest.{brand}", "share of the largest model in the line", largest, "share", origin
        )


def _changes(write: Author) -> Iterator[Estimate]:
    panel, bands, focal = write.panel, write.config.bands, write.config.study.focal
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


def attribute_prices(write: Author, fit: HedonicFit) -> tuple[list[Estimate], Tastes]:
    """Return what attributes are priced at, and the record of it that later rooms may read."""
    squares, K = fit.squares, len(fit.spec.attributes)
    found = squares.functionals(squares.coefficients(np.eye(fit.X.shape[1])))
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
