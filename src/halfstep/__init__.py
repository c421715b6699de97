"""Halfstep: how far a brand is from the premium benchmark of its market, in money, and what the data cannot decide."""

__version__ = "0.1.0"
