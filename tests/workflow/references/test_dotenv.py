"""A key in a dotenv file."""

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import example, given
from hypothesis import strategies as st

from a360tui.secret import Secret
from a360tui.workflow.references import Condition, Dotenv, Fingerprints, Result, place_of
from a360tui.workflow.references.formats.dotenv_format import DotenvFormat
from a360tui.workflow.references.formats.editing import Reading, edited, located
from a360tui.workflow.references.refusal import Unsupported
from tests.workflow.references.documents import Document, changed, keys, line_ends, remarks, thorough, words

NAME = "A360_API_KEY"
PLACE = Dotenv("/", NAME)

quotable = remarks.map(lambda text: re.sub(r"['\\]", "", text))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    end = draw(line_ends)
    others = st.one_of(
        st.just(""),
        remarks.map(lambda text: f"# {text}"),
        st.tuples(words, words).map(lambda pair: f"{pair[0].upper()}={pair[1]}"),
        st.tuples(words, quotable).map(lambda pair: f"export {pair[0].upper()}='{pair[1]}' # x"),
        st.tuples(words, words).map(lambda pair: f'{pair[0].upper()} = "${{{NAME}}}/{pair[1]}"'),
    )
    old = draw(st.text("ABCxyz019", min_size=1, max_size=40))
    quote = draw(st.sampled_from(["", "'", '"']))
    lead = draw(st.sampled_from(["", "export ", "  "]))
    equals = draw(st.sampled_from(["=", " = ", "= "]))
    before = "".join(line + end for line in draw(st.lists(others, max_size=4)))
    after = draw(st.sampled_from(["", " # note", "   "]))
    lines = draw(st.lists(others, max_size=4))
    after += "".join(end + line for line in lines) + draw(st.sampled_from(["", end]))
    return Document(f"{before}{lead}{NAME}{equals}", f"{quote}{old}{quote}", after, old, draw(st.booleans()))


def values(data: bytes) -> dict[str, str | None]:
    """What python-dotenv reads, as from a file opened in text mode."""
    return dotenv_values(stream=StringIO(data.decode("utf-8-sig"), newline=None))


@thorough
@given(documents(), keys)
@example(Document(f"{NAME}=", "old", "", "old"), "a${b}c")
@example(Document(f"{NAME}=", "old", "", "old"), "ends\\")
@example(Document(f"{NAME}=", "'old'", "\nX='1'\n", "old"), "'\\'\"\\\"$`")
def test_any_key_is_read_back_and_nothing_else_moves(document: Document, new: str) -> None:
    """Whatever the key, python-dotenv reads it, every other value is as before, and so is every other byte."""
    change = changed(PLACE, document, new)
    assert change.outcome.result is Result.UPDATED
    assert values(change.data)[NAME] == new
    raw_before = dotenv_values(stream=StringIO(document.data().decode("utf-8-sig"), newline=None), interpolate=False)
    raw_after = dotenv_values(stream=StringIO(change.data.decode("utf-8-sig"), newline=None), interpolate=False)
    assert {**raw_before, NAME: ""} == {**raw_after, NAME: ""}


@thorough
@given(st.sampled_from(["", "'", '"']), st.text("ABCxyz019_", min_size=1, max_size=40))
def test_a_plain_key_keeps_the_quotes_that_are_there(quote: str, new: str) -> None:
    """A key of letters and digits is written in the style of the one before."""
    document = Document(f"{NAME}=", f"{quote}old{quote}", "\n", "old")
    assert f"{quote}{new}{quote}" == changed(PLACE, document, new).source


def sourced(shell: list[str], data: bytes) -> subprocess.CompletedProcess[bytes]:
    """What a shell makes of the file: the variable on stdout, or a failure; it makes no other file."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "env").write_bytes(data)
        command = [*shell, "-c", f'. ./env || exit; printf %s "${NAME}"']
        run = subprocess.run(command, cwd=folder, capture_output=True, check=False, env={"PATH": os.environ["PATH"]})
        assert [Path(folder, "env")] == list(Path(folder).iterdir())
        return run


def both_can_read(key: str) -> bool:
    """Whether there is a text that python-dotenv and sh read as the key, as the format's docstring says."""
    in_single_quotes = "'" not in key and "\\\\" not in key and not key.endswith("\\")
    in_double_quotes = "$" not in key and "`" not in key
    expanded = re.search(r"\$\{[^}:]*(:-[^}]*)?\}", key)
    return not expanded and (in_single_quotes or in_double_quotes)


@thorough
@given(st.sampled_from(["old", "'old'", '"old"']), keys)
@example("old", "'$(touch made)'")
@example("'old'", "`touch made`'\\")
@example('"old"', "a'b;touch made;`touch made`${x:-y}")
@example("old", "$(touch made)")
@example("old", "${x:-$(touch made)}")
def test_sh_reads_the_same_or_fails_and_never_runs_a_key(source: str, new: str) -> None:
    """Sourced by sh, the file gives the same key where that can be; else the line fails, and nothing of it runs."""
    change = changed(PLACE, Document(f"{NAME}=", source, "\n", "old"), new)
    run = sourced(["sh"], change.data)
    if both_can_read(new):
        assert (0, new.encode()) == (run.returncode, run.stdout)
    else:
        assert run.returncode != 0
        assert run.stdout == b""


HOSTILE = ["'$(touch made)'", "`touch made`'", "${x:-`touch made`}", "\\\\'$(touch made)", "${.:-$(touch made)}'"]


@pytest.mark.parametrize("shell", ["dash", "bash", "zsh", "mksh", "busybox"])
def test_no_shell_runs_a_key(shell: str) -> None:
    """Shells that go on after the failed line have no value then, and have run nothing of it."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    for new in HOSTILE:
        change = changed(PLACE, Document(f"{NAME}=", "old", "\n", "old"), new)
        run = sourced([shell, *(["sh"] if shell == "busybox" else [])], change.data)
        assert b"bad substitution" in run.stderr.lower()
        assert run.stdout == b""


def test_a_variable_of_the_file_is_not_taken_for_an_unset_one() -> None:
    """The one name that counts on being unset is not used where the file sets it."""
    document = Document(f".=x\n{NAME}=", "old", "\n", "old")
    assert changed(PLACE, document, "${a}'").outcome.result is Result.FAILED
    assert changed(PLACE, document, "$a'").outcome.result is Result.FAILED
    assert changed(PLACE, document, "$a").outcome.result is Result.UPDATED


REFUSED = {
    "A360_API_KEY=a\nA360_API_KEY=b\n": "2 times",
    "export A360_API_KEY=a\nA360_API_KEY=a\n": "2 times",
    "A360_API_KEY=${OTHER}\n": "${variable}",
    "A360_API_KEY='x${OTHER:-y}'\n": "${variable}",
    'A360_API_KEY="a\nb"\n': "more than one line",
    "A360_API_KEY='a'b\n": "not an assignment",
    "A360_API_KEY\n": "without a value",
    "#A360_API_KEY=a\n": "has no A360_API_KEY",
    "A360_API_KEY2=a\n": "has no A360_API_KEY",
    "": "has no A360_API_KEY",
}


@pytest.mark.parametrize("text", REFUSED)
async def test_what_cannot_be_changed_alone_is_refused_before(
    text: str, folder: Path, fingerprints: Fingerprints
) -> None:
    """A preflight refuses, with the reason, what a change could get wrong; the file stays as it is."""
    path = folder / ".env"
    path.write_text(text)
    answer = await place_of(Dotenv(str(path), NAME), fingerprints).preflight(None)
    assert not answer.ready
    assert REFUSED[text] in answer.sentence
    assert text == path.read_text()


async def test_an_empty_value_can_take_the_first_key(folder: Path, fingerprints: Fingerprints) -> None:
    """A place made ready with nothing in it passes a preflight without a key, and takes the first one."""
    path = folder / ".env"
    path.write_text("A=1\nA360_API_KEY= # to come\n")
    place = place_of(Dotenv(str(path), NAME), fingerprints)
    assert Condition.MISSING is (await place.check(None)).condition
    answer = await place.preflight(None)
    assert answer.ready
    outcome = await place.replace(answer.seen, Secret("first"))
    assert Result.UPDATED is outcome.result
    assert path.read_text() == "A=1\nA360_API_KEY=first # to come\n"


class Careless(DotenvFormat):
    """Writes something else than the key."""

    def rendered(self, source: str, key: str) -> str:
        return super().rendered(source, key[:-1])


def test_a_change_that_reads_back_as_another_key_is_not_made() -> None:
    """Where the format's reader does not read the key itself, the text is not given out."""
    language = Careless("KEY")
    with pytest.raises(Unsupported, match="cannot hold this key"):
        edited("KEY=a\n", located("KEY=a\n", language), language, Secret("bc"))


class Watchful(DotenvFormat):
    """Sees the text itself as what must not change."""

    def read(self, text: str) -> Reading:
        return replace(super().read(text), rest=Secret(text))


def test_a_change_that_reads_differently_elsewhere_is_not_made() -> None:
    """Where the format's reader sees anything else than before, the text is not given out."""
    language = Watchful("KEY")
    with pytest.raises(Unsupported, match="without changing something else"):
        edited("KEY=a\n", located("KEY=a\n", language), language, Secret("b"))
