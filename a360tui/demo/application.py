"""The routes of each release, and the web application made from them."""

from http import HTTPStatus
from importlib.resources import files
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from a360tui.demo import authentication, descriptions, roles, settings, users
from a360tui.demo.calls import Endpoint, answered, served
from a360tui.demo.descriptions import DESCRIPTIONS, INDEX
from a360tui.demo.installation import Installation
from a360tui.demo.limits import READS, Door, check_origin
from a360tui.demo.permissions import (
    CREATE_USERS,
    DELETE_USERS,
    MANAGE_ROLES,
    UPDATE_USERS,
    VIEW_ROLES,
    VIEW_USERS,
)
from a360tui.demo.refusal import Refusal
from a360tui.demo.release import Release
from a360tui.demo.shapes import EarlyShapeV2, Shape, ShapeV1, ShapeV2
from a360tui.demo.unpublished import Unpublished
from a360tui.demo.unpublished_calls import unpublished_calls

API_VERSIONS = frozenset({"v1", "v2", "v3", "v4"})
"""First segments of the paths that are calls; any other path is the web UI's."""

WEB_UI = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Automation 360 Control Room (demo)</title></head>
<body><p>This is the embedded Control Room of a360tui. It has no web pages; it answers API calls.</p></body></html>
"""

PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
}
"""Our page loads nothing from elsewhere, and cannot be framed."""

EVERYWHERE = (
    Endpoint("GET", "/v1/authentication/type", authentication.authentication_type, signed_in=False),
    Endpoint("GET", "/v1/authentication/token", authentication.validate, signed_in=False),
    Endpoint("POST", "/v1/authentication/logout", authentication.sign_out, signed_in=False),
)


def management(version: str) -> tuple[Endpoint, ...]:
    """The calls for roles and users, which both versions have."""
    role_list = f"/{version}/usermanagement/roles"
    user_list = f"/{version}/usermanagement/users"
    change_roles = (VIEW_ROLES, MANAGE_ROLES)
    return (
        Endpoint("POST", f"/{version}/authentication", authentication.sign_in, signed_in=False),
        Endpoint("POST", f"{role_list}/list", roles.list_roles, needs=(VIEW_ROLES,)),
        Endpoint("POST", role_list, roles.create_role, needs=change_roles),
        Endpoint("GET", f"{role_list}/{{id}}", roles.read_role, needs=(VIEW_ROLES,)),
        Endpoint("PUT", f"{role_list}/{{id}}", roles.update_role, needs=change_roles),
        Endpoint("DELETE", f"{role_list}/{{id}}", roles.delete_role, needs=change_roles),
        Endpoint("POST", f"{user_list}/list", users.list_users, needs=(VIEW_USERS,)),
        Endpoint("POST", user_list, users.create_user, needs=(VIEW_USERS, CREATE_USERS)),
        Endpoint("GET", f"{user_list}/{{id}}", users.read_user),
        Endpoint("PUT", f"{user_list}/{{id}}", users.update_user, needs=(VIEW_USERS, UPDATE_USERS)),
        Endpoint("DELETE", f"{user_list}/{{id}}", users.delete_user, needs=(VIEW_USERS, DELETE_USERS)),
    )


V1 = (
    Endpoint("GET", "/v1/usermanagement/users/self", users.read_self),
    *management("v1"),
    Endpoint("POST", "/v1/authentication/token", authentication.refresh_v1, signed_in=False),
    Endpoint("GET", "/v1/usermanagement/permissions", roles.list_permissions, needs=(VIEW_ROLES,)),
)
V2 = (
    *management("v2"),
    Endpoint("POST", "/v2/authentication/token", authentication.refresh, signed_in=False),
    Endpoint("GET", "/v2/settings/version/details", settings.version_details, signed_in=False),
)
CALLS: dict[Release, tuple[Endpoint, ...]] = {
    Release.V40: (*EVERYWHERE, *V2),
    Release.V32: (*EVERYWHERE, *V2, *V1),
    Release.V11_3: (*EVERYWHERE, *V1),
}
SHAPES: dict[Release, dict[str, Shape]] = {
    Release.V40: {"v1": ShapeV1(), "v2": ShapeV2()},
    Release.V32: {"v1": ShapeV1(), "v2": EarlyShapeV2()},
    Release.V11_3: {"v1": ShapeV1()},
}


def calls_of(release: Release, unpublished: Unpublished = Unpublished.ASSUMED) -> tuple[Endpoint, ...]:
    """Every call of a release; those that are not public are under ``/v1`` where there is no v2."""
    return (*CALLS[release], *unpublished_calls(unpublished, _newest(release)))


def documentation(release: Release, door: Door) -> list[Route]:
    """The page and the files that describe the calls of a release, except those that are not public."""
    published = CALLS[release]

    def route(path: str, text: str, media_type: str) -> Route:
        async def serve(request: Request) -> Response:
            check_origin(request, door)
            return Response(text, media_type=media_type)

        return Route(path, serve, methods=["GET"])

    files = [route(each.path, descriptions.file_text(each, published), "application/yaml") for each in DESCRIPTIONS]
    return [route(INDEX, descriptions.index_page(published), "text/html"), *files]


def build_application(installation: Installation, hosts: frozenset[str], scheme: str = "http") -> Starlette:
    """The application for one installation; ``hosts`` are the ``Host`` headers that it answers to.

    With the other shape of the calls that are not public it also has a web page that makes them. Only then, and only
    from that page, may a browser write.
    """
    has_page = installation.unpublished is Unpublished.OTHER
    door = Door(hosts, frozenset(f"{scheme}://{host}" for host in hosts) if has_page else frozenset())
    routes = [
        Route(
            endpoint.path,
            served(endpoint, installation, SHAPES[installation.release][endpoint.path.split("/")[1]], door),
            methods=[endpoint.method],
        )
        for endpoint in calls_of(installation.release, installation.unpublished)
    ]
    routes += documentation(installation.release, door)
    web_ui = _page(_newest(installation.release)) if has_page else WEB_UI

    def answer(refusal: Refusal) -> Response:
        return answered(installation, refusal.body, refusal.status)

    async def refused(request: Request, error: Exception) -> Response:  # noqa: ARG001 - as Starlette calls it
        return answer(cast("Refusal", error))

    async def unrouted(request: Request, error: Exception) -> Response:
        try:
            check_origin(request, door)
        except Refusal as refusal:
            return answer(refusal)
        status = cast("HTTPException", error).status_code
        is_call = request.scope["path"].lstrip("/").partition("/")[0] in API_VERSIONS
        if status == HTTPStatus.NOT_FOUND and not is_call and request.method in READS:
            return HTMLResponse(web_ui, headers=PAGE_HEADERS)
        phrase = HTTPStatus(status).phrase
        return answer(Refusal(status, f"generic.{phrase.casefold().replace(' ', '.')}", f"{phrase}."))

    async def failed(request: Request, error: Exception) -> Response:  # noqa: ARG001 - as Starlette calls it
        return answer(Refusal(500, "generic.server.exception", "The server failed."))

    application = Starlette(
        routes=routes, exception_handlers={Refusal: refused, HTTPException: unrouted, Exception: failed}
    )
    application.router.redirect_slashes = False
    return application


def _newest(release: Release) -> str:
    return "v1" if release is Release.V11_3 else "v2"


def _page(version: str) -> str:
    page = files("a360tui.demo").joinpath("page.html").read_text(encoding="utf-8")
    return page.replace("@version@", version)
