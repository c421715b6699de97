"""Charts as records, in data units; `draw_*` modules turn them into SVG."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.report.finding import Fact

__all__ = [
    "Chart",
    "Line",
    "LinesChart",
    "MapChart",
    "MapPath",
    "MapPoint",
    "PanelChart",
    "RowMark",
    "RowsChart",
    "Stretch",
    "Track",
    "TracksChart",
]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A brand in a period: how far ahead it is in product (x) and name (y), and the edge of its joint region."""

    period: str
    x: float
    y: float
    region: tuple[tuple[float, float], ...] = ()
    reach: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class MapPath:
    """A brand through time, oldest first."""

    brand: str
    focal: bool
    points: tuple[MapPoint, ...]


@dataclass(frozen=True, slots=True)
class MapChart:
    """The half-step map: the benchmark at the origin, the margin as a box around it."""

    id: str
    benchmark: str
    margin: float
    paths: tuple[MapPath, ...]


@dataclass(frozen=True, slots=True)
class RowMark:
    """One row: a label, a value with its interval, and its role.

    Attributes
    ----------
    value
        NaN where only a set is known.
    lo, hi
        Either end may be infinite.
    role
        "part", "total", "rest", "whole", "other"; "price lens", "2sls", "common", "ols", "choice lens" in a chart of lenses; a "head" is a label
        over the rows that follow, without a mark.
    """

    label: Fact
    value: float
    lo: float
    hi: float
    role: str = "part"


@dataclass(frozen=True, slots=True)
class RowsChart:
    """Rows of bars or dots on one axis.

    Attributes
    ----------
    bars
        Bars from zero, or dots with intervals.
    guide
        A value marked over all rows (the study's own split), or None.
    """

    id: str
    rows: tuple[RowMark, ...]
    axis: Fact
    bars: bool
    guide: float | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a path over [start, stop] on the time axis, with its interval and the band over the whole path."""

    start: float
    stop: float
    value: float
    lo: float
    hi: float
    band: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class PanelChart:
    """One brand's path in percent, on axes shared with its neighbours; events are numbered marks."""

    id: str
    focal: bool
    stretches: tuple[Stretch, ...]
    years: tuple[float, float]
    range: tuple[float, float]
    events: tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line; `marked` holds stretches (from, to] drawn thick; `turn` picks its colour; `label` names it if no brand does."""

    brand: str
    role: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    marked: tuple[tuple[float, float], ...] = ()
    turn: int = 0
    label: Fact | None = None


@dataclass(frozen=True, slots=True)
class LinesChart:
    """Lines over time or over price thresholds; shares on the vertical axis unless `marks` are given.

    Attributes
    ----------
    marks
        Places and labels on the horizontal axis of a chart of units; the axis picks its own if there are none.
    """

    id: str
    lines: tuple[Line, ...]
    x_title: Fact
    y_title: Fact
    steps: bool
    time: bool
    top: float | None = None
    marks: tuple[tuple[float, Fact], ...] = ()


@dataclass(frozen=True, slots=True)
class Track:
    """A line through periods, counted from 0; its role is "observed", "expected" or "difference"; NaN where there is none."""

    role: str
    y: tuple[float, ...]
    label: Fact


@dataclass(frozen=True, slots=True)
class TracksChart:
    """Lines through the periods about an event, with an interval from the event on.

    Attributes
    ----------
    lines
        Each with one value a period.
    band
        Period, low and high end of the interval.
    fan
        Pale lines behind: the same where nothing happened, each with one value a period.
    dates
        Where upright lines stand, between periods, with their running number; the event's own is number 0.
    periods
        Keys, as the horizontal axis prints them.
    share
        Whether the vertical axis is in percent.
    fits
        Whether the frame holds all of the interval; else it is cut where it leaves the lines far behind.
    """

    id: str
    lines: tuple[Track, ...]
    band: tuple[tuple[float, float, float], ...]
    fan: tuple[tuple[float, ...], ...]
    dates: tuple[tuple[float, int], ...]
    periods: tuple[str, ...]
    y_title: Fact
    share: bool
    fits: bool = False


Chart = MapChart | RowsChart | PanelChart | LinesChart | TracksChart
