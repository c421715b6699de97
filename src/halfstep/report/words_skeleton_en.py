"""English words of `halfstep docket`: the skeleton for a table of claims, and what a terminal shows of a docket."""

from __future__ import annotations

__all__ = ["SKELETON"]

SKELETON = {
    "skeleton.head": "A docket for a table of claims. Nothing here was made up: what stands commented out is to be filled in or taken away.\n"
    "Every key: docs/study.md; how a claim comes to a verdict: docs/docket.md.",
    "skeleton.fill": "to fill in", "skeleton.fill with": "to fill in: {what}", "skeleton.focal": "brand that the claims are about", "skeleton.benchmarks": "brands it is held against, the main one first",
    "skeleton.currency": "money unit", "skeleton.as_of": "nothing first known after this day is used",
    "skeleton.margin": "gap that does not matter, as a share of the benchmark's price", "skeleton.press": "printed figures that claims are held against: docs/study.md",
    "skeleton.by cells": "told by its cells, not by its head", "skeleton.left out": "column not used: {column}",
    "skeleton.source": "the text that the claims come from", "skeleton.place": "paragraph {paragraph}", "skeleton.separator": ", ",
    "skeleton.lacks": "blank or unknown in the table: {roles}",
    "skeleton.role kind": "kind", "skeleton.role paragraph": "paragraph", "skeleton.role speaker": "speaker", "skeleton.role base": "base", "skeleton.role hedge": "hedge",
    "skeleton.role grade": "grade", "skeleton.role as_of": "as of",
    "skeleton.kind fact": "fact", "skeleton.kind forecast": "forecast", "skeleton.kind causal": "causal", "skeleton.kind necessity": "necessity",
    "skeleton.kind equivalence": "equivalence", "skeleton.kind opinion": "opinion", "skeleton.kind none": "kind not said",
    "skeleton.how fact": "A fact is held against printed figures, or against an estimate, rank or verdict of the run.",
    "skeleton.how forecast": "A forecast needs a rule that is fixed before the figure is known; without a probability it is resolved and not scored.",
    "skeleton.how causal": "A cause can be supported only by what compares with what would have been (an event, an experiment); figures can only contradict a consequence.",
    "skeleton.how necessity": "What is said to be necessary can be contradicted by one case without it; it is never supported.",
    "skeleton.how equivalence": "\"No difference\" needs a verdict \"met\" against a margin that was fixed beforehand.",
    "skeleton.how opinion": "An opinion has no stub: it is kept and not judged. If something follows from it that can be measured, write a [[docket.says]] with shows = \"consequence\".",
    "skeleton.how none": "Say in the table what kind of claim it is: fact, forecast, causal, necessity, equivalence or opinion.",
    "skeleton.region": "at_least, at_most, above or below: the claim's own number", "skeleton.number": "the claim's own number",
    "skeleton.fixed": "day on which the rule is written down", "skeleton.rule": "when it counts as come true", "skeleton.p": "only if the speaker gave a probability",
    "skeleton.as is": "The table is used as it is.", "skeleton.rewritten": "The table cannot be used as it stands (ids, or words for kind, hedge, grade): claims.csv has its cells under known heads.",
    "skeleton.blank": "Left out: {rows} rows that state nothing (row {which}).", "skeleton.named": "Row {row} has no id; it is now “{id}”.", "skeleton.renamed": "Row {row}: the id “{old}” occurs more than once; it is now “{id}”.",
    "skeleton.written": "Written: {file}", "skeleton.copied": "Copied: {file}", "skeleton.nothing": "Nothing was written.",
    "skeleton.claims": "{n} claims. What each one still needs before it can be looked at:",
    "skeleton.column head column": "column", "skeleton.column head is": "taken for", "skeleton.column head why": "by", "skeleton.column head example": "example", "skeleton.column head filled": "filled",
    "skeleton.why header": "its head", "skeleton.why cells": "its cells", "skeleton.why": "nothing fits",
    "skeleton.is id": "id", "skeleton.is statement_en": "statement, English", "skeleton.is statement_zh": "statement, Chinese", "skeleton.is paragraph": "paragraph", "skeleton.is speaker": "speaker",
    "skeleton.is kind": "kind", "skeleton.is base": "base", "skeleton.is hedge": "hedge", "skeleton.is grade": "grade", "skeleton.is as_of": "as of", "skeleton.is needs": "what would test it",
    "skeleton.is url": "link", "skeleton.is": "not used",
    "skeleton.head claim": "claim", "skeleton.head row": "row", "skeleton.head kind": "kind", "skeleton.head lacks": "blank in the table", "skeleton.head write": "to write in study.toml",
    "skeleton.write quantity": "what is measured", "skeleton.write says": "what must be true of it", "skeleton.write comparison": "an estimate that compares with what would have been",
    "skeleton.write counterexample": "what one case without it would look like", "skeleton.write verdict": "a verdict against a margin",
    "skeleton.write rule": "rule", "skeleton.write made": "made", "skeleton.write fixed": "fixed", "skeleton.write due": "due", "skeleton.next": "Fill in study.toml, then: halfstep docket {folder}",
    "docket.claim": "[{id}] {statement}", "docket.verdict": "{label}: {reason}", "docket.needs": "needs: {needs}", "docket.against": "cannot be true together with: {claims}",
    "docket.forecast": "[{id}] {label}",
    "docket.no claims": "This study has no claims and no forecasts. Add a table of claims with [claim_columns], or make a skeleton in an empty folder: halfstep docket DIR --from FILE",
    "docket.none decided": "No claim could be looked at, and no forecast was resolved.",
}  # fmt: skip
