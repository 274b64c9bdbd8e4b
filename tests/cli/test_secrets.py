"""``a360tui secrets``: what guards the secrets, changed and mended without losing one."""

import json
import shutil
from pathlib import Path

import pytest

from tests.canaries import leaks
from tests.cli.conftest import Program, Served, end_of, in_keyring_login, passphrase_file, type_in
from tests.cli.relay import relay
from tests.cli.test_recovery import Options, begin, look_and_kill, user
from tests.storage.conftest import PASSPHRASE, everything_below

NEW = "another horse altogether"


@pytest.fixture
def new(program: Program, tmp_path: Path) -> Path:
    """A file with another passphrase."""
    return passphrase_file(program, tmp_path / "new", NEW)


def whoami(program: Program, served: Served, username: str, *options: str) -> int:
    """Whether that user's stored password signs in: the exit code."""
    return program.run("--control-room", served.url, "--username", username, "whoami", *options).code


def part(program: Program, name: str) -> Path:
    """A file of the secrets."""
    return program.config / "data" / "secrets" / name


def put_back(program: Program, aside: str) -> None:
    """Have the secrets that were set aside in their place again."""
    Path(aside).rename(part(program, ""))


def test_a_changed_passphrase(program: Program, served: Served, store: Options, new: Path) -> None:
    """The new one opens, the old one does not any more, and neither is in any process for others to see."""
    assert program.run_as(served, "creator", "login", *store).code == 0
    seen = set[bytes]()
    change = ("secrets", "passphrase", *store, "--new-passphrase-file", str(new), "--json")
    with program.started(*change) as process:
        while process.poll() is None:
            for name in ("cmdline", "environ"):
                for each in Path("/proc").glob(f"[0-9]*/{name}"):
                    try:
                        seen.add(each.read_bytes())
                    except OSError:
                        continue
        said, talk = process.communicate()
    assert (process.returncode, json.loads(said)["changed"], talk) == (0, True, "")
    assert any(b"scrypt_child" in each for each in seen)
    assert not [secret for secret in program.secrets if leaks(secret, [*seen, said.encode()])]
    assert whoami(program, served, "creator", *store) == 2
    assert whoami(program, served, "creator", "--passphrase-file", str(new)) == 0
    program.check_files()


def test_a_passphrase_that_is_typed(program: Program, served: Served, store: Options) -> None:
    """The old one is asked for, then the new one twice; two that differ change nothing."""
    assert program.run_as(served, "creator", "login", *store).code == 0
    before = everything_below(program.config / "data")
    with program.on_terminal("secrets", "passphrase") as terminal:
        type_in(terminal, "Passphrase of your stored secrets: ", PASSPHRASE)
        type_in(terminal, "New passphrase: ", NEW)
        type_in(terminal, "Once more: ", f"{NEW}, not")
        said, code = end_of(terminal)
    assert ("not the same" in said, NEW in said, code) == (True, False, 2)
    assert everything_below(program.config / "data") == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["passphrase", "--passphrase-file", "OLD"], "--new-passphrase-file FILE or --new-passphrase-fd N"),
        (["passphrase", "--new-passphrase-file", "OLD"], "--passphrase-file FILE or --passphrase-fd N"),
        (["passphrase", "--passphrase-fd", "0", "--new-passphrase-fd", "0"], "read once"),
        (["passphrase", "--new-passphrase-fd", "3", "--new-passphrase-file", "OLD"], "both given"),
        (["passphrase", "--new-passphrase-file", "OPEN"], "open to others"),
        (["move", "memory"], "memory"),
        (["restore", "--yes", "--passphrase-file", "OLD"], "nothing is damaged"),
        (["start-over"], "--yes"),
        (["start-over", "--yes", "--read-only"], "--read-only is given"),
        (["passphrase", "--read-only"], "--read-only is given"),
    ],
)
def test_what_is_refused(program: Program, store: Options, new: Path, arguments: list[str], words: str) -> None:
    """What cannot be asked or read, what is not wanted, and a store that is whole: nothing is changed."""
    new.chmod(0o644)
    before = everything_below(program.config / "data")
    files = {"OLD": store[1], "OPEN": str(new)}
    done = program.run("secrets", *(files.get(each, each) for each in arguments), stdin=PASSPHRASE)
    assert (done.code, done.stdout) == (2, "")
    assert words in done.stderr
    assert everything_below(program.config / "data") == before


def test_to_a_passphrase_and_back_to_a_keyring(program: Program, served: Served, passphrase: Path) -> None:
    """Each guard opens alone what the other one had; where the keyring has lost it, a new store begins beside it."""
    password = served.password("creator")
    program.secrets.add(password)
    at = ["--control-room", served.url, "--username", "creator"]
    login = ([*at, "login", "--password-stdin"], password)
    show = (["secrets", "show", "--json"], "")
    opened = ["--passphrase-file", str(passphrase)]
    first = in_keyring_login(
        program,
        login,
        (["secrets", "move", "passphrase", *opened], ""),
        ([*at, "whoami"], ""),
        ([*at, "whoami", *opened], ""),
        show,
        (["secrets", "move", "keyring", *opened], ""),
        (["secrets", "move", "keyring", "--json"], ""),
        ([*at, "whoami"], ""),
        show,
    )
    assert [each.code for each in first.ended] == [0, 0, 2, 0, 0, 0, 0, 0, 0], first.ended
    shown = [json.loads(first.ended[each].stdout) for each in (4, 8)]
    assert [each["guard"] for each in shown] == ["passphrase", "keyring"]
    assert shown[1]["keptIn"] == "age file, unlocked by your keyring (Secret Service)"
    assert shown[0]["remembered"] == shown[1]["remembered"]
    assert [(each["username"], each["kind"]) for each in shown[0]["remembered"]] == [("creator", "password")]
    assert json.loads(first.ended[6].stdout)["changed"] is False

    before = set(everything_below(part(program, "")).values())
    second = in_keyring_login(
        program,
        ([*at, "whoami"], ""),
        (["secrets", "restore", "--yes"], ""),
        (["secrets", "start-over", "--yes", "--json"], ""),
        login,
        ([*at, "whoami"], ""),
        keyring="another",
    )
    assert [each.code for each in second.ended] == [1, 1, 0, 0, 0], second.ended
    assert ["a360tui secrets start-over" in each.stderr for each in second.ended[:2]] == [True, True]
    aside = Path(json.loads(second.ended[2].stdout)["aside"])
    assert set(everything_below(aside).values()) == before
    program.check_files(passphrase)


def test_a_keyring_that_is_elsewhere(program: Program, served: Served) -> None:
    """Where the keyring that guards the secrets cannot be reached, it says that it does so, and what helps."""
    at = ["--control-room", served.url, "--username", "creator"]
    password = served.password("creator")
    program.secrets.add(password)
    assert in_keyring_login(program, ([*at, "login", "--password-stdin"], password)).ended[0].code == 0
    away = program.run(*at, "whoami", env={"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"})
    assert (away.code, "guarded by your keyring (Secret Service)" in away.stderr) == (1, True)
    assert ["a360tui secrets move passphrase" in away.stderr, "a360tui secrets start-over" in away.stderr] == [True] * 2


def test_the_generation_before_comes_back(program: Program, served: Served, store: Options) -> None:
    """Where the file is damaged the sentence names the command, which says what is lost, and keeps the damaged file."""
    for username in ("creator", "admin"):
        assert program.run_as(served, username, "login", *store).code == 0
    part(program, "vault.age").write_bytes(b"damaged")
    at = ("--control-room", served.url, "--username", "creator", "--no-input", "whoami", *store)
    assert "a360tui secrets restore" in program.run(*at).stderr
    unsure = program.run("secrets", "restore", *store)
    assert (unsure.code, part(program, "vault.age").read_bytes()) == (2, b"damaged")
    done = program.run("secrets", "restore", *store, "--yes", "--json")
    restored = json.loads(done.stdout)
    assert (done.code, [each["username"] for each in restored["remembered"]]) == (0, ["creator"])
    assert [each["username"] for each in restored["lost"]] == ["admin"]
    assert f"Lost with the damaged file: password of admin at {served.url}" in done.stderr
    assert Path(restored["aside"]).read_bytes() == b"damaged"
    assert whoami(program, served, "creator", *store) == 0
    assert json.loads(program.run("secrets", "show", "--json").stdout)["remembered"] == restored["remembered"]


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("vault.age", "a360tui secrets restore"),
        ("identity-*.age", "a360tui secrets start-over"),
        ("index.json", "made anew once your secrets are opened"),
    ],
)
def test_damage_that_shows_with_nothing_unlocked(
    program: Program, served: Served, store: Options, name: str, advice: str
) -> None:
    """What shows the secrets, and the doctor, name a file that does not look like what it is, and what helps."""
    for username in ("creator", "admin"):
        assert program.run_as(served, username, "login", *store).code == 0
    (path,) = part(program, "").glob(name)
    path.write_bytes(b"")
    shown = program.run("secrets", "show")
    assert (shown.code, path.name in shown.stderr, advice in shown.stderr) == (0, True, True)
    assert path.name in json.loads(program.run("secrets", "show", "--json").stdout)["trouble"]
    found = json.loads(program.run("--control-room", served.url, "doctor", "--json").stdout)["steps"]
    outcomes = {each["step"]: each["outcome"] for each in found}
    assert (outcomes["secrets"], outcomes["rotations"]) == ("failed", "fine")


@pytest.mark.parametrize("name", ["guard.json", "recipient.txt"])
def test_beginning_anew(program: Program, served: Served, store: Options, name: str) -> None:
    """What cannot be mended is set aside whole after a question; only then nothing is remembered."""
    assert program.run_as(served, "creator", "login", *store).code == 0
    part(program, name).write_bytes(b"damaged")
    before = everything_below(part(program, ""))
    shown = program.run("secrets", "show")
    assert (shown.code, "a360tui secrets start-over" in shown.stderr) == (0, True)
    with program.on_terminal("secrets", "start-over") as terminal:
        terminal.expect_exact("Remembered, and forgotten by this: ")
        terminal.expect_exact("[y/N]")
        terminal.sendline("n")
        assert end_of(terminal)[1] == 1
    assert everything_below(part(program, "")) == before
    done = program.run("secrets", "start-over", "--yes")
    aside = Path(done.stdout.removeprefix("Set aside: ").strip())
    assert [(each.name, raw) for each, raw in everything_below(aside).items()] == [
        (each.name, raw) for each, raw in before.items()
    ]
    assert program.run("secrets", "show").stdout == "Kept in     nothing kept yet\nRemembered  nothing\n"


async def test_a_rotation_that_was_left_halfway(program: Program, with_role: Served, key: str, store: Options) -> None:
    """Its key is not given up unseen: refused while it is under way or can be opened; afterwards it can be had back."""
    async with relay(with_role.url, passed=-1) as between:
        login = await program.run_beside(*user(between.url), "login", "--api-key-stdin", *store, stdin=key)
        assert login.code == 0, login.stderr
        process = await begin(program, between, *store, "--password-stdin", stdin=with_role.password("creator"))
        await between.held.wait()
        under_way = await program.run_beside("secrets", "start-over", "--yes", *store)
        assert (under_way.code, "is held by process" in under_way.stderr) == (1, True)
        look_and_kill(program, process.pid, sealed=True)
        await process.communicate()
        between.let_go.set()

        shown = await program.run_beside("secrets", "show", "--json")
        assert json.loads(shown.stdout)["unfinishedRotations"] == 1
        for options in (["--yes", *store], []):
            refused = await program.run_beside("secrets", "start-over", *options)
            assert (refused.code, "a360tui key recover" in refused.stderr) == (6, True)
        gone = await program.run_beside("secrets", "start-over", "--yes", "--json")
        given_up = json.loads(gone.stdout)
        assert (gone.code, given_up["givenUpRotations"]) == (0, 1)
        as_user = (*user(between.url), "--password-stdin", *store)
        for begin_anew in (False, True):
            if begin_anew:
                again = await program.run_beside(*as_user, "login", stdin=with_role.password("creator"))
                assert again.code == 0, again.stderr
            stuck = await program.run_beside("key", "recover", "--yes", *store)
            assert (stuck.code, stuck.stdout, "rename that folder back" in stuck.stderr) == (1, "", True)

        put_aside = await program.run_beside("key", "recover", "--yes", "--set-aside")
        assert put_aside.code == 0, put_aside.stderr
        shutil.rmtree(part(program, ""))
        put_back(program, given_up["aside"])
        refused = await program.run_beside("secrets", "start-over", *store)
        assert (refused.code, "a360tui key recover --put-back" in refused.stderr) == (6, True)
        recovered = await program.run_beside("key", "recover", "--yes", "--put-back", *store)
        assert recovered.code == 0, recovered.stderr
        program.secrets |= {key, recovered.stdout.strip()}
        assert (await program.run_beside(*user(between.url), "key", "test", *store)).code == 0
    program.check_files()
