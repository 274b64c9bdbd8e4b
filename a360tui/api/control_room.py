"""`ControlRoom`: the calls of one Control Room as verbs, the same for all releases."""

from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

import msgspec

from a360tui.api.address import Address
from a360tui.api.answer import Answer
from a360tui.api.call_map import ASSUMED_CALLS, Call, CallMap, CallName
from a360tui.api.call_template import duration_body, filled, typed_duration_body
from a360tui.api.clock import ServerClock
from a360tui.api.credentials import Credential
from a360tui.api.dialect import (
    AUTH_TYPE,
    TOKEN_VALID,
    V2,
    VERSION,
    Dialect,
    Release,
    permissions_in,
    role_in,
    roles_in,
    users_in,
)
from a360tui.api.errors import Forbidden, NotFound, SessionEnded, SignInFailed
from a360tui.api.exchange import Exchange
from a360tui.api.filters import Query
from a360tui.api.generated_key import key_in
from a360tui.api.limits import Limits
from a360tui.api.models import GeneratedKey, Page, Permission, Role, RoleDraft, RoleRow, SignedIn, User, Version
from a360tui.api.paging import read_rows
from a360tui.api.request import Effect, Request
from a360tui.api.retries import repeated
from a360tui.api.session import Session, nobody
from a360tui.api.token import elapsed as since_some_point
from a360tui.api.transport import OnChunk, Transport
from a360tui.api.wire_duration import duration_in
from a360tui.secret import Secret

ALL = Query()


class _AuthType(msgspec.Struct, rename="camel"):
    auth_type: str


class _Valid(msgspec.Struct):
    valid: bool


class ControlRoom:
    """One Control Room over one pool of connections; an async context manager.

    Reads are retried where that may help, writes and sign-ins never. A verb raises an error of `a360tui.api.errors` or
    `InvalidInput`, and can be cancelled at any time.
    """

    def __init__(
        self,
        address: Address,
        *,
        socket: Path | None = None,
        ca_file: Path | None = None,
        calls: CallMap = ASSUMED_CALLS,
        multiple_login: bool | None = None,
        listener: Callable[[Exchange], None] | None = None,
        limits: Limits | None = None,
        why_read_only: Callable[[], str] | None = None,
        elapsed: Callable[[], float] = since_some_point,
    ) -> None:
        """Sends nothing yet.

        ``socket`` is the Unix socket of an embedded Control Room, ``ca_file`` a file of PEM certificates to trust
        besides the system's, ``calls`` the calls that the vendor does not document, ``multiple_login`` what each
        sign-in says about the user's other sessions (``None`` says nothing). ``listener`` is called after each
        exchange. ``why_read_only`` gives the reason why no write may be sent, in a sentence; it is empty where writes
        may be sent. ``elapsed`` counts seconds, for the age of tokens.
        """
        self.address = address
        self.calls = calls
        """May be replaced at any time."""
        self.worked: set[CallName] = set()
        """The calls of the map that have worked here."""
        self._limits = limits or Limits()
        self._elapsed = elapsed
        self._clock = ServerClock(elapsed)
        self._transport = Transport(
            address,
            socket=socket,
            ca_file=ca_file,
            limits=self._limits,
            clock=self._clock,
            listener=listener,
            why_read_only=why_read_only,
        )
        self._session = Session(self._transport, elapsed, multiple_login)
        self._permissions: tuple[Permission, ...] = ()
        """The catalogue of permissions that v1 needs, once it was read."""

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._session.close()
        self._session.forget()
        await self._transport.__aexit__(*error)

    @property
    def signed_in(self) -> SignedIn | None:
        """The signed-in user; ``None`` before a sign-in and after a sign-out."""
        return self._session.signed_in

    def require_signed_in(self) -> SignedIn:
        """The signed-in user; raises `SessionEnded` where nobody is."""
        if self._session.signed_in is None:
            raise nobody("go on")
        return self._session.signed_in

    @property
    def release(self) -> Release | None:
        """Which version of the API this Control Room speaks; ``None`` before the first sign-in."""
        return None if self._session.dialect is None else self._session.dialect.release

    @property
    def token(self) -> Secret:
        """The session's token; raises `SessionEnded` where there is none."""
        if self._session.token is None:
            raise nobody("give a token")
        return self._session.token.secret

    def token_left(self) -> timedelta | None:
        """How long the token still lasts, by a monotonic clock; negative once it has ended."""
        token = self._session.token
        return None if token is None else token.left(self._elapsed())

    def now(self) -> datetime:
        """The time at the Control Room, as its answers tell it; this machine's before the first."""
        return self._clock.now()

    @property
    def skew(self) -> timedelta | None:
        """How far the Control Room's clock is ahead of this machine's; ``None`` before it has told its time."""
        return self._clock.skew

    @property
    def proxy(self) -> str:
        """``host:port`` of the proxy that the environment sets; empty where there is none."""
        return self._transport.proxy

    async def auth_type(self) -> str:
        """How users sign in, as ``DATABASE`` or ``ACTIVE_DIRECTORY``; empty where the answer does not say.

        Needs no sign-in, and so shows whether a Control Room is there. Raises `NotAControlRoom` for a web page.
        """
        try:
            answer = await repeated(lambda: self._transport.send(AUTH_TYPE, None), self._limits)
        except (SignInFailed, NotFound):
            return ""
        return answer.read(_AuthType).auth_type

    async def sign_in(self, username: str, credential: Credential, *, keep_credential: bool = False) -> SignedIn:
        """Sign in, once. Raises `SignInFailed` with the Control Room's own words.

        With ``keep_credential`` the session is opened again automatically when the Control Room has ended it. Without
        it that raises `SessionEnded`, and the credential is forgotten here.
        """
        return await self._session.sign_in(username, credential, keep_credential=keep_credential)

    async def resume(self, token: Secret) -> SignedIn:
        """Continue with a token from another session by renewing it, which makes that token invalid.

        Raises `SessionEnded` where it has ended.
        """
        return await self._session.resume(token)

    async def refresh(self) -> None:
        """Replace the token by a new one; this also happens automatically before it ends."""
        await self._session.refresh()

    async def sign_out(self) -> None:
        """End the session; on this side it ends even where the Control Room cannot be told."""
        await self._session.sign_out()

    async def suspend(self) -> None:
        """Sign out, but remember who was signed in; until `sign_in`, whatever needs a token raises `SessionEnded`."""
        await self._session.suspend()

    async def token_valid(self) -> bool:
        """Whether the Control Room still accepts the token."""
        if self._session.token is None:
            return False
        token = self._session.token.secret
        try:
            answer = await repeated(lambda: self._transport.send(TOKEN_VALID, token), self._limits)
        except SessionEnded:
            return False
        return answer.read(_Valid).valid

    async def version(self) -> Version | None:
        """What the Control Room calls its version; ``None`` where it has no such call or does not tell this user."""
        try:
            answer = await self._read(VERSION)
        except (NotFound, Forbidden):
            return None
        return None if answer.is_page else answer.read(Version)

    async def description(self, path: str) -> bytes:
        """One of the API descriptions that a Control Room has under ``/swagger/``; sends no token."""
        request = Request("read the descriptions of calls", "GET", path, authorized=False)
        return bytes((await repeated(lambda: self._transport.send(request, None), self._limits)).body)

    def roles(self, query: Query = ALL) -> AsyncGenerator[RoleRow, None]:
        """Every role that matches the query, read page by page."""
        return read_rows(
            lambda offset, length: self._session.send(self._dialect.list_roles(query, offset, length)),
            roles_in,
            self._limits,
        )

    async def roles_page(self, query: Query = ALL, *, offset: int = 0, length: int = 100) -> Page[RoleRow]:
        """One page of the roles that match the query; a Control Room may give fewer rows than asked for."""
        return roles_in(await self._read(self._dialect.list_roles(query, offset, length)), offset)

    async def role(self, role_id: str) -> Role:
        """One role, with its permissions and users."""
        return role_in(await self._read(self._dialect.read_role(role_id)))

    async def create_role(self, draft: RoleDraft) -> Role:
        """Create a role; raises `Conflict` or `BadRequest` where the name is taken."""
        request = self._dialect.create_role(draft, await self._catalogue(draft))
        return role_in(await self._session.send(request))

    async def update_role(self, role_id: str, draft: RoleDraft) -> Role:
        """Replace a role whole: permissions and users that the draft lacks are taken away."""
        catalogue = await self._catalogue(draft)
        if self._dialect.needs_version(draft):
            draft = msgspec.structs.replace(draft, version=(await self.role(role_id)).version)
        return role_in(await self._session.send(self._dialect.update_role(role_id, draft, catalogue)))

    async def delete_role(self, role_id: str) -> None:
        """Delete a role."""
        (await self._session.send(self._dialect.delete_role(role_id))).refuse_page()

    def users(self, query: Query = ALL) -> AsyncGenerator[User, None]:
        """Every user that matches the query, read page by page."""
        return read_rows(
            lambda offset, length: self._session.send(self._dialect.list_users(query, offset, length)),
            users_in,
            self._limits,
        )

    async def users_page(self, query: Query = ALL, *, offset: int = 0, length: int = 100) -> Page[User]:
        """One page of the users that match the query; a Control Room may give fewer rows than asked for."""
        return users_in(await self._read(self._dialect.list_users(query, offset, length)), offset)

    async def user(self, user_id: str) -> User:
        """One user, with the times of their key."""
        return _user_in(await self._read(self._dialect.read_user(user_id)), user_id)

    async def own_user(self) -> User:
        """The signed-in user's own record, with the times of their key.

        Raises `Forbidden` where they may not see it.
        """
        user_id = self.require_signed_in().user.id
        return _user_in(await self._read(self._dialect.read_own_user(user_id)), user_id)

    async def generate_key(self, *, on_chunk: OnChunk | None = None) -> GeneratedKey:
        """Make the signed-in user's key on a connection of its own; sent once.

        An old key is invalid from then on. ``on_chunk`` gets the raw bytes of the answer as they arrive, before they
        are parsed, and must not raise. Raises `OutcomeUnknown` where the answer is lost or the key is not where the
        call map says; any other error means that no key was made.
        """
        call = filled(self.calls.generate, self.require_signed_in().user)
        request = self._dialect.call("generate the key", call, Effect.WRITE, makes_secret=True)
        answer = await self._session.send(request, fresh=True, on_chunk=on_chunk)
        generated = key_in(answer.read_raw(), call)
        if generated is None:
            raise answer.misfit("has no key where the call map says", call.key)
        self.worked.add("generate")
        return generated

    async def key_duration(self) -> timedelta:
        """How long a key made now will last, for the whole Control Room."""
        call = self.calls.read_duration
        answer = await self._read_settings("read the API-Key duration")
        duration = answer.read_by(lambda read: duration_in(read, call))
        self.worked.add("read_duration")
        return duration

    async def set_key_duration(self, duration: timedelta) -> None:
        """Set how long new keys last; the settings around it are sent back as they came.

        Raises `InvalidInput` for a duration that is not in whole minutes, or that this Control Room's unit cannot
        express.
        """
        call = filled(self.calls.write_duration, self.require_signed_in().user)
        purpose = "set the API-Key duration"
        if call.needs_reading:
            answer = await self._read_settings(purpose)
            body = answer.read_by(lambda read: duration_body(call, read, duration))
        else:
            body = typed_duration_body(call, duration)
        request = self._dialect.call(purpose, msgspec.structs.replace(call, body=body), Effect.WRITE)
        (await self._session.send(request)).refuse_page()
        self.worked.add("write_duration")

    def path_of(self, call: Call) -> str:
        """The path of a call of the call map at this Control Room's release."""
        return self._dialect.own_path(call)

    @property
    def _dialect(self) -> Dialect:
        return self._session.dialect or V2

    async def _read_settings(self, purpose: str) -> Answer:
        call = filled(self.calls.read_duration, self.require_signed_in().user)
        return await self._read(self._dialect.call(purpose, call, Effect.READ))

    async def _read(self, request: Request) -> Answer:
        return await repeated(lambda: self._session.send(request), self._limits)

    async def _catalogue(self, draft: RoleDraft) -> Sequence[Permission]:
        if self._dialect.needs_catalogue(draft) and not self._permissions:
            self._permissions = permissions_in(await self._read(self._dialect.list_permissions()))
        return self._permissions


def _user_in(answer: Answer, user_id: str) -> User:
    """The user that an answer holds; its documented form does not repeat the id."""
    user = answer.read(User)
    return user if user.id else msgspec.structs.replace(user, id=user_id)
