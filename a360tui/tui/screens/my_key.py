"""Your API key: its state, where it is kept and used, making it, making it anew, signing in with it."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual import events, on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from a360tui.api.errors import SignInFailed
from a360tui.errors import A360Error
from a360tui.storage.errors import PassphraseNeeded
from a360tui.tui.checklist import key_dates
from a360tui.tui.dialogs.ask_secret import ask_for_key
from a360tui.tui.dialogs.assumed_call import agreed_to_calls, keep_what_worked
from a360tui.tui.dialogs.call_absent import lead_to_calls
from a360tui.tui.dialogs.confirm import ConfirmDialog
from a360tui.tui.dialogs.key import KeyDialog
from a360tui.tui.dialogs.new_key import NewKeyDialog
from a360tui.tui.dialogs.regenerate import RegenerateDialog
from a360tui.tui.dialogs.unfinished import offer_unfinished
from a360tui.tui.screen import WRITE, A360Screen
from a360tui.tui.widgets.list_row import Column, Row
from a360tui.tui.widgets.menu import Choice, Menu
from a360tui.tui.widgets.paged_list import PagedList
from a360tui.tui.widgets.status import Status
from a360tui.workflow.dates import span_words
from a360tui.workflow.errors import NotReady, UnfinishedRotation
from a360tui.workflow.key import KeyState, KeyStatus, key_status
from a360tui.workflow.references import CheckedReference, Condition, Result, check_references, put_key
from a360tui.workflow.rotation import RotationPlan, prepare

_LIFE_WIDTH = 12


class MyKeyScreen(A360Screen):
    """The key's state above, the places that use it, and what can be done with it."""

    NAME: ClassVar[str] = "My key"
    HEADING: ClassVar[str] = "Your API key"
    CSS_PATH = "my_key.tcss"
    STILL_WRITES: ClassVar[str] = "The key is still being put into the place."

    def __init__(self, begin_with: Literal["", "test", "usage"] = "") -> None:
        super().__init__()
        self._begin_with = begin_with
        self._status: KeyStatus | None = None
        self._making = False
        self._places: int | None = None
        """How many places were shown last; ``None`` before the first look."""
        self._told = ""
        """The place whose state was told last; what came of an action stays till the cursor is on another."""
        self._says_not_read = False
        """Whether the last sentence is about a read that failed, which the next one that does not takes away."""

    def compose_body(self) -> ComposeResult:
        """Facts, places, what stands in the way, and the menu."""
        yield Static("reading …", id="facts", markup=False)
        yield PagedList(
            Column("Used in", 8), Column("", None), Column("", 20), few=True, id="references", empty="No place yet."
        )
        yield Static("", id="obstacle", markup=False)
        yield Menu(id="choices", label_width=18)
        yield Status("", id="status", markup=False)

    def on_mount(self) -> None:
        """Show no list of places before there are some."""
        self.query_one("#references").display = False

    def on_screen_resume(self) -> None:
        """Read the state again."""
        if not self._making and not self.asked_to_sign_in:
            self._read_state()

    @work(exclusive=True, group="state", exit_on_error=False, description="read the state of the key")
    async def _read_state(self) -> None:
        self.a360.exchanges.begin("state of the key")
        trouble: A360Error | None = None
        try:
            status = await self.read(lambda: key_status(self.session.room, self.a360.ending_within))
            self._show(status, stored=await self.session.is_key_stored())
        except A360Error as error:
            trouble = error
            if self._status is None:
                self.query_one("#facts", Static).update("State         not read; r reads it again.")
        else:
            if self._says_not_read:
                self._say("")
        try:
            self._show_references(await check_references(self.session.references(), self.session.known_key))
        except A360Error as error:
            trouble = trouble or error
        if trouble is not None:
            self._say(str(trouble), warning=True)
            self._says_not_read = True
            return
        begin_with, self._begin_with = self._begin_with, ""
        if begin_with:
            await self.run_action(begin_with)

    def _say(self, words: str, *, warning: bool = False) -> None:
        self._says_not_read = False
        line = self.query_one("#status", Status)
        line.set_class(warning, "warning")
        line.update(Content(words))

    def _show(self, status: KeyStatus, *, stored: bool) -> None:
        first = self._status is None
        self._status = status
        made, ends = key_dates(status)
        lines = [("State", status.state.value)]
        if status.state not in (KeyState.NONE, KeyState.NOT_VISIBLE):
            lines += [("Created", made), ("Ends", f"{ends}  {_life(status)}")]
        if status.state is not KeyState.NONE:
            lines.append(("Kept in", self.session.key_place(is_stored=stored)))
        if (sign_in := self.session.key_sign_in) is not None and sign_in.is_of(status):
            lifetime = sign_in.token_lifetime
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

    def _show_references(self, checked: tuple[CheckedReference, ...]) -> None:
        references = self.query_one("#references", PagedList)
        references.display = bool(checked)
        references.styles.height = min(len(checked), 5) + 1
        references.put_rows([_row(each) for each in checked])
        if self._places is not None and len(checked) > self._places:
            references.cursor = len(checked) - 1
            references.focus()
        elif not checked and references.has_focus:
            self.query_one(Menu).focus()
        self._places = len(checked)
        self._tell_place()
        self.refresh_bindings()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Tell the state of the place that the cursor comes to."""
        if event.widget is self.query_one("#references"):
            self._told = ""
            self._tell_place()

    @on(PagedList.Highlighted, "#references")
    def _tell_place(self) -> None:
        references = self.query_one("#references", PagedList)
        row = references.row
        if references.has_focus and row is not None and isinstance(row.value, CheckedReference):
            if row.key != self._told:
                self._say(row.value.state.sentence)
            self._told = row.key

    def _choices(self, status: KeyStatus) -> tuple[Choice, ...]:
        choices: list[Choice] = []
        if status.state is KeyState.NONE and status.may_generate:
            choices.append(Choice("generate", "Generate", "makes your first key"))
        test = Choice("test", "Test sign-in", "signs in with the key, once")
        regenerate = Choice("regenerate", "Regenerate …", "ends this key, makes a new one")
        if status.exists:
            urgent = status.state in (KeyState.ENDED, KeyState.ENDING)
            choices += [regenerate, test] if urgent else [test, regenerate]
            if not status.may_generate:
                choices.remove(regenerate)
            choices.append(Choice("show_again", "Show it", "to reveal or copy it"))
        choices.append(Choice("add_place", "Add a place …", "a file, keyring or command using it"))
        choices.append(Choice("usage", "How to use it", "curl, PowerShell, Python"))
        return tuple(choices)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Generate where there is no key, regenerate where there is one; to a place, only with the cursor on one."""
        status = self._status
        if action in {"generate", "regenerate"} and (status is None or status.exists != (action == "regenerate")):
            return False
        if action in {"remove_place", "put_key"}:
            places = self.query_one("#references", PagedList)
            if self.is_working(WRITE) or not (places.total and places.has_focus):
                return False
        return super().check_action(action, parameters)

    def why_not(self, action: str) -> str:
        """A key is made only by who may."""
        status = self._status
        if action in {"generate", "regenerate"} and status is not None and not status.may_generate:
            return status.obstacle
        return super().why_not(action)

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
        self._say("")
        self._making = True
        error: A360Error | None = None
        try:
            error = await self._ask_and_make(replace=replace)
        except A360Error as refusal:
            error = refusal
        finally:
            self._making = False
        self._read_state()
        if isinstance(error, UnfinishedRotation) and await offer_unfinished(self):
            return
        if error is not None:
            self._say(str(error), warning=True)
            await lead_to_calls(self, error)

    async def _ask_and_make(self, *, replace: bool) -> A360Error | None:
        session = self.session
        self.a360.exchanges.begin("regenerate" if replace else "generate")
        if not await agreed_to_calls(self, "generate"):
            return None
        plan = await self._prepare(replace=replace)
        if plan.obstacles:
            return NotReady(" ".join(plan.obstacles), "Nothing was sent. Fix it, or remove the place.")
        if replace and not await self.a360.push_screen_wait(RegenerateDialog(plan)):
            return None
        title = "Your new API key" if replace else "Your API key"
        dialog = NewKeyDialog(session, title, plan.run, plan.marks)
        await self.a360.push_screen_wait(dialog)
        keep_what_worked(self)
        return dialog.error

    async def _prepare(self, *, replace: bool) -> RotationPlan:
        """Look at everything; where the person wants no secret on disk, plan with memory only."""
        session = self.session

        async def prepared() -> RotationPlan:
            return await prepare(
                session.room,
                session.destination,
                session.keeping,
                session.binding,
                session.references(),
                replace=replace,
                known_key=session.known_key,
                signed_in_by_key=session.signed_in_by_key,
            )

        try:
            return await self.read(prepared)
        except PassphraseNeeded:
            if not self.a360.stores.disk_declined:
                raise
        session.keeping = self.a360.stores.in_memory(is_demo=session.is_demo)
        return await self.read(prepared)

    # Using it ---------------------------------------------------------------------------------------------------------

    def action_test(self) -> None:
        """Sign in with the key, once; asks for its text where it is not known here, or was refused."""
        # A second press must not send a second try: failures add up to a disabled user.
        if not self.is_working("test"):
            self._test()

    @work(exclusive=True, group="test", exit_on_error=False, description="sign in with the key")
    async def _test(self) -> None:
        session = self.session
        try:
            key = await session.key()
            if key is None or key == session.refused_key:
                key = await self.a360.push_screen_wait(ask_for_key(refused=key is not None))
            if key is None:
                return
            self._say("Signing in with the key …")
            self.a360.exchanges.begin("sign in with the key")
            sign_in = await session.try_key(key)
        except SignInFailed as error:
            self._say(f"The key does not sign in. {error}", warning=True)
            self._read_state()
        except A360Error as error:
            self._say(str(error), warning=True)
        else:
            lifetime = sign_in.token_lifetime
            self._say(f"The key signs in; a token lasts {span_words(lifetime)}." if lifetime else "The key signs in.")
            self._read_state()

    @work(exclusive=True, group="show", exit_on_error=False, description="show the key")
    async def action_show_again(self) -> None:
        """Open the dialog of the key, where its text is known here."""
        try:
            key = await self.session.key()
        except A360Error as error:
            self._say(str(error), warning=True)
            return
        if key is None:
            self._say("The text of this key is not known here, and a Control Room never shows it again.")
        else:
            await self.a360.push_screen_wait(KeyDialog(self.session, "Your API key", key))

    def action_usage(self) -> None:
        """Show how a program signs in with the key."""
        from a360tui.tui.screens.usage import UsageScreen

        self.a360.push_screen(UsageScreen())

    def action_add_place(self) -> None:
        """Register a place that uses the key."""
        from a360tui.tui.screens.add_place import AddPlaceScreen

        if self.session.keeping.locations is None:
            self._say("Nothing is kept on disk in this session, so no place can be registered.", warning=True)
        else:
            self.a360.push_screen(AddPlaceScreen())

    @work(exclusive=True, group=WRITE, exit_on_error=False, description="put the key into a place")
    async def action_put_key(self) -> None:
        """Put the key in force into the place under the cursor, after a question."""
        checked = row.value if (row := self.query_one("#references", PagedList).row) is not None else None
        if not isinstance(checked, CheckedReference):
            return
        if checked.state.condition is Condition.HOLDS_CURRENT:
            self._say(f"{checked.state.sentence} There is nothing to put there.")
            return
        try:
            key = await self.session.key()
            if key is None:
                self._say("The text of your key is not known here, so it cannot be put there.", warning=True)
                return
            question = ConfirmDialog(
                "Put your key there?",
                f"{checked.state.sentence} Your API key takes its place.",
                "Leave it",
                "Put it there",
                destructive=True,
            )
            if not await self.a360.push_screen_wait(question):
                return
            outcome = await self.a360.writes.run(put_key(checked.reference, key))
        except A360Error as error:
            self._say(str(error), warning=True)
            return
        self._say(outcome.sentence, warning=outcome.result is not Result.UPDATED)
        self._read_state()

    @work(exclusive=True, group="remove", exit_on_error=False, description="remove a place")
    async def action_remove_place(self) -> None:
        """Remove the place under the cursor, which is left as it is."""
        row = self.query_one("#references", PagedList).row
        if row is None:
            return
        question = ConfirmDialog(
            "Remove this place?",
            f"{row.cells[1]} stays as it is, but new keys will no longer be put there.",
            "Keep it",
            "Remove",
            destructive=True,
        )
        if await self.a360.push_screen_wait(question):
            try:
                self.session.registry.remove(self.session.binding, row.key)
            except A360Error as error:
                self._say(str(error), warning=True)
            else:
                self._say("")
            self._read_state()

    def action_reload(self) -> None:
        """Read the state again."""
        self._say("")
        self._told = ""
        self._read_state()


def _row(checked: CheckedReference) -> Row:
    reference, state = checked.reference, checked.state
    return Row(
        reference.id,
        (reference.kind, reference.label, state.condition.value),
        checked,
        dimmed=state.condition is Condition.HOLDS_CURRENT,
    )


def _life(status: KeyStatus) -> str:
    """How much of the key's life is over, as a bar; the words beside it say the same."""
    if status.created_on is None or status.expiration_time is None or status.expiration_time <= status.created_on:
        return ""
    over = (status.now - status.created_on) / (status.expiration_time - status.created_on)
    filled = min(_LIFE_WIDTH, max(0, round(over * _LIFE_WIDTH)))
    return "▓" * filled + "░" * (_LIFE_WIDTH - filled)
