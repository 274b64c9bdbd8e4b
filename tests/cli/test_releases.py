"""What the story does not touch, in each release: everything that only looks."""

import json

import pytest

from tests.cli.conftest import Program, Served, make_key

RELEASES = pytest.mark.parametrize("served", ["v40", "v32", "11.3"], indirect=True)


@RELEASES
def test_who_and_where(program: Program, served: Served, request: pytest.FixtureRequest) -> None:
    """``whoami`` names the release as the Control Room does, and says where it tells none; ``token`` gives one."""
    release = request.node.callspec.params["served"]
    shown = program.run_as(served, "admin", "whoami").stdout
    known = json.loads(program.run_as(served, "admin", "whoami", "--json").stdout)
    if release == "11.3":
        assert (known["version"], known["api"]) == (None, "v1")
        assert "not told" in shown
        assert "only v1" in shown
    else:
        assert (known["version"]["number"], known["api"]) == (f"{release.removeprefix('v')}.0.0.0", "v2")
        assert f"{known['version']['number']} {known['version']['release']}, build" in shown
        assert "only v1" not in shown
    assert program.run_as(served, "admin", "token").stdout.startswith("eyJ")


@RELEASES
def test_roles_keys_and_the_duration_are_read(program: Program, with_role: Served) -> None:
    """Roles, one role, the state of a key, the inventory and the duration look the same whatever the release."""
    program.secrets.add(make_key(with_role, "creator"))
    listed = json.loads(program.run_as(with_role, "admin", "role", "list", "--json").stdout)
    assert [role["name"] for role in listed if role["grantsApiKey"]] == ["API key users"]
    role = json.loads(program.run_as(with_role, "admin", "role", "show", "API key users", "--json").stdout)
    assert role["permissions"] == [{"action": "generateapikey", "resourceType": "api"}]
    assert len(role["users"]) == 1
    status = json.loads(program.run_as(with_role, "creator", "key", "status", "--json").stdout)
    assert (status["state"], status["mayGenerate"]) == ("valid", True)
    inventory = json.loads(program.run_as(with_role, "admin", "key", "inventory", "--json").stdout)
    assert [(user["username"], user["state"]) for user in inventory["users"]] == [("creator", "valid")]
    assert (
        json.loads(program.run_as(with_role, "admin", "duration", "show", "--yes", "--json").stdout)["duration"]
        == "45d"
    )
