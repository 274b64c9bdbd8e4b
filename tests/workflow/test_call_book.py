"""What is kept of a Control Room's calls, and which of them counts."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from a360tui.api import ASSUMED_CALLS, DurationCall, GenerateCall, WriteDurationCall, parse_address
from a360tui.errors import A360Error, InvalidInput
from a360tui.storage import find_locations
from a360tui.workflow.call_book import CallBook
from a360tui.workflow.call_tables import Calls, calls_in, tables_of

HERE = parse_address("https://cr.example")
DAY = date(2026, 11, 23)
CAPTURED = GenerateCall("PUT", "/v2/a/{userId}", "captured", DAY, body={"n": None, "é": [1, "2"]}, key="/k")

TEXTS = st.text("abcß/'\"\\\n", max_size=12)
PLACES = st.sampled_from(["/a", "/a/0", "/a~1b/c", "/"])
NAMES = st.text("abcdXY-", min_size=1, max_size=8).map(lambda name: f"X-{name}")
COMMON: dict[str, Any] = {
    "method": st.sampled_from(["GET", "POST", "PUT"]),
    "path": st.sampled_from(["/v2/a", "/v1/a?b=c", "/a/{userId}/b"]),
    "source": st.sampled_from(["captured", "confirmed", "typed"]),
    "since": st.none() | st.dates(),
    "body": st.recursive(
        st.none() | st.integers(-5, 5) | TEXTS,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    ),
    "headers": st.dictionaries(NAMES, st.text("abc 1;", max_size=9).map(str.strip), max_size=2),
    "withheld": st.lists(TEXTS, max_size=2).map(tuple),
}
DURATION: dict[str, Any] = {
    **COMMON,
    "value": PLACES,
    "unit": st.sampled_from(["milliseconds", "seconds", "minutes", "hours", "days", "iso8601"]),
}
GENERATE_CALLS = st.builds(
    GenerateCall, **COMMON, key=PLACES, created_on=st.none() | PLACES, expiration_time=st.none() | PLACES
)
DURATION_CALLS = st.builds(DurationCall, **DURATION) | st.builds(
    DurationCall,
    **DURATION | {"unit": st.just("beside")},
    unit_place=PLACES,
    unit_words=st.dictionaries(st.sampled_from(["days", "hours"]), TEXTS.filter(bool), max_size=2),
)
WRITE_CALLS = st.builds(
    WriteDurationCall,
    **DURATION,
    sent_back=st.dictionaries(PLACES | st.just(""), PLACES | st.just(""), max_size=2),
    left_out=st.lists(PLACES, max_size=2).map(tuple),
)


@given(generate=GENERATE_CALLS, read=DURATION_CALLS, write=WRITE_CALLS)
def test_what_is_written_as_toml_is_read_back(
    generate: GenerateCall, read: DurationCall, write: WriteDurationCall
) -> None:
    """Every call comes back as it was."""
    calls: Calls = {"generate": generate, "read_duration": read, "write_duration": write}
    assert calls_in(tomllib.loads(tomlkit.dumps(tables_of(calls))), "here") == calls


@pytest.mark.parametrize("call", [ASSUMED_CALLS.generate, ASSUMED_CALLS.read_duration, ASSUMED_CALLS.write_duration])
def test_what_ships_can_be_written(call: GenerateCall) -> None:
    """A call that was assumed may be kept once it has worked."""
    name = next(name for name in ("generate", "read_duration", "write_duration") if ASSUMED_CALLS.of(name) is call)
    assert calls_in(tomllib.loads(tomlkit.dumps(tables_of({name: call}))), "here") == {name: call}  # type: ignore[dict-item]  # as above


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[generat]", "Did you mean generate"),
        ('[generate]\nmethod = "POST"\nurl = "/x"', "“url” is not known in generate in here"),
        ('[generate]\nmethod = "POST"', "missing required field path"),
        ('[generate]\nmethod = "POST"\npath = 5', "path of generate in here: expected str, got int"),
        ('[generate]\nmethod = "POST"\npath = "/x"\nbody = 5', "body of generate in here is not JSON"),
        ('[generate]\nmethod = "POST"\npath = "/x"\nbody = "{"', "body of generate in here is not JSON"),
        ('[generate]\nmethod = "GO"\npath = "/x"', "generate in here: “GO” is not a method"),
        ('[read_duration]\nmethod = "GET"\npath = "/x"\nunit = "weeks"', "unit of read_duration"),
        ('[generate]\nmethod = "POST"\npath = "/x"\nsource = "heard"', "source of generate"),
        ('generate = "POST /x"', "generate in here is not a table"),
    ],
)
def test_faults_of_a_typed_file(text: str, words: str) -> None:
    """Each is told with its place; a name that is not known, with the nearest."""
    with pytest.raises(InvalidInput) as invalid:
        calls_in(tomllib.loads(text), "here")
    assert words in str(invalid.value)
    assert invalid.value.field == "calls"


def book(typed: Path | None = None) -> CallBook:
    return CallBook(HERE, find_locations(), typed)


def test_which_call_counts(tmp_path: Path) -> None:
    """Typed before captured, captured before confirmed, that before assumed; each call for itself."""
    assert book().known().calls == ASSUMED_CALLS
    assert book().known().assumed() == ("generate", "read_duration", "write_duration")
    book().learn({"generate": CAPTURED})
    known = book().known()
    assert known.calls.generate == CAPTURED
    assert known.assumed() == ("read_duration", "write_duration")
    assert known.places == {"generate": book().place}
    typed = tmp_path / "typed.toml"
    typed.write_text('[generate]\nmethod = "POST"\npath = "/typed"\nsource = "captured"')
    assert book(typed).known().calls.generate == GenerateCall("POST", "/typed", "typed")
    assert book(typed).known().places == {"generate": str(typed)}


@pytest.mark.parametrize("content", [None, b"\xff", b"x", b"a" * 1024 * 1024 + b"aa"])
def test_a_typed_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    """It is named, and nothing else counts in its place."""
    typed = tmp_path / "typed.toml"
    if content is not None:
        typed.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"typed\.toml"):
        book(typed).known()


def test_consent_is_kept_for_its_control_room() -> None:
    """For this one and no other, until it is forgotten."""
    assert book().known().needs_consent(["generate"])
    book().agree(DAY)
    assert book().known().agreed_on == DAY
    assert not book().known().needs_consent(["generate"])
    for other in ("https://cr.example:8443", "http://localhost", "https://cr2.example"):
        assert CallBook(parse_address(other), find_locations()).known().agreed_on is None
    assert book().forget()
    assert not book().forget()
    assert book().known().needs_consent(["generate"])


def test_a_person_may_edit_the_file() -> None:
    """Comments stay when something is learned; a table that says no source is typed."""
    book().agree(DAY)
    file = Path(book().place)
    file.write_text(
        f'# mine\n{file.read_text()}\n[read_duration]  # as told\nmethod = "GET"\npath = "/x"\nunit = "days"\n'
    )
    assert book().known().calls.read_duration.source == "typed"
    book().learn({"generate": CAPTURED})
    assert "# mine" in file.read_text()
    assert "# as told" in file.read_text()
    assert book().known().calls.generate == CAPTURED
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text + "\n[", "cannot be read"),
        (lambda text: text.replace("cr.example", "cr2.example"), "not of https://cr.example"),
        (lambda text: text.replace("control_room", "#"), "does not say whose it is"),
        (lambda text: text.replace("2026-11-23", "true"), "is not a date"),
        (lambda text: text + "\nassumed = 1", "is not known"),
    ],
)
def test_a_file_that_does_not_fit_is_left_alone(change: Any, words: str) -> None:
    """Broken, another's, or with what is not known: it is told, and stays; forgetting removes it all the same."""
    book().agree(DAY)
    file = Path(book().place)
    file.write_text(change(file.read_text()))
    before = file.read_text()
    with pytest.raises(A360Error, match=words):
        book().known()
    assert file.read_text() == before
    assert book().forget()


def test_without_a_place_for_files_it_is_kept_in_memory() -> None:
    """For as long as the program runs."""
    memory = CallBook(HERE, None)
    memory.agree(DAY)
    memory.learn({"generate": CAPTURED})
    assert memory.known().calls.generate == CAPTURED
    assert memory.known().agreed_on == DAY
    assert memory.forget()
    assert memory.known().calls == ASSUMED_CALLS
    assert "memory" in memory.place
