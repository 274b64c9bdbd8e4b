"""A value in a file: what is looked at, what is refused, what a change keeps."""

import asyncio
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from a360tui.secret import Secret
from a360tui.workflow.references import (
    Condition,
    Dotenv,
    Fingerprints,
    Outcome,
    Preflight,
    Result,
    State,
    place_of,
)
from a360tui.workflow.references.foreign_file import opened
from a360tui.workflow.references.refusal import Changed
from a360tui.workflow.references.replacement import locked, replace

OLD = Secret("the-old-key")
NEW = Secret("the-new-key")

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


@pytest.fixture
def file(folder: Path) -> Path:
    """A dotenv file that holds the old key."""
    path = folder / ".env"
    path.write_text(f"KEY={OLD.reveal()}\n")
    return path


class Asking:
    """One place in a dotenv file, and the old key as the current one."""

    def __init__(self, path: Path, fingerprints: Fingerprints) -> None:
        self.place = place_of(Dotenv(str(path), "KEY"), fingerprints)
        self.old = fingerprints.of(OLD)

    def preflight(self) -> Preflight:
        return asyncio.run(self.place.preflight(self.old))

    def check(self) -> State:
        return asyncio.run(self.place.check(self.old))

    def replace(self, new: Secret = NEW) -> Outcome:
        return asyncio.run(self.place.replace(self.old, new))


@pytest.fixture
def asking(file: Path, fingerprints: Fingerprints) -> Asking:
    return Asking(file, fingerprints)


def test_a_place_that_holds_the_key_is_ready_and_takes_the_next(file: Path, asking: Asking) -> None:
    """Preflight, change and check agree, and nothing is left beside the file."""
    answer = asking.preflight()
    assert (True, "", asking.old) == (answer.ready, answer.sentence, answer.seen)
    assert Condition.HOLDS_CURRENT is asking.check().condition
    outcome = asking.replace()
    assert (outcome.result, outcome.read_back) == (Result.UPDATED, True)
    assert file.read_text() == "KEY=the-new-key\n"
    assert Condition.HOLDS_ANOTHER is asking.check().condition
    assert [file] == list(file.parent.iterdir())


def test_a_change_can_be_repeated(file: Path, asking: Asking) -> None:
    """A second change to the same key finds it there and says so: that is how an interrupted one is finished."""
    asking.replace()
    before = file.stat()
    outcome = asking.replace()
    assert Result.UPDATED is outcome.result
    assert "already" in outcome.sentence
    assert before == file.stat()


def test_another_value_is_a_conflict_and_is_left_alone(file: Path, asking: Asking) -> None:
    """A value that is neither the old key nor the new one is somebody else's."""
    file.write_text("KEY=somebody-elses\n")
    assert not asking.preflight().ready
    assert Result.CONFLICT is asking.replace().result
    assert file.read_text() == "KEY=somebody-elses\n"


def test_an_empty_value_is_called_empty(file: Path, asking: Asking) -> None:
    """A place with nothing in it is not ready to have the old key replaced, and is not said to hold another value."""
    file.write_text("KEY=\n")
    answer = asking.preflight()
    assert not answer.ready
    assert answer.sentence == asking.check().sentence == f"{file} has nothing in KEY yet."


def test_no_expectation_is_no_permission(file: Path, asking: Asking) -> None:
    """A change that expects an empty place leaves a value alone."""
    assert Result.CONFLICT is asyncio.run(asking.place.replace(None, NEW)).result
    assert OLD.reveal() in file.read_text()


def test_a_file_that_is_written_meanwhile_is_a_conflict(file: Path) -> None:
    """Somebody who writes between reading and renaming wins."""
    with opened(str(file)) as foreign, locked(foreign):
        before = foreign.read()
        file.write_text("KEY=the-old-key\nMORE=1\n")
        with pytest.raises(Changed):
            replace(foreign, before, b"KEY=the-new-key\n")
    assert file.read_text() == "KEY=the-old-key\nMORE=1\n"
    assert [file] == list(file.parent.iterdir())


def test_two_values_of_one_file_change_at_once(file: Path, fingerprints: Fingerprints) -> None:
    """Rotations of two users that write the same file wait for one another; no change is lost."""
    names = [f"KEY{number}" for number in range(8)]
    file.write_text("".join(f"{name}=the-old-key\n" for name in names))
    places = [place_of(Dotenv(str(file), name), fingerprints) for name in names]

    async def all_at_once() -> list[Outcome]:
        return await asyncio.gather(*(place.replace(fingerprints.of(OLD), NEW) for place in places))

    outcomes = asyncio.run(all_at_once())
    assert [outcome.result for outcome in outcomes] == [Result.UPDATED] * 8
    assert file.read_text() == "".join(f"{name}=the-new-key\n" for name in names)


def test_a_cancel_waits_until_the_file_is_whole(file: Path, asking: Asking) -> None:
    """Whoever cancels a change finds it made, once the cancel is through."""

    async def start_and_cancel() -> None:
        with opened(str(file)) as foreign, locked(foreign):
            task = asyncio.create_task(asking.place.replace(asking.old, NEW))
            for _ in range(10):
                await asyncio.sleep(0)
                task.cancel()
            assert not task.done()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(start_and_cancel())
    assert file.read_text() == "KEY=the-new-key\n"
    assert [file] == list(file.parent.iterdir())


@pytest.mark.parametrize("new", ["", "x" * 1025, "a\nb", "ümlaut", "a\x1bb"])
def test_what_is_no_key_is_not_written(new: str, file: Path, asking: Asking) -> None:
    """Only printable ASCII is a key."""
    assert Result.FAILED is asking.replace(new=Secret(new)).result
    assert OLD.reveal() in file.read_text()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o604])
def test_the_mode_is_kept(mode: int, file: Path, asking: Asking) -> None:
    """The new file has the old one's mode, also one that forbids writing."""
    file.chmod(mode)
    assert asking.preflight().ready
    assert Result.UPDATED is asking.replace().result
    assert mode == stat.S_IMODE(file.stat().st_mode)


@root_only
def test_the_owner_is_kept(file: Path, asking: Asking) -> None:
    """The new file belongs to the user and the group of the old one."""
    os.chown(file, 65534, 65533)
    file.chmod(0o640)
    assert Result.UPDATED is asking.replace().result
    status = file.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (65534, 65533, 0o640)


def test_attributes_are_kept(file: Path, asking: Asking) -> None:
    """Extended attributes, among which are access control lists, are those of the old file."""
    try:
        os.setxattr(file, "user.origin", b"deploy")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    assert Result.UPDATED is asking.replace().result
    assert os.getxattr(file, "user.origin") == b"deploy"


def test_a_link_stays_a_link(file: Path, fingerprints: Fingerprints) -> None:
    """A link is followed on purpose: what it leads to is shown and changed, the link stays."""
    (file.parent / "elsewhere").mkdir(mode=0o700)
    link = file.parent / "elsewhere" / "env"
    link.symlink_to(Path("..", ".env"))
    asking = Asking(link, fingerprints)
    assert str(file) == asking.preflight().target
    assert Result.UPDATED is asking.replace().result
    assert link.readlink() == Path("..", ".env")
    assert file.read_text() == "KEY=the-new-key\n"


def test_a_link_that_others_may_turn_is_refused(file: Path, fingerprints: Fingerprints) -> None:
    """A link in a folder that others may write could lead anywhere by the time of the change."""
    shared = file.parent / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    link = shared / "env"
    link.symlink_to(file)
    asking = Asking(link, fingerprints)
    assert "others may write" in asking.preflight().sentence
    assert Result.FAILED is asking.replace().result


def test_what_a_dead_process_left_is_removed(file: Path, asking: Asking) -> None:
    """A temporary file that held a key is gone after the next change; other files are not touched."""
    left = file.parent / ".a360tui-0123456789abcdef.tmp"
    other = file.parent / ".a360tui-notes.tmp"
    left.write_text("KEY=a-key-of-then\n")
    other.write_text("mine")
    asking.replace()
    assert not left.exists()
    assert other.exists()


def group_writable(file: Path) -> None:
    file.parent.chmod(0o770)


def linked_twice(file: Path) -> None:
    file.with_name("second").hardlink_to(file)


def in_a_circle(file: Path) -> None:
    file.unlink()
    file.symlink_to(file)


def leading_nowhere(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.with_name("nowhere"))


def gone(file: Path) -> None:
    file.unlink()


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def too_large(file: Path) -> None:
    file.write_text(f"KEY=the-old-key\n#{'x' * (1 << 20)}\n")


def not_text(file: Path) -> None:
    file.write_bytes(b"KEY=the-old-key\nX=\xff\n")


def with_nul(file: Path) -> None:
    file.write_bytes(b"KEY=the-old-key\nX=\0\n")


UNFIT = [
    (group_writable, Condition.UNREADABLE, "others may write"),
    (linked_twice, Condition.UNREADABLE, "2 names"),
    (in_a_circle, Condition.UNREADABLE, "circle"),
    (leading_nowhere, Condition.MISSING, "not there"),
    (gone, Condition.MISSING, "not there"),
    (a_folder, Condition.UNREADABLE, "a folder"),
    (a_pipe, Condition.UNREADABLE, "not a regular file"),
    (too_large, Condition.UNREADABLE, "larger than 128 KiB"),
    (not_text, Condition.UNREADABLE, "not UTF-8 (byte 19)"),
    (with_nul, Condition.UNREADABLE, "NUL"),
]


@pytest.mark.parametrize(("spoil", "condition", "sentence"), UNFIT, ids=[spoil.__name__ for spoil, _, _ in UNFIT])
def test_an_unfit_file_is_refused_by_all(
    spoil: Callable[[Path], None], condition: Condition, sentence: str, file: Path, asking: Asking
) -> None:
    """Preflight, check and change say the same of what is not a plain file of ours in a folder of ours."""
    spoil(file)
    answer, state, outcome = asking.preflight(), asking.check(), asking.replace()
    assert (False, condition, Result.FAILED) == (answer.ready, state.condition, outcome.result)
    for said in (answer.sentence, state.sentence, outcome.sentence):
        assert sentence in said
        assert OLD.reveal() not in said
