"""How output goes on: paths of ramping makers, what bounds them, what they cost; arrays only."""
