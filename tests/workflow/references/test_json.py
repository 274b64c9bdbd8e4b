"""A key in a JSON file."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a360tui.workflow.references import Fingerprints, Json, Result, place_of
from tests.workflow.references.documents import Document, changed, keys, line_ends, thorough

SHAPES = {
    "key": ('{"key":', "}"),
    "a360.key": ('{ "key": "another", "a360" : {"key" :\t', '\n, "x": [] } }'),
    "servers[1].key": ('{"servers": [{"key": "first", "x": {}}, {"y": [1, 2.50], "key": ', "}, 1e5]}"),
    "[2]": ('[ "first" , ', ",NaN]"),
    '"a.b"."c\\"d"': ('{"a.b": {"c\\u0022d":', "}}"),
    "list[2]": ('{"list": [[], {"a": {"b": "}]"}}, ', "  ]\n}"),
}

values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def documents(draw: st.DrawFn, before: str, after: str) -> Document:
    end = draw(line_ends)
    old = draw(st.text(max_size=20).filter(str.isprintable))
    source = json.dumps(old, ensure_ascii=draw(st.booleans()))
    sibling = json.dumps(draw(values), ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1, "\t"])))
    opening = '{"_":' if before.startswith("{") else "["
    before = f"{opening}{sibling}, {before[1:]}"
    text = (draw(st.sampled_from(["", " ", "\n\n"])), draw(st.sampled_from(["", "\n", " \n"])))
    blanks = [blank.replace("\n", end) for blank in text]
    return Document(blanks[0] + before, source, after + blanks[1], old, draw(st.booleans()))


@thorough
@given(path=st.sampled_from(sorted(SHAPES)), data=st.data(), new=keys)
def test_any_key_is_read_back_and_nothing_else_moves(path: str, data: st.DataObject, new: str) -> None:
    """Whatever the key and wherever it stands, json reads it, and every other value and byte is as before."""
    document = data.draw(documents(*SHAPES[path]))
    change = changed(Json("/", path), document, new)
    assert change.outcome.result is Result.UPDATED
    assert repr(json.loads(document.data(json.dumps(new)))) == repr(json.loads(change.data))


REFUSED = {
    '{"key": "a", "key": "b"}': "has key 2 times",
    '{"key": 5}': "no string",
    '{"key": null}': "no string",
    '{"other": "a"}': "has no key",
    '["key"]': "has no key",
    '{"key": "a"} // note': "is not JSON",
    '{"key": "a"': "is not JSON",
    "": "is not JSON",
    '{"key": "a", "x": ' + "[" * 50_000 + "]" * 50_000 + "}": "nested too deeply",
    '{"key": "a", "x": ' + "1" * 5000 + "}": "too long to be read",
}


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
async def test_what_cannot_be_changed_alone_is_refused_before(
    text: str, folder: Path, fingerprints: Fingerprints
) -> None:
    """A preflight refuses, with the reason, what a change could get wrong; the file stays as it is."""
    path = folder / "settings.json"
    path.write_text(text)
    answer = await place_of(Json(str(path), "key"), fingerprints).preflight(None)
    assert not answer.ready
    assert REFUSED[text] in answer.sentence
    assert text == path.read_text()


async def test_a_hostile_name_is_harmless_in_what_is_told(folder: Path, fingerprints: Fingerprints) -> None:
    """What a key path says of control characters never reaches a terminal as such."""
    path = folder / "settings.json"
    path.write_text("{}")
    answer = await place_of(Json(str(path), '"\\u001b[2J\\u202e"'), fingerprints).preflight(None)
    assert "\\x1b[2J\\u202e" in answer.sentence
    assert answer.sentence.isprintable()
