"""`A360App`: the app, with the session, the writes under way, and the way it ends."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from contextvars import Context, copy_context
from datetime import timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events
from textual.actions import ActionParseResult
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.screen import Screen
from textual.theme import Theme

from a360tui import crash
from a360tui.api.event_loop import EventLoop
from a360tui.errors import A360Error, ExitCode
from a360tui.tui.actions import EVERYWHERE, actions_of, app_bindings
from a360tui.tui.caution import Caution
from a360tui.tui.clipboard import Clipboard
from a360tui.tui.display.overrides import FrugalApp
from a360tui.tui.exchange_log import ExchangeLog
from a360tui.tui.idle_lock import DEFAULT_TIME, IdleLock
from a360tui.tui.import_ahead import import_ahead
from a360tui.tui.input_queue import Input, InputQueue, all_handled
from a360tui.tui.palette import Commands, PaletteOwner, palette_commands
from a360tui.tui.profiles import Profiles
from a360tui.tui.screen import A360Dialog, A360Screen, Coverable, WorkerOwner
from a360tui.tui.signing_in import SigningIn
from a360tui.tui.stores import Stores
from a360tui.tui.terminal import on_signals, on_stop
from a360tui.tui.themes import DARK, LIGHT
from a360tui.tui.widgets.top_line import TopLineText
from a360tui.tui.writes import Writes
from a360tui.workflow.uncancelled import to_the_end

if TYPE_CHECKING:
    from pathlib import Path

    from a360tui.secret import Secret
    from a360tui.storage import Profile
    from a360tui.tui.demo_story import DemoStory
    from a360tui.tui.session import Session

_OPENING_WAIT = 1.0
"""Seconds to wait at the end for a screen that is opening."""

_TOKEN_CLOCK = 20.0

_LOCKED_OUT = frozenset(action.name for action in actions_of(EVERYWHERE)) - {"quit"}


class A360App(WorkerOwner, PaletteOwner, FrugalApp):
    """Automation 360 API keys from the terminal."""

    TITLE = "a360tui"
    CSS_PATH = ["app.tcss", "dialogs/dialog.tcss"]  # noqa: RUF012 - Textual declares it so
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = {Commands}  # noqa: RUF012 - Textual declares it so
    BINDINGS: ClassVar[list[BindingType]] = app_bindings()
    HORIZONTAL_BREAKPOINTS = [(0, "-too-narrow"), (60, "-narrow"), (78, "-normal"), (110, "-wide")]  # noqa: RUF012 - Textual declares it so
    VERTICAL_BREAKPOINTS = [(0, "-too-low"), (20, "-low"), (24, "-standard"), (34, "-tall")]  # noqa: RUF012 - as above

    def __init__(
        self,
        *,
        story: DemoStory | None = None,
        address: str = "",
        username: str = "",
        ca_file: Path | None = None,
        profile: Profile | None = None,
        read_only: bool = False,
        theme: str = DARK.name,
        lock_after: timedelta | None = DEFAULT_TIME,
        ending_within: timedelta | None = None,
    ) -> None:
        """``profile`` fills the sign-in form; ``read_only`` holds for the whole run.

        A ``lock_after`` of ``None`` never locks; an ``ending_within`` of ``None`` means the default.
        """
        super().__init__()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.profiles = Profiles()
        self.theme = theme if theme in self.available_themes else DARK.name
        self.caution = Caution(self, read_only=read_only)
        self.session: Session | None = None
        self.exchanges = ExchangeLog()
        self.environment: Mapping[str, str] = os.environ
        self.elapsed: Callable[[], float] = perf_counter
        """A monotonic clock, in seconds."""
        self.story = story
        self.signing_in = SigningIn(self)
        self.writes = Writes(self.caution)
        self.failures: list[BaseException | None] = []
        """Failures of the program itself; tests check that there are none."""
        self.system_clipboard = Clipboard(self._write_to_terminal, lambda known: self.notify(known, markup=False))
        self.stores = Stores(self, story.locations if story is not None else None)
        self.idle_lock = IdleLock(self, lock_after)
        self._ending_within = ending_within
        self._first_address = address
        self._first_username = username
        self._first_profile = profile
        self.ca_file = ca_file
        """Certificates to trust besides the operating system's, for the user's own Control Room."""
        self._input = InputQueue(self, self._hand_on)
        self.begun = asyncio.Event()
        """Set once the first screen is there and input reaches it."""
        self.context = Context()
        """The app's own context; what starts in it keeps no screen and no worker alive, as their contexts would."""
        self._ending = False

    # Start and end ----------------------------------------------------------------------------------------------------

    async def on_mount(self) -> None:
        """Handle signals, and show the first screen."""
        from a360tui.tui.screens.sign_in import SignInScreen
        from a360tui.tui.screens.start import StartScreen

        self.context = copy_context()
        on_signals(self._end_by_signal)
        on_stop(self._stop)
        self.set_interval(_TOKEN_CLOCK, self._look_at_clock)
        if self.story is not None:
            first: A360Screen = StartScreen()
        else:
            self.theme_changed_signal.subscribe(self, self._theme_chosen)
            first = SignInScreen(self._first_address, self._first_username, profile=self._first_profile)
        await self.push_screen(first)

    def on_ready(self) -> None:
        """Once the first screen is drawn: start the demo, import what comes next, and hand on what was typed."""
        if self.focused is None:
            # Nothing typed may go anywhere but where the cursor will be.
            self.set_timer(0.005, self.on_ready)
            return
        if self.story is not None:
            self.signing_in.start_demo(self.story)
        import_ahead()
        self.begun.set()
        self.call_later(self._input.begin)

    async def on_unmount(self) -> None:
        """Take a key off the clipboard, sign out, and close the connection inside the loop that opened it.

        After a failure of the program itself a write may still be under way; `leave` has waited for it before.
        """
        if self.writes.under_way:
            with suppress(OSError):  # the terminal may be gone
                print("Waiting for the Control Room's answer.", file=sys.__stderr__, flush=True)
            await self.writes.wait()
        await self.system_clipboard.clear()
        if self.session is not None:
            await self.session.close()
            self.session = None

    def _end_by_signal(self, number: int) -> None:
        self.leave(128 + number)

    async def _stop(self) -> None:
        """Before the program is suspended: drop secrets that would last until it continues, and finish writes."""
        self.idle_lock.hide_secrets()
        await self.writes.wait()

    def leave(self, return_code: int = 0) -> None:
        """End the app once no write is under way, or the wait for it is over."""
        if self._ending:
            return
        self._ending = True

        async def end() -> None:
            await self.writes.wait()
            self._input.end()
            # In an app that has ended, a screen that is just opening fails.
            with suppress(TimeoutError):
                await asyncio.wait_for(all_handled(self.screen), _OPENING_WAIT)
            self.exit(return_code=return_code)

        self._leaving = asyncio.create_task(end())

    @property
    def ending_within(self) -> timedelta:
        """A key that ends within this time is *ending*."""
        from a360tui.workflow.key import ENDING_WITHIN

        return ENDING_WITHIN if self._ending_within is None else self._ending_within

    async def action_quit(self) -> None:
        """Quit once no write is under way; where a key has not been taken yet, only after a question."""
        session, waits = self.session, self.writes.under_way
        if waits:
            self.notify("Waiting for the Control Room's answer, then quitting.", markup=False)
        elif session is None or not (session.key_at_risk or session.quitting_loses_key):
            self.leave()
            return
        self.run_worker(self._ask_to_quit(waits=waits), group="quit", exclusive=True, exit_on_error=False)

    async def _ask_to_quit(self, *, waits: bool) -> None:
        from a360tui.tui.dialogs.confirm import ConfirmDialog

        question = ConfirmDialog(
            "Quit without the key?",
            "The new key is not stored, and you have neither revealed nor copied it. "
            "A Control Room never shows a key again.",
            "Stay",
            "Quit",
            irreversible=True,
        )
        await self.writes.wait()  # which may bring the only copy of a key
        loses_key = not waits or (self.session is not None and self.session.quitting_loses_key)
        if not loses_key or await self.push_screen_wait(question):
            self.leave()

    async def may_leave_all(self) -> bool:
        """Whether all screens may be closed: nothing is lost, or the person agreed to it. Only in a worker."""
        lost = [screen.unsaved for screen in self.screen_stack if isinstance(screen, A360Screen) and screen.unsaved]
        return not lost or await self.may_lose(" ".join(lost))

    async def may_lose(self, sentence: str) -> bool:
        """Ask whether something, named in the sentence, may be lost. Only in a worker."""
        from a360tui.tui.dialogs.confirm import ConfirmDialog

        return await self.push_screen_wait(ConfirmDialog("Leave this?", sentence, "Stay", "Leave"))

    async def on_event(self, event: events.Event) -> None:
        """Queue keys and clicks, and handle any other event at once."""
        if isinstance(event, events.Resize) and self.begun.is_set():
            self.draw_anew()  # before that, the driver only tells how large the terminal is
        if isinstance(event, Input) and not event.is_forwarded:
            await self._input.take(event)
        else:
            await super().on_event(event)

    async def _hand_on(self, event: Input) -> None:
        """Keep keys and clicks from a screen that is too small to be seen, except the key that quits."""
        quits = isinstance(event, events.Key) and event.key == "ctrl+q"
        if isinstance(self.screen, Coverable) and self.screen.covered and not quits:
            return
        if isinstance(event, (events.Key, events.Paste, events.MouseDown, events.MouseScrollDown)):
            if self.idle_lock.look() or (self.idle_lock.is_locking and not quits):
                return  # it was meant for a screen from before the machine slept, or for one about to be covered
            self.idle_lock.notice()
        await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the app is locked, no global action is available but quitting."""
        locked_out = self.idle_lock.is_locked and action in _LOCKED_OUT
        return False if locked_out else super().check_action(action, parameters)

    def panic(self, *_renderables: object) -> None:
        """End as after any other failure: what Textual would show may hold a secret."""
        self._return_code = 1
        self._fatal_error()

    def _fatal_error(self) -> None:
        # Textual would print the local variables of every frame, passwords among them.
        self._exit_renderables.append(Text(crash.report(self._exception)))
        self._close_messages_no_wait()

    # What screens share -----------------------------------------------------------------------------------------------

    def top_line_text(self) -> TopLineText:
        """The content of the top line."""
        return self.caution.top_line_text()

    def _look_at_clock(self) -> None:
        self.idle_lock.look()
        if isinstance(self.screen, A360Screen):
            self.screen.show_top_line()

    def show_error(self, error: A360Error) -> None:
        """Show an error that belongs to no field."""
        self.notify(error.hint, title=error.message, severity="error", timeout=12, markup=False)

    def say_why_not(self, why: str) -> None:
        """Say why an action is not available now."""
        self.notify(why, severity="warning", markup=False)

    def show_failure(self, error: BaseException | None) -> None:
        """Show that the program itself failed, and where."""
        self.failures.append(error)
        self.notify(
            f"{crash.failure_place(error)}\nPlease report this line, and what you did before it.",
            title="Something failed in a360tui; it is still running.",
            severity="error",
            timeout=30,
            markup=False,
        )

    async def copy_text(self, text: Secret | str) -> None:
        """Send a text to the clipboard, even if cancelled, to know what is to be taken off it; say what is known."""
        self.notify(await to_the_end(self.system_clipboard.send(text)), markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a selection on the screen in the same way; beside a key that is shown, any part of it is a secret."""
        from a360tui.secret import Secret
        from a360tui.tui.dialogs.key import KeyDialog

        is_secret = isinstance(self.screen, KeyDialog) and self.screen.is_revealed
        self._clipboard = "" if is_secret else text
        self.run_worker(
            self.copy_text(Secret(text) if is_secret else text),
            group="copy",
            exclusive=True,
            exit_on_error=False,
            description="copy what was selected",
        )

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        """Save a picture of the screen, after hiding any shown secret: the file is not protected."""
        self.idle_lock.hide_secrets()
        return super().export_screenshot(title=title, simplify=simplify)

    def _write_to_terminal(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)

    # Actions ----------------------------------------------------------------------------------------------------------

    def action_help(self) -> None:
        """Show the keys of the screen."""
        from a360tui.tui.screens.help import HelpScreen

        if isinstance(self.screen, A360Screen | A360Dialog) and not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_requests(self) -> None:
        """Show the requests and their answers."""
        from a360tui.tui.screens.requests import RequestsScreen

        if isinstance(self.screen, A360Screen | A360Dialog) and not isinstance(self.screen, RequestsScreen):
            self.push_screen(RequestsScreen())

    def action_draw_anew(self) -> None:
        """Draw the whole screen again, in case something else wrote on the terminal."""
        self.draw_anew()

    def action_doctor(self) -> None:
        """Examine the way to the Control Room, from this machine to the permission."""
        from a360tui.tui.screens.doctor import DoctorScreen
        from a360tui.tui.screens.sign_in import SignInScreen

        screen = self.screen
        if isinstance(screen, A360Screen) and not isinstance(screen, DoctorScreen):
            self.push_screen(DoctorScreen(screen if isinstance(screen, SignInScreen) else None))

    def action_profiles(self) -> None:
        """Show the profiles."""
        from a360tui.tui.screens.profiles import ProfilesScreen

        if isinstance(self.screen, A360Screen) and not any(
            isinstance(each, ProfilesScreen) for each in self.screen_stack
        ):
            self.push_screen(ProfilesScreen())

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action; where it is not available, say why."""
        if isinstance(action, str) and isinstance(default_namespace, A360Screen | A360Dialog):
            why = default_namespace.why_not(action)
            if why and default_namespace.check_action(action, ()) is None:
                self.say_why_not(why)
                return True
        return await super().run_action(action, default_namespace, namespaces)

    async def _theme_chosen(self, theme: Theme) -> None:
        try:
            await self.profiles.keep_theme(theme.name)
        except A360Error as error:
            self.show_error(error)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the palette offers."""
        return palette_commands(self, screen)


def run(**settings: Any) -> int:
    """Run the app with these settings and return the exit code."""
    app = A360App(**settings)
    with asyncio.Runner(loop_factory=EventLoop) as runner:
        runner.run(app.run_async())
    return ExitCode.DONE if app.return_code is None else app.return_code
