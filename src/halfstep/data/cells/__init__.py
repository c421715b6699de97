"""From cells as people write them to plain figures, periods and days; what they leave open is kept open."""
