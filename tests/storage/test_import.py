"""What a start pays for."""

import subprocess
import sys


def test_heavy_libraries_are_loaded_when_they_are_needed() -> None:
    """Importing the room loads neither pyrage nor keyring nor platformdirs, and nothing of the rooms above."""
    program = (
        "import sys, a360tui.storage\n"
        "print([name for name in ('pyrage', 'keyring', 'platformdirs', 'textual', 'httpx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
