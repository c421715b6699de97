"""What two figures that contradict each other may be."""

from __future__ import annotations

__all__ = ["suspicion"]

_LENGTHS = (
    (3.5, 5.0, ("month",), "the smaller may be one week of the month"),
    (3.5, 4.6, ("quarter", "year"), "a quarter may stand beside a year"),
    (2.7, 3.3, ("month", "quarter"), "a month may stand beside a quarter"),
    (10.5, 13.5, ("month", "year"), "a month may stand beside a year"),
)
"""Ratios that periods of different lengths give, with room for their ups and downs; for which kinds of period; meaning."""
_LIKE = 1.2
"""Two counts of one thing on different bases rarely differ by more than a fifth."""
_NEAR = 0.05
"""A ratio this near to a power of ten is taken for one."""
_POWERS = {
    10: "a decimal point may be off",
    100: "a decimal point may be off, or one is in per cent",
    1_000: "one may be in thousands (千)",
    10_000: "one may be in 万",
}


def suspicion(larger: float, smaller: float, kind: str) -> str:
    """Return the likeliest reason why one thing has two figures, as a clause that a sentence may begin with.

    Parameters
    ----------
    larger, smaller
        The figures.
    kind
        Period that both are said to be of: "month", "quarter", "year"; others have no typical length to be mistaken for.

    Examples
    --------
    >>> suspicion(28000, 7058, "month")
    'the smaller may be one week of the month'
    """
    if larger == smaller:
        return "the same row may be there twice"
    ratio = larger / smaller if larger > smaller > 0 else 0.0
    if 1 < ratio <= _LIKE:
        return "they may be counted on two bases (registrations, deliveries, wholesale) or come from two sources"
    for low, high, kinds, meaning in _LENGTHS:
        if kind in kinds and low <= ratio <= high:
            return meaning
    for power, meaning in _POWERS.items():
        if abs(ratio / power - 1) <= _NEAR:
            return meaning
    return "nothing in the figures says which one is right"
