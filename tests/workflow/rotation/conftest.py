"""A user with a store at a Control Room: the embedded one, and one that misbehaves as it is told."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from a360tui.api import Address, ApiKey, ControlRoom, Limits, Password, RoleDraft, parse_address
from a360tui.api.models import GENERATE_API_KEY
from a360tui.demo import Running
from a360tui.secret import Secret
from a360tui.storage import Binding, Locations, SecretKind, Store, find_locations, open_store
from a360tui.workflow.destination import Destination
from a360tui.workflow.key import key_status
from a360tui.workflow.references import Reference, file_reference
from a360tui.workflow.rotation import (
    Mark,
    Pace,
    RotationPlan,
    RotationResult,
    Safekeeping,
    Unfinished,
    prepare,
    recover,
)
from a360tui.workflow.rotation import unfinished as find_unfinished
from tests.faults.control_room import FaultyControlRoom
from tests.faults.room import PASSWORD, USERNAME
from tests.storage.fake_keyring import WorkingKeyring, asked, in_use

QUICK = Pace(back_off=(0.01,), looks=(0.0, 0.02), new_date=(0.01, 0.01), between_looks=0.01)
LIMITS = Limits(connect=5.0, exchange=5.0, generate=5.0, retry_wait=0.0)


class QuickDestination(Destination):
    """The same, with other limits."""

    def open(self) -> ControlRoom:
        return ControlRoom(self.address, limits=LIMITS)


@dataclass
class Desk:
    """Somebody who is signed in, and where they keep things."""

    room: ControlRoom
    destination: Destination
    keeping: Safekeeping
    binding: Binding
    folder: Path
    stack: AsyncExitStack
    marks: list[tuple[str, str]] = field(default_factory=list)
    """Id and state of each line, as it changed."""

    async def prepare(self, *references: Reference, **options: Any) -> RotationPlan:
        """A plan for a first key or a new one, whichever is due."""
        replace = (await key_status(self.room)).exists
        return await prepare(
            self.room, self.destination, self.keeping, self.binding, references, replace=replace, pace=QUICK, **options
        )

    async def rotate(self, *references: Reference, **options: Any) -> RotationResult:
        plan = await self.prepare(*references, **options)
        return await plan.run(self.note)

    def note(self, mark: Mark) -> None:
        self.marks.append((mark.id, mark.state.value))

    async def recover(self, found: Unfinished | None = None, **options: Any) -> RotationResult:
        """Finish the one that is there, or the given one."""
        if found is None:
            (found,) = self.unfinished()
        room = options.pop("room", self.room)
        return await recover(found, self.keeping, self.destination, room, pace=QUICK, on_mark=self.note, **options)

    def unfinished(self, **options: Any) -> list[Unfinished]:
        return find_unfinished(self.keeping, self.binding, **options)

    async def next_start(self) -> "Desk":
        """The same person in another process: nothing is remembered but what is on disk."""
        assert self.keeping.locations is not None
        store = await open_store(self.keeping.locations, keyring=asked())
        keeping = Safekeeping(store, self.keeping.locations)
        return Desk(self.room, self.destination, keeping, self.binding, self.folder, self.stack)

    async def signed_in(self, credential: Password | ApiKey | None) -> ControlRoom:
        """Another session of this user; without a credential, nobody's."""
        room = await self.stack.enter_async_context(self.destination.open())
        if credential is not None:
            await room.sign_in(self.binding.username, credential)
        return room

    async def stored(self, kind: SecretKind = SecretKind.API_KEY) -> str | None:
        secret = await self.keeping.store.get(self.binding, kind)
        return None if secret is None else secret.reveal()

    def env(self, value: str, name: str = "bots.env") -> Reference:
        """A dotenv file that holds a value."""
        path = self.folder / name
        path.write_text(f"A360_API_KEY={value}\n")
        return file_reference("dotenv", str(path), "A360_API_KEY")

    def json(self, value: str, name: str = "bots.json") -> Reference:
        """A JSON file that holds a value."""
        path = self.folder / name
        path.write_text(json.dumps({"key": value}))
        return file_reference("json", str(path), "key")

    def json_value(self, name: str = "bots.json") -> str:
        value: str = json.loads((self.folder / name).read_text())["key"]
        return value


@pytest.fixture
def locations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Locations:
    monkeypatch.setenv("A360TUI_CONFIG_DIR", str(tmp_path / "a360tui"))
    return find_locations()


@pytest.fixture
def keyring() -> Iterator[WorkingKeyring]:
    """The keyring of this machine."""
    backend = WorkingKeyring()
    with in_use(backend):
        yield backend
    backend.let_go.set()


@pytest.fixture
async def store(locations: Locations, keyring: WorkingKeyring) -> Store:  # noqa: ARG001  # it has to be there
    return await open_store(locations, keyring=asked())


@pytest.fixture
async def desk(control_room: Running, locations: Locations, store: Store, tmp_path: Path) -> AsyncIterator[Desk]:
    """At the embedded Control Room, as somebody who may generate keys and has none."""
    async with desk_at(parse_address(control_room.url), Safekeeping(store, locations), tmp_path) as opened:
        await allow_keys(opened.room, control_room)
        await opened.room.sign_in("creator", Password(Secret(control_room.account("creator").password)))
        opened.binding = Binding("http", "127.0.0.1", opened.destination.address.port, "creator")
        yield opened


async def allow_keys(room: ControlRoom, control_room: Running) -> None:
    """Give ``creator`` the role that grants Generate API-Key."""
    await room.sign_in("creator", Password(Secret(control_room.account("creator").password)))
    creator = room.require_signed_in().user.id
    await room.sign_in("admin", Password(Secret(control_room.account("admin").password)))
    await room.create_role(RoleDraft("API key users", "", (GENERATE_API_KEY,), (creator,)))


@pytest.fixture
def faulty() -> Iterator[FaultyControlRoom]:
    """A Control Room that misbehaves; ``begin`` it before anybody signs in."""
    with FaultyControlRoom() as control_room:
        yield control_room


@pytest.fixture
async def faulty_desk(
    faulty: FaultyControlRoom, locations: Locations, store: Store, tmp_path: Path
) -> AsyncIterator[Desk]:
    """At that one; `sign_in` comes after its ``begin``."""
    async with desk_at(Address("http", "127.0.0.1", faulty.port), Safekeeping(store, locations), tmp_path) as opened:
        yield opened


async def sign_in(desk: Desk, old_key: str | None = None) -> None:
    """Sign in with the password; an old key is one that is kept from before."""
    await desk.room.sign_in(USERNAME, Password(Secret(PASSWORD)))
    if old_key is not None:
        await desk.keeping.store.put(desk.binding, SecretKind.API_KEY, Secret(old_key))


@asynccontextmanager
async def desk_at(address: Address, keeping: Safekeeping, tmp_path: Path) -> AsyncIterator[Desk]:
    destination = QuickDestination(address)
    folder = tmp_path / "bots"
    folder.mkdir(mode=0o700)
    async with AsyncExitStack() as stack:
        room = await stack.enter_async_context(destination.open())
        yield Desk(room, destination, keeping, Binding("http", "127.0.0.1", address.port, USERNAME), folder, stack)


def later(room_of: FaultyControlRoom) -> None:
    """Ten minutes pass at the Control Room, and what was on its way arrives."""
    room_of.room.come_late()
    room_of.room.ahead += timedelta(minutes=10)
