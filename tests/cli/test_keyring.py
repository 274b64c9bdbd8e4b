"""Commands where there is a real Secret Service."""

import json
import shutil
import subprocess
import sys

import pytest

from tests.cli.conftest import Program, Served


def test_a_rotation_with_a_real_keyring(program: Program, with_role: Served, key: str) -> None:
    """It guards the store without a question, and the entry of another program in it gets the new key."""
    bus, daemon = shutil.which("dbus-run-session"), shutil.which("gnome-keyring-daemon")
    if not bus or not daemon:
        pytest.skip("there is no Secret Service to start (apt: dbus gnome-keyring)")
    user = ["--control-room", with_role.url, "--username", "creator"]
    commands = [
        ([*user, "login", "--password-stdin", "--json"], with_role.password("creator")),
        ([*user, "login", "--api-key-stdin"], key),
        ([*user, "reference", "add", "keyring", "other program", "creator"], ""),
        ([*user, "reference", "check", "--json"], ""),
        ([*user, "key", "regenerate", "--yes"], ""),
        ([*user, "key", "test", "--json"], ""),
        ([*user, "reference", "check"], ""),
    ]
    done = subprocess.run(
        [bus, "--", sys.executable, "-m", "tests.cli.keyring_session"],
        input=json.dumps({"daemon": daemon, "entry": ["other program", "creator", key], "commands": commands}),
        env=program.environment | {"XDG_DATA_HOME": str(program.home / "share")},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert [each["code"] for each in seen["ended"]] == [0] * len(commands), seen["ended"]
    login, _, _, before, regenerated, _, _ = seen["ended"]
    assert json.loads(login["stdout"])["keptIn"] == "age file, unlocked by your keyring (Secret Service)"
    assert [each["state"] for each in json.loads(before["stdout"])] == ["holds this key"]
    assert seen["entry"] == regenerated["stdout"].strip() != key
    program.secrets.add(seen["entry"])
    for each in seen["ended"]:
        program.check_talk(each["stderr"])
