"""The only floor that opens files."""
