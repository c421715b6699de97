"""Figures as people write them: what a text says is kept, what it leaves open stays open, what is no figure is none."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from halfstep.data.cells.quantities import BLANK_WORDS, currency, is_nothing, read_closely, read_quantity

INF = math.inf

EXACT = [
    ("28000", 28000, 1, ""), ("-5", -5, 1, ""), ("+7.9", 7.9, 0.1, ""), (".5", 0.5, 0.1, ""), ("1.2e5", 1.2e5, 1e4, ""),
    ("1.23E+05", 1.23e5, 1e3, ""), ("1e-3", 1e-3, 1e-3, ""), ("2.8万", 28000, 1000, ""), ("2.80万", 28000, 100, ""),
    ("25.8 万", 258000, 1000, ""), ("3亿", 3e8, 1e8, ""), ("5千", 5000, 1000, ""), ("3百万", 3e6, 1e6, ""),
    ("2千万", 2e7, 1e7, ""), ("4十万", 4e5, 1e5, ""), ("1.2万亿", 1.2e12, 1e11, ""), ("1亿2000万", 1.2e8, 1e4, ""),
    ("28k", 28000, 1000, ""), ("2.8w", 28000, 1000, ""), ("1.2m", 1.2e6, 1e5, ""), ("1.2mn", 1.2e6, 1e5, ""),
    ("1.2 million", 1.2e6, 1e5, ""), ("3bn", 3e9, 1e9, ""), ("3.1 Billion", 3.1e9, 1e8, ""),
    ("２８，０００．５", 28000.5, 0.1, ""), ("２．８万", 28000, 1000, ""), ("1,234,567", 1234567, 1, ""),
    ("1 234 567", 1234567, 1, ""), ("1\u202f234\u00a0567", 1234567, 1, ""), ("1’234’567", 1234567, 1, ""),
    ("1,234.50", 1234.5, 0.01, ""), ("1,234", 1234, 1, ""), ("1,5", 1.5, 0.1, ""), ("0,123", 0.123, 0.001, ""),
    ("1234,567", 1234.567, 0.001, ""), ("1.234.567", 1234567, 1, ""), ("1.234,56", 1234.56, 0.01, ""),
    ("17%", 0.17, 0.01, "%"), ("24.3％", 0.243, 0.001, "%"), ("5‰", 0.005, 0.001, "‰"), ("12 per cent", 0.12, 0.01, "%"),
    ("(1,234)", -1234, 1, ""), ("($1,234.50)", -1234.5, 0.01, "$"), ("¥(5)", -5, 1, "¥"), ("-¥1,234", -1234, 1, "¥"),
    ("￥25.99万", 259900, 100, "¥"), ("RMB 259,900", 259900, 1, "RMB"), ("人民币5元", 5, 1, "元"), ("€12", 12, 1, "€"),
    ("25.99万元", 259900, 100, "元"), ("2.8万辆", 28000, 1000, "辆"), ("28,000 units", 28000, 1, "units"),
    ("12 pcs", 12, 1, "pcs"), ("600km", 600, 1, "km"), ("500千米", 500, 1, "千米"), ("1.5千瓦时", 1.5, 0.1, "千瓦时"),
    ("73.6kWh", 73.6, 0.1, "kWh"), ("2.8万美元", 28000, 1000, "美元"),
]  # fmt: skip

OPEN = [
    ("17-18%", 0.17, 0.18, 0.01, "range", "%"), ("17%-18%", 0.17, 0.18, 0.01, "range", "%"),
    ("17～18％", 0.17, 0.18, 0.01, "range", "%"), ("17－18%", 0.17, 0.18, 0.01, "range", "%"),
    ("17 – 18%", 0.17, 0.18, 0.01, "range", "%"), ("17 至 18%", 0.17, 0.18, 0.01, "range", "%"),
    ("17到18", 17, 18, 1, "range", ""), ("17 to 18", 17, 18, 1, "range", ""), ("17..18", 17, 18, 1, "range", ""),
    ("between 17 and 18%", 0.17, 0.18, 0.01, "range", "%"), ("介于17%与18%之间", 0.17, 0.18, 0.01, "range", "%"),
    ("1.2-1.5万", 12000, 15000, 1000, "range", ""), ("1.2万-1.5万辆", 12000, 15000, 1000, "range", "辆"),
    ("8000-1.2万", 8000, 12000, 1000, "range", ""), ("1.2万-15000", 12000, 15000, 1000, "range", ""),
    ("¥12-15万", 120000, 150000, 10000, "range", "¥"), ("12万元-15万元", 120000, 150000, 10000, "range", "元"),
    ("约17-18%", 0.17, 0.18, 0.01, "range", "%"), ("1,200-1,300", 1200, 1300, 1, "range", ""),
    ("-5--3", -5, -3, 1, "range", ""), ("0.5-1%", 0.005, 0.01, 0.01, "range", "%"),
    ("超过2.8万", 28000, INF, 1000, "more than", ""), ("超28000", 28000, INF, 1, "more than", ""),
    ("逾3万辆", 30000, INF, 10000, "more than", "辆"), (">5", 5, INF, 1, "more than", ""),
    ("＞28,000", 28000, INF, 1, "more than", ""), ("more than 28,000 units", 28000, INF, 1, "more than", "units"),
    ("over 60", 60, INF, 1, "more than", ""), ("2.8万多", 28000, INF, 1000, "more than", ""),
    ("2.8万余辆", 28000, INF, 1000, "more than", "辆"), ("20多万", 200000, INF, 10000, "more than", ""),
    ("28000+", 28000, INF, 1, "more than", ""), ("28000+ units", 28000, INF, 1, "more than", "units"),
    ("至少3", 3, INF, 1, "at least", ""), ("不低于3%", 0.03, INF, 0.01, "at least", "%"),
    ("≥5", 5, INF, 1, "at least", ""), (">=5", 5, INF, 1, "at least", ""), ("at least 5", 5, INF, 1, "at least", ""),
    ("30万以上", 300000, INF, 10000, "at least", ""), ("19.98万起", 199800, INF, 100, "at least", ""),
    ("不到30", -INF, 30, 1, "less than", ""), ("不足3万", -INF, 30000, 10000, "less than", ""),
    ("<20", -INF, 20, 1, "less than", ""), ("under 20", -INF, 20, 1, "less than", ""),
    ("至多5", -INF, 5, 1, "at most", ""), ("不超过5", -INF, 5, 1, "at most", ""), ("<=5", -INF, 5, 1, "at most", ""),
    ("up to 5", -INF, 5, 1, "at most", ""), ("5以内", -INF, 5, 1, "at most", ""),
    ("约2.8万", -INF, INF, 1000, "about", ""), ("about 50", -INF, INF, 1, "about", ""),
    ("~50", -INF, INF, 1, "about", ""), ("3万左右", -INF, INF, 10000, "about", ""),
    ("约3万辆左右", -INF, INF, 10000, "about", "辆"), ("approx. 5", -INF, INF, 1, "about", ""),
    ("近3万", -INF, 30000, 10000, "nearly", ""), ("nearly 10 million", -INF, 1e7, 1e6, "nearly", ""),
]  # fmt: skip

NONE = [
    "abc", "二十八万", "数万", "几十万", "18-17%", "2024-05", "1-2-3", "2025年", "8 / 3.6", "1.2.3", "12e", "1_000", "0x1f",
    "5²", "½", "inf", "-inf", "1e400", "1e-400", "12,34,567", "1 23", "约2.8万多", "超过2-3万", "近20多万", "5%-6", "17%-18‰",
    "$5-¥6", "--5", "+-5", "(-5)", "()", "(", "%", "万", "¥", "辆", "12万3", "1万2亿", "1e99999999999", "9" * 400, "x" * 3000,
    "=1+1", "2000-Q5", "true", "'", "\\", "١٢", "about", "5 (estimate)",
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "step", "unit"), EXACT)
def test_one_exact_number(text: str, value: float, step: float, unit: str) -> None:
    found = read_quantity(text)
    assert found is not None
    assert found.value == found.lo == found.hi == pytest.approx(value, rel=1e-15)
    assert (found.hedge, found.unit) == ("exact", unit)
    assert found.step == pytest.approx(step)


@pytest.mark.parametrize(("text", "lo", "hi", "step", "hedge", "unit"), OPEN)
def test_what_is_left_open(text: str, lo: float, hi: float, step: float, hedge: str, unit: str) -> None:
    found = read_quantity(text)
    assert found is not None
    assert (found.lo, found.hi, found.step) == pytest.approx((lo, hi, step))
    assert (found.hedge, found.unit) == (hedge, unit)
    assert (found.value is None) == (hedge == "range")


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_figure_is_none(text: str) -> None:
    assert read_quantity(text) is None


@pytest.mark.parametrize("text", [*sorted(BLANK_WORDS), "", "  ", "\u3000", "NaN", "N/A", "Ｎ／Ａ", "－", "NULL", "−"])
def test_words_for_nothing(text: str) -> None:
    assert is_nothing(text)
    assert read_quantity(text) is None


@pytest.mark.parametrize("text", ["0", "nil", "-1", "nano", "#REF!", "无锡"])
def test_words_for_something(text: str) -> None:
    assert not is_nothing(text)


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("28000", ""), ("２８", "full_width"), ("￥5", "currency"), ("1,234", "thousands"), ("1,5", "decimal_comma"),
        ("1.234,5", "dots decimal_comma"), ("1.234.567", "dots"), ("2.8万辆", "wan unit"), ("5%", "percent"),
        ("2.8w", "wan letter"), ("4.9m", "wan letter"), ("5千", "wan"), ("(5)", "negative"), ("5 元", "currency"),
        ("1e5", ""),
    ],
)  # fmt: skip
def test_marks_say_what_had_to_be_read(text: str, marks: str) -> None:
    found = read_closely(text)
    assert found is not None
    assert found.marks == set(marks.split())


def test_words_of_one_currency_are_one() -> None:
    assert {currency(word) for word in ("元", "¥", "RMB", "rmb", "人民币")} == {"CNY"}
    assert (currency("US$"), currency("辆")) == ("USD", "")


figures = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False).map(lambda x: x if abs(x) > 1e-200 else 0.0)
PIECES = [
    *"0123456789.,-~～%‰万亿千百多余+()<>≥≤≈ /'’–—￥$€eEkmw，．５", "至", "到", "约", "近", "超过", "不到", "左右", "以上", "辆",
    "元", " to ", " and ", "between ", "about ", "at least ", " units", "million", "bn", "1,234", "12", "\u00a0", "之间",
]  # fmt: skip


@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PIECES), max_size=10).map("".join)))
@example("9" * 119 + "万")
@example("1e308万")
def test_no_text_makes_it_stumble(text: str) -> None:
    found = read_closely(text)
    if found is None:
        return
    quantity = found.quantity
    assert quantity.lo <= quantity.hi
    assert 0 < quantity.step < INF
    assert (quantity.value is None) == (quantity.hedge == "range")
    assert quantity.value is None or math.isfinite(quantity.value)
    if quantity.value is not None and quantity.hedge != "about":
        assert quantity.value in (quantity.lo, quantity.hi)
    assert not is_nothing(text)


@given(figures)
def test_a_printed_number_is_read_back(value: float) -> None:
    for text in (repr(value), f"{value:.17e}", f"{value:,.17f}"):
        found = read_quantity(text)
        assert found is not None
        assert found.value == pytest.approx(value, rel=1e-14, abs=1e-16)
        assert found.hedge == "exact"
    assert read_quantity(repr(value)) == read_quantity(f" {value!r} ")


@given(
    st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from([("千", 3), ("万", 4), ("亿", 8), ("bn", 9)])
)
def test_a_scale_word_multiplies_figure_and_step(figure: object, scale: tuple[str, int]) -> None:
    plain, scaled = read_quantity(f"{figure}"), read_quantity(f"{figure}{scale[0]}")
    assert plain is not None
    assert scaled is not None
    assert plain.value is not None
    assert scaled.value == pytest.approx(plain.value * 10 ** scale[1], rel=1e-15)
    assert scaled.step == pytest.approx(plain.step * 10 ** scale[1])


@given(
    st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(["-", "～", "至", " to "]), st.sampled_from(["", "%", "万"])
)  # fmt: skip
def test_ends_of_a_range_are_read_as_by_themselves(one: int, other: int, to: str, after: str) -> None:
    low, high = sorted((one, other))
    found = read_quantity(f"{low}{after}{to}{high}{after}")
    ends = read_quantity(f"{low}{after}"), read_quantity(f"{high}{after}")
    assert found is not None
    assert (found.lo, found.hi) == tuple(end.value for end in ends if end is not None)
    if low < high:
        assert read_quantity(f"{high}{after}{to}{low}{after}") is None
