"""A login with an unlocked Secret Service, as a program for ``dbus-run-session``, in which commands are run.

Reads a JSON object: ``daemon``, the path of gnome-keyring-daemon; ``entry``, the service, user and text that another
program has put into the keyring; ``commands``, each its arguments and its standard input. Prints as JSON how each
ended, and the text that the entry has then.
"""

import json
import subprocess
import sys
from typing import Any

import keyring

from tests.storage.secret_service_login import unlocked_keyring


def main() -> None:
    """Unlock a new keyring, and run the commands."""
    order = json.load(sys.stdin)
    with unlocked_keyring(order["daemon"]):
        service, user, text = order["entry"]
        keyring.set_password(service, user, text)
        ended = [_run(*each) for each in order["commands"]]
        json.dump({"ended": ended, "entry": keyring.get_password(service, user)}, sys.stdout)


def _run(arguments: list[str], stdin: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "a360tui", *arguments], input=stdin, capture_output=True, text=True, check=False
    )
    return {"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr}


if __name__ == "__main__":
    main()
