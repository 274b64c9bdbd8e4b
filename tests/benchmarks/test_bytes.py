"""How much goes over the line is exact: what was reached cannot creep back."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.api.scripted_server import ScriptedServer, hang
from tests.benchmarks import slow_line, story
from tests.benchmarks.meter import Meter, environment
from tests.benchmarks.server import HERE
from tests.benchmarks.story import Walk

WAIT = 3
"""Seconds for which a Control Room that does not answer is waited for."""


@contextmanager
def unanswered(call: str) -> Iterator[tuple[str, Callable[[], None]]]:
    """A Control Room that does not answer a call: its address, and what waits until the call came."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, loop).result(timeout=30)

    server = ScriptedServer({call: hang})
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
        try:
            yield server.address.url, lambda: run(server.arrival(call))
        finally:
            run(server.__aexit__())
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_a_form_says_little(tmp_path: Path) -> None:
    """The sign-in: 16 kB at most to the first screen, which clears nothing; 1 kB a Tab, 350 bytes a letter, then 0."""
    with Meter(HERE, environment(tmp_path)) as meter:
        start = meter.start("Remember")
        cleared = sum(data.count(b"\x1b[2J") for _, data in meter.chunks)
        walk = Walk(meter, idle=2)
        story.form(walk)
    sent = {name: max(answer.sent for answer in answers) for name, answers in walk.answers.items()}
    assert start.sent <= 16_000
    assert cleared == 1
    assert sent["tab"] <= 1_000
    assert sent["letter"] <= 350
    assert sent["idle"] == 0


def test_the_story_says_little(tmp_path: Path) -> None:
    """The demo: at most 16 kB to the first screen, 500 bytes a row of a list, 6 kB to open and to close the dialog."""
    with Meter((*HERE, "demo"), environment(tmp_path)) as meter:
        start = meter.start("> Sign in as admin")
        walk = Walk(meter)
        walk.to("\r", "> Set up a role")
        story.role(walk)
        walk.to("s", "> Generate your key")
        story.first_key(walk)
        story.regenerate(walk)
    sent = {name: max(answer.sent for answer in answers) for name, answers in walk.answers.items()}
    assert start.sent <= 16_000
    assert sent["list"] <= 500
    assert sent["open the dialog"] <= 6_000
    assert sent["close the dialog"] <= 6_000


def test_the_story_goes_over_a_slow_line(tmp_path: Path) -> None:
    """Over 300 ms and 64 kbit/s, by SSH, the whole story of a regenerate stays under 60 kB.

    No step asks the terminal anything: it waits for its key to go there, and for what that brings to come back.
    """
    told = slow_line.walked(tmp_path)
    assert told.sent <= slow_line.MOST
    assert told.asked == 0


def test_the_first_screen_waits_for_no_answer(tmp_path: Path) -> None:
    """A terminal that answers no question has the first screen all the same: the line is not waited for."""
    with Meter((*HERE, "demo"), environment(tmp_path)) as meter:
        meter.answers = False
        assert meter.start("> Sign in as admin").sent <= 16_000
        assert meter.asked


@pytest.mark.parametrize(
    ("call", "waits"),
    [("POST /v2/authentication", "Signing in at"), ("GET /v2/usermanagement/users/9", "reading …")],
    ids=["the sign-in", "the state of the workflow"],
)
def test_waiting_for_the_server_says_little(tmp_path: Path, call: str, waits: str) -> None:
    """While a Control Room does not answer, the screen that waits for it sends at most 200 bytes a second."""
    with unanswered(call) as (url, arrival), Meter((*HERE, "--control-room", url), environment(tmp_path)) as it:
        it.start("Remember")
        walk = Walk(it)
        walk.to("jdoe", "jdoe")
        walk.to(story.TAB, "Sign in with")
        walk.to("the-password", "••••")
        it.press(story.CTRL_S)
        arrival()
        it.until(waits)
        assert it.rest(WAIT).sent <= 200 * WAIT
