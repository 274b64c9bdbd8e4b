"""What screens keep of memory behind others: nothing that was drawn."""

from textual.screen import Screen
from textual.widget import Widget

from tests.tui.stage import stage


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
