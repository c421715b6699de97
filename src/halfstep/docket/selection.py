"""Which printed figures a study means, and which of them may stand in one calculation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from halfstep.core.config import StudyConfig
from halfstep.core.config_docket import FigureOf
from halfstep.data.cells.dates import read_span
from halfstep.data.press import Band, Figure, Press, known_from, read_band

__all__ = ["Shelf"]

Kind = tuple[str, str, str]


@dataclass(slots=True)
class Shelf:
    """The printed figures, by what they are figures of.

    Attributes
    ----------
    first
        Day on which each figure was first printed, whatever was printed later: (key, source) -> ISO day.
    """

    config: StudyConfig
    figures: tuple[Figure, ...]
    file: str
    first: dict[tuple[object, ...], str] = field(default_factory=dict)
    _by_kind: dict[Kind, list[Figure]] = field(default_factory=dict)

    @classmethod
    def of(cls, config: StudyConfig, press: Press | None) -> Shelf:
        """Put the figures known at the as-of date on the shelf."""
        figures = press.figures if press is not None else ()
        shelf = cls(config, figures, press.file if press is not None else config.tables.get("press", ""))
        for figure in figures:
            shelf._by_kind.setdefault((figure.entity, figure.metric, figure.kind), []).append(figure)
        for figure in (*figures, *(press.revised if press is not None else ())):
            key = (*figure.key, figure.source)
            shelf.first[key] = min(known_from(figure), shelf.first.get(key, "9999"))
        return shelf

    def known(self, figures: Sequence[Figure]) -> str:
        """Return the day from which all of the figures were known in their first print."""
        return max((self.first[(*f.key, f.source)] for f in figures), default="")

    def entity(self, name: str) -> str:
        """Return an entity's name in the tables."""
        return self.config.brands.aliases.get(name, name)

    def metric(self, name: str) -> str:
        """Return a known metric, or the study's own word."""
        return self.config.press.metrics.get(name, name)

    def meant(self, asked: FigureOf) -> list[Figure]:
        """Return the figures that match every key that is given."""
        kind = (self.entity(asked.entity), self.metric(asked.metric), asked.kind)
        return matching(asked, self._by_kind.get(kind, []))

    def ranked(self, asked: FigureOf, metrics: Sequence[str]) -> list[Figure]:
        """Return the figures by which any entity could be ranked where and when it is asked."""
        return matching(asked, (f for f in self.figures if f.kind == asked.kind and f.metric in metrics))

    def together(self, asked: Sequence[FigureOf], found: Sequence[list[Figure]]) -> Iterator[tuple[Figure, ...]]:
        """Yield one figure for each that is asked for: of one source, base, perimeter and place.

        Where a period or a band is left open it is the same one for all that leave it open.
        """
        shelves: dict[tuple[str, ...], list[list[Figure]]] = {}
        for k, some in enumerate(found):
            for figure in some:
                key = (figure.source, figure.base, figure.perimeter, figure.place)
                shelves.setdefault(key, [[] for _ in asked])[k].append(figure)
        for one in shelves.values():
            if all(one):
                yield from _joined(asked, one)


def _joined(asked: Sequence[FigureOf], found: Sequence[list[Figure]]) -> Iterator[tuple[Figure, ...]]:
    """Yield every choice of one figure each in which those that leave it open have one period and one band.

    Facts are joined with facts and targets with targets: a target's period is never that of what was reached by then.
    """
    kinds = list(dict.fromkeys(one.kind for one in asked))
    frames: list[list[tuple[str, Band | None]]] = []
    for kind in kinds:
        of = [(one, some) for one, some in zip(asked, found, strict=True) if one.kind == kind]
        periods = dict.fromkeys(f.span.key for one, some in of if one.period is None for f in some) or {"": None}
        bands: list[Band | None] = list(dict.fromkeys(f.band for one, some in of if one.band is None for f in some))
        frames.append([(period, band) for period in periods for band in bands or [None]])
    for chosen in product(*frames):
        frame = dict(zip(kinds, chosen, strict=True))
        picked = [
            [f for f in some if _fits(one, f, *frame[one.kind])] for one, some in zip(asked, found, strict=True)
        ]  # fmt: skip
        if all(len(some) == 1 for some in picked):
            yield tuple(some[0] for some in picked)


def _fits(asked: FigureOf, figure: Figure, period: str, band: Band | None) -> bool:
    """Whether a figure has the joint period and band where they are left open."""
    return (asked.period is not None or figure.span.key == period) and (asked.band is not None or figure.band == band)


def matching(asked: FigureOf, figures: Iterable[Figure]) -> list[Figure]:
    """Return the figures that have every period, band, perimeter, base, place and source that is asked for."""
    words = [(key, getattr(asked, key)) for key in ("perimeter", "base", "place", "source")]
    words = [(key, word) for key, word in words if word is not None]
    span = None if asked.period is None else read_span(asked.period)
    if asked.period is not None and span is None:
        return []
    band = None if asked.band is None else read_band(asked.band)
    return [
        f
        for f in figures
        if (span is None or f.span.key == span.key)
        and (asked.band is None or f.band == band)
        and all(getattr(f, key) == word for key, word in words)
    ]
