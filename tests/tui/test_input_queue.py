"""Keys are handed on in turn, and none locks the keyboard."""

import asyncio

from textual import events

from a360tui.tui.widgets.field import FieldInput
from tests.tui.stage import own_stage


async def test_a_key_that_never_ends_holds_up_no_other_for_long() -> None:
    """Behind a key that the screen does not come to, a letter waits for a moment only, and then it is in the field."""
    released = asyncio.Event()
    async with own_stage(None) as it:
        field = it.app.focused
        assert isinstance(field, FieldInput)
        it.app.screen.call_later(released.wait)
        it.app.post_message(events.Key("f9", None))

        def typed() -> bool:
            it.app.post_message(events.Key("x", "x"))
            if "x" in field.value:
                released.set()
            return released.is_set()

        await it.until(typed, "a letter in the field")


async def test_a_click_is_behind_what_was_typed() -> None:
    """Letters that wait behind a Tab go to the field after it, also where a click on another one comes at once."""
    async with own_stage(None) as it:
        await it.shows("User name")
        fields = list(it.app.screen.query(FieldInput))
        x, y = fields[0].region.offset
        it.app.post_message(events.Key("tab", "\t"))
        it.app.post_message(events.Key("n", "n"))
        for kind in (events.MouseDown, events.MouseUp):
            it.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y))
        it.app.post_message(events.Key("a", "a"))
        await it.until(lambda: [field.value for field in fields[:2]] == ["a", "n"], "each letter in its field")
