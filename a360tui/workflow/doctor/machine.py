"""The steps on this machine: configuration, environment, secrets, unfinished rotations, and the address."""

from __future__ import annotations

import platform
from asyncio import to_thread
from typing import TYPE_CHECKING

from a360tui import __version__
from a360tui.errors import A360Error, InvalidInput
from a360tui.storage import Guard, OSKeyring
from a360tui.storage.errors import KeyringUnusable, NoKeyring
from a360tui.storage.locations import OVERRIDE
from a360tui.text import harmless
from a360tui.workflow.doctor.finding import Outcome, Seen
from a360tui.workflow.doctor.subject import Setting, Subject
from a360tui.workflow.references.kinds import home_folder
from a360tui.workflow.rotation import unfinished

if TYPE_CHECKING:
    from a360tui.workflow.destination import Destination

_RISKY = {
    "SSLKEYLOGFILE": "it would have TLS sessions written to a file; a360tui does not follow it, other programs do",
    "LD_PRELOAD": "it puts other code into every program",
    "PYTHONPATH": "it can put other modules before a360tui's",
    "TEXTUAL_LOG": "it would write down what is typed; a360tui takes it out",
    "TEXTUAL": "it would write down what is typed; a360tui takes it out",
    "TEXTUAL_SCREENSHOT": "it would save a picture of what is shown; a360tui takes it out",
    "TEXTUAL_PRESS": "it would press keys that nobody pressed; a360tui takes it out",
    "FAKETIME": "the time of this program is not the machine's",
}
"""Variables whose being set is worth a note, and why."""
_OF_INTEREST = (
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "A360TUI_CONFIG_DIR",
    "TEXTUAL_ANIMATIONS",
    "TEXTUAL_DISABLE_KITTY_KEY",
    "TEXTUAL_COLOR_SYSTEM",
    "PYTHONWARNINGS",
)
"""Variables that change what a360tui does; their values are not shown."""


class Machine:
    """The steps on this machine."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._settings: tuple[Setting, ...] = ()
        self._destination: Destination | None = None
        self._identifying: dict[str, str] = {}

    @property
    def destination(self) -> Destination:
        """Set once `address` was fine."""
        if self._destination is None:
            raise InvalidInput("No Control Room is given.")
        return self._destination

    async def configuration(self) -> Seen:
        """Report every setting, and where it comes from."""
        try:
            self._settings = self._subject.settings()
        except A360Error as error:
            # The mistake may be in a name or an address, which are nobody else's business.
            mistake = (("mistake", error.message),)
            return Seen("It cannot be used.", mistake, error.hint, Outcome.FAILED, error.exit_code)
        facts = tuple((each.name, f"{each.value or 'not set'}  ({each.source})") for each in self._settings)
        given = sum(each.source != "default" for each in self._settings)
        return Seen(f"{given} of {len(facts)} settings have a value.", facts)

    async def environment(self) -> Seen:
        """Report the system, and the environment variables that matter."""
        environment = self._subject.environment
        found = [name for name in _OF_INTEREST if environment.get(name) or environment.get(name.lower())]
        risky = {name: why for name, why in _RISKY.items() if environment.get(name)}
        python = f"Python {platform.python_version()}"
        facts = (
            ("program", f"a360tui {__version__}, {python}"),
            ("system", harmless(platform.system())),
            *((name, "set") for name in found),
            *((name, f"set: {why}") for name, why in risky.items()),
        )
        if not risky:
            return Seen("Nothing in it stands in the way.", facts)
        return Seen(f"Set, and good to know of: {', '.join(risky)}.", facts, f"Unset {', '.join(risky)}.", Outcome.NOTE)

    async def keyring(self) -> Seen:
        """Try the operating system's keyring by writing, reading and deleting an entry."""
        locations = self._subject.keeping.locations
        if locations is None:
            return Seen("Not asked: nothing is kept on this disk.")
        try:
            backend = await OSKeyring(locations.keyring_service).check()
        except NoKeyring as none:
            return Seen(f"{none.message} A passphrase guards what is remembered.")
        except KeyringUnusable as trouble:
            return Seen(trouble.message, (), trouble.hint, Outcome.NOTE)
        return Seen(f"{backend} gives back what it was given.")

    async def secrets(self) -> Seen:
        """Report where the secrets are, and which of this user's are stored; unlocks nothing."""
        store = self._subject.keeping.store
        kept = await store.bindings()
        await store.examine()
        facts = [("remembered", str(len(kept)))]
        if self._subject.username is not None and self._destination is not None:
            binding = self.destination.binding(self._subject.username)
            kinds = [each.kind.words for each in kept if each.binding == binding]
            facts.append(("for this user", ", ".join(kinds) or "nothing"))
        if store.trouble is not None and store.guard is not Guard.KEYRING:
            return Seen(store.trouble.message, tuple(facts), store.trouble.hint, Outcome.NOTE)
        place = "nothing kept yet" if store.guard is Guard.MEMORY and not kept else store.place
        return Seen(f"Kept in: {place}." if kept else f"{place[:1].upper()}{place[1:]}.", tuple(facts))

    async def rotations(self) -> Seen:
        """Report the rotations that were not finished."""
        found = await to_thread(unfinished, self._subject.keeping)
        if not found:
            return Seen("None is unfinished.")
        facts = [fact for each in found for fact in (("whose", str(each.binding or "")), ("happened", each.happened))]
        return Seen(
            f"{len(found)} {'is' if len(found) == 1 else 'are'} not finished.",
            tuple(facts),
            "Finish: a360tui key recover",
            Outcome.FAILED,
        )

    async def address(self) -> Seen:
        """Check the address of the Control Room."""
        self._destination = self._subject.destination()
        return Seen(f"{self.destination.address.url}", (("user", self._subject.username or "not given"),))

    def note_identifying(self, text: str, word: str) -> None:
        """Replace a text by a word in the report for others."""
        self._identifying[text] = word

    def identifying(self) -> dict[str, str]:
        """Texts that identify this user or machine, each with the word that replaces it in the report for others."""
        found = {home_folder(): "~", self._subject.environment.get(OVERRIDE, ""): "FOLDER"} | self._identifying
        if self._destination is not None:
            address = self._destination.address
            found |= {address.url: "HOST", address.display: "HOST", address.host: "HOST"}
        for each in self._settings:
            if each.name == "url" and each.value:
                found |= {each.value: "HOST", each.value.partition("//")[2].partition("/")[0]: "HOST"}
            elif each.name == "profile" and each.value:
                # With what stands around it: a name as "live" is a word of ours too.
                found |= {f"profile {each.value}": "profile NAME"}
                found |= {f"{each.value}  ({each.source})": f"NAME  ({each.source})"}
            elif each.name in {"ca_file", "calls"} and each.value:
                found[each.value] = "FILE"
        if self._subject.username:
            found[self._subject.username] = "USERNAME"
        return {harmless(text): word for text, word in found.items() if text}
