"""English words of the rows counted otherwise."""

from __future__ import annotations

__all__ = ["SWITCH"]

SWITCH: dict[str, str] = {
    "ui.counted how": "Counted how", "ui.all places": "all", "ui.switch": ", ", "ui.switch last": ", ", "ui.edges": ", ", "ui.edges last": " and ",
    "ui.subbrands none": "none", "ui.subbrands in": "counted in their brand", "ui.subbrands apart": "kept apart",
    "subbrands.in": "with sub-brands", "subbrands.apart": "without sub-brands",
    "find.position note": "Shares are counts of the table; they have no sampling error. Prices: {basis}; quantity: {kind}; sub-brands: {subbrands}; places: {places}.",
    "find.switch heading": "The same rows, counted otherwise: {focal}, {period}", "find.switch title": "{focal} in every way of counting, {period}",
    "find.switch share": "{share}", "find.switch share change": "{share} ({change})",
    "find.switch share rank": "{share}, no. {rank}", "find.switch share change rank": "{share} ({change}), no. {rank}",
    "find.switch caption": "Share of what is sold at that price or above, and rank. Bold: the study's own count. ◆: a conclusion about that price comes out otherwise than in the study's own count.",
    "find.switch caption change": "Share of what is sold at that price or above, in brackets its change since {before} in percentage points, and rank. Bold: the study's own count. ◆: a conclusion about that price comes out otherwise than in the study's own count.",
    "find.switch some": "Of {conclusions} conclusions (number one, ahead of each benchmark, share risen in a year; above each edge) {turned} turn in at least one of the {settings} ways of counting:",
    "find.switch none": "None of {conclusions} conclusions (number one, ahead of each benchmark, share risen in a year; above each edge) turns in any of the {settings} ways of counting.",
    "find.switch claim first": "{focal} is number one above {edges}", "find.switch claim ahead": "{focal} sells more than {benchmark} above {edges}",
    "find.switch claim rose": "{focal}'s share above {edges} has risen since {before}",
    "find.switch turned yes": "“{claim}” holds in the study's own count. It does not hold with: {ways}.",
    "find.switch turned no": "“{claim}” does not hold in the study's own count. It does hold with: {ways}.",
    "find.switch blank": "{rows} rows of the periods compared have no figure for {basis}. They are left out there, and a conclusion counts as turned only if it also differs from the study's own count of the remaining rows.",
    "find.subsidy": "Prices after subsidy: {rules}. Source: {source}.", "find.subsidy rate": "{basis} less {rate}",
    "find.subsidy most": "at most {limit} a unit", "find.subsidy up to": "only for prices up to {limit}", "find.subsidy among": "only where {column} is {values}",
    "find.subsidy first": "from {period}", "find.subsidy last": "until {period}",
    "what.share above the edge, counted otherwise": "share above the edge", "what.rank above the edge, counted otherwise": "rank above the edge",
    "what.share of the band, counted otherwise": "share of the band", "what.change of the share above the edge, counted otherwise": "change of the share above the edge in a year",
    "why.conclusions turn when counted otherwise": "Of {conclusions} conclusions about the high bands {turned} turn when the same rows are counted otherwise (in {settings} ways).",
    "why.no conclusion turns when counted otherwise": "None of {conclusions} conclusions about the high bands turns when the same rows are counted otherwise (in {settings} ways).",
    "do.say how it was counted": "Quote such a share with its price basis, measure and sub-brands; see “The same rows, counted otherwise”.",
    "method.position.switch": "The brand's units, or value (units times the price of that basis), at or above the edge at the price of that basis, over those of all brands; with sub-brands, theirs are added to their brand's. The same rows in every setting.",
}  # fmt: skip
