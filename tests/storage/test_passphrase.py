"""The passphrase guard: what a person is asked, and what a wrong answer does."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from a360tui.errors import InvalidInput
from a360tui.secret import Secret
from a360tui.storage import (
    AskPassphrase,
    Guard,
    Locations,
    PassphrasePurpose,
    PassphraseRequest,
    SecretKind,
    Store,
    open_store,
)
from a360tui.storage.errors import NoKeyring, PassphraseFailed, PassphraseNeeded, WrongPassphrase
from a360tui.storage.passphrase import open_with, seal_with
from tests.storage import quick_age
from tests.storage.conftest import JDOE, PASSPHRASE, everything_below, vault_under_passphrase
from tests.storage.fake_keyring import ForeignKeyring, asked, in_use


def answering(*answers: str | None) -> tuple[AskPassphrase, list[PassphraseRequest]]:
    """Somebody who gives these answers, one after the other, and what they were asked."""
    requests: list[PassphraseRequest] = []
    given: Iterator[str | None] = iter(answers)

    async def ask(request: PassphraseRequest) -> Secret | None:
        requests.append(request)
        answer = next(given)
        return None if answer is None else Secret(answer)

    return ask, requests


async def guarded(locations: Locations, *answers: str | None) -> tuple[Store, list[PassphraseRequest]]:
    """A session on the vault of `vault_under_passphrase`, with one secret in it."""
    vault_under_passphrase(locations)
    ask, _ = answering(PASSPHRASE)
    await (await open_store(locations, passphrase=ask)).put(JDOE, SecretKind.PASSWORD, Secret("kept"))
    ask, requests = answering(*answers)
    return await open_store(locations, passphrase=ask), requests


async def test_a_first_secret_asks_for_a_new_passphrase(locations: Locations) -> None:
    """Where the keyring is no guard a new passphrase is asked for, with the reason, and opens the vault later."""
    ask, requests = answering("a new one", "a new one")
    with in_use(ForeignKeyring()):
        store = await open_store(locations, passphrase=ask, keyring=asked())
        await store.put(JDOE, SecretKind.PASSWORD, Secret("kept"))
        assert isinstance(store.trouble, NoKeyring)
        again = await open_store(locations, passphrase=ask, keyring=asked())
        secret = await again.get(JDOE, SecretKind.PASSWORD)
    assert requests == [
        PassphraseRequest(PassphrasePurpose.NEW, str(store.trouble)),
        PassphraseRequest(PassphrasePurpose.OPEN),
    ]
    assert secret == Secret("kept")


async def test_a_wrong_passphrase_is_asked_for_again(locations: Locations) -> None:
    """The second request says that the first answer was wrong."""
    store, requests = await guarded(locations, "wrong", PASSPHRASE)
    assert await store.get(JDOE, SecretKind.PASSWORD) == Secret("kept")
    assert [request.purpose for request in requests] == [PassphrasePurpose.OPEN, PassphrasePurpose.AGAIN]


async def test_three_wrong_passphrases_are_an_error(locations: Locations) -> None:
    """A program that always gives the same wrong answer comes to an end."""
    store, requests = await guarded(locations, "wrong", "wrong", "wrong", PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        await store.get(JDOE, SecretKind.PASSWORD)
    assert len(requests) == 3
    assert await store.get(JDOE, SecretKind.PASSWORD) == Secret("kept")


@pytest.mark.parametrize(
    ("answers", "error"), [((None,), PassphraseNeeded), (("wrong", None), WrongPassphrase)], ids=["at once", "later"]
)
async def test_who_declines_gets_no_secret(
    locations: Locations, answers: tuple[str | None, ...], error: type[Exception]
) -> None:
    """No answer ends it, and is told from a wrong one."""
    store, _ = await guarded(locations, *answers)
    with pytest.raises(error):
        await store.get(JDOE, SecretKind.PASSWORD)


async def test_nobody_to_ask(locations: Locations) -> None:
    """A script without a passphrase is told so; it is not given an empty store, and nothing is made in its place."""
    await guarded(locations)
    before = everything_below(locations.config.path)
    store = await open_store(locations, keyring_allowed=False)
    with pytest.raises(PassphraseNeeded, match="nobody to ask"):
        await store.get(JDOE, SecretKind.PASSWORD)
    with pytest.raises(PassphraseNeeded):
        await store.put(JDOE, SecretKind.API_KEY, Secret("x"))
    assert store.guard is Guard.PASSPHRASE
    assert everything_below(locations.config.path) == before


@pytest.mark.parametrize(("answer", "error"), [(None, PassphraseNeeded), (" ", InvalidInput)], ids=["none", "blank"])
async def test_no_vault_without_a_passphrase(locations: Locations, answer: str | None, error: type[Exception]) -> None:
    """A first secret that gets no passphrase is not kept, and no file is made."""
    ask, _ = answering(answer)
    store = await open_store(locations, passphrase=ask, keyring_allowed=False)
    with pytest.raises(error):
        await store.put(JDOE, SecretKind.PASSWORD, Secret("x"))
    assert not locations.secrets.path.exists()


async def test_another_passphrase(locations: Locations) -> None:
    """A change asks for the old one even in an unlocked session; afterwards only the new one opens."""
    store, requests = await guarded(locations, PASSPHRASE, PASSPHRASE, "the next one")
    await store.unlock()
    await store.change_passphrase()
    assert [request.purpose for request in requests[1:]] == [PassphrasePurpose.OPEN, PassphrasePurpose.NEW]
    ask, requests = answering(PASSPHRASE, "the next one")
    store = await open_store(locations, passphrase=ask)
    assert await store.get(JDOE, SecretKind.PASSWORD) == Secret("kept")
    assert [request.purpose for request in requests] == [PassphrasePurpose.OPEN, PassphrasePurpose.AGAIN]
    assert len([path for path in locations.secrets.path.iterdir() if path.name.startswith("identity-")]) == 1


async def test_age_opens_it_without_us(locations: Locations, age: str) -> None:
    """``age -d -i identity-….age vault.age`` with the passphrase shows the secrets."""
    await guarded(locations)
    folder = locations.secrets.path
    (identity,) = folder.glob("identity-*.age")
    child = pexpect.spawn(age, ["-d", "-i", str(identity), str(folder / "vault.age")], encoding="utf-8", timeout=30)
    child.expect("passphrase")
    child.sendline(PASSPHRASE)
    child.expect(pexpect.EOF)
    assert '"secret":"kept"' in (child.before or "")


def test_what_is_sealed_is_opened_by_the_same_passphrase_only() -> None:
    """The real work factor, there and back; another passphrase is wrong, not damage."""
    sealed = seal_with(Secret("ünïcode passphrase"), Secret("content"))
    assert open_with(Secret("ünïcode passphrase"), sealed, "it") == Secret("content")
    with pytest.raises(WrongPassphrase):
        open_with(Secret("unicode passphrase"), sealed, "it")


def test_too_little_memory_is_an_error_and_no_crash(tmp_path: Path) -> None:
    """scrypt that cannot have its memory ends its own process, and not the one that holds a key."""
    (tmp_path / "sealed").write_bytes(quick_age.seal("p", b"content", log_n=18))
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from a360tui.secret import Secret; from a360tui.storage.passphrase import open_with\n"
        "from a360tui.storage.errors import PassphraseFailed\n"
        "resource.setrlimit(resource.RLIMIT_AS, (200 << 20, 200 << 20))\n"
        "try: open_with(Secret('p'), Path(sys.argv[1]).read_bytes(), 'it')\n"
        "except PassphraseFailed as error: print(error)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "sealed")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert "GiB of memory" in done.stdout


def test_far_too_much_work_is_refused_at_once() -> None:
    """A file that would take days is told from a wrong passphrase and from damage."""
    sealed = quick_age.seal("p", b"content").replace(b" 4\n", b" 40\n", 1)
    with pytest.raises(PassphraseFailed, match="far faster machine"):
        open_with(Secret("p"), sealed, "it")


def test_the_quick_files_of_these_tests_are_age_files() -> None:
    """What the other tests open is what the specification describes, so they show something."""
    assert open_with(Secret("p"), quick_age.seal("p", b"content"), "it") == Secret("content")
