"""What the doctor examines when called from the screens: the session, or what the sign-in form says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from a360tui.errors import InvalidInput
from a360tui.text import harmless
from a360tui.tui.terminal_facts import look_at_terminal
from a360tui.workflow.doctor import Setting, Subject

if TYPE_CHECKING:
    from a360tui.api import ControlRoom
    from a360tui.storage import Profile
    from a360tui.tui.app import A360App
    from a360tui.tui.screens.sign_in import SignInScreen
    from a360tui.tui.session import Session
    from a360tui.workflow.destination import Destination

_SIGN_IN = "Sign in, then check again."


async def subject_of(app: A360App, form: SignInScreen | None) -> Subject:
    """What to examine: the sign-in form if it is in front, or else the session."""
    session = app.session
    terminal = partial(look_at_terminal, app.environment, (app.size.width, app.size.height))
    if form is None and session is not None:
        return Subject(
            settings=lambda: _settings(
                app, session.destination, session.binding.username, "the session", session.profile
            ),
            destination=lambda: session.destination,
            username=session.binding.username,
            keeping=session.keeping,
            open_room=lambda _destination: _of(session),
            credential=lambda _room: _known(session),
            sign_in=_nothing_to_do,
            without_credential=_SIGN_IN,
            terminal=terminal,
            environment=app.environment,
        )
    username = "" if form is None else form.field("username").value.strip()

    def destination() -> Destination:
        if form is None:
            raise InvalidInput("Nobody is signed in, and no Control Room is given.", "Sign in first.")
        return form.destination()

    return Subject(
        settings=lambda: () if form is None else _settings(app, form.destination(), username, "the form"),
        destination=destination,
        username=username or None,
        keeping=await app.stores.keeping(is_demo=False),
        open_room=lambda there: there.open(),
        credential=_none,
        sign_in=_nothing_to_do,
        without_credential=_SIGN_IN,
        terminal=terminal,
        environment=app.environment,
    )


def _settings(
    app: A360App, destination: Destination, username: str, source: str, profile: Profile | None = None
) -> tuple[Setting, ...]:
    """The settings in force, each with its source."""
    by_profile = source if profile is None else f"profile {profile.name}"
    names_user = profile is not None and bool(profile.username)
    ca_file = "" if destination.ca_file is None else harmless(str(destination.ca_file))
    ca_source = "--ca-file" if destination.ca_file == app.ca_file else by_profile
    return (
        Setting("url", destination.address.url, by_profile),
        Setting("username", harmless(username), by_profile if names_user else source),
        Setting("ca_file", ca_file, ca_source if ca_file else "default"),
    )


def _of(session: Session) -> AbstractAsyncContextManager[ControlRoom]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[ControlRoom]:
        yield session.room

    return opened()


async def _known(session: Session) -> str:
    return f"{'an API key' if session.signed_in_by_key else 'the password'}, already used"


async def _none(_room: ControlRoom) -> str:
    return ""


async def _nothing_to_do(_room: ControlRoom) -> None:
    """Give the session's connection, which stays open."""
