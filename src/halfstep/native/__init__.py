"""Loops that carry the program: one optional C extension and its NumPy twin, behind one door."""
