"""The story on older releases, by the screens: the same steps, and what a release lacks is said."""

import httpx
import pytest

from tests.demo.conftest import Caller
from tests.tui.stage import stage


@pytest.mark.parametrize(
    ("release", "version", "words"),
    [
        ("v40", "v2", ["version 40.0.0.0 Sprint, build 29417, API v2."]),
        ("v32", "v2", ["version 32.0.0.0 LTS, build 21045, API v2."]),
        ("11.3", "v1", ["version not told, API v1.", "only v1", "under /v1"]),
    ],
)
async def test_the_story_on_each_release(release: str, version: str, words: list[str]) -> None:
    """Role, duration, key, its test and a new key in its place; the workflow names the release and what it lacks."""
    async with stage(release=release) as it:
        await it.be_admin()
        await it.shows(*words)
        await it.set_up_role()
        await it.press("enter")
        await it.shows("grants it to 1 user")
        await it.press("1")
        await it.shows("1 role grants", "API key users")
        await it.press("escape")
        await it.shows("New keys last")
        await it.set_duration_to_30_days()
        await it.switch_to_creator()
        await it.generate()
        first = it.known_key
        await it.press("escape", "escape")
        await it.shows("Regenerate …", "in 30 days")
        await it.press("t")
        await it.shows("The key signs in; a token lasts 20 minutes.")
        await it.press("g")
        await it.shows("Keep the old key")
        await it.press("right", "enter")
        await it.shows("Your new API key", "✓ done      sign in with it")
        second = it.known_key
        transport = httpx.HTTPTransport(uds=str(it.running.socket))
        with httpx.Client(base_url=it.running.url, transport=transport) as http:
            anybody = Caller(http, it.running, version)
            assert anybody.sign_in("creator", apiKey=second).status_code == 200
            assert anybody.sign_in("creator", apiKey=first).status_code == 401
        assert {exchange.path.split("/")[1] for exchange in it.sent("/apikey", "/security")} == {version}
