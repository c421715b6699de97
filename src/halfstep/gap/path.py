"""The halves through time: the half-step map, the name path, and when a gap closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Bound, Estimate, Point, Refusal
from halfstep.core.period import parse_period
from halfstep.core.series import Series
from halfstep.gap.offerings import BLOCK, Comparison, Missing, Pair, compare, comparisons
from halfstep.gap.split import Split, halves
from halfstep.market.hedonic import HedonicFit, block
from halfstep.market.records import Author
from halfstep.numerics.intervals import simultaneous
from halfstep.numerics.paths import closing_points

__all__ = ["closing", "half_step_map", "map_comparisons", "name_path", "off_the_map", "path_comparisons"]

ASSUMPTIONS = ("clusters independent", "one price per attribute", "parts additive in logs")


def map_comparisons(fit: HedonicFit, config: StudyConfig, brands: tuple[str, ...]) -> list[Comparison | Missing]:
    """Return each brand against the main benchmark, over blocks of the pooling window in which it has rows."""
    panel, benchmark = fit.panel, config.study.benchmarks[0]
    last = int(panel.period.max())
    out = []
    for brand in brands:
        present = np.unique(panel.period[panel.is_brand(brand)])
        blocks = sorted({block(int(t), last, fit.spec.pooled_periods) for t in present})
        if brand != benchmark:
            out += [compare(panel, Pair(brand, benchmark), b, fit.spec, config.gap.offering) for b in blocks]
    return out


def off_the_map(tried: list[Comparison | Missing]) -> list[Missing]:
    """Return, for each brand that cannot be placed in any block, the last reason why."""
    placed = {c.pair.focal for c in tried if isinstance(c, Comparison)}
    missing = {c.pair.focal: c for c in tried if isinstance(c, Missing) and c.pair.focal not in placed}
    return list(missing.values())


def half_step_map(write: Author, config: StudyConfig, splits: list[Split]) -> Iterator[Series]:
    """Yield a path per brand against the main benchmark: product and name gap in money, with their full covariance."""
    for brand in dict.fromkeys(s.comparison.pair.focal for s in splits):
        mine = [s for s in splits if s.comparison.pair.focal == brand]
        money = np.repeat([s.money for s in mine], 2)
        found = halves(mine, ("product", "name"))
        index = tuple((s.comparison.period, half) for s in mine for half in ("product", "name"))
        rows = np.any([s.comparison.rows for s in mine], axis=0)
        fitted = (found.value * money, found.covariance * np.outer(money, money), found.freedom)
        yield write.path(
            f"gap.map.{brand}", "product and name gap to the main benchmark", config.study.currency.en, index,
            ("period", "half"), fitted, write.origin("gap.split", rows, ASSUMPTIONS),
        )  # fmt: skip


def path_comparisons(fit: HedonicFit, config: StudyConfig) -> list[Comparison]:
    """Return the focal brand against every benchmark through time, no row used twice against one benchmark.

    Periods stand alone where both brands have enough models; a pooled block is used only where none of its periods does.
    """
    out: list[Comparison] = []
    for benchmark in config.study.benchmarks:
        pair = Pair(config.study.focal, benchmark)
        found = comparisons(fit.panel, pair, fit.spec, config.gap.offering)
        made = [c for c in found if isinstance(c, Comparison)]
        alone = [c for c in made if not c.pooled]
        out += [c for c in made if not c.pooled or not any(c.first <= a.last and a.first <= c.last for a in alone)]
    return out


def name_path(write: Author, focal: str, splits: list[Split]) -> Series | None:
    """Return the name gap by benchmark and period with the covariance across all of them, in log points."""
    if not splits:
        return None
    found = halves(splits, ("name",))
    index = tuple((s.comparison.pair.benchmark, s.comparison.period) for s in splits)
    origin = write.origin("gap.split", np.any([s.comparison.rows for s in splits], axis=0), ASSUMPTIONS)
    fitted = (found.value, found.covariance, found.freedom)
    return write.path(
        f"gap.name_path.{focal}", "name gap by period", "log points", index, ("benchmark", "period"), fitted, origin
    )


def closing(write: Author, path: Series, config: StudyConfig, rng: np.random.Generator) -> Iterator[Estimate | Series]:
    """Yield, per benchmark, the band that covers the whole path, the probability that the gap closed, and when.

    Closed means: at or below the margin from then to the end; paths that were never above it do not date a closing. The
    draws have the path's joint covariance and t margins. Unseen quality is not in them: they date the price lens's name.
    """
    level = config.gap.level
    threshold = -float(np.log1p(-config.study.margin))
    for benchmark in dict.fromkeys(label[0] for label in path.index):
        mine = [i for i, label in enumerate(path.index) if label[0] == benchmark]
        periods = [path.index[i][1] for i in mine]
        assert path.covariance is not None and path.freedom is not None
        value, covariance, freedom = path.value[mine], path.covariance[np.ix_(mine, mine)], path.freedom[mine]
        width = simultaneous(covariance, freedom, level, rng)
        yield Series(
            id=f"{path.id}.band.{benchmark}", what="name gap by period, band over the whole path", unit=path.unit,
            tier=path.tier, origin=path.origin, dims=("period",), index=tuple((p,) for p in periods), value=value,
            lo=value - width, hi=value + width, n=path.n[mine], level=level, covariance=covariance, freedom=freedom,
        )  # fmt: skip
        stem = f"gap.closing.{benchmark}"
        if len(mine) < 2:
            yield Refusal(
                id=stem, what="period in which the name gap closed", why="one period only", origin=path.origin,
                needs=("enough models in more periods",), facts=(("periods", len(mine)),),
            )  # fmt: skip
            continue
        drawn = closing_points(value, covariance, freedom, threshold, rng)
        ends = float((drawn < len(mine)).mean())
        yield _simulated(write, f"{stem}.probability", ends, len(drawn), path, level)
        opened = drawn[drawn > 0]
        if len(opened) < (1 - config.gap.confidence) * len(drawn):
            yield Refusal(
                id=stem, what="period in which the name gap closed", why="never open", origin=path.origin, needs=(),
            )  # fmt: skip
            continue
        tail = (1 - level) / 2
        lo, hi = np.quantile(opened, [tail, 1 - tail], method="inverted_cdf")
        yield Bound(
            id=stem, what="period in which the name gap closed", lo=_when(periods, int(lo)), hi=_when(periods, int(hi)),
            unit="period", n=len(mine), tier=path.tier, origin=path.origin,
        )  # fmt: skip


def _simulated(write: Author, name: str, share: float, draws: int, path: Series, level: float) -> Point:
    """Return a simulated probability with the error of the simulation."""
    error = float(ndtri(0.5 + level / 2)) * float(np.sqrt(share * (1 - share) / draws))
    point = write.counted(name, "probability that the name gap closed", share, "probability", path.origin)
    return replace(point, lo=max(share - error, 0.0), hi=min(share + error, 1.0), level=level)


def _when(periods: list[str], k: int) -> float:
    """Return the last period of an entry as a year (a quarter adds fractions); infinity past the end."""
    if k >= len(periods):
        return float("inf")
    period = parse_period(periods[k].split(BLOCK)[-1])
    return period.year + period.season / period.frequency
