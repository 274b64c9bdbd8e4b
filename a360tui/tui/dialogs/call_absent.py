"""Where a Control Room does not have a call as it is known: the way to the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from a360tui.api.errors import CallAbsent
from a360tui.errors import A360Error
from a360tui.tui.dialogs.confirm import ConfirmDialog

if TYPE_CHECKING:
    from a360tui.tui.screen import A360Screen


async def lead_to_calls(screen: A360Screen, error: A360Error) -> bool:
    """Where the error is that a call is not there, offer to learn it; whether the calls were opened. In a worker only.

    Any other error is left alone.
    """
    if not isinstance(error, CallAbsent) or not await screen.a360.push_screen_wait(CallAbsentDialog(error)):
        return False
    from a360tui.tui.screens.calls import CallsScreen

    await screen.a360.push_screen_wait(CallsScreen())
    try:
        screen.session.known_calls()
    except A360Error as trouble:  # the file of the calls, which somebody may be correcting just now
        screen.a360.show_error(trouble)
    return True


class CallAbsentDialog(ConfirmDialog):
    """Says that nothing has happened, and that a browser knows the call."""

    BEGINS_ON: ClassVar[str] = "other"

    def __init__(self, error: CallAbsent) -> None:
        super().__init__(
            "This call is not there",
            f"{error.message} Nothing has happened.\n\n"
            "A browser knows the right call: press the button there once, save what the browser recorded, and let "
            "a360tui learn the call from the file. The steps are on the next screen.",
            "Close",
            "Show me the steps",
        )
