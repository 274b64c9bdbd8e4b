"""`SigningIn`: sign in to a Control Room or the demo, switch to another user, and sign in again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from a360tui.errors import A360Error, InvalidInput
from a360tui.tui.screen import A360Screen

if TYPE_CHECKING:
    from textual.worker import Worker

    from a360tui.api import ApiKey, Password
    from a360tui.storage import Profile
    from a360tui.tui.app import A360App
    from a360tui.tui.demo_story import DemoStory, StartedDemo
    from a360tui.tui.session import Session
    from a360tui.workflow.destination import Destination

_LEAST_SCREENS = 2
"""Textual's own, and one of ours."""


class SigningIn:
    """Signs in, and replaces the app's session by the new one."""

    def __init__(self, app: A360App) -> None:
        self._app = app
        self._started_demo: asyncio.Task[StartedDemo] | None = None
        self._again: asyncio.Future[bool] | None = None
        self._asking: Worker[None] | None = None

    async def sign_in(
        self,
        destination: Destination,
        place: str,
        username: str,
        credential: Password | ApiKey,
        *,
        is_demo: bool = False,
        profile: Profile | None = None,
        save_profile: bool = False,
        remember: bool = False,
        is_stored: bool = False,
    ) -> None:
        """Sign in, leave the session before, and show the workflow; raises the `A360Error` of a failed sign-in.

        Without a ``profile`` the one of that Control Room and user holds, if there is one: how it came to be signed in
        makes nothing less careful. ``is_stored`` says that the credential comes from the store. What is to be saved or
        remembered is so once the credential has signed in, though the screen that asked is closed by then.
        """
        from a360tui.tui.session import Session
        from a360tui.workflow.call_book import CallBook

        app = self._app
        app.exchanges.begin(f"sign in as {username}")
        keeping = await app.stores.keeping(is_demo=is_demo)
        if profile is None and not is_demo:
            profile = app.profiles.of(destination.address, username)
        book = CallBook(destination.address, keeping.locations, profile.calls if profile is not None else None)
        watched = replace(
            destination, listener=app.exchanges.record, book=book, why_read_only=lambda: app.caution.why_read_only
        )
        session = await Session.open(
            watched,
            place,
            username,
            credential,
            keeping,
            book=book,
            is_demo=is_demo,
            profile=profile,
            is_stored=is_stored,
        )
        try:
            await app.writes.wait()  # which whoever gives up waiting for gives up with the sign-in
        except asyncio.CancelledError:
            await session.close()
            raise
        # Whoever gives up waiting, or is a screen that closes, must leave no half of each session.
        changing = asyncio.create_task(self._begin(session), context=app.context.copy())
        kept = self._keep(changing, session, profile if save_profile else None, credential if remember else None)
        app.run_worker(kept, exit_on_error=False, description="keep what signed in")
        await asyncio.shield(changing)

    async def _begin(self, session: Session) -> None:
        """Replace the session by this one, close all screens, and show the workflow."""
        from a360tui.tui.screens.workflow import WorkflowScreen

        app = self._app
        # What a write brings belongs to the session that sent it.
        await app.writes.wait()
        before, app.session = app.session, session
        if before is not None:
            own = {before.binding} if before.key_untaken else set()
            session.others_untaken = before.others_untaken | own
            await before.close()
        if self._asking is not None:
            self._asking.cancel()  # its dialog is closed with the other screens
            self._settled(False)  # a question that was cancelled before it began tells nobody
        with app.batch_update():
            while len(app.screen_stack) > _LEAST_SCREENS:
                await app.pop_screen()
            await app.switch_screen(WorkflowScreen())

    async def _keep(
        self, changing: Awaitable[None], session: Session, profile: Profile | None, credential: Password | ApiKey | None
    ) -> None:
        """Save the profile and remember the credential, where they are to be, once the workflow is shown."""
        await changing
        if profile is not None:
            try:
                await self._app.profiles.put(profile)
            except A360Error as error:
                self._app.show_error(error)
        if credential is not None:
            await self._remember(session, credential)

    async def _remember(self, session: Session, credential: Password | ApiKey) -> None:
        """Store the credential that has just signed in, and say where, or why not."""
        if why := self._app.caution.why_read_only:
            self._app.say_why_not(why)
            return
        try:
            await session.remember(credential)
        except A360Error as error:
            self._app.show_error(error)
        else:
            self._app.notify(f"Remembered: {session.keeping.store.place}.", markup=False)

    # The demo ---------------------------------------------------------------------------------------------------------

    def start_demo(self, story: DemoStory) -> None:
        """Start the embedded Control Room behind the screens."""
        self._started_demo = asyncio.create_task(asyncio.to_thread(story.start))

    @property
    def has_demo(self) -> bool:
        """Whether there is an embedded Control Room."""
        return self._started_demo is not None

    async def demo(self) -> StartedDemo:
        """The embedded Control Room, once it listens."""
        if self._started_demo is None:
            raise InvalidInput("The embedded Control Room was not started.", "Start it with: a360tui demo")
        return await asyncio.shield(self._started_demo)

    async def sign_in_to_demo(self, username: str) -> None:
        """Sign in to the embedded Control Room as one of its people."""
        from a360tui.api import Password

        demo = await self.demo()
        await self.sign_in(
            demo.destination, "control-room.demo", username, Password(demo.passwords[username]), is_demo=True
        )

    # Again, and as somebody else --------------------------------------------------------------------------------------

    async def sign_in_again(self, ask: Callable[[], Awaitable[bool]] | None = None) -> bool:
        """Sign in over the present screen, since the session has ended; gives whether the person did.

        Reads that find the session ended at the same time share one question, also with one that was given up while
        the question was open. ``ask`` replaces the question for the password, and comes over one that is open. Only in
        a worker.
        """
        if self._again is None:
            self._again = asyncio.get_running_loop().create_future()
            self._asking = self._app.run_worker(
                partial(self._settle, self._again, ask or self._ask_for_password),
                exit_on_error=False,
                description="sign in again",
            )
        elif ask is not None:
            return await ask()
        return await asyncio.shield(self._again)

    async def _settle(self, answer: asyncio.Future[bool], ask: Callable[[], Awaitable[bool]]) -> None:
        """Ask, and tell everybody who waits for the answer."""
        done = False
        try:
            done = await ask()
        finally:
            if answer is self._again:
                self._settled(done)

    def _settled(self, done: bool) -> None:
        if self._again is not None:
            self._again.set_result(done)
        self._again = self._asking = None

    async def _ask_for_password(self) -> bool:
        """Sign in again: with the demo's password, which the program knows, or by asking the person."""
        from a360tui.api import Password
        from a360tui.tui.dialogs.sign_in_again import SignInAgainDialog

        session = self._app.session
        if session is None:
            return False
        username = session.signed_in.user.username
        if session.is_demo:
            demo = await self.demo()
            try:
                await session.room.sign_in(username, Password(demo.passwords[username]))
            except A360Error:
                return False
            return True
        if isinstance(self._app.screen, A360Screen):
            self._app.screen.asked_to_sign_in = True
            self._app.screen.show_top_line()
        return await self._app.push_screen_wait(SignInAgainDialog(session))

    def switch_user(self, username: str) -> None:
        """Sign in to the demo as somebody else."""

        async def switch() -> None:
            if not await self._app.may_leave_all():
                return
            try:
                await self.sign_in_to_demo(username)
            except A360Error as error:
                self._app.show_error(error)

        self._app.run_worker(switch(), group="sign-in", exclusive=True, exit_on_error=False, description="switch user")

    def switch_profile(self, profile: Profile) -> None:
        """Make a profile the one in use, and sign in with what is stored for it, or ask."""

        async def switch() -> None:
            from a360tui.tui.screens.sign_in import SignInScreen

            if not await self._app.may_leave_all():
                return
            try:
                await self._app.profiles.use(profile.name)
            except A360Error as error:
                self._app.show_error(error)
            await self._app.push_screen(SignInScreen(profile=profile, at_once=True))

        self._app.run_worker(
            switch(), group="sign-in", exclusive=True, exit_on_error=False, description="switch profile"
        )
