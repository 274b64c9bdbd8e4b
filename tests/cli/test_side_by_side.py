"""One command for several profiles at once."""

import asyncio
import json
from collections.abc import Mapping

import pytest

from a360tui.api import parse_address
from a360tui.secret import Secret
from a360tui.storage import PassphraseRequest, SecretKind, find_locations, open_store
from a360tui.workflow.destination import Destination
from tests.api.scripted_server import Conversation, ScriptedServer, answer, signed_in
from tests.cli.conftest import Program, Served, end_of
from tests.storage.conftest import PASSPHRASE

Options = tuple[str, str]


async def remember(program: Program, url: str, users: Mapping[str, str], password: str = "secret-of-them") -> None:
    """Profiles by name, each with its user's password in the store."""
    program.secrets.add(password)
    program.config.mkdir(mode=0o700, exist_ok=True)
    store = await open_store(find_locations(), passphrase=_passphrase)
    with (program.config / "config.toml").open("a") as file:
        for name, username in users.items():
            file.write(f'[profiles.{name}]\nurl = "{url}"\nusername = "{username}"\n')
            binding = Destination(parse_address(url)).binding(username)
            await store.put(binding, SecretKind.PASSWORD, Secret(password))


async def _passphrase(_request: PassphraseRequest) -> Secret:
    return Secret(PASSPHRASE)


@pytest.fixture
async def three(program: Program, with_role: Served, store: Options) -> Options:
    """Two profiles of one Control Room, and between them one that nobody can reach; the options of their store."""
    await remember(program, with_role.url, {"boss": "admin"}, with_role.password("admin"))
    await remember(program, "http://127.0.0.1:1", {"gone": "admin"})
    await remember(program, with_role.url, {"maker": "creator"}, with_role.password("creator"))
    return store


@pytest.mark.parametrize("how", [["--all-profiles"], ["--profile", "maker", "--profile", "gone", "--profile", "boss"]])
def test_a_failing_one_does_not_stop_the_others(program: Program, three: Options, how: list[str]) -> None:
    """One document in the order asked for; the one that fails says why, and its code is the program's."""
    done = program.run(*how, "key", "status", "--json", *three)
    assert done.code == 3, done.stderr
    found = {each["profile"]: each for each in json.loads(done.stdout)["profiles"]}
    assert list(found) == ([name for name in how if name[0] != "-"] or ["boss", "gone", "maker"])
    assert (found["boss"]["username"], found["maker"]["mayGenerate"]) == ("admin", True)
    assert found["gone"].keys() == {"profile", "error"}
    assert found["gone"]["error"]["exitCode"] == 3
    assert "a360tui: gone: " in done.stderr


def test_for_people_each_stands_under_its_name(program: Program, three: Options) -> None:
    """Blocks with the profile's name over each; what is said on the way says of whom."""
    done = program.run("--all-profiles", "duration", "show", "--yes", *three)
    assert (done.code, done.stdout) == (3, "[boss]\n45 days\n")
    for words in ("boss: The calls for the duration are assumed", "a360tui: gone: ", "a360tui: maker: "):
        assert any(line.startswith(words) for line in done.stderr.splitlines())


def test_all_well_is_0(program: Program, three: Options) -> None:
    """Where none fails the exit code is 0; a profile that is named twice is looked at once."""
    names = ("--profile", "boss", "--profile", "maker", "--profile", "boss")
    done = program.run("key", "status", *names, "--json", *three)
    assert (done.code, len(json.loads(done.stdout)["profiles"])) == (0, 2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--all-profiles", "--profile", "boss", "key", "status"], "both given"),
        (["--all-profiles", "key", "status", "--password-stdin"], "--password-stdin is for one profile"),
        (["--all-profiles", "key", "status", "--control-room", "https://x"], "--control-room is for one profile"),
        (["--profile", "boss", "--profile", "bos", "key", "status"], "Did you mean boss?"),
        (["--all-profiles", "key", "regenerate", "--yes"], "takes no --all-profiles"),
        (["--profile", "boss", "--profile", "maker", "duration", "set", "9d"], "takes one --profile"),
    ],
)
@pytest.mark.usefixtures("three")
def test_what_is_not_for_several(program: Program, arguments: list[str], words: str) -> None:
    """What contradicts, is for one only, or would write, is refused before anything is sent."""
    done = program.run(*arguments)
    assert (done.code, done.stdout, words in done.stderr) == (2, "", True), done.stderr


def test_without_profiles(program: Program) -> None:
    """All of none is an error that says how to make one."""
    done = program.run("--all-profiles", "key", "status")
    assert (done.code, "a360tui profile add" in done.stderr) == (2, True)


async def test_they_run_at_the_same_time(program: Program, store: Options) -> None:
    """A Control Room that answers no sign-in before there are two of them answers both."""

    async def wait_for_both(talk: Conversation) -> bool:
        await server.arrival("POST /v2/authentication", 2)
        return await signed_in()(talk)

    duration = answer({"apiKeyDuration": {"value": 9, "unit": "DAYS"}})
    async with ScriptedServer(
        {"POST /v2/authentication": wait_for_both, "GET /v2/settings/security": duration}
    ) as server:
        await remember(program, server.address.url, {"one": "u1", "two": "u2"})
        done = await program.run_beside("--all-profiles", "duration", "show", "--yes", "--json", *store)
    assert done.code == 0, done.stderr
    assert [each["duration"] for each in json.loads(done.stdout)["profiles"]] == ["9d", "9d"]


async def test_nobody_is_asked(program: Program, store: Options) -> None:
    """Where nothing is remembered for a profile, it fails with the command that remembers, also on a terminal."""
    async with ScriptedServer() as server:
        await remember(program, server.address.url, {"one": "u1"})
        with (program.config / "config.toml").open("a") as file:
            file.write(f'[profiles.new]\nurl = "{server.address.url}"\nusername = "u2"\n')
        with program.on_terminal("--all-profiles", "key", "status", *store) as terminal:
            shown, code = await asyncio.to_thread(end_of, terminal)
    assert (code, "a360tui --profile new login" in shown) == (1, True), shown


def test_inventories_side_by_side(program: Program, three: Options) -> None:
    """Each profile's inventory in one document or under its name; who may not look and who is gone stop nobody."""
    done = program.run("--all-profiles", "key", "inventory", "--json", *three)
    found = {each["profile"]: each for each in json.loads(done.stdout)["profiles"]}
    assert [user["username"] for user in found["boss"]["users"]] == ["creator"]
    assert (found["gone"]["error"]["exitCode"], found["maker"]["error"]["exitCode"]) == (3, 1)
    assert done.code == 3
    table = program.run("--all-profiles", "key", "inventory", *three)
    assert table.stdout.splitlines()[0] == "[boss]"
    assert "boss: 0 of 1 who may generate have one" in table.stderr
    refused = program.run("--all-profiles", "key", "inventory", "--csv", *three)
    assert (refused.code, refused.stdout) == (2, "")
    assert "for one profile" in refused.stderr
