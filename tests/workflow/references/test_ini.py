"""A key in an INI file."""

from configparser import ConfigParser, RawConfigParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from a360tui.workflow.references import Fingerprints, Ini, Result, place_of
from tests.workflow.references.documents import Document, changed, keys, line_ends, remarks, thorough, words


@st.composite
def documents(draw: st.DrawFn) -> Document:
    end = draw(line_ends)
    delimiter = draw(st.sampled_from(["=", " = ", ":", ": ", "\t=\t"]))

    def lines(mark: str) -> str:
        others = st.one_of(
            st.just(""),
            remarks.map(lambda text: f"# {text}"),
            remarks.map(lambda text: f"  ; key = {text}"),
            words.map(lambda text: f"{mark} one = {text}\n    and more"),
            words.map(lambda text: f"{mark} Two:{text} # no comment"),
        )
        return "".join(line + "\n" for line in draw(st.lists(others, max_size=3, unique_by=lambda line: line[:5])))

    old = draw(st.text("ABCxyz019", max_size=40))
    first = lines("a")
    name = draw(st.sampled_from(["key", "KEY"] if first else ["key", "Key", "  KEY"]))
    lead = draw(st.sampled_from(["", "[DEFAULT]\nkey = a\n", "[other]\nkey = b\n[a360.other]\nkey=c\n"]))
    before = f"{lead}[a360]\n{first}{name}{delimiter}"
    tail = draw(st.sampled_from(["", "  " if old else "", "\n", "\n\n[last]\nkey = d"]))
    after = tail + (f"\n{lines('z')}" if tail.startswith("\n") else "")
    return Document(before.replace("\n", end), old, after.replace("\n", end), old, draw(st.booleans()))


def options(parser: RawConfigParser, data: bytes) -> dict[str, dict[str, str]]:
    parser.read_string(data.decode("utf-8-sig").replace("\r\n", "\n"))
    return {section: dict(parser.items(section, raw=True)) for section in ["DEFAULT", *parser.sections()]}


@pytest.mark.parametrize("interpolation", [True, False])
@thorough
@given(document=documents(), new=keys)
@example(document=Document("[a360]\nkey=", "a", "", "a"), new="100%(done)s")
def test_any_key_without_outer_spaces_is_read_back(document: Document, new: str, interpolation: bool) -> None:
    """configparser, interpolating or not as the reference says, reads the key; all else is as before."""
    change = changed(Ini("/", "a360.key", interpolation), document, new)
    if new != new.strip():
        assert change.outcome.result is Result.FAILED
        assert "begins or ends with a space" in change.outcome.sentence
        return
    assert change.outcome.result is Result.UPDATED
    parser = ConfigParser() if interpolation else RawConfigParser()
    after = options(parser, change.data)
    assert new == parser.get("a360", "key")
    before = options(RawConfigParser(), document.data())
    before["a360"]["key"] = after["a360"]["key"]
    assert before == after


@pytest.mark.parametrize(
    "before", ["[a360]\nother = a\n  key = b\n  [c]\n", "[b]\nkey = c\n[a360]\nother = a\n\n  key = c\n  more\n"]
)
def test_a_line_in_a_longer_value_is_not_taken_for_the_option(before: str) -> None:
    """What looks like the option, or like a section, inside of another option's value stays what it is."""
    document = Document(f"{before}key = ", "old", "\n[c]\nkey = d\n", "old")
    change = changed(Ini("/", "a360.key"), document, "new")
    assert change.outcome.result is Result.UPDATED
    assert options(RawConfigParser(), change.data)["a360"]["key"] == "new"


REFUSED = {
    "[a360]\nkey = a\nkey = b\n": "twice",
    "[a360]\nkey = a\nKEY = b\n": "twice",
    "[a360]\nkey = a\n[a360]\n": "twice",
    "[a360]\nkey = a\n  b\n": "more than one line",
    "[a360]\nkey = a\n\n  b\n": "more than one line",
    "[a360]\nkey = %(other)s\nother = a\n": "interpolate",
    "[a360]\nkey = 5%\n": "interpolate",
    "[a360]\nkey\n": "is not INI (line 2)",
    "key = a\n": "no section before line 1",
    "[other]\nkey = a\n": "has no section [a360]",
    "[DEFAULT]\nkey = a\n[a360]\n": "has no key in [a360]",
    "": "has no section [a360]",
}


@pytest.mark.parametrize("text", REFUSED)
async def test_what_cannot_be_changed_alone_is_refused_before(
    text: str, folder: Path, fingerprints: Fingerprints
) -> None:
    """A preflight refuses, with the reason, what a change could get wrong; the file stays as it is."""
    path = folder / "settings.ini"
    path.write_text(text)
    answer = await place_of(Ini(str(path), "a360.key"), fingerprints).preflight(None)
    assert not answer.ready
    assert REFUSED[text] in answer.sentence
    assert text == path.read_text()
