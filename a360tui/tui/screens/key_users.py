"""One user of the inventory in full, or several at once: their keys, and giving or taking the role that lets them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Label, Static

from a360tui.api import User
from a360tui.errors import A360Error
from a360tui.text import shortened
from a360tui.tui.dialogs.confirm import ConfirmDialog, Facts
from a360tui.tui.screen import WRITE, A360Screen
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.menu import Choice, Menu
from a360tui.tui.widgets.plan_view import PlanView
from a360tui.tui.widgets.status import Status
from a360tui.workflow.dates import age_words, date_stamp
from a360tui.workflow.inventory import Entry
from a360tui.workflow.permissions import MANAGE_ROLES
from a360tui.workflow.plan import Step
from a360tui.workflow.role_membership import MembershipChange, plan_giving, plan_revocation
from a360tui.workflow.role_overview import RoleGrant

_GIVE, _TAKE = "give", "take"
_MOST_NAMED = 200
"""Letters of the names of several users."""


class KeyUsersScreen(A360Screen):
    """What is known, the roles in question, and the plan of a change."""

    NAME: ClassVar[str] = "Key users"
    CSS_PATH = "key_users.tcss"

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._ids = tuple(entry.user_id for entry in entries)
        self._change: MembershipChange | None = None
        self._chosen: tuple[str, RoleGrant] | None = None
        """To give or to take, and what."""

    @property
    def _entries(self) -> list[Entry]:
        inventory = self.session.inventory
        return [entry for entry in inventory.entries if entry.user_id in self._ids] if inventory is not None else []

    def compose_body(self) -> ComposeResult:
        """The facts, the choices, the plan and its buttons."""
        entries = self._entries
        heading = entries[0].username if len(entries) == 1 else f"{len(entries):,} users"
        yield Label(Content(heading), id="heading", markup=False)
        yield Vertical(self._facts(), id="facts")
        yield Static("", id="question", markup=False)
        yield Menu(id="choices")
        with Vertical(id="planned"):
            with Horizontal(id="plan"):
                yield Label("Will", id="plan-label", markup=False)
                yield PlanView(id="plan-view")
            yield Static("", id="consequence", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Leave it", id="leave")
                yield Button("", id="carry-out")
        yield Status(id="status", markup=False)

    def on_mount(self) -> None:
        """Begin at the choices."""
        self._show_plan(False)
        self._show_choices()
        self.query_one(Menu).focus()

    def _show_plan(self, shown: bool) -> None:
        for widget in self.query("#planned, #planned Button"):
            widget.display = shown

    def _facts(self) -> Facts:
        entries = self._entries
        return Facts(*(self._facts_of(entries[0]) if len(entries) == 1 else _facts_of_several(entries)))

    def _facts_of(self, entry: Entry) -> list[tuple[str, str]]:
        inventory = self.session.inventory
        now = inventory.now if inventory is not None else self.session.room.now()
        user = entry.user
        dates = [
            (word, "–" if moment is None else f"{age_words(moment, now):<18}{date_stamp(moment)}")
            for word, moment in (("Created", entry.created_on), ("Ends", entry.ends_on))
        ]
        person = [] if user is None else [("Name", "  ".join(part for part in (entry.full_name, user.email) if part))]
        roles = [] if user is None else [("Roles", ", ".join(role.name for role in user.roles) or "–")]
        problem = [("Why", entry.problem)] if entry.problem else []
        return [*person, ("Key", entry.words), *problem, *dates, *roles]

    # Choosing ---------------------------------------------------------------------------------------------------------

    def _show_choices(self) -> None:
        inventory = self.session.inventory
        menu, question = self.query_one(Menu), self.query_one("#question", Static)
        obstacle = self.a360.caution.why_read_only
        if not self.session.signed_in.may(MANAGE_ROLES):
            obstacle = "Your roles do not let you manage roles, so nothing can be changed here."
        if inventory is None or obstacle:
            menu.display = False
            question.update(Content(obstacle))
            return
        question.update("Roles that grant Generate API-Key")
        choices: list[Choice] = []
        for grant in inventory.roles:
            having = sum(any(each.row.id == grant.row.id for each in entry.roles) for entry in self._entries)
            lacking = len(self._entries) - having
            if having:
                words = "has this role" if len(self._ids) == 1 else f"{having:,} of {len(self._ids):,} have this role"
                choices.append(Choice(f"{_TAKE} {grant.row.id}", f"Remove from {grant.row.name} …", words))
            if lacking:
                words = "does not have it" if len(self._ids) == 1 else f"{lacking:,} of {len(self._ids):,} do not"
                choices.append(Choice(f"{_GIVE} {grant.row.id}", f"Add to {grant.row.name} …", words))
        menu.choices = tuple(choices)

    @on(Menu.Chosen)
    def _menu_chosen(self, message: Menu.Chosen) -> None:
        if self.is_working(WRITE):
            self.notify(self.STILL_WRITES, markup=False)
            return
        self._show_plan(False)
        self._change = None
        what, _, role_id = message.choice.name.partition(" ")
        inventory = self.session.inventory
        for grant in inventory.roles if inventory is not None else ():
            if grant.row.id == role_id:
                self._plan(what, grant)

    @work(exclusive=True, group="plan", exit_on_error=False, description="plan a change of who has a role")
    async def _plan(self, what: str, grant: RoleGrant) -> None:
        room = self.session.room
        self.a360.exchanges.begin(f"{what} a role")
        self._say("")
        try:
            role = await self.read(lambda: room.role(grant.row.id))
            users = [entry.user or User(entry.user_id, entry.username) for entry in self._entries]
            change = plan_giving(room, role, users) if what == _GIVE else plan_revocation(room, role, users)
        except A360Error as error:
            self._say(str(error), wrong=True)
            return
        if not change.plan.changes:
            self._note(what, RoleGrant(grant.row, role))
            self._say(f"{change.plan.nothing_to_do} Someone else has changed it meanwhile.")
            return
        self._change, self._chosen = change, (what, RoleGrant(grant.row, role))
        self.query_one(PlanView).plan = change.plan
        self.query_one("#consequence", Static).update(
            f"An existing key stays as it is, as far as is known; {self._left_to_make(grant)}."
            if what == _TAKE
            else "Only the user can make a key, after signing in again."
        )
        self.query_one("#plan-label", Label).update("Will")
        self._show_plan(True)
        self.relabel("leave", "Leave it").focus()
        self.relabel("carry-out", "Remove" if what == _TAKE else "Add")

    def _left_to_make(self, taken: RoleGrant) -> str:
        """What these users can do without the role: another one may let them make a key, too."""
        left = sum(any(each.row.id != taken.row.id for each in entry.roles) for entry in self._entries)
        if not left:
            return "no new one can be made"
        whose = "another role" if left == len(self._ids) else f"for {left:,} of {len(self._ids):,} another role"
        return f"{whose} still lets a new one be made"

    # Carrying it out --------------------------------------------------------------------------------------------------

    @on(Button.Pressed, "#leave")
    def _left(self) -> None:
        self._show_plan(False)
        self.query_one(Menu).focus()
        self._change = None
        self._show_choices()

    @on(Button.Pressed, "#carry-out")
    def _carry_out_pressed(self) -> None:
        if self._change is not None and not self.is_working(WRITE):
            self._carry_out(self._change)

    @work(exclusive=True, group=WRITE, exit_on_error=False, description="change who has a role")
    async def _carry_out(self, change: MembershipChange) -> None:
        if not await self._is_meant():
            return
        self.query("#planned Button").set(display=False)
        view = self.query_one(PlanView)

        def follow(_step: Step) -> None:
            view.plan = change.plan

        try:
            await self.a360.writes.run(change.plan.run(follow))
        except A360Error as error:
            self._say(str(error), wrong=True)
        else:
            if self._chosen is not None:
                what, grant = self._chosen
                self._note(what, RoleGrant(grant.row, change.role or grant.role))
            meanwhile = "Someone else changed the role meanwhile; their change was kept." * change.changed_meanwhile
            self.query_one("#plan-label", Label).update("Done")
            self._say(meanwhile or "Saved and read back.")
        leave = self.relabel("leave", "Go on")
        leave.display = True
        leave.focus()

    async def _is_meant(self) -> bool:
        """In production, who takes a role away types the user name first."""
        if self._chosen is None or self._chosen[0] != _TAKE or not self.a360.caution.name_to_type:
            return True
        grant = self._chosen[1]
        sentence = f"They lose the role {grant.row.name}. An existing key stays; {self._left_to_make(grant)}."
        question = ConfirmDialog("Remove from the role?", sentence, "Leave it", "Remove", destructive=True)
        return await self.a360.push_screen_wait(question)

    def _note(self, what: str, grant: RoleGrant) -> None:
        """Know what holds now, without asking again."""
        if self.session.inventory is not None:
            self.session.inventory = self.session.inventory.changed(grant, self._ids, given=what == _GIVE)
        place = self.query_one("#facts", Vertical)
        place.remove_children()
        place.mount(self._facts())
        self._show_choices()

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        status = self.query_one(Status)
        status.set_class(wrong, "warning")
        status.update(Content(sentence))


def _facts_of_several(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    states = {entry.state: sum(each.state is entry.state for each in entries) for entry in entries}
    names = ", ".join(entry.username for entry in entries)
    return [
        ("Users", shortened(names, _MOST_NAMED)),
        ("Keys", ", ".join(f"{count:,} {state.value}" for state, count in states.items())),
    ]
