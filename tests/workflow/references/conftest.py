"""What the tests of references share."""

from pathlib import Path

import pytest

from a360tui.workflow.references import Fingerprints


@pytest.fixture
def fingerprints() -> Fingerprints:
    return Fingerprints(Fingerprints.new_pepper())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that only its owner may write."""
    folder = tmp_path / "bots"
    folder.mkdir(mode=0o700)
    return folder
