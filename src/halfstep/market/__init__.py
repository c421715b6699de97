"""The market as it is: panel, position in the price bands, and the hedonic that prices attributes and names."""
