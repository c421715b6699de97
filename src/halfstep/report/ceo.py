"""Five sentences for a chief executive: distance, position, what moved it, what comes, what of the source holds.

Each has a range, or says why it cannot be told, and what would change it. They are made of the run's records alone; where a room has
nothing the sentence names the table that would answer it.
"""

from __future__ import annotations

from halfstep.core.answer import EventVerdict
from halfstep.core.check import Check
from halfstep.core.series import Series
from halfstep.data.press import Figure as Printed
from halfstep.press.writer import band_text, counted_as
from halfstep.report.ceo_ahead import ahead_facts
from halfstep.report.comparison import HALVES, main_verdicts, needs_of
from halfstep.report.docket import tally
from halfstep.report.docket_facts import docket_needs, titled, unended
from halfstep.report.docket_grids import clashes
from halfstep.report.event_facts import config_of, effect, names_of, span_at, stem_of
from halfstep.report.event_sentence import event_sentence
from halfstep.report.finding import Amount, Brand, Fact, Finding, Many, Term, When, Words
from halfstep.report.index import Index
from halfstep.report.lead import half_phrase, lead_findings, what_would_change_it
from halfstep.report.page import Block, Listing, Paragraph
from halfstep.report.paths import years
from halfstep.report.press import worded

__all__ = ["ceo_blocks", "ceo_findings", "for_ceo"]

Pair = tuple[Fact, Fact]
"""A sentence, and what would change it."""

SHARES = 3
"""Printed shares that one sentence holds."""
ORDERS = ("orders", "sales", "registrations")
"""Outcomes that are demand, the most direct first."""
LATE = "came true, rule written afterwards"


def for_ceo(index: Index) -> bool:
    """Whether a study asks what a source's claims are worth, or what is to come: its page opens with the five sentences."""
    ramp = index.outcome.answers.get("ramp")
    told = ramp is not None and not ramp.dark and bool(ramp.estimates)
    return bool(index.claims) or bool(index.config.ramp.asks) or told


def ceo_findings(index: Index) -> tuple[Finding, ...]:
    """Return the five sentences, each with what would change it."""
    told = (_distance(index), _position(index), _moved(index), _ahead(index), _claimed(index))
    return tuple(
        Finding(
            "ceo.line whole" if isinstance(change, Many) and change.joiner == "ui.then" else "ceo.line",
            (("text", text), ("change", change)),
        )
        for text, change in told
    )


def ceo_blocks(index: Index) -> list[Block]:
    """Return the head of the page."""
    return [Paragraph(Finding("ceo.head"), "subtitle"), Listing(ceo_findings(index), "five")]


def _names(index: Index) -> tuple[tuple[str, Fact], ...]:
    study = index.config.study
    return ("focal", Brand(study.focal)), ("benchmark", Brand(study.benchmarks[0]))


def _distance(index: Index) -> Pair:
    """Say how far the brand is from the benchmark in money, and which half; or why that cannot be told."""
    for lens in ("price", "demand", "choice"):
        mine = main_verdicts(index, lens)
        if set(mine) == set(HALVES) and any(index.point(v.estimate) for v in mine.values()):
            halves: list[tuple[str, Fact]] = [(half, half_phrase(index, mine[half])) for half in HALVES]
            first = lead_findings(index)[0]
            text = (
                first
                if lens == "price" and first.kind.startswith("find.verdict")
                else Finding("ceo.halves", (*_names(index), *halves))
            )
            changes = tuple(what_would_change_it(index)[: len(HALVES)])
            return text, Many(changes, "ui.then") if changes else Term("ceo.change none")
    facts = dict(lead_findings(index)[0].facts)
    why: Fact = facts.get("why", Words(""))
    if isinstance(why, Words):  # no room looked: it tells no more than the name of a table
        return Finding("ceo.no distance", (*_names(index), ("why", Term("ceo.no sales")))), Term("ceo.need sales")
    return Finding("ceo.no distance", (*_names(index), ("why", why))), facts.get("needs", Term("ceo.need sales"))


def _position(index: Index) -> Pair:
    """Say which part of the high bands it has, or its rank, by each source; as counted from sales where there are any."""
    focal = ("focal", Brand(index.config.study.focal))
    counted = _band_share(index)
    if counted is not None:
        return Finding("ceo.position counted", (focal, *counted)), Term("ceo.change counted")
    parts: list[Fact] = []
    shares = _printed_shares(index)
    if shares:
        parts.append(_held(index, shares))
    ranks = _newest_ranks(index)
    parts += [_ranked(index, dict(c.facts)) for c in ranks[:1]]
    if not parts:
        return Finding("ceo.no position", (focal,)), Term("ceo.need position")
    apart = any(c.why == "press source-dependent rank" for c in ranks[:1])
    return Many(tuple(parts), "ui.then"), Term("ceo.change sources" if apart else "ceo.change printed")


def _band_share(index: Index) -> tuple[tuple[str, Fact], ...] | None:
    """Return the part of the highest band in the last period, between its share of units and of value."""
    bands, focal = index.config.bands, index.config.study.focal
    if bands is None:
        return None
    found = [s for basis in ("units", "value") if (s := index.series.get(f"position.band.{basis}.{focal}")) is not None]
    top = str(len(bands.edges))
    last = max((label[0] for s in found for label in s.index), key=lambda key: years(key)[0], default="")
    shares = [_at(s, (last, top)) for s in found]
    if not shares:
        return None
    ends = Amount(
        shares[0], "share", min(shares), max(shares), form="interval" if min(shares) < max(shares) else "value"
    )
    return ("share", ends), ("edge", Amount(bands.edges[-1], "own unit")), ("period", When(last))


def _at(series: Series, label: tuple[str, ...]) -> float:
    """Return a point of a count; nothing sold in a band is a share of zero."""
    return float(series.value[series.index.index(label)]) if label in series.index else 0.0


def _printed_shares(index: Index) -> list[Printed]:
    """Return the newest printed shares of the highest bands, one of each source and band; of all prices where none is higher."""
    press = index.outcome.inputs.press
    mine = (
        []
        if press is None
        else [f for f in press.figures if (f.entity, f.metric, f.kind) == (index.config.study.focal, "share", "fact")]
    )
    high = [f for f in mine if f.band.lo > 0] or mine
    if not high:
        return []
    newest: dict[tuple[object, ...], Printed] = {}
    for f in sorted(high, key=lambda f: (f.span.last_day, f.span.first_day)):
        newest[(f.band, f.source, f.base, f.place)] = f
    last = max(f.span.last_day.year for f in newest.values())
    kept = [f for f in newest.values() if f.span.last_day.year == last]
    return sorted(kept, key=lambda f: (-f.band.lo, f.band.hi, counted_as(f)))[:SHARES]


def _held(index: Index, shares: list[Printed]) -> Finding:
    """Return printed shares with what they are shares of; what is the same of all is said once."""
    told = [_counted_on(index, f) for f in shares]
    same = [part for part in told[0] if all(part in one for one in told)]
    parts = tuple(
        _printed(index, f, [part for part in one if part not in same]) for f, one in zip(shares, told, strict=True)
    )
    facts: tuple[tuple[str, Fact], ...] = (
        ("focal", Brand(index.config.study.focal)), ("shares", Many(parts, "ui.list")), ("of", Many(tuple(same), "ui.list")),
    )  # fmt: skip
    return Finding("ceo.position printed of" if same else "ceo.position printed", facts)


def _counted_on(index: Index, figure: Printed) -> list[Fact]:
    """Return perimeter, place, and whose count."""
    return [worded(index, part) for part in (figure.perimeter, figure.place, counted_as(figure)) if part]


def _printed(index: Index, figure: Printed, counted: list[Fact]) -> Finding:
    """Return a printed share with its band in its money, its period, and what else it is counted on."""
    form = Amount(figure.value, "share", figure.lo, figure.hi, form="interval" if figure.lo < figure.hi else "value")
    text, currency = band_text(figure.band), Words(index.config.study.currency)
    band: Fact = Words(text) if text else Term("ui.all prices")
    if text and not figure.band.money:
        band = Finding("find.with unit", (("amount", Words(text)), ("unit", currency)))
    told = (band, When(figure.span.key, short=True), *counted)
    return Finding("ceo.share", (("share", form), ("label", Many(told, "ui.list"))))


def _newest_ranks(index: Index) -> list[Check]:
    """Return what is said of the ranks by each source, of all prices first, the newest period first."""

    def newest(check: Check) -> tuple[bool, bool, str]:
        facts = dict(check.facts)
        span = span_at(str(facts["period"]))
        return not facts["band"], span is not None, "" if span is None else span.last_day.isoformat()

    found = [c for c in index.checks if c.id.startswith("press.rank.") and c.id.endswith(".check")]
    return sorted(found, key=newest, reverse=True)


def _ranked(index: Index, facts: dict[str, str | float | int]) -> Finding:
    period, band, place = str(facts["period"]), str(facts["band"]), str(facts.get("place", ""))
    press, focal = index.outcome.inputs.press, str(facts["brand"])
    same = () if press is None else tuple(
        f for f in press.figures
        if f.entity == focal and f.span.key == period and band_text(f.band) == band and (f.place or "–") == place
        and counted_as(f) and f"{counted_as(f)}: " in str(facts["ranks"])
    )  # fmt: skip
    where = [worded(index, one) for one in dict.fromkeys(f.perimeter for f in same if f.perimeter)][:1]
    where += [worded(index, place)] if place not in ("", "–") else []
    told: list[Fact] = [*where, Words(band) if band else Term("ui.all prices"), When(period)]
    return Finding("ceo.ranks", (
        ("focal", Brand(focal)), ("label", Many(tuple(told), "ui.list")), ("ranks", worded(index, str(facts["ranks"]))),
    ))  # fmt: skip


def _moved(index: Index) -> Pair:
    """Say what followed the main event on demand: an interval and how many rival explanations are left; never one cause."""
    verdict = _main_event(index)
    if verdict is None:
        return Finding("ceo.no event", (("focal", Brand(index.config.study.focal)),)), Term("ceo.need event")
    needs = needs_of(index, verdict.needs) if verdict.needs else Term("ceo.change event")
    inferred = index.point(f"{stem_of(verdict)}.orders")
    text: Fact = event_sentence(index, verdict)
    if index.point(verdict.estimate) is None and inferred is not None:
        names = names_of(index, verdict)
        bases = index.bound(f"{stem_of(verdict)}.orders.bases")
        interval = effect(index, inferred if bases is None else bases, "interval")
        kind = "ceo.orders inferred" if bases is None else "ceo.orders by base"
        text = Finding(kind, (*names, ("interval", interval), ("level", Amount(inferred.level, "level"))))
    rivals = _rivals(index, verdict)
    return (text if rivals is None else Many((text, rivals), "ui.then")), needs


def _main_event(index: Index) -> EventVerdict | None:
    """Return the verdict on demand of the first event: orders before sales before deliveries; one that has a number first."""

    def rank(verdict: EventVerdict) -> tuple[int, int, int]:
        kind = config_of(index, verdict)[1].kind
        told = index.point(verdict.estimate) is not None or index.point(f"{stem_of(verdict)}.orders") is not None
        demand = kind in (*ORDERS, "deliveries")
        order = [e.id for e in index.config.events].index(verdict.event)
        return (
            0 if demand and told else 1 if demand else 2 if told else 3,
            order,
            ORDERS.index(kind) if kind in ORDERS else len(ORDERS),
        )

    return min(index.events.values(), key=rank, default=None)


def _rivals(index: Index, verdict: EventVerdict) -> Finding | None:
    """Say how many rival explanations the data do not contradict."""
    stem = f"{stem_of(verdict)}.rival."
    stands = [c for c in index.checks if c.id.startswith(stem) and c.why.startswith("event rival stands")]
    if not stands:
        listed = config_of(index, verdict)[0].rivals
        return Finding("ceo.rivals untested", (("n", Amount(len(listed), "count")),)) if listed else None
    left = sum(not c.why.endswith(": contradicted") for c in stands)
    facts = (("n", Amount(len(stands), "count")), ("left", Amount(left, "count")))
    return Finding("ceo.rivals" if left else "ceo.rivals none", facts)


def _ahead(index: Index) -> Pair:
    """Say what was foretold and came, and what is foretold now; else the forecasts on record."""
    text = ahead_facts(index)
    if text is not None:
        bounds = [c.why == "ramp orders bound" for c in index.checks if c.id.startswith("ramp.orders.")]
        return text, Term("ceo.change orders known" if bounds and bounds[-1] else "ceo.change orders")
    if index.forecasts:
        told = list(index.forecasts.values())
        counts = {
            "n": len(told), "resolved": sum(f.status == "resolved" for f in told), "true": sum(f.outcome is True for f in told),
            "open": sum(f.status != "resolved" for f in told),
        }  # fmt: skip
        facts = tuple((name, Amount(n, "count")) for name, n in counts.items())
        return Finding("ceo.forecasts", facts), Term("ceo.need ramp")
    return Finding("ceo.no ahead", (("focal", Brand(index.config.study.focal)),)), Term("ceo.need ramp")


def _claimed(index: Index) -> Pair:
    """Say what became of the source's claims, how many of them exclude each other, and which data would settle the rest."""
    if not index.claims:
        return Finding("ceo.no claims"), Term("ceo.need claims")
    source, settle = index.config.docket.source, index.config.docket.settle
    title: Fact = Term("ceo.the source") if source is None else titled(source.title)
    told: list[Fact] = [Finding("ceo.claims", (*tally(index).facts, ("source", title), ("late", _late(index))))]
    pairs = clashes(index)
    if pairs:
        kind = "ceo.clash" if pairs == 1 else "ceo.clashes"
        told.append(Finding(kind, (("n", Amount(pairs, "count")),)))
    text = Many(tuple(told), "ui.then")
    if settle:
        return text, Many(tuple(unended(one.data) for one in settle), "ui.list")
    needs = tuple(dict.fromkeys(need for v in index.claims.values() for need in v.needs))
    return text, docket_needs(index, needs) if needs else Term("ceo.change claims")


def _late(index: Index) -> Fact:
    """Say how many of the supported claims came true by a rule that was written afterwards."""
    late = {f.claim for f in index.forecasts.values() if f.late and f.claim}
    n = sum(v.label == "supported" and (v.id in late or v.reason == LATE) for v in index.claims.values())
    return Finding("ceo.late" if n else "ceo.none late", (("n", Amount(n, "count")),))
