"""A rotation that is killed on its way, and ``key recover`` after it."""

import asyncio
import json
import os
import signal
import time
from pathlib import Path

import pytest

from a360tui.storage import find_locations, find_slots
from tests.canaries import leaks
from tests.cli.conftest import PROGRAM, Program, Served
from tests.cli.relay import Relay, relay

Options = tuple[str, str]


def user(url: str) -> tuple[str, ...]:
    return "--control-room", url, "--username", "creator"


async def kill_halfway(program: Program, between: Relay, served: Served, *options: str, sealed: bool) -> None:
    """Begin a rotation, and kill it without warning while its answer is held."""
    process = await begin(program, between, *options, "--password-stdin", stdin=served.password("creator"))
    await between.held.wait()
    await asyncio.to_thread(look_and_kill, program, process.pid, sealed=sealed)
    stdout, stderr = await process.communicate()
    assert stdout == b""
    program.check_talk(stderr.decode())


async def begin(program: Program, between: Relay, *options: str, stdin: str = "") -> asyncio.subprocess.Process:
    """Start to make a key anew."""
    process = await asyncio.create_subprocess_exec(
        *(*PROGRAM, *user(between.url), "key", "regenerate", "--yes", *options),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=program.environment,
    )
    assert process.stdin is not None
    process.stdin.write(stdin.encode())
    process.stdin.close()
    return process


def look_and_kill(program: Program, pid: int, *, sealed: bool) -> None:
    """See that no other process could have read a secret, and kill it; ``sealed``: once the answer is on disk."""
    while sealed and not any(slot.frames for slot in find_slots(find_locations().slot_folders)):
        time.sleep(0.01)
    seen = [Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
    assert not [secret for secret in program.secrets if leaks(secret, seen)]
    os.kill(pid, signal.SIGKILL)


async def test_killed_with_the_answer_in_hand(
    program: Program, with_role: Served, key: str, store: Options, tmp_path: Path
) -> None:
    """The sealed answer has the key: it is verified, stored, put where it belongs and printed, without a sign-in."""
    place = tmp_path / "bots.json"
    place.write_text(json.dumps({"mine": 1, "key": key}))
    async with relay(with_role.url, passed=-1) as between:
        signed_in = user(between.url)
        added = await program.run_beside(*signed_in, "reference", "add", "json", str(place), "key")
        assert added.code == 0
        login = await program.run_beside(*signed_in, "login", "--api-key-stdin", *store, stdin=key)
        assert login.code == 0, login.stderr
        await kill_halfway(program, between, with_role, *store, sealed=True)
        between.let_go.set()

        status = await program.run_beside(
            *signed_in, "key", "status", "--password-stdin", stdin=with_role.password("creator")
        )
        assert "Unfinished" in status.stdout
        assert "a360tui key recover" in status.stdout
        refused = await program.run_beside(
            *signed_in, "key", "regenerate", "--yes", "--password-stdin", *store, stdin=with_role.password("creator")
        )
        assert (refused.code, refused.stdout, between.asked) == (6, "", 1)
        before = place.read_bytes()
        unsure = await program.run_beside("key", "recover", *store)
        assert (unsure.code, place.read_bytes()) == (2, before)

        recovered = await program.run_beside("key", "recover", "--yes", *store)
        assert recovered.code == 0, recovered.stderr
        program.secrets.add(recovered.stdout.strip())
        program.check_talk(recovered.stderr)
        assert json.loads(place.read_bytes()) == {"mine": 1, "key": recovered.stdout.strip()}
        assert (await program.run_beside(*signed_in, "key", "test", *store)).code == 0
        assert (await program.run_beside(*signed_in, "reference", "check", *store)).code == 0
        again = await program.run_beside("key", "recover", "--json", *store)
        assert (again.code, json.loads(again.stdout)) == (0, {"rotations": []})
    assert between.asked == 1
    program.check_files(place)


async def test_killed_before_the_answer(program: Program, with_role: Served, key: str, store: Options) -> None:
    """No other key is asked for; a sign-in shows that one was made and its text lost, and then a new one is made."""
    async with relay(with_role.url, passed=None) as between:
        password = {"stdin": with_role.password("creator")}
        signed_in = (*user(between.url), "--password-stdin", *store)
        await kill_halfway(program, between, with_role, *store, sealed=False)
        between.let_go.set()
        assert (await program.run_beside("key", "recover", "--yes", *store)).code == 2
        recovered = await program.run_beside(*signed_in, "key", "recover", "--yes", "--json", **password)
        [rotation] = json.loads(recovered.stdout)["rotations"]
        assert (recovered.code, rotation["ending"], rotation["apiKey"]) == (6, "lost", None)
        assert "a360tui key regenerate" in recovered.stderr
        made = await program.run_beside(*signed_in, "key", "regenerate", "--yes", **password)
        assert (made.code, between.asked) == (0, 2)
        program.secrets |= {key, made.stdout.strip()}
        assert (await program.run_beside(*user(between.url), "key", "test", *store)).code == 0
        assert (await program.run_beside("key", "recover", *store)).stderr == "No rotation is unfinished.\n"
    program.check_files()


async def test_killed_where_nothing_is_kept(program: Program, with_role: Served, key: str) -> None:
    """Without a store nothing was sealed: the next start knows of it, and finds that the key is lost."""
    async with relay(with_role.url, passed=-1) as between:
        password = {"stdin": with_role.password("creator")}
        signed_in = (*user(between.url), "--password-stdin")
        await kill_halfway(program, between, with_role, sealed=False)
        between.let_go.set()
        assert (await program.run_beside(*signed_in, "key", "regenerate", "--yes", **password)).code == 6
        recovered = await program.run_beside(*signed_in, "key", "recover", "--yes", **password)
        assert (recovered.code, recovered.stdout) == (6, "")
        assert (await program.run_beside(*signed_in, "key", "regenerate", "--yes", **password)).code == 0
        assert between.asked == 2
    program.secrets.add(key)
    program.check_files()


async def test_signed_in_by_the_key_that_died(program: Program, with_role: Served, key: str, store: Options) -> None:
    """The session that was kept is gone on with: it looks, and it makes another key, without password or key."""
    async with relay(with_role.url, passed=None) as between:
        signed_in = user(between.url)
        login = await program.run_beside(*signed_in, "login", "--api-key-stdin", *store, stdin=key)
        assert login.code == 0
        process = await begin(program, between, *store)
        await between.held.wait()
        process.kill()
        await process.communicate()
        between.let_go.set()
        recovered = await program.run_beside(*signed_in, "key", "recover", "--yes", *store)
        assert (recovered.code, recovered.stdout) == (6, ""), recovered.stderr
        declined = await program.run_beside(*signed_in, "key", "regenerate", "--yes", "--read-only", *store)
        assert declined.code == 2
        made = await program.run_beside(*signed_in, "key", "regenerate", "--yes", *store)
        assert (made.code, len(made.stdout)) == (0, 41), made.stderr
        program.secrets |= {key, made.stdout.strip()}
        assert (await program.run_beside(*signed_in, "key", "test", *store)).code == 0
    with_role.state()
    assert with_role.value("SELECT failures FROM users WHERE username = 'creator'") == 0
    program.check_files()


async def test_set_aside_and_put_back(program: Program, with_role: Served, key: str, store: Options) -> None:
    """What was set aside is offered no more, and stands in nobody's way; put back, it is finished as before."""
    async with relay(with_role.url, passed=-1) as between:
        await kill_halfway(program, between, with_role, *store, sealed=True)
        between.let_go.set()
        aside = await program.run_beside("key", "recover", "--set-aside", "--yes", "--json", *store)
        assert (aside.code, json.loads(aside.stdout)["rotations"][0]["setAside"]) == (0, True)
        assert (await program.run_beside("key", "recover", *store)).stderr == "No rotation is unfinished.\n"
        back = await program.run_beside("key", "recover", "--put-back", "--yes", *store)
        assert (back.code, len(back.stdout)) == (0, 41), back.stderr
        assert (await program.run_beside(*user(between.url), "key", "test", *store)).code == 0
    assert key not in back.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set-aside", "--put-back"], "both given"),
        (["--read-only"], "--read-only"),
    ],
)
def test_what_contradicts(program: Program, arguments: list[str], words: str) -> None:
    """Options that contradict are refused."""
    done = program.run("key", "recover", *arguments)
    assert (done.code, words in done.stderr) == (2, True)
