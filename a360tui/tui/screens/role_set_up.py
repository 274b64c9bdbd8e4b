"""Role set-up: name, permissions and users, the plan that comes of them, and its run step by step."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, Static

from a360tui.api import Role, User
from a360tui.errors import A360Error, InvalidInput
from a360tui.tui.screen import WRITE, A360Screen
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.field import Field, FieldInput
from a360tui.tui.widgets.list_row import Row
from a360tui.tui.widgets.paged_list import PagedList
from a360tui.tui.widgets.permission_tree import PermissionTree
from a360tui.tui.widgets.plan_view import PlanView
from a360tui.tui.widgets.status import Status
from a360tui.tui.widgets.user_picker import UserPicker
from a360tui.workflow.permissions import VIEW_USERS
from a360tui.workflow.plan import Step
from a360tui.workflow.role_lookup import read_role
from a360tui.workflow.role_setup import RoleSetup, RoleSetupPlan, checked_name, plan_role_setup
from a360tui.workflow.row_window import search_users

_PAUSE = 0.25
"""Seconds without a letter in the name after which the Control Room is asked whether there is such a role."""


class RoleSetUpScreen(A360Screen):
    """The form above, what it will do below; nothing is sent before the plan is carried out."""

    NAME: ClassVar[str] = "Role set-up"
    CSS_PATH = "role_set_up.tcss"

    def __init__(
        self, name: str = "API key users", description: str = "May generate an API key", *, role_id: str = ""
    ) -> None:
        """``role_id`` is the role of this name, where that is known: not every name could be typed and looked for."""
        super().__init__()
        self._role_id = role_id
        self._first_name = name
        self._first_description = description
        self._existing: Role | None = None
        self._setup: RoleSetupPlan | None = None
        self._done = False

    def compose_body(self) -> ComposeResult:
        """The form, the plan and the buttons."""
        yield Label("Role set-up", id="heading", markup=False)
        yield Field("Name", FieldInput(self._first_name), name="name")
        yield Field("Description", FieldInput(self._first_description), name="description")
        with Horizontal(id="permissions"):
            yield Static("Permissions\n1 chosen", id="permission-count", markup=False)
            yield PermissionTree(id="tree")
        yield UserPicker(id="picker")
        with Horizontal(id="plan"):
            yield Label("Will", id="plan-label", markup=False)
            yield PlanView(id="plan-view")
        with Horizontal(id="buttons"):
            yield Status(id="status", markup=False)
            yield Button("Cancel", id="cancel")
            yield Button("Create role", id="create", variant="primary")

    def on_mount(self) -> None:
        """Begin where something is to be chosen: at the users."""
        self.query_one(UserPicker).focus_search()
        self._look_up()

    def field(self, name: str) -> Field:
        """The field of that name."""
        return self.query_one(f"#field-{name}", Field)

    # What is typed and chosen -----------------------------------------------------------------------------------------

    @on(Input.Changed, "#field-name FieldInput")
    def _name_typed(self) -> None:
        self.field("name").explain()
        self._look_up()

    @on(Input.Changed, "#field-description FieldInput")
    def _description_typed(self) -> None:
        self.field("description").explain()
        self._replan()

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next()

    @on(PermissionTree.Changed)
    def _permissions_changed(self) -> None:
        count = len(self.query_one(PermissionTree).chosen)
        self.query_one("#permission-count", Static).update(f"Permissions\n{count} chosen")
        self._replan()

    @on(UserPicker.Changed)
    def _users_changed(self) -> None:
        self._replan()

    @work(exclusive=True, group="look-up", exit_on_error=False, description="look for the role")
    async def _look_up(self) -> None:
        await asyncio.sleep(_PAUSE)
        self._replan()
        try:
            self._existing = await self._read_role(checked_name(self.field("name").value))
        except InvalidInput as error:
            self._existing = None
            if self.field("name").value.strip():
                self.field("name").complain(str(error))
            return
        except A360Error as error:
            self.a360.show_error(error)
            return
        self._replan()

    async def _read_role(self, name: str) -> Role | None:
        room = self.session.room
        if self._role_id and name == self._first_name.strip():
            return await self.read(lambda: room.role(self._role_id))
        return await self.read(lambda: read_role(room, name))

    def _wanted(self) -> RoleSetup:
        users = tuple(row.value for row in self.query_one(UserPicker).chosen if isinstance(row.value, User))
        return RoleSetup(
            self.field("name").value,
            users,
            self.field("description").value,
            self.query_one(PermissionTree).chosen,
        )

    def _replan(self) -> None:
        if self._done or self.is_working(WRITE):  # what is carried out was planned of what was typed before
            return
        try:
            self._setup = plan_role_setup(self.session.room, self._wanted(), self._existing)
        except InvalidInput as error:
            self._setup = None
            if error.field == "users":
                self.query_one(UserPicker).complain(str(error))
        self.query_one(PlanView).plan = self._setup.plan if self._setup is not None else None
        self.relabel("create", "Add to the role" if self._existing is not None else "Create role")

    # The users, from the server ---------------------------------------------------------------------------------------

    @on(UserPicker.Searched)
    def _overtaken(self) -> None:
        self.workers.cancel_group(self, "users")

    @on(PagedList.PageWanted, "#users")
    def _page_wanted(self, message: PagedList.PageWanted) -> None:
        self._read_users(message)

    @work(group="users", exit_on_error=False, description="read users")
    async def _read_users(self, wanted: PagedList.PageWanted) -> None:
        picker = self.query_one(UserPicker)
        search = picker.search
        if not self.session.signed_in.may(VIEW_USERS):
            picker.complain("Your roles do not let you view users; nobody can be chosen here.")
            return
        try:
            window = await self.read(
                lambda: search_users(self.session.room, search, offset=wanted.offset, length=wanted.length)
            )
        except A360Error as error:
            picker.page_failed(wanted, str(error))
            return
        if search != picker.search:
            return
        rows = [_user_row(user) for user in window.rows]
        wanted.paged_list.put_page(wanted.query, wanted.offset, rows, window.matching + window.open_end)
        picker.show_matching(window)

    # Carrying it out --------------------------------------------------------------------------------------------------

    @on(Button.Pressed, "#create")
    def _create_pressed(self) -> None:
        self.action_create()

    @on(Button.Pressed, "#cancel")
    def _cancel_pressed(self) -> None:
        self.action_back()

    def action_create(self) -> None:
        """Carry out the plan, after a last look at the role."""
        if self._done:
            self.dismiss()
        elif not self.is_working(WRITE):
            self.query_one("#create", Button).disabled = True
            self._carry_out()

    @work(exclusive=True, group=WRITE, exit_on_error=False, description="carry out the plan")
    async def _carry_out(self) -> None:
        button = self.query_one("#create", Button)
        status = self.query_one(Status)
        status.update("")
        wanted = self._wanted()
        self.a360.exchanges.begin("role set-up")
        try:
            existing = await self._read_role(checked_name(wanted.name))
            self._existing = existing
            self._setup = plan_role_setup(self.session.room, wanted, existing)
            self.query_one(PlanView).plan = self._setup.plan
            await self.a360.writes.run(self._setup.plan.run(self._step_changed))
        except InvalidInput as error:
            button.disabled = False
            if error.field in ("name", "description"):
                self.field(error.field).complain(str(error))
            else:
                self.query_one(UserPicker).complain(str(error))
                self.query_one(UserPicker).focus_search()
            return
        except A360Error as error:
            button.disabled = False
            status.update(Content(str(error)))
            status.add_class("warning")
            self.query_one(PlanView).refresh()
            return
        self._show_done(self._setup)

    def _step_changed(self, _step: Step) -> None:
        if self.is_attached and self._setup is not None:
            self.query_one(PlanView).plan = self._setup.plan

    @property
    def _opened_from(self) -> str:
        """The screen that is shown once this one is left: ``workflow`` or ``roles``."""
        stack = self.app.screen_stack
        before = stack[stack.index(self) - 1]
        return before.NAME.casefold() if isinstance(before, A360Screen) else ""

    def _show_done(self, setup: RoleSetupPlan) -> None:
        self._done = True
        self.query_one("#plan-label", Label).update("Done" if setup.plan.changes else "Nothing to do")
        status = self.query_one(Status)
        status.remove_class("warning")
        status.update("Someone else made the same role meanwhile; that one is used." if setup.adopted else "")
        self.query_one("#cancel", Button).display = False
        button = self.relabel("create", f"Back to the {self._opened_from}")
        button.disabled = False
        button.focus()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is done is neither done again nor changed."""
        return False if self._done and action in {"create", "search"} else super().check_action(action, parameters)

    def action_search(self) -> None:
        """Put the cursor into the search for users."""
        self.query_one(UserPicker).focus_search()

    @property
    def unsaved(self) -> str:
        """What was typed and chosen, until the plan was carried out."""
        wanted = self._wanted()
        untouched = RoleSetup(self._first_name, (), self._first_description)
        return "" if self._done or wanted == untouched else "What you typed and chose here will be lost."


def _user_row(user: User) -> Row:
    roles = ", ".join(role.name for role in user.roles) or "no role"
    if user.disabled:
        roles = f"disabled; {roles}"
    return Row(user.id, (user.username, roles, user.email), user, dimmed=user.disabled)
