"""What an examination sees where a name has several addresses, and what can be told of descriptions of calls."""

import pytest

from a360tui.api import ControlRoom, parse_address
from a360tui.demo import Running
from a360tui.storage import Store
from a360tui.workflow.destination import Destination
from a360tui.workflow.doctor import Finding, Outcome, Seen, Subject, examine, network
from a360tui.workflow.doctor.description import DescribedCall, described_calls
from a360tui.workflow.rotation import Safekeeping
from tests.workflow.conftest import homeless


async def _nothing(_room: ControlRoom) -> str:
    return ""


async def _nobody(_room: ControlRoom) -> None: ...


async def _no_terminal() -> Seen:
    return Seen("None.")


async def _examined(running: Running) -> dict[str, Finding]:
    """What each step came to, without a sign-in."""
    subject = Subject(
        settings=tuple,
        destination=lambda: Destination(parse_address(running.url)),
        username=None,
        keeping=Safekeeping(Store.in_memory()),
        open_room=lambda destination: destination.open(),
        credential=_nothing,
        sign_in=_nobody,
        without_credential="Sign in.",
        terminal=_no_terminal,
        environment={},
    )
    told: list[Finding] = []
    report = await examine(subject, told.append)
    assert [each for each in told if each.outcome is not Outcome.LOOKING] == list(report.findings)
    return {finding.step: finding for finding in report.findings}


@pytest.mark.parametrize(
    ("addresses", "outcome"),
    [(("127.0.0.1",), Outcome.FINE), (("127.0.0.2", "127.0.0.1"), Outcome.NOTE), (("127.0.0.2",), Outcome.FAILED)],
)
async def test_a_dead_address_before_one_that_answers(
    control_room: Running, monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...], outcome: Outcome
) -> None:
    """Every connection waits for the dead one first, so that is a note; where all are dead, a failure."""

    async def resolve(_host: str, _port: int) -> tuple[str, ...]:
        return addresses

    monkeypatch.setattr(network, "resolve", resolve)
    found = await _examined(control_room)
    assert found["connection"].outcome is outcome
    assert found["TLS"].outcome is (Outcome.NOT_TRIED if outcome is Outcome.FAILED else Outcome.FINE)


async def test_a_user_without_a_home(control_room: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container whose user has neither HOME nor an entry in passwd, the examination comes to its end."""
    homeless(monkeypatch)
    found = await _examined(control_room)
    assert found["Control Room"].outcome is Outcome.FINE


@pytest.mark.parametrize(
    ("content", "calls"),
    [
        (b'{"basePath": "/v2", "paths": {"/a": {"post": {}, "x-note": 1}}}', [("POST", "/v2/a")]),
        (b'{"servers": [{"url": "https://cr.example.com/v1/"}], "paths": {"/a": {"get": {}}}}', [("GET", "/v1/a")]),
        (b'{"servers": [7], "paths": {"/v2/a": {"get": {}}, "/b": 3}}', [("GET", "/v2/a")]),
        (
            b"basePath: /v2\npaths:\n  /a/{id}:\n    put:\n      x: y\n  /b:\n    get: # one\n",
            [("PUT", "/v2/a/{id}"), ("GET", "/v2/b")],
        ),
        (b"servers:\n- url: /v2\npaths:\n  \"/a\":\n    'post':\n      get: 1\n", [("POST", "/v2/a")]),
        (b"\xff\xfe", []),
        (b"{" * 100_000, []),
        (b'{"paths": []}', []),
        (b"", []),
    ],
)
def test_descriptions(content: bytes, calls: list[tuple[str, str]]) -> None:
    """Swagger and OpenAPI, in JSON and YAML; what is none has no calls, and does no harm."""
    assert described_calls(content) == tuple(DescribedCall(*call) for call in calls)
