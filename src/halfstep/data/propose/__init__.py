"""From tables that nobody has described to the study that could be made of them."""
