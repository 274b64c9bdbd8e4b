"""The one function that sends: every request to a Control Room goes through `Transport.send`.

It enforces the deadline of the whole exchange and the cap on the body, and sets the header with the token, which
nothing else does. It follows no redirect, keeps no cookie, asks for no compression and retries nothing. Each exchange
is reported to a listener, without its secrets. Every failure is raised as an error of `a360tui.api.errors`, none of
which refers to the request.
"""

import asyncio
import contextlib
import logging
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, Self

from a360tui.api.address import Address
from a360tui.api.answer import Answer
from a360tui.api.call_rules import check_path
from a360tui.api.clock import ServerClock
from a360tui.api.content import BodyReader
from a360tui.api.exchange import Exchange, secrets_in, shown_answer, shown_request
from a360tui.api.failure import failure, too_late
from a360tui.api.http_library import httpx
from a360tui.api.limits import Limits
from a360tui.api.proxy import Proxy, proxy_for, unusable
from a360tui.api.refusal import refusal
from a360tui.api.request import Request
from a360tui.api.tls import no_tls, system_trust
from a360tui.api.wire_json import Misfit, encode
from a360tui.errors import A360Error, InvalidInput
from a360tui.secret import Secret

Listener = Callable[[Exchange], None]
OnChunk = Callable[[bytes], None]

_ONE = httpx.Limits(max_connections=1)
_KEPT = 5.0
"""Seconds that an idle connection is kept; httpx's own default."""

for _name in ("httpx", "httpcore"):
    # At DEBUG they write cookies and whole URLs.
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(slots=True)
class _Record:
    """One exchange while it is under way."""

    request: Request
    token: Secret | None
    started: datetime
    begin: float
    sent: bool = False
    """The request has begun to leave this machine."""
    through: bool = False
    """The tunnel of the proxy stands, and TLS with the Control Room begins."""
    answer: Answer | None = None
    """Set once its head has come; the body may still be growing."""
    is_whole: bool = False
    """The answer has come to its end, so its connection can be used again."""

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Follow what httpcore reports of its progress; a proxy's CONNECT is not the request."""
        if event == "http11.send_request_headers.started" and info["request"].method != b"CONNECT":
            self.sent = True
        elif event == "proxy.start_tls.started":
            self.through = True

    def exchange(self, outcome: Answer | A360Error | None, origin: str, curl_options: tuple[str, ...]) -> Exchange:
        """The report for a listener; without an outcome the exchange was interrupted."""
        request, answer = self.request, self.answer
        known = [*secrets_in(request.body), *([] if self.token is None else [self.token])]
        error = None
        if not isinstance(outcome, Answer):
            error = "interrupted" if outcome is None else outcome.message
        return Exchange(
            method=request.method,
            path=request.path,
            status=None if answer is None else answer.status,
            milliseconds=(time.perf_counter() - self.begin) * 1000,
            request_body=shown_request(request.body),
            response_body=""
            if answer is None
            else shown_answer(answer.body, known, private=request.makes_secret, is_json=answer.is_json),
            error=error,
            started=self.started,
            origin=origin,
            authorized=self.token is not None,
            headers=() if request.unpublished is None else tuple(request.unpublished.headers.items()),
            curl_options=curl_options,
        )


@lru_cache(maxsize=16)
def _url(text: str) -> httpx.URL:
    """The URL of a call, cached: all pages of a list have the same, and httpx is slow to parse it."""
    return httpx.URL(text)


async def _set_location_aside(response: httpx.Response) -> None:
    """Take ``Location`` out of the headers: httpx builds a request from it, followed or not, and fails on a bad one."""
    response.extensions["location"] = response.headers.pop("location", "")


def _has_more(client: httpx.AsyncClient) -> bool:
    """Whether bytes came after the answer, as from a proxy that answers twice, or a body with 204.

    The next request would take them for its own answer: httpcore checks the socket for more, but not what h11 has read
    already. That has no public name; these are the names of httpx 0.28 and httpcore 1.0, and where they are missing no
    connection is used twice.
    """
    try:
        connections = client._transport._pool.connections  # type: ignore[attr-defined]  # noqa: SLF001
        return any(connection._connection._h11_state.trailing_data[0] for connection in connections)  # noqa: SLF001
    except AttributeError:
        return True


class Transport:
    """The connections to one Control Room; an async context manager."""

    def __init__(
        self,
        address: Address,
        *,
        socket: Path | None,
        ca_file: Path | None,
        limits: Limits,
        clock: ServerClock,
        listener: Listener | None,
        why_read_only: Callable[[], str] | None = None,
    ) -> None:
        if address.scheme != "https" and socket is None and not address.is_loopback:
            raise InvalidInput(
                f"{address.url} would send passwords and keys unprotected.", "Use https.", field="address"
            )
        self.address = address
        self.limits = limits
        self.clock = clock
        self._socket = socket
        self._ca_file = ca_file
        self._listener = listener
        self._why_read_only = why_read_only
        self._curl_options: tuple[str, ...] = ()
        if socket is not None:
            self._curl_options = ("--unix-socket", str(socket))
        elif ca_file is not None:
            self._curl_options = ("--cacert", str(ca_file))
        self._proxy = None if socket is not None else proxy_for(address)
        self.proxy = "" if self._proxy is None else self._proxy.display
        """``host:port`` of the proxy, for people; empty where the connection is direct."""
        self._tls = no_tls()
        self._is_open = False
        self._idle: deque[tuple[float, httpx.AsyncClient]] = deque()
        """Idle clients, and since when; the one used last comes last."""
        self._spent: list[httpx.AsyncClient] = []
        """Clients that must not be used again, to be closed."""

    async def __aenter__(self) -> Self:
        if self.address.scheme == "https" and self._socket is None:
            self._tls = await asyncio.to_thread(system_trust, self._ca_file)
        self._idle.append((time.perf_counter(), self._new_client()))
        self._is_open = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_open = False
        await self._close_idle(math.inf)

    async def send(
        self, request: Request, token: Secret | None, *, fresh: bool = False, on_chunk: OnChunk | None = None
    ) -> Answer:
        """Send once and return the whole answer, if it is a success (2xx).

        ``fresh`` uses a connection of its own and has the longer deadline of the call that makes a key. ``on_chunk``
        gets the raw bytes of the body as they arrive, whatever the status; it must not raise. Anything but a success is
        raised as an error.
        """
        if not self._is_open:
            raise RuntimeError("the Control Room is used outside its async with")
        check_path(request.path)
        if request.is_write and self._why_read_only is not None and (why := self._why_read_only()):
            raise InvalidInput(why, "Nothing was sent.")
        record = _Record(request, token, datetime.now(UTC), time.perf_counter())
        outcome: Answer | A360Error | None = None
        try:
            if fresh:
                async with self._new_client() as client:
                    outcome = await self._exchange(client, record, self.limits.generate, on_chunk)
            else:
                async with self._connection(record) as client:
                    outcome = await self._exchange(client, record, self.limits.exchange, on_chunk)
        finally:
            self._report(record, outcome)
        if isinstance(outcome, A360Error):
            raise outcome
        return outcome

    @contextlib.asynccontextmanager
    async def _connection(self, record: _Record) -> AsyncIterator[httpx.AsyncClient]:
        """A client with one connection, for one request at a time.

        A connection pool of httpcore's checks all its connections before and after every request, which takes longer
        than the requests where dozens of pages are under way. A client whose exchange was interrupted is not used
        again: httpcore may still count its connection, and the next request would wait for it.
        """
        client = self._idle.pop()[1] if self._idle else self._new_client()
        try:
            await self._close_idle(time.perf_counter() - _KEPT)
            yield client
        finally:
            if not (self._is_open and record.is_whole):
                await client.aclose()
            elif _has_more(client):  # nothing is waited for: an answer that is here stays
                self._spent.append(client)
            else:
                self._idle.append((time.perf_counter(), client))

    async def _close_idle(self, since: float) -> None:
        """Close the clients that have been idle since then, and those that must not be used again."""
        while self._spent:
            await self._spent.pop().aclose()
        while self._idle and self._idle[0][0] < since:
            await self._idle.popleft()[1].aclose()

    async def _exchange(
        self,
        client: httpx.AsyncClient,
        record: _Record,
        deadline: float,
        on_chunk: OnChunk | None,
    ) -> Answer | A360Error:
        """Carry out one exchange.

        An error is returned, so that the caller can raise it without the original as its context.
        """
        request, host = record.request, self.address.display
        try:
            async with asyncio.timeout(deadline):
                answer = await self._carry_out(client, record, on_chunk)
        except TimeoutError:
            return too_late(request, host, deadline, proxy=self.proxy, sent=record.sent)
        except asyncio.CancelledError as cancelled:
            # What was interrupted holds the request in its frames; who cancels needs none of it.
            cancelled.__context__ = None
            raise cancelled.with_traceback(None) from None
        except Exception as error:  # noqa: BLE001 - whatever the library raises holds the request in its frames
            if isinstance(error, Misfit) and record.answer is not None:
                return record.answer.misfit(error.problem)
            return failure(
                error,
                request,
                host,
                proxy=self.proxy,
                through=record.through,
                sent=record.sent,
                answered=record.answer is not None,
            )
        return answer if httpx.codes.is_success(answer.status) else refusal(answer)

    async def _carry_out(self, client: httpx.AsyncClient, record: _Record, on_chunk: OnChunk | None) -> Answer:
        request, token = record.request, record.token
        async with client.stream(
            request.method,
            _url(self.address.url + request.path),
            content=None if request.body is None else encode(request.body),
            headers={
                **({} if request.unpublished is None else request.unpublished.headers),
                **({} if token is None else {"X-Authorization": token.reveal()}),
                **({} if request.body is None else {"Content-Type": "application/json"}),
            },
            extensions={"trace": record.trace},
        ) as response:
            headers = dict(response.headers.items()) | {"location": response.extensions.get("location", "")}
            answer = Answer(request, response.status_code, headers, self.limits.depth)
            record.answer = answer
            self.clock.hear(answer.server_time)
            encoding = response.headers.get("content-encoding", "")
            reader = BodyReader(answer.body, encoding, self.limits.answer_bytes)
            async for chunk in response.aiter_raw():
                if on_chunk is not None:
                    on_chunk(chunk)
                reader.add(chunk)
            reader.end()
        record.is_whole = True
        return answer

    def _new_client(self) -> httpx.AsyncClient:
        try:
            return httpx.AsyncClient(
                transport=httpx.AsyncHTTPTransport(
                    verify=self._tls,
                    limits=_ONE,
                    trust_env=False,
                    uds=None if self._socket is None else str(self._socket),
                    proxy=None if self._proxy is None else self._to_proxy(self._proxy),
                ),
                trust_env=False,
                timeout=httpx.Timeout(None, connect=self.limits.connect),
                follow_redirects=False,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "a360tui"},
                event_hooks={"response": [_set_location_aside]},
            )
        except ImportError:
            raise InvalidInput(
                f"The proxy {self.proxy} speaks SOCKS, which is not supported; nothing was sent.",
                "Name an http:// proxy in HTTPS_PROXY or ALL_PROXY, or the Control Room in NO_PROXY.",
                field="proxy",
            ) from None
        except (ValueError, httpx.InvalidURL):
            raise unusable() from None

    def _to_proxy(self, proxy: Proxy) -> httpx.Proxy:
        """The proxy as httpx takes it; an https:// proxy is trusted as the Control Room is."""
        auth = None
        if proxy.credential is not None:
            user, _, password = proxy.credential.reveal().partition(":")
            auth = user, password
        return httpx.Proxy(proxy.url, ssl_context=self._tls if proxy.scheme == "https" else None, auth=auth)

    def _report(self, record: _Record, outcome: Answer | A360Error | None) -> None:
        if self._listener is None:
            return
        # A report that fails must not turn a write that was done into one that failed.
        with contextlib.suppress(Exception):
            self._listener(record.exchange(outcome, self.address.url, self._curl_options))
