"""The dialog of a key: hidden until asked for, copied only when asked, and tried at will."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from a360tui.api.errors import SignInFailed
from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.text import harmless
from a360tui.tui.screen import A360Dialog
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.status import Status
from a360tui.workflow.dates import span_words

if TYPE_CHECKING:
    from a360tui.tui.session import Session

REVEALED_FOR = 30.0
"""Seconds that the key stays in sight."""

_HIDDEN = "•" * 40


class KeyDialog(A360Dialog[None]):
    """Gives the key away only when asked."""

    NAME: ClassVar[str] = "New key"
    CSS_PATH = "key.tcss"

    def __init__(self, session: Session, title: str, key: Secret | None = None) -> None:
        super().__init__()
        self._session = session
        self._title = title
        self._key = key
        self._hiding: Timer | None = None

    def compose(self) -> ComposeResult:
        """The hidden key, what can be done with it, what is known of it."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(self._title)
            with Horizontal(id="key-row"):
                yield Static(_HIDDEN, id="key", markup=False)
                yield Static("r reveal\nc copy\nt test", id="key-keys", markup=False)
            yield from self.compose_facts()
            yield Status("", id="note", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Done", id="done", variant="primary")

    def compose_facts(self) -> ComposeResult:
        """What is known of the key."""
        yield Status("", id="sign-in", markup=False)
        yield Static("It stays in memory until you sign out or quit.", classes="dim", markup=False)

    def on_mount(self) -> None:
        """Begin with the key hidden."""
        self.note("")
        self.query_one("#done", Button).focus()

    def note(self, sentence: str) -> None:
        """Say something that matters, or nothing."""
        note = self.query_one("#note", Static)
        note.display = bool(sentence)
        note.update(Content(sentence))

    @property
    def is_revealed(self) -> bool:
        """Whether the key is shown."""
        return self._hiding is not None

    def hide(self) -> None:
        """Take a shown key out of sight."""
        if self.is_revealed:
            self._hide()

    def _hide(self) -> None:
        self.query_one("#key", Static).update(_HIDDEN)
        if self._hiding is not None:
            self._hiding.stop()
            self._hiding = None

    def action_reveal(self) -> None:
        """Show the key for a while, or hide it again."""
        if self._key is None:
            return
        if self.is_revealed:
            self._hide()
            return
        self._session.key_taken()
        # Only this one widget holds the text, and only while it is shown.
        self.query_one("#key", Static).update(Content(harmless(self._key.reveal())))
        self.query_one("#key-row").scroll_visible(animate=False)
        self._hiding = self.set_timer(REVEALED_FOR, self._hide)

    @work(exclusive=True, group="copy", exit_on_error=False, description="copy the key")
    async def action_copy(self) -> None:
        """Send the key to the clipboard."""
        if self._key is not None:
            self._session.key_taken()
            await self.a360.copy_text(self._key)

    def action_test(self) -> None:
        """Sign in with the key, once."""
        # A second press must not send a second try: failures add up to a disabled user.
        if not self.is_working("test"):
            self._test()

    @work(exclusive=True, group="test", exit_on_error=False, description="sign in with the key")
    async def _test(self) -> None:
        key, session = self._key, self._session
        if key is None:
            return
        line = self.query_one("#sign-in", Static)
        line.remove_class("warning")
        line.update("· signing in with it …")
        self.a360.exchanges.begin("sign in with the key")
        try:
            await session.try_key(key)
        except SignInFailed as error:
            line.add_class("warning")
            line.update(Content(f"✗ does not sign in: {error.message}"))
        except A360Error as error:
            line.add_class("warning")
            line.update(Content(f"? not tried: {error.message}"))
        else:
            self.show_sign_in()

    def show_sign_in(self) -> None:
        """Say how long a token lasts that the key gave."""
        sign_in = self._session.key_sign_in
        if sign_in is not None:
            lifetime = sign_in.token_lifetime
            words = f"; a token lasts {span_words(lifetime)}" if lifetime is not None else ""
            self.query_one("#sign-in", Static).update(f"✓ works, signs in{words}")

    @on(Button.Pressed, "#done")
    def _done(self) -> None:
        self.action_back()

    def action_back(self) -> None:
        """Hide the key and leave."""
        self._hide()
        self.dismiss(None)
