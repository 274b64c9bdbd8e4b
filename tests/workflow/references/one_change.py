"""Ask a place whether it is ready and give it a new key, in a process of its own that may be killed or have no rights.

Arguments: a dotenv file's path, the old key, the new key, and optionally the user to become.
"""

import asyncio
import json
import os
import sys

from a360tui.secret import Secret
from a360tui.workflow.references import Dotenv, Fingerprints, place_of


def become(user: int) -> None:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


async def main(path: str, old: str, new: str, user: str = "") -> None:
    fingerprints = Fingerprints(Fingerprints.new_pepper())
    place = place_of(Dotenv(path, "KEY"), fingerprints)
    if user:
        await place.preflight(None)  # whatever is imported on the way is imported while it still can be
        become(int(user))
    preflight = await place.preflight(None)
    outcome = await place.replace(fingerprints.of(Secret(old)), Secret(new))
    json.dump([preflight.ready, preflight.sentence, outcome.result, outcome.sentence], sys.stdout)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
