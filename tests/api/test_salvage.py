"""The key in an answer that is not whole."""

import gzip
import json
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a360tui.api import ASSUMED_CALLS, GenerateCall, salvaged_key

CALL = ASSUMED_CALLS.generate
KEYS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=60)


def found(body: bytes, call: GenerateCall = CALL) -> str | None:
    made = salvaged_key(body, call)
    return None if made is None else made.key.reveal()


@given(KEYS, st.data())
def test_of_an_answer_that_is_cut_it_is_the_whole_key_or_none(key: str, data: st.DataObject) -> None:
    """Wherever an answer breaks off, no part of a key is taken for a key, and a whole one is found."""
    body = json.dumps({"apiKey": key, "apiKeyCreatedOn": "2026-11-11T09:14:00.123456Z"}).encode()
    end = len(json.dumps({"apiKey": key})) - 1
    at = data.draw(st.integers(0, len(body)))
    assert found(body[:at]) == (key if at >= end else None)


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b'\xef\xbb\xbf{"apiKey": "k"}', "k"),
        (b'{"result": {"apiKey": "k", "more": "', "k"),
        (b'{"apiKey": "k"}\x00garbage', "k"),
        (b'{"apiKey": "k", "left": NaN}', "k"),
        (b'{"apiKey": "a", "again": {"apiKey": "b"', None),
        (b'{"apiKey": ""}', None),
        (b'{"apiKey": 7}', None),
        (b'{"apiKey": "\\ud83', None),
        (b'{"apiKey": "\\q"', None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_odd_answers(body: bytes, key: str | None) -> None:
    """What is no JSON gives the one string under the key's name; two different ones give none."""
    assert found(body) == key


def test_the_call_map_says_where_it_stands() -> None:
    """The pointer of a captured call counts, in whole answers and in cut ones."""
    call = GenerateCall("POST", "/x", key="/data/0/to~1ken")
    assert found(b'{"data": [{"to/ken": "k"}]}', call) == "k"
    assert found(b'{"data": [{"to/ken": "k"', call) == "k"
    assert found(b'{"apiKey": "k"}', call) is None


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress])
def test_a_compression_that_nobody_asked_for(compress: Callable[[bytes], bytes]) -> None:
    """A compressed answer gives the key, also where its end is missing; what only looks like one gives none."""
    body = compress(b'{"apiKey": "k"}' + b" " * 100)
    assert found(body) == found(body[:-4]) == "k"
    assert found(body[:2] + b"nothing") is None


def test_its_times_come_with_it() -> None:
    """The dates are read where they are there and can be read; a bad one does not cost the key."""
    made = salvaged_key(
        b'{"apiKey": "k", "apiKeyCreatedOn": "2026-11-11T09:14:00Z", "apiKeyExpirationTime": "soon"}', CALL
    )
    assert made is not None
    assert str(made.created_on) == "2026-11-11 09:14:00+00:00"
    assert made.expiration_time is None
