"""`CallBook`: what this machine knows of one Control Room's calls that the vendor does not publish.

A call typed for a profile takes precedence over a captured one, that over one that has worked here, and that over the
assumed one. An assumed call is used only after a person has agreed to it for this Control Room.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from a360tui.api import ASSUMED_CALLS, CALL_NAMES, CallMap, CallName
from a360tui.errors import InvalidInput
from a360tui.storage import CallFile
from a360tui.text import harmless
from a360tui.workflow.call_tables import Calls, calls_in, tables_of

if TYPE_CHECKING:
    from a360tui.api import Address, ControlRoom
    from a360tui.storage import Locations

_AGREED = "assumed_allowed"
"""The key of the day on which the person agreed to assumed calls."""
_LARGEST = 1024 * 1024
"""Bytes; the limit for a file that a person has written."""


@dataclass(frozen=True)
class KnownCalls:
    """What is known of one Control Room's calls."""

    calls: CallMap
    places: dict[CallName, str]
    """Where each one is stored; assumed ones are not."""
    agreed_on: date | None
    """When the person agreed to use assumed calls at this Control Room."""

    def assumed(self, names: Collection[CallName] = CALL_NAMES) -> tuple[CallName, ...]:
        """Which of the calls are assumed."""
        return tuple(name for name in CALL_NAMES if name in names and self.calls.of(name).source == "assumed")

    def needs_consent(self, names: Collection[CallName]) -> bool:
        """Whether a person has to agree before these calls are used."""
        return self.agreed_on is None and bool(self.assumed(names))


class CallBook:
    """Reads and stores them; the methods block for some milliseconds.

    Every method raises `StorageError`, and `InvalidInput` for a file that a person has to correct.
    """

    def __init__(self, address: Address, locations: Locations | None, typed: Path | None = None) -> None:
        """``typed`` is the file of calls that a profile names; without ``locations`` nothing is stored on disk."""
        self._file = CallFile(locations, address.scheme, address.host, address.port)
        self._typed = typed

    @property
    def place(self) -> str:
        """Where captured calls, and those that have worked, are stored."""
        return self._file.place

    def known(self) -> KnownCalls:
        """The calls as they are now."""
        document = self._file.read()
        agreed = document.pop(_AGREED, None)
        if agreed is not None and type(agreed) is not date:
            raise InvalidInput(f"{_AGREED} in {self.place} is not a date.", "Write it as 2026-11-23.", field="calls")
        kept, typed = calls_in(document, self.place), self._typed_calls()
        places = dict.fromkeys(kept, self.place) | dict.fromkeys(typed, harmless(str(self._typed)))
        calls = msgspec.structs.replace(ASSUMED_CALLS, **kept | typed)
        return KnownCalls(calls, places, agreed)

    def agree(self, today: date) -> None:
        """Store that the person agreed to use assumed calls at this Control Room."""
        self._file.change({_AGREED: today})

    def confirm(self, room: ControlRoom, today: date) -> None:
        """Store the assumed calls that have just worked at the Control Room; from now on they count as known there."""
        worked: Calls = {}
        for name in room.worked:
            call = room.calls.of(name)
            if call.source == "assumed":
                worked[name] = msgspec.structs.replace(call, path=room.path_of(call), source="confirmed", since=today)
        if worked:
            self._file.change(tables_of(worked))
            room.calls = msgspec.structs.replace(room.calls, **worked)

    def learn(self, calls: Calls) -> None:
        """Store captured calls, in place of earlier ones of the same names."""
        self._file.change(tables_of(calls))

    def forget(self) -> bool:
        """Delete the stored calls and the consent; False where there were none. A typed file stays."""
        return self._file.forget()

    def _typed_calls(self) -> Calls:
        if self._typed is None:
            return {}
        import tomllib

        where = harmless(str(self._typed))
        try:
            with self._typed.open("rb") as file:
                raw = file.read(_LARGEST + 1)
            if len(raw) > _LARGEST:
                raise InvalidInput(f"{where} is too large for a file of calls.", field="calls")
            return calls_in(tomllib.loads(raw.decode("utf-8-sig")), where, "typed")
        except OSError as error:
            raise InvalidInput(
                f"The calls in {where} cannot be read: {harmless(error.strerror or '')}.", field="calls"
            ) from None
        except (ValueError, RecursionError) as error:
            raise InvalidInput(
                f"{where} is not TOML: {harmless(str(error))}.", "Correct the file.", field="calls"
            ) from None
