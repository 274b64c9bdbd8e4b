"""The wheel, built and installed somewhere else."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pexpect
import pytest

SOURCE = Path(__file__).parents[1]
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source folder with the hatchling of this environment."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [*PIP, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(SOURCE)],
        check=True,
    )
    [built] = folder.glob("a360tui-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that it is installed in, away from the source."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([*PIP, "install", "--no-deps", "--no-index", "--target", str(folder), str(wheel)], check=True)
    return folder


def environment(installed: Path, home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "PYTHONPATH": str(installed),
    }


def test_everything_is_in_it(wheel: Path) -> None:
    """Each file of the package but compiled ones: code, styles, the mark of typed code; and no tests."""
    package = {
        path.relative_to(SOURCE).as_posix()
        for path in (SOURCE / "a360tui").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert any(path.endswith(".tcss") for path in package)
    assert "a360tui/py.typed" in package
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == package


def test_it_starts_where_it_is_installed(installed: Path, tmp_path: Path) -> None:
    """The entry point runs the installed code, not the source, and a command gets as far as its Control Room."""
    env = environment(installed, tmp_path)
    program = str(installed / "bin" / "a360tui")
    code = "import a360tui; print(a360tui.__file__, a360tui.__version__)"
    where = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    file, version = where.stdout.split()
    assert Path(file).is_relative_to(installed)
    shown = subprocess.run([program, "--version"], cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert shown.stdout == f"a360tui {version}\n"
    place = ("--control-room", "http://127.0.0.1:9", "--username", "admin", "--password-stdin")
    refused = subprocess.run(
        [program, *place, "whoami"],
        cwd=tmp_path,
        env=env,
        input="password",
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 3, refused.stderr


def test_the_screens_have_their_styles(installed: Path, tmp_path: Path) -> None:
    """``a360tui demo`` of the installed wheel shows its first screen and ends when it is told to."""
    terminal = pexpect.spawn(
        str(installed / "bin" / "a360tui"),
        ["demo"],
        cwd=tmp_path,
        env=environment(installed, tmp_path),
        encoding="utf-8",
        dimensions=(24, 80),
        timeout=30,
    )
    try:
        terminal.expect("administrator")
        terminal.sendcontrol("q")
        terminal.expect(pexpect.EOF)
        terminal.wait()
        assert terminal.exitstatus == 0
    finally:
        terminal.close(force=True)
