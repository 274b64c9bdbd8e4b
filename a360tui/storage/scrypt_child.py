"""The program behind `a360tui.storage.passphrase`: one piece of scrypt in a process of its own.

Arguments: the import path. On stdin one line of JSON: ``passphrase``, ``content`` (base64), ``open`` (or seal). On
stdout the outcome, or what pyrage said. Exit code: 0, `WRONG`, `UNFIT` or `TOO_MUCH`.
"""

import base64
import json
import resource
import sys

WRONG = 3
"""The passphrase does not open it."""
UNFIT = 4
"""It is no such file, or damaged."""
TOO_MUCH = 5
"""It asks for far more work than this machine can do in a second."""


def main() -> int:
    """Seal or open what stdin says."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.path[:] = sys.argv[1:]
    import pyrage  # type: ignore[import-untyped]  # pyrage has no types

    order = json.loads(sys.stdin.buffer.readline())
    work = pyrage.passphrase.decrypt if order["open"] else pyrage.passphrase.encrypt
    try:
        outcome = work(base64.b64decode(order["content"]), order["passphrase"])
    except pyrage.DecryptError as error:
        sys.stdout.write(str(error))
        if str(error).startswith("Excessive work"):
            return TOO_MUCH
        return WRONG if str(error) == "Decryption failed" else UNFIT
    sys.stdout.buffer.write(outcome)
    return 0


if __name__ == "__main__":
    sys.exit(main())
