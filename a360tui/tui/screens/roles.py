"""The roles, and which of them grant *Generate API-Key*."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Input, Static

from a360tui.errors import A360Error
from a360tui.tui.screen import A360Screen
from a360tui.tui.widgets.field import Field, FieldInput
from a360tui.tui.widgets.list_row import Column, Row
from a360tui.tui.widgets.opening_list import OpeningList
from a360tui.tui.widgets.paged_list import PagedList
from a360tui.workflow.permissions import MANAGE_ROLES
from a360tui.workflow.role_overview import RoleGrant, read_grants


class RolesScreen(A360Screen):
    """The list; roles that grant it come first, system roles last."""

    NAME: ClassVar[str] = "Roles"
    HEADING: ClassVar[str] = "Roles"
    CSS_PATH = "roles.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._grants: dict[str, RoleGrant] = {}

    def compose_body(self) -> ComposeResult:
        """A filter that is shown when it is asked for, and the list."""
        yield Field("Filter", FieldInput(placeholder="part of a name"), name="filter")
        yield OpeningList(
            Column("Role", None),
            Column("Kind", 8, shown_from=50),
            Column("Generate API-Key", 16),
            Column("Users", 6),
            id="roles",
            empty="No role matches.",
        )
        yield Static("", id="status", markup=False)

    def on_mount(self) -> None:
        """Begin in the list."""
        self.query_one(Field).display = False
        self.query_one(PagedList).focus()

    def on_screen_resume(self) -> None:
        """Read the roles again: a set-up may have changed them."""
        if not self.asked_to_sign_in:
            self._read_roles()

    @work(exclusive=True, group="roles", exit_on_error=False, description="read the roles")
    async def _read_roles(self) -> None:
        self.a360.exchanges.begin("roles")
        found: dict[str, RoleGrant] = {}

        async def read() -> None:
            async for grant in read_grants(self.session.room):
                found[grant.row.id] = grant

        rows = self.query_one(PagedList)
        rows.await_rows()
        try:
            await self.read(read)
        except A360Error as error:
            rows.await_rows(failed=True)
            self.query_one("#status", Static).update(str(error))
            return
        self._grants = found
        self._show()

    def _show(self) -> None:
        wanted = self.query_one(Field).value.strip().casefold()
        grants = sorted(
            (grant for grant in self._grants.values() if wanted in grant.row.name.casefold()),
            key=lambda grant: (not grant.grants_api_key, grant.row.system_role, grant.row.name.casefold()),
        )
        self.query_one(PagedList).put_rows([_row(grant) for grant in grants])
        count = sum(grant.grants_api_key for grant in self._grants.values())
        words = {0: "No role grants Generate API-Key.", 1: "1 role grants Generate API-Key."}
        self.query_one("#status", Static).update(words.get(count, f"{count} roles grant Generate API-Key."))

    @on(Input.Changed)
    def _filtered(self) -> None:
        self._show()

    @on(Input.Submitted)
    def _to_list(self) -> None:
        self.query_one(PagedList).focus()

    @on(PagedList.Chosen)
    def _chosen(self, message: PagedList.Chosen) -> None:
        from a360tui.tui.screens.role_set_up import RoleSetUpScreen

        grant = self._grants[message.row.key]
        if grant.row.system_role:
            self.notify("A system role cannot be changed. Press n to set up one of your own.", markup=False)
        elif why := self.why_not("new_role"):
            self.a360.say_why_not(why)
        else:
            self.a360.push_screen(RoleSetUpScreen(grant.row.name, grant.row.description, role_id=grant.row.id))

    def action_new_role(self) -> None:
        """Set up a role."""
        from a360tui.tui.screens.role_set_up import RoleSetUpScreen

        self.a360.push_screen(RoleSetUpScreen())

    def why_not(self, action: str) -> str:
        """Roles are set up only by who may."""
        if action == "new_role" and not self.session.signed_in.may(MANAGE_ROLES):
            return "Your roles do not let you manage roles."
        return super().why_not(action)

    def action_filter(self) -> None:
        """Filter by name."""
        field = self.query_one(Field)
        field.display = True
        field.input.focus()

    def action_back(self) -> None:
        """Take the filter away, then go back."""
        field = self.query_one(Field)
        if field.display:
            field.input.value = ""
            field.display = False
            self.query_one(PagedList).focus()
        else:
            self.dismiss()

    def action_reload(self) -> None:
        """Read the roles again."""
        self._read_roles()


def _row(grant: RoleGrant) -> Row:
    count = "–" if grant.user_count is None else f"{grant.user_count:,}"
    kind = "system" if grant.row.system_role else "custom"
    return Row(
        grant.row.id,
        (grant.row.name, kind, "grants it" if grant.grants_api_key else "no", f"{count:>6}"),
        grant,
        dimmed=grant.row.system_role,
    )
