"""Periods and days as people write them; what may be read two ways is not read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from halfstep.core.period import parse_period
from halfstep.data.cells.dates import from_serial, is_fiscal, read_span

READ = {
    "2025": "2025|2025年|2025年度|2025全年|CY2025|FY25|FY2025|FY 2025|2025FY|2025财年|fiscal 2025|２０２５|2025-01..12|2025年1-12月",
    "2025-H1": "2025H1|2025-H1|1H25|H1 2025|25H1|2025年上半年|2025上半年|2025-01..06|2025_6M",
    "2025-H2": "2H2025|2025年下半年|2025-07..12",
    "2025-Q1": "2025Q1|2025-Q1|25Q1|Q1 2025|Q1 '25|1Q25|1Q 2025|2025年一季度|2025年第一季度|2025年第1季度|2025年Q1|FY25Q1|2025q1",
    "2024-Q4": "2024Q4|4Q24|2024年四季度",
    "2025-04": "2025-04|2025-4|2025/04|2025/4|2025.4|2025.04|202504|2025年4月|2025 年 4 月|2025年4月份|25年4月|2025年四月"
    "|Apr-25|Apr'25|Apr 2025|April 2025|apr. 2025|2025 Apr|04/2025|4-2025|2025M04|2025-04-01..30|２０２５年４月",
    "2025-12": "2025年十二月|Dec-25|2025.12|202512",
    "2025-04-30": "2025-04-30|2025-4-30|2025/4/30|2025.04.30|20250430|2025年4月30日|2025年4月30号|30 Apr 2025|30-Apr-2025"
    "|30-Apr-25|Apr 30, 2025|April 30 2025|April 30th, 2025|30/04/2025|04/30/2025|30.04.2025|2025-04-30T00:00:00"
    "|2025-04-30 00:00|2025/4/30 0:00:00|2025-04-30 08:30:00.123|2025-04-30T08:00:00+08:00|2025-04-30T08:00Z",
    "2025-03-03": "03/03/2025",
    "2025-W14": "2025-W14|2025W14|2025年第14周|2025年14周|2025 week 14|W14 2025|25W14|2025-03-31..2025-04-06|2025-03-31..04-06",
    "2020-W53": "2020-W53",
    "2025-01-01..2025-09-30": "2025_9M|9M25|9M 2025|2025年前三季度|2025年前9个月|2025年前九个月|2025年1-9月|2025年1月至9月|2025.1-9"
    "|2025-01..09|2025-01..2025-09|2025Q1-Q3|2025Q1..2025Q3",
    "2025-01-01..2025-10-31": "2025-01..10|2025-01 to 2025-10",
    "2024-04-03..2025-05-21": "2024-04-03..2025-05-21|2024-04-03/2025-05-21|2024/4/3 - 2025/5/21|2024年4月3日至2025年5月21日",
    "2025-05-01..2025-05-14": "2025-05-01..14|2025年5月1日-14日",
    "2024-01-01..2025-12-31": "2024-2025|2024..2025",
}  # fmt: skip

NOT_READ = [
    "", " ", "90", "45000", "May", "soon", "Apr 25", "25-Apr", "03/04/2025", "3.4.2025", "2025-13", "202513", "2025-00",
    "2025-02-30", "2025Q5", "2025H3", "2025-W54", "2025-W00", "0000", "2024/25", "2025-04 week 3", "2025FY_target",
    "2025-W49 cumulative", "2025-04..2025-03", "2025-05-14..01", "2025-01..13", "2025_0M", "2025_13M", "12345678",
    "99999999999999999999", "x" * 3000, "2025-Q1-Q5", "一季度", "2025-04-30T99", "2025.123",
]  # fmt: skip


@pytest.mark.parametrize(("key", "text"), [(key, text) for key, texts in READ.items() for text in texts.split("|")])
def test_one_thing_in_many_spellings(key: str, text: str) -> None:
    found = read_span(text)
    assert found is not None
    assert found.key == key
    assert read_span(key) == found


@pytest.mark.parametrize("text", NOT_READ)
def test_what_is_no_period_or_may_be_two_is_not_read(text: str) -> None:
    assert read_span(text) is None


@pytest.mark.parametrize(
    ("key", "kind", "days"),
    [
        ("2024", "year", 366), ("2025-H1", "half", 181), ("2025-Q1", "quarter", 90), ("2024-02", "month", 29),
        ("2025-W14", "week", 7), ("2025-04-30", "day", 1), ("2025_9M", "span", 273),
    ],
)  # fmt: skip
def test_a_span_knows_its_days(key: str, kind: str, days: int) -> None:
    found = read_span(key)
    assert found is not None
    assert found.kind == kind
    assert (found.last_day - found.first_day).days + 1 == days


def test_a_fiscal_year_says_so() -> None:
    assert all(is_fiscal(text) for text in ("FY25", "2025FY", "2025财年", "ＦＹ２０２５", "fiscal 2025"))
    assert not any(is_fiscal(text) for text in ("2025", "2025年", "CY2025"))


def test_days_of_a_spreadsheet() -> None:
    assert from_serial(45000) == date(2023, 3, 15)
    assert from_serial(45000.75) == date(2023, 3, 15)
    assert from_serial(61) == date(1900, 3, 1)


PIECES = [
    *"0123456789-/._年月日号周季第前上下半QHMFYWqw'至到~.. ,T:Z", "2025", "2024-", "Apr", " to ", "一", "十二", "04", "30", "个月",
    "季度", "半年", "week ", "FY", "\u3000", "２", "年度",
]  # fmt: skip


@given(st.one_of(st.text(max_size=20), st.lists(st.sampled_from(PIECES), max_size=9).map("".join)))
@example("9999-12..12")
@example("9999-W53")
def test_no_text_makes_it_stumble_and_keys_are_read_back(text: str) -> None:
    found = read_span(text)
    if found is not None:
        assert found.first_day <= found.last_day
        assert read_span(found.key) == found


@given(st.dates(date(1970, 1, 1), date(2068, 12, 31)), st.dates(date(1970, 1, 1), date(2068, 12, 31)))
def test_windows_keep_their_days(one: date, other: date) -> None:
    first, last = sorted((one, other))
    found = read_span(f"{first}..{last}")
    assert found is not None
    assert (found.first_day, found.last_day) == (first, last)
    assert (read_span(f"{last}..{first}") is None) == (first < last)


@given(st.dates(date(1970, 1, 1), date(2068, 12, 31)))
def test_core_reads_the_canonical_texts_alike(day: date) -> None:
    texts = (f"{day:%Y}", f"{day:%Y}-Q{(day.month + 2) // 3}", f"{day:%Y-%m}", f"{day.year}-{day.month}")
    for text in texts:
        span, period = read_span(text), parse_period(text)
        assert span is not None
        assert (span.key, span.last_day.isoformat()) == (period.key, period.last_day)
    serial = (day - date(1899, 12, 30)).days
    assert from_serial(serial) == day == date(1899, 12, 30) + timedelta(days=serial)
