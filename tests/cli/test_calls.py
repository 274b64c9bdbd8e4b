"""``calls``: what is shown, learned and forgotten; and that nothing secret of a recording is ever seen again."""

import json
from pathlib import Path

import pytest

from a360tui.api.json_pointer import leaves
from a360tui.workflow.capture.instructions import BROWSERS as STEPS
from tests.canaries import leaks
from tests.capture.har_files import BROWSERS, CANARIES, HOST, KEY, Recording, chrome, other_shape
from tests.capture.lessons import saved
from tests.cli.conftest import Program, Served, agree, end_of

AT = ("--control-room", HOST)


def told(shown: str) -> dict[str, str]:
    """What is told of each call."""
    calls: dict[str, str] = {}
    name = ""
    for line in shown.splitlines():
        name = line[:17].strip() or name
        calls[name] = f"{calls.get(name, '')} {line[17:].strip()}"
    return calls


def test_what_is_shown_before_anything_is_known(program: Program) -> None:
    """Each call is called assumed, and that it is asked for; nothing is sent, nothing is written."""
    done = program.run(*AT, "calls", "show")
    assert (done.code, done.stderr) == (0, "")
    assert {name: "assumed by a360tui; you are asked" in line for name, line in told(done.stdout).items()} == {
        "Generate the key": True,
        "Read the duration": True,
        "Set the duration": True,
    }
    assert not program.config.exists()


def test_consent_is_asked_once_shown_and_taken_back(program: Program, with_role: Served) -> None:
    """A yes on the terminal is kept with its day; ``calls forget`` takes it back; what worked is no assumption."""
    served, where = with_role, ("--control-room", with_role.url)
    with program.on_terminal(*where, "--username", "admin", "duration", "show") as terminal:
        terminal.expect("Password of admin: ")
        terminal.waitnoecho()
        terminal.sendline(served.password("admin"))
        terminal.expect(r"May assumed calls be tried on .*\? .* \[y/N\] ")
        terminal.sendline("y")
        shown, code = end_of(terminal)
    assert code == 0
    assert "45 days" in shown
    table = told(program.run(*where, "calls", "show").stdout)
    assert "worked here on" in table["Read the duration"]
    assert "you agreed to that on" in table["Generate the key"]
    assert program.run_as(served, "admin", "duration", "set", "30d", "--yes").code == 0
    done = program.run_as(served, "creator", "key", "generate", "--yes")
    assert "You agreed to that on" in done.stderr
    assert all("worked here on" in line for line in told(program.run(*where, "calls", "show").stdout).values())
    assert "assumed" not in program.run_as(served, "creator", "key", "regenerate", "--yes").stderr
    assert program.run(*where, "calls", "forget").code == 2
    assert program.run(*where, "calls", "forget", "--yes").code == 0
    assert "Nothing is kept" in program.run(*where, "calls", "forget", "--yes").stdout
    assert program.run_as(served, "admin", "duration", "show").code == 2


def test_a_no_sends_nothing(program: Program, with_role: Served) -> None:
    """Who declines the assumed call is at the end of it, and is asked again the next time."""
    before = with_role.state()
    for _ in range(2):
        with program.on_terminal(
            "--control-room", with_role.url, "--username", "creator", "key", "generate"
        ) as terminal:
            terminal.expect("Password of creator: ")
            terminal.waitnoecho()
            terminal.sendline(with_role.password("creator"))
            terminal.expect(r"May assumed calls be tried")
            terminal.expect(r"\[y/N\] ")
            terminal.sendline("n")
            assert end_of(terminal)[1] == 1
    assert with_role.state() == before


def test_yes_is_no_lasting_consent(program: Program, served: Served) -> None:
    """``--yes`` answers for one time, and says so; with ``--read-only`` not even what worked is written down."""
    done = program.run_as(served, "admin", "--read-only", "duration", "show", "--yes")
    assert "--yes allows assumed calls to be tried there" in done.stderr
    assert not (program.config / "calls").exists()
    assert program.run_as(served, "admin", "duration", "show").code == 2


def test_a_call_that_is_not_there_leads_to_the_capture(program: Program, with_role: Served) -> None:
    """A 404 says what the call is, that nothing was done, and names the command that learns it."""
    agree(program, with_role)
    file = next((program.config / "calls").iterdir())
    file.write_text(file.read_text() + '[generate]\nmethod = "POST"\npath = "/v2/not/there"\n')
    done = program.run_as(with_role, "creator", "key", "generate", "--yes")
    assert done.code == 1
    assert "It is not there as it was typed." in done.stderr
    assert "a360tui calls learn --help" in done.stderr


@pytest.mark.parametrize("browser", BROWSERS)
def test_no_secret_of_the_file_is_kept_or_printed(program: Program, tmp_path: Path, browser: str) -> None:
    """Not in what is shown, asked, printed as JSON or written, whatever its form."""
    har = saved(tmp_path, BROWSERS[browser](other_shape()))
    texts = [text for _, text in leaves(json.loads(har.read_text())) if isinstance(text, str)]
    assert all(any(canary in text or json.dumps(canary)[1:-1] in text for text in texts) for canary in CANARIES)
    outcomes = [
        program.run(*AT, "calls", "learn", str(har), "--yes"),
        program.run(*AT, "calls", "learn", str(har), "--duration", "45d", "--yes"),
        program.run(*AT, "calls", "learn", str(har), "--duration", "90d", "--yes", "--json"),
        program.run(*AT, "calls", "learn", str(har), "--duration", "45d", "--choose", "1", "--yes"),
        program.run(*AT, "calls", "show"),
        program.run(*AT, "calls", "show", "--json"),
    ]
    assert [done.code for done in outcomes] == [0, 0, 0, 2, 0, 0]
    said = [text.encode() for done in outcomes for text in (done.stdout, done.stderr)]
    written = [path.read_bytes() for path in program.home.rglob("*") if path.is_file()]
    assert written
    assert [canary for canary in CANARIES if leaks(canary, [*said, *written])] == []
    assert "Delete the file" in outcomes[1].stderr
    assert har.exists()


def test_the_questions_on_a_terminal(program: Program, tmp_path: Path) -> None:
    """The choice and the duration are asked, asked again where the answer is none, and the end is a question too."""
    recording = other_shape()
    recording.add("GET", "/v2/other", answer={"keyLifetimeDays": 45})
    har = saved(tmp_path, chrome(recording))
    with program.on_terminal(*AT, "calls", "learn", str(har)) as terminal:
        terminal.expect("Which API-Key Duration did the page show")
        terminal.sendline("soon")
        terminal.expect("not a duration")
        terminal.sendline("45d")
        terminal.expect("Which of these is the API-Key Duration")
        terminal.sendline("7")
        terminal.expect("1 to 2: ")
        terminal.sendline("2")
        terminal.expect(r"Keep the call to generate the key, the call to read the duration.*\[y/N\] ")
        terminal.sendline("n")
        assert end_of(terminal)[1] == 1
    assert "assumed" in told(program.run(*AT, "calls", "show").stdout)["Generate the key"]


def test_what_cannot_be_asked_is_an_option(program: Program, tmp_path: Path) -> None:
    """Without a terminal the choice is told with its numbers, and ``--choose`` answers it."""
    recording = Recording().add("POST", "/v2/a", {}, {"apiKey": KEY}).add("POST", "/v2/b", {}, {"apiKey": KEY})
    har = saved(tmp_path, chrome(recording))
    unclear = program.run(*AT, "calls", "learn", str(har), "--yes")
    assert (unclear.code, unclear.stdout) == (2, "")
    assert "POST /v2/a" in unclear.stderr
    assert "--choose N" in unclear.stderr
    for number in ("3", "0"):
        assert program.run(*AT, "calls", "learn", str(har), "--yes", "--choose", number).code == 2
    learned = program.run(*AT, "calls", "learn", str(har), "--yes", "--choose", "2", "--json")
    assert json.loads(learned.stdout)["calls"]["generate"]["path"] == "/v2/b"
    assert program.run(*AT, "calls", "learn", str(har), "--choose", "2").code == 2


def test_read_only_learns_nothing(program: Program, tmp_path: Path) -> None:
    """Neither is anything forgotten."""
    har = saved(tmp_path, chrome(other_shape()))
    for command in (["learn", str(har)], ["forget"]):
        assert program.run(*AT, "--read-only", "calls", *command, "--yes").code == 2


def test_the_steps_are_in_the_help(program: Program) -> None:
    """So they are where the error points to."""
    shown = " ".join(program.run("calls", "learn", "--help").stdout.split())
    for browser, steps in STEPS.items():
        assert browser in shown
        assert all(step in shown for step in steps)


def test_a_typed_file_of_a_profile_counts_most(program: Program, served: Served, tmp_path: Path) -> None:
    """``calls`` of a profile is used before all else, stays when calls are forgotten, and its faults are named."""
    typed = tmp_path / "calls.toml"
    typed.write_text(
        '[read_duration]\nmethod = "GET"\npath = "/v2/settings/security"\nunit_place = "/apiKeyDuration/unit"\n'
    )
    program.config.mkdir(mode=0o700, exist_ok=True)
    configuration = program.config / "config.toml"
    configuration.write_text(
        f'profile = "p"\n[profiles.p]\nurl = "{served.url}"\nusername = "admin"\ncalls = "{typed}"\n'
    )
    configuration.chmod(0o600)
    done = program.run("--password-stdin", "duration", "show", stdin=served.password("admin"))
    assert (done.stdout, done.stderr, done.code) == ("45 days\n", "", 0)
    assert str(typed) in told(program.run("calls", "show").stdout)["Read the duration"]
    typed.write_text('[read_duration]\nmetod = "GET"\n')
    broken = program.run("calls", "show")
    assert broken.code == 2
    assert "“metod” is not known" in broken.stderr
    assert "Did you mean method?" in broken.stderr
    assert program.run("--password-stdin", "whoami", stdin=served.password("admin")).code == 0
