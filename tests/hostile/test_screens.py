"""Every screen on a Control Room that means harm, as bytes on the way to a terminal.

One run of the program: where a screen shows rows, there is one for each payload; where it shows one text, it is read
again for each bundle of them.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from a360tui.tui.screen import A360Screen
from tests.hostile.own_bytes import acting
from tests.hostile.payloads import BUNDLES, PAYLOADS, Payload, found
from tests.hostile.poisoned_room import PoisonedRoom
from tests.hostile.test_dialogs import click, every
from tests.terminal.terminal import PROGRAM, Terminal

PLACES = {
    "Sign in": {"what a refusal says": ("The sign-in was refused", "Sessions")},
    "Workflow": {
        "the role": ("API key workflow", "2  Key"),
        "the user and their roles in the top line": ("", "API key workflow"),
        "what a refusal says in a toast": ("Could not", ""),
    },
    "Roles": {"the names": ("Generate API-Key", "? help")},
    "Role set-up": {
        "the users": ("search by", "Chosen"),
        "the plan": ("Chosen ", ""),
    },
    "My key": {"what a refusal says": ("Your API key", "? help")},
    "Duration": {
        "what a refusal says": ("API-Key duration", "? help"),
        "what a refusal to save says": ("The duration applies to", "f1 help"),
    },
    "Keys": {"the users": ("Created", "Read at")},
    "Key users": {"the user": ("Name  ", "Key  "), "their roles": ("Roles  ", "Roles that grant")},
    "Requests": {"the bodies": ("Status", "x clear")},
    "Doctor": {"what a refusal says": ("Outcome", "r check again")},
    "Profile": {"what a refusal says": ("Control Room  ", "User name")},
}
"""Screen → its texts from elsewhere, with the words between which each stands."""

OWN_WORDS = frozenset(
    {"Start", "Help", "How to use it", "Add a place", "Calls", "Learn calls", "Recording", "Profiles"}
)
"""Screens that show our own words only, what was typed, and what a file of this machine holds: see beside this file."""


class Story:
    """A terminal with the program, and what was seen of each payload in each place."""

    def __init__(self, it: Terminal, room: PoisonedRoom) -> None:
        self.it = it
        self.room = room
        self.seen: dict[tuple[str, str], set[Payload]] = {}

    def look(self, screen: str, place: str) -> set[Payload]:
        """Take down and give what is to be read now, between the words where the place begins and ends."""
        begins, ends = PLACES[screen][place]
        text = self.it.text()
        text = text[text.find(begins) :] if begins in text else ""
        text = text.partition(ends)[0] if ends else text
        # A body is shown as JSON, with the escapes of JSON.
        now = {each for each in PAYLOADS if each.mark in text} if screen == "Requests" else found(PAYLOADS, text)
        self.seen.setdefault((screen, place), set()).update(now)
        return now

    def each_bundle(self, keys: str, screen: str, place: str) -> None:
        """Have each bundle shown by the same keys."""
        for bundle in BUNDLES:
            self.room.bundle = bundle
            self.it.press(keys)
            self.wait_for(bundle, screen, place)

    def wait_for(self, bundle: Sequence[Payload], screen: str, place: str) -> None:
        """Wait until all of them are to be read there."""
        self.it.until(
            lambda: self.look(screen, place) >= set(bundle), f"{screen}, {place}: {[each.kind for each in bundle]}"
        )

    def each_row(self, screen: str, place: str, key: str) -> None:
        """Have each row shown, going down by a key."""
        for _ in range(3 * len(PAYLOADS)):
            self.it.until_quiet(0.05)
            self.look(screen, place)
            if self.seen[screen, place] == set(PAYLOADS):
                return
            self.it.press(key)
        missing = [each.kind for each in PAYLOADS if each not in self.seen[screen, place]]
        pytest.fail(f"{screen}, {place}: never shown: {missing}\n{self.it.text()}")


def test_no_screen_is_forgotten() -> None:
    """Every screen there is, is in the table, or is named with the reason why not."""
    assert {screen.NAME for screen in every(A360Screen)} == set(PLACES) | OWN_WORDS


def test_screens(room: PoisonedRoom, home: Path) -> None:
    """Every screen draws every payload letter by letter; nothing acts, also when it is clicked."""
    password = room.running.account("admin").password
    with Terminal((*PROGRAM, "--control-room", room.url, "--username", "admin"), home, columns=230, rows=60) as it:
        story = Story(it, room)
        it.shows("Sign in to a Control Room")
        it.until_quiet()
        room.refused = {"POST /v2/authentication": 401}
        story.each_bundle("x\r", "Sign in", "what a refusal says")
        room.refused = {}
        it.press(f"{password}\r")
        it.shows("API key workflow")
        story.each_bundle("r", "Workflow", "the role")
        story.each_bundle("r", "Workflow", "the user and their roles in the top line")
        _roles(story)
        _key_and_duration(story)
        _keys(story)
        _requests_and_doctor(story)
        _profile(story)
        # Last of all: toasts stay for a while, and lie over what the other screens show.
        room.refused = {"POST /authentication/token": 400}
        story.each_bundle("r", "Workflow", "what a refusal says in a toast")
        it.press("\x11")
        assert it.end() == 0
    assert acting(bytes(it.raw)) == []
    places = {(screen, place) for screen, places in PLACES.items() for place in places}
    assert {place for place, seen in story.seen.items() if seen == set(PAYLOADS)} == places


def _roles(story: Story) -> None:
    """From the workflow through the list of roles and a role, and back."""
    it, room = story.it, story.room
    it.until_quiet()
    room.bundle = None
    it.press("1")
    it.shows("1 role grants")
    story.each_row("Roles", "the names", "j")
    click(it, "@click")
    it.press("n")
    it.shows("create the role")
    it.until_quiet()
    it.press("\x06")
    it.until_quiet()
    it.press("\r")
    it.until_quiet()
    story.each_row("Role set-up", "the users", "j")
    it.press("g")
    for payload in PAYLOADS:
        it.press(" ")
        it.until(lambda: payload in story.look("Role set-up", "the plan"), payload.kind)  # noqa: B023 - called at once
        it.press(" j")
    it.press("\x1b")
    it.shows("1 role grants")
    it.press("\x1b")
    it.shows("API key workflow")


def _key_and_duration(story: Story) -> None:
    """The screens of one refusal each; a call that is assumed is agreed to first."""
    it, room = story.it, story.room
    it.press("2")
    it.shows("Your API key")
    room.refused = {"GET /usermanagement/users/1": 400}
    story.each_bundle("r", "My key", "what a refusal says")
    room.refused = {}
    _back(it)
    it.press("4")
    it.shows("Use an assumed call?")
    it.press("\t\r")
    it.shows("A key made now")
    it.press("9")
    room.refused = {"PUT /settings/security": 400}
    for bundle in BUNDLES:
        room.bundle = bundle
        it.press("\x13")
        it.shows("Change the duration?")
        it.press("\t\r")
        story.wait_for(bundle, "Duration", "what a refusal to save says")
    it.press("\x1b")
    it.shows("Leave this?")
    it.press("\t\r")
    it.shows("API key workflow")
    room.refused = {"GET /settings/security": 400}
    for bundle in BUNDLES:
        room.bundle = bundle
        it.press("4")
        # The workflow reads the duration too, and says what the same refusal says.
        it.until(lambda: "API key workflow" not in it.text(), "the duration")
        story.wait_for(bundle, "Duration", "what a refusal says")
        _back(it)
    room.refused = {}


def _keys(story: Story) -> None:
    """The inventory, and one of its users."""
    it, room = story.it, story.room
    it.size(520, 60)  # so that a column has room for a bundle
    room.bundle = BUNDLES[0]
    it.press("5")
    it.shows("Read at")
    for bundle in BUNDLES:
        room.bundle = bundle
        it.press("r")
        story.wait_for(bundle, "Keys", "the users")
        it.until_quiet()
        it.press("\r")
        story.wait_for(bundle, "Key users", "the user")
        story.wait_for(bundle, "Key users", "their roles")
        it.press("\x1b")
        # A large picture comes in pieces: what follows Esc too soon is a key with Alt.
        it.until(lambda: "Roles that grant" not in it.text() and "Read at" in it.text(), "the list again")
    _back(it)
    it.size(230, 60)


def _requests_and_doctor(story: Story) -> None:
    """What went over the wire, and what the doctor was told."""
    it, room = story.it, story.room
    room.refused = {"GET /usermanagement/users/1": 400}
    for bundle in BUNDLES:
        room.bundle = bundle
        it.press("2")
        it.until(lambda: "API key workflow" not in it.text(), "the key")
        story.wait_for(bundle, "My key", "what a refusal says")
        it.press("\x1bOQ")
        story.wait_for(bundle, "Requests", "the bodies")
        it.press("x")
        it.shows("No requests to show.")
        it.press("\x1b")
        it.shows("Your API key")
        _back(it)
    it.press("\x1bOR")
    it.shows("Doctor")
    room.refused = {"GET /usermanagement/users/1": 400}
    story.each_bundle("r", "Doctor", "what a refusal says")
    _back(it)


def _profile(story: Story) -> None:
    """A new profile of the Control Room that is signed in to, which is asked at once."""
    it, room = story.it, story.room
    it.press("\x1bOS")
    room.refused = {"GET /v1/authentication/type": 400}
    for bundle in BUNDLES:
        room.bundle = bundle
        it.shows("Press n to make one")
        it.press("n")
        story.wait_for(bundle, "Profile", "what a refusal says")
        it.press("\x1b")
    room.refused = {}
    it.shows("Press n to make one")
    _back(it)


def _back(it: Terminal) -> None:
    it.press("\x1b")
    it.shows("API key workflow")
