r"""A variable in a dotenv file, as read by python-dotenv and, if possible, by ``sh`` when it sources the file.

The two agree on three ways to write a key. They are tried in this order, but the style that is there comes first:

- bare, for letters, digits and ``_@%+:,./-``;
- in single quotes, where the key has no ``'``, no ``\\`` pair and no ``\\`` at its end (python-dotenv unescapes those);
- in double quotes, where it has no ``$`` and no backtick (``sh`` expands them, python-dotenv has no escape for them).

For any other key, and for one with ``${…}``, which python-dotenv expands in every quoting, there is no text that both
read as that key. It is written for python-dotenv alone and begins with ``${.:-}``, which is empty to python-dotenv and
a *bad substitution* to every shell (dash, bash, zsh, mksh, BusyBox): sourcing the line then fails visibly, before the
shell expands, or runs, any part of the key.
"""

import io
import re
from dataclasses import dataclass
from typing import ClassVar

from dotenv.parser import Binding, parse_stream
from dotenv.variables import Variable, parse_variables

from a360tui.secret import Secret
from a360tui.workflow.references.formats.editing import Reading
from a360tui.workflow.references.formats.line_ends import universal
from a360tui.workflow.references.refusal import Absent, Unreadable, Unsupported

_BEFORE_VALUE = re.compile(r"\s*(?:export[^\S\r\n]+)?(?:'[^']+'|[^=#\s]+)[^\S\r\n]*=")
_BLANK = re.compile(r"[^\S\r\n]*")
_QUOTED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""", re.DOTALL)

_BARE = re.compile(r"[A-Za-z0-9_@%+:,./-]+")
_UNESCAPED_IN_SINGLE_QUOTES = re.compile(r"'|\\\\|\\$")
_EXPANDED_BY_SH = re.compile(r"[$`]")

_UNSET = "."
"""A variable name that no shell can set."""
_NOTHING = f"${{{_UNSET}:-}}"
_DOLLAR = f"${{{_UNSET}:-$}}"
"""What python-dotenv expands to a plain ``$``."""


@dataclass(frozen=True)
class DotenvFormat:
    """A dotenv file in which the variable stands once, in one line, and does not depend on another one."""

    name: str
    bom: ClassVar[bool] = True

    def read(self, text: str) -> Reading:
        """Read with python-dotenv's parser and expansion.

        The value's source is a token in the line that the parser bound.
        """
        bindings = _bindings(text)
        binding = self._only(bindings)
        start = sum(len(before.original.string) for before in bindings[: bindings.index(binding)])
        line = binding.original.string
        before = _BEFORE_VALUE.match(line)
        if before is None:
            raise Unsupported(f"writes {self.name} in a way that is not understood.")
        begin, end = _token(line, before.end())
        if len(line[begin:end].splitlines()) > 1:
            raise Unsupported(f"writes {self.name} in more than one line.")
        value, rest = self._value_and_rest(_bindings(universal(text)))
        return Reading(start + begin, start + end, value, rest)

    def rendered(self, source: str, key: str) -> str:
        """The first form that both readers read as ``key``, or else the one for python-dotenv alone."""
        bare, single, double = self._forms(key)
        order = {"'": (single, double), '"': (double, single)}.get(source[:1], (bare, single, double))
        return next((form for form in order if form is not None), _for_python_dotenv_alone(key))

    def _value_and_rest(self, bindings: list[Binding]) -> tuple[Secret, Secret]:
        written = self._only(bindings).value or ""
        atoms = list(parse_variables(written))
        if any(isinstance(atom, Variable) and atom.name != _UNSET for atom in atoms):
            raise Unsupported(f"writes {self.name} with a ${{variable}} in it.")
        variables = {binding.key: binding.value for binding in bindings if binding.key}
        value = "".join(atom.resolve(variables) for atom in atoms)
        rest = [
            (binding.key, binding.error, None if binding.key == self.name else binding.value) for binding in bindings
        ]
        return Secret(value), Secret(repr(rest))

    def _only(self, bindings: list[Binding]) -> Binding:
        found = [binding for binding in bindings if binding.key == self.name]
        unread = [binding.original for binding in bindings if binding.error and self.name in binding.original.string]
        if not found and unread:
            raise Unreadable(f"has a line with {self.name} that is not an assignment (line {unread[0].line}).")
        if not found:
            raise Absent(f"has no {self.name}.")
        if len(found) > 1:
            raise Unsupported(f"has {self.name} {len(found)} times.")
        if found[0].value is None:
            raise Unsupported(f"has {self.name} without a value: write {self.name}= there.")
        return found[0]

    @staticmethod
    def _forms(key: str) -> tuple[str | None, str | None, str | None]:
        """Bare, in single quotes and in double quotes; ``None`` where the two readers would not agree on that form."""
        if any(isinstance(atom, Variable) for atom in parse_variables(key)):
            return None, None, None
        bare = key if _BARE.fullmatch(key) else None
        single = None if _UNESCAPED_IN_SINGLE_QUOTES.search(key) else f"'{key}'"
        double = None if _EXPANDED_BY_SH.search(key) else f'"{_escaped(key)}"'
        return bare, single, double


def _for_python_dotenv_alone(key: str) -> str:
    return '"' + _NOTHING + _escaped(key).replace("${", _DOLLAR + "{") + '"'


def _escaped(key: str) -> str:
    return key.replace("\\", "\\\\").replace('"', '\\"')


def _bindings(text: str) -> list[Binding]:
    return list(parse_stream(io.StringIO(text, newline="")))


def _token(line: str, equals: int) -> tuple[int, int]:
    """The value's source in the text of a binding whose ``=`` ends at ``equals``."""
    blank = _BLANK.match(line, equals)
    begin = blank.end() if blank else equals
    if quoted := _QUOTED.match(line, begin):
        return quoted.span()
    bare = re.split(r"[\r\n]", line[begin:], maxsplit=1)[0]
    if begin > equals and bare.startswith("#"):
        return equals, equals
    value = re.sub(r"\s+#.*", "", bare).rstrip()
    return (begin, begin + len(value)) if value else (equals, equals)
