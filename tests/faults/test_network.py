"""Every fault of `misbehaviour` on every kind of request: a defined end, a sentence, and never a second write."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from a360tui.api import ControlRoom, Password, RoleDraft
from a360tui.api.errors import OutcomeUnknown
from a360tui.errors import A360Error
from a360tui.secret import Secret
from tests.api.conftest import room_at
from tests.api.scripted_server import ScriptedServer, Step, answer, refused
from tests.faults.misbehaviour import EXIT_CODES, FAULTS, Fault

PASSWORD = "canary-of-the-password"
SETTINGS = {"apiKeyDuration": {"value": 45, "unit": "DAYS"}}


async def sign_in(room: ControlRoom) -> object:
    return await room.sign_in("jdoe", Password(Secret(PASSWORD)))


@dataclass(frozen=True, slots=True)
class Asked:
    """A kind of request, and how the table says what comes of it."""

    name: str
    call: str
    """What the server sees."""
    do: Callable[[ControlRoom], Awaitable[object]]
    expected: Callable[[Fault], tuple[type[A360Error] | None, int]]
    """The error, ``None`` where it counts as done, and how often it is sent."""


ASKED = (
    Asked("read", "POST /v2/usermanagement/roles/list", lambda room: room.roles_page(), lambda fault: fault.read),
    Asked("sign in", "POST /v2/authentication", sign_in, lambda fault: (fault.sign_in, 1)),
    Asked(
        "write a role",
        "POST /v2/usermanagement/roles",
        lambda room: room.create_role(RoleDraft("x")),
        lambda fault: (fault.write, 1),
    ),
    Asked(
        "generate a key",
        "POST /v2/usermanagement/users/self/apikey",
        lambda room: room.generate_key(),
        lambda fault: (fault.generate or fault.write, 1),
    ),
    Asked(
        "set the duration",
        "PUT /v2/settings/security",
        lambda room: room.set_key_duration(timedelta(days=30)),
        lambda fault: (None if fault.body_counts else fault.duration or fault.write, 1),
    ),
)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_fault_has_one_end(fault: Fault, asked: Asked) -> None:
    """The error, its exit code, a sentence with what to do and no secret; as many requests as the table says."""
    script: dict[str, Step | list[Step]] = {"GET /v2/settings/security": answer(SETTINGS), asked.call: fault.step}
    if asked.name == "sign in":
        script["POST /v1/authentication"] = refused(404)
    expected, times = asked.expected(fault)
    async with (
        ScriptedServer(script) as server,
        room_at(server.address, fault.limits, sign_in=asked.name != "sign in") as room,
    ):
        before = server.count(asked.call)
        if expected is None:
            await asked.do(room)
        else:
            with pytest.raises(A360Error) as failed:
                await asked.do(room)
            check_sentence(failed.value, expected)
        assert server.count(asked.call) - before == times


def check_sentence(error: A360Error, expected: type[A360Error]) -> None:
    """It is this error and no other, says what happened, what is known of a write and what to do, and no secret."""
    assert type(error) is expected
    assert error.exit_code == EXIT_CODES[expected]
    said = str(error)
    assert said.isprintable()
    assert error.message.endswith((".", "!")) or "said" in error.message, error.message
    assert error.hint or error.message.startswith("Could not"), said
    assert len(said) < 400
    assert PASSWORD not in said
    assert "token-1" not in said
    assert error.__cause__ is None
    if expected is OutcomeUnknown:
        assert "is not known" in said
        assert "Look at its present state" in said
