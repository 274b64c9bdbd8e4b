"""A command that takes the key: what it is given, what it may do wrong, and what is told of it."""

import asyncio
import base64
import errno
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from a360tui.secret import Secret
from a360tui.workflow.references import Command, Condition, Fingerprints, Outcome, Place, Result, place_of

OLD = Secret("0ld'K3y\"with/all+its=traps&<>\\$(x)`y`")
NEW = Secret("n3w'K3y\"with/all+its=traps&<>\\$(x)`y`%")

Script = Callable[[str], tuple[str, ...]]


@pytest.fixture
def script(folder: Path) -> Script:
    """Makes a Python program of a text, and gives the arguments that start it."""

    def made(text: str) -> tuple[str, ...]:
        path = folder / "program"
        path.write_text(f"#!{sys.executable}\nimport os, subprocess, sys, time\n{text}\n")
        path.chmod(0o700)
        return (str(path),)

    return made


class Asking:
    """One command, asked from tests that are not coroutines."""

    def __init__(self, reference: Command, fingerprints: Fingerprints) -> None:
        self.place: Place = place_of(reference, fingerprints, hide=(OLD,))

    def replace(self) -> Outcome:
        return asyncio.run(self.place.replace(None, NEW))


@pytest.mark.parametrize("newline", [False, True])
def test_the_key_comes_on_standard_input(
    newline: bool, script: Script, folder: Path, fingerprints: Fingerprints
) -> None:
    """A command reads the key, with a line end only where that is asked for, then the end."""
    told = folder / "told"
    arguments = script(f"open({str(told)!r}, 'wb').write(sys.stdin.buffer.read())")
    outcome = Asking(Command(arguments, newline=newline), fingerprints).replace()
    assert (outcome.result, outcome.exit_code, outcome.read_back) == (Result.UPDATED, 0, False)
    assert told.read_bytes() == NEW.reveal().encode() + b"\n" * newline


def test_no_key_is_in_arguments_or_environment(
    script: Script, folder: Path, fingerprints: Fingerprints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What every process can read holds no key, and none of our own variables; the rest is inherited."""
    monkeypatch.setenv("A360_API_KEY", "anything")
    monkeypatch.setenv("a360tui_passphrase", "anything")
    monkeypatch.setenv("SOME_TOKEN", f"prefix {OLD.reveal()}")
    monkeypatch.setenv("KEPT", "yes")
    told = folder / "told"
    arguments = script(
        "seen = [open(f'/proc/self/{name}', 'rb').read() for name in ('cmdline', 'environ')]\n"
        f"open({str(told)!r}, 'wb').writelines(seen)"
    )
    assert Result.UPDATED is Asking(Command(arguments), fingerprints).replace().result
    told_bytes = told.read_bytes()
    assert b"KEPT=yes" in told_bytes
    for name in (b"A360", b"a360tui_p", b"SOME_TOKEN", OLD.reveal().encode(), NEW.reveal().encode()):
        assert name not in told_bytes


def test_a_command_that_has_the_key_as_an_argument_is_not_run(
    script: Script, folder: Path, fingerprints: Fingerprints
) -> None:
    """A reference that was set up with a key in its arguments is refused, with a sentence that does not repeat it."""
    told = folder / "told"
    arguments = (*script(f"open({str(told)!r}, 'w')"), f"--key={OLD.reveal()}")
    outcome = Asking(Command(arguments), fingerprints).replace()
    assert Result.FAILED is outcome.result
    assert not told.exists()
    assert OLD.reveal() not in outcome.sentence


def test_there_is_no_shell(script: Script, folder: Path, fingerprints: Fingerprints) -> None:
    """Arguments arrive as they are, whatever a shell would make of them."""
    told = folder / "told"
    arguments = (*script(f"open({str(told)!r}, 'w').write('|'.join(sys.argv[1:]))"), "$HOME", "a b", "; touch x", "*")
    assert Result.UPDATED is Asking(Command(arguments), fingerprints).replace().result
    assert told.read_text() == "$HOME|a b|; touch x|*"


def test_a_command_runs_in_its_folder_or_at_home(
    script: Script, folder: Path, fingerprints: Fingerprints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one happens to be makes no difference: a repository's name, say, is found from the folder."""
    monkeypatch.setenv("HOME", str(folder))
    arguments = script("print(os.getcwd())")
    assert str(folder) == Asking(Command(arguments), fingerprints).replace().output
    assert Asking(Command(arguments, folder="/"), fingerprints).replace().output == "/"


MISBEHAVING = {
    "never reads": ("print('done')", Result.UPDATED, 0),
    "closes its input": ("os.close(0); print('done')", Result.UPDATED, 0),
    "ends with 3": ("sys.stdin.read(); print('no login'); sys.exit(3)", Result.FAILED, 3),
    "kills itself": ("os.kill(os.getpid(), 9)", Result.FAILED, -9),
    "needs a terminal": ("open('/dev/tty')", Result.FAILED, 1),
    "asks whether it has a terminal": ("sys.exit(os.isatty(0) or os.isatty(1) or os.isatty(2))", Result.UPDATED, 0),
    "writes a lot": ("sys.stdout.write('x' * 10_000_000)", Result.UPDATED, 0),
    "writes bytes": ("sys.stdout.buffer.write(bytes(range(256)))", Result.UPDATED, 0),
}


@pytest.mark.parametrize("what", MISBEHAVING)
def test_whatever_a_command_does_has_a_defined_outcome(what: str, script: Script, fingerprints: Fingerprints) -> None:
    """Ignoring its input is no failure; an exit code other than 0, a signal and a missing terminal are."""
    text, result, exit_code = MISBEHAVING[what]
    outcome = Asking(Command(script(text)), fingerprints).replace()
    assert (result, exit_code) == (outcome.result, outcome.exit_code)
    assert len(outcome.output) <= 2000
    assert all(character.isprintable() or character == "\n" for character in outcome.output)


def test_a_command_that_hangs_is_ended_with_its_children(
    script: Script, folder: Path, fingerprints: Fingerprints
) -> None:
    """At the time limit the whole process group is killed, also what ignores gentler signals."""
    pids = folder / "pids"
    arguments = script(
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); child = os.fork()\n"
        f"open({str(pids)!r}, 'a').write(f'{{os.getpid()}}\\n')\n"
        "time.sleep(1000)"
    )
    outcome = Asking(Command(arguments, seconds=2), fingerprints).replace()
    assert (outcome.result, outcome.exit_code) == (Result.FAILED, None)
    assert "longer than 2 s" in outcome.sentence
    started = [int(pid) for pid in pids.read_text().split()]
    assert len(started) == 2
    for pid in started:
        wait_until_gone(pid)


def test_a_background_process_is_not_waited_for(script: Script, folder: Path, fingerprints: Fingerprints) -> None:
    """A daemon that keeps the output open, and writes on, holds nobody up; it is left running."""
    pid = folder / "pid"
    arguments = script(
        "print('started', flush=True)\n"
        "if os.fork() == 0:\n"
        f"    open({str(pid)!r}, 'w').write(str(os.getpid()))\n"
        "    time.sleep(1000)\n"
        f"while not os.path.exists({str(pid)!r}) or not open({str(pid)!r}).read(): pass"
    )
    outcome = Asking(Command(arguments), fingerprints).replace()
    assert (outcome.result, outcome.output) == (Result.UPDATED, "started")
    os.kill(int(pid.read_text()), 9)


def test_a_cancel_ends_the_command(script: Script, folder: Path, fingerprints: Fingerprints) -> None:
    """Whoever cancels leaves no command behind."""
    pipe = folder / "pid"
    os.mkfifo(pipe)
    arguments = script(f"open({str(pipe)!r}, 'w').write(str(os.getpid()))\ntime.sleep(1000)")
    place = Asking(Command(arguments), fingerprints).place

    async def cancel_once_it_runs() -> int:
        task = asyncio.create_task(place.replace(None, NEW))
        pid = int(await asyncio.to_thread(pipe.read_text))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return pid

    wait_until_gone(asyncio.run(cancel_once_it_runs()))


def test_no_form_of_a_key_is_in_what_is_told(script: Script, fingerprints: Fingerprints) -> None:
    """A command that prints both keys in every encoding it knows gives none of them away."""
    arguments = script(
        "import base64, html, json, shlex, urllib.parse\n"
        f"for key in (sys.stdin.read(), {OLD.reveal()!r}):\n"
        "    print('plain', key, 'error', file=sys.stderr)\n"
        "    print('json', json.dumps({'key': key}))\n"
        "    print('repr', repr(key))\n"
        "    print('base64', base64.b64encode(key.encode()).decode())\n"
        "    for user in 'a', 'ab', 'abc':\n"
        "        print('basic', base64.b64encode(f'{user}:{key}:x'.encode()).decode())\n"
        "        print('basic', base64.urlsafe_b64encode(f'{user}:{key}:x'.encode()).decode())\n"
        "    print('url', urllib.parse.quote(key), urllib.parse.quote_plus(key), urllib.parse.quote(key, safe=''))\n"
        "    print('url', urllib.parse.quote(key, safe='').lower())\n"
        "    print('html', html.escape(key), 'hex', key.encode().hex().upper(), 'back', key[::-1])\n"
        "    print('shell', shlex.quote(key))\n"
        "sys.exit(1)"
    )
    outcome = Asking(Command(arguments), fingerprints).replace()
    assert "plain ••• error" in outcome.output
    for key in (OLD.reveal(), NEW.reveal()):
        forms = forms_of(key)
        assert len(forms) > 5
        for form in forms:
            assert form.lower() not in f"{outcome.output} {outcome.sentence}".lower()


def forms_of(key: str) -> set[str]:
    """Pieces of a key that would give it away, found apart from the product's own list."""
    middle = key[6:22]
    whole = [base64.b64encode(b"x" * pad + key.encode()).decode()[8:40] for pad in range(3)]
    return {middle, middle[::-1], json.dumps(middle)[1:-1], quote(middle), key[6:22].encode().hex(), *whole}


def test_a_key_cut_in_two_by_the_limit_is_not_told(script: Script, fingerprints: Fingerprints) -> None:
    """Output is capped at 64 KiB: the part of a key that the cap leaves at the end does not show either."""
    key = Secret("<>&'\"%/+" * 5)
    arguments = script("import urllib.parse; print(urllib.parse.quote(sys.stdin.read(), safe='') * 10_000)")
    outcome = asyncio.run(place_of(Command(arguments), fingerprints).replace(None, key))
    assert 65536 % len(quote(key.reveal(), safe="")) != 0
    assert set(outcome.output) == {"•"}


def test_a_missing_command_is_said_before(folder: Path, fingerprints: Fingerprints) -> None:
    """A program that is not on the PATH, or not in its folder, is missing to all three."""
    for arguments in (("no-such-program-anywhere",), ("./no-such",), (str(folder / "no-such"),)):
        place = place_of(Command(arguments, folder=str(folder)), fingerprints)
        assert not asyncio.run(place.preflight(None)).ready
        assert Condition.MISSING is asyncio.run(place.check(None)).condition
        outcome = asyncio.run(place.replace(None, NEW))
        assert Result.FAILED is outcome.result
        assert "is not there" in outcome.sentence


def test_a_file_that_is_no_program_is_said_before(folder: Path, fingerprints: Fingerprints) -> None:
    """Without the right to execute it, and without its folder, there is nothing to run."""
    (folder / "text").write_text("no program")
    place = place_of(Command((str(folder / "text"),)), fingerprints)
    assert "not executable" in asyncio.run(place.preflight(None)).sentence
    place = place_of(Command(("true",), folder=str(folder / "gone")), fingerprints)
    assert "no folder" in asyncio.run(place.preflight(None)).sentence
    assert Result.FAILED is asyncio.run(place.replace(None, NEW)).result
    (folder / "text").chmod(0o700)
    place = place_of(Command((str(folder / "text"),)), fingerprints)
    assert "cannot be started" in asyncio.run(place.replace(None, NEW)).sentence


def test_a_check_decides_whether_it_is_ready(script: Script, folder: Path, fingerprints: Fingerprints) -> None:
    """The check command runs without a key, in preflight and check; what it says is told, without keys."""
    check = script(
        "assert sys.stdin.read() == ''\n"
        f"print({OLD.reveal()!r}, 'expired')\n"
        f"sys.exit(0 if os.path.exists({str(folder / 'login')!r}) else 4)"
    )
    place = Asking(Command(("true",), check=check), fingerprints).place
    answer = asyncio.run(place.preflight(None))
    assert (answer.ready, answer.target) == (False, "true")
    assert "ended with 4" in answer.sentence
    assert "••• expired" in answer.sentence
    assert Condition.UNREADABLE is asyncio.run(place.check(None)).condition
    (folder / "login").touch()
    assert asyncio.run(place.preflight(None)).ready
    assert Condition.CANNOT_BE_READ_BACK is asyncio.run(place.check(None)).condition


def wait_until_gone(pid: int) -> None:
    """Wait until a process has ended; a zombie that nobody collects has."""
    while True:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return
        if state == "Z":
            return


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.ENOMEM, errno.EMFILE])
def test_a_process_that_the_system_refuses(
    number: int, script: Script, fingerprints: Fingerprints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that cannot be started for want of a process or of memory was not run, and is left to be done."""

    async def refused(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(asyncio, "create_subprocess_exec", refused)
    outcome = Asking(Command(script("")), fingerprints).replace()
    assert outcome.result is Result.FAILED
    assert f"cannot be started: {os.strerror(number).lower()}." in outcome.sentence
