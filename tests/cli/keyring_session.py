"""A login with an unlocked Secret Service, as a program for ``dbus-run-session``, in which commands are run.

Reads a JSON object: ``daemon``, the path of gnome-keyring-daemon; ``entry``, the service, user and text that another
program has put into the keyring; ``commands``, each its arguments and its standard input. Prints as JSON how each
ended, and the text that the entry has then.
"""

import json
import subprocess
import sys
import time
from typing import Any

import keyring

from tests.storage.secret_service_login import _ready


def main() -> None:
    """Unlock a new keyring, and run the commands."""
    order = json.load(sys.stdin)
    command = [order["daemon"], "--unlock", "--components=secrets", "--foreground"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as daemon:
        assert daemon.stdin
        daemon.stdin.write(b"login password")
        daemon.stdin.close()
        try:
            while not _ready():
                time.sleep(0.05)
            service, user, text = order["entry"]
            keyring.set_password(service, user, text)
            ended = [_run(*each) for each in order["commands"]]
            json.dump({"ended": ended, "entry": keyring.get_password(service, user)}, sys.stdout)
        finally:
            daemon.terminate()


def _run(arguments: list[str], stdin: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "a360tui", *arguments], input=stdin, capture_output=True, text=True, check=False
    )
    return {"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr}


if __name__ == "__main__":
    main()
