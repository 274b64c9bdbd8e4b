import subprocess
import sys

import pytest

HEAVY = ("httpx", "stamina", "tenacity", "truststore", "idna", "ssl")


def loaded_by(statement: str) -> list[str]:
    """The heavy modules that a fresh interpreter has loaded after the statement."""
    script = f"{statement}\nimport sys\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    outcome = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return outcome.stdout.split()


@pytest.mark.parametrize(
    "statement",
    [
        "import a360tui.api",
        "from a360tui.api import Address, parse_address; parse_address('cr.example.com')",
        "from a360tui.api import ASSUMED_CALLS, GENERATE_API_KEY, ApiKey, Exchange, Password, Permission, Query, User",
        "from a360tui.api import errors, filters, models",
    ],
)
def test_models_and_errors_cost_no_http_library(statement: str) -> None:
    """What the command line and the screens need at their start does not load what only a request needs."""
    assert loaded_by(statement) == []


def test_every_name_can_be_had() -> None:
    """Each exported name is found, is the same each time, and a wrong one is the usual error."""
    import a360tui.api

    for name in a360tui.api.__all__:
        assert getattr(a360tui.api, name) is getattr(a360tui.api, name)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = a360tui.api.Nothing
