"""From findings to spans of text in one language. The spans keep where each number comes from."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter

from halfstep.core.config import StudyConfig, Text
from halfstep.core.errors import MisuseError
from halfstep.core.period import Period, parse_period
from halfstep.report.finding import (
    Amount,
    Attribute,
    Brand,
    Fact,
    Finding,
    Link,
    Many,
    Need,
    Segment,
    Term,
    Voiced,
    When,
    Words,
)
from halfstep.report.numbers import amount_text
from halfstep.report.words import LANGUAGES, NUMBER_WORDS, resolve, word

__all__ = ["BLOCK", "Span", "Speaker"]

BLOCK = "/"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text; `ref` is the id of the record behind a number, `strong` marks a label, `url` is a page elsewhere."""

    text: str
    ref: str = ""
    strong: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says findings in one language.

    Attributes
    ----------
    lang
        "zh" or "en".
    """

    lang: str
    config: StudyConfig

    def __post_init__(self) -> None:
        """Refuse a language without words."""
        if self.lang not in LANGUAGES:
            raise MisuseError(f"expected a language of {', '.join(LANGUAGES)}; got {self.lang!r}")

    def spans(self, fact: Fact, places: int | None = None) -> list[Span]:
        """Return a fact as spans; `places` fixes the decimals of amounts."""
        if isinstance(fact, Finding):
            return self._finding(fact, places)
        if isinstance(fact, Many):
            return self._many(fact)
        if isinstance(fact, Amount):
            return [Span(self.amount(fact, places), fact.ref)]
        if isinstance(fact, Need):
            return self._need(fact)
        if isinstance(fact, Link):
            return [Span(fact.text, url=fact.url)]
        return [Span(self._plain(fact), strong=isinstance(fact, Term) and fact.key.startswith("label."))]

    def text(self, fact: Fact) -> str:
        """Return a fact as plain text."""
        return "".join(span.text for span in self.spans(fact))

    def amount(self, fact: Amount, places: int | None = None) -> str:
        """Return a number as text."""
        return amount_text(fact, self._number_words(), places)

    def pick(self, text: Text | str) -> str:
        """Return a study text in this language."""
        return text if isinstance(text, str) else text.zh if self.lang == "zh" else text.en

    def brand(self, name: str) -> str:
        """Return a brand's printed name."""
        label = self.config.brands.labels.get(name)
        return name if label is None else self.pick(label)

    def _plain(self, fact: Brand | Attribute | Segment | Term | Voiced | When | Words) -> str:
        if isinstance(fact, Brand):
            return self.brand(fact.name)
        if isinstance(fact, Attribute):
            labels = {a.id: a.label for a in self.config.choice.attributes}
            labels |= {a.id: a.label for a in self.config.attributes}
            return self.pick(labels.get(fact.id, fact.id))
        if isinstance(fact, Segment):
            if fact.id == "all":
                return word("ui.segment all", self.lang)
            labels = {one.id: one.label for one in self.config.choice.types}
            labels |= {s.id: s.label for s in self.config.choice.segments}
            labels |= {s.id: s.label for s in self.config.scope.segments}
            return self.pick(labels.get(fact.id, fact.id))
        if isinstance(fact, When):
            return self._when(fact)
        if isinstance(fact, Voiced):
            return self.pick(self.config.voice.labels.get(fact.id, fact.id))
        return word(fact.key, self.lang) if isinstance(fact, Term) else self.pick(fact.text)

    def _finding(self, finding: Finding, places: int | None = None) -> list[Span]:
        facts = dict(finding.facts)
        out: list[Span] = []
        for literal, name, _, _ in Formatter().parse(word(finding.kind, self.lang)):
            if literal:
                self._append(out, [Span(literal)])
            if name is not None:
                self._append(out, self.spans(facts[name], places) if name in facts else [Span("–")])
        return out

    def _many(self, many: Many) -> list[Span]:
        out: list[Span] = []
        joiner, last = word(many.joiner, self.lang), word(f"{many.joiner} last", self.lang)
        for k, part in enumerate(many.parts):
            if k:
                self._append(out, [Span(last if k == len(many.parts) - 1 else joiner)])
            self._append(out, self.spans(part))
        return out

    def _need(self, need: Need) -> list[Span]:
        kind, parts = resolve(need.group, need.key)
        facts: list[tuple[str, Fact]] = []
        for name, value in parts.items():
            if name in ("half", "which", "cause", "kind", "among"):
                facts.append((name, Term(f"{name}.{value}")))
            elif name == "attribute":
                facts.append((name, Attribute(value)))
            elif name == "unmeasured":
                found = next((u for u in self.config.study.unmeasured if u.en == value), None)
                facts.append((name, Words(value if found is None else Text(en=found.en, zh=found.zh))))
            elif name == "move":
                facts.append((name, Need("move", value)))
            else:
                facts.append((name, Words(value)))
        return self._finding(Finding(kind, tuple(facts)))

    def _append(self, out: list[Span], more: list[Span]) -> None:
        """Append spans; in Chinese a space parts Han characters from Latin ones and figures."""
        before = next((s.text[-1] for s in reversed(out) if s.text), "")
        after = next((s.text[0] for s in more if s.text), "")
        if self.lang == "zh" and before and after and _han(before) != _han(after) and _word(before) and _word(after):
            out.append(Span(" "))
        out.extend(more)

    def _number_words(self) -> dict[str, str]:
        currency = self.pick(self.config.study.currency)
        return NUMBER_WORDS[self.lang] | {"money": "{amount} " + currency}

    def _when(self, when: When) -> str:
        ends = when.key.split(BLOCK)
        if when.short or self.lang == "en":
            return "–".join(ends)
        try:
            parsed = [parse_period(end) for end in ends]
        except MisuseError:
            return "–".join(ends)
        if parsed[0].frequency == 1:
            return "–".join(ends) + " 年"
        return "至".join(_han_period(p) for p in parsed)


def _han_period(period: Period) -> str:
    if period.frequency == 4:
        return f"{period.year} 年第 {period.season + 1} 季度"
    return f"{period.year} 年 {period.season + 1} 月"


def _han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _word(character: str) -> bool:
    return character.isalnum() or character in "%−+<>"
