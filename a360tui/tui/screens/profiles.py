"""The profiles: which there are, which is in use, and signing in by one of them."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from a360tui.errors import A360Error
from a360tui.storage import Profile
from a360tui.tui.dialogs.confirm import ConfirmDialog
from a360tui.tui.screen import A360Screen
from a360tui.tui.widgets.list_row import Column, Row
from a360tui.tui.widgets.paged_list import PagedList
from a360tui.workflow.profiles import address_of

_NONE = "No profile yet. Press n to make one."


class ProfilesScreen(A360Screen):
    """The list; Enter signs in."""

    NAME: ClassVar[str] = "Profiles"
    HEADING: ClassVar[str] = "Profiles"
    CSS_PATH = "profiles.tcss"

    def compose_body(self) -> ComposeResult:
        """The list, and a sentence."""
        yield PagedList(
            Column("Name", 12),
            Column("Control Room", None),
            Column("User", 12, shown_from=56),
            Column("", 18),
            id="profiles",
            empty=_NONE,
        )
        yield Static("", id="status", markup=False)

    def on_mount(self) -> None:
        """Begin in the list."""
        self.query_one(PagedList).focus()

    def on_screen_resume(self) -> None:
        """Show them as they are now."""
        profiles = self.a360.profiles
        profiles.look_again()
        in_use = profiles.configuration.profile
        if profiles.trouble is None:
            self.query_one(PagedList).put_rows([_row(each, in_use) for each in profiles.configuration.profiles])
        else:
            self.query_one(PagedList).await_rows(failed=True)
        self._show_status()
        self.refresh_bindings()

    @on(PagedList.Highlighted)
    def _show_status(self) -> None:
        """Say all of the profile under the cursor: in its row a long name or address is cut."""
        trouble = self.a360.profiles.trouble
        status = self.query_one("#status", Static)
        status.set_class(trouble is not None, "warning")
        words = "" if self._chosen is None else _said_of(self._chosen)
        status.update(Content(str(trouble or words)))

    @property
    def _chosen(self) -> Profile | None:
        row = self.query_one(PagedList).row
        return row.value if row is not None and isinstance(row.value, Profile) else None

    @on(PagedList.Chosen)
    def _use(self, message: PagedList.Chosen) -> None:
        if isinstance(message.row.value, Profile):
            self.a360.signing_in.switch_profile(message.row.value)

    def why_not(self, action: str) -> str:
        """Nothing is written into a file that cannot be read, and nothing is done to no profile."""
        profiles = self.a360.profiles
        if action in {"new_profile", "edit_profile", "remove_profile"} and profiles.trouble is not None:
            return str(profiles.trouble)
        if action in {"edit_profile", "remove_profile"} and not profiles.configuration.profiles:
            return _NONE
        return super().why_not(action)

    def action_new_profile(self) -> None:
        """Make one; after a sign-in, of what is signed in to."""
        from a360tui.tui.screens.profile import ProfileScreen

        session = self.a360.session
        begun = None
        if session is not None and session.profile is None and not session.is_demo:
            begun = Profile("", session.destination.address.url, session.binding.username)
        self.a360.push_screen(ProfileScreen(begun))

    def action_edit_profile(self) -> None:
        """Change the one under the cursor."""
        from a360tui.tui.screens.profile import ProfileScreen

        if self._chosen is not None:
            self.a360.push_screen(ProfileScreen(self._chosen))

    @work(exclusive=True, group="remove", exit_on_error=False, description="remove a profile")
    async def action_remove_profile(self) -> None:
        """Forget the one under the cursor, after a question."""
        profile = self._chosen
        if profile is None:
            return
        question = ConfirmDialog(
            f"Remove the profile {profile.name}?",
            f"What is remembered for {profile.username or 'its users'} at {address_of(profile).display} stays.",
            "Keep it",
            "Remove it",
        )
        if not await self.a360.push_screen_wait(question):
            return
        try:
            await self.a360.profiles.remove(profile.name)
        except A360Error as error:
            self.a360.show_error(error)
        self.on_screen_resume()


def _cautions(profile: Profile) -> list[str]:
    return ["PRODUCTION"] * profile.production + ["read-only"] * profile.read_only


def _said_of(profile: Profile) -> str:
    user = f" as {profile.username}" if profile.username else ""
    cautions = f" It is {' and '.join(_cautions(profile))}." if _cautions(profile) else ""
    place = f"{profile.name} at {address_of(profile).display}{user}"
    return f"enter signs in with {place} and makes it the one in use.{cautions}"


def _row(profile: Profile, in_use: str) -> Row:
    words = ", ".join(["in use"] * (profile.name == in_use) + _cautions(profile))
    return Row(profile.name, (profile.name, address_of(profile).display, profile.username, words), profile)
