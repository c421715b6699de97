"""What the report says of events: one sentence that cannot contradict its interval, and everything beside it."""

from __future__ import annotations

import io
import itertools
import json
import math
import re
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest

from halfstep.core.answer import EVENT_LABELS, Answer, EventVerdict
from halfstep.core.estimate import Estimate, Point, Refusal
from halfstep.report import json_text, write_report
from halfstep.report.charts import TracksChart
from halfstep.report.compose import compose
from halfstep.report.draw import NARROW, WIDE, Variant
from halfstep.report.event_facts import dated, effect, span_of
from halfstep.report.event_sentence import event_sentence
from halfstep.report.event_text import render_events
from halfstep.report.events import events_section
from halfstep.report.finding import Finding, Need, Term
from halfstep.report.index import Index
from halfstep.report.numbers import amount_text
from halfstep.report.page import Figure, Grid, Paragraph
from halfstep.report.pictures import draw
from halfstep.report.say import Speaker
from halfstep.report.text import render_text
from halfstep.report.words import LANGUAGES, NUMBER_WORDS, known, resolve, word
from halfstep.study import Outcome
from tests.report.event_answers import ORIGIN, full_answer, index_of, outcome_of, point, verdict
from tests.report.test_words import parts

INTERVALS = [
    (-0.1804, -0.26, -0.09),
    (0.1804, 0.09, 0.26),
    (-0.0377, -0.21, 0.112),
    (0.0041, -0.0032, 0.0113),
    (-0.0304, -0.0412, -0.0203),
    (-0.1504, -0.231, 0.0),
    (-0.1504, -0.231, -1e-9),
    (0.1504, 1e-9, 0.231),
    (-0.1504, -math.inf, 0.231),
]
REASONS = (
    "interval excludes zero", "interval holds zero", "within the margin", "estimators disagree", "too few placebos", "supply, not demand",
    "backlog unknown", "outside the sample", "too few periods before", "flat before", "no series", "nothing after",
)  # fmt: skip
LOWER, HIGHER = {"en": "lower (", "zh": "水平低"}, {"en": "higher (", "zh": "水平高"}
DIRECTION = {
    "en": r"\b(low|lower|fell|fall|dropp?(ed)?|lost|loss|high|higher|rose|rise|gain(ed)?)\b",
    "zh": "[低高跌涨升降]",
}
FORBIDDEN = {
    "en": r"no effect|no change|without effect|caus|because|due to|led to|blame|thanks to",
    "zh": "没有影响|无影响|没有变化|毫无|导致|因为|由于|造成|引起|所致",
}
STEM = "event.dispute.orders"


def one(found: EventVerdict, estimate: Estimate, others: tuple[Estimate, ...] = ()) -> Index:
    return index_of(Answer(room="events", estimates=(estimate, *others), events=(found,)))


def said(index: Index, lang: str) -> str:
    (found,) = index.events.values()
    return Speaker(lang, index.config).text(event_sentence(index, found))


def cases() -> list[tuple[str, tuple[float, float, float], str]]:
    return list(itertools.product(EVENT_LABELS, INTERVALS, ("share", "count")))


def beside(scale: float) -> list[tuple[str, tuple[str, ...], float | None, float | None, float | None]]:
    """Reason, joint, margin, detectable, p: every reason once, and every combination of the others."""
    some = itertools.product(
        ((), ("dispute", "recall")), (None, 0.05 * scale), (None, 0.37 * scale), (None, 1 / 121, 0.4)
    )
    return [(REASONS[0], *rest) for rest in some] + [(reason, (), 0.05 * scale, None, 1.0) for reason in REASONS]


@pytest.mark.parametrize(("label", "numbers", "unit"), cases())
def test_the_sentence_never_says_what_its_interval_does_not(
    label: str, numbers: tuple[float, float, float], unit: str
) -> None:
    scale = 1.0 if unit == "share" else 100.0
    value, lo, hi = (scale * x for x in numbers)
    estimate = point(f"{STEM}.average", "event effect: average", value, lo, hi, unit)
    index = one(verdict(label), estimate)
    speakers = {lang: Speaker(lang, index.config) for lang in LANGUAGES}
    for reason, joint, margin, detectable, p in beside(scale):
        floor = None if p is None else 1 / 121
        found = verdict(label, reason=reason, joint=joint, margin=margin, detectable=detectable, p=p, floor=floor)
        index.events[found.id] = found
        for lang, speaker in speakers.items():
            text = speaker.text(event_sentence(index, found))
            assert (LOWER[lang] in text) == (label == "fell" and hi < -1e-6), text
            assert (HIGHER[lang] in text) == (label == "rose" and lo > 1e-6), text
            if LOWER[lang] not in text and HIGHER[lang] not in text:
                assert not re.search(DIRECTION[lang], text), text
            assert not re.search(FORBIDDEN[lang], text), text
            check_figures(index, found, estimate, text, lang)
            assert (word("find.event joint", lang).partition("{events}")[2] in text) == bool(joint)
            assert "{" not in text


def check_figures(index: Index, found: EventVerdict, estimate: Point, text: str, lang: str) -> None:
    words = NUMBER_WORDS[lang]
    interval = amount_text(effect(index, estimate, "interval"), words)
    forms = {amount_text(effect(index, estimate, form), words) for form in ("value", "size", "signed")}
    within = found.margin is not None and -found.margin <= estimate.lo and estimate.hi <= found.margin
    judged = {"fell": estimate.hi < -1e-6, "rose": estimate.lo > 1e-6, "nothing larger": within}
    if found.label in ("refused", "disagree"):
        assert interval not in text
        return
    assert interval in text
    if judged.get(found.label, False):
        assert any(form in text for form in forms)
        if found.label == "nothing larger":
            assert ("5.0%" if estimate.unit == "share" else "5.0 ") in text
        return
    assert not any(re.search(rf"(?<![\d.−]){re.escape(form)}(?!\d)", text.replace(interval, "")) for form in forms)
    found_of = "37%" if estimate.unit == "share" else "37 "
    none = word("find.event power none", lang)
    assert (found_of in text) == (found.detectable is not None)
    assert (none in text) == (found.detectable is None)
    told = {"interval excludes zero", "interval holds zero", "within the margin"}
    assert found.reason in told or reason_words(found.reason, lang) in text


def reason_words(reason: str, lang: str) -> str:
    own = f"event reason.{reason}"
    return word(own if known(own) else f"why.{reason}", lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("reason", REASONS)
def test_a_refusal_names_its_reason_and_no_figure(lang: str, reason: str) -> None:
    refusal = Refusal(id=f"{STEM}.average", what="event effect: average", why=reason, needs=(), origin=ORIGIN)
    for label in EVENT_LABELS:
        text = said(one(verdict(label, reason=reason, p=None, floor=None), refusal), lang)
        assert reason_words(reason, lang) in text
        told = word("find.event refused" if label == "refused" else "find.event untold", lang)
        assert told.partition("{outcome}")[2].partition("{")[0] in text
        assert "%" not in text
        assert not re.search(DIRECTION[lang], text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_estimators_that_disagree_are_named_with_their_intervals(lang: str) -> None:
    stem = f"{STEM}.by."
    mine = point(f"{STEM}.average", "event effect: average", -0.18, -0.26, -0.1)
    by = [
        point(f"{stem}{name}", "event effect: by estimator", value, value - 0.08, value + 0.08)
        for name, value in (("synthetic control", -0.18), ("structural series", 0.12), ("factors", -0.03))
    ]
    text = said(one(verdict("disagree", reason="estimators disagree"), mine, tuple(by)), lang)
    assert word("estimator.synthetic control", lang) in text
    assert word("estimator.structural series", lang) in text
    assert word("estimator.factors", lang) not in text
    assert text.count(NUMBER_WORDS[lang]["to"].partition("{lo}")[2].partition("{hi}")[0]) == 2
    assert "18%" not in text
    agreed = said(one(verdict("disagree", reason="estimators disagree"), mine, (by[0], by[2])), lang)
    assert word("estimator.synthetic control", lang) not in agreed
    assert "−26%" in agreed


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("lo", "hi", "told"), [(-0.91, 55_000.0, "−91%"), (-0.91, math.inf, "−91%"), (12.0, 900.0, "1,000%")]
)
def test_an_end_beyond_what_can_be_said_is_open(lang: str, lo: float, hi: float, told: str) -> None:
    estimate = point(f"{STEM}.average", "event effect: average", max(lo + 1.0, 20.0), lo, hi)
    index = one(verdict("rose" if lo > 0 else "cannot tell", reason="interval holds zero"), estimate)
    text = said(index, lang)
    assert NUMBER_WORDS[lang]["at least"].format(value=told) in text
    assert "55,000" not in text
    assert "2,000%" not in text
    if lo > 0:
        assert word("find.event more", lang) in text
    section = events_section(index)
    assert section is not None
    shown = " ".join(Speaker(lang, index.config).text(part) for part in parts(section) if isinstance(part, Finding))
    assert word("find.event more signed", lang) in shown
    assert not re.search(r"[\d,]{6,}%", shown)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_could_be_found_is_a_fall_where_it_is_relative(lang: str) -> None:
    found = verdict("cannot tell", reason="interval holds zero", detectable=0.53)
    assert "−53%" in said(one(found, point(f"{STEM}.average", "event effect: average", -0.04, -0.2, 0.11)), lang)
    most = replace(found, detectable=0.9964)
    assert "−99.6%" in said(one(most, point(f"{STEM}.average", "event effect: average", -0.4, -0.998, 40.0)), lang)
    own = replace(found, detectable=5.0)
    text = said(one(own, point(f"{STEM}.average", "event effect: average", -4.0, -20.0, 11.0, "count")), lang)
    before, after = word("find.event power either", lang).split("{detectable}")
    assert before in text
    assert after in text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("changes", "basis"),
    [
        ({}, "entities"),
        ({"estimator": "segmented"}, "course"),
        ({"estimator": "structural series", "units": 0}, "course"),
    ],
)
def test_the_sentence_says_what_was_held_against(lang: str, changes: dict[str, Any], basis: str) -> None:
    for label, numbers in (
        ("fell", (-0.18, -0.26, -0.09)),
        ("rose", (0.18, 0.09, 0.26)),
        ("nothing larger", (0.0, -0.01, 0.01)),
    ):
        found = verdict(label, margin=0.05, **changes)
        text = said(one(found, point(f"{STEM}.average", "event effect: average", *numbers)), lang)
        assert word(f"basis.{basis}", lang) in text


@pytest.mark.parametrize(
    ("p", "floor", "told"),
    [
        (1 / 121, 1 / 121, "none of 120 dates"),
        (2 / 121, 1 / 121, "1 of 120 dates"),
        (1.0, 1 / 121, "120 of 120 dates"),
        (2 / 21, 1 / 21, "120 dates and entities where nothing happened, p = 0.095"),
    ],
)
def test_chance_is_told_as_a_count_where_p_is_a_rank_among_all(p: float, floor: float, told: str) -> None:
    index = one(verdict(p=p, floor=floor), point(f"{STEM}.average", "event effect: average", -0.18, -0.26, -0.09))
    assert told in said(index, "en")


@pytest.mark.parametrize(
    ("key", "en", "zh"),
    [
        ("2025-03-29", "29 March 2025", "2025 年 3 月 29 日"),
        ("2025-W14", "the week of 31 March 2025", "2025 年 3 月 31 日当周"),
        ("2025-03", "March 2025", "2025 年 3 月"),
        ("2025-Q2", "the second quarter of 2025", "2025 年第 2 季度"),
        ("1986", "1986", "1986 年"),
        ("one day", "one day", "one day"),
    ],
)
def test_dates_are_said_as_people_say_them(key: str, en: str, zh: str) -> None:
    index = index_of(full_answer())
    assert [Speaker(lang, index.config).text(dated(key)) for lang in ("en", "zh")] == [en, zh]


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2024-12", "2025-02", "3 months"),
        ("2025-W01", "2025-W01", "1 week"),
        ("2024-Q4", "2025-Q2", "3 quarters"),
        ("1986", "1988", "3 years"),
        ("2025-02-27", "2025-03-01", "3 days"),
    ],
)
def test_how_long_was_looked_at_is_counted_in_the_outcomes_periods(first: str, last: str, told: str) -> None:
    index = index_of(full_answer())
    assert Speaker("en", index.config).text(span_of(verdict(first=first, last=last))) == told


def test_no_page_on_events_prints_a_bare_key_or_lacks_a_fact() -> None:
    missing = set()
    for part in parts(compose(index_of(full_answer()))):
        if isinstance(part, Term) and not known(part.key):
            missing.add(part.key)
        if isinstance(part, Need) and not known(resolve(part.group, part.key)[0]):
            missing.add(f"{part.group}: {part.key}")
        if isinstance(part, Finding):
            asked = {f for lang in LANGUAGES for _, f, _, _ in Formatter().parse(word(part.kind, lang)) if f}
            if not known(part.kind) or not asked <= {fact for fact, _ in part.facts}:
                missing.add(part.kind)
    assert sorted(missing) == []


def test_only_what_exists_is_shown() -> None:
    index = one(verdict(), point(f"{STEM}.average", "event effect: average", -0.18, -0.26, -0.09))
    section = events_section(index)
    assert section is not None
    grids = [block.id for block in section.blocks if isinstance(block, Grid)]
    assert grids == ["event-0-figures", "event-0-rivals"]
    assert not any(isinstance(block, Figure) for block in section.blocks)
    assert events_section(index_of(Answer(room="events"))) is None


def test_everything_about_an_event_stands_in_the_section() -> None:
    section = events_section(index_of(full_answer()))
    assert section is not None
    ids = [b.id for b in section.blocks if isinstance(b, Grid) and b.id.startswith("event-0-")]
    assert ids == [f"event-0-{name}" for name in ("figures", "estimators", "power", "donors", "rivals", "cost")]
    charts = [chart for b in section.blocks if isinstance(b, Figure) for chart in b.charts]
    assert [chart.id for chart in charts[:2]] == ["event-0-path", "event-0-gap"]
    path, gap = charts[:2]
    assert isinstance(path, TracksChart)
    assert isinstance(gap, TracksChart)
    start = path.periods.index("2025-03")
    assert path.dates[0] == (start - 0.5, 0)
    assert len(path.dates) == 5  # two other events and two dates of a rival explanation
    assert [k for k, _, _ in path.band] == [float(k) for k in range(start, len(path.periods))]
    assert 0 < len(gap.fan) <= 40
    assert all(len(line) == len(gap.periods) for line in gap.fan)


def test_rivals_stand_with_what_they_predict() -> None:
    index = index_of(full_answer())
    section = events_section(index)
    assert section is not None
    grid = next(b for b in section.blocks if isinstance(b, Grid) and b.id == "event-0-rivals")
    speaker = Speaker("en", index.config)
    rows = [tuple(speaker.text(fact) for cell in row.cells for fact in cell.facts) for row in grid.rows]
    assert rows == [
        ("A renewed model was due", "its predictions together, 2 of them testable", "contradicted"),
        ("A renewed model was due", "Alpha's series turns by itself from January 2025 on", "this is so"),
        ("A renewed model was due", "nothing of it is left from July 2025 on", "contradicted"),
        (
            "Price war",
            "its predictions together, 1 of them testable; these data cannot tell it from the event",
            "not ruled out",
        ),
        ("Price war", "the series shows supply: a backlog binds", "not ruled out"),
        ("Price war", "Beta runs lower after the event", "cannot be tested"),
        ("Mood", "nothing that can be tested", "cannot be tested"),
    ]


def test_the_head_of_a_page_on_events_alone_is_their_sentences() -> None:
    index = index_of(full_answer())
    page = compose(index)
    first = page.lead[0]
    assert isinstance(first, Paragraph)
    assert first.style == "lead"
    text = render_text(index, "en")
    assert len([p for p in text.paragraphs if p.startswith(("The dispute:", "The recall:"))]) == 4
    assert "There is no answer" not in " ".join(text.paragraphs)


def test_the_report_of_a_market_tells_events_among_its_notes(outcomes: dict[str, Outcome]) -> None:
    market, events = outcomes["dark"], outcome_of(full_answer())
    config = market.config.model_copy(update={"events": events.config.events, "outcomes": events.config.outcomes})
    both = replace(market, inputs=replace(market.inputs, config=config), answers=market.answers | events.answers)
    page = compose(Index.of(both))
    said = [block.finding.kind for block in page.lead if isinstance(block, Paragraph) and block.style == "note"]
    assert said[-4:] == ["find.event joint", "find.event refused", "find.event open", "find.event fell"]
    assert [section.id for section in page.sections].count("events") == 1
    first = page.lead[0]
    assert isinstance(first, Paragraph)
    assert not first.finding.kind.startswith("find.event")
    alone = replace(both, answers={"events": events.answers["events"]})
    assert [section.id for section in compose(Index.of(alone)).sections] == ["events", "checks", "provenance"]


def test_the_machine_contract_holds_events() -> None:
    record = json.loads(json_text(outcome_of(full_answer())))
    assert [(e["event"], e["outcome"], e["label"]) for e in record["events"]] == [
        ("dispute", "orders", "fell"),
        ("dispute", "deliveries", "refused"),
        ("dispute", "attention", "cannot tell"),
        ("recall", "packs", "fell"),
    ]
    assert record["events"][1]["p"] is None
    assert record["events"][0]["joint"] == ["dispute", "recall"]
    assert any(s["id"] == f"{STEM}.fan" for s in record["series"])


def test_sheets_follow(tmp_path: Path) -> None:
    files = write_report(outcome_of(full_answer()), tmp_path / "out", "en")
    book = openpyxl.load_workbook(io.BytesIO(files[2].read_bytes()))
    cells = {str(c.value) for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.value is not None}
    assert any("This is so; the explanation survives" in cell for cell in cells)
    assert f"{STEM}.gap" in cells
    assert f"{STEM}.fan" in cells
    html = files[0].read_text(encoding="utf-8")
    assert html.count("<svg") == 24  # three events with series, two pictures each, two languages, two widths


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_pictures_are_whole_whatever_the_series_holds(lang: str, width: int) -> None:
    index = index_of(full_answer())
    section = events_section(index)
    assert section is not None
    charts = [c for b in section.blocks if isinstance(b, Figure) for c in b.charts if isinstance(c, TracksChart)]
    path, gap = charts[:2]
    n = len(gap.periods)
    odd = [
        *charts,
        replace(gap, band=tuple((k, -math.inf, math.inf) for k, _, _ in gap.band)),
        replace(gap, band=gap.band[:1], fan=()),
        replace(gap, lines=(replace(gap.lines[0], y=(math.nan,) * n),), band=()),
        replace(
            path, lines=tuple(replace(line, y=(math.nan,) * (n - 1) + (3.0,)) for line in path.lines), band=(), dates=()
        ),
        replace(gap, lines=(replace(gap.lines[0], y=(0.0,) * n),), band=(), fan=()),
    ]
    for chart in odd:
        svg = draw(chart, Variant(Speaker(lang, index.config), width), "about")
        assert "nan" not in svg
        assert "inf" not in svg
        ElementTree.fromstring(svg)


def test_an_interval_never_widens_its_picture() -> None:
    index = index_of(full_answer())
    section = events_section(index)
    assert section is not None
    charts = [c for b in section.blocks if isinstance(b, Figure) for c in b.charts if isinstance(c, TracksChart)]
    variant = Variant(Speaker("en", index.config), WIDE)
    for chart in charts[:2]:
        wide = replace(chart, band=tuple((k, -1e7, 1e7) for k, _, _ in chart.band))
        labels = [re.findall(r"<text[^>]*>([^<]*)</text>", draw(c, variant, "about")) for c in (chart, wide)]
        assert labels[0] == labels[1]
        assert "clip-path" in draw(wide, variant, "about").partition("<polygon")[2].partition("/>")[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_terminal_shows_the_same(lang: str) -> None:
    index = index_of(full_answer())
    texts = render_events(index, lang)
    assert len(texts) == 4
    assert texts[0].sentence == Speaker(lang, index.config).text(
        event_sentence(index, next(iter(index.events.values())))
    )
    assert [len(table.rows) for table in texts[0].tables] == [3, 7, 2]
    assert texts[1].lines[0].startswith(word("find.event decide", lang).partition("{")[0])
