"""What several suites share: an embedded Control Room over a real socket, and its clock."""

import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from a360tui.demo import DemoServer, Running


def pytest_sessionstart() -> None:
    """Undo a shell's ``&``, which has a gate, and every program that it starts, ignore Ctrl-C and its like."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)


class MovableClock:
    """The time of this machine, moved forward by a test instead of waiting."""

    def __init__(self) -> None:
        self._moved = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._moved

    def forward(self, span: timedelta) -> None:
        self._moved += span


@pytest.fixture(autouse=True)
def _files_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test, and no program that one starts, comes near to the files of who runs the tests."""
    monkeypatch.setenv("A360TUI_CONFIG_DIR", str(tmp_path / "files-of-a360tui"))


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def control_room(request: pytest.FixtureRequest, clock: MovableClock) -> Iterator[Running]:
    """A server on 127.0.0.1, release v40.

    Another one by ``@pytest.mark.parametrize("control_room", ["v32", "11.3"], indirect=True)``.
    """
    with DemoServer(release=getattr(request, "param", "v40"), clock=clock).on_loopback() as running:
        yield running
