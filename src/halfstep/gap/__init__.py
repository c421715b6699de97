"""The half steps: how far the focal brand is from a benchmark, in money, and how much of that is product and name."""
