"""The command line: the only floor that prints. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

from halfstep.cli.entry import main

__all__ = ["main"]
