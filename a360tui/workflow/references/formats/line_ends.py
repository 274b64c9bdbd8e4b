"""Line ends as Python's text mode reads them."""

import re


def universal(text: str) -> str:
    r"""The text with every line end as ``\n``: what `open` gives to a reader of text files."""
    return re.sub(r"\r\n?", "\n", text)
