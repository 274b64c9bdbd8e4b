"""What the commands print of the head of an answer, traced: status, where it points to, headers."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from tests.hostile.payloads import LONGEST, PAYLOADS, found
from tests.hostile.prompt import Prompt

_CARRIED = tuple(each for each in PAYLOADS if not {"\r", "\n", "\0"} & set(each.text) and each != LONGEST)
"""What a line of a head can hold."""


@contextmanager
def _answering(heads: dict[str, bytes]) -> Iterator[str]:
    """A server that gives whatever head is in ``heads`` at that moment; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return  # it is over
                with connection:
                    connection.recv(65536)
                    connection.sendall(heads["now"])

        Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def _head(status: int, text: str) -> bytes:
    lines = [f"HTTP/1.1 {status} {text}", f"Location: http://{text}.example/{text}", f"Content-Type: {text}"]
    lines += [
        f"{name}: {text}" for name in ("Retry-After", "WWW-Authenticate", "Set-Cookie", "Server", "Date", "X-Any")
    ]
    return "\r\n".join([*lines, "Content-Length: 0", "Connection: close", "", ""]).encode("utf-8", "surrogatepass")


def test_heads(home: Path) -> None:
    """Redirects, refusals, failures: whatever stands in the head is shown letter by letter or not at all."""
    heads: dict[str, bytes] = {}
    prompt = Prompt(home)
    seen = set()
    with _answering(heads) as url:
        options = ("--control-room", url, "--username", "creator", "--trace")
        for status in (200, 302, 401, 404, 503):
            for payload in _CARRIED:
                heads["now"] = _head(status, payload.text)
                said = prompt.run((*options, "--password-stdin", "whoami"), stdin="x")
                assert (said.acts(), said.failed) == ([], False), (status, payload.kind)
                seen |= found([payload], said.terminal)
    prompt.close()
    assert seen
