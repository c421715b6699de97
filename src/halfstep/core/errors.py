"""Exceptions. They are for misuse only: numerical trouble is a `Check`, a missing answer is a `Refusal`."""

from __future__ import annotations

from halfstep.core.check import Fault

__all__ = ["HalfstepError", "MisuseError", "StudyFaultsError"]


class HalfstepError(Exception):
    """Base class; its text says what was expected, what came, and what to do."""


class MisuseError(HalfstepError):
    """A function was called with arguments that no study can produce."""


class StudyFaultsError(HalfstepError):
    """The study or its tables have faults; all of them are carried, so that they can be mended in one go.

    Attributes
    ----------
    faults
        Every fault found, in the order of the files.
    """

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"{len(faults)} fault(s) in the study: " + "; ".join(f.line() for f in faults[:3]))
        self.faults = faults
