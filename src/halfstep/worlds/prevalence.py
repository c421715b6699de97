"""Simulated cells of utterances with a planted reader: how good it is, where it was taught, how the audit was drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, ndtri

__all__ = ["KINDS", "LABELS", "SERIES", "Read", "SeriesRead", "simulate_reading", "simulate_series"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

KINDS = (
    "70% reader", "85% reader", "98% reader", "prevalence shifted", "errors shifted", "noise", "reversed", "rare class", "copies",
    "unequal draws", "few labels",
)  # fmt: skip
"""What is planted. The reader is right about 70%, 98% or, in all other kinds, 85% of posts where it was taught, half of
which were of the class."""
SERIES = ("prevalence moves", "errors move", "errors jump")
"""Series of twelve periods: only the share moves; the reader's errors move a little from period to period as well; they
jump half way."""
RIGHT = {"70% reader": 0.70, "98% reader": 0.98}
LABELS = 100
FEW = 20
"""Labels of the kind "few labels"."""
TAUGHT = 400
PERIODS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A cell that was read.

    Attributes
    ----------
    y, f
        Truth and the reader's score of every utterance, shape (N,).
    drawn
        Utterances that people read, shape (m,).
    weight
        One over the probability with which each was drawn, shape (m,).
    taught_y, taught_f
        Truth and scores of posts held out where the reader was taught, shape (400,); half are of the class.
    """

    y: Array
    f: Array
    drawn: Codes
    weight: Array
    taught_y: Array
    taught_f: Array

    @property
    def truth(self) -> float:
        """Share of the class in the cell."""
        return float(self.y.mean())


@dataclass(frozen=True, slots=True, eq=False)
class SeriesRead:
    """Cells of one series, a period each."""

    cells: tuple[Read, ...]

    @property
    def truth(self) -> Array:
        """Share of the class by period."""
        return np.array([cell.truth for cell in self.cells])


def _scores(y: Array, apart: float, moved: float, rng: np.random.Generator, believed: float) -> Array:
    """Scores of a reader that believes classes to be `believed` apart, equally common, on a normal axis.

    They are `apart`, and all of the axis is moved by `moved`. Scores are kept to a byte as in a scan.
    """
    place = apart * (y - 0.5) + moved + rng.normal(size=len(y))
    return np.asarray(np.round(255 * expit(believed * place)) / 255)


def simulate_reading(kind: str, rng: np.random.Generator) -> Read:
    """Draw a cell of 4,000 to 20,000 utterances, its reader, and an audit of 100 (or 20) of it."""
    n = int(rng.integers(4_000, 20_000))
    right = RIGHT.get(kind, 0.85)
    apart = believed = 2 * float(ndtri(right))
    moved, theta = 0.0, rng.uniform(0.1, 0.5)
    if kind == "prevalence shifted":
        theta = rng.uniform(0.05, 0.15)
    elif kind == "errors shifted":
        apart, moved = rng.uniform(0.4, 0.8) * believed, rng.uniform(0.3, 0.8) * (1 if rng.random() < 0.5 else -1)
    elif kind == "noise":
        apart = 0.0
    elif kind == "reversed":
        apart = -believed
    elif kind == "rare class":
        theta = 0.01
    taught = (np.arange(TAUGHT) < TAUGHT // 2).astype(np.float64)
    taught_f = _scores(taught, believed if kind not in ("noise", "reversed") else apart, 0.0, rng, believed)
    y = (rng.random(n) < theta).astype(np.float64)
    f = _scores(y, apart, moved, rng, believed)
    drawn, weight, said = _draw(kind, f, rng)
    return Read(np.repeat(y, said), np.repeat(f, said), drawn, weight, taught, taught_f)


def _draw(kind: str, f: Array, rng: np.random.Generator) -> tuple[Codes, Array, Codes]:
    """Return utterances drawn, their weights, and how often each text is said.

    Of copied texts a random tenth is said again up to hundreds of times; texts are drawn, not utterances, so that a
    text stands for its copies. Where draws are unequal, posts of high score are drawn up to nine times as often.
    """
    n, m = len(f), FEW if kind == "few labels" else LABELS
    said = np.ones(n, dtype=np.int64)
    if kind == "unequal draws":
        chance = 0.1 + 0.8 * f
        chance *= m / chance.sum()
        drawn = np.flatnonzero(rng.random(n) < chance)
        return drawn, 1 / chance[drawn], said
    drawn = np.sort(rng.choice(n, m, replace=False))
    weight = np.full(m, n / m)
    if kind == "copies":
        many = rng.random(n) < 0.1
        said[many] = np.minimum(1 + np.floor(2 / rng.random(int(many.sum())) ** 0.7), 300).astype(np.int64)
        first = np.concatenate([[0], np.cumsum(said)[:-1]])
        return first[drawn], weight * said[drawn], said
    return drawn, weight, said


def simulate_series(kind: str, labels: int, rng: np.random.Generator) -> SeriesRead:
    """Draw twelve periods of 1,000 to 6,000 utterances with `labels` audit labels each, read at 85% accuracy."""
    believed = 2 * float(ndtri(0.85))
    taught = (np.arange(TAUGHT) < TAUGHT // 2).astype(np.float64)
    taught_f = _scores(taught, believed, 0.0, rng, believed)
    level, cells = rng.uniform(-1.2, 0.0), []
    for period in range(PERIODS):
        level += rng.normal(0, 0.3)
        moved = rng.normal(0, 0.2) if kind == "errors move" else 0.0
        if kind == "errors jump" and period >= PERIODS // 2:
            moved = 0.8
        n = int(rng.integers(1_000, 6_000))
        y = (rng.random(n) < expit(level)).astype(np.float64)
        f = _scores(y, believed, moved, rng, believed)
        drawn = np.sort(rng.choice(n, labels, replace=False))
        cells.append(Read(y, f, drawn, np.full(labels, n / labels), taught, taught_f))
    return SeriesRead(tuple(cells))
