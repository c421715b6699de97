"""Exit codes, part of the machine contract."""

from __future__ import annotations

__all__ = ["FAULTS", "INTERRUPTED", "MISUSED", "NOTHING", "RAN"]

RAN, MISUSED, FAULTS, NOTHING, INTERRUPTED = 0, 1, 2, 3, 130
