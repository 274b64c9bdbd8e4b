"""Commands where there is a real Secret Service."""

import json

from tests.cli.conftest import Program, Served, in_keyring_login


def test_a_rotation_with_a_real_keyring(program: Program, with_role: Served, key: str) -> None:
    """It guards the store without a question, and the entry of another program in it gets the new key."""
    user = ["--control-room", with_role.url, "--username", "creator"]
    seen = in_keyring_login(
        program,
        ([*user, "login", "--password-stdin", "--json"], with_role.password("creator")),
        ([*user, "login", "--api-key-stdin"], key),
        ([*user, "reference", "add", "keyring", "other program", "creator"], ""),
        ([*user, "reference", "check", "--json"], ""),
        ([*user, "key", "regenerate", "--yes"], ""),
        ([*user, "key", "test", "--json"], ""),
        ([*user, "reference", "check"], ""),
        entry=key,
    )
    assert [each.code for each in seen.ended] == [0] * 7, seen.ended
    login, _, _, before, regenerated, _, _ = seen.ended
    assert json.loads(login.stdout)["keptIn"] == "age file, unlocked by your keyring (Secret Service)"
    assert [each["state"] for each in json.loads(before.stdout)] == ["holds this key"]
    assert seen.entry == regenerated.stdout.strip() != key
    program.secrets.add(seen.entry)
    for each in seen.ended:
        program.check_talk(each.stderr)
