"""English words of misbelief: what is believed of brands beside what is true of them."""

from __future__ import annotations

__all__ = ["BELIEVE"]

_FINDINGS = {
    "find.believe parts title": "Name, misbelief, product: {benchmark} minus {focal}, {unit}",
    "find.believe nothing together": "Name and misbelief are not told apart. {why} Needed: {needs}. Together they are {together}.",
    "find.believe title": "Name and misbelief: {benchmark} against {focal}",
    "find.believe information": "Respondents picked by lot were told the facts, and their beliefs moved. So misbelief and name are told apart: misbelief {belief}; name without it {name}.",
    "find.believe bound": "Nobody was told the facts by lot, or it moved too little. Reports hold misbelief and halo together, so both are bounded only: misbelief {belief}; name without it {name}.",
    "find.believe nothing": "Name and misbelief are not told apart. {why} Needed: {needs}.",
    "find.believe note": "In {unit}, benchmark minus focal brand: above zero, the focal brand is behind. Where only a range is shown there is no best guess inside it.",
    "find.believe levers title": "What correcting beliefs of {focal} can bring at most, {unit} a respondent",
    "find.believe lever prevalence": "Believe worse than the fact", "find.believe lever cap": "Brings at most",
    "find.believe levers note": "The cap is the share who believe worse than the fact times what correcting it is worth to them. A campaign that corrects beliefs cannot bring more; noise in the reports only raises the cap.",
    "find.believe all": "All of them",
}  # fmt: skip

_WHAT = {
    "what.name where attributes were listed": "name where attributes were listed", "what.name and believed product": "name and believed product, where names alone were seen",
    "what.product tried blind": "product, tried without its name", "what.name and misbelief together": "name and misbelief together",
    "what.product at the facts, where names alone were seen": "product at the facts, where names alone were seen", "what.misbelief": "misbelief", "what.name without misbelief": "name without misbelief",
    "what.misbelief that information took away": "misbelief that information took away", "what.what informed reports still differ from the facts": "what informed reports still differ from the facts",
    "what.misbelief if every report is taken for belief": "misbelief if every report is taken at its word", "what.misbelief without the instrument": "misbelief by a reading without the information (not used)",
    "what.most that correcting beliefs can bring": "most that correcting beliefs can bring",
    "what.share who believe worse than the fact": "share who believe worse than the fact", "what.most that correcting this belief can bring": "most that correcting this belief can bring",
}  # fmt: skip

_WHY = {
    "why.no name-only cell": "No respondents saw names alone.", "why.no blind cell": "No respondents chose with the name hidden.", "why.no treatment": "No respondents were told the facts by lot.",
    "why.no reports": "Nobody was asked what they believe.", "why.no facts": "The true attributes of the brands are not known.", "why.brand not in the cell": "One of the two brands was missing from a cell.",
    "why.weak information": "What respondents were told hardly moved what they believe.", "why.more attributes than information moves": "Beliefs of more attributes were asked than the information can move apart.",
    "why.not estimable": "These choices do not tell it apart.",
    "why.misbelief rests on information": "{benchmark}: name and misbelief are told apart by facts that were told by lot.",
    "why.misbelief rests on bound": "{benchmark}: name and misbelief are bounded only, because reports may hold halo.",
    "why.misbelief rests on nothing": "{benchmark}: name and misbelief are not told apart.",
    "why.information strong": "{benchmark}: what was told moved beliefs: effective F {effective} against a critical value of {critical}.",
    "why.information weak": "{benchmark}: what was told hardly moved beliefs: effective F {effective} against a critical value of {critical}.",
    "why.informed reports still differ from the facts": "{benchmark}: those who were told still report something else than the facts: they did not believe it in full, or reports err by brand.",
    "why.information contradicts itself": "{benchmark}: what was told moved choices otherwise than it moved beliefs.",
}  # fmt: skip

_REST = {
    "needs.a cell in which the name is all that is seen": "respondents who see names alone", "needs.a cell in which the name is hidden": "respondents who choose with the name hidden",
    "needs.a cell that is told the facts by lot": "respondents, picked by lot, who are told the facts", "needs.a table of beliefs": "a table of what respondents believe", "needs.both brands in every cell": "both brands in every cell",
    "needs.more respondents, or information that is believed": "more respondents, or information that is believed", "needs.information on each attribute by itself": "information on each attribute by itself", "needs.more brands": "more brands",
    "do.tell some respondents the facts, by lot": "Tell some respondents the facts, picked by lot.", "do.ask more respondents": "Ask more respondents.", "do.read the misbelief with it in mind": "Read the misbelief with it in mind.",
    "assume.cells by lot": "Respondents were put into cells by lot.",
    "method.choice.beliefs": "Cells and reported beliefs of the same people: reports hold belief and halo, the facts told by lot are their instrument (control function: Rivers & Vuong 1988; Petrin & Train 2010). Without them only bounds.",
}  # fmt: skip

BELIEVE: dict[str, str] = _FINDINGS | _WHAT | _WHY | _REST
