"""The age program opens what we made, and makes what we open: nobody needs us to get at their secrets."""

import json
import subprocess
from pathlib import Path

from a360tui.secret import Secret
from a360tui.storage import Guard, Locations, SecretKind
from tests.storage.conftest import JDOE, way_of
from tests.storage.fake_keyring import WorkingKeyring

HOSTILE = 'quote " backslash \\ newline \n tab \t \x1b[2J ünïcödé 🔑'


def outcome(*command: str | Path, content: bytes = b"") -> bytes:
    return subprocess.run(command, input=content, capture_output=True, check=True, timeout=30).stdout


async def test_age_opens_the_vault(locations: Locations, backend: WorkingKeyring, age: str, tmp_path: Path) -> None:
    """``age -d`` with the keyring's entry as the identity shows JSON with every secret and whose it is."""
    store = await way_of(Guard.KEYRING, locations, backend).open()
    await store.put(JDOE, SecretKind.PASSWORD, Secret(HOSTILE))
    (entry,) = backend.entries.values()
    identity = tmp_path / "identity.txt"
    identity.write_text(entry)
    vault = locations.secrets.path / "vault.age"
    content = json.loads(outcome(age, "-d", "-i", identity, vault))
    assert (content["format"], content["version"]) == ("a360tui vault", 1)
    (only,) = content["entries"]
    assert only["secret"] == HOSTILE
    assert only["kind"] == "password"
    assert only["binding"] == {"scheme": "https", "host": "cr.example.com", "port": 443, "username": "jdoe"}


async def test_age_seals_for_us(locations: Locations, backend: WorkingKeyring, age: str) -> None:
    """``age -R recipient.txt`` makes what the identity of the store opens."""
    store = await way_of(Guard.KEYRING, locations, backend).open()
    identity = await store.unlock()
    recipients = locations.secrets.path / "recipient.txt"
    assert identity.unseal(outcome(age, "-R", recipients, content=b"from age"), "it") == b"from age"
