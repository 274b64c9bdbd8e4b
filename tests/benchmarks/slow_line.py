"""The story of a regenerate over a line of 300 ms and 64 kbit/s each way."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import story
from tests.benchmarks.meter import Line, Meter, environment
from tests.benchmarks.server import HERE
from tests.benchmarks.story import Walk
from tests.benchmarks.table import Row, Section, size, span

SLOW = Line(delay=0.3, rate=8_000)
MOST = 60_000
OWN_TIME = 400.0
"""Milliseconds that a step may need besides the line: the program's and the Control Room's own work."""


@dataclass(frozen=True)
class Told:
    """What the story came to."""

    sent: int
    """Bytes of all of it."""
    besides: list[float]
    """Milliseconds of each step besides the line's one way there and one back."""
    light: float
    """Milliseconds until the first frame arrived."""
    asked: int
    """Questions to the terminal in the steps: each would be one more wait for the line."""


def walked(folder: Path) -> Told:
    """Tell it once."""
    with Meter((*HERE, "demo"), environment(folder) | {"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, SLOW) as meter:
        start = meter.start("> Sign in as admin")
        walk = Walk(meter)
        asked = meter.asked
        for key, words in (
            ("\r", "> Set up a role"),
            ("\r", "23 users"),
            (story.CTRL_F, "f1 help"),
            ("crea", "1 of 23 match"),
            ("\r", "> □ creator"),
            (" ", "add creator"),
            (story.CTRL_S, "Back to the workflow"),
            ("\r", "grants it to 1 user"),
            ("s", "> Generate your key"),
            ("\r", "makes your first key"),
            ("g", "Ends 20"),
            (story.ESCAPE, "Press again to leave it there"),
            (story.ESCAPE, "Regenerate …"),
            ("g", "Keep the old key"),
            (story.RIGHT, "Regenerate"),
            ("\r", "Ends 20"),
        ):
            walk.to(key, words, "step")
        besides = [
            each.milliseconds - 2000 * SLOW.delay - 1000 * each.sent / SLOW.rate for each in walk.answers["step"]
        ]
        return Told(meter.sent(), besides, start.light, meter.asked - asked)


def measure() -> Section:
    """The rows of the part."""
    with tempfile.TemporaryDirectory() as folder:
        told = walked(Path(folder))
    return Section(
        "Over a line of 300 ms and 64 kbit/s each way",
        [
            Row("role, first key, second key: bytes in all", f"≤ {size(MOST)}", size(told.sent), told.sent <= MOST),
            Row("first light at the other end, 300 ms of it the line's", "", span(told.light), None),
            Row(
                f"the slowest of {len(told.besides)} steps, besides one way there and one back",
                f"≤ {span(OWN_TIME)}",
                span(max(told.besides)),
                max(told.besides) <= OWN_TIME,
            ),
        ],
        [
            f"""Questions to the terminal, for whose answers a step would wait once more: {told.asked}. Every step
waits for the line once: a key goes there, and what it brings comes back."""
        ],
    )
