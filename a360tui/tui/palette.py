"""The commands of the palette: a screen's actions, people and profiles, the theme; but no screenshot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from textual.app import SystemCommand
from textual.command import CommandInput, CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.theme import ThemeProvider

from a360tui.tui.actions import EVERYWHERE, Action, actions_of, keys_shown
from a360tui.tui.screen import A360Dialog, Actor

if TYPE_CHECKING:
    from a360tui.tui.app import A360App


_KEYS = 9
"""Cells for the key before a command: ``? or f1`` and a gap."""


class Keyed(SystemCommand):
    """A command that has a key, which is shown as its help."""


class NotNow(SystemCommand):
    """A command that is not available now; its help, and running it, say why."""


def palette_commands(app: A360App, screen: Screen[Any]) -> Iterator[SystemCommand]:
    """The commands of ``screen``; one that is not available now is a `NotNow`.

    Textual's *Screenshot* is left out: it would save a shown key to a file that others can read.
    """
    for action in (*actions_of(getattr(screen, "NAME", "")), *actions_of(EVERYWHERE)):
        owner = next((node for node in (screen, app) if hasattr(node, f"action_{action.name}")), None)
        if owner is None or _does_nothing(action, screen) or screen.check_action(action.name, ()) is False:
            continue
        why = owner.why_not(action.name) if isinstance(owner, Actor) else ""
        kind = NotNow if why else Keyed
        yield kind(action.what, why or keys_shown(action), _runner(app, owner, action.name))
    if not any(isinstance(each, A360Dialog) for each in app.screen_stack):
        yield from _sign_ins(app)
    yield SystemCommand("Theme", "Change the colours", app.action_change_theme)


def _does_nothing(action: Action, screen: Screen[Any]) -> bool:
    """Whether it would open what is in front already, or a screen that does not open over a dialog."""
    in_front = {"command_palette", str(getattr(screen, "NAME", "")).casefold()}
    return action.name in in_front or (isinstance(screen, A360Dialog) and not action.in_dialogs)


def _sign_ins(app: A360App) -> Iterator[SystemCommand]:
    if app.signing_in.has_demo:
        from a360tui.tui.demo_story import PEOPLE

        for username, what in PEOPLE.items():
            yield SystemCommand(
                f"Switch to {username}", what, lambda username=username: app.signing_in.switch_user(username)
            )
    for profile in app.profiles.configuration.profiles:
        words = " ".join(filter(None, (profile.url, profile.username, "PRODUCTION" if profile.production else "")))
        yield SystemCommand(
            f"Switch to the profile {profile.name}",
            words,
            lambda profile=profile: app.signing_in.switch_profile(profile),
        )


def _runner(app: A360App, owner: DOMNode, name: str) -> Callable[[], Any]:
    async def run() -> None:
        await app.run_action(name, default_namespace=owner)

    return run


class Palette(CommandPalette):
    """Textual's palette, for keys that come before its list is drawn, too."""

    def on_mount(self) -> None:
        """Send nothing while nobody types, as in every other field."""
        self.query_one(CommandInput).cursor_blink = False

    def _action_command_list(self, action: str) -> None:
        # Before the list has a size it has no lines, and Textual would look for the one that is a page away.
        if not action.startswith("page_") or self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)


class PaletteOwner:
    """What the app opens as a palette."""

    def action_command_palette(self) -> None:
        """Show the commands, unless a palette is open."""
        app = cast("A360App", self)
        if not Palette.is_open(app):
            app.push_screen(Palette(id="--command-palette"))

    def search_themes(self) -> None:
        """Show the themes."""
        cast("A360App", self).push_screen(Palette(providers=[ThemeProvider], placeholder="Search for themes…"))


class Commands(Provider):
    """Provides the commands to Textual's palette, a line each: the key, the command, and its help."""

    async def discover(self) -> Hits:
        """All commands, the screen's own first."""
        for command in self._commands():
            yield DiscoveryHit(_drawn(command, Content(command.title)), command.callback, text=command.title)

    async def search(self, query: str) -> Hits:
        """The commands whose names have these letters in this order."""
        matcher = self.matcher(query)
        for command in self._commands():
            if (match := matcher.match(command.title)) > 0:
                shown = _drawn(command, matcher.highlight(command.title))
                yield Hit(match, shown, command.callback, text=command.title)

    def _commands(self) -> list[SystemCommand]:
        return list(palette_commands(cast("A360App", self.app), self.screen))


def _drawn(command: SystemCommand, title: Content) -> Content:
    if isinstance(command, Keyed):
        return Content.assemble((f"{command.help:<{_KEYS}}", "$text-muted"), title)
    title = Content.assemble(" " * _KEYS, title)
    if isinstance(command, NotNow):
        return Content.assemble(title, "\n", " " * _KEYS, command.help).stylize("$text-disabled")
    return Content.assemble(title, "   ", (command.help, "$text-muted"))
