"""A name server that never answers, in a network of its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAM, Program, program

__all__ = ["program"]

RESOLVER_TIME = 30
"""Seconds that the system's resolver waits for its first answer."""

INSIDE = """
import json, signal, socket, subprocess, sys
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
program, patience, interrupts = json.loads(sys.argv[1])
run = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
run.stdin.write(b"canary-of-the-password")
run.stdin.close()
server.recvfrom(999)
if interrupts:
    run.send_signal(signal.SIGINT)
code = run.wait(timeout=patience)
print(json.dumps([code, run.stdout.read().decode(), run.stderr.read().decode()]))
"""

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("ip") is None,
    reason="a network of its own needs root, unshare and ip",
)


@pytest.mark.parametrize(
    ("interrupts", "code", "said"),
    [(True, 130, "a360tui: interrupted\n"), (False, 3, "cr.example.com does not answer; nothing was sent.")],
    ids=["ctrl-c", "patience"],
)
def test_a_name_server_that_is_silent(program: Program, tmp_path: Path, interrupts: bool, code: int, said: str) -> None:
    """Ctrl-C ends the program, and without it the time for connecting does, long before the resolver gives up."""

    resolver = tmp_path / "resolv.conf"
    resolver.write_text(f"nameserver 127.0.0.1\noptions timeout:{RESOLVER_TIME} attempts:2\n")
    asked = [*PROGRAM, "--control-room", "https://cr.example.com", "--username", "jdoe", "--password-stdin", "whoami"]
    prepare = f'ip link set lo up && mount --bind {resolver} /etc/resolv.conf && exec "$0" "$@"'
    done = subprocess.run(
        [
            *("unshare", "--net", "--mount", "sh", "-c", prepare, sys.executable, "-c", INSIDE),
            json.dumps([asked, RESOLVER_TIME - 5, interrupts]),
        ],
        capture_output=True,
        text=True,
        check=False,
        env=program.environment,
    )
    if done.returncode != 0 and "Operation not permitted" in done.stderr:
        pytest.skip("this machine gives no network of its own")
    assert done.stderr == ""
    ended, stdout, stderr = json.loads(done.stdout)
    assert (ended, stdout) == (code, "")
    assert said in stderr
    program.check_talk(stderr)
