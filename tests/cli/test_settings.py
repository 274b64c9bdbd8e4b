"""What holds and where it comes from: options, the environment, profiles."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from a360tui.cli.connection import options_for
from a360tui.cli.options import CommonOptions
from a360tui.cli.settings import Setting
from a360tui.errors import A360Error, InvalidInput
from a360tui.storage import Binding
from tests.cli.conftest import Program, Served, agree, end_of, make_key, type_in

OURS = """
profile = "used"
idle_lock = 5

[profiles.used]
url = "https://used.example.com"
username = "u"
ca_file = "ours.pem"
read_only = true

[profiles.other]
url = "https://other.example.com"
username = "o"
sign_in = "api_key"
production = true
calls = "other.toml"
"""


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of a configuration, and nothing in the environment but where that is."""
    for name in ("CONTROL_ROOM", "USERNAME", "PROFILE"):
        monkeypatch.delenv(f"A360TUI_{name}", raising=False)
    made = tmp_path / "configuration"
    made.mkdir(mode=0o700)
    monkeypatch.setenv("A360TUI_CONFIG_DIR", str(made))
    (made / "config.toml").write_text(OURS)
    return made


@dataclass
class Case:
    options: CommonOptions
    env: dict[str, str]
    url: tuple[str | None, str]
    username: tuple[str | None, str]
    profile: tuple[str | None, str]


UNPROFILED = (None, "default")
NOTHING: dict[str, str] = {}
CASES = {
    "the profile in use": Case(
        CommonOptions(), NOTHING,
        ("https://used.example.com", "profile used"), ("u", "profile used"), ("used", "config.toml"),
    ),
    "another by option": Case(
        CommonOptions(profiles=("other",)), NOTHING,
        ("https://other.example.com", "profile other"), ("o", "profile other"), ("other", "--profile"),
    ),
    "another by variable": Case(
        CommonOptions(), {"A360TUI_PROFILE": "other"},
        ("https://other.example.com", "profile other"), ("o", "profile other"), ("other", "A360TUI_PROFILE"),
    ),
    "the option before the variable": Case(
        CommonOptions(profiles=("other",)), {"A360TUI_PROFILE": "used"},
        ("https://other.example.com", "profile other"), ("o", "profile other"), ("other", "--profile"),
    ),
    "a variable before the profile in use": Case(
        CommonOptions(), {"A360TUI_USERNAME": "v"},
        ("https://used.example.com", "profile used"), ("v", "A360TUI_USERNAME"), ("used", "config.toml"),
    ),
    "a variable before a profile by variable": Case(
        CommonOptions(), {"A360TUI_USERNAME": "v", "A360TUI_PROFILE": "other"},
        ("https://other.example.com", "profile other"), ("v", "A360TUI_USERNAME"), ("other", "A360TUI_PROFILE"),
    ),
    "a profile by option before a variable": Case(
        CommonOptions(profiles=("other",)), {"A360TUI_CONTROL_ROOM": "https://x.example.com", "A360TUI_USERNAME": "v"},
        ("https://other.example.com", "profile other"), ("o", "profile other"), ("other", "--profile"),
    ),
    "an option before everything": Case(
        CommonOptions(profiles=("other",), username="x", control_room="https://x.example.com"),
        {"A360TUI_USERNAME": "v"},
        ("https://x.example.com", "--control-room"), ("x", "--username"), ("other", "--profile"),
    ),
    "another Control Room leaves the profile in use aside": Case(
        CommonOptions(control_room="https://x.example.com"), NOTHING,
        ("https://x.example.com", "--control-room"), UNPROFILED, UNPROFILED,
    ),
    "so does one by variable": Case(
        CommonOptions(), {"A360TUI_CONTROL_ROOM": "https://x.example.com"},
        ("https://x.example.com", "A360TUI_CONTROL_ROOM"), UNPROFILED, UNPROFILED,
    ),
    "the same Control Room keeps it": Case(
        CommonOptions(control_room="USED.example.com/#/login"), NOTHING,
        ("USED.example.com/#/login", "--control-room"), ("u", "profile used"), ("used", "config.toml"),
    ),
}  # fmt: skip


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_setting_says_where_it_comes_from(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """An option counts before ``--profile``, that before a variable, that before the profile in use."""
    for name, value in case.env.items():
        monkeypatch.setenv(name, value)
    settings = case.options.settings
    found = settings.all()
    for name, expected in (("url", case.url), ("username", case.username), ("profile", case.profile)):
        assert (found[name].value, found[name].source) == expected, name


def test_all_of_them(folder: Path) -> None:
    """What a profile and the file say besides is there with its source, and what nobody said as shipped."""
    used, other = CommonOptions().settings.all(), CommonOptions(profiles=("other",)).settings.all()
    assert used["ca_file"] == Setting(folder / "ours.pem", "profile used")
    assert (used["read_only"], other["read_only"].value) == (Setting(True, "profile used"), False)
    assert (used["production"].value, other["production"]) == (False, Setting(True, "profile other"))
    assert other["sign_in"] == Setting("api_key", "profile other")
    assert other["calls"] == Setting(folder / "other.toml", "profile other")
    elsewhere = CommonOptions(profiles=("other",), control_room="https://x.example.com").settings
    assert elsewhere.calls == Setting(None, "default")
    assert used["idle_lock"] == Setting(5, "config.toml")
    assert used["ending_within"] == Setting(14, "default")
    assert CommonOptions(read_only=True).settings.read_only == Setting(True, "--read-only")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("host", "profile", "ca_file"),
    [("used.example.com", "used", True), ("other.example.com", "other", False), ("x.example.com", None, False)],
)
def test_what_is_left_of_another_user_goes_by_their_own_profile(
    host: str, profile: str | None, *, ca_file: bool
) -> None:
    """Where rotations of several users are finished, none trusts the CA file of another one's Control Room."""
    settings = options_for(CommonOptions(), Binding("https", host, 443, "who")).settings
    found = settings.profile.value
    assert (None if found is None else found.name) == profile
    assert (settings.control_room.value, settings.username.value) == (f"https://{host}", "who")
    assert (settings.ca_file.value is not None) is ca_file


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[profiles.a]\nurl = 'http://cr.example.com'", ["profile a", "unprotected"]),
        ("[profiles.a]\nurl = 'https://user@cr.example.com'", ["profile a", "user name or a password"]),
        ("profile = 'b'\n[profiles.a]\nurl = 'https://cr.example.com'", ["no profile b", "a360tui profile list"]),
    ],
)
def test_addresses_are_looked_at(folder: Path, text: str, words: list[str]) -> None:
    """An address that may not be used is refused with its profile's name; loopback may be http."""
    (folder / "config.toml").write_text(text)
    with pytest.raises(InvalidInput) as refused:
        _ = CommonOptions().settings.profile
    assert not [word for word in words if word not in str(refused.value)]
    (folder / "config.toml").write_text("profile = 'a'\n[profiles.a]\nurl = 'http://localhost:8080'")
    assert CommonOptions().settings.control_room.value == "http://localhost:8080"


def test_an_empty_variable_says_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is set to nothing is as good as one that is not set."""
    assert folder.is_dir()
    for name in ("CONTROL_ROOM", "USERNAME", "PROFILE"):
        monkeypatch.setenv(f"A360TUI_{name}", "")
    settings = CommonOptions().settings
    assert settings.control_room == Setting("https://used.example.com", "profile used")
    assert settings.username == Setting("u", "profile used")


def test_the_settings_of_the_screens(folder: Path) -> None:
    """Theme, lock and what is called ending reach the screens; 0 minutes are no lock; without a file, as shipped."""
    file = folder / "config.toml"
    file.write_text('theme = "a360-light"\nidle_lock = 3\nending_within = 60\n')
    chosen = {"theme": "a360-light", "lock_after": timedelta(minutes=3), "ending_within": timedelta(days=60)}
    assert CommonOptions().settings.of_the_screens == chosen
    file.write_text("idle_lock = 0\n")
    assert CommonOptions().settings.of_the_screens == {"lock_after": None, "ending_within": timedelta(days=14)}
    file.unlink()
    assert CommonOptions().settings.of_the_screens["lock_after"] == timedelta(minutes=15)


def test_when_a_key_is_called_ending_is_settled(program: Program, with_role: Served) -> None:
    """``ending_within`` holds for ``key status``, and for ``key inventory`` where ``--expiring`` is not given."""
    program.secrets.add(make_key(with_role, "creator"))
    for days, state, code in ((14, "valid", 0), (60, "ending", 7)):
        configure(program, f"ending_within = {days}\n")
        status = program.run_as(with_role, "creator", "key", "status", "--json")
        assert json.loads(status.stdout)["state"] == state, status.stderr
        assert program.run_as(with_role, "admin", "key", "inventory").code == code
    assert program.run_as(with_role, "admin", "key", "inventory", "--expiring", "14d").code == 0


def test_without_a_place_for_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a home there is no profile in use, and one that is asked for is not there."""
    monkeypatch.delenv("A360TUI_CONFIG_DIR")
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert CommonOptions().settings.profile.value is None
    with pytest.raises(A360Error, match="no profile x"):
        _ = CommonOptions(profiles=("x",)).settings.profile


def configure(program: Program, text: str) -> None:
    program.config.mkdir(mode=0o700, exist_ok=True)
    (program.config / "config.toml").write_text(text)


def test_a_profile_signs_in(program: Program, served: Served) -> None:
    """With a profile in use, or one by name, neither address nor user has to be given."""
    configure(program, f'[profiles.here]\nurl = "{served.url}"\nusername = "creator"\n')
    password = served.password("creator")
    done = program.run("--profile", "here", "whoami", "--json", "--password-stdin", stdin=password)
    assert json.loads(done.stdout)["username"] == "creator", done.stderr
    env = {"A360TUI_PROFILE": "here"}
    assert program.run("whoami", "--password-stdin", stdin=password, env=env).code == 0
    refused = program.run("--profile", "hree", "whoami")
    assert (refused.code, "Did you mean here?" in refused.stderr) == (2, True)
    twice = program.run("--profile", "here", "--profile", "here", "whoami")
    assert (twice.code, "takes one --profile" in twice.stderr) == (2, True)


def test_what_a_profile_signs_in_with_is_asked_for(program: Program, with_role: Served) -> None:
    """A profile of an API key asks for that, not for a password."""
    made = make_key(with_role, "creator")
    program.secrets.add(made)
    configure(
        program, f'profile = "k"\n[profiles.k]\nurl = "{with_role.url}"\nusername = "creator"\nsign_in = "api_key"\n'
    )
    with program.on_terminal("key", "status") as terminal:
        type_in(terminal, "API key of creator: ", made)
        shown, code = end_of(terminal)
    assert (code, "valid" in shown) == (0, True), shown


def test_a_read_only_profile_is_signed_in_to(program: Program, served: Served, store: tuple[str, str]) -> None:
    """What signs in there may be remembered, and forgotten: that changes this machine, not the Control Room."""
    configure(program, f'[profiles.look]\nurl = "{served.url}"\nusername = "admin"\nread_only = true\n')
    at = ("--profile", "look", *store)
    done = program.run(*at, "--password-stdin", "login", stdin=served.password("admin"))
    assert done.code == 0, done.stderr
    assert program.run(*at, "whoami").code == 0
    assert program.run(*at, "logout").code == 0


def test_a_read_only_profile_refuses_writes(program: Program, served: Served) -> None:
    """Under a read-only profile a write is refused before anything is sent, and says whose rule it is."""
    configure(program, f'[profiles.look]\nurl = "{served.url}"\nusername = "admin"\nread_only = true\n')
    before = served.state()
    for command in (["duration", "set", "9d"], ["role", "setup", "x"], ["key", "regenerate"]):
        done = program.run("--profile", "look", "--password-stdin", "--yes", *command, stdin=served.password("admin"))
        assert (done.code, "profile look is read-only" in done.stderr) == (2, True), done.stderr
    assert served.state() == before
    shown = program.run("--profile", "look", "--password-stdin", "role", "list", stdin=served.password("admin"))
    assert shown.code == 0


@pytest.mark.parametrize(("answer", "changed"), [("y", False), ("Admin", False), ("admin", True)])
def test_production_wants_the_user_name(program: Program, served: Served, answer: str, changed: bool) -> None:
    """What cannot be undone on a production profile is done only where the user name is typed."""
    configure(program, f'profile = "p"\n[profiles.p]\nurl = "{served.url}"\nusername = "admin"\nproduction = true\n')
    agree(program, served)
    with program.on_terminal("duration", "set", "9d") as terminal:
        type_in(terminal, "Password of admin: ", served.password("admin"))
        terminal.expect("PRODUCTION.* Type the user name admin to go on: ")
        terminal.sendline(answer)
        _, code = end_of(terminal)
    assert code == (0 if changed else 1)
    now = program.run_as(served, "admin", "--profile", "p", "duration", "show", "--yes", "--json")
    assert (json.loads(now.stdout)["duration"] == "9d") is changed


def test_taking_a_role_away_in_production_wants_the_user_name(program: Program, with_role: Served) -> None:
    """A yes does not take a role away on a production profile, and giving one asks as everywhere."""
    configure(program, f'profile = "p"\n[profiles.p]\nurl = "{with_role.url}"\nusername = "admin"\nproduction = true\n')
    before = with_role.state()
    with program.on_terminal("role", "revoke", "API key users", "--user", "creator") as terminal:
        type_in(terminal, "Password of admin: ", with_role.password("admin"))
        terminal.expect("Type the user name admin to go on: ")
        terminal.sendline("y")
        assert end_of(terminal)[1] == 1
    assert with_role.state() == before
    with program.on_terminal("role", "setup", "API key users", "--user", "runner") as terminal:
        type_in(terminal, "Password of admin: ", with_role.password("admin"))
        terminal.expect_exact("[y/N] ")
        terminal.sendline("n")
        assert end_of(terminal)[1] == 1
