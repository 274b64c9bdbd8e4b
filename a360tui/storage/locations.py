"""Where our files belong: four folders of this user, and another four for the demo."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from a360tui.storage.errors import FolderRefused
from a360tui.text import harmless, quoted

APPLICATION = "a360tui"
DEMO = "demo"

OVERRIDE = "A360TUI_CONFIG_DIR"
"""The environment variable that moves everything below one folder."""

_XDG = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")


@dataclass(frozen=True, slots=True)
class Location:
    """The path of one of our folders: a base that the system provides, and the parts below it, checked at each use."""

    base: Path
    """Absolute; may lead through links, as home folders may."""
    parts: tuple[str, ...]
    """Folders below it that must be ours, closed to others, and no links."""

    def __truediv__(self, name: str) -> "Location":
        return Location(self.base, (*self.parts, name))

    @property
    def path(self) -> Path:
        """For messages; files are reached through `Folder`."""
        return self.base.joinpath(*self.parts)

    def __str__(self) -> str:
        return harmless(str(self.path))


@dataclass(frozen=True, slots=True)
class Locations:
    """The folders of one namespace, the real one or the demo's; the two never share anything."""

    config: Location
    """What a person may edit: profiles and settings."""
    data: Location
    """What must not be lost: the secrets."""
    state: Location
    """What one run leaves for the next: the rotation journal, the slots, the locks."""
    runtime: Location | None
    """A folder on another file system that is gone at logout; None where there is none."""
    keyring_service: str
    """The name under which the operating system's keyring holds our entry."""

    @property
    def secrets(self) -> Location:
        """The secrets file and what guards it."""
        return self.data / "secrets"

    @property
    def locks(self) -> Location:
        """One file for each lock, never deleted."""
        return self.state / "locks"

    @property
    def journal(self) -> Location:
        """Unfinished rotations."""
        return self.state / "journal"

    @property
    def slots(self) -> tuple[Location, Location]:
        """The two folders of the slots, on two file systems if possible."""
        return self.state / "slots", self.runtime / "slots" if self.runtime else self._second_slots

    @property
    def slot_folders(self) -> tuple[Location, ...]:
        """Every folder that may hold a slot: a rotation begun at a desktop may be recovered by a cron job."""
        return (*self.slots, self._second_slots) if self.runtime else self.slots

    @property
    def _second_slots(self) -> Location:
        return self.data / "second-slots"


def find_locations(*, demo: bool = False) -> Locations:
    """Where this user's files belong; reads the environment, touches no file.

    With ``A360TUI_CONFIG_DIR`` everything is below that folder; otherwise platformdirs decides, by the XDG variables.
    Raises `FolderRefused` where there is no home, or a path that is not absolute: then work in memory only.
    """
    service = f"{APPLICATION} {DEMO}" if demo else APPLICATION
    inner = (DEMO,) if demo else ()
    if chosen := os.environ.get(OVERRIDE, ""):
        folder = _absolute(Path(chosen), f"{OVERRIDE} is")
        root = Location(folder.parent, (folder.name, *inner))
        return Locations(root, root / "data", root / "state", None, service)
    if not os.path.isabs(os.environ.get("HOME", "")) and not all(map(os.environ.get, _XDG)):  # noqa: PTH117  # a text that may be no path at all
        raise FolderRefused(
            "HOME is not set to a folder, so there is no place for files.",
            f"Set HOME, or {OVERRIDE} to a folder of your own.",
        )
    from platformdirs import PlatformDirs

    dirs = PlatformDirs(APPLICATION, appauthor=False)
    folders = []
    for path in (dirs.user_config_path, dirs.user_data_path, dirs.user_state_path):
        _absolute(path, "The folder for our files would be")
        folders.append(Location(path.parent, (path.name, *inner)))
    return Locations(folders[0], folders[1], folders[2], _runtime(inner), service)


def _absolute(path: Path, what: str) -> Path:
    if not path.is_absolute() or path.name in {"", ".."}:
        raise FolderRefused(
            f"{what} {quoted(str(path), 200)}, which is not the full path of a folder.",
            f"Set {OVERRIDE} to the full path of a folder of your own.",
        )
    return path


def _runtime(inner: tuple[str, ...]) -> Location | None:
    """The runtime folder of this login, if the system made one.

    Not from platformdirs, which falls back to a folder in /tmp, with a warning on stderr.
    """
    if sys.platform == "darwin":
        return None
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.geteuid()}")
    try:
        ours = base.is_absolute() and base.is_dir() and base.stat().st_uid == os.geteuid()
    except OSError:
        return None
    return Location(base, (APPLICATION, *inner)) if ours else None
