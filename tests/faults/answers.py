"""What may come of the call that makes a key: whole, cut, lost, late, garbled, refused, repeated."""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable

from tests.faults.room import Talk

Answer = Callable[[Talk], Awaitable[bool]]


async def whole(talk: Talk) -> bool:
    return await talk.answer(talk.made())


async def pieces(talk: Talk) -> bool:
    """In two pieces, the second one a moment later."""
    body = talk.made()
    at = talk.room.plan.cut_at or len(body) // 2
    await talk.send(talk.head(200, len(body)) + body[:at])
    await asyncio.sleep(0.05)
    await talk.send(body[at:])
    return True


async def drip(talk: Talk) -> bool:
    body = talk.made()
    await talk.send(talk.head(200, len(body)))
    for at in range(0, len(body), 7):
        await talk.send(body[at : at + 7])
        await asyncio.sleep(0.001)
    return True


async def cut(talk: Talk) -> bool:
    """The connection ends within the body."""
    body = talk.made()
    at = len(body) // 2 if talk.room.plan.cut_at is None else talk.room.plan.cut_at
    await talk.send(talk.head(200, len(body)) + body[:at])
    return False


async def cut_by_reset(talk: Talk) -> bool:
    """A reset connection within the body, after what came was taken."""
    body = talk.made()
    at = len(body) - 1 if talk.room.plan.cut_at is None else talk.room.plan.cut_at
    await talk.send(talk.head(200, len(body)) + body[:at])
    await asyncio.sleep(0.05)
    return talk.reset()


async def chunked(talk: Talk) -> bool:
    body = talk.made()
    await talk.send(talk.head(200, None, more="Transfer-Encoding: chunked"))
    for at in range(0, len(body), 50):
        part = body[at : at + 50]
        await talk.send(f"{len(part):x}\r\n".encode() + part + b"\r\n")
    await talk.send(b"0\r\n\r\n")
    return True


async def lost_close(talk: Talk) -> bool:
    talk.made()
    return False


async def lost_reset(talk: Talk) -> bool:
    talk.made()
    return talk.reset()


async def lost_hang(talk: Talk) -> bool:
    talk.made()
    return await talk.until_gone()


async def lost_half_head(talk: Talk) -> bool:
    talk.made()
    await talk.send(b"HTTP/1.1 200 OK\r\nContent-Ty")
    return False


async def never_close(_talk: Talk) -> bool:
    """Not done, and the connection ends."""
    return False


async def never_reset(talk: Talk) -> bool:
    return talk.reset()


async def late(talk: Talk) -> bool:
    """Done long after the client has given up."""
    talk.room.late.append(talk.made)
    return False


async def server_error_after(talk: Talk) -> bool:
    talk.made()
    return await talk.refuse(500, "The server failed.")


async def server_error_before(talk: Talk) -> bool:
    return await talk.refuse(500, "The server failed.")


async def gateway_after(talk: Talk) -> bool:
    talk.made()
    return await talk.answer(b"<html>Bad gateway</html>", 502, "text/html")


async def gateway_timeout_late(talk: Talk) -> bool:
    talk.room.late.append(talk.made)
    return await talk.answer(b"<html>Gateway timeout</html>", 504, "text/html")


async def too_many(talk: Talk) -> bool:
    return await talk.refuse(429, "Slow down.")


async def unauthorized(talk: Talk) -> bool:
    return await talk.refuse(401, "The token has ended.")


async def forbidden(talk: Talk) -> bool:
    return await talk.refuse(403, "You may not.")


async def bad_request(talk: Talk) -> bool:
    return await talk.refuse(400, "Not so.")


async def timeout_after(talk: Talk) -> bool:
    """A proxy's 408 for a request that was carried out."""
    talk.made()
    return await talk.refuse(408, "Request timeout")


async def redirect(talk: Talk) -> bool:
    await talk.send(talk.head(302, 0, "", "Location: https://elsewhere.example/"))
    return True


async def redirect_after(talk: Talk) -> bool:
    talk.made()
    await talk.send(talk.head(303, 0, "", "Location: https://elsewhere.example/"))
    return True


async def web_page(talk: Talk) -> bool:
    return await talk.answer(b"<!DOCTYPE html><title>Sign in</title>", 200, "text/html")


async def web_page_after(talk: Talk) -> bool:
    talk.made()
    return await talk.answer(b"<!DOCTYPE html><title>Sign in</title>", 200, "text/html")


async def no_content(talk: Talk) -> bool:
    talk.made()
    await talk.send(talk.head(204, None, ""))
    return True


async def empty(talk: Talk) -> bool:
    talk.made()
    return await talk.answer(b"")


async def wrong_type(talk: Talk) -> bool:
    """The whole answer, called a web page."""
    return await talk.answer(talk.made(), 200, "text/html")


async def with_bom(talk: Talk) -> bool:
    return await talk.answer(b"\xef\xbb\xbf" + talk.made())


async def compressed(talk: Talk) -> bool:
    body = gzip.compress(talk.made())
    await talk.send(talk.head(200, len(body), more="Content-Encoding: gzip") + body)
    return True


async def compressed_cut(talk: Talk) -> bool:
    body = gzip.compress(talk.made())
    await talk.send(talk.head(200, len(body), more="Content-Encoding: gzip") + body[:-6])
    return False


async def garbage_behind(talk: Talk) -> bool:
    return await talk.answer(talk.made() + b"\x00garbage{{{")


async def twice(talk: Talk) -> bool:
    """The same answer twice, as a broken proxy sends it."""
    body = talk.made()
    await talk.send((talk.head(200, len(body)) + body) * 2)
    return False


async def elsewhere(talk: Talk) -> bool:
    """The key, at a place that the call map does not know."""
    key = json.loads(talk.made())["apiKey"]
    return await talk.answer({"result": {"value": key}})


async def deeper(talk: Talk) -> bool:
    """The key under its name, at another depth, in an answer that is cut."""
    body = b'{"result": ' + talk.made() + b', "more": "'
    await talk.send(talk.head(200, len(body) + 100) + body)
    return False


async def key_twice(talk: Talk) -> bool:
    body = talk.made()
    return await talk.answer(body[:-1] + b', "apiKey": "another"}')


async def masked(talk: Talk) -> bool:
    """An answer that shows the key covered up: nothing here can sign in."""
    talk.made()
    return await talk.answer(talk.body("********"))


async def masked_nothing_made(talk: Talk) -> bool:
    """The wrong call: it shows the old key covered up, and makes none."""
    return await talk.answer({"apiKey": "********"})


async def huge(talk: Talk) -> bool:
    body = talk.made()
    body = body[:-1] + b', "more": "' + b"x" * 200_000 + b'"}'
    return await talk.answer(body)


async def nan(talk: Talk) -> bool:
    body = talk.made()
    return await talk.answer(body[:-1] + b', "left": NaN}')


ANSWERS: dict[str, Answer] = {
    each.__name__: each
    for each in (
        whole, pieces, drip, cut, cut_by_reset, chunked, lost_close, lost_reset, lost_hang, lost_half_head, never_close,
        never_reset, late, server_error_after, server_error_before, gateway_after, gateway_timeout_late, too_many,
        unauthorized, forbidden, bad_request, timeout_after, redirect, redirect_after, web_page, web_page_after,
        no_content, empty, wrong_type, with_bom, compressed, compressed_cut, garbage_behind, twice, elsewhere, deeper,
        key_twice, masked, masked_nothing_made, huge, nan,
    )
}  # fmt: skip
"""What may come of the call that makes a key, by name."""
