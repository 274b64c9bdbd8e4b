"""What a call map may hold: a map that was typed or learned cannot send a token elsewhere."""

import pytest

from a360tui.api import ASSUMED_CALLS, Call, DurationCall, GenerateCall, WriteDurationCall
from a360tui.api.call_rules import check_call
from a360tui.api.call_template import filled
from a360tui.api.models import User
from a360tui.errors import InvalidInput


@pytest.mark.parametrize("call", [ASSUMED_CALLS.generate, ASSUMED_CALLS.read_duration, ASSUMED_CALLS.write_duration])
def test_what_ships_may_be_sent(call: Call) -> None:
    """The assumed calls keep the rules."""
    check_call(call)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (GenerateCall("get", "/a"), "method"),
        (GenerateCall("CONNECT", "/a"), "method"),
        (GenerateCall("POST", "https://evil.example/"), "not a path"),
        (GenerateCall("POST", "//evil.example/"), "not a path"),
        (GenerateCall("POST", "/a b"), "not a path"),
        (GenerateCall("POST", "/{tenant}"), "stands for nothing"),
        (GenerateCall("POST", "/a", headers={"X-Authorization": "x"}), "cannot be set"),
        (GenerateCall("POST", "/a", headers={"HOST": "x"}), "cannot be set"),
        (GenerateCall("POST", "/a", headers={"X-A": "x\r\nHost: y"}), "cannot be set"),
        (GenerateCall("POST", "/a", headers={"X A": "x"}), "cannot be set"),
        (GenerateCall("POST", "/a", headers={"X-A": " x"}), "cannot be set"),
        (GenerateCall("POST", "/a", headers={"X-A": "x "}), "cannot be set"),
        (GenerateCall("POST", "/a", key="apiKey"), "not a place"),
        (GenerateCall("POST", "/a", created_on="/~2"), "not a place"),
        (DurationCall("GET", "/a"), "go together"),
        (DurationCall("GET", "/a", unit="days", unit_place="/u"), "go together"),
        (WriteDurationCall("PUT", "/a", unit="days", left_out=("x",)), "not a place"),
        (WriteDurationCall("PUT", "/a", unit="days", sent_back={"": "x"}), "not a place"),
    ],
)
def test_what_may_not(call: Call, words: str) -> None:
    """Each is refused by a sentence that names it."""
    with pytest.raises(InvalidInput, match=words) as invalid:
        check_call(call)
    assert invalid.value.field == "calls"


@pytest.mark.parametrize(
    "username", ["eve\r\nHost: evil.example", "eve\x00", "eve\x1b[2J", "ev\u00e9", "e" * 501, " eve", "eve "]
)
def test_a_user_name_that_a_header_cannot_carry(username: str) -> None:
    """A name from the server that is put into a header of a call is refused there, and goes into path and body."""
    user = User(id="1", username=username)
    with pytest.raises(InvalidInput, match="cannot carry"):
        filled(GenerateCall("POST", "/a", headers={"X-User": "{username}"}), user)
    assert filled(GenerateCall("POST", "/a/{username}"), user).headers == {}
