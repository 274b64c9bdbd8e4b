"""``role``: what set-up refuses, what it adds, and what is shown."""

import json

import pytest

from tests.cli.conftest import Program, Served


def names(served: Served, role: str) -> set[object]:
    """The users of a role, as they are stored."""
    found = served.value(
        "SELECT json_group_array(username) FROM users JOIN user_roles ON user_id = users.id"
        " JOIN roles ON roles.id = role_id WHERE roles.name = ?",
        role,
    )
    return set(json.loads(str(found)))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([""], "The name is empty"),
        (["  "], "The name is empty"),
        (["x" * 256], "256 characters"),
        (["a<b"], "< or >"),
        (["a\x1b[31mb"], "cannot be seen"),
        (["a\u202eb"], "cannot be seen"),
        (["AAE_Basic"], "system role"),
        (["aae_basic"], "system role"),
        (["API key users", "--description", "x" * 256], "256 characters"),
        (["API key users", "--description", "<b>"], "< or >"),
        (["API key users", "--user", "nobody.at.all"], "nobody.at.all"),
        (["API key users", "--user", "no\x1b[2Jbody"], "\\x1b[2J"),
        (["API key users", "--user", "creator", "--user", "Creator"], "named twice"),
        (["API key users", "--user", "viktor.petrov"], "viktor.petrov is disabled"),
        (["API key users", "--user", ""], "user name is empty"),
    ],
)
def test_what_set_up_refuses(program: Program, served: Served, arguments: list[str], words: str) -> None:
    """A name, a description or a user that cannot be: a sentence, exit 2, nothing stored."""
    before = served.state()
    done = program.run_as(served, "admin", "role", "setup", "--yes", "--json", *arguments)
    assert (done.code, done.stdout) == (2, "")
    assert words in done.stderr
    assert served.state() == before


@pytest.mark.parametrize("served", ["v40", "v32", "11.3"], indirect=True)
def test_it_adds_and_never_takes_away(program: Program, served: Served) -> None:
    """A role that exists keeps its permissions, users and description, and gets what it lacks."""
    before = names(served, "Integrations")
    setup = ("role", "setup", "integrations", "--user", "runner", "--description", "other", "--yes", "--json")
    done = json.loads(program.run_as(served, "admin", *setup).stdout)
    assert (done["created"], done["changed"], done["addedUsers"]) == (False, True, ["runner"])
    assert done["role"]["name"] == "Integrations"
    assert names(served, "Integrations") == before | {"runner"}
    shown = json.loads(program.run_as(served, "admin", "role", "show", "INTEGRATIONS", "--json").stdout)
    assert shown["grantsApiKey"] is True
    assert shown["description"] == "Programs that call the Control Room"
    assert {user["username"] for user in shown["users"]} == names(served, "Integrations")
    pairs = {(one["action"].casefold(), one["resourceType"].casefold()) for one in shown["permissions"]}
    assert pairs > {("generateapikey", "api"), ("runbot", "repositorymanager"), ("view", "dashboard")}


def test_a_dry_run_shows_the_plan_and_changes_nothing(program: Program, served: Served) -> None:
    """``--dry-run`` prints what would be done; it needs no consent, and ``--read-only`` lets it."""
    before = served.state()
    setup = ("role", "setup", "API key users", "--user", "creator", "--dry-run", "--read-only")
    lines = program.run_as(served, "admin", *setup).stdout.splitlines()
    assert lines[:3] == ["create the role API key users", "grant API › Generate API-Key", "add creator"]
    document = json.loads(program.run_as(served, "admin", *setup, "--json").stdout)
    assert document == {"changes": lines, "changed": False}
    assert served.state() == before


def test_set_up_tells_its_steps(program: Program, served: Served) -> None:
    """The plan and each step go to stderr, the outcome to stdout."""
    done = program.run_as(served, "admin", "role", "setup", "API key users", "--user", "creator", "--yes")
    assert done.stdout.splitlines()[0].endswith(": created")
    assert "Granted  API › Generate API-Key" in done.stdout
    assert "Added    creator" in done.stdout
    said = done.stderr.splitlines()
    assert said[0].endswith("this will")
    assert said.index("  add creator") < said.index("done: read it back")


def test_the_list_says_which_roles_grant_it(program: Program, with_role: Served) -> None:
    """The list marks system roles, counts users, and shows which roles let generate a key."""
    rows = json.loads(program.run_as(with_role, "admin", "role", "list", "--json").stdout)
    assert [row["name"] for row in rows if row["grantsApiKey"]] == ["API key users"]
    by_name = {row["name"]: row for row in rows}
    assert by_name["API key users"] == {**by_name["API key users"], "users": 1, "systemRole": False}
    assert by_name["AAE_Admin"]["systemRole"] is True
    table = program.run_as(with_role, "admin", "role", "list").stdout.splitlines()
    assert len(table) == len(rows) + 1
    [line] = [line for line in table if line.startswith("API key users")]
    assert line.split()[-3:] == ["custom", "1", "yes"]


def test_a_role_that_is_not_there(program: Program, served: Served) -> None:
    """``role show`` names what it did not find, and where to look."""
    done = program.run_as(served, "admin", "role", "show", "No such\x1b[31m role")
    assert (done.code, done.stdout) == (2, "")
    assert "No role is called No such\\x1b[31m role." in done.stderr
    assert "a360tui role list" in done.stderr


def test_who_may_not(program: Program, served: Served) -> None:
    """Without the permission the Control Room refuses: its words, exit 1, nothing stored."""
    before = served.state()
    done = program.run_as(served, "creator", "role", "setup", "API key users", "--yes")
    assert (done.code, done.stdout) == (1, "")
    assert "403" in done.stderr
    assert served.state() == before
