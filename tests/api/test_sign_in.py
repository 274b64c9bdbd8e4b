import httpx
import pytest

from a360tui.api import GENERATE_API_KEY, ApiKey, ControlRoom, Password, Permission, parse_address
from a360tui.api.errors import NotAControlRoom, SessionEnded, SignInFailed, UnexpectedAnswer
from a360tui.demo import Running
from a360tui.secret import Secret
from tests.api.conftest import QUICK, OpenRoom, each_release, room_at
from tests.api.scripted_server import ScriptedServer, Step, answer, page, refused, signed_in


@each_release
async def test_the_release_is_found_by_signing_in(open_room: OpenRoom) -> None:
    """v2 is spoken where there is a v2 sign-in, v1 where there is none; users and permissions look the same."""
    async with open_room() as room:
        signed_in = room.require_signed_in()
        assert room.release == ("v1" if (await room.version()) is None else "v2")
        assert signed_in.user.username == "admin"
        assert signed_in.user.roles[0].name == "AAE_Admin"
        assert signed_in.may(Permission("ROLESVIEW", "RolesManagement"))
        assert not signed_in.may(GENERATE_API_KEY)


async def test_v1_is_tried_where_there_is_no_v2_and_only_there() -> None:
    """The second sign-in request goes out only after 404, and the outcome is kept for the room."""
    script: dict[str, Step | list[Step]] = {
        "POST /v2/authentication": refused(404),
        "POST /v1/authentication": signed_in(id=9),
    }
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        assert room.release == "v1"
        await room.sign_in("jdoe", Password(Secret("x")))
        assert server.count("POST /v2/authentication") == 1
        assert server.count("POST /v1/authentication") == 2


@pytest.mark.parametrize("control_room", ["11.3"], indirect=True)
async def test_looking_for_the_release_is_no_failed_sign_in(control_room: Running) -> None:
    """Two wrong passwords on a Control Room without v2 leave the third try: four would have disabled the user."""
    async with ControlRoom(parse_address(control_room.url)) as room:
        for _ in range(2):
            with pytest.raises(SignInFailed):
                await room.sign_in("creator", Password(Secret("wrong")))
        await room.sign_in("creator", Password(Secret(control_room.account("creator").password)))


@each_release
async def test_a_wrong_password_is_told_in_the_servers_words(control_room: Running) -> None:
    """The refusal shows the Control Room's own message, warns of the third failure, and is sent once."""
    async with ControlRoom(parse_address(control_room.url)) as room:
        with pytest.raises(SignInFailed, match="The username or the password is wrong") as failed:
            await room.sign_in("creator", Password(Secret("wrong")))
        assert failed.value.server_message == "The username or the password is wrong."
        assert failed.value.exit_code == 5
        assert "third failure" in failed.value.hint
        assert room.signed_in is None


async def test_a_session_outlives_the_failed_sign_in_of_another(open_room: OpenRoom) -> None:
    """A wrong password while somebody is signed in changes nothing for them."""
    async with open_room() as room:
        with pytest.raises(SignInFailed):
            await room.sign_in("creator", Password(Secret("wrong")))
        assert room.require_signed_in().user.username == "admin"
        assert (await room.own_user()).username == "admin"


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 502, 503, 504])
async def test_a_sign_in_is_never_sent_twice(status: int) -> None:
    """Whatever the refusal, failures add up to a disabled user, so one sign-in is one request."""
    script = {"POST /v2/authentication": refused(status, "No.")}
    async with ScriptedServer(script) as server, room_at(server.address, sign_in=False) as room:
        with pytest.raises(Exception, match="No"):
            await room.sign_in("jdoe", Password(Secret("x")))
        assert len(server.received) == 1


async def test_only_one_secret_is_sent() -> None:
    """A sign-in holds a password or a key, never both, and says nothing of multiple logins unless asked."""
    async with ScriptedServer() as server, room_at(server.address, sign_in=False) as room:
        await room.sign_in("jdoe", Password(Secret("p")))
        await room.sign_in("jdoe", ApiKey(Secret('k\\"')))
        bodies = [request.json for request in server.received]
        assert bodies == [{"username": "jdoe", "password": "p"}, {"username": "jdoe", "apiKey": 'k\\"'}]
        assert all("x-authorization" not in request.headers for request in server.received)


@pytest.mark.parametrize("multiple_login", [True, False])
async def test_each_sign_in_says_of_other_sessions_what_the_room_was_told(multiple_login: bool) -> None:
    """The choice goes along with every sign-in of a room, also with the one that opens an ended session again."""
    script: dict[str, Step | list[Step]] = {
        "POST /v2/authentication": signed_in(),
        "GET /v2/usermanagement/users/9": [refused(401), answer({"username": "jdoe"})],
        "POST /v2/authentication/token": refused(401),
    }
    async with (
        ScriptedServer(script) as server,
        room_at(server.address, sign_in=False, multiple_login=multiple_login) as room,
    ):
        await room.sign_in("jdoe", Password(Secret("p")), keep_credential=True)
        await room.own_user()
        said = [request.json["multipleLogin"] for request in server.of("POST /v2/authentication")]
        assert said == [multiple_login] * 2


@each_release
async def test_the_token_lives_from_sign_in_to_sign_out(control_room: Running, open_room: OpenRoom) -> None:
    """A refresh gives another token and kills the old one; a sign-out ends the session on both sides."""
    async with open_room() as room:
        first = room.token
        assert await room.token_valid()
        await room.refresh()
        assert room.token != first
        async with httpx.AsyncClient(base_url=control_room.url, headers={"X-Authorization": first.reveal()}) as client:
            assert (await client.get("/v1/authentication/token")).json() == {"valid": False}
        assert await room.token_valid()
        await room.sign_out()
        assert room.signed_in is None
        assert room.token_left() is None
        assert not await room.token_valid()


async def test_without_a_sign_in_nothing_is_sent() -> None:
    """A call that needs a session says so without asking the Control Room."""
    async with ScriptedServer() as server, room_at(server.address, sign_in=False) as room:
        with pytest.raises(SessionEnded, match="nobody is signed in"):
            await room.roles_page()
        with pytest.raises(SessionEnded):
            await room.refresh()
        with pytest.raises(SessionEnded):
            _ = room.token
        with pytest.raises(SessionEnded):
            room.require_signed_in()
        assert server.received == []


async def test_a_sign_out_that_fails_still_ends_the_session_here() -> None:
    """Leaving does not depend on the network."""
    script = {"POST /v1/authentication/logout": refused(500)}
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        with pytest.raises(Exception, match="Could not sign out"):
            await room.sign_out()
        assert room.signed_in is None
        assert server.count("POST /v1/authentication/logout") == 1


@each_release
async def test_the_probe_says_how_users_sign_in(control_room: Running) -> None:
    """Without a session, a Control Room says what kind of sign-in it has."""
    async with ControlRoom(parse_address(control_room.url)) as room:
        assert await room.auth_type() == "DATABASE"


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_control_room_without_the_probe_is_one_all_the_same(status: int) -> None:
    """A refusal in JSON means that something like a Control Room is there, and does not say."""
    script = {"GET /v1/authentication/type": refused(status, "No.")}
    async with ScriptedServer(script) as server, room_at(server.address, sign_in=False) as room:
        assert await room.auth_type() == ""


@pytest.mark.parametrize(
    "step",
    [
        page(),
        page(404),
        page(403),
        answer({"status": "up"}),
        answer(b"hello", content_type="text/plain"),
        answer(b"\x89PNG", content_type="image/png"),
        answer([1]),
        answer(None),
    ],
)
async def test_what_is_no_control_room_is_called_so(step: Step) -> None:
    """Web pages and other services at the address are told apart from a Control Room before a password is sent."""
    async with (
        ScriptedServer({"GET /v1/authentication/type": step}) as server,
        room_at(server.address, sign_in=False) as room,
    ):
        with pytest.raises(NotAControlRoom) as refused_:
            await room.auth_type()
        assert refused_.value.exit_code == 3


@pytest.mark.parametrize("step", [page(), page(404), refused(404)])
async def test_a_sign_in_at_another_kind_of_server(step: Step) -> None:
    """A page instead of an answer, or no sign-in call in either release, is no wrong password."""
    script: dict[str, Step | list[Step]] = {"POST /v2/authentication": step, "POST /v1/authentication": step}
    async with ScriptedServer(script) as server, room_at(server.address, sign_in=False) as room:
        with pytest.raises(NotAControlRoom):
            await room.sign_in("jdoe", Password(Secret("x")))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"user": {"id": "9"}}, "token"),
        ({"token": 5, "user": {"id": "9"}}, "token"),
        ({"token": "", "user": {"id": "9"}}, "token"),
        ({"token": "two words", "user": {"id": "9"}}, "token"),
        ({"token": "evil\r\nX-Other: 1", "user": {"id": "9"}}, "token"),
        ({"token": "t"}, "user"),
        ({"token": "t", "user": {"username": "jdoe"}}, "user.id"),
        ({"token": "t", "user": {"id": "9"}, "permissions": {"a": 1}}, "permissions"),
    ],
)
async def test_a_sign_in_answer_that_does_not_fit(body: object, field: str) -> None:
    """The error names the field, shows nothing of the answer, and nobody is signed in."""
    async with (
        ScriptedServer({"POST /v2/authentication": answer(body)}) as server,
        room_at(server.address, sign_in=False) as room,
    ):
        with pytest.raises(UnexpectedAnswer) as unexpected:
            await room.sign_in("jdoe", Password(Secret("x")))
        assert unexpected.value.field == field
        assert "evil" not in str(unexpected.value)
        assert room.signed_in is None


async def test_a_room_is_used_inside_its_with() -> None:
    """Outside it there is no connection, which is a mistake of the program."""
    room = ControlRoom(parse_address("http://127.0.0.1:1"), limits=QUICK)
    with pytest.raises(RuntimeError):
        await room.auth_type()
