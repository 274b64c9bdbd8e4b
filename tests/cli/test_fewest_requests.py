"""The requests of each command, each with its reason: there is none that the contract does not ask for."""

import re
from collections.abc import Sequence

from tests.cli.conftest import Program, Served

Requests = Sequence[tuple[str, str]]
"""A request, and why it has to be sent."""

SIGN_IN = (
    "POST /v2/authentication",
    "gives the token, and says who this is, with which roles, and what they may do: none of that is asked for again",
)
SIGN_OUT = (
    "POST /v1/authentication/logout",
    "a user has few sessions, and one that is left open may push another one out (control-room-api.md §1)",
)
OWN_RECORD = ("GET /v2/usermanagement/users/{id}", "only a user's own record tells the dates of the key (§4)")
FIND_USERS = (
    "POST /v2/usermanagement/users/list",
    "a role takes ids, and people are known by name: one request for up to 50 names",
)
FIND_ROLE = ("POST /v2/usermanagement/roles/list", "a role is read by its id, and only the list knows it")
READ_ROLE = ("GET /v2/usermanagement/roles/{id}", "the list has neither the permissions of a role nor its users (§3)")
DURATION = ("GET /v2/settings/security", "the one call for it")

UNDER_THE_LOCK = (
    "GET /v2/usermanagement/users/{id}",
    "the key is still the one whose end was agreed to, now that no other rotation can begin: it dies with the next one",
)
MAKE_KEY = ("POST /v2/usermanagement/users/self/apikey", "the key")
WHOSE_KEY = (
    "GET /v2/usermanagement/users/{id}",
    "it is this rotation's key that is in force: a refused sign-in would count against the user",
)
TRY_KEY = ("POST /v2/authentication", "it signs in")
END_TRIAL = ("POST /v1/authentication/logout", "as above: the session of that sign-in")
MAKING: Requests = (SIGN_IN, OWN_RECORD, UNDER_THE_LOCK, MAKE_KEY, WHOSE_KEY, TRY_KEY, END_TRIAL, SIGN_OUT)

CUSTOM_ROLES = 5
"""Of the embedded Control Room, before one is set up."""

ADMIN: Sequence[tuple[str, Requests]] = (
    ("whoami", (SIGN_IN, ("GET /v2/settings/version/details", "the version is told nowhere else"), SIGN_OUT)),
    ("token", (SIGN_IN,)),
    ("role setup Keys --user creator --user runner --dry-run", (SIGN_IN, FIND_USERS, FIND_ROLE, SIGN_OUT)),
    (
        "role setup Keys --user creator --user runner",
        (
            SIGN_IN,
            FIND_USERS,
            FIND_ROLE,
            ("POST /v2/usermanagement/roles", "makes it"),
            ("GET /v2/usermanagement/roles/{id}", "read back: what was accepted is not always what was stored"),
            SIGN_OUT,
        ),
    ),
    ("role setup Keys --user creator --user runner", (SIGN_IN, FIND_USERS, FIND_ROLE, READ_ROLE, SIGN_OUT)),
    (
        "role setup Keys --user svc-crm",
        (
            SIGN_IN,
            FIND_USERS,
            FIND_ROLE,
            READ_ROLE,
            (
                READ_ROLE[0],
                "read again after the question: a write replaces the role whole, unguarded (§3)",
            ),
            ("PUT /v2/usermanagement/roles/{id}", "adds the user"),
            (READ_ROLE[0], "read back"),
            SIGN_OUT,
        ),
    ),
    ("role list", (SIGN_IN, FIND_ROLE, *[READ_ROLE] * (CUSTOM_ROLES + 1), SIGN_OUT)),
    (
        "role show Keys",
        (
            SIGN_IN,
            FIND_ROLE,
            READ_ROLE,
            *[("GET /v2/usermanagement/users/{id}", "a role has the ids of its users, not their names")] * 3,
            SIGN_OUT,
        ),
    ),
    ("duration show", (SIGN_IN, DURATION, SIGN_OUT)),
    (
        "duration set 30d",
        (
            SIGN_IN,
            DURATION,
            (DURATION[0], "read again after the question: the settings around the duration go back as they are then"),
            ("PUT /v2/settings/security", "sets it"),
            (DURATION[0], "read back"),
            SIGN_OUT,
        ),
    ),
    ("duration set 30d", (SIGN_IN, DURATION, SIGN_OUT)),
)
CREATOR: Sequence[tuple[str, Requests]] = (
    ("key status", (SIGN_IN, OWN_RECORD, SIGN_OUT)),
    ("key generate", MAKING),
    ("key regenerate", MAKING),
)


def sent(trace: str) -> list[str]:
    """The requests that ``--trace`` told of, ids left out; those that go at the same time come in any order."""
    lines = re.findall(r"^((?:GET|POST|PUT|DELETE) \S+) \d{3} \d+ ms$", trace, re.MULTILINE)
    return sorted(re.sub(r"/\d+$", "/{id}", line) for line in lines)


def check(program: Program, served: Served, username: str, commands: Sequence[tuple[str, Requests]]) -> None:
    for command, requests in commands:
        done = program.run_as(served, username, "--yes", "--trace", *command.split())
        assert done.code == 0, done.stderr
        assert sent(done.stderr) == sorted(call for call, _ in requests), command


def test_a_command_sends_no_request_without_a_reason(program: Program, served: Served) -> None:
    """Every command's requests are those of the table, no more and no fewer."""
    check(program, served, "admin", ADMIN)
    check(program, served, "creator", CREATOR)


def test_a_key_is_tried_with_one_sign_in(program: Program, served: Served, key: str) -> None:
    """``key test`` is a sign-in with the key and its end."""
    done = program.run_with_key(served, "creator", key, "--trace", "key", "test")
    assert done.code == 0
    assert sent(done.stderr) == sorted(call for call, _ in (TRY_KEY, END_TRIAL))


def test_fifty_names_are_looked_for_at_once(program: Program, served: Served) -> None:
    """The names of 50 users go in one filter; the 51st costs another request."""
    for count, lists in ((50, 1), (51, 2)):
        names = [f"--user=nobody{number}" for number in range(count)]
        done = program.run_as(served, "admin", "--trace", "role", "setup", "Keys", *names)
        assert done.code == 2
        assert sent(done.stderr).count(FIND_USERS[0]) == lists
