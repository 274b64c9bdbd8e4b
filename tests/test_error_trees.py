import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

import pytest

import a360tui
from a360tui import errors
from a360tui.api import errors as api_errors
from a360tui.errors import A360Error
from a360tui.storage import errors as storage_errors
from a360tui.workflow import errors as workflow_errors
from a360tui.workflow.references import refusal

MODULES = (errors, api_errors, storage_errors, workflow_errors, refusal)


def drawn(module: ModuleType) -> Iterator[tuple[str, str, int | None]]:
    """Each error of the tree in a module's docstring: its name, its parent's, and its exit code where one is drawn."""
    parents = ["A360Error"]
    for line in (module.__doc__ or "").splitlines():
        if found := re.fullmatch(r"    ((?:│   |    )*)(?:[├└]── )?([A-Z]\w+)(?: +(\d)(?: .*)?|  .*)?", line):
            depth = len(found[1]) // 4 + ("── " in line)
            parents[depth:] = [found[2]]
            yield found[2], parents[max(depth - 1, 0)], int(found[3]) if found[3] else None


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_tree_in_a_docstring_is_the_tree_of_the_classes(module: ModuleType) -> None:
    """Each error that is drawn has the parent and the exit code that the drawing gives it."""
    errors_by_name = {each.__name__: each for each in every_error()}
    for name, parent, exit_code in drawn(module):
        error = errors_by_name[name]
        assert name == parent or errors_by_name[parent] in error.__bases__
        assert exit_code in (None, error.exit_code)


def test_every_error_is_drawn() -> None:
    """No error for a person is missing from the five drawings."""
    assert {each.__name__ for each in every_error()} == {name for module in MODULES for name, _, _ in drawn(module)}


def every_error() -> Iterator[type[A360Error]]:
    """`A360Error` and all that derives from it anywhere in the package."""
    for module in walk_packages(a360tui.__path__, "a360tui."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    waiting = [A360Error]
    while waiting:
        yield (error := waiting.pop())
        waiting += [each for each in error.__subclasses__() if each.__module__.startswith("a360tui.")]
