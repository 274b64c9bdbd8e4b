"""What the screens show of files of this machine, as bytes on the way to a terminal."""

from collections.abc import Callable
from pathlib import Path

from a360tui.demo import Running
from a360tui.storage.binding import file_stem
from tests.hostile.own_bytes import acting
from tests.hostile.payloads import LONGEST, Payload, found
from tests.hostile.test_dialogs import click
from tests.hostile.this_machine import MORE_PAYLOADS, Content, references, toml
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
