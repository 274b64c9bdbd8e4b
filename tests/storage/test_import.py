"""What a start pays for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def test_heavy_libraries_are_loaded_when_they_are_needed() -> None:
    """Importing the room loads neither pyrage nor keyring nor platformdirs, and nothing of the rooms above."""
    program = (
        "import sys, a360tui.storage\n"
        "print([name for name in ('pyrage', 'keyring', 'platformdirs', 'textual', 'httpx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("environment", "imported"),
    [
        ({}, False),
        ({"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}, False),
        ({"PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring"}, True),
        ({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}, True),
        ({"DISPLAY": ":0"}, True),
        ({"XDG_RUNTIME_DIR": "with a bus"}, True),
    ],
    ids=["nothing", "none is chosen", "another is chosen", "a bus", "a display", "a bus by its place"],
)
def test_where_no_keyring_can_be_its_library_is_not_loaded(
    tmp_path: Path, environment: dict[str, str], imported: bool
) -> None:
    """Without a way to a session bus the answer is "no keyring" at once; with one, the library is asked."""
    (tmp_path / "with a bus").mkdir()
    (tmp_path / "with a bus" / "bus").touch()
    program = (
        "import sys\n"
        "from a360tui.storage import OSKeyring\n"
        "from a360tui.storage.errors import KeyringUnusable\n"
        "try:\n"
        "    OSKeyring('a test').backend().wait()\n"
        "except KeyringUnusable as error:\n"
        "    print(type(error).__name__, 'keyring' in sys.modules)"
    )
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**clean, "XDG_RUNTIME_DIR": str(tmp_path), **environment},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == ["NoKeyring", str(imported)]
