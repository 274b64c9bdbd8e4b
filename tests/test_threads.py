"""The threads beside the main one: they handle no signal, so that each one reaches a prompt in the main thread."""

import asyncio
import signal
import socket
import sys
import threading

import pytest

from a360tui.api.event_loop import EventLoop
from a360tui.storage.errors import KeyringSilent
from a360tui.storage.limited_call import LimitedCall

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal masks")


def blocked() -> set[int]:
    """What the present thread leaves to others."""
    return signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_worker_of_the_event_loop_leaves_signals_alone() -> None:
    """What runs in the loop's executor, where a prompt's main thread has left it idle, receives none."""

    async def ask() -> set[int]:
        return await asyncio.to_thread(blocked)

    with asyncio.Runner(loop_factory=EventLoop) as runner:
        assert runner.run(ask()) >= {signal.SIGCONT, signal.SIGTSTP, signal.SIGTERM}


def test_a_look_up_leaves_signals_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look-up that a silent name server holds receives none."""
    seen: list[set[int]] = []

    def look_up(*_arguments: object) -> list[object]:
        seen.append(blocked())
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with asyncio.Runner(loop_factory=EventLoop) as runner:
        runner.run(runner.get_loop().getaddrinfo("control-room.example", 443))
    assert seen[0] >= {signal.SIGCONT, signal.SIGTSTP, signal.SIGTERM}


def test_a_silent_keyring_leaves_signals_alone() -> None:
    """A call that may hang, as of a keyring before a passphrase is typed, receives none."""
    call = LimitedCall(blocked, limit=30, turn=threading.Lock(), too_late=lambda: KeyringSilent(30))
    assert call.wait() >= {signal.SIGCONT, signal.SIGTSTP, signal.SIGTERM}
