"""README's figures are those of the results."""

from tests.benchmarks.short_form import in_readme, short_form
from tests.benchmarks.table import RESULTS


def test_readme_shows_the_results() -> None:
    """README's short form is made of the rows of ``RESULTS.md``, and of no others."""
    assert in_readme() == short_form(RESULTS.read_text())
