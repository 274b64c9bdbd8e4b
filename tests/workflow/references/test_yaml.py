"""A key in a YAML file."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from a360tui.workflow.references import Fingerprints, Result, Yaml, place_of
from tests.workflow.references.documents import Document, changed, keys, line_ends, remarks, thorough, words

SHAPES = {
    "key": ("key: ", ""),
    "a360.key": ("a360:\n    other:   1.0   # odd spaces\n    key:  ", "\n    last: [ a,b ]"),
    "env.key": ("env: &env\n  key: ", "\nweb:\n  <<: *env\n  x: yes"),
    "servers[1].key": ("servers:\n- key: first\n-   name: &name x\n    key: ", "\n- *name"),
    "flow.list[1].key": ("flow: {list: [ {key: a}, {key: ", ", b: 'c' } ], text: \"wide\\\n  string\"}"),
    '"a.b"': ('"a.b": ', "\ntext: |2\n    key: x\n  folded: >-\n  more: y\n"),
    "custom.key": ("custom: !Thing\n  key: ", "\n  ref: !Ref x"),
    "explicit": ("? explicit\n: ", "\n? [complex, key]\n: 1"),
}


@st.composite
def documents(draw: st.DrawFn, before: str, after: str) -> Document:
    end = draw(line_ends)
    others = st.one_of(
        st.just(""),
        remarks.map(lambda text: f"# {text}"),
        st.tuples(words, words).map(lambda pair: f"x{pair[0]}:   '{pair[1]}' # note"),
        words.map(lambda name: f"y{name}: [1, 0o17, 2001-01-01, ~, {{z: }}]"),
    )
    old = draw(st.text("ABCxyz", min_size=1, max_size=40))
    quote = draw(st.sampled_from(["", "'", '"']))
    top = draw(st.lists(others, max_size=3, unique_by=lambda line: line.split(":")[0]))
    start = draw(st.sampled_from(["", "---\n", "%YAML 1.2\n---\n"]))
    head = start + "".join(line + "\n" for line in top) + before
    tail = after
    if not after.startswith(","):
        tail = draw(st.sampled_from(["", " # note", "  "])) + tail
    tail += draw(st.sampled_from(["", "\n", "\n# the end", "\n...\n"]))
    return Document(head.replace("\n", end), f"{quote}{old}{quote}", tail.replace("\n", end), old, draw(st.booleans()))


def tree(data: bytes) -> Any:
    """What ruamel.yaml reads, tags of its own kept."""
    return YAML(pure=True).load(data.decode("utf-8-sig"))


@thorough
@given(path=st.sampled_from(sorted(SHAPES)), data=st.data(), new=keys)
def test_any_key_is_read_back_and_nothing_else_moves(path: str, data: st.DataObject, new: str) -> None:
    """Whatever the key and wherever it stands, ruamel.yaml reads it, and every other value and byte is as before."""
    document = data.draw(documents(*SHAPES[path]))
    change = changed(Yaml("/", path), document, new)
    assert change.outcome.result is Result.UPDATED
    assert repr(tree(document.data(json.dumps(new)))) == repr(tree(change.data))


@pytest.mark.parametrize("new", ["yes", "Null", "0x1F", "12345", "1e5", "~", "a: b", "a #b", "-", "@x", "12:30:45"])
def test_a_key_is_quoted_where_a_plain_one_would_be_something_else(new: str) -> None:
    """What YAML 1.1 or 1.2 would take for another type, or for syntax, is put in quotes."""
    document = Document("key: ", "old", "\n", "old")
    assert f'"{new}"' == changed(Yaml("/", "key"), document, new).source


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_a_plain_key_keeps_the_quotes_that_are_there(quote: str) -> None:
    """A key of letters and digits is written in the style of the one before."""
    document = Document("key: ", f"{quote}old{quote}", "\n", "old")
    assert f"{quote}aB3{quote}" == changed(Yaml("/", "key"), document, "aB3").source


REFUSED = {
    "key: &a old\nother: *a\n": "anchor",
    "other: &a old\nkey: *a\n": "alias",
    "key: !!str old\n": "tag",
    "key: |\n  old\n": "more than one line",
    "key: >-\n  old\n": "more than one line",
    "key: an old\n  one\n": "more than one line",
    'key: "old\n  one"\n': "more than one line",
    "key: 12\n": "write it in quotes",
    "key:\n": "write it in quotes",
    "key: [old]\n": "no string",
    "key: old\nkey: old\n": "has key 2 times",
    "key: old\n---\nkey: old\n": "one document",
    "": "one document",
    "other: old\n": "has no key",
    "- key\n": "has no key",
    "base: &b\n  key: old\n<<: *b\n": "has no key",
    "key: old: er\n": "is not YAML",
    "key: old\n\tother: 1\n": "is not YAML",
    "key: *nowhere\n": "alias",
}


@pytest.mark.parametrize("text", REFUSED)
async def test_what_cannot_be_changed_alone_is_refused_before(
    text: str, folder: Path, fingerprints: Fingerprints
) -> None:
    """A preflight refuses, with the reason, what a change could get wrong; the file stays as it is."""
    path = folder / "settings.yaml"
    path.write_text(text)
    answer = await place_of(Yaml(str(path), "key"), fingerprints).preflight(None)
    assert not answer.ready
    assert REFUSED[text] in answer.sentence
    assert text == path.read_text()


async def test_a_way_through_an_alias_is_refused(folder: Path, fingerprints: Fingerprints) -> None:
    """A path that goes on inside what an alias stands for is refused: the value has another place."""
    path = folder / "settings.yaml"
    path.write_text("base: &b {key: old}\nweb: *b\n")
    answer = await place_of(Yaml(str(path), "web.key"), fingerprints).preflight(None)
    assert not answer.ready
    assert "alias" in answer.sentence
