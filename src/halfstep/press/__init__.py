"""What printed figures say when they are held against each other: bounds, contradictions, refusals. No best guesses."""
