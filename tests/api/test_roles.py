import msgspec
import pytest

from a360tui.api import GENERATE_API_KEY, Permission, Query, RoleDraft
from a360tui.api.errors import Conflict, Forbidden, NotFound, OutcomeUnknown
from a360tui.api.filters import Eq
from a360tui.errors import InvalidInput
from tests.api.conftest import OpenRoom, each_release, room_at
from tests.api.scripted_server import ScriptedServer, Step, answer, close, refused, signed_in

ROLE = "/v2/usermanagement/roles/7"


@each_release
async def test_a_role_from_its_making_to_its_end(open_room: OpenRoom) -> None:
    """A role is made, read, changed and deleted, in one shape for every release."""
    async with open_room() as room:
        creator, runner = [
            user
            async for user in room.users(Query(sort=(("username", "asc"),)))
            if user.username in {"creator", "runner"}
        ]
        made = await room.create_role(RoleDraft("API key users", "For keys", (GENERATE_API_KEY,), (creator.id,)))
        assert (made.name, made.description, made.user_ids) == ("API key users", "For keys", (creator.id,))
        assert not made.system_role
        assert made.created_on is not None
        read = await room.role(made.id)
        assert [one.matches(GENERATE_API_KEY) for one in read.permissions] == [True]
        changed = await room.update_role(
            read.id,
            msgspec.structs.replace(
                read.draft(),
                permissions=(*read.permissions, Permission("View", "Settings")),
                user_ids=(*read.user_ids, runner.id),
            ),
        )
        assert changed.id == made.id
        assert set(changed.user_ids) == {creator.id, runner.id}
        assert {one.action.lower() for one in changed.permissions} == {"generateapikey", "view"}
        assert changed.version == (read.version or 0) + 1
        row = (await room.roles_page(Query(Eq("name", "API key users")))).items[0]
        assert (row.id, row.count_principals) == (made.id, 2)
        await room.delete_role(made.id)
        with pytest.raises(NotFound):
            await room.role(made.id)


@each_release
async def test_what_the_server_refuses(open_room: OpenRoom) -> None:
    """A taken name is a conflict, a system role forbidden, and so is everything to a user without the permission."""
    async with open_room() as room:
        await room.create_role(RoleDraft("Twice"))
        with pytest.raises(Conflict, match="exists already"):
            await room.create_role(RoleDraft("twice"))
        system = (await room.roles_page(Query(Eq("name", "AAE_Basic")))).items[0]
        with pytest.raises(Forbidden, match="System roles"):
            await room.update_role(system.id, RoleDraft("Mine now"))
    async with open_room("creator") as room:
        with pytest.raises(Forbidden) as forbidden:
            await room.roles_page()
        assert forbidden.value.status == 403
        assert forbidden.value.code == "um.permission.missing"


@each_release
async def test_text_goes_back_as_it_came(open_room: OpenRoom) -> None:
    """A name with a control character and a bidi override is shown escaped, and an update leaves it as it is."""
    name, description = "Keys\x1b[31m\u202e", "tab\tand\u200b"
    async with open_room() as room:
        made = await room.create_role(RoleDraft(name, description))
        assert made.name == "Keys\\x1b[31m\\u202e"
        assert made.description == "tab\\x09and\\u200b"
        changed = await room.update_role(made.id, made.draft())
        again = await room.update_role(made.id, RoleDraft(name=changed.name, description=changed.description))
        assert (again.name, again.description) == (made.name, made.description)
    assert "\x1b" not in repr(made) + repr(made.draft()) + str(made.draft())


async def test_a_v2_update_on_the_wire() -> None:
    """Permissions go by their pair without ids, the resource that one is limited to stays, texts are the original."""
    role = {
        "id": 7,
        "name": "a\x07",
        "permissions": [
            {"id": "5", "action": "view\u200b", "resourceType": "x", "resourceId": 3},
            {"id": 6, "action": "run", "resourceType": "y", "resourceId": None},
        ],
        "userIds": [1, "2"],
        "unknown": {"deep": [1]},
    }
    script: dict[str, Step | list[Step]] = {f"GET {ROLE}": answer(role), f"PUT {ROLE}": answer(role, 201)}
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        await room.update_role("7", (await room.role("7")).draft())
        assert server.of(f"PUT {ROLE}")[0].json == {
            "name": "a\x07",
            "description": "",
            "permissions": [
                {"action": "view\u200b", "resourceType": "x", "resourceId": "3"},
                {"action": "run", "resourceType": "y"},
            ],
            "userIds": ["1", "2"],
        }


@pytest.mark.parametrize("wrapped", [True, False])
async def test_v1_looks_up_ids_and_the_version(wrapped: bool) -> None:
    """v1 wants each permission's id, numbers for ids, and the version that the change rests on."""
    role = {"id": 7, "name": "x", "permissions": [], "principals": [{"id": 4}], "version": 3}
    known = [
        {"id": 1, "action": "view", "resourceType": "x"},
        {"id": 2, "action": "GenerateApiKey", "resourceType": "API"},
    ]
    script: dict[str, Step | list[Step]] = {
        "POST /v2/authentication": refused(404),
        "POST /v1/authentication": signed_in(),
        "GET /v1/usermanagement/permissions": answer({"list": known} if wrapped else known),
        "GET /v1/usermanagement/roles/7": answer(role),
        "PUT /v1/usermanagement/roles/7": answer(role),
    }
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        for _ in range(2):
            changed = await room.update_role("7", RoleDraft("x", "", (GENERATE_API_KEY,), ("4", "u-5")))
        assert changed.user_ids == ("4",)
        assert server.count("GET /v1/usermanagement/permissions") == 1
        assert server.of("PUT /v1/usermanagement/roles/7")[0].json == {
            "name": "x",
            "description": "",
            "permissions": [{"id": 2, "action": "generateapikey", "resourceType": "api", "resourceId": None}],
            "principals": [{"id": 4}, {"id": "u-5"}],
            "version": 3,
        }
        with pytest.raises(InvalidInput, match="no permission y › fly") as unknown:
            await room.create_role(RoleDraft("y", "", (Permission("fly", "y"),)))
        assert unknown.value.field == "permissions"


@pytest.mark.parametrize("step", [answer({"name": "x"}, 201), answer(None, 201), answer(b"{", 201), close])
async def test_a_role_that_may_have_been_made(step: Step) -> None:
    """Where the answer is lost or cannot be read nobody knows, and nothing is sent again."""
    script = {"POST /v2/usermanagement/roles": step}
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        with pytest.raises(OutcomeUnknown) as unknown:
            await room.create_role(RoleDraft("x"))
        assert unknown.value.exit_code == 6
        assert server.count("POST /v2/usermanagement/roles") == 1


async def test_ids_cannot_leave_their_place_in_a_path() -> None:
    """An id is one segment of the path, whatever is in it."""
    async with ScriptedServer() as server, room_at(server.address) as room:
        with pytest.raises(NotFound):
            await room.role("../users?x#y")
        assert server.received[-1].path == "/v2/usermanagement/roles/..%2Fusers%3Fx%23y"
