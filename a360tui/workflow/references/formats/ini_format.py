"""An option in a section of an INI file, as `configparser` reads it.

An INI value has no quotes, so a key that begins or ends with a space cannot be held. ``%`` is written as ``%%`` for
readers that interpolate, which is configparser's default; for others the reference says so.
"""

import configparser
import re
from dataclasses import dataclass
from typing import ClassVar

from a360tui.secret import Secret
from a360tui.text import harmless
from a360tui.workflow.references.formats.editing import Reading
from a360tui.workflow.references.formats.line_ends import universal
from a360tui.workflow.references.key_path import KeyPath
from a360tui.workflow.references.refusal import Absent, Unreadable, Unsupported

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_SECTION = re.compile(r"\[(?P<name>.+)\]")
_OPTION = re.compile(r"(?P<before>\s*(?P<name>.*?)\s*[=:][^\S\r\n]*)(?P<value>[^\r\n]*?)\s*", re.DOTALL)

_NO_DEFAULTS = "\0"
"""A default section that no file has, so that ``DEFAULT`` reads like any other one and nothing is inherited."""


@dataclass(frozen=True)
class IniFormat:
    """INI as `configparser.ConfigParser()` takes it; the value is in one line and interpolates nothing."""

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
        """Read by `configparser`; that it means the line that is found here is proved by who edits it."""
        value, rest = self._value_and_rest(_parsed(text))
        spots: list[tuple[int, int]] = []
        section, start = "", 0
        for line in _LINE.findall(text):
            if header := _SECTION.match(line):
                section = header["name"]
            elif (
                section == self.section
                and (option := _OPTION.fullmatch(line))
                and _name(option["name"]) == _name(self.option)
            ):
                spots.append((start + option.start("value"), start + option.end("value")))
            start += len(line)
        if len(spots) != 1:
            raise Unsupported(f"writes {self.option} in a way that is not understood.")
        return Reading(*spots[0], value, rest)

    def rendered(self, source: str, key: str) -> str:  # noqa: ARG002  # INI has one style
        """The key itself, ``%`` doubled for readers that interpolate."""
        if key != key.strip():
            raise Unsupported("cannot hold a key that begins or ends with a space.")
        return key.replace("%", "%%") if self.interpolation else key

    def _value_and_rest(self, options: dict[str, dict[str, str]]) -> tuple[Secret, Secret]:
        if self.section not in options:
            raise Absent(f"has no section [{harmless(self.section)}].")
        name = _name(self.option)
        written = options[self.section].pop(name, None)
        if written is None:
            raise Absent(f"has no {self.option} in [{harmless(self.section)}].")
        if "\n" in written:
            raise Unsupported(f"writes {self.option} in more than one line.")
        return Secret(self._plain(written)), Secret(repr(options))

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
        problem = f"has the section [{harmless(str(error.section))}] twice."
    except configparser.DuplicateOptionError as error:
        problem = f"has {harmless(str(error.option))} twice in [{harmless(str(error.section))}]."
    except configparser.ParsingError as error:
        problem = f"is not INI (line {error.errors[0][0]})." if error.errors else "is not INI."
    except configparser.Error:
        problem = "is not INI."
    raise Unreadable(problem)
