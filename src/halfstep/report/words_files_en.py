"""English words of report.xlsx and of the pictures that are saved from the page."""

from __future__ import annotations

__all__ = ["FILES"]

_SHEETS = {
    "sheet.summary": "Summary", "sheet.verdicts": "Verdicts", "sheet.estimates": "Estimates", "sheet.series": "Series", "sheet.checks": "Checks",
    "sheet.refusals": "Refusals", "sheet.guesses": "Guesses", "sheet.inputs": "Inputs",
    "about.verdicts": "Every verdict: label, gap, probabilities, margins that would change it.",
    "about.estimates": "Every number of the run with its interval, method and the rows of the file behind it; the ids are those of report.json.",
    "about.series": "Every curve and path, one row a point.",
    "about.checks": "Diagnostics: what was tested, how it came out, what to do.",
    "about.refusals": "What this data does not answer, and what it would take.",
    "about.guesses": "What was read without being told how.",
    "about.inputs": "Files with their sha256, settings, rows left out, versions.",
    "sheet.grid rows": "Gap by part", "sheet.grid alpha": "Price sensitivity", "sheet.grid instruments": "Instruments", "sheet.grid elasticities": "Elasticities",
    "sheet.grid worths": "Worth of attributes", "sheet.grid ladder-units": "Price bands by units", "sheet.grid ladder-value": "Price bands by value",
    "sheet.grid changes": "Why the share changed", "sheet.grid around": "Around the events", "sheet.grid line": "Product line", "sheet.grid lenses": "Lenses side by side",
    "sheet.grid second": "Second choices", "sheet.grid readings": "Naive readings",
    "sheet.grid tastes": "How buyers differ", "sheet.grid brands": "Elasticity, markup, cost", "sheet.grid name-value": "Worth of the name", "sheet.grid name-thirds": "Who recognises the name", "sheet.grid optima": "Optima of the search",
    "sheet.low": "{head}, low", "sheet.high": "{head}, high", "sheet.words": "{head}, in words", "sheet.nth": "{head} {n}",
    "sheet.as of": "As of", "sheet.focal": "Brand under study", "sheet.benchmarks": "Benchmarks", "sheet.dark": "Not measured.",
    "sheet.file": "file", "sheet.setting": "setting", "sheet.left out": "rows left out", "sheet.program": "program",
    "sheet.seed": "Seed", "sheet.level": "Coverage of intervals", "sheet.confidence": "Confidence of a verdict", "sheet.margin": "Margin, share of the benchmark's price",
    "sheet.margin reason": "Reason of the margin", "sheet.tier": "Evidence",
}  # fmt: skip

_HEADS = {
    "head.benchmark": "Benchmark", "head.segment": "Among", "head.period": "Period", "head.lens": "Lens", "head.half": "Half", "head.verdict": "Verdict",
    "head.value": "Value", "head.lo": "Low", "head.hi": "High", "head.level": "Coverage", "head.unit": "Unit",
    "head.p": "Probability", "head.p short": "P(short)", "head.p met": "P(met)", "head.p ahead": "P(ahead)",
    "head.margin": "Margin", "head.met from": "Met from", "head.short up to": "Short up to", "head.breaking": "Breaking strength", "head.family": "Comparisons judged together",
    "head.why": "Why", "head.needs": "Needed", "head.id": "Id", "head.estimate": "Id of the estimate", "head.what": "What",
    "head.tier": "Evidence tier", "head.n": "Rows behind it", "head.se": "Standard error", "head.freedom": "Degrees of freedom",
    "head.room": "Room", "head.table": "Table", "head.rows": "Rows of the file", "head.rows used": "Rows in the computation",
    "head.method": "Method", "head.assumptions": "Rests on", "head.status": "Result", "head.check": "Check", "head.do": "What to do",
    "head.guess": "What was decided", "head.column": "Column", "head.row": "First row", "head.count": "Cells, rows or lines",
    "head.group": "Kind", "head.name": "Name", "head.entry": "Entry", "head.none": "None",
    "head.dim period": "Period", "head.dim band": "Band, from 0", "head.dim threshold": "Price threshold", "head.dim edge": "Price threshold of the band", "head.dim kind": "Kind",
    "head.dim benchmark": "Benchmark", "head.dim half": "Half",
}  # fmt: skip

_PICTURES = {
    "ui.copy picture": "Copy picture", "ui.picture copied": "Copied", "ui.picture saved": "Saved as a file", "ui.picture failed": "Not possible in this browser",
    "ui.save png": "Save PNG", "ui.save svg": "Save SVG",
}  # fmt: skip

FILES: dict[str, str] = _SHEETS | _HEADS | _PICTURES
