"""The new key: hidden until asked for, tried once, and not left by one slip."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Button, Static

from a360tui.api.errors import SignInFailed
from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.text import harmless
from a360tui.tui.screen import A360Dialog
from a360tui.workflow.dates import age_words, date_stamp, span_words
from a360tui.workflow.key import sign_in_with_key

if TYPE_CHECKING:
    from a360tui.tui.session import Session

REVEALED_FOR = 30.0
"""Seconds that the key stays in sight."""


class NewKeyDialog(A360Dialog[None]):
    """Shows what there is to know of the key, and gives it away only when asked."""

    NAME: ClassVar[str] = "New key"
    CSS_PATH = "new_key.tcss"

    def __init__(self, session: Session, key: Secret, *, title: str, ends: datetime | None, now: datetime) -> None:
        super().__init__()
        self._session = session
        self._key = key
        self._title = title
        self._ends = ends
        self._now = now
        self._taken = False
        self._warned = False
        self._hiding: Timer | None = None

    def compose(self) -> ComposeResult:
        """The hidden key, its keys, what is known of it."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(self._title)
            with Horizontal(id="key-row"):
                yield Static("", id="key", markup=False)
                yield Static("r reveal\nc copy\nt test", id="key-keys", markup=False)
            yield Static("", id="sign-in", markup=False)
            yield Static("· kept in memory until you sign out or quit", markup=False, classes="dim")
            if self._ends is not None:
                yield Static(
                    Content(f"\nEnds {date_stamp(self._ends)}, {age_words(self._ends, self._now)}."), markup=False
                )
            yield Static("\nIt is shown this once: carry it to the places that use it now.", markup=False)
            yield Static("", id="note", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Done", id="done", variant="primary")

    def on_mount(self) -> None:
        """Hide the key, and try it."""
        self._hide()
        self.query_one("#note").display = False
        self.query_one("#done", Button).focus()
        if self._session.key_sign_in is None:
            self.action_test()
        else:
            self._show_sign_in()

    def _hide(self) -> None:
        self.query_one("#key", Static).update("•" * 40)
        if self._hiding is not None:
            self._hiding.stop()
            self._hiding = None

    def action_reveal(self) -> None:
        """Show the key for a while, or hide it again."""
        if self._hiding is not None:
            self._hide()
            return
        self._taken = True
        # Only this one widget holds the text, and only while it is shown.
        self.query_one("#key", Static).update(Content(harmless(self._key.reveal())))
        self._hiding = self.set_timer(REVEALED_FOR, self._hide)

    @work(exclusive=True, group="copy", exit_on_error=False, description="copy the key")
    async def action_copy(self) -> None:
        """Send the key to the clipboard."""
        self._taken = True
        await self.a360.copy_text(self._key)

    def action_test(self) -> None:
        """Sign in with the key."""
        self._test()

    @work(exclusive=True, group="test", exit_on_error=False, description="sign in with the key")
    async def _test(self) -> None:
        line = self.query_one("#sign-in", Static)
        line.remove_class("warning")
        line.update("· signing in with it …")
        session = self._session
        self.a360.exchanges.begin("sign in with the key")
        try:
            session.key_sign_in = await sign_in_with_key(
                session.destination, session.signed_in.user.username, self._key
            )
        except SignInFailed as error:
            line.add_class("warning")
            line.update(Content(f"✗ does not sign in: {error.message}"))
        except A360Error as error:
            line.add_class("warning")
            line.update(Content(f"? not tried: {error.message}"))
        else:
            self._show_sign_in()

    def _show_sign_in(self) -> None:
        sign_in = self._session.key_sign_in
        lifetime = sign_in.token_lifetime if sign_in is not None else None
        words = f"; a token lasts {span_words(lifetime)}" if lifetime is not None else ""
        self.query_one("#sign-in", Static).update(f"✓ works, signs in{words}")

    @on(Button.Pressed, "#done")
    def _done(self) -> None:
        self.action_back()

    def action_back(self) -> None:
        """Leave; a key that was neither revealed nor copied is left only at the second time."""
        if self._taken or self._warned:
            self._hide()
            self.dismiss(None)
            return
        self._warned = True
        note = self.query_one("#note", Static)
        note.display = True
        note.update("You have neither revealed nor copied the key. Once more leaves it here, in memory only.")
