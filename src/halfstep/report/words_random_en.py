"""English words of tastes that differ between buyers."""

from __future__ import annotations

__all__ = ["RANDOM"]

_UI = {
    "ui.taste": "What differs", "ui.elasticity common": "Elasticity, buyers taken for alike", "ui.elasticity random": "Elasticity, buyers differ", "ui.markup": "Markup, share of price", "ui.cost": "Marginal cost",
    "ui.unit utils": "utils", "ui.worth random": "Worth, buyers differ", "ui.name of": "With the name of", "ui.name profit": "Profit, all prices move", "ui.name fixed": "Profit, prices held", "ui.name units": "Units", "ui.name price": "Mean price", "ui.name revenue": "Revenue today, over that brand's",
    "ui.third low": "Lowest third by {demographic}", "ui.third middle": "Middle third", "ui.third high": "Highest third",
    "ui.optimum": "Optimum", "ui.objective": "Objective", "ui.starts": "Starts that end here", "ui.unit count": "count",
    "taste.price": "price", "taste.constant": "buying at all", "demographic.income": "income", "demographic.age": "age", "demographic.children": "children",
    "way.random": "demand lens (buyers differ)", "way.common": "buyers taken for alike (2SLS)",
    "fact.starts": "starts", "fact.converged": "starts that converged", "fact.reached": "starts that end at the best optimum", "fact.optima": "optima", "fact.best": "objective at the best optimum", "fact.next": "objective at the next one", "fact.evaluations": "evaluations",
    "fact.gradient": "largest gradient", "fact.tolerance": "tolerance of the search", "fact.least": "smallest curvature", "fact.most": "largest curvature", "fact.share": "share of buyers", "fact.failed": "draws without an equilibrium", "fact.draws": "draws",
    "fact.common": "alpha, buyers taken for alike", "fact.random": "alpha, buyers differ", "fact.ratio": "ratio of the two", "fact.moved": "move in standard errors",
}  # fmt: skip

_FINDINGS = {
    "find.random line": "Buyers differ: raise the price by 1% and {brand} loses {random}% of its sales; a logit, which takes all buyers for alike, says {common}%.{turns}",
    "find.turns none": "", "find.turns no": " Its conclusions on the two halves are the same.", "find.turns yes": " Its conclusion on {halves} is another.",
    "find.random lost": "How far the closed form misleads: raise the price by 1% and {brand} loses {random}% of its sales. A logit, which takes all buyers for alike, says {common}%.",
    "find.random lost too": "{brand} loses {random}%; the logit says {common}%.",
    "find.random misled": "In the field's terms: alpha is {random} with random coefficients (interval {interval}; the mean of those who buy a compared brand) and {common} with tastes in common, a ratio of {ratio}.",
    "find.random vague": "That alpha's interval holds zero: the shares do not tell well enough how buyers differ. Read elasticities, markups and the worth of a name below as ranges, and no gap can be put in money.",
    "find.random alike": "No spread and no shift of a taste can be told from zero: that buyers are alike is not ruled out.",
    "find.turns whole none": "Whether a conclusion hangs on it cannot be said: there is no split to set against the main comparison.",
    "find.turns whole no": "Taking buyers for alike leads to the same conclusions on the main comparison.",
    "find.turns whole yes": "Taking buyers for alike leads to other conclusions: {parts}.", "find.turn": "{half} half {common} then, {random} here",
    "find.random refused": "Tastes that differ between buyers were asked for and could not be estimated. {why} Needed: {needs}. What follows takes all buyers for alike.",
    "find.demand three random": "{period}, product half against {benchmark}: {focal} is {price lens} by the price lens, {2sls} by market shares with buyers who differ (demand lens, random coefficients), and {ols} by market shares with price taken as given (OLS). Amounts in {unit}, {level} intervals.",
    "find.demand two random": "{period}, product half against {benchmark}: {focal} is {2sls} by market shares with buyers who differ (demand lens, random coefficients), and {ols} by market shares with price taken as given (OLS). Amounts in {unit}, {level} intervals.",
    "find.resamples none": "No bootstrap was run (demand.random.resamples): what its intervals would be is not known.",
    "find.resamples": "Beside the standard error of alpha stands a bootstrap of {of} re-estimations, {failed} of which failed.",
    "find.test J random head": "Hansen's J, buyers differ",
    "find.tastes title": "How buyers differ",
    "find.taste sigma": "Taste for {column}: how far buyers differ (sigma)", "find.taste shared": "Tastes for {column} and {other}: how far they go together (sigma)",
    "find.taste pi": "Taste for {column}: shift with {demographic} (pi)", "find.taste income": "Taste for {column}: shift with 1/{demographic} (pi)", "find.taste mean": "Taste for {column}: mean",
    "find.told zero": "Estimated at zero.", "find.told no": "Cannot be told from zero.", "find.told yes": "Told from zero.",
    "find.told price up": "The higher {demographic}, the less a buyer minds the price.", "find.told price down": "The higher {demographic}, the more a buyer minds the price.",
    "find.told attribute up": "The higher {demographic}, the more of it is wanted.", "find.told attribute down": "The higher {demographic}, the less of it is wanted.",
    "find.unminding none": "Every buyer is put off by a higher price.", "find.unminding some": "The model lets these buyers want a higher price.",
    "find.tastes note": "In utility per unit: of money for price, of the attribute as transformed. Sigma is a standard deviation over buyers; pi is the shift for one standard deviation of a demographic, and of 1/income for its mean once over.",
    "find.tastes signed": "A lognormal or bounded taste is a normal one bent to its range: mean, sigma and pi are those of the normal one.",
    "find.brands title": "Brand by brand, last period: elasticity, markup and cost in {unit}",
    "find.brands note": "Elasticities are means over the brand's models. Markup and marginal cost are what its firm must have had for its prices to be the most profitable (Bertrand-Nash). {level} intervals from draws of the estimate; a markup above 100% is a cost below zero.",
    "find.name value title": "What the name is worth in equilibrium: {focal} with another brand's name",
    "find.name value note": "The brand's term in what buyers want is exchanged, its products stay. Changes of {focal}'s profit, units and mean price; in the first column every firm sets its prices anew, in the second none does. The term is not the name alone: it still holds {holds}. {level} intervals.",
    "find.thirds title": "Who recognises the name: worth to buyers by {demographic}, {unit}",
    "find.thirds note": "The other brand's term less that of {focal}, over each third's marginal utility of money. All buyers are taken to like a name alike; what differs is what money is worth to them.",
    "find.optima title": "The search: optima that the starts reached",
    "find.optima note": "{converged} of {starts} starts converged, {evaluations} evaluations, kernel {kernel}; a search ends where the cosine of residuals and slopes is below {tolerance}. At the estimate the largest gradient is {gradient}, the curvature {least} to {most}. The first start is the approximation of Salanié & Wolak (2022); of the others spreads are half-normal, shifts normal, each scaled to one standard deviation of utility, and means that one times a lognormal draw.",
    "figures.no buyers table": "It is about {names}.", "figures.fewer instruments than tastes": "There are: {names}.",
}  # fmt: skip

_WHAT = {
    "what.tastes that differ": "Tastes that differ between buyers", "what.logit with tastes in common": "a logit that takes all buyers for alike (set against the demand lens)",
    "what.sigma of tastes": "spread of a taste (sigma)", "what.pi of tastes": "shift of a taste with a demographic (pi)", "what.pi of tastes by income": "shift of a taste with the inverse of income (pi)",
    "what.mean of tastes": "mean of a taste", "what.rho of tastes": "likeness within a nest (rho)",
    "what.alpha by random": "Alpha, buyers differ (random coefficients; of those who buy a compared brand)", "what.alpha by re-estimation": "Alpha, buyers differ, median of re-estimations (bootstrap; of those who buy a compared brand)", "what.rho by random": "Rho, likeness within a nest (random coefficients)",
    "what.buyers who do not mind paying": "Buyers who do not mind paying", "what.objective at an optimum": "objective at an optimum", "what.starts that reached it": "starts that end there",
    "what.re-estimations that failed": "re-estimations that failed", "what.draws without an equilibrium": "draws without an equilibrium",
    "what.markup": "markup, share of price", "what.cost": "marginal cost",
    "what.name profit": "change of profit with the other name, all prices anew", "what.name fixed": "change of profit with the other name, prices held", "what.name units": "change of units with the other name", "what.name price": "change of the mean price with the other name", "what.name revenue": "revenue premium: revenue of the focal brand over the benchmark's, less one",
    "what.name low": "difference of brand terms, worth to the lowest third", "what.name middle": "difference of brand terms, worth to the middle third", "what.name high": "difference of brand terms, worth to the highest third",
    "needs.number of possible buyers of each market": "the number of possible buyers of each market", "needs.a demographic that differs between buyers": "a demographic that differs between buyers", "needs.a buyers table with these demographics": "a buyers table with these demographics",
    "needs.more instruments in [demand]": "more instruments in [demand]", "needs.more markets, or fewer tastes": "more markets, or fewer tastes that differ", "needs.micro figures, or fewer tastes": "figures from a survey of buyers, or fewer tastes that differ", "needs.a price taste that is bounded": "a taste for price that is bounded or lognormal",
}  # fmt: skip

_WHY = {
    "why.tastes not told apart": "The shares do not tell how buyers differ: the search finds no one best answer.",
    "why.spread at zero": "Estimated at zero: no spread is found, and the shares say nothing of how large one might be.",
    "why.demographic does not vary": "A demographic that tastes are to shift with is the same for all buyers.",
    "why.rows left out buy nothing": "{rows} of {of} rows are left out of the estimate (blank or unsold), with {share} of the sales: their buyers stand among those who buy nothing, which shifts all shares.",
    "do.fill the blanks": "Fill the blank attributes and cost shifters.",
    "why.no buyers table": "No table of buyers has what tastes are to shift with.",
    "why.fewer instruments than tastes": "There are fewer instruments than tastes to tell.",
    "why.tastes cannot be estimated": "The search found no tastes that fit these shares.",
    "why.prices have no equilibrium": "Prices run away: some buyers do not mind paying.",
    "why.every start ends at one optimum": "{converged} of {starts} starts converged, all at one optimum (objective {best}).",
    "why.several optima": "The starts end at {optima} optima: {reached} of {starts} at the best (objective {best}), the next is {next}.",
    "why.no start converged": "None of {starts} starts converged; what is shown is the best point found.",
    "why.objective curves upwards": "At the estimate the objective curves upwards every way (least {least}, most {most}), gradient {gradient}.",
    "why.objective is flat": "At the estimate the objective is flat some way (least curvature {least}, most {most}): these shares do not tell all tastes.",
    "why.all buyers mind paying": "Every buyer is put off by a higher price.", "why.some buyers do not mind paying": "{share} of buyers are not put off by a higher price.",
    "why.all costs above zero": "Marginal costs of all {of} products are above zero.", "why.negative costs": "{rows} of {of} products would have a marginal cost of zero or less: their markups are too high to be true.",
    "why.all products of the last period elastic": "With tastes that differ every one of {of} products has an own-price elasticity below −1.",
    "why.inelastic products in the last period": "With tastes that differ {rows} of {of} products have an own-price elasticity above −1: their firms would earn more at a higher price.",
    "why.prices clear at every draw": "Prices have an equilibrium at the estimate and at all {draws} draws of it.", "why.some draws have no equilibrium": "At {failed} of {draws} draws of the estimate prices have no equilibrium; they are left out.",
    "why.tastes in common beside tastes that differ": "Alpha is {common} with tastes in common; with tastes that differ it is {random} among those who buy a compared brand, {ratio} times as much.",
    "why.nodes are enough": "With twice the nodes the alpha of those who buy a compared brand moves from {alpha} to {other}, and no taste by more than {moved} standard errors.", "why.nodes matter": "With twice the nodes the alpha of those who buy a compared brand moves from {alpha} to {other}, and a taste by {moved} standard errors.",
    "why.market size matters little": "With twice as many possible buyers the alpha of those who buy a compared brand moves from {alpha} to {other}, and no taste by more than {moved} standard errors.", "why.market size matters": "With twice as many possible buyers the alpha of those who buy a compared brand moves from {alpha} to {other}, and a taste by {moved} standard errors.",
    "do.read the table of optima": "Read the table of optima; ask for more starts.", "do.take a taste out": "Take a taste out of [demand.random].", "do.take a taste out, or give micro figures": "Take a taste out, or give figures from a survey of buyers.",
    "do.bound the taste for price": "Make the taste for price lognormal or bounded.", "do.read markups with care": "Read markups with care.",
    "do.raise demand.random.size": "Raise demand.random.size.", "do.give the number of possible buyers": "Make sure of the number of possible buyers.",
}  # fmt: skip

_METHODS = {
    "assume.random tastes": "Tastes differ between buyers by the distributions that the study names; beyond that they are those of a logit.",
    "assume.Bertrand-Nash prices": "Each firm sets the prices of its products to earn most, given the others' prices.",
    "method.demand.random": "Random-coefficients logit (Berry, Levinsohn & Pakes 1995) on the rows, effects and instruments of the regression: mean utilities that give the shares, GMM. The error of the spreads is carried into what is read off the mean utilities (Murphy & Topel 1985).",
    "method.demand.reestimated": "The whole estimate again with random weights on the clusters, a Bayesian bootstrap (Rubin 1981): median and percentiles.",
    "method.demand.revenue": "Price times quantity of the focal brand's rows over that of the benchmark's, last period (revenue premium: Ailawadi, Lehmann & Neslin 2003). A count; it holds everything that sells.",
    "method.demand.pricing": "Elasticities by the estimate, mean over the brand's models in the last period; markups and costs from the firms' first-order conditions (Bertrand-Nash). Percentiles over draws of the estimate.",
    "method.demand.equilibrium": "The brand's term is set to the other brand's and all prices anew until no firm gains (Goldfarb, Lu & Moorthy 2009; prices by Morrow & Skerlos 2011). Percentiles over draws of the estimate.",
}  # fmt: skip

RANDOM: dict[str, str] = _UI | _FINDINGS | _WHAT | _WHY | _METHODS
