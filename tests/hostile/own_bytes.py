"""What a program may send to a terminal: a closed list of sequences, and text in which nothing acts."""

import re

from a360tui.text import harmless

_COLOUR = r"(?:[34]8;2;\d{1,3};\d{1,3};\d{1,3}|[34]8;5;\d{1,3}|[34]\d|9\d|10\d)"
_STYLE = r"(?:0|1|2|3|4|7|9|22|23|24|27|29)"
_OWN = re.compile(
    rf"\x1b\[(?:(?:{_STYLE}|{_COLOUR})(?:;(?:{_STYLE}|{_COLOUR}))*)?m"  # bold, dim, italic, underline, reverse, colours
    r"|\x1b\[\d+;\d+H|\x1b\[H|\x1b\[\d*C"  # the place of what follows
    r"|\x1b\[\d+X|\x1b\[K|\x1b\[2J"  # blanks
    r"|\x1b\[\?(?:7|25|1000|1003|1004|1006|1015|1016|1049|2004|2026|2048)[hl]"
    r"|\x1b\[\?(?:2026|2048)\$p|\x1b\[>\d+u|\x1b\[<u"
    r"|\x1b\]22;[a-z-]*\x07"  # the shape of the mouse pointer
    r"|\r\d+ of \d+ read|\r +\r"  # the progress of the inventory
    r"|\r[A-Za-z -]*…? *"  # the progress of the doctor
    r"|\r?\n"
)


def acting(raw: bytes) -> list[str]:
    """What is none of our own sequences and no harmless text, with a little of what is around it."""
    text = raw.decode("utf-8", "backslashreplace")
    rest = _OWN.sub("\0", text)
    return [
        rest[max(0, match.start() - 20) : match.end() + 20]
        for match in re.finditer(r"[^\0]+", rest)
        if harmless(match.group()) != match.group()
    ]
