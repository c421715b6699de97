"""The only place that formats a number: digits follow the interval's width, signs never get lost in rounding."""

from __future__ import annotations

import math
from collections.abc import Callable

from halfstep.report.finding import Amount

__all__ = ["adding_decimals", "amount_text", "decimals", "fixed", "money_decimals", "plain", "probability"]

MINUS = "\N{MINUS SIGN}"
SIGNIFICANT = 2
"""Digits of the interval's width that are printed (Goldberg & co-workers' rule of thumb for an uncertainty: two)."""
MOST = 6
BARE = ("probability", "level", "count", "rank", "year", "times", "models", "statistic", "p value", "figure")
"""Units whose digits follow the number alone."""

Words = dict[str, str]


def decimals(value: float, lo: float, hi: float) -> int:
    """Return the decimals to print: two digits of the interval's width, three of a number without one.

    More are added until nothing but zero itself rounds to zero. Negative: tens, hundreds.

    Examples
    --------
    >>> decimals(6.199, 5.546, 6.852), decimals(10.9, 5.2, 16.6), decimals(17.09, 17.09, 17.09), decimals(0.3, 0.01, 9.0)
    (1, 0, 1, 2)
    """
    finite = [x for x in (value, lo, hi) if math.isfinite(x)]
    width = hi - lo if math.isfinite(hi - lo) else 0.0
    if width > 0:
        places = SIGNIFICANT - 1 - math.floor(math.log10(width) + 1e-9)  # a width of 18.15 - 18.05 is a tenth
    else:
        largest = max((abs(x) for x in finite), default=0.0)
        places = 2 - math.floor(math.log10(largest)) if largest > 0 else 0
        places = max(places, 0)
    while places < MOST and any(x != 0 and round(x, places) == 0 for x in finite):
        places += 1
    return min(places, MOST)


def money_decimals(amounts: list[Amount]) -> int:
    """Return decimals that suit a column of amounts: those of the finest one that is not out of proportion."""
    return max((decimals(a.value, *a.ends) for a in amounts if math.isfinite(a.value)), default=0)


def adding_decimals(parts: list[tuple[float, float]], total: float, places: int, most: int = 3) -> int:
    """Return the fewest decimals, at least `places`, with which rounded parts sum to the rounded total.

    Parameters
    ----------
    parts
        Sign and value of each.
    most
        How many decimals may be added; if that is not enough none is.

    Examples
    --------
    >>> adding_decimals([(1, -1.746), (1, 1.708), (-1, 17.734)], -17.772, 1)
    2
    """
    for more in range(places, places + most + 1):
        rounded = sum(sign * round(value, more) for sign, value in parts)
        if round(rounded - round(total, more), max(more, 0) + 3) == 0:
            return more
    return places


def fixed(value: float, places: int) -> str:
    """Write a number with thousands separators and a true minus sign.

    Examples
    --------
    >>> fixed(-1234.56, 1), fixed(-0.04, 1), fixed(1267, -2)
    ('−1,234.6', '0.0', '1,300')
    """
    if not math.isfinite(value):
        return "∞" if value > 0 else MINUS + "∞" if value < 0 else "–"
    rounded = round(value, places)
    text = f"{abs(rounded):,.{max(places, 0)}f}"
    return MINUS + text if rounded < 0 else text


def probability(value: float) -> str:
    """Write a probability in percent, rounded down, so that it never passes a threshold that it does not reach.

    Examples
    --------
    >>> probability(0.9499), probability(0.99999), probability(0.0002)
    ('94.9%', '>99.9%', '<0.1%')
    """
    if value > 0.999:
        return ">99.9%"
    if 0 <= value < 0.001:
        return "0%" if value == 0 else "<0.1%"
    return f"{math.floor(value * 1000 + 1e-9) / 10:.1f}%"


def _significant(value: float) -> str:
    """Write a statistic with two significant digits, or all digits before the point."""
    places = SIGNIFICANT - 1 - math.floor(math.log10(abs(value))) if value else 0
    return fixed(value, max(places, 0))


def _p_value(value: float) -> str:
    return "< 0.0001" if value < 1e-4 else "= " + _significant(value)


def amount_text(amount: Amount, words: Words, places: int | None = None) -> str:
    """Write an amount in its form.

    Parameters
    ----------
    words
        `NUMBER_WORDS` of one language, and the pattern of its money unit.
    places
        Decimals, where a table or a sentence prints several numbers alike.
    """
    value, (lo, hi) = amount.value, amount.ends
    if amount.unit in BARE:
        return _bare(amount, words)
    scale, suffix = _scale(amount.unit) if amount.unit != "large" else _large(words)
    value, lo, hi = scale(value), scale(lo), scale(hi)
    places = amount.places if places is None else places
    d = decimals(value, lo, hi) if places is None else places
    if amount.unit == "share" and places is None:
        d = min(max(d, 0), 1)
    if amount.unit in ("log points", "points"):
        d = min(d, 1)
    if amount.form == "exact":
        d = _exact((lo, hi), d)
    plus = "+" if amount.form in ("signed", "signed both") and round(value, d) > 0 else ""
    if amount.form in ("value", "signed"):
        text = plus + fixed(value, d) + suffix
    elif amount.form == "size":
        text = fixed(abs(value), d) + suffix
    elif amount.form in ("interval", "exact"):
        text = _span(lo, hi, d, suffix, words)
    elif amount.form in ("both", "signed both"):
        text = words["both"].format(value=plus + fixed(value, d) + suffix, interval=_span(lo, hi, d, suffix, words))
    else:
        text = _distance(amount.form, value, (lo, hi), d, words)
    if amount.named and amount.unit == "money":
        return words["money"].replace("{amount}", text)
    return text


def _exact(ends: tuple[float, float], places: int) -> int:
    """Return the decimals that print both ends as they are."""
    most = max((MOST, places))
    while places < most and any(math.isfinite(x) and abs(round(x, places) - x) > 1e-9 * abs(x) for x in ends):
        places += 1
    return places


def _bare(amount: Amount, words: Words) -> str:
    value, (lo, hi) = amount.value, amount.ends
    if amount.unit == "probability":
        return probability(value).removeprefix(">") if amount.form == "size" else probability(value)
    if amount.unit == "level":
        return f"{value * 100:g}%"
    if amount.unit == "times":
        text = fixed(value, 1 if value >= 10 else 2)
        return text.rstrip("0").removesuffix(".") if "." in text else text
    if amount.unit in ("statistic", "p value", "figure"):
        plus = "+" if amount.form == "signed" and value > 0 else ""
        return plus + (
            _p_value(value)
            if amount.unit == "p value"
            else _significant(value)
            if amount.unit == "figure"
            else fixed(value, 0 if abs(value) >= 100 else 1)
        )
    if amount.form in ("interval", "exact"):
        return _span(lo, hi, 0, "", words)
    return f"{value:.0f}" if amount.unit == "year" else fixed(value, 0)


def _scale(unit: str) -> tuple[Callable[[float], float], str]:
    if unit == "share":
        return (lambda x: 100 * x), "%"
    if unit == "points":
        return (lambda x: 100 * x), ""
    if unit == "log points":
        return (lambda x: 100 * math.expm1(min(x, 700.0))), "%"
    return (lambda x: x), ""


def _large(words: Words) -> tuple[Callable[[float], float], str]:
    """Return the scale in which a language counts large sums, and its word."""
    size = float(words["large"])
    return (lambda x: x / size), words["large unit"]


def _span(lo: float, hi: float, places: int, suffix: str, words: Words) -> str:
    if math.isinf(hi) and math.isinf(lo):
        return words["anything"]
    if math.isinf(hi):
        return words["at least"].format(value=fixed(lo, places) + suffix)
    if math.isinf(lo):
        return words["at most"].format(value=fixed(hi, places) + suffix)
    ends = fixed(lo, places) + suffix, fixed(hi, places) + suffix
    text = ends[0] if ends[0] == ends[1] else words["to"].format(lo=ends[0], hi=ends[1])
    return (
        text.replace(f"{ends[0]} ", ends[0], 1) if ends[0][-1] > "\u3400" else text
    )  # no space between two Han characters


def _distance(form: str, value: float, ends: tuple[float, float], places: int, words: Words) -> str:
    """Write a gap with its side; ends on both sides of the benchmark are named one by one."""

    def side(x: float) -> str:
        x = round(x, places)
        if x == 0 or math.isinf(x):
            return words["level" if x == 0 else "any behind" if x > 0 else "any in front"]
        return words["behind" if x > 0 else "in front"].format(value=fixed(abs(x), places))

    if form == "distance":
        return side(value)
    lo, hi = ends
    if math.isinf(lo) and math.isinf(hi):
        return words["anything"]
    if math.isinf(lo) or math.isinf(hi):
        return words["across"].format(lo=side(lo), hi=side(hi))
    if round(lo, places) > 0 or round(hi, places) < 0:
        near, far = (lo, hi) if lo > 0 else (-hi, -lo)
        span = words["to"].format(lo=fixed(near, places), hi=fixed(far, places))
        return words["behind" if lo > 0 else "in front"].format(value=span) if form == "distance range" else span
    return words["across"].format(lo=side(lo), hi=side(hi))


def plain(value: float | int) -> str:
    """Write a figure that a check quotes or an edge that a study sets: up to four digits, or all of a whole number.

    Examples
    --------
    >>> plain(-0.62513), plain(12500), plain(8.0)
    ('−0.6251', '12,500', '8')
    """
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.12g}" if value == round(value, 2) else f"{value:,.4g}"
    return text.replace("-", MINUS)
