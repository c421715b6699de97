"""English words of teaching and labelling."""

from __future__ import annotations

__all__ = ["TEACH"]

TEACH = {
    "teach.nothing taught": "Nothing was taught.",
    "teach.too few": "Nothing can be taught: at least two ids with a label are needed, so that one can be held out.",
    "teach.taught": "Taught on {texts} texts of {ids} ids ({rows} rows).",
    "teach.blank": "Left out: {rows} rows without a text.",
    "teach.folds": "{kind}, on held-out folds of {texts} texts: micro-F1 {micro}, macro-F1 {macro}.",
    "teach.test": "{kind}, on the other table, {texts} texts: micro-F1 {micro}, macro-F1 {macro}.",
    "teach.kind touchpoint": "Touchpoints", "teach.kind polarity": "Polarity", "teach.kind stance": "Stance", "teach.kind own": "The brand's own words", "teach.kind spam": "Spam",
    "teach.name polarity.positive": "positive", "teach.name polarity.negative": "negative", "teach.name stance.for": "for", "teach.name stance.against": "against",
    "teach.name own": "own", "teach.name spam": "spam",
    "teach.head head": "head", "teach.head texts": "texts", "teach.head yes": "labelled yes", "teach.head precision": "precision", "teach.head recall": "recall",
    "teach.head f1": "F1", "teach.head order": "order (area under ROC)",
    "teach.reads nothing": "These heads read nothing: they order held-out texts no better than by lot. {heads}",
    "teach.distilled": "{kind}: taught on guesses for texts without labels too; micro-F1 on held-out labels {gain} against labels alone.",
    "teach.not distilled": "{kind}: guesses for texts without labels are not used; micro-F1 on held-out labels {gain} against labels alone, which does not show that they help.",
    "teach.how": "In brackets: 95% intervals by id. Texts of one id, and texts said again, are never on two sides of a split.",
    "label.nothing asked": "No sheet was written.",
    "label.nobody": "Nobody is there to answer: --interactive needs a terminal.",
    "label.written": "{audit} posts drawn by lot to audit and {train} of the most useful ones to teach, of {posts}.",
    "label.unread": "Not read: {rows} rows ({why}).",
    "label.by nothing": "No model and no seed words: the posts to teach with are picked for being unlike each other.",
    "label.by seeds": "The posts to teach with are those of which the codebook's seed words are least sure, unlike each other.",
    "label.by model": "The posts to teach with are those of which the model is least sure, unlike each other.",
    "label.next": "Fill in the sheet; a second touchpoint of a post is a second row. Leave `use` and `drawn` as they are: only posts drawn by lot may correct counts.",
    "label.prompt": "Enter: none. q: keep what was answered and stop.",
    "label.ask touchpoint": "touchpoint?", "label.ask polarity": "polarity (1, 0, -1)?", "label.ask own": "the brand's own words (1, 0)?", "label.ask spam": "spam (1, 0)?",
    "label.ask stance": "stance (1 for, 0, -1 against)?", "label.ask target": "about whom ({names})?",
    "label.again": "{answer} is not one of {allowed}.",
    "stage.fold 1": "fold 1", "stage.fold 2": "fold 2", "stage.fold 3": "fold 3", "stage.fold 4": "fold 4", "stage.fold 5": "fold 5", "stage.all": "all texts", "stage.distil": "guesses", "stage.test": "judging",
}  # fmt: skip
