"""How much goes over the line is exact: what was reached cannot creep back."""

from pathlib import Path

from tests.benchmarks import slow_line, story
from tests.benchmarks.meter import Meter, environment
from tests.benchmarks.server import HERE
from tests.benchmarks.story import Walk


def test_a_form_says_little(tmp_path: Path) -> None:
    """The sign-in: at most 16 kB to the first screen, 1 kB a Tab, 350 bytes a letter, and then nothing."""
    with Meter(HERE, environment(tmp_path)) as meter:
        start = meter.start("Remember")
        walk = Walk(meter, idle=2)
        story.form(walk)
    sent = {name: max(answer.sent for answer in answers) for name, answers in walk.answers.items()}
    assert start.sent <= 16_000
    assert sent["tab"] <= 1_000
    assert sent["letter"] <= 350
    assert sent["idle"] == 0


def test_the_story_says_little(tmp_path: Path) -> None:
    """The demo: at most 16 kB to the first screen, 500 bytes a row of a list, 6 kB to open and to close the dialog."""
    with Meter((*HERE, "demo"), environment(tmp_path)) as meter:
        start = meter.start("> Sign in as admin")
        walk = Walk(meter)
        walk.to("\r", "> Set up a role")
        story.role(walk)
        walk.to("s", "> Generate your key")
        story.first_key(walk)
        story.regenerate(walk)
    sent = {name: max(answer.sent for answer in answers) for name, answers in walk.answers.items()}
    assert start.sent <= 16_000
    assert sent["list"] <= 500
    assert sent["open the dialog"] <= 6_000
    assert sent["close the dialog"] <= 6_000


def test_the_story_goes_over_a_slow_line(tmp_path: Path) -> None:
    """Over 300 ms and 64 kbit/s, by SSH, the whole story of a regenerate stays under 60 kB."""
    sent, _, _ = slow_line.walked(tmp_path)
    assert sent <= slow_line.MOST
