"""How the passphrase of the stored secrets gets in: from a file or a descriptor, or typed; never otherwise."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Program, Served
from tests.storage.conftest import PASSPHRASE

WHERE = ("--control-room", "http://127.0.0.1:9", "--username", "admin", "whoami")


def readable_by_all(path: Path) -> None:
    path.chmod(0o604)


def writable_by_the_group(path: Path) -> None:
    path.chmod(0o620)


def somebody_else_s(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(path, 65534, -1)


def gone(path: Path) -> None:
    path.unlink()


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir(0o755)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (readable_by_all, "open to others (mode 0604)"),
        (writable_by_the_group, "open to others (mode 0620)"),
        (somebody_else_s, "belongs to user 65534"),
        (gone, "No such file"),
        (a_folder, "is a folder"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(b"two\nlines\n"), "control character"),
        (lambda path: path.write_bytes(b"\xff"), "not UTF-8"),
        (lambda path: path.write_bytes(b"x" * 20_000), "more than 10000 bytes"),
    ],
)
def test_a_file_that_is_refused(
    program: Program, passphrase: Path, spoil: Callable[[Path], object], words: str
) -> None:
    """A file that others can read, or that holds no passphrase, is refused before anything is sent or asked."""
    spoil(passphrase)
    done = program.run(*WHERE, "--passphrase-file", str(passphrase))
    assert (done.code, done.stdout) == (2, "")
    assert words in done.stderr


def test_a_file_as_a_container_has_it(program: Program, served: Served, store: tuple[str, str]) -> None:
    """A link to a file that the group may read, as a mounted secret is one, is taken."""
    link = program.home / "mounted"
    link.symlink_to(store[1])
    Path(store[1]).chmod(0o440)
    assert program.run_as(served, "creator", "login", "--passphrase-file", str(link)).code == 0


def test_a_descriptor(program: Program, served: Served, store: tuple[str, str]) -> None:
    """``--passphrase-fd`` reads a pipe that the shell opened; standard input too, where that is free."""
    assert program.run_as(served, "creator", "login", *store).code == 0
    where = ("--control-room", served.url, "--username", "creator", "whoami", "--passphrase-fd")
    reading, writing = os.pipe()
    os.write(writing, PASSPHRASE.encode())
    os.close(writing)
    with program.started(*where, str(reading), pass_fds=[reading]) as process:
        shown, talk = process.communicate()
    os.close(reading)
    assert (process.returncode, talk) == (0, "")
    assert "Tomás Reyes" in shown
    assert program.run(*where, "0", stdin=PASSPHRASE + "\n").code == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--passphrase-fd", "77"], "File descriptor 77 cannot be read: Bad file descriptor"),
        (
            ["--passphrase-fd", "2147483648"],
            "File descriptor 2147483648 cannot be read: No descriptor has such a number",
        ),
        (["--passphrase-fd", "-1"], "--passphrase-fd"),
        (["--passphrase-fd", "0", "--password-stdin"], "holds another secret already"),
        (["--passphrase-fd", "3", "--passphrase-file", "x"], "both given"),
        (["--passphrase", PASSPHRASE], "No such option"),
    ],
)
def test_what_is_refused(program: Program, options: list[str], words: str) -> None:
    """A descriptor that is none, or has something else; two sources; a passphrase among the arguments."""
    program.secrets.add(PASSPHRASE)
    done = program.run(*WHERE, *options)
    assert (done.code, done.stdout) == (2, "")
    assert words in done.stderr


def test_a_terminal_that_echoes(program: Program) -> None:
    """A descriptor that is a terminal would show what is typed."""
    with program.on_terminal(*WHERE, "--passphrase-fd", "0") as terminal:
        terminal.expect("would show the passphrase")


def test_it_is_not_taken_from_the_environment(program: Program, served: Served, store: tuple[str, str]) -> None:
    """No variable stands in for it, and nobody is asked where there is no terminal: the two options are named."""
    assert program.run_as(served, "creator", "login", *store).code == 0
    where = ("--control-room", served.url, "--username", "creator", "whoami")
    names = ("PASSPHRASE", "PASSPHRASE_FILE", "PASSPHRASE_FD")
    done = program.run(*where, env={f"A360TUI_{name}": store[1] for name in names})
    assert (done.code, done.stdout) == (2, "")
    assert "--passphrase-file FILE or --passphrase-fd N" in done.stderr


def test_it_is_in_no_process_for_others_to_see(program: Program, served: Served, store: tuple[str, str]) -> None:
    """While the store is opened neither arguments nor environment of any process of ours hold the passphrase."""
    assert program.run_as(served, "creator", "login", *store).code == 0
    where = ("--control-room", served.url, "--username", "creator", "whoami")
    seen = set()
    with program.started(*where, *store) as process:
        while process.poll() is None:
            for pid in [process.pid, *_children(process.pid)]:
                for name in ("cmdline", "environ"):
                    try:
                        seen.add(Path(f"/proc/{pid}/{name}").read_bytes())
                    except OSError:
                        continue
        process.communicate()
    assert any(b"scrypt_child" in each for each in seen)
    assert not [each for each in seen for secret in program.secrets if secret.encode() in each]


def _children(pid: int) -> list[int]:
    try:
        return [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return []
