"""Where a new key is kept: in a store that exists, in one that is asked for, or in memory only."""

import stat
import sys
from pathlib import Path

from a360tui.storage import find_locations, find_slots
from tests.cli.conftest import Program, Served
from tests.cli.test_rotation import Options, place, taker


def test_without_a_store_the_person_finishes(program: Program, with_role: Served, tmp_path: Path) -> None:
    """In memory only, what was left is finished with the key itself, which nobody else has."""
    script = taker(tmp_path)
    command = (sys.executable, str(script), str(tmp_path / "taken"))
    assert program.run(*place(with_role), "reference", "add", "command", "--", *command).code == 0
    script.write_text("raise SystemExit(3)")
    done = program.run_as(with_role, "creator", "key", "generate", "--yes")
    assert done.code == 1
    assert "a360tui key recover --api-key-stdin" in done.stderr
    status = program.run_as(with_role, "creator", "key", "status").stdout
    assert "without a store to keep it in" in status
    taker(tmp_path)
    recovered = program.run_with_key(with_role, "creator", done.stdout.strip(), "key", "recover", "--yes")
    assert program.run("key", "recover").stderr == "No rotation is unfinished.\n", recovered.stderr
    again = program.run_as(with_role, "creator", "key", "regenerate", "--yes")
    assert (again.code, (tmp_path / "taken").read_text()) == (0, again.stdout.strip())


def test_without_a_store_nobody_has_the_key(program: Program, with_role: Served, tmp_path: Path) -> None:
    """Who did not take the key signs in with the password: the key is said to be lost, and another one can be made."""
    script = taker(tmp_path)
    command = (sys.executable, str(script), str(tmp_path / "taken"))
    assert program.run(*place(with_role), "reference", "add", "command", "--", *command).code == 0
    script.write_text("raise SystemExit(3)")
    assert program.run_as(with_role, "creator", "key", "generate", "--yes").code == 1
    taker(tmp_path)
    nobody = program.run("key", "recover", "--yes")
    assert (nobody.code, nobody.stdout) == (2, "")
    lost = program.run_as(with_role, "creator", "key", "recover", "--yes")
    assert (lost.code, lost.stdout) == (6, "")
    assert "only who took it when it was shown has it" in lost.stderr
    again = program.run_as(with_role, "creator", "key", "regenerate", "--yes")
    assert (again.code, (tmp_path / "taken").read_text()) == (0, again.stdout.strip())


def test_remember_makes_the_store(program: Program, with_role: Served, passphrase: Path) -> None:
    """``--remember`` keeps the first key where nothing was kept before; without it no store comes into being."""
    options = ("--passphrase-file", str(passphrase))
    first = program.run_as(with_role, "creator", "key", "generate", "--yes", *options)
    assert first.code == 0
    assert not list(program.config.rglob("*.age"))
    nobody = program.run_as(with_role, "creator", "key", "regenerate", "--yes", "--remember")
    assert (nobody.code, nobody.stdout) == (2, "")
    assert "--passphrase-file" in nobody.stderr
    done = program.run_as(with_role, "creator", "key", "regenerate", "--yes", "--remember", *options)
    assert done.code == 0, done.stderr
    program.secrets |= {first.stdout.strip(), done.stdout.strip()}
    assert program.run(*place(with_role), "key", "show", *options).stdout == done.stdout
    program.check_files()


def test_a_folder_that_is_not_safe(program: Program, with_role: Served) -> None:
    """A folder that others can read, or a link in its place, is refused and not passed by: no key is made."""
    before = with_role.state()
    program.config.mkdir()
    program.config.chmod(0o755)
    done = program.run_as(with_role, "creator", "key", "generate", "--yes")
    assert (done.code, done.stdout, "chmod 700" in done.stderr) == (2, "", True)
    program.config.rmdir()
    program.config.symlink_to("/proc/nothing")
    done = program.run_as(with_role, "creator", "key", "generate", "--yes")
    assert (done.code, done.stdout, "link" in done.stderr) == (2, "", True)
    assert with_role.state() == before


def test_where_there_is_no_home(program: Program, with_role: Served) -> None:
    """Without any folder for files a key is made in memory, as before there was a store."""
    nowhere = {"HOME": "", "A360TUI_CONFIG_DIR": ""}
    password = with_role.password("creator")
    done = program.run(*place(with_role), "--password-stdin", "key", "generate", "--yes", stdin=password, env=nowhere)
    assert done.code == 0, done.stderr
    assert len(done.stdout) == 41
    nobody = {"HOME": "/proc/nobody", "A360TUI_CONFIG_DIR": ""}
    done = program.run(*place(with_role), "--password-stdin", "key", "regenerate", "--yes", stdin=password, env=nobody)
    assert done.code == 0, done.stderr
    assert "Nothing is written down along the way" in done.stderr


def test_a_store_whose_passphrase_is_missing(program: Program, with_role: Served, store: Options) -> None:
    """A store is never passed by: without its passphrase no key is made."""
    before = with_role.state()
    done = program.run_as(with_role, "creator", "key", "generate", "--yes")
    assert (done.code, done.stdout) == (2, "")
    assert store[0] in done.stderr
    wrong = program.home / "wrong"
    wrong.write_text("not it")
    wrong.chmod(0o600)
    done = program.run_as(with_role, "creator", "key", "generate", "--yes", "--passphrase-file", str(wrong))
    assert (done.code, done.stdout) == (2, "")
    assert "does not open" in done.stderr
    assert with_role.state() == before


def test_standard_output_that_fails_keeps_the_key(program: Program, with_role: Served, store: Options) -> None:
    """With a store the key that stdout did not take is there, and the error says so."""
    with (
        Path("/dev/full").open("w") as full,
        program.started(*place(with_role), "--password-stdin", "key", "generate", "--yes", *store, stdout=full) as run,
    ):
        _, talk = run.communicate(with_role.password("creator"))
    assert run.returncode == 1
    assert "is kept: age file" in talk
    assert program.run(*place(with_role), "key", "test", *store).code == 0


def test_the_last_resort(program: Program, with_role: Served, passphrase: Path) -> None:
    """A key that stdout did not take, with nobody at a terminal, makes a store where a passphrase was given."""
    options = ("--passphrase-file", str(passphrase))
    with (
        Path("/dev/full").open("w") as full,
        program.started(
            *place(with_role), "--password-stdin", "key", "generate", "--yes", *options, stdout=full
        ) as run,
    ):
        _, talk = run.communicate(with_role.password("creator"))
    assert (run.returncode, "is kept: age file" in talk) == (1, True)
    assert program.run(*place(with_role), "key", "test", *options).code == 0


def test_nothing_of_it_is_left(program: Program, with_role: Served, store: Options) -> None:
    """When all is done neither journal nor slots have anything, and the folders are closed to others."""
    assert program.run_as(with_role, "creator", "key", "generate", "--yes", *store).code == 0
    assert not find_slots(find_locations().slot_folders)
    assert not list(program.config.rglob("journal/*"))
    modes = {stat.S_IMODE(path.stat().st_mode) for path in program.config.rglob("*")}
    assert modes <= {0o600, 0o700}
