"""`Call`: a route with the permissions it needs, run as one transaction on the database."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from a360tui.demo.database import transaction
from a360tui.demo.installation import Installation
from a360tui.demo.limits import Door, check_origin, parsed, read_body
from a360tui.demo.permissions import Pair
from a360tui.demo.refusal import Refusal
from a360tui.demo.sessions import Session, needed_session
from a360tui.demo.shapes import Shape


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler gets."""

    installation: Installation
    shape: Shape
    """How this version of the API writes and reads things."""
    parameters: Mapping[str, str]
    """From the path."""
    query: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    """By name, in upper or lower case."""
    token: str | None = field(repr=False)
    """The ``X-Authorization`` header."""
    body: Mapping[str, Any] = field(repr=False)
    session: Session | None

    @property
    def user_id(self) -> int:
        """The caller; only for calls that need a session."""
        if self.session is None:
            raise LookupError("this call needs no session")
        return self.session.user_id


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers; its changes are committed."""

    body: Any = None
    status: int = 200


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route."""

    method: str
    path: str
    handler: Handler
    needs: tuple[Pair, ...] = ()
    """The permissions that the caller needs, all of them."""
    signed_in: bool = True
    """Whether the call needs a session."""


def may(installation: Installation, user_id: int, pair: Pair) -> bool:
    """Whether one of the caller's roles grants the permission."""
    found = installation.database.execute(
        "SELECT 1 FROM permissions JOIN role_permissions ON permission_id = permissions.id"
        " JOIN user_roles USING (role_id) WHERE pair_folded = ? AND user_id = ?",
        (pair.folded, user_id),
    ).fetchone()
    return found is not None


def need(call: Call, pair: Pair) -> None:
    """Refuse the call with 403 where the caller lacks the permission."""
    if not may(call.installation, call.user_id, pair):
        raise Refusal(403, "um.permission.missing", "You do not have the permission for this action.")


def answered(installation: Installation, body: Any, status: int) -> Response:
    """The HTTP response: JSON, or empty where there is no body; dated by the installation's clock."""
    headers = {"Cache-Control": "no-store", "Date": format_datetime(installation.clock(), usegmt=True)}
    return Response(None, status, headers) if body is None else JSONResponse(body, status, headers)


def served(
    endpoint: Endpoint, installation: Installation, shape: Shape, door: Door
) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint for Starlette.

    Only reading the body is awaited. Everything after that runs without a break, in one transaction, so two calls never
    interleave.
    """

    async def serve(request: Request) -> Response:
        check_origin(request, door)
        body = await read_body(request)
        token = request.headers.get("x-authorization")
        with transaction(installation.database):
            session = needed_session(installation, token) if endpoint.signed_in else None
            call = Call(
                installation,
                shape,
                request.path_params,
                request.query_params,
                request.headers,
                token,
                parsed(request, body),
                session,
            )
            for pair in endpoint.needs:
                need(call, pair)
            answer = endpoint.handler(call)
        return answered(installation, answer.body, answer.status)

    return serve
