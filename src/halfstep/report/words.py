"""Words for keys, in both languages. Rooms write keys; only this package words them."""

from __future__ import annotations

import re

from halfstep.report.words_en import EN
from halfstep.report.words_en import NUMBERS as EN_NUMBERS
from halfstep.report.words_zh import NUMBERS as ZH_NUMBERS
from halfstep.report.words_zh import ZH

__all__ = ["LANGUAGES", "NUMBER_WORDS", "known", "resolve", "word"]

LANGUAGES = ("zh", "en")
NUMBER_WORDS = {"en": EN_NUMBERS, "zh": ZH_NUMBERS}
_TABLES = {"en": EN, "zh": ZH}

_PATTERNS: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    group: tuple((re.compile(pattern), key) for pattern, key in rules)
    for group, rules in {
        "what": (
            (r"geometric mean price of the (?P<which>focal|benchmark) offering", "what.price of"),
            (r"(?P<half>product|name) half of the price gap", "what.half"),
            (r"attribute row: (?P<attribute>.+)", "what.attribute row"),
            (r"(?P<half>product|name) half over all these choices", "what.range"),
            (r"(?P<half>product|name) half, (?P<move>.+)", "what.move"),
            (r"share of the band of the (?P<which>focal|benchmark)", "what.band share of"),
            (r"(?P<which>focal|benchmark) models that would decide", "what.deciding models"),
            (r"change of share by (?P<cause>.+)", "what.change by"),
            (r"(?P<half>product|name) half of the utility gap", "what.half of utility"),
        ),
        "move": (
            (r"attribute left out: (?P<attribute>.+)", "move.attribute left out"),
            (r"(?P<half>product|name) taken first", "move.taken first"),
        ),
        "needs": (
            (r"measure: (?P<unmeasured>.+)", "needs.measure"),
            (r"decide\.choice_lens\.(?P<id>.+)", "needs.more respondents"),
            (r"decide\.demand_lens\.(?P<id>.+)", "needs.more for the demand lens"),
            (r"decide\.(?P<id>.+)", "needs.see decide"),
            (r"gap\.(?P<id>.+)", "needs.see refusal"),
        ),
        "instrument": (
            (r"(?P<kind>blp|local|quadratic) (?P<among>own others|rivals|nest)", "instrument.made"),
            (r"number of (?P<among>own others|rivals|nest)", "instrument.number"),
            (r"(?P<attribute>[a-z][a-z0-9_]*)", "instrument.attribute"),
        ),
    }.items()
}


def word(key: str, lang: str) -> str:
    """Return the words of a key; the key itself, without its group, where there are none."""
    found = _TABLES[lang].get(key)
    return key.partition(".")[2].replace("{", "{{").replace("}", "}}") if found is None else found


def known(key: str) -> tuple[str, ...]:
    """Return the languages that have words for a key."""
    return tuple(lang for lang in LANGUAGES if key in _TABLES[lang])


def resolve(group: str, key: str) -> tuple[str, dict[str, str]]:
    """Return the table key of a room's key, and its changing parts.

    Examples
    --------
    >>> resolve("what", "attribute row: power")
    ('what.attribute row', {'attribute': 'power'})
    """
    if f"{group}.{key}" not in EN:
        for pattern, target in _PATTERNS.get(group, ()):
            found = pattern.fullmatch(key)
            if found:
                return target, found.groupdict()
    return f"{group}.{key}", {}
