"""Three ways to keep secrets, each opened as often as a test likes, as one process after another would."""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from a360tui.secret import Secret
from a360tui.storage import Binding, Guard, Identity, Locations, PassphraseRequest, Store, find_locations, open_store
from a360tui.storage.guard import GuardedIdentity, GuardRecord
from a360tui.storage.vault import Vault
from tests.storage import quick_age
from tests.storage.fake_keyring import WorkingKeyring, asked, in_use

PASSPHRASE = "correct horse battery staple"

JDOE = Binding("https", "cr.example.com", 443, "jdoe")


@dataclass
class Way:
    """One guard on one disk."""

    guard: Guard
    locations: Locations
    backend: WorkingKeyring
    requests: list[PassphraseRequest] = field(default_factory=list)
    """What a person was asked so far."""

    async def open(self) -> Store:
        """A store as a process of its own would have it."""
        return await open_store(
            self.locations,
            passphrase=self.ask if self.guard is Guard.PASSPHRASE else None,
            keyring_allowed=self.guard is Guard.KEYRING,
            keyring=asked(),
        )

    async def ask(self, request: PassphraseRequest) -> Secret | None:
        self.requests.append(request)
        return Secret(PASSPHRASE)

    def bothered(self) -> int:
        """How often anybody was asked anything: a person or the keyring."""
        return len(self.requests) + len(self.backend.calls)


@pytest.fixture
def locations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Locations:
    """Folders below one that is not there yet."""
    monkeypatch.setenv("A360TUI_CONFIG_DIR", str(tmp_path / "a360tui"))
    return find_locations()


@pytest.fixture
def backend() -> Iterator[WorkingKeyring]:
    """The keyring of this machine."""
    fake = WorkingKeyring()
    with in_use(fake):
        yield fake
    fake.let_go.set()


@pytest.fixture(params=list(Guard))
def way(request: pytest.FixtureRequest, locations: Locations, backend: WorkingKeyring) -> Way:
    """Each guard in turn."""
    return way_of(request.param, locations, backend)


@pytest.fixture(params=[Guard.KEYRING, Guard.PASSPHRASE])
def lasting(request: pytest.FixtureRequest, locations: Locations, backend: WorkingKeyring) -> Way:
    """Each guard of something on disk."""
    return way_of(request.param, locations, backend)


def way_of(guard: Guard, locations: Locations, backend: WorkingKeyring) -> Way:
    if guard is Guard.PASSPHRASE:
        vault_under_passphrase(locations)
    return Way(guard, locations, backend)


def vault_under_passphrase(locations: Locations, passphrase: str = PASSPHRASE) -> None:
    """An empty vault whose passphrase is opened quickly."""
    identity = Identity.generate()
    sealed = quick_age.seal(passphrase, identity.text.reveal().encode())
    record = GuardRecord(
        Guard.PASSPHRASE,
        datetime.now(UTC),
        identity_file="identity-0000.age",
        identity_sha256=hashlib.sha256(sealed).hexdigest(),
    )
    assert Vault(locations).build(identity.recipient, GuardedIdentity(record, sealed))


def everything_below(folder: Path) -> dict[Path, bytes]:
    """Every file with its bytes, also what was set aside or left half-written."""
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def age() -> str:
    """The age program."""
    found = shutil.which("age")
    if found is None:
        pytest.skip("age is not installed (apt: age)")
    return found
