"""Your API key: its state, making it, making it anew, signing in with it, and how a program uses it."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from a360tui.api import GeneratedKey
from a360tui.api.errors import SignInFailed
from a360tui.errors import A360Error
from a360tui.tui.checklist import key_dates
from a360tui.tui.dialogs.ask_secret import AskSecretDialog
from a360tui.tui.dialogs.assumed_call import AssumedCallDialog
from a360tui.tui.dialogs.new_key import NewKeyDialog
from a360tui.tui.dialogs.regenerate import RegenerateDialog
from a360tui.tui.screen import A360Screen
from a360tui.tui.widgets.menu import Choice, Menu
from a360tui.workflow.assumed_calls import generate_call_words
from a360tui.workflow.dates import span_words
from a360tui.workflow.key import KeyState, KeyStatus, check_generate, generate_key, key_status, sign_in_with_key

_LIFE_WIDTH = 12


class MyKeyScreen(A360Screen):
    """The key's state above, what can be done with it below."""

    NAME: ClassVar[str] = "My key"
    HEADING: ClassVar[str] = "Your API key"
    CSS_PATH = "my_key.tcss"

    def __init__(self, begin_with: Literal["", "test", "usage"] = "") -> None:
        super().__init__()
        self._begin_with = begin_with
        self._status: KeyStatus | None = None
        self._making = False

    def compose_body(self) -> ComposeResult:
        """Facts, what stands in the way, and the menu."""
        yield Static("reading …", id="facts", markup=False)
        yield Static("", id="obstacle", markup=False)
        yield Menu(id="choices", label_width=18)
        yield Static("", id="status", markup=False)

    def on_screen_resume(self) -> None:
        """Read the state again."""
        super().on_screen_resume()
        if not self._making:
            self._read_state()

    @work(exclusive=True, group="state", exit_on_error=False, description="read the state of the key")
    async def _read_state(self) -> None:
        self.a360.exchanges.begin("state of the key")
        try:
            status = await self.read(lambda: key_status(self.session.room))
        except A360Error as error:
            self.query_one("#facts", Static).update(Content(str(error)))
            return
        self._show(status)
        begin_with, self._begin_with = self._begin_with, ""
        if begin_with:
            await self.run_action(begin_with)

    def _show(self, status: KeyStatus) -> None:
        first = self._status is None
        self._status = status
        made, ends = key_dates(status)
        lines = [("State", status.state.value)]
        if status.state not in (KeyState.NONE, KeyState.NOT_VISIBLE):
            lines += [("Created", made), ("Ends", f"{ends}  {_life(status)}")]
        if status.state is not KeyState.NONE:
            lines.append(("Kept in", "memory, until you sign out" if self.session.known_key else "not here"))
        if self.session.key_sign_in is not None:
            lifetime = self.session.key_sign_in.token_lifetime
            lines.append(("Signs in", f"yes; a token lasts {span_words(lifetime)}" if lifetime else "yes"))
        facts = Content("\n").join(Content.assemble((f"{word:<14}", "$text-muted"), value) for word, value in lines)
        self.query_one("#facts", Static).update(facts)
        self.query_one("#obstacle", Static).update(Content(status.obstacle))
        self.query_one("#obstacle").display = bool(status.obstacle)
        menu = self.query_one(Menu)
        menu.choices = self._choices(status)
        if first:
            menu.focus()
        self.refresh_bindings()
        self.show_top_line()

    def _choices(self, status: KeyStatus) -> tuple[Choice, ...]:
        choices: list[Choice] = []
        if status.state is KeyState.NONE:
            choices.append(Choice("generate", "Generate", "makes your first key"))
        test = Choice("test", "Test sign-in", "signs in with the key, once")
        regenerate = Choice("regenerate", "Regenerate …", "ends this key, makes a new one")
        if status.exists:
            urgent = status.state in (KeyState.ENDED, KeyState.ENDING)
            choices += [regenerate, test] if urgent else [test, regenerate]
        if self.session.known_key is not None:
            choices.append(Choice("show_again", "Show it again", "reveal or copy"))
        choices.append(Choice("usage", "How to use it", "curl, PowerShell, Python"))
        return tuple(choices)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Generate where there is no key, regenerate where there is one."""
        if action == "generate":
            return self._status is not None and not self._status.exists
        if action == "regenerate":
            return self._status is not None and self._status.exists
        return super().check_action(action, parameters)

    @on(Menu.Chosen, "#choices")
    async def _chosen(self, message: Menu.Chosen) -> None:
        await self.run_action(message.choice.name)

    # Making it --------------------------------------------------------------------------------------------------------

    def action_generate(self) -> None:
        """Make the first key."""
        self._make(replace=False)

    def action_regenerate(self) -> None:
        """Make the key anew, after the question."""
        self._make(replace=True)

    @work(exclusive=True, group="make", exit_on_error=False, description="make the key")
    async def _make(self, *, replace: bool) -> None:
        line = self.query_one("#status", Static)
        line.remove_class("warning")
        line.update("")
        self._making = True
        try:
            await self._ask_and_make(replace=replace)
        except A360Error as error:
            line.update(Content(str(error)))
            line.add_class("warning")
        finally:
            self._making = False
        self._read_state()

    async def _ask_and_make(self, *, replace: bool) -> None:
        session = self.session
        line = self.query_one("#status", Static)
        self.a360.exchanges.begin("regenerate" if replace else "generate")
        before = await self.read(lambda: key_status(session.room))
        check_generate(before, replace=replace)
        if not await self._may_assume():
            return
        if replace and not await self.a360.push_screen_wait(RegenerateDialog(before)):
            return
        line.update("Waiting for the Control Room's answer …")
        made = await asyncio.shield(self.a360.write(self._write(before, replace=replace)))
        line.update("")
        title = "Your new API key" if replace else "Your API key"
        await self.a360.push_screen_wait(
            NewKeyDialog(session, made.key, title=title, ends=made.expiration_time, now=session.room.now())
        )

    async def _write(self, before: KeyStatus, *, replace: bool) -> GeneratedKey:
        """The one POST; the key is in the session before anything is drawn."""
        made = await generate_key(self.session.room, before, replace=replace)
        self.session.known_key = made.key
        self.session.key_sign_in = None
        return made

    async def _may_assume(self) -> bool:
        """Ask once a session whether the assumed calls may be used on this Control Room."""
        session = self.session
        if not session.assumed_calls_allowed:
            question = AssumedCallDialog(
                "makes the key", generate_call_words(session.room), session.destination.address.display
            )
            session.assumed_calls_allowed = await self.a360.push_screen_wait(question)
        return session.assumed_calls_allowed

    # Using it ---------------------------------------------------------------------------------------------------------

    @work(exclusive=True, group="test", exit_on_error=False, description="sign in with the key")
    async def action_test(self) -> None:
        """Sign in with the key, once; asks for its text where this session does not have it."""
        session = self.session
        line = self.query_one("#status", Static)
        line.remove_class("warning")
        key = session.known_key
        if key is None:
            key = await self.a360.push_screen_wait(
                AskSecretDialog(
                    "Sign in with your API key",
                    "A Control Room never shows a key again, so paste yours. A wrong one counts as a failed sign-in, "
                    "and the third may disable your account.",
                    "API key",
                    "Sign in",
                )
            )
        if key is None:
            return
        line.update("Signing in with the key …")
        self.a360.exchanges.begin("sign in with the key")
        try:
            session.key_sign_in = await sign_in_with_key(session.destination, session.signed_in.user.username, key)
        except SignInFailed as error:
            session.key_sign_in = None
            line.update(Content(f"The key does not sign in. {error}"))
            line.add_class("warning")
        except A360Error as error:
            line.update(Content(str(error)))
            line.add_class("warning")
        else:
            session.known_key = key
            lifetime = session.key_sign_in.token_lifetime
            line.update(f"The key signs in; a token lasts {span_words(lifetime)}." if lifetime else "The key signs in.")
            if self._status is not None:
                self._show(self._status)

    @work(exclusive=True, group="show", exit_on_error=False, description="show the key again")
    async def action_show_again(self) -> None:
        """Open the dialog of the key once more."""
        key, status = self.session.known_key, self._status
        if key is not None and status is not None:
            await self.a360.push_screen_wait(
                NewKeyDialog(
                    self.session, key, title="Your API key", ends=status.expiration_time, now=self.session.room.now()
                )
            )

    def action_usage(self) -> None:
        """Show how a program signs in with the key."""
        from a360tui.tui.screens.usage import UsageScreen

        self.a360.push_screen(UsageScreen())

    def action_reload(self) -> None:
        """Read the state again."""
        self._read_state()


def _life(status: KeyStatus) -> str:
    """How much of the key's life is over, as a bar; the words beside it say the same."""
    if status.created_on is None or status.expiration_time is None or status.expiration_time <= status.created_on:
        return ""
    over = (status.now - status.created_on) / (status.expiration_time - status.created_on)
    filled = min(_LIFE_WIDTH, max(0, round(over * _LIFE_WIDTH)))
    return "▓" * filled + "░" * (_LIFE_WIDTH - filled)
