"""The whole against a real Secret Service."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SILENT_PROMPTER = """[D-BUS Service]
Name=org.gnome.keyring.SystemPrompter
Exec=/bin/sh -c 'exec sleep 20 >/dev/null 2>&1'
"""
"""Somebody has to unlock the keyring on a screen, and nobody is there."""


def logged_in(folder: Path, *, prompter: str = "", limit: float = 60) -> dict[str, Any]:
    """What `tests.storage.secret_service_login` saw, in a session bus and a home of its own."""
    bus, daemon = shutil.which("dbus-run-session"), shutil.which("gnome-keyring-daemon")
    if not bus or not daemon:
        pytest.skip("there is no Secret Service to start (apt: dbus gnome-keyring)")
    services = folder / "share/dbus-1/services"
    services.mkdir(parents=True)
    if prompter:
        (services / "org.gnome.keyring.SystemPrompter.service").write_text(prompter)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "share"),
        "A360TUI_CONFIG_DIR": str(folder / "a360tui"),
    }
    done = subprocess.run(
        [bus, "--", sys.executable, "-m", "tests.storage.secret_service_login", daemon, str(limit)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def test_a_secret_under_a_real_keyring(tmp_path: Path) -> None:
    """A first secret makes the keyring the guard, with one entry in it; a locked one is said to be locked."""
    seen = logged_in(tmp_path)
    assert seen["place"] == "age file, unlocked by your keyring (Secret Service)"
    assert seen["found"] == "kept"
    assert seen["entries"] == [seen["recipient"]]
    assert seen["while locked"] == "KeyringLocked"
    assert (seen["guard while locked"], seen["known while locked"]) == ("keyring", 1)


def test_a_real_keyring_that_waits_for_somebody(tmp_path: Path) -> None:
    """A prompt on a screen that nobody sees is no answer within the limit, not an empty keyring."""
    seen = logged_in(tmp_path, prompter=SILENT_PROMPTER, limit=1)
    assert seen["while locked"] == "KeyringSilent"
    assert seen["guard while locked"] == "keyring"
