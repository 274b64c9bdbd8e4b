"""What a hostile answer costs in memory, measured as the peak of a process of its own."""

import asyncio
import gzip
import sys
from pathlib import Path

import pytest

from tests.api.scripted_server import Conversation, ScriptedServer, Step, answer, bomb, head, rows
from tests.faults.misbehaviour import MEGABYTE, encoded

MOST = 50 * MEGABYTE

CHILD = """
import asyncio, sys
from a360tui.api import ControlRoom, Password, parse_address
from a360tui.errors import A360Error
from a360tui.secret import Secret

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))

async def main():
    async with ControlRoom(parse_address(sys.argv[1]), listener=lambda exchange: None) as room:
        await room.sign_in("jdoe", Password(Secret("x")))
        page = getattr(room, sys.argv[2])
        await page()
        before = peak()
        try:
            await page()
        except A360Error as error:
            print(peak() - before, error)

asyncio.run(main())
"""


def then_more(compressed: bytes) -> Step:
    """A compressed answer that has ended, and bytes behind it for as long as they are taken."""

    async def step(talk: Conversation) -> bool:
        await talk.send(head(200, None, {"Content-Encoding": "gzip"}) + compressed)
        for _ in range(100):
            await talk.send(bytes(MEGABYTE))
        return False

    return step


pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")


@pytest.mark.parametrize("call", ["roles", "users"])
@pytest.mark.parametrize(
    "step",
    [
        encoded(bomb(300, 31), "gzip"),
        encoded(bomb(300, 15), "deflate"),
        answer({"list": ["x" * (10 * MEGABYTE)]}),
        answer(b'{"list": ["' + b"x" * (7 * MEGABYTE) + b'"]}'),
        answer(b"[" * (7 * MEGABYTE)),
        answer(b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
        answer(b'{"list": [' + b"[]," * (2 * MEGABYTE) + b"[]]}"),
        answer(b'{"list": [' + b'{"a": {}},' * 200_000 + b"{}]}"),
        answer(b'{"list": [' + b'{"id":"1"},' * 700_000 + b'{"id":"1"}]}'),
        answer(b'{"list": [' + b'{"id":"1"},' * 140_000 + b"{}]}"),
        answer(b'{"list": ["' + "\u202e".encode() * (2 * MEGABYTE) + b'"]}'),
        answer(b'{"list": ["' + "\u0301".encode() * (3 * MEGABYTE) + b'"]}'),
        answer(b'{"list": ["' + b"\\u202e" * 2 * (MEGABYTE // 2) + b'"]}'),
        answer(b'{"list": [{' + b",".join(b'"%d":1' % each for each in range(240_000)) + b"}]}"),
        then_more(gzip.compress(b'{"list": []}')),
    ],
    ids=[
        "300 MB from gzip",
        "300 MB from deflate",
        "10 MB text",
        "7 MB text",
        "7 MB of brackets",
        "depth 10,000",
        "2 million values",
        "200,000 objects",
        "700,000 rows",
        "140,000 rows",
        "2 million bidi characters",
        "3 million combining marks",
        "a million escapes",
        "240,000 names",
        "gzip and 100 MB behind it",
    ],
)
async def test_a_hostile_answer_takes_little_memory(step: Step, call: str) -> None:
    """Refused with a sentence, and the process never held more than 50 MB beyond what it held before."""
    async with ScriptedServer({f"POST /v2/usermanagement/{call}/list": [rows([]), step]}) as server:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", CHILD, server.address.url, f"{call}_page"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        stdout, stderr = await child.communicate()
    assert (child.returncode, stderr) == (0, b"")
    rise, _, sentence = stdout.decode().partition(" ")
    assert sentence.startswith(f"Could not list the {call}: ")
    assert int(rise) < MOST, f"{int(rise) // MEGABYTE} MB"
