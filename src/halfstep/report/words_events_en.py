"""English words of shocks: what followed an event, or why that cannot be told."""

from __future__ import annotations

__all__ = ["EVENTS"]

_UI = {
    "ui.section events": "What followed events", "ui.axis observed": "{unit}", "ui.axis difference": "observed minus expected, {unit}",
    "ui.axis difference share": "observed against expected",
    "ui.observed": "observed", "ui.expected": "expected", "ui.difference of": "difference", "ui.estimator": "Estimator", "ui.average": "Average",
    "ui.chance p": "p", "find.event average of": "Average, {unit}", "ui.own choice": "Read here", "ui.yes": "yes", "ui.what": "What", "ui.weight": "Weight", "ui.donor": "Untouched entity", "ui.rival": "Rival explanation",
    "ui.would show": "What it would show", "ui.found": "Found", "ui.true change": "True fall", "ui.chance found": "Found in", "ui.after": "After", "ui.money cost": "Cost, {unit}",
    "rival.pass": "survives", "rival.review": "not testable", "rival.fail": "contradicted",
    "label.fell": "lower", "label.rose": "higher", "label.nothing larger": "nothing larger than the margin", "label.cannot tell": "cannot be told",
    "label.disagree": "estimators disagree", "label.refused": "not answered",
    "find.span day": "{n} days", "find.span week": "{n} weeks", "find.span month": "{n} months", "find.span quarter": "{n} quarters", "find.span year": "{n} years",
    "find.span one day": "{n} day", "find.span one week": "{n} week", "find.span one month": "{n} month", "find.span one quarter": "{n} quarter", "find.span one year": "{n} year",
    "find.a day": "{unit} a day", "find.a week": "{unit} a week", "find.a month": "{unit} a month", "find.a quarter": "{unit} a quarter", "find.a year": "{unit} a year",
    "find.amount of": "{amount} {unit}", "find.with tie": "{who} ({tie})",
    "tie.siblings": "sibling", "tie.rivals": "rival", "tie.same country": "same country of origin", "tie.rival explanation": "a rival explanation names it", "tie.named as no donor": "named as no donor", "tie.an event of its own": "an event of its own",
    "tie.blank cells": "periods without a figure", "tie.constant": "never changes", "tie.zero": "nothing but zeros", "tie.copy of the treated unit": "a copy of the series asked about",
 "tie.too few cycles": "too few seasons lie before the event",
    "estimator.synthetic control": "synthetic control", "estimator.synthetic differences": "synthetic differences", "estimator.structural series": "structural series",
    "estimator.factors": "factors", "estimator.segmented": "segmented regression", "estimator.differences": "difference in differences", "estimator.": "no estimator",
    "fact.dates": "dates", "fact.size": "share found where nothing happened", "fact.floor": "least p possible", "fact.lo": "low end", "fact.hi": "high end", "fact.n": "how many",
    "room.events": "shocks", "stage.events": "shocks",
    "head.dim entity": "Entity", "head.dim effect": "True fall",
}  # fmt: skip

_SENTENCE = {
    "find.event fell": "{event}: over {span} from {when} on, {brand}'s {outcome} ran on average {value} lower ({level} interval {interval}) than entities without the event would have led one to expect{chance}.",
    "find.event rose": "{event}: over {span} from {when} on, {brand}'s {outcome} ran on average {value} higher ({level} interval {interval}) than entities without the event would have led one to expect{chance}.",
    "find.event chance": "; the same calculation found at least as much, up or down, at {k} of {n} dates and entities where nothing happened",
    "find.event chance none": "; the same calculation found as much, up or down, at none of {n} dates and entities where nothing happened",
    "find.event within": "{event}: from {when} on, {brand}'s {outcome} stayed on average within the margin of {margin} of what entities without the event would have led one to expect, over {span}: {value} ({level} interval {interval}).",
    "find.event open": "{event}: whether {brand}'s {outcome} changed from {when} on cannot be told. Over {span} the average difference from what was to be expected lies anywhere in the {level} interval {interval}; {power}.{why}",
    "find.event power": "a change of {detectable} would be found in four of five cases, a smaller one less often",
    "find.event power none": "with these data a change of no size would be found in four of five cases",
    "find.event why": " {why}",
    "find.event apart": "{event}: whether {brand}'s {outcome} changed from {when} on cannot be told. Over {span} the estimators' intervals exclude each other: {estimators}.",
    "find.event by": "{estimator} {interval}",
    "find.event refused": "{event}: what became of {brand}'s {outcome} from {when} on is not answered. {why}",
    "find.event joint": "{text} This is one figure for {events} together: they lie too close for the part of each to be told.",
}  # fmt: skip

_FINDINGS = {
    "find.events about": "What was observed after an event is held against what entities that the event did not touch would have led one to expect. The difference is what followed; other explanations of it stand beside it, each with what it would show.",
    "find.events title": "What followed each event", "find.events decide": "What would decide it",
    "find.event needs": "{event}, {outcome}: {needs}.", "find.event heading": "{event} ({when}): {brand}'s {outcome}", "find.event of": "{event}, {outcome}: {text}",
    "find.event refusal": "{event}, {outcome}, {what}: {why} Needed: {needs}.", "find.event refusal bare": "{event}, {outcome}, {what}: {why}",
    "find.event chance p": "; by the same calculation at {n} dates and entities where nothing happened, p = {p}", "find.event same": " These data cannot tell it from the event.", "find.event stands": "all of it, {tested} tested", "find.event stands same": "all of it, {tested} tested; these data cannot tell it from the event",
    "find.event row orders": "orders, inferred from what was printed", "ui.units lost": "Observed less expected, {unit}",
    "find.event path title": "Observed, and what was to be expected: {brand}'s {outcome}",
    "find.event path caption": "Solid: observed. Dashed: what was to be expected by {estimator}, after the event with its {level} interval. Upright lines: {marks}.",
    "find.event gap title": "Observed less expected: {brand}'s {outcome}",
    "find.event gap caption": "Red: the difference, after the event with its {level} interval. Grey: the same calculation where nothing happened ({shown} of {n} shown). Upright lines: {marks}.",
    "find.event gap caption bare": "Red: the difference, after the event with its {level} interval. Upright lines: {marks}.",
    "find.event mark": "{number} {label}", "find.event dated": "{label} ({when})", "find.event rival begins": "{rival}, begins", "find.event rival ends": "{rival}, ends",
    "find.event figures title": "The difference in figures", "find.event estimators title": "Estimator by estimator", "find.event donors title": "Who stands for what was to be expected",
    "find.event rivals title": "Rival explanations, each with what it would show", "find.event cost title": "What it cost, by horizon", "find.event power title": "What this calculation can find",
    "find.event row average": "average over {span}", "find.event row first": "first period", "find.event row lasting": "last third", "find.event row faded": "first period against the last third", "find.event row total": "total over {span}",
    "find.event row joint": "all overlapping events together", "find.event row part": "part of {event}: between", "find.event row spill": "beside it: {entity}",
    "find.event row prior": "published crises of its kind: between", "find.event row combined": "together with published crises",
    "find.event detectable": "A fall of {detectable} would be found in four of five cases.", "find.event detectable none": "Not even the largest fall would be found in four of five cases.",
    "find.event p": "p = {p}; the least that this table allows is {floor}.", "find.event p alone": "p = {p}.",
    "find.event decide": "What would decide it: {needs}.", "find.event others": "{n} others",
    "prediction.begins": "{brand}'s series turns by itself from {when} on", "prediction.ends": "nothing of it is left from {when} on", "prediction.before": "the change was under way before the event",
    "prediction.moves down": "{entity} runs lower after the event", "prediction.moves up": "{entity} runs higher after the event", "prediction.backlog": "the series shows supply: a backlog binds", "prediction.": "nothing that can be tested",
}  # fmt: skip

_WHAT = {
    "what.event observed": "observed", "what.event counterfactual": "what was to be expected", "what.event gap": "observed less expected", "what.event fan": "the same difference where nothing happened",
    "what.event effect: with published crises": "average difference, joined with published crises", "what.event effect: orders inferred": "change of orders, inferred from what was printed",
    "what.cost by fame before": "change of the loss for each doubling of fame before the crisis", "what.cancelled share": "share of orders cancelled", "what.record orders": "record orders",
    "why.too few crises with fame": "Too few published crises tell the fame before them for a slope.", "needs.crises with a measure of fame": "published crises with a measure of the fame before",
    "find.event fame": "Over {n} published crises a doubling of fame beforehand went with a change of what followed of {value}.", "method.events.dose": "Effects of published crises on the logarithm of fame before them, random-effects regression (Knapp & Hartung 2003).",
    "what.event effect: average": "average difference after the event", "what.event effect: first": "difference in the first period", "what.event effect: lasting": "difference in the last third",
    "what.event effect: faded": "first period against the last third: what had faded by then", "what.event effect: total": "total difference after the event", "what.event effect: joint": "difference after overlapping events together",
    "what.event effect: part": "part of one of several overlapping events", "ui.unit p value": "p-value", "what.event effect: p": "share of placebos at least as far from nought, this one counted", "what.event effect: by estimator": "average difference by one estimator", "what.event effect: spill-over": "difference beside the event's own entity",
    "what.cost of an event": "cost of an event", "what.reference class": "range of published crises of its kind",
    "what.event donors": "weight of an untouched entity", "what.event power": "probability that a true change is found",
}  # fmt: skip

_WHY = {
    "why.interval excludes zero": "The interval lies on one side of zero.", "why.interval holds zero": "The interval holds zero.", "why.within the margin": "The interval lies within the margin.",
    "why.estimators disagree": "The estimators disagree.", "why.too few placebos": "There are too few dates and entities where nothing happened to judge chance by.",
    "event reason.supply, not demand": "Deliveries out of a backlog show what could be made, not what buyers wanted, and no table rules a backlog out.", "why.outside the sample": "The table does not reach the day of the event.",
    "why.too few periods before": "There are too few periods before the event to learn from.", "why.no series": "The table has no unbroken series of this entity.", "why.nothing after": "The table has no period after the event.",
    "why.no unit margin": "The study does not say what a unit earns.", "why.no published crisis of this kind": "No published crisis of this kind is on file.",
    "needs.more untouched entities": "more entities that the event did not touch", "needs.more periods before": "more periods before the event", "needs.more periods after": "more periods after the event",
    "needs.orders instead of deliveries": "orders instead of deliveries", "needs.a margin": "a margin in [shocks]: the change that would not matter", "needs.a control group": "a group that the event could not touch: a region, a buyer group",
    "needs.a unit margin": "unit_margin in [shocks]: what one unit earns, from and to", "needs.weekly figures": "weekly or daily figures",
    "why.zeros": "The series has periods of zero or less, of which there is no relative change.",
    "why.dose.few": "Too few crises to say how fame and loss go together.", "why.dose.same": "The crises are too alike in fame to say how fame and loss go together.", "why.dose.scales": "The crises measure fame on different scales.", "why.dose.published": "Too few published crises tell the fame before them.",
    "needs.absolute scale": "scale = \"absolute\" for this outcome",
    "needs.rivals.later": "more periods after the event", "needs.rivals.earlier": "more periods before the event", "needs.rivals.finer": "finer periods: weeks or days", "needs.rivals.power": "a longer or steadier series", "needs.rivals.predict": "something that the explanation predicts and the event does not",
    "needs.rivals.outcome": "the series of that other entity", "needs.rivals.flow": "a flow table with orders and backlog", "needs.rivals.orders": "orders instead of deliveries",
    "why.too few published crises": "Too few published crises of this kind are on file to make a range of.", "why.order figures contradict": "What was printed of orders contradicts itself.", "why.order figures say too little": "What was printed of orders leaves their change open.",
    "needs.a longer sample": "a table that reaches the day of the event", "needs.published crises": "more published crises of this kind", "needs.correct one of the figures": "one of the figures corrected", "needs.figures of orders": "figures of orders, backlog or waiting weeks",
    "why.event donors left out": "Not used ({reason}): {list}.", "why.event donors touched": "Left out as perhaps touched ({reason}): {list}.",
    "why.event season taken out": "The season was taken out: each entity's own pattern, which returns every {n} periods.", "why.event season too short": "The season was not taken out: {reason} ({n} periods before the event).",
    "why.event periods left out": "Periods without a figure, left out ({n}): {list}.", "why.event series flat": "Before the event the series never moves.",
    "why.event leave one out": "With one of {n} entities left out at a time the average lies between {lo} (without {entity_lo}) and {hi} (without {entity_hi}).",
    "why.event leave one out turns": "The verdict hangs on a single entity: with one of {n} left out at a time the average lies between {lo} (without {entity_lo}) and {hi} (without {entity_hi}).",
    "why.event donor moved": "{donor}, which stands for part of what was to be expected (weight {weight}), moved by itself at that date: {value} (p {p}).",
    "why.event estimators disagree": "{estimator} is the one that is read; the intervals of others exclude it: {list}.",
    "why.event family": "{n} verdicts were asked for; where nothing had happened at all, {expected} of them would be expected to find something.",
    "why.event class surprised": "Published crises of the kind and these data contradict each other (p {p}): their joint figure should not be used.",
    "why.event back-test": "Each of {n} published crises foretold from the others: {covered} lay inside the {level} range, which puts its coverage between {lo} and {hi}.",
    "why.event backlog": "In {periods} of the periods about the event buyers waited longer than a period, up to {weeks} weeks: {kind} show what could be made.", "why.event backlog unknown": "No table tells whether buyers were waiting: {kind} may show what could be made.",
    "why.event rival stands: survives": "{rival}: survives, with {tested} of its predictions tested.{same}", "why.event rival stands: contradicted": "{rival}: contradicted, with {tested} of its predictions tested.{same}", "why.event rival stands: not testable": "{rival}: none of its predictions can be tested.{same}",
    "do.leave that donor out": "Find out what happened to it then; if it was touched, name it in not_donors.", "do.leave the class off": "Set prior = \"none\" in [shocks].", "do.read net orders": "Read orders net of cancellations instead.",
    "why.event placebos": "The calculation that is read ({estimator}) was put to {units} untouched entities at the same date, and to all at earlier dates (windows that do not overlap: {dates}): {n} cases in which nothing happened.",
    "why.event size": "Where nothing happened the plain interval found a change in {size} of cases, at a nominal {nominal}; intervals and p are corrected for it.",
    "why.event size high": "Where nothing happened the plain interval found a change in {size} of cases, far above the nominal {nominal}; intervals and p are corrected for it, and are wide for that.",
    "why.event pre-trend none": "Before the event the series kept to what was to be expected (p {p}).", "why.event pre-trend": "Before the event the series already drifted away from what was to be expected (p {p}).",
    "why.event donors few": "Only {n} entities stand for what was to be expected.",
    "why.event overlap apart": "Windows overlap ({list}), yet the events lie far enough apart for each to be told.", "why.event overlap joint": "Windows overlap ({list}): only the joint difference is told, the parts are bounds. More time between them, figures by day, or an outcome that only one of them could touch would separate them.",
    "why.event rival survives": "{rival}: {prediction}. This is so; the explanation survives.", "why.event rival contradicted": "{rival}: {prediction}. This is not so; the explanation is contradicted.",
    "why.event rival not testable": "{rival}: {prediction}. These data cannot test it.",
}  # fmt: skip

_METHODS = {
    "method.events.gate": "Several estimators of what was to be expected (synthetic control: Abadie, Diamond & Hainmueller 2010; synthetic differences: Arkhangelsky et al. 2021; a structural series with the other entities as regressors; interactive factors; segmented regression) are put to earlier dates and to untouched entities where nothing happened. The one that erred least there is read; its errors there give interval and p.",
    "method.events.orders": "Orders week by week that fit everything printed of orders, backlog, waiting weeks and deliveries at once; the interval holds the draws that do.",
    "method.events.cost": "Total difference, end by end, times what a unit earns, end by end; a cost is positive.",
    "method.events.overlap": "Each event of the same entity has a jump and a decay of its own, fitted together; where they cannot be told apart only their sum is, and parts are bounds.",
    "method.events.reference": "Effects of published crises of the kind as a normal distribution of effects, its spread between crises included; joined with this estimate by their precision.",
    "method.events.path": "Observed and expected by the estimator that is read, period by period; the interval is that of errors as large as where nothing happened.",
    "method.events.fan": "The estimator that is read, put to dates and entities where nothing happened.",
    "assume.untouched entities were not touched": "The event touched none of the entities that stand for what was to be expected.", "assume.no other shock of its own": "Nothing else of its own befell the entity then; rival explanations are listed.",
    "assume.placebos stand for chance": "Errors after the event are like those at dates and entities where nothing happened.", "assume.published crises are like this one": "This crisis is drawn from the same range as the published ones.",
    "assume.orders walk around a level": "Weekly orders walk around a level without jumps but at the event.", "assume.deliveries spread evenly over a period": "Deliveries are spread evenly over their period.", "assume.some deliveries unknown": "Deliveries of some periods are not known.",
    "assume.cancelled share as printed": "The share of orders cancelled is as printed.", "assume.cancellations unknown": "Nothing is known of cancellations.",
    "assume.narrower: orders": "A printed figure of orders would narrow the interval most.", "assume.narrower: backlog": "A printed backlog would narrow the interval most.", "assume.narrower: cancelled share": "A printed share of cancellations would narrow the interval most.",
    "assume.a unit earns what the study says": "A unit earns what the study says, and no more or less at the margin.",
}  # fmt: skip

_CLI = {
    "cli.no events": "This study asks about no event. Add to study.toml a table of outcomes, [outcome_columns], [[outcomes]], and [[events]] with id, period, brand, label, source and outcomes = [...].",
}  # fmt: skip

EVENTS: dict[str, str] = _UI | _SENTENCE | _FINDINGS | _WHAT | _WHY | _METHODS | _CLI
