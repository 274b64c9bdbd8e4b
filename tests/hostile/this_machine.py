"""Where text comes from that no Control Room sends: arguments, the environment, files of this machine."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from a360tui.storage import Binding, CheckedFile, Guard, Identity, Remembered, SecretKind
from a360tui.storage.binding import file_stem
from a360tui.storage.guard import GUARD_RECORD, GuardRecord
from tests.capture.har_files import Recording, chrome
from tests.hostile.payloads import PAYLOADS, Payload

ADDRESS = "http://127.0.0.1:9"
"""A Control Room at which nothing listens."""
CALLS = f"calls/{file_stem('127.0.0.1', ADDRESS.encode())}.toml"
"""The file of its calls."""
_HERE = ("--control-room", ADDRESS, "--username", "creator")
_ELSEWHERE = ("--control-room", "https://cr.example", "--username", "creator")

MORE_PAYLOADS = (
    *PAYLOADS,
    Payload("bytes that are no UTF-8", "p91", os.fsdecode(b"p91a\x9b2J\xffx")),
    Payload("longer than the name of a file", "p92", f"p92{'n' * 300}"),
)
"""Those that a Control Room may send, and what only a machine has."""
_DEEP = b"[" * 50_000
SINCE = datetime(2026, 11, 23, tzinfo=UTC)

Content = Callable[[str], bytes]
"""From a payload to a file that holds it."""


class Shown(Enum):
    """Which payloads are to be read in what comes."""

    EACH = "each, letter by letter"
    SOME = "some: others are refused by a sentence that does not repeat them"
    NONE = "none: the sentence does not repeat what it is about, or the command only goes on"


@dataclass(frozen=True)
class Source:
    """A field that anybody may have filled, and a command that reads it."""

    arguments: tuple[str, ...]
    """With ``@`` for the payload, and ``FOLDER`` for that of a360tui."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """The same."""
    files: Mapping[str, Content] = field(default_factory=dict)
    """Name below the folder of a360tui → what is in it."""
    stdin: str = ""
    shown: Shown = Shown.EACH

    def carries(self, payload: Payload) -> bool:
        """Whether the field can hold it at all: the operating system ends a text at a NUL."""
        if not any("@" in each for each in (*self.arguments, *self.environment.values())):
            return True
        try:
            return b"\0" not in os.fsencode(payload.text)
        except UnicodeEncodeError:
            return False

    def fill(self, folder: Path, payload: Payload) -> tuple[list[str], dict[str, str]]:
        """Write the files; gives the arguments and the environment."""
        for name, content in self.files.items():
            path = folder / name
            for each in reversed(path.relative_to(folder).parents):
                (folder / each).mkdir(exist_ok=True, mode=0o700)
            path.write_bytes(content(payload.text))
            path.chmod(0o700 if name.startswith("bin/") else 0o600)

        def filled(text: str) -> str:
            return text.replace("FOLDER", str(folder)).replace("@", payload.text)

        return [filled(each) for each in self.arguments], {
            name: filled(each) for name, each in self.environment.items()
        }


def plain(template: str) -> Content:
    """A file with the payload as it is."""
    return lambda text: template.replace("@", text).encode("utf-8", "surrogatepass")


def toml(template: str) -> Content:
    """A TOML file with the payload in quotes, as a text or as a name."""
    return lambda text: plain(template)(json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f"))


def references(**reference: object) -> Content:
    """A list with one place that has the payload in its fields."""
    document = {"version": 1, "references": [{"control_room": ADDRESS, "username": "creator", "reference": reference}]}
    return lambda text: json.dumps(document).replace("@", json.dumps(text)[1:-1]).encode()


def binding(username: str) -> Binding:
    """A user with that name, as far as a file can hold it."""
    return Binding("http", "127.0.0.1", 9, username.encode("utf-8", "replace").decode())


def index(*usernames: str) -> bytes:
    """The list of what is remembered, of users with those names."""
    remembered = (Remembered(binding(name), SecretKind.PASSWORD, SINCE) for name in usernames)
    return CheckedFile("a360tui index", 1, tuple[Remembered, ...]).encode(tuple(remembered))


def recording(text: str) -> bytes:
    """A HAR file in which it is everywhere, but where the key is."""
    seen = Recording(ADDRESS)
    seen.add("GET", f"/v2/{text}", answer={text: text}, headers={text: text})
    seen.add("POST", f"https://{text}.example/x", {"a": text}, {"b": text})
    seen.add("POST", "/v2/keys", {text: text}, {text: "Kx9canaryOfTheKey7Zq4711aBcDe", "k": 1}, headers={text: text})
    made = chrome(seen)
    made["log"]["creator"]["name"] = text
    return json.dumps(made).encode()


def _argument(*arguments: str, shown: Shown = Shown.EACH, stdin: str = "") -> Source:
    return Source(arguments, shown=shown, stdin=stdin)


def _refused(*arguments: str) -> Source:
    """What a command of a place is given: a payload that can be is registered or not there, and said so."""
    return Source((*_HERE, "reference", "add", *arguments))


def _variable(name: str, *arguments: str, value: str = "@", shown: Shown = Shown.EACH) -> Source:
    return Source(arguments, {name: value}, shown=shown)


def _configuration(content: Content, *arguments: str, shown: Shown = Shown.SOME) -> Source:
    return Source(arguments, files={"config.toml": content}, stdin="x", shown=shown)


def _places(content: Content, shown: Shown = Shown.EACH, *arguments: str) -> Source:
    return Source(arguments or ("reference", "list"), files={"references.json": content}, stdin="key-4711", shown=shown)


def _call(lines: str, shown: Shown = Shown.EACH) -> Source:
    content = toml(f"control_room='{ADDRESS}'\n{lines}")
    return Source((*_HERE, "calls", "show"), files={CALLS: content}, shown=shown)


def _file_place(kind: str, content: Content) -> Source:
    key_path = "A" if kind == "dotenv" else "a.b"
    place = ("reference", "add", kind, f"FOLDER/x.{kind}", key_path)
    return Source((*_HERE, *place), files={f"x.{kind}": content}, shown=Shown.NONE)


def _secrets(*arguments: str, shown: Shown = Shown.NONE, **files: Content) -> Source:
    guard = GUARD_RECORD.encode(GuardRecord(Guard.PASSPHRASE, SINCE, identity_file="i"))
    there = {"guard": lambda _text: guard, "recipient": plain(Identity.generate().recipient.text)} | files
    names = {"guard": "guard.json", "recipient": "recipient.txt", "index": "index.json"}
    placed = {f"data/secrets/{names[name]}": content for name, content in there.items()}
    return Source(("secrets", *arguments), files=placed, shown=shown)


def _doctor(*before: str, files: Mapping[str, Content] | None = None, **environment: str) -> Source:
    return Source((*before, "doctor", "--full"), environment, files or {}, shown=Shown.NONE)


_ADD = ("profile", "add", "a", ADDRESS, "--no-test")
_WORK = "profile='work'\n[profiles.work]\nurl = 'http://127.0.0.1:9'\n"
_GENERATE = "[generate]\nmethod='POST'\npath='/a'\nkey='/a'\n"

ARGUMENTS = {
    "a command": _argument("@"),
    "a command of a group": _argument("role", "@"),
    "an option": _argument("whoami", "--@", shown=Shown.SOME),
    "an option before the command": _argument("--@", "whoami", shown=Shown.SOME),
    "a short option": _argument("-@", shown=Shown.NONE),
    "an argument too many": _argument("role", "list", "@"),
    "a choice": _argument("demo", "--release", "@"),
    "a number": _argument("key", "inventory", "--concurrency", "@"),
    "a shell": _argument("completion", "@"),
    "--profile": _argument("--profile", "@", "whoami"),
    "--control-room": _argument("--control-room", "@", "whoami", shown=Shown.SOME),
    "--username": _argument("--control-room", ADDRESS, "--username", "@", "logout", "--yes"),
    "--username of a stored key": _argument("--control-room", ADDRESS, "--username", "@", "key", "show", "--yes"),
    "--username of a place": _argument("--control-room", ADDRESS, "--username", "@", "reference", "remove", "0"),
    "--username, by the doctor": _argument("--control-room", ADDRESS, "--username", "@", "doctor", "--full"),
    "--passphrase-file": _argument("--passphrase-file", "@", *_HERE, "login", "--password-stdin", stdin="x"),
    "--passphrase-fd": _argument("--passphrase-fd", "@", *_HERE, "login"),
    "--new-passphrase-file": _argument("secrets", "passphrase", "--new-passphrase-file", "@"),
    "--new-passphrase-fd": _argument("secrets", "passphrase", "--new-passphrase-fd", "@"),
    "a guard": _argument("secrets", "move", "@"),
    "--ca-file": _argument("--ca-file", "@", *_HERE, "login", shown=Shown.SOME),
    "--expiring": _argument("key", "inventory", "--expiring", "@"),
    "--output": _argument(*_HERE, "key", "inventory", "--output", "/@/x.csv", "--password-stdin", stdin="x"),
    "--output without a folder": _argument(
        *_HERE, "key", "inventory", "--output", "@.csv", "--password-stdin", stdin="x", shown=Shown.SOME
    ),
    "a path that is traced": _argument(
        "--control-room", f"{ADDRESS}/@", "--trace", *_HERE[2:], "--password-stdin", "whoami", shown=Shown.SOME
    ),
    "a duration": _argument(*_HERE, "duration", "set", "@", "--yes"),
    "the data of the demo": _argument("demo", "serve", "--data", "/@/x"),
    "a password": _argument(*_HERE, "login", "--password-stdin", stdin="@", shown=Shown.NONE),
    "a dotenv file": _refused("dotenv", "/@/.env", "A"),
    "a toml file": _refused("toml", "/@/x", "a.b"),
    "a variable": _argument(*_HERE, "reference", "add", "dotenv", "/etc/hostname", "@", shown=Shown.SOME),
    "a key path": _argument(*_HERE, "reference", "add", "json", "/etc/hostname", "@", shown=Shown.NONE),
    "an option of an ini file": _argument(*_HERE, "reference", "add", "ini", "/etc/hostname", "@.a", shown=Shown.NONE),
    "an entry of a keyring": _refused("keyring", "@", "@"),
    "a program": _refused("command", "--", "@", "x"),
    "a program in a folder": _refused("command", "--", "~@/x", "x"),
    "an argument of a program": _refused("command", "--", "/x", "@"),
    "a check": _argument(*_HERE, "reference", "add", "command", "--check", "@", "--", "true", shown=Shown.SOME),
    "what a check says": _argument(
        *_HERE,
        *("reference", "add", "command", "--check", "sh -c 'printf %s \"$0\"; exit 3' '@'", "--", "true"),
        shown=Shown.SOME,
    ),
    "the folder of a program": _refused("command", "--folder", "/@", "--", "true"),
    "the home of a program": _refused("command", "--folder", "~@/x", "--", "true"),
    "a place to remove": _argument(*_HERE, "reference", "remove", "@"),
    "a place to fill": _argument(*_HERE, "reference", "put", "@"),
    "a recording": _argument(*_HERE, "calls", "learn", "@"),
    "the duration of a page": _argument(*_HERE, "calls", "learn", "x.har", "--duration", "@"),
    "the choice of a call": _argument(*_HERE, "calls", "learn", "x.har", "--choose", "@"),
    "the name of a new profile": _argument("profile", "add", "@", ADDRESS, "--no-test", shown=Shown.SOME),
    "the address of a new profile": _argument("profile", "add", "work", "@", "--no-test", shown=Shown.SOME),
    "the user of a new profile": _argument(
        "profile", "add", "work", ADDRESS, "--username", "@", "--no-test", "--yes", shown=Shown.SOME
    ),
    "how a new profile signs in": _argument("profile", "add", "work", ADDRESS, "--sign-in", "@"),
    "the calls of a new profile": _argument("profile", "add", "work", ADDRESS, "--calls", "@", shown=Shown.SOME),
    "a profile to use": _argument("profile", "use", "@"),
    "a profile to show": _argument("profile", "show", "@"),
    "a profile to remove": _argument("profile", "remove", "@", "--yes"),
}
"""What stands on the command line."""

ENVIRONMENT = {
    "A360TUI_PROFILE": _variable("A360TUI_PROFILE", "whoami"),
    "A360TUI_CONTROL_ROOM": _variable("A360TUI_CONTROL_ROOM", "whoami", shown=Shown.SOME),
    "A360TUI_USERNAME": _variable("A360TUI_USERNAME", "--control-room", ADDRESS, "logout", "--yes"),
    "A360TUI_CONFIG_DIR": _variable("A360TUI_CONFIG_DIR", *_ADD, value="/proc/@/x"),
    "A360TUI_CONFIG_DIR, read": _variable("A360TUI_CONFIG_DIR", "profile", "list", value="/proc/@/x", shown=Shown.NONE),
    "A360TUI_CONFIG_DIR, no path": _variable("A360TUI_CONFIG_DIR", *_ADD),
    "HOME": Source(("profile", "list"), {"HOME": "@", "A360TUI_CONFIG_DIR": ""}, shown=Shown.NONE),
    "XDG_CONFIG_HOME": Source(_ADD, {"XDG_CONFIG_HOME": "/proc/@", "A360TUI_CONFIG_DIR": ""}),
    "XDG_RUNTIME_DIR": Source((*_HERE, "key", "recover"), {"XDG_RUNTIME_DIR": "/@"}, shown=Shown.NONE),
    "the shell that completes": _variable("_A360TUI_COMPLETE", shown=Shown.NONE),
    "the words to complete": Source(
        (),
        {"_A360TUI_COMPLETE": "bash_complete", "COMP_WORDS": "a360tui @", "COMP_CWORD": "1"},
        shown=Shown.NONE,
    ),
    "a proxy": Source((*_ELSEWHERE, "doctor", "--full"), {"HTTPS_PROXY": "http://u:p@@:1"}, shown=Shown.NONE),
    "a proxy without a scheme": Source((*_ELSEWHERE, "doctor", "--full"), {"ALL_PROXY": "@"}, shown=Shown.SOME),
    "a proxy of a sign-in": Source(
        (*_ELSEWHERE, "--password-stdin", "whoami"), {"HTTPS_PROXY": "http://@:1"}, stdin="x", shown=Shown.SOME
    ),
    "NO_PROXY": _doctor(*_HERE, NO_PROXY="@"),
    "TERM": Source(("doctor", "--full"), {"TERM": "@"}),
    "tmux": Source(
        ("doctor", "--full"),
        {"TMUX": "@", "PATH": "FOLDER/bin:/bin:/usr/bin"},
        {"bin/tmux": plain("#!/bin/sh\ncat <<'====='\n@\n=====\n")},
        shown=Shown.SOME,
    ),
    "the size": _doctor(COLUMNS="@", LINES="@"),
    "the colours": _doctor(COLORTERM="@", NO_COLOR="@"),
    "SSL_CERT_FILE": _doctor("--control-room", "https://127.0.0.1:9", SSL_CERT_FILE="@", SSL_CERT_DIR="@"),
    "the keyring": _doctor(PYTHON_KEYRING_BACKEND="@"),
    "what it warns of": _doctor(SSLKEYLOGFILE="@", TEXTUAL_LOG="@", PYTHONWARNINGS="@"),
}
"""What is set around it."""

_CHECKED: dict[str, dict[str, object]] = {
    "toml": {"path": "/@", "key_path": "a.b"},
    "keyring": {"service": "@", "username": "@"},
    "command": {"arguments": ["@", "@"], "check": ["@"], "folder": "/@"},
}
FILES = {
    "config.toml": _configuration(plain("@"), "profile", "list", shown=Shown.NONE),
    "a deep config.toml": _configuration(lambda _text: b"a = " + _DEEP, "profile", "list", shown=Shown.NONE),
    "a key of config.toml": _configuration(toml("@ = 1"), "profile", "list"),
    "a number of config.toml": _configuration(toml("idle_lock = @"), "profile", "list", shown=Shown.NONE),
    "the theme": _configuration(toml("theme = @"), "doctor", "--full"),
    "the profile in use": _configuration(toml(f"profile = @\n{_WORK.partition(chr(10))[2]}"), "profile", "show"),
    "the name of a profile": _configuration(toml("[profiles.@]\nurl = 'x'"), "profile", "list"),
    "the address of a profile": _configuration(toml("[profiles.work]\nurl = @"), "profile", "list"),
    "the address in use": _configuration(toml("profile='work'\n[profiles.work]\nurl = @"), "whoami"),
    "the user of a profile": _configuration(toml(f"{_WORK}username = @"), "profile", "show"),
    "the users of profiles": _configuration(toml(f"{_WORK}username = @"), "profile", "list"),
    "the CA file of a profile": _configuration(toml(f"{_WORK}ca_file = @"), "profile", "show"),
    "the CA file in use": _configuration(
        toml(f"{_WORK.replace('http:', 'https:')}username='x'\nca_file = @"), "whoami", "--password-stdin"
    ),
    "the calls of a profile": _configuration(toml(f"{_WORK}calls = @"), "calls", "show"),
    "how a profile signs in": _configuration(toml(f"{_WORK}sign_in = @"), "profile", "list"),
    "a profile, by the doctor": _configuration(toml(f"{_WORK}ca_file = @\ncalls = @"), "doctor", "--full"),
    "references.json": _places(plain("@"), Shown.NONE),
    "a deep references.json": _places(lambda _text: b'{"version": 1, "x": ' + _DEEP, Shown.NONE),
    "a field of references.json": _places(references(kind="dotenv", path="/x", key_path="A", **{"@": 1}), Shown.SOME),
    "a kind": _places(references(kind="@"), Shown.SOME),
    "whose place": _places(
        lambda text: references(kind="keyring", service="s", username="u")(text).replace(
            json.dumps(ADDRESS).encode(), json.dumps(f"http://{text}").encode()
        ),
        Shown.SOME,
    ),
    "a path in references.json": _places(references(kind="toml", path="/@", key_path="a.b"), Shown.SOME),
    "a key path in references.json": _places(references(kind="toml", path="/x", key_path='"@"'), Shown.SOME),
    "the names of a keyring": _places(references(kind="keyring", service="@", username="@"), Shown.SOME),
    "a program in references.json": _places(
        references(kind="command", arguments=["@", "@"], check=["@"], folder="/@"), Shown.SOME
    ),
    **{
        f"a {kind} to be checked": _places(
            references(kind=kind, **fields), Shown.SOME, *_HERE, "reference", "check", "--api-key-stdin"
        )
        for kind, fields in _CHECKED.items()
    },
    "a file of calls": Source((*_HERE, "calls", "show"), files={CALLS: plain("@")}, shown=Shown.NONE),
    "a deep file of calls": Source(
        (*_HERE, "calls", "show"), files={CALLS: lambda _text: b"a = " + _DEEP}, shown=Shown.NONE
    ),
    "whose calls": Source((*_HERE, "calls", "show"), files={CALLS: toml("control_room = @")}, shown=Shown.SOME),
    "a table of calls": _call("[@]\nmethod='GET'", Shown.SOME),
    "a key of a call": _call("[generate]\n@='GET'", Shown.SOME),
    "the path of a call": _call("[generate]\nmethod='POST'\npath=@\nkey='/a'", Shown.SOME),
    "the method of a call": _call("[generate]\nmethod=@\npath='/a'\nkey='/a'", Shown.SOME),
    "the body of a call": _call(f"{_GENERATE}body=@", Shown.NONE),
    "a header of a call": _call(f"{_GENERATE}headers={{@=@}}", Shown.SOME),
    "the key of a call": _call("[generate]\nmethod='POST'\npath='/a'\nkey=@", Shown.SOME),
    "the day of a consent": _call("assumed_allowed=@", Shown.NONE),
    "what a browser saw": Source(
        (*_HERE, "calls", "learn", "FOLDER/x.har", "--yes"), files={"x.har": recording}, shown=Shown.SOME
    ),
    "what is no recording": Source(
        (*_HERE, "calls", "learn", "FOLDER/x.har"), files={"x.har": plain("@")}, shown=Shown.NONE
    ),
    "a deep recording": Source(
        (*_HERE, "calls", "learn", "FOLDER/x.har"), files={"x.har": lambda _text: b'{"log": ' + _DEEP}, shown=Shown.NONE
    ),
    "a passphrase": Source(
        (*_HERE, "--passphrase-file", "FOLDER/p", "login"), files={"p": plain("@")}, shown=Shown.NONE
    ),
    "whose secrets are remembered": _secrets("show", index=index, shown=Shown.SOME),
    "whose secrets are forgotten": _secrets("start-over", "--yes", index=index, shown=Shown.SOME),
    "a list of secrets": _secrets("restore", "--yes", index=plain("@")),
    "what guards the secrets": _secrets("show", guard=plain("@")),
    "a recipient": _secrets("restore", "--yes", recipient=plain("@")),
    "the text of a toml file": _file_place("toml", plain("[a]\n@\nb = 1")),
    "the text of a json file": _file_place("json", plain('{"a": @}')),
    "the text of a yaml file": _file_place("yaml", plain("a:\n  b: @\n  @: @")),
    "the text of an ini file": _file_place("ini", plain("[a]\n@\n[@")),
    "the text of a dotenv file": _file_place("dotenv", plain("@\nA=@")),
    "a deep toml file": _file_place("toml", lambda _text: b"a = " + _DEEP),
    "a deep json file": _file_place("json", lambda _text: _DEEP),
}
"""What was in the files of this machine."""

SOURCES = ARGUMENTS | ENVIRONMENT | FILES
