"""A rotation that was begun and not finished: what happened, what is known, and finishing it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from a360tui.errors import A360Error
from a360tui.tui.dialogs.confirm import ConfirmDialog, Facts
from a360tui.tui.dialogs.new_key import NewKeyDialog
from a360tui.workflow.rotation import Unfinished, recover, unfinished

if TYPE_CHECKING:
    from a360tui.tui.screen import A360Screen


async def offer_unfinished(screen: A360Screen) -> bool:
    """Offer to finish what an earlier run left halfway, whoever ran it; whether that was begun. In a worker only."""
    app, session = screen.a360, screen.session
    try:
        found = await asyncio.to_thread(unfinished, session.keeping, session.binding)
    except A360Error as error:
        app.show_error(error)
        return False
    begun = False
    for each in found:
        if each.superseded:
            screen.notify(f"{each.happened} {each.known} Next: {each.next}", timeout=20, markup=False)
        elif await app.push_screen_wait(UnfinishedDialog(each)):
            begun = True
            await _finish(screen, each)
    return begun


async def _finish(screen: A360Screen, found: Unfinished) -> None:
    session = screen.session
    screen.a360.exchanges.begin("finish a rotation")
    dialog = NewKeyDialog(
        session,
        "Finishing the rotation",
        lambda on_mark: recover(found, session.keeping, session.destination, session.room, on_mark=on_mark),
    )
    await screen.a360.push_screen_wait(dialog)
    if dialog.error is not None:
        screen.a360.show_error(dialog.error)


class UnfinishedDialog(ConfirmDialog):
    """Asks whether to finish it now; that asks for no other key and loses nothing."""

    BEGINS_ON = "other"

    def __init__(self, found: Unfinished) -> None:
        super().__init__("An unfinished rotation", "", "Later", "Finish it")
        self._found = found

    def compose_body(self) -> ComposeResult:
        """The three sentences of it."""
        yield Static(Content(self._found.happened), markup=False)
        yield Facts(("Known", self._found.known), ("Next", self._found.next))
