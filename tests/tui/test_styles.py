"""What styles cost: each source is parsed once, and a screen that is new is styled once."""

from collections import Counter
from typing import Any

import pytest
from textual.css import stylesheet
from textual.css.parse import parse
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

from a360tui.tui.app import A360App
from tests.tui.stage import stage


async def test_each_source_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """When a screen comes, what was parsed before is not parsed anew; with another theme all of it is."""
    parsed: Counter[tuple[object, int]] = Counter()

    def counted(scope: str, css: str, read_from: object, *, tie_breaker: int = 0, **settings: Any) -> Any:
        parsed[read_from, tie_breaker] += 1
        return parse(scope, css, read_from, tie_breaker=tie_breaker, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(stylesheet, "parse", counted)
    async with stage() as it:
        parsed.clear()  # the theme is chosen while the app is made
        await it.press("?")
        await it.shows("Lists and forms")
        assert parsed
        assert set(parsed.values()) == {1}
        there = set(parsed)
        parsed.clear()
        it.app.theme = "a360-light"
        await it.until(lambda: there <= set(parsed), "the rules in the colours of the theme")


async def test_a_first_screen_is_styled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the way to the sign-in, what does not get the cursor has its styles applied once."""
    styled: Counter[str] = Counter()
    apply = Stylesheet.apply

    def counted(self: Stylesheet, node: DOMNode, **settings: object) -> None:
        if node.id is not None:
            styled[node.id] += 1
        apply(self, node, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(Stylesheet, "apply", counted)
    app = A360App()
    async with app.run_test() as pilot:
        while app.screen.focused is None or not app.screen.query("#status"):
            await pilot.pause()
        assert [styled[name] for name in ("body", "kind", "status")] == [1, 1, 1]
