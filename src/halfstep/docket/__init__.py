"""Claims and forecasts, and their fate."""
