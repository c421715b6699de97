"""study.toml for a table of claims: columns, and for every claim a stub that says what it takes, commented out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from halfstep.data.propose.claims import ClaimSheet, RawClaim, known_word
from halfstep.data.propose.proposal import Facts

__all__ = ["LOOKS", "claims_rows", "claims_study", "clean"]

Say = Callable[[str, Facts], str]

LOOKS: dict[str, tuple[str, ...]] = {
    "fact": ("quantity", "says"),
    "causal": ("comparison", "says"),
    "necessity": ("counterexample", "says"),
    "equivalence": ("verdict", "says"),
    "forecast": ("rule", "made", "fixed", "due", "quantity"),
    "opinion": (),
    "": (),
}
"""Kind of claim -> what somebody must still write down before it can be looked at."""

_QUANTITY = {
    "fact": 'figures = [{ entity = "", metric = "", period = "", base = "", perimeter = "" }]',
    "forecast": 'figures = [{ entity = "", metric = "", period = "", base = "" }]',
    "causal": 'estimate = "event.<event>.<outcome>"',
    "necessity": 'figures = [{ entity = "", metric = "", period = "" }]',
    "equivalence": 'verdict = "<verdict>"',
}
_REGION = {"more than": "above = ", "at most": "at_most = "}
"""Hedge -> the end of the region that it names; the number is the claim's own and nobody else's."""
_ORDER = (
    "id",
    "statement_en",
    "statement_zh",
    "paragraph",
    "speaker",
    "kind",
    "base",
    "hedge",
    "grade",
    "as_of",
    "needs",
    "url",
)
_NEEDED = ("id", "kind", "base", "hedge", "grade")
"""Heads that claims.csv has even where the table has no such column: they are to be filled in."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")
_FORMULA = ("=", "+", "-", "@")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def clean(text: str) -> str:
    """Return a text on one line without control characters, terminal escapes and marks that turn the direction of writing."""
    return _CONTROL.sub(" ", text).strip()


def claims_rows(sheet: ClaimSheet) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return heads and rows of claims.csv: the table's own cells under the readers' heads, known words for known meanings.

    A word for nothing stays as it is, for somebody to decide. A cell that a spreadsheet would run as a formula gets a blank in front,
    which the readers take off again.
    """
    filled = {role for claim in sheet.claims for role in claim.cells}
    heads = tuple(role for role in _ORDER if role in filled or role in _NEEDED)
    return heads, [tuple(_cell(claim, role) for role in heads) for claim in sheet.claims]


def claims_study(sheet: ClaimSheet, file: str, day: str, say: Say) -> str:
    """Return the skeleton of study.toml.

    Parameters
    ----------
    file
        How study.toml is to name the table.
    day
        Day on which the skeleton is made: the study's as-of date and the day on which rules are written down, until somebody says another.
    say
        Words of comments.
    """
    return "\n".join(_Skeleton(sheet, file, day, say).lines()) + "\n"


def _cell(claim: RawClaim, role: str) -> str:
    cell = claim.id if role == "id" else claim.cells.get(role, "")
    if role in ("kind", "hedge", "grade"):
        cell = known_word(role, cell) or cell
    cell = clean(cell)
    return f" {cell}" if cell.startswith(_FORMULA) else cell


def _toml(text: str) -> str:
    """Quote a text for TOML; a JSON text is one, once what TOML or a terminal would act on is written as an escape."""
    return re.sub(_CONTROL.pattern.removesuffix("+"), lambda m: f"\\u{ord(m[0]):04x}" if not 0xD800 <= ord(m[0]) <= 0xDFFF else "?", json.dumps(text, ensure_ascii=False))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Skeleton:
    sheet: ClaimSheet
    file: str
    day: str
    say: Say

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file."""
        yield self.note("skeleton.head")
        yield from self._study()
        yield from (
            "",
            "[tables]",
            f"claims = {_toml(self.file)}",
            '# press = "press.csv"  # ' + self.words("skeleton.press"),
        )
        yield from ("", "[claim_columns]", *self._columns())
        yield from self._source()
        names = _names(self.sheet.claims)
        for claim in self.sheet.claims:
            yield from ("", *self._stub(claim, names[claim.id]))

    def words(self, key: str, facts: Facts = ()) -> str:
        """Return words on one line."""
        return clean(self.say(key, tuple((name, clean(f) if isinstance(f, str) else f) for name, f in facts)))

    def note(self, key: str) -> str:
        """Return a comment; one line for each line of its words."""
        return "\n".join(f"# {clean(line)}" for line in self.say(key, ()).split("\n"))

    def fill(self, key: str) -> str:
        """Return the mark of what is to be filled in, with what it is."""
        return self.words("skeleton.fill with", (("what", self.words(f"skeleton.{key}")),))

    def _study(self) -> Iterator[str]:
        yield from ("", "[study]", f"title = {_toml(clean(self.file))}")
        yield f'# focal = ""  # {self.fill("focal")}'
        yield f'# benchmarks = [""]  # {self.fill("benchmarks")}'
        yield f'# currency = ""  # {self.fill("currency")}'
        yield f"as_of = {_toml(self.day)}  # {self.words('skeleton.as_of')}"
        yield f"# margin = 0.03  # {self.fill('margin')}"
        yield f'# margin_reason = ""  # {self.words("skeleton.fill")}'

    def _columns(self) -> Iterator[str]:
        if not self.sheet.usable:
            yield from (f"{role} = {_toml(role)}" for role in claims_rows(self.sheet)[0])
            return
        for column in self.sheet.columns:
            if column.role:
                mark = "" if column.why == "header" else f"  # {self.words('skeleton.by cells')}"
                yield f"{column.role} = {_toml(column.name)}{mark}"
            else:
                yield f"# {self.words('skeleton.left out', (('column', column.name),))}"

    def _source(self) -> Iterator[str]:
        yield from ("", f"# [docket.source]  # {self.words('skeleton.source')}")
        yield from ('# title = { zh = "", en = "" }', '# author = ""', '# day = ""', '# url = ""')

    def _stub(self, claim: RawClaim, name: str) -> Iterator[str]:
        kind = self.words(f"skeleton.kind {claim.kind or 'none'}")
        stated = claim.cells.get("statement_zh") or claim.cells.get("statement_en", "")
        place = (
            self.words("skeleton.place", (("paragraph", claim.cells["paragraph"]),))
            if "paragraph" in claim.cells
            else ""
        )
        yield f"# {' · '.join(part for part in (clean(claim.id), kind, place, clean(claim.cells.get('speaker', ''))) if part)}"
        yield f"# {clean(stated)}"
        if claim.lacks:
            lacks = self.words("skeleton.separator").join(self.words(f"skeleton.role {role}") for role in claim.lacks)
            yield f"# {self.words('skeleton.lacks', (('roles', lacks),))}"
        yield "# " + self.words(f"skeleton.how {claim.kind or 'none'}")
        if claim.kind == "forecast":
            yield from self._forecast(claim, name)
        elif claim.kind in _QUANTITY:
            yield from self._quantity(claim, name)
            yield from ("# [[docket.says]]", f"# claim = {_toml(claim.id)}", f'# quantity = "{name}"')
            yield f"# {self._region(claim)}"

    def _quantity(self, claim: RawClaim, name: str) -> Iterator[str]:
        yield from ("# [[docket.quantities]]", f'# id = "{name}"', '# label = { zh = "", en = "" }')
        yield f"# {_QUANTITY[claim.kind]}"

    def _region(self, claim: RawClaim) -> str:
        if claim.kind == "equivalence":
            return 'label = ["met"]'
        hedge = known_word("hedge", claim.cells.get("hedge", ""))
        end = _REGION.get(hedge, "at_least = ")
        return f"{end} # {self.words('skeleton.region' if hedge not in _REGION else 'skeleton.number')}"

    def _forecast(self, claim: RawClaim, name: str) -> Iterator[str]:
        yield from self._quantity(claim, name)
        by = _toml(clean(claim.cells.get("speaker", "")))
        day = next(iter(_DAY.findall(claim.cells.get("as_of", ""))), "")
        yield from (
            "# [[docket.forecasts]]",
            f'# id = "forecast_{name}"',
            '# label = { zh = "", en = "" }',
            f"# by = {by}",
        )
        yield from (
            f"# claim = {_toml(claim.id)}",
            f'# made = "{day}"',
            f'# fixed = "{self.day}"  # {self.words("skeleton.fixed")}',
        )
        yield from (
            '# due = ""',
            f'# rule = {{ zh = "", en = "" }}  # {self.words("skeleton.rule")}',
            f'# quantity = "{name}"',
        )
        yield f"# {self._region(claim)}"
        yield f"# p =  # {self.words('skeleton.p')}"


def _names(claims: tuple[RawClaim, ...]) -> dict[str, str]:
    """Return claim -> id of its quantity: its own id in small Latin letters where that is one, else its place."""
    out: dict[str, str] = {}
    for n, claim in enumerate(claims, start=1):
        latin = re.sub(r"[^a-z0-9]+", "_", claim.id.lower()).strip("_")
        name = f"of_{latin}" if latin and latin.isascii() else f"of_claim_{n}"
        out[claim.id] = name if name not in out.values() else f"{name}_{n}"
    return out
