"""Whatever a file holds, it is learned from or refused with a sentence, and nothing that is learned cannot be kept."""

import json
import tempfile
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from a360tui.api import parse_address
from a360tui.errors import InvalidInput
from a360tui.workflow.call_tables import calls_in, tables_of
from a360tui.workflow.capture.har import HarFile
from a360tui.workflow.capture.learning import Learned, advance, learn
from a360tui.workflow.capture.questions import AskDuration
from tests.capture.har_files import BROWSERS, HOST, KEY, TOKEN_OF_15, Recording
from tests.capture.lessons import TODAY

NAMES = st.sampled_from(
    [
        "apiKey",
        "id",
        "userId",
        "ttl",
        "unit",
        "duration",
        "token",
        "a/b",
        "c~d",
        "",
        "user",
        "username",
        "expiresOn",
        "é",
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        [KEY, TOKEN_OF_15, "45", "P45D", "DAYS", "15", "jdoe", "2026-11-23T00:00:00Z", "{userId}", "x" * 40]
    )
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)
PATHS = st.lists(
    st.sampled_from(["v2", "keys", "15", "jdoe", "%7BuserId%7D", "a b", "%", "é", "", "{x}", "..", "4711", "users"]),
    max_size=5,
).map(lambda parts: "/" + "/".join(parts))
QUERIES = st.sampled_from(["", "?a=b", "?id=15&x", "?=&&", "?k=%00", "?é=ü", "#x", "?{userId}"])
HEADERS = st.dictionaries(st.text(max_size=8) | st.just("X-A"), st.text(max_size=12) | st.just("web"), max_size=2)
FIELDS = st.dictionaries(NAMES, VALUES, max_size=4)
MAKES_KEY = st.tuples(
    st.sampled_from(["POST", "PUT"]), PATHS, QUERIES, VALUES, FIELDS.map(lambda more: {**more, "apiKey": KEY}), HEADERS
)
READS = st.tuples(
    st.just("GET"), PATHS, QUERIES, st.none(), FIELDS.map(lambda more: {"s": {**more, "ttl": 45}, **more}), HEADERS
)
WRITES = st.tuples(
    st.just("PUT"), PATHS, QUERIES, FIELDS.map(lambda more: {"s": {**more, "ttl": 30}, **more}), VALUES, HEADERS
)
EXCHANGES = (
    MAKES_KEY
    | READS
    | WRITES
    | st.tuples(st.sampled_from(["GET", "POST", "PUT", "DELETE", "get"]), PATHS, QUERIES, VALUES, VALUES, HEADERS)
)


@settings(max_examples=250, deadline=None)
@given(
    exchanges=st.lists(EXCHANGES, min_size=1, max_size=6),
    browser=st.sampled_from(list(BROWSERS)),
    duration=st.sampled_from([timedelta(days=45), timedelta(minutes=45), None]),
    answers=st.lists(st.integers(0, 1), max_size=40),
)
def test_no_file_makes_it_fail(
    exchanges: list[tuple[Any, ...]], browser: str, duration: timedelta | None, answers: list[int]
) -> None:
    """What is learned can be written and read back; a key is in none of it."""
    recording = Recording()
    for method, path, query, sent, answer, headers in exchanges:
        recording.add(method, path + query, sent, answer, headers=headers)
    address, given_answers = parse_address(HOST), iter(answers)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.har"
        file.write_text(json.dumps(BROWSERS[browser](recording)))
        teaching = learn(HarFile(file, address), address, TODAY)
        reply: Any = None
        try:
            while not isinstance(step := advance(teaching, reply), Learned):
                reply = duration if isinstance(step, AskDuration) else next(given_answers, 0)
        except InvalidInput as refused:
            assert KEY not in str(refused)  # noqa: PT017 - refused or learned, both are right
            return
    written = tomlkit.dumps(tables_of(step.calls))
    assert calls_in(tomllib.loads(written), "here") == step.calls
    assert KEY not in "".join([written, *step.findings, *step.missing])
