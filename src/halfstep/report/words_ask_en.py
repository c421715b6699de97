"""English words of the console: faults, guesses, questions that a study can answer, what is installed."""

from __future__ import annotations

__all__ = ["ASK"]

_CLI = {
    "cli.faults": "{count} fault(s). {done}", "cli.nothing was run": "Nothing was run.", "cli.nothing was written": "No study.toml was written.",
    "cli.head file": "file", "cli.head row": "row", "cli.head column": "column", "cli.head what": "what", "cli.head mend": "what to do",
    "cli.unwritten": "Cannot write the report to {folder}: {reason}. Name another folder with --out.",
    "cli.no fault": "No fault: {rows} rows of {file} in scope.", "cli.figures": "No fault: {rows} printed figures of {file}.",
    "cli.left out": "Left out: {rows} rows ({reason})", "cli.comparisons": "Compared: {pairs}.", "cli.pair": "{focal} against {benchmark}",
    "cli.read as": "Read as", "cli.guesses": "What the files did not say and was guessed; correct the file where a guess is wrong:",
    "cli.questions": "What can be asked of it:", "cli.head question": "question", "cli.head answer": "answer", "cli.head missing": "what is open or missing",
    "cli.cheapest": "The cheapest way to an answer:", "cli.head tier": "evidence", "cli.head study": "what to get", "cli.no data": "no data, a line in study.toml",
    "cli.next": "Next: halfstep run {folder}", "cli.separator": "; ",
    "stage.read": "reading", "stage.prepare": "preparing", "stage.check": "checking", "stage.market": "market", "stage.demand": "demand lens", "stage.gap": "gap",
    "stage.press": "printed figures", "stage.report": "report", "stage.propose": "looking at the columns",
    "answer.now": "now", "answer.partly": "partly", "answer.needs": "not yet",
}  # fmt: skip

_QUESTIONS = {
    "question.position": "Where does the brand stand in the high bands?",
    "question.gap": "How far is it from the benchmark, in money?",
    "question.verdict": "Is a half missing?",
    "question.tastes": "What do buyers pay for?",
    "question.reach": "Is a brand wanted, or only known and on every corner?",
    "question.lenses": "Do prices and sales say the same?",
    "question.supply": "Are deliveries demand?",
    "question.equilibrium": "What would everybody's prices and shares be without the name?",
    "question.recognition": "Who recognises the name, by income?",
    "question.unseen": "What if something is unseen?",
    "question.decide": "What would decide it?",
    "question.moves": "How does the split move?",
    "question.naive": "What does a naive reading say?",
    "question.printed": "Do printed figures fit together, and what do they leave open?",
    "question.event": "What did an event cost?",
}

_NEEDS = {
    "need.event": "an event that names an outcome: [[outcomes]] with its table, and [[events]] with id and outcomes",
    "need.periods before the event": "periods of the outcome {outcome} before and after the event {event}",
    "need.entities beside the event": "other entities with the outcome {outcome} in every period before the event {event}",
    "need.press table": "a press table: one printed figure a row, with columns entity, metric, value, period",
    "need.press figures known by then": "figures that were known by {as_of}",
    "need.sales table": "a sales table: one row a model and period, with columns period, brand, model, price, units and attributes that differ among models; at least {least} models each of {focal} and {benchmark} in one period, and their rivals",
    "need.sales table for position": "a sales table (period, brand, model, price, units): printed figures give bounds, not a place",
    "need.bands": "[bands] edges: without them there are no bands, only the cut curve",
    "need.a second period": "a second period: why a share changed needs two",
    "need.paid prices": "transaction prices: the table has list prices, in which no discount shows",
    "need.attributes that vary": "an attribute besides {columns}, which does not differ among models of one brand and period",
    "need.models to compare": "more models of {focal} (now {has}) or {benchmark} (now {of}) in a period or pool: {least} each at least",
    "need.focal absent": "rows of {focal} in scope",
    "need.benchmark absent": "rows of {benchmark} in scope",
    "need.never together": "a period and place in which {focal} and {benchmark} both sell",
    "need.few models": "{brand} has {models} models in the comparison: the name half often stays undecided with so few",
    "need.unmeasured": "[study] unmeasured: nothing is declared that buyers see and the table lacks, so the verdict takes the table for complete",
    "need.bound on unseen quality": "[study] unseen_quality_max: without a bound nothing that unseen quality could turn is decided",
    "need.demand section": "a section [demand] in study.toml: what moves price and not taste",
    "need.instruments": "something that moves price and not taste: [demand] instruments or cost",
    "need.flow table": "a flow table: one row a brand and period, with columns brand, period, orders, cancellations, backlog; of {focal} at least",
    "need.flow of a brand": "rows of {focal} in the flow table",
    "need.backlog": "the backlog of {focal} at the end of each period",
    "need.cancellations": "cancellations of {focal}: without them orders are an upper bound",
    "need.orders": "orders: in every period somebody's buyers are waiting, so that no share is demand",
    "need.market size": "possible buyers (markets table, column size): without them elasticities are bounds",
    "need.random tastes": "a section [demand.random] in study.toml: what buyers differ in; without it a brand's lost buyers go where most is sold, not to what is most alike",
    "need.rival instruments": 'instruments that tell near rivals from far ones: [demand] instruments = ["local"]; cost alone tells little of how tastes differ',
    "need.market size for random tastes": "possible buyers (markets table, column size): tastes that differ are told by how many buy nothing",
    "need.buyers table": "a buyers table: rows of possible buyers, with income and what else may matter",
    "need.price by buyers": "a taste for price that goes with who the buyer is: [demand.random] income, or a taste of price with 'by'",
    "need.micro table": "a micro table (mean income of a brand's buyers, second choices): market shares alone tell little of who buys what",
    "need.reach table": "a reach table: one row a brand ({brands} of them), with columns brand and awareness, consideration or outlets; without it the brand half has no verdict in market shares",
    "need.reach of a brand": "a row of {brand} in the reach table",
}

_STUDIES = {
    "study.outcome table": "registrations, searches or prices of {focal} and a dozen others by week or month, from two years before the event: a table of outcomes",
    "study.event": "a line for the outcome, such as the quantities of the sales table, and its id in the event",
    "study.press figures": "printed figures of {focal} and its rivals, each with what it counts, of when, and by whom",
    "study.public sales": "a public table of sales by model with prices, {focal} and its rivals; bounds come from one more printed figure",
    "study.public table of models": "a public table, such as registrations joined with price lists: every model on sale of {focal}, {benchmark} and their rivals, one row a period, price, units and three or more attributes",
    "study.models and outlets": "that public table of models, and outlets of each brand counted from its own list of shops",
    "study.models and orders": "that public table of models, and what {focal} has printed of orders and backlog, one row a period",
    "study.rows of more models": "rows of more models, or earlier periods, of {focal} and {benchmark} in the same public source; at least {least} each",
    "study.attributes measured": "one attribute that differs among the models of a brand, from the makers' data sheets, beside {columns}",
    "study.demand section": 'instruments from the attributes of rival products: [demand] instruments = ["local"]; a cost shifter is better',
    "study.random tastes": 'one taste that differs between buyers, for price: [[demand.random.tastes]] of = "price"',
    "study.possible buyers": "households, or people of buying age, by period (and place) from the statistical office: markets table, column size",
    "study.census": "a public survey of household incomes, a few hundred rows a period: buyers table",
    "study.price by buyers": "divide price by income: [demand.random] income, or name it in 'by' of the taste for price",
    "study.declare": "name what buyers see and the table lacks, and a bound: [study] unmeasured, unseen_quality_max",
    "study.outlets": "outlets of each of the {brands} brands, counted from their own lists of shops; a survey of awareness says more",
    "study.printed orders": "what {focal} has printed of orders, deliveries and backlog, one row a period, as a flow table",
    "study.company orders": "the company's own orders and cancellations by period",
}

_DOCTOR = {
    "doctor.title": "Halfstep {version} on {platform}", "doctor.head what": "what", "doctor.head found": "found", "doctor.head do": "what to do",
    "doctor.ok": "Everything that is needed is here.", "doctor.not ok": "Something that is needed is missing: see above.",
    "doctor.absent": "not there", "doctor.free": "{free} GB free", "doctor.unknown": "unknown",
    "doctor.python": "Python", "doctor.disk": "disk here", "doctor.temporary": "temporary folder", "doctor.memory": "memory", "doctor.console": "console",
    "doctor.language": "language", "doctor.kernel": "kernel", "doctor.threads": "threads of linear algebra", "doctor.browser": "browser", "doctor.writable": "{folder}, writable",
    "doctor.not writable": "{folder}, not writable", "doctor.extra": "extra {name}: {used}", "doctor.duckdb use": "reads DuckDB files",
    "doctor.kernel found": "numpy (extension not built)",
    "doctor.do kernel": "for speed, install a C compiler and reinstall halfstep; HALFSTEP_KERNEL: native, numpy or unset",
    "doctor.browser found": "found; only to look at report.html",
    "doctor.do python": "install Python 3.11 or later", "doctor.do library": "pip install '{name}{wanted}'", "doctor.do extra": "only if you need it: pip install 'halfstep[{name}]'",
    "doctor.do disk": "free some disk", "doctor.do temporary": "set TMPDIR (Windows: TEMP) to a folder that can be written",
    "doctor.do memory": "close other programs, or give fewer rows", "doctor.do console": "signs that it lacks are replaced; for all of them: PYTHONUTF8=1, on Windows also chcp 65001",
    "doctor.do browser": "any browser opens report.html, also on another computer",
}  # fmt: skip

ASK: dict[str, str] = _CLI | _QUESTIONS | _NEEDS | _STUDIES | _DOCTOR
