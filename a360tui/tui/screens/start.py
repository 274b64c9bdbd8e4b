"""The demo's first screen: what this is in two lines, and one key to begin."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static

from a360tui.errors import A360Error
from a360tui.tui.demo_story import PEOPLE
from a360tui.tui.first_frame import PITCH, STORY
from a360tui.tui.screen import A360Screen
from a360tui.tui.widgets.menu import Choice, Menu

_OWN = "own"

_TOUR = (
    "In a minute you will have",
    "  1  set up the role that lets creator have a key",
    "  2  generated the key, and signed in with it",
    "  3  replaced it with a new one, which ends the old one",
    "  4  seen every request that was sent, on f2",
)


class StartScreen(A360Screen):
    """Who to be in the demo."""

    NAME: ClassVar[str] = "Start"
    GOES_BACK: ClassVar[bool] = False
    CSS_PATH = "start.tcss"

    def compose_body(self) -> ComposeResult:
        """The pitch, the story, the people, and what a minute will show."""
        yield Static("\n".join(PITCH), id="pitch", markup=False)
        yield Static(" ".join(STORY), id="story", markup=False)
        yield Menu(
            (
                Choice("admin", "Sign in as admin", PEOPLE["admin"]),
                Choice("creator", "Sign in as creator", f"{PEOPLE['creator']}, no key yet"),
                Choice(_OWN, "Sign in to your own Control Room …", gap_before=True),
            ),
            id="people",
        )
        yield Static("", id="status", markup=False)
        yield Static("\n".join(_TOUR), id="tour", markup=False)

    @on(Menu.Chosen, "#people")
    def _chosen(self, message: Menu.Chosen) -> None:
        if message.choice.name == _OWN:
            self.action_own_control_room()
        else:
            self._sign_in(message.choice.name)

    @work(exclusive=True, group="sign-in", exit_on_error=False, description="sign in")
    async def _sign_in(self, username: str) -> None:
        status = self.query_one("#status", Static)
        status.update(f"Signing in as {username} …")
        try:
            await self.a360.signing_in.sign_in_to_demo(username)
        except A360Error as error:
            status.update(str(error))

    def action_own_control_room(self) -> None:
        """Ask for the address of a Control Room."""
        from a360tui.tui.screens.sign_in import SignInScreen

        self.a360.push_screen(SignInScreen())
