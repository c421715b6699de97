"""Long checks of what the rooms claim, run by ``make validate``; their results are committed under docs/validation."""
