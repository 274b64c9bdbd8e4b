"""The base classes of screens and dialogs: bindings, top and key line, and reads that survive the end of a session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual import events, work
from textual.app import App, ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widgets import Label
from textual.worker import Worker, WorkerState

from a360tui.api.errors import SessionEnded
from a360tui.tui.actions import BACK, Write, actions_of, bindings_of, writes
from a360tui.tui.display.lean_screen import LeanScreen
from a360tui.tui.display.overrides import FrugalScreen
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.key_line import KeyLine
from a360tui.tui.widgets.menu import Menu
from a360tui.tui.widgets.too_small import TooSmall
from a360tui.tui.widgets.top_line import TopLine

if TYPE_CHECKING:
    from a360tui.tui.app import A360App
    from a360tui.tui.session import Session

Result = TypeVar("Result")


WRITE = "write"
"""The group of workers that write: one at a time, and a screen cannot be left before it has ended."""


class WorkerOwner:
    """Reports a failure of our own in a worker without ending the app: a key may be in memory only."""

    app: App[object]

    def is_working(self, group: str) -> bool:
        """Whether a worker of this screen and this group is running."""
        node = cast("DOMNode", self)
        return any(each.group == group and each.node is node and not each.is_finished for each in self.app.workers)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell the person where it failed, but not with which values."""
        if event.state is WorkerState.ERROR:
            cast("A360App", self.app).show_failure(event.worker.error)


class Coverable:
    """Covers a screen with a sentence where the terminal is too small for it."""

    _was_shown = False

    def on_compose(self) -> None:
        """Set the size classes before there is anything to style.

        Textual would do it later, and style everything twice.
        """
        screen = cast("Screen[object]", self)
        width, height = screen.app.size
        for size, breakpoints in (
            (width, screen.app.HORIZONTAL_BREAKPOINTS),
            (height, screen.app.VERTICAL_BREAKPOINTS),
        ):
            _, fitting = max(each for each in breakpoints or () if each[0] <= size)
            screen.add_class(fitting)

    def on_mount(self) -> None:
        """Add the sentence, which shows itself when it has to."""
        # Unlike `mount`, this fails in no app that ends while a screen opens.
        cast("Screen[object]", self).mount_all([TooSmall()])

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        """Set the size classes anew.

        For a change behind a dialog Textual updates a screen's layout, but not its classes.
        """
        screen = cast("Screen[object]", self)
        if self._was_shown:
            screen.post_message(events.Resize(screen.app.size, screen.app.size))
        else:
            self._was_shown = True
            event.refresh_styles = False  # they are new

    @property
    def covered(self) -> bool:
        """Whether the sentence is shown."""
        screen = cast("Screen[object]", self)
        return screen.has_class("-too-narrow") or screen.has_class("-too-low")


class Closing:
    """Closes the screen itself, and never one on top of it: Textual closes whatever screen is on top."""

    _closes_with: tuple[Any] | None = None
    """The result of a screen that was finished while another one was on top."""

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close with a result, or as soon as a screen on top of it has closed."""
        screen = cast("Screen[Any]", self)
        if screen.is_active:
            return Screen.dismiss(screen, result)
        self._closes_with = (result,)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        """Close now, if it was finished meanwhile."""
        if self._closes_with is not None:
            self.dismiss(*self._closes_with)


class Actor:
    """Binds the actions that the registry has for a screen or a dialog.

    An action that is not available now is dimmed, not hidden, and says why when it is tried: by its key, a button, a
    menu or the palette.
    """

    NAME: ClassVar[str] = ""
    """Its name in the registry and in help."""
    BINDINGS: ClassVar[list[BindingType]] = []
    app: App[object]

    def __init_subclass__(cls, **kwargs: object) -> None:
        """Set the bindings when the class is created."""
        if "NAME" in cls.__dict__:
            cls.BINDINGS = bindings_of(cls.NAME)
        for action in actions_of(cls.NAME):
            method = cls.__dict__.get(f"action_{action.name}")
            if isinstance(action, Write) and method is not None:
                setattr(cls, f"action_{action.name}", _unless_refused(method, action.name))
        super().__init_subclass__(**kwargs)

    @property
    def a360(self) -> A360App:
        """The app, typed."""
        return cast("A360App", self.app)

    def why_not(self, action: str) -> str:
        """Why an action is not available now, in a sentence; empty where it is."""
        return self.a360.caution.why_read_only if writes(self.NAME, action) else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """``None``, which is shown dimmed, for an action that is not available now."""
        return None if self.why_not(action) else True

    def dim_what_cannot_be_done(self) -> None:
        """Dim the buttons and choices that are named after an action that is not available now."""
        screen = cast("Screen[object]", self)
        for button in screen.query(Button):
            button.set_class(bool(button.id and self.why_not(button.id)), "-not-now")
        for menu in screen.query(Menu):
            menu.why_not = self.why_not
            menu.refresh()


def _unless_refused(method: Callable[..., object], action: str) -> Callable[..., object]:
    @wraps(method)
    def act(self: Actor, *arguments: object) -> object:
        if why := self.why_not(action):
            self.a360.say_why_not(why)
            return None
        return method(self, *arguments)

    return act


class A360Screen(Actor, WorkerOwner, Closing, Coverable, LeanScreen, FrugalScreen, Screen[None]):
    """A full screen: top line, title, body, key line."""

    HEADING: ClassVar[str] = ""
    """The title above the body; empty for none."""
    ESCAPE_TO_MINIMIZE = False
    GOES_BACK: ClassVar[bool] = True
    """Whether there is a screen before this one."""
    STILL_WRITES: ClassVar[str] = "The Control Room has not answered yet."
    """Why it cannot be left while a write is on its way."""
    asked_to_sign_in = False
    """Whether only the sign-in has covered it, so that its read goes on and need not start again."""

    @property
    def session(self) -> Session:
        """The signed-in session; only screens that are shown after sign-in ask for it."""
        session = self.a360.session
        if session is None:
            raise SessionEnded("Nobody is signed in.", "Sign in first.")
        return session

    def compose(self) -> ComposeResult:
        """Lay out the body and what all screens share."""
        yield TopLine()
        with VerticalScroll(id="body", can_focus=False):
            if self.HEADING:
                yield Label(self.HEADING, id="heading", markup=False)
            yield from self.compose_body()
        yield KeyLine()

    def on_mount(self) -> None:
        """Show the keys, where the focus is known: while the app starts, Textual tells of no change."""
        self.query_one(KeyLine).read_bindings(cast("Screen[object]", self))

    def compose_body(self) -> ComposeResult:
        """The widgets between the lines."""
        yield from ()

    def on_screen_resume(self) -> None:
        """Update the top line, and dim what is not available."""
        self.asked_to_sign_in = False
        self.show_top_line()
        self.dim_what_cannot_be_done()

    def show_top_line(self) -> None:
        """Write who and where into the top line."""
        self.query_one(TopLine).text = self.a360.top_line_text()

    def relabel(self, button_id: str, words: str) -> Button:
        """Change a button's words, and the width for them, which Textual would keep."""
        button = self.query_one(f"#{button_id}", Button)
        button.label = Content(words)
        button.refresh(layout=True)
        return button

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer going back only where there is a screen before this one."""
        return self.GOES_BACK if action == BACK else super().check_action(action, parameters)

    @property
    def unsaved(self) -> str:
        """What would be lost when this screen is left, in a sentence; empty where nothing would."""
        return ""

    def action_back(self) -> None:
        """Go back to the screen before; where something would be lost, only after a question."""
        if self.is_working(WRITE):
            self.notify(self.STILL_WRITES, markup=False)
        elif self.unsaved:
            self._ask_to_leave()
        else:
            self.dismiss()

    @work(exclusive=True, group="leave", exit_on_error=False, description="ask whether to leave")
    async def _ask_to_leave(self) -> None:
        if await self.a360.may_lose(self.unsaved):
            self.dismiss()

    async def read(self, call: Callable[[], Awaitable[Result]]) -> Result:
        """Read from the Control Room; where the session has ended, sign in over this screen and read again.

        Only for reads, and only in a worker, since it may wait for the person.
        """
        try:
            return await call()
        except SessionEnded as ended:
            if not await self.a360.signing_in.sign_in_again():
                raise ended from None
            return await call()


class A360Dialog(Actor, WorkerOwner, Closing, Coverable, LeanScreen, FrugalScreen, ModalScreen[Result]):
    """A dialog that floats over a screen; Esc gives the safe answer, by an ``action_back`` of its own.

    Textual's takes it away without any answer, for which whoever asked would wait for ever.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "scroll_dialog(-1)", show=False),
        Binding("pagedown", "scroll_dialog(1)", show=False),
    ]

    def action_scroll_dialog(self, pages: int) -> None:
        """Scroll what is higher than the terminal: the cursor is on a button below it."""
        dialog = self.query_one("#dialog")
        dialog.scroll_relative(y=pages * dialog.content_size.height, animate=False)
