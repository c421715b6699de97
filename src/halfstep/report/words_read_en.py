"""English words of what was guessed while a file was read."""

from __future__ import annotations

__all__ = ["READ_EN"]

READ_EN: dict[str, str] = {
    "guess.encoding": "The file does not say how its text is encoded; it was read as {encoding}, for example “{sample}”.",
    "guess.delimiter": "Cells were taken to be separated by “{delimiter}”.",
    "guess.line_ends": "Lines end in a lone carriage return; each was taken for the end of a row.",
    "guess.sheet": "The workbook has {of} sheets and the study names none; “{sheet}” was read, the only one shown that holds anything.",
    "guess.title_rows": "Above the header, left out: row {rows}: “{text}”.",
    "guess.merged_header": "Rows {rows} were taken together as the header, for example “{text}”.",
    "guess.blank_rows": "Blank rows between the data, left out: {count}.",
    "guess.total_row": "Totals, left out: row {rows}: “{text}”.",
    "guess.repeated_header": "The header once more, left out: row {rows}.",
    "guess.question_rows": "Rows in which a survey tool repeats its questions and their ids, left out: row {rows}: “{text}”.",
    "guess.footer": "Notes at the foot, left out: row {rows}: “{text}”.",
    "guess.merged_cells": "Merged cells in “{column}”: what they say was repeated down the rows they cover (cells filled: {count}).",
    "guess.merged_figures": "Merged cells with a figure in “{column}”: the figure stays in the first row, for it may belong to all rows or be their sum (cells left blank: {count}).",
    "guess.unnamed_column": "A column without a name was called “{name}”; it begins with “{text}”.",
    "guess.trailing_cells": "Cells beyond the {cells} of the header are all blank and were left out (rows: {count}).",
    "guess.missing_cells": "No row reaches the last columns of the header ({columns}; {count} in all); they are blank.",
    "guess.hidden": "The sheet hides rows ({rows}) or columns ({columns}); they were read like the others.",
    "guess.rounded": "Long numbers in “{column}” ({count}) look as a spreadsheet leaves numbers of more than 15 digits (“{sample}”); their last digits may be lost.",
    "guess.json_part": "The file holds one list of records and the study names none; “{part}” was read.",
    "guess.json_keys": "Under “{column}” there is an object for each key: each was read as a row of its own, its key in the column “{column}”.",
    "guess.json_lists": "“{column}” holds lists; they were kept as text.",
    "guess.claim_word": "Words in Chinese were read as the allowed ones: {example} as {read} (cells: {count}).",
    "guess.months_in_part": "Months in which a model has no figure that has one before and after are left blank for its maker, not added up without it, such as {model} ({maker}) in {period} (months: {count}).",
}  # fmt: skip
