"""File formats: how each writes a value, where that stands in a text, and what its own reader makes of it.

Texts in, texts out: no file is touched here.
"""
