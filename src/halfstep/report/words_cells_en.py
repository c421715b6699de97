"""English words for how cells were read that are no plain numbers, periods or days."""

from __future__ import annotations

__all__ = ["CELLS_EN"]

CELLS_EN: dict[str, str] = {
    "guess.wan": "A word or letter of scale multiplies the figure: {example} was read as {read} (cells: {count}).",
    "guess.full_width": "Full-width digits or marks: {example} was read as {read} (cells: {count}).",
    "guess.thousands": "The mark between groups of three digits was taken for a thousands separator: {example} was read as {read} (cells: {count}).",
    "guess.decimal_comma": "A comma that cannot part thousands was taken for the decimal mark: {example} was read as {read} (cells: {count}).",
    "guess.percent": "Percentages were read as shares: {example} is {read} (cells: {count}).",
    "guess.currency": "The currency mark was taken for the study's own money and dropped: {example} was read as {read} (cells: {count}).",
    "guess.unit_word": "The unit behind the figure was dropped: {example} was read as {read} (cells: {count}).",
    "guess.negative": "A figure in parentheses was taken for a negative one: {example} was read as {read} (cells: {count}).",
    "guess.spelling": "Figures in an unusual spelling: {example} was read as {read} (cells: {count}).",
    "guess.nan_word": "A word for nothing was read as a blank cell, not as zero: {example} (cells: {count}).",
    "guess.float_id": "Ids that came as numbers with decimals were read as whole ones: {example} is {read} (cells: {count}).",
    "guess.period_form": "Periods in another spelling: {example} was read as {read} (cells: {count}).",
    "guess.fiscal_year": "The fiscal year was taken for the calendar year: {example} was read as {read} (cells: {count}).",
    "guess.day_as_month": "Days were read as their months: {example} as {read} (cells: {count}).",
    "guess.day_form": "Days in another spelling: {example} was read as {read} (cells: {count}).",
    "guess.period_as_day": "A period where a day was expected counts from its last day: {example} was read as {read} (cells: {count}).",
    "guess.excel_serial": "Numbers were taken for a spreadsheet's days, counted from 1900: {example} was read as {read} (cells: {count}).",
    "guess.missing_periods": "No rows for {periods} (periods missing: {count}): taken as not covered, not as zero.",
    "guess.missing_brand_periods": "Some brands have no rows in periods between their first and last (brands: {brands}; brand-periods: {count}), such as {brand} in {periods}: taken as not covered, not as zero.",
    "guess.day_as_period": "Days that stand exactly one period apart were taken for their weeks, months, quarters or years: {example} was read as {read} (cells: {count}).",
    "left.outcomes, after as_of": "rows of outcomes after the as-of date", "left.outcomes, revised later": "rows of outcomes revised by a later row",
    "left.outcomes, before first period": "rows of outcomes before their first period", "left.outcomes, after last period": "rows of outcomes after their last period",
    "left.revised later": "revised by a later row",
    "guess.flag_word": "Words for yes and no were read as 1 and 0: {example} is {read} (cells: {count}).",
    "guess.choice_unanswered": "Nothing was chosen and every cell of the answer is blank: such choice tasks were left out ({count}).",
    "guess.choice_none_blank": "A row without price, brand and attributes was taken for “none of these” (rows: {count}).",
    "guess.choice_none_added": "No row says “none of these”, which was offered: one was added to every choice task (rows: {count}), chosen where no other one was.",
    "guess.choice_chosen_blank": "A blank cell beside a chosen alternative was read as not chosen (cells: {count}).",
    "guess.choice_not_offered": "An alternative whose cells are all blank was taken as not offered in that choice task (alternatives: {count}).",
    "guess.choice_not_shown": "A blank cell was taken to mean that the attribute {attribute} was not shown (cells: {count}).",
    "guess.price codes": "Prices {values} look like level codes; taken as money. Name price_codes if they are codes.",
    "guess.belief_blank": "Blank beliefs were left out, not read as zero (rows: {count}).",
}  # fmt: skip
