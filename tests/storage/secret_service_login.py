"""A login with a real Secret Service, as a program for ``dbus-run-session``: prints as JSON what a store met there.

Arguments: the path of gnome-keyring-daemon, and for how many seconds a locked keyring is waited for. HOME and
A360TUI_CONFIG_DIR lead to a folder that nobody needs.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import secretstorage
from jeepney.bus_messages import message_bus  # type: ignore[import-untyped]  # it has no types

from a360tui.secret import Secret
from a360tui.storage import Binding, OSKeyring, SecretKind, find_locations, open_store
from a360tui.storage.errors import StorageError

JDOE = Binding("https", "cr.example.com", 443, "jdoe")


async def story() -> dict[str, object]:
    """Keep a secret, find it again, and look for it once more while the keyring is locked."""
    locations = find_locations()
    keyring = OSKeyring(locations.keyring_service, limit=30)
    store = await open_store(locations, keyring=keyring)
    await store.put(JDOE, SecretKind.API_KEY, Secret("kept"))
    found = await (await open_store(locations, keyring=keyring)).get(JDOE, SecretKind.API_KEY)
    recipient = await store.recipient()
    seen: dict[str, object] = {
        "place": store.place,
        "found": found.reveal() if found else None,
        "entries": _entries(),
        "recipient": recipient.text if recipient else None,
    }
    with secretstorage.dbus_init() as bus:
        secretstorage.get_default_collection(bus).lock()
    late = await open_store(locations, keyring=OSKeyring(locations.keyring_service, limit=float(sys.argv[2])))
    try:
        await late.get(JDOE, SecretKind.API_KEY)
    except StorageError as error:
        seen["while locked"] = type(error).__name__
    seen["guard while locked"] = late.guard
    seen["known while locked"] = len(await late.bindings())
    return seen


def _entries() -> list[str]:
    with secretstorage.dbus_init() as bus:
        items = secretstorage.search_items(bus, {"service": "a360tui"})
        return [item.get_attributes()["username"] for item in items]


@contextmanager
def unlocked_keyring(daemon: str) -> Iterator[None]:
    """A new keyring, unlocked; ``daemon`` is the path of gnome-keyring-daemon."""
    command = [daemon, "--unlock", "--components=secrets", "--foreground"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        assert process.stdin
        process.stdin.write(b"login password")
        process.stdin.close()
        try:
            while not _ready():
                time.sleep(0.05)
            yield
        finally:
            process.terminate()


def _ready() -> bool:
    """Whether the daemon has taken its name; a question to the service itself would start a second one."""
    with secretstorage.dbus_init() as bus:
        (taken,) = bus.send_and_get_reply(message_bus.NameHasOwner("org.freedesktop.secrets")).body
        return bool(taken)


def main() -> None:
    """Unlock a new keyring, and tell the story."""
    with unlocked_keyring(sys.argv[1]):
        json.dump(asyncio.run(story()), sys.stdout)


if __name__ == "__main__":
    main()
