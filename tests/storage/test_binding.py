from msgspec.structs import replace

from tests.storage.conftest import JDOE


def test_case_counts_but_not_in_a_directory() -> None:
    r"""A Control Room's own names may differ in nothing but case; ``DOMAIN\name`` is one user in any."""
    assert replace(JDOE, username="JDoe") != JDOE
    mine, same = (replace(JDOE, username=name) for name in ("ACME\\jdoe", "acme\\JDoe"))
    assert (mine, hash(mine), mine.file_stem) == (same, hash(same), same.file_stem)
    assert mine not in {JDOE, replace(mine, username="OTHER\\jdoe"), replace(mine, host="other.example.com")}
    assert sorted([same, JDOE]) == sorted([JDOE, mine])
    assert str(same).startswith("acme\\JDoe at ")
