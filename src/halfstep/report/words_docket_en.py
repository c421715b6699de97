"""English words of claims and forecasts."""

from __future__ import annotations

__all__ = ["DOCKET_EN", "DOCKET_WHY_EN"]

_PAGE = {
    "ui.section docket": "Claims and their fate", "room.docket": "Claims and forecasts", "stage.docket": "claims and forecasts",
    "ui.claim claim": "Claim, in our own words", "ui.claim where": "Where, by whom", "ui.claim strength": "Kind, strength, base",
    "ui.claim verdict": "Verdict", "ui.claim hangs on": "What it hangs on", "ui.claim needs": "What would test it",
    "ui.forecast what": "Forecast", "ui.forecast dates": "Days", "ui.forecast rule": "Comes true when", "ui.forecast given": "What was given",
    "ui.forecast status": "Status", "ui.forecast outcome": "Outcome and score",
    "ui.also": " and ", "ui.also last": " and ", "ui.axis coverage": "observed coverage, %",
    "find.docket about": "Every claim is in our own words; the source is linked. A claim is held against printed figures and against what this run computed, source by source, never averaged. Nothing is supported by text alone; what only follows from a claim can contradict it and never support it.",
    "find.docket source": "Source: {source}.", "find.docket source at": "Source: {source} ({page}).",
    "find.docket tally": "Of {n} claims {supported} hold by all that was looked at, {contradicted} are contradicted, {mixed} hold in part or by some sources only, and {not_testable} cannot be tested with this data.",
    "find.docket clashes": "Claims of the source that cannot both be true, whatever the data", "find.docket checks": "To be read beside the verdicts", "find.docket settle": "Data that would settle what cannot be told",
    "find.claims title": "Claims", "find.claims clash": "{first} and {second}.",
    "find.claim paragraph": "para. {paragraph}", "find.claim place": "{paragraph}", "find.claim base": "base: {base}", "find.quoted": "“{text}”",
    "find.with unit": "{amount} {unit}", "find.region is": "exactly {end}", "find.region at least": "{end} or more", "find.region above": "more than {end}",
    "find.region at most": "at most {end}", "find.region below": "less than {end}", "find.region any": "any value",
    "find.look": "{quantity}: {seen}; needed: {region}; {outcome}.", "find.look by": "{quantity} ({by}): {seen}; needed: {region}; {outcome}.",
    "find.look none": "{quantity}: needed: {region}; {outcome}.", "find.look refused": "no number: {why}", "find.look open": "{outcome}: {why}",
    "find.look consequence": "{outcome}, which does not support it: it only follows from the claim", "find.then": "{text} {do}",
    "claim outcome.holds": "holds", "claim outcome.fails": "fails", "claim outcome.open": "open",
    "label.supported": "supported", "label.contradicted": "contradicted", "label.mixed": "mixed", "label.not testable": "not testable with this data",
    "claim kind.fact": "fact", "claim kind.forecast": "forecast", "claim kind.causal": "cause", "claim kind.necessity": "necessity", "claim kind.equivalence": "equivalence", "claim kind.opinion": "opinion",
    "hedge.none": "said flatly", "hedge.more than": "a lower bound: more than", "hedge.at most": "an upper bound: at most", "hedge.about": "about",
    "hedge.part": "of a part only", "hedge.mostly": "of the larger part", "hedge.possibly": "weakly: possibly", "hedge.probably": "fairly strongly: probably", "hedge.suspected": "weakly: suspected",
    "grade.A": "grade A (company figure)", "grade.B": "grade B (reported figure)", "grade.C": "grade C (own reasoning)", "grade.D": "grade D (hearsay)",
    "head.statement": "Claim", "head.paragraph": "Paragraph", "head.speaker": "Speaker", "head.hedge": "Hedge", "head.grade": "Grade", "head.base": "Counted on", "head.hangs on": "Hangs on", "head.against": "Cannot be true with",
    "head.forecast": "Forecast", "head.fate": "Status", "head.by": "By", "head.made": "Made", "head.fixed": "Rule written", "head.due": "Due", "head.rule": "Comes true when", "head.form": "Form",
    "head.region from": "Needs from", "head.region to": "Needs up to", "head.outcome": "Outcome", "head.seen from": "Seen from", "head.seen to": "Seen up to", "head.brier": "Brier score",
    "head.interval score": "Interval score", "head.back-test": "Back-test", "head.claim kind": "Kind", "head.paragraph url": "Page", "head.given from": "Given from", "head.given to": "Given up to",
    "head.as of": "As of", "head.claim id": "Id", "head.label": "Verdict", "head.late": "Back-test",
    "sheet.claims": "Claims", "sheet.forecasts": "Forecasts", "about.claims": "Every claim with its verdict and what it hangs on.", "about.forecasts": "Every forecast with its rule, what was given, what came of it.",
    "head.dim claim": "Claim", "head.dim source": "Source", "head.dim quantity": "Quantity", "head.dim p": "Probability given", "head.dim bin": "Probability given", "head.dim forecast": "Forecast",
    "find.forecasts title": "Forecasts", "find.forecast by": "by {by}", "find.forecast made": "made {day}", "find.forecast fixed": "rule written {day}", "find.forecast due": "due {day}",
    "find.forecast late": "The rule was written after the outcome was known: a back-test, not a forecast.",
    "find.forecast event": "that it comes true", "find.forecast p": "{p} for: {event}", "find.forecast interval": "{interval} ({level} interval)", "find.forecast interval bare": "{interval}",
    "find.forecast unscored": "no probability given; {event}", "find.forecast seen": "seen: {seen}", "find.forecast brier": "Brier score {score} (0 best, 1 worst)", "find.forecast interval score": "interval score {score} (smaller is better)",
    "forecast status.open": "open", "forecast status.resolved": "resolved", "forecast status.overdue": "overdue", "forecast status.not yet made": "not yet made",
    "forecast outcome.event yes": "came true", "forecast outcome.event no": "did not come true", "forecast outcome.interval yes": "the interval held it", "forecast outcome.interval no": "the interval did not hold it",
    "find.calibration title": "How often intervals held what came", "find.calibration row": "intervals of {level}", "find.calibration row of": "intervals of {level} ({label})",
    "find.calibration caption": "Dots: how often back-tested intervals held what came; lines: interval of that figure. A calibrated forecaster's dot lies at the level that stands beside it.",
    "left.claims, after as_of": "claims made after the as-of date", "find.kept claims": "{rows} claims of {file} were judged.",
}  # fmt: skip

_REASONS = {
    "claim reason.all hold": "All that it says holds, by every source looked at.", "claim reason.fails": "Something that it says does not hold.", "claim reason.consequence fails": "What would follow from it does not hold.",
    "claim reason.sources disagree": "One source says yes, another no.", "claim reason.parts disagree": "One part of it holds, another does not.",
    "claim reason.came true": "It came true.", "claim reason.did not come true": "It did not come true.",
    "claim reason.no look": "Nothing in the study looks at it.", "claim reason.no resolution rule": "No rule says when it would have come true.", "claim reason.some open": "Parts hold, others are open.",
    "claim reason.only consequences": "All that was seen only follows from it, and cannot support it.", "claim reason.nothing decides": "Several parts, all open.",
    "claim reason.straddles": "What was seen lies on both sides of what it needs.", "claim reason.refused": "The room that should tell gave no number.", "claim reason.undecided": "The verdict that it hangs on is open itself.",
    "claim reason.not comparable": "A label was asked of a number, or a number of a verdict.", "claim reason.no such estimate": "The run has no such number or verdict.", "claim reason.no figure": "No printed figure matches.",
    "claim reason.other bases": "The figures differ in base, perimeter, place, unit or source.", "claim reason.cannot be added": "The figures cannot be added up.", "claim reason.counted twice": "The same units would be counted twice.",
    "claim reason.may be zero": "What it is divided by may be zero.", "claim reason.not due": "Its day has not come.", "claim reason.not yet made": "It was made after the as-of date.", "claim reason.overdue": "It should be known by now and is not.",
    "claim open.straddles": "it lies on both sides", "claim open.refused": "no number was given", "claim open.undecided": "that verdict is open itself", "claim open.not comparable": "a label was asked of a number, or a number of a verdict",
    "claim open.no look": "the study has no way of seeing it", "claim open.no such estimate": "the run has no such number or verdict", "claim open.no figure": "no printed figure matches",
    "claim open.other bases": "the figures differ in base, perimeter, place, unit or source", "claim open.cannot be added": "the figures cannot be added up", "claim open.counted twice": "the same units would be counted twice",
    "claim open.may be zero": "what it is divided by may be zero", "claim open.not due": "its day has not come", "claim open.not yet made": "it was made after the as-of date", "claim open.overdue": "it should be known by now and is not",
    "claim open.not known yet": "it was not known by the as-of date",
    "forecast reason.not yet made": "made after the as-of date", "forecast reason.not due": "its day has not come", "forecast reason.no quantity": "nothing is named that would resolve it", "forecast reason.no region": "no ends are named that the quantity could fall between",
    "forecast reason.no answer": "the study's own question got no number", "forecast reason.sources disagree": "the sources disagree", "forecast reason.score open": "resolved; its score depends on what the figures leave open",
    "forecast reason.straddles": "what was seen lies on both sides", "forecast reason.refused": "no number was given", "forecast reason.undecided": "the verdict that resolves it is open", "forecast reason.not comparable": "a label was asked of a number, or a number of a verdict",
    "forecast reason.no look": "the study has no way of seeing it", "forecast reason.no such estimate": "the run has no such number or verdict", "forecast reason.no figure": "no printed figure matches",
    "forecast reason.other bases": "the figures differ in base, perimeter, place, unit or source", "forecast reason.cannot be added": "the figures cannot be added up", "forecast reason.counted twice": "the same units would be counted twice", "forecast reason.may be zero": "what it is divided by may be zero",
    "needs.a closer figure": "a closer figure", "needs.a printed figure of it": "a printed figure of it", "needs.figures on one base": "figures on one base, perimeter and place, from one source",
    "needs.figures that may be added": "figures that may be added up", "needs.a run that computes it": "a run that computes it", "needs.a comparison with what would have been": "a comparison with what would have been: events with untouched others, or an experiment",
    "needs.a rule that resolves it": "a rule that says when it comes true ([[docket.forecasts]])", "needs.the day it is due": "the day on which it is due", "needs.the figure that resolves it": "the figure that resolves it",
    "needs.sources that agree": "sources that agree, or a reason to trust one of them", "needs.ten resolved forecasts": "ten resolved forecasts",
    "why.docket no figure": "no printed figure matches.", "why.docket other bases": "the figures differ in base, perimeter, place, unit or source.", "why.docket cannot be added": "the figures cannot be added up.",
    "why.docket counted twice": "the same units would be counted twice.", "why.docket may be zero": "what it is divided by may be zero.", "why.docket few forecasts": "too few forecasts are resolved.",
    "claim open.docket no figure": "no printed figure matches", "claim open.docket other bases": "the figures differ in base, perimeter, place, unit or source", "claim open.docket cannot be added": "the figures cannot be added up",
    "claim open.docket counted twice": "the same units would be counted twice", "claim open.docket may be zero": "what it is divided by may be zero", "claim open.docket few forecasts": "too few forecasts are resolved",
    "method.docket.figure": "A printed figure as it stands: everything that its wording and rounding leave open.", "method.docket.sum": "Printed figures of one base, perimeter, place, unit and source, added and taken off end by end.",
    "method.docket.ratio": "One printed figure over another of the same base, perimeter, place and source, end by end.", "method.docket.peak": "The largest, or the smallest, of printed figures of one base, perimeter, place, unit and source, end by end.", "method.docket.rank": "Brands surely larger, and brands possibly larger, by one source.",
    "method.docket.brier": "Mean of (p − outcome)² over resolved forecasts (Brier 1950).", "method.docket.calibration": "How often forecasts of one probability came true.",
    "what.docket quantity": "a quantity that claims speak of", "what.docket rank": "rank by one source", "what.mean Brier score": "mean Brier score", "what.share that came true": "share that came true",
    "assume.printed figures are added": "Figures that are added speak of the same things and of none twice.", "assume.printed figures are divided": "Figures that are divided are counted alike.", "assume.printed figures are subtracted": "What is taken off lies within what it is taken from.",
    "why.docket tally": "Claims judged: {claims}; hold {supported}, contradicted {contradicted}, mixed {mixed}, not testable {not_testable}.", "why.docket says the same of all": "All {claims} claims got one verdict ({label}): something is wrong with the study or with its figures.",
    "why.claims contradict": "{first} and {second} cannot both be true: of one quantity ({quantity}) they need {first_region} and {second_region}.", "why.claim contradicts itself": "{claim} needs of one quantity ({quantity}) what cannot be true together.",
    "why.claims agree": "No two claims need of one quantity what cannot be true together ({quantities} quantities, {claims} claims).",
    "why.docket nests": "{quantity}: what better data leave open ({higher_by}) lies within what other data leave open ({lower_by}).", "why.docket wider": "{quantity}: better data ({higher_by}) leave more open than other data do ({lower_by}); they assume less.",
    "why.docket elsewhere": "{quantity}: better data ({higher_by}) and other data ({lower_by}) exclude each other.", "why.docket hedge": "{claim} is said with a hedge ({hedge}), and is held to {region} of {quantity}: read whether that is what it says.",
    "why.docket not causal": "{claim} says what caused something; what was seen of {quantity} does not compare with what would have been: it is taken as what only follows from the claim.",
    "why.docket forecasts": "Of {forecasts} forecasts {resolved} are resolved, {open} open, {overdue} overdue, {not_yet_made} not yet made. Resolved: {came_true} of {events} events came true, {held} of {intervals} intervals held; {late} are back-tests.",
    "do.docket look again": "Look again at regions and figures.", "needs.cases that did without it": "cases that did without it", "needs.a definition that can be measured": "a definition that can be measured", "needs.a look at what it says": "a figure, estimate or verdict that shows what it says ([[docket.says]])",
    "head.dim probability": "Probability given", "ui.unit score": "score",
}  # fmt: skip

_CEO = {
    "ceo.head": "Five sentences for a chief executive", "ceo.line": "{text} What would change my mind: {change}.", "ceo.line whole": "{text} What would change my mind: {change}",
    "ceo.ahead": "As known on {day}: {told}.", "ceo.units": "{asked} {value} ({level} interval {interval})", "ceo.chance": "{asked} with probability {p}", "ceo.chance range": "{asked} with probability {p} ({interval} over the readings of unit cost)",
    "ceo.halves": "{focal} against {benchmark}: product half {product}; name half {name}.", "ceo.no distance": "How far {focal} is from {benchmark} in money, and which half is missing, cannot be told with this data. {why}",
    "ceo.no sales": "No table tells price, attributes and units model by model.", "ceo.need sales": "a sales table: one row a model and period with price, units and the attributes that buyers compare", "ceo.change none": "nothing that this run could name",
    "ceo.position counted": "{focal} sells {share} of what is sold from {edge} up ({period}; the range is between units and value).", "ceo.position printed": "Of the high bands {focal} has {shares}.",
    "ceo.share": "{share} at {label}", "ceo.ranks": "Rank of {focal} ({period}, {band}): {ranks}.", "ceo.no position": "Where {focal} stands in the high bands cannot be told: no figure and no sales table says.",
    "ceo.need position": "printed shares or ranks by band with their source (table press), or a sales table with [bands]", "ceo.change counted": "another way of counting: by place, sub-brand or price basis; the section on position says which turn it",
    "ceo.change sources": "one count of all brands on one base; whether it is first depends on the source today", "ceo.change printed": "sizes of the bands, or a sales table of the market in place of rounded shares",
    "ceo.no event": "What moved demand for {focal} cannot be told: no dated event with an outcome was given.", "ceo.need event": "dated events ([[events]]) and an outcome by week or month for the brand and a dozen others (table outcomes), orders rather than deliveries",
    "ceo.change event": "another estimator or other untouched entities that exclude this interval",
    "ceo.orders by base": "Deliveries after “{event}” do not show demand; net orders of {brand}, inferred from what was printed, changed by {interval}, whichever month before is the base (each to {level}; the error of those who estimated the orders is not in it).",
    "find.settle": "{data}: {size}",
    "ceo.orders inferred": "Deliveries after “{event}” do not show demand; net orders of {brand}, inferred from what was printed, changed by {interval} ({level} interval).",
    "ceo.rivals": "Of {n} rival explanations {left} are not contradicted, so no single cause can be named.", "ceo.rivals untested": "{n} rival explanations are listed and none could be tested here, so no single cause can be named.", "ceo.rivals none": "All {n} rival explanations that were given are contradicted; others may stand.",
    "ceo.change orders known": "monthly orders and cancellations as the company has them, in place of those inferred from print", "ceo.change orders": "monthly orders, cancellations and backlog: without them output alone is foretold",
    "ceo.forecasts": "Of {n} forecasts on record {resolved} are resolved, {true} of them came true, and {open} are open; no forecast of one's own was asked for.", "ceo.no ahead": "What comes for {focal} cannot be told: no table has its months.",
    "ceo.need ramp": "monthly units of the maker (table ramp), those of other makers (ramps), and revenue, margin and result by quarter (press)", "ceo.no claims": "What a source says was not checked: there is no table of claims.", "ceo.need claims": "a table of claims, one a row, in one's own words (table claims)",
    "ceo.claims": "Of {n} claims of “{source}”, {supported} hold, {contradicted} are contradicted, {mixed} hold in part and {not_testable} cannot be tested with this data: {range} hold, depending on those.",
    "ceo.the source": "the source", "ceo.change claims": "a figure that excludes what is printed here",
}  # fmt: skip

DOCKET_WHY_EN: dict[str, str] = {
    f"why.{key.partition('.')[2]}": text
    for key, text in _REASONS.items()
    if key.startswith(("needs.", "forecast reason.", "claim reason."))
}
"""The same reasons where no other room has words for the key: others come before these."""

DOCKET_EN: dict[str, str] = _PAGE | _REASONS | _CEO
"""Words of claims, forecasts and of the five sentences."""
