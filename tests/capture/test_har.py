"""Files that are no HAR, not whole, packed, or huge; and the reading of texts that are too long to matter."""

import base64
import gzip
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a360tui.api import parse_address
from a360tui.errors import InvalidInput
from a360tui.workflow.capture import har, trimmed_json
from a360tui.workflow.capture.har import HarFile
from a360tui.workflow.capture.trimmed_json import TOO_LONG, TrimmedJson
from tests.capture.har_files import HOST, KEY, Recording, chrome
from tests.capture.lessons import lesson, saved

DOCUMENT = json.dumps(chrome(Recording().add("POST", "/v2/keys", {}, {"apiKey": KEY}))).encode()

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)


def read(file: Path) -> list[har.Recorded]:
    return list(HarFile(file, parse_address(HOST)).recorded())


@pytest.mark.parametrize(
    "content",
    [DOCUMENT, b"\xef\xbb\xbf" + DOCUMENT, gzip.compress(DOCUMENT)],
    ids=["plain", "byte order mark", "gzip"],
)
def test_files_that_can_be_read(tmp_path: Path, content: bytes) -> None:
    """A byte order mark and compression change nothing."""
    file = tmp_path / "x.har"
    file.write_bytes(content)
    assert [each.path for each in read(file)] == ["/v2/keys"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cut off"),
        (DOCUMENT[:-20], "cut off"),
        (DOCUMENT[:300], "cut off"),
        (gzip.compress(DOCUMENT)[:200], "compressed, and damaged"),
        (b"\x1f\x8bxxxxxxxxxxxxxxxxxxx", "compressed, and damaged"),
        (DOCUMENT.decode().encode("utf-16"), "UTF-16"),
        (b"<html><body>nothing</body></html>", "JSON"),
        (b"{'log': 1}", "JSON"),
        (DOCUMENT.replace(b'"POST"', b'"\xff\xfe"'), "JSON"),
        (b"[]", "not a HAR"),
        (b'{"log": {"entries": {}}}', "not a HAR"),
        (b'{"log": {"entries": [1, null, "x"]}}', "not a HAR"),
        (b'{"log": {"entries": []}}', "no exchanges"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"a":' * 100_000, "nested too deep"),
    ],
)
def test_files_that_cannot(tmp_path: Path, content: bytes, words: str) -> None:
    """Each is refused at its field by a sentence with what to do, and none of it is quoted."""
    file = tmp_path / "x.har"
    file.write_bytes(content)
    with pytest.raises(InvalidInput, match=words) as refused:
        read(file)
    assert refused.value.field == "har"
    assert "canary" not in str(refused.value)


def test_entries_that_are_odd(tmp_path: Path) -> None:
    """What is no address, no text or no number is passed over; the rest is read."""
    document = chrome(Recording().add("POST", "/v2/keys", {}, {"apiKey": KEY}))
    document["log"]["entries"] += [
        {},
        {"request": None},
        {"request": {"url": 5, "method": []}},
        {"request": {"url": "https://[", "method": "GET"}},
        {"request": {"url": "https://cr.example:99999999/", "method": "GET"}},
        {"request": {"url": HOST, "method": "GET", "headers": [{"name": 1, "value": None}]}, "response": {}},
        {"request": {"url": HOST, "method": 1}, "response": {"status": "200", "content": {"text": {}}}},
    ]
    assert [each.path for each in read(saved(tmp_path, document))] == ["/v2/keys"]


def test_a_token_that_would_exhaust_the_parser(tmp_path: Path) -> None:
    """A token whose claims are nested without end tells nothing of the user, and the calls are learned all the same."""
    claims = base64.urlsafe_b64encode(b"[" * 100_000).decode().rstrip("=")
    recording = Recording().add(
        "POST", "/v2/keys", {}, {"apiKey": KEY}, headers={"X-Authorization": f"eyJhbGciOiJub25lIn0.{claims}.x"}
    )
    learned, _ = lesson(saved(tmp_path, chrome(recording)))
    assert list(learned.calls) == ["generate"]


@pytest.mark.parametrize("where", ["missing.har", "."])
def test_what_is_no_file(tmp_path: Path, where: str) -> None:
    """The system's reason is said."""
    with pytest.raises(InvalidInput, match=r"cannot be read|no plain file"):
        read(tmp_path / where)


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the cap, packed or not, it says how to make a smaller one."""
    monkeypatch.setattr(har, "LARGEST", 1000)
    for content in (DOCUMENT, gzip.compress(DOCUMENT)):
        file = tmp_path / "x.har"
        file.write_bytes(content)
        with pytest.raises(InvalidInput, match="too large") as refused:
            read(file)
        assert "Clear the list" in refused.value.hint


class Dribble(io.BytesIO):
    """A file that gives a few bytes at a time."""

    def __init__(self, content: bytes, size: int) -> None:
        super().__init__(content)
        self._size = size

    def read(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002 - as files are read
        return super().read(self._size)


@settings(max_examples=200, deadline=None)
@given(value=JSON_VALUES, size=st.integers(1, 9), ascii_only=st.booleans())
def test_what_is_short_goes_through_as_it_is(value: Any, size: int, *, ascii_only: bool) -> None:
    """Whatever the document, and wherever a piece of it ends: within an escape, a letter, a number."""
    whole = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    trimmed = TrimmedJson(Dribble(whole, size), len(whole))
    assert b"".join(iter(trimmed.read, b"")) == whole


@given(text=st.text(min_size=1), size=st.integers(1, 9), repeated=st.integers(1, 3))
def test_a_long_text_is_left_out(text: str, size: int, repeated: int) -> None:
    """In its place stands a short one, and what comes after it is there."""
    long = text * (trimmed_json.LONGEST_TEXT // 1000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trimmed_json, "LONGEST_TEXT", 20 + len(TOO_LONG))
        whole = json.dumps([long[:2000]] * repeated + ["after"]).encode()
        read_back = json.loads(b"".join(iter(TrimmedJson(Dribble(whole, size), len(whole)).read, b"")))
    assert read_back[-1] == "after"
    assert {len(each) <= 20 + len(TOO_LONG) for each in read_back} == {True}


_MEASURE = """
import resource, sys
from pathlib import Path
from a360tui.api import parse_address
from a360tui.workflow.capture.har import HarFile
found = [each.path for each in HarFile(Path(sys.argv[1]), parse_address(sys.argv[2])).recorded()]
print(len(found), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _peak(file: Path) -> tuple[int, int]:
    """How many exchanges were found, and the most memory that this took, in KiB."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(file), HOST], capture_output=True, text=True, check=True, timeout=100
    )
    count, peak = done.stdout.split()
    return int(count), int(peak)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """A file of 120 MB, mostly scripts and pictures, takes a few MB more than one of some kB."""
    small, large = tmp_path / "small.har", tmp_path / "large.har"
    wanted = json.dumps(chrome(Recording().add("POST", "/v2/keys", {}, {"apiKey": KEY}))["log"]["entries"][0])
    small.write_text(f'{{"log": {{"entries": [{wanted}]}}}}')
    script = json.dumps('var a = "b";\\n' * 1_500_000)
    picture = "iVBORw0KGgo" * 1_000_000
    with large.open("w") as file:
        file.write('{"log": {"entries": [')
        for number in range(2):
            for text in (script, f'"{picture}"'):
                other = f'{{"request": {{"url": "{HOST}/x{number}", "method": "GET"}}, "response": {{"content": '
                file.write(f'{other}{{"text": {text}}}, "status": 200}}}},')
                file.write(f'{{"request": {{"url": "https://cdn.example/{number}"}}, "_messages": [{text}]}},')
        file.write(f"{wanted}]}}}}")
    assert large.stat().st_size > 120_000_000
    (one, least), (more, most) = _peak(small), _peak(large)
    assert (one, more) == (1, 5)
    assert most - least < 24 * 1024


def test_a_huge_file_is_learned_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands after a text that is left out is found."""
    monkeypatch.setattr(trimmed_json, "LONGEST_TEXT", 1000)
    recording = Recording().add("GET", "/app.js", answer="x" * 5000).add("POST", "/v2/keys", {}, {"apiKey": KEY})
    found, _ = lesson(saved(tmp_path, chrome(recording)))
    assert list(found.calls) == ["generate"]
