"""What screens keep of memory: nothing that was drawn behind others, and nothing at all once they are closed."""

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any
from weakref import WeakSet

from textual.screen import Screen
from textual.widget import Widget

from a360tui.api.event_loop import EventLoop
from a360tui.demo import Running
from tests.tui.stage import Stage, own_stage, stage


def drawn(screen: Screen[object]) -> int:
    """The lines that Textual keeps of a screen's widgets."""
    return sum(len(each._styles_cache._cache) for each in screen.query(Widget))


async def test_what_cannot_be_seen_is_not_kept_drawn() -> None:
    """Behind another screen no line of a widget is kept, behind a dialog each; back in front it is drawn again."""
    async with stage() as it:
        await it.be_admin()
        behind = it.app.screen
        before = it.text()
        await it.press("?")
        await it.shows("Lists and forms")
        await it.until(lambda: not drawn(behind), "nothing is kept of what help covers")
        await it.press("escape")
        await it.until(lambda: it.app.screen is behind and it.text() == before, "the screen as it was")
        await it.press("ctrl+p")
        await it.until(lambda: it.app.screen is not behind, "the palette")
        assert drawn(behind)


def walked(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Go through a story on the program's own event loop, which keeps nothing of a timer that was cancelled."""
    with asyncio.Runner(loop_factory=EventLoop) as runner:
        runner.run(story())


def screens() -> list[Screen[Any]]:
    """All there are in memory."""
    gc.unfreeze()  # the program sets aside what is there after its imports
    gc.collect()
    return [each for each in gc.get_objects() if isinstance(each, Screen)]


async def only_the_stack_is_left(it: Stage, others: WeakSet[Screen[Any]]) -> None:
    """Wait until no screen but those on the stack is in memory; ``others`` are those of other tests."""

    def closed() -> list[Screen[Any]]:
        it.app.call_later(lambda: None)  # the app keeps the last message, and who sent it, until the next
        return [each for each in screens() if each not in others and each not in it.app.screen_stack]

    await it.until(lambda: not closed(), "closed screens are collected")


def test_closed_screens_and_dialogs_are_let_go_of() -> None:
    """The demo's story through all its screens: in the end those on the stack alone are in memory."""
    others = WeakSet(screens())

    async def story() -> None:
        async with stage() as it:
            await it.be_admin()
            await it.set_up_role()
            await it.press("enter")
            await it.shows("grants it to 1 user")
            await it.set_duration_to_30_days()
            depth = len(it.app.screen_stack)
            for key in ("1", "5", "c", "f2", "f3", "f4", "question_mark", "ctrl+p"):
                await it.press(key)
                await it.until(lambda: len(it.app.screen_stack) > depth, f"what {key} opens")
                await it.settle()
                await it.press("escape")
                await it.until(lambda: len(it.app.screen_stack) == depth, "the workflow")
            await only_the_stack_is_left(it, others)
            await it.switch_to_creator()
            await it.generate()
            await it.press("escape", "escape")
            await it.shows("Regenerate …")
            await it.press("g")
            await it.shows("Keep the old key")
            await it.press("escape")
            await it.gone("Keep the old key")
            it.app.clear_notifications()
            await only_the_stack_is_left(it, others)

    walked(story)


def test_a_sign_in_that_is_done_is_let_go_of(control_room: Running) -> None:
    """Signing in as somebody else keeps neither the form that was filled in nor the screens of the session before."""
    others = WeakSet(screens())

    async def story() -> None:
        async with own_stage(control_room, "admin") as it:
            await it.paste(control_room.account("admin").password)
            await it.press("enter")
            await it.shows("API key workflow")
            await it.press("s")
            await it.shows("Sign in to a Control Room")
            await it.paste("creator")
            await it.press("enter")
            await it.paste(control_room.account("creator").password)
            await it.press("enter")
            await it.shows("API key workflow", "creator")
            await only_the_stack_is_left(it, others)

    walked(story)
