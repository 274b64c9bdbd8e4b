"""What the dialogs share that ask a session for its password or its API key once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.widgets import Input

from a360tui.api import ApiKey, Password
from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.tui.screen import A360Dialog
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.field import Field, SecretInput
from a360tui.workflow.key import KeySignIn

if TYPE_CHECKING:
    from a360tui.tui.session import Session


class CredentialDialog(A360Dialog[bool]):
    """Asks for what signed in before, and closes with ``True`` once it signs in again."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    @property
    def _needs_text(self) -> bool:
        """Whether nothing but what is typed can sign in."""
        return True

    def _secret_field(self, secret_input: SecretInput) -> Field:
        return Field("API key" if self._session.signed_in_by_key else "Password", secret_input, name="secret")

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one(Field).explain()

    @on(Button.Pressed, "#answer")
    @on(Input.Submitted)
    def _answered(self) -> None:
        # A second Enter must not send a second try: failures add up to a disabled user.
        if self.is_working("sign-in"):
            return
        field = self.query_one(Field)
        if self._needs_text and not field.value:
            field.complain("This field is empty.")
        else:
            self._sign_in()

    @work(exclusive=True, group="sign-in", exit_on_error=False, description="sign in again")
    async def _sign_in(self) -> None:
        field = self.query_one(Field)
        is_typed = bool(field.value)
        try:
            credential = await self._credential()
            if credential is None:
                return
            field.explain("Signing in …")
            await self._session.room.sign_in(self._session.binding.username, credential)
        except A360Error as error:
            field.explain("")
            self._refused(error)
        else:
            if isinstance(credential, ApiKey) and is_typed:
                self._session.know(credential.secret, KeySignIn.of(self._session.room))
            self.dismiss(True)

    async def _credential(self) -> Password | ApiKey | None:
        """What was typed; the field is empty afterwards. ``None``: there is nothing to try yet."""
        field = self.query_one(Field)
        text = field.value
        field.empty()
        return ApiKey(Secret(text.strip())) if self._session.signed_in_by_key else Password(Secret(text))

    def _refused(self, error: A360Error) -> None:
        self.query_one(Field).complain(str(error))
