"""report.xlsx: the tables of the page and the records of the run, for those who go on computing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import numpy as np

from halfstep.core.estimate import Bound, Origin, Point, Refusal
from halfstep.core.series import Series
from halfstep.report.choice_facts import among
from halfstep.report.comparison import needs_of
from halfstep.report.docket_checks import told_facts
from halfstep.report.docket_sheets import claim_rows, forecast_rows
from halfstep.report.event_facts import STEM, event_check, reason_term
from halfstep.report.facts import figures_of
from halfstep.report.finding import Fact, Finding, Need, Segment, Term, When
from halfstep.report.grid_sheets import grid_sheet, number_format
from halfstep.report.index import Index
from halfstep.report.lenses import breaking_of, judged
from halfstep.report.page import Grid, Listing, Page, Paragraph
from halfstep.report.press import press_sentence
from halfstep.report.say import Speaker
from halfstep.report.trust import guess_finding
from halfstep.report.words import known, word
from halfstep.report.workbook import Column, Entry, Front, Number, Sheet, sheet_name, workbook_bytes

__all__ = ["render_workbook"]

OWN = ("verdicts", "claims", "forecasts", "checks", "guesses", "files", "left-out", "versions")
"""Tables of the page that have a fuller sheet of their own."""
COUNTED = ("period", "threshold", "edge", "band")
"""Parts of a label that are numbers wherever they look like one."""
PRESS = "press."
"""What the ids of the press room start with; it words its own checks and refusals."""
FIGURES = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")
SENTENCES = ("method", "assumptions", "why", "do", "needs", "check", "guess", "statement", "hangs on", "rule", "late")


def render_workbook(page: Page, index: Index, lang: str) -> bytes:
    """Return report.xlsx; the same run and language give the same bytes.

    Parameters
    ----------
    lang
        Of names, heads and sentences, "zh" or "en".
    """
    speaker = Speaker(lang, index.config)
    records = _Records(index, speaker)
    sheets = [records.sheet("verdicts", records.verdicts())]
    for grid in (b for s in page.sections for b in s.blocks if isinstance(b, Grid) and b.id not in OWN):
        key = f"sheet.grid {grid.id}"
        wanted = word(key, lang) if known(key) else speaker.text(grid.title)
        sheets.append(grid_sheet(grid, sheet_name(wanted, [s.name for s in sheets]), speaker))
    docket = {"claims": claim_rows(index, speaker), "forecasts": forecast_rows(index, speaker)}
    own: dict[str, Iterable[dict[str, Entry]]] = {
        **{name: rows for name, rows in docket.items() if rows}, "estimates": records.estimates(), "series": records.series(), "checks": records.checks(),
        "refusals": records.refusals(), "guesses": records.guesses(), "inputs": records.inputs(),
    }  # fmt: skip
    sheets += [records.sheet(name, rows, [s.name for s in sheets]) for name, rows in own.items()]
    return workbook_bytes(_front(page, index, speaker), sheets)


def _front(page: Page, index: Index, speaker: Speaker) -> Front:
    """Return the first sheet: what was asked, the verdict, what would change it."""
    study = index.config.study
    benchmarks = word("ui.list", speaker.lang).join(speaker.brand(b) for b in study.benchmarks)
    lines = [
        (word("sheet.as of", speaker.lang), study.as_of), (word("sheet.focal", speaker.lang), speaker.brand(study.focal)),
        (word("sheet.benchmarks", speaker.lang), benchmarks), (word("head.unit", speaker.lang), speaker.pick(study.currency)), ("", ""),
    ]  # fmt: skip
    head = word("ui.verdict", speaker.lang)
    for block in page.lead:
        if isinstance(block, Paragraph) and block.style == "subtitle":
            head = speaker.text(block.finding)
        elif isinstance(block, Paragraph | Listing):
            for finding in block.items if isinstance(block, Listing) else (block.finding,):
                lines.append((head, speaker.text(finding)))
                head = ""
    banner = "" if page.banner is None else speaker.text(page.banner)
    contents, made = word("ui.contents", speaker.lang), datetime.fromisoformat(study.as_of)
    return Front(word("sheet.summary", speaker.lang), speaker.pick(page.title), banner, tuple(lines), contents, made)


@dataclass(frozen=True, slots=True)
class _Records:
    """The records of a run as rows: name of a column -> entry."""

    index: Index
    speaker: Speaker

    def sheet(self, name: str, rows: Iterable[dict[str, Entry]], taken: Iterable[str] = ()) -> Sheet:
        """Return records as a sheet; a column is named by its key."""
        listed = list(rows)
        names = list(dict.fromkeys(key for row in listed for key in row)) or ["none"]
        lang = self.speaker.lang
        columns = tuple(Column(self._head(key), key in SENTENCES) for key in names)
        entries = tuple(tuple(row.get(key) for key in names) for row in listed)
        return Sheet(
            sheet_name(word(f"sheet.{name}", lang), list(taken)), columns, entries, about=word(f"about.{name}", lang)
        )

    def verdicts(self) -> Iterator[dict[str, Entry]]:
        """Yield every verdict with the number it is read from."""
        for v in self.index.verdicts.values():
            figure = self.index.figure(v.estimate)
            label = v.label if judged(v) or figure is None else "not judged"
            margins = {"margin": v.margin, "met from": v.margin_met, "short up to": v.margin_short}
            chances = {"p": v.p, "p short": v.p_short, "p met": v.p_met, "p ahead": v.p_ahead}
            yield {
                "benchmark": self.speaker.brand(v.benchmark), "segment": self._say(among(v.segment) if v.lens == "choice" else Segment(v.segment)),
                "period": self._say(When(v.period, short=True)), "lens": self._say(Term(f"lens.{v.lens}")), "half": self._say(Term(f"half.{v.half}")),
                "verdict": self._say(Term(f"label.{label}")), **self._interval(figure),
                **{name: None if p is None else Number(p, number_format("probability", p)) for name, p in chances.items()},
                **{name: None if m is None else Number(m, number_format("money", m)) for name, m in margins.items()},
                "breaking": None if (strength := breaking_of(self.index, v)) is None else Number(strength, "0.00"), "family": Number(v.family, "0"),
                "why": self._say(Term(f"why.{v.reason}")), "needs": self._say(needs_of(self.index, v.needs)) if v.needs else None,
                "id": v.id, "estimate": v.estimate,
            }  # fmt: skip

    def estimates(self) -> Iterator[dict[str, Entry]]:
        """Yield every point and bound with its origin."""
        for e in self.index.estimates.values():
            if isinstance(e, Refusal):
                continue
            point = e if isinstance(e, Point) else None
            se, freedom = (None, None) if point is None else (point.se, point.freedom)
            yield {
                "id": e.id, "what": self._say(Need("what", e.what)), **self._interval(e), "tier": Number(int(e.tier), "0"), "n": Number(e.n, "#,##0"),
                "se": None if se is None else Number(se, number_format("money", se)), "freedom": None if freedom is None else Number(freedom, "0.0"),
                **self._origin(e.origin), "method": self._say(Term(f"method.{e.origin.method}")),
                "assumptions": " ".join(self._say(Term(f"assume.{a}")) for a in e.origin.assumptions),
            }  # fmt: skip

    def series(self) -> Iterator[dict[str, Entry]]:
        """Yield every point of every series; each part of a label has its column."""
        dims = dict.fromkeys(f"dim {dim}" for s in self.index.series.values() for dim in s.dims)
        for s in self.index.series.values():
            same: dict[str, Entry] = {"level": Number(s.level, "0.0%"), "unit": self._unit(s.unit)}
            first: dict[str, Entry] = {"id": s.id, "what": self._say(Need("what", s.what)), **dict.fromkeys(dims)}
            names, look = [f"dim {dim}" for dim in s.dims], self._look(s)
            ends = zip(s.value.tolist(), s.lo.tolist(), s.hi.tolist(), s.n.tolist(), strict=True)
            for label, (value, lo, hi, n) in zip(s.index, ends, strict=True):
                parts = map(_part, s.dims, label)
                yield {
                    **first, **dict(zip(names, parts, strict=True)), "value": Number(value, look), "lo": Number(lo, look),
                    "hi": Number(hi, look), **same, "n": Number(n, "#,##0"),
                }  # fmt: skip

    def checks(self) -> Iterator[dict[str, Entry]]:
        """Yield every check."""
        for check in self.index.checks:
            facts = told_facts(self.index, check)
            of_press, of_event = check.id.startswith(PRESS), check.id.startswith(STEM)
            said = event_check(self.index, check) if of_event else Finding(f"why.{check.why}", facts)
            said = press_sentence(self.index, check) if of_press else said
            do = self._say(Finding(f"do.{check.do}", facts)) if check.do else None
            yield {
                "status": self._say(Term(f"status.{check.status}")), "check": " ".join(self._say(f) for f in (said, figures_of(check)) if f is not None),
                "do": do, "id": check.id,
            }  # fmt: skip

    def refusals(self) -> Iterator[dict[str, Entry]]:
        """Yield what was not answered, and the rooms that did not look."""
        for r in self.index.refusals:
            reason = reason_term(r.why) if r.id.startswith(STEM) else Term(f"why.{r.why}")
            why = press_sentence(self.index, r) if r.id.startswith(PRESS) else reason
            yield {
                "what": self._say(Need("what", r.what)), "why": self._say(why),
                "needs": self._say(needs_of(self.index, r.needs)), "id": r.id, **self._origin(r.origin),
            }  # fmt: skip
        for name, answer in self.index.outcome.answers.items():
            if answer.dark:
                room, dark = self._say(Term(f"room.{name}")), word("sheet.dark", self.speaker.lang)
                yield {"what": room, "why": dark, "needs": answer.dark, "room": name}

    def guesses(self) -> Iterator[dict[str, Entry]]:
        """Yield what the readers decided without being told."""
        for g in self.index.outcome.guesses:
            yield {
                "guess": self._say(guess_finding(g)), "table": g.table, "column": g.column,
                "row": None if g.row is None else Number(g.row, "0"), "count": Number(g.count, "#,##0"),
            }  # fmt: skip

    def inputs(self) -> Iterator[dict[str, Entry]]:
        """Yield what the run was made of."""
        outcome, study, lang = self.index.outcome, self.index.config.study, self.speaker.lang
        given: dict[str, Entry] = {
            "as of": study.as_of, "seed": Number(study.seed, "0"), "level": Number(self.index.config.gap.level, "0.0%"),
            "confidence": Number(self.index.config.gap.confidence, "0.0%"), "margin": Number(study.margin, "0.0%"),
            "margin reason": self.speaker.pick(study.margin_reason), "tier": self._say(Term(f"tier.{self.index.tier}")),
        }  # fmt: skip
        left = {self._say(Term(f"left.{reason}")): Number(n, "#,##0") for reason, n in outcome.left_out.items()}
        groups: dict[str, dict[str, Entry]] = {
            "file": dict(outcome.files), "setting": {word(f"sheet.{name}", lang): entry for name, entry in given.items()},
            "left out": dict(left), "program": dict(outcome.versions),
        }  # fmt: skip
        for group, entries in groups.items():
            for name, entry in entries.items():
                yield {"group": word(f"sheet.{group}", lang), "name": name, "entry": entry}

    def _head(self, key: str) -> str:
        return word(f"head.{key}", self.speaker.lang) if known(f"head.{key}") else key.removeprefix("dim ")

    def _say(self, fact: Fact) -> str:
        return self.speaker.text(fact)

    def _unit(self, unit: str) -> str:
        if self.index.unit(unit) == "money":
            return self.speaker.pick(self.index.config.study.currency)
        return word(f"ui.unit {unit}", self.speaker.lang)

    def _interval(self, record: Point | Bound | None) -> dict[str, Entry]:
        """Return a record's number, the ends of its interval, its coverage and its unit; a bound has no number."""
        if record is None:
            return dict.fromkeys(("value", "lo", "hi", "level", "unit"))
        point = record if isinstance(record, Point) else None
        shown = (record.lo + record.hi) / 2 if point is None else point.value
        look = number_format(self.index.unit(record.unit), shown, record.lo, record.hi)
        return {
            "value": None if point is None else Number(point.value, look), "lo": Number(record.lo, look), "hi": Number(record.hi, look),
            "level": None if point is None else Number(point.level, "0.0%"), "unit": self._unit(record.unit),
        }  # fmt: skip

    def _look(self, s: Series) -> str:
        """Return one format for all points of a series; none where its points are of several kinds."""
        unit = self.index.unit(s.unit)
        known = s.value[np.isfinite(s.value)]
        return "General" if " and " in unit or not known.size else number_format(unit, float(abs(known).max()))

    def _origin(self, origin: Origin) -> dict[str, Entry]:
        return {
            "room": origin.room,
            "table": origin.table,
            "rows": origin.rows,
            "rows used": Number(origin.rows_used, "#,##0"),
        }


@cache
def _part(dim: str, text: str) -> Entry:
    """Return a part of a label; periods and prices that are plain numbers become numbers."""
    return Number(float(text)) if dim in COUNTED and FIGURES.fullmatch(text) else text
