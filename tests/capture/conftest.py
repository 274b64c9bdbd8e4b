"""A Control Room with the other shape of the calls, and the program beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from a360tui.demo import DemoServer
from tests.cli.conftest import Served, program, set_up_role

__all__ = ["other", "program"]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Served]:
    """The administrator and the creator may generate keys there."""
    data = tmp_path / "control-room.db"
    with DemoServer(unpublished="other", data=data).on_loopback() as running:
        served = Served(running, data)
        set_up_role(served, "API key users", "admin", "creator")
        yield served
