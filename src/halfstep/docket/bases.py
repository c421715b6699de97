"""Whether what decides a claim is counted as the claim says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from halfstep.core.check import Check, Status
from halfstep.core.config_docket import Says
from halfstep.data.cells.quantities import half_width
from halfstep.data.claims import Claim
from halfstep.docket.forecasts import Fate
from halfstep.docket.look import Look
from halfstep.docket.region import Region, stands

__all__ = ["other_bases"]

_HAN = "\u3400-\u9fff"
_WORD = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_SMALL = frozenset(("a", "all", "and", "as", "at", "by", "for", "from", "in", "of", "on", "per", "the", "to", "with"))
"""Words that say nothing of how something is counted."""


def other_bases(
    claims: Mapping[str, Claim], said: Sequence[Says], looks: Mapping[str, tuple[Look, ...]], fates: Sequence[Fate]
) -> Iterator[Check]:
    """Yield each claim and quantity of which a deciding figure shares no word, in base and perimeter, with the claim's own base.

    Both are free text: one word in common is taken for the same base, and none for something to read; no label hangs on it.
    """
    seen: dict[tuple[str, str], list[Look]] = {}
    for one in said:
        region = Region.of(one)
        decided = [look for look in looks.get(one.quantity, ()) if stands(look, region)[0] != "open"]
        seen.setdefault((one.claim, one.quantity), []).extend(decided)
    for fate in fates:
        if fate.verdict.status == "resolved" and fate.forecast.claim and fate.forecast.quantity:
            seen.setdefault((fate.forecast.claim, fate.forecast.quantity), []).extend(fate.looks)
    for (name, quantity), deciding in seen.items():
        base = claims[name].base if name in claims else ""
        apart = [look.counted for look in deciding if base and look.counted and not _alike(base, look.counted)]
        if apart:
            counted = "; ".join(dict.fromkeys(", ".join(words) for words in apart))
            facts = (("claim", name), ("quantity", quantity), ("base", base), ("counted", counted))
            yield Check(id=f"docket.base.{name}.{quantity}", status=Status.REVIEW, why="docket base", facts=facts)


def _alike(base: str, counted: Sequence[str]) -> bool:
    """Whether a claim's base and a figure's have a word in common; of Chinese, where one run of letters holds the other."""
    mine, other = _words(base), {word for text in counted for word in _words(text)}
    han = [(a, b) for a in mine for b in other if re.match(f"[{_HAN}]", a) and re.match(f"[{_HAN}]", b)]
    return bool(mine & other) or any(a in b or b in a for a, b in han)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(half_width(text).casefold())) - _SMALL
