"""English words of shocks: what followed an event, or why that cannot be told."""

from __future__ import annotations

__all__ = ["EVENTS"]

_UI = {
    "ui.section events": "What followed events", "ui.axis observed": "{unit}", "ui.axis difference": "observed minus expected, {unit}",
    "ui.axis difference share": "observed against expected",
    "ui.observed": "observed", "ui.expected": "expected", "ui.difference of": "difference", "ui.estimator": "Estimator", "ui.average": "Average",
    "ui.chance p": "p", "find.event average of": "Average, {unit}", "ui.own choice": "Read here", "ui.yes": "yes", "ui.what": "What", "ui.weight": "Weight", "ui.donor": "Untouched entity", "ui.rival": "Rival explanation",
    "ui.would show": "What it would show", "ui.found": "Found", "ui.true change": "True change", "ui.chance found": "Found in", "ui.after": "After", "ui.money cost": "Cost, {unit}",
    "rival.pass": "survives", "rival.review": "not testable", "rival.fail": "contradicted",
    "label.fell": "lower", "label.rose": "higher", "label.nothing larger": "nothing larger than the margin", "label.cannot tell": "cannot be told",
    "label.disagree": "estimators disagree", "label.refused": "not answered",
    "find.span day": "{n} days", "find.span week": "{n} weeks", "find.span month": "{n} months", "find.span quarter": "{n} quarters", "find.span year": "{n} years",
    "find.span one day": "{n} day", "find.span one week": "{n} week", "find.span one month": "{n} month", "find.span one quarter": "{n} quarter", "find.span one year": "{n} year",
    "find.a day": "{unit} a day", "find.a week": "{unit} a week", "find.a month": "{unit} a month", "find.a quarter": "{unit} a quarter", "find.a year": "{unit} a year",
    "find.amount of": "{amount} {unit}", "find.with tie": "{who} ({tie})",
    "tie.siblings": "sibling", "tie.rivals": "rival", "tie.same country": "same country of origin", "tie.named as no donor": "named as no donor", "tie.an event of its own": "an event of its own",
    "tie.blank cells": "periods without a figure", "tie.constant": "never changes", "tie.zero": "nothing but zeros", "tie.copy of the treated unit": "a copy of the series asked about",
    "estimator.synthetic control": "synthetic control", "estimator.synthetic differences": "synthetic differences", "estimator.structural series": "structural series",
    "estimator.factors": "factors", "estimator.segmented": "segmented regression", "estimator.differences": "difference in differences", "estimator.": "no estimator",
    "fact.dates": "dates", "fact.size": "share found where nothing happened", "fact.floor": "least p possible", "fact.lo": "low end", "fact.hi": "high end", "fact.n": "how many",
    "room.events": "shocks", "stage.events": "shocks",
    "head.dim entity": "Entity", "head.dim effect": "True change",
}  # fmt: skip

_SENTENCE = {
    "find.event fell": "{event}: from {when} on, {outcome} of {brand} ran on average {value} lower ({level} interval {interval}) over {span} than entities without the event would have led one to expect{chance}.",
    "find.event rose": "{event}: from {when} on, {outcome} of {brand} ran on average {value} higher ({level} interval {interval}) over {span} than entities without the event would have led one to expect{chance}.",
    "find.event chance": "; the same calculation found at least as much, up or down, at {k} of {n} dates and entities where nothing happened",
    "find.event chance none": "; the same calculation found as much, up or down, at none of {n} dates and entities where nothing happened",
    "find.event within": "{event}: from {when} on, {outcome} of {brand} stayed on average within the margin of {margin} of what entities without the event would have led one to expect, over {span}: {value} ({level} interval {interval}).",
    "find.event open": "{event}: whether {outcome} of {brand} changed from {when} on cannot be told. Over {span} the average difference from what was to be expected lies anywhere in the {level} interval {interval}; {power}.{why}",
    "find.event power": "a change of {detectable} would be found in four of five cases, a smaller one less often",
    "find.event power none": "with these data a change of no size would be found in four of five cases",
    "find.event why": " {why}",
    "find.event apart": "{event}: whether {outcome} of {brand} changed from {when} on cannot be told. Over {span} the estimators' intervals exclude each other: {estimators}.",
    "find.event by": "{estimator} {interval}",
    "find.event refused": "{event}: what became of {outcome} of {brand} from {when} on is not answered. {why}",
    "find.event joint": "{text} This is one figure for {events} together: they lie too close for the part of each to be told.",
}  # fmt: skip

_FINDINGS = {
    "find.events about": "What was observed after an event is held against what entities that the event did not touch would have led one to expect. The difference is what followed; other explanations of it stand beside it, each with what it would show.",
    "find.events title": "What followed each event", "find.events decide": "What would decide it",
    "find.event needs": "{event}, {outcome}: {needs}.", "find.event heading": "{event} ({when}): {outcome} of {brand}", "find.event of": "{event}, {outcome}: {text}",
    "find.event refusal": "{event}, {outcome}, {what}: {why} Needed: {needs}.", "find.event refusal bare": "{event}, {outcome}, {what}: {why}",
    "find.event path title": "Observed, and what was to be expected: {outcome} of {brand}",
    "find.event path caption": "Solid: observed. Dashed: what was to be expected by {estimator}, after the event with its {level} interval. Upright lines: {marks}.",
    "find.event gap title": "Observed less expected: {outcome} of {brand}",
    "find.event gap caption": "Red: the difference, after the event with its {level} interval. Grey: the same calculation where nothing happened ({shown} of {n} shown). Upright lines: {marks}.",
    "find.event gap caption bare": "Red: the difference, after the event with its {level} interval. Upright lines: {marks}.",
    "find.event mark": "{number} {label}", "find.event dated": "{label} ({when})", "find.event rival begins": "{rival}, begins", "find.event rival ends": "{rival}, ends",
    "find.event figures title": "The difference in figures", "find.event estimators title": "Estimator by estimator", "find.event donors title": "Who stands for what was to be expected",
    "find.event rivals title": "Rival explanations, each with what it would show", "find.event cost title": "What it cost, by horizon", "find.event power title": "What this calculation can find",
    "find.event row average": "average over {span}", "find.event row first": "first period", "find.event row lasting": "last third", "find.event row faded": "faded since the first period", "find.event row total": "total over {span}",
    "find.event row joint": "all overlapping events together", "find.event row part": "part of {event}: between", "find.event row spill": "beside it: {entity}",
    "find.event row prior": "published crises of its kind: between", "find.event row combined": "together with published crises",
    "find.event detectable": "A change of {detectable} would be found in four of five cases.", "find.event detectable none": "A change of no size would be found in four of five cases.",
    "find.event p": "p = {p}; the least that this table allows is {floor}.",

    "find.event decide": "What would decide it: {needs}.", "find.event others": "{n} others",
    "prediction.begins": "{brand}'s series turns by itself from {when} on", "prediction.ends": "nothing of it is left from {when} on", "prediction.before": "the change was under way before the event",
    "prediction.moves down": "{entity} runs lower after the event", "prediction.moves up": "{entity} runs higher after the event", "prediction.backlog": "the series shows supply: a backlog binds", "prediction.": "nothing that can be tested",
}  # fmt: skip

_WHAT = {
    "what.event effect: average": "average difference after the event", "what.event effect: first": "difference in the first period", "what.event effect: lasting": "difference in the last third",
    "what.event effect: faded": "what faded since the first period", "what.event effect: total": "total difference after the event", "what.event effect: joint": "difference after overlapping events together",
    "what.event effect: part": "part of one of several overlapping events", "what.event effect: by estimator": "average difference by one estimator", "what.event effect: spill-over": "difference beside the event's own entity",
    "what.cost of an event": "cost of an event", "what.reference class": "range of published crises of its kind",
    "what.event path: observed": "observed", "what.event path: counterfactual": "what was to be expected", "what.event path: gap": "observed less expected",
    "what.event path: fan": "the same difference where nothing happened", "what.event donors": "weight of an untouched entity", "what.event power": "probability that a true change is found",
}  # fmt: skip

_WHY = {
    "why.interval excludes zero": "The interval lies on one side of zero.", "why.interval holds zero": "The interval holds zero.", "why.within the margin": "The interval lies within the margin.",
    "why.estimators disagree": "The estimators disagree.", "why.too few placebos": "There are too few dates and entities where nothing happened to judge chance by.",
    "event reason.supply, not demand": "Deliveries came out of a backlog: they show what could be made, not what buyers wanted.", "why.outside the sample": "The table does not reach the day of the event.",
    "why.too few periods before": "There are too few periods before the event to learn from.", "why.no series": "The table has no unbroken series of this entity.", "why.nothing after": "The table has no period after the event.",
    "why.no unit margin": "The study does not say what a unit earns.", "why.no published crisis of this kind": "No published crisis of this kind is on file.",
    "needs.more untouched entities": "more entities that the event did not touch", "needs.more periods before": "more periods before the event", "needs.more periods after": "more periods after the event",
    "needs.orders instead of deliveries": "orders instead of deliveries", "needs.a margin": "a margin in [shocks]: the change that would not matter", "needs.a control group": "a group that the event could not touch: a region, a buyer group",
    "needs.a unit margin": "unit_margin in [shocks]: what one unit earns, from and to", "needs.weekly figures": "weekly or daily figures",
    "why.zeros": "The series has periods of zero or less, of which there is no relative change.", "why.reference.few": "Too few published crises of this kind are on file to make a range of.",
    "why.dose.few": "Too few crises to say how fame and loss go together.", "why.dose.same": "The crises are too alike in fame to say how fame and loss go together.", "why.dose.scales": "The crises measure fame on different scales.", "why.dose.published": "Too few published crises tell the fame before them.",
    "needs.absolute scale": "scale = \"absolute\" for this outcome", "needs.more published crises": "more published crises of this kind",
    "needs.rivals.later": "more periods after the event", "needs.rivals.earlier": "more periods before the event", "needs.rivals.finer": "finer periods: weeks or days", "needs.rivals.power": "a longer or steadier series", "needs.rivals.predict": "something that the explanation predicts and the event does not",
    "needs.rivals.outcome": "the series of that other entity", "needs.rivals.flow": "a flow table with orders and backlog", "needs.rivals.orders": "orders instead of deliveries",
    "why.event placebos": "The calculation that is read ({estimator}) was put to {units} untouched entities and {dates} earlier dates where nothing happened; the least p that this allows is {floor}.",
    "why.event size": "Where nothing happened the plain interval found a change in {size} of cases, at a nominal {nominal}; intervals and p are corrected for it.",
    "why.event size high": "Where nothing happened the plain interval found a change in {size} of cases, far above the nominal {nominal}; intervals and p are corrected for it, and are wide for that.",
    "why.event pre-trend none": "Before the event the series kept to what was to be expected (p {p}).", "why.event pre-trend": "Before the event the series already drifted away from what was to be expected (p {p}).",
    "why.event donors left out": "Left out as perhaps touched: {list}. {n} entities stand for what was to be expected.", "why.event donors all": "No entity was left out; {n} stand for what was to be expected.",
    "why.event donors few": "Only {n} entities stand for what was to be expected.",
    "why.event leave one out": "Without any one of the entities that stand for what was to be expected the average lies between {lo} and {hi}.",
    "why.event leave one out turns": "Without {entity} alone the verdict turns; leaving out one entity at a time the average lies between {lo} and {hi}.",
    "why.event season taken out": "The season of each entity was taken out, learnt from {n} periods before the event.", "why.event season too short": "With {n} periods before the event there is less than two years: the season was not taken out.",
    "why.event periods left out": "{n} periods without a figure were left out.", "why.event backlog": "In {n} of the periods looked at buyers waited longer than a period for delivery.",
    "why.event overlap apart": "Windows overlap ({list}), yet the events lie far enough apart for each to be told.", "why.event overlap joint": "Windows overlap ({list}): only the joint difference is told, the parts are bounds. More time between them, figures by day, or an outcome that only one of them could touch would separate them.",
    "why.event rival survives": "{rival}: {prediction}. This is so; the explanation survives.", "why.event rival contradicted": "{rival}: {prediction}. This is not so; the explanation is contradicted.",
    "why.event rival not testable": "{rival}: {prediction}. These data cannot test it.",
    "why.event back-test": "Each of {n} published crises left out in turn, the range of the others held it in {size} of cases.",
    "do.read as a joint effect": "Read the figure as that of all of them together.", "do.give more untouched entities": "Give more untouched entities.",
    "do.give two years before": "Give at least two years before the event.", "do.read with the pre-trend in mind": "Read the difference with that drift in mind.", "do.look at that entity": "Find out what happened to that entity at the time.",
    "do.weigh the rival explanation": "Weigh this explanation beside the event.",
}  # fmt: skip

_METHODS = {
    "method.events.gate": "Several estimators of what was to be expected (synthetic control: Abadie, Diamond & Hainmueller 2010; synthetic differences: Arkhangelsky et al. 2021; a structural series with the other entities as regressors; interactive factors; segmented regression) are put to earlier dates and to untouched entities where nothing happened. The one that erred least there is read; its errors there give interval and p.",
    "method.events.cost": "Total difference, end by end, times what a unit earns, end by end; a cost is positive.",
    "method.events.overlap": "Each event of the same entity has a jump and a decay of its own, fitted together; where they cannot be told apart only their sum is, and parts are bounds.",
    "method.events.reference": "Effects of published crises of the kind as a normal distribution of effects, its spread between crises included; joined with this estimate by their precision.",
    "method.events.path": "Observed and expected by the estimator that is read, period by period; the interval is that of errors as large as where nothing happened.",
    "method.events.fan": "The estimator that is read, put to dates and entities where nothing happened.",
    "assume.untouched entities were not touched": "The event touched none of the entities that stand for what was to be expected.", "assume.no other shock of its own": "Nothing else of its own befell the entity then; rival explanations are listed.",
    "assume.placebos stand for chance": "Errors after the event are like those at dates and entities where nothing happened.", "assume.published crises are like this one": "This crisis is drawn from the same range as the published ones.",
    "assume.a unit earns what the study says": "A unit earns what the study says, and no more or less at the margin.",
}  # fmt: skip

_CLI = {
    "cli.no events": "This study asks about no event. Add to study.toml a table of outcomes, [outcome_columns], [[outcomes]], and [[events]] with id, period, brand, label, source and outcomes = [...].",
}  # fmt: skip

EVENTS: dict[str, str] = _UI | _SENTENCE | _FINDINGS | _WHAT | _WHY | _METHODS | _CLI
