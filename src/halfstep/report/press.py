"""The section on printed figures: what they say together, what they do not, and every figure as printed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from halfstep.core.check import Check, Status
from halfstep.core.config import Text
from halfstep.core.estimate import Refusal
from halfstep.data.cells.quantities import read_quantity
from halfstep.data.press import Figure as Printed
from halfstep.press.writer import band_text, counted_as
from halfstep.report.charts import RowMark, RowsChart
from halfstep.report.comparison import needs_of
from halfstep.report.finding import Amount, Brand, Fact, Finding, Form, Link, Many, Term, When, Words
from halfstep.report.index import Index
from halfstep.report.page import Block, Cell, Figure, Grid, Listing, Paragraph, Row, Section
from halfstep.report.words import NUMBER_WORDS, known

__all__ = ["figure_label", "press_lead", "press_section", "press_sentence", "worded"]

SUBJECTS = (
    ("targets", ("press.progress.",)),
    ("profits", ("press.gross_profit.",)),
    ("together", ("press.weight.", "press.conflict.")),
    ("sources", ("press.rank.", "press.apart.")),
    ("changes", ("press.change.", "press.unlike.")),
)
"""Parts of the section, and what the ids of their sentences start with."""
LEAD = ("press.conflict.", "press.progress.", "press.weight.", "press.gross_profit.", "press.rank.")
PERIODS = ("period", "before", "after", "short", "long")
DAYS = ("day", "since", "eve", "start")
MOST_LEAD = 6


def press_section(index: Index) -> Section | None:
    """Return what printed figures say; None where there are none."""
    press = index.outcome.inputs.press
    if press is None or not press.figures:
        return None
    blocks: list[Block] = [Paragraph(Finding("find.press about"), "note")]
    for subject, stems in SUBJECTS:
        found = tuple(sentence for stem in stems for sentence in _sentences(index, stem))
        if found:
            blocks += [Paragraph(Finding(f"find.press {subject}"), "subtitle"), Listing(found)]
    chart = _shares(index, press.figures)
    blocks += [*(() if chart is None else (chart,)), _grid(index, press.figures)]
    return Section("press", Finding("ui.section press"), tuple(blocks))


def press_lead(index: Index) -> list[Finding]:
    """Return the sentences that a reader of a page on printed figures alone must see first; one of each kind at least."""
    found = [list(_sentences(index, stem)) for stem in LEAD]
    firsts = [sentences[0] for sentences in found if sentences]
    more = [s for sentences in found for s in sentences[1:]]
    kept = (firsts + more)[:MOST_LEAD]
    return [s for sentences in found for s in sentences if s in kept]


def _sentences(index: Index, stem: str) -> Iterator[Finding]:
    """Yield the sentences of one subject: checks first, then what was refused."""
    for check in (c for c in index.checks if c.id.startswith(stem)):
        yield press_sentence(index, check)
    for refusal in (r for r in index.refusals if r.id.startswith(stem)):
        yield press_sentence(index, refusal)


def press_sentence(index: Index, record: Check | Refusal) -> Finding:
    """Return what a check or a refusal of the press room says."""
    return _said(index, record) if isinstance(record, Check) else _refused(index, record)


def _said(index: Index, check: Check) -> Finding:
    facts = dict(check.facts)
    told: list[tuple[str, Fact]] = [(name, _fact(index, name, value, check.id)) for name, value in check.facts]
    stem = str(facts.get("estimate", "")).rpartition(".")[0]
    for name in ("reached", "rate", "needed"):
        bound = index.bound(f"{stem}.{name}")
        if bound is not None:
            amount = replace(index.amount(bound, "interval"), places=1 if name == "reached" else 0)
            told.append((name, replace(amount, lo=-math.inf) if bound.lo == 0 else amount))
    for name, key in (
        ("weight", "estimate"),
        ("change", "estimate"),
        ("profit", "estimate"),
        ("whole_profit", "whole_estimate"),
    ):
        told += _amounts(index, name, str(facts.get(key, "")))
    why = check.why
    if why == "press progress" and facts.get("earlier"):
        why = "press progress since launch"
    if (
        why.startswith("press weight")
        and isinstance(facts.get("printed"), float)
        and not math.isnan(float(facts["printed"]))
    ):
        told.append(
            (
                "about",
                Finding(
                    "find.press about printed",
                    (("printed", _fact(index, "printed", float(facts["printed"]), check.id)),),
                ),
            )
        )
    else:
        told.append(("about", Words("")))
    sentence: Fact = Finding(f"why.{why}", tuple(told))
    if check.do and check.status is not Status.PASS:
        sentence = Many((sentence, Finding(f"do.{check.do}", tuple(told))), "ui.then")
    return Finding("find.keyed", (("text", sentence),))


def _amounts(index: Index, name: str, estimate: str) -> Iterator[tuple[str, Fact]]:
    """Yield a bound as it is printed: a share, a change in points, or a sum as the language counts large ones."""
    bound = index.bound(estimate)
    if bound is None:
        return
    amount = index.amount(bound, "interval")
    if name.endswith("profit"):
        yield name, replace(amount, unit="large")
    elif name == "change":
        points = bound.unit == "share"
        yield name, replace(amount, unit="points" if points else "share", form="interval")
    else:
        yield name, replace(amount, places=0)


def _refused(index: Index, refusal: Refusal) -> Finding:
    facts: list[tuple[str, Fact]] = [(name, _fact(index, name, value)) for name, value in refusal.facts]
    why = Finding(f"why.{refusal.why}", tuple(facts))
    if not refusal.needs:
        return Finding("find.keyed", (("text", why),))
    return Finding("find.press refused", (("why", why), ("needs", needs_of(index, refusal.needs))))


def _fact(index: Index, name: str, value: str | float, check: str = "") -> Fact:
    ref = f"{check}|{name}" if check else ""
    if isinstance(value, str):
        if name in ("brand", "benchmark"):
            return Brand(value)
        if name == "metric":
            return _metric(index, value)
        if name == "band" and not value:
            return Term("ui.all prices")
        if name in DAYS:
            return Words(Text(en=value, zh="{} 年 {} 月 {} 日".format(*(int(part) for part in value.split("-")))))
        return When(value) if name in PERIODS and value else worded(index, value)
    form: Form = "value"
    if name == "printed":
        return Amount(float(value), "share", ref=ref, form=form, places=0)
    return Amount(float(value), "count", ref=ref, form=form)


def _metric(index: Index, name: str) -> Fact:
    """Return the words of a metric; one that only the study has, by the words that the study has for it."""
    return Term(f"metric.{name}") if known(f"metric.{name}") else worded(index, name)


def worded(index: Index, text: str) -> Words:
    """Return a text of the table in both languages: by the words that the study has for its parts; a figure by its sense."""
    en, zh = _plain_english(text), text
    brands = {name: label for name, label in index.config.brands.labels.items() if name in text}
    for word, label in sorted((index.config.press.labels | brands).items(), key=lambda item: -len(item[0])):
        en, zh = en.replace(word, label.en), zh.replace(word, label.zh)
    if zh != text:
        zh = zh.replace(", ", "，").replace("; ", "；").replace(": ", "：")
    return Words(Text(en=en, zh=zh) if (en, zh) != (text, text) else text)


def _plain_english(text: str) -> str:
    """Return a figure in English where it is printed in Chinese; any other text as it is.

    Examples
    --------
    >>> _plain_english("超过25.8万台"), _plain_english("17-18%"), _plain_english("181亿元")
    ('more than 258,000', '17-18%', '18.1 bn')
    """
    quantity = None if text.isascii() else read_quantity(text)
    if quantity is None or quantity.value is None:
        return text
    billions = abs(quantity.value) >= 1e9
    number = f"{quantity.value / 1e9:,.6g} bn" if billions else f"{quantity.value:,.10g}"
    return number if quantity.hedge == "exact" else f"{quantity.hedge} {number}"


def _shares(index: Index, figures: tuple[Printed, ...]) -> Figure | None:
    """Return the focal brand's shares by band, each with what its wording leaves open."""
    focal = index.config.study.focal
    mine = [f for f in figures if f.entity == focal and f.metric == "share" and f.kind == "fact"]
    mine.sort(key=lambda f: (f.band, f.span.first_day, f.span.last_day, f.row))
    if len(mine) < 2:
        return None
    rows = tuple(RowMark(figure_label(index, f), 100 * f.value, 100 * f.lo, 100 * f.hi, "other") for f in mine)
    chart = RowsChart("press-shares", rows, Term("ui.axis printed share"), bars=False)
    title = Finding("find.press shares title", (("brand", Brand(focal)),))
    return Figure(title, (chart,), Finding("find.press shares caption"))


def figure_label(index: Index, figure: Printed) -> Finding:
    """Return band, period and whose count of a printed figure."""
    band = band_text(figure.band)
    facts: tuple[tuple[str, Fact], ...] = (
        ("band", Words(band) if band else Term("ui.all prices")), ("period", When(figure.span.key, short=True)),
        ("counted", worded(index, counted_as(figure))),
    )  # fmt: skip
    return Finding("find.press label" if counted_as(figure) else "find.press label bare", facts)


def _grid(index: Index, figures: tuple[Printed, ...]) -> Grid:
    heads = ("of whom", "as printed", "read as", "period", "band", "counted", "known", "source page", "row")
    columns = tuple(Term(f"ui.press {head}") for head in heads)
    title = Finding("find.press grid", (("n", Amount(len(figures), "count")),))
    return Grid("press", title, columns, tuple(_row(index, f) for f in figures))


def _row(index: Index, figure: Printed) -> Row:
    band = band_text(figure.band)
    whom = Finding("find.press of whom" if figure.kind == "fact" else "find.press of whom, kind", (
        ("brand", Brand(figure.entity)), ("metric", _metric(index, figure.metric)), ("kind", Term(f"kind.{figure.kind}")),
    ))  # fmt: skip
    counted = ", ".join(part for part in (figure.perimeter, figure.place, counted_as(figure)) if part)
    return Row((
        Cell((whom,), "label"), Cell((worded(index, figure.text),), "number"), Cell((_read_as(figure),), "number"),
        Cell((When(figure.span.key, short=True),)), Cell((Words(band) if band else Term("ui.all prices"),)),
        Cell((worded(index, counted) if counted else Term("ui.none"),)),
        Cell((Words(figure.first_known) if figure.first_known else Term("ui.none"),)),
        Cell((_page(figure.url),)), Cell((Words(str(figure.row)),), "number"),
    ))  # fmt: skip


def _read_as(figure: Printed) -> Fact:
    """Return the set that a figure stands for: shares in per cent, large counts in billions (en) and in 10^8 or 10^4 (zh)."""
    amount = Amount(figure.value, "share", figure.lo, figure.hi, form="interval" if figure.lo < figure.hi else "value")
    if figure.unit == "share":
        return amount
    size = abs(figure.value)
    en = (1e9, " bn") if size >= 1e9 else (1e6, " m") if size >= 1e6 else (1.0, "")
    zh = (1e8, " 亿") if size >= 1e8 else (1e4, " 万") if size >= 1e4 else (1.0, "")
    return Words(Text(en=_ends(figure, *en, "en"), zh=_ends(figure, *zh, "zh")))


def _ends(figure: Printed, scale: float, unit: str, lang: str) -> str:
    words = NUMBER_WORDS[lang]
    lo, hi = (f"{end / scale:,.6g}{unit}" for end in (figure.lo, figure.hi))
    if figure.lo == figure.hi:
        return lo
    if math.isinf(figure.hi) or math.isinf(figure.lo):
        return words["at least" if math.isinf(figure.hi) else "at most"].format(
            value=lo if math.isinf(figure.hi) else hi
        )
    return words["to"].format(lo=lo.removesuffix(unit), hi=hi)


def _page(url: str) -> Fact:
    parts = urlsplit(url) if url.startswith(("http://", "https://")) else None
    return (
        Link(parts.netloc.removeprefix("www."), url)
        if parts and parts.netloc
        else Words(url)
        if url
        else Term("ui.none")
    )
