"""What is learned of a recording, what is asked, and what is not kept."""

from pathlib import Path
from typing import Any

import pytest

from a360tui.errors import InvalidInput
from a360tui.workflow.call_tables import tables_of
from a360tui.workflow.capture.learning import Learned
from tests.capture.har_files import BROWSERS, KEY, Recording, other_shape
from tests.capture.lessons import TODAY, learned, lesson, saved


def tables(found: Learned) -> dict[Any, Any]:
    return tables_of(found.calls)


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_what_each_browser_saves_is_understood(tmp_path: Path, browser: str, version: str) -> None:
    """The calls are found among all else, the user becomes a placeholder, and nothing of the moment stays."""
    found, asked = lesson(saved(tmp_path, BROWSERS[browser](other_shape(version))), "45d")
    assert asked == []
    client = {"x-client-kind" if browser == "chrome" else "X-Client-Kind": "web-ui"}
    csrf = "x-csrf-token" if browser == "chrome" else "X-CSRF-Token"
    policies = f"/{version}/tenant/policies"
    common = {"source": "captured", "since": TODAY, "headers": client}
    reading = {"value": "/policies/accessSecret/lifetime", "unit": "seconds"}
    assert tables(found) == {
        "generate": {
            **common,
            "method": "PUT",
            "path": f"/{version}/identity/principals/{{userId}}/secret",
            "body": '{"principal": "{userId:number}", "kind": "PERSONAL", "label": null}',
            "withheld": ["?_", csrf, "/note", "/proof"],
            "key": "/result/credential/text",
            "created_on": "/result/credential/issuedAt",
            "expiration_time": "/result/credential/validUntil",
        },
        "read_duration": {**common, **reading, "method": "GET", "path": policies, "withheld": [csrf]},
        "write_duration": {
            **common,
            **reading,
            "method": "POST",
            "path": policies,
            "withheld": [csrf],
            "left_out": ["/lastModifiedOn", "/lastModifiedBy"],
        },
    }
    assert f"{len(KEY)} characters at /result/credential/text" in " ".join(found.findings)


@pytest.mark.parametrize("packed", ["base64", "gzip"])
def test_contents_may_be_packed(tmp_path: Path, packed: str) -> None:
    """Base64, and what is compressed in it, is the answer all the same."""
    recording = Recording().add("POST", "/v2/keys", {}, {"apiKey": KEY}, packed=packed)
    found, _ = learned(tmp_path, recording)
    assert found.calls["generate"].path == "/v2/keys"


def test_the_same_call_twice_is_one(tmp_path: Path) -> None:
    """Who pressed the button twice is asked nothing."""
    recording = Recording()
    for number in range(2):
        recording.add("POST", "/v2/keys", {}, {"apiKey": f"{KEY}{number}"})
    assert learned(tmp_path, recording)[1] == []


def test_two_calls_that_fit_are_a_choice(tmp_path: Path) -> None:
    """Each is told with its place and its path; the one that was chosen is kept."""
    recording = (
        Recording()
        .add("POST", "/v2/keys", {}, {"apiKey": KEY})
        .add("POST", "/v2/devices/token", {}, {"deviceToken": f"{KEY}2"})
    )
    found, asked = learned(tmp_path, recording, None, "/deviceToken")
    assert found.calls["generate"].path == "/v2/devices/token"
    assert [option.split(",")[0] for option in asked[0].options] == [
        f"{len(KEY)} characters at /apiKey; POST /v2/keys",
        f"{len(KEY) + 1} characters at /deviceToken; POST /v2/devices/token",
    ]


@pytest.mark.parametrize(
    ("settings", "shown", "expected"),
    [
        ({"ttl": 3888000}, "45d", {"unit": "seconds"}),
        ({"ttl": "3888000000"}, "45d", {"unit": "milliseconds"}),
        ({"ttl": 90}, "90m", {"unit": "minutes"}),
        ({"ttl": 36.0}, "36h", {"unit": "hours"}),
        ({"ttl": 45}, "45 days", {"unit": "days"}),
        ({"ttl": "P45D"}, "45d", {"unit": "iso8601"}),
        ({"ttl": "PT1080H"}, "45d", {"unit": "iso8601"}),
        ({"ttl": 45, "unit": "DAYS"}, "45d", {"unit": "beside", "unit_place": "/unit"}),
        (
            {"ttl": 45, "unit": "D_7"},
            "45d",
            {"unit": "beside", "unit_place": "/unit", "unit_words": {"days": "D_7"}},
        ),
    ],
)
def test_the_unit_is_deduced_from_what_the_page_showed(
    tmp_path: Path, settings: dict[str, Any], shown: str, expected: dict[str, Any]
) -> None:
    """A number, or a text, means what the page showed in one unit only, or with its unit beside it."""
    recording = Recording().add("GET", "/v2/s", answer=settings)
    choices = ("with its unit",) if "unit_words" in expected else ()
    found, _ = learned(tmp_path, recording, shown, *choices)
    table = tables(found)["read_duration"]
    assert {name: table[name] for name in expected} == expected
    assert table["value"] == "/ttl"


def test_two_readings_are_a_choice(tmp_path: Path) -> None:
    """Where two numbers say what the page showed, the person says which one it is."""
    settings = {"keyLifetimeHours": 24, "session": {"lifetimeDays": 1}}
    recording = Recording().add("GET", "/v2/s", answer=settings)
    found, asked = learned(tmp_path, recording, "1d", "keyLifetimeHours")
    assert len(asked[0].options) == 2
    assert tables(found)["read_duration"]["unit"] == "hours"


def test_a_number_under_a_telling_name_is_preferred_to_one_under_none(tmp_path: Path) -> None:
    """45 rows a page are no duration where another 45 is called so."""
    recording = Recording().add("GET", "/v2/s", answer={"rows": 45, "apiKeyDuration": 45})
    found, asked = learned(tmp_path, recording, "45d")
    assert (asked, tables(found)["read_duration"]["value"]) == ([], "/apiKeyDuration")


@pytest.mark.parametrize("own", [True, False])
def test_an_id_that_nothing_explains_is_asked_for(tmp_path: Path, own: bool) -> None:
    """A number in a path is the user's own or everybody's, as the person says."""
    recording = Recording().add("POST", "/v2/tenants/4711/keys", {"ownerId": "4711"}, {"apiKey": KEY})
    words = "each user's own" if own else "the same for everybody"
    found, asked = learned(tmp_path, recording, None, words, words)
    assert "4711, after tenants," in asked[0].question
    placeholder = "{userId}" if own else "4711"
    assert found.calls["generate"].path == f"/v2/tenants/{placeholder}/keys"
    assert found.calls["generate"].body == {"ownerId": placeholder}


def test_the_users_number_elsewhere_is_not_taken_for_the_user(tmp_path: Path) -> None:
    """A tenant that has the same number as the user is asked for; a number that is no id is left as it is."""
    recording = Recording().add("POST", "/v2/tenants/15/users/15/keys", {"days": 15, "userId": 15}, {"apiKey": KEY})
    found, asked = learned(tmp_path, recording, None, "the same for everybody")
    assert ["15, after tenants," in each.question for each in asked] == [True]
    assert found.calls["generate"].path == "/v2/tenants/15/users/{userId}/keys"
    assert found.calls["generate"].body == {"days": 15, "userId": "{userId:number}"}


def test_a_path_with_what_may_be_secret_is_not_kept(tmp_path: Path) -> None:
    """It is said so, without it."""
    secret = "aB3dE5fG7hJ9kL1mN3pQ5rS7"
    recording = Recording().add("POST", f"/v2/{secret}/keys", {}, {"apiKey": KEY})
    with pytest.raises(InvalidInput, match="holds what may be a secret") as refused:
        learned(tmp_path, recording)
    assert secret not in str(refused.value)


def test_what_is_read_anew_for_each_write(tmp_path: Path) -> None:
    """A part in another place, a version beside it and a constant: each comes from where it came from."""
    read = {"data": {"policy": {"ttl": 45, "who": "x"}, "rev": 7}, "version": "a-1"}
    recording = (
        Recording()
        .add("GET", "/v2/policy", answer=read)
        .add("PATCH", "/v2/policy", {"reason": "UI", "version": "a-1", "change": {"policy": {"ttl": 30}}}, status=204)
    )
    found, _ = learned(tmp_path, recording, "45d")
    assert tables(found)["write_duration"] == {
        "method": "PATCH",
        "path": "/v2/policy",
        "source": "captured",
        "since": TODAY,
        "body": '{"reason": "UI", "version": null, "change": null}',
        "value": "/change/policy/ttl",
        "unit": "days",
        "sent_back": {"/change": "/data", "/version": "/version"},
        "left_out": ["/change/policy/who", "/change/rev"],
    }


def test_a_write_that_sends_nothing_back(tmp_path: Path) -> None:
    """Its body is kept without the value of that day, in the kind that it had."""
    recording = (
        Recording()
        .add("GET", "/v2/policy", answer={"list": [{"ttl": "3888000"}]})
        .add("POST", "/v2/policy/access", {"set": ["x", {"ttl": "2592000"}]}, status=204)
    )
    found, _ = learned(tmp_path, recording, "45d")
    table = tables(found)["write_duration"]
    assert (table["body"], table["value"]) == ('{"set": ["x", null]}', "/set/1/ttl")
    assert table["sent_back"] == {"/set/1": "/list/0"}


@pytest.mark.parametrize(
    ("recording", "words"),
    [
        (Recording().add("GET", "/v2/s", answer={"x": 1}), "No call was found"),
        (Recording().add("POST", "/v2/keys", {}, {"apiKey": KEY}, no_content=True), "are not in the file"),
        (Recording("https://elsewhere.example").add("POST", "/v2/keys", {}, {"apiKey": KEY}), r"elsewhere.example \(1"),
        (Recording().add("POST", "/v2/keys", {}, {"apiKey": KEY}, status=500), "No call was found"),
        (Recording().add("POST", "/v2/keys", {}, "<html>"), "No call was found"),
    ],
)
def test_where_nothing_is_found(tmp_path: Path, recording: Recording, words: str) -> None:
    """It says what was looked for, what is missing, and how to record it."""
    with pytest.raises(InvalidInput, match=words) as nothing:
        learned(tmp_path, recording, "45d")
    assert nothing.value.hint
    assert nothing.value.field == "har"


def test_a_part_is_learned_where_the_rest_is_missing(tmp_path: Path) -> None:
    """Who pressed one button only learns its call, and is told what is missing."""
    found, _ = learned(tmp_path, Recording().add("POST", "/v2/keys", {}, {"apiKey": KEY}), "45d")
    assert list(found.calls) == ["generate"]
    assert "no answer to a GET" in found.missing[0]


def test_too_many_that_fit(tmp_path: Path) -> None:
    """A recording of everything is refused with what to do."""
    recording = Recording()
    for number in range(60):
        recording.add("POST", f"/v2/keys/of/x{'abcdefghij'[number % 10]}{number // 10}", {}, {"apiKey": KEY})
    with pytest.raises(InvalidInput, match="More than 50"):
        learned(tmp_path, recording)
