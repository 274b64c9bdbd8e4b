"""The cells of a terminal: what stands in each, and with which pen it was drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style

if TYPE_CHECKING:
    from rich.color import ColorSystem
    from textual.strip import Strip

_SEEN_ON_BLANKS = frozenset({"4", "6", "7", "9", "21", "51", "52", "53"})
"""Attributes that a blank shows: lines under, through and over it, frames, blinking, and the colours swapped."""
_FOREGROUNDS = {str(number) for number in (*range(30, 40), *range(90, 98))}
_BACKGROUNDS = {str(number) for number in (*range(40, 50), *range(100, 108))}


@dataclass(frozen=True, slots=True)
class Pen:
    """How a cell is drawn, as parameters of *Select Graphic Rendition* (ECMA-48 §8.3.117)."""

    attributes: tuple[str, ...] = ()
    foreground: str = ""
    background: str = ""
    link: str = ""
    """Where the hyperlink leads that the cell is part of."""

    @property
    def is_background(self) -> bool:
        """Whether it draws nothing but a background, as erasing does."""
        return not (self.attributes or self.foreground or self.link)

    def after(self, before: Pen) -> str:
        """The shortest way to this pen from another."""
        link = "" if self.link == before.link else f"\x1b]8;;{self.link}\x1b\\"
        if not (self.attributes or self.foreground or self.background):
            return f"{link}\x1b[m"
        added = [each for each in self.attributes if each not in before.attributes]
        if len(added) != len(self.attributes) - len(before.attributes):
            before, added = Pen(), ["0", *self.attributes]
        if self.foreground != before.foreground:
            added.append(self.foreground or "39")
        if self.background != before.background:
            added.append(self.background or "49")
        return f"{link}\x1b[{';'.join(added)}m" if added else link


PLAIN = Pen()
Cell = tuple[str, Pen]
"""A cluster of characters and its pen; the cells after a wide one hold an empty text."""

_pens: dict[Pen, Pen] = {PLAIN: PLAIN}
"""Each pen once, so that two cells are mostly compared by identity."""


def _once(pen: Pen) -> Pen:
    return _pens.setdefault(pen, pen)


@lru_cache(maxsize=4096)
def on_blanks(pen: Pen) -> Pen:
    """The least pen that draws a blank as this one does."""
    if pen.link or not _SEEN_ON_BLANKS.isdisjoint(pen.attributes):
        return pen
    return _once(Pen(background=pen.background))


@lru_cache(maxsize=4096)
def pens_of(style: Style, color_system: ColorSystem) -> tuple[Pen, Pen]:
    """The pens of a Rich style, for letters and for blanks."""
    before, _, _ = style.update_link(None).render("x", color_system=color_system).partition("x")
    pen = _once(_pen(before.removeprefix("\x1b[").removesuffix("m"), style.link or ""))
    return pen, on_blanks(pen)


def _pen(parameters: str, link: str) -> Pen:
    """The pen of what is between ``ESC [`` and ``m``: ``1;38;2;255;255;255;48;5;17``."""
    attributes: list[str] = []
    foreground = background = ""
    left = parameters.split(";") if parameters else []
    while left:
        first = left.pop(0)
        colour = first
        if first in {"38", "48"}:
            length = {"2": 4, "5": 2}[left[0]]
            colour = ";".join([first, *left[:length]])
            del left[:length]
        if first == "38" or first in _FOREGROUNDS:
            foreground = "" if first == "39" else colour
        elif first == "48" or first in _BACKGROUNDS:
            background = "" if first == "49" else colour
        else:
            attributes.append(first)
    return Pen(tuple(attributes), foreground, background, link)


def drawn(words: str, parameters: str) -> Iterator[Cell]:
    """The cells of words that were drawn with these parameters."""
    pen = _once(_pen(parameters, ""))
    return _clusters(words, pen, on_blanks(pen))


def cells_of(strip: Strip, color_system: ColorSystem) -> Iterator[Cell]:
    """The cells of a strip, from left to right."""
    for text, style, control in strip:
        if control:
            continue
        letters, blanks = pens_of(style, color_system) if style is not None else (PLAIN, PLAIN)
        if text.isascii() and text.isprintable():
            blank = (" ", blanks)  # most of a screen: once for all of them
            for character in text:
                yield blank if character == " " else (character, letters)
        else:
            yield from _clusters(text, letters, blanks)


def _clusters(text: str, letters: Pen, blanks: Pen) -> Iterator[Cell]:
    widths = [cell_len(character) for character in text]
    if sum(widths) != cell_len(text):
        # Characters that make one picture together; where each of them stands is known to nobody.
        yield text, letters
        yield from [("", letters)] * (cell_len(text) - 1)
        return
    clusters: list[tuple[str, int]] = []
    for character, width in zip(text, widths, strict=True):
        if width:
            clusters.append((character, width))
        elif clusters and character.isprintable():
            before, before_width = clusters.pop()
            clusters.append((before + character, before_width))
    for cluster, width in clusters:
        pen = blanks if cluster == " " else letters
        yield cluster, pen
        yield from [("", pen)] * (width - 1)
