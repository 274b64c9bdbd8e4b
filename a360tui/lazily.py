"""Lazy imports: the names of a package, each loaded when it is first used."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def loader(package: str, homes: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package (PEP 562), from its modules and the names that each of them holds.

    No name may be that of a module: once loaded, the module would take its place.
    """
    modules = {name: module for module, names in homes.items() for name in names}

    def load(name: str) -> Any:
        module = modules.get(name)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{module}"), name)

    return load
