"""A stage for the real app: the embedded Control Room behind it, keys in, what the screen shows out."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any, cast

from rich.cells import cell_len
from textual import events
from textual._context import visible_screen_stack
from textual.pilot import Pilot

from a360tui.api import Address, Exchange
from a360tui.demo import DemoServer, Running
from a360tui.secret import Secret
from a360tui.tui.app import A360App
from a360tui.tui.demo_story import StartedDemo
from a360tui.tui.exchange_log import ExchangeLog
from a360tui.tui.session import Session
from a360tui.tui.widgets.field import Field
from a360tui.workflow.destination import Destination
from tests.tui.gate import Gate
from tests.tui.witness import Witness

NOON = datetime(2026, 11, 23, 9, 41, tzinfo=UTC)
"""When all pictures are taken."""

_PATIENCE = 45.0
"""Seconds after which a condition counts as never coming true; a slow machine must not fail a test."""

_POLL = 0.02
"""Seconds between two looks."""

_FRAME = 0.05
"""Seconds in which Textual draws what is to be drawn: all timers of a layout are shorter."""

_NAMES = {" ": "space", ".": "full_stop", "/": "slash", "-": "minus", "<": "less_than_sign", ">": "greater_than_sign"}


class FixedStory:
    """The demo with a clock that stands still."""

    def __init__(
        self, *, prepare: Callable[[Witness], object] | None = None, gate: Gate | None = None, **settings: Any
    ) -> None:
        settings.setdefault("clock", lambda: NOON)
        self._server = DemoServer(**settings)
        self._prepare = prepare
        self._gate = gate
        self._running = ExitStack()
        self.running: Running | None = None

    @property
    def locations(self) -> None:
        """In memory only."""

    def start(self) -> StartedDemo:
        self.running = self._running.enter_context(self._server.on_unix_socket())
        if self._prepare is not None:
            with Witness(self.running) as witness:
                self._prepare(witness)
        passwords = {account.username: Secret(account.password) for account in self.running.accounts}
        socket = self.running.socket
        if self._gate is not None:
            self._gate.behind, socket = socket, self._gate.path
        return StartedDemo(Destination(Address("http", "control-room.demo", 80), socket), passwords)

    def stop(self) -> None:
        self._running.close()


class _SteadyLog(ExchangeLog):
    """Exchanges whose times do not differ from run to run."""

    def record(self, exchange: Exchange) -> None:
        super().record(replace(exchange, milliseconds=6.0))


class Stage:
    """The app under test."""

    def __init__(self, app: A360App, pilot: Pilot[None], own: Running | None = None) -> None:
        self.app = app
        self.pilot = pilot
        self.closing = ExitStack()
        self._own = own
        self._witness: Witness | None = None
        self._osc52: list[str] = []
        app.system_clipboard._write = self._osc52.append

    @property
    def clipboard(self) -> str:
        """What the terminal was last sent for its clipboard."""
        return base64.b64decode(self._osc52[-1].removeprefix("\x1b]52;c;").removesuffix("\x07")).decode()

    @property
    def running(self) -> Running:
        """The Control Room behind the app."""
        running = self._own or cast("FixedStory", self.app.story).running
        assert running is not None
        return running

    @property
    def witness(self) -> Witness:
        """Somebody who looks at the server itself; once the demo is started."""
        if self._witness is None:
            self._witness = self.closing.enter_context(Witness(self.running))
        return self._witness

    @property
    def session(self) -> Session:
        """Who is signed in."""
        assert self.app.session is not None
        return self.app.session

    @property
    def known_key(self) -> str:
        """The text of the signed-in user's key."""
        assert self.session.known_key is not None
        return self.session.known_key.reveal()

    def field(self, name: str) -> Field:
        """The field of that name on the screen that is shown."""
        return self.app.screen.query_one(f"#field-{name}", Field)

    def text(self) -> str:
        """What the screen shows, line by line."""
        # A dialog keeps what it drew of the screens behind it, so they have to be the ones that the app draws.
        visible_screen_stack.set(self.app._background_screens)
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition, however long the machine takes."""
        end = time.monotonic() + _PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"never came: {what}\n{self.text()}")
            await asyncio.sleep(_POLL)
        await self.pilot.pause()

    async def shows(self, *words: str) -> None:
        """Wait until the screen shows all of these."""
        for word in words:
            await self.until(lambda word=word: word in self.text(), word)  # type: ignore[misc]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        await self.pilot.press(*(_NAMES.get(letter, letter) for letter in text))

    async def gone(self, *words: str) -> None:
        """Wait until the screen shows none of these."""
        await self.until(lambda: not any(word in self.text() for word in words), f"without {words}")

    async def paste(self, text: str) -> None:
        """Paste as a terminal does, all at once."""
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    def place(self, words: str) -> tuple[int, int]:
        """Where the words stand: column and line, from 0."""
        for y, line in enumerate(self.text().splitlines()):
            if words in line:
                return cell_len(line[: line.index(words)]), y
        raise AssertionError(f"{words} is not shown\n{self.text()}")

    async def click(self, words: str) -> None:
        """Click on words once they are shown and stand still, on their second letter."""
        await self.shows(words)
        before, place = None, self.place(words)
        while place != before:
            await self.pilot.pause(_FRAME)
            before, place = place, self.place(words)
        await self.until(lambda: not self.app.screen.query("Button.-active"), "a button that takes a click again")
        x, y = place[0] + 1, place[1]
        for kind in (events.MouseDown, events.MouseUp):
            # The way of a terminal's driver, from which the app makes the click; Pilot's own goes past the app.
            self.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y))
        await self.pilot.pause()

    async def wheel(self, words: str, turns: int = 1) -> None:
        """Turn the mouse wheel down over words that are shown."""
        x, y = self.place(words)
        widget, _ = self.app.screen.get_widget_at(x, y)
        for _ in range(turns):
            self.app.post_message(events.MouseScrollDown(widget, x, y, 0, 0, 0, False, False, False, x, y))
            await self.pilot.pause()

    async def resize(self, width: int, height: int) -> None:
        await self.pilot.resize_terminal(width, height)
        await self.pilot.pause()

    def sent(self, *endings: str) -> list[Exchange]:
        """What the app has sent to paths that end so, oldest first."""
        every = (exchange for group in self.app.exchanges.groups for exchange in group.exchanges)
        return [exchange for exchange in every if exchange.path.partition("?")[0].endswith(endings)]

    def calls(self, *endings: str) -> int:
        """How many requests that were."""
        return len(self.sent(*endings))

    async def settle(self) -> None:
        """Wait until no worker of the screen in front runs, and nothing is left to draw; one behind a dialog waits."""
        front = self.app.screen

        def rests() -> bool:
            due = front._layout_required or front._scroll_required or front._repaint_required or front._dirty_widgets
            return not due and all(worker.is_finished or worker.node is not front for worker in self.app.workers)

        await self.until(rests, "rest")

    # The story, step by step ------------------------------------------------------------------------------------------

    async def be_admin(self) -> None:
        await self.shows("Sign in as admin")
        await self.press("enter")
        await self.shows("API key workflow", "New keys last")

    async def set_up_role(self, search: str = "crea") -> None:
        """As administrator: the role with the first user that matches."""
        await self.press("enter")
        await self.shows("create the role API key users", "users")
        await self.type(search)
        await self.shows("match")
        await self.press("enter", "space")
        await self.shows("1:  creator")
        await self.press("ctrl+s")
        await self.shows("Back to the workflow")

    async def begin_second_role(self, user: str) -> None:
        """From the workflow, where a role is there: fill in the form of another, ``… 2``, with this user."""
        await self.press("1")
        await self.shows("Finance automation")
        await self.press("n")
        await self.shows("Add to the role", "23 users")
        await self.paste(user)
        await self.shows("1 of 23 match")
        await self.press("enter", "space", *["shift+tab"] * 4, "end")
        await self.type(" 2")
        await self.shows("create the role", f"add {user}")

    async def set_duration_to_30_days(self) -> None:
        """As administrator, from the workflow and back to it."""
        await self.press("4")
        await self.shows("A key made now")
        await self.press("ctrl+u")
        await self.type("30")
        await self.press("ctrl+s")
        await self.shows("Change the duration?", "days instead of 45 days.")
        await self.press("right", "enter")
        await self.shows("Saved and read back: new keys last 30 days.")
        await self.press("escape")
        await self.shows("New keys last 30 days")

    async def be_creator_who_may(self) -> None:
        await self.be_admin()
        await self.set_up_role()
        await self.press("enter")
        await self.shows("grants it to 1 user")
        await self.switch_to_creator()

    async def switch_to_creator(self) -> None:
        """From the administrator's workflow to that of the creator, who may generate a key."""
        await self.press("s")
        await self.shows("Generate your key")

    async def generate(self) -> None:
        """As creator, from the workflow: the first key, up to its dialog."""
        await self.press("enter")
        await self.shows("makes your first key")
        await self.press("g")
        await self.shows("never shows it again")

    async def begin_own_key(self, password: str) -> None:
        """From the sign-in to a Control Room of one's own, as creator: agree to the assumed call for a first key."""
        await self.shows("Password")
        await self.paste(password)
        await self.press("ctrl+s")
        await self.shows("Generate your key")
        await self.press("2")
        await self.shows("makes your first key")
        await self.press("g")
        await self.shows("Use an assumed call?")
        await self.press("tab", "enter")


@asynccontextmanager
async def stage(
    size: tuple[int, int] = (80, 24), *, theme: str = "a360-dark", read_only: bool = False, **settings: Any
) -> AsyncIterator[Stage]:
    """The demo at a size, from its first screen on; fails where the program itself failed on the way."""
    story = FixedStory(**settings)
    app = A360App(story=story, read_only=read_only)
    app.exchanges = _SteadyLog()
    app.environment = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    app.elapsed = count(step=0.002).__next__
    app.theme = theme
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            it = Stage(app, pilot)
            with it.closing:
                yield it
        assert app.failures == []
    finally:
        story.stop()


@asynccontextmanager
async def own_stage(
    running: Running | None,
    username: str = "",
    *,
    address: str | None = None,
    size: tuple[int, int] = (80, 24),
    **settings: Any,
) -> AsyncIterator[Stage]:
    """The program without the demo, from the sign-in on; the address is that of ``running`` unless another is given."""
    if address is None:
        address = running.url if running is not None else ""
    app = A360App(address=address, username=username, **settings)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        it = Stage(app, pilot, running)
        with it.closing:
            yield it
    assert app.failures == []
