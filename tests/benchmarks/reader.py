"""Reads every user of a Control Room, as an export does, and says how long it took and how much memory.

``python -m tests.benchmarks.reader bare|a360tui URL USERNAME [SOCKET]``, the password on standard input; with a Unix
socket it goes through that.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

from tests.benchmarks.processes import peak_megabytes

PAGE = 200


def bare(url: str, username: str, password: str) -> tuple[int, float]:
    """The yardstick: httpx and json.loads, page after page."""
    import httpx

    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        signed_in = client.post("/v2/authentication", json={"username": username, "password": password}).json()
        client.headers["X-Authorization"] = signed_in["token"]
        count, began = 0, time.perf_counter()
        while True:
            sort = [{"field": "username", "direction": "asc"}]
            body = {"sort": sort, "page": {"offset": count, "length": PAGE}}
            page = json.loads(client.post("/v2/usermanagement/users/list", json=body).content)
            for _user in page["list"]:
                count += 1
            if count >= page["page"]["totalFilter"]:
                return count, time.perf_counter() - began


async def own(url: str, username: str, password: str, socket: Path | None) -> tuple[int, float]:
    """The API layer."""
    from a360tui.api import ControlRoom, Password, parse_address
    from a360tui.secret import Secret

    async with ControlRoom(parse_address(url), socket=socket) as room:
        await room.sign_in(username, Password(Secret(password)))
        count, began = 0, time.perf_counter()
        async for _user in room.users():
            count += 1
        return count, time.perf_counter() - began


if __name__ == "__main__":
    who, url, username, *rest = sys.argv[1:]
    password = sys.stdin.read()
    through = Path(rest[0]) if rest else None
    if who == "bare":
        read, seconds = bare(url, username, password)
    else:
        read, seconds = asyncio.run(own(url, username, password, through))
    peak = peak_megabytes(os.getpid())
    sys.stdout.write(json.dumps({"rows": read, "seconds": seconds, "megabytes": peak}))
