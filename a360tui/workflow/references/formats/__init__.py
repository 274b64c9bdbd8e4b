"""File formats: where a value stands in a text, how it is written, and how the format's own reader reads it.

Texts in, texts out: no file is touched here.
"""
