"""Texts, on arrays of bytes: n-grams and linear heads over them, how they are learnt, who is named, what is said again."""
