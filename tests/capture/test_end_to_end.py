"""From the buttons in a real browser to a key and a duration by the captured calls."""

import json
from pathlib import Path

import pytest

from a360tui.demo import Running
from tests.capture.browser import CHROMIUM, Browser, chromium
from tests.cli.conftest import Program, Served
from tests.tui.stage import own_stage

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")

_STEP = """
new Promise((done, failed) => {{
  const message = document.getElementById("message");
  message.textContent = "";
  new MutationObserver(() => message.textContent.endsWith(": done") ? done() : failed(message.textContent))
    .observe(message, {{childList: true, characterData: true, subtree: true}});
  {action};
}})
"""


def step(browser: Browser, action: str) -> None:
    """Do something on the page and wait until it says that it is done."""
    browser.run(_STEP.format(action=action))


def press(browser: Browser, button: str) -> None:
    step(browser, f'document.getElementById("{button}").click()')


def sign_in(browser: Browser, running: Running, username: str) -> None:
    for field, text in (("username", username), ("password", running.account(username).password)):
        browser.run(f'document.getElementById("{field}").value = {json.dumps(text)}')
    step(browser, 'document.getElementById("sign-in").requestSubmit()')


def recorded(tmp_path: Path, served: Served) -> tuple[Path, set[str]]:
    """Press every button as the administrator in a browser; the file, and the secrets that are in it."""
    with chromium(tmp_path) as browser:
        browser.open(served.url)
        sign_in(browser, served.running, "admin")
        press(browser, "generate")
        key = browser.run('document.getElementById("key").textContent')
        press(browser, "open")
        assert browser.run('document.getElementById("duration").textContent') == "45 days"
        press(browser, "save")
        assert browser.run('document.getElementById("duration").textContent') == "30 days"
        token = browser.run("token")
        har = browser.har()
    file = tmp_path / "recorded.har"
    file.write_text(json.dumps(har))
    secrets = {key, token, served.password("admin")}
    texts = [json.dumps(entry) for entry in har["log"]["entries"]]
    assert all(any(json.dumps(json.dumps(secret)[1:-1])[1:-1] in text for text in texts) for secret in secrets)
    return file, secrets


async def test_from_the_buttons_to_a_key(tmp_path: Path, other: Served, program: Program) -> None:
    """What Chromium recorded is learned with one choice; then all works by it, on the command line and the screen."""
    har, secrets = recorded(tmp_path, other)
    program.secrets |= secrets
    where = ("--control-room", other.url)
    before = program.run_as(other, "creator", "key", "generate", "--yes")
    assert before.code == 1
    assert "calls learn" in before.stderr

    unclear = program.run(*where, "calls", "learn", str(har), "--duration", "45d", "--yes")
    assert unclear.code == 2
    assert "--choose" in unclear.stderr
    assert "/policies/password/expiryDays" in unclear.stderr
    learned = program.run(*where, "calls", "learn", str(har), "--duration", "45d", "--choose", "1", "--yes")
    assert learned.code == 0, learned.stderr
    program.check_files()
    program.check_talk(learned.stdout)

    made = program.run_as(other, "creator", "key", "generate", "--yes")
    assert made.code == 0, made.stderr
    assert "assumed" not in made.stderr
    again = program.run_as(other, "creator", "key", "regenerate", "--yes")
    assert again.code == 0
    assert program.run_with_key(other, "creator", again.stdout.strip(), "key", "test").code == 0
    assert program.run_as(other, "admin", "duration", "show").stdout == "30 days\n"
    assert program.run_as(other, "admin", "duration", "set", "12h", "--yes").code == 0
    assert program.run_as(other, "admin", "duration", "show").stdout == "12 hours\n"


async def test_from_the_buttons_to_a_key_on_the_screens(tmp_path: Path, other: Served) -> None:
    """A call that is not there leads to the steps; what Chromium recorded is learned, and the key is made by it."""
    har, _ = recorded(tmp_path, other)
    async with own_stage(other.running, "creator") as it:
        await it.begin_own_key(other.password("creator"))
        await it.shows("Keep nothing on disk")
        await it.press("tab", "tab", "enter")
        await it.shows("This call is not there")
        await it.press("enter")
        await it.shows("Calls that the vendor does not publish", "you agreed to that")
        await it.press("l")
        await it.shows("Learn the calls from a browser")
        await it.paste(str(har))
        await it.press("enter")
        await it.shows("Which API-Key Duration did the page show")
        await it.type("45 days")
        await it.press("enter")
        await it.shows("Which of these is the API-Key Duration?", "accessSecret")
        await it.press("enter")
        await it.shows("Setting the duration:", "Keep them")
        await it.press("enter")
        await it.shows("learned from a browser")
        await it.press("escape", "g")
        await it.shows("never shows it again", "in 30 days")
        assert it.calls("/secret") == 1
