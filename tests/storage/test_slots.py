"""The answer that holds a new key: durable as it arrives, in two places, and got back from what is left of them."""

import os
import re
import resource
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a360tui.storage import Identity, Location, Locations, Slots, discard_slots, find_slots
from a360tui.storage.errors import DiskFailed, FileRefused, FolderRefused, NotOurs
from a360tui.storage.slots import HEAD, SIZE
from tests.canaries import leaks
from tests.storage.conftest import JDOE, everything_below

CANARY = "n3w-k3y-in-the-answer"
ANSWER = b'{"apiKey":"' + CANARY.encode() + b'"}'

IDENTITY = Identity.generate()


@pytest.fixture
def slots(locations: Locations) -> Iterator[Slots]:
    """Two open slots of the rotation ``r1``."""
    opened = Slots.open(locations.slots, "r1", JDOE, IDENTITY.recipient)
    yield opened
    opened.close()


def test_room_is_made_before_a_key_is(slots: Slots, locations: Locations) -> None:
    """Opening them gives two files of full size and mode 0600, in two folders, that say whose they are."""
    assert len({path.parent for path in slots.paths}) == 2
    for path in slots.paths:
        found = path.stat()
        assert (stat.S_IMODE(found.st_mode), found.st_size, found.st_blocks * 512 >= SIZE) == (0o600, SIZE, True)
    for slot in find_slots(locations.slots):
        assert slot.head
        assert (slot.rotation, slot.head.rotation, slot.head.binding) == ("r1", "r1", JDOE)
        assert slot.head.recipient == IDENTITY.recipient.text
        assert (slot.frames, slot.cut) == ((), False)


def test_each_piece_is_there_as_soon_as_it_came(slots: Slots, locations: Locations) -> None:
    """After every piece both files hold all of them; nobody has to close anything first."""
    for end in range(5, len(ANSWER) + 5, 5):
        slots.append(ANSWER[end - 5 : end])
        assert slots.durable
        answers = [slot.open(IDENTITY).reveal() for slot in find_slots(locations.slots)]
        assert answers == [ANSWER[:end]] * 2


def test_nothing_is_in_clear(slots: Slots, locations: Locations) -> None:
    """Neither the files nor what is printed of an answer shows the key."""
    slots.append(ANSWER)
    assert not leaks(CANARY, everything_below(locations.config.path).values())
    (slot, _) = find_slots(locations.slots)
    assert not leaks(CANARY, [repr(slot).encode(), repr(slot.open(IDENTITY)).encode()])


def test_a_long_answer_makes_a_slot_grow(slots: Slots, locations: Locations) -> None:
    """More than there is room for is kept all the same."""
    pieces = [os.urandom(30_000) for _ in range(5)]
    for piece in pieces:
        slots.append(piece)
    assert slots.durable
    for slot in find_slots(locations.slots):
        answer = slot.open(IDENTITY)
        assert (answer.reveal(), answer.cut) == (b"".join(pieces), False)


@settings(max_examples=60, deadline=None)
@given(pieces=st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=8), where=st.integers(0, SIZE))
def test_whatever_is_left_of_a_file_gives_its_whole_pieces(pieces: list[bytes], where: int) -> None:
    """A file cut at any byte gives every piece that is whole in it, from the first on, and says that it was cut."""
    with TemporaryDirectory() as name:
        place = Location(Path(name), ("slots",))
        slots = Slots.open([place], "r1", JDOE, IDENTITY.recipient)
        for piece in pieces:
            slots.append(piece)
        slots.close()
        (path,) = slots.paths
        end_of = ends(path.read_bytes(), len(pieces))
        cut = where % (end_of[-1] + 10)
        os.truncate(path, cut)
        (slot,) = find_slots([place])
        got = slot.open(IDENTITY)
        whole = [b"".join(pieces[:count]) for count in range(len(pieces) + 1)]
        assert got.cut
        assert got.reveal() == [each for each, end in zip(whole, end_of, strict=True) if end <= max(cut, HEAD)][-1]


def ends(raw: bytes, count: int) -> list[int]:
    """Where in a file each number of pieces ends; the length of an age message varies."""
    found = [HEAD]
    for _ in range(count):
        found.append(found[-1] + 8 + int.from_bytes(raw[found[-1] : found[-1] + 4]))
    return found


@settings(max_examples=60, deadline=None)
@given(where=st.integers(HEAD, HEAD + 600), bit=st.integers(0, 7))
def test_a_changed_bit_invents_nothing(where: int, bit: int) -> None:
    """After a bit flip the pieces before it come out, nothing else does, and it shows."""
    with TemporaryDirectory() as name:
        place = Location(Path(name), ("slots",))
        slots = Slots.open([place], "r1", JDOE, IDENTITY.recipient)
        slots.append(b"first ")
        slots.append(b"second")
        slots.close()
        (path,) = slots.paths
        raw = bytearray(path.read_bytes())
        raw[where] ^= 1 << bit
        path.write_bytes(raw)
        (slot,) = find_slots([place])
        answer = slot.open(IDENTITY)
        assert answer.cut
        assert answer.reveal() in {b"", b"first ", b"first second"}


def test_a_damaged_head_does_not_keep_an_answer_back(slots: Slots, locations: Locations) -> None:
    """Whose it is may be unreadable; the answer still opens."""
    slots.append(ANSWER)
    with slots.paths[0].open("r+b") as file:
        file.write(b"\0" * HEAD)
    slot = find_slots(locations.slots)[0]
    assert slot.head is None
    assert slot.open(IDENTITY).reveal() == ANSWER


def test_one_folder_that_is_refused_does_not_hide_the_other(slots: Slots, locations: Locations) -> None:
    """What can be read is found; where nothing of an answer is found, what could not be looked into is an error."""
    slots.append(ANSWER)
    loose = Location(locations.data.base, ("loose",))
    loose.path.mkdir()
    loose.path.chmod(0o755)
    slots.paths[0].chmod(0o644)
    (slot,) = find_slots([loose, *locations.slots])
    assert slot.open(IDENTITY).reveal() == ANSWER
    os.truncate(slots.paths[1], HEAD + 50)
    with pytest.raises(FolderRefused):
        find_slots([loose, *locations.slots])
    with pytest.raises(FileRefused):
        find_slots(locations.slots)


def test_another_identity_opens_nothing(slots: Slots, locations: Locations) -> None:
    """What is sealed for somebody else is an error, not an empty answer."""
    slots.append(ANSWER)
    with pytest.raises(NotOurs):
        find_slots(locations.slots)[0].open(Identity.generate())


def test_one_disk_that_fails_is_not_the_end(slots: Slots, locations: Locations) -> None:
    """While one slot takes everything, what the other one missed is counted and made up for as soon as it can."""
    broken = slots._slots[0]
    real = broken.fd
    slots.append(ANSWER[:5])
    broken.fd = os.open("/dev/full", os.O_WRONLY)
    try:
        slots.append(ANSWER[5:9])
        assert slots.durable
        (failure,) = slots.failures
        assert isinstance(failure, DiskFailed)
        assert str(slots.paths[0]) in failure.message
    finally:
        os.close(broken.fd)
        broken.fd = real
    answers = [slot.open(IDENTITY).reveal() for slot in find_slots(locations.slots)]
    assert answers == [ANSWER[:5], ANSWER[:9]]
    slots.append(ANSWER[9:])
    assert [slot.open(IDENTITY).reveal() for slot in find_slots(locations.slots)] == [ANSWER] * 2


def test_both_disks_failing_is_said_and_not_raised(slots: Slots) -> None:
    """The rest of the answer has to be read whatever happens, so `append` does not raise; `durable` tells."""
    real = [slot.fd for slot in slots._slots]
    for slot in slots._slots:
        slot.fd = os.open("/dev/full", os.O_WRONLY)
    slots.append(ANSWER)
    assert not slots.durable
    assert len(slots.failures) == 2
    for slot, fd in zip(slots._slots, real, strict=True):
        os.close(slot.fd)
        slot.fd = fd
    slots.append(b"")
    assert slots.durable


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_room_that_cannot_be_made_is_an_error_before_the_key(locations: Locations) -> None:
    """Where one slot cannot be had, none is left behind."""
    first, second = locations.slots
    with largest_file(SIZE // 2), pytest.raises(DiskFailed, match="Making room"):
        Slots.open([first, second], "r1", JDOE, IDENTITY.recipient)
    assert find_slots([first, second]) == []
    second.path.mkdir(parents=True)
    second.path.chmod(0o755)
    with pytest.raises(FolderRefused):
        Slots.open([first, second], "r1", JDOE, IDENTITY.recipient)
    assert find_slots([first]) == []


def test_the_same_rotation_has_its_slots_once(slots: Slots, locations: Locations) -> None:
    """Slots that stand there may hold a key: they are never opened anew."""
    slots.append(ANSWER)
    with pytest.raises(DiskFailed):
        Slots.open(locations.slots, "r1", JDOE, IDENTITY.recipient)
    assert [slot.open(IDENTITY).reveal() for slot in find_slots(locations.slots)] == [ANSWER] * 2


def test_slots_of_a_rotation_that_is_over(slots: Slots, locations: Locations) -> None:
    """They are deleted, and those of others stay."""
    other = Slots.open(locations.slots, "r2", JDOE, IDENTITY.recipient)
    other.close()
    assert len(find_slots(locations.slot_folders)) == 4
    assert len(find_slots(locations.slot_folders, "r1")) == 2
    discard_slots(locations.slot_folders, "r1")
    assert {slot.rotation for slot in find_slots(locations.slot_folders)} == {"r2"}
    assert slots.paths[0].exists() is False


def test_between_receiving_and_durable_there_are_only_writes(tmp_path: Path) -> None:
    """The system calls of `append`: pwrite and fsync for each slot, and not one file is opened for it."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed (apt: strace)")
    log = tmp_path / "strace.log"
    program = """
import os, sys
from pathlib import Path
from a360tui.storage import Binding, Identity, Location, Slots
places = [Location(Path(sys.argv[1]), (name,)) for name in ("one", "two")]
slots = Slots.open(places, "r1", Binding("https", "h", 443, "u"), Identity.generate().recipient)
os.stat("/begin")
"""
    program = program.replace(
        'os.stat("/begin")', 'os.path.exists("/begin"); slots.append(b"key"); os.path.exists("/end")'
    )
    calls = "trace=%file,pwrite64,write,fsync,fdatasync,openat"
    subprocess.run(
        [strace, "-f", "-qq", "-y", "-o", log, "-e", calls, sys.executable, "-c", program, tmp_path],
        check=True,
        timeout=60,
    )
    text = log.read_text()
    inside = text[text.index('"/begin"') : text.index('"/end"')].splitlines()[1:-1]
    assert [re.sub(r"^\d+ +(\w+)\(.*/(one|two)/.*", r"\1 \2", line) for line in inside] == [
        "pwrite64 one",
        "fsync one",
        "pwrite64 two",
        "fsync two",
    ]
