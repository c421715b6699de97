"""The command line: the only floor that prints. Nothing heavy is loaded before a command needs it."""

from __future__ import annotations

from halfstep.cli.entry import main

__all__ = ["main"]
