"""Names in `[docket]` that must be those of something else in study.toml, and what its entries are called in a fault."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.data.columns import near
from halfstep.data.demand_settings import STUDY

__all__ = ["called", "entry", "known", "patterns"]

_LISTED = 12
_OF_NAMES = {
    "founder share": 1, "entangled": 1, "content": 1, "flips": 1, "half_life": 1, "volatility": 1, "difference": 2,
}  # fmt: skip
"""Ids of what people say -> how many of their last parts are names."""


def entry(table: str, entries: Sequence[Mapping[str, object]], i: int) -> str:
    """Return what an entry of a list in study.toml is called: by its claim or id, where that is one; else by its place.

    Examples
    --------
    >>> entry("docket.says", [{"claim": "c1"}, {"claim": "c3"}], 1)
    'docket.says (claim c3)'
    >>> entry("docket.says", [{"claim": "c3", "quantity": "sold"}, {"claim": "c3", "quantity": "made"}], 0)
    'docket.says (claim c3, quantity sold)'
    >>> entry("docket.forecasts", [{"id": "sales"}], 0), entry("docket.says", [{}], 0)
    ('docket.forecasts (sales)', 'docket.says.0')
    """

    def named(one: Mapping[str, object], keys: Sequence[str]) -> str:
        words = [(key, str(one[key])) for key in keys if one.get(key)]
        return ", ".join(word if key == "id" else f"{key} {word}" for key, word in words)

    for keys in (("id",), ("claim",), ("claim", "quantity")):
        name = named(entries[i], keys)
        if name and sum(named(one, keys) == name for one in entries) == 1:
            return f"{table} ({name})"
    return f"{table}.{i}"


def called(settings: Mapping[str, object], key: Sequence[int | str]) -> str:
    """Return what the place of a key in study.toml is called.

    Examples
    --------
    >>> called({"docket": {"says": [{"claim": "c3"}]}}, ("docket", "says", 0, "at_least"))
    'docket.says (claim c3).at_least'
    >>> called({"events": [{"id": "recall"}]}, ("events", 0, "period"))
    'events.0.period'
    """
    docket = settings.get("docket")
    if len(key) > 2 and key[0] == "docket" and isinstance(docket, Mapping) and isinstance(key[2], int):
        listed = docket.get(key[1])
        if isinstance(listed, Sequence) and all(isinstance(one, Mapping) for one in listed):
            return ".".join((entry(f"docket.{key[1]}", listed, key[2]), *map(str, key[3:])))
    return ".".join(str(part) for part in key)


def known(key: str, name: str, names: Collection[str], of: str) -> Iterator[Fault]:
    """Yield a name that is none of some, with the one that may be meant."""
    if name in names:
        return
    close = near(name, names)
    listed = ", ".join(list(names)[:_LISTED]) or "none"
    hint = f"did you mean {close!r}?" if close else f"there are: {listed}"
    yield Fault(table=STUDY, column=key, what=f"expected {of}; {name!r} is none", mend=f"correct it; {hint}")


def patterns(config: StudyConfig, key: str, pattern: str) -> Iterator[Fault]:
    """Yield the names in an id of an estimate or verdict that are no event, outcome, name or question of the study."""
    room, *parts = re.sub(r"\[.*", "", pattern).split(".")
    asked: list[tuple[str, Collection[str], str]] = []
    if room == "event" and parts:
        asked.append((parts[0], [event.id for event in config.events if event.id is not None], "the id of an event"))
        asked += [(part, [outcome.id for outcome in config.outcomes], "the id of an outcome") for part in parts[1:2]]
    elif room == "ramp" and len(parts) == 1:
        asked.append((parts[0], [ask.id for ask in config.ramp.asks], "the id of a question under [[ramp.asks]]"))
    elif room == "voice" and len(parts) > 1 and "*" not in parts[0]:
        last = parts[1:][-_OF_NAMES.get(parts[0], 0) :] if parts[0] in _OF_NAMES else []
        names = [*(name.id for name in config.voice.names), *(name.of for name in config.voice.names if name.of)]
        asked += [(part, list(dict.fromkeys(names)), "an id under [[voice.names]]") for part in last]
    for name, names_of, of in asked:
        if not re.search(r"[*?]", name):
            yield from known(key, name, names_of, of)
