"""Figures as people write them: 2.8万, 17-18%, 超过28,000 units. What a text leaves open is kept open."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

__all__ = [
    "BLANK_WORDS",
    "Quantity",
    "Reading",
    "currency",
    "half_width",
    "is_nothing",
    "read_closely",
    "read_quantity",
]

_LONGEST = 120
"""Characters; a longer text is no figure."""

_NOTHING = (
    "nan|n/a|na|n.a.|#n/a|<na>|null|none|missing|unknown|undisclosed|not disclosed|not available|no data|tbd|tba"
    "|-|--|---|—|——|―|/|.|..|…|……|?|??|*|无|暂无|暂缺|缺|缺失|空|未知|不详|未公布|未披露|未公开|待定|待公布|无数据|暂无数据"
)
BLANK_WORDS = frozenset(_NOTHING.split("|"))
"""What people write into a cell that holds nothing; lower case, half-width."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure and what its wording leaves open.

    Attributes
    ----------
    lo, hi
        Closed ends of the set that the text leaves open, infinite where it names no end. "About x" names neither end,
        "nearly x" the upper one: how near is not said, so nothing is made up, and `value` and `step` are left for
        those who decide it.
    value
        The one number printed; None for a range.
    step
        One unit of the last printed place (2.58万: 100; 24.3%: .001; 28000: 1), half of which is the rounding; of a
        range the coarser one.
    hedge
        "exact", "range", "more than", "at least", "less than", "at most", "about" or "nearly". About a range is the
        range.
    unit
        "%" or "‰", whose numbers are shares (17% is .17); a unit word or currency mark as printed; or "".
    """

    lo: float
    hi: float
    value: float | None
    step: float
    hedge: str
    unit: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure together with what in its spelling had to be read rather than cast.

    Attributes
    ----------
    marks
        Among "full_width", "thousands", "dots" (points for thousands), "decimal_comma", "wan" (a scale word), "letter"
        (a scale letter that may as well be a unit: k, m, w), "percent", "currency", "unit", "negative" (in
        parentheses).
    power
        Power of ten of the scale word; 0 where there is none, and for a range.
    """

    quantity: Quantity
    marks: frozenset[str]
    power: int


_BEFORE = {
    "at least": ">=|≥|≧|at least|no less than|not less than|no fewer than|至少|不低于|不少于|不小于|最少|最低",
    "at most": "<=|≤|≦|at most|up to|no more than|not more than|至多|最多|不超过|不高于|不多于|不大于",
    "more than": ">|more than|greater than|over|above|超过|超出|超|逾|多于|大于|高于|突破|不止",
    "less than": "<|less than|fewer than|under|below|不到|不足|低于|少于|小于|未达",
    "about": "~|≈|about|around|approximately|approx.|approx|roughly|circa|ca.|大约|大概|大致|约为|约",
    "nearly": "nearly|almost|close to|接近|将近|近",
}
_AFTER = {
    "more than": "+|多|余",
    "at least": "以上|起|or more",
    "at most": "以下|以内|or less|or fewer",
    "about": "左右|上下|or so",
}
_POWERS = {
    2: "百|hundred",
    3: "千|thousand|k",
    4: "万|萬|w",
    5: "十万",
    6: "百万|million|mln|mn|m",
    7: "千万",
    8: "亿|億",
    9: "十亿|billion|bln|bn",
    10: "百亿",
    11: "千亿",
    12: "万亿|trillion|tn",
}
_LETTERS = frozenset("kwm")
_SHARES = {2: "%|per cent|percent|pct", 3: "‰|per mille|permille"}
_CURRENCIES = {
    "CNY": "¥|RMB|CNY|元人民币|人民币|元|圆|块钱|块|yuan",
    "USD": "US$|$|USD|美元|dollars|dollar",
    "EUR": "€|EUR|欧元|euros|euro",
    "GBP": "£|GBP|英镑|pounds",
    "HKD": "HK$|HKD|港元|港币",
    "JPY": "JPY|日元|yen",
}
_UNITS = (
    "辆车|辆|台车|台|部|件|个|款|单|家|人|名|户|次|套|张|条|份|座|公里|千米|毫米|厘米|千克|公斤|英里|磅|千瓦时|千瓦|度|马力|升|秒"
    "|分钟|小时|天|日|周|个月|units|unit|vehicles|cars|pcs|pieces|orders|stores|outlets|people|buyers|respondents"
    "|kWh|kW|km|mm|cm|kg|hp|ps|bhp|mpg|mi|miles|lbs|lb|litres|liters|seconds|days|weeks|months|years"
)
_SPACES = dict.fromkeys((*range(0x2000, 0x200B), 0x0009, 0x00A0, 0x202F, 0x205F, 0x3000), " ")
_WIDTHS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_LIKE = {"￥": "¥", "〜": "~", "−": "-", "–": "-", "’": "'"}
_PLAIN = str.maketrans(_SPACES | _WIDTHS | {ord(mark): plain for mark, plain in _LIKE.items()})


def _one_of(words: str) -> str:
    """Return a pattern of plain words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words.split("|"), key=len, reverse=True))


def _any_of(groups: dict[str, str] | dict[int, str]) -> str:
    return _one_of("|".join(groups.values()))


def _latin(words: str) -> str:
    return _one_of("|".join(word for word in words.split("|") if word.isascii() and word.isalpha()))


def _other(words: str) -> str:
    return _one_of("|".join(word for word in words.split("|") if not (word.isascii() and word.isalpha())))


_GROUPED = {
    "thousands": r"[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+|(?: [0-9]{3})+|(?:'[0-9]{3})+)(?:\.[0-9]+)?",
    "dots": r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3}){2,}(?:,[0-9]+)?|\.[0-9]{3},[0-9]+)",
    "decimal_comma": r"[0-9]+,[0-9]+",
    "plain": r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?",
}
"""How digits are grouped; the first that fits counts, so a comma is for decimals only where it cannot be for thousands."""
_NUMBER = re.compile(
    rf"(?P<sign>[+-])?\s*(?:{'|'.join(f'(?P<{name}>{shape})' for name, shape in _GROUPED.items())})"
    rf"\s*(?P<more>[多余])?\s*(?P<scale>{_any_of(_POWERS)})?"
    rf"(?:(?P<rest>[0-9]{{1,4}})\s*(?P<rest_scale>百|千|万|百万|千万))?\s*(?P<share>{_any_of(_SHARES)})?",
    re.IGNORECASE,
)
_MONEY = {word.casefold(): name for name, words in _CURRENCIES.items() for word in words.split("|")}
_NAMES = "|".join([_UNITS, *_CURRENCIES.values()])
_FRONT = re.compile(rf"({_any_of(_BEFORE)})\s*", re.IGNORECASE)
_END = re.compile(rf"\s*({_any_of(_AFTER)})$", re.IGNORECASE)
_COIN = re.compile(rf"([+-]?)\s*({_any_of(_CURRENCIES)})\s*", re.IGNORECASE)
_UNIT = re.compile(rf"\s*({_other(_NAMES)}|(?<![a-z])(?:{_latin(_NAMES)}))$", re.IGNORECASE)
_BETWEEN = re.compile(r"(?:between\s+|from\s+|介于\s*|在\s*)?(.+?)(?:之间)?", re.IGNORECASE)
_TO = re.compile(r"\s*(?:-|—|~|至|到|\.\.)\s*|\s+to\s+", re.IGNORECASE)
_AND = re.compile(r"\s*[和与]\s*|\s+and\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    step: float
    power: int
    share: str
    more: bool
    marks: frozenset[str]


def half_width(text: str) -> str:
    """Return a text with full-width letters, digits and marks, and spaces of every width, as plain ones."""
    return text.translate(_PLAIN).strip()


def is_nothing(text: str) -> bool:
    """Whether a cell holds nothing, or a word for nothing.

    Examples
    --------
    >>> [is_nothing(cell) for cell in ("N/A", "暂无", "", "0")]
    [True, True, True, False]
    """
    plain = half_width(text)
    return not plain or plain.casefold() in BLANK_WORDS


def currency(unit: str) -> str:
    """Return the currency that a mark or word names, so that 元 and ¥ are one; "" where it names none."""
    return _MONEY.get(unit.casefold(), "")


def read_quantity(text: str) -> Quantity | None:
    """Read a figure; None where the text is none. Never raises.

    Examples
    --------
    >>> read_quantity("超过2.8万辆")
    Quantity(lo=28000.0, hi=inf, value=28000.0, step=1000.0, hedge='more than', unit='辆')
    >>> read_quantity("17-18%")
    Quantity(lo=0.17, hi=0.18, value=None, step=0.01, hedge='range', unit='%')
    """
    found = read_closely(text)
    return None if found is None else found.quantity


def read_closely(text: str) -> Reading | None:
    """Read a figure and its spelling; None where the text is no figure. Never raises."""
    if len(text) > _LONGEST or is_nothing(text):
        return None
    plain = half_width(text)
    marks = {"full_width"} if not text.isascii() and any(ord(letter) in _WIDTHS for letter in text) else set()
    one = _number(plain)
    if one is not None:
        quantity = _single(one, set(), "")
        return None if quantity is None else Reading(quantity, frozenset(marks | one.marks), one.power)
    rest, hedges, unit = _peeled(plain)
    rest, negative = _bare(rest)
    coin = _COIN.match(rest)
    if coin:
        rest, negative = _bare(coin[1] + rest[coin.end() :]) if not negative else (coin[1] + rest[coin.end() :], True)
        unit = unit or coin[2]
    if unit:
        marks.add("currency" if coin or currency(unit) else "unit")
    one = _number(rest)
    if one is not None:
        found = _single(one, hedges, unit, negative=negative)
        marks |= one.marks | ({"negative"} if negative else set())
    else:
        found = None if negative or hedges - {"about"} else _range(rest, unit, marks)
    return None if found is None else Reading(found, frozenset(marks), one.power if one else 0)


def _peeled(text: str) -> tuple[str, set[str], str]:
    """Take the hedges and the unit off a text."""
    hedges, unit = set(), ""
    front = _FRONT.match(text)
    if front:
        text = text[front.end() :]
        hedges.add(_group(_BEFORE, front[1]))
    for ending in (_END, _UNIT, _END):
        found = ending.search(text)
        if found is None:
            continue
        text = text[: found.start()]
        if ending is _UNIT:
            unit = found[1]
        else:
            hedges.add(_group(_AFTER, found[1]))
    return text, hedges, unit


def _bare(text: str) -> tuple[str, bool]:
    """Take an accountant's parentheses off."""
    inside = len(text) > 2 and text[0] == "(" and text[-1] == ")" and text[1] not in "+-"
    return (text[1:-1].strip(), True) if inside else (text, False)


def _number(text: str, power: int = 0) -> _Number | None:
    """Read one number, times ten to a power; None where the text is none."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    grouping = next(name for name in _GROUPED if found[name] is not None)
    digits, _, exponent = found[grouping].lower().partition("e")
    if grouping == "thousands":
        digits = re.sub("[, ']", "", digits)
    elif grouping == "dots":
        digits = digits.replace(".", "")
    digits = digits.replace(",", ".")
    marks = {grouping} - {"plain"} | ({"decimal_comma"} if grouping == "dots" and "," in found[grouping] else set())
    scale, share = _power(_POWERS, found["scale"]), _power(_SHARES, found["share"])
    power += int(exponent or 0) + scale - share
    value, step = float(f"{digits}e{power}"), float(f"1e{power - len(digits.partition('.')[2])}")
    if found["rest"]:
        lower = _power(_POWERS, found["rest_scale"])
        if not scale > lower or share:
            return None
        value, step = value + float(f"{found['rest']}e{lower}"), float(f"1e{lower}")
    if not math.isfinite(value) or not 0 < step < math.inf:
        return None
    marks |= {name for name, seen in (("wan", scale), ("percent", share)) if seen}
    marks |= {"letter"} if (found["scale"] or "").lower() in _LETTERS else set()
    return _Number(
        -value if found["sign"] == "-" else value,
        step,
        scale,
        found["share"] or "",
        bool(found["more"]),
        frozenset(marks),
    )


def _single(one: _Number, hedges: set[str], unit: str, *, negative: bool = False) -> Quantity | None:
    hedges = hedges | ({"more than"} if one.more else set())
    if len(hedges) > 1:
        return None
    hedge = next(iter(hedges), "exact")
    value = -one.value if negative else one.value
    lo = value if hedge in ("exact", "more than", "at least") else -math.inf
    hi = value if hedge in ("exact", "less than", "at most", "nearly") else math.inf
    return Quantity(lo, hi, value, one.step, hedge, _share_mark(one.share) or unit)


def _range(text: str, unit: str, marks: set[str]) -> Quantity | None:
    """Read two numbers with "to" between them; scale and per cent of the second hold for the first where it has none."""
    inner = _BETWEEN.fullmatch(text)
    between = inner is not None and inner[1] != text
    text = inner[1].strip() if inner else text
    for sign in (*_TO.finditer(text), *(_AND.finditer(text) if between else ())):
        left, right = text[: sign.start()].strip(), text[sign.end() :].strip()
        for named in (_UNIT.search(left), _COIN.match(right)):
            if named and currency(named[named.re.groups]) != currency(unit):
                return None
        left, right = _UNIT.sub("", left), _COIN.sub(r"\1", right, count=1)
        first, second = _number(left), _number(right)
        if first is None or second is None or first.more or second.more:
            continue
        if second.share and not first.share:
            first = _number(left, -_power(_SHARES, second.share)) or first
        elif first.share != second.share:
            continue
        if second.power and not first.power:
            wide = _number(left, second.power)
            first = wide if wide is not None and wide.value <= second.value else first
        if first.value <= second.value:
            marks |= first.marks | second.marks
            ends = (first.value, second.value, None, max(first.step, second.step))
            return Quantity(*ends, "range", _share_mark(second.share) or unit)
    return None


def _power(words: dict[int, str], word: str | None) -> int:
    """Return the power of ten that a word stands for, 0 for no word."""
    return next(p for p, group in words.items() if word.casefold() in group.split("|")) if word else 0


def _group(groups: dict[str, str], word: str) -> str:
    return next(name for name, group in groups.items() if word.casefold() in group.split("|"))


def _share_mark(word: str) -> str:
    return {0: "", 2: "%", 3: "‰"}[_power(_SHARES, word)]
