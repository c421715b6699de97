"""From the bytes of a file to a table of cells: encodings, separators, workbooks, databases; titles, heads, totals, notes."""
