"""Signals while the answer is on its way, and answers that never come or say something else."""

import asyncio
import fcntl
import inspect
import json
import os
import select
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from a360tui.cli.connection import run as run_in_loop
from tests.api.scripted_server import (
    Conversation,
    ScriptedServer,
    Step,
    after,
    answer,
    close,
    hang,
    page,
    refused,
    signed_in,
)
from tests.cli.conftest import PROGRAM, Program, end_of

GENERATE = "POST /v2/usermanagement/users/self/apikey"
OWN_USER = "GET /v2/usermanagement/users/9"
LOGOUT = "POST /v1/authentication/logout"
MADE = {"apiKey": "canary-of-the-new-key", "apiKeyCreatedOn": "2026-01-02T00:00:00.000Z"}
MAY_GENERATE = signed_in(permissions=[{"action": "generateapikey", "resourceType": "api"}])


def record(created: str | None = None) -> Any:
    """The user's own record, with the date of the key."""
    return answer({"username": "jdoe", "apiKeyCreatedOn": created})


def room(generate: Any, *records: Any) -> ScriptedServer:
    """A Control Room at which jdoe may generate a key, and has none at first."""
    return ScriptedServer(
        {
            "POST /v2/authentication": MAY_GENERATE,
            OWN_USER: [record(), record(), *records],
            GENERATE: generate,
            LOGOUT: answer(status=204),
        }
    )


class Running:
    """The program while it runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        assert process.stdout is not None
        assert process.stderr is not None
        self.stdout, self.stderr = process.stdout, process.stderr

    async def hear(self, words: str) -> None:
        """Wait until these words are said on stderr."""
        heard = b""
        while words.encode() not in heard:
            line = await self.stderr.readline()
            assert line, heard
            heard += line

    async def end(self) -> tuple[int | None, str, str]:
        stdout, stderr = await self.process.communicate()
        return self.process.returncode, stdout.decode(), stderr.decode()


@asynccontextmanager
async def running(program: Program, server: ScriptedServer, *command: str) -> AsyncIterator[Running]:
    program.secrets |= {"canary-of-the-password", "canary-of-the-new-key", "token-1"}
    process = await asyncio.create_subprocess_exec(
        *(*PROGRAM, "--control-room", server.address.url, "--username", "jdoe", "--password-stdin", *command),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=program.environment,
    )
    try:
        assert process.stdin is not None
        process.stdin.write(b"canary-of-the-password")
        process.stdin.close()
        yield Running(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def told(event: asyncio.Event, step: Step) -> Step:
    """A step that says when its request has come."""

    async def telling(talk: Conversation) -> bool:
        event.set()
        return await step(talk)

    return telling


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP])
async def test_one_signal_waits_for_the_key(program: Program, number: signal.Signals) -> None:
    """A signal while the key is being made says that the answer is waited for; then the key is printed."""
    arrived, released = asyncio.Event(), asyncio.Event()
    async with (
        room(told(arrived, after(released, answer(MADE)))) as server,
        running(program, server, "key", "generate", "--yes") as run,
    ):
        await arrived.wait()
        run.process.send_signal(number)
        await run.hear("waiting for the answer")
        released.set()
        code, stdout, stderr = await run.end()
        assert (code, stdout) == (0, "canary-of-the-new-key\n")
        assert server.count(GENERATE) == 1
    program.check_talk(stderr)


async def test_the_second_signal_leaves(program: Program) -> None:
    """A second one leaves without the answer: exit 6, what is not known, where to look; one POST."""
    arrived = asyncio.Event()
    async with room(told(arrived, hang)) as server, running(program, server, "key", "generate", "--yes") as run:
        await arrived.wait()
        run.process.send_signal(signal.SIGINT)
        await run.hear("waiting for the answer")
        run.process.send_signal(signal.SIGINT)
        code, stdout, stderr = await run.end()
        assert (code, stdout) == (6, "")
        assert "a360tui key recover" in stderr
        assert server.count(GENERATE) == 1
    program.check_talk(stderr)


@pytest.mark.parametrize("generate", [close, refused(502, "bad gateway"), page(200)])
async def test_a_lost_answer_after_which_there_is_a_new_key(program: Program, generate: Any) -> None:
    """The record shows a new date: the key was made and its text is lost; exit 6, the way out, no second POST."""
    async with (
        room(generate, record("2026-01-02T00:00:00.000Z")) as server,
        running(program, server, "key", "generate", "--yes") as run,
    ):
        code, _, stderr = await run.end()
        assert code == 6
        assert "A new key was made" in stderr
        assert "a360tui key regenerate" in stderr
        assert server.count(GENERATE) == 1
    program.check_talk(stderr)


async def test_a_lost_answer_after_which_nothing_is_new(program: Program) -> None:
    """The record shows no new date so far: exit 6, since the Control Room may still be at it."""
    async with room(close) as server, running(program, server, "key", "generate", "--yes") as run:
        code, stdout, stderr = await run.end()
        assert (code, stdout) == (6, "")
        assert "may still make one" in stderr
        assert server.count(GENERATE) == 1


@pytest.mark.parametrize("as_json", [[], ["--json"]])
async def test_a_key_in_another_place_of_the_answer_is_not_lost(program: Program, as_json: list[str]) -> None:
    """Where the answer has no key in the place that was assumed, it is printed as it came, with exit 6."""
    odd = answer({"data": {"key": "canary-of-the-new-key"}})
    async with (
        room(odd, record("2026-01-02T00:00:00.000Z")) as server,
        running(program, server, "key", "generate", "--yes", *as_json) as run,
    ):
        code, stdout, stderr = await run.end()
        assert code == 6
        assert "canary-of-the-new-key" in stdout
        assert "on standard output" in stderr
        assert server.count(GENERATE) == 1
    program.check_talk(stderr)


@pytest.mark.parametrize("as_json", [[], ["--json"]])
async def test_what_was_kept_of_such_an_answer_is_given_again(
    program: Program, store: tuple[str, str], as_json: list[str]
) -> None:
    """A later run prints the answer that the first has sealed, as text or in its document."""
    odd = answer({"data": {"key": "canary-of-the-new-key"}})
    async with room(odd, record("2026-01-02T00:00:00.000Z")) as server:
        for command in ("generate", "recover"):
            async with running(program, server, "key", command, "--yes", *as_json, *store) as run:
                code, stdout, _ = await run.end()
                assert code == 6
                assert "canary-of-the-new-key" in stdout
    if as_json:
        assert "canary-of-the-new-key" in json.loads(stdout)["rotations"][0]["answer"]


async def test_a_refusal_is_no_unknown_outcome(program: Program) -> None:
    """The Control Room said no: exit 1, nothing on stdout."""
    async with room(refused(403, "no")) as server, running(program, server, "key", "generate", "--yes") as run:
        code, stdout, stderr = await run.end()
        assert (code, stdout) == (1, "")
        assert "403" in stderr


@pytest.mark.parametrize("command", [["whoami"], ["role", "list"], ["token"]])
async def test_ctrl_c_ends_what_only_reads(program: Program, command: list[str]) -> None:
    """An interruption while an answer is waited for: exit 130, one line, no traceback."""
    arrived = asyncio.Event()
    async with (
        ScriptedServer({"POST /v2/authentication": told(arrived, hang)}) as server,
        running(program, server, *command) as run,
    ):
        await arrived.wait()
        run.process.send_signal(signal.SIGINT)
        code, stdout, stderr = await run.end()
        assert (code, stdout, stderr.strip()) == (130, "", "a360tui: interrupted")


@pytest.mark.parametrize("options", [["--password-stdin"], ["--passphrase-fd", "0"]])
def test_ctrl_c_while_a_secret_is_read(program: Program, options: list[str]) -> None:
    """A pipe that gives the beginning of a secret and stays open: one interruption ends the waiting, with 130."""
    reading, writing = os.pipe()
    beginning = b"x" * fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    where = ("--control-room", "https://cr.example", "--username", "a")
    with program.started(*where, *options, "whoami", stdin=reading) as process:
        os.write(writing, beginning)
        _, read, _ = select.select([], [writing], [], 30)
        assert read == [writing]
        while _state(process.pid) != "S":  # it goes on to wait for the rest
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=10)
    os.close(reading)
    os.close(writing)
    assert (process.returncode, stdout, stderr.strip()) == (130, "", "a360tui: interrupted")


def _state(pid: int) -> str:
    """``S`` where the process waits."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_an_interruption_before_the_work_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that was interrupted before its loop ran is closed, so that Python has nothing to say about it."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    async def nothing() -> None:
        pass

    monkeypatch.setattr("a360tui.private_memory.keep_memory_private", interrupt)
    work = nothing()
    with pytest.raises(KeyboardInterrupt):
        run_in_loop(work)
    assert inspect.getcoroutinestate(work) == inspect.CORO_CLOSED


@pytest.mark.parametrize(
    ("number", "ended"), [(signal.SIGINT, 130), (signal.SIGTERM, 128 + signal.SIGTERM), (signal.SIGHUP, 129)]
)
async def test_a_signal_while_a_role_is_made(program: Program, number: signal.Signals, ended: int) -> None:
    """Which step was on its way, and that its outcome is not known, is said before the exit; the session is closed."""
    arrived = asyncio.Event()
    create = "POST /v2/usermanagement/roles"
    empty = answer({"list": [], "page": {"offset": 0, "total": 0, "totalFilter": 0}})
    async with (
        ScriptedServer(
            {"POST /v2/usermanagement/roles/list": empty, create: told(arrived, hang), LOGOUT: answer(status=204)}
        ) as server,
        running(program, server, "role", "setup", "API key users", "--yes") as run,
    ):
        await arrived.wait()
        run.process.send_signal(number)
        code, stdout, stderr = await run.end()
        assert (code, stdout, server.count(create), server.count(LOGOUT)) == (ended, "", 1, 1)
        assert "interrupted: create the role API key users" in stderr
        assert "not known" in stderr


async def test_a_sign_out_that_hangs_does_not_keep_the_program(program: Program) -> None:
    """The outcome counts; a Control Room that does not answer the sign-out is left alone after a moment."""
    async with (
        ScriptedServer({"GET /v2/settings/version/details": answer({}), LOGOUT: hang}) as server,
        running(program, server, "whoami", "--json") as run,
    ):
        code, stdout, stderr = await run.end()
        assert (code, stderr) == (0, "")
        assert '"username": "jdoe"' in stdout


async def test_a_sign_out_that_fails_does_not_make_a_key_bad(program: Program) -> None:
    """``key test`` says that the key works, whatever becomes of the sign-out after it."""
    async with ScriptedServer({LOGOUT: close}) as server:
        place = ("--control-room", server.address.url, "--username", "jdoe", "--api-key-stdin")
        done = await asyncio.to_thread(program.run, *place, "key", "test", stdin="some-key")
    assert (done.code, done.stdout) == (0, "The key signs jdoe in; its token lasts 20 minutes.\n")


async def test_a_key_that_would_act_on_the_terminal(program: Program) -> None:
    """A file or a pipe gets the key as it came, a terminal gets it in visible escapes."""
    hostile = answer({"apiKey": "canary\x1b[2J\u202ekey"})
    async with room(hostile) as server, running(program, server, "key", "generate", "--yes") as run:
        code, stdout, _ = await run.end()
        assert (code, stdout) == (0, "canary\x1b[2J\u202ekey\n")
    async with room(hostile) as server:
        place = ("--control-room", server.address.url, "--username", "jdoe")
        with program.on_terminal(*place, "key", "generate", "--yes") as terminal:

            def answer_question() -> tuple[str, int | None]:
                terminal.expect("Password of jdoe: ")
                terminal.waitnoecho()
                terminal.sendline("canary-of-the-password")
                return end_of(terminal)

            shown, code = await asyncio.to_thread(answer_question)
    assert code == 0
    assert "canary\\x1b[2J\\u202ekey" in shown
    assert "\x1b[2J" not in shown
