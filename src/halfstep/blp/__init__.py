"""Random-coefficient demand and Bertrand-Nash supply on arrays: markets, products, buyers, firms; no brands, no files."""
