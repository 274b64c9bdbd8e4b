"""Where files belong, and where there is no place for them."""

from pathlib import Path

import pytest

from a360tui.errors import ExitCode
from a360tui.secret import Secret
from a360tui.storage import Guard, SecretKind, find_locations, open_store
from a360tui.storage.errors import FolderRefused
from tests.storage.conftest import JDOE, everything_below
from tests.storage.fake_keyring import WorkingKeyring, asked

XDG = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder, and no other variable that says where files go."""
    for variable in (*XDG, "A360TUI_CONFIG_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_the_folders_of_the_system(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Configuration, data, state and runtime are where the XDG variables say, and nothing is made by asking."""
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    for variable, folder in zip(XDG, ("etc", "var", "state", "runtime"), strict=True):
        monkeypatch.setenv(variable, str(home / folder))
    found = find_locations()
    assert found.runtime is not None
    assert [str(place) for place in (found.config, found.data, found.state, found.runtime)] == [
        str(home / folder / "a360tui") for folder in ("etc", "var", "state", "runtime")
    ]
    assert [str(place) for place in found.slots] == [f"{home}/state/a360tui/slots", f"{home}/runtime/a360tui/slots"]
    assert set(found.slots) < set(found.slot_folders)
    assert list(home.iterdir()) == [runtime]


def test_everything_below_one_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``A360TUI_CONFIG_DIR`` takes the place of all of them, also without a home."""
    monkeypatch.delenv("HOME")
    monkeypatch.setenv("A360TUI_CONFIG_DIR", str(home / "all"))
    for demo in (False, True):
        found = find_locations(demo=demo)
        folders = [found.config, found.data, found.state, found.secrets, found.locks, found.journal, *found.slots]
        assert all(folder.path.is_relative_to(home / "all") for folder in folders)
        assert found.slots[0] != found.slots[1]


def test_a_second_folder_for_slots_without_a_runtime_folder(home: Path) -> None:
    """Two slots are never in one folder, and all folders that may hold one are known."""
    found = find_locations()
    assert len(set(found.slots)) == 2
    assert set(found.slots) <= set(found.slot_folders)
    assert all(folder.path.is_relative_to(home) for folder in found.slots[:1])


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HOME", None),
        ("HOME", ""),
        ("HOME", "relative/home"),
        ("A360TUI_CONFIG_DIR", "relative"),
        ("A360TUI_CONFIG_DIR", "~/a360tui"),
        ("A360TUI_CONFIG_DIR", "/"),
        ("A360TUI_CONFIG_DIR", "/tmp/.."),
    ],
)
def test_no_place_is_said(home: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str | None) -> None:
    """No home, or a path that is no full path of a folder, is refused with what to do."""
    if value is None:
        monkeypatch.delenv(variable)
    else:
        monkeypatch.setenv(variable, value)
    with pytest.raises(FolderRefused, match="A360TUI_CONFIG_DIR") as refused:
        find_locations()
    assert refused.value.exit_code is ExitCode.USAGE
    assert list(home.iterdir()) == []


async def test_a_refused_folder_leaves_the_session_in_memory(home: Path, backend: WorkingKeyring) -> None:
    """Where the folder is no safe place a session works with memory, says why, and writes nowhere."""
    folder = home / ".local/share/a360tui"
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    before = everything_below(home)
    store = await open_store(find_locations(), keyring=asked())
    await store.put(JDOE, SecretKind.PASSWORD, Secret("session"))
    assert await store.get(JDOE, SecretKind.PASSWORD) == Secret("session")
    assert store.guard is Guard.MEMORY
    assert isinstance(store.trouble, FolderRefused)
    assert await store.recipient() is None
    assert everything_below(home) == before
    assert backend.entries == {}


async def test_a_home_that_cannot_be_written_leaves_the_session_in_memory(
    home: Path, monkeypatch: pytest.MonkeyPatch, backend: WorkingKeyring
) -> None:
    """Where no folder can be made the same holds: found out before anybody is asked for a passphrase."""
    (home / "file").touch()
    monkeypatch.setenv("HOME", str(home / "file"))
    store = await open_store(find_locations(), keyring=asked())
    assert await store.choose_guard() is Guard.MEMORY
    assert isinstance(store.trouble, FolderRefused)
    assert backend.calls == []
