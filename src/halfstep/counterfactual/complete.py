"""From a panel with blank cells to one without: what is left out is told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError

__all__ = ["Complete", "LeftOut", "complete"]

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

STRAY = 0.1
"""Largest part of the periods before the event that is given up so that donors need not be; a choice, not a finding."""
CLOSE = 1e-9
"""Relative difference below which two series are one."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A period or a donor that is not used.

    Attributes
    ----------
    why
        "blank period": the treated unit has no outcome there; "blank among donors": so many donors have none that it costs
        less to leave out the period than them. Of donors: "blank cells", "constant", "zero" (nothing but
        noughts), "copy of the treated unit" (equal to it before the event, up to a constant).
    unit, period
        Which donor, or which period, by its place in the panel that came; the other is None.
    cells
        Blank cells that are the reason; 0 for other reasons.
    """

    why: str
    unit: int | None
    period: int | None
    cells: int


@dataclass(frozen=True, slots=True, eq=False)
class Complete:
    """A complete panel: the treated unit first, then the donors that are used.

    Attributes
    ----------
    y, treated, donors, start, stop
        As in `Question`.
    unit, period
        Places of its rows and columns in the panel that came.
    left_out
        What is not in it.
    flat
        Whether the treated unit never moves before the event.
    """

    y: Array
    treated: int
    donors: Mask
    start: int
    stop: int
    unit: Ints
    period: Ints
    left_out: tuple[LeftOut, ...]
    flat: bool


def complete(y: Array, treated: int, donors: Mask, start: int, stop: int) -> Complete:
    """Leave out periods in which the treated unit is blank, then donors or early periods until no cell is blank.

    Parameters
    ----------
    y
        Outcomes, blank or infinite where there is none (a logarithm of nought); shape (N, T).
    treated, donors, start, stop
        As in `Question`; periods from `stop` on are not looked at.

    Raises
    ------
    MisuseError
        Where the event lies outside the sample, or the treated unit has no outcome before it or from it on.
    """
    if not 0 < start < stop <= y.shape[1]:
        raise MisuseError(
            f"expected an event inside the {y.shape[1]} periods of the sample, got periods {start} to {stop}: "
            "give the periods around the event, or leave the event out"
        )
    known = np.isfinite(y[:, :stop])
    period = np.flatnonzero(known[treated])
    before = int((period < start).sum())
    if not 0 < before < len(period):
        raise MisuseError(
            "expected outcomes of the treated unit before the event and from it on, "
            f"got {before} and {len(period) - before}: fill the blank cells, or move the event"
        )
    left_out = [LeftOut("blank period", None, int(t), 1) for t in np.flatnonzero(~known[treated])]
    asked = np.flatnonzero(donors & (np.arange(len(y)) != treated))
    blank = ~known[asked][:, period]
    lost, gone = _thinned(blank, before)
    left_out += [
        LeftOut("blank among donors", None, int(t), int(n))
        for t, n in zip(period[gone], blank[:, gone].sum(axis=0), strict=True)
    ]
    keep = np.setdiff1d(np.arange(len(period)), gone)
    period, before = period[keep], int((keep < before).sum())
    own = y[treated, period]
    unit = [treated]
    for k, donor in enumerate(asked):
        why = "blank cells" if k in lost else _useless(y[donor, period], own, before)
        if why:
            left_out.append(LeftOut(why, int(donor), None, int(blank[k].sum())))
        else:
            unit.append(int(donor))
    rows = np.array(unit, dtype=np.int64)
    return Complete(
        y=y[np.ix_(rows, period)],
        treated=0,
        donors=np.arange(len(rows)) > 0,
        start=before,
        stop=len(period),
        unit=rows,
        period=period,
        left_out=tuple(left_out),
        flat=_flat(own[:before]),
    )


def _thinned(blank: Mask, before: int) -> tuple[set[int], Ints]:
    """Return donors and periods that are left out so that no blank cell remains.

    The one with the largest part of its cells blank goes first, a donor where a period ties with it. Periods are the asked
    unit's own evidence: those from the event on stay, and no more than a part of those before it go, for stray blanks only.
    """
    left = blank.copy()
    donors: set[int] = set()
    periods: list[int] = []
    while left.any():
        rows = left.sum(axis=1) / max(left.shape[1] - len(periods), 1)
        columns = left[:, :before].sum(axis=0) / max(left.shape[0] - len(donors), 1)
        row = int(rows.argmax())
        column = int(columns.argmax()) if before else 0
        if len(periods) < int(STRAY * before) and columns[column] > rows[row]:
            periods.append(column)
            left[:, column] = False
        else:
            donors.add(row)
            left[row] = False
    return donors, np.array(sorted(periods), dtype=np.int64)


def _flat(series: Array) -> bool:
    return bool(np.ptp(series) <= CLOSE * np.abs(series).max(initial=0.0))


def _useless(series: Array, own: Array, before: int) -> str:
    """Return why a donor without blanks cannot stand for anything, or nothing."""
    if not series.any():
        return "zero"
    if _flat(series[:before]):
        return "constant"
    apart = series[:before] - own[:before]
    alike = np.ptp(apart) <= CLOSE * (np.abs(series[:before]).max() + np.abs(own[:before]).max())
    return "copy of the treated unit" if before > 2 and alike else ""
