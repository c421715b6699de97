"""What is asked of the periods after a date, and the earlier dates at which nothing is known to have happened."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["MAIN", "apart", "contrasts_of", "fake_starts", "spread_out"]

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MAIN = "average"
"""The contrast on which estimators are compared and verdicts are given."""


def contrasts_of(length: int) -> dict[str, Array]:
    """Return the usual contrasts of a window of `length` periods, as weights over its periods.

    "average" is the mean effect, "total" the sum, "first" the first period, "lasting" the mean of the last third, "faded"
    what of the first period was gone by then.

    Examples
    --------
    >>> contrasts_of(3)["faded"].tolist()
    [1.0, 0.0, -1.0]
    """
    found = {MAIN: np.full(length, 1.0 / length), "total": np.ones(length)}
    if length > 1:
        third = -(-length // 3)
        first, lasting = np.zeros(length), np.zeros(length)
        first[0] = 1.0
        lasting[-third:] = 1.0 / third
        found |= {"first": first, "lasting": lasting, "faded": first - lasting}
    return found


def fake_starts(start: int, stop: int, least: int = 0) -> Ints:
    """Return the admissible fake dates, latest first.

    A fake window has the length of the real one, ends before the event, and leaves at least half as many pre-periods as the
    event has, and `least`. Where there is none, none is made of shorter windows: they would answer an easier question.

    Examples
    --------
    >>> fake_starts(20, 28).tolist(), fake_starts(15, 23).tolist()
    ([12, 11, 10], [])
    """
    first = max(-(-start // 2), least, 2)
    return np.arange(start - (stop - start), first - 1, -1, dtype=np.int64)


def spread_out(starts: Ints, count: int) -> Ints:
    """Return `count` of some dates, evenly spread, the first always among them."""
    if count >= len(starts):
        return starts
    return starts[np.unique(np.linspace(0, len(starts) - 1, count).round().astype(np.int64))]


def apart(starts: Ints, length: int) -> int:
    """Return how many windows of a length begin at some dates without overlap."""
    count, free = 0, None
    for start in np.sort(starts)[::-1]:
        if free is None or start + length <= free:
            count, free = count + 1, int(start)
    return count
