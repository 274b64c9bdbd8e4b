"""The requests of each screen, each with its reason: there is none that the contract does not ask for."""

import re
from collections.abc import Sequence

from tests.tui.stage import Stage, stage

Requests = Sequence[tuple[str, str]]
"""A request, and why it has to be sent."""

ROLES = ("POST /v2/usermanagement/roles/list", "a role is known by its name here, and by its id there")
ROLE = ("GET /v2/usermanagement/roles/{id}", "only a whole role tells what it grants, and to whom (§3)")
USERS = ("POST /v2/usermanagement/users/list", "the rows in sight")
OWN_RECORD = ("GET /v2/usermanagement/users/{id}", "only a user's own record tells the dates of the key (§4)")
DURATION = ("GET /v2/settings/security", "the one call for it")
SIGN_IN = ("POST /v2/authentication", "gives the token, and says who this is and what they may do")
SIGN_OUT = ("POST /v1/authentication/logout", "a session that is left open may push another one out (§1)")

VERSION = ("GET /v2/settings/version/details", "once a session: which release it is, and so what it may lack")

CUSTOM_ROLES = 5
"""Of the demo, before one is set up."""

MAKING: Requests = (
    (OWN_RECORD[0], "what is going to be agreed to: which key dies, if any"),
    (OWN_RECORD[0], "under the lock: it is still that key, now that no other rotation can begin"),
    ("POST /v2/usermanagement/users/self/apikey", "the key"),
    (OWN_RECORD[0], "it is this rotation's key that is in force: a refused sign-in would count against the user"),
    ("POST /v2/authentication", "it signs in"),
    ("POST /v1/authentication/logout", "the end of that sign-in's session"),
)


class Counter:
    """What was sent since the last look."""

    def __init__(self, it: Stage) -> None:
        self._it = it
        self._seen = 0

    async def was(self, requests: Requests) -> None:
        """Wait until the screen rests, and compare; requests that go at the same time come in any order."""
        await self._it.settle()
        every = self._it.sent("")
        calls = [f"{each.method} {re.sub(r'/[0-9]+$', '/{id}', each.path)}" for each in every[self._seen :]]
        self._seen = len(every)
        assert sorted(calls) == sorted(call for call, _ in requests)


async def test_a_screen_sends_no_request_without_a_reason() -> None:
    """From the sign-in to a new key, the requests are those of the table, no more and no fewer."""
    async with stage() as it:
        sent = Counter(it)
        await it.be_admin()
        await sent.was((SIGN_IN, VERSION, ROLES, *[ROLE] * CUSTOM_ROLES, OWN_RECORD, DURATION))

        await it.press("enter")
        await it.shows("create the role API key users", "23 users")
        await sent.was((ROLES, USERS))
        await it.press("ctrl+f")
        await it.paste("crea")
        await it.shows("1 of 23 match")
        await sent.was((USERS,))
        await it.press("enter", "space")
        await it.shows("add creator")
        await sent.was(())
        await it.press("ctrl+s")
        await it.shows("Back to the workflow")
        made = ("POST /v2/usermanagement/roles", "makes it")
        read_back = (ROLE[0], "read back: what was accepted is not always what was stored")
        await sent.was(((ROLES[0], "a last look: somebody may have made it meanwhile"), made, read_back))
        await it.press("enter")
        await it.shows("grants it to 1 user")
        await sent.was((ROLES, *[ROLE] * (CUSTOM_ROLES + 1), OWN_RECORD, DURATION))

        await it.press("4")
        await it.shows("A key made now")
        await sent.was((DURATION,))
        await it.press("escape")
        await it.shows("grants it to 1 user")
        await sent.was((ROLES, *[ROLE] * (CUSTOM_ROLES + 1), OWN_RECORD, DURATION))

        await it.switch_to_creator()
        await sent.was((SIGN_OUT, SIGN_IN, VERSION, OWN_RECORD))
        await it.press("enter")
        await it.shows("makes your first key")
        await sent.was((OWN_RECORD,))
        await it.press("g")
        await it.shows("never shows it again")
        await sent.was(MAKING)
        await it.press("escape", "escape")
        await it.shows("Regenerate …")
        await sent.was((OWN_RECORD,))
        await it.press("g")
        await it.shows("Keep the old key")
        await it.press("right", "enter")
        await it.shows("never shows it again")
        await sent.was(MAKING)
