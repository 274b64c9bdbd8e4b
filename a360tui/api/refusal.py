"""The error for a status other than success, for each kind of request (``control-room-api.md`` §2)."""

from http import HTTPStatus
from typing import Any

import msgspec

from a360tui.api.answer import LOOK_FIRST, Answer
from a360tui.api.call_map import Source
from a360tui.api.errors import (
    BadRequest,
    CallAbsent,
    Conflict,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    Redirected,
    Refused,
    ServerError,
    SessionEnded,
    SignInFailed,
    TooManyRequests,
)
from a360tui.api.http_library import httpx
from a360tui.api.request import Effect
from a360tui.api.server_text import one_line
from a360tui.api.wire_json import Misfit, decode
from a360tui.errors import A360Error

_BY_STATUS: dict[int, tuple[type[Refused], str]] = {
    HTTPStatus.BAD_REQUEST: (BadRequest, ""),
    HTTPStatus.FORBIDDEN: (Forbidden, "Ask an administrator for a role that grants it, then sign in again."),
    HTTPStatus.NOT_FOUND: (NotFound, "It may have been deleted meanwhile, or this release does not have the call."),
    HTTPStatus.CONFLICT: (Conflict, "Look at what is there now."),
}
_MAY_BE_DONE = frozenset({HTTPStatus.FOUND, HTTPStatus.SEE_OTHER})
"""Redirects that a server may answer after it did what was asked; any other means that it did not."""
_FIRST_SERVER_ERROR = HTTPStatus.INTERNAL_SERVER_ERROR
_GAVE_UP = frozenset({HTTPStatus.REQUEST_TIMEOUT})
"""What a proxy answers that has passed the request on and stopped waiting."""
_CODE_LENGTH = 60
_ABSENT: dict[Source, str] = {
    "assumed": "The vendor does not publish this call, so it is an assumption; this Control Room does not have it.",
    "confirmed": "It worked here once, and is not there any more.",
    "captured": "It was learned from a browser, and is not there any more.",
    "typed": "It is not there as it was typed.",
}
_LEARN = "Learn the call from a browser: a360tui calls learn --help"


class _ErrorBody(msgspec.Struct):
    """``{"code", "message", "details"}``; ``code`` is a number in some services."""

    code: Any = ""
    message: Any = ""


def refusal(answer: Answer) -> A360Error:
    """The error for an answer that is no success."""
    request, status = answer.request, answer.status
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return _redirect(answer)
    if _is_from_elsewhere(answer):
        return answer.misfit("is a web page")
    code, message = _said(answer)
    if request.is_write and (status >= _FIRST_SERVER_ERROR or status in _GAVE_UP):
        return OutcomeUnknown(
            f"Whether the Control Room could {request.purpose} is not known: it failed ({status}){_behind(message)}",
            LOOK_FIRST,
        )
    if status == HTTPStatus.UNAUTHORIZED or (status == HTTPStatus.FORBIDDEN and not request.authorized):
        return _sign_in_failure(answer, code, message)
    return _refused(answer, code, message)


def _is_from_elsewhere(answer: Answer) -> bool:
    """Whether something in front of the Control Room refused a request without a token.

    It answers with its own page.
    """
    request, status = answer.request, answer.status
    if not answer.is_page or request.authorized or status >= _FIRST_SERVER_ERROR:
        return False
    return request.effect is Effect.READ or status not in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}


def _refused(answer: Answer, code: str, message: str) -> Refused:
    request, status = answer.request, answer.status
    number = f"{status} {code}" if code else str(status)
    sentence = f"Could not {request.purpose}. The Control Room said {number}{_behind(message)}"
    kind, hint = _BY_STATUS.get(status, (Refused, ""))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = f"Wait {answer.retry_after.total_seconds():.0f} s" if answer.retry_after else "Wait a little"
        kind, hint = TooManyRequests, f"{wait}, then try again."
    elif status >= _FIRST_SERVER_ERROR:
        kind, hint = (
            ServerError,
            "Try again later; if it stays so, the Control Room's log tells its administrator more.",
        )
    call = request.unpublished
    if call is not None and status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
        kind, hint = CallAbsent, f"{_ABSENT[call.source]} {_LEARN}"
    elif call is not None and call.withheld:
        hint = f"{hint} A browser sent this too, which is not kept: {', '.join(call.withheld)}.".lstrip()
    return kind(sentence, hint, status=status, code=code, server_message=message, retry_after=answer.retry_after)


def _sign_in_failure(answer: Answer, code: str, message: str) -> A360Error:
    request = answer.request
    if request.authorized:
        said = f" The Control Room said{_behind(message)}" if message else ""
        return SessionEnded(
            f"Could not {request.purpose}: the session has ended.{said}",
            "Sign in again; nothing was changed." if request.is_write else "Sign in again.",
            code=code,
            server_message=message,
        )
    return SignInFailed(
        f"The sign-in was refused{_behind(message or f'{answer.status} without a reason')}",
        "Check user name and credential before another try: a third failure may disable the user.",
        code=code,
        server_message=message,
    )


def _redirect(answer: Answer) -> A360Error:
    request = answer.request
    try:
        target = one_line(httpx.URL(answer.location).raw_host.decode("latin-1"), 100)
    except httpx.InvalidURL:
        target = ""
    where = f"to {target}" if target else "to another place"
    if request.is_write and answer.status in _MAY_BE_DONE:
        return OutcomeUnknown(
            f"Whether the Control Room could {request.purpose} is not known: it pointed {where} ({answer.status}).",
            LOOK_FIRST,
        )
    return Redirected(
        f"Could not {request.purpose}: the answer points {where} ({answer.status}), which is not followed.",
        "Check the address; if a sign-in page of your company answers, the Control Room must be reached without it.",
        target=target,
    )


def _behind(message: str) -> str:
    """The end of a sentence: the message behind a colon, if there is one, and a full stop."""
    if not message:
        return "."
    return f": {message}" if message[-1] in ".!?…" else f": {message}."


def _said(answer: Answer) -> tuple[str, str]:
    """The Control Room's code and message, harmless; both empty where the body holds none."""
    try:
        body = decode(answer.body, _ErrorBody, depth=8)
    except Misfit:
        return "", ""
    code = one_line(str(body.code), _CODE_LENGTH) if isinstance(body.code, str | int) else ""
    return code, one_line(body.message) if isinstance(body.message, str) else ""
