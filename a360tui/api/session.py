"""`Session`: the signed-in user's token, its renewal before it ends, and what happens when it has ended.

One renewal runs at a time, in a task of its own, so that a cancelled caller does not lose the new token: the old one is
invalid the moment the Control Room has answered. No write is under way while the token changes.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from a360tui.api.answer import Answer
from a360tui.api.credentials import Credential
from a360tui.api.dialect import SIGN_OUT, V1, V2, Dialect
from a360tui.api.errors import NotAControlRoom, NotFound, SessionEnded, SignInFailed
from a360tui.api.models import Permission, SignedIn, User
from a360tui.api.request import Effect, Request
from a360tui.api.token import Token, is_sendable, token_life
from a360tui.api.transport import OnChunk, Transport
from a360tui.errors import A360Error
from a360tui.secret import Secret


class _SignInAnswer(msgspec.Struct, frozen=True, rename="camel"):
    token: Secret
    user: User
    permissions: tuple[Permission, ...] = ()
    ttl_seconds: Any = None


@dataclass(frozen=True, slots=True)
class _SignIn:
    """What it takes to sign in again."""

    username: str
    credential: Credential


class Session:
    """One user's session at one Control Room."""

    def __init__(self, transport: Transport, elapsed: Callable[[], float], multiple_login: bool | None) -> None:
        self._transport = transport
        self._elapsed = elapsed
        self._multiple_login = multiple_login
        self.dialect: Dialect | None = None
        """Decided by the first sign-in."""
        self.token: Token | None = None
        self.signed_in: SignedIn | None = None
        self._kept: _SignIn | None = None
        """Kept only where the caller asked for it."""
        self._renewal: asyncio.Task[A360Error | None] | None = None
        self._unrenewable: Token | None = None
        """The token whose renewal failed; it is used to its end, and its renewal is not tried again."""
        self._writes = 0
        self._no_write = asyncio.Event()
        self._no_write.set()

    async def sign_in(self, username: str, credential: Credential, *, keep_credential: bool) -> SignedIn:
        """Sign in once; where a Control Room has no v2 sign-in, v1's is used, which is not a second attempt.

        Where it fails, an earlier session goes on.
        """
        await self._wait_for_renewal()
        wanted = _SignIn(username, credential)
        signed_in = await self._sign_in(wanted)
        self._kept = wanted if keep_credential else None
        return signed_in

    async def resume(self, token: Secret) -> SignedIn:
        """Continue with an earlier token by renewing it, which makes the earlier one invalid."""
        await self._wait_for_renewal()
        self.forget()
        for dialect in (V2, V1) if self.dialect is None else (self.dialect,):
            try:
                answer = await self._transport.send(dialect.refresh(token), token)
            except NotFound:
                continue
            self.dialect = dialect
            return await self._take(answer)
        raise nobody("go on with the session")

    async def refresh(self) -> None:
        """Renew the token now."""
        await self._wait_for_renewal()
        if self.token is None:
            raise nobody("renew the session")
        problem = await asyncio.shield(self._renew())
        if problem is not None:
            raise problem

    async def sign_out(self) -> None:
        """End the session at the Control Room; on this side it ends even where that fails."""
        await self._wait_for_renewal()
        token = self.token
        self.forget()
        if token is not None:
            await self._transport.send(SIGN_OUT, token.secret)

    async def suspend(self) -> None:
        """End the session at the Control Room, but remember whose it was; `sign_in` continues it."""
        await self._wait_for_renewal()
        token, self.token, self._kept = self.token, None, None
        if token is not None:
            await self._transport.send(SIGN_OUT, token.secret)

    def forget(self) -> None:
        """Forget the token and the credential."""
        self.token = self.signed_in = self._kept = None

    async def close(self) -> None:
        """Stop a renewal that is running, before the connection closes."""
        if self._renewal is not None and not self._renewal.done():
            self._renewal.cancel()
            await asyncio.wait([self._renewal])

    async def send(self, request: Request, *, fresh: bool = False, on_chunk: OnChunk | None = None) -> Answer:
        """Send with a valid token. A read whose token had ended is sent once more if there is a new one."""
        async with self._turn(request) as token:
            try:
                return await self._transport.send(request, token.secret, fresh=fresh, on_chunk=on_chunk)
            except SessionEnded as error:
                ended = error
        if self.token is token:
            self.token = None
        if request.effect is not Effect.READ or await self._live_token() is None:
            raise ended
        async with self._turn(request) as token:
            return await self._transport.send(request, token.secret)

    @asynccontextmanager
    async def _turn(self, request: Request) -> AsyncIterator[Token]:
        """A valid token for one request; a write holds up renewals until it is over."""
        token = await self._live_token()
        if token is None:
            if self.signed_in is None:
                raise nobody(request.purpose)
            raise SessionEnded(f"Could not {request.purpose}: the session has ended.", "Sign in again.")
        if not request.is_write:
            yield token
            return
        self._writes += 1
        self._no_write.clear()
        try:
            yield token
        finally:
            self._writes -= 1
            if not self._writes:
                self._no_write.set()

    async def _live_token(self) -> Token | None:
        """The token, renewed if it is time; ``None`` where nobody is signed in."""
        await self._wait_for_renewal()
        token = self.token
        if token is None:
            is_due = self._kept is not None
        else:
            is_due = token is not self._unrenewable and token.is_due(self._elapsed())
        if is_due:
            await asyncio.shield(self._renew())
        return self.token

    async def _wait_for_renewal(self) -> None:
        while self._renewal is not None and not self._renewal.done():
            await asyncio.shield(self._renewal)

    def _renew(self) -> "asyncio.Task[A360Error | None]":
        """The renewal that is running, or a new one."""
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renew_once())
        return self._renewal

    async def _renew_once(self) -> A360Error | None:
        """Refresh the token, or sign in again where it is invalid and the credential is kept; an error is returned."""
        await self._no_write.wait()
        problem: A360Error = nobody("renew the session")
        old, dialect = self.token, self.dialect
        if old is not None and dialect is not None:
            try:
                await self._take(await self._transport.send(dialect.refresh(old.secret), old.secret))
            except A360Error as error:
                problem = error
            else:
                return None
            self._unrenewable = old
        if self._kept is None or not isinstance(problem, SessionEnded):
            return problem
        try:
            await self._sign_in(self._kept)
        except SignInFailed as error:
            self.forget()  # another failure might disable the user
            return error
        except A360Error as error:
            return error
        return None

    async def _sign_in(self, wanted: _SignIn) -> SignedIn:
        dialects = (V2, V1) if self.dialect is None else (self.dialect,)
        for dialect in dialects:
            request = dialect.sign_in(wanted.username, wanted.credential, self._multiple_login)
            try:
                answer = await self._transport.send(request, None)
            except NotFound:
                continue
            self.dialect = dialect
            return await self._take(answer)
        raise NotAControlRoom(
            f"{self._transport.address.display} answers, but does not have a Control Room's sign-in call.",
            "Use the address that the browser shows on the Control Room's own page.",
        )

    async def _take(self, answer: Answer) -> SignedIn:
        """Take over the token and the user from a sign-in or a refresh."""
        had_at = self._elapsed()
        read = answer.read(_SignInAnswer)
        if not is_sendable(read.token):
            raise answer.misfit("is not a token", "token")
        if not read.user.id:
            raise answer.misfit("is missing", "user.id")
        self.token = Token(read.token, token_life(read.token, read.ttl_seconds, answer.server_time), had_at)
        self.signed_in = SignedIn(read.user, read.permissions)
        return self.signed_in


def nobody(purpose: str) -> SessionEnded:
    """The error for a call without a session."""
    return SessionEnded(f"Could not {purpose}: nobody is signed in.", "Sign in first.")
