"""Periods and days as people write them: 2025年4月, Q1 2025, Apr-25, 2025-01..10. What may be read two ways is not read."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from halfstep.data.cells.quantities import half_width

__all__ = ["Span", "from_serial", "is_fiscal", "read_span", "within_period"]

_LONGEST = 60
"""Characters; a longer text is no period."""
_SERIAL_ZERO = date(1899, 12, 30)
"""Day 0 of a spreadsheet that counts from 1900, with the leap day that 1900 did not have."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of whole days.

    Attributes
    ----------
    first_day, last_day
        Both belong to it.
    kind
        "year", "half", "quarter", "month", "week" (Monday to Sunday), "day", or "span" where it is none of them.
    key
        The one text for it: 2025, 2025-H1, 2025-Q1, 2025-04, 2025-W14, 2025-04-30, 2025-01-01..2025-09-30.
    """

    first_day: date
    last_day: date
    kind: str
    key: str


_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905
_CHINESE = {"上": 1, "下": 2} | {word: n for n, word in enumerate("一 二 三 四 五 六 七 八 九 十 十一 十二".split(), 1)}  # noqa: SIM905
_PARTS = {
    "YEAR4": r"(?P<y>[12][0-9]{3})",
    "YEAR": r"(?P<y>[12][0-9]{3}|[0-9]{2})",
    "DD": r"(?P<d>[0-9]{1,2})",
    "NN": r"(?P<n>[0-9]{1,2})",
    "CN": r"(?P<n>[0-9]{1,2}|十[一二]?|[一二三四五六七八九])",
    "Q4": r"(?P<n>[1-4一二三四])",
    "NAME": r"(?P<m>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?",
}
_FORMS: dict[str, tuple[str, ...]] = {
    "year": ("YEAR4", "YEAR4 ?年(?:度|全年)?", "YEAR4(?:全年|年度)", "CY ?YEAR", "(?:FY|fiscal(?: year)?)[ '-]?YEAR", "YEAR[ _-]?FY", "YEAR4 ?财年"),
    "half": ("YEAR ?[-_年]? ?H(?P<n>[12])", "H(?P<n>[12])[ '_-]*YEAR", "(?P<n>[12])H[ '-]?YEAR", "YEAR ?年? ?(?P<n>[上下])半年"),
    "quarter": (
        "YEAR ?[-_/年]? ?Q(?P<n>[1-4])", "Q(?P<n>[1-4])[ '_/-]*YEAR", "(?P<n>[1-4])Q[ '-]?YEAR", "YEAR ?年? ?第?Q4季度?",
        "FY ?YEAR ?-?Q(?P<n>[1-4])", "Q(?P<n>[1-4]) ?-?FY ?YEAR",
    ),
    "months": ("YEAR4[ _-]?NNM", "NNM[ '_-]?YEAR", "YEAR ?年?前CN个?月"),
    "quarters": ("YEAR ?年?前Q4个?季度?",),
    "month": (
        "YEAR4 ?[-/._] ?NN", "YEAR ?年 ?CN ?月份?", "YEAR4M(?P<n>[0-9]{1,2})", "(?P<y>(?:19|20)[0-9]{2})(?P<n>0[1-9]|1[0-2])",
        "NN ?[/.-] ?YEAR4", "NAME[ ,-]*YEAR4", "NAME[-']YEAR", "YEAR4[ -]*NAME",
    ),
    "day": (
        "YEAR4 ?(?P<s>[-/.]) ?NN ?(?P=s) ?DD", "YEAR ?年 ?NN ?月 ?DD ?[日号]?",
        "(?P<y>(?:19|20)[0-9]{2})(?P<n>0[1-9]|1[0-2])(?P<d>[0-3][0-9])", "DD(?:st|nd|rd|th)?[ -]*NAME[ ,-]*YEAR4",
        "DD-NAME-YEAR", "NAME ?DD(?:st|nd|rd|th)?,? ?(?<=[ ,a-z])YEAR4",
    ),
    "day or month first": ("NN(?P<s>[/.-])DD(?P=s)YEAR4",),
    "week": ("YEAR[ _-]?(?:W|wk|week) ?NN", "YEAR4 ?年? ?第? ?NN ?周", "(?:W|wk|week) ?NN[ ,/-]+YEAR4"),
}  # fmt: skip


def _shape(form: str) -> re.Pattern[str]:
    return re.compile(re.sub("|".join(_PARTS), lambda part: _PARTS[part[0]], form), re.IGNORECASE)


_SHAPES = [(kind, _shape(form)) for kind, forms in _FORMS.items() for form in forms]
_TIME = re.compile(
    r"(?<=[0-9日号])(?:T| +)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?Z| ?[+-][0-9]{2}:?[0-9]{2})?$"
)
_FISCAL = re.compile("FY|财年|fiscal", re.IGNORECASE)
_MONTH_TO_MONTH = re.compile(
    r"(?P<y>[0-9]{4}) ?年? ?(?P<a>[0-9]{1,2}) ?月? ?(?:-|~|至|到|—|\.\.) ?(?P<b>[0-9]{1,2}) ?月份?"
)
_TO = re.compile(r" *(?:\.\.|~|—|至|到|-|/) *| +to +", re.IGNORECASE)
_SHORT_END = (
    (("month",), re.compile("(?P<n>[0-9]{1,2}) ?月?份?")),
    (("day",), re.compile("(?P<d>[0-9]{1,2}) ?[日号]?")),
    (("day",), re.compile("(?P<n>[0-9]{1,2}) ?[-/.月] ?(?P<d>[0-9]{1,2}) ?[日号]?")),
    (("quarter",), re.compile("Q?(?P<q>[1-4])", re.IGNORECASE)),
)
"""What may stand for the end of a window where its beginning says the rest: 2025-01..10, 2025-03-10..16, 2024Q1-Q3."""


def read_span(text: str) -> Span | None:
    """Read a period, a day, or a window of both; None where the text is none, or may be read two ways. Never raises.

    A fiscal year is read as the calendar year (see `is_fiscal`); a year of two digits is of 1969 to 2068.

    Examples
    --------
    >>> [read_span(text).key for text in ("2025年4月", "1Q25", "2025-01..10", "2025_9M", "2025-03-10..16")]
    ['2025-04', '2025-Q1', '2025-01-01..2025-10-31', '2025-01-01..2025-09-30', '2025-W11']
    >>> read_span("03/04/2025") is None
    True
    """
    if len(text) > _LONGEST:
        return None
    plain = _TIME.sub("", " ".join(half_width(text).split()))
    try:
        return _one(plain) or _window(plain)
    except (ValueError, OverflowError):
        return None


def is_fiscal(text: str) -> bool:
    """Whether a text says that its year is a fiscal one, which may not begin in January."""
    return _FISCAL.search(half_width(text)) is not None


def within_period(text: str, frequency: int) -> str | None:
    """Return the key of the year (1), quarter (4) or month (12) in which a shorter period or a day lies.

    None where the text is no period or is longer; a week lies where its first day does.

    Examples
    --------
    >>> within_period("1986-11-23", 1), within_period("2025-W14", 12), within_period("1986", 12)
    ('1986', '2025-03', None)
    """
    span = read_span(text)
    if span is None or (span.last_day - span.first_day).days >= {1: 366, 4: 92, 12: 31}[frequency]:
        return None
    year, month = span.first_day.year, span.first_day.month
    return {1: f"{year:04d}", 4: f"{year:04d}-Q{(month + 2) // 3}", 12: f"{year:04d}-{month:02d}"}[frequency]


def from_serial(number: float) -> date:
    """Return the day that a spreadsheet's serial number stands for (45000 is 2023-03-15).

    Raises
    ------
    OverflowError
        If there is no such day.
    """
    return _SERIAL_ZERO + timedelta(days=int(number))


def _one(text: str) -> Span | None:
    for kind, shape in _SHAPES:
        found = shape.fullmatch(text)
        if found:
            return _made(kind, found.groupdict())
    return None


def _made(kind: str, parts: dict[str, str | None]) -> Span | None:
    """Return the span of a form's parts; raises ValueError where they are no date."""
    digits = parts["y"] or ""
    year = int(digits) + ((1900 if int(digits) > 68 else 2000) if len(digits) == 2 else 0)
    name = parts.get("m")
    n = _MONTHS.index(name[:3].lower()) + 1 if name else _CHINESE.get(parts.get("n") or "") or int(parts.get("n") or 1)
    if kind == "year":
        return _span(date(year, 1, 1), date(year, 12, 31))
    if kind == "week":
        monday = date.fromisocalendar(year, n, 1)
        return _span(monday, monday + timedelta(days=6))
    if kind in ("day", "day or month first"):
        d = int(parts["d"] or 0)
        if kind == "day or month first" and n != d and max(n, d) <= 12:
            return None
        day = date(year, n, d) if kind == "day" or n <= 12 else date(year, d, n)
        return _span(day, day)
    length = {"half": 6, "quarter": 3, "month": 1}.get(kind)
    if length is not None:
        return _span(date(year, (n - 1) * length + 1, 1), _end(year, n * length))
    return _span(date(year, 1, 1), _end(year, n * (3 if kind == "quarters" else 1)))


def _end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _window(text: str) -> Span | None:
    """Read two spans with "to" between them, the second perhaps in short."""
    months = _MONTH_TO_MONTH.fullmatch(text)
    if months:
        year = int(months["y"])
        return _span(date(year, int(months["a"]), 1), _end(year, int(months["b"])))
    for sign in _TO.finditer(text):
        first, rest = _one(text[: sign.start()]), text[sign.end() :]
        if first is None:
            continue
        second = _one(rest) or next(_short(first, rest), None)
        if second is not None:
            return _span(first.first_day, second.last_day)
    return None


def _short(first: Span, rest: str) -> Iterator[Span]:
    begin = first.first_day
    for kinds, shape in _SHORT_END:
        found = shape.fullmatch(rest) if first.kind in kinds else None
        if found:
            parts = found.groupdict()
            if "q" in parts:
                end = _end(begin.year, 3 * int(parts["q"]))
            elif "d" in parts:
                end = date(begin.year, int(parts.get("n") or begin.month), int(parts["d"]))
            else:
                end = _end(begin.year, int(parts["n"]))
            yield Span(begin, end, "span", "")


def _span(first: date, last: date) -> Span | None:
    """Return the span of some days under its calendar name, where it has one."""
    if last < first:
        return None
    year = first.year
    if first == last:
        return Span(first, last, "day", first.isoformat())
    if first.weekday() == 0 and (last - first).days == 6:
        iso = first.isocalendar()
        return Span(first, last, "week", f"{iso.year:04d}-W{iso.week:02d}")
    months = last.month - first.month + 1
    if first.year == last.year and first.day == 1 and last == _end(year, last.month) and last.month % months == 0:
        part = last.month // months
        names = {12: ("year", ""), 6: ("half", f"-H{part}"), 3: ("quarter", f"-Q{part}"), 1: ("month", f"-{part:02d}")}
        if months in names:
            return Span(first, last, names[months][0], f"{year:04d}{names[months][1]}")
    return Span(first, last, "span", f"{first.isoformat()}..{last.isoformat()}")
