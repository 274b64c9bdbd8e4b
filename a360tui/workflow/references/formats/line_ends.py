"""Line ends as Python's text mode reads them."""

import re


def universal(text: str) -> str:
    r"""The text with every line end as ``\n``, as `open` reads it in text mode."""
    return re.sub(r"\r\n?", "\n", text)
