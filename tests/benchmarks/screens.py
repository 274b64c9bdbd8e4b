"""What the terminal sees: the start, each key, dialogs, rest and memory; beside the yardstick and peers, in turn."""

import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean, median

from tests.benchmarks import story
from tests.benchmarks.meter import Meter, Start, environment
from tests.benchmarks.processes import peak_megabytes
from tests.benchmarks.server import HERE, served, sign_in
from tests.benchmarks.story import Walk
from tests.benchmarks.table import Row, Section, size, span

YARDSTICK = (sys.executable, "-m", "tests.benchmarks.yardstick")
IDLE = 10.0
_MINUTE = 60.0

Values = dict[str, list[float]]
"""What was measured, by its name."""


def measure(rounds: int, peers: Sequence[Path]) -> Section:
    """All rows of the part, from so many rounds in turn; ``peers`` are virtual environments to look for them in."""
    with tempfile.TemporaryDirectory() as folder:
        turns: dict[str, Callable[[], Values]] = {
            "yardstick": lambda: _yardstick(Path(folder)),
            "a360tui": lambda: _own(Path(folder)),
            "demo": lambda: _demo(Path(folder)),
        }
        left_out = []
        for name, words in PEERS.items():
            program = next((each / "bin" / name for each in peers if (each / "bin" / name).exists()), None)
            if program is None:
                left_out.append(f"{name} was left out: it is in no virtual environment that `--peers` named.")
            else:
                turns[name] = _peer(program, words, Path(folder))
        every: dict[str, Values] = {name: defaultdict(list) for name in turns}
        for number in range(rounds + 1):
            for name, turn in list(turns.items()):
                try:
                    values = turn()
                except TimeoutError as error:
                    if name not in PEERS:
                        raise
                    reason = str(error).partition("\n")[0]
                    left_out.append(f"{name} was left out: of its first screen, {reason}")
                    del turns[name], every[name]
                    continue
                if number:  # the first round warms the caches
                    for what, measured in values.items():
                        every[name][what] += measured
        every["a360tui"]["memory"] = [_memory_with_a_server_of_its_own(Path(folder))]
    every["demo"] |= _rested()
    rows = list(_rows(every))
    missed = " ".join(row.what for row in rows if row.met is False)
    notes = [*left_out, *_HOW, *(note for words, note in _IN_THE_WAY.items() if words in missed)]
    return Section("What the terminal sees", rows, notes)


_HOW = [
    """*Ready* is the last byte before the first silence of 150 ms in which the screen shows what it should. The
terminal is 100x30, xterm-256color, and knows synchronised output, which costs 16 bytes a frame.""",
    """Idle screens are watched in several sessions at a time, each from 3 s after its screen came: bytes and processor
time are each session's own. What the token's change of minute uses is spread over that minute.""",
    """Processor time is that of all keys of a kind in a round, divided by their number: where the program closes its
`/proc` entries to others it is counted in ticks of 10 ms.""",
]
_IN_THE_WAY = {
    "memory": """What stands in the way of the memory is code. By tracemalloc around each import, the modules that the
yardstick does not load are 12.8 MB, where the bound leaves 13.9 MB for everything: 5.1 MB our own; 4.9 MB HTTP (anyio
1.3, httpx 0.9, httpcore 0.7, h11 0.3, and the e-mail, cookie and URL modules that they import); 1 MB click; 0.7 MB
tomlkit; 0.3 MB msgspec. Shared libraries are another 1.9 MB, and 1.8 MB of pymalloc's memory is free. At the end of the
session 62 widgets are alive.""",
    "processor time": """What stands in the way of a key's processor time, by cProfile: Down in a list is 9,300 calls
and 35 turns of the event loop, the yardstick's 6,000 and 11. Most of the turns look for the key's end, from the focus
up to the app and once more, so that what is typed in one piece goes where it would go key by key; they come after the
key is drawn.""",
}
"""Words of a row → why its bound is not met, from profiles; to be looked at again when one is not."""


PEERS = {"posting": "Collection", "harlequin": "Data Catalog"}
"""Peer → words that its first screen shows."""
_WALKERS = 4
"""Sessions at a time that rest on idle screens, each on a share of them."""


def _started(start: Start) -> Values:
    return {"light": [start.light], "ready": [start.ready], "sent": [float(start.sent)], "cpu": [start.cpu]}


def _walked(walk: Walk) -> Values:
    values: Values = {}
    for name, answers in walk.answers.items():
        values[f"{name} ms"] = [answer.milliseconds for answer in answers]
        values[f"{name} sent"] = [float(answer.sent) for answer in answers]
        # Of many keys together: a key alone takes less than a tick.
        values[f"{name} cpu"] = [fmean(answer.cpu for answer in answers)]
    return values


def _yardstick(folder: Path) -> Values:
    with Meter(YARDSTICK, environment(folder)) as meter:
        start = meter.start("user001")
        walk = Walk(meter)
        walk.press([story.TAB] * 6, "tab")
        walk.press("abcde", "letter")
        walk.press([story.TAB], "to the table")
        walk.press([story.DOWN] * 4 + [story.UP] * 4, "list")
        return _started(start) | _walked(walk) | {"memory": [peak_megabytes(meter.process)]}


def _own(folder: Path) -> Values:
    with Meter(HERE, environment(folder)) as meter:
        start = meter.start("Remember")
        walk = Walk(meter)
        story.form(walk)
        return _started(start) | _walked(walk)


def _demo(folder: Path) -> Values:
    with Meter((*HERE, "demo"), environment(folder)) as meter:
        start = meter.start("> Sign in as admin")
        walk = Walk(meter)
        _through(walk)
        return _started(start) | _walked(walk) | {"memory": [peak_megabytes(meter.process)]}


def _through(walk: Walk) -> None:
    """From the demo's first screen through all of them."""
    walk.rest()
    walk.to("\r", "> Set up a role", "first key")
    story.role(walk)
    walk.to("s", "> Generate your key")
    story.first_key(walk)
    story.regenerate(walk)


def _rested() -> Values:
    """What every screen sends and uses while nobody presses a key."""
    values: Values = defaultdict(list)
    with ProcessPoolExecutor(_WALKERS, get_context("spawn")) as pool:
        for walked in pool.map(rest, range(_WALKERS)):
            for name, measured in walked.items():
                values[name] += measured
    return values


def rest(which: int) -> Values:
    """Go through the screens and rest on those of one walker's share; in a process of its own."""
    answers = []
    share = (which, _WALKERS)
    with tempfile.TemporaryDirectory() as folder:
        if not which:
            with Meter(HERE, environment(Path(folder))) as meter:
                meter.start("Remember")
                walk = Walk(meter, IDLE)
                story.form(walk)
                answers += walk.answers["idle"]
        with Meter((*HERE, "demo"), environment(Path(folder))) as meter:
            meter.start("> Sign in as admin")
            walk = Walk(meter, IDLE, share)
            _through(walk)
            answers += walk.answers["idle"]
    return {
        "idle sent": [float(answer.sent) for answer in answers],
        "idle cpu": [answer.cpu for answer in answers],
    }


def _peer(command: Path, words: str, folder: Path) -> Callable[[], Values]:
    def turn() -> Values:
        with Meter((str(command),), environment(folder)) as meter:
            start = meter.start(words)
            walk = Walk(meter)
            walk.press([story.TAB] * 8, "tab")
            return _started(start) | _walked(walk) | {"memory": [peak_megabytes(meter.process)]}

    return turn


def _memory_with_a_server_of_its_own(folder: Path) -> float:
    """Megabytes of a session through every screen, the Control Room in another process."""
    with served() as (url, passwords), Meter((*HERE, "--control-room", url), environment(folder)) as meter:
        walk = Walk(meter)
        meter.until("Remember")
        sign_in(walk, story.ADMIN, passwords, "> Set up a role")
        story.role(walk, assumed=True)
        walk.to("s", "Sign in to a Control Room")
        sign_in(walk, story.CREATOR, passwords, "> Generate your key")
        story.first_key(walk, assumed=True)
        story.regenerate(walk)
        return peak_megabytes(meter.process)


def _rows(every: dict[str, Values]) -> Iterator[Row]:
    own, demo, yardstick = every["a360tui"], every["demo"], every["yardstick"]
    peers = [name for name in every if name in PEERS]

    def beside(what: str, show: Callable[[float], str], *names: str) -> dict[str, str]:
        return {name: show(median(every[name][what])) for name in names if every[name].get(what)}

    def timed(words: str, what: str, values: Values, bound: float) -> Row:
        ratio = median(values[what]) / median(yardstick[what])
        shown = beside(what, span, "yardstick", *peers)
        return Row(words, f"≤ {bound:.2f} ×", span(median(values[what])), ratio <= bound, shown, ratio)

    def counted(words: str, what: str, values: Values, most: int) -> Row:
        worst = max(values[what])
        shown = beside(what, size, "yardstick", *peers)
        return Row(words, f"≤ {size(most)}", size(worst), worst <= most, shown)

    for name, values in (("a360tui", own), ("a360tui demo", demo)):
        light = median(values["light"])
        shown = beside("light", span, "yardstick", *peers)
        yield Row(f"first light of `{name}`", "≤ 60 ms", span(light), light <= 60, shown)
        yield timed(f"`{name}`, ready to type", "ready", values, 1.10)
        seconds = median(values["cpu"])
        told = {each: f"{median(every[each]['cpu']):.2f} s" for each in ("yardstick", *peers)}
        yield Row("… its processor time", "", f"{seconds:.2f} s", None, told, seconds / median(yardstick["cpu"]))
        yield counted("… bytes to that screen", "sent", values, 16_000)
    yield Row("a key pressed as soon as the demo is ready", "", span(median(demo["first key ms"])), None)
    yield counted("Tab in a form, bytes", "tab sent", own, 1_000)
    yield timed("… time", "tab ms", own, 0.25)
    yield timed("… processor time", "tab cpu", own, 0.25)
    yield counted("a letter in a field", "letter sent", own, 350)
    yield counted("Down in a list, bytes", "list sent", demo, 500)
    yield timed("… time", "list ms", demo, 0.8)
    yield timed("… processor time", "list cpu", demo, 0.8)
    yield counted("the regenerate dialog: opening", "open the dialog sent", demo, 6_000)
    yield counted("… closing", "close the dialog sent", demo, 6_000)
    yield from _resting(demo)
    for words, values, bound in (("`demo serve` elsewhere", own, 1.35), ("`a360tui demo`", demo, 1.7)):
        ratio = median(values["memory"]) / median(yardstick["memory"])
        shown = beside("memory", lambda value: f"{value:.0f} MB", "yardstick", *peers)
        here = f"{median(values['memory']):.0f} MB"
        yield Row(f"memory through every screen, {words}", f"≤ {bound:.2f} ×", here, ratio <= bound, shown, ratio)


def _resting(demo: Values) -> Sequence[Row]:
    sent, cpu = demo["idle sent"], demo["idle cpu"]
    # Once a minute the top line says that the token is a minute older.
    # Rounded: a difference of ticks is a little more or less than it is.
    shares = [round(used / (_MINUTE if said else IDLE) / 1000, 6) for said, used in zip(sent, cpu, strict=True)]
    screens = f"{len(sent)} screens, {sum(map(bool, sent))} of them during the minute's change of the token"
    quiet = median(sent)
    return (
        Row(f"idle for 10 s, {screens}", "0 B", size(quiet), quiet == 0),
        Row("… the most processor time of them", "≤ 0.30 %", f"{max(shares):.2%}", max(shares) <= 0.003),
    )
