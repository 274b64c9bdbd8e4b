"""A process that is killed at any step leaves the secrets as they were before or as they are after, nothing between."""

import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from a360tui.secret import Secret
from a360tui.storage import Guard, Locations, SecretKind
from a360tui.storage.vault import Vault
from tests.storage.conftest import JDOE, everything_below, way_of
from tests.storage.fake_keyring import WorkingKeyring

ASMITH = msgspec.structs.replace(JDOE, username="asmith")

BUILD = """
import sys
from datetime import UTC, datetime
from a360tui.secret import Secret
from a360tui.storage import Guard, Identity, find_locations
from a360tui.storage.guard import GuardRecord, GuardedIdentity
from a360tui.storage.vault import Vault
recipient = Identity.from_text(Secret(sys.stdin.read())).recipient
Vault(find_locations()).build(recipient, GuardedIdentity(GuardRecord(Guard.KEYRING, datetime.now(UTC))))
"""

CHANGE = """
import sys
from datetime import UTC, datetime
from a360tui.secret import Secret
from a360tui.storage import Binding, Identity, SecretKind, find_locations
from a360tui.storage.vault import Entry, Vault
key = (Binding("https", "cr.example.com", 443, "asmith"), SecretKind.PASSWORD)
entry = Entry(*key, datetime.now(UTC), Secret("new"))
identity = Identity.from_text(Secret(sys.stdin.read()))
Vault(find_locations()).change(identity, lambda contents: {**contents, key: entry})
"""

CALLS = {"fsync": "fsync", "rename": "rename,renameat,renameat2"}


def killed(program: str, identity: str, call: str, number: int, log: Path) -> bool:
    """Run a program that is killed at its n-th call of a kind; False once it has no n-th any more."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed (apt: strace)")
    options = ["-f", "-qq", "-o", str(log), "-e", f"trace={CALLS[call]}"]
    inject = ["-e", f"inject={CALLS[call]}:signal=KILL:when={number}"]
    command = [strace, *options, *inject, sys.executable, "-B", "-c", program]
    done = subprocess.run(command, input=identity, text=True, check=False, timeout=60)
    hit = "killed by SIGKILL" in log.read_text()
    assert hit != (done.returncode == 0)
    return hit


@pytest.mark.parametrize("call", CALLS)
async def test_killed_while_a_vault_is_made(
    locations: Locations, backend: WorkingKeyring, tmp_path: Path, call: str
) -> None:
    """There is no vault or a whole one, and the next secret is kept either way, with no leftovers."""
    way = way_of(Guard.KEYRING, locations, backend)
    await (await way.open()).unlock()
    (identity,) = backend.entries.values()
    trial = 0
    going = True
    while going:
        shutil.rmtree(locations.config.path)
        trial += 1
        going = killed(BUILD, identity, call, trial, tmp_path / "log")
        assert Vault(locations).state() is not None or going
        store = await way.open()
        await store.put(JDOE, SecretKind.PASSWORD, Secret("kept"))
        assert await store.get(JDOE, SecretKind.PASSWORD) == Secret("kept")
        assert not [path for path in everything_below(locations.config.path) if ".tmp" in str(path)]
    assert trial > 4


@pytest.mark.parametrize("call", CALLS)
async def test_killed_while_a_secret_is_put(
    locations: Locations, backend: WorkingKeyring, tmp_path: Path, call: str
) -> None:
    """The new secret is there or not, the old one is in any case, and what is there is listed."""
    way = way_of(Guard.KEYRING, locations, backend)
    await (await way.open()).put(JDOE, SecretKind.PASSWORD, Secret("old"))
    (identity,) = backend.entries.values()
    shutil.copytree(locations.config.path, tmp_path / "before")
    trial = 0
    going = True
    while going:
        shutil.rmtree(locations.config.path)
        shutil.copytree(tmp_path / "before", locations.config.path)
        trial += 1
        going = killed(CHANGE, identity, call, trial, tmp_path / "log")
        store = await way.open()
        listed = {each.binding for each in await store.bindings()}
        found = await store.get(ASMITH, SecretKind.PASSWORD)
        assert await store.get(JDOE, SecretKind.PASSWORD) == Secret("old")
        assert found == Secret("new") or (found is None and going)
        assert listed >= ({JDOE, ASMITH} if found else {JDOE})
        await store.put(JDOE, SecretKind.API_KEY, Secret("next"))
        assert not [path for path in everything_below(locations.config.path) if path.name.endswith(".tmp")]
    assert trial > 3
