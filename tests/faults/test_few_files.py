"""A process that may open hardly any file."""

import shutil
import subprocess
import sys

import pytest

from tests.cli.conftest import Program, Served, program, served, with_role

__all__ = ["program", "served", "with_role"]

pytestmark = pytest.mark.skipif(shutil.which("prlimit") is None, reason="the limit is set with prlimit")


@pytest.mark.parametrize("most", range(6, 14))
def test_a_key_is_made_and_printed_or_not_made(program: Program, with_role: Served, most: int) -> None:
    """However few files may be open: the new key is on stdout, or none was made and a sentence says what failed."""
    command = ("--control-room", with_role.url, "--username", "creator", "--password-stdin", "key", "generate", "--yes")
    done = subprocess.run(
        ["prlimit", f"--nofile={most}", sys.executable, "-m", "a360tui", *command],
        input=with_role.password("creator"),
        capture_output=True,
        text=True,
        env=program.environment,
        check=False,
    )
    program.secrets.add(with_role.password("creator"))
    program.check_talk(done.stderr)
    with_role.state()
    made = with_role.value(
        "SELECT count(*) FROM api_keys WHERE user_id = (SELECT id FROM users WHERE username='creator')"
    )
    assert made == (1 if done.stdout else 0)
    assert done.stdout or (done.returncode in {1, 2} and done.stderr)
    if done.stdout:
        key = done.stdout.strip()
        assert program.run_with_key(with_role, "creator", key, "key", "test").code == 0
