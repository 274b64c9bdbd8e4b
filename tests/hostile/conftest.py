"""A home of its own for each program that is started, and the Control Room that means harm."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from a360tui.demo import DemoServer, Running
from tests.hostile.poisoned_room import PoisonedRoom, poisoned
from tests.terminal.conftest import home
from tests.tui.witness import Witness

__all__ = ["home"]


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Running]:
    """The Control Room behind it, in which the creator may generate a key, and has one."""
    with DemoServer(data=tmp_path / "company.db").on_loopback() as running:
        with Witness(running) as witness:
            witness.admin.allow_keys("creator")
            witness.make_key("creator")
        yield running


@pytest.fixture
def room(behind: Running) -> Iterator[PoisonedRoom]:
    with poisoned(behind) as room:
        yield room
