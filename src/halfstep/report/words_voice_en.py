"""English words on what people say: attention, touchpoints, bursts, controversies, replies."""

from __future__ import annotations

__all__ = ["VOICE"]

_UI = {
    "stage.voice": "what people say", "room.voice": "What people say",
    "ui.section voice": "What people say", "ui.voice attention": "Who is spoken of", "ui.voice touchpoints": "About what, for and against",
    "ui.voice bursts": "When it flares up", "ui.voice controversies": "Controversies", "ui.voice replies": "The brand's own replies",
    "ui.axis share of list": "share of the list", "ui.axis share of voice": "share of all that is said",
    "ui.spoken of": "spoken of", "ui.said by voice": "people", "ui.said by copies": "copies of one text", "ui.said by paid": "paid places", "ui.said by own": "the brand itself",
    "ui.founder only": "founder only", "ui.both named": "both named", "ui.product only": "brand or product only", "ui.founder share": "founder's share",
    "ui.voice half_life": "half-life (days)", "ui.voice volatility": "volatility", "ui.voice flips": "flip rate", "ui.voice content": "about the product, founder less product",
    "ui.touchpoint": "touchpoint", "ui.speaks for": "for", "ui.speaks against": "against",
    "ui.burst start": "from", "ui.burst peak": "peak", "ui.burst rows": "posts", "ui.usual rows": "usual a day", "ui.beyond usual": "beyond the usual",
    "ui.controversy": "controversy", "ui.began": "began", "ui.flaw": "flaw", "ui.coders": "coders who say so", "ui.attacker": "raised by", "ui.days since known": "days since the flaw was public",
    "ui.unit alpha": "alpha", "ui.unit days": "days", "ui.unit ratio": "ratio", "ui.unit posts": "posts",
    "head.dim name": "name", "head.dim touchpoint": "touchpoint", "head.dim stance": "stance", "head.dim polarity": "polarity", "head.dim voice": "voice", "head.dim part": "part",
    "head.dim start": "from", "head.dim peak": "peak", "head.dim end": "to", "head.dim controversy": "controversy", "head.dim began": "began", "head.dim flaw": "flaw", "head.dim attacker": "raised by",
    "head.dim row": "row of the file", "ui.row of file": "row of the file", "ui.part named": "taken to name", "ui.read as": "read as", "ui.sure": "reader's probability",
}  # fmt: skip

_FINDINGS = {
    "find.voice about": "Shares are read by a program and corrected by posts drawn at random that people read; a plain count of what a program says is printed nowhere. Paid places, the brand's own posts and copies of one text stand apart.",
    "find.voice founder share": "Of what is said of {brand}, its founder has {share}: {both} of posts name both, and no rule can split those.",
    "find.voice founder alone": "Of what is said of {brand}, its founder has {share}; no post names both.",
    "find.voice refused": "{why} Needed: {needs}.",
    "find.voice refused pair": "{founder} against {product}, {what}: {why} Needed: {needs}.",
    "find.voice untold": "{why} So for {n} classes of posts. Needed: {needs}.",
    "find.voice untold more": "{why} So for {n} classes of posts. Needed: {needs}; up to {more} more for one of them.",
    "find.voice attention title": "Attention, {first} to {last}", "find.voice attention list": "Part of all rows of the list that name each; exact counts of the table.", "find.voice attention voice": "Part of all utterances of the table that name each; exact counts.",
    "find.voice said by title": "Who is spoken of, and in whose voice (posts)", "find.voice parts title": "Founder, product, or both at once (posts)", "find.voice steadiness title": "How attention lasts",
    "find.voice touchpoints title": "What is said of {name}: share of posts by touchpoint", "find.voice stance title": "For and against {name}, {period}: share of posts", "find.voice bursts title": "The {shown} largest of {n} bursts",
    "find.voice controversies title": "What each controversy was about, as coded", "find.voice attacks title": "Attacks by rivals, in order of time",
    "find.voice codings title": "A sample drawn by lot, to be checked in the file", "find.voice codings": "Look these rows up: is the right one named, and is it about that?",
}  # fmt: skip

_WHAT = {
    "what.voice share of list": "share of the list", "what.voice share of voice": "share of all that is said", "what.voice said by": "posts by whose voice they are",
    "what.voice founder share": "founder's share of attention", "what.voice entangled": "posts that name founder, product, or both", "what.voice touchpoints": "share of posts on a touchpoint",
    "what.voice stance": "share of posts on a touchpoint that speak for or against", "what.voice polarity": "share of posts by how they feel",
    "what.voice burst rows": "posts beyond the usual in a burst", "what.voice usual rows": "usual posts a day before a burst", "what.voice agreement": "agreement of coders",
    "what.voice coders": "part of coders who say so", "what.voice days since known": "days since the flaw was public", "what.voice utterances": "utterances",
    "what.voice half-life": "half-life of attention after a burst", "what.voice volatility": "volatility of attention", "what.voice half-life difference": "half-life, founder less product", "what.voice volatility difference": "volatility, founder less product",
    "what.voice extra posts": "posts that followed an own reply beyond those expected",
    "what.voice flip rate": "flip rate of authors", "what.voice content difference": "content about the product, founder less product", "what.voice prior fame": "attention not yet faded before a period",
    "what.voice reading of a row": "reader's probability of the touchpoint it thinks likeliest",
}  # fmt: skip

_WHY = {
    "why.voice rejected": "{rejected} of {rows} rows could not be read; they are kept in a file of their own beside the report. {used} are used; {same} repeat an id, {left} lie outside the days that the study uses.", "why.voice all read": "All {rows} rows were read. {used} are used; {same} repeat an id, {left} lie outside the days that the study uses.",
    "why.voice copies": "{copies} posts ({share}) repeat an earlier text and are counted once; the largest group has {largest}, and {chorus} groups are large enough for a chorus.",
    "why.voice entangled": "{both} posts name founder and product of {brand} together: which of them they are about is not in the text.", "do.voice message experiment": "A message experiment would tell: the same post with and without the founder, shown by lot.",
    "why.voice reader seeds": "The reader knows only the seed words of the codebook; no one has taught it.", "do.voice label posts": "Label posts: halfstep label.",
    "why.voice reader taught": "The reader was taught on {posts} hand-read posts; on posts it was not taught on its micro-F1 is {f1} ({f1_lo} to {f1_hi}).", "why.voice reader model": "The reader is a model taught before; its card says micro-F1 {f1} ({f1_lo} to {f1_hi}).",
    "why.voice few audited": "Too few posts were drawn at random and read by people.", "why.voice reader blind": "The reader does not tell this class from the rest.", "why.voice one class": "Every post that people read gives the same answer.", "why.voice constancy untested": "Whether the reader errs alike over time cannot be tested.",
    "why.voice no times": "The posts have no times, so nothing is said of when attention flares up.", "do.voice name times": "Name the column of times (utterance_columns.time).",
    "why.voice bursts too short": "The table is too short to know what is usual.", "do.voice more days": "Bring more days: twice [voice.bursts] memory.",
    "why.voice bursts": "{bursts} bursts were found in {years} years of names; {expected} would be found if nothing ever flared up ({rate} a name and year).",
    "why.voice one coder": "Nobody coded the controversies a second time.", "why.voice nothing to agree on": "No controversy was coded by two people.",
    "why.voice coders agree": "Coders agree on the {of} (alpha {alpha}, {cases} controversies, {coders} coders).", "why.voice coders tentative": "Coders agree on the {of} only so far that conclusions are tentative (alpha {alpha}, {cases} controversies, {coders} coders).",
    "why.voice coders differ": "Coders do not agree on the {of} (alpha {alpha}, {cases} controversies, {coders} coders): the table below is opinion.", "do.voice code again": "Sharpen the codebook and have both code again.",
    "why.voice nothing read": "No utterance could be read.",
    "needs.more posts drawn at random and read by people": "more posts drawn at random and read by people (halfstep label)", "needs.a reader taught on labels of it": "labels that teach the reader this class",
    "needs.a second coding by somebody else": "a second coding by somebody else", "needs.codings of the same controversies by two people": "codings of the same controversies by two people", "needs.utterances that can be read": "utterances that can be read",
    "why.voice few bursts": "Too few bursts to tell how attention fades.", "why.voice no rows": "Too few rows.", "why.voice few blocks": "Too few days to tell how much attention swings.",
    "needs.more bursts of it": "more bursts of it: more days", "needs.more utterances of it": "more utterances of it", "needs.more days of it": "more days of it",
    "why.voice lasts longer": "Attention to {founder} lasts longer than to {product}: half-life {of_founder} against {of_product} days, at the same volume.",
    "why.voice lasts shorter": "Attention to {founder} is shorter-lived than to {product}: half-life {of_founder} against {of_product} days, at the same volume.",
    "why.voice lasts cannot tell": "Whether attention to {founder} lasts longer or shorter than to {product} cannot be told: half-life {of_founder} against {of_product} days at the same volume, less apart than their error.",
    "why.voice swings more": "Attention to {founder} swings more than to {product}: {of_founder} against {of_product}, at the same volume.",
    "why.voice swings less": "Attention to {founder} swings less than to {product}: {of_founder} against {of_product}, at the same volume.",
    "why.voice swings cannot tell": "Whether attention to {founder} swings more or less than to {product} cannot be told: {of_founder} against {of_product} at the same volume, less apart than their error.",
    "why.voice no own replies": "None of the posts in these {cascades} cascades is marked as the brand's own.", "needs.posts marked as the brand's own": "a column that says which posts are the brand's own (utterance_columns.own)",
    "why.voice cascades cut": "Only the {n} largest cascades are looked at.",
    "why.voice replies more": "The brand's own replies were followed by {extra} more posts each than expected ({low} to {high}; {replies} replies in {cascades} cascades); placebo replies at such times show {placebo_low} to {placebo_high} (p {p}). Doubt brings both posts and replies, so this is no proof that replies bring posts.",
    "why.voice replies fewer": "The brand's own replies were followed by fewer posts than expected: {extra} each ({low} to {high}; {replies} replies in {cascades} cascades); placebo replies at such times show {placebo_low} to {placebo_high} (p {p}). Brands may reply when doubt is fading anyway, so this is no proof that replies calm.",
    "why.voice replies nothing larger": "After the brand's own replies there were neither more nor fewer posts than usual by more than {bound} a reply ({replies} replies in {cascades} cascades, {usual} posts expected anyway). Doubt brings both posts and replies, so even this is no proof.",
    "why.voice replies one cascade": "Own replies stand in one cascade or none: what one crowd did after one reply cannot be told from what it would have done.", "why.voice replies no fit": "The cascades could not be described well enough to judge replies.",
    "why.voice replies too wide": "What follows the brand's own replies cannot be told: {extra} posts each, {low} to {high} ({replies} replies in {cascades} cascades). The smallest effect that would be found in four of five cases is {smallest} posts a reply. Doubt brings both posts and replies.",
    "why.voice replies placebos show as much": "What follows the brand's own replies cannot be told: {extra} posts each ({low} to {high}), but placebo replies at such times show as much ({placebo_low} to {placebo_high}, p {p}). Doubt brings both posts and replies.",
    "do.voice replies experiment": "A message experiment would tell: reply to some doubts and not to others, by lot.",
    "needs.more cascades with replies of the brand": "more cascades with replies of the brand", "needs.a message experiment": "a message experiment: replies given or not, by lot", "needs.posts read by people in more periods": "posts read by people in more periods (five at least)",
    "why.voice no authors": "The table does not tell authors apart.", "why.voice reader unknown": "How often the reader turns a stance round is not known.", "why.voice few authors": "Too few authors with several decided posts.", "why.voice reader too poor": "The reader turns stances round too often for flips to be told.", "why.voice few periods": "Too few periods in which both could be told.",
    "needs.a column of authors": "a column of authors", "needs.audited posts for and against": "audit posts that speak for and against", "needs.more authors with several posts": "more authors with several posts",
    "why.voice content more": "Posts that name only the founder of {brand} are more often about the product itself than those that name only brand or product: {of_founder} against {of_product}.",
    "why.voice content less": "Posts that name only the founder of {brand} are less often about the product itself than those that name only brand or product: {of_founder} against {of_product}.",
    "why.voice content cannot tell": "Whether posts that name only the founder of {brand} are more or less often about the product itself cannot be told: {of_founder} against {of_product}, less apart than their error.",
    "why.voice audit not found": "Only {found} of {asked} audited texts were found among the utterances, so the others correct nothing.", "do.voice use ids": "Give both tables the same ids (utterance_columns.id and label_columns.id).",
}  # fmt: skip

_METHODS = {
    "method.named": "Posts that write a name or nickname of the study's list, longest first; counts of the table, without sampling error.",
    "method.ppi": "PPI++ (Angelopoulos, Duchi & Zrnic 2023): the reader's mean over all posts, corrected by its errors on posts drawn at random that people read; weighted by how far it can be trusted. Errors pooled over time where a period has few such posts.",
    "method.bursts": "Posts a day against what the days before foretell, over-dispersed (negative binomial); a burst begins where the predictive tail falls below the stated rate of false alarms.",
    "method.krippendorff": "Krippendorff's alpha for nominal codes (Krippendorff 2011), interval by resampling controversies.",
    "assume.names by spelling": "Whoever is meant is written as the study lists it.", "assume.audit drawn at random": "The posts that people read were drawn at random, with the probabilities given.",
    "assume.copies folded": "A text said again counts once.", "assume.paid and own apart": "Paid places and the brand's own posts are not people's voice.", "assume.coders apart": "Coders worked apart.",
    "method.half-life": "Likelihood of the days after each burst under an exponential or a power law of fading back to the usual, all bursts of a name together; interval by resampling bursts.",
    "method.volatility": "Squared coefficient of variation of daily rates beyond what chance (Poisson) gives, within blocks of days; interval by resampling blocks.",
    "method.matched": "The larger of two names is thinned to the rows of the smaller, several times; bursts are found anew, and both are measured at the same volume.",
    "method.hawkes": "Cascades as Hawkes processes (sums of exponentials), each with a fading shock and a time of day; the crowd's rate within an hour after an own reply against the rate otherwise. Errors by leaving out cascades; placebo replies at times drawn from the crowd's own rate.",
    "assume.bursts fade alike": "Bursts of one name fade alike.", "assume.matched volume": "A thinned series behaves as a smaller name would.",
    "assume.own shock of each cascade": "Each first post draws posts of its own at a fading rate.", "assume.posts bring posts": "Posts bring posts, sooner rather than later.", "assume.doubt brings replies": "Nothing is said of why the brand replied just then.",
    "method.flips": "Consecutive decided posts of one author that change sides, mean over authors; the reader's own mistakes, as the audit shows them, taken out; interval by resampling authors and audit.",
    "method.content": "Share of posts on touchpoints about the product, corrected by the audit, of posts that name only the founder and of those that name only brand or product; periods weighed alike for both.",
    "method.fame": "Posts of all earlier days, each faded by the half-life of attention to that name; ends by the half-life's interval.", "assume.errors of the reader independent": "The reader errs in one post of an author independently of the next.",
    "method.drawn": "Rows drawn by lot from the utterances, the same ones each time.",
}  # fmt: skip

VOICE: dict[str, str] = _UI | _FINDINGS | _WHAT | _WHY | _METHODS
