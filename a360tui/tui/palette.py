"""What the command palette offers: a screen's actions, the people of the demo, the theme; no picture of a screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand
from textual.dom import DOMNode
from textual.screen import Screen

from a360tui.tui.actions import EVERYWHERE, actions_of, keys_shown
from a360tui.tui.screen import A360Dialog

if TYPE_CHECKING:
    from a360tui.tui.app import A360App


def palette_commands(app: A360App, screen: Screen[Any]) -> Iterator[SystemCommand]:
    """The commands that can be run on ``screen`` now.

    Textual's *Screenshot* is not among them: it would save a revealed key to a file that others can read.
    """
    for action in (*actions_of(getattr(screen, "NAME", "")), *actions_of(EVERYWHERE)):
        owner = next((node for node in (screen, app) if hasattr(node, f"action_{action.name}")), None)
        if owner is not None and action.name != "command_palette" and screen.check_action(action.name, ()):
            yield SystemCommand(action.what, f"key {keys_shown(action)}", _runner(app, owner, action.name))
    if app.started_demo is not None and not any(isinstance(each, A360Dialog) for each in app.screen_stack):
        from a360tui.tui.demo_story import PEOPLE

        for username, what in PEOPLE.items():
            yield SystemCommand(f"Switch to {username}", what, lambda username=username: app.action_switch_to(username))
    yield SystemCommand("Theme", "Change the colours", app.action_change_theme)


def _runner(app: A360App, owner: DOMNode, name: str) -> Callable[[], Any]:
    async def run() -> None:
        await app.run_action(name, default_namespace=owner)

    return run
