"""The dialog over everything after nobody has been there for a while: who signs in again goes on where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from a360tui.api import ApiKey, Password
from a360tui.api.errors import SignInFailed
from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.tui.screen import A360Dialog
from a360tui.tui.widgets.field import Field, SecretInput

if TYPE_CHECKING:
    from a360tui.tui.session import Session


class LockedDialog(A360Dialog[bool]):
    """Asks for what signs in, or opens what is remembered; it is left by that alone, or by quitting."""

    NAME: ClassVar[str] = "Locked"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "stay", show=False)]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._asks = False
        """Whether the field is shown; without it what is known or remembered signs in."""

    def compose(self) -> ComposeResult:
        """The sentence, the field where it is needed, the buttons."""
        session = self._session
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content("Locked")
            yield Static(
                Content(
                    f"Nobody was here for a while, so {session.binding.username} was signed out of "
                    f"{session.place}. What you typed stays.\n"
                ),
                markup=False,
            )
            yield Field("API key" if session.signed_in_by_key else "Password", SecretInput(), name="secret")
            yield Static("", id="note", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Quit", id="quit")
                yield Button("Go on", id="answer", variant="primary")

    def on_mount(self) -> None:
        """Ask only where nothing is known or remembered."""
        self._say("")
        self._show_field(asks=False)
        self._look_for_remembered()

    @work(exclusive=True, group="look", exit_on_error=False, description="look for what is remembered")
    async def _look_for_remembered(self) -> None:
        session = self._session
        if not session.is_demo:
            kept = await session.keeping.store.bindings()
            self._show_field(asks=not any(each.binding == session.binding for each in kept))

    def _show_field(self, *, asks: bool) -> None:
        self._asks = asks
        field = self.query_one(Field)
        field.display = asks
        (field.input if asks else self.query_one("#answer", Button)).focus()

    def _say(self, sentence: str) -> None:
        note = self.query_one("#note", Static)
        note.display = bool(sentence)
        note.update(Content(sentence))

    def action_stay(self) -> None:
        """Esc does not open a lock."""

    @on(Button.Pressed, "#quit")
    async def _quit(self) -> None:
        await self.a360.action_quit()

    @on(Button.Pressed, "#answer")
    @on(Input.Submitted)
    def _answered(self) -> None:
        # A second Enter must not send a second try: failures add up to a disabled user.
        if self.is_working("sign-in"):
            return
        if self._asks and not self.query_one(Field).value:
            self.query_one(Field).complain("Nothing is typed here.")
        else:
            self._sign_in()

    @work(exclusive=True, group="sign-in", exit_on_error=False, description="sign in after a lock")
    async def _sign_in(self) -> None:
        session = self._session
        self._say("")
        try:
            credential = await self._credential()
            if credential is None:
                self._show_field(asks=True)
                return
            await session.room.sign_in(session.binding.username, credential)
        except SignInFailed as error:
            self._show_field(asks=True)
            self.query_one(Field).complain(str(error))
        except A360Error as error:
            self._say(str(error))
        else:
            self.dismiss(True)

    async def _credential(self) -> Password | ApiKey | None:
        """What was typed, what the demo knows, or what is remembered, for which the passphrase may be asked."""
        session = self._session
        if self._asks:
            field = self.query_one(Field)
            secret = Secret(field.value.strip() if session.signed_in_by_key else field.value)
            field.empty()
            return ApiKey(secret) if session.signed_in_by_key else Password(secret)
        if session.is_demo:
            demo = await self.a360.signing_in.demo()
            return Password(demo.passwords[session.binding.username])
        return await session.remembered()
