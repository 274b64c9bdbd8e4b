"""Every screen on a Control Room that means harm, as bytes on the way to a terminal.

One run of the program: where a screen shows rows, there is one for each payload; where it shows one text, it is read
again for each bundle of them.
"""

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
}
"""Screen → its texts from elsewhere, with the words between which each stands."""

OF_OTHERS = frozenset({"My key", "Duration", "Requests", "Doctor"})
"""Screens that show a refusal's words or an answer's body in the widgets that the others have: drawn by Pilot."""

OWN_WORDS = frozenset({"Start", "Help", "How to use it", "Add a place", "Calls", "Learn calls", "Recording"})
"""Screens that show our own words only, what was typed, and what a file of this machine holds."""


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
        now = found(PAYLOADS, text.partition(ends)[0] if ends else text)
        self.seen.setdefault((screen, place), set()).update(now)
        return now

    def each_bundle(self, keys: str, screen: str, place: str) -> None:
        """Have each bundle shown by the same keys."""
        for bundle in BUNDLES:
            self.room.bundle = bundle
            self.it.press(keys)
            self.it.until(
                lambda: self.look(screen, place) >= set(bundle),  # noqa: B023 - called at once
                f"{screen}, {place}: {[each.kind for each in bundle]}",
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
    assert {screen.NAME for screen in every(A360Screen)} == set(PLACES) | OF_OTHERS | OWN_WORDS


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
