"""Signing in over the screen that is shown, after the session ended; what is typed there stays."""

from __future__ import annotations

from datetime import timedelta
from math import inf
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from a360tui.tui.dialogs.credential import CredentialDialog
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.field import Field, FieldInput, SecretInput

_PAUSE = 0.7
"""Seconds without a letter after which somebody who was typing has seen the dialog."""


class _AfterAPause(SecretInput):
    """Leaves out letters that were meant for the field behind: Enter would send them as a password."""

    last_behind = -inf
    """When the last of them was typed; none will come any more where it is long ago."""

    def on_key(self, event: events.Key) -> None:
        if not event.is_printable:
            return
        if event.time - self.last_behind < _PAUSE:
            self.last_behind = event.time
            event.stop()
            event.prevent_default()
            self.query_ancestor(Field).warn("What you typed as this opened is left out.")
        else:
            self.last_behind = -inf


class SignInAgainDialog(CredentialDialog):
    """Asks for what signed in before, the password or the API key, until it is right or the person gives up."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "not now")]

    def compose(self) -> ComposeResult:
        """The sentence, the field, the buttons."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content("Your session ended")
            yield Static(
                Content(
                    f"Sign in again as {self._session.binding.shown_username} at "
                    f"{self._session.destination.address.display}. What you typed is kept.\n"
                ),
                markup=False,
            )
            yield self._secret_field(_AfterAPause())
            with Horizontal(id="buttons"):
                yield Button("Not now", id="cancel")
                yield Button("Sign in", id="answer", variant="primary")

    def on_mount(self) -> None:
        """Begin in the field, after the letters that are on their way to the one behind."""
        secret, behind = self.query_one(_AfterAPause), self.app.screen_stack[-2].focused
        if isinstance(behind, FieldInput):
            secret.last_behind = behind.typed_at
        secret.focus()

    def on_screen_resume(self) -> None:
        """Ask no more where the person has signed in meanwhile, to open the idle lock over it."""
        left = self._session.room.token_left()
        if left is not None and left > timedelta():
            self.dismiss(True)

    def action_back(self) -> None:
        """Stay signed out."""
        self.dismiss(False)

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(False)
