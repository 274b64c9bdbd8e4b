"""The whole workflow by the command line, in each release."""

import json

import pytest

from tests.cli.conftest import Program, Served

RELEASES = pytest.mark.parametrize("served", ["v40", "v32", "11.3"], indirect=True)


@RELEASES
def test_the_story(program: Program, served: Served) -> None:
    """The administrator makes the role and sets the duration; the user makes a key, uses it, and makes it anew."""
    assert program.run_as(served, "creator", "key", "generate", "--yes").code == 1

    setup = ["role", "setup", "API key users", "--user", "creator", "--json", "--yes"]
    made = program.run_as(served, "admin", *setup)
    assert made.code == 0, made.stderr
    answer = json.loads(made.stdout)
    role_id = answer["role"]["id"]
    assert answer == {
        "role": {"id": role_id, "name": "API key users"},
        "created": True,
        "changed": True,
        "adopted": False,
        "addedPermissions": [{"action": "generateapikey", "resourceType": "api"}],
        "addedUsers": ["creator"],
    }

    before = served.state()
    again = program.run_as(served, "admin", *setup)
    assert again.code == 0
    assert json.loads(again.stdout) == {
        **answer,
        "created": False,
        "changed": False,
        "addedPermissions": [],
        "addedUsers": [],
    }
    assert "already" in again.stderr
    assert served.state() == before

    set_once = program.run_as(served, "admin", "duration", "set", "30d", "--yes", "--json")
    assert json.loads(set_once.stdout) == {"duration": "30d", "before": "45d", "changed": True}
    before = served.state()
    set_twice = program.run_as(served, "admin", "duration", "set", "720h", "--yes", "--json")
    assert json.loads(set_twice.stdout) == {"duration": "30d", "before": "30d", "changed": False}
    assert served.state() == before

    first = program.run_as(served, "creator", "key", "generate", "--yes")
    assert first.code == 0, first.stderr
    old_key = first.stdout.removesuffix("\n")
    assert len(old_key) == 40
    assert old_key not in first.stderr

    tested = program.run_with_key(served, "creator", old_key, "key", "test", "--json")
    assert json.loads(tested.stdout) == {"username": "creator", "valid": True, "tokenLifetimeSeconds": 1200}

    before = served.state()
    refused = program.run_as(served, "creator", "key", "generate", "--yes")
    assert refused.code == 2
    assert refused.stdout == ""
    assert "a360tui key regenerate" in refused.stderr
    assert served.state() == before

    renewed = program.run_as(served, "creator", "key", "regenerate", "--yes", "--json")
    assert renewed.code == 0, renewed.stderr
    answer = json.loads(renewed.stdout)
    assert list(answer) == ["apiKey", "apiKeyCreatedOn", "apiKeyExpirationTime"]
    assert answer["apiKey"] not in {old_key, ""}

    dead = program.run_with_key(served, "creator", old_key, "key", "test", "--json")
    assert dead.code == 5
    assert dead.stdout == ""
    assert program.run_with_key(served, "creator", answer["apiKey"], "key", "test").code == 0

    status = json.loads(program.run_with_key(served, "creator", answer["apiKey"], "key", "status", "--json").stdout)
    assert status == {
        "username": "creator",
        "state": "valid",
        "apiKeyCreatedOn": answer["apiKeyCreatedOn"],
        "apiKeyExpirationTime": answer["apiKeyExpirationTime"],
        "mayGenerate": True,
        "obstacle": None,
        "unfinished": [],
    }
    assert answer["apiKeyExpirationTime"][:10] > answer["apiKeyCreatedOn"][:10]


def test_the_line_of_the_documentation(program: Program, served: Served) -> None:
    """The documented line works as written: options before the command, the password on standard input."""
    done = program.run(
        *("--control-room", served.url, "--username", "admin", "--password-stdin"),
        *("role", "setup", "API key users", "--user", "creator", "--json", "--yes"),
        stdin=served.password("admin"),
    )
    assert done.code == 0
    assert json.loads(done.stdout)["changed"] is True
    assert served.value("SELECT count(*) FROM roles WHERE name = 'API key users'") == 1
