"""What every screen of ours has: the top line, a body, the key line, and reading that survives the end of a session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual import events, work
from textual.app import App, ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
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
"""The group of the workers that write: one at a time, and a screen is not left before it has ended."""


class WorkerOwner:
    """A failure of ours in a worker is told, and ends nothing: a key may be in memory only."""

    app: App[object]

    def is_working(self, group: str) -> bool:
        """Whether a worker of this group, of this screen or dialog, has not ended yet."""
        node = cast("DOMNode", self)
        return any(each.group == group and each.node is node and not each.is_finished for each in self.app.workers)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell the person where it failed, not with which values."""
        if event.state is WorkerState.ERROR:
            cast("A360App", self.app).show_failure(event.worker.error)


class Coverable:
    """Where the terminal is too small, a sentence says so instead of what cannot be seen."""

    _was_shown = False

    def on_compose(self) -> None:
        """Take the size before there is anything to style: Textual does it later, and styles everything once more."""
        screen = cast("Screen[object]", self)
        width, height = screen.app.size
        for size, breakpoints in (
            (width, screen.app.HORIZONTAL_BREAKPOINTS),
            (height, screen.app.VERTICAL_BREAKPOINTS),
        ):
            _, fitting = max(each for each in breakpoints or () if each[0] <= size)
            screen.add_class(fitting)

    def on_mount(self) -> None:
        """Lay the sentence over the rest; it shows itself."""
        # Unlike `mount`, this fails in no app that ends while a screen opens.
        cast("Screen[object]", self).mount_all([TooSmall()])

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        """Take the size as it is now: of a change behind a dialog Textual tells a screen's layout, not its classes."""
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
    """Who closes goes itself, never what lies over it: Textual takes away whatever screen is on top."""

    _closes_with: tuple[Any] | None = None
    """The result of a screen that was done while another lay over it."""

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close with a result; where another screen lies over it, as soon as that is gone."""
        screen = cast("Screen[Any]", self)
        if screen.is_active:
            return Screen.dismiss(screen, result)
        self._closes_with = (result,)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        """Close now, if it was done before it is seen again."""
        if self._closes_with is not None:
            self.dismiss(*self._closes_with)


class Actor:
    """Binds what the registry of actions has for a screen or a dialog.

    An action that cannot be done just now is dimmed, not hidden, and says why when it is tried: by its key, a button, a
    menu or the palette.
    """

    NAME: ClassVar[str] = ""
    """Its name in the registry and in help."""
    BINDINGS: ClassVar[list[BindingType]] = []
    app: App[object]

    def __init_subclass__(cls, **kwargs: object) -> None:
        """Take the bindings when the class is made."""
        if "NAME" in cls.__dict__:
            cls.BINDINGS = bindings_of(cls.NAME)
        for action in actions_of(cls.NAME):
            method = cls.__dict__.get(f"action_{action.name}")
            if isinstance(action, Write) and method is not None:
                setattr(cls, f"action_{action.name}", _unless_refused(method, action.name))
        super().__init_subclass__(**kwargs)

    @property
    def a360(self) -> A360App:
        """The app, with its type."""
        return cast("A360App", self.app)

    def why_not(self, action: str) -> str:
        """Why an action cannot be done now, in a sentence; empty where it can."""
        return self.a360.caution.why_read_only if writes(self.NAME, action) else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """``None``, which is dimmed, for what cannot be done now."""
        return None if self.why_not(action) else True

    def dim_what_cannot_be_done(self) -> None:
        """Dim the buttons and the choices that are named for an action which cannot be done now."""
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
    """The line over the body; empty for none."""
    ESCAPE_TO_MINIMIZE = False
    GOES_BACK: ClassVar[bool] = True
    """Whether there is a screen before this one."""
    asked_to_sign_in = False
    """It was covered by the sign-in alone: the read that brought that about goes on, none has to begin anew."""

    @property
    def session(self) -> Session:
        """The signed-in session; only screens that are shown after sign-in ask for it."""
        session = self.a360.session
        if session is None:
            raise SessionEnded("Nobody is signed in.", "Sign in first.")
        return session

    def compose(self) -> ComposeResult:
        """Lay out what all screens share around the body."""
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
        """Bring the top line up to date, and what cannot be done."""
        self.asked_to_sign_in = False
        self.show_top_line()
        self.dim_what_cannot_be_done()

    def show_top_line(self) -> None:
        """Write who and where into the top line."""
        self.query_one(TopLine).text = self.a360.top_line_text()

    def relabel(self, button_id: str, words: str) -> Button:
        """Give a button other words, and the width that they need: Textual keeps the old one."""
        button = self.query_one(f"#{button_id}", Button)
        button.label = Content(words)
        button.refresh(layout=True)
        return button

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Going back is offered only where there is something behind."""
        return self.GOES_BACK if action == BACK else super().check_action(action, parameters)

    @property
    def unsaved(self) -> str:
        """What is lost when this screen is left, in a sentence; empty where nothing is."""
        return ""

    def action_back(self) -> None:
        """Go back to the screen before; where something would be lost, only after a question."""
        if self.is_working(WRITE):
            self.notify("The Control Room has not answered yet.", markup=False)
        elif self.unsaved:
            self._ask_to_leave()
        else:
            self.dismiss()

    @work(exclusive=True, group="leave", exit_on_error=False, description="ask whether to leave")
    async def _ask_to_leave(self) -> None:
        if await self.a360.may_lose(self.unsaved):
            self.dismiss()

    async def read(self, call: Callable[[], Awaitable[Result]]) -> Result:
        """Read from the Control Room; where the session has ended, sign in over this screen and read once more.

        Only for reads, and only in a worker: it may wait for the person.
        """
        try:
            return await call()
        except SessionEnded as ended:
            if not await self.a360.signing_in.sign_in_again():
                raise ended from None
            return await call()


class A360Dialog(Actor, WorkerOwner, Closing, Coverable, LeanScreen, FrugalScreen, ModalScreen[Result]):
    """A dialog that floats over a screen; Esc gives the safe answer."""
