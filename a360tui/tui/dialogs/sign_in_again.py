"""Signing in over the screen that is shown, after the session ended; what is typed there stays."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from a360tui.api import ApiKey, Password
from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.tui.screen import A360Dialog
from a360tui.tui.session import Session
from a360tui.tui.widgets.field import Field, SecretInput


class SignInAgainDialog(A360Dialog[bool]):
    """Asks for what signed in before, the password or the API key, until it is right or the person gives up."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "not now")]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """The sentence, the field, the buttons."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content("Your session ended")
            yield Static(
                Content(
                    f"Sign in again as {self._session.binding.username} at "
                    f"{self._session.destination.address.display}. What you typed stays.\n"
                ),
                markup=False,
            )
            yield Field("API key" if self._session.signed_in_by_key else "Password", SecretInput(), name="secret")
            with Horizontal(id="buttons"):
                yield Button("Not now", id="cancel")
                yield Button("Sign in", id="answer", variant="primary")

    def on_mount(self) -> None:
        """Begin in the field."""
        self.query_one(Field).input.focus()

    def action_leave(self) -> None:
        """Stay signed out."""
        self.dismiss(False)

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(False)

    @on(Button.Pressed, "#answer")
    @on(Input.Submitted)
    def _answered(self) -> None:
        # A second Enter must not send a second try: failures add up to a disabled user.
        if self.is_working("sign-in"):
            return
        if self.query_one(Field).value:
            self._sign_in()
        else:
            self.query_one(Field).complain("Nothing is typed here.")

    @work(exclusive=True, group="sign-in", exit_on_error=False, description="sign in again")
    async def _sign_in(self) -> None:
        field = self.query_one(Field)
        text = field.value
        field.empty()
        session = self._session
        kind = ApiKey if session.signed_in_by_key else Password
        try:
            await session.room.sign_in(session.binding.username, kind(Secret(text)))
        except A360Error as error:
            field.complain(str(error))
        else:
            self.dismiss(True)
