"""Published crises: what was printed of each, where, and how that was checked.

Data, not findings of this program. Nothing is estimated here: a record holds the ratio of what was seen to what would
have been, as its source prints it, and the source. docs/crises.md is the same list for reading.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["CRISES", "FINDINGS", "Crisis", "Finding", "of_nature"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crisis:
    """One published effect of one crisis on one outcome.

    Attributes
    ----------
    id
        Stable name of the record.
    event
        Stable name of the crisis: records of one event are not independent of each other.
    crisis, brand, market, year
        What happened, whose sales or prices these are, where, and the year it began; None where what was read does not
        say.
    nature
        "product harm", "misconduct" or "politics" (of an owner or a state).
    outcome
        "sales" (units or money), "registrations", "exports", "share", "resale price" or "share price".
    whose
        "own": of those accused or called upon to be boycotted; "spill-over": of others.
    unit
        "brand"; "group" (brands of one origin); "category" (a whole kind of product).
    ratios
        Seen over what would have been, as printed; more than one where the source prints a range.
    spread
        What several ratios are: "specifications", "products", "fuels", "places", "bound"; "" where there is one.
    se
        Printed standard error of the log effect; None where none was seen.
    months
        First and last month after the event over which the effect is averaged; None where what was read does not say.
    design
        "counterfactual": against others not affected; "model": against what a model of demand or of the same buyers says;
        "seasonal": against the seasonal pattern of earlier years; "raw": against an earlier period as it was.
    fame, fame_scale
        Fame before the crisis and the scale it is measured on, where printed.
    says
        What the source says, in our words, with its figures.
    source
        Citation, with the place in it.
    verified
        "text": the figure was read in the source's own text or abstract; "secondary": in another text that quotes it;
        "unverified": neither, and then it enters no computation unless asked for.
    """

    id: str
    event: str
    crisis: str
    brand: str
    market: str
    year: int | None
    nature: str
    outcome: str
    whose: str
    unit: str
    ratios: tuple[float, ...]
    says: str
    source: str
    verified: str
    design: str = "counterfactual"
    spread: str = ""
    months: tuple[float, float] | None = None
    se: float | None = None
    fame: float | None = None
    fame_scale: str = ""

    @property
    def effect(self) -> float:
        """Log of seen over what would have been; the middle of a printed range."""
        logs = [math.log(r) for r in self.ratios]
        return (min(logs) + max(logs)) / 2

    @property
    def range(self) -> tuple[float, float]:
        """Ends of the printed range, in logs."""
        logs = [math.log(r) for r in self.ratios]
        return min(logs), max(logs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a study of several crises says of fame, strength or attention, without a figure that could be carried over.

    Attributes
    ----------
    sign
        "raises": more of it goes with a larger loss; "shields": with a smaller one.
    of
        What was varied.
    events
        Crises it is drawn from.
    says
        What the source says, in our words.
    """

    id: str
    sign: str
    of: str
    events: int
    says: str
    source: str
    verified: str


GILLINGHAM = (
    "Gillingham, Kotchen, Levinsohn & Nalebuff (2025), The Musk Partisan Effect on Tesla Sales, NBER Working Paper 34413, "
    "abstract"
)
SUN = (
    "Sun, Wu, Li & Grewal (2018), Boycott and Demand Spillovers Related to Country-of-Origin: The Automobile Market in "
    "China, abstract at the Kenan Institute; published without the figures in Management Science 67(9), 2021, 5857-5877"
)
LIGHT = (
    "Liaukonyte, Tuchman & Zhu (2024), Lessons from the Bud Light Boycott, One Year Later, Harvard Business Review, "
)
AUDI = "Los Angeles Times / The Washington Post, 30 December 1986, 'Defect' Flap Driving Audi Buyers Away"

# fmt: off
CRISES: tuple[Crisis, ...] = (
    Crisis(
        id="tesla-2022", event="tesla-2022", crisis="partisan acts of the owner", brand="Tesla", market="US", year=2022,
        nature="politics", outcome="registrations", whose="own", unit="brand", ratios=(1 / 1.83, 1 / 1.67),
        spread="specifications", months=(0, 31), source=GILLINGHAM, verified="text",
        says="sales forgone are 67-83% of those made (2022-10 to 2025-04)",
    ),
    Crisis(
        id="tesla-2022-rivals", event="tesla-2022", crisis="partisan acts of the owner of a rival",
        brand="other makers' electric and hybrid cars", market="US", year=2022, nature="politics",
        outcome="registrations", whose="spill-over", unit="group", ratios=(1.17, 1.22), spread="specifications",
        months=(0, 31), source=GILLINGHAM, verified="text",
        says="17-22% more of them sold",
    ),
    Crisis(
        id="volkswagen-2015-others", event="volkswagen-2015", crisis="diesel emissions of another maker of that origin",
        brand="BMW, Mercedes-Benz, Smart", market="US", year=2015, nature="misconduct", outcome="sales",
        whose="spill-over", unit="group", ratios=(1 - 0.346,), months=(0, 12), verified="text",
        says="34.6% fewer cars sold a year",
        source="Bachmann, Ehrlich, Fan, Ruzic & Leard (2021), Firms and Collective Reputation: a Study of the Volkswagen "
        "Emissions Scandal, version of 20 September 2021 of NBER Working Paper 26117, abstract; the versions of 2017 and "
        "2019 print 76,000 and 105,000 vehicles",
    ),
    Crisis(
        id="volkswagen-2015-resale", event="volkswagen-2015", crisis="diesel emissions", brand="Volkswagen (cars not in "
        "breach)", market="eBay car auctions", year=2015, nature="misconduct", outcome="resale price", whose="own", unit="brand",
        ratios=(1 - 0.14, 1 - 0.09), spread="fuels", verified="text",
        says="winning bids 14% (diesel) and 9% (gasoline) lower",
        source="Che, Katayama & Lee (2019), Willingness to Pay for Brand Reputation: Lessons from the Volkswagen Diesel "
        "Emissions Scandal, version of 3 December 2019, abstract",
    ),
    Crisis(
        id="toyota-2009-resale", event="toyota-2009", crisis="recalls for unintended acceleration", brand="Toyota",
        market="US", year=2009, nature="product harm", outcome="resale price", whose="own", unit="brand",
        ratios=(1 - 0.02, 1.0), spread="bound", verified="text",
        says="cars worth under 2% less, not told from zero; nothing left of it after December 2009",
        source="Hammond (2013), Sudden Unintended Used-Price Deceleration? The 2009-2010 Toyota Recalls, Journal of "
        "Economics & Management Strategy 22(1), 78-100, abstract",
    ),
    Crisis(
        id="goya-2020", event="goya-2020", crisis="the owner praised a president", brand="Goya", market="US", year=2020,
        nature="politics", outcome="sales", whose="own", unit="brand", ratios=(1.22,), months=(0, 0.7), verified="text",
        says="22% more sold, a gain gone after three weeks at the latest",
        source="Liaukonyte, Tuchman & Zhu (2023), Frontiers: Spilling the Beans on Political Consumerism, Marketing "
        "Science 42(1), 11-25, abstract",
    ),
    Crisis(
        id="bud-light-2023", event="bud-light-2023", crisis="a promotion taken for a political stand", brand="Bud Light",
        market="US", year=2023, nature="politics", outcome="sales", whose="own", unit="brand", ratios=(1 - 0.28,),
        months=(0, 3), design="seasonal", verified="text",
        says="some 28% below earlier years over the first three months",
        source=LIGHT + "section The Aftermath",
    ),
    Crisis(
        id="bud-light-2023-later", event="bud-light-2023", crisis="a promotion taken for a political stand",
        brand="Bud Light", market="US", year=2023, nature="politics", outcome="sales", whose="own", unit="brand",
        ratios=(1 - 0.32,), months=(6, 9), design="seasonal", verified="secondary",
        says="sales and incidence of buying each 32% lower, fourth quarter of 2023", source=LIGHT + "as quoted elsewhere",
    ),
    Crisis(
        id="bp-2010", event="bp-2010", crisis="oil spill", brand="BP stations", market="US", year=2010,
        nature="misconduct", outcome="sales", whose="own", unit="brand", ratios=(1 - 0.042,), months=(0, 1),
        verified="text", says="4.2% less volume over the first month",
        source="Barrage, Chyn & Hastings (2020), Advertising and Environmental Stewardship: Evidence from the BP Oil "
        "Spill, American Economic Journal: Economic Policy 12(1), abstract",
    ),
    Crisis(
        id="french-wine-2003", event="french-wine-2003", crisis="boycott over the Iraq war", brand="French wine",
        market="US", year=2003, nature="politics", outcome="sales", whose="own", unit="group", ratios=(1 - 0.13,),
        months=(0, 6), verified="text",
        says="13% less sold over the boycott's 6 months; 26% less a week at the worst",
        source="Chavis & Leslie (2009), Consumer boycotts: The impact of the Iraq war on French wine sales in the U.S., "
        "Quantitative Marketing and Economics 7, abstract",
    ),
    Crisis(
        id="japan-beer-2019", event="japan-korea-2019", crisis="boycott over export controls", brand="Japanese beer",
        market="South Korea", year=2019, nature="politics", outcome="sales", whose="own", unit="group", ratios=(0.25,),
        months=(0, 14), design="model", verified="text",
        says="75% less sold, the mean of 14 months",
        source="Kim & Kim (2020), No Beer No Friends: Quantifying the Effect of the Beer Boycott, SSRN 3743919, abstract; "
        "the version at the Journal of Industrial Economics says more than 70 percent",
    ),
    Crisis(
        id="japan-travel-2019", event="japan-korea-2019", crisis="boycott over export controls", brand="travel to Japan",
        market="South Korea", year=2019, nature="politics", outcome="exports", whose="own", unit="group",
        ratios=(1 - 0.609, 1 - 0.478), spread="places", verified="text",
        says="exports lower by 56.9-60.9% where dependence was high, by 47.8-49.7% where it was low",
        source="Ahn, Greaney & Kiyota (2022), Political conflict and angry consumers, Journal of the Japanese and "
        "International Economies, abstract",
    ),
    Crisis(
        id="health-claims-ftc", event="health-claims-ftc", crisis="false health claims settled with the regulator",
        brand="four popular products", market="US", year=None, nature="misconduct", outcome="sales", whose="own",
        unit="brand", ratios=(1 - 0.67, 1 - 0.12), spread="products", design="model", verified="text",
        says="12-67% less revenue a month, by product",
        source="Rao & Wang (2017), Demand for Healthy Products: False Claims and FTC Regulation, Journal of Marketing "
        "Research, doi 10.1509/jmr.15.0398, abstract",
    ),
    Crisis(
        id="japan-cars-2012", event="japan-cars-2012", crisis="boycott over islands", brand="Japanese car brands",
        market="China", year=2012, nature="politics", outcome="share", whose="own", unit="group", ratios=(0.4,),
        verified="text", says="market share down by almost 60%", source=SUN,
    ),
    Crisis(
        id="japan-cars-2012-home", event="japan-cars-2012", crisis="boycott of another origin over islands",
        brand="Chinese car brands", market="China", year=2012, nature="politics", outcome="share", whose="spill-over",
        unit="group", ratios=(1.05,), verified="text",
        says="market share up by about 5%", source=SUN,
    ),
    Crisis(
        id="toys-2007-others", event="toys-2007", crisis="recalls of toys of other makers",
        brand="toy makers without recalls", market="US", year=2007, nature="product harm", outcome="sales",
        whose="spill-over", unit="category", ratios=(1 - 0.25,), design="seasonal", verified="text",
        says="some 25% fewer units sold in 2007",
        source="Freedman, Kearney & Lederman (2009), Product Recalls, Imperfect Information, and Spillover Effects, draft "
        "of October 2009 of NBER Working Paper 15183, abstract; published without the figure in Review of Economics and "
        "Statistics 94(2), 2012, 499-516",
    ),
    Crisis(
        id="spinach-2006", event="spinach-2006", crisis="E. coli in a crop", brand="bagged spinach", market="US",
        year=2006, nature="product harm", outcome="sales", whose="own", unit="category", ratios=(1 - 0.10,),
        months=(15, 15), design="model", verified="text",
        says="still 10% under the expected level in month 15",
        source="Arnade, Calvin & Kuchler (2008), Market Response to a Food Safety Shock, American Agricultural Economics "
        "Association annual meeting, paper 6448, abstract",
    ),
    Crisis(
        id="dairy-2008-exports", event="dairy-2008", crisis="melamine in milk", brand="contaminated dairy exporters",
        market="China", year=2008, nature="product harm", outcome="exports", whose="own", unit="group",
        ratios=(1 - 0.84,), verified="text",
        says="firms found contaminated: export revenue 84% below the industry's trend",
        source="Bai, Gazze & Wang (2019), Collective Reputation in Trade: Evidence from the Chinese Dairy Industry, NBER "
        "Working Paper 26283, abstract",
    ),
    Crisis(
        id="tylenol-1982", event="tylenol-1982", crisis="poisoned capsules", brand="Johnson & Johnson", market="US",
        year=1982, nature="product harm", outcome="share price", whose="own", unit="brand", ratios=(1 - 0.29,),
        design="raw", verified="text", says="shares lost about 29% of their value",
        source="Dowdell, Govindaraj & Jain (1992), The Tylenol Incident, Ensuing Regulation, and Stock Prices, Journal of "
        "Financial and Quantitative Analysis 27(2), abstract",
    ),
    Crisis(
        id="audi-1986", event="audi-1986", crisis="reports of unintended acceleration", brand="Audi", market="US",
        year=1986, nature="product harm", outcome="sales", whose="own", unit="brand", ratios=(1 - 0.173,), design="raw",
        verified="text", says="56,009 cars so far in the year, 17.3% fewer than the 67,718 of 1985",
        source=AUDI,
    ),
    Crisis(
        id="chipotle-2015", event="chipotle-2015", crisis="E. coli and norovirus", brand="Chipotle", market="US",
        year=2015, nature="product harm", outcome="sales", whose="own", unit="brand", ratios=(1 - 0.146,), design="raw",
        verified="text",
        says="like-for-like sales down 14.6% over the fourth quarter, December alone 30%",
        source="Company release of 2 February 2016 on the fourth quarter of 2015, as printed by The Washington Post and "
        "Meat + Poultry; December: SEC filing of 6 January 2016 as printed by Quartz",
    ),
    Crisis(
        id="tesla-china-2021", event="tesla-china-2021", crisis="protest over brakes at a motor show", brand="Tesla",
        market="China", year=2021, nature="product harm", outcome="orders", whose="own", unit="brand",
        ratios=(9800 / 18000,), design="raw", verified="secondary",
        says="orders down from over 18,000 (April) to some 9,800 (May)",
        source="The Information, insider data, as printed by Benzinga, June 2021",
    ),
    Crisis(
        id="hm-2021", event="hm-2021", crisis="boycott over a statement on cotton", brand="H&M", market="China",
        year=2021, nature="politics", outcome="sales", whose="own", unit="brand", ratios=(1 - 0.23,), design="raw",
        verified="secondary",
        says="23% less sold than a year earlier (second quarter, local currency)",
        source="Company figures for the second quarter of 2021 as printed by Apparel Magazine and others",
    ),
)

FINDINGS: tuple[Finding, ...] = (
    Finding(
        id="liu-2015", sign="raises", of="media attention, severity, perceived quality", events=359, verified="text",
        says="a recall costs more where the media take it up, the harm is grave, or the product was thought "
        "good",
        source="Liu & Shankar (2015), The Dynamic Impact of Product-Harm Crises on Brand Preference and Advertising "
        "Effectiveness, Management Science, 2514-2535, abstract",
    ),
    Finding(
        id="mitchell-1989", sign="raises", of="brand-name capital", events=2, verified="text",
        says="stock-market losses told from chance for the leading brand's poisonings of 1986 only; the "
        "others had far less name to lose",
        source="Mitchell (1989), The Impact of External Parties on Brand-Name Capital, Economic Inquiry 27(4), 601-618, "
        "abstract",
    ),
    Finding(
        id="backhaus-2016", sign="raises", of="media coverage", events=214, verified="text",
        says="the more the media report, the deeper the harm to the brand",
        source="Backhaus & Fischer (2016), Brand Damage from Product Harm and Corporate Social Irresponsibility: How Deep "
        "and How Long?, Marketing Science Institute report 16-133, summary (outcome: a tracker's brand score)",
    ),
    Finding(
        id="backhaus-2015", sign="shields", of="familiarity and strength of the brand", events=214, verified="text",
        says="better-known and stronger brands are hurt less over the long term",
        source="Fischer (2015), Brand Damage from Corporate Social Irresponsibility, seminar at the University of "
        "Queensland, 24 April 2015, abstract (the same 214 events)",
    ),
    Finding(
        id="cleeren-2008", sign="shields", of="loyalty and familiarity before the crisis", events=1, verified="text",
        says="having been bought and known before softens the blow, less so as time passes",
        source="Cleeren, Dekimpe & Helsen (2008), Weathering product-harm crises, Journal of the Academy of Marketing "
        "Science 36(2), 262-270, abstract (two brands of one crisis)",
    ),
    Finding(
        id="janakiraman-2018", sign="shields", of="customers' patronage before the crisis", events=1, verified="text",
        says="heavier customers reacted less to news of the breach",
        source="Janakiraman, Lim & Rishika (2018), The Effect of a Data Breach Announcement on Customer Behavior, Journal "
        "of Marketing, doi 10.1509/jm.16.0124, abstract (across customers of one retailer)",
    ),
    Finding(
        id="barrage-2020", sign="shields", of="advertising before the crisis", events=1, verified="text",
        says="where more had been advertised beforehand, prices gave way less",
        source="Barrage, Chyn & Hastings (2020), American Economic Journal: Economic Policy 12(1), abstract (across "
        "places, one crisis)",
    ),
    Finding(
        id="hammond-2013", sign="shields", of="how established the reputation is", events=2, verified="text",
        says="how firmly a name stands counts for more than whether it stands for quality",
        source="Hammond (2013), Journal of Economics & Management Strategy 22(1), 78-100, abstract",
    ),
)
# fmt: on


def of_nature(*natures: str) -> tuple[Crisis, ...]:
    """Return the crises of these natures: a class for an accident need not hold boycotts."""
    return tuple(c for c in CRISES if c.nature in natures)
