"""Descriptions of places: what is accepted, how they are shown, stored and told apart."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a360tui.errors import InvalidInput
from a360tui.secret import Secret
from a360tui.workflow.references import (
    Command,
    Dotenv,
    Fingerprint,
    Fingerprints,
    Ini,
    Json,
    KeyPath,
    KeyringEntry,
    Reference,
    Registration,
    Result,
    Toml,
    Yaml,
    decode,
    encode,
    file_reference,
    place_of,
)
from tests.workflow.conftest import homeless

ONE_OF_EACH: tuple[Reference, ...] = (
    Dotenv("/home/me/bots/.env", "A360_API_KEY"),
    Toml("/etc/bots.toml", "a360.api_key"),
    Json("/srv/config.json", "servers[0].key"),
    Yaml("/srv/values.yaml", '"a.b".key'),
    Ini("/etc/bots.ini", "a360.key", interpolation=False),
    KeyringEntry("bot-runner", "me"),
    Command(("gh", "secret", "set", "A360_API_KEY"), check=("gh", "auth", "status"), newline=True, folder="/srv"),
)

segments = st.lists(st.one_of(st.text(min_size=0, max_size=8), st.integers(0, 999)), min_size=1, max_size=5)


@given(segments)
def test_a_key_path_reads_back_what_it_writes(path: list[str | int]) -> None:
    """Whatever the names and indexes, the written form is read as the same path."""
    assert KeyPath(tuple(path)) == KeyPath.parse(str(KeyPath(tuple(path))))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a360.api_key", ("a360", "api_key")),
        ("servers[0].key", ("servers", 0, "key")),
        ("[1][2]", (1, 2)),
        ('"a.b"."c\\"d".0', ("a.b", 'c"d', "0")),
        ("with-dash", ("with-dash",)),
    ],
)
def test_a_key_path_as_people_write_it(text: str, path: tuple[str | int, ...]) -> None:
    """Dots, brackets and quotes mean what they seem to mean, and are written the same way."""
    assert path == KeyPath.parse(text).segments
    assert text == str(KeyPath.parse(text))


@pytest.mark.parametrize(
    "text", ["", ".", "a.", ".a", "a..b", "a b", "a[", "a[x]", "a[-1]", "a[01]", 'a"b"', '"a', "a[0]b", "ä", '"\\x"']
)
def test_what_is_no_key_path_names_its_field(text: str) -> None:
    """A slip in a key path is an error of that field."""
    with pytest.raises(InvalidInput) as caught:
        KeyPath.parse(text)
    assert caught.value.field == "key_path"


def test_every_kind_survives_being_stored() -> None:
    """A list of references bound to a Control Room and a user is read as it was written."""
    stored = tuple(Registration("https://cr.example:443", "me", reference) for reference in ONE_OF_EACH)
    assert stored == decode(encode(stored))
    assert decode(encode(())) == ()


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        (b'"version": 1', b'"version": 2', "version"),
        (b'"/etc/bots.toml"', b'"bots.toml"', "path"),
        (b'"a360.api_key"', b'"a360..api_key"', "key_path"),
        (b'"keyring"', b'"vault"', "references[5].reference.kind"),
        (b'"service": "bot-runner"', b'"service": 5', "references[5].reference.service"),
        (b'"me"', b'"me", "extra": 1', "references[0]"),
        (b'"seconds": 30', b'"seconds": 0', "seconds"),
        (b'"gh",', b'"\\u0000",', "arguments"),
    ],
)
def test_a_spoilt_list_names_the_field(before: bytes, after: bytes, field: str) -> None:
    """What cannot be read is never an empty list, and the error says where the fault is."""
    stored = encode(Registration("https://cr.example:443", "me", reference) for reference in ONE_OF_EACH)
    assert before in stored
    with pytest.raises(InvalidInput) as caught:
        decode(stored.replace(before, after, 1))
    assert field == caught.value.field


@pytest.mark.parametrize("stored", [b"", b"{}", b"[]", b"null", b"\xff", b'{"version": 1}'])
def test_no_list_is_not_an_empty_list(stored: bytes) -> None:
    """An empty or foreign document is an error."""
    with pytest.raises(InvalidInput):
        decode(stored)


def test_labels_are_short_and_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Screens show a place in one harmless line, the home folder as ~."""
    monkeypatch.setenv("HOME", "/home/me")
    assert ONE_OF_EACH[0].label == "~/bots/.env  A360_API_KEY"
    assert ONE_OF_EACH[-1].label == "gh secret set A360_API_KEY"
    assert KeyringEntry("bot", "").label == "bot"
    assert Command(("x", "a b", "\u202e")).label == "x 'a b' '\\u202e'"
    assert Dotenv("/home/men/.env", "K").label == "/home/men/.env  K"


def test_ids_tell_descriptions_apart() -> None:
    """The same description has the same id, another one has another."""
    ids = {reference.id for reference in ONE_OF_EACH}
    assert len(ids) == len(ONE_OF_EACH)
    assert Dotenv("/home/me/bots/.env", "A360_API_KEY").id in ids


def test_a_file_is_described_as_it_was_typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A path with ~ or from here becomes absolute, its links stay, and the key path gets its usual form."""
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to("target")
    assert file_reference("dotenv", "~/bots/.env", "KEY") == Dotenv("/home/me/bots/.env", "KEY")
    assert file_reference("json", "link", '"a".b') == Json(str(tmp_path / "link"), "a.b")


@pytest.mark.parametrize(
    ("kind", "path", "key_path", "field"),
    [
        ("xml", "/x", "a", "kind"),
        ("toml", "", "a", "path"),
        ("toml", "/a\nb", "a", "path"),
        ("toml", "/" + "x" * 5000, "a", "path"),
        ("toml", "/x", "", "key_path"),
        ("dotenv", "/x", "A-B C", "key_path"),
        ("dotenv", "/x", "1A", "key_path"),
        ("ini", "/x", "option", "key_path"),
        ("ini", "/x", "a[0]", "key_path"),
        ("ini", "/x", "a.b.c", "key_path"),
    ],
)
def test_a_slip_names_its_field(kind: str, path: str, key_path: str, field: str) -> None:
    """The form puts the error where it belongs."""
    with pytest.raises(InvalidInput) as caught:
        file_reference(kind, path, key_path)
    assert field == caught.value.field


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"arguments": ()}, "arguments"),
        ({"arguments": ("",)}, "arguments"),
        ({"arguments": ("a", "b\0")}, "arguments"),
        ({"arguments": ("a",), "check": ("\x1b",)}, "check"),
        ({"arguments": ("a",), "folder": "here"}, "folder"),
        ({"arguments": ("a",), "seconds": 601}, "seconds"),
    ],
)
def test_a_slip_in_a_command_names_its_field(arguments: dict[str, object], field: str) -> None:
    """The same for a command."""
    with pytest.raises(InvalidInput) as caught:
        msgspec.convert(arguments | {"kind": "command"}, Command)
    assert field == caught.value.field


def test_fingerprints_match_under_one_pepper_only() -> None:
    """A fingerprint tells whether a key is the same, to who has the pepper, and shows nothing of it."""
    one, other = (Fingerprints(Fingerprints.new_pepper()) for _ in range(2))
    key = Secret("a-key")
    assert one.match(key, one.of(key))
    assert not one.match(Secret("another"), one.of(key))
    assert not other.match(key, one.of(key))
    assert one.match(None, None)
    assert not one.match(None, one.of(key))
    assert not one.match(key, None)
    assert one.of(key) == msgspec.json.decode(msgspec.json.encode(one.of(key)), type=Fingerprint)
    with pytest.raises(ValueError, match="16 characters"):
        Fingerprints(Secret("short"))


async def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch, fingerprints: Fingerprints) -> None:
    """Where nobody knows the home folder a path is shown whole, and a command that would run there cannot start."""
    homeless(monkeypatch)
    assert Dotenv("/home/me/.env", "KEY").label == "/home/me/.env  KEY"
    outcome = await place_of(Command(("true",)), fingerprints).replace(None, Secret("key"))
    assert outcome.result is Result.FAILED
    assert "cannot be started" in outcome.sentence
