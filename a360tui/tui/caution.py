"""`Caution`: how careful to be with the present Control Room: read-only, production, demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from a360tui.tui.widgets.top_line import DEMO, PRODUCTION, READ_ONLY, TopLineText

if TYPE_CHECKING:
    from a360tui.storage import Profile
    from a360tui.tui.app import A360App


class Caution:
    """Combines what the session's profile and the command line say."""

    def __init__(self, app: A360App, *, read_only: bool) -> None:
        """``read_only`` holds for the whole run, whatever the profile."""
        self._app = app
        self._read_only = read_only

    @property
    def _profile(self) -> Profile | None:
        return self._app.session.profile if self._app.session is not None else None

    @property
    def why_read_only(self) -> str:
        """Why nothing may be changed, in a sentence; empty where changes are allowed."""
        if self._read_only:
            return "Not now: a360tui was started with --read-only."
        if self._profile is not None and self._profile.read_only:
            return f"Not now: the profile {self._profile.name} is read-only."
        return ""

    @property
    def name_to_type(self) -> str:
        """The user name to be typed before anything that cannot be undone; empty where none is required."""
        session = self._app.session
        return session.binding.username if session is not None and session.is_production else ""

    @property
    def marks(self) -> tuple[str, ...]:
        """The words at the end of the top line."""
        session = self._app.session
        is_demo = self._app.story is not None and (session is None or session.is_demo)
        marks = {
            READ_ONLY: bool(self.why_read_only),
            PRODUCTION: session is not None and session.is_production,
            DEMO: is_demo,
        }
        return tuple(word for word, holds in marks.items() if holds)

    def top_line_text(self) -> TopLineText:
        """The top line of the session, with these words at its end."""
        session = self._app.session
        if session is None:
            return TopLineText(marks=self.marks)
        name = f"{session.profile.name}  " if session.profile is not None else ""
        via = f" via proxy {session.room.proxy}" if session.room.proxy else ""
        return TopLineText(
            place=f"{name}{session.place}{via}",
            user=session.signed_in.user.username,
            roles=session.roles_words,
            session=(session.secrets_words, session.token_words),
            marks=self.marks,
        )
