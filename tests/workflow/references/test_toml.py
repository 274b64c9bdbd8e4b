"""A key in a TOML file."""

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a360tui.workflow.references import Fingerprints, Result, Toml, place_of
from tests.workflow.references.documents import Document, changed, keys, line_ends, remarks, thorough, words

SHAPES = {
    "key": ("key = ", ""),
    "a360.key": ("[a360]\nother = 1\nkey = ", ""),
    "a360.api.key": ("[a360]\napi.other = 1.0\napi . key = ", ""),
    'a360."api.key"': ('[ a360 ]\n"api.key" = ', ""),
    "a360.login.key": ('[a360]\nlogin = { user = "x", key = ', ", more = [1, 2] }"),
    "servers[1].key": ('[[servers]]\nkey = "first"\n\n[[servers]]\nkey = ', "\nname = 'second'"),
    "servers[0].list[2]": ('[[servers]]\nlist = [ "a", # one\n  "b",\n  ', ", # three\n]"),
    "inline[1].key": ('inline = [ {key = "x", when = 1979-05-27}, {key = ', "} ]"),
    "a.late.key": ("[a.early]\nx = nan\n[b]\ny = 1\n[a.late]\nkey = ", ""),
}


@st.composite
def documents(draw: st.DrawFn, before: str, after: str) -> Document:
    end = draw(line_ends)
    others = st.one_of(
        st.just(""),
        remarks.map(lambda text: f"  # {text}"),
        st.tuples(words, words).map(lambda pair: f"\"x {pair[0]}\" = '{pair[1]}' # note"),
        words.map(lambda name: f"'y {name}' = [ 1, 2.50, 0xF ]"),
    )
    old = draw(st.text("ABCxyz019", max_size=40))
    quote = draw(st.sampled_from("'\""))
    top = draw(st.lists(others, max_size=3, unique_by=lambda line: line.split("=")[0]))
    bottom = draw(st.lists(remarks.map(lambda text: f"# {text}"), max_size=3))
    head = "".join(line + "\n" for line in top) + before
    tail = after + draw(st.sampled_from(["", " # note", "\t"])) + "".join("\n" + line for line in bottom)
    tail += draw(st.sampled_from(["", "\n"]))
    return Document(head.replace("\n", end), f"{quote}{old}{quote}", tail.replace("\n", end), old)


@thorough
@given(path=st.sampled_from(sorted(SHAPES)), data=st.data(), new=keys)
def test_any_key_is_read_back_and_nothing_else_moves(path: str, data: st.DataObject, new: str) -> None:
    """Whatever the key and wherever it stands, tomllib reads it, and every other value and byte is as before."""
    document = data.draw(documents(*SHAPES[path]))
    change = changed(Toml("/", path), document, new)
    assert change.outcome.result is Result.UPDATED
    wanted = tomllib.loads(document.data(json.dumps(new)).decode())
    assert repr(wanted) == repr(tomllib.loads(change.data.decode()))


def test_a_literal_string_stays_one_where_it_can() -> None:
    """Single quotes stay, unless the key has one."""
    document = Document("key = ", "'old'", "\n", "old")
    assert changed(Toml("/", "key"), document, 'a\\b"').source == "'a\\b\"'"
    assert changed(Toml("/", "key"), document, "it's").source == '"it\'s"'


REFUSED = {
    'key = """a"""\n': "more than one line",
    "key = '''\na'''\n": "more than one line",
    "key = 5\n": "no string",
    "[key]\n": "no string",
    "other = 1\n": "has no key",
    "key = 'a'\nkey = 'b'\n": "is not TOML",
    "key = a\n": "is not TOML",
    "\ufeffkey = 'a'\n": "byte-order mark",
    "key = 'a'\nx = " + "[" * 5000 + "]" * 5000 + "\n": "nested too deeply",
}


@pytest.mark.parametrize("text", REFUSED)
async def test_what_cannot_be_changed_alone_is_refused_before(
    text: str, folder: Path, fingerprints: Fingerprints
) -> None:
    """A preflight refuses, with the reason, what a change could get wrong; the file stays as it is."""
    path = folder / "settings.toml"
    path.write_text(text)
    answer = await place_of(Toml(str(path), "key"), fingerprints).preflight(None)
    assert not answer.ready
    assert REFUSED[text] in answer.sentence
    assert text == path.read_text()
