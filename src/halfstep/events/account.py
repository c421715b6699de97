"""From gates to the records that leave the room: effects, paths, placebos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.check import Check, Status
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Bound, Origin, Point, Refusal, Tier, row_ranges
from halfstep.core.series import Series
from halfstep.counterfactual.gate import Effect, Gated, effect_of, power_at
from halfstep.events.calendar import Asked
from halfstep.events.series import Ready

__all__ = ["Account", "Facts"]

Array = npt.NDArray[np.float64]
Facts = tuple[tuple[str, str | float | int], ...]

PARTS = ("average", "first", "lasting", "faded")
DRAWN = 40
"""Placebo paths that go into the report."""
ASSUMED = ("untouched entities were not touched", "no other shock of its own", "placebos stand for chance")
POWER = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
"""Falls whose chance to be found is told, where changes are relative."""


@dataclass(frozen=True, slots=True)
class Account:
    """Writes the records of one event and outcome."""

    ask: Asked
    config: StudyConfig

    @property
    def relative(self) -> bool:
        """Whether effects are relative changes."""
        return self.ask.outcome.scale == "relative"

    @property
    def unit(self) -> str:
        """Unit of an effect."""
        return "share" if self.relative else "number"

    @property
    def level(self) -> str:
        """Unit of the outcome itself."""
        return "count" if self.relative else "number"

    @property
    def tier(self) -> Tier:
        """Evidence tier of the table."""
        return Tier(self.config.study.tier)

    def origin(
        self, method: str, assumptions: tuple[str, ...] = (), others: tuple[str, ...] = (), entity: str | None = None
    ) -> Origin:
        """Return where a number comes from: the rows of the event's entity or of another, with those of others that entered it."""
        table = self.ask.table
        own = table.rows.get(self.ask.event.brand if entity is None else entity, ())
        used = len(own) + sum(len(table.rows.get(name, ())) for name in others)
        return Origin(
            room="events", method=method, table=table.file, rows=row_ranges(own), rows_used=used, assumptions=assumptions
        )  # fmt: skip

    def shown(self, effect: float) -> float:
        """Return an effect on the scale of the analysis as it is printed."""
        return float(np.expm1(np.minimum(effect, 700.0))) if self.relative else effect

    def effect(self, name: str, what: str, effect: Effect, others: tuple[str, ...], entity: str | None = None) -> Point:
        """Return an effect with its gated interval."""
        return Point(
            id=f"{self.ask.stem}.{name}", what=f"event effect: {what}", value=self.shown(effect.value),
            lo=self.shown(effect.lo), hi=self.shown(effect.hi), level=effect.level, unit=self.unit,
            n=len(effect.contrast), tier=self.tier, origin=self.origin("events.gate", ASSUMED, others, entity),
        )  # fmt: skip

    def chance(self, name: str, effect: Effect, others: tuple[str, ...]) -> Point:
        """Return the rank of an effect among its placebos."""
        return Point(
            id=f"{self.ask.stem}.p.{name}", what="event effect: p", value=effect.p, lo=effect.p, hi=effect.p, level=1.0,
            unit="p value", n=len(effect.S), tier=self.tier, origin=self.origin("events.gate", ASSUMED, others),
        )  # fmt: skip

    def bound(self, name: str, what: str, ends: tuple[float, float], unit: str, method: str) -> Bound:
        """Return a set without a best guess inside it."""
        return Bound(
            id=f"{self.ask.stem}.{name}", what=what, lo=ends[0], hi=ends[1], unit=unit,
            n=len(self.ask.table.rows.get(self.ask.event.brand, ())), tier=self.tier, origin=self.origin(method),
        )  # fmt: skip

    def refusal(self, name: str, what: str, why: str, needs: tuple[str, ...], facts: Facts = ()) -> Refusal:
        """Return no number, and what is missing for one."""
        return Refusal(
            id=f"{self.ask.stem}.{name}", what=what, why=why, needs=needs, origin=self.origin("events.gate"), facts=facts
        )  # fmt: skip

    def check(self, name: str, status: Status, why: str, facts: Facts = (), do: str = "") -> Check:
        """Return a sentence about the event, with what it quotes."""
        entity = (("entity", self.ask.event.brand), ("event", str(self.ask.event.id)), ("outcome", self.ask.outcome.id))
        return Check(id=f"{self.ask.stem}.{name}", status=status, why=why, do=do, facts=(*entity, *facts))

    def parts(self, gated: Gated, others: tuple[str, ...]) -> Iterator[Point]:
        """Yield the average effect and its parts, those that an interval can be given for."""
        for name in PARTS:
            effect = gated.effects.get(name)
            if effect is not None and np.isfinite(effect.critical):
                yield self.effect(name, name, effect, others)

    def total(self, name: str, ready: Ready, gated: Gated, periods: int) -> Point | None:
        """Return observed less what would have been, in units, over the first periods; None without an interval.

        The value is the sum of the drawn gap, ``O - C``. On the relative scale its interval is that of ``log C``, whose
        contrast weighs each period by what would have been in it: ``O - C exp(+-half-width)``, exact to first order.
        """
        start, length = ready.question.start, ready.question.stop - ready.question.start
        observed = ready.observed[start : start + periods]
        gap = gated.fit.gap[start : start + periods]
        weights = np.zeros(length)
        would = observed * np.exp(np.minimum(-gap, 700.0)) if self.relative else observed - gap
        weights[:periods] = would / would.sum() if self.relative else 1.0
        effect = effect_of(gated.fit, "total", weights, gated.main.level)
        if not np.isfinite(effect.critical):
            return None
        whole, rest, half = float(observed.sum()), float(would.sum()), (effect.hi - effect.lo) / 2
        value, lo, hi = whole - rest, whole - rest - half, whole - rest + half
        if self.relative:
            lo, hi = whole - rest * float(np.exp(min(half, 700.0))), whole - rest * float(np.exp(-half))
        return Point(
            id=f"{self.ask.stem}.{name}", what="event effect: total", value=value, lo=lo, hi=hi, level=effect.level,
            unit=self.level, n=periods, tier=self.tier, origin=self.origin("events.gate", ASSUMED, ready.donors),
        )  # fmt: skip

    def paths(self, ready: Ready, gated: Gated) -> Iterator[Series]:
        """Yield observed, counterfactual and gap with their intervals, and the placebos' gaps."""
        start, stop = ready.question.start, ready.question.stop
        gap = gated.fit.gap
        half = np.zeros(stop)
        for h in range(stop - start):
            effect = effect_of(gated.fit, "", np.eye(stop - start)[h], gated.main.level)
            half[start + h] = effect.critical * effect.scale
        index = tuple((key,) for key in ready.periods[:stop])
        observed = ready.observed[:stop]
        yield self._series("observed", self.level, index, (observed, observed, observed), 1.0)
        level = gated.main.level
        if self.relative:
            with np.errstate(over="ignore"):
                would = tuple(observed * np.exp(-g) for g in (gap, gap + half, gap - half))
                ends = tuple(np.expm1(g) for g in (gap, gap - half, gap + half))
        else:
            would = tuple(observed - g for g in (gap, gap + half, gap - half))
            ends = (gap, gap - half, gap + half)
        yield self._series("counterfactual", self.level, index, would, level)
        yield self._series("gap", self.unit, index, ends, level)
        yield from self._fan(ready, gated)

    def _fan(self, ready: Ready, gated: Gated) -> Iterator[Series]:
        """Yield the gaps of fake dates and untouched entities, at the scale of the event's own entity."""
        fan = gated.fit.fan
        if not len(fan):
            return
        kept = fan[np.unique(np.linspace(0, len(fan) - 1, DRAWN).round().astype(int))]
        row, col = np.nonzero(np.isfinite(kept))
        index = tuple((str(i + 1), ready.periods[t]) for i, t in zip(row.tolist(), col.tolist(), strict=True))
        value = np.asarray(np.expm1(kept[row, col]) if self.relative else kept[row, col])
        yield self._series("fan", self.unit, index, (value, value, value), 1.0, ("placebo", "period"))

    def weights(self, ready: Ready, gated: Gated) -> Iterator[Series]:
        """Yield the donors' weights, the largest first, where the estimator has them."""
        weights = gated.fit.weights
        if weights is None:
            return
        order = [int(i) for i in np.argsort(-weights) if weights[i] > 1e-3]
        if order:
            value = weights[order]
            index = tuple((ready.entities[i],) for i in order)
            yield self._series("donors", "share", index, (value, value, value), 1.0, ("entity",))

    def power(self, gated: Gated) -> Iterator[Series]:
        """Yield the chance that falls of some sizes would be found."""
        main = gated.main
        if not np.isfinite(main.critical):
            return
        if self.relative:
            falls = [(f"{-fall:g}", abs(float(np.log1p(-fall)))) for fall in POWER]
        else:
            falls = [(f"{-size:.6g}", size) for size in main.curve[0][1:].tolist()]
        value = np.array([power_at(main, size) for _, size in falls])
        index = tuple((text,) for text, _ in falls)
        yield self._series("power", "share", index, (value, value, value), 1.0, ("effect",))

    def _series(
        self,
        name: str,
        unit: str,
        index: tuple[tuple[str, ...], ...],
        path: tuple[Array, ...],
        level: float,
        dims: tuple[str, ...] = ("period",),
    ) -> Series:
        value, lo, hi = path
        n = np.ones(len(index), dtype=np.int64)
        return Series(
            id=f"{self.ask.stem}.{name}", what=f"event {name}", unit=unit, tier=self.tier,
            origin=self.origin("events.fan" if name == "fan" else "events.path"), dims=dims, index=index, value=value,
            lo=lo, hi=hi, n=n, level=level,
        )  # fmt: skip
