"""What the screens show of files of this machine, as bytes on the way to a terminal."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from a360tui.api import GenerateCall
from a360tui.demo import Running
from a360tui.storage import Locations, find_locations
from a360tui.storage.binding import file_stem
from a360tui.text import harmless
from a360tui.workflow.rotation.record import KeyDates, Record, journal_of, new_name
from tests.hostile.own_bytes import acting
from tests.hostile.payloads import BUNDLES, LONGEST, PAYLOADS, Payload, found, joined
from tests.hostile.test_dialogs import click
from tests.hostile.this_machine import (
    ADDRESS,
    MORE_PAYLOADS,
    SINCE,
    Content,
    binding,
    index,
    recording,
    references,
    toml,
)
from tests.storage.conftest import vault_under_passphrase
from tests.terminal.terminal import PROGRAM, Terminal


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(content)
    path.chmod(0o600)


def _is_text(text: str) -> bool:
    """Whether a file of UTF-8 can hold it; one with what cannot be is refused as a whole."""
    try:
        return bool(text.encode())
    except UnicodeEncodeError:
        return False


def _see(it: Terminal, payload: Payload, what: str) -> None:
    """Wait until it is to be read, and click where a link would be."""
    if payload != LONGEST and _is_text(payload.text):
        it.until(lambda: bool(found([payload], it.text())), f"{what}: {payload.kind}")
    else:
        it.until_quiet(0.1)
    click(it, "@click")


def test_files(behind: Running, home: Path) -> None:
    """Places and calls: each payload is shown letter by letter or refused so; nothing acts, or is clicked."""
    folder = home / "a360tui"
    calls = folder / "calls" / f"{file_stem('127.0.0.1', behind.url.encode())}.toml"
    places = folder / "references.json"
    with Terminal((*PROGRAM, "--control-room", behind.url, "--username", "creator"), home, columns=160, rows=30) as it:
        it.shows("Sign in to a Control Room")
        it.press(f"{behind.account('creator').password}\r")
        it.shows("API key workflow")
        it.until_quiet()
        for name, file, content, keys in (
            ("a place", places, _place(behind.url), "2"),
            ("a call", calls, toml(f"control_room='{behind.url}'\n[generate]\nmethod='POST'\npath=@\nkey='/a'"), "c"),
        ):
            for payload in MORE_PAYLOADS:
                _write(file, content(payload.text))
                it.press(keys)
                it.until(lambda: "API key workflow" not in it.text(), name)
                _see(it, payload, name)
                it.press("\x1b")
                it.shows("API key workflow")
            file.unlink()
        it.press("\x11")
        assert it.end() == 0
    assert acting(bytes(it.raw)) == []


def _place(url: str) -> Content:
    content: Callable[[str], bytes] = references(kind="keyring", service="@", username="u")
    return lambda text: content(text).replace(b"http://127.0.0.1:9", url.encode())


def test_stored_sign_ins(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first screen offers each stored sign-in with its user letter by letter; nothing acts, or is clicked."""
    locations = _locations(home, monkeypatch)
    vault_under_passphrase(locations)
    _write(locations.secrets.path / "index.json", index(*(payload.text for payload in PAYLOADS)))
    with Terminal(PROGRAM, home, columns=230, rows=60) as it:
        it.shows("stored password")
        for payload in PAYLOADS:
            _see(it, payload, "a stored sign-in")
            it.press("j")
        it.press("\x11")
        assert it.end() == 0
    assert acting(bytes(it.raw)) == []


def test_a_rotation_that_was_left(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first screen says whose rotation is unfinished, letter by letter; nothing acts, or is clicked."""
    journal = journal_of(_locations(home, monkeypatch))
    for bundle in BUNDLES:
        left = binding(joined(bundle))
        name = new_name(left)
        call = GenerateCall("POST", "/v2/x")
        journal.write(name, Record(left, SINCE, KeyDates(visible=False), call, replaces=True))
        with Terminal(PROGRAM, home, columns=230, rows=60) as it:
            for payload in bundle:
                _see(it, payload, "an unfinished rotation")
            it.press("\x11")
            assert it.end() == 0
        assert acting(bytes(it.raw)) == []
        journal.purge(name)


def _locations(home: Path, monkeypatch: pytest.MonkeyPatch) -> Locations:
    """Those of the program that is started."""
    monkeypatch.setenv("A360TUI_CONFIG_DIR", str(home / "a360tui"))
    return find_locations()


@pytest.mark.parametrize(
    ("line", "at_least"),
    [
        ("@ = 1", {"clear the screen", "direction override", "markup that quits"}),
        ("[profiles.work]\nurl = @", {"emphasis", "right to left", "shell"}),
    ],
    ids=["a name", "an address"],
)
def test_a_configuration_that_is_refused(home: Path, line: str, at_least: set[str]) -> None:
    """The profiles say letter by letter what is wrong with ``config.toml``, or not what it holds; nothing acts."""
    content = toml(line)
    read = set[Payload]()
    with Terminal(PROGRAM, home, columns=160, rows=30) as it:
        it.shows("Sign in to a Control Room")
        it.until_quiet()
        for payload in MORE_PAYLOADS:
            _write(home / "a360tui" / "config.toml", content(payload.text))
            it.press("\x1bOS")
            it.shows("not read")
            it.until_quiet(0.1)
            read |= found([payload], it.text())
            click(it, "@click")
            it.press("\x1b")
            it.shows("Sign in to a Control Room")
        it.press("\x11")
        assert it.end() == 0
    assert acting(bytes(it.raw)) == []
    assert at_least <= {each.kind for each in read}


def _profile(payload: Payload) -> str:
    """A profile with it wherever a text may stand that nobody checks further."""
    text = json.dumps(payload.text, ensure_ascii=False)
    path = json.dumps(f"/{payload.text}", ensure_ascii=False)
    return f"[profiles.{payload.mark}]\nurl = {json.dumps(ADDRESS)}\nusername = {text}\nca_file = {path}\n"


def test_profiles(home: Path) -> None:
    """The list, the form, the sign-in and the palette show each user name letter by letter; nothing acts.

    What is not harmless as it stands, ``config.toml`` may not hold at all.
    """
    kept = [each for each in PAYLOADS if harmless(each.text) == each.text]
    assert "markup that quits" in {each.kind for each in kept}
    _write(home / "a360tui" / "config.toml", "".join(map(_profile, kept)).encode())
    with Terminal(PROGRAM, home, columns=230, rows=60) as it:
        it.shows("f1 help")
        it.press("\x1bOS")
        for payload in kept:
            it.shows(f"> {payload.mark}")
            it.press("e")
            it.shows(f"Profile {payload.mark}")
            _see(it, payload, "the form")
            it.press("\x1b")
            it.shows(f"> {payload.mark}")
            it.press("j")
        it.press("\x10")
        it.shows("Switch to the profile")
        it.until_quiet(0.1)
        click(it, "@click")
        it.press("\x1b\x11")
        it.until(lambda: it.process.poll() is not None, "the end")
    assert acting(bytes(it.raw)) == []


def test_recordings(behind: Running, home: Path) -> None:
    """Of what a browser saved, the findings show each payload letter by letter, or refuse the file; nothing acts."""
    file = home / "recording.har"
    read = set[Payload]()
    with Terminal((*PROGRAM, "--control-room", behind.url, "--username", "creator"), home, columns=230, rows=60) as it:
        it.shows("f1 help")
        it.press(f"{behind.account('creator').password}\r")
        it.shows("API key workflow")
        it.until_quiet()
        it.press("c")
        it.shows("Learn them")
        for bundle in BUNDLES:
            read |= _learn(it, file, behind.url, bundle)
        for payload in (each for each in PAYLOADS if each not in read):
            read |= _learn(it, file, behind.url, (payload,))  # a call beside another's text may not be found
        it.press("\x11")
        assert it.end() == 0
    assert acting(bytes(it.raw)) == []
    # Half a pair is no JSON, and the path to a key writes a slash as ~1.
    assert {each.kind for each in PAYLOADS if each not in read} == {"lone surrogates", "markup that links"}


def _learn(it: Terminal, file: Path, url: str, bundle: Sequence[Payload]) -> set[Payload]:
    """Learn from a recording with these texts, up to the last question; gives those that were to be read."""
    file.write_bytes(recording(joined(bundle)).replace(ADDRESS.encode(), url.encode()))
    it.press("l")
    it.shows("Read it")
    it.press(f"{file}\r")
    it.until(lambda: _asks(it) or _has_ended(it), "a question, findings or a refusal")
    if _asks(it):
        it.press("\r")
        it.until(lambda: not _asks(it) and _has_ended(it), "the findings")
    it.until_quiet(0.1)
    read = found(bundle, it.text())
    click(it, "@click")
    it.press("\x1b")
    it.until(lambda: "Leave this?" in it.text() or "Learn them" in it.text(), "the way back")
    if "Leave this?" in it.text():
        it.press("\t\r")
    it.shows("Learn them")
    return read


def _asks(it: Terminal) -> bool:
    return "did the page show" in it.text()


def _has_ended(it: Terminal) -> bool:
    return any(words in it.text() for words in ("For the duration", "not JSON", "L" * 40))
