"""What a trace shows of durability: kill -9 spares the page cache, so that only the order of the calls can tell.

fsync(file) before rename, fsync(folder) after it and before the next request leaves; the journal before the request for
a key; and of an answer that holds a key, every piece in a slot and synced before anything else is done.
"""

import re
from collections.abc import Iterator, Sequence

from tests.faults.room import KEY_BEGINS, KEY_ENDS
from tests.faults.tracing import Seen

_RENAMED = re.compile(r'\d+<(?P<folder>[^>]*)>, "(?P<old>[^"]*)", \d+<(?P<into>[^>]*)>, "(?P<new>[^"]*)"')
_REQUEST = " HTTP/1.1\\r\\n"
_GENERATE = "/users/self/apikey HTTP/1.1"
_KEY = re.compile(f"{KEY_BEGINS}|{KEY_ENDS}")
SLOTS = 2
_ELSEWHERE = frozenset({"recvfrom", "sendto", "connect", "openat", "renameat"})


def order_faults(calls: Sequence[Seen]) -> Iterator[str]:
    """Every place at which something came before it was durable; after an injected error only what holds then too."""
    if not any(call.text.endswith("(INJECTED)") for call in calls):
        yield from _renames(calls)
        yield from _requests(calls)
    yield from _answers(calls)


def _renames(calls: Sequence[Seen]) -> Iterator[str]:
    for at, call in enumerate(calls):
        if call.name != "renameat" or call.failed:
            continue
        match = _RENAMED.search(call.text)
        if match is None or not match["old"].endswith(".tmp") or match["new"].endswith(".previous"):
            continue  # an older generation is what is synced together with the next one
        temporary, folder = f"{match['folder']}/{match['old']}", match["into"]
        earlier = [each for each in calls[:at] if each.path == temporary]
        if earlier and earlier[-1].name != "fsync":
            yield f"{match['new']} was renamed into place before it was synced"
        for later in calls[at + 1 :]:
            if later.name == "fsync" and later.path == folder:
                break
            if later.name == "sendto" and _REQUEST in later.text:
                yield f"a request left before the folder of {match['new']} was synced"
                break
        else:
            if not calls[-1].text.endswith("= ?"):
                yield f"the folder of {match['new']} was not synced"


def _requests(calls: Sequence[Seen]) -> Iterator[str]:
    for at, call in enumerate(calls):
        if call.name == "sendto" and _GENERATE in call.text:
            names = [each.name for each in calls[:at] if each.path.endswith("/state/journal")]
            if names[-2:] != ["renameat", "fsync"] and names[-1:] != ["fsync"]:
                yield "a key was asked for before the journal was synced"


def _answers(calls: Sequence[Seen]) -> Iterator[str]:
    for at, call in enumerate(calls):
        if call.name != "recvfrom" or call.failed or not _KEY.search(call.text):
            continue
        tried: set[str] = set()
        waiting: set[str] = set()
        for later in calls[at + 1 :]:
            if later.thread != call.thread:
                continue
            if later.name in {"pwrite64", "fsync"} and later.path.endswith(".slot"):
                tried.add(later.path)
                (waiting.discard if later.name == "fsync" or later.failed else waiting.add)(later.path)
            if later.name in _ELSEWHERE:
                if waiting or len(tried) < SLOTS:
                    yield "a piece of the answer was not in both slots before the program went on"
                break
