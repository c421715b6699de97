"""study.toml as text: a proposal written out, every guess marked and every column that is left out accounted for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from halfstep.data.propose.attributes import Measured
from halfstep.data.propose.headers import BASES, read_header, slug
from halfstep.data.propose.mapping import TableMap
from halfstep.data.propose.proposal import Facts, Proposal

__all__ = ["Say", "study_text"]

Say = Callable[[str, Facts], str]
"""Words a key with its facts; the data floor words nothing itself."""

SECTIONS = {
    "sales": "columns", "markets": "market_columns", "reach": "reach_columns", "flow": "flow_columns",
    "second_choices": "second_choice_columns", "press": "press_columns",
}  # fmt: skip
POOLED = {12: 12, 4: 4}
"""Periods in a year -> periods that are pooled where a brand has few models: a year."""
MARGIN = 0.03


@dataclass(frozen=True, slots=True)
class _Writer:
    proposal: Proposal
    files: Mapping[str, str]
    say: Say

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file."""
        yield self.note("draft.head")
        yield from self._study()
        yield from ("", "[tables]", *(f"{kind} = {_toml(self.files[m.table.file])}" for kind, m in self._maps()))
        for kind, table in self._maps():
            yield from ("", f"[{SECTIONS[kind]}]", *self._columns(kind, table))
        sales = self.proposal.maps.get("sales")
        if sales is not None:
            yield from self._attributes(sales.attributes)
            yield from self._of_sales()
        if self.proposal.market or self.proposal.metrics:
            yield from self._press()

    def note(self, key: str, facts: Facts = ()) -> str:
        """Return a comment; one line for each line of its words."""
        known = tuple((name, fact if not isinstance(fact, str) else " ".join(_clean(fact))) for name, fact in facts)
        return "\n".join(f"# {line}" for line in _clean(self.say(key, known)))

    def _maps(self) -> Iterable[tuple[str, TableMap]]:
        return ((kind, self.proposal.maps[kind]) for kind in SECTIONS if kind in self.proposal.maps)

    def _guess(self, key: str) -> str:
        """Return the comment that marks a guessed setting; nothing where it was said."""
        found = next(((why, facts) for name, why, facts in self.proposal.guessed if name == key), None)
        return "" if found is None else self._marked(*found)

    def _marked(self, why: str, facts: Facts = ()) -> str:
        return f"  # {' '.join(_clean(self.say('draft.guessed', (('why', self.say(why, facts)),))))}"

    def _study(self) -> Iterator[str]:
        p = self.proposal
        pair = (p.focal, p.benchmarks[0])
        yield "\n[study]"
        yield f"title = {_both(f'{pair[0]} against {pair[1]}', _joined(pair[0], '对', pair[1]))}"
        yield f"focal = {_toml(p.focal)}{self._guess('focal')}"
        yield f"benchmarks = {_toml(list(p.benchmarks))}{self._guess('benchmarks')}"
        unknown = (
            ("units of the price column", "价格列的单位")
            if "sales" in p.maps
            else ("money of the bands", "价格带的货币")
        )
        money = unknown if p.money is None else (p.money.en, p.money.zh)
        yield f"currency = {_both(*money)}{self._guess('currency')}"
        yield f"as_of = {_toml(p.as_of)}{self._marked('draft.as_of')}"
        yield f"margin = {MARGIN}{self._marked('draft.margin')}"
        reason = ("3% of the benchmark's price, as halfstep new proposes; fixed before any result was seen",
                  "基准品牌价格的 3%，由 halfstep new 提出，在看到任何结果之前定下")  # fmt: skip
        yield f"margin_reason = {_both(*reason)}"
        if "sales" in p.maps:
            yield self.note("draft.unmeasured")
            yield f"unmeasured = [{_both('quality that the table does not list', '表中没有列出的品质')}]"
            yield f"unseen_quality_max = {p.unseen:g}{self._guess('unseen_quality_max')}"

    def _columns(self, kind: str, table: TableMap) -> Iterator[str]:
        others = self._other_prices(table) if kind == "sales" else {}
        for column in table.columns:
            if column.role not in ("", "attribute"):
                mark = "" if column.sure else self._marked(column.why)
                yield f"{column.role} = {_toml(column.name)}{mark}"
            if kind == "sales" and column.role == "quantity":
                if column.why == "role.share":
                    yield 'quantity_kind = "share"'
                yield f"outcome = {_toml(self.proposal.outcome)}"
            if kind == "sales" and column.role == "price":
                yield f"price_basis = {_toml(self.proposal.basis)}{self._guess('price_basis')}"
        if others:
            yield f"other_prices = {{ {', '.join(f'{basis} = {_toml(name)}' for basis, name in others.items())} }}"
        for column in table.columns:
            if not column.role and column.name not in others.values():
                facts = (("column", column.name), ("why", self.say(column.why, (("like", column.like),))))
                yield self.note("draft.left out", facts)

    def _other_prices(self, table: TableMap) -> dict[str, str]:
        """Return basis -> column of prices of the same rows on another basis."""
        others: dict[str, str] = {}
        for column in table.columns:
            basis = read_header(column.name).says(BASES)
            whole = column.why == "unused.price" and table.profiles[column.name].filled == 1
            if whole and basis and basis != self.proposal.basis:
                others.setdefault(basis, column.name)
        return others

    def _attributes(self, attributes: Iterable[Measured]) -> Iterator[str]:
        taken: list[str] = []
        yield "\n" + self.note("draft.attributes")
        for one in attributes:
            taken.append(slug(one.column.name, taken))
            yield f"\n[[attributes]]\nid = {_toml(taken[-1])}"
            yield f"label = {_toml(_label(one.column.name))}"
            yield f"columns = {_toml([one.column.name])}"
            yield f"transform = {_toml(one.transform)}{self._marked(f'attribute.{one.transform}')}"
            yield f'# better = "more"  # {" ".join(_clean(self.say("draft.better", ())))}'

    def _of_sales(self) -> Iterator[str]:
        p = self.proposal
        if p.aliases:
            yield f"\n[brands.aliases]{self._marked('draft.aliases')}"
            yield from (f"{_toml(other)} = {_toml(name)}" for other, name in p.aliases)
        if p.frequency in POOLED:
            yield f"\n[scope.pooling]\nwindow = {POOLED[p.frequency]}{self._marked('draft.pooling')}"
        if p.edges:
            yield f"\n[bands]\nedges = {_toml(list(p.edges))}{self._guess('edges')}"
        yield "\n" + self.note("draft.demand") + '\n# [demand]\n# instruments = ["local"]'
        yield self.note("draft.random") + '\n# [[demand.random.tastes]]\n# of = "price"'

    def _press(self) -> Iterator[str]:
        yield "\n[press]"
        if self.proposal.market:
            yield f"market = {_toml(self.proposal.market)}{self._marked('draft.market word')}"
        if self.proposal.metrics:
            yield f"\n[press.metrics]{self._marked('draft.metrics')}"
            yield from (f"{_toml(word)} = {_toml(known)}" for word, known in self.proposal.metrics)


def study_text(proposal: Proposal, files: Mapping[str, str], say: Say) -> str:
    """Return study.toml.

    Parameters
    ----------
    proposal
        Without faults.
    files
        Name of each table's file -> how study.toml is to name it.
    say
        Words of comments.
    """
    return "\n".join(_Writer(proposal, files, say).lines()) + "\n"


def _toml(value: str | float | list[str] | list[float]) -> str:
    """Write a value; a JSON text is a TOML text but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _both(en: str, zh: str) -> str:
    return f"{{ en = {_toml(en)}, zh = {_toml(zh)} }}"


def _joined(*parts: str) -> str:
    """Join names and a Chinese word; a blank parts Han characters from Latin ones."""
    text = parts[0]
    for part in parts[1:]:
        latin = [end.isascii() and end.isalnum() for end in (text[-1:], part[:1])]
        text += " " + part if latin[0] != latin[1] else part
    return text


def _label(name: str) -> str:
    return " ".join(name.replace("_", " ").split()) or name


def _clean(text: str) -> list[str]:
    """Return the lines of a comment without what TOML does not allow in one."""
    return [re.sub(r"[\x00-\x1f\x7f\u2028\u2029\x85]+", " ", line) for line in text.split("\n")]
