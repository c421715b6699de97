"""The section on what people say, and what of it stands at the head of the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from halfstep.core.check import Check
from halfstep.core.estimate import Bound, Refusal
from halfstep.report.charts import Line, LinesChart
from halfstep.report.comparison import needs_of
from halfstep.report.facts import check_facts
from halfstep.report.finding import Amount, Fact, Finding, Many, Need, Term, Voiced, When
from halfstep.report.index import Index
from halfstep.report.page import Block, Figure, Listing, Paragraph, Section
from halfstep.report.paths import years
from halfstep.report.voice_grids import (
    attack_grid,
    budget_grid,
    burst_grid,
    coded_grid,
    codings_grid,
    focus,
    heat_grids,
    parts_grid,
    said_by_grid,
    stance_grids,
    steadiness_grid,
)

__all__ = ["voice_lead", "voice_section"]

DRAWN = 6
"""Lines in the picture of attention; report.json has all names."""
TOLD = {
    "reading": ("reader", "audit", "rejected", "copies", "judge", "shift"),
    "attention": ("entangled", "half_life", "volatility", "flips", "content", "fame"),
    "bursts": ("bursts",),
    "controversies": ("agreement",),
    "replies": ("replies", "cascades"),
}
"""Part of the section -> checks told in it; ids may go on after a dot."""
REFUSED = {
    "reading": ("utterances",), "attention": ("difference",), "bursts": (), "controversies": ("agreement",), "replies": ("replies",),
}  # fmt: skip
"""Part of the section -> refusals told in it; those of a name's own figures stand in its table."""


def voice_section(index: Index) -> Section | None:
    """Return what people say; None where there is neither a table of utterances nor a ledger of controversies."""
    answer = index.outcome.answers.get("voice")
    if answer is None or answer.dark:
        return None
    blocks: list[Block] = [Paragraph(Finding("find.voice about"), "note"), *_told(index, "reading")]
    parts = {
        "attention": (
            *_drawn(index),
            *said_by_grid(index),
            *parts_grid(index),
            *_told(index, "attention"),
            *steadiness_grid(index),
            *codings_grid(index),
        ),
        "touchpoints": (*heat_grids(index), *stance_grids(index), *_untold(index), *budget_grid(index)),
        "bursts": (*_told(index, "bursts"), *burst_grid(index)),
        "controversies": (*_told(index, "controversies"), *coded_grid(index), *attack_grid(index)),
        "replies": tuple(_told(index, "replies")),
    }
    for part, found in parts.items():
        if found:
            blocks += [Paragraph(Finding(f"ui.voice {part}"), "subtitle"), *found]
    return Section("voice", Finding("ui.section voice"), tuple(blocks))


def voice_lead(index: Index) -> list[Finding]:
    """Return the sentences that the reader of a page on voice must see first."""
    found = [_founder(index, bound) for bound in index.starting("voice.founder share.") if isinstance(bound, Bound)]
    for name in ("half_life", "replies", "bursts", "agreement", "reader"):
        found += [Finding(f"why.{check.why}", check_facts(check)) for check in _checks(index, name)]
    return found


def _founder(index: Index, bound: Bound) -> Finding:
    """Say how much of the attention to a brand is its founder's, and how much cannot be split."""
    brand = bound.id.removeprefix("voice.founder share.")
    both = Amount(bound.hi - bound.lo, "share")
    if bound.lo == bound.hi:
        alone = replace(index.amount(bound), lo=bound.lo, hi=bound.hi, form="value")
        return Finding("find.voice founder alone", (("brand", Voiced(brand)), ("share", alone)))
    return Finding(
        "find.voice founder share",
        (("brand", Voiced(brand)), ("share", index.amount(bound, "interval")), ("both", both)),
    )


def _checks(index: Index, name: str) -> Iterator[Check]:
    return (c for c in index.checks if f"{c.id}.".startswith(f"voice.{name}."))


def _told(index: Index, part: str) -> Iterator[Block]:
    """Yield the checks of a part as sentences, with what to do about them."""
    said: list[Finding] = []
    for name in TOLD[part]:
        for check in (c for c in index.checks if f"{c.id}.".startswith(f"voice.{name}.")):
            facts = check_facts(check)
            sentence: Fact = Finding(f"why.{check.why}", facts)
            if check.do:
                sentence = Many((sentence, Finding(f"do.{check.do}", facts)), "ui.then")
            said.append(Finding("find.keyed", (("text", sentence),)))
    if part == "attention":
        said = [*(_founder(index, b) for b in index.starting("voice.founder share.") if isinstance(b, Bound)), *said]
    stems = tuple(f"voice.{name}." for name in REFUSED[part])
    said += [_refused(index, r) for r in index.refusals if stems and r.id.startswith(stems)]
    if said:
        yield Listing(tuple(said))


def _refused(index: Index, refusal: Refusal) -> Finding:
    facts = tuple(
        (name, Voiced(value) if isinstance(value, str) else Amount(value, "count")) for name, value in refusal.facts
    )
    why = Finding(f"why.{refusal.why}", facts)
    kind = "find.voice refused pair" if "founder" in dict(facts) else "find.voice refused"
    what = ("what", Need("what", refusal.what))
    return Finding(kind, (*facts, what, ("why", why), ("needs", needs_of(index, refusal.needs))))


def _untold(index: Index) -> Iterator[Block]:
    """Yield why shares are missing, those of one reason together, with the posts that people would have to read."""
    groups: dict[tuple[str, tuple[str, ...]], list[Refusal]] = {}
    for refusal in index.refusals:
        if refusal.id.startswith(("voice.touchpoints.", "voice.stance.", "voice.polarity.")):
            groups.setdefault((refusal.why, refusal.needs), []).append(refusal)
    said = []
    for (why, needs), found in groups.items():
        more = [
            float(value)
            for r in found
            for name, value in r.facts
            if name == "more" and r.why != "voice constancy untested"
        ]
        facts: tuple[tuple[str, Fact], ...] = (
            ("why", Term(f"why.{why}")), ("n", Amount(len(found), "count")), ("needs", needs_of(index, needs)),
            ("more", Amount(max(more, default=0.0), "count")),
        )  # fmt: skip
        said.append(Finding("find.voice untold more" if more else "find.voice untold", facts))
    if said:
        yield Listing(tuple(said))


def _drawn(index: Index) -> Iterator[Block]:
    """Yield attention over time of the names that are spoken of most, period by period."""
    series = index.series.get("voice.attention")
    if series is None:
        return
    periods = sorted({label[1] for label in series.index}, key=_middle)
    if len(periods) < 2:
        return
    names = focus(index)[:DRAWN]
    lines = []
    for turn, name in enumerate(names):
        at = [k for k, label in enumerate(series.index) if label[0] == name]
        x = tuple(_middle(series.index[k][1]) for k in at)
        y = tuple(float(series.value[k]) for k in at)
        lines.append(Line("", "focal" if not turn else "other", x, y, turn=turn, label=Voiced(name)))
    kind = "list" if series.what.endswith("list") else "voice"
    chart = LinesChart(
        "voice-attention",
        tuple(lines),
        Term("ui.axis period"),
        Term(f"ui.axis share of {kind}"),
        steps=False,
        time=True,
    )
    facts = (("first", When(periods[0])), ("last", When(periods[-1])))
    yield Figure(Finding("find.voice attention title", facts), (chart,), Finding(f"find.voice attention {kind}"))


def _middle(key: str) -> float:
    start, stop = years(key)
    return (start + stop) / 2
