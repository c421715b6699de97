"""English words."""

from __future__ import annotations

from halfstep.report.words_ask_en import ASK
from halfstep.report.words_cells_en import CELLS_EN
from halfstep.report.words_choice_en import CHOICE
from halfstep.report.words_demand_en import DEMAND
from halfstep.report.words_design_en import DESIGN
from halfstep.report.words_docket_en import DOCKET_EN, DOCKET_WHY_EN
from halfstep.report.words_events_en import EVENTS
from halfstep.report.words_files_en import FILES
from halfstep.report.words_new_en import NEW
from halfstep.report.words_press_en import PRESS
from halfstep.report.words_ramp_en import RAMP_EN
from halfstep.report.words_random_en import RANDOM
from halfstep.report.words_read_en import READ_EN
from halfstep.report.words_skeleton_en import SKELETON
from halfstep.report.words_switch_en import SWITCH
from halfstep.report.words_teach_en import TEACH
from halfstep.report.words_voice_check_en import VOICE_CHECK
from halfstep.report.words_voice_en import VOICE

__all__ = ["EN", "NUMBERS"]

NUMBERS = {
    "to": "{lo} to {hi}",
    "both": "{value} ({interval})",
    "behind": "{value} behind",
    "in front": "{value} in front",
    "any behind": "any amount behind",
    "any in front": "any amount in front",
    "level": "level",
    "across": "{lo} to {hi}",
    "at least": "{value} or more",
    "at most": "up to {value}",
    "anything": "any value",
    "large": "1e9",
    "large unit": " bn",
}

_UI = {
    "ui.and": ", ", "ui.and last": " and ", "ui.list": "; ", "ui.list last": "; ", "ui.then": " ", "ui.then last": " ",
    "ui.until": " to ", "ui.until last": " to ", "ui.or": ", ", "ui.or last": " or ",
    "ui.segment all": "all products",
    "ui.language": "中文", "ui.print": "Print", "ui.close": "Close", "ui.origin": "Where this number comes from",
    "ui.id": "id", "ui.value": "Value", "ui.interval": "Interval", "ui.level": "coverage", "ui.unit": "unit", "ui.n": "rows behind it",
    "ui.tier": "evidence", "ui.method": "method", "ui.rows": "rows of the file", "ui.rows used": "rows in the computation",
    "ui.assumptions": "rests on", "ui.exact": "counted, no sampling error", "ui.setting": "fixed in the study file",
    "ui.p short": "P(short)", "ui.p met": "P(met)", "ui.p ahead": "P(ahead)", "ui.family": "comparisons judged together",
    "ui.freedom": "degrees of freedom", "ui.set": "a set, no best guess inside it", "ui.table": "table", "ui.units": "units",
    "ui.unit share": "share", "ui.unit log points": "log points", "ui.unit probability": "probability", "ui.unit rank": "rank", "ui.unit models": "models",
    "ui.unit period": "period", "ui.unit Herfindahl index": "Herfindahl index", "ui.unit share and rank": "share and rank", "ui.unit log points per unit": "log points per unit",
    "ui.contents": "Contents", "ui.click": "Every underlined number opens where it comes from.", "ui.report of": "Halfstep",
    "ui.one before": "Period before", "ui.at": "That period", "ui.one after": "One after", "ui.two after": "Two after",
    "ui.none": "–", "ui.brand": "Brand", "ui.period": "Period", "ui.both": "both",
    "ui.half": "Half", "ui.verdict": "Verdict", "ui.benchmark": "Benchmark", "ui.segment": "Among",
    "ui.gap": "Gap", "ui.p": "Probability", "ui.margin": "Margin", "ui.deciding margin": "Deciding margin", "ui.breaking": "Breaking strength", "ui.why": "Why",
    "ui.naive": "Reading", "ui.naive says": "It says", "ui.we say": "Here", "ui.difference": "Difference", "ui.flips": "Decision",
    "ui.flip yes": "turns", "ui.flip no": "stays", "ui.check": "Check", "ui.status": "Result", "ui.do": "What to do",
    "ui.file": "File", "ui.sha": "sha256", "ui.program": "Program", "ui.version": "Version", "ui.reason": "Reason", "ui.count": "Rows",
    "ui.cause": "Cause", "ui.from to": "From – to", "ui.cut": "Priced at or above", "ui.total": "Total", "ui.choice": "Choice made otherwise",
    "ui.models": "Models", "ui.largest": "Largest model", "ui.best rank": "Best rank", "ui.stretches": "Number one above",
    "ui.Herfindahl": "Herfindahl", "ui.below": "below {hi}", "ui.band": "{lo}–{hi}", "ui.above": "{lo} and more", "ui.never": "nowhere",
    "ui.event": "Event", "ui.number": "No.", "ui.source": "Source",
    "ui.section map": "The half-step map", "ui.section rows": "The gap, attribute by attribute", "ui.section path": "The name through time",
    "ui.section position": "Position in the market", "ui.section verdicts": "Every verdict", "ui.section moves": "How the split moves",
    "ui.section readings": "How far a naive reading is off", "ui.section checks": "Checks, limits, assumptions", "ui.section provenance": "Where the numbers come from",
    "ui.verdict title": "Verdict",
    "ui.axis map x": "product half", "ui.axis map y": "name half", "ui.axis short": "short", "ui.axis ahead": "ahead", "ui.margin box": "margin",
    "ui.quadrant short ahead": "product short, name ahead", "ui.quadrant ahead ahead": "both ahead",
    "ui.quadrant short short": "both short", "ui.quadrant ahead short": "product ahead, name short",
    "ui.axis threshold": "price threshold, {unit}", "ui.axis share above": "share of sales priced at or above it", "ui.axis percentile": "mean percentile in the market's prices",
    "ui.axis period": "period", "ui.axis gap": "benchmark minus focal brand, {unit}",
    "subject.product": "The product half", "subject.name": "The name half", "ui.what would change it": "What would change it (amounts in {unit})",
    "label.ahead": "ahead", "label.short": "short", "label.met": "met (not behind by more than the margin)", "label.undecided": "undecided", "label.no offering": "no offering here",
    "half.product": "product", "half.name": "name", "which.focal": "focal brand", "which.benchmark": "benchmark",
    "cause.own prices": "own price moves", "cause.own mix": "own mix", "cause.entry and exit": "own entry and exit", "cause.rivals": "rivals",
    "status.pass": "pass", "status.review": "review", "status.fail": "fail",
    "tier.0": "0: press figures", "tier.1": "1: public panel", "tier.2": "2: company data", "tier.3": "3: designed experiment",
    "overall.undecided": "undecided", "overall.product missing": "the product half is missing", "overall.brand missing": "the name half is missing",
    "overall.both": "both halves are missing", "overall.neither": "neither half is missing", "overall.lenses disagree": "the lenses disagree",
}  # fmt: skip

_FINDINGS = {
    "find.title": "{text}", "find.half heading": "{half} half",
    "find.banner": "Invented figures: this study shows how the report works and says nothing about a real brand.",
    "find.verdict below": "{focal} is priced {gap} below {benchmark} ({period}): product half {product}; name half {name}.",
    "find.verdict above": "{focal} is priced {gap} above {benchmark} ({period}): product half {product}; name half {name}.",
    "find.verdict equal": "{focal} and {benchmark} are priced alike ({period}): product half {product}; name half {name}.",
    "find.half": "{value} ({level} interval {interval}), {label}",
    "find.half none": "{label}",
    "find.no answer": "There is no answer for {focal} against {benchmark}. {why} What it needs: {needs}.",
    "find.no overall": "There is no answer for {focal} against {benchmark}.",
    "find.cheapest rows": "Cheapest study that would decide it: a public table with {models} models of {focal} (tier 1).",
    "find.cheapest column": "Cheapest study that would decide it: one more column, measured for the models of {focal} and {benchmark}: {unmeasured} (tier 1 or 2).",
    "find.cheapest experiment": "Cheapest study that would decide it: a choice experiment in which the names of {focal} and {benchmark} are put on the same products (tier 3).",
    "find.overall undecided": "Overall: undecided, because the {halves} half is; a conclusion needs both.",
    "find.overall undecided both": "Overall: undecided, because neither half can be decided.",
    "find.overall": "Overall: {label}, with probability at least {p}.",
    "find.lens": "The name half of this price lens holds the name, unseen quality and cost together; it does not hold reach.",
    "find.sign": "Gaps are benchmark minus focal brand: “behind” means that the focal brand is behind. The margin is {margin} ({share} of {benchmark}'s price).",
    "find.change short": "{subject} stays short unless quality that the table lacks is worth more than {breaking} × what {reference} is worth ({worth}); {allowance}. It is short under any margin up to {margin_short}; only a margin of {margin_met} or more would make it met.",
    "find.change ahead": "{subject} stays ahead unless quality that the table lacks is worth more than {breaking} × what {reference} is worth ({worth}); {allowance}.",
    "find.change met": "{subject} stays met unless quality that the table lacks is worth more than {breaking} × what {reference} is worth ({worth}); {allowance}. It is met under any margin of {margin_met} or more.",
    "find.change unseen": "{subject} could be decided if all quality were measured, but quality that the table lacks can turn it from {breaking} × what {reference} is worth ({worth}), and {allowance}.",
    "find.change uncertain": "{subject} cannot be decided even if all quality were measured: its interval is too wide.",
    "find.allow bound": "the study's bound is {allowed} ×", "find.allow none": "the study declares none", "find.allow free": "the study gives no bound for it",
    "find.change none": "{subject} has no number. {why} Needed: {needs}.",
    "find.margins undecided": "As it stands, only a margin of {margin_met} or more would give “met”; a margin of {margin_short} or less would give “short”.",
    "find.margins undecided met": "As it stands, only a margin of {margin_met} or more would give “met”; no margin would give “short”.",
    "find.change undecided": "{first} {then}", "find.sentences": "{text}",
    "find.decide models": "If the estimate is true, {focal_models} models of {focal} (now {focal_now}) and {benchmark_models} of {benchmark} (now {benchmark_now}) would decide it in four of five studies.",
    "find.decide refused": "More models would not decide it: {why} What would: {needs}.",
    "find.measure": "What would decide it: measure {unmeasured}.",
    "find.map caption": "Amounts in {unit}. Right and up is ahead of {benchmark}, which stands where the axes cross, with the margin as a box around it. One path a brand, from its oldest period to its last (large dot). Dashed: the region that holds both gaps together with {level} probability, an ellipse from their joint covariance scaled by 2F(2, ν) with the smaller of the two degrees of freedom; drawn for the first and the last period, cut at the frame.",
    "find.map empty": "No brand shares enough models with {benchmark} in any period; there is nothing to draw.",
    "find.map off": "{brand} is not on the map ({count} models to compare). {why} Needed: {needs}.",
    "find.around title": "Share of the market around the events",
    "find.around note": "Share of what was sold, counted in the table. Events mark dates; nothing is attributed to them.",
    "find.map title": "Distance to {benchmark} in product and in name",
    "find.rows title": "{benchmark} minus {focal}, {period}",
    "find.rows caption": "Bars are the gap in {unit}, lines the {level} interval. The attribute rows sum to product; product and name sum to the price gap, exactly.",
    "find.identity": "product {product} + name {name} = price gap {gap}",
    "find.rows none": "No split: {why} Needed: {needs}.",
    "find.path title": "Quality-adjusted price against the mean of all brands",
    "find.path caption": "Price above (+) or below (−) the plain mean of all brands for the same measured attributes, with {level} intervals period by period. A block of several periods is a flat piece over its years. The term holds name, unseen quality and cost.",
    "find.path events": "Events: {events}. They mark dates; no effect is attributed to them.",
    "find.event": "{number} {period} {label}",
    "find.path none": "No brand has enough models in any period for a path.",
    "find.name path title": "Name gap to each benchmark, log points as percent of the price",
    "find.name now": "{benchmark} against {focal}, {period}: {gap} for the same measured attributes.", "find.name now band": "{benchmark} against {focal}, {period}: {gap} for the same measured attributes; {band} if the whole path is to be covered at once.",
    "find.closing": "{benchmark}: the probability that the name gap has closed is {probability}; period of closing {period}.",
    "find.closing never": "{benchmark}: the probability that the name gap has closed is {probability}; at {level} coverage no period can be named by which it had.",
    "find.closing since": "{benchmark}: the probability that the name gap has closed is {probability}; if it has, not before {period}.",
    "find.closing none": "{benchmark}: whether the name gap has closed cannot be said. {why} Needed: {needs}.",
    "find.band title": "Share of each price band, {basis}, {period}", "find.basis units": "by units", "find.basis value": "by value",
    "find.cut title": "Share above every price, {basis}, {period}",
    "find.cut caption": "For every threshold, the brand's part of what is sold at that price or above. Thick: number one there.",
    "find.percentile title": "Price position through time",
    "find.percentile caption": "Mean percentile of a brand's sales in the market's price distribution; the market's mean is 50%.",
    "find.change title": "Why {focal}'s share of the high bands changed",
    "find.change note": "Percentage points, divided among the causes by Shapley values; the causes sum to the total.",
    "find.line title": "The line: how much hangs on one model",
    "find.position none": "No bands are set in the study, so there is no ladder.",
    "find.verdicts title": "Benchmarks, segments and halves", "find.verdicts note": "A label needs {confidence}; {family} comparisons are judged together, so the chance that any label is wrong is held for all of them; intervals are for one comparison each. Breaking strength is a multiple of what the reference attribute is worth.",
    "find.margin met": "met from {margin}", "find.margin short": "short up to {margin}", "find.margins": "{short}; {met}",
    "find.needs": "{why} Needed: {needs}.", "find.why": "{why}",
    "find.dark": "{room}: not measured, no table {tables}.", "find.refusal": "{what}: {why} Needed: {needs}.", "find.where": "{benchmark} among {segment}", "find.no comparison": "No verdict on {where}: {why} Needed: {needs}.",
    "find.moves title product": "Product half", "find.moves title name": "Name half",
    "find.moves caption": "Each row makes one choice otherwise; the dashed line is the study's own split. Amounts in {unit}, {level} intervals.",
    "find.moves range": "Over all these choices the product half is {product} and the name half is {name}. {robust}",
    "find.robust both": "Neither half changes its side: that much is robust.",
    "find.robust product": "The product half never changes its side; the name half does.",
    "find.robust name": "The name half never changes its side; the product half does.",
    "find.robust none": "Both halves change their side: which one is missing depends on the choice.",
    "find.against": "Of the product half, {amount} is {attribute}, priced against what buyers want: it stands in for something unlisted.",
    "find.choices": "With other weights, attributes or reference prices, the product half is {product} and the name half is {name}.",
    "find.decide focal": "If the estimate is true, {focal_models} models of {focal} (now {focal_now}) would decide it in four of five studies.",
    "why.prices deflated": "Prices, gaps and bands are in money divided by the column {column}.",
    "do.read money as deflated": "Read every amount as deflated money.",
    "why.focal brand absent from the last period": "The focal brand is last seen in {last}; the data go on to {newest}.",
    "do.read the verdict as dated": "Read its verdicts as of that period.",
    "why.never open": "The gap was not above the margin in any period.",
    "find.moves none": "The main comparison has no split, so there is nothing to move.",
    "find.moves refused": "Not determined by this data: {moves}.",
    "find.readings title": "The same rows, read without care", "find.readings none": "The main comparison has no split, so there is no reading to set against it.",
    "find.share pair": "{focal} against {benchmark} of the benchmark's band",
    "find.checks title": "Checks", "find.notes title": "What a reader must know", "find.unmeasured title": "Declared unmeasured",
    "find.unmeasured": "{text} (at most {max} times the reference attribute)", "find.refusals title": "What this data does not answer",
    "find.assumptions title": "Assumptions", "find.methods title": "Methods", "find.keyed": "{text}",
    "find.margin reason": "Margin, fixed before estimation: {share}. Its reason: {reason}.",
    "find.files title": "Files read", "find.versions title": "Programs", "find.left out title": "Rows left out",
    "find.frozen": "Rows that a table says were first known after that date are not looked at: neither read, nor counted, nor in its sha256.",
    "find.run": "As of {as_of}, seed {seed}, evidence tier {tier}. The same study and seed give the same files, byte for byte.",
    "find.follow": "Every underlined number opens its id, interval, method, assumptions and the rows of the file behind it; report.json holds the same ids.",
    "find.kept": "{rows} rows of {file} are used.",
    "basis.list": "list prices", "basis.transaction": "transaction prices", "basis.after_subsidy": "prices after subsidy", "kind.units": "units", "kind.share": "market shares",
    "outcome.sales": "sales", "outcome.registrations": "registrations", "outcome.orders": "orders", "outcome.deliveries": "deliveries",
    "left.after as_of": "after the as-of date", "left.place": "another place", "left.before first period": "before the first period", "left.after last period": "after the last period",
}  # fmt: skip

_ROOMS = {
    "what.price of": "mean price of the {which}'s offering (geometric)", "what.price gap": "price gap", "what.half": "{half} half of the price gap",
    "what.attribute": "Part", "what.attribute row": "{attribute}", "what.what unseen quality may be worth": "what unseen quality may be worth, as declared",
    "what.worth of the reference attribute": "worth of the reference attribute", "what.move": "{half} half, {move}", "what.range": "{half} half over all these choices",
    "what.band share of": "share of the benchmark's band: {which}", "what.deciding models": "models that would decide: {which}", "what.models that would decide": "models that would decide",
    "what.period in which the name gap closed": "period in which the name gap closed", "what.probability that the name gap closed": "probability that the name gap closed",
    "what.price of an attribute": "price of an attribute", "what.best rank above any threshold": "best rank above any price",
    "what.thresholds above which it is number one": "prices above which it is number one", "what.line concentration": "concentration of the line",
    "what.share of the largest model in the line": "share of the largest model in the line", "what.change of share": "change of share", "what.change by": "change of share: {cause}",
    "what.price position": "price position", "what.share of the market": "share of the market", "what.band share by units": "share of the band, by units", "what.band share by value": "share of the band, by value",
    "what.cut curve by units": "share above the price, by units", "what.cut curve by value": "share above the price, by value",
    "what.brand term over the mean of brands": "quality-adjusted price against the mean of brands", "what.product and name gap to the main benchmark": "gap to the main benchmark",
    "what.name gap by period": "name gap by period", "what.name gap by period, band over the whole path": "name gap by period, band over the whole path",
    "what.naive reading minus ours": "naive reading minus ours",
    "what.whole price gap is brand": "the whole price gap is brand", "what.textbook brand dummy": "a textbook brand dummy, significant or not", "what.inside the price band": "the same split inside the benchmark's price band", "what.band share": "shares of the benchmark's band compared",
    "move.offerings weighted by sales": "models weighted by sales", "move.offerings weighted by equal": "models weighted equally",
    "move.regression weighted by sales": "regression weighted by sales", "move.regression weighted by equal": "regression weighted equally",
    "move.one set of attribute prices": "one set of attribute prices for all periods", "move.attribute prices of the same block": "attribute prices of the same block",
    "move.other brands' prices": "attributes priced by other brands only", "move.benchmark's own prices": "attributes priced by the benchmark's models", "move.focal's own prices": "attributes priced by the focal brand's models",
    "move.attribute left out": "without {attribute}", "move.taken first": "{half} taken first",
    "why.decided": "Decided.", "why.unseen quality could turn it": "Quality that the table lacks could turn it.", "why.too uncertain": "The interval is too wide.",
    "why.focal absent": "The focal brand has no product here.", "why.benchmark absent": "The benchmark has no product here.", "why.never together": "The two brands are never on sale in the same period.",
    "why.too few models": "There are too few models.", "why.unseen quality decides, not more models": "What decides is quality that the table lacks.", "why.too close to the margin": "The gap is too close to the margin.",
    "why.one period only": "There is only one period or block with enough models.", "why.not determined": "These data do not determine it.", "why.attribute not identified": "The price of an attribute cannot be told apart from brand and period.",
    "why.list prices": "Prices are list prices; discounts are not seen.", "why.shares not units": "Quantities are market shares, not units.", "why.deliveries measure supply": "Deliveries measure supply while there is a backlog.",
    "why.rows without attributes": "{rows} of {of} rows lack an attribute and are left out of the split.", "why.priced against its direction": "{attribute} has a price against its direction ({price} log points a unit).",
    "why.share bought unknown": "Whether a share of the high bands was bought with discounts cannot be said.",
    "why.share bought": "Between {before} and {after} the share above {edge} rose while the quality-adjusted price fell: the share was bought.",
    "why.share not bought": "Between {before} and {after} no share of the high bands was bought with a falling quality-adjusted price.",
    "why.few models behind the interval": "{benchmark}, {segment}, {period}: {freedom} degrees of freedom ({focal} focal models, {models} of the benchmark); the interval leans on normal errors.",
    "why.enough models behind the interval": "{benchmark}, {segment}, {period}: {freedom} degrees of freedom ({focal} focal models, {models} of the benchmark).",
    "why.robustness value": "{benchmark}, {segment}, {period}: an omitted attribute would have to explain {robustness} of what is left of both brand and price to bring the name gap to the margin.",
    "why.nothing declared unmeasured": "The study declares no unmeasured quality; the verdicts take the table for complete.",
    "do.give transaction prices": "Give transaction prices.", "do.give units": "Give units sold.", "do.give orders": "Give orders net of cancellations.", "do.fill the attributes": "Fill the blank attributes.",
    "do.give models that differ in it": "Give models of one brand and period that differ in it.", "do.name what it stands for": "Say what it stands for; its own row in the gap is not to be read alone.",
    "do.give more models a period": "Give at least the minimum number of models in both periods.", "do.look at the price cut": "Look at the price cut before claiming the share.",
    "do.give more models": "Give more models or more periods.", "do.declare what the table lacks": "Declare what the table lacks in [study] unmeasured.",
    "needs.rows of the focal brand in this scope": "rows of the focal brand here", "needs.rows of the benchmark in this scope": "rows of the benchmark here", "needs.a period in which both sell": "a period in which both sell",
    "needs.more models": "more models", "needs.measure": "a measure of {unmeasured}", "needs.a choice experiment": "a choice experiment", "needs.see decide": "more models, see “what would change it”", "needs.see refusal": "see the refusal",
    "needs.models of one brand and period that differ in it": "models of one brand and period that differ in it", "needs.enough models in more periods": "enough models in more periods", "needs.more models that differ in the attributes": "more models that differ in the attributes",
    "assume.clusters independent": "Errors of different models are independent; those of one model are not assumed to be.", "assume.one price per attribute": "Both brands' attributes carry the same price.",
    "assume.parts additive in logs": "Parts add up in log prices; money shares them out by the logarithmic mean of the two prices.", "assume.unseen quality declared": "Unseen quality is worth no more than the study declares.",
    "assume.estimate taken for the truth": "The estimate is taken for the truth.", "assume.linear in logs": "Log price is linear in the attributes as transformed.",
}  # fmt: skip

_METHODS = {
    "method.gap.split": "Hedonic regression of log price on attributes, market and brand × period; the price gap is split exactly into attribute rows and name (Oaxaca 1973; Blinder 1973; Rosen 1974). Errors clustered by model (CR2; Bell & McCaffrey 2002; Imbens & Kolesár 2016).",
    "method.gap.price": "Geometric mean of the offering's prices, both brands weighted alike over markets.",
    "method.gap.unseen": "Sum of the declared multiples times the worth of the reference attribute; the verdict is the worst case inside it.",
    "method.gap.reference": "The larger of what the attribute makes between the two brands and, as a root mean square, between two brands picked at random.",
    "method.gap.decide": "Simulated estimates with this study's own errors, the estimate taken for the truth: models are added, of the focal brand, then of both, up to ten times as many (respondents of an experiment up to fifty times), until four of five studies reach a label.",
    "method.gap.order": "The half taken first is valued from the benchmark's price down, the other from the focal price up; the symmetric split lies between (Shapley 1953).",
    "method.gap.naive": "A reading of the same rows that leaves out what the split accounts for.",
    "method.hedonic": "Hedonic regression: log price on attributes, market and brand × period effects (Rosen 1974). It prices attributes; it is no taste.",
    "method.hedonic.path": "Brand × period terms of the hedonic minus their plain mean over brands, with the full covariance.",
    "method.position.percentile": "Mean percentile of the brand's sales in the period's price distribution; ties count half.",
    "method.position.share": "Brand's volume over the market's.", "method.position.band.units": "Brand's units in the band over all units in it.", "method.position.band.value": "Brand's value in the band over all value in it.",
    "method.position.cut.units": "Brand's units at or above the price over all units there, for every price.", "method.position.cut.value": "Brand's value at or above the price over all value there, for every price.",
    "method.position.concentration": "Sum of squared shares of the brand's models (Herfindahl).", "method.position.change": "Shapley value over the 24 orders of four causes; like seasons compared.",
}  # fmt: skip

EN: dict[str, str] = (
    DOCKET_WHY_EN
    | _UI
    | _FINDINGS
    | _ROOMS
    | _METHODS
    | DEMAND
    | RANDOM
    | PRESS
    | CHOICE
    | EVENTS
    | VOICE
    | VOICE_CHECK
    | DESIGN
    | FILES
    | SWITCH
    | SKELETON
    | TEACH
    | CELLS_EN
    | ASK
    | NEW
    | DOCKET_EN
    | RAMP_EN
    | READ_EN
)
