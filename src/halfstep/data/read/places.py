"""Names of the columns that readers add to a sheet of cells, and how much of it faults and guesses quote."""

from __future__ import annotations

__all__ = ["MOST_LISTED", "QUOTED", "ROW", "WIDTH"]

ROW = "__row__"
"""The row as the user's editor counts it."""

WIDTH = "__width__"
"""How many cells a text file wrote the row with."""

MOST_LISTED = 20
"""Faults of one kind that are listed; the rest are counted."""

QUOTED = 60
"""Characters that a guess or a fault quotes of a row."""
