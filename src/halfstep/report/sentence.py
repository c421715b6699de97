"""A sentence by its key for the console: no study is needed to say it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import Formatter

from halfstep.report.numbers import plain
from halfstep.report.words import word

__all__ = ["sentence"]

_HAN = re.compile("[\u3400-\u9fff]")


def sentence(key: str, facts: Iterable[tuple[str, str | float | int]], lang: str) -> str:
    """Return the words of a key with its facts in them.

    Examples
    --------
    >>> sentence("cli.left out", (("rows", 1200), ("reason", "place")), "en")
    'Left out: 1,200 rows (place)'
    """
    known = {name: fact if isinstance(fact, str) else plain(fact) for name, fact in facts}
    out = ""
    for literal, name, _, _ in Formatter().parse(word(key, lang)):
        out = _joined(out, literal, lang)
        if name is not None:
            out = _joined(out, known.get(name, "–"), lang)
    return out


def _joined(before: str, after: str, lang: str) -> str:
    """Join two texts; in Chinese a space parts Han characters from Latin ones and figures."""
    if lang == "zh" and before and after:
        ends = (before[-1], after[0])
        han = [bool(_HAN.match(end)) for end in ends]
        if han[0] != han[1] and all(end.isalnum() or end == "%" for end in ends):
            return f"{before} {after}"
    return before + after
