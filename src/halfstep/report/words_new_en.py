"""English words of a new study: what columns were taken for and why, questions, comments in study.toml."""

from __future__ import annotations

__all__ = ["NEW"]

_TABLES = {
    "table.sales": "the sales table", "table.press": "the table of printed figures", "table.reach": "the reach table", "table.flow": "the flow table (orders, backlog)",
    "table.second_choices": "the table of second choices", "table.markets": "the table of markets",
    "is.attribute": "attribute", "is.nothing": "left out",
    "is.period": "period", "is.brand": "brand", "is.model": "model", "is.cluster": "one model over time", "is.place": "place", "is.price": "price", "is.quantity": "quantity", "is.first_known": "known since",
    "is.entity": "entity", "is.metric": "metric", "is.value": "figure", "is.unit": "unit", "is.band": "price band", "is.perimeter": "perimeter", "is.base": "how counted", "is.source": "source", "is.url": "address", "is.kind": "fact or target", "is.note": "note",
    "is.awareness": "awareness", "is.consideration": "consideration", "is.outlets": "outlets", "is.variants": "variants", "is.respondents": "interviews",
    "is.orders": "orders", "is.cancellations": "cancellations", "is.backlog": "backlog", "is.capacity": "capacity", "is.deliveries": "deliveries",
    "is.bought": "brand bought", "is.second": "second choice", "is.count": "buyers", "is.deflator": "price level", "is.size": "possible buyers",
}  # fmt: skip

_REASONS = {
    "role.given": "as you said", "role.header": "by its header", "role.dates": "every cell is a period", "role.few names": "few names that return",
    "role.paid price": "of several prices the one nearest to what was paid", "role.first of several": "the first of several that fit", "role.money": "the cells carry a currency",
    "role.counted": "of several counts the one nearest to sales", "role.share": "a share of the market; there are no units", "role.counts": "whole numbers that differ widely",
    "role.unique": "makes every row one of its kind", "role.not unique": "no column makes every row one of its kind", "role.names": "names, most of them different",
    "role.places": "the same model is sold in several places", "role.coarser": "holds several models each",
    "attribute.log": "figures above zero that differ widely: in logarithms", "attribute.none": "figures as they are",
    "unused.no kind": "the table is not understood", "unused.not asked for": "not needed", "unused.blank": "blank", "unused.constant": "the same in every row", "unused.text": "words; usable in [scope] or [demand] nest",
    "unused.date": "a date", "unused.price": "another price", "unused.quantity": "another quantity", "unused.result": "a result of the market, not the product", "unused.cost": "moves cost: usable in [demand] cost",
    "unused.id": "an identifier", "unused.mostly blank": "too many blank cells: each would lose its row", "unused.fixed": "the same for all models of a brand and period: its price could not be told from the name",
    "unused.market": "the same for all models of a period (and place)", "unused.price again": "the price in other words", "unused.copy": "says the same as {like}", "unused.collinear": "follows from the attributes before it",
    "unused.too many": "too few rows for one attribute more",
    "open.kind": "its headers do not say", "open.lacking": "no header says it",
}  # fmt: skip

_NEW = {
    "new.table": "{file}: taken for {kind}, {rows} rows", "new.table unknown": "{file}: not understood, {rows} rows", "new.head column": "column", "new.head is": "taken for", "new.head why": "why", "new.head example": "for example",
    "new.sure": "{why}", "new.unsure": "{why} (a guess)",
    "new.ask": "{question} [{guess}]", "new.ask without": "{question}", "new.options": "  {n}  {option}", "new.more": "  … and {n} more; write the name",
    "new.ask kind": "What kind of table is {file}?", "new.ask column": "{file}: which column is the {role}? ({why})", "new.ask focal": "Which brand is the study about? ({why})",
    "new.ask benchmarks": "Which premium brands is it held against? Several with commas, the main one first. ({why})", "new.ask currency": "In which money are the prices? ({why})",
    "new.ask unseen": "Quality that buyers see and the table lacks: at most how many times the worth of the strongest attribute? ({why})",
    "new.again": "Not understood: {answer}. Write a number or a name of the list.", "new.none": "none of them",
    "new.nobody": "Nobody can be asked here, so every guess was taken, as with --yes; each is marked “# guessed” in study.toml.",
    "new.yes": "Every guess was taken; each is marked “# guessed” in study.toml.", "new.guesses": "Taken without anybody having said so: {guesses}.", "new.guess": "{key} ({why})",
    "new.written": "Written: {file}", "new.copied": "Copied: {file}", "new.exists": "there is a study already; it was not touched",
    "new.times": "{n} times", "new.brand": "{brand} (mean price {price}, {models} models)",
}  # fmt: skip

_DRAFT = {
    "draft.head": "A study made by `halfstep new` from its tables. Read it through; every key is explained in docs/study.md.\n“guessed” marks what nobody has said. Then: halfstep check, halfstep run.",
    "draft.guessed": "guessed: {why}",
    "draft.dearest": "the highest mean price ({price}) of the brands with three models or more", "draft.sells most": "sells most, by value, of the other brands",
    "draft.most figures": "most figures are about it", "draft.next figures": "after it most figures are about this one",
    "draft.no currency": "neither header nor cells name a currency", "draft.as_of": "the last day that the table knows of", "draft.margin": "a gap smaller than this does not matter; put what an ordinary discount is in this market, and why",
    "draft.basis unsaid": "the header does not say list, transaction or after_subsidy", "draft.edges": "round numbers near the quartiles and the last tenth of the prices",
    "draft.unmeasured": "What do buyers see that this table lacks (design, comfort, service)? Name each, with how much it may be worth at most,\nas a multiple of the strongest attribute. The verdict is the worst case inside these bounds; they add up.",
    "draft.unseen": "as much as the strongest attribute",
    "draft.left out": "left out: {column} ({why})",
    "draft.attributes": "What the product is. Write labels for readers, and say what buyers want: a price of the other sign is then flagged.",
    "draft.better": "or \"less\"", "draft.aliases": "spellings that differ in capitals, width or blanks only", "draft.pooling": "one year; where a brand has fewer than three models in a period",
    "draft.demand": "The demand lens: what market shares say buyers pay for. It rests on instruments; a cost shifter is better than these.",
    "draft.random": "Buyers who differ: who minds a price less. It needs possible buyers in a markets table; slow, so nothing of it is run unless asked for.",
    "draft.market word": "the word for the whole market", "draft.metrics": "which known metric a word means",
}  # fmt: skip

NEW: dict[str, str] = _TABLES | _REASONS | _NEW | _DRAFT
