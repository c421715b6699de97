"""Periods: years, quarters, months, in order and with their season."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass

from halfstep.core.errors import MisuseError

__all__ = ["Period", "parse_period"]

_SHAPES = {
    1: re.compile(r"^(\d{4})$"),
    4: re.compile(r"^(\d{4})-?Q([1-4])$"),
    12: re.compile(r"^(\d{4})-(\d{1,2})(?:-(\d{2}))?$"),
}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A period of the study.

    Attributes
    ----------
    ordinal
        Running number at the period's frequency; consecutive periods differ by one.
    frequency
        Periods in a year: 1, 4 or 12.
    """

    ordinal: int
    frequency: int

    @property
    def year(self) -> int:
        """Calendar year."""
        return self.ordinal // self.frequency

    @property
    def season(self) -> int:
        """Place within the year, from 0."""
        return self.ordinal % self.frequency

    @property
    def key(self) -> str:
        """Text form: 1990, 1990-Q1 or 1990-01."""
        if self.frequency == 1:
            return f"{self.year:04d}"
        return (
            f"{self.year:04d}-Q{self.season + 1}" if self.frequency == 4 else f"{self.year:04d}-{self.season + 1:02d}"
        )

    @property
    def last_day(self) -> str:
        """ISO date of the period's last day."""
        month = 12 if self.frequency == 1 else (self.season + 1) * (12 // self.frequency)
        return f"{self.year:04d}-{month:02d}-{monthrange(self.year, month)[1]}"


def parse_period(text: str) -> Period:
    """Read a period; a day (1990-01-31) is read as its month.

    Raises
    ------
    MisuseError
        If the text is none of these forms.

    Examples
    --------
    >>> parse_period("1990-Q2").key
    '1990-Q2'
    """
    for frequency, shape in _SHAPES.items():
        found = shape.match(text.strip())
        if found:
            part = int(found.group(2)) if frequency > 1 else 1
            day = int(found.group(3) or 1) if frequency == 12 else 1
            if 1 <= part <= frequency and (day == 1 or 1 <= day <= monthrange(int(found.group(1)), part)[1]):
                return Period(int(found.group(1)) * frequency + part - 1, frequency)
    raise MisuseError(f"expected a year (1990), quarter (1990-Q1) or month (1990-01), got {text!r}")
