"""The dialog over everything after nobody has been there for a while: who signs in again goes on where it was."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from a360tui.api import ApiKey, Password
from a360tui.api.errors import SignInFailed
from a360tui.errors import A360Error
from a360tui.storage.errors import StorageError
from a360tui.tui.dialogs.credential import CredentialDialog
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.field import Field, SecretInput


class LockedDialog(CredentialDialog):
    """Asks for what signs in, or opens what is remembered; it is left by that alone, or by quitting."""

    NAME: ClassVar[str] = "Locked"
    _asks = False

    def compose(self) -> ComposeResult:
        """The sentence, the field where it is needed, the buttons."""
        session = self._session
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content("Locked")
            yield Static(
                Content(
                    f"Nothing was pressed for a while, so {session.binding.shown_username} was signed out of "
                    f"{session.place}. What you typed is kept.\n"
                ),
                markup=False,
            )
            yield self._secret_field(SecretInput())
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
            try:
                kept = await session.keeping.store.bindings()
            except A360Error as error:
                self._say(str(error))
                kept = ()
            self._show_field(asks=not any(each.binding == session.binding for each in kept))

    @property
    def _needs_text(self) -> bool:
        return self._asks

    def _show_field(self, *, asks: bool) -> None:
        self._asks = asks
        field = self.query_one(Field)
        field.display = asks
        (field.input if asks else self.query_one("#answer", Button)).focus()

    def _say(self, sentence: str) -> None:
        note = self.query_one("#note", Static)
        note.display = bool(sentence)
        note.update(Content(sentence))

    def action_back(self) -> None:
        """Esc does not open a lock."""

    @on(Button.Pressed, "#quit")
    async def _quit(self) -> None:
        await self.a360.action_quit()

    async def _credential(self) -> Password | ApiKey | None:
        """What was typed, what the demo knows, or what is remembered, for which the passphrase may be asked."""
        self._say("")
        session = self._session
        if self.query_one(Field).value:
            return await super()._credential()
        if session.is_demo:
            demo = await self.a360.signing_in.demo()
            return Password(demo.passwords[session.binding.username])
        remembered = await session.remembered()
        if remembered is None:
            self._show_field(asks=True)
        return remembered

    def _refused(self, error: A360Error) -> None:
        if isinstance(error, SignInFailed):
            self._show_field(asks=True)
            super()._refused(error)
        else:
            self._say(str(error))
            # Who cannot open what is remembered may know it all the same.
            self.query_one(Field).display |= isinstance(error, StorageError)
