"""What a long run is doing, on a terminal and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING

from halfstep.cli.console import Out

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["PATIENCE", "progress"]

PATIENCE = 2.0
"""Seconds after which a bar is shown; what ends sooner shows none."""


class _Bar:
    """A bar that appears once the patience is over, unless it was closed before."""

    def __init__(self, out: Out, stages: int) -> None:
        self._out, self._bar = out, _bar()
        self._task = self._bar.add_task("", total=stages)
        self._begun = -1
        self._lock, self._closed = Lock(), False
        self._timer = Timer(PATIENCE, self._show)
        self._timer.daemon = True
        self._timer.start()

    def step(self, stage: str) -> None:
        self._begun += 1
        self._bar.update(self._task, description=self._out.say(f"stage.{stage}"), completed=self._begun)

    def close(self) -> None:
        self._timer.cancel()
        with self._lock:
            self._closed = True
            if self._bar.live.is_started:
                self._bar.stop()

    def _show(self) -> None:
        with self._lock:
            if not self._closed:
                self._bar.start()


@contextmanager
def progress(out: Out, stages: int) -> Iterator[Callable[[str], None]]:
    """Yield what is to be called with the name of each stage as it starts.

    On a terminal a bar on standard error names the stage and counts the seconds, once `PATIENCE` is over. Nothing is
    shown in a pipe or beside JSON.

    Parameters
    ----------
    stages
        How many stages there are.
    """
    if out.as_json or not sys.stderr.isatty():
        yield lambda _: None
        return
    bar = _Bar(out, stages)
    try:
        yield bar.step
    finally:
        bar.close()


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    return Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True)
