"""``config.toml``: read strictly, written so that a person finds their file again."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a360tui.errors import ExitCode, InvalidInput
from a360tui.storage import Configuration, ConfigurationFile, Locations, Profile, checked_profile_name
from a360tui.storage.configuration import PROFILE_KEYS, SETTINGS, decode
from a360tui.storage.errors import ConfigurationRefused, FileRefused, FolderRefused

BY_HAND = """\
# Ours, by hand.  Keep in order.
idle_lock   = 30   # minutes

# the test system
[profiles.test]
username = 'svc-bots'      # a service user
url      = "https://test.example.com"

# Handle with care.
[profiles."live"]
url = "https://cr.example.com:8443"   # behind the proxy
production = true
ca_file = "certificates/ours.pem"

# the end
"""


@pytest.fixture
def file(locations: Locations) -> ConfigurationFile:
    return ConfigurationFile(locations)


def write(file: ConfigurationFile, text: str, mode: int = 0o644) -> None:
    """Write it as an editor would."""
    file.path.parent.mkdir(mode=0o700, exist_ok=True)
    file.path.write_bytes(text.encode())
    file.path.chmod(mode)


def test_nothing_is_settled_without_a_file(file: ConfigurationFile) -> None:
    """Where there is no file there are no profiles and the settings are as shipped; reading makes nothing."""
    assert file.read() == Configuration()
    assert (file.read().idle_lock, file.read().ending_within, file.read().in_use) == (15, 14, None)
    assert not file.path.parent.exists()


def test_everything_in_it_is_typed(file: ConfigurationFile) -> None:
    """Each key arrives as what it is; paths are relative to the folder of the file."""
    write(file, BY_HAND + '[profiles.all]\nurl = "cr"\nsign_in = "api_key"\nread_only = true\ncalls = "calls/all.toml"')
    found = file.read()
    folder = file.path.parent
    assert (found.idle_lock, found.given, found.names) == (30, frozenset({"idle_lock"}), ("test", "live", "all"))
    assert found.find("test") == Profile("test", "https://test.example.com", "svc-bots")
    live = Profile("live", "https://cr.example.com:8443", production=True, ca_file=folder / "certificates/ours.pem")
    assert found.find("live") == live
    assert found.find("all") == Profile("all", "cr", sign_in="api_key", read_only=True, calls=folder / "calls/all.toml")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\nthem = 'x'", 2, ["“them”", "theme"]),
        ("[profiles.a]\nurl = 'x'\nusrname = 'x'", 3, ["“usrname”", "username"]),
        ("[profiles.a]\nurl = 'x'\n[profil.b]", 3, ["“profil”", "profile"]),
        ("profiles = {a = {url = 'x', redonly = true}}", None, ["“redonly”", "read_only"]),
        ("profiles.a.url = 'x'\nprofiles.a.user = 'x'", 2, ["“user”", "username"]),
        ("idle_lock = '15'", 1, ["idle_lock", "whole number"]),
        ("idle_lock = true", 1, ["idle_lock", "whole number"]),
        ("ending_within = -1", 1, ["-1", "from 0 to"]),
        ("[profiles.a]\nurl = 1", 2, ["url", "text in quotes"]),
        ("[profiles.a]\nurl = 'x'\n\nproduction = 'yes'", 4, ["production", "true or false"]),
        ("[profiles.a]\nurl = 'x'\nsign_in = 'key'", 3, ["“key”", "password, api_key"]),
        ("[profiles.a]\nurl = 'x'\nusername = 'a\u202eb'", 3, ["username", "cannot be seen"]),
        ("[profiles.a]\nusername = 'x'", 1, ["no url"]),
        ("[profiles.'a b']\nurl = 'x'", 1, ["“a b”", "not a name"]),
        ("[profiles]\na = 'https://x'", 2, ["a is not a table"]),
        ("profiles = 3", 1, ["profiles", "table"]),
        ("theme = \n", None, ["not TOML", "line 1"]),
        ("[profiles.a]\nurl = 'x'\nurl = 'y'", None, ["not TOML"]),
        (f"idle_lock = {'9' * 5000}", None, ["not TOML"]),
    ],
)
def test_what_means_nothing_is_refused(file: ConfigurationFile, text: str, line: int | None, words: list[str]) -> None:
    """An unknown key, a wrong type and no TOML at all: the file, the line where it is known, the key and a way out."""
    write(file, text)
    with pytest.raises(ConfigurationRefused) as refused:
        file.read()
    assert refused.value.exit_code is ExitCode.USAGE
    assert str(refused.value).startswith(f"{file.path}, line {line}: " if line else f"{file.path}: ")
    assert not [word for word in words if word not in str(refused.value)], str(refused.value)
    with pytest.raises(ConfigurationRefused):
        file.set(theme="a360-light")
    assert file.path.read_text() == text


@given(st.sampled_from([*PROFILE_KEYS]), st.data())
def test_a_slip_of_the_finger_finds_its_key(key: str, data: st.DataObject) -> None:
    """A known key with one letter too many, too few or wrong is refused, and the key itself is named as the nearest."""
    at = data.draw(st.integers(0, len(key) - 1))
    slips = (key[at + 1 :], "q" + key[at:], "q" + key[at + 1 :])
    slip = key[:at] + data.draw(st.sampled_from(slips))
    with pytest.raises(ConfigurationRefused, match=f"nearest known key is {key}"):
        decode(f"[profiles.a]\n'{slip}' = 1".encode(), Path("/nowhere/config.toml"))


@given(st.text(max_size=12))
def test_any_other_key_is_refused_with_a_known_one(key: str) -> None:
    """Whatever the key, the answer is one line that names a known one."""
    quoted = "".join(f"\\U{ord(letter):08x}" for letter in key if not "\ud800" <= letter <= "\udfff")
    if key in {*SETTINGS, "profiles"}:
        return
    with pytest.raises(ConfigurationRefused) as refused:
        decode(f'"{quoted}" = 1'.encode(), Path("/nowhere/config.toml"))
    assert str(refused.value).isprintable()
    assert refused.value.hint.removeprefix("The nearest known key is ").removesuffix(".") in {*SETTINGS, "profiles"}


@pytest.mark.parametrize("name", ["", "a b", "-a", "a/b", "../a", "ä", "a.b", "a" * 41, "a\n", "\x1b[31m"])
def test_names_that_are_none(name: str) -> None:
    """A name is a plain one: it stands on a command line, in a file and on the screen."""
    with pytest.raises(InvalidInput, match="not a name for a profile") as refused:
        checked_profile_name(name)
    assert str(refused.value).isprintable()


def test_a_profile_that_is_not_there(file: ConfigurationFile) -> None:
    """Its nearest neighbour is named; a file that has one in use that it lacks can still be read and repaired."""
    write(file, f"profile = 'tset'\n{BY_HAND}")
    with pytest.raises(InvalidInput, match=r"no profile tset.* Did you mean test"):
        _ = file.read().in_use
    file.set(profile="test")
    assert file.read().in_use == file.read().find("test")


def test_a_hand_written_file_stays_as_it_is(file: ConfigurationFile) -> None:
    """Adding a profile and using it leave every byte elsewhere; so do an edit of one key and a removal."""
    write(file, BY_HAND)
    assert file.put_profile(Profile("new", "https://new.example.com", read_only=True))
    added = file.path.read_text()
    assert added == BY_HAND + '\n[profiles.new]\nurl = "https://new.example.com"\nread_only = true\n'
    assert file.set(profile="new")
    used = file.path.read_text()
    assert used.replace('profile = "new"\n', "") == added
    assert file.set(profile="live")
    assert file.path.read_text() == used.replace('profile = "new"', 'profile = "live"')
    assert file.put_profile(replace(file.read().find("live"), url="https://cr.example.com", ca_file=None))
    edited = used.replace('profile = "new"', 'profile = "live"').replace(":8443", "")
    assert file.path.read_text() == edited.replace('ca_file = "certificates/ours.pem"\n', "")
    assert file.remove_profile("new")
    assert file.remove_profile("live")
    assert file.path.read_text() == BY_HAND[: BY_HAND.index('[profiles."live')] + "# the end\n\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "# only a comment",
        "theme = 'x'",
        "theme = 'x'\r\n\r\n[profiles.a]\r\nurl = 'x'\r\n",
        "[profiles]\n[profiles.a]\nurl = 'x'\n\n\n# last",
        "[profiles]\na = {url = 'x'} # in one line\n",
        "profiles.a.url = 'x'",
        "profiles = {a = {url = 'x'}}",
        "\ufefftheme = 'x'\r\n",
    ],
)
def test_whatever_the_file_looks_like(file: ConfigurationFile, text: str) -> None:
    """Each way to write TOML takes a new profile, its use, its change and its removal, and loses nothing else."""
    write(file, text)
    before = file.read()
    new = Profile("new", "https://new.example.com", "svc")
    assert file.put_profile(new)
    assert file.set(profile="new")
    assert file.read() == replace(
        before, profiles=(*before.profiles, new), profile="new", given=before.given | {"profile"}
    )
    assert not file.put_profile(new)
    assert not file.set(profile="new")
    assert file.put_profile(replace(new, username=""))
    for comment in ("# only a comment", "# last", "# in one line"):
        assert (comment in text) == (comment in file.path.read_text())
    assert file.remove_profile("new")
    assert file.read() == before
    assert not file.remove_profile("new")
    for name in before.names:
        assert file.remove_profile(name)
    assert file.read() == replace(before, profiles=())
    assert file.path.read_text().startswith("\ufeff") is text.startswith("\ufeff")


def test_a_file_that_others_can_change_is_refused(file: ConfigurationFile) -> None:
    """Others may read what somebody wrote by hand; what they may change could send a password elsewhere."""
    write(file, BY_HAND, 0o664)
    with pytest.raises(FileRefused, match="chmod 600"):
        file.read()


def test_a_folder_that_others_can_read_is_refused_where_it_says_something(file: ConfigurationFile) -> None:
    """A file in an open folder is not passed over, since it may forbid changes; without one all is well."""
    file.path.parent.mkdir(mode=0o755)
    assert file.read() == Configuration()
    write(file, BY_HAND)
    with pytest.raises(FolderRefused, match="chmod 700"):
        file.read()


ADD = """
import sys
from a360tui.storage import ConfigurationFile, Profile, find_locations
file = ConfigurationFile(find_locations())
sys.stdin.readline()
for number in range(8):
    file.put_profile(Profile(f"{sys.argv[1]}-{number}", "https://cr.example.com"))
"""


def test_two_processes_at_once_lose_nothing(file: ConfigurationFile) -> None:
    """Each of two processes adds eight profiles at the same time; all sixteen are there."""
    both = [
        subprocess.Popen([sys.executable, "-c", ADD, name], stdin=subprocess.PIPE, text=True) for name in ("one", "two")
    ]
    for process in both:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in both:
        process.communicate()
        assert process.returncode == 0
    assert sorted(file.read().names) == sorted(f"{name}-{number}" for name in ("one", "two") for number in range(8))


def test_reading_is_light(file: ConfigurationFile) -> None:
    """What only reads loads no library that writes TOML."""
    write(file, BY_HAND)
    script = (
        "import sys\nfrom a360tui.storage import ConfigurationFile, find_locations\n"
        "assert ConfigurationFile(find_locations()).read().names\n"
        "print([name for name in ('tomlkit', 'pyrage', 'keyring') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
