"""``reference``: registering places, listing, removing and looking at them."""

import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Program

USER = ("--control-room", "https://cr.example.com", "--username", "jdoe")


def test_the_story(program: Program, tmp_path: Path) -> None:
    """Add, add again, list, check, remove: each is one document, and the second of each changes nothing."""
    path = tmp_path / "bots.toml"
    path.write_text('[a360]\napi_key = "the-key"\n')
    add = (*USER, "reference", "add", "toml", str(path), "a360.api_key", "--json")
    first, second = (json.loads(program.run(*add).stdout) for _ in range(2))
    assert first == {"id": first["id"], "kind": "toml", "label": f"{path}  a360.api_key", "added": True}
    assert second == {**first, "added": False}

    [listed] = json.loads(program.run("reference", "list", "--json").stdout)
    assert (listed["id"], listed["username"]) == (first["id"], "jdoe")
    assert listed["controlRoom"] == "https://cr.example.com"
    shown = program.run(*USER, "reference", "list").stdout
    assert str(path) in shown

    held = program.run(*USER, "reference", "check", "--api-key-stdin", "--json", stdin="the-key")
    assert (held.code, [each["state"] for each in json.loads(held.stdout)]) == (0, ["holds this key"])
    assert "the-key" not in held.stdout

    assert program.run(*USER, "reference", "remove", first["id"]).code == 2  # it asks, and there is nobody
    remove = (*USER, "reference", "remove", first["id"], "--yes")
    assert program.run(*remove, "--json").stdout == json.dumps({"id": first["id"], "removed": True}, indent=2) + "\n"
    again = program.run(*remove)
    assert (again.code, "a360tui reference list" in again.stderr) == (2, True)
    assert path.read_text() == '[a360]\napi_key = "the-key"\n'
    assert program.run(*USER, "reference", "check").code == 0


def test_check_says_what_each_place_holds(program: Program, tmp_path: Path) -> None:
    """This key, another one, nothing, an unreadable file, a command: a word and a sentence each, exit 1."""
    places = {name: tmp_path / f"{name}.json" for name in ("current", "another", "missing", "unreadable")}
    for path in places.values():
        path.write_text('{"key": "the-key"}')
        assert program.run(*USER, "reference", "add", "json", str(path), "key").code == 0
    command = ("--", sys.executable, "-c", "pass")
    assert program.run(*USER, "reference", "add", "command", *command).code == 0
    places["another"].write_text('{"key": "of somebody else"}')
    places["missing"].unlink()
    places["unreadable"].write_text("{")
    done = program.run(*USER, "reference", "check", "--json", "--api-key-stdin", stdin="the-key")
    assert done.code == 1
    states = [each["state"] for each in json.loads(done.stdout)]
    assert states == ["holds this key", "holds another value", "missing", "unreadable", "cannot be read back"]
    assert done.stderr.count(str(tmp_path)) == 3
    table = program.run(*USER, "reference", "check", "--api-key-stdin", stdin="the-key")
    assert (table.code, table.stdout.count("holds another value")) == (1, 1)


def test_a_place_belongs_to_one_user_of_one_control_room(program: Program, tmp_path: Path) -> None:
    """The list is narrowed by address and user; a place of one key is refused for another."""
    path = tmp_path / "bots.json"
    path.write_text('{"a": "", "b": ""}')
    other = ("--control-room", "https://cr.example.com", "--username", "other")
    assert program.run(*USER, "reference", "add", "json", str(path), "a").code == 0
    assert program.run(*other, "reference", "add", "json", str(path), "b").code == 0
    refused = program.run(*other, "reference", "add", "json", str(path), "a")
    assert (refused.code, "jdoe" in refused.stderr) == (2, True)
    for narrowed, count in ((USER, 1), (other[2:], 1), (USER[:2], 2), (("--username", "nobody"), 0)):
        assert len(json.loads(program.run("reference", "list", "--json", *narrowed).stdout)) == count
    [first, _] = json.loads(program.run("reference", "list", "--json").stdout)
    assert program.run(*other, "reference", "remove", first["id"]).code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["dotenv", "/nowhere/.env", "A"], "/nowhere/.env"),
        (["dotenv", __file__, "A B"], "variable's name"),
        (["json", __file__, "a"], "test_reference.py"),
        (["toml", __file__, "a..b"], "key path"),
        (["ini", __file__, "section"], "section.option"),
        (["keyring", ""], "service is empty"),
        (["command", "--", "/nowhere/program"], "/nowhere/program"),
        (["command", "--check", "'", "--", "true"], "quote"),
        (["command", "--check", "false", "--", "true"], "its check false ended with 1"),
        (["command", "--seconds", "0", "--", "true"], "1 to 600"),
        (["command", "--folder", "/nowhere", "--", "true"], "/nowhere"),
        (["command"], "Missing argument"),
        (["jsn", "a", "b"], "jsn"),
    ],
)
def test_what_could_not_take_a_key_is_refused(program: Program, arguments: list[str], words: str) -> None:
    """A place that is not there, not readable or not ready is refused in a sentence, and not registered."""
    done = program.run(*USER, "reference", "add", *arguments)
    assert (done.code, done.stdout) == (2, ""), done.stderr
    assert words in done.stderr
    assert program.run("reference", "list", "--json").stdout == "[]\n"


def test_put_gives_a_place_the_key(program: Program, tmp_path: Path) -> None:
    """A place that holds another value gets the key after a question; one that cannot take it is left, with exit 1."""
    path = tmp_path / "bots.json"
    path.write_text('{"key": "of somebody else"}')
    assert program.run(*USER, "reference", "add", "json", str(path), "key").code == 0
    [listed] = json.loads(program.run("reference", "list", "--json").stdout)
    put = (*USER, "reference", "put", listed["id"], "--api-key-stdin")
    asked = program.run(*put, stdin="the-key")
    assert (asked.code, "--yes" in asked.stderr) == (2, True)
    assert path.read_text() == '{"key": "of somebody else"}'
    done = program.run(*put, "--yes", "--json", stdin="the-key")
    assert (done.code, json.loads(done.stdout)["result"]) == (0, "updated")
    assert path.read_text() == '{"key": "the-key"}'
    path.write_text("{")
    failed = program.run(*put, "--yes", stdin="the-key")
    assert (failed.code, str(path) in failed.stdout, path.read_text()) == (1, True, "{")
    assert program.run(*USER, "reference", "put", "0" * 12, "--yes").code == 2


def test_a_relative_path_is_made_whole(program: Program) -> None:
    """A path as it is typed, with ``~`` or from the folder one is in, is kept absolute."""
    path = program.home / "bots.json"
    path.write_text('{"key": ""}')
    assert program.run(*USER, "reference", "add", "json", "~/bots.json", "key").code == 0
    [listed] = json.loads(program.run("reference", "list", "--json").stdout)
    assert (listed["path"], listed["label"]) == (str(path), "~/bots.json  key")


def test_the_options_of_a_command_and_of_an_ini_file(program: Program, tmp_path: Path) -> None:
    """They are kept as they were given, dashes of the program's own included."""
    folder = tmp_path / "where it runs"
    folder.mkdir()
    options = ("--check", "sh -c 'exit 0'", "--newline", "--folder", str(folder), "--seconds", "5")
    assert program.run(*USER, "reference", "add", "command", *options, "--", "sh", "-c", "cat", "--json").code == 0
    ini = tmp_path / "bots.ini"
    ini.write_text("[a]\nb =\n")
    assert program.run(*USER, "reference", "add", "ini", str(ini), "a.b", "--no-interpolation").code == 0
    command, file = json.loads(program.run("reference", "list", "--json").stdout)
    assert command["arguments"] == ["sh", "-c", "cat", "--json"]
    assert (command["check"], command["newline"], command["folder"]) == (["sh", "-c", "exit 0"], True, str(folder))
    assert (command["seconds"], file["interpolation"]) == (5, False)


def test_read_only_registers_nothing(program: Program, tmp_path: Path) -> None:
    """``--read-only`` refuses to add and to remove; list and check only look."""
    path = tmp_path / "bots.json"
    path.write_text('{"key": ""}')
    assert program.run(*USER, "--read-only", "reference", "add", "json", str(path), "key").code == 2
    assert program.run(*USER, "--read-only", "reference", "remove", "0" * 12).code == 2
    assert program.run(*USER, "--read-only", "reference", "put", "0" * 12, "--yes").code == 2
    assert program.run(*USER, "--read-only", "reference", "list").code == 0


def test_a_list_that_was_spoiled(program: Program, tmp_path: Path) -> None:
    """A list that cannot be read is an error, never an empty one, and it is left as it is."""
    path = tmp_path / "bots.json"
    path.write_text('{"key": ""}')
    assert program.run(*USER, "reference", "add", "json", str(path), "key").code == 0
    stored = program.config / "references.json"
    stored.write_text("{}")
    for command in (["list"], ["check"], ["add", "json", str(path), "key"]):
        done = program.run(*USER, "reference", *command)
        assert (done.code, done.stdout) == (2, "")
        assert f"The list of places, {stored}, cannot be read" in done.stderr
    assert stored.read_text() == "{}"


def test_check_needs_a_key(program: Program, tmp_path: Path) -> None:
    """Where no key is stored or sent there is nothing to compare with."""
    path = tmp_path / "bots.json"
    path.write_text('{"key": ""}')
    assert program.run(*USER, "reference", "add", "json", str(path), "key").code == 0
    done = program.run(*USER, "reference", "check")
    assert (done.code, "--api-key-stdin" in done.stderr) == (2, True)
    assert program.run(*USER, "reference", "check", "--password-stdin", stdin="x").code == 2
