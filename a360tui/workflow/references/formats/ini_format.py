"""An option in a section of an INI file, as `configparser` reads it.

An INI value has no quotes, so a key that begins or ends with a space cannot be held. ``%`` is written as ``%%`` for
readers that interpolate, which is configparser's default; for others the reference says so.
"""

import configparser
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from a360tui.secret import Secret
from a360tui.workflow.references.formats.editing import Reading
from a360tui.workflow.references.formats.line_ends import universal
from a360tui.workflow.references.key_path import KeyPath
from a360tui.workflow.references.refusal import Absent, Unreadable, Unsupported

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_OPTION = re.compile(r"(?P<before>\s*(?P<name>.*?)\s*[=:][^\S\r\n]*)(?P<value>[^\r\n]*?)\s*", re.DOTALL)

_NO_DEFAULTS = "\0"
"""A default section that no file has, so that ``DEFAULT`` is read like any other section and nothing is inherited."""


@dataclass(frozen=True)
class IniFormat:
    """INI as `configparser.ConfigParser()` reads it; the value is in one line and interpolates nothing."""

    section: str
    option: str
    interpolation: bool
    bom: ClassVar[bool] = True

    @classmethod
    def of(cls, path: KeyPath, *, interpolation: bool) -> "IniFormat":
        """The format for the key path ``section.option``."""
        section, option = (str(segment) for segment in path.segments)
        return cls(section, option, interpolation)

    def read(self, text: str) -> Reading:
        """Read with `configparser`; the value's line is the one that, once marked, makes it read the mark."""
        options = _parsed(text)
        written = self._written(options)
        mark, name = secrets.token_hex(16), _name(self.option)
        for start, end in self._lookalikes(text, written):
            marked = _parsed(text[:start] + mark + text[end:])
            if marked.get(self.section, {}).get(name) == mark:
                options[self.section].pop(name)
                return Reading(start, end, Secret(self._plain(written)), Secret(repr(options)))
        raise Unsupported(f"writes {self.option} in a way that is not understood.")

    def rendered(self, source: str, key: str) -> str:  # noqa: ARG002  # INI has one style
        """The key itself, with ``%`` doubled for readers that interpolate."""
        if key != key.strip():
            raise Unsupported("cannot hold a key that begins or ends with a space.")
        return key.replace("%", "%%") if self.interpolation else key

    def _lookalikes(self, text: str, written: str) -> Iterator[tuple[int, int]]:
        """The spans of the values in all lines that look like the option's, in whatever section or longer value."""
        start = 0
        for line in _LINE.findall(text):
            option = _OPTION.fullmatch(line)
            if option and _name(option["name"]) == _name(self.option) and option["value"] == written:
                yield start + option.start("value"), start + option.end("value")
            start += len(line)

    def _written(self, options: dict[str, dict[str, str]]) -> str:
        if self.section not in options:
            raise Absent(f"has no section [{self.section}].")
        written = options[self.section].get(_name(self.option))
        if written is None:
            raise Absent(f"has no {self.option} in [{self.section}].")
        if "\n" in written:
            raise Unsupported(f"writes {self.option} in more than one line.")
        return written

    def _plain(self, written: str) -> str:
        if not self.interpolation:
            return written
        if "%" in written.replace("%%", ""):
            raise Unsupported(f"writes {self.option} with a single %, which its readers would interpolate.")
        return written.replace("%%", "%")


def _name(option: str) -> str:
    """An option's name as configparser compares it."""
    return option.rstrip().lower()


def _parsed(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser(default_section=_NO_DEFAULTS)
    try:
        parser.read_string(universal(text))
        return {name: dict(parser.items(name)) for name in parser.sections()}
    except configparser.MissingSectionHeaderError as error:
        problem = f"has no section before line {error.lineno}."
    except configparser.DuplicateSectionError as error:
        problem = f"has the section [{error.section!s}] twice."
    except configparser.DuplicateOptionError as error:
        problem = f"has {error.option!s} twice in [{error.section!s}]."
    except configparser.ParsingError as error:
        problem = f"is not INI (line {error.errors[0][0]})." if error.errors else "is not INI."
    except configparser.Error:
        problem = "is not INI."
    raise Unreadable(problem)
